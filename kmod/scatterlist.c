// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scatterlists that the kernel maps without asking. Behind an IOMMU,
 * iommu_dma_map_sg() maps a list entry by entry, before it looks for peer memory,
 * if the device is not trusted, as one in a Thunderbolt port. Entries of whole pages
 * are then mapped where they are. From 6.6 on it does the same if the device is not
 * coherent and an entry is so small that it may share a cache line. So we check all
 * peer memory in a list for such a device. For any other device the kernel asks.
 */
#include <linux/pci.h>
#include <linux/scatterlist.h>

#include "compat.h"
#include "gate.h"

#if defined(GATE_SUPPORTED) && defined(GATE_HAS_MAP_SG)

/*
 * May a list for @dev be mapped without a question? If a device is not coherent and
 * no entry is small, the kernel asks after us, and what passes is counted twice.
 */
static bool notrace is_unasked(struct device *dev)
{
	return (dev_is_pci(dev) && to_pci_dev(dev)->untrusted) || !dev_is_dma_coherent(dev);
}

/* Runs before the list in force is looked at. */
bool notrace gate_has_sg(struct ftrace_regs *fregs, unsigned long parent_ip)
{
	struct scatterlist *sg = GATE_ARG(fregs, 1, struct scatterlist *);
	int i, n = GATE_ARG(fregs, 2, int);

	if (likely(!is_unasked(GATE_ARG(fregs, 0, struct device *))))
		return false;
	for (i = 0; i < n; i++, sg = sg_next(sg)) {
		if (is_pci_p2pdma_page(sg_page(sg)))
			return true;
	}
	return false;
}

/*
 * int iommu_dma_map_sg(struct device *dev, struct scatterlist *sg, int nents,
 *			enum dma_data_direction dir, unsigned long attrs)
 * A promoted pair just passes, as the kernel does not ask.
 */
enum gate_answer notrace gate_ask_sg(const struct gate_list *list, struct gate_ask *ask,
				     struct ftrace_regs *fregs)
{
	struct device *dev = GATE_ARG(fregs, 0, struct device *);
	struct scatterlist *sg = GATE_ARG(fregs, 1, struct scatterlist *);
	int i, n = GATE_ARG(fregs, 2, int);

	for (i = 0; i < n; i++, sg = sg_next(sg)) {
		if (is_pci_p2pdma_page(sg_page(sg)) &&
		    gate_ask_address(list, ask, dev, sg_phys(sg), sg->length) == GATE_REFUSE)
			return GATE_REFUSE;
	}
	return GATE_PASS;
}

/* The same result as when the kernel asks and refuses. */
noinline notrace int gate_refuse_sg(struct device *dev, struct scatterlist *sg, int nents,
				    enum dma_data_direction dir, unsigned long attrs)
{
	return -EREMOTEIO;
}

#endif

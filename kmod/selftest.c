// SPDX-License-Identifier: GPL-2.0-only
/*
 * Self-test at load, when the hooks are in place. Ask the kernel, in every way
 * that needs no driver, whether functions may reach their own memory, which they
 * always may. The hooks refuse whatever this task asks meanwhile, so if a call
 * succeeds it has reached a copy of a hooked function or an unknown reader.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dma-mapping.h>
#include <linux/pci-p2pdma.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>

#include "compat.h"
#include "gate.h"

#ifdef GATE_SUPPORTED

/* The kernel lets every function reach its own memory. */
static bool answers_distance(struct pci_dev *dev)
{
	struct device *client = &dev->dev;

	return pci_p2pdma_distance_many(dev, &client, 1, false) >= 0;
}

/* Calls pci_p2pdma_distance_many() from within the same file; looks for published memory. */
static bool answers_find(struct pci_dev *dev)
{
	struct device *client = &dev->dev;
	struct pci_dev *found = pci_p2pmem_find_many(&client, 1);

	pci_dev_put(found);
	return found;
}

/* Covers dma-direct or dma-iommu and their readers, if @dev has a free page of peer memory. */
static bool answers_map(struct pci_dev *dev)
{
	void *memory = pci_alloc_p2pmem(dev, PAGE_SIZE);
	struct scatterlist sg;
	int n;

	if (!memory)
		return false;
	sg_init_table(&sg, 1);
	sg_set_page(&sg, virt_to_page(memory), PAGE_SIZE, 0);
	n = dma_map_sg(&dev->dev, &sg, 1, DMA_BIDIRECTIONAL);
	if (n > 0)
		dma_unmap_sg(&dev->dev, &sg, 1, DMA_BIDIRECTIONAL);
	pci_free_p2pmem(dev, memory, PAGE_SIZE);
	return n > 0;
}

static bool answers_resource(struct pci_dev *dev)
{
	dma_addr_t at;
	int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		if ((dev->resource[i].flags & IORESOURCE_MEM) && dev->resource[i].parent)
			break;
	}
	if (i == PCI_STD_NUM_BARS)
		return false;
	at = dma_map_resource(&dev->dev, dev->resource[i].start, 1, DMA_BIDIRECTIONAL, 0);
	if (dma_mapping_error(&dev->dev, at))
		return false;
	dma_unmap_resource(&dev->dev, at, 1, DMA_BIDIRECTIONAL, 0);
	return true;
}

static const struct {
	const char *name;
	bool (*answers)(struct pci_dev *dev);
} questions[] = {
	{ "pci_p2pdma_distance_many()", answers_distance },
	{ "pci_p2pmem_find_many()", answers_find },
	{ "dma_map_sg()", answers_map },
	{ "dma_map_resource()", answers_resource },
};

static int ask_about(struct pci_dev *dev)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(questions); i++) {
		if (!questions[i].answers(dev))
			continue;
		pr_err("%s lets %s reach its own memory while all is refused, so this kernel decides somewhere else, too: not loaded\n",
		       questions[i].name, pci_name(dev));
		return -EOPNOTSUPP;
	}
	return 0;
}

/* Skips functions that are being bound, unbound or removed, as their device lock is taken. */
int gate_self_test(void)
{
	struct pci_dev *dev = NULL;
	int err = 0;

	WRITE_ONCE(gate.tester, current);
	gate_hooks_wake(true);
	while (!err && (dev = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, dev))) {
		if (!device_trylock(&dev->dev))
			continue;
		if (dev->dev.driver)
			err = ask_about(dev);
		device_unlock(&dev->dev);
	}
	pci_dev_put(dev);
	WRITE_ONCE(gate.tester, NULL);
	gate_hooks_wake(false);
	return err;
}

#endif

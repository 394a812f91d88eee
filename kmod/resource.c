// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma_map_resource() maps a bare address for a device without any check. Drivers
 * of GPUs and accelerators map each other's memory with it, after they have
 * asked p2pdma when the attachment was made.
 */
#include <linux/dma-mapping.h>

#include "compat.h"
#include "gate.h"

#ifdef GATE_SUPPORTED

/*
 * dma_addr_t dma_map_resource(struct device *dev, phys_addr_t address, size_t size,
 *			       enum dma_data_direction dir, unsigned long attrs)
 * A range that touches no BAR is not peer memory (it may be the registers of a
 * platform device) and passes. One that lies only partly in a BAR has no
 * provider and is refused, as is any while BARs are missing from the table.
 */
enum gate_answer notrace gate_ask_resource(const struct gate_list *list, struct gate_ask *ask,
					   struct ftrace_regs *fregs)
{
	struct device *dev = GATE_ARG(fregs, 0, struct device *);
	u64 address = GATE_ARG(fregs, 1, phys_addr_t);
	u64 size = GATE_ARG(fregs, 2, size_t);
	enum gate_answer answer;

	if (!gate_bars_overlap(address, size))
		return GATE_PASS;
	answer = gate_ask_address(list, ask, dev, address, size);
	return answer == GATE_REFUSE ? GATE_REFUSE : GATE_PASS;
}

noinline notrace dma_addr_t gate_refuse_resource(struct device *dev, phys_addr_t address,
						 size_t size, enum dma_data_direction dir,
						 unsigned long attrs)
{
	return DMA_MAPPING_ERROR;
}

#endif

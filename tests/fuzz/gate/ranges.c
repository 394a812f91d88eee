/* SPDX-License-Identifier: GPL-2.0-only */
#include "../fuzz.h"
#include "model.h"

static struct range range_of(struct pci_dev *dev, size_t bar)
{
	return (struct range) { dev->resource[bar].start, dev->resource[bar].end, dev };
}

static bool has_range(const struct pci_dev *dev, size_t bar)
{
	return dev->resource[bar].flags & IORESOURCE_MEM && dev->resource[bar].parent;
}

/* How many BARs of its function have this very range now? */
static size_t times_now(const struct range *range)
{
	size_t n = 0;

	for (size_t i = 0; i < PCI_STD_NUM_BARS; i++) {
		struct range now = range_of(range->dev, i);

		n += has_range(range->dev, i) && now.start == range->start && now.end == range->end;
	}
	return n;
}

static size_t times_known(const struct range *range)
{
	size_t n = 0;

	for (size_t i = 0; i < model.nr_ranges; i++) {
		const struct range *known = &model.ranges[i];

		n += known->dev == range->dev && known->start == range->start && known->end == range->end;
	}
	return n;
}

static bool gives_way(const struct range *range, struct pci_dev *dev)
{
	for (size_t i = 0; i < PCI_STD_NUM_BARS; i++) {
		struct range now = range_of(dev, i);
		bool inside = range->start >= now.start && range->end <= now.end;
		bool around = range->start <= now.start && range->end >= now.end;

		if (has_range(dev, i) && range->start <= now.end && now.start <= range->end &&
		    (inside == around || !times_now(range)))
			return true;
	}
	return false;
}

static void add_range(struct range range)
{
	size_t i = model.nr_ranges++;

	CHECK(i < ARRAY_SIZE(model.ranges));
	for (; i && (model.ranges[i - 1].start > range.start || (model.ranges[i - 1].start == range.start &&
								  model.ranges[i - 1].end < range.end)); i--)
		model.ranges[i] = model.ranges[i - 1];
	model.ranges[i] = range;
}

static bool has_moved(const struct pci_dev *dev)
{
	size_t known = 0, now = 0;

	for (size_t i = 0; i < model.nr_ranges; i++) {
		if (model.ranges[i].dev != dev)
			continue;
		known++;
		if (times_now(&model.ranges[i]) != times_known(&model.ranges[i]))
			return true;
	}
	for (size_t i = 0; i < PCI_STD_NUM_BARS; i++)
		now += has_range(dev, i);
	return now != known;
}

void model_forget_ranges(const struct pci_dev *dev)
{
	for (size_t i = 0; i < model.nr_ranges; i++) {
		if (model.ranges[i].dev == dev)
			model.ranges[i].dev = NULL;
	}
}

/* Is there memory for it? */
static bool read_again(struct pci_dev *dev, unsigned int *fail_alloc)
{
	size_t kept = 0;

	if (!has_moved(dev))
		return true;
	if (*fail_alloc && !--*fail_alloc) {
		model_forget_ranges(dev);
		return false;
	}
	for (size_t i = 0; i < model.nr_ranges; i++) {
		const struct range *range = &model.ranges[i];

		if (range->dev && range->dev != dev && !gives_way(range, dev))
			model.ranges[kept++] = *range;
	}
	model.nr_ranges = kept;
	for (size_t i = 0; i < PCI_STD_NUM_BARS; i++) {
		if (has_range(dev, i))
			add_range(range_of(dev, i));
	}
	return true;
}

void model_read_ranges(struct pci_dev *dev, unsigned int fail_alloc)
{
	bool complete = read_again(dev, &fail_alloc);

	if (complete && model.ranges_missing) {
		for (size_t i = 0; i < PLACES; i++)
			complete = (!kernel.bus[i] || read_again(kernel.bus[i], &fail_alloc)) && complete;
	}
	model.ranges_missing = !complete;
}

static bool is_on_bus(const struct pci_dev *dev)
{
	size_t i = 0;

	while (i < PLACES && kernel.bus[i] != dev)
		i++;
	return i < PLACES;
}

void model_check_owner(u64 start, u64 length)
{
	const struct range *innermost = NULL;
	u64 last = length && start + (length - 1) < start ? ~0ULL : start + (length - 1);
	struct pci_dev *owner = gate_bars_owner(start, length);
	bool whole = length && last - start == length - 1, overlaps = model.ranges_missing;

	for (size_t i = 0; i < model.nr_ranges; i++) {
		const struct range *range = &model.ranges[i];

		if (range->start <= start && start <= range->end)
			innermost = range;
		if (range->start > start && range->start <= last)
			whole = false;
		overlaps |= length && range->start <= last && start <= range->end;
	}
	whole = whole && innermost && last <= innermost->end;
	CHECK(owner == (whole ? innermost->dev : NULL));
	CHECK(gate_bars_overlap(start, length) == overlaps);
	CHECK(!owner || is_on_bus(owner));
}

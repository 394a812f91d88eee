// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2pouter: a driver for QEMU's pci-testdev that widens BAR 2, until it is
 * removed, so that it encloses the memory BARs of the function that the parameter
 * names: what Intel's VMD endpoints look like. Nothing is mapped. For tests only.
 */
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/pci.h>

#define BAR 2

static char *around;
module_param(around, charp, 0400);
MODULE_PARM_DESC(around, "address of the function to enclose");

static struct pci_dev *find_function(void)
{
	struct pci_dev *dev = NULL;

	for_each_pci_dev(dev) {
		if (around && !strcmp(pci_name(dev), around))
			break;
	}
	return dev;
}

static void widen(struct resource *outer, const struct pci_dev *inner)
{
	resource_size_t start = ~(resource_size_t)0, end = 0;
	int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		const struct resource *res = &inner->resource[i];

		if (!(res->flags & IORESOURCE_MEM) || !resource_size(res))
			continue;
		start = min(start, res->start);
		end = max(end, res->end);
	}
	if (start <= end) {
		outer->start = start & ~(resource_size_t)0xffff;
		outer->end = end | 0xffff;
	}
}

static int outer_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	struct pci_dev *inner = find_function();
	struct resource *kept;

	if (!inner)
		return -ENODEV;
	kept = devm_kmemdup(&dev->dev, &dev->resource[BAR], sizeof(*kept), GFP_KERNEL);
	if (kept) {
		widen(&dev->resource[BAR], inner);
		pci_info(dev, "BAR %d is now %pR\n", BAR, &dev->resource[BAR]);
		pci_set_drvdata(dev, kept);
	}
	pci_dev_put(inner);
	return kept ? 0 : -ENOMEM;
}

static void outer_remove(struct pci_dev *dev)
{
	const struct resource *kept = pci_get_drvdata(dev);

	dev->resource[BAR].start = kept->start;
	dev->resource[BAR].end = kept->end;
}

static const struct pci_device_id ids[] = { { PCI_DEVICE(0x1b36, 0x0005) }, {} };

static struct pci_driver outer_driver = {
	.name = "p2pouter",
	.id_table = ids,
	.probe = outer_probe,
	.remove = outer_remove,
};
module_pci_driver(outer_driver);

MODULE_DESCRIPTION("A function whose BAR encloses those of another");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * p2pask: ask the running kernel what it decides, for every ordered pair. For tests only.
 *
 * /sys/kernel/debug/p2pask/distance   "provider client distance", pci_p2pdma_distance_many() with one client,
 *                                     for all functions with header type 0, a function with itself included
 * /sys/kernel/debug/p2pask/map        "provider client type how": what dma_map_sgtable() does with a page of the provider,
 *                                     for each that has a memory BAR of a page or more; see map.c
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/pci-p2pdma.h>
#include <linux/pci.h>
#include <linux/seq_file.h>

#include "p2pask.h"

bool p2pask_child;
module_param_named(child, p2pask_child, bool, 0600);
MODULE_PARM_DESC(child, "map for a device below each function instead of the function");

static struct dentry *folder;

void p2pask_functions_put(struct p2pask_functions *fns)
{
	while (fns->count)
		pci_dev_put(fns->dev[--fns->count]);
	kvfree(fns->dev);
}

int p2pask_functions_get(struct p2pask_functions *fns)
{
	struct pci_dev *dev = NULL;
	size_t room = 0;

	for_each_pci_dev(dev)
		room++;
	fns->count = 0;
	fns->dev = kvcalloc(room, sizeof(*fns->dev), GFP_KERNEL);
	if (!fns->dev)
		return -ENOMEM;
	for_each_pci_dev(dev) {
		if (dev->hdr_type == PCI_HEADER_TYPE_NORMAL && fns->count < room)
			fns->dev[fns->count++] = pci_dev_get(dev);
	}
	return 0;
}

static int distance_show(struct seq_file *file, void *unused)
{
	struct p2pask_functions fns;
	size_t i, j;
	int err = p2pask_functions_get(&fns);

	if (err)
		return err;
	for (i = 0; i < fns.count; i++) {
		for (j = 0; j < fns.count && !seq_has_overflowed(file); j++) {
			struct device *client = &fns.dev[j]->dev;

			seq_printf(file, "%s %s %d\n", pci_name(fns.dev[i]), pci_name(fns.dev[j]),
				   pci_p2pdma_distance_many(fns.dev[i], &client, 1, false));
		}
		cond_resched();
	}
	p2pask_functions_put(&fns);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(distance);

static int map_show(struct seq_file *file, void *unused)
{
	struct p2pask_functions fns;
	int err = p2pask_functions_get(&fns);

	if (err)
		return err;
	err = p2pask_map_show(file, &fns);
	p2pask_functions_put(&fns);
	return err;
}
DEFINE_SHOW_ATTRIBUTE(map);

static int __init p2pask_init(void)
{
	folder = debugfs_create_dir("p2pask", NULL);
	debugfs_create_file("distance", 0400, folder, NULL, &distance_fops);
	debugfs_create_file("map", 0400, folder, NULL, &map_fops);
	return 0;
}
module_init(p2pask_init);

static void __exit p2pask_exit(void)
{
	debugfs_remove(folder);
}
module_exit(p2pask_exit);

MODULE_DESCRIPTION("Ask the kernel what it decides about peer-to-peer DMA (for tests)");
MODULE_LICENSE("GPL");

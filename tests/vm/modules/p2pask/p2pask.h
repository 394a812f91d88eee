/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef P2PASK_H
#define P2PASK_H

#include <linux/pci.h>
#include <linux/seq_file.h>

extern bool p2pask_child;

/* The functions with header type 0, each referenced, in the order of the kernel's list. */
struct p2pask_functions {
	struct pci_dev **dev;
	size_t count;
};

int p2pask_functions_get(struct p2pask_functions *fns);
void p2pask_functions_put(struct p2pask_functions *fns);

int p2pask_map_show(struct seq_file *file, const struct p2pask_functions *fns);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine as hwloc XML, without what hwloc itself adds to it; see hwloc.c. */
#ifndef P2PTOPO_HWLOC_TREE_H
#define P2PTOPO_HWLOC_TREE_H

#include "export/picture.h"

/**
 * hwloc_tree_print() - print the CPUs, NUMA nodes, host bridges, ports and devices of @picture.
 * @ret_made_up: number of invented CPUs: hwloc accepts no machine, and keeps no node, without a CPU
 *
 * Return: 0 or -ENOMEM.
 */
int hwloc_tree_print(const struct app *app, const struct picture *picture, FILE *out, unsigned int *ret_made_up);

/** hwloc_tree_has() - whether @function is in the tree. A function in a domain that hwloc has no room for is not. */
bool hwloc_tree_has(const struct p2p_function *function);

#endif

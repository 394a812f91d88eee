/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine as the XML of hwloc, without what hwloc itself adds to it: see hwloc.c. */
#ifndef P2PTOPO_HWLOC_TREE_H
#define P2PTOPO_HWLOC_TREE_H

#include "export/picture.h"

/**
 * hwloc_tree_print() - CPUs, NUMA nodes, host bridges, ports and devices of @picture.
 * @ret_made_up: CPUs that no fact tells of: hwloc takes no machine, and no node here, without one
 *
 * Return: 0 or -ENOMEM.
 */
int hwloc_tree_print(const struct app *app, const struct picture *picture, FILE *out, unsigned int *ret_made_up);

/** hwloc_tree_has() - is @function in it?  Not one of a domain that hwloc has no room for. */
bool hwloc_tree_has(const struct p2p_function *function);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two ways to a tree, by paths and by bus numbers, share. */
#ifndef P2P_TOPOLOGY_TREE_H
#define P2P_TOPOLOGY_TREE_H

#include "topology/build.h"

/**
 * struct root_bus - the root bus above a function.
 * @nested: its host bridge lies in the directory of another function, @behind
 */
struct root_bus {
	uint32_t domain;
	uint8_t bus;
	bool known, nested;
	struct p2p_bdf behind;
};

/** p2p_dump_link() - parent and root bus, by bus numbers, of each function still without. */
void p2p_dump_link(struct p2p_topology *topology, struct root_bus *roots);

/**
 * p2p_dump_link_vfs() - the PF of each VF that no link named, by the Routing IDs its SR-IOV
 *	capability gives; and beside its PF each VF that has no path.
 */
void p2p_dump_link_vfs(struct p2p_topology *topology, struct root_bus *roots);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two ways to a tree, by paths and by bus numbers, share. */
#ifndef P2P_TOPOLOGY_TREE_H
#define P2P_TOPOLOGY_TREE_H

#include "topology/build.h"

/**
 * struct root_bus - the root bus above a function.
 * @linked: a path said so, not bus numbers
 * @nested: its host bridge lies in the directory of another function, @behind if @behind_known
 */
struct root_bus {
	uint32_t domain;
	uint8_t bus;
	bool known, linked, nested, behind_known;
	struct p2p_bdf behind;
};

/**
 * p2p_dump_link() - parent and root bus, by bus numbers, of each function still without; one whose
 *	path contradicts the bus numbers loses its parent.
 */
void p2p_dump_link(struct p2p_topology *topology, struct root_bus *roots);

/**
 * p2p_dump_link_vfs() - the PF of each VF that no link named, by the Routing IDs its SR-IOV
 *	capability gives; and beside its PF each VF that no path placed.
 */
void p2p_dump_link_vfs(struct p2p_topology *topology, struct root_bus *roots);

#endif

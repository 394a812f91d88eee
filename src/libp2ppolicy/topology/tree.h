/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the two ways to build the tree, from paths and from bus numbers. */
#ifndef P2P_TOPOLOGY_TREE_H
#define P2P_TOPOLOGY_TREE_H

#include "topology/build.h"

/**
 * struct root_bus - the root bus above a function.
 * @linked: known from a path, not from bus numbers
 * @nested: its host bridge is in the directory of another function, @behind if @behind_known
 */
struct root_bus {
	uint32_t domain;
	uint8_t bus;
	bool known, linked, nested, behind_known;
	struct p2p_bdf behind;
};

/**
 * p2p_dump_link() - find parent and root bus of the functions that still lack them from bus numbers; a
 *	function whose path contradicts the bus numbers loses its parent.
 */
void p2p_dump_link(struct p2p_topology *topology, struct root_bus *roots);

/**
 * p2p_dump_link_vfs() - find the PF of each VF without a link to it, by the Routing IDs that the PF's SR-IOV
 *	capability gives, and place each VF without a path next to its PF.
 */
void p2p_dump_link_vfs(struct p2p_topology *topology, struct root_bus *roots);

#endif

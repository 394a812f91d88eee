/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A topology while changes are applied. */
#ifndef P2P_TOPOLOGY_CHANGE_H
#define P2P_TOPOLOGY_CHANGE_H

#include <p2ppolicy/change.h>

#include "topology/build.h"

/**
 * struct p2p_change_work - the new topology and the state of building it.
 * @unknown: by index, bits of ACS Control that are no longer known
 * @moved: by index, whether it, or something above it, was moved, or it is a port at either end of a move
 */
struct p2p_change_work {
	struct p2p_context *context;
	const struct p2p_topology *source;
	struct p2p_topology *topology;
	uint16_t *unknown;
	bool *moved;
};

/** p2p_change_move() - plug one card in elsewhere.  Return: 0 or -EINVAL. */
int p2p_change_move(struct p2p_change_work *work, const struct p2p_change *change);

/**
 * p2p_change_settle() - after all moves: check for one card per link, and update host bridges, locality and
 *	links.
 * Return: 0 or -EINVAL.
 */
int p2p_change_settle(struct p2p_change_work *work);

#endif

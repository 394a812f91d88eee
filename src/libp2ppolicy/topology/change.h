/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A topology while it is changed. */
#ifndef P2P_TOPOLOGY_CHANGE_H
#define P2P_TOPOLOGY_CHANGE_H

#include <p2ppolicy/change.h>

#include "topology/build.h"

/**
 * struct p2p_change_work - the new topology and what its making must remember.
 * @unknown: by index, bits of ACS Control that are not known any more
 * @moved: by index, was it moved, or what it lies below, or is it a port at an end of a move
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
 * p2p_change_settle() - after all moves: one card to a link, host bridges, locality, links.
 * Return: 0 or -EINVAL.
 */
int p2p_change_settle(struct p2p_change_work *work);

#endif

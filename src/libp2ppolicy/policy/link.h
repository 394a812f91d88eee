/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How well a link runs: what it does now, what both ends can do, and whether it merely idles. */
#ifndef P2P_POLICY_LINK_H
#define P2P_POLICY_LINK_H

#include <p2ppolicy/topology.h>

/**
 * struct p2p_link_view - a link as the user sees it.
 * @fact: ABSENT there is none (integrated, conventional, nothing plugged in)
 * @now: negotiated; zero when it is down
 * @most: what both ends can do, or what this end can do when @most_known is false
 * @idle: slower than @most, and its device sleeps or is a graphics card, which lowers its link
 *	when it has nothing to do: that tells nothing of the link under load
 */
struct p2p_link_view {
	enum p2p_fact fact;
	struct p2p_link now, most;
	bool most_known, idle;
};

/** p2p_link_look() - the link above a device; of a root or downstream port the one below it. */
struct p2p_link_view p2p_link_look(const struct p2p_function *function);

#endif

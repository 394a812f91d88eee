/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of a link: what it does now, what both ends can do, and whether it is slow only because it idles. */
#ifndef P2P_POLICY_LINK_H
#define P2P_POLICY_LINK_H

#include <p2ppolicy/topology.h>

/**
 * struct p2p_link_view - a link as the user sees it.
 * @fact: ABSENT if there is none (integrated, conventional, nothing plugged in)
 * @now: negotiated; zero if it is down
 * @most: what both ends can do, or what this end can do if @most_known is false
 * @idle: it is slower than @most, and its device sleeps or is a graphics card, which slows down its
 *	link when it is idle; so this says nothing about the link under load
 */
struct p2p_link_view {
	enum p2p_fact fact;
	struct p2p_link now, most;
	bool most_known, idle;
};

/** p2p_link_look() - the link above a device, or below a root or downstream port. */
struct p2p_link_view p2p_link_look(const struct p2p_function *function);

#endif

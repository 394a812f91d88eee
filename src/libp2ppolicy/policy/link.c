/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "policy/link.h"

static unsigned int lower(unsigned int a, unsigned int b)
{
	return a && (!b || a < b) ? a : b;
}

/*
 * A device in a low-power state lowers its link speed; graphics cards do so in D0, too.  Neither
 * changes the width.
 */
static bool is_idle(const struct p2p_function *end)
{
	const char *state = end->power_state;

	return end->kind == P2P_CLASS_GPU ||
	       (state && strcmp(state, "D0") != 0 && strcmp(state, "unknown") != 0);
}

/* The other end of a port's link: the first function of the card that is plugged in. */
static const struct p2p_function *end_below(const struct p2p_function *port)
{
	for (size_t i = 0; i < port->child_count; i++)
		if (!port->children[i]->physfn)
			return port->children[i];
	return NULL;
}

struct p2p_link_view p2p_link_look(const struct p2p_function *function)
{
	bool below = p2p_link_is_port(function);
	const struct p2p_function *end = below ? end_below(function) : function;
	const struct p2p_function *port = below ? function : function->parent;
	struct p2p_link_view view = { .fact = end ? end->pcie.link : P2P_ABSENT };

	/* For a bridge of unknown port type, it is not known on which side its link is. */
	if (end && end->pcie.fact == P2P_DENIED && p2p_function_is_bridge(end))
		view.fact = P2P_DENIED;
	if (view.fact != P2P_PRESENT)
		return view;
	if (!end->pcie.most.width || !end->pcie.most.speed_mtps) {
		view.fact = P2P_ABSENT;
		return view;
	}
	view.now = end->pcie.now;
	view.most = end->pcie.most;
	view.most_known = port && port->pcie.fact != P2P_DENIED;
	if (port && p2p_link_is_port(port)) {
		view.most.speed_mtps = lower(view.most.speed_mtps, port->pcie.most.speed_mtps);
		view.most.width = lower(view.most.width, port->pcie.most.width);
	}
	view.idle = view.now.speed_mtps < view.most.speed_mtps && is_idle(end);
	return view;
}

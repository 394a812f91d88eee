/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What if a card were plugged in elsewhere: which functions move, and what they find there. */
#include <errno.h>
#include <limits.h>

#include "base/context.h"
#include "topology/change.h"

/* A port with a link below it, which has room for one card. */
static bool has_link(const struct p2p_function *port)
{
	return p2p_link_is_port(port) || p2p_function_is_type(port, P2P_PORT_PCIE_BRIDGE);
}

/* Compare their places before any move, since functions keep their addresses. */
static bool is_one_card(const struct p2p_change_work *work, const struct p2p_function *a,
			const struct p2p_function *b)
{
	const struct p2p_function *parent = work->source->functions[a->index].parent;

	if (parent != work->source->functions[b->index].parent)
		return false;
	return has_link(parent) || (a->bdf.bus == b->bdf.bus &&
				    a->bdf.devfn >> 3 == b->bdf.devfn >> 3);
}

static const char *what_fixes(const struct p2p_function *function)
{
	if (function->physfn)
		return "it is a virtual function, which moves with its physical function";
	if (p2p_function_is_type(function, P2P_PORT_DOWNSTREAM))
		return "it is part of a switch";
	if (function->orphan)
		return "which bridges are above it is not known";
	return function->parent ? NULL : "it is on a root bus and so part of the root complex";
}

static const char *what_bars(const struct p2p_function *function, const struct p2p_function *port)
{
	bool conventional = port->pcie.fact == P2P_ABSENT ||
			    p2p_function_is_type(port, P2P_PORT_PCI_BRIDGE);

	if (!p2p_function_is_bridge(port))
		return "that is not a bridge";
	if (p2p_function_is_type(port, P2P_PORT_UPSTREAM))
		return "below an upstream port there are only the ports of its switch";
	if (conventional && function->pcie.fact == P2P_PRESENT)
		return "the bus behind that bridge is conventional PCI, the card is PCI Express";
	return NULL;
}

static bool is_below(const struct p2p_function *function, const struct p2p_function *above)
{
	while (function && function != above)
		function = function->parent;
	return function;
}

int p2p_change_move(struct p2p_change_work *work, const struct p2p_change *change)
{
	struct p2p_topology *topology = work->topology;
	const struct p2p_function *function = &topology->functions[change->function->index];
	const struct p2p_function *port = &topology->functions[change->port->index];
	const char *obstacle = what_fixes(function);
	char a[P2P_BDF_SIZE], b[P2P_BDF_SIZE];

	p2p_bdf_format(function->bdf, a);
	p2p_bdf_format(port->bdf, b);
	if (obstacle)
		return p2p_error(work->context, -EINVAL, "%s cannot be moved: %s", a, obstacle);
	obstacle = what_bars(function, port);
	for (size_t i = 0; i < topology->count; i++)
		if (is_one_card(work, function, &topology->functions[i]) &&
		    is_below(port, &topology->functions[i]))
			obstacle = "that is below the card itself";
	if (obstacle)
		return p2p_error(work->context, -EINVAL, "%s cannot be moved behind %s: %s", a, b,
				 obstacle);
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *other = &topology->functions[i];

		if (!is_one_card(work, function, other))
			continue;
		work->moved[other->parent->index] = true;
		other->parent = port;
	}
	work->moved[port->index] = true;
	return 0;
}

/* Find what was moved: the function or something above it, whose parent is not the one it had. */
static const struct p2p_function *find_moved(const struct p2p_change_work *work,
					     const struct p2p_function *function)
{
	for (; function; function = function->parent) {
		const struct p2p_function *was = work->source->functions[function->index].parent;

		if (function->parent && function->parent->index != (was ? was->index : UINT_MAX))
			return function;
	}
	return NULL;
}

/* Both ends of a healthy link train to what both support, if that is known. */
static void train(struct p2p_function *card, struct p2p_function *port)
{
	struct p2p_pcie *below = &card->pcie, *above = &port->pcie;

	below->now = above->now = p2p_link_least(below->most, above->most);
	below->link = above->link = below->now.speed_mtps && below->now.width ? P2P_PRESENT :
										 P2P_DENIED;
	/* drivers/pci/probe.c, pci_configure_mps(): the card takes that of the port. */
	below->mps_bytes = below->mps_supported_bytes < above->mps_bytes ?
			   below->mps_supported_bytes : above->mps_bytes;
}

/* The slot of a port is known only if a card was in it before. */
static const char *slot_of(const struct p2p_change_work *work, const struct p2p_function *port)
{
	const struct p2p_function *was = &work->source->functions[port->index];

	return was->child_count ? was->children[0]->slot : NULL;
}

static void settle_one(struct p2p_change_work *work, struct p2p_function *function,
		       const struct p2p_function *top)
{
	struct p2p_function *port = &work->topology->functions[top->parent->index];

	work->moved[function->index] = true;
	function->host = p2p_function_top(port)->host;
	function->numa = port->numa;
	function->cpus = port->cpus;
	function->slot = slot_of(work, port);
	if (function == top)
		train(function, port);
	for (unsigned int i = 0; i < P2P_BARS; i++) {
		function->bar[i].bus_fact = P2P_DENIED;
		function->bar[i].cpu = 0;
	}
	for (unsigned int i = 0; i < P2P_WINDOWS; i++)
		function->window[i].fact = function->window[i].free_fact = P2P_DENIED;
}

/* The free space of a bridge at either end of a move, and of those above it, is no longer known. */
static void settle_port(struct p2p_change_work *work, struct p2p_function *port)
{
	bool empty = true;

	for (size_t i = 0; i < work->topology->count && empty; i++)
		empty = work->topology->functions[i].parent != port;
	if (empty)
		port->pcie.now = (struct p2p_link){ 0, 0 };
	for (struct p2p_function *up = port; up;
	     up = up->parent ? &work->topology->functions[up->parent->index] : NULL)
		for (unsigned int i = 0; i < P2P_WINDOWS; i++)
			up->window[i].free_fact = P2P_DENIED;
}

static int check_links(const struct p2p_change_work *work)
{
	const struct p2p_topology *topology = work->topology;
	const struct p2p_function **first;
	char a[P2P_BDF_SIZE], b[P2P_BDF_SIZE], port[P2P_BDF_SIZE];

	first = p2p_scratch(work->topology, topology->count, sizeof(const struct p2p_function *));
	if (!first)
		return -ENOMEM;
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];
		const struct p2p_function *up = function->parent, **seen;

		if (!up || !has_link(up))
			continue;
		seen = &first[up->index];
		if (*seen && !is_one_card(work, *seen, function))
			return p2p_error(work->context, -EINVAL, "%s would have two cards on its "
					 "link, %s and %s: move one of them elsewhere",
					 p2p_bdf_format(up->bdf, port),
					 p2p_bdf_format((*seen)->bdf, a),
					 p2p_bdf_format(function->bdf, b));
		*seen = function;
	}
	return 0;
}

int p2p_change_settle(struct p2p_change_work *work)
{
	struct p2p_topology *topology = work->topology;
	int error = check_links(work);

	if (error)
		return error;
	for (size_t i = 0; i < topology->count; i++)
		if (work->moved[i])
			settle_port(work, &topology->functions[i]);
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *top = find_moved(work, &topology->functions[i]);

		if (top)
			settle_one(work, &topology->functions[i], top);
	}
	return 0;
}

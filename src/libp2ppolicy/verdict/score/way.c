/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the data of a transfer go: directly below a common bridge if the requests may turn there; otherwise
 * through the root complex, up and down the links that both share.  If a fact is missing, the worse value is
 * assumed, and the way records that.
 */
#include <p2ppolicy/ways.h>

#include "verdict/score/score.h"

void p2p_way_miss(struct p2p_way *way, const struct p2p_function *function)
{
	if (!way->missing_fact)
		way->missing = function;
	way->missing_fact = true;
}

/* A way through a root complex that nobody measured is a guess. */
static void set_root(struct p2p_way *way)
{
	way->root = true;
	if (!way->cpu->sure)
		p2p_way_miss(way, NULL);
}

/* Follow one of the routes that the data depend on; an unknown one may lead anywhere. */
static void follow(struct p2p_way *way, const struct p2p_route *route)
{
	if (route->kind == P2P_ROUTE_DIRECT)
		return;
	if (route->kind == P2P_ROUTE_UNKNOWN) {
		p2p_way_miss(way, route->port);
		way->maybe_blocked = true;
	}
	way->blocked |= route->kind == P2P_ROUTE_BLOCKED;
	set_root(way);
}

/* Behind an IOMMU, what the kernel maps through the host bridge has no address that a switch knows. */
static void follow_kernel(struct p2p_way *way, const struct p2p_verdict *verdict)
{
	enum p2p_tri iommu = way->eval->iommu;

	if (verdict->kernel.map_type == P2P_MAP_BUS_ADDR || iommu == P2P_NO)
		return;
	if (verdict->kernel.map_type == P2P_MAP_NOT_SUPPORTED)
		return;
	if (iommu == P2P_UNKNOWN || verdict->kernel.map_type == P2P_MAP_UNKNOWN)
		p2p_way_miss(way, NULL);
	set_root(way);
}

static void miss_acs(struct p2p_way *way, const struct p2p_function *port)
{
	if (port->acs.fact != P2P_DENIED)
		return;
	p2p_way_miss(way, port);
	way->maybe_blocked = true;
}

/* Follow a way between ports of the root complex, assuming that they forward what the specification leaves open. */
static void follow_root(struct p2p_way *way, const struct p2p_verdict *verdict,
			const struct p2p_walk *walk)
{
	const struct p2p_acs *acs = &walk->client_side->acs;

	set_root(way);
	if (verdict->fabric.request.kind == P2P_ROUTE_BLOCKED)
		way->blocked = true;
	if (acs->fact == P2P_PRESENT && acs->control & P2P_ACS_EC &&
	    verdict->fabric.request.kind == P2P_ROUTE_UNKNOWN) {
		p2p_way_miss(way, walk->client_side);
		way->maybe_blocked = true;
	}
	miss_acs(way, walk->client_side);
	if (way->read)
		miss_acs(way, walk->provider_side);
}

/*
 * Follow the way of the drivers in use: its addresses may reach the root complex where those of p2pdma would
 * be turned by a switch, and vice versa.  Return: true if it decides.
 */
static bool follow_drivers(struct p2p_way *way, const struct p2p_verdict *verdict)
{
	const struct p2p_way_answer *taken;
	struct p2p_ways ways;
	bool splits;

	p2p_ways_find(verdict, &ways);
	taken = p2p_ways_taken(&ways);
	way->own_link = taken && taken->delivery == P2P_DELIVERY_LINK;
	way->unasked = way->own_link;
	splits = taken && p2p_way_splits(verdict, taken);
	if (!taken || (taken->granted != P2P_DELIVERY_ROOT && taken->granted != P2P_DELIVERY_DIRECT && !splits))
		return false;
	way->unasked = !p2p_driver_way_asks_p2pdma(taken->way);
	way->open = taken->grant == P2P_GRANT_UNKNOWN;
	/* Only completions are redirected: writes stay below the switch, and reads were followed already. */
	if (taken->granted == P2P_DELIVERY_ROOT && !way->root && !splits)
		set_root(way);
	return true;
}

static void find_route(struct p2p_way *way, const struct p2p_verdict *verdict,
		       const struct p2p_walk *walk)
{
	if (!walk->common) {
		follow_root(way, verdict, walk);
		follow_drivers(way, verdict);
		return;
	}
	follow(way, &verdict->fabric.request);
	if (way->read)
		follow(way, &verdict->fabric.completion);
	if (!follow_drivers(way, verdict) && !way->root)
		follow_kernel(way, verdict);
}

bool p2p_way_has_switch(const struct p2p_way *way, const struct p2p_function *function)
{
	if (function->pcie.fact != P2P_DENIED)
		return p2p_function_is_type(function, P2P_PORT_UPSTREAM);
	return function != way->from && function != way->to;
}

/* Take one function's Max_Payload_Size into account, and whether it is part of a switch. */
static void add_function(struct p2p_way *way, const struct p2p_function *function)
{
	const struct p2p_pcie *pcie = &function->pcie;
	double payload = p2p_constant(P2P_C_PAYLOAD_LEAST);

	if (pcie->fact == P2P_ABSENT)
		return;
	if (pcie->fact == P2P_DENIED)
		p2p_way_miss(way, function);
	else if (pcie->mps_bytes)
		payload = pcie->mps_bytes;
	if (payload < way->payload)
		way->payload = payload;
	way->switched |= p2p_way_has_switch(way, function);
}

static void add_functions(struct p2p_way *way)
{
	const struct p2p_function *end = way->root ? NULL : way->common;

	way->payload = 4096;
	for (const struct p2p_function *f = way->from; f != end; f = f->parent)
		add_function(way, f);
	for (const struct p2p_function *f = way->to; f != end; f = f->parent)
		add_function(way, f);
	if (end)
		add_function(way, end);
}

/* The IOMMU that translates for the client is in the root complex. */
static bool is_translated(struct p2p_way *way, const struct p2p_function *client)
{
	enum p2p_tri translates = p2p_function_translates(way->eval->machine, client);

	if (!way->root)
		return false;
	if (translates == P2P_UNKNOWN)
		p2p_way_miss(way, client);
	return translates != P2P_NO;
}

/* Does the root complex have to keep the client's requests in order, and does that make it slower? */
static bool is_strict(struct p2p_way *way, const struct p2p_function *client)
{
	const struct p2p_pcie *pcie = &client->pcie;

	if (!way->root || !way->cpu->strict || p2p_function_is_type(client, P2P_PORT_RC_ENDPOINT))
		return false;
	if (pcie->fact == P2P_DENIED)
		p2p_way_miss(way, client);
	return pcie->fact != P2P_PRESENT || !pcie->relaxed_ordering;
}

/*
 * The relation is based on NUMA nodes.  If a socket has several, the way may stay within it, which is faster;
 * AMD's NPS2 and NPS4 show as more nodes than there can be sockets.
 */
static bool is_between_sockets(struct p2p_way *way, const struct p2p_verdict *verdict)
{
	if (way->common)
		return false;
	if (verdict->relation == P2P_RELATION_UNKNOWN) {
		p2p_way_miss(way, NULL);
		return true;
	}
	if (verdict->relation == P2P_RELATION_SYS && way->cpu->sockets->two &&
	    way->eval->machine->numa_nodes > 2)
		p2p_way_miss(way, NULL);
	return verdict->relation == P2P_RELATION_SYS;
}

void p2p_way_find(const struct p2p_eval *eval, const struct p2p_verdict *verdict, bool read,
		  struct p2p_way *ret_way)
{
	const struct p2p_function *provider = verdict->provider, *client = verdict->client;
	struct p2p_way way = {
		.eval = eval, .cpu = eval->cpu, .read = read,
		.from = read ? provider : client, .to = read ? client : provider,
	};
	struct p2p_walk walk;

	p2p_walk(provider, client, &walk);
	way.common = walk.common;
	way.known = !walk.lost && (!walk.common || (walk.provider_side && walk.client_side));
	if (!way.known) {
		p2p_way_miss(&way, walk.lost ? (provider->orphan ? provider : client) : NULL);
		*ret_way = way;
		return;
	}
	find_route(&way, verdict, &walk);
	add_functions(&way);
	way.sockets = is_between_sockets(&way, verdict);
	way.translated = is_translated(&way, client);
	way.strict = is_strict(&way, client);
	*ret_way = way;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a transfer crosses on its way, and the capacity of each crossing. */
#include <string.h>

#include "verdict/score/score.h"

enum { UP = 0, DOWN = 1 };

/* The kind of a resource, in the top byte of its number. */
enum { LINK_IN = 1, BUS_IN, PORT_IN, CLIENT_IN, CHIPSET_IN, SOCKET_IN, SOCKETS_IN, DEVICE_IN };

static uint64_t resource(unsigned int kind, uint64_t what, uint64_t direction)
{
	return (uint64_t)kind << 56 | what << 1 | direction;
}

double p2p_link_carries(struct p2p_link link, bool flit, double payload)
{
	double raw = link.speed_mtps / 8000.0 * link.width;
	double group = p2p_constant(P2P_C_TLPS_PER_ACK), overhead;

	if (flit || link.speed_mtps >= 64000)
		return raw * p2p_constant(P2P_C_FLIT_TLP) * payload /
		       (payload + p2p_constant(P2P_C_TLP_FLIT));
	raw *= p2p_constant(link.speed_mtps < 8000 ? P2P_C_ENCODING_8B10B :
						     P2P_C_ENCODING_128B130B);
	overhead = p2p_constant(link.speed_mtps < 8000 ? P2P_C_TLP_GEN1 : P2P_C_TLP_GEN3);
	return raw * payload * group /
	       ((payload + overhead) * group + p2p_constant(P2P_C_ACK_AND_CREDIT));
}

static bool is_up(const struct p2p_function *end)
{
	return end && end->pcie.link == P2P_PRESENT && end->pcie.now.width;
}

/* Do only graphics cards take part below it?  Their links slow down when idle. */
static bool is_of_gpus(const struct p2p_function *top)
{
	bool gpu = top->kind == P2P_CLASS_GPU;

	if (p2p_function_takes_part(top) && !gpu)
		return false;
	for (size_t i = 0; i < top->child_count; i++) {
		if (p2p_function_takes_part(top->children[i]) &&
		    top->children[i]->kind != P2P_CLASS_GPU)
			return false;
		gpu |= is_of_gpus(top->children[i]);
	}
	return gpu;
}

static bool is_asleep(const struct p2p_function *function)
{
	const char *state = function->power_state;

	return state && state[0] == 'D' && strcmp(state, "D0") != 0;
}

/* The other functions of a card share its link. */
bool p2p_link_may_idle(const struct p2p_function *lower)
{
	const struct p2p_function *port = lower->parent;

	if (is_asleep(lower) || is_of_gpus(lower))
		return true;
	for (size_t i = 0; i < port->child_count; i++)
		if (port->children[i]->kind == P2P_CLASS_GPU)
			return true;
	return false;
}

/*
 * The link above @lower as it would run under load.  Both ends tell it; a width below what both support does
 * not mean idle, since devices lower only the speed.
 */
static bool look_at_link(struct p2p_way *way, const struct p2p_function *lower,
			 struct p2p_link *ret_link, enum p2p_link_state *ret_state)
{
	const struct p2p_function *port = lower->parent;
	/* For a bridge of unknown type the files may describe another link. */
	const struct p2p_function *upper = port->pcie.fact == P2P_PRESENT ? port : NULL;
	const struct p2p_function *one = is_up(lower) ? lower : upper;
	struct p2p_link now, most;

	*ret_state = P2P_LINK_FULL;
	if (lower->pcie.link == P2P_DENIED || !upper)
		p2p_way_miss(way, lower->pcie.link == P2P_DENIED ? lower : port);
	if (!one || !is_up(one))
		return false;
	now = one->pcie.now;
	*ret_link = now;
	if (!upper || one != lower || !is_up(upper))
		return true;
	now = p2p_link_least(now, upper->pcie.now);
	most = p2p_link_least(lower->pcie.most, upper->pcie.most);
	*ret_link = now;
	if (now.speed_mtps >= most.speed_mtps && now.width >= most.width)
		return true;
	*ret_state = P2P_LINK_DEGRADED;
	if (now.width >= most.width && p2p_link_may_idle(lower)) {
		*ret_state = P2P_LINK_IDLE;
		*ret_link = most;
	}
	return true;
}

/* What is lost between the ends, regardless of the links. */
static double efficiency(const struct p2p_way *way)
{
	return (way->switched ? p2p_constant(P2P_C_SWITCH_EFFICIENCY) : 1) *
	       (way->translated ? p2p_constant(P2P_C_TRANSLATED) : 1);
}

static double payload_of(const struct p2p_way *way, bool after_root)
{
	double split = p2p_constant(P2P_C_SPLIT);

	return after_root && way->cpu->splits && way->payload > split ? split : way->payload;
}

/* Is it a root port of Intel's chipset?  According to Intel's datasheets these are devices 1a to 1f of bus 0. */
static bool is_of_chipset(struct p2p_way *way, const struct p2p_function *top)
{
	if (!way->cpu->chipset || top->bdf.bus || top->bdf.devfn >> 3 < 0x1a ||
	    !p2p_function_is_bridge(top))
		return false;
	if (top->ids != P2P_PRESENT)
		p2p_way_miss(way, top);
	return true;
}

/* AMD's chipsets are switches below a root port. */
static bool is_chipset_switch(const struct p2p_function *lower)
{
	return lower->ids == P2P_PRESENT && lower->vendor == 0x1022 &&
	       p2p_function_is_type(lower, P2P_PORT_UPSTREAM) &&
	       (lower->device == 0x57ad || lower->device >> 8 == 0x43);
}

struct walker {
	struct p2p_way *way;
	p2p_crossing_fn *visit;
	void *userdata;
};

static void cross(const struct walker *w, const struct p2p_crossing *crossing)
{
	w->visit(w->userdata, crossing);
}

static enum p2p_limit kind_of_link(const struct walker *w, const struct p2p_function *lower,
				   bool shared, double payload)
{
	if (shared)
		return P2P_LIMIT_REDIRECT;
	if (is_chipset_switch(lower))
		return P2P_LIMIT_CHIPSET;
	return payload < w->way->payload ? P2P_LIMIT_SPLIT : P2P_LIMIT_LINK;
}

/* @shared: a redirect crosses it both up and down. */
static void cross_link(const struct walker *w, const struct p2p_function *lower,
		       unsigned int direction, bool shared)
{
	double payload = payload_of(w->way, direction == DOWN && w->way->root);
	struct p2p_crossing crossing = {
		.limit = kind_of_link(w, lower, shared, payload), .at = lower,
		.resource = resource(LINK_IN, lower->parent->index, direction),
		.latency = p2p_constant(P2P_C_LINK_LATENCY), .payload = payload,
		.times = shared ? 2 : 1, .wire = true,
	};
	struct p2p_link link;

	if (look_at_link(w->way, lower, &link, &crossing.state))
		crossing.capacity = p2p_link_carries(link, lower->pcie.flit, payload) *
				    efficiency(w->way);
	else
		p2p_way_miss(w->way, lower);
	cross(w, &crossing);
}

static void cross_bus(const struct walker *w, const struct p2p_function *bridge)
{
	cross(w, &(struct p2p_crossing){
		.limit = P2P_LIMIT_BUS, .at = bridge, .times = 2, .wire = true,
		.resource = resource(BUS_IN, bridge->index, 0),
		.capacity = p2p_constant(P2P_C_CONVENTIONAL),
		.latency = p2p_constant(P2P_C_LINK_LATENCY),
	});
}

/* Add only latency. */
static void pass(const struct walker *w, const struct p2p_function *at, double latency)
{
	cross(w, &(struct p2p_crossing){ .at = at, .latency = latency, .free = true, .times = 1 });
}

static bool is_conventional(const struct p2p_function *bridge)
{
	return bridge->pcie.fact == P2P_ABSENT || p2p_function_is_type(bridge, P2P_PORT_PCI_BRIDGE);
}

/* Cross from a function to its parent, or back. */
static void cross_edge(const struct walker *w, const struct p2p_function *lower,
		       unsigned int direction, bool shared)
{
	const struct p2p_function *port = lower->parent;

	if (p2p_way_has_switch(w->way, lower))
		pass(w, lower, p2p_constant(P2P_C_SWITCH_LATENCY));
	if (is_conventional(port)) {
		/* Two functions on one bus cross it only once. */
		if (w->way->root || port != w->way->common || direction == UP)
			cross_bus(w, port);
		return;
	}
	/* There is no link between the ports of a switch. */
	if (!p2p_function_is_type(port, P2P_PORT_UPSTREAM) &&
	    !p2p_function_is_type(lower, P2P_PORT_DOWNSTREAM))
		cross_link(w, lower, direction, shared);
}

/* Cross one side, from a function up to where the way turns.  Return: its topmost function. */
static const struct p2p_function *cross_side(const struct walker *w,
					     const struct p2p_function *function,
					     unsigned int direction)
{
	const struct p2p_function *common = w->way->common;
	bool shared = false;

	while (function->parent && (w->way->root || function != common)) {
		shared |= function == common;
		cross_edge(w, function, direction, shared);
		function = function->parent;
	}
	return function;
}

static void cross_chipset(const struct walker *w, const struct p2p_function *top,
			  unsigned int direction)
{
	const struct p2p_chipset *chipset = w->way->cpu->chipset;
	double least_payload = p2p_constant(P2P_C_PAYLOAD_LEAST);
	struct p2p_link link;

	if (!is_of_chipset(w->way, top))
		return;
	link.speed_mtps = (unsigned int)p2p_constant(chipset->speed);
	link.width = (unsigned int)p2p_constant(chipset->lanes);
	cross(w, &(struct p2p_crossing){
		.limit = P2P_LIMIT_CHIPSET, .at = top, .times = w->way->common ? 2 : 1,
		.resource = resource(CHIPSET_IN, top->host->index, direction),
		.capacity = p2p_link_carries(link, false, least_payload),
		.latency = p2p_constant(P2P_C_LINK_LATENCY), .payload = least_payload,
	});
}

static uint64_t node_of(const struct p2p_function *function)
{
	return function->numa.fact == P2P_PRESENT && function->numa.value >= 0 ?
	       (uint64_t)function->numa.value + 1 : 0;
}

static void cross_sockets(const struct walker *w)
{
	const struct p2p_way *way = w->way;
	uint64_t from = node_of(way->from), to = node_of(way->to);
	uint64_t low = from < to ? from : to, high = from < to ? to : from;
	uint64_t pair = low << 24 | high;

	cross(w, &(struct p2p_crossing){
		.limit = P2P_LIMIT_SOCKET, .times = 1, .payload = way->payload,
		.resource = resource(SOCKET_IN, pair, from > to),
		.capacity = p2p_constant(way->read ? way->cpu->sockets->read :
						     way->cpu->sockets->write),
		.latency = p2p_constant(P2P_C_SOCKET_LATENCY),
	});
	if (way->cpu->sockets->both)
		cross(w, &(struct p2p_crossing){
			.limit = P2P_LIMIT_SOCKET, .times = 2, .payload = way->payload,
			.resource = resource(SOCKETS_IN, pair, 0),
			.capacity = p2p_constant(way->cpu->sockets->both),
		});
}

/* The limit from root port to root port, if that is less than their links carry. */
static enum p2p_constant_id most_of_root(const struct p2p_way *way, const struct p2p_function *top)
{
	const struct p2p_pcie *port = &top->pcie;

	if (way->cpu->gen3 && (port->link != P2P_PRESENT || port->most.speed_mtps <= 8000))
		return way->cpu->gen3;
	return way->read ? way->cpu->read : way->cpu->write;
}

static void cross_root(const struct walker *w, const struct p2p_function *from_top,
		       const struct p2p_function *to_top)
{
	const struct p2p_way *way = w->way;
	enum p2p_constant_id most = most_of_root(way, to_top);

	cross_chipset(w, from_top, UP);
	pass(w, from_top, p2p_constant(way->cpu->latency));
	if (most)
		cross(w, &(struct p2p_crossing){
			.limit = P2P_LIMIT_ROOT_COMPLEX, .at = to_top, .times = 1,
			.resource = resource(PORT_IN, to_top->index, 0), .payload = way->payload,
			.capacity = p2p_constant(most),
		});
	if (way->strict)
		cross(w, &(struct p2p_crossing){
			.limit = P2P_LIMIT_ORDERING, .times = 1, .payload = way->payload,
			.at = way->read ? way->to : way->from,
			.resource = resource(CLIENT_IN, (way->read ? way->to : way->from)->index, 0),
			.capacity = p2p_constant(way->cpu->strict),
		});
	if (way->sockets)
		cross_sockets(w);
	cross_chipset(w, to_top, DOWN);
}

/* For a device that nobody measured, its link is only an upper limit. */
static void cross_device(const struct walker *w, const struct p2p_function *end)
{
	struct p2p_way *way = w->way;
	struct p2p_pace pace = p2p_pace_of(end, end == (way->read ? way->to : way->from));

	if (!pace.known && !way->at_most) {
		way->at_most = true;
		way->slower = end;
	}
	if (pace.gbytes_per_second > 0)
		cross(w, &(struct p2p_crossing){
			.limit = pace.limit, .at = end, .times = 1, .payload = way->payload,
			.resource = resource(DEVICE_IN, end->index, end == way->to),
			.capacity = pace.gbytes_per_second,
		});
}

void p2p_way_walk(struct p2p_way *way, p2p_crossing_fn *visit, void *userdata)
{
	struct walker w = { way, visit, userdata };
	const struct p2p_function *from_top, *to_top;

	if (!way->known)
		return;
	from_top = cross_side(&w, way->from, UP);
	to_top = cross_side(&w, way->to, DOWN);
	if (way->root)
		cross_root(&w, from_top, to_top);
	else if (p2p_function_is_type(way->common, P2P_PORT_UPSTREAM))
		pass(&w, way->common, p2p_constant(P2P_C_SWITCH_LATENCY));
	cross_device(&w, way->from);
	cross_device(&w, way->to);
	way->at_most |= way->root && !way->cpu->measured;
}

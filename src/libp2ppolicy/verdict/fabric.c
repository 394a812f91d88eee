/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the hardware does with a TLP between two functions, according to the PCI Express specification.
 *
 * A request goes up from the client until it can turn towards the provider; the ACS controls of the port
 * where it enters there decide whether it may (Request Redirect, Egress Control, Direct Translated P2P).  Its
 * completion goes up from the provider and is subject to Completion Redirect at the other port.  Ports below
 * the turning point have only one way to forward it, but any of them can reject a translated address
 * (Translation Blocking).  PCIe r6.0, sec 6.12.1, "ACS Component Capability Requirements"; sec 6.12.3, "ACS
 * Peer-to-Peer Control Interactions".
 */
#include "verdict/eval.h"

enum egress { EGRESS_ANY, EGRESS_CLEAR, EGRESS_SET };

/* A request at the port where it can turn; the first matching row decides. */
static const struct request_row {
	bool translated;
	uint16_t mask, value;
	enum egress egress;
	enum p2p_route_kind kind;
	uint16_t bits;
	const char *why;
} request_rows[] = {
	{ true, P2P_ACS_TB, P2P_ACS_TB, EGRESS_ANY, P2P_ROUTE_BLOCKED, P2P_ACS_TB,
	  "the port rejects translated addresses" },
	{ true, P2P_ACS_DT, P2P_ACS_DT, EGRESS_ANY, P2P_ROUTE_DIRECT, P2P_ACS_DT,
	  "translated requests bypass redirect and egress control" },
	{ false, P2P_ACS_EC, P2P_ACS_EC, EGRESS_CLEAR, P2P_ROUTE_DIRECT, P2P_ACS_EC,
	  "the egress control vector permits this peer" },
	{ false, P2P_ACS_EC | P2P_ACS_RR, P2P_ACS_EC | P2P_ACS_RR, EGRESS_SET,
	  P2P_ROUTE_REDIRECTED, P2P_ACS_EC | P2P_ACS_RR,
	  "the egress control vector sends requests to this peer upstream" },
	{ false, P2P_ACS_EC | P2P_ACS_RR, P2P_ACS_EC, EGRESS_SET, P2P_ROUTE_BLOCKED, P2P_ACS_EC,
	  "the egress control vector forbids this peer" },
	{ false, P2P_ACS_RR, P2P_ACS_RR, EGRESS_ANY, P2P_ROUTE_REDIRECTED, P2P_ACS_RR,
	  "the port sends peer requests upstream" },
	{ false, 0, 0, EGRESS_ANY, P2P_ROUTE_DIRECT, 0, "no control of the port interferes" },
};

/* Where the two paths diverge. */
enum turn {
	TURN_NONE,	/* nothing for which the specification defines a route */
	TURN_SWITCH,	/* two downstream ports of one switch */
	TURN_DEVICE,	/* two functions of one device, below one port */
	TURN_BUS,	/* one conventional bus */
	TURN_ROOT,	/* the root complex */
};

static bool is_port(const struct p2p_function *function, enum p2p_port_type type)
{
	return function->pcie.fact == P2P_PRESENT && function->pcie.type == type;
}

static struct p2p_route unknown(const struct p2p_function *port, const char *why)
{
	return (struct p2p_route){ .kind = P2P_ROUTE_UNKNOWN, .port = port, .why = why };
}

static enum turn find_turn(const struct p2p_walk *walk, const char **why)
{
	const struct p2p_function *common = walk->common;

	*why = "the type of the port that joins the two could not be read";
	if (walk->lost) {
		*why = "which bridges are above one of the two is not known";
		return TURN_NONE;
	}
	if (!common)
		return TURN_ROOT;
	if (!walk->provider_side || !walk->client_side) {
		*why = walk->provider == walk->client ?
			"a function that accesses its own memory need not use the link" :
			"one is a bridge above the other";
		return TURN_NONE;
	}
	if (common->pcie.fact == P2P_ABSENT || is_port(common, P2P_PORT_PCI_BRIDGE))
		return TURN_BUS;
	if (is_port(common, P2P_PORT_ROOT) || is_port(common, P2P_PORT_DOWNSTREAM) ||
	    is_port(common, P2P_PORT_PCIE_BRIDGE))
		return TURN_DEVICE;
	if (is_port(common, P2P_PORT_UPSTREAM) &&
	    is_port(walk->provider_side, P2P_PORT_DOWNSTREAM) &&
	    is_port(walk->client_side, P2P_PORT_DOWNSTREAM))
		return TURN_SWITCH;
	return TURN_NONE;
}

/* The bit in the egress vector of the client's side that stands for the provider's side. */
static bool egress_index(const struct p2p_walk *walk, enum turn turn, int64_t *ret_index)
{
	const struct p2p_function *to = walk->provider_side, *from = walk->client_side;

	if (turn == TURN_DEVICE) {
		/* With ARI it may stand for a function group; a VF has no bit of its own. */
		if (from->ari != P2P_ABSENT || to->physfn || from->physfn)
			return false;
		*ret_index = to->bdf.devfn & 7;
		return true;
	}
	if (to->host != from->host || to->pcie.port_number.fact != P2P_PRESENT)
		return false;
	*ret_index = to->pcie.port_number.value;
	return true;
}

static enum p2p_tri egress_bit(const struct p2p_walk *walk, enum turn turn)
{
	const struct p2p_acs *acs = &walk->client_side->acs;
	int64_t index;

	if (acs->egress_fact != P2P_PRESENT || !egress_index(walk, turn, &index) ||
	    index < 0 || index >= (int64_t)acs->egress_bits)
		return P2P_UNKNOWN;
	return acs->egress[index / 32] >> index % 32 & 1 ? P2P_YES : P2P_NO;
}

static struct p2p_route apply_rows(const struct p2p_function *port, uint16_t control,
				   enum egress egress, bool translated)
{
	const struct request_row *row = request_rows;

	while ((row->translated && !translated) || (control & row->mask) != row->value ||
	       (row->egress != EGRESS_ANY && row->egress != egress))
		row++;
	return (struct p2p_route){ row->kind, port, row->bits, row->why };
}

/* Apply the controls of a port whose ACS was read. */
static struct p2p_route request_at_port(const struct p2p_walk *walk, enum turn turn,
					bool translated)
{
	const struct p2p_function *port = walk->client_side;
	uint16_t control = port->acs.control;
	enum p2p_tri bit = egress_bit(walk, turn);
	struct p2p_route set, clear;

	/* Functions that are not ports have only RR, CR, EC and DT. */
	if (!is_port(port, P2P_PORT_DOWNSTREAM) && !is_port(port, P2P_PORT_ROOT))
		control &= P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_EC | P2P_ACS_DT;
	set = apply_rows(port, control, EGRESS_SET, translated);
	clear = apply_rows(port, control, EGRESS_CLEAR, translated);
	if (bit != P2P_UNKNOWN)
		return bit == P2P_YES ? set : clear;
	if (set.kind == clear.kind)
		return set;
	return unknown(port, "the bit of the egress control vector is not known");
}

/* Clear bits do not suffice for a direct route where the specification leaves the choice to the implementation. */
static struct p2p_route restrain(struct p2p_route route, enum turn turn)
{
	if (route.kind != P2P_ROUTE_DIRECT)
		return route;
	if (turn == TURN_ROOT)
		return unknown(route.port, "whether a root complex forwards between its ports is "
			       "implementation-defined");
	if (turn == TURN_DEVICE && !(route.port->acs.capability & P2P_ACS_RR))
		return unknown(route.port, "whether a device forwards between its functions is "
			       "implementation-defined");
	return route;
}

/* What a port does without ACS, or if its ACS was not read. */
static struct p2p_route without_acs(const struct p2p_function *port, enum turn turn)
{
	if (port->acs.fact == P2P_DENIED)
		return unknown(port, "ACS of the port could not be read");
	if (turn == TURN_SWITCH)
		return (struct p2p_route){ P2P_ROUTE_DIRECT, port, 0, "the port has no ACS" };
	if (turn == TURN_ROOT)
		return unknown(port, "no ACS, and whether a root complex forwards between its "
			       "ports is implementation-defined");
	return unknown(port, "no ACS, and whether a device forwards between its functions is its "
		       "own choice");
}

/*
 * A redirected TLP passes each port above it, whose subtree also contains its target: a downstream port
 * forwards it only with Upstream Forwarding.  PCIe r6.0, sec 6.12.1.1, "ACS Downstream Ports".
 */
static struct p2p_route climb_redirected(const struct p2p_walk *walk, struct p2p_route route)
{
	const struct p2p_function *missing = NULL;

	for (const struct p2p_function *up = walk->common; up; up = up->parent) {
		if (up->pcie.fact == P2P_DENIED)
			missing = missing ? missing : up;
		if (!is_port(up, P2P_PORT_DOWNSTREAM))
			continue;
		if (up->acs.fact == P2P_DENIED)
			missing = missing ? missing : up;
		else if (up->acs.fact == P2P_ABSENT || !(up->acs.control & P2P_ACS_UF))
			return (struct p2p_route){ P2P_ROUTE_BLOCKED, up, P2P_ACS_UF,
				"redirected below, and this port forwards nothing upstream whose "
				"target lies beneath it" };
	}
	return missing ? unknown(missing, "redirected below, and whether this port forwards it "
				 "upstream could not be read") : route;
}

/* Check Translation Blocking at the ports from @port up to, but not including, @end. */
static struct p2p_route climb_translated(const struct p2p_function *port,
					 const struct p2p_function *end, struct p2p_route route)
{
	const struct p2p_function *missing = NULL;

	for (; port != end; port = port->parent) {
		if (port->pcie.fact == P2P_DENIED)
			missing = missing ? missing : port;
		if (!is_port(port, P2P_PORT_DOWNSTREAM) && !is_port(port, P2P_PORT_ROOT))
			continue;
		if (port->acs.fact == P2P_PRESENT && port->acs.control & P2P_ACS_TB)
			return (struct p2p_route){ P2P_ROUTE_BLOCKED, port, P2P_ACS_TB,
				"the port rejects translated addresses" };
		if (port->acs.fact == P2P_DENIED)
			missing = missing ? missing : port;
	}
	if (!missing || route.kind == P2P_ROUTE_BLOCKED)
		return route;
	return unknown(missing, "whether the port rejects translated addresses could not be read");
}

static struct p2p_route eval_request(const struct p2p_walk *walk, enum turn turn, bool translated)
{
	const struct p2p_function *gate = walk->client_side;
	struct p2p_route route;

	if (turn == TURN_BUS)
		return translated ?
			unknown(walk->common, "a conventional bus carries no translated addresses") :
			(struct p2p_route){ P2P_ROUTE_DIRECT, walk->common, 0,
					    "both share a conventional bus, which has no ACS" };
	route = gate->acs.fact == P2P_PRESENT ?
		restrain(request_at_port(walk, turn, translated), turn) : without_acs(gate, turn);
	if (translated)
		route = climb_translated(walk->client->parent, walk->common, route);
	if (route.kind != P2P_ROUTE_REDIRECTED || !walk->common)
		return route;
	if (translated)
		route = climb_translated(walk->common, NULL, route);
	return route.kind == P2P_ROUTE_BLOCKED ? route : climb_redirected(walk, route);
}

static struct p2p_route eval_completion(const struct p2p_walk *walk, enum turn turn, bool relaxed)
{
	const struct p2p_function *gate = walk->provider_side;
	struct p2p_route route = { P2P_ROUTE_DIRECT, gate, 0,
				   "no control of the port interferes" };

	if (turn == TURN_BUS)
		return (struct p2p_route){ P2P_ROUTE_DIRECT, walk->common, 0,
					   "both share a conventional bus, which has no ACS" };
	if (relaxed && turn == TURN_SWITCH) {
		route.why = "completions with relaxed ordering are never redirected";
		return route;
	}
	if (gate->acs.fact != P2P_PRESENT)
		return without_acs(gate, turn);
	if (!relaxed && gate->acs.control & P2P_ACS_CR)
		route = (struct p2p_route){ P2P_ROUTE_REDIRECTED, gate, P2P_ACS_CR,
					    "the port sends peer completions upstream" };
	if (route.kind == P2P_ROUTE_REDIRECTED && walk->common)
		return climb_redirected(walk, route);
	return restrain(route, turn);
}

void p2p_fabric_evaluate(const struct p2p_walk *walk, struct p2p_fabric *ret_fabric)
{
	const char *why;
	enum turn turn = find_turn(walk, &why);
	struct p2p_route none = unknown(walk->common, why);

	if (turn == TURN_NONE) {
		*ret_fabric = (struct p2p_fabric){ none, none, none, none };
		return;
	}
	ret_fabric->request = eval_request(walk, turn, false);
	ret_fabric->translated = eval_request(walk, turn, true);
	ret_fabric->completion = eval_completion(walk, turn, false);
	ret_fabric->completion_relaxed = eval_completion(walk, turn, true);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Moving a device to another slot: each place is tried and evaluated on a changed topology. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/advice/advice.h"
#include "policy/link.h"
#include "verdict/eval.h"

/* Most trials for one pair, since each copies the topology. */
#define TRIALS 96
/* With more pairs than this, advice on where to move single devices is of no use. */
#define PAIRS 64
#define SHOWN 3		/* the best ones */
#define PORTS 16

/*
 * One way to move a device, and the result.  @ports: the number of functions there on which ACS must
 * stop redirecting as well.
 */
struct move {
	const struct p2p_function *device, *place, *other;
	enum p2p_map_type map_type;
	int distance;
	size_t ports;
};

/** struct moves - the moves for one pair.  @low, @high: its ends, in the order of their addresses */
struct moves {
	struct p2p_advice *advice;
	const struct p2p_pair *pair;
	const struct p2p_function *low, *high;
	struct move best[SHOWN];
	size_t count, trials;
};

static bool is_slot(const struct p2p_function *port)
{
	return p2p_link_is_port(port) && !port->missing && port->pcie.slot;
}

/* The device below a port; NULL if the slot is free, or its card has a bridge. */
static const struct p2p_function *occupant(const struct p2p_function *port)
{
	for (size_t i = 0; i < port->child_count; i++)
		if (p2p_function_is_bridge(port->children[i]))
			return NULL;
	return port->child_count ? port->children[0] : NULL;
}

bool p2p_is_below(const struct p2p_function *function, const struct p2p_function *port)
{
	for (; function; function = function->parent)
		if (function == port)
			return true;
	return false;
}

static bool is_better(const struct move *a, const struct move *b)
{
	if (a->map_type != b->map_type)
		return a->map_type > b->map_type;
	if (a->ports != b->ports)
		return a->ports < b->ports;
	if (!a->other != !b->other)
		return !a->other;
	return a->distance < b->distance;
}

static void remember(struct moves *moves, const struct move *move)
{
	size_t at = moves->count < SHOWN ? moves->count++ : SHOWN - 1;

	if (at == SHOWN - 1 && moves->best[at].device && !is_better(move, &moves->best[at]))
		return;
	for (; at && is_better(move, &moves->best[at - 1]); at--)
		moves->best[at] = moves->best[at - 1];
	moves->best[at] = *move;
}

/*
 * struct tried - the pair on the changed machine: only values, since that topology has been freed.
 * @clearable: all its redirects are known, and there is a common bridge
 * @ports, @found: the functions that redirect, in the original topology; @found may exceed PORTS
 */
struct tried {
	bool met, clearable;
	enum p2p_map_type map_type;
	int distance;
	const struct p2p_function *ports[PORTS];
	size_t found;
};

/* p2p_goal_met() looks at the functions of the verdict, so call it while they exist. */
static void look_at(const struct moves *moves, const struct p2p_eval *eval, struct tried *tried)
{
	const struct p2p_advice *advice = moves->advice;
	struct p2p_verdict verdict;

	p2p_advice_eval(eval, moves->pair, &verdict);
	tried->met = p2p_goal_met(advice->goal, &verdict);
	tried->clearable = verdict.kernel.common && !verdict.kernel.unread;
	tried->map_type = verdict.kernel.map_type;
	tried->distance = verdict.kernel.distance;
	tried->found = p2p_eval_redirects(eval, &verdict, tried->ports, PORTS);
	for (size_t i = 0; i < tried->found && i < PORTS; i++)
		tried->ports[i] = p2p_topology_function(advice->topology, tried->ports[i]->index);
}

/* Return: 0; -ENOMEM; another negative errno if the change makes no sense. */
static int eval_changed(const struct moves *moves, const struct p2p_change *changes, size_t count,
			struct tried *ret_tried)
{
	struct p2p_advice *advice = moves->advice;
	struct p2p_topology *changed;
	struct p2p_eval *eval;
	int r;

	r = p2p_topology_change(advice->context, advice->topology, changes, count, &changed);
	if (r < 0)
		return r;
	r = p2p_eval_new(advice->context, changed, advice->kernel, &eval);
	if (!r) {
		look_at(moves, eval, ret_tried);
		p2p_eval_free(eval);
	}
	p2p_topology_free(changed);
	return r;
}

static size_t list_clears(const struct p2p_function *const *ports, size_t count,
			  struct p2p_change *changes)
{
	for (size_t i = 0; i < count; i++)
		changes[i] = (struct p2p_change){
			.kind = P2P_CHANGE_ACS, .function = ports[i],
			.clear = ports[i]->acs.control & P2P_ACS_REDIRECT,
		};
	return count;
}

/* Return: 0, even if the change makes no sense; -ENOMEM. */
static int try_move(struct moves *moves, struct move *move)
{
	struct p2p_change changes[2 + PORTS] = {
		{ .kind = P2P_CHANGE_MOVE, .function = move->device, .port = move->place },
		{ .kind = P2P_CHANGE_MOVE, .function = move->other,
		  .port = move->device->parent },
	};
	size_t count = move->other ? 2 : 1;
	struct tried tried = { 0 };
	int r = eval_changed(moves, changes, count, &tried);

	if (!r && !tried.met && tried.clearable && tried.found && tried.found <= PORTS) {
		move->ports = list_clears(tried.ports, tried.found, &changes[count]);
		r = eval_changed(moves, changes, count + tried.found, &tried);
	}
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	move->map_type = tried.map_type;
	move->distance = tried.distance;
	if (tried.met)
		remember(moves, move);
	return 0;
}

/* A move helps only if the slot is near the partner: below the same port on the root bus. */
static bool is_near(const struct p2p_function *port, const struct p2p_function *partner)
{
	const struct p2p_function *at = partner->parent;

	if (at && at->parent)
		at = at->parent;
	while (at && at->parent)
		at = at->parent;
	return at && p2p_is_below(port, at);
}

/* A module sits in a socket of a baseboard, and goes into no slot. */
static bool is_module(const struct p2p_function *function)
{
	return function->device_name && (strstr(function->device_name, "SXM") || strstr(function->device_name, "OAM") ||
					 strstr(function->device_name, "NVSwitch"));
}

static bool is_same_model(const struct p2p_function *one, const struct p2p_function *other)
{
	return one->vendor == other->vendor && one->device == other->device &&
	       one->subsystem_vendor == other->subsystem_vendor && one->subsystem_device == other->subsystem_device;
}

static int try_places(struct moves *moves, const struct p2p_function *device,
		      const struct p2p_function *partner)
{
	const struct p2p_function *port;
	int r = 0;

	if (device->physfn || !device->parent || p2p_function_is_bridge(device) || is_module(device))
		return 0;
	for (size_t i = 0; !r && (port = p2p_topology_function(moves->advice->topology, i)); i++) {
		struct move move = { .device = device, .place = port, .other = occupant(port) };

		if (!is_slot(port) || port == device->parent || p2p_is_below(partner, port) ||
		    (port->child_count && !move.other) || (move.other && is_module(move.other)) || !is_near(port, partner) ||
		    moves->trials == TRIALS)
			continue;
		moves->trials++;
		r = try_move(moves, &move);
	}
	return r;
}

static const char *place_name(struct p2p_advice *advice, const struct p2p_function *port)
{
	char bdf[P2P_BDF_SIZE];

	p2p_bdf_format(port->bdf, bdf);
	if (port->pcie.slot && port->pcie.slot_number)
		return p2p_arena_format(&advice->arena, "slot %u (behind %s)",
					port->pcie.slot_number, bdf);
	return p2p_arena_format(&advice->arena, "the slot behind %s", bdf);
}

static void add_move(struct moves *moves, const struct move *move)
{
	struct p2p_advice *advice = moves->advice;
	const char *place = place_name(advice, move->place), *what, *besides = "";
	struct p2p_remedy remedy = {
		.kind = move->other ? P2P_REMEDY_SWAP : P2P_REMEDY_SLOT, .pair = *moves->pair,
		.function = move->device, .place = move->place, .other = move->other,
		.sure = true, .map_type = move->map_type,
	};

	what = move->other && is_same_model(move->device, move->other) ?
	       p2p_arena_format(&advice->arena, "use %s, which is of the same model, as it is, or exchange %s with it in %s",
				move->other->display, move->device->display, place ? place : "") :
	       move->other ?
	       p2p_arena_format(&advice->arena, "exchange %s with %s in %s", move->device->display,
				move->other->display, place ? place : "") :
	       p2p_arena_format(&advice->arena, "put %s into %s, which is free",
				move->device->display, place ? place : "");
	if (move->ports)
		besides = p2p_arena_format(&advice->arena, ", once ACS no longer redirects on %zu "
					   "port%s there", move->ports, move->ports == 1 ? "" : "s");
	if (!place || !what || !besides)
		advice->no_memory = true;
	else
		remedy.text = p2p_arena_format(&advice->arena, "%s: %s and %s are then %s, distance %d%s", what,
					       moves->low->display, moves->high->display,
					       p2p_map_type_name(move->map_type),
					       move->distance, besides);
	p2p_advice_add(advice, &remedy);
}

int p2p_advice_moves_find(struct p2p_advice *advice, const struct p2p_advised *advised)
{
	struct moves moves = { .advice = advice, .pair = &advised->pair, .low = advised->pair.provider,
			       .high = advised->pair.client };
	int r;

	/* If facts are missing, a slot does not help; a guest's slots are emulated. */
	if (p2p_topology_machine(advice->topology)->virtual_machine == P2P_YES ||
	    advised->after.kernel.map_type != P2P_MAP_NOT_SUPPORTED ||
	    advice->pair_count > PAIRS)
		return 0;
	/* A pair and its reverse get the same advice in the same order. */
	if (moves.low->index > moves.high->index) {
		moves.low = advised->pair.client;
		moves.high = advised->pair.provider;
	}
	r = try_places(&moves, moves.high, moves.low);
	if (!r)
		r = try_places(&moves, moves.low, moves.high);
	for (size_t i = 0; i < moves.count; i++)
		add_move(&moves, &moves.best[i]);
	return r;
}

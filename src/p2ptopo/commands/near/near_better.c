/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which registers stand between a device and its peers below the same switch. */
#include <errno.h>
#include <stdlib.h>

#include "commands/near/near.h"
#include "print/document.h"
#include "print/hint.h"
#include "print/say.h"
#include "print/words.h"

/* At most so many peers are listed in full. */
#define MOST_PEERS 8

static bool is_diverted(const struct p2p_route *route)
{
	return route->kind == P2P_ROUTE_REDIRECTED || route->kind == P2P_ROUTE_BLOCKED;
}

/* Registers help only where a bridge above both could turn the transfer around. */
static bool could_be_direct(const struct p2p_verdict *verdict)
{
	return verdict->kernel.common &&
	       (verdict->kernel.map_type != P2P_MAP_BUS_ADDR ||
		is_diverted(&verdict->fabric.request) || is_diverted(&verdict->fabric.completion));
}

/* Is the function on the path between the two, below the bridge that they share? */
static bool is_between(const struct p2p_verdict *verdict, const struct p2p_function *function)
{
	const struct p2p_function *ends[] = { verdict->provider, verdict->client };

	for (int i = 0; i < 2; i++)
		for (const struct p2p_function *at = ends[i]; at && at != verdict->kernel.common;
		     at = at->parent)
			if (at == function)
				return true;
	return false;
}

/* Makes two pairs, one for each direction, for each peer that could be direct. */
static size_t make_pairs(const struct p2p_function *device, const struct near_peer *peers,
			 size_t count, struct p2p_pair *pairs)
{
	size_t made = 0;

	for (size_t i = 0; i < count; i++) {
		if (!could_be_direct(&peers[i].gives.verdict) &&
		    !could_be_direct(&peers[i].takes.verdict))
			continue;
		pairs[made++] = (struct p2p_pair){ device, peers[i].function };
		pairs[made++] = (struct p2p_pair){ peers[i].function, device };
	}
	return made;
}

static bool is_met(const struct p2p_advised *advised)
{
	return advised->state == P2P_ADVICE_FINE || advised->state == P2P_ADVICE_REGISTERS;
}

static int take_registers(const struct p2p_advice *advice, struct near_peer *peer)
{
	size_t count;
	const struct p2p_register *all = p2p_advice_registers(advice, &count);

	peer->registers = calloc(count + 1, sizeof(void *));
	if (!peer->registers)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (is_between(&peer->gives.verdict, all[i].function))
			peer->registers[peer->register_count++] = &all[i];
	return 0;
}

/* The pairs of the advice are those of make_pairs(): in the order of the peers, two for each. */
static int spread(const struct p2p_advice *advice, struct near_peer *peers, size_t count)
{
	const struct p2p_advised *gives;
	size_t at = 0;
	int r = 0;

	for (size_t i = 0; i < count && !r; i++) {
		gives = p2p_advice_pair(advice, at);
		if (!gives || gives->pair.client != peers[i].function)
			continue;
		if (is_met(gives) && is_met(p2p_advice_pair(advice, at + 1)))
			r = take_registers(advice, &peers[i]);
		at += 2;
	}
	return r;
}

/* In a guest there is no advice: its transfers do not meet the ACS that it sees. */
int near_advise(struct app *app, const struct p2p_function *device, struct near_peer *peers,
		size_t count, struct p2p_advice **ret_advice)
{
	struct p2p_pair *pairs;
	size_t asked;
	int r = 0;

	if (p2p_topology_machine(app->topology)->virtual_machine == P2P_YES)
		return 0;
	pairs = calloc(2 * count + 1, sizeof(*pairs));
	if (!pairs)
		return -ENOMEM;
	asked = make_pairs(device, peers, count, pairs);
	if (asked)
		r = p2p_advice_new(app->context, app->topology, app->options.kernel,
				   P2P_GOAL_DIRECT, pairs, asked, ret_advice);
	free(pairs);
	return asked && !r ? spread(*ret_advice, peers, count) : r;
}

void near_say_registers(FILE *out, const struct near_peer *peer)
{
	char bits[P2P_ACS_SIZE], bdf[P2P_BDF_SIZE];
	uint16_t mask = 0;

	for (size_t i = 0; i < peer->register_count; i++) {
		const struct p2p_register *change = peer->registers[i];

		if (change->mask != mask)
			fprintf(out, "%s%s at", i ? ", " : "", words_acs(change->mask, bits));
		mask = change->mask;
		fprintf(out, " %s", p2p_bdf_format(change->function->bdf, bdf));
	}
}

static void print_peer(const struct app *app, const struct near_peer *peer)
{
	struct paragraph line;

	if (!paragraph_start(&line))
		return;
	fprintf(line.stream, "%s would be direct without ", peer->function->display);
	near_say_registers(line.stream, peer);
	paragraph_end(app, &line, 0, 0);
}

void near_print_better(const struct app *app, const struct p2p_function *device,
		       const struct near_peer *peers, size_t count)
{
	const struct p2p_function *first = NULL;
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		if (!peers[i].register_count)
			continue;
		if (!found++) {
			fputc('\n', app->out);
			first = peers[i].function;
		}
		if (found <= MOST_PEERS)
			print_peer(app, &peers[i]);
	}
	if (found > MOST_PEERS)
		fprintf(app->out, "%zu more: add -o PEER,DIRECT-IF\n", found - MOST_PEERS);
	if (found)
		hint_line(app, "how to clear them, and what else that opens: ", "fix", device, first);
}

struct json_object *near_json_registers(const struct near_peer *peer)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < peer->register_count; i++) {
		p2p_json_append(array, json_members(
			{ "bdf", json_bdf(peer->registers[i]->function) },
			{ "cleared", p2p_acs_json(peer->registers[i]->mask) }));
	}
	return array;
}

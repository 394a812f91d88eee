/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ways of a pair: rows whose drivers match, their conditions in order, then delivery. */
#include <errno.h>
#include <string.h>

#include "verdict/ways/ways.h"

static void add_condition(struct p2p_way_answer *answer, const struct p2p_condition *condition,
		     enum p2p_tri held)
{
	if (answer->condition_count < P2P_WAY_CONDITIONS)
		answer->conditions[answer->condition_count++] = (struct p2p_condition_answer){
			condition->id, held, condition->argument, condition->number };
}

/* The first condition from @first on that fails decides; an unknown one leaves the answer open. */
static enum p2p_grant ask_conditions(const struct p2p_verdict *verdict,
				     const struct p2p_driver_way *way,
				     const struct p2p_condition *first, struct p2p_way_answer *answer)
{
	bool open = way->applies.id != P2P_IF_NONE &&
		    p2p_condition_ask(verdict, &way->applies) == P2P_UNKNOWN;

	if (open)
		add_condition(answer, &way->applies, P2P_UNKNOWN);
	for (const struct p2p_condition *c = first; c->id != P2P_IF_NONE; c++) {
		enum p2p_tri held = p2p_condition_ask(verdict, c);

		add_condition(answer, c, held);
		if (held == P2P_NO)
			return P2P_GRANT_REFUSED;
		open |= held == P2P_UNKNOWN;
	}
	if (open)
		return P2P_GRANT_UNKNOWN;
	return strcmp(way->decider, "nobody") ? P2P_GRANT_GRANTED : P2P_GRANT_NOT_ASKED;
}

static enum p2p_grant ask(const struct p2p_verdict *verdict, const struct p2p_driver_way *way,
			  struct p2p_way_answer *answer)
{
	enum p2p_tri seen = way->witness.id == P2P_IF_NONE ? P2P_UNKNOWN :
			    p2p_condition_ask(verdict, &way->witness);

	if (seen != P2P_UNKNOWN)
		add_condition(answer, &way->witness, seen);
	if (seen == P2P_NO)
		return P2P_GRANT_REFUSED;
	return ask_conditions(verdict, way, &way->conditions[seen == P2P_YES ? way->witnessed : 0], answer);
}

bool p2p_way_is_late(const struct p2p_way_answer *answer)
{
	const struct p2p_driver_way *way = answer->way;

	return way->late && answer->grant == P2P_GRANT_REFUSED && answer->conditions[0].id == way->witness.id &&
	       answer->conditions[0].held == P2P_YES;
}

static void evaluate(const struct p2p_verdict *verdict, const struct p2p_driver_way *way,
		     struct p2p_way_answer *answer)
{
	*answer = (struct p2p_way_answer){ .way = way, .evidence = -1 };
	answer->grant = ask(verdict, way, answer);
	p2p_deliver(verdict, way, answer);
	answer->delivery = p2p_way_is_late(answer) ? P2P_DELIVERY_REFUSED :
			   answer->grant == P2P_GRANT_REFUSED ? way->denied : answer->granted;
	if (answer->grant == P2P_GRANT_UNKNOWN && answer->granted != way->denied)
		answer->delivery = P2P_DELIVERY_UNKNOWN;
}

/* A refused way is skipped, and so is a hidden one that is not known to exist. */
static bool is_passed_over(const struct p2p_way_answer *answer)
{
	return answer->grant == P2P_GRANT_REFUSED ||
	       (answer->grant == P2P_GRANT_UNKNOWN && answer->way->hidden &&
		answer->conditions[0].id == answer->way->applies.id);
}

const struct p2p_way_answer *p2p_ways_taken(const struct p2p_ways *ways)
{
	return ways->used < ways->count ? &ways->way[ways->used] : NULL;
}

/* If no way is left, the refusal of the last one tells what happens. */
const struct p2p_way_answer *p2p_ways_told(const struct p2p_ways *ways)
{
	if (ways->used < ways->count)
		return &ways->way[ways->used];
	for (unsigned int i = ways->count; i-- > 0;)
		if (ways->way[i].grant == P2P_GRANT_REFUSED && !ways->way[i].way->hidden)
			return &ways->way[i];
	return NULL;
}

enum p2p_grant p2p_ways_grant(const struct p2p_ways *ways)
{
	const struct p2p_way_answer *answer = p2p_ways_told(ways);

	return answer ? answer->grant : P2P_GRANT_UNKNOWN;
}

/* A pair that was made without an evaluator has no precomputed rows. */
static struct p2p_driver_rows rows_of(const struct p2p_verdict *verdict, const struct p2p_function *function)
{
	const struct p2p_eval *eval = verdict->eval;

	return eval && eval->drivers ? eval->drivers[function->index] : p2p_driver_rows(function->driver);
}

void p2p_ways_find(const struct p2p_verdict *verdict, struct p2p_ways *ret_ways)
{
	const struct p2p_function *provider = verdict->provider, *client = verdict->client;
	const struct p2p_way_answer *told;
	uint64_t rows = 0;

	/* Only the first @count elements of the list are ever read. */
	ret_ways->verdict = verdict;
	ret_ways->count = ret_ways->used = 0;
	ret_ways->drivers_known = provider->driver && client->driver;
	if (ret_ways->drivers_known)
		rows = rows_of(verdict, provider).provides & rows_of(verdict, client).takes;
	for (size_t i = 0; rows && ret_ways->count < P2P_WAYS_MOST; i++, rows >>= 1) {
		const struct p2p_driver_way *way = p2p_driver_way_at(i);

		if (rows & 1 && p2p_condition_ask(verdict, &way->applies) != P2P_NO)
			evaluate(verdict, way, &ret_ways->way[ret_ways->count++]);
	}
	while (ret_ways->used < ret_ways->count && is_passed_over(&ret_ways->way[ret_ways->used]))
		ret_ways->used++;
	told = p2p_ways_told(ret_ways);
	ret_ways->delivery = told ? told->delivery : P2P_DELIVERY_UNKNOWN;
}

bool p2p_driver_way_asks_p2pdma(const struct p2p_driver_way *way)
{
	for (const struct p2p_condition *c = way->conditions; c->id != P2P_IF_NONE; c++)
		if (c->id == P2P_IF_KERNEL_PAIR)
			return true;
	return false;
}

bool p2p_ways_ask_p2pdma(const struct p2p_ways *ways)
{
	const struct p2p_way_answer *told = p2p_ways_told(ways);

	return !told || p2p_driver_way_asks_p2pdma(told->way);
}

const char *p2p_driver_way_name(const struct p2p_driver_way *way) { return way->name; }
const char *p2p_driver_way_interface(const struct p2p_driver_way *way) { return way->interface; }
const char *p2p_driver_way_decider(const struct p2p_driver_way *way) { return way->decider; }
const char *p2p_driver_way_summary(const struct p2p_driver_way *way) { return way->summary; }

enum p2p_addressing p2p_driver_way_addressing(const struct p2p_driver_way *way)
{
	return way->addressing;
}

static const char *const deliveries[P2P_DELIVERIES] = {
	[P2P_DELIVERY_UNKNOWN] = "unknown", [P2P_DELIVERY_BROKEN] = "broken",
	[P2P_DELIVERY_REFUSED] = "refused", [P2P_DELIVERY_STAGED] = "staged",
	[P2P_DELIVERY_ROOT] = "root-complex", [P2P_DELIVERY_DIRECT] = "direct",
	[P2P_DELIVERY_LINK] = "link",
};

static const char *const grants[] = {
	[P2P_GRANT_UNKNOWN] = "unknown", [P2P_GRANT_REFUSED] = "refused",
	[P2P_GRANT_GRANTED] = "granted", [P2P_GRANT_NOT_ASKED] = "not-asked",
};

static const char *const addressings[P2P_ADDRESSINGS] = {
	[P2P_ADDRESSING_P2PDMA] = "p2pdma", [P2P_ADDRESSING_RESOURCE] = "resource",
	[P2P_ADDRESSING_RAW] = "raw", [P2P_ADDRESSING_LINK] = "link",
	[P2P_ADDRESSING_GUEST] = "guest", [P2P_ADDRESSING_CPU] = "cpu",
};

const char *p2p_delivery_name(enum p2p_delivery delivery) { return deliveries[delivery]; }
const char *p2p_grant_name(enum p2p_grant grant) { return grants[grant]; }
const char *p2p_addressing_name(enum p2p_addressing addressing) { return addressings[addressing]; }

int p2p_delivery_parse(const char *name, enum p2p_delivery *ret_delivery)
{
	for (unsigned int i = 0; i < P2P_DELIVERIES; i++) {
		if (strcmp(deliveries[i], name) != 0)
			continue;
		*ret_delivery = i;
		return 0;
	}
	return -EINVAL;
}

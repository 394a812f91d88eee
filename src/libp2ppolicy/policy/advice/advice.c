/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Advice as a whole: its pairs, their states, and what else the change opens. */
#include <errno.h>
#include <stdlib.h>

#include <p2ppolicy/ways.h>

#include "base/context.h"
#include "policy/advice/advice.h"

const char *p2p_advice_state_name(enum p2p_advice_state state)
{
	static const char *const names[P2P_ADVICE_STATES] = {
		[P2P_ADVICE_FINE] = "fine", [P2P_ADVICE_REGISTERS] = "registers",
		[P2P_ADVICE_REMEDIES] = "remedies", [P2P_ADVICE_NONE] = "none",
	};

	return names[state];
}

const char *p2p_remedy_name(enum p2p_remedy_kind kind)
{
	static const char *const names[P2P_REMEDIES] = {
		[P2P_REMEDY_READ] = "read", [P2P_REMEDY_CONFIG] = "config",
		[P2P_REMEDY_KERNEL] = "kernel", [P2P_REMEDY_WHITELIST] = "whitelist",
		[P2P_REMEDY_SLOT] = "slot", [P2P_REMEDY_SWAP] = "swap",
		[P2P_REMEDY_IOMMU] = "iommu", [P2P_REMEDY_MEMORY] = "memory",
		[P2P_REMEDY_BAR] = "bar", [P2P_REMEDY_DRIVER] = "driver",
		[P2P_REMEDY_HOST] = "host",
	};

	return names[kind];
}

static bool is_diverted(const struct p2p_route *route)
{
	return route->kind == P2P_ROUTE_REDIRECTED || route->kind == P2P_ROUTE_BLOCKED;
}

bool p2p_goal_met(enum p2p_goal goal, const struct p2p_verdict *verdict)
{
	enum p2p_map_type type = verdict->kernel.map_type;

	if (goal == P2P_GOAL_GPUDIRECT)
		return verdict->kernel.common &&
		       verdict->fabric.request.kind == P2P_ROUTE_DIRECT &&
		       verdict->fabric.completion.kind == P2P_ROUTE_DIRECT && p2p_shape_met(verdict);
	if (goal == P2P_GOAL_POSSIBLE || !verdict->kernel.common)
		return type >= P2P_MAP_THRU_HOST_BRIDGE;
	return type == P2P_MAP_BUS_ADDR && !is_diverted(&verdict->fabric.request) &&
	       !is_diverted(&verdict->fabric.completion);
}

bool p2p_advice_is_asked(const struct p2p_verdict *verdict)
{
	struct p2p_ways ways;

	p2p_ways_find(verdict, &ways);
	return p2p_ways_ask_p2pdma(&ways);
}

/* What p2pdma says of a pair that is direct already does not matter to drivers that do not ask it. */
static bool is_fine(enum p2p_goal goal, const struct p2p_verdict *verdict)
{
	return p2p_goal_met(goal, verdict) || (goal == P2P_GOAL_DIRECT && !p2p_advice_is_asked(verdict) &&
					       p2p_goal_met(P2P_GOAL_GPUDIRECT, verdict));
}

void p2p_advice_eval(const struct p2p_eval *eval, const struct p2p_pair *pair,
		     struct p2p_verdict *ret_verdict)
{
	const struct p2p_topology *topology = p2p_eval_topology(eval);

	p2p_eval_pair(eval, p2p_topology_function(topology, pair->provider->index),
		      p2p_topology_function(topology, pair->client->index), ret_verdict);
}

void p2p_advice_add(struct p2p_advice *advice, const struct p2p_remedy *remedy)
{
	struct p2p_remedy *place = p2p_more(advice->remedies, advice->remedy_count);

	advice->no_memory |= !remedy->text || !place;
	if (!place)
		return;
	*place = *remedy;
	advice->remedy_count++;
}

/* A pair as one number, for sorting and searching. */
static uint64_t key_of(const struct p2p_function *provider, const struct p2p_function *client)
{
	return (uint64_t)provider->index << 32 | client->index;
}

static int compare_keys(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static uint64_t *sort_keys(const struct p2p_advice *advice)
{
	uint64_t *keys = calloc(advice->pair_count + 1, sizeof(*keys));

	for (size_t i = 0; keys && i < advice->pair_count; i++)
		keys[i] = key_of(advice->pairs[i].pair.provider, advice->pairs[i].pair.client);
	if (keys)
		qsort(keys, advice->pair_count, sizeof(*keys), compare_keys);
	return keys;
}

static bool has_pair(const struct p2p_advice *advice, const uint64_t *keys,
		     const struct p2p_function *provider, const struct p2p_function *client)
{
	uint64_t key = key_of(provider, client);

	return bsearch(&key, keys, advice->pair_count, sizeof(key), compare_keys);
}

static void compare_reach(struct p2p_advice *advice, const uint64_t *keys,
			  const struct p2p_function *provider, const struct p2p_function *client)
{
	struct p2p_reach reach = { .pair = { provider, client } }, *place;
	struct p2p_verdict before, after;

	p2p_eval_pair(advice->eval, provider, client, &before);
	p2p_advice_eval(advice->changed_eval, &reach.pair, &after);
	reach.permitted = after.kernel.map_type >= P2P_MAP_THRU_HOST_BRIDGE &&
			  before.kernel.map_type < P2P_MAP_THRU_HOST_BRIDGE;
	reach.direct = is_diverted(&before.fabric.request) && !is_diverted(&after.fabric.request);
	if ((!reach.permitted && !reach.direct) || has_pair(advice, keys, provider, client))
		return;
	place = p2p_more(advice->reaches, advice->reach_count);
	if (!place) {
		advice->no_memory = true;
		return;
	}
	*place = reach;
	advice->reach_count++;
}

/* Fill @reaches; needs @changed. */
static void find_reaches(struct p2p_advice *advice)
{
	size_t count = p2p_topology_count(advice->topology);
	bool *asked = calloc(count + 1, sizeof(*asked));
	uint64_t *keys = sort_keys(advice);

	if (!asked || !keys) {
		advice->no_memory = true;
		count = 0;
	}
	for (size_t i = 0; count && i < advice->pair_count; i++)
		asked[advice->pairs[i].pair.provider->index] = true;
	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *provider = p2p_topology_function(advice->topology, i);

		for (size_t j = 0; asked[i] && j < count; j++) {
			const struct p2p_function *client =
				p2p_topology_function(advice->topology, j);

			if (client != provider && p2p_function_has_header_0(client))
				compare_reach(advice, keys, provider, client);
		}
	}
	free(asked);
	free(keys);
}

/*
 * A kernel without CONFIG_PCI_P2PDMA refuses every pair.  In this case, evaluate from here on what the
 * same kernel would say with it; building it that way is a remedy in addition to all others.
 */
static int assume_compiled(struct p2p_advice *advice)
{
	const char *name = p2p_rules_name(p2p_eval_rules(advice->eval));
	struct p2p_eval *eval;
	int r = p2p_eval_new(advice->context, advice->topology, name, &eval);

	if (r < 0)
		return r;
	/* Keep the first evaluator: the @before verdicts refer to it. */
	advice->first_eval = advice->eval;
	advice->eval = eval;
	advice->kernel = name;
	for (size_t i = 0; i < advice->pair_count; i++) {
		struct p2p_advised *advised = &advice->pairs[i];

		p2p_eval_pair(eval, advised->pair.provider, advised->pair.client,
			       &advised->after);
	}
	return 0;
}

static int eval_pairs(struct p2p_advice *advice, const struct p2p_pair *pairs, size_t count)
{
	bool compiled = true;
	int r = p2p_eval_new(advice->context, advice->topology, advice->kernel, &advice->eval);

	if (r < 0)
		return r;
	advice->pairs = calloc(count + 1, sizeof(*advice->pairs));
	if (!advice->pairs)
		return -ENOMEM;
	advice->pair_count = count;
	for (size_t i = 0; i < count; i++) {
		struct p2p_advised *advised = &advice->pairs[i];

		advised->pair = pairs[i];
		p2p_eval_pair(advice->eval, pairs[i].provider, pairs[i].client,
			       &advised->before);
		advised->after = advised->before;
		advised->state = is_fine(advice->goal, &advised->before) ? P2P_ADVICE_FINE : P2P_ADVICE_NONE;
		compiled &= advised->before.kernel.reason != P2P_REASON_NOT_COMPILED;
	}
	return compiled ? 0 : assume_compiled(advice);
}

static void evaluate_again(struct p2p_advice *advice)
{
	for (size_t i = 0; advice->changed && i < advice->pair_count; i++) {
		struct p2p_advised *advised = &advice->pairs[i];
		const struct p2p_pair *pair = &advised->pair;

		p2p_advice_eval(advice->changed_eval, pair, &advised->after);
		if (advised->state != P2P_ADVICE_FINE && !p2p_advice_host_decides(advice, pair) &&
		    advised->before.kernel.reason != P2P_REASON_NOT_COMPILED &&
		    p2p_goal_met(advice->goal, &advised->after))
			advised->state = P2P_ADVICE_REGISTERS;
	}
}

static int fill(struct p2p_advice *advice, const struct p2p_pair *pairs, size_t count)
{
	int r = eval_pairs(advice, pairs, count);

	if (!r)
		r = p2p_advice_registers_find(advice);
	if (r)
		return r;
	evaluate_again(advice);
	if (advice->changed)
		find_reaches(advice);
	r = p2p_advice_remedies_find(advice);
	p2p_advice_growths_find(advice);
	return r ? r : advice->no_memory ? -ENOMEM : 0;
}

int p2p_advice_new(struct p2p_context *context, const struct p2p_topology *topology,
		   const char *kernel, enum p2p_goal goal, const struct p2p_pair *pairs,
		   size_t count, struct p2p_advice **ret_advice)
{
	struct p2p_advice *advice = calloc(1, sizeof(*advice));
	int r;

	if (!advice)
		return p2p_error(context, -ENOMEM, "out of memory");
	advice->context = context;
	advice->topology = topology;
	advice->goal = goal;
	advice->kernel = p2p_arena_string(&advice->arena, kernel);
	r = advice->kernel ? fill(advice, pairs, count) : -ENOMEM;
	if (r) {
		p2p_advice_free(advice);
		return r == -ENOMEM ? p2p_error(context, r, "out of memory") : r;
	}
	*ret_advice = advice;
	return 0;
}

void p2p_advice_score(const struct p2p_advice *advice, const struct p2p_advised *advised,
		      struct p2p_score *ret_before, struct p2p_score *ret_after)
{
	p2p_eval_score(advice->eval, &advised->before, ret_before);
	if (advised->state == P2P_ADVICE_REGISTERS && advice->changed_eval)
		p2p_eval_score(advice->changed_eval, &advised->after, ret_after);
	else
		*ret_after = *ret_before;
}

struct p2p_advice *p2p_advice_free(struct p2p_advice *advice)
{
	if (!advice)
		return NULL;
	p2p_eval_free(advice->eval);
	p2p_eval_free(advice->first_eval);
	p2p_eval_free(advice->changed_eval);
	p2p_topology_free(advice->changed);
	p2p_arena_free(&advice->arena);
	free(advice->pairs);
	free(advice->registers);
	free(advice->reaches);
	free(advice->remedies);
	free(advice->growths);
	free(advice);
	return NULL;
}

const struct p2p_advised *p2p_advice_pair(const struct p2p_advice *advice, size_t index)
{
	return index < advice->pair_count ? &advice->pairs[index] : NULL;
}

const struct p2p_register *p2p_advice_registers(const struct p2p_advice *advice,
						size_t *ret_count)
{
	*ret_count = advice->register_count;
	return advice->registers;
}

const struct p2p_topology *p2p_advice_changed(const struct p2p_advice *advice)
{
	return advice->changed;
}

const struct p2p_reach *p2p_advice_reach(const struct p2p_advice *advice, size_t index)
{
	return index < advice->reach_count ? &advice->reaches[index] : NULL;
}

const struct p2p_remedy *p2p_advice_remedy(const struct p2p_advice *advice, size_t index)
{
	return index < advice->remedy_count ? &advice->remedies[index] : NULL;
}

const struct p2p_growth *p2p_advice_growth(const struct p2p_advice *advice, size_t index)
{
	return index < advice->growth_count ? &advice->growths[index] : NULL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public interface of policy and gate. */
#include <errno.h>

#include <p2ppolicy/gate.h>

#include "base/context.h"
#include "base/plain.h"
#include "public/pair.h"

#define PUSH_LEAST (offsetof(struct p2p_push_options, tag) + sizeof(const uint8_t *))

bool p2p_policy_allows(const struct p2p_policy *policy, const struct p2p_pair *pair)
{
	struct p2p_decision decision = { 0 };

	p2p_policy_decide(policy, &pair->verdict, &decision);
	return decision.allow;
}

int p2p_policy_compile(struct p2p_context *context, const struct p2p_policy *policy,
		       const struct p2p_evaluation *evaluation, struct p2p_allow_list **ret_list)
{
	P2P_PLAIN_LOCALE;

	return p2p_told(context, p2p_allow_list_new(context, policy, evaluation->eval, ret_list));
}

bool p2p_allow_list_pair(const struct p2p_allow_list *list, size_t index,
			 const struct p2p_function **ret_provider,
			 const struct p2p_function **ret_client)
{
	const struct p2p_allowed *allowed = p2p_allow_list_at(list, index);

	if (!allowed)
		return false;
	*ret_provider = allowed->provider;
	*ret_client = allowed->client;
	return true;
}

static void get_mode(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	const struct p2p_gate_info *info = object;

	(void)key;
	value->fact = P2P_PRESENT;
	value->text = p2p_gate_mode_name(info->mode);
}

static void get_generation(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	const struct p2p_gate_info *info = object;

	(void)key;
	value->fact = P2P_PRESENT;
	value->number = (int64_t)info->generation;
}

static void get_count(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	value->fact = P2P_PRESENT;
	value->number = *(const unsigned int *)(const void *)((const char *)object + key->value);
}

static void get_flag(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	value->fact = P2P_PRESENT;
	value->number = *(const bool *)((const char *)object + key->value);
}

#define AT(member) offsetof(struct p2p_gate_info, member)

static const struct p2p_key rows[] = {
	{ "mode", P2P_TYPE_TEXT, get_mode, 0 },
	{ "generation", P2P_TYPE_NUMBER, get_generation, 0 },
	{ "functions", P2P_TYPE_NUMBER, get_count, AT(functions) },
	{ "pairs", P2P_TYPE_NUMBER, get_count, AT(pairs) },
	{ "dropped", P2P_TYPE_NUMBER, get_count, AT(dropped) },
	{ "promotion", P2P_TYPE_FLAG, get_flag, AT(promotion) },
	{ "held", P2P_TYPE_FLAG, get_flag, AT(held) },
};

static const struct p2p_keys keys = { rows, P2P_LENGTH(rows) };

const char *p2p_gate_key(size_t index)
{
	return p2p_keys_name(keys, index);
}

/* All texts in the table are constants, so nothing in @value is borrowed from @info. */
int p2p_gate_fact(struct p2p_context *context, struct p2p_gate *gate, const char *key,
		  struct p2p_value *value)
{
	P2P_PLAIN_LOCALE;
	struct p2p_gate_info info;
	int r = p2p_gate_info(context, gate, &info);

	if (r < 0)
		return r;
	r = p2p_keys_get(keys, &info, key, value);
	return r < 0 ? p2p_error(context, r, "the gate has no fact '%s'", key) : 0;
}

int p2p_gate_replace(struct p2p_context *context, struct p2p_gate *gate,
		     const struct p2p_allow_list *list, const struct p2p_push_options *options,
		     uint64_t *ret_generation)
{
	P2P_PLAIN_LOCALE;
	struct p2p_push_options known;
	int r = p2p_options_take(context, options, PUSH_LEAST, &known, sizeof(known));

	if (r < 0)
		return r;
	if ((unsigned int)known.mode >= P2P_GATE_MODES)
		return p2p_error(context, -EINVAL, "the gate has no mode %u",
				 (unsigned int)known.mode);
	return p2p_told(context, p2p_gate_push(context, gate, known.mode, list, known.generation, known.tag,
					       ret_generation));
}

int p2p_gate_ask(struct p2p_context *context, struct p2p_gate *gate,
		 const struct p2p_function *provider, const struct p2p_function *client,
		 int *ret_ungated, int *ret_gated)
{
	P2P_PLAIN_LOCALE;
	struct p2p_gate_distance distance;
	int r = p2p_gate_distance(context, gate, provider->bdf, client->bdf, &distance);

	if (r < 0)
		return r;
	*ret_ungated = distance.ungated;
	*ret_gated = distance.gated;
	return 0;
}

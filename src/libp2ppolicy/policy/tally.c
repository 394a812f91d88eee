/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Explains what a policy allows on a machine: what each of its rules matches there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "policy/term.h"
#include "verdict/eval.h"

struct tally {
	const struct p2p_policy *policy;
	struct p2p_rule_tally *tallies;
};

static void count_functions(const struct tally *tally, const struct p2p_topology *topology)
{
	const struct p2p_function *function;

	for (size_t i = 0; (function = p2p_topology_function(topology, i)); i++) {
		if (!p2p_function_has_header_0(function))
			continue;
		for (size_t rule = 0; rule < tally->policy->rule_count; rule++) {
			struct p2p_roles roles = p2p_rule_roles(&tally->policy->rules[rule],
								function);
			struct p2p_rule_tally *here = &tally->tallies[rule];

			here->providers += roles.provider == P2P_YES;
			here->clients += roles.client == P2P_YES;
			here->unsure += roles.provider == P2P_UNKNOWN || roles.client == P2P_UNKNOWN;
		}
	}
}

static int count_pair(void *data, const struct p2p_verdict *verdict,
		      const struct p2p_roles *provider, const struct p2p_roles *client)
{
	const struct tally *tally = data;
	bool decided = false;

	for (size_t i = 0; i < tally->policy->rule_count; i++) {
		const struct p2p_rule_body *body = &tally->policy->rules[i];
		struct p2p_rule_tally *here = &tally->tallies[i];
		enum p2p_tri match = p2p_rule_match(body, provider[i], client[i]), when;

		if (match == P2P_NO)
			continue;
		when = p2p_condition_match(&body->when, verdict, &tally->policy->evidence);
		if (match == P2P_YES) {
			here->pairs++;
			here->met += when == P2P_YES;
			here->unmet += when == P2P_NO;
			here->earlier += when == P2P_YES && decided;
		}
		/* As in p2p_policy_decide_roles(): a deny rule also decides if it may match. */
		match = p2p_tri_and(match, when);
		decided |= match == P2P_YES || (match == P2P_UNKNOWN && !body->rule.allow);
	}
	return 0;
}

int p2p_policy_tally(struct p2p_context *context, const struct p2p_policy *policy,
		     const struct p2p_eval *eval, struct p2p_rule_tally *tallies)
{
	struct tally tally = { policy, tallies };
	int r;

	memset(tallies, 0, policy->rule_count * sizeof(*tallies));
	count_functions(&tally, p2p_eval_topology(eval));
	r = p2p_policy_each(policy, eval, count_pair, &tally);
	return r ? p2p_error(context, r, "out of memory") : 0;
}

/* At most this many are reported, each once although every rule that uses a group has its terms. */
#define MOST_TOLD 32

struct unused {
	const struct p2p_policy *policy;
	const struct p2p_topology *topology;
	const struct json_object *told[MOST_TOLD];
	size_t count;
	void (*tell)(void *userdata, const char *where, const char *key, const char *glob);
	void *userdata;
};

/* A function that may match counts as a match. */
static bool is_unused(const struct unused *unused, const struct p2p_term_key *key,
		      struct json_object *value)
{
	for (size_t i = 0; i < p2p_topology_count(unused->topology); i++) {
		const struct p2p_subject subject = {
			.function = p2p_topology_function(unused->topology, i),
			.names_are_final = true,
		};

		if (key->match(value, &subject) != P2P_NO)
			return false;
	}
	return true;
}

static void look_at(struct unused *unused, const struct p2p_term_key *key,
		    struct json_object *value)
{
	unsigned int line, column;
	char where[64];

	for (size_t i = 0; i < unused->count; i++)
		if (unused->told[i] == value)
			return;
	if (unused->count == MOST_TOLD)
		return;
	if (!json_object_is_type(value, json_type_string) ||
	    !strpbrk(json_object_get_string(value), "*?[") || !is_unused(unused, key, value))
		return;
	p2p_document_position(unused->policy->document, value, &line, &column);
	unused->told[unused->count++] = value;
	snprintf(where, sizeof(where), "%u:%u", line, column);
	unused->tell(unused->userdata, where, key->name, json_object_get_string(value));
}

static void look_through(struct unused *unused, const struct p2p_selector *selector)
{
	for (size_t i = 0; i < selector->count; i++) {
		const struct p2p_conjunction *all = &selector->any[i];

		for (size_t t = 0; t < all->count; t++) {
			const struct p2p_term *term = &all->terms[t];

			for (size_t v = 0; v < p2p_value_count(term->value); v++)
				look_at(unused, term->key, p2p_value_at(term->value, v));
		}
	}
}

void p2p_policy_unused(const struct p2p_policy *policy, const struct p2p_topology *topology,
		       void (*tell)(void *userdata, const char *where, const char *key,
				    const char *glob),
		       void *userdata)
{
	struct unused unused = { .policy = policy, .topology = topology, .tell = tell,
				 .userdata = userdata };

	for (size_t i = 0; i < policy->groups.count; i++)
		look_through(&unused, &policy->groups.groups[i].selector);
	for (size_t i = 0; i < policy->rule_count; i++) {
		look_through(&unused, &policy->rules[i].provider);
		look_through(&unused, &policy->rules[i].client);
	}
}

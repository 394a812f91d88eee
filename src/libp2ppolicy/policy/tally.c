/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a policy allows what it allows, and nothing more: what each rule comes to on a machine. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "policy/term.h"

/* Roles under every rule, [function * rules + rule]. */
struct tally {
	const struct p2p_policy *policy;
	const struct p2p_function **functions;
	struct p2p_roles *roles;
	size_t count;
	struct p2p_rule_tally *tallies;
};

static int fill(struct tally *tally, const struct p2p_topology *topology)
{
	size_t rules = tally->policy->rule_count, total = p2p_topology_count(topology);

	tally->functions = calloc(total + 1, sizeof(struct p2p_function *));
	tally->roles = calloc(total * rules + 1, sizeof(*tally->roles));
	if (!tally->functions || !tally->roles)
		return -ENOMEM;
	for (size_t i = 0; i < total; i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);

		if (!p2p_function_has_header_0(function))
			continue;
		for (size_t rule = 0; rule < rules; rule++) {
			struct p2p_roles roles = p2p_rule_roles(&tally->policy->rules[rule],
								function);

			tally->roles[tally->count * rules + rule] = roles;
			tally->tallies[rule].providers += roles.provider == P2P_YES;
			tally->tallies[rule].clients += roles.client == P2P_YES;
			tally->tallies[rule].unsure += roles.provider == P2P_UNKNOWN ||
						       roles.client == P2P_UNKNOWN;
		}
		tally->functions[tally->count++] = function;
	}
	return 0;
}

static void count_pair(struct tally *tally, size_t provider, size_t client,
		       const struct p2p_verdict *verdict)
{
	size_t rules = tally->policy->rule_count;
	bool decided = false;

	for (size_t i = 0; i < rules; i++) {
		const struct p2p_rule_body *body = &tally->policy->rules[i];
		struct p2p_rule_tally *here = &tally->tallies[i];
		enum p2p_tri when = P2P_YES;

		if (p2p_rule_match(body, tally->roles[provider * rules + i],
				   tally->roles[client * rules + i]) != P2P_YES)
			continue;
		if (body->when.count)
			when = p2p_condition_match(&body->when, verdict, &tally->policy->evidence);
		here->pairs++;
		here->met += when == P2P_YES;
		here->unmet += when == P2P_NO;
		here->earlier += when == P2P_YES && decided;
		decided |= when == P2P_YES || (when == P2P_UNKNOWN && !body->rule.allow);
	}
}

int p2p_policy_tally(struct p2p_context *context, const struct p2p_policy *policy,
		     const struct p2p_eval *eval, struct p2p_rule_tally *tallies)
{
	struct tally tally = { .policy = policy, .tallies = tallies };
	struct p2p_verdict verdict;
	int r;

	memset(tallies, 0, policy->rule_count * sizeof(*tallies));
	r = fill(&tally, p2p_eval_topology(eval));
	for (size_t i = 0; !r && i < tally.count; i++) {
		for (size_t j = 0; j < tally.count; j++) {
			if (i == j)
				continue;
			p2p_eval_pair(eval, tally.functions[i], tally.functions[j], &verdict);
			count_pair(&tally, i, j, &verdict);
		}
	}
	free(tally.functions);
	free(tally.roles);
	return r ? p2p_error(context, r, "out of memory") : 0;
}

/* So many are told, each once: a rule that uses a group has its terms. */
#define MOST_TOLD 32

struct unused {
	const struct p2p_policy *policy;
	const struct p2p_topology *topology;
	const struct json_object *told[MOST_TOLD];
	size_t count;
	void (*tell)(void *userdata, const char *where, const char *key, const char *glob);
	void *userdata;
};

/* What cannot be told may be meant. */
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

			if (!json_object_is_type(term->value, json_type_array))
				look_at(unused, term->key, term->value);
			else
				for (size_t v = 0; v < json_object_array_length(term->value); v++)
					look_at(unused, term->key,
						json_object_array_get_idx(term->value, v));
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>

#include "policy/policy.h"

struct p2p_allow_list {
	const struct p2p_topology *topology;
	struct p2p_allowed *pairs;
	size_t count;
};

/* The roles of every function under every rule, asked once: [rule * count + function]. */
struct role_table {
	const struct p2p_function **functions;
	size_t count, provider, client;
	struct p2p_roles *roles;
};

static void ask_table(void *userdata, size_t rule, struct p2p_roles *ret_provider,
		      struct p2p_roles *ret_client)
{
	const struct role_table *table = userdata;

	*ret_provider = table->roles[rule * table->count + table->provider];
	*ret_client = table->roles[rule * table->count + table->client];
}

static int fill_table(const struct p2p_policy *policy, const struct p2p_topology *topology,
		      struct role_table *table)
{
	size_t total = p2p_topology_count(topology);

	table->functions = calloc(total + 1, sizeof(struct p2p_function *));
	if (!table->functions)
		return -ENOMEM;
	for (size_t i = 0; i < total; i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);

		if (p2p_function_has_header_0(function))
			table->functions[table->count++] = function;
	}
	table->roles = calloc(policy->rule_count * table->count + 1, sizeof(*table->roles));
	if (!table->roles)
		return -ENOMEM;
	for (size_t rule = 0; rule < policy->rule_count; rule++)
		for (size_t i = 0; i < table->count; i++)
			table->roles[rule * table->count + i] =
				p2p_rule_roles(&policy->rules[rule], table->functions[i]);
	return 0;
}

static int add_pair(struct p2p_allow_list *list, const struct p2p_verdict *verdict,
		    const struct p2p_rule *rule)
{
	struct p2p_allowed *pair = p2p_more(list->pairs, list->count);

	if (!pair)
		return -ENOMEM;
	*pair = (struct p2p_allowed){ verdict->provider, verdict->client, rule };
	list->count++;
	return 0;
}

static int add_pairs(const struct p2p_policy *policy, const struct p2p_eval *eval,
		     struct role_table *table, struct p2p_allow_list *list)
{
	for (table->provider = 0; table->provider < table->count; table->provider++) {
		for (table->client = 0; table->client < table->count; table->client++) {
			struct p2p_decision decision;
			struct p2p_verdict verdict;

			if (table->provider == table->client)
				continue;
			p2p_eval_pair(eval, table->functions[table->provider],
				       table->functions[table->client], &verdict);
			p2p_policy_decide_roles(policy, &verdict, ask_table, table, &decision);
			if (decision.allow && add_pair(list, &verdict, decision.rule))
				return -ENOMEM;
		}
	}
	return 0;
}

int p2p_allow_list_new(struct p2p_context *context, const struct p2p_policy *policy,
		       const struct p2p_eval *eval, struct p2p_allow_list **ret_list)
{
	struct p2p_allow_list *list = calloc(1, sizeof(*list));
	struct role_table table = { 0 };
	int r = list ? fill_table(policy, p2p_eval_topology(eval), &table) : -ENOMEM;

	if (!r)
		list->topology = p2p_eval_topology(eval);
	if (!r)
		r = add_pairs(policy, eval, &table, list);
	free(table.functions);
	free(table.roles);
	if (r) {
		p2p_allow_list_free(list);
		return p2p_error(context, r, "not enough memory for the allow-list");
	}
	*ret_list = list;
	return 0;
}

struct p2p_allow_list *p2p_allow_list_free(struct p2p_allow_list *list)
{
	if (list)
		free(list->pairs);
	free(list);
	return NULL;
}

const struct p2p_topology *p2p_allow_list_topology(const struct p2p_allow_list *list)
{
	return list->topology;
}

size_t p2p_allow_list_count(const struct p2p_allow_list *list)
{
	return list->count;
}

const struct p2p_allowed *p2p_allow_list_at(const struct p2p_allow_list *list, size_t index)
{
	return index < list->count ? &list->pairs[index] : NULL;
}

static int compare_pairs(const void *left, const void *right)
{
	const struct p2p_allowed *a = left, *b = right;

	if (a->provider->index != b->provider->index)
		return a->provider->index < b->provider->index ? -1 : 1;
	return (a->client->index > b->client->index) - (a->client->index < b->client->index);
}

bool p2p_allow_list_has(const struct p2p_allow_list *list, const struct p2p_function *provider,
			const struct p2p_function *client)
{
	const struct p2p_allowed key = { provider, client, NULL };

	return list->count && bsearch(&key, list->pairs, list->count, sizeof(key), compare_pairs);
}

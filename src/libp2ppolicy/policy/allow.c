/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>

#include "policy/policy.h"

struct p2p_allow_list {
	const struct p2p_policy *policy;
	const struct p2p_topology *topology;
	struct p2p_allowed *pairs;
	size_t count;
};

/* The roles of every function under every rule, computed once: [function * rules + rule]. */
struct role_table {
	const struct p2p_function **functions;
	size_t count;
	struct p2p_roles *roles;
};

static int fill_table(const struct p2p_policy *policy, const struct p2p_topology *topology,
		      struct role_table *table)
{
	size_t rules = policy->rule_count, total = p2p_topology_count(topology);

	table->functions = calloc(total + 1, sizeof(struct p2p_function *));
	table->roles = calloc(total * rules + 1, sizeof(*table->roles));
	if (!table->functions || !table->roles)
		return -ENOMEM;
	for (size_t i = 0; i < total; i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);

		if (!p2p_function_has_header_0(function))
			continue;
		for (size_t rule = 0; rule < rules; rule++)
			table->roles[table->count * rules + rule] =
				p2p_rule_roles(&policy->rules[rule], function);
		table->functions[table->count++] = function;
	}
	return 0;
}

int p2p_policy_each(const struct p2p_policy *policy, const struct p2p_eval *eval,
		    p2p_pair_fn *visit, void *data)
{
	struct role_table table = { 0 };
	size_t rules = policy->rule_count;
	int r = fill_table(policy, p2p_eval_topology(eval), &table);

	for (size_t i = 0; i < table.count && !r; i++) {
		for (size_t j = 0; j < table.count && !r; j++) {
			struct p2p_verdict verdict;

			if (i == j)
				continue;
			p2p_eval_pair(eval, table.functions[i], table.functions[j], &verdict);
			r = visit(data, &verdict, &table.roles[i * rules],
				  &table.roles[j * rules]);
		}
	}
	free(table.functions);
	free(table.roles);
	return r;
}

static int add_allowed(void *data, const struct p2p_verdict *verdict,
		       const struct p2p_roles *provider, const struct p2p_roles *client)
{
	struct p2p_allow_list *list = data;
	struct p2p_decision decision;
	struct p2p_allowed *pair;

	p2p_policy_decide_roles(list->policy, verdict, provider, client, &decision);
	if (!decision.allow)
		return 0;
	pair = p2p_more(list->pairs, list->count);
	if (!pair)
		return -ENOMEM;
	*pair = (struct p2p_allowed){ verdict->provider, verdict->client, decision.rule };
	list->count++;
	return 0;
}

int p2p_allow_list_new(struct p2p_context *context, const struct p2p_policy *policy,
		       const struct p2p_eval *eval, struct p2p_allow_list **ret_list)
{
	struct p2p_allow_list *list = calloc(1, sizeof(*list));
	int r = list ? 0 : -ENOMEM;

	if (!r) {
		list->policy = policy;
		list->topology = p2p_eval_topology(eval);
		r = p2p_policy_each(policy, eval, add_allowed, list);
	}
	if (r) {
		p2p_allow_list_free(list);
		return p2p_exhausted(context, r);
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

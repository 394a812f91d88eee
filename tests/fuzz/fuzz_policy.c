/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of rules: read it, and compile it for a machine. */
#include "fuzz_machine.h"

static void unused(void *userdata, const char *where, const char *key, const char *glob)
{
	CHECK(where && key && glob && !userdata);
}

/* Each pair of the list is one that the rule beside it allows; nothing else decides so. */
static size_t check_list(const struct p2p_policy *policy, const struct p2p_eval *eval,
			 const struct p2p_allow_list *list)
{
	const struct p2p_allowed *allowed;
	struct p2p_decision decision;
	struct p2p_verdict verdict;
	size_t i;

	for (i = 0; (allowed = p2p_allow_list_at(list, i)); i++) {
		CHECK(allowed->provider != allowed->client && allowed->rule->allow);
		p2p_eval_pair(eval, allowed->provider, allowed->client, &verdict);
		p2p_policy_decide(policy, &verdict, &decision);
		CHECK(decision.allow && !decision.uncertain && decision.rule == allowed->rule);
	}
	return i;
}

static void compile(struct p2p_context *context, const struct p2p_policy *policy)
{
	const struct p2p_eval *eval = fuzz_machine();
	struct p2p_rule_tally *tallies;
	struct p2p_allow_list *list;
	size_t count = 0, pairs;

	while (p2p_policy_rule(policy, count))
		count++;
	tallies = calloc(count + 1, sizeof(*tallies));
	CHECK(tallies && !p2p_policy_tally(context, policy, eval, tallies));
	CHECK(!p2p_allow_list_new(context, policy, eval, &list));
	pairs = check_list(policy, eval, list);
	for (size_t i = 0; i < count; i++) {
		CHECK(tallies[i].met + tallies[i].unmet <= tallies[i].pairs &&
		      tallies[i].earlier <= tallies[i].met);
		if (p2p_policy_rule(policy, i)->allow)
			pairs -= tallies[i].met - tallies[i].earlier;
	}
	CHECK(!pairs);
	p2p_policy_unused(policy, p2p_eval_topology(eval), unused, NULL);
	p2p_allow_list_free(list);
	free(tallies);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct p2p_context *context;
	struct p2p_policy *policy = NULL;
	char path[32];
	int fd;

	CHECK(!p2p_context_new(&context));
	fuzz_file(data, size, path, &fd);
	if (p2p_policy_load(context, path, &policy))
		CHECK(*p2p_context_error(context) && !policy);
	else
		compile(context, policy);
	p2p_policy_free(policy);
	close(fd);
	p2p_context_free(context);
	return 0;
}

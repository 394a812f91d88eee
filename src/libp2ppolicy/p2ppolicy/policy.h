/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policy: a file of rules on pairs, and the allow-list it gives on one machine.
 *
 * Rules are tried in order and the first that matches decides; a pair that no rule matches is
 * denied.  An unknown fact never lets a pair through: if a rule's condition depends on one, an
 * allow rule does not match and a deny rule does.
 *
 * The file is described in p2ptopo-policy(5).
 */
#ifndef P2PPOLICY_POLICY_H
#define P2PPOLICY_POLICY_H

#include <p2ppolicy/verdict.h>

/**
 * struct p2p_rule - one rule of a policy file.
 * @line, @column: where it begins in the file, from 1
 * @allow: its decision on pairs that it matches
 * @both: it also matches the reversed pair
 * @why: the reason its author gave; "" none
 */
struct p2p_rule {
	unsigned int line, column;
	bool allow, both;
	const char *why;
};

/** p2p_policy_rule() - the rule at @index, in order; NULL past the end. */
const struct p2p_rule *p2p_policy_rule(const struct p2p_policy *policy, size_t index);

/**
 * struct p2p_decision - a policy's decision on one ordered pair.
 * @rule: the rule that decided; NULL: none matched, and the pair is denied.  provider = client is
 *	always allowed (a drive and its own memory) and has no rule.
 * @uncertain: a denial that depends on a condition with an unknown fact
 */
struct p2p_decision {
	bool allow, uncertain;
	const struct p2p_rule *rule;
};

/**
 * p2p_policy_decide() - the policy's decision on a pair.
 * @verdict: as p2p_eval_pair() gave it
 */
void p2p_policy_decide(const struct p2p_policy *policy,
		       const struct p2p_verdict *verdict,
		       struct p2p_decision *ret_decision);

/**
 * struct p2p_rule_tally - what a rule matches on one machine.
 * @providers, @clients: functions that its selectors match
 * @unsure: functions that may match, but a fact is missing
 * @pairs: ordered pairs that both selectors match; of these
 * @met: pairs that also meet its condition
 * @unmet: pairs that do not
 * @earlier: pairs of @met that an earlier rule decided
 * The rest of @pairs lacks a fact that the condition needs.
 */
struct p2p_rule_tally {
	size_t providers, clients, unsure;
	size_t pairs, met, unmet, earlier;
};

/**
 * p2p_policy_tally() - the tally of every rule.
 * @tallies: as many as the policy has rules
 * Return: 0 or -ENOMEM.
 */
int p2p_policy_tally(struct p2p_context *context, const struct p2p_policy *policy,
		     const struct p2p_eval *eval, struct p2p_rule_tally *tallies);

/**
 * p2p_policy_unused() - the globs in selectors of rules that match no function of a topology.
 * @tell: called for each, with its position in the file, its key and the glob itself
 */
void p2p_policy_unused(const struct p2p_policy *policy, const struct p2p_topology *topology,
		       void (*tell)(void *userdata, const char *where, const char *key,
				    const char *glob),
		       void *userdata);

/** struct p2p_allowed - one ordered pair that is allowed, and the rule that allows it. */
struct p2p_allowed {
	const struct p2p_function *provider, *client;
	const struct p2p_rule *rule;
};

/**
 * p2p_allow_list_new() - every ordered pair of functions with header type 0 that @policy allows.
 * @ret_list: sorted by provider, then client; pairs of a function with itself are not in it;
 *	owned by the caller; borrows from @policy and the evaluator's topology
 * Return: 0 or -ENOMEM.
 */
int p2p_allow_list_new(struct p2p_context *context, const struct p2p_policy *policy,
		       const struct p2p_eval *eval,
		       struct p2p_allow_list **ret_list);

/** p2p_allow_list_topology() - the topology that its functions belong to. */
const struct p2p_topology *
p2p_allow_list_topology(const struct p2p_allow_list *list);

/** p2p_allow_list_at() - the pair at @index; NULL past the end. */
const struct p2p_allowed *p2p_allow_list_at(const struct p2p_allow_list *list,
					    size_t index);

#endif

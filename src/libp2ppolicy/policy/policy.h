/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A policy that has been read: rules with their selectors and conditions. */
#ifndef P2P_POLICY_POLICY_H
#define P2P_POLICY_POLICY_H

#include <p2ppolicy/policy.h>

#include "policy/selector.h"

/** struct p2p_rule_body - a rule and what it matches. */
struct p2p_rule_body {
	struct p2p_rule rule;
	struct p2p_selector provider, client;
	struct p2p_conjunction when;
};

struct p2p_policy {
	struct p2p_document *document;
	struct p2p_group_table groups;
	struct p2p_evidence evidence;
	struct p2p_rule_body *rules;
	size_t rule_count;
};

/** struct p2p_roles - whether a function matches a rule's selectors, as provider and as client. */
struct p2p_roles {
	enum p2p_tri provider, client;
};

/** p2p_rule_roles() - match a function against both selectors of a rule. */
struct p2p_roles p2p_rule_roles(const struct p2p_rule_body *body,
				const struct p2p_function *function);

/** p2p_rule_match() - does a pair match the rule's selectors, given the roles of its two functions? */
enum p2p_tri p2p_rule_match(const struct p2p_rule_body *body, struct p2p_roles provider,
			    struct p2p_roles client);

/**
 * p2p_policy_decide_roles() - the first match decides; an unknown fact never lets a pair through.
 * @provider, @client: the roles of the two functions by rule; NULL: match the selectors now
 */
void p2p_policy_decide_roles(const struct p2p_policy *policy, const struct p2p_verdict *verdict,
			     const struct p2p_roles *provider, const struct p2p_roles *client,
			     struct p2p_decision *ret_decision);

/** typedef p2p_pair_fn - gets an ordered pair and the roles of its functions by rule.  Return: 0 to go on. */
typedef int p2p_pair_fn(void *data, const struct p2p_verdict *verdict,
			const struct p2p_roles *provider, const struct p2p_roles *client);

/**
 * p2p_policy_each() - @visit every ordered pair of functions with header type 0, by provider, then
 *	client.  Each selector is matched only once against each function.
 * Return: 0, -ENOMEM, or what @visit returned.
 */
int p2p_policy_each(const struct p2p_policy *policy, const struct p2p_eval *eval,
		    p2p_pair_fn *visit, void *data);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A policy as read: rules with their selectors and conditions. */
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

/** struct p2p_roles - whether a rule means a function as provider and as client. */
struct p2p_roles {
	enum p2p_tri provider, client;
};

/** p2p_rule_roles() - ask both selectors of a rule. */
struct p2p_roles p2p_rule_roles(const struct p2p_rule_body *body,
				const struct p2p_function *function);

/**
 * typedef p2p_roles_fn - the roles of the two functions of a pair under the rule at @rule.
 * Deciding one pair asks the selectors; deciding all of them asks a table made before.
 */
typedef void p2p_roles_fn(void *userdata, size_t rule, struct p2p_roles *ret_provider,
			  struct p2p_roles *ret_client);

/** p2p_rule_match() - is the pair one of a rule's, by the roles of its two functions? */
enum p2p_tri p2p_rule_match(const struct p2p_rule_body *body, struct p2p_roles provider,
			    struct p2p_roles client);

/** p2p_policy_decide_roles() - first match decides; a fact not known never lets a pair through. */
void p2p_policy_decide_roles(const struct p2p_policy *policy, const struct p2p_verdict *verdict,
			     p2p_roles_fn *roles, void *userdata,
			     struct p2p_decision *ret_decision);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "policy/policy.h"
#include "verdict/eval.h"

static const struct p2p_document_form form = {
	.format = "p2ptopo-policy", .version = 1,
	.keys = { "evidence", "groups", "rules" },
};

static int parse_action(const struct p2p_document *document, struct json_object *node,
			bool *ret_allow)
{
	struct json_object *value = p2p_json_member(node, "action");
	const char *text = json_object_is_type(value, json_type_string) ?
			   json_object_get_string(value) : "";

	if (strcmp(text, "allow") != 0 && strcmp(text, "deny") != 0)
		return p2p_document_error(document, value ? value : node,
					  "expected \"action\": \"allow\" or \"deny\"");
	*ret_allow = !strcmp(text, "allow");
	return 0;
}

static int parse_side(struct p2p_policy *policy, struct json_object *node, const char *name,
		      struct p2p_selector *ret_selector)
{
	struct json_object *value = p2p_json_member(node, name);

	if (!value)
		return p2p_document_error(policy->document, node, "the rule lacks \"%s\"", name);
	return p2p_selector_parse(policy->document, &policy->groups, value, ret_selector);
}

static int parse_rule(struct p2p_policy *policy, struct json_object *node,
		      struct p2p_rule_body *body)
{
	static const char *const keys[] = { "action", "provider", "client", "both", "when", "why",
					    NULL };
	const struct p2p_document *document = policy->document;
	struct json_object *when;
	int r;

	if (!json_object_is_type(node, json_type_object))
		return p2p_document_error(document, node, "a rule must be an object");
	p2p_document_position(document, node, &body->rule.line, &body->rule.column);
	r = p2p_document_keys(document, node, keys);
	if (!r)
		r = parse_action(document, node, &body->rule.allow);
	if (!r)
		r = p2p_document_flag(document, node, "both", &body->rule.both);
	if (!r)
		r = p2p_document_why(document, node, &body->rule.why);
	if (!r)
		r = parse_side(policy, node, "provider", &body->provider);
	if (!r)
		r = parse_side(policy, node, "client", &body->client);
	when = p2p_json_member(node, "when");
	if (!r && when)
		r = p2p_condition_parse(document, when, &body->when);
	return r;
}

static int parse_rules(struct p2p_policy *policy)
{
	struct json_object *rules = p2p_json_member(policy->document->root, "rules");
	size_t count;
	int r = 0;

	if (!json_object_is_type(rules, json_type_array))
		return p2p_document_error(policy->document, rules ? rules : policy->document->root,
					  "expected \"rules\": [ ... ]");
	count = json_object_array_length(rules);
	policy->rules = calloc(count + 1, sizeof(*policy->rules));
	if (!policy->rules)
		return -ENOMEM;
	while (!r && policy->rule_count < count) {
		r = parse_rule(policy, json_object_array_get_idx(rules, policy->rule_count),
			       &policy->rules[policy->rule_count]);
		policy->rule_count++;
	}
	return r;
}

int p2p_policy_load(struct p2p_context *context, const char *path, struct p2p_policy **ret_policy)
{
	P2P_PLAIN_LOCALE;
	struct p2p_policy *policy = calloc(1, sizeof(*policy));
	int r;

	if (!policy)
		return p2p_told(context, -ENOMEM);
	r = p2p_document_load(context, path, P2P_JSON_COMMENTS, &policy->document);
	if (!r)
		r = p2p_document_head(policy->document, &form);
	if (!r)
		r = p2p_evidence_parse(policy->document, p2p_json_member(policy->document->root, "evidence"),
				       &policy->evidence);
	if (!r)
		r = p2p_group_table_parse(policy->document, &policy->groups);
	if (!r)
		r = parse_rules(policy);
	if (r) {
		p2p_policy_free(policy);
		return p2p_told(context, r);
	}
	*ret_policy = policy;
	return 0;
}

struct p2p_policy *p2p_policy_free(struct p2p_policy *policy)
{
	if (!policy)
		return NULL;
	for (size_t i = 0; i < policy->rule_count; i++) {
		p2p_selector_clear(&policy->rules[i].provider);
		p2p_selector_clear(&policy->rules[i].client);
		p2p_condition_clear(&policy->rules[i].when);
	}
	p2p_group_table_clear(&policy->groups);
	p2p_evidence_clear(&policy->evidence);
	free(policy->rules);
	p2p_document_free(policy->document);
	free(policy);
	return NULL;
}

const struct p2p_rule *p2p_policy_rule(const struct p2p_policy *policy, size_t index)
{
	return index < policy->rule_count ? &policy->rules[index].rule : NULL;
}

enum p2p_tri p2p_rule_match(const struct p2p_rule_body *body, struct p2p_roles provider,
			    struct p2p_roles client)
{
	enum p2p_tri match = p2p_tri_and(provider.provider, client.client);

	if (body->rule.both)
		match = p2p_tri_or(match, p2p_tri_and(provider.client, client.provider));
	return match;
}

struct p2p_roles p2p_rule_roles(const struct p2p_rule_body *body,
				const struct p2p_function *function)
{
	return (struct p2p_roles){ p2p_selector_match(&body->provider, function, false),
				   p2p_selector_match(&body->client, function, false) };
}

void p2p_policy_decide_roles(const struct p2p_policy *policy, const struct p2p_verdict *verdict,
			     const struct p2p_roles *provider, const struct p2p_roles *client,
			     struct p2p_decision *ret_decision)
{
	struct p2p_decision decision = { 0 };

	for (size_t i = 0; i < policy->rule_count && !decision.rule; i++) {
		const struct p2p_rule_body *body = &policy->rules[i];
		enum p2p_tri match = p2p_rule_match(body,
			provider ? provider[i] : p2p_rule_roles(body, verdict->provider),
			client ? client[i] : p2p_rule_roles(body, verdict->client));

		if (match != P2P_NO)
			match = p2p_tri_and(match, p2p_condition_match(&body->when, verdict,
								       &policy->evidence));
		if (match == P2P_UNKNOWN)
			decision.uncertain = true;
		if (match == P2P_YES || (match == P2P_UNKNOWN && !body->rule.allow)) {
			decision.rule = &body->rule;
			decision.allow = body->rule.allow;
		}
	}
	if (decision.allow)
		decision.uncertain = false;
	*ret_decision = decision;
}

void p2p_policy_decide(const struct p2p_policy *policy, const struct p2p_verdict *verdict,
		       struct p2p_decision *ret_decision)
{
	if (verdict->provider == verdict->client)
		*ret_decision = (struct p2p_decision){ .allow = true };
	else
		p2p_policy_decide_roles(policy, verdict, NULL, NULL, ret_decision);
}

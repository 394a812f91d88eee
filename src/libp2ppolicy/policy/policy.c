/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

#define FORMAT "p2ptopo-policy"
#define VERSION 1

/* A member of an object that may be there; NULL when it is not. */
static struct json_object *member(struct json_object *node, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(node, name, &value);
	return value;
}

static int check_keys(const struct p2p_document *document, struct json_object *node,
		      const char *const *keys)
{
	json_object_object_foreach(node, name, value) {
		const char *const *key = keys;

		while (*key && strcmp(*key, name) != 0)
			key++;
		if (!*key)
			return p2p_document_error(document, value, "\"%s\" is no key here", name);
	}
	return 0;
}

static int check_head(const struct p2p_document *document)
{
	static const char *const keys[] = { "format", "version", "evidence", "groups", "rules",
					    NULL };
	struct json_object *format = member(document->root, "format");
	struct json_object *version = member(document->root, "version");

	if (!format || !json_object_is_type(format, json_type_string) ||
	    strcmp(json_object_get_string(format), FORMAT) != 0)
		return p2p_document_error(document, format ? format : document->root,
					  "expected \"format\": \"" FORMAT "\"");
	if (!version || !json_object_is_type(version, json_type_int) ||
	    json_object_get_int64(version) != VERSION)
		return p2p_document_error(document, version ? version : document->root,
					  "expected \"version\": %d", VERSION);
	return check_keys(document, document->root, keys);
}

static int parse_groups(struct p2p_policy *policy)
{
	const struct p2p_document *document = policy->document;
	struct json_object *groups = member(document->root, "groups");

	if (!groups)
		return 0;
	if (!json_object_is_type(groups, json_type_object))
		return p2p_document_error(document, groups, "\"groups\" must be an object");
	policy->groups.groups = calloc((size_t)json_object_object_length(groups) + 1,
				       sizeof(*policy->groups.groups));
	if (!policy->groups.groups)
		return -ENOMEM;
	json_object_object_foreach(groups, name, value) {
		struct p2p_group_def *group = &policy->groups.groups[policy->groups.count];
		int r = p2p_selector_parse(document, &policy->groups, value, &group->selector);

		group->name = name;
		policy->groups.count++;
		if (r)
			return r;
	}
	return 0;
}

static int parse_flag(const struct p2p_document *document, struct json_object *node,
		      const char *name, bool *ret_flag)
{
	struct json_object *value = member(node, name);

	if (value && !json_object_is_type(value, json_type_boolean))
		return p2p_document_error(document, value, "\"%s\" must be true or false", name);
	*ret_flag = value && json_object_get_boolean(value);
	return 0;
}

static int parse_why(const struct p2p_document *document, struct json_object *node,
		     const char **ret_why)
{
	struct json_object *value = member(node, "why");

	if (value && !json_object_is_type(value, json_type_string))
		return p2p_document_error(document, value, "\"why\" must be text");
	*ret_why = value ? json_object_get_string(value) : "";
	return 0;
}

static int parse_action(const struct p2p_document *document, struct json_object *node,
			bool *ret_allow)
{
	struct json_object *value = member(node, "action");
	const char *text = json_object_is_type(value, json_type_string) ?
			   json_object_get_string(value) : "";

	if (strcmp(text, "allow") != 0 && strcmp(text, "deny") != 0)
		return p2p_document_error(document, value ? value : node,
					  "expected \"action\": \"allow\" or \"deny\"");
	*ret_allow = !strcmp(text, "allow");
	return 0;
}

static int parse_side(const struct p2p_policy *policy, struct json_object *node, const char *name,
		      struct p2p_selector *ret_selector)
{
	struct json_object *value = member(node, name);

	if (!value)
		return p2p_document_error(policy->document, node, "the rule lacks \"%s\"", name);
	return p2p_selector_parse(policy->document, &policy->groups, value, ret_selector);
}

static int parse_rule(const struct p2p_policy *policy, struct json_object *node,
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
	r = check_keys(document, node, keys);
	if (!r)
		r = parse_action(document, node, &body->rule.allow);
	if (!r)
		r = parse_flag(document, node, "both", &body->rule.both);
	if (!r)
		r = parse_why(document, node, &body->rule.why);
	if (!r)
		r = parse_side(policy, node, "provider", &body->provider);
	if (!r)
		r = parse_side(policy, node, "client", &body->client);
	when = member(node, "when");
	if (!r && when)
		r = p2p_condition_parse(document, when, &body->when);
	return r;
}

static int parse_rules(struct p2p_policy *policy)
{
	struct json_object *rules = member(policy->document->root, "rules");
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
	struct p2p_policy *policy = calloc(1, sizeof(*policy));
	int r;

	if (!policy)
		return -ENOMEM;
	r = p2p_document_load(context, path, &policy->document);
	if (!r)
		r = check_head(policy->document);
	if (!r)
		r = p2p_evidence_parse(policy->document, member(policy->document->root, "evidence"),
				       &policy->evidence);
	if (!r)
		r = parse_groups(policy);
	if (!r)
		r = parse_rules(policy);
	if (r) {
		p2p_policy_free(policy);
		return r;
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
	for (size_t i = 0; i < policy->groups.count; i++)
		p2p_selector_clear(&policy->groups.groups[i].selector);
	p2p_evidence_clear(&policy->evidence);
	free(policy->groups.groups);
	free(policy->rules);
	p2p_document_free(policy->document);
	free(policy);
	return NULL;
}

const struct p2p_rule *p2p_policy_rule(const struct p2p_policy *policy, size_t index)
{
	return index < policy->rule_count ? &policy->rules[index].rule : NULL;
}

static enum p2p_tri both_of(enum p2p_tri a, enum p2p_tri b)
{
	if (a == P2P_NO || b == P2P_NO)
		return P2P_NO;
	return a == P2P_YES && b == P2P_YES ? P2P_YES : P2P_UNKNOWN;
}

static enum p2p_tri either_of(enum p2p_tri a, enum p2p_tri b)
{
	if (a == P2P_YES || b == P2P_YES)
		return P2P_YES;
	return a == P2P_NO && b == P2P_NO ? P2P_NO : P2P_UNKNOWN;
}

static enum p2p_tri match_rule(const struct p2p_rule_body *body, struct p2p_roles provider,
			       struct p2p_roles client, const struct p2p_verdict *verdict,
			       const struct p2p_evidence *evidence)
{
	enum p2p_tri match = both_of(provider.provider, client.client);

	if (body->rule.both)
		match = either_of(match, both_of(provider.client, client.provider));
	if (match == P2P_NO || !body->when.count)
		return match;
	return both_of(match, p2p_condition_match(&body->when, verdict,
						    evidence));
}

struct p2p_roles p2p_rule_roles(const struct p2p_rule_body *body,
				const struct p2p_function *function)
{
	return (struct p2p_roles){ p2p_selector_match(&body->provider, function),
				   p2p_selector_match(&body->client, function) };
}

void p2p_policy_decide_roles(const struct p2p_policy *policy, const struct p2p_verdict *verdict,
			     p2p_roles_fn *roles, void *userdata,
			     struct p2p_decision *ret_decision)
{
	struct p2p_decision decision = { 0 };

	for (size_t i = 0; i < policy->rule_count && !decision.rule; i++) {
		const struct p2p_rule_body *body = &policy->rules[i];
		struct p2p_roles provider, client;
		enum p2p_tri match;

		roles(userdata, i, &provider, &client);
		match = match_rule(body, provider, client, verdict, &policy->evidence);
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

struct one_pair {
	const struct p2p_policy *policy;
	const struct p2p_verdict *verdict;
};

static void ask_selectors(void *userdata, size_t rule, struct p2p_roles *ret_provider,
			  struct p2p_roles *ret_client)
{
	const struct one_pair *pair = userdata;
	const struct p2p_rule_body *body = &pair->policy->rules[rule];

	*ret_provider = p2p_rule_roles(body, pair->verdict->provider);
	*ret_client = p2p_rule_roles(body, pair->verdict->client);
}

void p2p_policy_decide(const struct p2p_policy *policy, const struct p2p_verdict *verdict,
		       struct p2p_decision *ret_decision)
{
	struct one_pair pair = { policy, verdict };

	if (verdict->provider == verdict->client)
		*ret_decision = (struct p2p_decision){ .allow = true };
	else
		p2p_policy_decide_roles(policy, verdict, ask_selectors, &pair, ret_decision);
}

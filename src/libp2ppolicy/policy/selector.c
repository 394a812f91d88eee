/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/term.h"
#include "verdict/eval.h"

/* Limit for all selectors together, since groups of groups can double in size with every line. */
#define MOST_TERMS (1 << 22)

/* "group" refers to the selector of that name; it is the only key that is not in the table. */
static const char group_key[] = "group";

const struct p2p_group_def *p2p_group_table_find(const struct p2p_group_table *groups,
						 const char *name)
{
	for (size_t i = 0; groups && i < groups->count; i++)
		if (!strcmp(groups->groups[i].name, name))
			return &groups->groups[i];
	return NULL;
}

const struct p2p_term_key *p2p_term_key_find(const struct p2p_term_key *keys, const char *name)
{
	for (; keys->name; keys++)
		if (!strcmp(keys->name, name))
			return keys;
	return NULL;
}

static int unknown_key(const struct p2p_document *document, const struct p2p_term_key *keys,
		       struct json_object *value, const char *name)
{
	bool groups = keys == p2p_selector_keys;
	char known[256] = "";
	size_t used = 0;

	for (; keys->name && used < sizeof(known); keys++)
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
					 used ? ", " : "", keys->name);
	return p2p_document_error(document, value, "unknown key \"%s\"; expected one of %s%s",
				  name, known, groups ? ", group" : "");
}

/* An array that matches nothing would silently disable a deny rule. */
static int refuse_empty(const struct p2p_document *document, struct json_object *value)
{
	if (!p2p_value_count(value))
		return p2p_document_error(document, value, "an empty array matches nothing");
	return 0;
}

static int check_values(const struct p2p_document *document, const struct p2p_term_key *key,
			struct json_object *value)
{
	bool whole = key->eval;
	int r = whole ? 0 : refuse_empty(document, value);

	for (size_t i = 0; !r && i < (whole ? 1 : p2p_value_count(value)); i++) {
		struct json_object *one = whole ? value : p2p_value_at(value, i);

		if (!key->is_valid(one))
			r = p2p_document_error(document, one, "\"%s\" must be %s", key->name,
					       key->expected);
	}
	return r;
}

int p2p_terms_parse(const struct p2p_document *document, const struct p2p_term_key *keys,
		    struct json_object *node, struct p2p_conjunction *ret_terms)
{
	size_t room = (size_t)json_object_object_length(node);

	if (!room)
		return p2p_document_error(document, node, "expected at least one member");
	ret_terms->terms = calloc(room, sizeof(*ret_terms->terms));
	if (!ret_terms->terms)
		return -ENOMEM;
	json_object_object_foreach(node, name, value) {
		const struct p2p_term_key *key = p2p_term_key_find(keys, name);
		int r;

		if (keys == p2p_selector_keys && !strcmp(name, group_key))
			continue;
		if (!key)
			return unknown_key(document, keys, value, name);
		r = check_values(document, key, value);
		if (r)
			return r;
		ret_terms->terms[ret_terms->count++] = (struct p2p_term){ key, value };
	}
	return 0;
}

static enum p2p_tri match_term(const struct p2p_term *term, const struct p2p_subject *subject)
{
	enum p2p_tri answer = P2P_NO;

	for (size_t i = 0; i < p2p_value_count(term->value) && answer != P2P_YES; i++)
		answer = p2p_tri_or(answer, term->key->match(p2p_value_at(term->value, i), subject));
	return answer;
}

static enum p2p_tri match_terms(const struct p2p_conjunction *terms,
				const struct p2p_subject *subject)
{
	enum p2p_tri answer = P2P_YES;

	for (size_t i = 0; i < terms->count && answer != P2P_NO; i++)
		answer = p2p_tri_and(answer, match_term(&terms->terms[i], subject));
	return answer;
}

/* Add one conjunction with the terms of @left and @right. */
static int add_product(struct p2p_selector *selector, const struct p2p_conjunction *left,
		       const struct p2p_conjunction *right)
{
	struct p2p_conjunction *both = p2p_more(selector->any, selector->count);

	if (!both)
		return -ENOMEM;
	selector->count++;
	both->terms = calloc(left->count + right->count + 1, sizeof(*both->terms));
	if (!both->terms)
		return -ENOMEM;
	if (left->count)
		memcpy(both->terms, left->terms, left->count * sizeof(*left->terms));
	if (right->count)
		memcpy(both->terms + left->count, right->terms,
		       right->count * sizeof(*right->terms));
	both->count = left->count + right->count;
	return 0;
}

/* Add every conjunction of the named group, each combined with @terms. */
static int add_group(const struct p2p_document *document, struct p2p_group_table *groups,
		     struct json_object *name, const struct p2p_conjunction *terms,
		     struct p2p_selector *selector)
{
	const struct p2p_group_def *group;
	int r = 0;

	if (!json_object_is_type(name, json_type_string))
		return p2p_document_error(document, name, "expected the name of a group");
	group = p2p_group_table_find(groups, json_object_get_string(name));
	if (!group)
		return p2p_document_error(document, name, "no group \"%s\" is defined before this",
					  json_object_get_string(name));
	for (size_t i = 0; !r && i < group->selector.count; i++) {
		groups->terms += 1 + group->selector.any[i].count + terms->count;
		if (groups->terms > MOST_TERMS)
			return p2p_document_error(document, name, "groups used here and before "
						  "this stand for more than %d terms", MOST_TERMS);
		r = add_product(selector, &group->selector.any[i], terms);
	}
	return r;
}

static int parse_object(const struct p2p_document *document, struct p2p_group_table *groups,
			struct json_object *node, struct p2p_selector *selector)
{
	const struct p2p_conjunction nothing = { 0 };
	struct p2p_conjunction terms = { 0 };
	struct json_object *name = p2p_json_member(node, group_key);
	int r = p2p_terms_parse(document, p2p_selector_keys, node, &terms);

	if (!r)
		r = name ? refuse_empty(document, name) : add_product(selector, &terms, &nothing);
	for (size_t i = 0; name && !r && i < p2p_value_count(name); i++)
		r = add_group(document, groups, p2p_value_at(name, i), &terms, selector);
	free(terms.terms);
	return r;
}

static int parse_one(const struct p2p_document *document, struct p2p_group_table *groups,
		     struct json_object *node, struct p2p_selector *selector)
{
	const struct p2p_conjunction nothing = { 0 };

	if (json_object_is_type(node, json_type_string))
		return add_group(document, groups, node, &nothing, selector);
	if (json_object_is_type(node, json_type_object))
		return parse_object(document, groups, node, selector);
	return p2p_document_error(document, node,
				  "expected the name of a group, or a selector object");
}

int p2p_selector_parse(const struct p2p_document *document, struct p2p_group_table *groups,
		       struct json_object *node, struct p2p_selector *ret_selector)
{
	int r = refuse_empty(document, node);

	*ret_selector = (struct p2p_selector){ 0 };
	for (size_t i = 0; !r && i < p2p_value_count(node); i++)
		r = parse_one(document, groups, p2p_value_at(node, i), ret_selector);
	return r;
}

void p2p_selector_clear(struct p2p_selector *selector)
{
	for (size_t i = 0; i < selector->count; i++)
		p2p_condition_clear(&selector->any[i]);
	free(selector->any);
	*selector = (struct p2p_selector){ 0 };
}

enum p2p_tri p2p_selector_match(const struct p2p_selector *selector,
				const struct p2p_function *function, bool names_are_final)
{
	const struct p2p_subject subject = { .function = function,
					     .names_are_final = names_are_final };
	enum p2p_tri answer = P2P_NO;

	for (size_t i = 0; i < selector->count && answer != P2P_YES; i++)
		answer = p2p_tri_or(answer, match_terms(&selector->any[i], &subject));
	return answer;
}

int p2p_condition_parse(const struct p2p_document *document, struct json_object *node,
			struct p2p_conjunction *ret_condition)
{
	*ret_condition = (struct p2p_conjunction){ 0 };
	if (!json_object_is_type(node, json_type_object))
		return p2p_document_error(document, node, "\"when\" must be an object");
	return p2p_terms_parse(document, p2p_condition_keys, node, ret_condition);
}

void p2p_condition_clear(struct p2p_conjunction *condition)
{
	free(condition->terms);
	*condition = (struct p2p_conjunction){ 0 };
}

enum p2p_tri p2p_condition_match(const struct p2p_conjunction *condition,
				 const struct p2p_verdict *verdict,
				 const struct p2p_evidence *evidence)
{
	const struct p2p_subject subject = { .verdict = verdict, .evidence = evidence };

	return match_terms(condition, &subject);
}

int p2p_group_table_parse(const struct p2p_document *document, struct p2p_group_table *table)
{
	struct json_object *groups = p2p_json_member(document->root, "groups");

	if (!groups)
		return 0;
	if (!json_object_is_type(groups, json_type_object))
		return p2p_document_error(document, groups, "\"groups\" must be an object");
	table->groups = calloc((size_t)json_object_object_length(groups) + 1,
			       sizeof(*table->groups));
	if (!table->groups)
		return -ENOMEM;
	json_object_object_foreach(groups, name, value) {
		struct p2p_group_def *group = &table->groups[table->count];
		int r = p2p_selector_parse(document, table, value, &group->selector);

		group->name = name;
		table->count++;
		if (r)
			return r;
	}
	return 0;
}

void p2p_group_table_clear(struct p2p_group_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		p2p_selector_clear(&table->groups[i].selector);
	free(table->groups);
	*table = (struct p2p_group_table){ 0 };
}

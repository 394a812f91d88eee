/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a file of expectations. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/json.h>

#include "policy/check/check.h"

static const struct p2p_document_form form = {
	.format = "p2ptopo-check", .version = 1,
	.keys = { "groups", "machine", "devices", "pairs" },
};

static const char *const class_names[P2P_CHECK_CLASSES] = {
	[P2P_CHECK_MISSING] = "missing", [P2P_CHECK_GATE] = "gate",
	[P2P_CHECK_IOMMU] = "iommu", [P2P_CHECK_ACS] = "acs",
	[P2P_CHECK_LINK_WIDTH] = "link_width", [P2P_CHECK_LINK_SPEED] = "link_speed",
	[P2P_CHECK_BAR] = "bar", [P2P_CHECK_NUMA] = "numa",
	[P2P_CHECK_RELATION] = "relation", [P2P_CHECK_MAP_TYPE] = "map_type",
	[P2P_CHECK_READ] = "read", [P2P_CHECK_WRITE] = "write",
	[P2P_CHECK_DELIVERED] = "delivered",
};

const char *p2p_check_class_name(enum p2p_check_class kind)
{
	return class_names[kind];
}

int p2p_check_class_parse(const char *name, enum p2p_check_class *ret_kind)
{
	for (size_t i = 0; i < P2P_LENGTH(class_names); i++) {
		if (strcmp(name, class_names[i]) != 0)
			continue;
		*ret_kind = (enum p2p_check_class)i;
		return 0;
	}
	return -EINVAL;
}

/* A group name is stored as the group's index, so that the group is matched once and not copied. */
static int add_pick(const struct p2p_document *document, const struct p2p_group_table *table,
		    struct json_object *node, struct p2p_pick *pick)
{
	const struct p2p_group_def *group;

	group = p2p_group_table_find(table, json_object_get_string(node));
	if (!group)
		return p2p_document_error(document, node, "there is no group \"%s\"",
					  json_object_get_string(node));
	pick->groups[pick->group_count++] = (size_t)(group - table->groups);
	return 0;
}

/* A selector as in a policy; unless it has only names of groups, the policy's parser reads it. */
static int parse_pick(struct p2p_check *check, struct json_object *node,
		      struct p2p_pick *pick)
{
	const struct p2p_document *document = check->document;
	size_t count = p2p_value_count(node);
	bool names = count;
	int r = 0;

	for (size_t i = 0; i < count && names; i++)
		names = json_object_is_type(p2p_value_at(node, i), json_type_string);
	if (!names)
		return p2p_selector_parse(document, &check->groups, node, &pick->own);
	pick->groups = calloc(count + 1, sizeof(*pick->groups));
	if (!pick->groups)
		return -ENOMEM;
	for (size_t i = 0; i < count && !r; i++)
		r = add_pick(document, &check->groups, p2p_value_at(node, i), pick);
	return r;
}

static int parse_side(struct p2p_check *check, struct json_object *node, const char *name,
		      struct p2p_pick *pick)
{
	struct json_object *value = p2p_json_member(node, name);

	if (!value)
		return p2p_document_error(check->document, node, "the expectation lacks \"%s\"",
					  name);
	return parse_pick(check, value, pick);
}

static int parse_number(const struct p2p_document *document, struct json_object *value,
			uint64_t *ret_number)
{
	if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
		return p2p_document_error(document, value, "expected a number of devices");
	*ret_number = (uint64_t)json_object_get_int64(value);
	return 0;
}

/* "count": 8, or { "least": 2, "most": 8 }; without it, at least one. */
static int parse_count(const struct p2p_document *document, struct json_object *node,
		       struct p2p_check_row *row)
{
	static const char *const keys[] = { "least", "most", NULL };
	struct json_object *count = p2p_json_member(node, "count"), *value;
	int r;

	row->least = 1;
	row->most = UINT64_MAX;
	if (!count)
		return 0;
	if (!json_object_is_type(count, json_type_object)) {
		r = parse_number(document, count, &row->least);
		row->most = row->least;
		return r;
	}
	r = p2p_document_keys(document, count, keys);
	value = p2p_json_member(count, "least");
	if (!r && value)
		r = parse_number(document, value, &row->least);
	value = p2p_json_member(count, "most");
	if (!r && value)
		r = parse_number(document, value, &row->most);
	if (!r && row->least > row->most)
		r = p2p_document_error(document, count, "\"least\" is more than \"most\"");
	return r;
}

static int refuse_empty(const struct p2p_document *document, struct json_object *node)
{
	if (!json_object_is_type(node, json_type_object) || !json_object_object_length(node))
		return p2p_document_error(document, node, "expected an object, not empty");
	return 0;
}

static int parse_terms(const struct p2p_document *document, const struct p2p_term_key *keys,
		       struct json_object *node, struct p2p_check_row *row)
{
	int r = refuse_empty(document, node);

	return r ? r : p2p_terms_parse(document, keys, node, &row->terms);
}

static int parse_device(struct p2p_check *check, struct json_object *node,
			struct p2p_check_row *row)
{
	static const char *const keys[] = { "select", "count", "expect", "why", NULL };
	const struct p2p_document *document = check->document;
	struct json_object *expect = p2p_json_member(node, "expect");
	int r = p2p_document_keys(document, node, keys);

	if (!r)
		r = parse_side(check, node, "select", &row->first);
	if (!r)
		r = parse_count(document, node, row);
	if (!r && expect)
		r = parse_terms(document, p2p_check_device_keys, expect, row);
	return r;
}

/* Separate the keys that policies do not have; the rest is read like a condition of a policy. */
static int parse_expected(const struct p2p_document *document, struct json_object *expect,
			  struct p2p_check_row *row)
{
	unsigned long lost = p2p_lost_count();
	struct json_object *own, *conditions;
	int r = refuse_empty(document, expect);

	if (r)
		return r;
	own = p2p_json_new_object();
	conditions = p2p_json_new_object();
	json_object_object_foreach(expect, name, value) {
		p2p_json_add(p2p_term_key_find(p2p_check_pair_keys, name) ? own : conditions, name,
			     json_object_get(value));
	}
	r = p2p_lost_count() == lost ? 0 : -ENOMEM;
	if (!r && json_object_object_length(own))
		r = p2p_terms_parse(document, p2p_check_pair_keys, own, &row->terms);
	if (!r && json_object_object_length(conditions))
		r = p2p_condition_parse(document, conditions, &row->condition);
	json_object_put(own);
	json_object_put(conditions);
	return r;
}

/* Refuses conditions that only make sense in policies, such as those on evidence. */
static int parse_condition(const struct p2p_document *document, struct json_object *node,
			   struct p2p_check_row *row)
{
	struct json_object *expect = p2p_json_member(node, "expect");
	int r;

	if (!expect)
		return p2p_document_error(document, node, "the expectation lacks \"expect\"");
	r = parse_expected(document, expect, row);
	for (size_t i = 0; i < row->condition.count && !r; i++) {
		const struct p2p_term *term = &row->condition.terms[i];

		if (!p2p_check_condition(term->key))
			r = p2p_document_error(document, term->value,
					       "\"%s\" is a condition of policies only",
					       term->key->name);
	}
	return r;
}

static int parse_pair(struct p2p_check *check, struct json_object *node,
		      struct p2p_check_row *row)
{
	static const char *const keys[] = { "provider", "client", "both", "clients_least", "expect",
					    "why", NULL };
	const struct p2p_document *document = check->document;
	struct json_object *least = p2p_json_member(node, "clients_least");
	int r = p2p_document_keys(document, node, keys);

	if (!r)
		r = parse_side(check, node, "provider", &row->first);
	if (!r)
		r = parse_side(check, node, "client", &row->second);
	if (!r)
		r = p2p_document_flag(document, node, "both", &row->both);
	if (!r && least)
		r = parse_number(document, least, &row->clients_least);
	return r ? r : parse_condition(document, node, row);
}

typedef int parse_fn(struct p2p_check *check, struct json_object *node,
		     struct p2p_check_row *row);

static int parse_row(struct p2p_check *check, struct json_object *node, parse_fn *parse,
		     struct p2p_check_row *row)
{
	const struct p2p_document *document = check->document;
	int r;

	if (!json_object_is_type(node, json_type_object))
		return p2p_document_error(document, node, "an expectation must be an object");
	p2p_document_position(document, node, &row->line, &row->column);
	r = p2p_document_why(document, node, &row->why);
	return r ? r : parse(check, node, row);
}

static int parse_rows(struct p2p_check *check, const char *name, parse_fn *parse,
		      struct p2p_check_rows *rows)
{
	struct json_object *array = p2p_json_member(check->document->root, name);
	size_t count;
	int r = 0;

	if (!array)
		return 0;
	if (!json_object_is_type(array, json_type_array))
		return p2p_document_error(check->document, array, "\"%s\" must be an array", name);
	count = json_object_array_length(array);
	rows->rows = calloc(count + 1, sizeof(*rows->rows));
	if (!rows->rows)
		return -ENOMEM;
	while (!r && rows->count < count) {
		struct p2p_check_row *row = &rows->rows[rows->count];

		r = parse_row(check, json_object_array_get_idx(array, rows->count++), parse, row);
	}
	return r;
}

static int parse_machine(struct p2p_check *check)
{
	struct json_object *node = p2p_json_member(check->document->root, "machine");

	check->machine.why = "";
	if (!node)
		return 0;
	p2p_document_position(check->document, node, &check->machine.line,
			      &check->machine.column);
	return parse_terms(check->document, p2p_check_machine_keys, node, &check->machine);
}

int p2p_check_load(struct p2p_context *context, const char *path, struct p2p_check **ret_check)
{
	struct p2p_check *check = calloc(1, sizeof(*check));
	int r;

	if (!check)
		return -ENOMEM;
	r = p2p_document_load(context, path, P2P_JSON_COMMENTS, &check->document);
	if (!r)
		r = p2p_document_head(check->document, &form);
	if (!r)
		r = p2p_group_table_parse(check->document, &check->groups);
	if (!r)
		r = parse_machine(check);
	if (!r)
		r = parse_rows(check, "devices", parse_device, &check->devices);
	if (!r)
		r = parse_rows(check, "pairs", parse_pair, &check->pairs);
	if (r) {
		p2p_check_free(check);
		return r;
	}
	*ret_check = check;
	return 0;
}

static void clear_row(struct p2p_check_row *row)
{
	free(row->first.groups);
	free(row->second.groups);
	p2p_selector_clear(&row->first.own);
	p2p_selector_clear(&row->second.own);
	p2p_condition_clear(&row->terms);
	p2p_condition_clear(&row->condition);
}

struct p2p_check *p2p_check_free(struct p2p_check *check)
{
	if (!check)
		return NULL;
	clear_row(&check->machine);
	for (size_t i = 0; i < check->devices.count; i++)
		clear_row(&check->devices.rows[i]);
	for (size_t i = 0; i < check->pairs.count; i++)
		clear_row(&check->pairs.rows[i]);
	free(check->devices.rows);
	free(check->pairs.rows);
	p2p_group_table_clear(&check->groups);
	p2p_document_free(check->document);
	free(check);
	return NULL;
}

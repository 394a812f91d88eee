/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Converts rows to JSON, and back. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <p2ppolicy/json.h>

#include "topology/facts/kinds.h"

#define GROUP_SIZE 32

/** struct group - the object with the rows of one capability; NULL for rows without one. */
struct group {
	struct json_object *object;
	const char *key;
	size_t length;
};

static const char *leaf_of(const struct p2p_fact_row *row)
{
	const char *dot = strchr(row->key, '.');

	return row->leaf ? row->leaf : dot ? dot + 1 : row->key;
}

/* The object for a row; the rows of a capability are adjacent.  @make: create the object. */
static struct json_object *enter(struct group *group, struct json_object *root,
				 const struct p2p_fact_row *row, bool make)
{
	size_t length = strchr(row->key, '.') ? strcspn(row->key, ".") : 0;
	char name[GROUP_SIZE];

	if (!length)
		return root;
	if (group->key && group->length == length && !strncmp(group->key, row->key, length))
		return group->object;
	snprintf(name, sizeof(name), "%.*s", (int)length, row->key);
	if (make) {
		group->object = p2p_json_new_object();
		p2p_json_add(root, name, group->object);
	} else {
		group->object = p2p_json_member(root, name);
	}
	group->key = row->key;
	group->length = length;
	return group->object;
}

static struct json_object *json_of(const struct p2p_fact_row *row, const void *object,
				   const struct p2p_value *value)
{
	char text[24];

	if (value->fact != P2P_PRESENT)
		return NULL;
	if (row->kind->json)
		return row->kind->json(row, object);
	if (value->type == P2P_TYPE_TEXT)
		return p2p_json_new_text(value->text);
	if (value->type == P2P_TYPE_FLAG)
		return p2p_json_new_flag(value->number != 0);
	if (!row->digits)
		return p2p_json_new_number(value->number);
	snprintf(text, sizeof(text), "0x%0*" PRIx64, row->digits, (uint64_t)value->number);
	return p2p_json_new_text(text);
}

static const char *why_of(const struct p2p_fact_row *row, const struct p2p_function *function)
{
	return row->why == P2P_WHY_CONFIG ? p2p_function_denied(function) : "not recorded";
}

static void write_row(struct json_object *json, struct group *group,
		      const struct p2p_fact_row *row, const void *object,
		      const struct p2p_function *function)
{
	struct json_object *parent;
	struct p2p_value value;

	p2p_fact_get(row, object, &value);
	/* For a capability that is not present only "present" is written. */
	if (row->capability && p2p_fact_at(object, row->capability) != P2P_PRESENT)
		return;
	parent = enter(group, json, row, true);
	p2p_json_put(parent, leaf_of(row), json_of(row, object, &value));
	if (row->kind == &p2p_kind_present && value.fact == P2P_DENIED && row->why != P2P_WHY_NONE)
		p2p_json_put(parent, "reason", p2p_json_new_text(why_of(row, function)));
}

void p2p_facts_write(struct json_object *json, struct p2p_fact_rows rows, const void *object,
		     const struct p2p_function *function)
{
	struct group group = { 0 };

	for (size_t i = 0; i < rows.count; i++)
		if (!rows.rows[i].aside)
			write_row(json, &group, &rows.rows[i], object, function);
}

/* Why facts that are null are unknown; what is null and not listed here is absent. */
static struct json_object *unknowns(const struct p2p_function *function)
{
	struct json_object *unknown = p2p_json_new_object();

	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];
		struct p2p_value value;

		if (strchr(row->key, '.'))
			continue;
		p2p_fact_get(row, function, &value);
		if (value.fact == P2P_DENIED)
			p2p_json_put(unknown, row->key, p2p_json_new_text(why_of(row, function)));
	}
	return unknown;
}

struct json_object *p2p_function_facts(const struct p2p_function *function)
{
	struct json_object *json = p2p_json_new_object();

	p2p_facts_write(json, p2p_function_rows, function, function);
	p2p_json_put(json, "unknown", unknowns(function));
	return json;
}

struct json_object *p2p_device_facts(const struct p2p_function *function)
{
	struct p2p_fact_rows rows = { p2p_function_rows.rows, 0 };
	struct json_object *json = p2p_json_new_object();

	while (rows.rows[rows.count].device)
		rows.count++;
	p2p_facts_write(json, rows, function, function);
	return json;
}

struct json_object *p2p_capability_facts(const struct p2p_function *function, const char *name)
{
	struct json_object *json = p2p_json_new_object(), *capability;
	struct group group = { 0 };
	size_t length = strlen(name);

	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];

		if (!strncmp(row->key, name, length) && row->key[length] == '.' && !row->aside)
			write_row(json, &group, row, function, function);
	}
	capability = json_object_get(p2p_json_member(json, name));
	json_object_put(json);
	return capability;
}

struct json_object *p2p_host_facts(const struct p2p_host_bridge *host)
{
	struct json_object *json = p2p_json_new_object();

	p2p_facts_write(json, p2p_host_rows, host, NULL);
	return json;
}

struct json_object *p2p_machine_facts(const struct p2p_machine *machine)
{
	struct json_object *json = p2p_json_new_object();

	p2p_facts_write(json, p2p_machine_rows, machine, NULL);
	return json;
}

bool p2p_json_is_absent(struct json_object *json, const char *key)
{
	struct json_object *unknown = p2p_json_member(json, "unknown");

	return json_object_is_type(unknown, json_type_object) &&
	       json_object_object_get_ex(json, key, NULL) &&
	       !json_object_object_get_ex(unknown, key, NULL);
}

/* A value that is not understood makes everything that depends on its fact unknown. */
static void read_row(struct json_object *json, struct group *group,
		     const struct p2p_fact_row *row, void *object, struct p2p_topology *topology)
{
	struct json_object *value;
	bool good;

	if (row->capability && p2p_fact_at(object, row->capability) != P2P_PRESENT)
		return;
	value = p2p_json_member(enter(group, json, row, false), leaf_of(row));
	good = value && row->kind->read(row, value, object, topology);
	if (row->decides)
		*p2p_fact_place(object, row->fact) = good ? P2P_PRESENT :
			row->may_lack && p2p_json_is_absent(json, row->key) ? P2P_ABSENT : P2P_DENIED;
	if (row->capability && !good && (row->needed || value))
		*p2p_fact_place(object, row->capability) = P2P_DENIED;
	else if (row->fact && !good && value)
		*p2p_fact_place(object, row->fact) = P2P_DENIED;
}

void p2p_facts_read(struct json_object *json, struct p2p_fact_rows rows, void *object,
		    struct p2p_topology *topology)
{
	struct group group = { 0 };

	for (size_t i = 0; i < rows.count; i++)
		if (!rows.rows[i].aside && !rows.rows[i].derived)
			read_row(json, &group, &rows.rows[i], object, topology);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The value and the state of a row, and its text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "topology/facts/kinds.h"

void p2p_fact_get(const struct p2p_fact_row *row, const void *object, struct p2p_value *ret_value)
{
	struct p2p_value value = {
		.size = sizeof(value), .fact = P2P_PRESENT, .type = (enum p2p_type)row->kind->type,
	};

	if (row->capability)
		value.fact = p2p_fact_at(object, row->capability);
	if (value.fact == P2P_PRESENT && row->fact)
		value.fact = p2p_fact_at(object, row->fact);
	if (value.fact == P2P_PRESENT && row->there && !row->there(object))
		value.fact = P2P_ABSENT;
	if (value.fact == P2P_PRESENT && row->kind->get)
		row->kind->get(row, object, &value);
	if (value.fact != P2P_PRESENT) {
		value.number = 0;
		value.text = NULL;
	}
	*ret_value = value;
}

const struct p2p_fact_row *p2p_fact_row(const char *key)
{
	for (size_t i = 0; i < p2p_function_rows.count; i++)
		if (!strcmp(p2p_function_rows.rows[i].key, key))
			return &p2p_function_rows.rows[i];
	return NULL;
}

static bool row_differs(const struct p2p_fact_row *row, const struct p2p_function *old,
			const struct p2p_function *now)
{
	struct p2p_value before, after;

	p2p_fact_get(row, old, &before);
	p2p_fact_get(row, now, &after);
	if (before.fact == P2P_DENIED || after.fact == P2P_DENIED)
		return false;
	if (before.fact != after.fact || before.number != after.number)
		return true;
	if (!before.text || !after.text)
		return before.text != after.text;
	return strcmp(before.text, after.text) != 0;
}

bool p2p_fact_differs(const char *key, const struct p2p_function *old,
		      const struct p2p_function *now)
{
	size_t length = strlen(key);

	/* Compare the end of the string as well, unless the key is a prefix. */
	if (key[length - 1] != '.')
		length++;
	for (size_t i = 0; i < p2p_function_rows.count; i++)
		if (!strncmp(p2p_function_rows.rows[i].key, key, length) &&
		    row_differs(&p2p_function_rows.rows[i], old, now))
			return true;
	return false;
}

/* Compare @count objects of @size bytes, as listed by a row. */
static bool is_same_list(struct p2p_fact_rows rows, const char *one, const char *other, size_t count, size_t size)
{
	for (size_t i = 0; i < count; i++)
		if (!p2p_facts_same(rows, one + i * size, other + i * size))
			return false;
	return true;
}

static bool is_same_json(const struct p2p_fact_row *row, const void *one, const void *other)
{
	struct json_object *left = row->kind->json(row, one), *right = row->kind->json(row, other);
	bool same = json_object_equal(left, right);

	json_object_put(left);
	json_object_put(right);
	return same;
}

static bool is_same_fact(const struct p2p_fact_row *row, const void *one, const void *other)
{
	struct p2p_value left, right;

	p2p_fact_get(row, one, &left);
	p2p_fact_get(row, other, &right);
	if (left.fact != right.fact || left.number != right.number || !left.text != !right.text)
		return false;
	if (left.fact != P2P_PRESENT || row->kind->type)
		return !left.text || !strcmp(left.text, right.text);
	if (row->kind == &p2p_kind_bars)
		return is_same_list(p2p_bar_rows, (const char *)one + row->at, (const char *)other + row->at,
				    P2P_BARS, sizeof(struct p2p_bar));
	if (row->kind == &p2p_kind_windows)
		return is_same_list(p2p_window_rows, (const char *)one + row->at, (const char *)other + row->at,
				    P2P_WINDOWS, sizeof(struct p2p_window));
	return is_same_json(row, one, other);
}

bool p2p_facts_same(struct p2p_fact_rows rows, const void *one, const void *other)
{
	for (size_t i = 0; i < rows.count; i++)
		if (!is_same_fact(&rows.rows[i], one, other))
			return false;
	return true;
}

/* Print the plain value, up to @size bytes. */
static int put_value(const struct p2p_fact_row *row, const struct p2p_value *value, char *text,
		     size_t size)
{
	if (value->type == P2P_TYPE_FLAG)
		return snprintf(text, size, "%s", value->number ? "yes" : "no");
	if (value->type == P2P_TYPE_TEXT)
		return snprintf(text, size, "%s", value->text);
	if (row->digits)
		return snprintf(text, size, "0x%0*" PRIx64, row->digits, (uint64_t)value->number);
	return snprintf(text, size, "%" PRId64, value->number);
}

/* "enabled+, size_bytes 4096": flags are printed as in lspci. */
static size_t append(char *text, size_t size, size_t used, const char *name,
		     const struct p2p_fact_row *row, const struct p2p_value *value)
{
	bool flag = value->type == P2P_TYPE_FLAG;

	used += (size_t)snprintf(text + used, size - used, "%s%s%s", used ? ", " : "", name,
				 !flag ? " " : value->number ? "+" : "-");
	if (!flag && used < size)
		used += (size_t)put_value(row, value, text + used, size - used);
	return used < size ? used : size - 1;
}

static void append_rows(const struct p2p_fact_row *capability, const void *function, char *text,
			size_t size)
{
	size_t prefix = strcspn(capability->key, ".") + 1, used = 0;

	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];
		struct p2p_value value;

		if (row == capability || strncmp(row->key, capability->key, prefix) != 0)
			continue;
		p2p_fact_get(row, function, &value);
		if (value.fact == P2P_PRESENT && value.type)
			used = append(text, size, used, row->key + prefix, row, &value);
	}
	if (!used)
		snprintf(text, size, "there");
}

char *p2p_fact_format(const struct p2p_fact_row *row, const void *object, char *text, size_t size)
{
	bool capability = row->kind == &p2p_kind_present;
	struct p2p_value value;

	p2p_fact_get(row, object, &value);
	if (value.fact == P2P_DENIED)
		snprintf(text, size, "not known");
	else if (value.fact == P2P_ABSENT || (capability && !value.number))
		snprintf(text, size, "%s", row->none ? row->none : "none");
	else if (row->say)
		row->say(object, text, size);
	else if (capability)
		append_rows(row, object, text, size);
	else
		put_value(row, &value, text, size);
	return text;
}

const char *p2p_fact_about(const struct p2p_fact_row *row)
{
	return row->about ? row->about : row->name ? row->name : row->key;
}

const char *p2p_function_denied(const struct p2p_function *function)
{
	if (!function->config_bytes)
		return "config space was not read";
	if (function->config_bytes < 256)
		return "only the start of config space was readable";
	if (function->config_bytes < 4096)
		return "config space is cut at 256 bytes";
	return function->capabilities_broken ? "the capability chain is broken" : "it was not read";
}

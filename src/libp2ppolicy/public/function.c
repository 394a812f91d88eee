/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public interface of a function: its place in the tree, and its facts by key. */
#include <errno.h>

#include <p2ppolicy/facts.h>
#include <p2ppolicy/json.h>

#include "base/plain.h"
#include "public/public.h"

/* Facts that consist of several values have no key here. */
static bool has_key(const struct p2p_fact_row *row)
{
	return row->kind->type;
}

char *p2p_function_address(const struct p2p_function *function, char *buffer)
{
	return p2p_bdf_format(function->bdf, buffer);
}

const char *p2p_function_name(const struct p2p_function *function)
{
	return function->display;
}

const struct p2p_function *p2p_function_parent(const struct p2p_function *function)
{
	return function->parent;
}

bool p2p_function_is_end(const struct p2p_function *function)
{
	return p2p_function_has_header_0(function);
}

const char *p2p_function_key(size_t index)
{
	for (size_t i = 0; i < p2p_function_rows.count; i++)
		if (has_key(&p2p_function_rows.rows[i]) && !index--)
			return p2p_function_rows.rows[i].key;
	return NULL;
}

int p2p_function_fact(const struct p2p_function *function, const char *key,
		      struct p2p_value *value)
{
	P2P_PLAIN_LOCALE;
	const struct p2p_fact_row *row = p2p_fact_row(key);
	struct p2p_value full;

	if (!row || !has_key(row))
		return value->size < P2P_VALUE_LEAST ? -EINVAL : -ENOENT;
	p2p_fact_get(row, function, &full);
	return p2p_value_give(&full, value);
}

struct json_object *p2p_function_document(const struct p2p_function *function)
{
	struct json_object *document = p2p_json_new_object();
	struct json_object *unknown = p2p_json_new_array();
	char address[P2P_ADDRESS_SIZE];

	p2p_json_put(document, "bdf",
		     p2p_json_new_text(p2p_function_address(function, address)));
	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];
		struct p2p_value value;

		if (!has_key(row))
			continue;
		p2p_fact_get(row, function, &value);
		p2p_value_json(row->key, &value, document, unknown);
	}
	p2p_json_add(document, "unknown", unknown);
	return document;
}

int p2p_function_json(struct p2p_context *context, const struct p2p_function *function,
		      char **ret_text)
{
	P2P_PLAIN_LOCALE;
	unsigned long lost = p2p_lost_count();

	return p2p_json_text(context, p2p_function_document(function), lost, ret_text);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values by key, and structures that contain their size. */
#include <errno.h>
#include <string.h>

#include <p2ppolicy/json.h>

#include "base/context.h"
#include "public/public.h"

const char *p2p_keys_name(struct p2p_keys keys, size_t index)
{
	return index < keys.count ? keys.keys[index].name : NULL;
}

static void get(const struct p2p_key *key, const void *object, struct p2p_value *ret_value)
{
	struct p2p_value value = { .type = key->type };

	key->get(object, key, &value);
	if (value.fact != P2P_PRESENT) {
		value.number = 0;
		value.text = NULL;
	}
	*ret_value = value;
}

int p2p_value_give(struct p2p_value *full, struct p2p_value *value)
{
	size_t size = value->size < sizeof(*full) ? value->size : sizeof(*full);

	if (size < P2P_VALUE_LEAST)
		return -EINVAL;
	full->size = value->size;
	memcpy(value, full, size);
	return 0;
}

int p2p_keys_get(struct p2p_keys keys, const void *object, const char *name,
		 struct p2p_value *value)
{
	struct p2p_value full;

	if (value->size < P2P_VALUE_LEAST)
		return -EINVAL;
	for (size_t i = 0; i < keys.count; i++) {
		if (strcmp(keys.keys[i].name, name) != 0)
			continue;
		get(&keys.keys[i], object, &full);
		return p2p_value_give(&full, value);
	}
	return -ENOENT;
}

static struct json_object *json_of(const struct p2p_value *value)
{
	if (value->fact != P2P_PRESENT)
		return NULL;
	switch (value->type) {
	case P2P_TYPE_FLAG:
		return p2p_json_new_flag(value->number != 0);
	case P2P_TYPE_NUMBER:
		return p2p_json_new_number(value->number);
	case P2P_TYPE_TEXT:
		return p2p_json_new_text(value->text);
	}
	return NULL;
}

void p2p_value_json(const char *name, const struct p2p_value *value, struct json_object *document,
		    struct json_object *unknown)
{
	p2p_json_add(document, name, json_of(value));
	if (value->fact == P2P_DENIED)
		p2p_json_append(unknown, p2p_json_new_text(name));
}

void p2p_keys_json(struct p2p_keys keys, const void *object, struct json_object *document)
{
	struct json_object *unknown = p2p_json_new_array();
	struct p2p_value value;

	for (size_t i = 0; i < keys.count; i++) {
		get(&keys.keys[i], object, &value);
		p2p_value_json(keys.keys[i].name, &value, document, unknown);
	}
	p2p_json_add(document, "unknown", unknown);
}

int p2p_json_text(struct p2p_context *context, struct json_object *document, unsigned long lost,
		  char **ret_text)
{
	const char *text = p2p_json_string(document, JSON_C_TO_STRING_PLAIN);
	char *copy = p2p_lost_count() == lost ? strdup(text) : NULL;

	json_object_put(document);
	if (!copy)
		return p2p_told(context, -ENOMEM);
	*ret_text = copy;
	return 0;
}

/* A caller built for a later release may only set what follows @known to zero. */
int p2p_options_take(struct p2p_context *context, const void *options, size_t least,
		     void *ret_options, size_t known)
{
	size_t size = 0;

	if (options)
		memcpy(&size, options, sizeof(size));
	if (!options || size < least)
		return p2p_error(context, -EINVAL, "options of %zu bytes are too short", size);
	for (size_t i = known; i < size; i++)
		if (((const char *)options)[i])
			return p2p_error(context, -EINVAL,
					 "options ask for what this release does not know");
	memset(ret_options, 0, known);
	memcpy(ret_options, options, size < known ? size : known);
	return 0;
}

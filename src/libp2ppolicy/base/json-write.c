/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include <p2ppolicy/json.h>

static struct json_object *made(struct json_object *object)
{
	if (!object)
		p2p_lost();
	return object;
}

struct json_object *p2p_json_new_object(void)
{
	return made(json_object_new_object());
}

struct json_object *p2p_json_new_array(void)
{
	return made(json_object_new_array());
}

struct json_object *p2p_json_new_text(const char *text)
{
	return made(json_object_new_string(text));
}

struct json_object *p2p_json_new_flag(bool value)
{
	return made(json_object_new_boolean(value));
}

struct json_object *p2p_json_new_number(int64_t value)
{
	return made(json_object_new_int64(value));
}

struct json_object *p2p_json_new_count(uint64_t value)
{
	return made(json_object_new_uint64(value));
}

struct json_object *p2p_json_new_real(double value, const char *text)
{
	return made(json_object_new_double_s(value, text));
}

/* A value that could not be added is not released: the caller may be about to fill it. */
void p2p_json_put(struct json_object *object, const char *key, struct json_object *value)
{
	if (!object || json_object_object_add_ex(object, key, value, JSON_C_OBJECT_ADD_KEY_IS_NEW |
						 JSON_C_OBJECT_ADD_CONSTANT_KEY))
		p2p_lost();
}

void p2p_json_add(struct json_object *object, const char *key, struct json_object *value)
{
	if (!object || json_object_object_add(object, key, value))
		p2p_lost();
}

void p2p_json_append(struct json_object *array, struct json_object *value)
{
	if (!array || json_object_array_add(array, value))
		p2p_lost();
}

/* json-c carries on when its buffer cannot grow; only errno tells that realloc() failed. */
const char *p2p_json_string(struct json_object *object, int flags)
{
	const char *text;

	errno = 0;
	text = json_object_to_json_string_ext(object, flags);
	if (text && errno != ENOMEM)
		return text;
	p2p_lost();
	return "";
}

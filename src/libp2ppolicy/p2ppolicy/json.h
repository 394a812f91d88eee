/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON output.  In json-c NULL means both null and "out of memory", and what it has no memory for is
 * silently missing from an object, an array, and the text.  These calls count such a loss in
 * p2p_lost_count() instead, and accept NULL for an object that could not be created, so that a document
 * can be built without a check at each step and be checked once at the end.  A value may still be filled
 * after it was added; for that reason, one that could not be added is not freed.
 */
#ifndef P2PPOLICY_JSON_H
#define P2PPOLICY_JSON_H

#include <json-c/json.h>

#include <p2ppolicy/base.h>

struct json_object *p2p_json_new_object(void);
struct json_object *p2p_json_new_array(void);
struct json_object *p2p_json_new_text(const char *text);
struct json_object *p2p_json_new_flag(bool value);
struct json_object *p2p_json_new_number(int64_t value);
struct json_object *p2p_json_new_count(uint64_t value);

/** p2p_json_new_real() - a number that is printed as @text. */
struct json_object *p2p_json_new_real(double value, const char *text);

/** p2p_json_put() - object[key] = value; @key is a constant that @object does not have.  Takes over @value. */
void p2p_json_put(struct json_object *object, const char *key, struct json_object *value);

/** p2p_json_add() - likewise with any key, which is copied; the last value of a key wins. */
void p2p_json_add(struct json_object *object, const char *key, struct json_object *value);

/** p2p_json_append() - append @value to @array.  Takes over @value. */
void p2p_json_append(struct json_object *array, struct json_object *value);

/**
 * p2p_json_string() - @object as text on one line.
 * @flags: JSON_C_TO_STRING_PLAIN and the like
 *
 * Return: owned by @object; "" if memory ran out, and a loss is counted.
 */
const char *p2p_json_string(struct json_object *object, int flags);

#endif

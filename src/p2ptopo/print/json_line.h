/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON written directly into a line of text, for data that come by the million: a json-c object for each
 * value costs more than the value.
 */
#ifndef P2PTOPO_PRINT_JSON_LINE_H
#define P2PTOPO_PRINT_JSON_LINE_H

#include <string.h>

#include <json-c/json.h>

#include "app.h"

/**
 * struct json_line - the line so far; zeroed memory is an empty line.  Failed allocations are counted as
 *	p2p_lost().
 * @decimal, @digits: the last one and its text, since machines have few speeds and millions of pairs
 */
struct json_line {
	char *text;
	size_t size, room;
	double decimal;
	char digits[32];
};

/* Called by line_raw() and line_key(), so that the compiler computes the length of constant texts. */
void line_bytes(struct json_line *line, const char *bytes, size_t size);
void line_key_bytes(struct json_line *line, const char *key, size_t size);

/** line_raw() - add text that is already JSON, such as the brackets that start or end a list. */
static inline void line_raw(struct json_line *line, const char *text)
{
	line_bytes(line, text, strlen(text));
}

/** line_key() - add the key of the following member. */
static inline void line_key(struct json_line *line, const char *key)
{
	line_key_bytes(line, key, strlen(key));
}

/** line_item() - announce an element of a list. */
void line_item(struct json_line *line);

/* Values; NULL, and what is not known, is null in JSON. */
void line_text(struct json_line *line, const char *text);
void line_flag(struct json_line *line, bool value);
void line_tri(struct json_line *line, enum p2p_tri tri);
void line_number(struct json_line *line, int64_t value);
void line_count(struct json_line *line, uint64_t value);
/* Rounded to three decimals. */
void line_decimal(struct json_line *line, double value);
void line_bdf(struct json_line *line, const struct p2p_function *function);

/** line_object() - the line as a json-c value; frees the line.  Return: NULL when out of memory. */
struct json_object *line_object(struct json_line *line);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON written straight into one line of text, for what comes by the million: an object of json-c
 * for each value costs more than the value.
 */
#ifndef P2PTOPO_PRINT_JSON_LINE_H
#define P2PTOPO_PRINT_JSON_LINE_H

#include <string.h>

#include <json-c/json.h>

#include "app.h"

/**
 * struct json_line - the line so far; zeroed it is empty.  What had no memory counts as p2p_lost().
 * @decimal, @digits: the last one and its text, for machines have a few speeds and millions of pairs
 */
struct json_line {
	char *text;
	size_t size, room;
	double decimal;
	char digits[32];
};

/* In line_raw() and line_key(), so that a compiler counts the bytes of a text that it knows. */
void line_bytes(struct json_line *line, const char *bytes, size_t size);
void line_key_bytes(struct json_line *line, const char *key, size_t size);

/** line_raw() - bytes that are JSON already, such as the brackets that begin or end a list. */
static inline void line_raw(struct json_line *line, const char *text)
{
	line_bytes(line, text, strlen(text));
}

/** line_key() - the key of the member that follows. */
static inline void line_key(struct json_line *line, const char *key)
{
	line_key_bytes(line, key, strlen(key));
}

/** line_item() - say that an element of a list follows. */
void line_item(struct json_line *line);

/* Values; NULL is null in JSON, and so is what is not known. */
void line_text(struct json_line *line, const char *text);
void line_flag(struct json_line *line, bool value);
void line_tri(struct json_line *line, enum p2p_tri tri);
void line_number(struct json_line *line, int64_t value);
void line_count(struct json_line *line, uint64_t value);
/* To three places. */
void line_decimal(struct json_line *line, double value);
void line_bdf(struct json_line *line, const struct p2p_function *function);

/** line_object() - the line as a value of json-c; frees the line.  Return: NULL no memory. */
struct json_object *line_object(struct json_line *line);

#endif

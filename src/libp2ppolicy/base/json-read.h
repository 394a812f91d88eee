/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads untrusted JSON into json-c's objects.  The objects are built here rather than by json-c's parser, so
 * that every value knows its position, and duplicate keys, deep nesting and too many values are refused with
 * line and column; base/json-scalar.h decodes strings and numbers.
 */
#ifndef P2P_BASE_JSON_READ_H
#define P2P_BASE_JSON_READ_H

#include <json-c/json.h>

#include "base/context.h"

/** What a text may contain beyond plain JSON without null, as bits. */
#define P2P_JSON_COMMENTS	0x1	/* C and C++ comments */
#define P2P_JSON_NULLS		0x2	/* null, which has no position */

/**
 * struct p2p_json - a text and its parsed value.
 * @name, @text: borrowed; @text has a zero byte after its @size bytes
 * @owned: @text, if it was read from a file
 * @root: owned; a container or a scalar
 * @lines: the @line_count offsets at which lines begin
 */
struct p2p_json {
	struct p2p_context *context;
	const char *name, *text;
	char *owned;
	size_t size;
	struct json_object *root;
	size_t *lines, line_count;
};

/**
 * p2p_json_parse() - parse a text according to RFC 8259, plus what @flags allow.
 * @ret_json: freed by p2p_json_clear()
 *
 * Return: 0; -EBADMSG, with name, line and column in the sentence; -ENOMEM.
 */
int p2p_json_parse(struct p2p_context *context, const char *name, const char *text, size_t size,
		   unsigned int flags, struct p2p_json *ret_json);

/**
 * p2p_json_read() - likewise for an open file, which stays open.
 * Return: as p2p_json_parse(); -EBADMSG also for more than 16 MiB; the error of read(2).
 */
int p2p_json_read(struct p2p_context *context, const char *name, int fd, unsigned int flags,
		  struct p2p_json *ret_json);

/** p2p_json_clear() - free what it owns. */
void p2p_json_clear(struct p2p_json *json);

/** p2p_json_position() - line and column of a value, from 1 (for a member, those of its value). */
void p2p_json_position(const struct p2p_json *json, const struct json_object *node,
		       unsigned int *ret_line, unsigned int *ret_column);

/** p2p_json_member() - a member; NULL when it is null or missing, or when @object is not an object. */
struct json_object *p2p_json_member(struct json_object *object, const char *key);

/** p2p_json_word() - a member that is a string; "" if it is not one. */
const char *p2p_json_word(struct json_object *object, const char *key);

/** p2p_json_length() - number of elements of a list; 0 if it is not one. */
size_t p2p_json_length(const struct json_object *list);

#endif

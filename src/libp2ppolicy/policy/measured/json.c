/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON inside a text, among other things that were pasted. */
#include <errno.h>
#include <string.h>

#include "policy/measured/reading.h"

/* The end of the object or array that starts at @at; NULL if it has none. */
static const char *end_of(const char *at)
{
	unsigned int depth = 0;
	bool quoted = false;

	for (; *at; at++) {
		if (quoted) {
			if (*at == '\\' && at[1])
				at++;
			else if (*at == '"')
				quoted = false;
		} else if (*at == '"') {
			quoted = true;
		} else if (*at == '{' || *at == '[') {
			depth++;
		} else if ((*at == '}' || *at == ']') && --depth == 0) {
			return at + 1;
		}
	}
	return NULL;
}

static const char *start_of_line(const struct p2p_reading *reading, size_t line)
{
	/* The lines point into a copy of the text, so offsets are the same. */
	return reading->text + (reading->lines[line] - reading->lines[0]);
}

static size_t count_lines(const char *from, const char *to)
{
	size_t count = 0;

	for (; from < to; from++)
		count += *from == '\n';
	return count;
}

static bool may_be_json(const char *text)
{
	text += strspn(text, " \t");
	if (*text == '{')
		return !text[1] || text[1] == '\n' || text[1 + strspn(text + 1, " \t\n")] == '"';
	/* Of arrays, only those of objects are read. */
	return *text == '[' && text[1 + strspn(text + 1, " \t\n")] == '{';
}

static void read_json(struct p2p_reading *reading, const char *text, size_t size, size_t first,
		      void (*take)(struct p2p_reading *reading, const struct p2p_json *json,
				   size_t first))
{
	const char *copy = p2p_arena_copy(&reading->measured->arena, text, size);
	struct p2p_json json;
	int r = copy ? p2p_json_parse(reading->measured->context, reading->file, copy, size,
				      P2P_JSON_NULLS, &json) : -ENOMEM;

	if (r == -ENOMEM) {
		reading->error = r;
	} else if (r) {
		p2p_reading_skip(reading, first, "the JSON that starts here is damaged");
	} else {
		take(reading, &json, first);
		p2p_json_clear(&json);
	}
}

void p2p_reading_json(struct p2p_reading *reading,
		      void (*take)(struct p2p_reading *reading, const struct p2p_json *json,
				   size_t first))
{
	size_t at = 0;

	while (at < reading->count && !reading->error) {
		const char *text = start_of_line(reading, at), *end;
		size_t first = at++;

		if (!may_be_json(text))
			continue;
		text += strspn(text, " \t");
		end = end_of(text);
		if (!end) {
			p2p_reading_skip(reading, first, "the JSON that starts here does not end");
			/* JSON inside it either does not end either, or is a part of it. */
			return;
		}
		at += count_lines(text, end);
		read_json(reading, text, (size_t)(end - text), first, take);
	}
}

size_t p2p_json_line(const struct p2p_json *json, size_t first, const struct json_object *node)
{
	unsigned int line = 1, column;

	if (node)
		p2p_json_position(json, node, &line, &column);
	return first + (line ? line - 1 : 0);
}

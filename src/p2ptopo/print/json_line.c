/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print/json_line.h"

#define FIRST_ROOM 4096

static bool reserve(struct json_line *line, size_t more)
{
	size_t room = line->room ? line->room : FIRST_ROOM;
	char *text;

	while (room < line->size + more + 1)
		room *= 2;
	if (room == line->room)
		return true;
	text = realloc(line->text, room);
	if (!text) {
		p2p_lost();
		return false;
	}
	line->text = text;
	line->room = room;
	return true;
}

static void put(struct json_line *line, const char *bytes, size_t size)
{
	if (!reserve(line, size))
		return;
	memcpy(line->text + line->size, bytes, size);
	line->size += size;
	line->text[line->size] = '\0';
}

void line_raw(struct json_line *line, const char *text)
{
	put(line, text, strlen(text));
}

/* A comma, unless this is the first of what was opened. */
void line_item(struct json_line *line)
{
	char last = '[';

	if (line->size)
		last = line->text[line->size - 1];
	if (last != '[' && last != '{')
		put(line, ",", 1);
}

void line_key(struct json_line *line, const char *key)
{
	line_item(line);
	put(line, "\"", 1);
	line_raw(line, key);
	put(line, "\":", 2);
}

/* RFC 8259, section 7; as json-c does it. */
static void put_escaped(struct json_line *line, char character)
{
	static const char letters[] = "\bb\nn\rr\tt\ff\"\"\\\\";
	char text[8];

	for (const char *at = letters; *at; at += 2) {
		if (*at != character)
			continue;
		put(line, "\\", 1);
		put(line, at + 1, 1);
		return;
	}
	snprintf(text, sizeof(text), "\\u%04x", (unsigned char)character);
	line_raw(line, text);
}

void line_text(struct json_line *line, const char *text)
{
	static const char escaped[] = "\"\\\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
				      "\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f";

	if (!text) {
		line_raw(line, "null");
		return;
	}
	put(line, "\"", 1);
	for (;;) {
		size_t length = strcspn(text, escaped);

		put(line, text, length);
		text += length;
		if (!*text)
			break;
		put_escaped(line, *text++);
	}
	put(line, "\"", 1);
}

void line_flag(struct json_line *line, bool value)
{
	line_raw(line, value ? "true" : "false");
}

void line_tri(struct json_line *line, enum p2p_tri tri)
{
	line_raw(line, tri == P2P_UNKNOWN ? "null" : tri == P2P_YES ? "true" : "false");
}

void line_number(struct json_line *line, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	line_raw(line, text);
}

void line_count(struct json_line *line, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	line_raw(line, text);
}

void line_decimal(struct json_line *line, double value, const char *form)
{
	char text[32];

	snprintf(text, sizeof(text), form, value);
	line_raw(line, text);
}

void line_bdf(struct json_line *line, const struct p2p_function *function)
{
	char text[P2P_BDF_SIZE];

	line_text(line, function ? p2p_bdf_format(function->bdf, text) : NULL);
}

/* A number of json-c may carry the text that it is printed as, and any text will do. */
struct json_object *line_object(struct json_line *line)
{
	struct json_object *object = line->text ? p2p_json_new_real(0, line->text) : NULL;

	free(line->text);
	*line = (struct json_line){ 0 };
	return object;
}

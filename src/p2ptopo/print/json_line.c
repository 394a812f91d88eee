/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print/json_line.h"

#define FIRST_ROOM 4096
/* Bytes that are checked together. */
#define BLOCK 16u

static bool grow(struct json_line *line, size_t more)
{
	size_t room = line->room ? line->room : FIRST_ROOM;
	char *text;

	while (room < line->size + more + 1)
		room *= 2;
	text = realloc(line->text, room);
	if (!text) {
		p2p_lost();
		return false;
	}
	line->text = text;
	line->room = room;
	return true;
}

/* Is there room for @more bytes and a zero? */
static inline bool reserve(struct json_line *line, size_t more)
{
	return line->size + more < line->room || grow(line, more);
}

static inline void put(struct json_line *line, const char *bytes, size_t size)
{
	if (!reserve(line, size))
		return;
	memcpy(line->text + line->size, bytes, size);
	line->size += size;
	line->text[line->size] = '\0';
}

void line_bytes(struct json_line *line, const char *bytes, size_t size)
{
	put(line, bytes, size);
}

/* Is this the first element of an array or object? */
static bool is_first(const struct json_line *line)
{
	char last = '[';

	if (line->size)
		last = line->text[line->size - 1];
	return last == '[' || last == '{';
}

void line_item(struct json_line *line)
{
	if (!is_first(line))
		put(line, ",", 1);
}

void line_key_bytes(struct json_line *line, const char *key, size_t size)
{
	char *to;

	if (!reserve(line, size + sizeof(",\"\":")))
		return;
	to = line->text + line->size;
	if (!is_first(line))
		*to++ = ',';
	*to++ = '"';
	to = (char *)memcpy(to, key, size) + size;
	memcpy(to, "\":", sizeof("\":"));
	line->size = (size_t)(to - line->text) + 2;
}

/* RFC 8259, section 7; like json-c does it. */
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

static inline bool is_plain(unsigned char character)
{
	return character >= ' ' && character != '"' && character != '\\';
}

/* How many of @size characters need no escape: whole blocks first, which compile to a few instructions. */
static size_t count_plain(const char *text, size_t size)
{
	size_t count = 0;

	for (; count + BLOCK <= size; count += BLOCK) {
		unsigned char plain = 1;

		for (size_t i = 0; i < BLOCK; i++)
			plain &= is_plain((unsigned char)text[count + i]);
		if (!plain)
			break;
	}
	while (count < size && is_plain((unsigned char)text[count]))
		count++;
	return count;
}

void line_text(struct json_line *line, const char *text)
{
	size_t size = text ? strlen(text) : 0, plain;

	if (!text) {
		line_raw(line, "null");
		return;
	}
	put(line, "\"", 1);
	while ((plain = count_plain(text, size)) < size) {
		put(line, text, plain);
		put_escaped(line, text[plain]);
		text += plain + 1;
		size -= plain + 1;
	}
	put(line, text, size);
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
	if (value < 0)
		put(line, "-", 1);
	line_count(line, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/* Hand-written, since a row of pairs has dozens of numbers. */
void line_count(struct json_line *line, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	put(line, digits + at, sizeof(digits) - at);
}

void line_decimal(struct json_line *line, double value)
{
	if (!*line->digits || !(value >= line->decimal && value <= line->decimal)) {
		snprintf(line->digits, sizeof(line->digits), "%.3f", value);
		line->decimal = value;
	}
	line_raw(line, line->digits);
}

void line_bdf(struct json_line *line, const struct p2p_function *function)
{
	char text[P2P_BDF_SIZE];

	line_text(line, function ? p2p_bdf_format(function->bdf, text) : NULL);
}

/* A json-c number may contain the text as which it is printed, and that can be any text. */
struct json_object *line_object(struct json_line *line)
{
	struct json_object *object = line->text ? p2p_json_new_real(0, line->text) : NULL;

	free(line->text);
	*line = (struct json_line){ 0 };
	return object;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include <p2ppolicy/all.h>

#include "print/clean.h"
#include "print/json_text.h"

#define INDENT	2

const char *json_text_plain(struct json_object *object)
{
	return p2p_json_string(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

/* How much of a text can be printed unchanged: nearly all of it. */
static size_t plain_length(const char *text, const char *end)
{
	const char *at = text;

	while (at < end && *at >= ' ' && *at < 0x7f && *at != '<')
		at++;
	return (size_t)(at - text);
}

/* Non-ASCII characters occur only in strings.  RFC 8259, section 7. */
void json_text_ascii(FILE *out, const char *text, size_t size)
{
	for (const char *end = text + size; text < end;) {
		size_t plain = plain_length(text, end);
		uint32_t character;

		fwrite(text, 1, plain, out);
		text += plain;
		if (text == end)
			break;
		character = clean_take(&text);
		if (character >= 0x10000)
			fprintf(out, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xd7c0 + (character >> 10),
				0xdc00 + (character & 0x3ff));
		else if (character >= 0x7f || character == '<')
			fprintf(out, "\\u%04" PRIx32, character);
		else
			putc((int)character, out);
	}
}

/* The length of a string with its quotes, or of what is between strings and punctuation. */
static size_t word_length(const char *text)
{
	size_t length = 1;

	if (*text != '"')
		return strcspn(text, "\"{}[],:");
	while (text[length] != '"')
		length += text[length] == '\\' ? 2 : 1;
	return length + 1;
}

static void end_line(FILE *out, int depth)
{
	fprintf(out, "\n%*s", depth * INDENT, "");
}

/* Print one of {}[],: or both brackets of an empty list or object.  Return: how many characters were printed. */
static size_t print_punctuation(FILE *out, const char *text, int *depth)
{
	bool opens = *text == '{' || *text == '[', closes = *text == '}' || *text == ']';

	if (opens && (text[1] == '}' || text[1] == ']'))
		return fwrite(text, 1, 2, out);
	*depth += opens - closes;
	if (closes)
		end_line(out, *depth);
	fputc(*text, out);
	if (opens || *text == ',')
		end_line(out, *depth);
	else if (*text == ':')
		fputc(' ', out);
	return 1;
}

/* Print it without the last @without bytes. */
static void indent(FILE *out, struct json_object *object, int depth, size_t without)
{
	const char *text = json_text_plain(object), *end;
	size_t length;

	/* If something was lost, only a part of it is in memory. */
	if (p2p_lost_count())
		return;
	for (end = text + strlen(text) - without; text < end; text += length) {
		length = word_length(text);
		if (length)
			fwrite(text, 1, length, out);
		else
			length = print_punctuation(out, text, &depth);
		if (!length)
			break;
	}
}

void json_text_indent(FILE *out, struct json_object *object)
{
	indent(out, object, 0, 0);
	fputc('\n', out);
}

void json_text_open(FILE *out, struct json_object *object)
{
	indent(out, object, 0, 1);
}

void json_text_member(FILE *out, const char *key)
{
	fputc(',', out);
	end_line(out, 1);
	fprintf(out, "\"%s\": ", key);
}

void json_text_value(FILE *out, struct json_object *value)
{
	indent(out, value, 1, 0);
}

void json_text_element(FILE *out, struct json_object *element, size_t index)
{
	fputc(index ? ',' : '[', out);
	end_line(out, 2);
	indent(out, element, 2, 0);
}

void json_text_end_list(FILE *out, size_t count)
{
	if (count)
		end_line(out, 1);
	fputs(count ? "]" : "[]", out);
}

void json_text_close(FILE *out)
{
	fputs("\n}\n", out);
}

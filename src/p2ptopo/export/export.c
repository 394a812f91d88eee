/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <wchar.h>

#include "export/export.h"
#include "print/clean.h"

static const struct export_format formats[] = {
#define EXPORT(function, name, help) { name, help, function },
#include "export/formats.def"
#undef EXPORT
};

const struct export_format *export_format(size_t index)
{
	return index < sizeof(formats) / sizeof(formats[0]) ? &formats[index] : NULL;
}

const char *export_format_name(size_t index)
{
	const struct export_format *format = export_format(index);

	return format ? format->name : NULL;
}

/*
 * The character that @text starts with, as a number; '?' for what is unsafe or no UTF-8.  By hand, since
 * the same bytes are to come out in every locale.  RFC 3629, section 3.
 */
static uint32_t take(const char **text)
{
	static const struct { unsigned char mask, mark; uint32_t least; } forms[] = {
		{ 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 },
	};
	const unsigned char *bytes = (const unsigned char *)*text;

	for (unsigned int more = 0; more < 4; more++) {
		uint32_t character = bytes[0] & (unsigned char)~forms[more].mask;
		unsigned int read = 1;

		if ((bytes[0] & forms[more].mask) != forms[more].mark)
			continue;
		for (; read <= more && (bytes[read] & 0xc0) == 0x80; read++)
			character = character << 6 | (bytes[read] & 0x3f);
		*text += read;
		return read <= more || character < forms[more].least || character > 0x10ffff ||
		       clean_is_unsafe(character) ? '?' : character;
	}
	(*text)++;
	return '?';
}

void export_xml(FILE *out, const char *text)
{
	while (*text) {
		uint32_t character = take(&text);

		if (character >= 0x80 || strchr("<>&\"'", (int)character))
			fprintf(out, "&#%" PRIu32 ";", character);
		else
			putc((int)character, out);
	}
}

void export_quoted(FILE *out, const char *text)
{
	putc('"', out);
	while (*text) {
		uint32_t character = take(&text);

		if (character == '"' || character == '\\')
			putc('\\', out);
		putc(character < 0x80 ? (int)character : '?', out);
	}
	putc('"', out);
}

void export_word(FILE *out, const char *text, size_t most)
{
	for (; *text && most; text++, most--)
		putc(isalnum((unsigned char)*text) || strchr(".-_", *text) ? *text : '_', out);
}

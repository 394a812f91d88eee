/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

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

void export_note_left_out(const struct app *app, size_t count, const char *why)
{
	if (count)
		app_note(app, "%zu device%s left out of the file: %s", count, count > 1 ? "s are" : " is", why);
}

void export_xml(FILE *out, const char *text)
{
	while (*text) {
		uint32_t character = clean_take(&text);

		if (character >= 0x80 || strchr("<>&\"'", (int)character))
			fprintf(out, "&#%" PRIu32 ";", character);
		else
			putc((int)character, out);
	}
}

bool export_is_rdma(const char *name)
{
	return strchr(name, '_');
}

void export_quoted(FILE *out, const char *text)
{
	putc('"', out);
	while (*text) {
		uint32_t character = clean_take(&text);

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

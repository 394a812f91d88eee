/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "print/say.h"
#include "print/words.h"

bool paragraph_start(struct paragraph *paragraph)
{
	paragraph->stream = p2p_text_open(&paragraph->text, &paragraph->size);
	return paragraph->stream;
}

void paragraph_end(const struct app *app, struct paragraph *paragraph, size_t column, size_t indent)
{
	if (!fclose(paragraph->stream))
		words_wrap(app->out, paragraph->text, column, indent, app->options.width);
	free(paragraph->text);
}

void paragraph_end_log(const struct app *app, struct paragraph *paragraph, size_t column,
		       size_t indent)
{
	if (app->options.sized) {
		paragraph_end(app, paragraph, column, indent);
		return;
	}
	if (!fclose(paragraph->stream))
		fprintf(app->out, "%s\n", paragraph->text);
	free(paragraph->text);
}

void say_list(const struct app *app, size_t column, size_t indent, const char *format, va_list args)
{
	struct paragraph paragraph;

	if (!paragraph_start(&paragraph))
		return;
	vfprintf(paragraph.stream, format, args);
	paragraph_end(app, &paragraph, column, indent);
}

void say_from(const struct app *app, size_t column, size_t indent, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_list(app, column, indent, format, args);
	va_end(args);
}

void say(const struct app *app, size_t indent, const char *format, ...)
{
	va_list args;

	fprintf(app->out, "%*s", (int)indent, "");
	va_start(args, format);
	say_list(app, indent, indent, format, args);
	va_end(args);
}

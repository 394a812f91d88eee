/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paragraphs formatted like printf(), and wrapped to the width of the screen. */
#ifndef P2PTOPO_SAY_H
#define P2PTOPO_SAY_H

#include <stdarg.h>

#include "app.h"

/** say() - a paragraph, indented by @indent. */
void say(const struct app *app, size_t indent, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** say_from() - a paragraph whose first line starts at @column; the others are indented by @indent. */
void say_from(const struct app *app, size_t column, size_t indent, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void say_list(const struct app *app, size_t column, size_t indent, const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));

/** struct paragraph - a paragraph that is printed to @stream piece by piece. */
struct paragraph {
	FILE *stream;
	char *text;
	size_t size;
};

/** paragraph_start() - start a paragraph.  Return: false when out of memory, and then there is nothing to end. */
bool paragraph_start(struct paragraph *paragraph);

/** paragraph_end() - print it, wrapped like say_from() does. */
void paragraph_end(const struct app *app, struct paragraph *paragraph, size_t column, size_t indent);

/** paragraph_end_log() - likewise on a screen; elsewhere on one line, so that it can be searched. */
void paragraph_end_log(const struct app *app, struct paragraph *paragraph, size_t column, size_t indent);

#endif

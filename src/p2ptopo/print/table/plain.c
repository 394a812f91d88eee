/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "print/table/plain.h"

bool plain_wanted(const struct app *app)
{
	return app->options.csv || app->options.markdown;
}

/* RFC 4180, section 2, 5 to 7. */
static void print_csv(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text; text++)
		fprintf(out, "%s%c", *text == '"' ? "\"" : "", *text);
	putc('"', out);
}

static void print_markdown(FILE *out, const char *text)
{
	for (; *text; text++)
		fprintf(out, "%s%c", strchr("|\\`*<", *text) ? "\\" : "", *text);
}

void plain_cell(const struct app *app, const char *text, bool first)
{
	if (app->options.csv) {
		fputs(first ? "" : ",", app->out);
		print_csv(app->out, text);
		return;
	}
	fputs(first ? "| " : " | ", app->out);
	print_markdown(app->out, text);
}

void plain_end(const struct app *app, size_t columns)
{
	fputs(app->options.csv ? "\n" : " |\n", app->out);
	if (app->options.csv || !columns)
		return;
	for (size_t i = 0; i < columns; i++)
		fputs("|---", app->out);
	fputs("|\n", app->out);
}

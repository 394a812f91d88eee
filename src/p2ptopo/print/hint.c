/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "machine/run_dir.h"
#include "print/hint.h"
#include "print/words.h"

/* How the library's sentences quote a command. */
static const char opening[] = "`p2ptopo ";

const char *hint_program(const struct app *app)
{
	return app->options.program ? app->options.program : "p2ptopo";
}

/* Other characters may have a meaning to a shell. */
static bool is_plain(const char *word)
{
	return *word && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-")] == '\0';
}

void hint_word(FILE *out, const char *word)
{
	if (is_plain(word)) {
		fputs(word, out);
		return;
	}
	putc('\'', out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", out);
		else
			putc((unsigned char)*word, out);
	}
	putc('\'', out);
}

static void print_option(FILE *out, const char *option, const char *value)
{
	fprintf(out, " %s ", option);
	hint_word(out, value);
}

/* Print the program, and the options that determine the machine and the rules. */
static void print_start(FILE *out, const struct app *app)
{
	const struct options *options = &app->options;

	hint_word(out, hint_program(app));
	for (size_t i = 0; i < options->source_count; i++)
		print_option(out, "--from", options->sources[i]);
	if (options->kernel && strcmp(options->kernel, "auto") != 0)
		print_option(out, "--kernel", options->kernel);
	if (options->no_snapshot)
		fputs(" --no-snapshot", out);
	if (options->run_dir && strcmp(options->run_dir, RUN_DIRECTORY) != 0)
		print_option(out, "--run-dir", options->run_dir);
}

static void print_function(FILE *out, const struct p2p_function *function)
{
	char bdf[P2P_BDF_SIZE];

	if (function)
		fprintf(out, " %s", is_plain(function->display) ? function->display :
			p2p_bdf_format(function->bdf, bdf));
}

void hint_command(FILE *out, const struct app *app, const char *command,
		  const struct p2p_function *one, const struct p2p_function *other)
{
	print_start(out, app);
	fprintf(out, " %s", command);
	print_function(out, one);
	print_function(out, other);
}

void hint_line(const struct app *app, const char *text, const char *command,
	       const struct p2p_function *one, const struct p2p_function *other)
{
	fputs(text, app->out);
	hint_command(app->out, app, command, one, other);
	putc('\n', app->out);
}

void hint_pair(const struct app *app, const char *text, const char *command)
{
	for (size_t i = 0; i < app->selected_count; i++) {
		for (size_t j = 0; j < app->selected_count; j++) {
			if (i == j || !app_shows(app, i, j))
				continue;
			fprintf(app->out, "%s", text);
			hint_line(app, ": ", command, app->selected[i], app->selected[j]);
			return;
		}
	}
}

/* Print the command at @at on a line of its own.  Return: what follows it in the sentence. */
static const char *print_quoted(const struct app *app, const char *at, size_t indent)
{
	const char *command = at + strlen(opening), *end = strchr(command, '`');
	size_t length = end ? (size_t)(end - command) : strlen(command);

	fprintf(app->out, "%*s", (int)indent, "");
	print_start(app->out, app);
	fprintf(app->out, " %.*s\n", (int)length, command);
	return end ? end + 1 : command + length;
}

void hint_wrap(const struct app *app, const char *text, size_t column, size_t indent)
{
	const char *at;

	while ((at = strstr(text, opening))) {
		char *before = strndup(text, (size_t)(at - text));

		if (!before)
			p2p_lost();
		else if (before[strspn(before, " ")])
			words_wrap(app->out, before, column, indent, app->options.width);
		else if (column)
			putc('\n', app->out);
		free(before);
		text = print_quoted(app, at, indent);
		text += strspn(text, ",; ");
		column = indent;
		if (*text)
			fprintf(app->out, "%*s", (int)indent, "");
	}
	if (*text)
		words_wrap(app->out, text, column, indent, app->options.width);
}

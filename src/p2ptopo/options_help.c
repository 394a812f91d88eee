/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --help, from the tables of commands and options. */
#include <string.h>

#include "options.h"
#include "print/output.h"
#include "print/words.h"

static void help_option(FILE *out, const struct option_row *row)
{
	char letter[3] = "", name[32] = "", argument[64] = "";

	if (row->letter)
		snprintf(letter, sizeof(letter), "-%c", row->letter);
	if (row->name)
		snprintf(name, sizeof(name), "%s--%s", row->letter ? ", " : "", row->name);
	if (row->argument)
		snprintf(argument, sizeof(argument), " %s", row->argument);
	fprintf(out, "  %2s%s%s\n", letter, name, argument);
	print_wrapped(out, 80, 8, row->help);
}

static void help_usage(FILE *out, const struct command *command)
{
	fprintf(out, "Usage: p2ptopo [OPTION...] %s%s%s\n\n", command ? command->name : "[COMMAND]",
		command && command->arguments ? " " : "",
		command && command->arguments ? command->arguments : "");
	print_wrapped(out, 80, 0, command ? command->summary :
		      "Which PCIe devices can do peer-to-peer DMA with which, and why not.");
}

/* The commands whose name starts with @first. */
static void help_commands(FILE *out, const char *first)
{
	for (const struct command *row = app_commands(); row->name; row++) {
		if (strncmp(row->name, first, strlen(first)) != 0)
			continue;
		fprintf(out, "  %s%s%s\n", row->name, row->arguments ? " " : "",
			row->arguments ? row->arguments : "");
		print_wrapped(out, 80, 8, row->summary);
	}
}

void options_help_family(FILE *out, const char *word)
{
	char first[32];

	snprintf(first, sizeof(first), "%s ", word);
	fprintf(out, "Usage: p2ptopo [OPTION...] %s...\n\nCommands:\n", first);
	help_commands(out, first);
	fprintf(out, "\nThe options of one: p2ptopo %sCOMMAND --help\n", first);
}

/* main() treats the word "help" like --help, so that it works with options of any command. */
enum status command_help(struct app *app)
{
	options_help(app->out, NULL);
	return STATUS_DONE;
}

void options_help(FILE *out, const struct command *command)
{
	const struct option_row *row;
	const struct column *column;

	help_usage(out, command);
	if (!command) {
		fputs("\nCommands (report when none is given):\n", out);
		help_commands(out, "");
	}
	fputs("\nOptions, before or after the command:\n", out);
	for (size_t i = 0; (row = options_row(i)); i++) {
		if (options_known(row, command))
			help_option(out, row);
	}
	if (command && command->columns) {
		fputs("\nColumns:\n", out);
		for (column = command->columns; column->name; column++) {
			fprintf(out, "  %-18s", column->name);
			words_wrap(out, column->help, 20, 20, 80);
		}
	}
	fputs("\nExit status: 0 done; 1 the answer is no; 2 usage; 3 no access; 4 bad input;\n"
	      "5 out of memory, disk full and the like; 10 and up: the first class of check\n"
	      "that fails.\n", out);
}

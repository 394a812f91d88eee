/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option table: one row feeds getopt_long(), the check of which command takes it, --help, the
 * completion of the shells, and the tests of the man pages.
 */
#ifndef P2PTOPO_OPTIONS_H
#define P2PTOPO_OPTIONS_H

#include "app.h"

/** enum option_kind - what an option does to struct options. */
enum option_kind { KIND_TEXT, KIND_FLAG, KIND_LIST, KIND_JSON, KIND_JSONL, KIND_SOURCE };

/**
 * struct option_row - one option.
 * @letter: 0 it has none; one that several rows share is an option with an argument in all of them;
 * @name: NULL it has no long form
 * @argument: what --help calls its argument; NULL it takes none
 * @takes: the commands that know it have this in their row; 0 see @command
 * @command: the commands that know it, as "matrix, topo and pairs"; NULL all do
 * @offset: where in struct options it goes
 * @value, @word: what its argument is; the words of VALUE_WORD and VALUE_WORDS
 */
struct option_row {
	char letter;
	const char *name, *argument;
	enum takes takes;
	const char *command;
	enum option_kind kind;
	size_t offset;
	enum value value;
	const char *(*word)(size_t index);
	const char *help;
};

/** options_row() - the rows in the order of --help; NULL after the last. */
const struct option_row *options_row(size_t index);

/** options_known() - does @command take the option?  NULL: one command does. */
bool options_known(const struct option_row *row, const struct command *command);

/**
 * options_parse() - read the command line.
 * @app: its options are filled with all that it says, and with what the screen is like
 * @ret_first: index of the first argument that is no option
 *
 * Options may stand before and after the command; @argv is permuted.
 *
 * Return: STATUS_DONE or STATUS_USAGE.
 */
enum status options_parse(int argc, char **argv, struct app *app, int *ret_first);

/** options_add_source() - one more source of the machine.  Return: false when there are too many. */
bool options_add_source(struct options *options, const char *path);

/**
 * options_fit() - are the options given meant for the command?  A letter that several options share is
 *	taken for the one that the command knows.
 */
enum status options_fit(struct app *app);

/** options_help() - describe the command line; @command NULL: all of it. */
void options_help(FILE *out, const struct command *command);

/** options_help_family() - the commands of two words whose first is @word. */
void options_help_family(FILE *out, const char *word);

#endif

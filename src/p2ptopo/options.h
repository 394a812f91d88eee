/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option table: a row feeds getopt_long(), the check of which command takes it, --help, shell completion,
 * and the tests of the man pages.
 */
#ifndef P2PTOPO_OPTIONS_H
#define P2PTOPO_OPTIONS_H

#include "app.h"

/** enum option_kind - what an option does to struct options. */
enum option_kind { KIND_TEXT, KIND_FLAG, KIND_LIST, KIND_JSON, KIND_JSONL, KIND_SOURCE };

/**
 * struct option_row - one option.
 * @letter: 0 if it has none; a letter shared by several rows takes an argument in all of them
 * @name: NULL if it has no long form
 * @argument: the name of its argument in --help; NULL if it takes none
 * @takes: commands that take it have this in their row; 0: see @command
 * @command: the commands that take it, as "matrix, topo and pairs"; NULL for all
 * @offset: its member of struct options
 * @value, @word: what its argument is; the words for VALUE_WORD and VALUE_WORDS
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

/** options_row() - one of the rows, in the order of --help; NULL after the last. */
const struct option_row *options_row(size_t index);

/** options_known() - does @command take the option?  NULL: does any command? */
bool options_known(const struct option_row *row, const struct command *command);

/**
 * options_parse() - read the command line.
 * @app: its options are filled in from the command line and the properties of the screen
 * @ret_first: index of the first argument that is not an option
 *
 * Options may precede or follow the command; @argv is permuted.
 *
 * Return: STATUS_DONE or STATUS_USAGE.
 */
enum status options_parse(int argc, char **argv, struct app *app, int *ret_first);

/** options_add_source() - add a source of the machine.  Return: false if there are too many. */
bool options_add_source(struct options *options, const char *path);

/**
 * options_fit() - check that the command takes the given options.  A letter shared by several options means
 *	the one that the command takes.
 */
enum status options_fit(struct app *app);

/** options_help() - describe the command line of @command; NULL: all of it. */
void options_help(FILE *out, const struct command *command);

/** options_help_family() - list the two-word commands whose first word is @word. */
void options_help_family(FILE *out, const char *word);

#endif

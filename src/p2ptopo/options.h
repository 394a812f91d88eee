/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The option table: one row feeds getopt_long(), --help, and the tests of man page and shell. */
#ifndef P2PTOPO_OPTIONS_H
#define P2PTOPO_OPTIONS_H

#include "app.h"

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

/**
 * options_fit() - are the options given meant for the command?
 */
enum status options_fit(const struct app *app);

/** options_help() - describe the command line; @command NULL: all of it. */
void options_help(FILE *out, const struct command *command);

/** options_help_family() - the commands of two words whose first is @word. */
void options_help_family(FILE *out, const char *word);

#endif

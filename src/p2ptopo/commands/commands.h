/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef P2PTOPO_COMMANDS_H
#define P2PTOPO_COMMANDS_H

#include "app.h"

/**
 * commands_find() - the row that @argv starts with, into @app.
 * @ret_words: how many of @argv name it
 * Return: STATUS_DONE or STATUS_USAGE.
 */
enum status commands_find(struct app *app, int argc, char **argv, int *ret_words);

/** commands_is_family() - is @word the first of several commands' two, as "policy" is? */
bool commands_is_family(const char *word);

#endif

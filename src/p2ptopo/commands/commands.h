/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef P2PTOPO_COMMANDS_H
#define P2PTOPO_COMMANDS_H

#include "app.h"

/**
 * commands_find() - find the command at the start of @argv, and put its row into @app.
 * @ret_words: number of words of @argv that name it
 * Return: STATUS_DONE or STATUS_USAGE.
 */
enum status commands_find(struct app *app, int argc, char **argv, int *ret_words);

/** commands_is_family() - whether @word is the first word of two-word commands, as "policy" is. */
bool commands_is_family(const char *word);

#endif

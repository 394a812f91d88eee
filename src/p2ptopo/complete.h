/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a word of the command line may become; the shells ask for it with --complete. */
#ifndef P2PTOPO_COMPLETE_H
#define P2PTOPO_COMPLETE_H

#include "app.h"

/**
 * complete() - print how the last of @words may go on; those before it stand as they are.
 *
 * The first line is "words", "files" or "folders", a tab, and how much of the last word stands
 * before what the shell is to complete with files or folders, as "--from=" does.  With "words"
 * each line after it is a whole word, a tab, and what it is.  After a word that ends in "=" or
 * "," no blank belongs.
 */
void complete(struct app *app, int count, char **words);

#endif

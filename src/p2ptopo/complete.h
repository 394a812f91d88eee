/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion of a word of the command line, which shells request with --complete. */
#ifndef P2PTOPO_COMPLETE_H
#define P2PTOPO_COMPLETE_H

#include "app.h"

/**
 * complete() - print how the last of @words may continue; those before it are fixed.
 *
 * The first line is "words", "files" or "folders", a tab, and the part of the last word that precedes what
 * the shell is to complete with files or folders, such as "--from=".  With "words" each following line is a
 * whole word, a tab, and its description.  No blank is to be added after a word that ends in "=" or ",".
 */
void complete(struct app *app, int count, char **words);

#endif

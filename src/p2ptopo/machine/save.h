/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are replaced whole or not at all. */
#ifndef P2PTOPO_SAVE_H
#define P2PTOPO_SAVE_H

#include "failure.h"

/**
 * save_text() - write @text to @path: beside it first, then in its place.
 */
enum status save_text(struct failure *failure, const char *path, const char *text);

#endif

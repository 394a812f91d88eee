/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are replaced whole or not at all. */
#ifndef P2PTOPO_SAVE_H
#define P2PTOPO_SAVE_H

#include "app.h"

/**
 * save_text() - write @text to @path: beside it first, then in its place.
 *	On failure one sentence has been printed to stderr.
 * Return: STATUS_DONE or STATUS_ACCESS.
 */
enum status save_text(const char *path, const char *text);

#endif

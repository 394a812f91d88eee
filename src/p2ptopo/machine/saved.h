/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What root's refresh saved, for the reports of other users. */
#ifndef P2PTOPO_SAVED_H
#define P2PTOPO_SAVED_H

#include "app.h"

/**
 * saved_use() - if the machine itself was read without privileges, take what is missing from root's snapshot,
 *	provided that it is of this boot and these functions; a note tells how old it is, or why it cannot be
 *	used and how to get the rest.
 */
void saved_use(struct app *app);

/** saved_path() - path of the snapshot in --run-dir; PATH_MAX bytes.  Return: false if too long. */
bool saved_path(const struct app *app, char *ret_path);

#endif

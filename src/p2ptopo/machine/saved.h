/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What root's refresh saved, for everybody else's reports. */
#ifndef P2PTOPO_SAVED_H
#define P2PTOPO_SAVED_H

#include "app.h"

/**
 * saved_use() - where the machine itself was read without privileges, take what is missing from
 *	root's snapshot, if that is of this boot and these functions; one line on stderr says how
 *	old it is, or why it cannot be used and how to get the rest.
 */
void saved_use(struct app *app);

/** saved_path() - of the snapshot in --run-dir; PATH_MAX bytes.  Return: false when too long. */
bool saved_path(const struct app *app, char *ret_path);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an address of a fault lies in, who went there, and what that means. */
#ifndef P2PTOPO_EXPLAIN_H
#define P2PTOPO_EXPLAIN_H

#include "app.h"
#include "commands/address/fault.h"

struct json_object;

/**
 * explain_text() - print the first @most of @faults.
 * Return: STATUS_DONE, or STATUS_NO where one of them lies in no BAR.
 */
enum status explain_text(const struct app *app, const struct faults *faults, size_t most);

/** explain_json() - the members of one of them.  Return: does it lie in a BAR? */
bool explain_json(struct json_object *object, const struct app *app, const struct faults *faults,
		  size_t index);

#endif

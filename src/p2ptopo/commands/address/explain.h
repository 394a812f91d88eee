/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What contains the address of a fault, which device accessed it, and what that means. */
#ifndef P2PTOPO_EXPLAIN_H
#define P2PTOPO_EXPLAIN_H

#include "app.h"
#include "commands/address/fault.h"

struct json_object;

/**
 * explain_text() - print the first @most of @faults.
 * Return: STATUS_DONE, or STATUS_NO if one of the addresses is in no BAR.
 */
enum status explain_text(const struct app *app, const struct faults *faults, size_t most);

/** explain_json() - add the members for one fault. Return: whether the address is in a BAR. */
bool explain_json(struct json_object *object, const struct app *app, const struct faults *faults,
		  size_t index);

#endif

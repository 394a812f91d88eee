/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences as text and JSON, for the commands that compare machines. */
#ifndef P2PTOPO_DIFF_H
#define P2PTOPO_DIFF_H

#include <json-c/json.h>

#include "app.h"

/**
 * diff_print() - print one line, indented by @indent blanks, for all functions in which the same fact changed
 *	in the same way.
 *
 * Return: the number of differences that the line covers.
 */
size_t diff_print(const struct app *app, const struct p2p_diff *diff, size_t index, size_t indent);

/** diff_json() - one difference as an object; owned by the caller. */
struct json_object *diff_json(const struct p2p_diff *diff, const struct p2p_difference *difference);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources: what each source gave, and what else would decide pairs. */
#ifndef P2PTOPO_SOURCES_H
#define P2PTOPO_SOURCES_H

#include "app.h"

/** What may be missing: a row of the table in missing.c each. */
#define MOST_MISSING 8

/**
 * struct missing - a fact that stops verdicts.
 * @what: the fact, in a sentence
 * @command: what prints it
 * @pairs: how many ordered pairs it stops
 */
struct missing {
	const char *what, *command;
	uint64_t pairs;
};

/**
 * struct shortfall - all that is missing.
 * @rows: @count of them, the fact that stops most pairs first
 * @pairs, @unknown: ordered pairs, and those without a verdict
 * @paste: the command that prints what stops most pairs; NULL there is none
 * @decides: how many that are
 */
struct shortfall {
	struct missing rows[MOST_MISSING];
	size_t count;
	uint64_t pairs, unknown, decides;
	const char *paste;
};

/** shortfall_find() - count what is missing over the selected pairs.  Return: 0 or -ENOMEM. */
int shortfall_find(const struct app *app, struct shortfall *ret_shortfall);

#endif

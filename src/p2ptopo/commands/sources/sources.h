/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources: what each source provided, and what else would decide pairs. */
#ifndef P2PTOPO_SOURCES_H
#define P2PTOPO_SOURCES_H

#include "app.h"

/** The number of facts that may be missing, each a row of the table in missing.c. */
#define MOST_MISSING 8

/**
 * struct missing - a fact whose absence prevents verdicts.
 * @what: the fact, in a sentence
 * @command: the command that prints it
 * @pairs: number of ordered pairs that lack it
 */
struct missing {
	const char *what, *command;
	uint64_t pairs;
};

/**
 * struct shortfall - all missing facts.
 * @rows: @count rows, sorted with the fact that most pairs lack first
 * @pairs, @unknown: number of ordered pairs, and of those without a verdict
 * @paste: the command that prints what most pairs lack; NULL if none
 * @decides: how many pairs that are
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

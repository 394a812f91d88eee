/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares two readings of one machine. */
#ifndef P2PTOPO_COMPARE_H
#define P2PTOPO_COMPARE_H

#include "machine/follow.h"

/**
 * compare_functions() - call @tell for every function of both, in the order of addresses.
 * @news: events between them; NULL if none
 * @tell: @old is NULL for one that was added, @now for one that was removed; both are set for one that
 *	stayed.  One that was replaced by another at its address is reported as removed and added.
 */
void compare_functions(const struct p2p_topology *old, const struct p2p_topology *now,
		       const struct follow_news *news,
		       void (*tell)(void *data, const struct p2p_function *old,
				    const struct p2p_function *now), void *data);

/**
 * struct compared - what may change while a device stays.
 * @event: event of watch; NULL if it has none because only the effect on pairs is reported
 * @key: for p2p_fact_differs()
 */
struct compared {
	const char *event, *key;
};

/** compare_rows - all rows; the last one has no key. */
extern const struct compared compare_rows[];

/** compare_any() - whether anything in compare_rows differs. */
bool compare_any(const struct p2p_function *old, const struct p2p_function *now);

#endif

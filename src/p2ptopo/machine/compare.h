/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two readings of one machine, side by side. */
#ifndef P2PTOPO_COMPARE_H
#define P2PTOPO_COMPARE_H

#include "machine/follow.h"

/**
 * compare_functions() - every function of both, in the order of their addresses.
 * @news: what was heard between them; NULL nothing
 * @tell: @old is NULL for one that came, @now for one that went; both are there for one that
 *	stayed.  One that was replaced by another at its address went and came.
 */
void compare_functions(const struct p2p_topology *old, const struct p2p_topology *now,
		       const struct follow_news *news,
		       void (*tell)(void *data, const struct p2p_function *old,
				    const struct p2p_function *now), void *data);

/**
 * struct compared - what may change while a device stays.
 * @event: of watch; NULL it has none, and tells what that does to pairs
 * @key: of p2p_fact_differs()
 */
struct compared {
	const char *event, *key;
};

/** compare_rows - all of them; the last one has no key. */
extern const struct compared compare_rows[];

/** compare_any() - is anything in compare_rows different? */
bool compare_any(const struct p2p_function *old, const struct p2p_function *now);

#endif

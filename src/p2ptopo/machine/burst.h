/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hardware changes come in bursts: pulling a drive causes a dozen events.  Before the machine is read after a
 * change, the burst must be over.
 */
#ifndef P2PTOPO_BURST_H
#define P2PTOPO_BURST_H

#include <stdint.h>

#define BURST_QUIET_MS	300	/* the burst is over after this long without a change */

/** struct burst - times of its first and last change, in ms; zeroed memory is no burst. */
struct burst {
	int64_t began, last;
};

/** burst_now() - milliseconds of a clock that cannot be set; never 0. */
int64_t burst_now(void);

/** burst_add() - a change happened at @now. */
void burst_add(struct burst *burst, int64_t now);

/**
 * burst_left() - milliseconds until it is over, or has lasted for @most; 0 if so.  Only for a burst that has
 *	started.
 */
int64_t burst_left(const struct burst *burst, int64_t most, int64_t now);

#endif

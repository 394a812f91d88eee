/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of hardware come in bursts: a drive that is pulled says so a dozen times.  Whoever reads
 * the machine after a change waits until the burst is over.
 */
#ifndef P2PTOPO_BURST_H
#define P2PTOPO_BURST_H

#include <stdint.h>

#define BURST_QUIET_MS	300	/* no change for so long: the burst is over */

/** struct burst - when its first and its last change came, in ms; zeroed memory is none. */
struct burst {
	int64_t began, last;
};

/** burst_now() - milliseconds of a clock that nobody sets; never 0. */
int64_t burst_now(void);

/** burst_add() - a change came at @now. */
void burst_add(struct burst *burst, int64_t now);

/**
 * burst_left() - milliseconds until it is over, or has gone on for @most; 0 it is.
 *	Only for a burst that began.
 */
int64_t burst_left(const struct burst *burst, int64_t most, int64_t now);

#endif

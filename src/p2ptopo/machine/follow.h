/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows the running machine: receives its events, waits until a burst of them is over, reads the machine
 * again, and discards a reading during which the machine changed.
 */
#ifndef P2PTOPO_FOLLOW_H
#define P2PTOPO_FOLLOW_H

#include "app.h"
#include "machine/burst.h"
#include "machine/monitor.h"

/**
 * struct follow_news - what the events since the last reading reported.
 * @moved: @moved_count functions that were removed or added meanwhile, unordered
 * @gate, @lost: there was an event of the gate; events were lost
 */
struct follow_news {
	struct follow_moved {
		struct p2p_bdf bdf;
		bool removed, added;
	} *moved;
	size_t moved_count;
	bool gate, lost;
};

/**
 * struct follower - zeroed memory follows nothing.
 * @waits: for root's snapshot to be renewed, which will be an event
 */
struct follower {
	struct monitor *monitor;
	struct burst burst;
	struct follow_news news;
	bool waits;
};

/**
 * enum follow_result - the result of a reading.
 * @FOLLOW_READ: it is good; report the news, then call follow_told()
 * @FOLLOW_AGAIN: no reading yet: follow_left() tells when to try again
 * @FOLLOW_FAILED: the failure of the app tells why; the next event is another chance
 */
enum follow_result { FOLLOW_READ, FOLLOW_AGAIN, FOLLOW_FAILED };

/** follow_start() - listen from now on; the first reading must follow this.  Return: 0 or -errno. */
int follow_start(struct follower *follower, const char *run_dir);

/** follow_end() - free everything; fine for one that follows nothing. */
void follow_end(struct follower *follower);

/** follow_fd() - for poll(2): readable when there are events; -1 if there will be none. */
int follow_fd(const struct follower *follower);

/** follow_hear() - take pending events.  Return: 0; -errno if no more can be received. */
int follow_hear(struct follower *follower);

/** follow_left() - milliseconds until the machine is to be read; -1 if there is no reason to. */
int64_t follow_left(const struct follower *follower);

/**
 * follow_read() - read the machine now.
 * @shown: the previous reading
 * @ret_next: made by app_like(), and filled in only with FOLLOW_READ
 */
enum follow_result follow_read(struct follower *follower, const struct app *shown,
			       struct app *ret_next);

/** follow_told() - forget the news, which have been reported. */
void follow_told(struct follower *follower);

#endif

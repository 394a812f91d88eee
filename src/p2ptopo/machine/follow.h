/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follow the running machine: hear its events, wait until a burst of them is over, read the
 * machine again, and do without a reading that the machine changed under.
 */
#ifndef P2PTOPO_FOLLOW_H
#define P2PTOPO_FOLLOW_H

#include "app.h"
#include "machine/burst.h"
#include "machine/monitor.h"

/**
 * struct follow_news - what the events since the last reading said.
 * @moved: functions that were removed or added meanwhile, @moved_count of them, in no order
 * @gate, @lost: the gate said something; events were lost
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
 * enum follow_result - what became of a reading.
 * @FOLLOW_READ: it is good; tell the news, then call follow_told()
 * @FOLLOW_AGAIN: no reading yet: follow_left() says when to try again
 * @FOLLOW_FAILED: the failure of the app says why; the next event is another chance
 */
enum follow_result { FOLLOW_READ, FOLLOW_AGAIN, FOLLOW_FAILED };

/** follow_start() - listen from now on; the first reading comes after it.  Return: 0 or -errno. */
int follow_start(struct follower *follower, const char *run_dir);

/** follow_end() - free all of it; fine for one that follows nothing. */
void follow_end(struct follower *follower);

/** follow_fd() - for poll(2): readable when there is something to hear; -1 nothing will be. */
int follow_fd(const struct follower *follower);

/** follow_hear() - take what waits there.  Return: 0; -errno nothing more can be heard. */
int follow_hear(struct follower *follower);

/** follow_left() - milliseconds until the machine is to be read; -1 there is no reason to. */
int64_t follow_left(const struct follower *follower);

/**
 * follow_read() - read the machine now.
 * @shown: the reading before
 * @ret_next: made by app_like(), and filled only when FOLLOW_READ
 */
enum follow_result follow_read(struct follower *follower, const struct app *shown,
			       struct app *ret_next);

/** follow_told() - the news are no news any more. */
void follow_told(struct follower *follower);

#endif

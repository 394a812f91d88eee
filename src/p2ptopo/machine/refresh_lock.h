/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The locks of a refresh.  One runs; at most one waits, and it reads the machine only once it runs, so that
 * any further one has nothing to add.  No request is lost.
 *
 * udev requests a refresh by touching a file in the run directory; see p2ptopo-refresh(8).
 */
#ifndef P2PTOPO_REFRESH_LOCK_H
#define P2PTOPO_REFRESH_LOCK_H

#include "app.h"

/** struct refresh_lock - the locks of a refresh, in @folder; release them with refresh_lock_end(). */
struct refresh_lock {
	const char *run_dir;
	int folder, waiting, running;
};

/**
 * refresh_lock_queue() - become the one that waits.
 * @block: wait as long as another one does; otherwise it suffices that there is one
 * @ret_lock: also filled in on failure, and to be ended
 * Return: 0; -EALREADY if another one waits; -EPERM if others can write to the folder; another negative
 *	errno.
 */
int refresh_lock_queue(const char *run_dir, bool block, struct refresh_lock *ret_lock);

/**
 * refresh_lock_ask() - request a refresh, like udev does after a change.
 * Return: 0 or a negative errno, as refresh_lock_queue().
 */
int refresh_lock_ask(const char *run_dir);

/**
 * refresh_lock_settle() - wait until there was no request for a while and udevd is idle, for a limited time.
 */
void refresh_lock_settle(const struct refresh_lock *lock);

/**
 * refresh_lock_start() - wait for the one that runs, and take its place.  Later requests are for the next
 *	one.
 * Return: 0 or a negative errno.
 */
int refresh_lock_start(struct refresh_lock *lock);

/** refresh_lock_end() - release the locks. */
void refresh_lock_end(struct refresh_lock *lock);

#endif

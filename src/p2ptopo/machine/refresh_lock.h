/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The locks of a refresh.  One runs; at most one waits, and reads the machine only when it
 * runs, so whoever comes while one waits has nothing to add.  Nothing that was asked is lost.
 *
 * udev asks by touching a file in the run directory; see p2ptopo-refresh(8).
 */
#ifndef P2PTOPO_REFRESH_LOCK_H
#define P2PTOPO_REFRESH_LOCK_H

#include "app.h"

/** struct refresh_lock - the locks of a refresh, in @folder; end it with refresh_lock_end(). */
struct refresh_lock {
	const char *run_dir;
	int folder, waiting, running;
};

/**
 * refresh_lock_queue() - be the one that waits.
 * @block: wait while another one does; without, it is enough that there is one
 * @ret_lock: filled also on failure, to end
 * Return: 0; -EALREADY another one waits; -EPERM the folder is not ours alone to write to; another
 *	negative errno.
 */
int refresh_lock_queue(const char *run_dir, bool block, struct refresh_lock *ret_lock);

/**
 * refresh_lock_ask() - as udev does: say that something changed.
 * Return: 0 or a negative errno, as of refresh_lock_queue().
 */
int refresh_lock_ask(const char *run_dir);

/**
 * refresh_lock_settle() - wait until nobody has asked for a while and udevd is idle; not for
 *	ever.
 */
void refresh_lock_settle(const struct refresh_lock *lock);

/**
 * refresh_lock_start() - wait for the one that runs, and be it.  What is asked from now on is
 *	for the next one.
 * Return: 0 or a negative errno.
 */
int refresh_lock_start(struct refresh_lock *lock);

/** refresh_lock_end() - let go. */
void refresh_lock_end(struct refresh_lock *lock);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose turn it is to refresh.  One runs; at most one waits, and reads the machine only when it
 * runs, so whoever comes while one waits has nothing to add.  Nothing that was asked is lost.
 *
 * udev asks by touching a file in the run directory; see p2ptopo-refresh(8).
 */
#ifndef P2PTOPO_TURN_H
#define P2PTOPO_TURN_H

#include "app.h"

/** struct turn - the locks of a refresh; end it with turn_end(). */
struct turn {
	const char *run_dir;
	int waiting, running;
};

/**
 * turn_queue() - be the one that waits.
 * @block: wait while another one does; without, it is enough that there is one
 * @ret_turn: filled also on failure, to end
 * Return: 0; -EALREADY another one waits; another negative errno.
 */
int turn_queue(const char *run_dir, bool block, struct turn *ret_turn);

/** turn_ask() - as udev does: say that something changed.  Return: 0 or a negative errno. */
int turn_ask(const char *run_dir);

/** turn_settle() - wait until nobody has asked for a while and udevd is idle; not for ever. */
void turn_settle(const struct turn *turn);

/**
 * turn_start() - wait for the one that runs, and be it.  What is asked from now on is for the
 *	next one.
 * Return: 0 or a negative errno.
 */
int turn_start(struct turn *turn);

/** turn_end() - let go. */
void turn_end(struct turn *turn);

#endif

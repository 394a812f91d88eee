/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way out of a crash: the terminal gets its modes and its screen back before the signal
 * does what it does.  The handler calls only what signal-safety(7) lists.
 */
#ifndef P2PTOPO_VIEW_RESCUE_H
#define P2PTOPO_VIEW_RESCUE_H

/** rescue_save() - remember the modes of the terminal on @fd, before anything changes them. */
void rescue_save(int fd);

/** rescue_capability() - what terminfo has the terminal do for @name; NULL nothing. */
const char *rescue_capability(const char *name);

/** rescue_arm() - from now on a crash restores them.  ncurses knows the terminal by now. */
void rescue_arm(void);

/** rescue_disarm() - the terminal is as it was. */
void rescue_disarm(void);

#endif

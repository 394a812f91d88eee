/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * After a crash the terminal gets its modes and its screen back before the signal takes effect. The handler
 * calls only functions that signal-safety(7) lists.
 */
#ifndef P2PTOPO_VIEW_RESCUE_H
#define P2PTOPO_VIEW_RESCUE_H

/** rescue_save() - remember the modes of the terminal on @fd, before anything changes them. */
void rescue_save(int fd);

/** rescue_capability() - the terminfo string of the capability @name; NULL if the terminal has none. */
const char *rescue_capability(const char *name);

/** rescue_arm() - restore the terminal on any later crash. Call it once ncurses knows the terminal. */
void rescue_arm(void);

/** rescue_disarm() - the terminal has been restored; stop watching for crashes. */
void rescue_disarm(void);

#endif

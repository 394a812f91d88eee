/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal, through ncurses.  However the viewer ends, by a signal or a crash too, the
 * terminal is as it was before.
 */
#ifndef P2PTOPO_VIEW_TERMINAL_H
#define P2PTOPO_VIEW_TERMINAL_H

#include "view/terminal/screen.h"

struct terminal;

/** What terminal_wait() returned for. */
#define TERMINAL_KEYS		0x01u	/* terminal_key() has some */
#define TERMINAL_OTHER		0x04u	/* the other descriptor is readable */
#define TERMINAL_STOP		0x08u	/* somebody sent SIGTSTP */
#define TERMINAL_CONTINUED	0x10u
#define TERMINAL_ENDED		0x20u	/* a signal to end, or the terminal is gone */

/**
 * terminal_open() - take over the terminal on stdin and stdout.
 * @colour: use colours where it has any
 */
enum status terminal_open(struct failure *failure, bool colour, struct terminal **ret_terminal);

/** terminal_close() - give it back; NULL is fine.  A signal that ended the viewer does so now. */
struct terminal *terminal_close(struct terminal *terminal);

/** terminal_size() - as the terminal says. */
void terminal_size(const struct terminal *terminal, unsigned int *ret_width,
		   unsigned int *ret_height);

/** terminal_show() - bring @screen on it; @again: draw all of it. */
void terminal_show(struct terminal *terminal, const struct screen *screen, bool again);

/** terminal_wait() - at most @milliseconds, -1 for ever; @other: also for this one, -1 none. */
unsigned int terminal_wait(struct terminal *terminal, int other, int milliseconds);

/** terminal_key() - the next key; VIEW_NONE when none waits. */
uint32_t terminal_key(struct terminal *terminal);

/** terminal_copy() - hand @text to the clipboard of a terminal that has one. */
void terminal_copy(const char *text);

/** terminal_suspend() - give the terminal back, stop, and take it over again. */
void terminal_suspend(struct terminal *terminal);

/** terminal_resume() - after a SIGCONT that followed no terminal_suspend(). */
void terminal_resume(struct terminal *terminal);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal, through ncurses. However the viewer ends, even by a signal or a crash, the terminal is
 * restored.
 */
#ifndef P2PTOPO_VIEW_TERMINAL_H
#define P2PTOPO_VIEW_TERMINAL_H

#include "view/terminal/screen.h"

struct terminal;

/** Why terminal_wait() returned. */
#define TERMINAL_KEYS		0x01u	/* terminal_key() has some */
#define TERMINAL_OTHER		0x04u	/* the other descriptor is readable */
#define TERMINAL_STOP		0x08u	/* SIGTSTP was received */
#define TERMINAL_CONTINUED	0x10u
#define TERMINAL_ENDED		0x20u	/* a terminating signal, or the terminal is gone */

/**
 * terminal_open() - take over the terminal on stdin and stdout.
 * @colour: use colours if the terminal has any
 */
enum status terminal_open(struct failure *failure, bool colour, struct terminal **ret_terminal);

/** terminal_close() - restore the terminal; NULL is fine. A signal that ended the viewer takes effect now. */
struct terminal *terminal_close(struct terminal *terminal);

/** terminal_size() - the size that the terminal reports. */
void terminal_size(const struct terminal *terminal, unsigned int *ret_width,
		   unsigned int *ret_height);

/** terminal_show() - show @screen. @again: redraw all of it. */
void terminal_show(struct terminal *terminal, const struct screen *screen, bool again);

/**
 * terminal_wait() - wait for at most @milliseconds, or -1 for ever. @other: another descriptor to wait for,
 *	or -1 for none.
 */
unsigned int terminal_wait(struct terminal *terminal, int other, int milliseconds);

/** terminal_key() - the next key; VIEW_NONE if none is pending. */
uint32_t terminal_key(struct terminal *terminal);

/** terminal_copy() - put @text into the clipboard, if the terminal has one. */
void terminal_copy(const char *text);

/** terminal_suspend() - restore the terminal, stop the process, and take the terminal over again afterwards. */
void terminal_suspend(struct terminal *terminal);

/** terminal_resume() - continue after a SIGCONT that no terminal_suspend() preceded. */
void terminal_resume(struct terminal *terminal);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keys ask for beyond the state: rows made anew, searches, trials, files. */
#ifndef P2PTOPO_VIEW_EFFECTS_H
#define P2PTOPO_VIEW_EFFECTS_H

#include "view/view.h"

/** view_start() - the first page of a machine that was read.  Return: 0 or a negative errno. */
int view_start(struct view *view, struct app *app);
void view_free(struct view *view);

/** view_resize() - another size of the screen.  Return: 0 or -ENOMEM. */
int view_resize(struct view *view, unsigned int width, unsigned int height);

/**
 * view_press() - a key, and what it asks for.  EFFECT_QUIT, EFFECT_REDRAW and EFFECT_SUSPEND are
 *	left in the state, for who has the terminal.
 * @now: milliseconds
 */
void view_press(struct view *view, uint32_t key, int64_t now);

/** view_read() - read the machine again; what fails is said on the screen. */
void view_read(struct view *view, int64_t now);

/** view_expire() - forget marks that are over.  Return: is there something to draw? */
bool view_expire(struct view *view, int64_t now);

/** view_find() - the cursor to the next match of the search, or say that there is none. */
void view_find(struct view *view);

/** view_copy() - the command that prints the page, into copied.  Return: 0 or -ENOMEM. */
int view_copy(struct view *view);


#endif

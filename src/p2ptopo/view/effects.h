/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The effects of keys beyond the state: rebuilding rows, searches, trials, files. */
#ifndef P2PTOPO_VIEW_EFFECTS_H
#define P2PTOPO_VIEW_EFFECTS_H

#include "view/view.h"

/** view_start() - show the first page of a machine that was read.  Return: 0 or a negative errno. */
int view_start(struct view *view, struct app *app);
void view_free(struct view *view);

/** view_resize() - set another size of the screen.  Return: 0 or -ENOMEM. */
int view_resize(struct view *view, unsigned int width, unsigned int height);

/**
 * view_press() - handle a key and its effect. EFFECT_QUIT, EFFECT_REDRAW and EFFECT_SUSPEND are left in the
 *	state for the owner of the terminal.
 * @now: milliseconds
 */
void view_press(struct view *view, uint32_t key, int64_t now);

/** view_read() - read the machine again; a failure is shown on the screen. */
void view_read(struct view *view, int64_t now);

/** view_expire() - forget marks that have expired. Return: whether the screen must be redrawn. */
bool view_expire(struct view *view, int64_t now);

/** view_find() - move the cursor to the next match of the search, or say that there is none. */
void view_find(struct view *view);

/** view_copy() - put the command that prints the page into @copied of @view.  Return: 0 or -ENOMEM. */
int view_copy(struct view *view);


#endif

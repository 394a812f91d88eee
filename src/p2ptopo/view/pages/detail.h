/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences around a page: what it shows, and what is under the cursor. */
#ifndef P2PTOPO_VIEW_DETAIL_H
#define P2PTOPO_VIEW_DETAIL_H

#include "view/view.h"

#define DETAIL_SIZE 1024

/** detail_text() - describe what is under the cursor in a sentence or two. */
void detail_text(const struct view *view, char text[DETAIL_SIZE]);

/** context_text() - say under which rules and in which order the page is shown, in @room columns. */
void context_text(const struct view *view, unsigned int room, char text[DETAIL_SIZE]);

/** machine_text() - say which machine it is, and what came and went, in @room columns if possible. */
void machine_text(const struct view *view, unsigned int room, char text[DETAIL_SIZE]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line typed at the bottom of the screen; pure, a part of the state machine. */
#ifndef P2PTOPO_VIEW_PROMPT_H
#define P2PTOPO_VIEW_PROMPT_H

#include "view/state.h"

/** prompt_open() - start to ask. */
void prompt_open(struct state *state, enum prompt prompt);

/** prompt_press() - a key while something is asked. */
void prompt_press(struct state *state, const struct viewport *viewport, uint32_t key);

/** prompt_label() - what stands before what is typed. */
const char *prompt_label(const struct state *state);

/** prompt_ask_overwrite() - saving found a file of that name: ask whether to replace it. */
void prompt_ask_overwrite(struct state *state, enum effect save);

#endif

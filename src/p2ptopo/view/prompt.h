/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line that is typed at the bottom of the screen; pure, part of the state machine. */
#ifndef P2PTOPO_VIEW_PROMPT_H
#define P2PTOPO_VIEW_PROMPT_H

#include "view/state.h"

/** prompt_open() - open a prompt. */
void prompt_open(struct state *state, enum prompt prompt);

/** prompt_press() - handle a key while a prompt is open. */
void prompt_press(struct state *state, const struct viewport *viewport, uint32_t key);

/** prompt_label() - the label in front of the input. */
const char *prompt_label(const struct state *state);

/** prompt_ask_overwrite() - ask whether to replace an existing file of the same name. */
void prompt_ask_overwrite(struct state *state, enum effect save);

#endif

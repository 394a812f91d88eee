/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/keys.h"
#include "view/prompt.h"

/* For each prompt: its label, the text that it offers, and the effect that saves. */
static const struct { const char *label, *offer; enum effect save; } asks[] = {
	[PROMPT_SEARCH] = { "/", "" },
	[PROMPT_SCREEN] = { "", "", EFFECT_SAVE_SCREEN },
	[PROMPT_FILTER] = { "show only: ", "" },
	[PROMPT_REPORT] = { "save the report to: ", "p2ptopo-report.txt", EFFECT_SAVE_REPORT },
	[PROMPT_PAGE] = { "save the command of this page to: ", "p2ptopo-page.sh", EFFECT_SAVE_PAGE },
	[PROMPT_COMMAND] = { ":", "" },
	[PROMPT_OVERWRITE] = { " exists; overwrite it? (y/n)", "" },
};

const char *prompt_label(const struct state *state)
{
	return asks[state->prompt].label;
}

static void set_input(struct state *state, const char *text)
{
	snprintf(state->input, sizeof(state->input), "%s", text);
	state->length = strlen(state->input);
}

void prompt_open(struct state *state, enum prompt prompt)
{
	state->prompt = prompt;
	set_input(state, prompt == PROMPT_FILTER ? state->filter : asks[prompt].offer);
}

void prompt_ask_overwrite(struct state *state, enum effect save)
{
	state->prompt = PROMPT_OVERWRITE;
	for (int each = 0; each <= PROMPT_OVERWRITE; each++)
		if (asks[each].save == save)
			state->overwrite = (enum prompt)each;
}

static void run_command(struct state *state, const struct viewport *viewport)
{
	const char *text = state->input;
	char *end;
	unsigned long line = strtoul(text, &end, 10);

	if (!strcmp(text, "q") || !strcmp(text, "q!") || !strcmp(text, "qa") || !strcmp(text, "x"))
		state->effect = EFFECT_QUIT;
	else if (!strncmp(text, "w ", 2) && text[2]) {
		memmove(state->input, text + 2, strlen(text + 2) + 1);
		state->effect = EFFECT_SAVE_SCREEN;
	} else if (!strncmp(text, "iommu=", 6) || !strncmp(text, "driver=", 7)) {
		state->effect = EFFECT_WHAT_IF;
	} else if (end != text && !*end) {
		state_go(state, viewport, line ? (size_t)line - 1 : 0);
	} else if (*text) {
		state_say(state, true, "there is no command '%.64s'; :q, :w FILE, :NUMBER, "
			  ":iommu=MODE, :driver=DEVICE,NAME", text);
	}
}

static void accept_input(struct state *state, const struct viewport *viewport)
{
	enum prompt prompt = state->prompt;

	state->prompt = PROMPT_NONE;
	switch (prompt) {
	case PROMPT_SEARCH:
		if (*state->input)
			memcpy(state->search, state->input, sizeof(state->search));
		state->backward = false;
		state->inclusive = *state->input;
		if (*state->search)
			state->effect = EFFECT_FIND;
		return;
	case PROMPT_REPORT:
	case PROMPT_PAGE:
		if (*state->input)
			state->effect = asks[prompt].save;
		return;
	case PROMPT_COMMAND:
		run_command(state, viewport);
		return;
	case PROMPT_FILTER:	/* the filter is in effect already */
	case PROMPT_SCREEN:
	case PROMPT_OVERWRITE:
	case PROMPT_NONE:
		return;
	}
}

/* Only y overwrites: it repeats the effect with @overwrite set. */
static void answer(struct state *state, uint32_t key)
{
	state->prompt = PROMPT_NONE;
	if (key == 'y' || key == 'Y') {
		state->effect = asks[state->overwrite].save;
		return;
	}
	state->overwrite = PROMPT_NONE;
	state_say(state, false, "not saved");
}

static void erase(struct state *state)
{
	while (state->length && (state->input[state->length - 1] & 0xc0) == 0x80)
		state->length--;
	if (state->length)
		state->length--;
	state->input[state->length] = '\0';
}

static void type(struct state *state, uint32_t key)
{
	char text[5];
	unsigned int length;

	if (key < ' ' || key >= VIEW_SPECIAL)
		return;
	length = key_encode(key, text);
	if (state->length + length >= sizeof(state->input))
		return;
	memcpy(state->input + state->length, text, length + 1);
	state->length += length;
}

static void edit(struct state *state, uint32_t key)
{
	if (key == VIEW_BACKSPACE)
		erase(state);
	else if (key == VIEW_CONTROL('u'))
		set_input(state, "");
	else
		type(state, key);
}

/* A search runs while it is typed, from the cursor on; a filter takes effect while it is typed. */
static void try_typed(struct state *state)
{
	if (state->prompt == PROMPT_FILTER) {
		memcpy(state->filter, state->input, sizeof(state->filter));
		state->effect = EFFECT_REBUILD;
	}
	if (state->prompt != PROMPT_SEARCH || !*state->input)
		return;
	memcpy(state->search, state->input, sizeof(state->search));
	state->backward = false;
	state->typing = state->inclusive = true;
	state->effect = EFFECT_FIND;
}

void prompt_press(struct state *state, const struct viewport *viewport, uint32_t key)
{
	if (state->prompt == PROMPT_OVERWRITE) {
		answer(state, key);
		return;
	}
	if (key == VIEW_ENTER) {
		accept_input(state, viewport);
	} else if (key == VIEW_ESCAPE || key == VIEW_CONTROL('c') || key == VIEW_CONTROL('g') ||
		   (key == VIEW_BACKSPACE && !state->length)) {
		if (state->prompt == PROMPT_FILTER) {
			set_input(state, "");
			try_typed(state);
		}
		state->prompt = PROMPT_NONE;
	} else {
		edit(state, key);
		try_typed(state);
	}
}

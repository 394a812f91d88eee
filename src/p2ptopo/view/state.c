/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "view/keys.h"
#include "view/prompt.h"
#include "view/state.h"

void state_say(struct state *state, bool urgent, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(state->message, sizeof(state->message), format, args);
	va_end(args);
	state->urgent = urgent;
}

bool page_is_text(enum page page)
{
	return page != PAGE_TREE && page != PAGE_MATRIX && page != PAGE_PEERS;
}

void state_start(struct state *state)
{
	*state = (struct state){ .sorted = ON(PAGE_PEERS) };
}

static struct place *here(struct state *state)
{
	return &state->place[state->page];
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The new first line or column, scrolled just enough to have @at among the @room that are shown. */
static size_t fit_first(size_t first, size_t at, size_t count, size_t room)
{
	if (!room || at < first)
		return at;
	if (at >= first + room)
		first = at - room + 1;
	if (first + room > count)
		first = count > room ? count - room : 0;
	return first;
}

/* The first line shown when the page is scrolled to its end. */
static size_t last_top(const struct viewport *viewport)
{
	size_t high = viewport->high ? viewport->high : 1;

	return viewport->rows > high ? viewport->rows - high : 0;
}

void state_fit(struct state *state, const struct viewport *viewport)
{
	struct place *place = here(state);

	if (page_is_text(state->page)) {
		size_t last = last_top(viewport);

		place->row = place->top = least(place->row, last);
		last = viewport->columns > viewport->wide ? viewport->columns - viewport->wide : 0;
		place->column = place->left = least(place->column, last);
		return;
	}
	place->row = least(place->row, viewport->rows ? viewport->rows - 1 : 0);
	place->column = least(place->column, viewport->columns ? viewport->columns - 1 : 0);
	place->top = fit_first(place->top, place->row, viewport->rows, viewport->high);
	place->left = fit_first(place->left, place->column, viewport->columns, viewport->wide);
}

void state_go(struct state *state, const struct viewport *viewport, size_t row)
{
	here(state)->row = row;
	state_fit(state, viewport);
}

/* Moves the cursor down by @lines, or up if negative; it stops at both ends. */
static void move(struct state *state, const struct viewport *viewport, long lines)
{
	size_t row = here(state)->row;

	if (lines < 0)
		row -= least(row, (size_t)-lines);
	else
		row += (size_t)lines;
	state_go(state, viewport, row);
}

static void move_across(struct state *state, const struct viewport *viewport, long columns)
{
	struct place *place = here(state);

	if (page_is_text(state->page))
		columns *= 8;
	if (columns < 0)
		place->column -= least(place->column, (size_t)-columns);
	else
		place->column += (size_t)columns;
	state_fit(state, viewport);
}

/* Scrolls down, or up if @lines is negative. The cursor stays on its line unless that would leave the screen. */
static void scroll(struct state *state, const struct viewport *viewport, long lines)
{
	struct place *place = here(state);
	size_t last = last_top(viewport);

	if (page_is_text(state->page)) {
		move(state, viewport, lines);
		return;
	}
	place->top = lines < 0 ? place->top - least(place->top, 1) : least(place->top + 1, last);
	if (place->row < place->top)
		place->row = place->top;
	if (viewport->high && place->row >= place->top + viewport->high)
		place->row = place->top + viewport->high - 1;
	state_fit(state, viewport);
}

static void act_wheel(struct state *state, const struct viewport *viewport, enum action action)
{
	for (int i = 0; i < 3; i++)
		scroll(state, viewport, action == ACTION_WHEEL_UP ? -1 : 1);
}

static void act_move(struct state *state, const struct viewport *viewport, enum action action)
{
	struct place *place = here(state);
	long page = viewport->high > 1 ? (long)viewport->high - 1 : 1, half = (page + 1) / 2;

	switch (action) {
	case ACTION_UP: move(state, viewport, -1); return;
	case ACTION_DOWN: move(state, viewport, 1); return;
	case ACTION_LEFT: move_across(state, viewport, -1); return;
	case ACTION_RIGHT: move_across(state, viewport, 1); return;
	case ACTION_PAGE_UP: move(state, viewport, -page); return;
	case ACTION_PAGE_DOWN: move(state, viewport, page); return;
	case ACTION_HALF_UP: move(state, viewport, -half); return;
	case ACTION_HALF_DOWN: move(state, viewport, half); return;
	case ACTION_SCROLL_UP: scroll(state, viewport, -1); return;
	case ACTION_SCROLL_DOWN: scroll(state, viewport, 1); return;
	case ACTION_FIRST: state_go(state, viewport, 0); return;
	case ACTION_LAST: state_go(state, viewport, viewport->rows); return;
	case ACTION_LEFTMOST: place->column = 0; state_fit(state, viewport); return;
	case ACTION_RIGHTMOST: place->column = viewport->columns; state_fit(state, viewport); return;
	case ACTION_SCREEN_TOP: state_go(state, viewport, place->top); return;
	case ACTION_SCREEN_MIDDLE:
		state_go(state, viewport, place->top +
			 least(viewport->high, viewport->rows - place->top) / 2);
		return;
	case ACTION_SCREEN_BOTTOM:
		state_go(state, viewport, place->top + (viewport->high ? viewport->high - 1 : 0));
		return;
	default: return;
	}
}

/* Selects the pair and the device under the cursor. */
static void take(struct state *state, const struct viewport *viewport)
{
	if (state->page <= PAGE_PEERS && viewport->row.there)
		state->device = viewport->row;
	if (state->page == PAGE_MATRIX && viewport->row.there && viewport->column.there) {
		state->provider = viewport->row;
		state->client = viewport->column;
	}
	if (state->page == PAGE_PEERS && viewport->row.there)
		state->client = viewport->row;
	if (state->page == PAGE_TREE && viewport->row.there && viewport->end) {
		if (!state->provider.there)
			state->provider = viewport->row;
		else if (p2p_bdf_compare(state->provider.bdf, viewport->row.bdf))
			state->client = viewport->row;
	}
}

static void turn_to(struct state *state, enum page page)
{
	if (page == state->page)
		return;
	state->page = page;
	if (page_is_text(page))
		state->place[page] = (struct place){ 0 };
	state->effect = EFFECT_REBUILD;
}

/* Opens another page, from which q returns here. */
static void open_page(struct state *state, enum page page)
{
	if (page == state->page)
		return;
	if (state->depth == BACK_MOST) {
		memmove(state->back, state->back + 1, sizeof(state->back) - sizeof(state->back[0]));
		state->depth--;
	}
	state->back[state->depth++] = state->page;
	turn_to(state, page);
}

static void act_back(struct state *state, const struct viewport *viewport, enum action action)
{
	(void)viewport;
	if (state->depth)
		turn_to(state, state->back[--state->depth]);
	else if (action == ACTION_BACK)
		state->effect = EFFECT_QUIT;
}

static void act_page(struct state *state, const struct viewport *viewport, enum action action)
{
	enum page page = (enum page)(action - ACTION_TREE);

	if (page >= PAGE_PAIR && page <= PAGE_DEVICE)
		take(state, viewport);
	if (page == PAGE_PEERS && state->page == PAGE_TREE && !state->provider.there)
		take(state, viewport);
	if (page == PAGE_HELP) {
		open_page(state, page);
		return;
	}
	state->depth = 0;
	turn_to(state, page);
}

static void act_next_page(struct state *state, const struct viewport *viewport, enum action action)
{
	unsigned int step = action == ACTION_NEXT_PAGE ? 1 : PAGE_HELP - 1;
	enum page page = state->page == PAGE_HELP ? PAGE_TREE :
			 (enum page)((state->page + step) % PAGE_HELP);

	act_page(state, viewport, (enum action)(ACTION_TREE + page));
}

static void act_open(struct state *state, const struct viewport *viewport, enum action action)
{
	(void)action;
	if (!viewport->row.there)
		return;
	take(state, viewport);
	open_page(state, state->page == PAGE_TREE ? PAGE_DEVICE : PAGE_PAIR);
}

static void act_quit(struct state *state, const struct viewport *viewport, enum action action)
{
	(void)viewport;
	(void)action;
	state->effect = EFFECT_QUIT;
}

static void act_fold(struct state *state, const struct viewport *viewport, enum action action)
{
	bool hide = action == ACTION_FOLD ||
		    (action == ACTION_FOLD_SWITCH && !viewport->folded);

	if (action == ACTION_FOLD_SWITCH && !viewport->foldable)
		return;
	if (hide && (!viewport->foldable || viewport->folded))
		state_go(state, viewport, viewport->parent);
	else if (!hide && viewport->foldable && !viewport->folded)
		move(state, viewport, 1);
	else if (viewport->foldable)
		state->effect = hide ? EFFECT_FOLD : EFFECT_UNFOLD;
}

static void act_select(struct state *state, const struct viewport *viewport, enum action action)
{
	bool text = page_is_text(state->page), provider = action == ACTION_PROVIDER;
	struct address chosen = text ? state->device : viewport->row;

	if (state->page == PAGE_MATRIX && !provider)
		chosen = viewport->column;
	if (!chosen.there)
		return;
	if (!text && state->page == PAGE_TREE && !viewport->end) {
		state_say(state, true, "a bridge cannot be the provider or client of a pair");
		return;
	}
	if (provider)
		state->provider = chosen;
	else
		state->client = chosen;
	state->effect = EFFECT_REBUILD;
}

static void act_swap(struct state *state, const struct viewport *viewport, enum action action)
{
	struct address provider;

	(void)action;
	if (state->page == PAGE_MATRIX || state->page == PAGE_PEERS)
		take(state, viewport);
	if (!state->provider.there || !state->client.there) {
		state_say(state, true, "no pair is selected: p selects a provider, e a client");
		return;
	}
	provider = state->provider;
	state->provider = state->client;
	state->client = provider;
	state->effect = EFFECT_REBUILD;
}

static void act_switch(struct state *state, const struct viewport *viewport, enum action action)
{
	switch (action) {
	case ACTION_WRITES: state->writes = !state->writes; break;
	case ACTION_LENS: state->lens = (enum lens)((state->lens + 1) % LENSES); break;
	case ACTION_RULES_NEXT: state->rules = (state->rules + 1) % viewport->rules; break;
	case ACTION_RULES_PREVIOUS:
		state->rules = (state->rules + viewport->rules - 1) % viewport->rules;
		break;
	case ACTION_RULES_AUTO: state->rules = 0; break;
	case ACTION_SORT:
		if (state->page == PAGE_MATRIX)
			state->order = viewport->row;
		state->sorted ^= ON(state->page);
		*here(state) = (struct place){ 0 };
		state->effect = EFFECT_SORT;
		return;
	case ACTION_ALL: state->all = !state->all; break;
	case ACTION_ZOOM: state->narrow = !state->narrow; break;
	default: break;
	}
	state->effect = EFFECT_REBUILD;
}

/* The next choice: all classes, then each class that is present, then all again. */
static unsigned int next_class(unsigned int classes, unsigned int present)
{
	unsigned int bit = classes ? (classes & -classes) << 1 : 1;

	for (; bit && bit < 1u << P2P_CLASSES; bit <<= 1)
		if (present & bit)
			return bit;
	return 0;
}

static void act_class(struct state *state, const struct viewport *viewport, enum action action)
{
	unsigned int *classes = action == ACTION_CLASS ? &state->clients : &state->providers;

	*classes = next_class(*classes, viewport->present);
	state->effect = EFFECT_REBUILD;
}

static void act_find(struct state *state, const struct viewport *viewport, enum action action)
{
	(void)viewport;
	if (!*state->search) {
		prompt_open(state, PROMPT_SEARCH);
		return;
	}
	state->backward = action == ACTION_SEARCH_PREVIOUS;
	state->effect = EFFECT_FIND;
}

static void act_toggle(struct state *state, const struct viewport *viewport, enum action action)
{
	(void)action;
	if (state->page == PAGE_TREE)
		state->device = viewport->row;
	if (state->page == PAGE_MATRIX || state->page == PAGE_PEERS)
		take(state, viewport);
	if (state->page == PAGE_TREE || state->page == PAGE_DEVICE)
		state->effect = EFFECT_TOGGLE;
	else if (state->provider.there && state->client.there)
		state->effect = EFFECT_TOGGLE_PAIR;
	else
		state_say(state, true, "no pair is selected: p selects a provider, e a client");
}

static void act_prompt(struct state *state, const struct viewport *viewport, enum action action)
{
	static const enum prompt prompts[ACTIONS] = {
		[ACTION_SEARCH] = PROMPT_SEARCH, [ACTION_FILTER] = PROMPT_FILTER,
		[ACTION_SAVE_PAGE] = PROMPT_PAGE, [ACTION_SAVE_REPORT] = PROMPT_REPORT,
		[ACTION_COMMAND] = PROMPT_COMMAND,
	};

	(void)viewport;
	prompt_open(state, prompts[action]);
}

static void act_effect(struct state *state, const struct viewport *viewport, enum action action)
{
	static const enum effect effects[ACTIONS] = {
		[ACTION_FOLD_ALL] = EFFECT_FOLD_ALL, [ACTION_UNDO] = EFFECT_UNDO,
		[ACTION_READ] = EFFECT_READ, [ACTION_REDRAW] = EFFECT_REDRAW,
		[ACTION_SUSPEND] = EFFECT_SUSPEND, [ACTION_COPY] = EFFECT_COPY,
	};

	(void)viewport;
	state->effect = effects[action];
}

typedef void act_fn(struct state *state, const struct viewport *viewport, enum action action);

static act_fn *const acts[ACTIONS] = {
	[ACTION_UP ... ACTION_SCREEN_BOTTOM] = act_move,
	[ACTION_TREE ... ACTION_HELP] = act_page,
	[ACTION_NEXT_PAGE ... ACTION_PREVIOUS_PAGE] = act_next_page,
	[ACTION_OPEN] = act_open,
	[ACTION_BACK ... ACTION_CANCEL] = act_back,
	[ACTION_QUIT] = act_quit,
	[ACTION_FOLD ... ACTION_FOLD_SWITCH] = act_fold,
	[ACTION_FOLD_ALL] = act_effect,
	[ACTION_ALL] = act_switch,
	[ACTION_PROVIDER ... ACTION_CLIENT] = act_select,
	[ACTION_SWAP] = act_swap,
	[ACTION_WRITES ... ACTION_ZOOM] = act_switch,
	[ACTION_CLASS ... ACTION_CLASS_PROVIDERS] = act_class,
	[ACTION_FILTER ... ACTION_SEARCH] = act_prompt,
	[ACTION_SEARCH_NEXT ... ACTION_SEARCH_PREVIOUS] = act_find,
	[ACTION_TOGGLE] = act_toggle,
	[ACTION_UNDO] = act_effect,
	[ACTION_SAVE_PAGE ... ACTION_SAVE_REPORT] = act_prompt,
	[ACTION_READ ... ACTION_REDRAW] = act_effect,
	[ACTION_COMMAND] = act_prompt,
	[ACTION_SUSPEND ... ACTION_COPY] = act_effect,
	[ACTION_WHEEL_UP ... ACTION_WHEEL_DOWN] = act_wheel,
};

static void act(struct state *state, const struct viewport *viewport, enum action action)
{
	if (acts[action])
		acts[action](state, viewport, action);
}

void state_press(struct state *state, const struct viewport *viewport, uint32_t key)
{
	state->effect = EFFECT_NONE;
	state->message[0] = '\0';
	state->urgent = state->typing = state->inclusive = false;
	if (state->prompt)
		prompt_press(state, viewport, key);
	else
		act(state, viewport, binding_find(state->page, key));
}

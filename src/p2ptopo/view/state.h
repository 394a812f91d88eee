/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of the viewer, and how keys change it. Pure: nothing here reads, draws or waits. Everything else
 * is left in @effect, for effects.c to carry out.
 */
#ifndef P2PTOPO_VIEW_STATE_H
#define P2PTOPO_VIEW_STATE_H

#include <p2ppolicy/all.h>

#include "view/bindings.h"

#define INPUT_SIZE 256

/** enum lens - which aspect of a pair is shown. */
enum lens { LENS_KERNEL, LENS_FABRIC, LENS_SPEED, LENS_DRIVERS, LENSES };

/** enum prompt - what the last line asks for. */
enum prompt { PROMPT_NONE, PROMPT_SEARCH, PROMPT_FILTER, PROMPT_SCREEN, PROMPT_REPORT,
	      PROMPT_PAGE, PROMPT_COMMAND, PROMPT_OVERWRITE };

/** enum effect - what must be done after a key; @input of the state is its argument. */
enum effect {
	EFFECT_NONE,
	EFFECT_QUIT,
	EFFECT_REBUILD,		/* the rows change: filter, order, rules, provider */
	EFFECT_SORT,		/* as EFFECT_REBUILD, and the cursor goes to the first row */
	EFFECT_FIND,		/* the next match of @search, or the previous one if @backward */
	EFFECT_FOLD, EFFECT_UNFOLD, EFFECT_FOLD_ALL,
	EFFECT_TOGGLE,		/* redirects of @device, or between provider and client */
	EFFECT_TOGGLE_PAIR,
	EFFECT_UNDO,
	EFFECT_WHAT_IF,		/* @input is a change in the syntax of the command what-if */
	EFFECT_SAVE_SCREEN, EFFECT_SAVE_REPORT,
	EFFECT_SAVE_PAGE,	/* the command that prints the page, as a script */
	EFFECT_READ,
	EFFECT_REDRAW,
	EFFECT_SUSPEND,
	EFFECT_COPY,		/* the command that prints the page */
};

/** struct address - the address of a function, if there is one. */
struct address {
	bool there;
	struct p2p_bdf bdf;
};

/** struct place - the position in a page: cursor, and first row and column on the screen. */
struct place {
	size_t row, column, top, left;
};

/**
 * struct viewport - what a key may depend on besides the state: the page as it is shown now.
 * @rows, @columns: their numbers; @high, @wide: how many fit on the screen
 * @row, @column: the function under the cursor, and the client of a cell of the matrix
 * @end: whether @row can be an end of a pair
 * @parent: row of the bridge above; the row itself if there is none
 * @foldable: whether the row has anything below it; @folded: whether that is hidden
 * @present: bit n is set if there are devices of enum p2p_class n
 * @rules: number of rule sets, "auto" included
 */
struct viewport {
	size_t rows, columns, high, wide;
	struct address row, column;
	bool end;
	size_t parent;
	bool foldable, folded;
	unsigned int present;
	unsigned int rules;
};

#define BACK_MOST 8

/**
 * struct state - everything that keys change.
 * @back: the pages that q returns to, @depth of them
 * @writes: whether the client writes to the provider's memory, or else reads
 * @rules: 0 for "auto", else the index for p2p_rules_at() plus one
 * @clients, @providers: bits of the classes shown; 0 for all
 * @sorted: bits of the pages sorted by score; the matrix is sorted by the score with @order
 * @all: functions that take no part are shown in the tree, too
 * @filter: words of which each device shown must match one; empty for no filter
 * @typing: the search is still being typed: nothing is unfolded for it, and finding nothing is not a failure
 * @inclusive: the line under the cursor may match, too
 * @search: what n searches for
 * @prompt, @input, @length: the line that is being typed
 * @overwrite: the prompt whose file PROMPT_OVERWRITE asks about
 * @message: shown until the next key; @urgent: whether it is a failure
 */
struct state {
	enum page page, back[BACK_MOST];
	unsigned int depth;
	struct place place[PAGES];
	struct address provider, client, device, order;
	enum lens lens;
	bool writes, narrow, all, backward, typing, inclusive;
	unsigned int rules, clients, providers, sorted;
	char search[INPUT_SIZE], filter[INPUT_SIZE];
	enum prompt prompt, overwrite;
	char input[INPUT_SIZE];
	size_t length;
	char message[INPUT_SIZE];
	bool urgent;
	enum effect effect;
};

/** state_start() - start with the first page. */
void state_start(struct state *state);

/** state_press() - change the state as @key demands. */
void state_press(struct state *state, const struct viewport *viewport, uint32_t key);

/** state_fit() - limit cursor and scroll position to what there is, after that has changed. */
void state_fit(struct state *state, const struct viewport *viewport);

/** state_go() - move the cursor to @row. */
void state_go(struct state *state, const struct viewport *viewport, size_t row);

/** state_say() - show one sentence until the next key. */
void state_say(struct state *state, bool urgent, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** page_is_text() - whether the page is lines of text without a cursor. */
bool page_is_text(enum page page);

#endif

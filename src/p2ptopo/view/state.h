/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of the viewer, and how a key changes it.  Pure: nothing here reads, draws or waits.
 * What only others can do is left in @effect, for view.c to do.
 */
#ifndef P2PTOPO_VIEW_STATE_H
#define P2PTOPO_VIEW_STATE_H

#include <p2ppolicy/all.h>

#include "view/bindings.h"

#define INPUT_SIZE 256

/** enum lens - what of a pair is shown. */
enum lens { LENS_KERNEL, LENS_FABRIC, LENS_SPEED, LENS_DRIVERS, LENSES };

/** enum prompt - what is asked on the last line. */
enum prompt { PROMPT_NONE, PROMPT_SEARCH, PROMPT_FILTER, PROMPT_SCREEN, PROMPT_REPORT,
	      PROMPT_PAGE, PROMPT_COMMAND, PROMPT_OVERWRITE };

/** enum effect - what is to be done after a key; @input of the state is its argument. */
enum effect {
	EFFECT_NONE,
	EFFECT_QUIT,
	EFFECT_REBUILD,		/* rows are others now: filter, order, rules, provider */
	EFFECT_SORT,		/* as EFFECT_REBUILD, and the cursor goes to the first */
	EFFECT_FIND,		/* the next match of @search, @backward the one before */
	EFFECT_FOLD, EFFECT_UNFOLD, EFFECT_FOLD_ALL,
	EFFECT_TOGGLE,		/* redirects of @device, or between provider and client */
	EFFECT_TOGGLE_PAIR,
	EFFECT_UNDO,
	EFFECT_WHAT_IF,		/* @input is a change as the command what-if takes it */
	EFFECT_SAVE_SCREEN, EFFECT_SAVE_REPORT,
	EFFECT_SAVE_PAGE,	/* the command that prints the page, as a script */
	EFFECT_READ,
	EFFECT_REDRAW,
	EFFECT_SUSPEND,
	EFFECT_COPY,		/* the command that prints the page */
};

/**
 * struct address - a function that may be none.
 */
struct address {
	bool there;
	struct p2p_bdf bdf;
};

/** struct place - where a page stands: cursor, and first row and column on the screen. */
struct place {
	size_t row, column, top, left;
};

/**
 * struct viewport - what a key may depend on beside the state: the page as it is shown now.
 * @rows, @columns: how many there are; @high, @wide: how many fit the screen
 * @row, @column: the function under the cursor; the client of a cell of the matrix
 * @end: can @row be an end of a pair?
 * @parent: row of the bridge above; the row itself when there is none
 * @foldable: has it something below?  @folded: is that hidden?
 * @present: bit n: there are devices of enum p2p_class n
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
 * struct state - all that keys change.
 * @back: the pages that q returns to, @depth of them
 * @writes: the client writes to the provider's memory; else it reads
 * @rules: 0 "auto", else one more than the index for p2p_rules_at()
 * @clients, @providers: classes shown, a bit each; 0 all
 * @sorted: the pages sorted by score, a bit each; the matrix by that from @order
 * @all: functions that take no part have lines in the tree, too
 * @filter: the words of which a device shown must match one; empty: none
 * @typing: the search is still being typed: nothing is unfolded for it, and no match is no failure
 * @inclusive: the line under the cursor may match
 * @search: what n looks for; @found: where the last match was, among all that can match
 * @prompt, @input, @length: the line that is being typed
 * @overwrite: what PROMPT_OVERWRITE is about
 * @message: shown until the next key; @urgent: it is a failure
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

/** state_start() - the first page. */
void state_start(struct state *state);

/** state_press() - the state after @key. */
void state_press(struct state *state, const struct viewport *viewport, uint32_t key);

/** state_fit() - cursor and scroll position within what there is, after that changed. */
void state_fit(struct state *state, const struct viewport *viewport);

/** state_go() - the cursor to @row. */
void state_go(struct state *state, const struct viewport *viewport, size_t row);

/** state_say() - show one sentence until the next key. */
void state_say(struct state *state, bool urgent, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** page_is_text() - is it lines of text, without a cursor? */
bool page_is_text(enum page page);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key bindings: one table for the keyboard, the help page and the test of the manual. */
#ifndef P2PTOPO_VIEW_BINDINGS_H
#define P2PTOPO_VIEW_BINDINGS_H

#include <stdint.h>

/** enum page - what the screen shows, in the order of the page numbers. */
enum page { PAGE_TREE, PAGE_MATRIX, PAGE_PEERS, PAGE_PAIR, PAGE_DEVICE, PAGE_WHAT_IF, PAGE_REPORT,
	    PAGE_HELP, PAGES };

/** enum action - what a key does. */
enum action {
	ACTION_NONE,
	ACTION_UP, ACTION_DOWN, ACTION_LEFT, ACTION_RIGHT, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
	ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_SCROLL_UP, ACTION_SCROLL_DOWN, ACTION_FIRST,
	ACTION_LAST, ACTION_LEFTMOST, ACTION_RIGHTMOST, ACTION_SCREEN_TOP, ACTION_SCREEN_MIDDLE,
	ACTION_SCREEN_BOTTOM,
	ACTION_TREE, ACTION_MATRIX, ACTION_PEERS, ACTION_PAIR, ACTION_DEVICE, ACTION_WHAT_IF,
	ACTION_REPORT, ACTION_HELP, ACTION_NEXT_PAGE, ACTION_PREVIOUS_PAGE, ACTION_OPEN,
	ACTION_BACK, ACTION_CANCEL, ACTION_QUIT,
	ACTION_FOLD, ACTION_UNFOLD, ACTION_FOLD_SWITCH, ACTION_FOLD_ALL, ACTION_ALL,
	ACTION_PROVIDER, ACTION_CLIENT, ACTION_SWAP,
	ACTION_WRITES, ACTION_LENS, ACTION_RULES_NEXT, ACTION_RULES_PREVIOUS, ACTION_RULES_AUTO,
	ACTION_SORT, ACTION_ZOOM, ACTION_CLASS, ACTION_CLASS_PROVIDERS, ACTION_FILTER,
	ACTION_SEARCH, ACTION_SEARCH_NEXT, ACTION_SEARCH_PREVIOUS,
	ACTION_TOGGLE, ACTION_UNDO,
	ACTION_SAVE_PAGE, ACTION_SAVE_REPORT, ACTION_READ, ACTION_REDRAW, ACTION_COMMAND,
	ACTION_SUSPEND, ACTION_COPY, ACTION_WHEEL_UP, ACTION_WHEEL_DOWN,
	ACTIONS
};

/** A set of pages. */
#define ON(page) (1u << (page))
#define EVERYWHERE (~0u)

/**
 * struct binding - one row: an action, its keys, and its text on the help page.
 * @keys: as key_parse() reads them, separated by blanks
 * @pages: pages on which the keys do this; an earlier row wins
 * @help: NULL if the row continues the one before; a row without @keys is a heading
 */
struct binding {
	enum action action;
	const char *keys;
	unsigned int pages;
	const char *help;
};

/** The last row has neither keys nor help. */
extern const struct binding bindings[];

/** binding_find() - the action of @key on @page. */
enum action binding_find(enum page page, uint32_t key);

#endif

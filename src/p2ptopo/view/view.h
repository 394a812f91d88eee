/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The viewer as a whole: state, machine, rows and screen, and the layout of the screen. */
#ifndef P2PTOPO_VIEW_VIEW_H
#define P2PTOPO_VIEW_VIEW_H

#include "print/pair/pair_facts.h"
#include "view/rows.h"
#include "view/terminal/screen.h"
#include "print/words.h"

/** A smaller screen only shows that it is too small. */
#define SMALLEST_WIDTH 40
#define SMALLEST_HEIGHT 10

/**
 * struct view - the viewer.
 * @present: bits of the classes that the devices have
 * @name_width: width of the longest device name
 * @cell, @cell_text, @cell_size: the memory stream into which columns of the tree are printed
 * @follower: reports changes of the running machine
 * @copied: the command that EFFECT_COPY hands to the terminal
 * @found, @found_top: where the last search ended, and what the first line was then
 */
struct view {
	struct state state;
	struct machine machine;
	struct screen screen;
	struct branches branches;
	struct devices devices;
	struct text text;
	unsigned int present, name_width;
	FILE *cell;
	char *cell_text;
	char *copied;
	size_t cell_size, found, found_top;
	struct follower follower;
};

/**
 * struct layout - the layout of a page on the screen.
 * @head: first line of the headings; @body: first line below them, with @high lines of rows
 * @detail: the first of @details lines about what is under the cursor
 * @label: width of the labels before the columns of the matrix, each of which is @pitch wide
 */
struct layout {
	unsigned int head, body, high, detail, details, label, pitch;
};

/** view_titles() - the column where the titles of the pages begin; view_title_width() - the width of one title. */
unsigned int view_titles(const struct view *view);
unsigned int view_title_width(int page);

/** Columns for the marks of a line, and a blank. */
#define MARGIN 3

/** layout_of() - the layout of the page shown, on the current screen. */
struct layout layout_of(const struct view *view);

/** viewport_of() - what a key may depend on. */
struct viewport viewport_of(const struct view *view);

/** view_provider() - the selected provider; NULL if none. */
const struct p2p_function *view_provider(const struct view *view);

/** view_row() - the function in a row of the page shown; NULL if none. */
const struct p2p_function *view_row(const struct view *view, size_t row);

/** view_column() - the client of a column of the matrix; NULL if none. */
const struct p2p_function *view_column(const struct view *view, size_t column);

/** paint() - draw the page into view->screen. */
void paint(struct view *view);

/** PAIR_TEXT - size of the text of a cell for a pair. */
#define PAIR_TEXT 24

/**
 * struct cell - the contents of a cell for a pair.
 * @lead, @first: how many columns the relation takes at the start, and how they look; the rest is in @ink
 */
struct cell {
	char text[PAIR_TEXT];
	unsigned int lead;
	struct ink first, ink;
};

/**
 * pair_cell() - the cell for a pair, under the lens of the state.
 * @narrow: only one mark
 */
struct cell pair_cell(const struct view *view, const struct p2p_function *provider,
		      const struct p2p_function *client, bool narrow);

/** pair_speed() - GB/s of an evaluated pair, for reads or writes as the state says. */
struct ink pair_speed(const struct view *view, const struct pair *pair, char text[PAIR_SAY]);

/** PAIR_WIDTH - columns that such a cell takes, including a "*" at its end. */
#define PAIR_WIDTH 8

/** FIELD_TEXT - size of the text of a field. */
#define FIELD_TEXT 256

/**
 * struct field - one column of the page of peers.
 * @from: the least screen width that shows it
 * @read, @write: the fact of the pair; PAIR_NONE for the worse of the routes
 * @plain: without colour
 * @say: prints something about the peer instead
 */
struct field {
	const char *heading;
	unsigned int width, from;
	bool right;
	enum pair_fact read, write;
	bool plain;
	char *(*say)(const struct p2p_function *client, char text[FIELD_TEXT]);
};

/**
 * field_fill() - fill in the text of a field. @other: the answer for the pair differs from that for the
 *	machine as read.
 */
struct ink field_fill(const struct view *view, const struct field *field, const struct pair *pair,
		      bool other, char text[FIELD_TEXT]);

/** The last entry has no heading. */
extern const struct field peer_fields[];

#endif

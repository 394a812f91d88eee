/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The viewer as a whole: state, machine, rows and screen; and where on the screen things stand. */
#ifndef P2PTOPO_VIEW_VIEW_H
#define P2PTOPO_VIEW_VIEW_H

#include "print/pair/pair_facts.h"
#include "view/rows.h"
#include "view/terminal/screen.h"
#include "print/words.h"

/** A smaller screen shows that it is too small. */
#define SMALLEST_WIDTH 40
#define SMALLEST_HEIGHT 10

/**
 * struct view - one run of the viewer.
 * @present: classes of the devices that there are, a bit each
 * @name_width: of the longest name of a device
 * @cell, @cell_text, @cell_size: the memory stream that columns of the tree are printed to
 * @follower: of the running machine, where its changes are heard
 * @copied: the command that EFFECT_COPY asks to hand to the terminal
 * @found, @found_top: where the last search ended, and what was the first line then
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
 * struct layout - where a page stands on the screen.
 * @head: first line of the headings; @body: first line below them, with @high lines of rows
 * @detail: first of @details lines about what is under the cursor
 * @label: width of what stands before the columns of the matrix, each @pitch wide
 */
struct layout {
	unsigned int head, body, high, detail, details, label, pitch;
};

/** view_titles() - the column where the titles of the pages begin; view_title_width() - of each. */
unsigned int view_titles(const struct view *view);
unsigned int view_title_width(int page);

/** Columns for the marks of a line, and a blank. */
#define MARGIN 3

/** layout_of() - of the page shown, on the screen as it is. */
struct layout layout_of(const struct view *view);

/** viewport_of() - what a key may depend on. */
struct viewport viewport_of(const struct view *view);

/** view_provider() - the provider that is selected; NULL none. */
const struct p2p_function *view_provider(const struct view *view);

/** view_row() - the function of a row of the page shown; NULL none. */
const struct p2p_function *view_row(const struct view *view, size_t row);

/** view_column() - the client of a column of the matrix; NULL none. */
const struct p2p_function *view_column(const struct view *view, size_t column);

/** paint() - draw the page into view->screen. */
void paint(struct view *view);

/** PAIR_TEXT - bytes of what a cell says of a pair. */
#define PAIR_TEXT 24

/**
 * struct cell - what a cell says of a pair.
 * @lead, @first: its first columns, which are the relation, and how they look; the rest is in @ink
 */
struct cell {
	char text[PAIR_TEXT];
	unsigned int lead;
	struct ink first, ink;
};

/**
 * pair_cell() - what a cell says of a pair, by the lens of the state.
 * @narrow: one mark only
 */
struct cell pair_cell(const struct view *view, const struct p2p_function *provider,
		      const struct p2p_function *client, bool narrow);

/** pair_speed() - GB/s of an evaluated pair, reads or writes as the state says. */
struct ink pair_speed(const struct view *view, const struct pair *pair, char text[PAIR_SAY]);

/** PAIR_WIDTH - columns such a cell takes, a "*" at its end included. */
#define PAIR_WIDTH 8

/** FIELD_TEXT - bytes of the text of a field. */
#define FIELD_TEXT 256

/**
 * struct field - one column of the page of peers.
 * @from: shown on screens of that width
 * @read, @write: what it says of the pair; PAIR_NONE: the worse of the routes
 * @plain: without its colour
 * @say: instead, what it says of the peer
 */
struct field {
	const char *heading;
	unsigned int width, from;
	bool right;
	enum pair_fact read, write;
	bool plain;
	char *(*say)(const struct p2p_function *client, char text[FIELD_TEXT]);
};

/** field_fill() - the text of a field; @other: the pair answers otherwise than it was read. */
struct ink field_fill(const struct view *view, const struct field *field, const struct pair *pair,
		      bool other, char text[FIELD_TEXT]);

/** The last one has no heading. */
extern const struct field peer_fields[];

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people: colours, wrapped sentences, and tables whose columns are rows of a table. */
#ifndef P2PTOPO_OUTPUT_H
#define P2PTOPO_OUTPUT_H

#include "app.h"

/** enum paint - what a piece of text means; see paint_on(). */
enum paint { PAINT_NONE, PAINT_GOOD, PAINT_HOST, PAINT_BAD, PAINT_UNKNOWN, PAINT_DIM, PAINT_BOLD };

/** paint_on() - the escape sequence that starts @paint; "" when colours are off. */
const char *paint_on(const struct app *app, enum paint paint);

/** paint_off() - the sequence that ends it; "" when colours are off. */
const char *paint_off(const struct app *app);

/** paint_of() - the colour of a map type. */
enum paint paint_of(enum p2p_map_type type);

/** paint_of_route() - the colour of what the switches do. */
enum paint paint_of_route(enum p2p_route_kind kind);

/** paint_of_delivery() - the colour of what comes of a pair's transfers. */
enum paint paint_of_delivery(enum p2p_delivery delivery);

/**
 * print_wrapped() - print @text as lines of at most @width columns, each behind @indent blanks.
 */
void print_wrapped(FILE *out, unsigned int width, unsigned int indent, const char *text);

/**
 * print_rules_note() - when "auto" had to choose the rules, say how: on one line behind @prefix, as
 *	much of it as the screen is wide.
 */
void print_rules_note(const struct app *app, const char *prefix);

/**
 * struct column - one column of a table of rows of one kind.
 * @name: its heading, and what -o calls it
 * @help: one line on what it holds
 * @right: align to the right (numbers)
 * @width: characters that every row fits into; 0 the rows printed decide
 * @print: write the cell of @row to @cell, without newline; nothing is an empty cell
 * @tell: likewise of the function whose address is at @function of the row; an empty cell without one
 * @paint: its colour; NULL none
 * @fact: enum pair_fact, instead of @print and @paint
 * @pair: where in the row the struct pair is that it is of
 * @then: where another one is, which is shown where it differs; 0 none
 */
struct column {
	const char *name, *help;
	bool right;
	unsigned int width;
	void (*print)(FILE *cell, const void *row);
	void (*tell)(FILE *cell, const struct p2p_function *function);
	size_t function;
	enum paint (*paint)(const void *row);
	unsigned int fact;
	size_t pair, then;
};

/** column_print() - the cell of a row, for a column without @fact. */
void column_print(FILE *cell, const struct column *column, const void *row);

/* What columns of functions tell. */
void tell_bdf(FILE *cell, const struct p2p_function *function);
void tell_name(FILE *cell, const struct p2p_function *function);
void tell_class(FILE *cell, const struct p2p_function *function);

struct table;

/**
 * table_new() - start a table of the columns that -o chooses, or of @usual.
 * @all: every column there is, the last one nameless
 * @usual: names, separated by commas
 * @spare: of these, those that are left out, the first one first, where the screen is too narrow for
 *	all; not with -o, and not where the output goes elsewhere; NULL none
 * @ret_table: free with table_free()
 *
 * Return: STATUS_DONE; STATUS_USAGE when -o names a column there is not.
 */
enum status table_new(struct app *app, const struct column *all, const char *usual,
		      const char *spare, struct table **ret_table);

/** table_free() - NULL is fine.  Return: NULL. */
struct table *table_free(struct table *table);

/** table_widen() - make room for @width characters in the column called @name, if it is there. */
void table_widen(struct table *table, const char *name, unsigned int width);

/**
 * table_add() - append @row.  Rows are printed in batches, so that memory does not grow with
 *	them; columns keep the width they have in the first batch at least.
 * Return: 0 or -ENOMEM.
 */
int table_add(struct table *table, const void *row);

/** table_end() - print what is left.  Return: 0 or a negative errno. */
int table_end(struct table *table);

#endif

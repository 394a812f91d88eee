/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people: colours, wrapped sentences, and tables whose columns are defined by arrays. */
#ifndef P2PTOPO_OUTPUT_H
#define P2PTOPO_OUTPUT_H

#include "app.h"

/** enum paint - what a piece of text means; see paint_on(). */
enum paint { PAINT_NONE, PAINT_GOOD, PAINT_HOST, PAINT_BAD, PAINT_UNKNOWN, PAINT_DIM, PAINT_BOLD };

/** paint_on() - the escape sequence that starts @paint; "" if colours are off. */
const char *paint_on(const struct app *app, enum paint paint);

/** paint_off() - the sequence that ends it; "" if colours are off. */
const char *paint_off(const struct app *app);

/** paint_of() - the colour of a map type. */
enum paint paint_of(enum p2p_map_type type);

/** paint_of_route() - the colour of a route through the switches. */
enum paint paint_of_route(enum p2p_route_kind kind);

/** paint_of_delivery() - the colour of the outcome of a pair's transfers. */
enum paint paint_of_delivery(enum p2p_delivery delivery);

/** print_wrapped() - print @text as lines of at most @width columns, each indented by @indent. */
void print_wrapped(FILE *out, unsigned int width, unsigned int indent, const char *text);

/**
 * print_rules_note() - if "auto" had to choose the rules, tell how: on one line after @prefix, cut to the
 *	width of the screen.
 */
void print_rules_note(const struct app *app, const char *prefix);

/**
 * struct column - one column of a table of rows of one kind.
 * @name: its heading, and its name for -o
 * @help: one line about its contents
 * @right: align to the right (numbers)
 * @width: width that suffices for every row; 0 if the printed rows decide
 * @print: write the cell of @row to @cell, without newline; nothing for an empty cell
 * @tell: likewise for the function that the pointer at @function of the row points to; an empty cell if it is
 *	NULL
 * @paint: its colour; NULL for none
 * @fact: enum pair_fact, instead of @print and @paint
 * @pair: where in the row the struct pair for @fact is
 * @then: where another one is, which is shown if it differs; 0 for none
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

/** column_print() - print the cell of a row, for a column without @fact. */
void column_print(FILE *cell, const struct column *column, const void *row);

/* Cells for columns about functions. */
void tell_bdf(FILE *cell, const struct p2p_function *function);
void tell_name(FILE *cell, const struct p2p_function *function);
void tell_class(FILE *cell, const struct p2p_function *function);

struct table;

/**
 * table_new() - start a table with the columns that -o selects, or with @usual.
 * @all: all available columns, the last one nameless
 * @usual: names, separated by commas
 * @spare: those of @usual that are omitted, in this order, if the screen is too narrow for all; not with -o,
 *	and not if the output does not go to a screen; NULL for none
 * @ret_table: free with table_free()
 *
 * Return: STATUS_DONE; STATUS_USAGE if -o names a column that does not exist.
 */
enum status table_new(struct app *app, const struct column *all, const char *usual,
		      const char *spare, struct table **ret_table);

/** table_free() - NULL is fine.  Return: NULL. */
struct table *table_free(struct table *table);

/** table_widen() - make room for @width characters in the column called @name, if it is shown. */
void table_widen(struct table *table, const char *name, unsigned int width);

/**
 * table_add() - append @row.  Rows are printed in batches to limit memory; columns are at least as wide as in
 *	the first batch.
 * Return: 0 or -ENOMEM.
 */
int table_add(struct table *table, const void *row);

/** table_end() - print the remaining rows.  Return: 0 or a negative errno. */
int table_end(struct table *table);

#endif

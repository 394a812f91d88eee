/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "print/clean.h"
#include "print/output.h"
#include "print/pair/pair_facts.h"
#include "print/table/plain.h"
#include "print/words.h"

#define BATCH 1024

static const char *const sequences[] = {
	[PAINT_NONE] = "",
	[PAINT_GOOD] = "\033[32m",
	[PAINT_HOST] = "\033[33m",
	[PAINT_BAD] = "\033[31m",
	[PAINT_UNKNOWN] = "\033[35m",
	[PAINT_DIM] = "\033[2m",
	[PAINT_BOLD] = "\033[1m",
};

const char *paint_on(const struct app *app, enum paint paint)
{
	return app->options.colour ? sequences[paint] : "";
}

const char *paint_off(const struct app *app)
{
	return app->options.colour ? "\033[0m" : "";
}

enum paint paint_of(enum p2p_map_type type)
{
	static const enum paint paints[P2P_MAP_TYPES] = {
		[P2P_MAP_UNKNOWN] = PAINT_UNKNOWN,
		[P2P_MAP_NOT_SUPPORTED] = PAINT_BAD,
		[P2P_MAP_THRU_HOST_BRIDGE] = PAINT_HOST,
		[P2P_MAP_BUS_ADDR] = PAINT_GOOD,
	};

	return paints[type];
}

enum paint paint_of_delivery(enum p2p_delivery delivery)
{
	if (delivery == P2P_DELIVERY_UNKNOWN)
		return PAINT_UNKNOWN;
	return delivery >= P2P_DELIVERY_ROOT ? PAINT_GOOD : PAINT_BAD;
}

enum paint paint_of_route(enum p2p_route_kind kind)
{
	static const enum paint paints[] = {
		[P2P_ROUTE_UNKNOWN] = PAINT_UNKNOWN, [P2P_ROUTE_DIRECT] = PAINT_GOOD,
		[P2P_ROUTE_REDIRECTED] = PAINT_HOST, [P2P_ROUTE_BLOCKED] = PAINT_BAD,
	};

	return paints[kind];
}

void print_wrapped(FILE *out, unsigned int width, unsigned int indent, const char *text)
{
	text += strspn(text, " \n");
	fprintf(out, "%*s", *text ? (int)indent : 0, "");
	words_wrap(out, text, indent, indent, width);
}

/* One line at the top: the clauses that fit, or the rules alone; the others are in the report. */
static void print_note_line(const struct app *app, char *text)
{
	static const char rest[] = "; more: report";
	size_t room = app->options.width > sizeof(rest) ? app->options.width - sizeof(rest) + 1 : 0;
	size_t end = 0;

	if (!app->options.sized || clean_width(text) <= app->options.width) {
		fprintf(app->out, "%s\n", text);
		return;
	}
	for (size_t i = 0; i < room && text[i]; i++)
		end = text[i] == ';' ? i : end;
	if (!end)
		end = strcspn(text, ":");
	fprintf(app->out, "%.*s%s\n", (int)end, text, rest);
}

void print_rules_note(const struct app *app, const char *prefix)
{
	const char *name = p2p_rules_name(p2p_eval_rules(app->eval));
	const char *note = p2p_eval_rules_note(app->eval);
	char text[1024];

	if (!note || plain_wanted(app))
		return;
	snprintf(text, sizeof(text), "%srules %s: %s", prefix, name, note);
	print_note_line(app, text);
}

/**
 * struct table - a table that is being printed.
 * @columns: the @count columns shown
 * @cell, @text, @length: the memory stream that cells are printed to
 * @rows: number of rows in the batch
 * @spare: columns that may be omitted; see table_new()
 * @started: whether the heading was printed
 */
struct table {
	struct app *app;
	const struct column **columns;
	size_t count;
	struct libscols_table *scols;
	FILE *cell;
	char *text;
	size_t length, rows;
	const char *spare;
	bool started;
};

static const struct column *find_column(const struct column *all, const char *name, size_t length)
{
	for (; all->name; all++) {
		if (strlen(all->name) == length && !strncasecmp(all->name, name, length))
			return all;
	}
	return NULL;
}

static enum status unknown_column(const struct table *table, const struct column *all,
				  const char *name, size_t length)
{
	char names[1024] = "", typed[64], meant[P2P_NEAREST_SIZE];
	struct p2p_nearest nearest = { .typed = typed };
	size_t used = 0;

	snprintf(typed, sizeof(typed), "%.*s", (int)length, name);
	for (const struct column *column = all; column->name; column++)
		p2p_nearest_try(&nearest, column->name);
	for (; all->name && used < sizeof(names); all++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
					 used ? ", " : "", all->name);
	p2p_nearest_say(&nearest, meant);
	return fail_with(table->app->failure, STATUS_USAGE, "there is no column '%s'%s%s%s%s", typed,
			 meant, *meant ? " (" : "; there are ", names, *meant ? ")" : "");
}

static bool has_column(const struct table *table, const struct column *column)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->columns[i] == column)
			return true;
	}
	return false;
}

/* A column named twice is shown once. */
static enum status add_columns(struct table *table, const struct column *all, const char *names)
{
	for (; *names; names += *names == ',') {
		size_t length = strcspn(names, ",");
		const struct column *column = find_column(all, names, length);

		if (!column)
			return unknown_column(table, all, names, length);
		if (!has_column(table, column))
			table->columns[table->count++] = column;
		names += length;
	}
	return STATUS_DONE;
}

static enum status choose_columns(struct table *table, const struct column *all, const char *usual)
{
	const char *asked = table->app->options.columns;
	enum status status = STATUS_DONE;

	if (!asked || *asked == '+')
		status = add_columns(table, all, usual);
	if (!status && asked)
		status = add_columns(table, all, asked + (*asked == '+'));
	if (!status && !table->count)
		status = fail_with(table->app->failure, STATUS_USAGE, "-o names no column");
	return status;
}

static int make_scols(struct table *table)
{
	table->scols = scols_new_table();
	if (!table->scols)
		return -ENOMEM;
	scols_table_enable_colors(table->scols, table->app->options.colour);
	scols_table_enable_minout(table->scols, 1);
	scols_table_set_termforce(table->scols, SCOLS_TERMFORCE_NEVER);
	scols_table_set_stream(table->scols, table->app->out);
	for (size_t i = 0; i < table->count; i++) {
		const struct column *column = table->columns[i];

		if (!scols_table_new_column(table->scols, column->name,
					    column->width > 1 ? column->width : 2,
					    column->right ? SCOLS_FL_RIGHT : 0))
			return -ENOMEM;
	}
	return 0;
}

enum status table_new(struct app *app, const struct column *all, const char *usual,
		      const char *spare, struct table **ret_table)
{
	struct table *table = calloc(1, sizeof(*table));
	enum status status;
	size_t count = 1;

	if (!table)
		return fail_memory(app->failure);
	while (all[count].name)
		count++;
	table->app = app;
	table->spare = app->options.columns || !app->options.sized ? NULL : spare;
	table->columns = calloc(count, sizeof(void *));
	table->cell = p2p_text_open(&table->text, &table->length);
	if (!table->columns || !table->cell) {
		table_free(table);
		return fail_memory(app->failure);
	}
	status = choose_columns(table, all, usual);
	if (!status && make_scols(table))
		status = fail_memory(app->failure);
	if (status)
		table_free(table);
	else
		*ret_table = table;
	return status;
}

struct table *table_free(struct table *table)
{
	if (!table)
		return NULL;
	if (table->cell)
		fclose(table->cell);
	scols_unref_table(table->scols);
	free(table->text);
	free(table->columns);
	free(table);
	return NULL;
}

void table_widen(struct table *table, const char *name, unsigned int width)
{
	for (size_t i = 0; i < table->count; i++) {
		struct libscols_column *column = scols_table_get_column(table->scols, i);

		if (!strcmp(table->columns[i]->name, name) &&
		    scols_column_get_whint(column) < width)
			scols_column_set_whint(column, width);
	}
}

/* The width of a column, including its heading and the blank before the next. */
static size_t width_of(const struct table *table, size_t i)
{
	struct libscols_column *column = scols_table_get_column(table->scols, i);
	size_t width = strlen(table->columns[i]->name);
	double hint = scols_column_get_whint(column);
	struct libscols_line *line;

	if (scols_column_is_hidden(column))
		return 0;
	if (hint > (double)width)
		width = (size_t)hint;
	for (size_t row = 0; (line = scols_table_get_line(table->scols, row)); row++) {
		struct libscols_cell *cell = scols_line_get_cell(line, i);
		const char *text = cell ? scols_cell_get_data(cell) : NULL;

		if (text && clean_width(text) > width)
			width = clean_width(text);
	}
	return width + 1;
}

static size_t width_of_all(const struct table *table)
{
	size_t width = 0;

	for (size_t i = 0; i < table->count; i++)
		width += width_of(table, i);
	return width - 1;
}

static void hide(struct table *table, const char *name, size_t length)
{
	for (size_t i = 0; i < table->count; i++) {
		if (strlen(table->columns[i]->name) == length &&
		    !strncmp(table->columns[i]->name, name, length))
			scols_column_set_flags(scols_table_get_column(table->scols, i),
					       SCOLS_FL_HIDDEN);
	}
}

/* Omit columns until the table fits; decided by the first batch for all. */
static void fit(struct table *table)
{
	const char *name = table->spare;

	while (name && *name && width_of_all(table) > table->app->options.width) {
		size_t length = strcspn(name, ",");

		hide(table, name, length);
		name += length + (name[length] == ',');
	}
}

static int print_batch(struct table *table)
{
	int error;

	if (!table->started)
		fit(table);
	scols_table_enable_noheadings(table->scols, table->started);
	/* It leaves a cell empty when out of memory, which shows only in errno. */
	errno = 0;
	error = scols_print_table(table->scols);
	if (!error && errno == ENOMEM)
		error = -ENOMEM;
	scols_table_remove_lines(table->scols);
	table->started = true;
	table->rows = 0;
	return error;
}

static enum paint print_pair(FILE *cell, const struct column *column, const void *row)
{
	const struct pair *pair = (const void *)((const char *)row + column->pair);
	const struct pair *then = (const void *)((const char *)row + column->then);
	char text[PAIR_SAY], other[PAIR_SAY];
	const char *said = pair_say(pair, column->fact, text), *later;

	fputs(said, cell);
	if (!column->then)
		return pair_paint(pair, column->fact);
	later = pair_say(then, column->fact, other);
	if (strcmp(said, later) != 0)
		fprintf(cell, " -> %s", later);
	return pair_paint(then, column->fact);
}

void tell_bdf(FILE *cell, const struct p2p_function *function)
{
	char text[P2P_BDF_SIZE];

	fputs(p2p_bdf_format(function->bdf, text), cell);
}

void tell_name(FILE *cell, const struct p2p_function *function)
{
	fputs(function->display, cell);
}

void tell_class(FILE *cell, const struct p2p_function *function)
{
	fputs(p2p_class_name(function->kind), cell);
}

void column_print(FILE *cell, const struct column *column, const void *row)
{
	const void *at = (const char *)row + column->function;
	const struct p2p_function *const *function = at;

	if (!column->tell)
		column->print(cell, row);
	else if (*function)
		column->tell(cell, *function);
}

/* Make the text of a cell, as one line. */
static int fill_cell(struct table *table, size_t i, const void *row, enum paint *ret_paint)
{
	const struct column *column = table->columns[i];

	*ret_paint = column->paint ? column->paint(row) : PAINT_NONE;
	rewind(table->cell);
	if (column->fact)
		*ret_paint = print_pair(table->cell, column, row);
	else
		column_print(table->cell, column, row);
	/* The rest of an earlier, longer cell is still there. */
	fputc('\0', table->cell);
	if (fflush(table->cell))
		return -ENOMEM;
	clean_line(table->text);
	return 0;
}

static int set_cell(struct table *table, struct libscols_line *line, size_t i, const void *row)
{
	enum paint paint;

	if (fill_cell(table, i, row, &paint) || scols_line_set_data(line, i, table->text))
		return -ENOMEM;
	if (paint == PAINT_NONE || !table->app->options.colour)
		return 0;
	return scols_cell_set_color(scols_line_get_cell(line, i), sequences[paint]);
}

static void print_plain_heading(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		plain_cell(table->app, table->columns[i]->name, !i);
	plain_end(table->app, table->count);
	table->started = true;
}

static int print_plain(struct table *table, const void *row)
{
	enum paint paint;

	if (!table->started)
		print_plain_heading(table);
	for (size_t i = 0; i < table->count; i++) {
		if (fill_cell(table, i, row, &paint))
			return -ENOMEM;
		plain_cell(table->app, table->text, !i);
	}
	plain_end(table->app, 0);
	return 0;
}

int table_add(struct table *table, const void *row)
{
	struct libscols_line *line;
	int error = 0;

	if (plain_wanted(table->app))
		return print_plain(table, row);
	if (table->rows == BATCH)
		error = print_batch(table);
	line = error ? NULL : scols_table_new_line(table->scols, NULL);
	if (!line)
		return error ? error : -ENOMEM;
	table->rows++;
	for (size_t i = 0; i < table->count && !error; i++)
		error = set_cell(table, line, i, row);
	return error;
}

int table_end(struct table *table)
{
	if (plain_wanted(table->app)) {
		if (!table->started)
			print_plain_heading(table);
		return 0;
	}
	return table->rows || !table->started ? print_batch(table) : 0;
}

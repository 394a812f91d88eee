/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo matrix: every provider a row, every client a column. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands/matrix/matrix.h"
#include "print/clean.h"
#include "print/document.h"
#include "print/table/grid.h"
#include "print/pair/pair_facts.h"
#include "print/say.h"
#include "print/table/plain.h"
#include "print/speed.h"

/* Names longer than this would make columns too wide, so columns are numbered instead. */
#define SHORT_NAME 9

/* With more rows than this, few will read them all. */
#define MANY_ROWS 48

static const struct { const char *name, *legend; enum pair_fact fact; } cells[CELLS] = {
	[CELL_VERDICT] = { "verdict", NULL, PAIR_NONE },
	[CELL_WAY] = { "way", NULL, PAIR_NONE },
	[CELL_READ] = { "read", "GB/s that the client can read from the provider", PAIR_READ },
	[CELL_WRITE] = { "write", "GB/s that the client can write to the provider", PAIR_WRITE },
	[CELL_LATENCY] = { "latency", "ns of a write from the client to the provider",
			   PAIR_LATENCY },
	[CELL_SCORE] = { "score", "the lower of the scores of reads and writes, 0 to 100",
			 PAIR_SCORE },
	[CELL_NCCL] = { NULL, NULL, PAIR_NONE },
};

/**
 * struct line - one row or column: functions with equal answers, or a single function.
 * @members: in BDF order; the first represents all
 */
struct line {
	const struct p2p_function *const *members;
	size_t count;
};

/**
 * struct matrix - a matrix while it is printed.
 * @rows, @columns: the lines; both are the same without a filter
 * @turned: the rows are the clients and the columns the providers
 * @numbered: whether some name is too long for a heading
 * @locality: whether the last columns are NUMA node and CPUs
 */
struct matrix {
	const struct app *app;
	enum cell cell;
	const struct line *rows, *columns;
	size_t row_count, column_count;
	bool turned, numbered, locality;
};

/* The number of a line is that of its row, even if only some lines are columns. */
static size_t number_of(const struct matrix *matrix, const struct line *line)
{
	for (size_t i = 0; i < matrix->row_count; i++) {
		if (matrix->rows[i].members[0] == line->members[0])
			return i;
	}
	return 0;
}

static void name_of(char text[GRID_CELL], const struct line *line)
{
	if (line->count > 1)
		snprintf(text, GRID_CELL, "%s +%zu", line->members[0]->display, line->count - 1);
	else
		snprintf(text, GRID_CELL, "%s", line->members[0]->display);
}

static void print_label(char text[GRID_CELL], void *userdata, size_t row)
{
	const struct matrix *matrix = userdata;
	const struct line *line = &matrix->rows[row];
	char name[GRID_CELL], number[16] = "";

	name_of(name, line);
	if (matrix->numbered)
		snprintf(number, sizeof(number), "#%-3zu ", row);
	snprintf(text, GRID_CELL, "%s%.60s%s%s", number, name, line->count > 1 ? "" : " ",
		 line->count > 1 ? "" : p2p_class_name(line->members[0]->kind));
}

static void print_head(char text[GRID_CELL], void *userdata, size_t column)
{
	const struct matrix *matrix = userdata;

	if (column >= matrix->column_count)
		snprintf(text, GRID_CELL, "%s", column == matrix->column_count ? "NUMA" : "CPUS");
	else if (matrix->numbered)
		snprintf(text, GRID_CELL, "#%zu", number_of(matrix, &matrix->columns[column]));
	else
		name_of(text, &matrix->columns[column]);
}

static bool alike_numa(const struct line *line)
{
	struct p2p_number first = line->members[0]->numa;

	for (size_t i = 1; i < line->count; i++) {
		struct p2p_number other = line->members[i]->numa;

		if (other.fact != first.fact ||
		    (first.fact == P2P_PRESENT && other.value != first.value))
			return false;
	}
	return true;
}

static bool alike_cpus(const struct line *line)
{
	const char *first = line->members[0]->cpus;

	for (size_t i = 1; i < line->count; i++) {
		const char *other = line->members[i]->cpus;

		if (!first != !other || (first && strcmp(first, other) != 0))
			return false;
	}
	return true;
}

static enum paint print_locality(char text[GRID_CELL], const struct line *line, bool cpus)
{
	const struct p2p_function *function = line->members[0];
	char node[WORDS_SIZE];

	if (!(cpus ? alike_cpus(line) : alike_numa(line)))
		snprintf(text, GRID_CELL, "several");
	else if (cpus)
		snprintf(text, GRID_CELL, "%s", function->cpus ? function->cpus : "?");
	else
		snprintf(text, GRID_CELL, "%s", words_node(function->numa, node));
	return PAINT_NONE;
}

/*
 * Evaluates the two functions that represent a cell: the first members, or two different members of a line
 * with itself. Return: false for a single function with itself, which is not a pair.
 */
static bool eval_cell(const struct matrix *matrix, const struct line *row,
		       const struct line *column, struct p2p_verdict *ret_verdict)
{
	const struct p2p_function *one = row->members[0], *other = column->members[0];

	if (one == other && row->count > 1)
		other = row->members[1];
	if (one == other && !matrix->app->options.all)
		return false;
	p2p_eval_pair(matrix->app->eval, matrix->turned ? other : one,
		       matrix->turned ? one : other, ret_verdict);
	return true;
}

/* Where no transfer is possible, the latency is "-", like the bandwidth. */
static enum paint print_fact(char text[GRID_CELL], const struct matrix *matrix,
			     const struct p2p_verdict *verdict)
{
	struct pair pair = { .eval = matrix->app->eval, .verdict = *verdict };
	enum pair_fact fact = cells[matrix->cell].fact, paint = fact;
	char word[PAIR_SAY];

	p2p_eval_score(pair.eval, verdict, &pair.score);
	if (fact == PAIR_LATENCY) {
		paint = PAIR_WRITE;
		fact = speed_is_usable(&pair.score.write) ? fact : paint;
	}
	snprintf(text, GRID_CELL, "%.*s", GRID_CELL - 1, pair_say(&pair, fact, word));
	return pair_paint(&pair, paint);
}

static enum paint print_delivery(char text[GRID_CELL], const struct p2p_verdict *verdict)
{
	struct p2p_ways ways;

	p2p_ways_find(verdict, &ways);
	snprintf(text, GRID_CELL, "%c", words_delivery_mark(ways.delivery));
	return paint_of_delivery(ways.delivery);
}

static enum paint print_nccl(char text[GRID_CELL], const struct app *app, const struct p2p_verdict *verdict)
{
	static const enum paint paints[NCCL_DIFFERENCES] = {
		[NCCL_NOT_DELIVERED] = PAINT_BAD, [NCCL_BY_ROOT] = PAINT_HOST, [NCCL_UNUSED] = PAINT_HOST,
		[NCCL_NOT_KNOWN] = PAINT_UNKNOWN,
	};
	struct nccl_pair pair;
	char mark;

	nccl_pair_find(app, verdict, &pair);
	mark = matrix_nccl_mark(&pair);
	snprintf(text, GRID_CELL, "%s%.1s", nccl_type_name(pair.type), &mark);
	return mark == '+' ? PAINT_GOOD : pair.type == NCCL_NONE ? PAINT_DIM : paints[pair.differs];
}

static enum paint print_cell(char text[GRID_CELL], void *userdata, size_t row, size_t column)
{
	const struct matrix *matrix = userdata;
	struct p2p_verdict verdict;

	if (column >= matrix->column_count)
		return print_locality(text, &matrix->rows[row], column > matrix->column_count);
	if (!eval_cell(matrix, &matrix->rows[row], &matrix->columns[column], &verdict)) {
		snprintf(text, GRID_CELL, "%s", matrix->cell == CELL_WAY ? "." : "X");
		return PAINT_DIM;
	}
	if (matrix->cell == CELL_WAY)
		return print_delivery(text, &verdict);
	if (matrix->cell == CELL_NCCL)
		return print_nccl(text, matrix->app, &verdict);
	if (matrix->cell != CELL_VERDICT)
		return print_fact(text, matrix, &verdict);
	pair_summary(&verdict, text, GRID_CELL);
	return paint_of(verdict.kernel.map_type);
}

static bool has_long_name(const struct line *lines, size_t count)
{
	char text[GRID_CELL];

	for (size_t i = 0; i < count; i++) {
		name_of(text, &lines[i]);
		if (clean_width(text) > SHORT_NAME)
			return true;
	}
	return false;
}

static struct grid grid_of(struct matrix *matrix)
{
	/* The rows show which number is which. */
	matrix->numbered = !plain_wanted(matrix->app) && !matrix->app->options.between &&
			   has_long_name(matrix->columns, matrix->column_count);
	return (struct grid){
		.corner = matrix->turned ? "client" : "provider", .head = print_head, .label = print_label, .cell = print_cell, .userdata = matrix,
		.rows = matrix->row_count,
		.columns = matrix->column_count + (matrix->locality ? 2 : 0),
	};
}

static void print_line_members(const struct matrix *matrix, size_t row)
{
	const struct line *line = &matrix->rows[row];
	struct paragraph members;
	char label[GRID_CELL];

	if (!paragraph_start(&members))
		return;
	print_label(label, (void *)matrix, row);
	fprintf(members.stream, "%s =", label);
	for (size_t i = 0; i < line->count; i++)
		fprintf(members.stream, " %s", line->members[i]->display);
	fputs("  ", matrix->app->out);
	paragraph_end(matrix->app, &members, 2, 2);
}

static void print_members(const struct matrix *matrix)
{
	bool title = false;

	for (size_t i = 0; i < matrix->row_count; i++) {
		if (matrix->rows[i].count < 2)
			continue;
		if (!title)
			fputs("\nFunctions with the same answers share a row:\n", matrix->app->out);
		title = true;
		print_line_members(matrix, i);
	}
}

static int print_grid(struct matrix *matrix)
{
	struct grid grid = grid_of(matrix);

	if (!plain_wanted(matrix->app))
		fprintf(matrix->app->out, "%s\n\n", matrix->turned ?
			"Row: client (does the DMA).  Column: provider (its memory is used)." :
			"Row: provider (its memory is used).  Column: client (does the DMA).");
	return grid_print(matrix->app, &grid);
}

/** enum which - the functions that become lines: all, those picked, or those at one end of --between. */
enum which { WHICH_ALL, WHICH_PICKED, WHICH_FIRST, WHICH_SECOND };

/* Is the function an end of a pair that the filters select? */
static bool is_end(const struct app *app, size_t i, unsigned int end)
{
	for (size_t j = 0; app_is_of(app, i, end) && j < app->selected_count; j++) {
		if (app_is_of(app, j, !end) && (app->picked[i] || app->picked[j]))
			return true;
	}
	return false;
}

static bool is_line(const struct app *app, enum which which, size_t i)
{
	switch (which) {
	case WHICH_PICKED:
		return app->picked[i];
	case WHICH_FIRST:
	case WHICH_SECOND:
		return is_end(app, i, which == WHICH_SECOND);
	case WHICH_ALL:
		break;
	}
	return true;
}

static struct line *lines_of(const struct app *app, enum which which, size_t *ret_count)
{
	struct line *lines = calloc(app->selected_count + 1, sizeof(*lines));
	bool nccl = app->options.nccl && app->options.format == FORMAT_TEXT;
	size_t count = 0;

	for (size_t i = 0; lines && i < app->selected_count; i++) {
		if ((!nccl || nccl_has(app->selected[i])) && is_line(app, which, i))
			lines[count++] = (struct line){ &app->selected[i], 1 };
	}
	*ret_count = count;
	return lines;
}

/* Prints what the filter picked against all functions, or two classes against each other, in both directions. */
static int print_filtered(struct app *app, struct matrix *matrix)
{
	bool between = app->options.between;
	struct line *rows = lines_of(app, between ? WHICH_FIRST : WHICH_ALL, &matrix->row_count);
	struct line *columns = lines_of(app, between ? WHICH_SECOND : WHICH_PICKED,
					&matrix->column_count);
	int error = rows && columns ? 0 : -ENOMEM;

	matrix->rows = rows;
	matrix->columns = columns;
	if (!error)
		error = print_grid(matrix);
	matrix->turned = true;
	matrix->locality = false;
	fputc('\n', app->out);
	if (!error)
		error = print_grid(matrix);
	free(rows);
	free(columns);
	return error;
}

/* There are never more groups than functions; the members belong to @groups. */
static size_t lines_of_groups(const struct p2p_groups *groups, struct line *lines)
{
	size_t count = p2p_groups_count(groups);

	for (size_t i = 0; i < count; i++) {
		const struct p2p_group *group = p2p_groups_at(groups, i);

		lines[i] = (struct line){ group->members, group->count };
	}
	return count;
}

/* Prints the matrix unfolded if it fits one page, else folded if that makes it smaller. */
static int print_whole(struct app *app, struct matrix *matrix, struct line *lines)
{
	struct grid grid = grid_of(matrix);
	struct p2p_groups *groups = NULL;
	int error;

	/* Functions with equal verdicts may differ in speed. */
	if (matrix->cell != CELL_VERDICT || plain_wanted(app) ||
	    (grid.columns * SHORT_NAME / 2 < app->options.width && grid_pages(app, &grid) <= 1))
		return print_grid(matrix);
	error = p2p_groups_new(app->eval, app->selected, app->selected_count, &groups);
	if (!error && p2p_groups_count(groups) > MANY_ROWS)
		fprintf(app->out, "%zu rows: -s, -d, --class and --between select some of them\n\n",
			p2p_groups_count(groups));
	if (!error && p2p_groups_count(groups) < app->selected_count) {
		matrix->row_count = matrix->column_count = lines_of_groups(groups, lines);
		error = print_grid(matrix);
		if (!error)
			print_members(matrix);
	} else if (!error) {
		error = print_grid(matrix);
	}
	p2p_groups_free(groups);
	return error;
}

static enum status print_text(struct app *app, enum cell cell)
{
	size_t count;
	struct line *lines = lines_of(app, WHICH_ALL, &count);
	struct matrix matrix = {
		.app = app, .cell = cell, .rows = lines, .columns = lines, .row_count = count,
		.column_count = count, .locality = true,
	};
	int error;

	if (!lines)
		return fail_memory(app->failure);
	if (!count) {
		fputs(cell == CELL_NCCL ? "There is no GPU and no NIC.\n" :
		      "No function takes part in peer-to-peer DMA; --all shows every function.\n", app->out);
		free(lines);
		return STATUS_DONE;
	}
	error = app_has_filter(app) ? print_filtered(app, &matrix) :
				      print_whole(app, &matrix, lines);
	free(lines);
	return error ? fail_memory(app->failure) : STATUS_DONE;
}

static struct json_object *json_nccl(const struct app *app, const struct p2p_verdict *verdict)
{
	struct nccl_pair pair;

	nccl_pair_find(app, verdict, &pair);
	return json_members(
		{ "path", pair.type > NCCL_NONE ? json_text(nccl_type_name(pair.type)) : NULL },
		{ "uses", json_tri(pair.uses) },
		{ "differs", json_text(nccl_differs_name(pair.differs)) });
}

static struct json_object *json_verdict(const struct app *app, const struct p2p_function *provider,
					const struct p2p_function *client)
{
	struct json_object *cell;
	struct p2p_verdict verdict;
	bool known;

	p2p_eval_pair(app->eval, provider, client, &verdict);
	known = verdict.kernel.map_type != P2P_MAP_UNKNOWN;
	cell = json_members(
		{ "relation", json_text(p2p_relation_name(verdict.relation)) },
		{ "map_type", json_text(p2p_map_type_name(verdict.kernel.map_type)) },
		{ "distance", known ? p2p_json_new_number(verdict.kernel.distance) : NULL },
		{ "hops", json_count(verdict.kernel.hops) });
	if (app->options.nccl)
		json_put(cell, "nccl", json_nccl(app, &verdict));
	if (app->options.cell) {
		json_put(cell, "speed", speed_json_pair(app, &verdict));
		json_put(cell, "drivers", json_pair_drivers(&verdict));
	}
	return cell;
}

static struct json_object *json_line_members(const struct line *line)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < line->count; i++)
		p2p_json_append(array, p2p_device_facts(line->members[i]));
	return array;
}

/* With a filter every line is one function and has the index of that function. */
static struct json_object *json_cells(const struct app *app, const struct line *lines,
				      size_t count, size_t provider)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_function *first = lines[provider].members[0];

	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *client = lines[i].members[0];
		bool shown = !app_has_filter(app) || app_shows(app, provider, i);

		if (client == first && lines[i].count > 1)
			client = lines[i].members[1];
		p2p_json_append(array, client == first || !shown ? NULL :
				json_verdict(app, first, client));
	}
	return array;
}

/* Printed row by row, so that the whole matrix is never in memory. */
static void print_lines(const struct app *app, const struct line *lines, size_t count)
{
	const char *separator = "";

	document_open(app, document_new(app, "matrix"), "groups");
	for (size_t i = 0; i < count && !ferror(app->out); i++) {
		const struct p2p_function *first = lines[i].members[0];

		document_element(app, json_members(
			{ "members", json_line_members(&lines[i]) },
			{ "self", json_verdict(app, first, first) },
			{ "clients", json_cells(app, lines, count, i) }), &separator);
	}
	document_close(app);
}

/* The lines of the document: single functions with a filter, else groups with equal answers. */
static enum status print_json(const struct app *app)
{
	struct p2p_groups *groups = NULL;
	size_t count;
	struct line *lines = lines_of(app, WHICH_ALL, &count);
	int error = lines ? 0 : -ENOMEM;

	if (!error && !app_has_filter(app) && !app->options.cell && !app->options.nccl) {
		error = p2p_groups_new(app->eval, app->selected, count, &groups);
		if (!error)
			count = lines_of_groups(groups, lines);
	}
	if (!error)
		print_lines(app, lines, count);
	p2p_groups_free(groups);
	free(lines);
	return error ? fail_memory(app->failure) : STATUS_DONE;
}

static enum cell choose_cell(const struct app *app)
{
	if (app->options.nccl)
		return CELL_NCCL;
	for (unsigned int cell = 0; app->options.cell && cell < CELL_NCCL; cell++) {
		if (!strcmp(cells[cell].name, app->options.cell))
			return (enum cell)cell;
	}
	return CELL_VERDICT;
}

enum status command_matrix(struct app *app)
{
	enum cell cell = choose_cell(app);
	enum status status;

	if (app->options.nccl && app->options.cell)
		return fail_with(app->failure, STATUS_USAGE, "--nccl and --cell both say what a cell shows: give one");
	if (app->options.format != FORMAT_TEXT)
		return print_json(app);
	print_rules_note(app, "");
	status = print_text(app, cell);
	if (!status && app->selected_count && !plain_wanted(app))
		matrix_print_legend(app, cell, cells[cell].legend);
	return status;
}

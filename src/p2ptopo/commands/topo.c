/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo topo: the table of nvidia-smi topo -m for every vendor, with p2ptopo's verdict in it. */
#include <stdlib.h>
#include <string.h>

#include "machine/label.h"
#include "print/clean.h"
#include "print/document.h"
#include "print/table/grid.h"
#include "print/hint.h"
#include "print/table/plain.h"
#include "print/words.h"

#define LETTERS_SIZE 8

/**
 * struct topo - the table while it is printed.
 * @rows, @columns: providers and clients, sorted by class and then by address
 * @lasts: number of columns for CPUs and NUMA node after the clients; 0 if one page does not hold everything,
 *	so that the list of devices has them
 */
struct topo {
	const struct app *app;
	const struct p2p_function **rows, **columns;
	size_t row_count, column_count, lasts;
};

/* The columns after the clients. */
enum { LAST_CPUS, LAST_NUMA, LASTS };

/* Functions of one device are a case of their own: no vendor's table has a letter for them. */
static bool is_same_device(const struct p2p_function *one, const struct p2p_function *other)
{
	return one->bdf.domain == other->bdf.domain && one->bdf.bus == other->bdf.bus &&
	       one->bdf.devfn >> 3 == other->bdf.devfn >> 3;
}

/* No register tells the number of NVLinks, so NV has no number here.  C2C joins a GPU with the CPU, and hides no locality. */
static const char *link_letters(const struct p2p_verdict *verdict, const struct p2p_ways *ways)
{
	const struct p2p_way_answer *taken = p2p_ways_taken(ways);

	if (ways->delivery != P2P_DELIVERY_LINK || !taken || verdict->provider->kind != P2P_CLASS_GPU ||
	    verdict->client->kind != P2P_CLASS_GPU)
		return NULL;
	return !strcmp(p2p_driver_way_name(taken->way), "xgmi") ? "XGMI" : "NV";
}

static const char *letters_of(const struct p2p_verdict *verdict, const struct p2p_ways *ways)
{
	const char *link = link_letters(verdict, ways);

	if (verdict->provider == verdict->client)
		return "X";
	if (link)
		return link;
	if (is_same_device(verdict->provider, verdict->client))
		return "DEV";
	return words_relation(verdict->relation);
}

static const char *call(const struct app *app, const struct p2p_function *function,
			char text[LABEL_SIZE])
{
	label_of(app->topology, function, text);
	return *text ? text : function->display;
}

static void print_label(char text[GRID_CELL], void *userdata, size_t row)
{
	const struct topo *topo = userdata;
	char label[LABEL_SIZE];

	snprintf(text, GRID_CELL, "%.60s", call(topo->app, topo->rows[row], label));
}

static void print_head(char text[GRID_CELL], void *userdata, size_t column)
{
	static const char *const lasts[LASTS] = { "CPUS", "NUMA" };
	const struct topo *topo = userdata;
	char label[LABEL_SIZE];

	if (column >= topo->column_count)
		snprintf(text, GRID_CELL, "%s", lasts[column - topo->column_count]);
	else
		snprintf(text, GRID_CELL, "%.60s", call(topo->app, topo->columns[column], label));
}

static enum paint print_last(char text[GRID_CELL], const struct p2p_function *function,
			     size_t which)
{
	char node[WORDS_SIZE];

	if (which == LAST_CPUS)
		snprintf(text, GRID_CELL, "%s", function->cpus ? function->cpus : "?");
	else
		snprintf(text, GRID_CELL, "%s", words_node(function->numa, node));
	return PAINT_NONE;
}

static enum paint print_cell(char text[GRID_CELL], void *userdata, size_t row, size_t column)
{
	const struct topo *topo = userdata;
	struct p2p_verdict verdict;
	struct p2p_ways ways;

	if (column >= topo->column_count)
		return print_last(text, topo->rows[row], column - topo->column_count);
	if (topo->rows[row] == topo->columns[column]) {
		snprintf(text, GRID_CELL, "X");
		return PAINT_DIM;
	}
	p2p_eval_pair(topo->app->eval, topo->rows[row], topo->columns[column], &verdict);
	p2p_ways_find(&verdict, &ways);
	snprintf(text, GRID_CELL, "%-*s %c%c", plain_wanted(topo->app) ? 0 : (int)strlen("NODE"),
		 letters_of(&verdict, &ways), words_mark(verdict.kernel.map_type), words_delivery_mark(ways.delivery));
	return paint_of_delivery(ways.delivery);
}

static int compare(const void *left, const void *right)
{
	const struct p2p_function *one = *(const struct p2p_function *const *)left;
	const struct p2p_function *other = *(const struct p2p_function *const *)right;

	if (one->kind != other->kind)
		return words_place(one->kind) < words_place(other->kind) ? -1 : 1;
	return p2p_bdf_compare(one->bdf, other->bdf);
}

static const struct p2p_function **take(const struct app *app, bool clients, size_t *ret_count)
{
	const struct p2p_function **list = calloc(app->selected_count + 1, sizeof(void *));
	bool between = app->options.between;
	size_t count = 0;

	for (size_t i = 0; list && i < app->selected_count; i++) {
		if (between ? app_is_of(app, i, clients) : !clients || app->picked[i])
			list[count++] = app->selected[i];
	}
	if (count)
		qsort(list, count, sizeof(void *), compare);
	*ret_count = count;
	return list;
}

static size_t widest_name(const struct p2p_function *const *list, size_t count, size_t width)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = clean_width(words_os_name(list[i]));

		width = length > width ? length : width;
	}
	return width;
}

static void say_device(FILE *out, const struct topo *topo, const struct p2p_function *function,
		       size_t width)
{
	char label[LABEL_SIZE], bdf[P2P_BDF_SIZE], product[128], node[WORDS_SIZE];

	fprintf(out, "  %-8s %s ", call(topo->app, function, label),
		p2p_bdf_format(function->bdf, bdf));
	if (width)
		words_pad(out, words_os_name(function), width + 1);
	/* The table has no room for node and CPUs. */
	if (!topo->lasts)
		fprintf(out, "node %s, CPUs %s, ", words_node(function->numa, node),
			function->cpus ? function->cpus : "?");
	fputs(words_product(function, product, sizeof(product)), out);
}

static void print_device(const struct topo *topo, const struct p2p_function *function, size_t width)
{
	char *text = NULL;
	size_t size;
	FILE *out = p2p_text_open(&text, &size);

	if (!out)
		return;
	say_device(out, topo, function, width);
	if (!fclose(out))
		words_clip(topo->app->out, text, topo->app->options.width);
	fputc('\n', topo->app->out);
	free(text);
}

static bool is_among(const struct p2p_function *function, const struct p2p_function *const *list,
		     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i] == function)
			return true;
	}
	return false;
}

static void print_devices(const struct topo *topo)
{
	size_t width = widest_name(topo->rows, topo->row_count, 0);

	width = widest_name(topo->columns, topo->column_count, width);
	fputs("\nDevices, each class in the order of its addresses:\n", topo->app->out);
	for (size_t i = 0; i < topo->row_count; i++)
		print_device(topo, topo->rows[i], width);
	for (size_t i = 0; i < topo->column_count; i++) {
		if (!is_among(topo->columns[i], topo->rows, topo->row_count))
			print_device(topo, topo->columns[i], width);
	}
}

static void print_legend(const struct app *app)
{
	static const char *const lines[] = {
		"X the same function, DEV the same device, PIX one switch at most, PXB several, PHB one "
		"host bridge, NODE one NUMA node, SYS across NUMA nodes, NV NVLink, XGMI xGMI",
		"then the kernel's p2pdma: B bus_addr, straight through a switch; H through the host "
		"bridge; x refused; ? not known",
		"then what the drivers in use deliver, which the colour shows, too: D direct, R through the "
		"root complex, L over a link of their own, S staged in system memory, X refused, "
		"! broken, ? not known",
	};

	fputs("\nRow: provider (its memory is used).  Column: client (does the DMA).  Each cell:\n",
	      app->out);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		print_wrapped(app->out, app->options.width, 2, lines[i]);
	hint_pair(app, "Why", "path");
}

static struct grid grid_of(struct topo *topo)
{
	return (struct grid){
		.corner = "provider", .head = print_head, .label = print_label, .cell = print_cell,
		.userdata = topo, .rows = topo->row_count,
		.columns = topo->column_count + topo->lasts,
	};
}

static enum status print_text(struct topo *topo)
{
	const struct app *app = topo->app;
	struct grid grid;

	if (!plain_wanted(app) && (!topo->row_count || !topo->column_count)) {
		fputs("No function takes part in peer-to-peer DMA; --all shows every function.\n",
		      app->out);
		return STATUS_DONE;
	}
	topo->lasts = LASTS;
	grid = grid_of(topo);
	if (!plain_wanted(app) && grid_pages(app, &grid) > 1)
		topo->lasts = 0;
	grid = grid_of(topo);
	print_rules_note(app, "");
	if (grid_print(app, &grid))
		return fail_memory(app->failure);
	if (plain_wanted(app))
		return STATUS_DONE;
	print_devices(topo);
	print_legend(app);
	return STATUS_DONE;
}

static struct json_object *json_device(const struct app *app, const struct p2p_function *function)
{
	char label[LABEL_SIZE];

	label_of(app->topology, function, label);
	return json_members(
		{ "label", json_text(*label ? label : NULL) },
		{ "device", p2p_device_facts(function) });
}

static struct json_object *json_cell(const struct app *app, const struct p2p_function *provider,
				     const struct p2p_function *client)
{
	struct p2p_verdict verdict;
	struct p2p_ways ways;
	const char *letters;

	p2p_eval_pair(app->eval, provider, client, &verdict);
	p2p_ways_find(&verdict, &ways);
	letters = letters_of(&verdict, &ways);
	return json_members(
		{ "letters", json_text(*letters == '?' ? NULL : letters) },
		{ "relation", json_text(p2p_relation_name(verdict.relation)) },
		{ "map_type", json_text(p2p_map_type_name(verdict.kernel.map_type)) },
		{ "drivers", json_pair_drivers(&verdict) });
}

static struct json_object *json_list(const struct topo *topo, const struct p2p_function **list,
				     size_t count)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < count; i++)
		p2p_json_append(array, json_device(topo->app, list[i]));
	return array;
}

/* Printed row by row, so that the whole table is never in memory. */
static enum status print_json(const struct topo *topo)
{
	const char *separator = "";
	struct json_object *row;

	document_open(topo->app, document_members(topo->app, "topo",
		{ "providers", json_list(topo, topo->rows, topo->row_count) },
		{ "clients", json_list(topo, topo->columns, topo->column_count) }), "cells");
	for (size_t i = 0; i < topo->row_count && !ferror(topo->app->out); i++) {
		row = p2p_json_new_array();
		for (size_t j = 0; j < topo->column_count; j++)
			p2p_json_append(row, json_cell(topo->app, topo->rows[i],
						       topo->columns[j]));
		document_element(topo->app, row, &separator);
	}
	document_close(topo->app);
	return STATUS_DONE;
}

enum status command_topo(struct app *app)
{
	struct topo topo = { .app = app };
	enum status status;

	topo.rows = take(app, false, &topo.row_count);
	topo.columns = take(app, true, &topo.column_count);
	if (!topo.rows || !topo.columns)
		status = fail_memory(app->failure);
	else
		status = app->options.format == FORMAT_TEXT ? print_text(&topo) : print_json(&topo);
	free(topo.rows);
	free(topo.columns);
	return status;
}

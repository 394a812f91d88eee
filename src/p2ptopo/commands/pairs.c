/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo pairs: one row per ordered pair, evaluated and printed one by one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "print/clean.h"
#include "print/document.h"
#include "print/output.h"
#include "print/pair/pair_row.h"
#include "print/table/plain.h"

/** typedef pair_fn - handle one verdict. Return: 0 to continue, anything else to stop. */
typedef int pair_fn(struct app *app, const struct p2p_verdict *verdict, void *userdata);

static int for_each_pair(struct app *app, pair_fn *fn, void *userdata)
{
	struct p2p_verdict verdict;
	int error = 0;

	for (size_t i = 0; i < app->selected_count && !error; i++) {
		for (size_t j = 0; j < app->selected_count && !error; j++) {
			if (!app_shows(app, i, j))
				continue;
			p2p_eval_pair(app->eval, app->selected[i], app->selected[j], &verdict);
			error = fn(app, &verdict, userdata);
			/* A full disk stops the loop; main() reports it. */
			if (!error && ferror(app->out))
				error = 1;
		}
	}
	return error;
}

/** struct rows - the table, and whether anything is in it. */
struct rows {
	struct table *table;
	bool any;
};

static int add_row(struct app *app, const struct p2p_verdict *verdict, void *userdata)
{
	struct pair pair = { .eval = app->eval, .verdict = *verdict };
	struct rows *rows = userdata;

	p2p_eval_score(app->eval, verdict, &pair.score);
	rows->any = true;
	return table_add(rows->table, &pair);
}

static void widen_to_names(const struct app *app, struct table *table)
{
	unsigned int name = 0;
	unsigned int address = 0;
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < app->selected_count; i++) {
		const struct p2p_function *function = app->selected[i];
		size_t length = clean_width(function->display);

		name = length > name ? (unsigned int)length : name;
		length = strlen(p2p_bdf_format(function->bdf, bdf));
		address = length > address ? (unsigned int)length : address;
	}
	table_widen(table, "PROVIDER", address);
	table_widen(table, "CLIENT", address);
	table_widen(table, "PROVIDER-NAME", name);
	table_widen(table, "CLIENT-NAME", name);
}

static enum status print_text(struct app *app)
{
	struct rows rows = { 0 };
	enum status status;
	int error;

	status = table_new(app, pairs_columns, "PROVIDER,CLIENT,REL,DELIVERED,MAP-TYPE,READ,WRITE,"
			   "SCORE,ACS-REDIRECT", "ACS-REDIRECT,SCORE", &rows.table);
	if (status)
		return status;
	print_rules_note(app, "# ");
	widen_to_names(app, rows.table);
	error = for_each_pair(app, add_row, &rows);
	if (!error)
		error = table_end(rows.table);
	table_free(rows.table);
	if (!rows.any && !plain_wanted(app))
		fputs("# no pair of functions that take part in peer-to-peer DMA; --all takes all\n",
		      app->out);
	return error == -ENOMEM ? fail_memory(app->failure) : STATUS_DONE;
}

/** struct printer - rows while they are printed: their members, and what precedes each row. */
struct printer {
	struct pair_row row;
	struct json_line line;
	const char *before, *next;
};

static int print_row(struct app *app, const struct p2p_verdict *verdict, void *userdata)
{
	struct printer *printer = userdata;
	struct json_line *line = &printer->line;

	line->size = 0;
	pair_row_write(line, &printer->row, app->eval, verdict);
	if (p2p_lost_count())
		return -ENOMEM;
	fputs(printer->before, app->out);
	document_print_text(app, line->text, line->size);
	printer->before = printer->next;
	return 0;
}

/* If the members of rows were chosen, the header lists them. */
static struct json_object *json_header(const struct app *app)
{
	struct json_object *document = document_new(app, "pairs");
	const char *name = app->options.columns;
	struct json_object *members;

	if (!name)
		return document;
	members = p2p_json_new_array();
	for (; *name; name += *name == ',') {
		size_t length = strcspn(name, ",");
		char member[PAIR_LEAD];

		snprintf(member, sizeof(member), "%.*s", (int)length, name);
		p2p_json_append(members, json_text(member));
		name += length;
	}
	json_put(document, "members", members);
	return document;
}

/* The array is written around its elements, so that they need not all be in memory. */
static enum status print_json(struct app *app)
{
	bool lines = app->options.format == FORMAT_JSONL;
	struct printer printer = { .before = lines ? "\n" : "", .next = lines ? "\n" : ",\n" };
	enum status status = pair_row_choose(app, app->options.columns, &printer.row);
	int error;

	if (status)
		return status;
	if (lines)
		document_print_line(app, json_header(app));
	else
		document_open(app, json_header(app), "pairs");
	error = for_each_pair(app, print_row, &printer);
	if (lines)
		fputc('\n', app->out);
	else
		document_close(app);
	free(printer.line.text);
	return error == -ENOMEM ? fail_memory(app->failure) : STATUS_DONE;
}

enum status command_pairs(struct app *app)
{
	return app->options.format == FORMAT_TEXT ? print_text(app) : print_json(app);
}

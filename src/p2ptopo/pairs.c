/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo pairs: one row per ordered pair, judged and printed one by one. */
#include <errno.h>
#include <string.h>

#include "document.h"
#include "output.h"
#include "pairs.h"

static const struct p2p_verdict *verdict_of(const void *row)
{
	return row;
}

static void print_bdf(FILE *cell, const struct p2p_function *function)
{
	char text[P2P_BDF_SIZE];

	fputs(p2p_bdf_format(function->bdf, text), cell);
}

static void print_provider(FILE *cell, const struct app *app, const void *row)
{
	(void)app;
	print_bdf(cell, verdict_of(row)->provider);
}

static void print_client(FILE *cell, const struct app *app, const void *row)
{
	(void)app;
	print_bdf(cell, verdict_of(row)->client);
}

static void print_provider_name(FILE *cell, const struct app *app, const void *row)
{
	(void)app;
	fputs(verdict_of(row)->provider->display, cell);
}

static void print_client_name(FILE *cell, const struct app *app, const void *row)
{
	(void)app;
	fputs(verdict_of(row)->client->display, cell);
}

static void print_provider_class(FILE *cell, const struct app *app, const void *row)
{
	(void)app;
	fputs(p2p_class_name(verdict_of(row)->provider->kind), cell);
}

static void print_client_class(FILE *cell, const struct app *app, const void *row)
{
	(void)app;
	fputs(p2p_class_name(verdict_of(row)->client->kind), cell);
}

static void print_relation(FILE *cell, const struct app *app, const void *row)
{
	const char *name = p2p_relation_name(verdict_of(row)->relation);

	(void)app;
	fputs(name ? name : "?", cell);
}

static void print_map_type(FILE *cell, const struct app *app, const void *row)
{
	(void)app;
	fputs(p2p_map_type_name(verdict_of(row)->kernel.map_type), cell);
}

static enum paint paint_map_type(const struct app *app, const void *row)
{
	(void)app;
	return paint_of(verdict_of(row)->kernel.map_type);
}

static void print_distance(FILE *cell, const struct app *app, const void *row)
{
	const struct p2p_kernel *kernel = &verdict_of(row)->kernel;

	(void)app;
	if (kernel->map_type == P2P_MAP_UNKNOWN)
		fputc('?', cell);
	else
		fprintf(cell, "%d", kernel->distance);
}

static void print_hops(FILE *cell, const struct app *app, const void *row)
{
	(void)app;
	fprintf(cell, "%u", verdict_of(row)->kernel.hops);
}

static void print_common(FILE *cell, const struct app *app, const void *row)
{
	(void)app;
	if (verdict_of(row)->kernel.common)
		print_bdf(cell, verdict_of(row)->kernel.common);
}

/* At most this many addresses in one cell; the count of the others follows them. */
#define LISTED 16

static void print_list(FILE *cell, const struct p2p_function *const *list, size_t count)
{
	for (size_t i = 0; i < count && i < LISTED; i++) {
		if (i)
			fputc(',', cell);
		print_bdf(cell, list[i]);
	}
	if (count > LISTED)
		fprintf(cell, ",+%zu", count - LISTED);
}

static void print_redirects(FILE *cell, const struct app *app, const void *row)
{
	const struct p2p_function *list[LISTED];

	print_list(cell, list, p2p_judge_redirects(app->judge, row, list, LISTED));
}

static void print_unread(FILE *cell, const struct app *app, const void *row)
{
	const struct p2p_function *list[LISTED];

	print_list(cell, list, p2p_judge_unread(app->judge, row, list, LISTED));
}

static void print_reason(FILE *cell, const struct app *app, const void *row)
{
	char sentence[4096];

	p2p_judge_reason(app->judge, row, sentence, sizeof(sentence));
	fputs(sentence, cell);
}

static enum paint paint_route(const struct p2p_route *route)
{
	static const enum paint paints[] = {
		[P2P_ROUTE_UNKNOWN] = PAINT_UNKNOWN, [P2P_ROUTE_DIRECT] = PAINT_GOOD,
		[P2P_ROUTE_REDIRECTED] = PAINT_HOST, [P2P_ROUTE_BLOCKED] = PAINT_BAD,
	};

	return paints[route->kind];
}

#define ROUTE_COLUMN(field)								\
static void print_##field(FILE *cell, const struct app *app, const void *row)		\
{											\
	(void)app;									\
	fputs(p2p_route_name(verdict_of(row)->fabric.field.kind), cell);		\
}											\
static enum paint paint_##field(const struct app *app, const void *row)		\
{											\
	(void)app;									\
	return paint_route(&verdict_of(row)->fabric.field);				\
}
ROUTE_COLUMN(request)
ROUTE_COLUMN(translated)
ROUTE_COLUMN(completion)
ROUTE_COLUMN(completion_relaxed)

const struct column pairs_columns[] = {
	{ "PROVIDER", "address of the function whose memory is used", false, 12,
	  print_provider, NULL },
	{ "CLIENT", "address of the function that does the DMA", false, 12, print_client, NULL },
	{ "PROVIDER-NAME", "what the provider is called", false, 0, print_provider_name, NULL },
	{ "CLIENT-NAME", "what the client is called", false, 0, print_client_name, NULL },
	{ "PROVIDER-CLASS", "gpu, nic, nvme, ...", false, 0, print_provider_class, NULL },
	{ "CLIENT-CLASS", "gpu, nic, nvme, ...", false, 0, print_client_class, NULL },
	{ "REL", "relation: X PIX PXB PHB NODE SYS, ? unknown", false, 4, print_relation, NULL },
	{ "MAP-TYPE", "what the kernel decides", false, 16, print_map_type, paint_map_type },
	{ "DIST", "distance as the kernel returns it; -1 refused, ? unknown", true, 4,
	  print_distance, NULL },
	{ "HOPS", "the kernel's count of steps, refused or not", true, 4, print_hops, NULL },
	{ "COMMON", "the bridge both are below", false, 12, print_common, NULL },
	{ "REQUEST", "route of untranslated memory requests", false, 10, print_request,
	  paint_request },
	{ "TRANSLATED", "route of translated memory requests (ATS)", false, 10, print_translated,
	  paint_translated },
	{ "COMPLETION", "route of read completions", false, 10, print_completion,
	  paint_completion },
	{ "COMPLETION-RO", "route of read completions with relaxed ordering", false, 10,
	  print_completion_relaxed, paint_completion_relaxed },
	{ "ACS-REDIRECT", "functions whose ACS redirects", false, 0, print_redirects, NULL },
	{ "ACS-UNKNOWN", "functions whose ACS could not be read", false, 0, print_unread, NULL },
	{ "REASON", "why the kernel decides so", false, 0, print_reason, NULL },
	{ 0 }
};

/** typedef pair_fn - what to do with one verdict.  Return: 0 goes on, all else stops. */
typedef int pair_fn(struct app *app, const struct p2p_verdict *verdict, void *userdata);

static int for_each_pair(struct app *app, pair_fn *fn, void *userdata)
{
	struct p2p_verdict verdict;
	int error = 0;

	for (size_t i = 0; i < app->selected_count && !error; i++) {
		for (size_t j = 0; j < app->selected_count && !error; j++) {
			if (!app_shows(app, i, j))
				continue;
			p2p_judge_pair(app->judge, app->selected[i], app->selected[j], &verdict);
			error = fn(app, &verdict, userdata);
			/* A full disk ends this; main() says so. */
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
	struct rows *rows = userdata;

	(void)app;
	rows->any = true;
	return table_add(rows->table, verdict);
}

static void widen_to_names(const struct app *app, struct table *table)
{
	unsigned int name = 0;
	unsigned int address = 0;
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < app->selected_count; i++) {
		const struct p2p_function *function = app->selected[i];
		size_t length = strlen(function->display);

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

	status = table_new(app, pairs_columns, "PROVIDER,CLIENT,REL,MAP-TYPE,DIST,HOPS,REQUEST,"
			   "ACS-REDIRECT", &rows.table);
	if (status)
		return status;
	print_rules_note(app, "# ");
	widen_to_names(app, rows.table);
	error = for_each_pair(app, add_row, &rows);
	if (!error)
		error = table_end(rows.table);
	table_free(rows.table);
	if (!rows.any)
		fputs("# no pair of functions that take part in peer-to-peer DMA; --all takes all\n",
		      app->out);
	return error == -ENOMEM ? app_out_of_memory() : STATUS_DONE;
}

static int print_line(struct app *app, const struct p2p_verdict *verdict, void *userdata)
{
	(void)userdata;
	document_print_line(app, json_pair(app, verdict));
	fputc('\n', app->out);
	return 0;
}

static int print_element(struct app *app, const struct p2p_verdict *verdict, void *userdata)
{
	document_element(app, json_pair(app, verdict), userdata);
	return 0;
}

/* The array is written around its elements, so that they need not all be in memory. */
static void print_json(struct app *app)
{
	const char *separator = "";

	document_open(app, document_new(app, "pairs"), "pairs");
	for_each_pair(app, print_element, &separator);
	document_close(app);
}

enum status command_pairs(struct app *app, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	switch (app->options.format) {
	case FORMAT_TEXT:
		return print_text(app);
	case FORMAT_JSON:
		print_json(app);
		break;
	case FORMAT_JSONL:
		document_print_line(app, document_new(app, "pairs"));
		fputc('\n', app->out);
		for_each_pair(app, print_line, NULL);
		break;
	}
	return STATUS_DONE;
}

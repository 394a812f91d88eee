/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo pairs: one row per ordered pair, judged and printed one by one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "print/clean.h"
#include "print/document.h"
#include "print/output.h"
#include "commands/pairs.h"
#include "print/speed.h"

/** struct row - a row of the table: the verdict, and how fast. */
struct row {
	struct p2p_verdict verdict;
	struct p2p_score score;
};

static const struct p2p_verdict *verdict_of(const void *row)
{
	return &((const struct row *)row)->verdict;
}

static const struct p2p_score *score_of(const void *row)
{
	return &((const struct row *)row)->score;
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

	print_list(cell, list, p2p_judge_redirects(app->judge, verdict_of(row), list, LISTED));
}

static void print_unread(FILE *cell, const struct app *app, const void *row)
{
	const struct p2p_function *list[LISTED];

	print_list(cell, list, p2p_judge_unread(app->judge, verdict_of(row), list, LISTED));
}

static void print_reason(FILE *cell, const struct app *app, const void *row)
{
	char sentence[4096];

	p2p_judge_reason(app->judge, verdict_of(row), sentence, sizeof(sentence));
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

#define SPEED_COLUMNS(op)								\
static void print_##op(FILE *cell, const struct app *app, const void *row)		\
{											\
	char text[WORDS_SIZE];								\
											\
	(void)app;									\
	fputs(speed_bandwidth(&score_of(row)->op, text), cell);				\
}											\
static void print_##op##_latency(FILE *cell, const struct app *app, const void *row)	\
{											\
	(void)app;									\
	if (score_of(row)->op.latency_ns > 0)						\
		fprintf(cell, "%.0f", score_of(row)->op.latency_ns);			\
	else										\
		fputc('?', cell);							\
}											\
static void print_##op##_score(FILE *cell, const struct app *app, const void *row)	\
{											\
	char text[WORDS_SIZE];								\
											\
	(void)app;									\
	fputs(speed_score(&score_of(row)->op, text), cell);				\
}											\
static void print_##op##_limit(FILE *cell, const struct app *app, const void *row)	\
{											\
	(void)app;									\
	fputs(p2p_limit_name(score_of(row)->op.limit), cell);				\
}											\
static void print_##op##_at(FILE *cell, const struct app *app, const void *row)		\
{											\
	(void)app;									\
	if (score_of(row)->op.at)							\
		print_bdf(cell, score_of(row)->op.at);					\
}											\
static void print_##op##_why(FILE *cell, const struct app *app, const void *row)		\
{											\
	char *text = speed_reason(app, verdict_of(row), &score_of(row)->op);		\
											\
	fputs(text ? text : "", cell);							\
	free(text);									\
}											\
static enum paint paint_##op(const struct app *app, const void *row)			\
{											\
	(void)app;									\
	return speed_paint(&score_of(row)->op);						\
}
SPEED_COLUMNS(read)
SPEED_COLUMNS(write)

static void print_score(FILE *cell, const struct app *app, const void *row)
{
	char text[WORDS_SIZE];

	(void)app;
	fputs(speed_score(speed_lower(score_of(row)), text), cell);
}

static enum paint paint_score(const struct app *app, const void *row)
{
	(void)app;
	return speed_paint(speed_lower(score_of(row)));
}

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
	{ "READ", "GB/s the client can read; >= at least, - refused or blocked, ? unknown", true, 5,
	  print_read, paint_read },
	{ "WRITE", "GB/s the client can write", true, 5, print_write, paint_write },
	{ "SCORE", "the lower of both scores, 0 to 100; ? unknown", true, 5, print_score,
	  paint_score },
	{ "READ-SCORE", "how good the pair is for reads", true, 5, print_read_score, paint_read },
	{ "WRITE-SCORE", "how good the pair is for writes", true, 5, print_write_score,
	  paint_write },
	{ "LATENCY", "ns from the client to the memory, of a write", true, 5, print_write_latency,
	  NULL },
	{ "READ-LATENCY", "ns there and back, of a read", true, 5, print_read_latency, NULL },
	{ "LIMIT", "what keeps writes from more: link, redirect, root_complex, socket, ...", false,
	  12, print_write_limit, NULL },
	{ "LIMIT-AT", "the function it belongs to", false, 12, print_write_at, NULL },
	{ "LIMIT-WHY", "the same in one sentence", false, 0, print_write_why, NULL },
	{ "READ-LIMIT", "what keeps reads from more", false, 12, print_read_limit, NULL },
	{ "READ-LIMIT-AT", "the function it belongs to", false, 12, print_read_at, NULL },
	{ "READ-LIMIT-WHY", "the same in one sentence", false, 0, print_read_why, NULL },
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
	struct row row = { .verdict = *verdict };
	struct rows *rows = userdata;

	p2p_judge_score(app->judge, verdict, &row.score);
	rows->any = true;
	return table_add(rows->table, &row);
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

	status = table_new(app, pairs_columns, "PROVIDER,CLIENT,REL,MAP-TYPE,DIST,READ,WRITE,SCORE,"
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
	return error == -ENOMEM ? fail_memory(app->failure) : STATUS_DONE;
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

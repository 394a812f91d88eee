/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of figures, and below it what deserves attention. */
#include <string.h>

#include "commands/measured/measured.h"
#include "print/say.h"
#include "print/speed.h"

static const struct measured_row *row_of(const void *row)
{
	return row;
}

static void print_provider(FILE *cell, const void *row)
{
	fputs(row_of(row)->figure->provider.function->display, cell);
}

static void print_client(FILE *cell, const void *row)
{
	fputs(row_of(row)->figure->client.function->display, cell);
}

static void print_what(FILE *cell, const void *row)
{
	const struct p2p_figure *figure = row_of(row)->figure;

	if (figure->kind != P2P_FIGURE_SPEED)
		fputs(p2p_figure_kind_name(figure->kind), cell);
	else if (figure->how == P2P_FIGURE_SUM)
		fputs("both", cell);
	else
		fprintf(cell, "%s%s", figure->read ? "read" : "write",
			figure->how == P2P_FIGURE_AGAINST ? " of both" : "");
}

static void print_said(FILE *cell, const void *row)
{
	const struct p2p_figure *figure = row_of(row)->figure;

	if (figure->kind == P2P_FIGURE_SPEED)
		fprintf(cell, "%.1f", figure->value);
	else if (figure->kind == P2P_FIGURE_LATENCY)
		fprintf(cell, "%.0f ns", figure->value);
	else
		fputs(figure->label, cell);
}

/* A speed is compared with what the path carries, also where p2pdma, which a driver need not ask, refuses the pair. */
static char *predicted_speed(const struct p2p_comparison *comparison, char text[WORDS_SIZE])
{
	struct p2p_speed speed = comparison->speed;

	if (comparison->finding != P2P_COMPARED_STAGED && comparison->finding != P2P_COMPARED_DIFFERS)
		speed.limit = speed.way;
	return speed_bandwidth(&speed, text);
}

static void print_predicted(FILE *cell, const void *row)
{
	const struct p2p_comparison *comparison = &row_of(row)->comparison;
	char text[WORDS_SIZE];

	switch (row_of(row)->figure->kind) {
	case P2P_FIGURE_SPEED:
		fputs(predicted_speed(comparison, text), cell);
		break;
	case P2P_FIGURE_LATENCY:
		if (comparison->speed.latency_ns > 0)
			fprintf(cell, "%.0f ns", comparison->speed.latency_ns);
		else
			fputc('?', cell);
		break;
	case P2P_FIGURE_RELATION:
	case P2P_FIGURE_ACCESS:
	case P2P_FIGURES:
		fputs(comparison->predicted, cell);
		break;
	}
}

static void print_finding(FILE *cell, const void *row)
{
	fputs(p2p_compared_name(row_of(row)->comparison.finding), cell);
}

static enum paint paint_finding(const void *row)
{
	const struct p2p_comparison *comparison = &row_of(row)->comparison;

	if (comparison->surprising)
		return PAINT_BAD;
	return comparison->finding == P2P_COMPARED_EXPECTED ? PAINT_GOOD :
	       comparison->finding == P2P_COMPARED_UNKNOWN ? PAINT_UNKNOWN : PAINT_HOST;
}

static void print_tool(FILE *cell, const void *row)
{
	fputs(row_of(row)->figure->tool->name, cell);
}

static void print_where(FILE *cell, const void *row)
{
	fprintf(cell, "%s:%u", row_of(row)->figure->file, row_of(row)->figure->line);
}

static void print_why(FILE *cell, const void *row)
{
	fputs(row_of(row)->comparison.why, cell);
}

const struct column measured_columns[] = {
	{ "PROVIDER", "which owns the memory", false, 0, .print = print_provider },
	{ "CLIENT", "which does the DMA", false, 0, .print = print_client },
	{ "WHAT", "read, write, both (their sum), latency, relation or access", false, 0,
	  .print = print_what },
	{ "SAID", "GB/s, ns or a label, as the text has it", true, 0, .print = print_said },
	{ "PREDICTED", "the same as this program predicts it; >= at least, <= at most, ? unknown",
	  true, 0, .print = print_predicted },
	{ "FINDING", "expected, half, staged, device, low, more, off, differs or unknown", false, 0,
	  .print = print_finding, .paint = paint_finding },
	{ "TOOL", "which said so", false, 0, .print = print_tool },
	{ "WHERE", "file and line", false, 0, .print = print_where },
	{ "WHY", "one sentence", false, 0, .print = print_why },
	{ 0 }
};

static enum status print_table(struct app *app, const struct measured_rows *rows)
{
	struct table *table = NULL;
	enum status status = table_new(app, measured_columns,
				       "PROVIDER,CLIENT,WHAT,SAID,PREDICTED,FINDING,TOOL", "TOOL",
				       &table);
	int error = 0;

	if (status)
		return status;
	for (size_t i = 0; i < rows->count && !error; i++)
		error = table_add(table, &rows->rows[i]);
	if (!error)
		error = table_end(table);
	table_free(table);
	return error ? fail_memory(app->failure) : STATUS_DONE;
}

/* "12 figures: 8 expected, 4 half." */
static void print_counts(const struct app *app, const struct measured_rows *rows)
{
	size_t counts[P2P_COMPARED_ALL] = { 0 };
	const char *separator = ": ";
	char text[WORDS_SIZE];

	for (size_t i = 0; i < rows->count; i++)
		counts[rows->rows[i].comparison.finding]++;
	fprintf(app->out, "\n%s", words_count(rows->count, "figure", text));
	for (int i = 0; i < P2P_COMPARED_ALL; i++) {
		if (!counts[i])
			continue;
		fprintf(app->out, "%s%zu %s", separator, counts[i],
			p2p_compared_name((enum p2p_compared)i));
		separator = ", ";
	}
	fputs(".\n", app->out);
}

/* How many rows from @at on have the same text; 0 if an earlier row has it. */
static size_t count_same(const struct measured_rows *rows, size_t at)
{
	const char *why = rows->rows[at].comparison.why;
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const struct p2p_comparison *other = &rows->rows[i].comparison;

		if (!other->surprising || strcmp(other->why, why) != 0)
			continue;
		if (i < at)
			return 0;
		count++;
	}
	return count;
}

static void print_reasons(const struct app *app, const struct measured_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct measured_row *row = &rows->rows[i];
		size_t count = row->comparison.surprising ? count_same(rows, i) : 0;
		char more[64] = "";

		if (!count)
			continue;
		if (count > 1)
			snprintf(more, sizeof(more), " and %zu more", count - 1);
		fputc('\n', app->out);
		say(app, 0, "%.64s and %.64s%s, %s: %s.", row->figure->provider.function->display,
		    row->figure->client.function->display, more,
		    p2p_compared_name(row->comparison.finding), row->comparison.why);
	}
}

static void print_guesses(const struct app *app, const struct measured_rows *rows)
{
	size_t guessed = 0;

	for (size_t i = 0; i < rows->count; i++)
		guessed += rows->rows[i].figure->client.guessed ||
			   rows->rows[i].figure->provider.guessed;
	if (!guessed)
		return;
	fputc('\n', app->out);
	print_wrapped(app->out, app->options.width, 0, "Which devices they are is a guess where the text "
		      "has no addresses: numbers were taken in the order of bus addresses, as nvidia-smi "
		      "counts, and CUDA with CUDA_DEVICE_ORDER=PCI_BUS_ID.");
}

static void print_lost(const struct app *app, const struct p2p_measured *measured,
		       const struct measured_rows *rows)
{
	char why[P2P_WAY_TEXT], last[P2P_WAY_TEXT] = "";

	for (size_t i = 0; i < rows->lost_count; i++) {
		const struct p2p_figure *figure = p2p_measured_at(measured, rows->lost[i]);

		p2p_measured_lost(measured, figure, why);
		if (!strcmp(why, last))
			continue;
		memcpy(last, why, sizeof(last));
		fputc('\n', app->out);
		say(app, 0, "Not compared: %.256s:%u: %s.", figure->file, figure->line, why);
	}
}

enum status measured_print(struct app *app, const struct p2p_measured *measured,
			   const struct measured_rows *rows)
{
	enum status status;

	print_rules_note(app, "# ");
	status = print_table(app, rows);
	if (status)
		return status;
	print_counts(app, rows);
	print_reasons(app, rows);
	print_guesses(app, rows);
	print_lost(app, measured, rows);
	return STATUS_DONE;
}

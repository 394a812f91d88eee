/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources: what each source provided, what was not read, and what else would decide pairs. */
#include <inttypes.h>
#include <string.h>

#include "commands/sources/sources.h"
#include "machine/printed.h"
#include "print/document.h"
#include "print/output.h"
#include "print/say.h"
#include "print/words.h"

#define INDENT ((size_t)2)
#define REASON_SIZE (PRINTED_SIZE + 80u)

/* A name cannot be wrapped, so the remarks about it go below it. */
static void print_place(const struct app *app, const char *name, unsigned int first,
			unsigned int last)
{
	words_line(app->out, name);
	if (last > first)
		fprintf(app->out, ", lines %u to %u", first, last);
	else if (first)
		fprintf(app->out, ", line %u", first);
}

/* "40 functions, 38 register dumps, kernel release" */
static void say_gifts(FILE *out, const struct p2p_given *given)
{
	const char *separator = "";

	for (enum p2p_gift gift = 0; gift < P2P_GIFTS; gift++) {
		size_t count = given->count[gift];

		if (!count)
			continue;
		fputs(separator, out);
		if (!p2p_gift_is_machine(gift))
			fprintf(out, "%zu ", count);
		fputs(p2p_gift_noun(gift, count), out);
		separator = ", ";
	}
	if (!*separator)
		fputs("nothing of the machine", out);
}

static void print_given(const struct app *app)
{
	struct p2p_given given;
	struct paragraph line;

	for (size_t i = 0; p2p_snapshot_given(app->snapshot, i, &given); i++) {
		print_place(app, given.name, given.first_line, given.last_line);
		fputc('\n', app->out);
		if (!paragraph_start(&line))
			return;
		fprintf(line.stream, "%s: ", p2p_source_text(given.source)->noun);
		say_gifts(line.stream, &given);
		fprintf(app->out, "%*s", (int)INDENT, "");
		paragraph_end(app, &line, INDENT, INDENT);
	}
}

/*
 * An error names its file and line, which are printed above it here, so they are cut off. @text: buffer for
 * the text about a file that another command reads
 */
static const char *reason_of(struct printed *printed, const struct p2p_skipped *skipped,
			     char text[REASON_SIZE])
{
	const char *why = skipped->why;
	size_t length = strlen(skipped->name);
	char tools[PRINTED_SIZE];

	if (printed_by(printed, skipped->name, skipped->first, skipped->last, tools)) {
		snprintf(text, REASON_SIZE, "output of %s, which p2ptopo measured compares with the "
			 "prediction", tools);
		return text;
	}
	if (!why || strncmp(why, skipped->name, length) != 0)
		return why;
	why += length;
	if (*why == ':' && why[1] >= '0' && why[1] <= '9')
		why += 1 + strspn(why + 1, "0123456789");
	return !strncmp(why, ": ", 2) ? why + 2 : skipped->why;
}

static void print_skipped(const struct app *app)
{
	const struct p2p_skipped *skipped;
	size_t count = p2p_snapshot_skipped(app->snapshot, &skipped);
	struct printed printed = { 0 };
	char text[REASON_SIZE];

	if (count)
		fputs("\nNot read:\n", app->out);
	for (size_t i = 0; i < count; i++) {
		const char *why = reason_of(&printed, &skipped[i], text);

		fprintf(app->out, "%*s", (int)INDENT, "");
		print_place(app, skipped[i].name, skipped[i].first, skipped[i].last);
		fputs(why ? "\n" : ": no known format\n", app->out);
		if (why)
			say(app, 2 * INDENT, "%s", why);
	}
	printed_clear(&printed);
}

static void print_where(const struct app *app, struct p2p_where where)
{
	words_line(app->out, where.name);
	if (where.line)
		fprintf(app->out, ":%u", where.line);
}

static void print_conflicts(const struct app *app)
{
	const struct p2p_conflict *conflicts;
	size_t count = p2p_snapshot_conflicts(app->snapshot, &conflicts);
	char bdf[P2P_BDF_SIZE];

	if (count)
		fputs("\nContradictions:\n", app->out);
	for (size_t i = 0; i < count; i++) {
		const struct p2p_conflict *conflict = &conflicts[i];

		fprintf(app->out, "  %s%s%s: ", conflict->of_function ?
			p2p_bdf_format(conflict->bdf, bdf) : "", conflict->of_function ? " " : "",
			conflict->what);
		print_where(app, conflict->first);
		fputs(" and ", app->out);
		print_where(app, conflict->second);
		fputs(conflict->settled ? "; the first is taken\n" : "; it is unknown\n", app->out);
	}
}

static void print_missing(const struct app *app, const struct shortfall *shortfall)
{
	char counted[WORDS_SIZE];

	fprintf(app->out, "\n%" PRIu64 " of %s without a verdict\n", shortfall->unknown,
		words_count(shortfall->pairs, "pair", counted));
	for (size_t i = 0; i < shortfall->count; i++) {
		const struct missing *row = &shortfall->rows[i];

		say(app, INDENT, "%s: %s", words_count(row->pairs, "pair", counted), row->what);
	}
	if (!shortfall->paste)
		return;
	fprintf(app->out, "\npaste also: %s", shortfall->paste);
	for (size_t i = 0; i < shortfall->count; i++) {
		bool said = !strcmp(shortfall->rows[i].command, shortfall->paste);

		for (size_t j = 0; j < i; j++)
			said |= !strcmp(shortfall->rows[i].command, shortfall->rows[j].command);
		if (!said)
			fprintf(app->out, "; %s", shortfall->rows[i].command);
	}
	fputc('\n', app->out);
}

static struct json_object *json_line(unsigned int line)
{
	return line ? json_count(line) : NULL;
}

static struct json_object *json_given(const struct app *app)
{
	struct json_object *array = p2p_json_new_array();
	struct p2p_given given;

	for (size_t i = 0; p2p_snapshot_given(app->snapshot, i, &given); i++) {
		struct json_object *gives = p2p_json_new_object();

		for (unsigned int j = 0; j < P2P_GIFTS; j++)
			json_put(gives, p2p_gift_key((enum p2p_gift)j), json_count(given.count[j]));
		p2p_json_append(array, json_members(
			{ "name", json_text(given.name) },
			{ "first_line", json_line(given.first_line) },
			{ "last_line", json_line(given.last_line) },
			{ "source", json_text(p2p_source_text(given.source)->name) },
			{ "gives", gives }));
	}
	return array;
}

static struct json_object *json_skipped(const struct app *app)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_skipped *skipped;
	size_t count = p2p_snapshot_skipped(app->snapshot, &skipped);
	struct printed printed = { 0 };
	char text[REASON_SIZE];

	for (size_t i = 0; i < count; i++) {
		p2p_json_append(array, json_members(
			{ "name", json_text(skipped[i].name) },
			{ "first_line", json_line(skipped[i].first) },
			{ "last_line", json_line(skipped[i].last) },
			{ "why", json_text(reason_of(&printed, &skipped[i], text)) }));
	}
	printed_clear(&printed);
	return array;
}

static struct json_object *json_where(struct p2p_where where)
{
	return json_members(
		{ "name", json_text(where.name) },
		{ "line", json_line(where.line) });
}

static struct json_object *json_conflicts(const struct app *app)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_conflict *conflicts;
	size_t count = p2p_snapshot_conflicts(app->snapshot, &conflicts);
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < count; i++) {
		p2p_json_append(array, json_members(
			{ "bdf", conflicts[i].of_function ?
			  json_text(p2p_bdf_format(conflicts[i].bdf, bdf)) : NULL },
			{ "what", json_text(conflicts[i].what) },
			{ "first", json_where(conflicts[i].first) },
			{ "second", json_where(conflicts[i].second) },
			{ "first_taken", json_flag(conflicts[i].settled) }));
	}
	return array;
}

static struct json_object *json_missing(const struct shortfall *shortfall)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < shortfall->count; i++) {
		p2p_json_append(array, json_members(
			{ "what", json_text(shortfall->rows[i].what) },
			{ "pairs", json_count(shortfall->rows[i].pairs) },
			{ "command", json_text(shortfall->rows[i].command) }));
	}
	return array;
}

static enum status print_json(const struct app *app, const struct shortfall *shortfall)
{
	return document_print(app, document_members(app, "sources",
		{ "sources", json_given(app) },
		{ "not_read", json_skipped(app) },
		{ "contradictions", json_conflicts(app) },
		{ "pairs", json_count(shortfall->pairs) },
		{ "unknown_pairs", json_count(shortfall->unknown) },
		{ "missing", json_missing(shortfall) },
		{ "paste_also", json_text(shortfall->paste) }));
}

enum status command_sources(struct app *app)
{
	struct shortfall shortfall;

	if (shortfall_find(app, &shortfall) < 0)
		return fail_memory(app->failure);
	if (app->options.format != FORMAT_TEXT)
		return print_json(app, &shortfall);
	print_given(app);
	print_skipped(app);
	print_conflicts(app);
	print_missing(app, &shortfall);
	return STATUS_DONE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff: differences between two machines in everything that peer-to-peer DMA depends on. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "print/document.h"
#include "print/say.h"
#include "print/words.h"
#include "print/output.h"
#include "commands/diff.h"

/** struct two - both machines and their difference. */
struct two {
	struct app old, *new;
	struct p2p_diff *diff;
};

#define NAMES_SHOWN 8

static const struct p2p_function *subject(const struct p2p_difference *difference)
{
	return difference->is ? difference->is : difference->was;
}

static bool is_alike(const struct p2p_difference *a, const struct p2p_difference *b)
{
	return b && !strcmp(a->about, b->about) && !strcmp(a->before, b->before) &&
	       !strcmp(a->after, b->after);
}

#define ABOUT_WIDTH 16

static void put_values(FILE *out, const struct app *app, const struct p2p_diff *diff,
		       const struct p2p_difference *difference)
{
	const char *evidence = NULL;

	if (*difference->before && *difference->after)
		fprintf(out, "%s%s -> %s%s", paint_on(app, PAINT_BOLD), difference->before,
			difference->after, paint_off(app));
	else
		fprintf(out, "%s%s", difference->before, difference->after);
	if (difference->was && !strcmp(difference->about, "moved"))
		evidence = p2p_diff_evidence(diff, difference->was);
	if (evidence)
		fprintf(out, " (matched by %s%s)", evidence,
			strcmp(evidence, "ids") != 0 ? "" : " alone: it may be another device of the same model");
}

static void put_subjects(FILE *out, const struct p2p_diff *diff, size_t index, size_t count)
{
	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
		fputs(i ? ", " : ": ", out);
		words_function(out, subject(p2p_diff_at(diff, index + i)));
	}
	if (count > NAMES_SHOWN)
		fprintf(out, " and %zu more", count - NAMES_SHOWN);
}

size_t diff_print(const struct app *app, const struct p2p_diff *diff, size_t index, size_t indent)
{
	const struct p2p_difference *first = p2p_diff_at(diff, index);
	struct paragraph line;
	size_t count = 1;

	while (is_alike(first, p2p_diff_at(diff, index + count)))
		count++;
	if (!paragraph_start(&line))
		return count;
	put_values(line.stream, app, diff, first);
	if (subject(first))
		put_subjects(line.stream, diff, index, count);
	fprintf(app->out, "%*s%-*s", (int)indent, "", ABOUT_WIDTH, first->about);
	paragraph_end_log(app, &line, indent + ABOUT_WIDTH, indent + ABOUT_WIDTH);
	return count;
}

static void put_answer(FILE *out, const struct p2p_answer *answer)
{
	fprintf(out, "%s %s", words_relation(answer->relation), p2p_map_type_name(answer->map_type));
	if (answer->map_type != P2P_MAP_UNKNOWN)
		fprintf(out, " %d", answer->distance);
	if (answer->delivery != P2P_DELIVERY_UNKNOWN)
		fprintf(out, ", delivered %s", p2p_delivery_name(answer->delivery));
	if (answer->read >= 0 && answer->write >= 0)
		fprintf(out, " (reads %g, writes %g GB/s)", answer->read, answer->write);
}

static void put_names(const struct app *app, const char *what, const struct p2p_function *const *list,
		      size_t count)
{
	const size_t indent = ABOUT_WIDTH + strlen(what) + 1;
	struct paragraph line;

	if (!paragraph_start(&line))
		return;
	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
		fprintf(line.stream, "%s%s", i ? ", " : "", list[i]->display);
	if (count > NAMES_SHOWN)
		fprintf(line.stream, " and %zu more", count - NAMES_SHOWN);
	fprintf(app->out, "%*s%s ", ABOUT_WIDTH, "", what);
	paragraph_end_log(app, &line, indent, indent);
}

static void print_pairs(const struct app *app, const struct p2p_pairs_difference *pairs)
{
	struct paragraph line;
	FILE *out;

	if (!paragraph_start(&line))
		return;
	out = line.stream;
	fprintf(out, "%" PRIu64 " of them: %s", pairs->pairs,
		paint_on(app, paint_of(pairs->before.map_type)));
	put_answer(out, &pairs->before);
	fprintf(out, "%s -> %s", paint_off(app), paint_on(app, paint_of(pairs->after.map_type)));
	put_answer(out, &pairs->after);
	fputs(paint_off(app), out);
	fprintf(app->out, "%-*s", ABOUT_WIDTH, "pairs");
	paragraph_end_log(app, &line, ABOUT_WIDTH, ABOUT_WIDTH);
	put_names(app, "providers", pairs->providers, pairs->provider_count);
	put_names(app, "clients  ", pairs->clients, pairs->client_count);
}

static enum status print_text(const struct two *two)
{
	const struct p2p_pairs_difference *pairs;

	for (size_t i = 0; p2p_diff_at(two->diff, i);)
		i += diff_print(two->new, two->diff, i, 0);
	for (size_t i = 0; (pairs = p2p_diff_pairs_at(two->diff, i)); i++)
		print_pairs(two->new, pairs);
	return STATUS_DONE;
}

/* A number with as few digits as possible. */
static struct json_object *json_speed(double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%g", value);
	return value < 0 ? NULL : p2p_json_new_real(value, text);
}

static struct json_object *json_answer(const struct p2p_answer *answer)
{
	bool known = answer->map_type != P2P_MAP_UNKNOWN;

	return json_members(
		{ "relation", json_text(p2p_relation_name(answer->relation)) },
		{ "map_type", json_text(p2p_map_type_name(answer->map_type)) },
		{ "delivered", json_text(p2p_delivery_name(answer->delivery)) },
		{ "distance", known ? p2p_json_new_number(answer->distance) : NULL },
		{ "read_gbytes_per_second", json_speed(answer->read) },
		{ "write_gbytes_per_second", json_speed(answer->write) });
}

struct json_object *diff_json(const struct p2p_diff *diff, const struct p2p_difference *difference)
{
	const struct p2p_function *was = difference->was;

	return json_members(
		{ "about", json_text(difference->about) },
		{ "was", json_bdf(was) },
		{ "is", json_bdf(difference->is) },
		{ "name", subject(difference) ? json_text(subject(difference)->display) : NULL },
		{ "evidence", was ? json_text(p2p_diff_evidence(diff, was)) : NULL },
		{ "before", *difference->before ? json_text(difference->before) : NULL },
		{ "after", *difference->after ? json_text(difference->after) : NULL });
}

static struct json_object *json_pairs(const struct p2p_pairs_difference *pairs)
{
	return json_members(
		{ "pairs", json_count(pairs->pairs) },
		{ "before", json_answer(&pairs->before) },
		{ "after", json_answer(&pairs->after) },
		{ "providers", json_functions(pairs->providers, pairs->provider_count) },
		{ "clients", json_functions(pairs->clients, pairs->client_count) });
}

static enum status print_json(const struct two *two)
{
	struct json_object *differences = p2p_json_new_array();
	struct json_object *pairs = p2p_json_new_array();
	const struct p2p_difference *difference;
	const struct p2p_pairs_difference *row;

	for (size_t i = 0; (difference = p2p_diff_at(two->diff, i)); i++)
		p2p_json_append(differences, diff_json(two->diff, difference));
	for (size_t i = 0; (row = p2p_diff_pairs_at(two->diff, i)); i++)
		p2p_json_append(pairs, json_pairs(row));
	return document_print(two->new, document_members(two->new, "diff",
		{ "old", document_new(&two->old, "diff") },
		{ "differences", differences },
		{ "pairs", pairs }));
}

/* Both machines are read the same way, each under its own rules unless --kernel names some. */
static enum status read_both(struct two *two, const char *old, const char *new)
{
	enum status status;

	if (new && two->new->options.from)
		return fail_with(two->new->failure, STATUS_USAGE, "diff OLD NEW names both "
				 "machines; --from is a third");
	two->old = app_like(two->new);
	two->old.options.source_count = 0;
	(void)options_add_source(&two->old.options, old);
	if (new)
		(void)options_add_source(&two->new->options, new);
	status = app_read(&two->old, STAGE_EVALUATE);
	return status ? status : app_read(two->new, STAGE_EVALUATE);
}

enum status command_diff(struct app *app)
{
	struct two two = { .new = app };
	enum status status = read_both(&two, app->argv[0], app->argc > 1 ? app->argv[1] : NULL);
	bool any;

	if (!status && p2p_diff_new(app->context, two.old.eval, app->eval, app->options.all ? P2P_DIFF_ALL : 0,
				    &two.diff))
		status = fail_memory(app->failure);
	if (!status) {
		any = p2p_diff_at(two.diff, 0) || p2p_diff_pairs_at(two.diff, 0);
		status = app->options.format == FORMAT_JSON ? print_json(&two) : print_text(&two);
		status = status ? status : any ? STATUS_NO : STATUS_DONE;
	}
	p2p_diff_free(two.diff);
	app_release(&two.old);
	return status;
}

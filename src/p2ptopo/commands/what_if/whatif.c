/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo what-if: the pairs and IOMMU groups that a change would affect. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "print/document.h"
#include "print/say.h"
#include "print/words.h"
#include "commands/what_if/whatif.h"

/** typedef row_fn - handle one pair that changes. Return: 0 to continue, anything else to stop. */
typedef int row_fn(const struct whatif *whatif, const struct whatif_row *row, void *userdata);

const struct column whatif_columns[] = {
#define PAIR_FACT(id, name, align, width, member, say, paint, flags, help) \
	{ name, help, .fact = PAIR_##id, .pair = offsetof(struct whatif_row, before), \
	  .then = offsetof(struct whatif_row, after) },
#include "print/pair/pair_facts.def"
#undef PAIR_FACT
	{ 0 }
};

static const struct p2p_function *other(const struct whatif *whatif,
					const struct p2p_function *function)
{
	return p2p_topology_function(whatif->topology, function->index);
}

/* Calls @fn for each pair that changes, and counts these and all pairs. Stops early if the output is gone. */
static int for_each_change(const struct whatif *whatif, row_fn *fn, void *userdata,
			   uint64_t *ret_changed, uint64_t *ret_pairs)
{
	const struct app *app = whatif->before;
	struct whatif_row row;
	int error = 0;

	*ret_changed = *ret_pairs = 0;
	for (size_t i = 0; i < app->selected_count; i++) {
		for (size_t j = 0; j < app->selected_count && !error; j++) {
			const struct p2p_function *a = app->selected[i], *b = app->selected[j];

			if (!app_shows(app, i, j))
				continue;
			pair_eval(app->eval, a, b, &row.before);
			pair_eval(whatif->eval, other(whatif, a), other(whatif, b), &row.after);
			++*ret_pairs;
			if (!pair_differs(&row.before, &row.after))
				continue;
			++*ret_changed;
			error = fn(whatif, &row, userdata);
			if (!error && ferror(app->out))
				error = 1;
		}
	}
	return error;
}

/**
 * struct total - the pairs of two classes with the same change.
 * @provider, @client: their classes; @before, @after: what the kernel decides
 */
struct total {
	enum p2p_class provider, client;
	enum p2p_map_type before, after;
	uint64_t pairs;
};

#define MOST_TOTALS ((size_t)P2P_CLASSES * P2P_CLASSES * P2P_MAP_TYPES * P2P_MAP_TYPES)

struct totals {
	struct total *rows;
	size_t count;
};

static int count_row(const struct whatif *whatif, const struct whatif_row *row, void *userdata)
{
	const struct total total = {
		row->before.verdict.provider->kind, row->before.verdict.client->kind,
		row->before.verdict.kernel.map_type, row->after.verdict.kernel.map_type, 1,
	};
	struct totals *totals = userdata;

	(void)whatif;
	for (size_t i = 0; i < totals->count; i++) {
		struct total *known = &totals->rows[i];

		if (known->provider == total.provider && known->client == total.client &&
		    known->before == total.before && known->after == total.after) {
			known->pairs++;
			return 0;
		}
	}
	totals->rows[totals->count++] = total;
	return 0;
}

/* The order in which users look: by class, with those first that the kernel decides differently. */
static int compare_totals(const void *left, const void *right)
{
	const struct total *one = left, *other = right;
	int order = (int)words_place(one->provider) - (int)words_place(other->provider);

	if (!order)
		order = (int)words_place(one->client) - (int)words_place(other->client);
	if (!order)
		order = (one->before == one->after) - (other->before == other->after);
	return order ? order : (int)other->after - (int)one->after;
}

static bool is_of_one(const struct total *one, const struct total *other)
{
	return one->provider == other->provider && one->client == other->client;
}

/* Prints the changes for two classes: "16 thru_host_bridge -> bus_addr, 48 thru_host_bridge as now". */
static const struct total *print_classes(const struct app *app, const struct total *first,
					 const struct total *end)
{
	struct paragraph text;
	const struct total *at;
	int column;

	if (!paragraph_start(&text))
		return end;
	for (at = first; at < end && is_of_one(at, first); at++)
		fprintf(text.stream, "%s%" PRIu64 " %s%s%s", at == first ? "" : ", ", at->pairs,
			p2p_map_type_name(at->before), at->before == at->after ? " as now" : " -> ",
			at->before == at->after ? "" : p2p_map_type_name(at->after));
	column = fprintf(app->out, "  %s <- %s", p2p_class_name(first->provider),
			 p2p_class_name(first->client));
	fprintf(app->out, "%*s", column < 16 ? 16 - column : 1, "");
	paragraph_end(app, &text, column < 16 ? 16 : (size_t)column + 1, 16);
	return at;
}

/* The overall effect, before any pair is named; provider <- client, as everywhere. */
static enum status print_totals(const struct whatif *whatif, uint64_t *ret_changed)
{
	const struct app *app = whatif->before;
	struct totals totals = { .rows = calloc(MOST_TOTALS, sizeof(*totals.rows)) };
	uint64_t pairs;

	if (!totals.rows)
		return fail_memory(app->failure);
	for_each_change(whatif, count_row, &totals, ret_changed, &pairs);
	if (totals.count)
		qsort(totals.rows, totals.count, sizeof(*totals.rows), compare_totals);
	fprintf(app->out, "%" PRIu64 " of %" PRIu64 " pairs change%s\n", *ret_changed, pairs,
		*ret_changed ? ", provider <- client:" : "");
	for (const struct total *at = totals.rows, *end = at + totals.count; at < end;)
		at = print_classes(app, at, end);
	free(totals.rows);
	return STATUS_DONE;
}

/**
 * struct listed - the pairs while they are printed.
 * @shown: number of rows in the table; @routes: number of pairs left out because only their route changes
 */
struct listed {
	struct table *table;
	uint64_t shown, routes;
};

/* The facts that users look at first: whether a transfer works, and how fast it is. */
static bool is_worth_a_row(const struct whatif_row *row)
{
	static const enum pair_fact looked_at[] = {
		PAIR_RELATION, PAIR_MAP_TYPE, PAIR_DELIVERED, PAIR_READ, PAIR_WRITE,
	};
	char one[PAIR_SAY], other[PAIR_SAY];

	for (size_t i = 0; i < sizeof(looked_at) / sizeof(looked_at[0]); i++) {
		if (strcmp(pair_say(&row->before, looked_at[i], one),
			   pair_say(&row->after, looked_at[i], other)) != 0)
			return true;
	}
	return false;
}

static int add_row(const struct whatif *whatif, const struct whatif_row *row, void *userdata)
{
	struct listed *listed = userdata;

	if (!whatif->before->options.columns && !is_worth_a_row(row)) {
		listed->routes++;
		return 0;
	}
	listed->shown++;
	return table_add(listed->table, row);
}

static void print_routes(const struct app *app, uint64_t routes)
{
	char counted[WORDS_SIZE];

	if (!routes)
		return;
	fputc('\n', app->out);
	say(app, 0, "%s change in route, grant or score alone; for these, too: -o "
	    "+REQUEST,COMPLETION", words_count(routes, "pair", counted));
}

static void print_notes(const struct whatif *whatif)
{
	const struct app *app = whatif->before;
	const char *before = p2p_eval_rules_note(app->eval);
	const char *after = p2p_eval_rules_note(whatif->eval);

	print_rules_note(app, "# ");
	if (after && (!before || strcmp(before, after) != 0))
		fprintf(app->out, "# after: %s\n", after);
}

static int print_rows(const struct whatif *whatif, struct listed *listed)
{
	uint64_t changed, pairs;
	int error;

	fputc('\n', whatif->before->out);
	error = for_each_change(whatif, add_row, listed, &changed, &pairs);
	if (!error && listed->shown)
		error = table_end(listed->table);
	return error;
}

static enum status print_text(const struct whatif *whatif)
{
	struct app *app = whatif->before;
	struct listed listed = { 0 };
	uint64_t changed = 0;
	enum status status = table_new(app, whatif_columns, "PROVIDER-NAME,CLIENT-NAME,REL,DELIVERED,"
				       "MAP-TYPE,READ,WRITE,REQUEST,COMPLETION,SCORE",
				       "SCORE,COMPLETION,REQUEST,REL,DELIVERED,WRITE,READ",
				       &listed.table);
	int error = 0;

	if (status)
		return status;
	print_notes(whatif);
	status = print_totals(whatif, &changed);
	if (!status && !whatif_groups_text(whatif))
		fputs("no IOMMU group changes\n", app->out);
	if (!status && changed)
		error = print_rows(whatif, &listed);
	table_free(listed.table);
	if (error == -ENOMEM)
		return fail_memory(app->failure);
	print_routes(app, listed.routes);
	return status;
}

/* A pair must be described by the evaluator that evaluated it. */
static struct json_object *json_side(const struct app *app, struct p2p_eval *eval,
				     const struct p2p_verdict *verdict)
{
	struct app speaker = *app;

	speaker.eval = eval;
	return json_pair(&speaker, verdict);
}

static int print_element(const struct whatif *whatif, const struct whatif_row *row,
			 void *userdata)
{
	const struct app *app = whatif->before;

	document_element(app, json_members(
		{ "before", json_side(app, app->eval, &row->before.verdict) },
		{ "after", json_side(app, whatif->eval, &row->after.verdict) }), userdata);
	return 0;
}

static struct json_object *json_changes(const struct app *app)
{
	struct json_object *array = p2p_json_new_array();

	for (int i = 0; i < app->argc; i++)
		p2p_json_append(array, p2p_json_new_text(app->argv[i]));
	return array;
}

static enum status print_json(const struct whatif *whatif)
{
	const struct app *app = whatif->before;
	const char *separator = "";
	uint64_t changed, pairs;

	document_open(app, document_members(app, "what-if",
		{ "changes", json_changes(app) },
		{ "rules_after", json_text(p2p_rules_name(p2p_eval_rules(whatif->eval))) },
		{ "rules_after_note", json_text(p2p_eval_rules_note(whatif->eval)) },
		{ "groups", whatif_groups_json(whatif) }), "pairs");
	for_each_change(whatif, print_element, &separator, &changed, &pairs);
	document_close(app);
	return STATUS_DONE;
}

static enum status make_other(struct whatif *whatif)
{
	struct p2p_context *context = whatif->before->context;
	int error = p2p_topology_change(context, whatif->before->topology, whatif->changes,
					whatif->change_count, &whatif->topology);

	if (!error)
		error = p2p_eval_new(context, whatif->topology, whatif->kernel, &whatif->eval);
	if (!error)
		error = p2p_isolation_new(context, whatif->before->topology,
					  &whatif->groups_before);
	if (!error)
		error = p2p_isolation_new(context, whatif->topology, &whatif->groups_after);
	return error ? fail_library(whatif->before->failure, context, error) : STATUS_DONE;
}

enum status command_whatif(struct app *app)
{
	struct p2p_change *changes = calloc((size_t)app->argc, sizeof(*changes));
	struct whatif whatif = { .before = app, .kernel = app->options.kernel, .changes = changes };
	enum status status = changes ? STATUS_DONE : fail_memory(app->failure);

	for (int i = 0; i < app->argc && !status; i++)
		status = whatif_parse(&whatif, app->argv[i]);
	if (!status)
		status = make_other(&whatif);
	if (!status)
		status = app->options.format == FORMAT_JSON ? print_json(&whatif) : print_text(&whatif);
	p2p_isolation_free(whatif.groups_after);
	p2p_isolation_free(whatif.groups_before);
	p2p_eval_free(whatif.eval);
	p2p_topology_free(whatif.topology);
	free(changes);
	return status;
}

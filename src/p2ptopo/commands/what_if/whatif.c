/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo what-if: the pairs and the IOMMU groups that a change would change. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "print/document.h"
#include "commands/what_if/whatif.h"

/** typedef row_fn - what to do with one pair that changes.  Return: 0 goes on, all else stops. */
typedef int row_fn(const struct whatif *whatif, const struct whatif_row *row, void *userdata);

const struct column whatif_columns[] = {
#define PAIR_FACT(id, name, align, width, member, say, paint, flags, help) \
	{ name, help, false, 0, NULL, NULL, PAIR_##id, offsetof(struct whatif_row, before), \
	  offsetof(struct whatif_row, after) },
#include "print/pair_facts.def"
#undef PAIR_FACT
	{ 0 }
};

static const struct p2p_function *other(const struct whatif *whatif,
					const struct p2p_function *function)
{
	return p2p_topology_function(whatif->topology, function->index);
}

/* How many of how many pairs change; stops early when the output is gone. */
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

static int add_row(const struct whatif *whatif, const struct whatif_row *row, void *userdata)
{
	(void)whatif;
	return table_add(userdata, row);
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

static enum status print_text(const struct whatif *whatif)
{
	struct app *app = whatif->before;
	struct table *table;
	uint64_t changed, pairs;
	enum status status = table_new(app, whatif_columns, "PROVIDER,CLIENT,REL,DELIVERED,"
				       "MAP-TYPE,REQUEST,COMPLETION,READ,WRITE,SCORE", &table);
	int error;

	if (status)
		return status;
	print_notes(whatif);
	error = for_each_change(whatif, add_row, table, &changed, &pairs);
	if (!error)
		error = table_end(table);
	table_free(table);
	if (error == -ENOMEM)
		return fail_memory(app->failure);
	fprintf(app->out, "%s%" PRIu64 " of %" PRIu64 " pairs change\n", changed ? "\n" : "",
		changed, pairs);
	if (!whatif_groups_text(whatif))
		fputs("no IOMMU group changes\n", app->out);
	return STATUS_DONE;
}

/* The evaluator that speaks of a pair must be the one that evaluated it. */
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
	struct json_object *object = json_object_new_object();

	json_put(object, "before", json_side(app, app->eval, &row->before.verdict));
	json_put(object, "after", json_side(app, whatif->eval, &row->after.verdict));
	document_element(app, object, userdata);
	return 0;
}

static struct json_object *json_changes(int argc, char **argv)
{
	struct json_object *array = json_object_new_array();

	for (int i = 0; i < argc; i++)
		json_object_array_add(array, json_object_new_string(argv[i]));
	return array;
}

static enum status print_json(const struct whatif *whatif, int argc, char **argv)
{
	const struct app *app = whatif->before;
	struct json_object *document = document_new(app, "what-if");
	const char *separator = "", *note = p2p_eval_rules_note(whatif->eval);
	uint64_t changed, pairs;

	json_put(document, "changes", json_changes(argc, argv));
	json_put(document, "rules_after",
		 json_text(p2p_rules_name(p2p_eval_rules(whatif->eval))));
	json_put(document, "rules_after_note", json_text(note));
	json_put(document, "groups", whatif_groups_json(whatif));
	document_open(app, document, "pairs");
	for_each_change(whatif, print_element, &separator, &changed, &pairs);
	document_close(app);
	return STATUS_DONE;
}

static enum status parse(struct whatif *whatif, int argc, char **argv)
{
	enum status status = STATUS_DONE;

	for (int i = 0; i < argc && !status; i++)
		status = whatif_parse(whatif, argv[i]);
	return status;
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

enum status command_whatif(struct app *app, int argc, char **argv)
{
	struct p2p_change *changes = calloc((size_t)argc, sizeof(*changes));
	struct whatif whatif = { .before = app, .kernel = app->options.kernel, .changes = changes };
	enum status status = changes ? parse(&whatif, argc, argv) : fail_memory(app->failure);

	if (!status)
		status = make_other(&whatif);
	if (!status)
		status = app->options.format == FORMAT_JSON ? print_json(&whatif, argc, argv) :
							      print_text(&whatif);
	p2p_isolation_free(whatif.groups_after);
	p2p_isolation_free(whatif.groups_before);
	p2p_eval_free(whatif.eval);
	p2p_topology_free(whatif.topology);
	free(changes);
	return status;
}

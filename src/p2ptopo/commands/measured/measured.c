/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo measured: what other tools measured or say about pairs, beside the prediction. */
#include <stdlib.h>
#include <string.h>

#include "commands/measured/measured.h"
#include "machine/save.h"

static enum status read_one(struct app *app, struct p2p_measured *measured, const char *path)
{
	char note[P2P_WAY_TEXT] = "";
	int error = p2p_measured_load(measured, path, note);

	if (error)
		return fail_library(app->failure, app->context, error);
	if (*note)
		app_note(app, "%s", note);
	return STATUS_DONE;
}

/* "PROVIDER,CLIENT" */
static enum status parse_between(struct app *app, const struct p2p_function **ret_provider,
				 const struct p2p_function **ret_client)
{
	const char *text = app->options.between, *comma = text ? strchr(text, ',') : NULL;
	enum status status;
	char *copy;

	if (!text)
		return STATUS_DONE;
	if (!comma || strchr(comma + 1, ','))
		return fail_with(app->failure, STATUS_USAGE, "--between takes PROVIDER,CLIENT, not '%s'",
				 text);
	copy = strndup(text, (size_t)(comma - text));
	if (!copy)
		return fail_memory(app->failure);
	status = app_find_end(app, copy, ret_provider);
	free(copy);
	return status ? status : app_find_end(app, comma + 1, ret_client);
}

static bool is_wanted(const bool *marked, const struct p2p_figure *figure)
{
	return !marked || marked[figure->client.function->index] ||
	       marked[figure->provider.function->index];
}

static bool is_pair(const struct p2p_figure *figure)
{
	return figure->client.function && figure->provider.function &&
	       figure->client.function != figure->provider.function;
}

static enum status compare_all(struct app *app, const struct p2p_measured *measured,
			       const bool *marked, struct measured_rows *rows)
{
	const struct p2p_figure *figure;

	for (size_t i = 0; (figure = p2p_measured_at(measured, i)); i++) {
		struct measured_row *row = &rows->rows[rows->count];
		int error;

		if (!is_pair(figure)) {
			rows->lost[rows->lost_count++] = i;
			continue;
		}
		if (!is_wanted(marked, figure))
			continue;
		row->figure = figure;
		error = p2p_measured_compare(measured, app->eval, i, &row->comparison);
		if (error)
			return fail_library(app->failure, app->context, error);
		rows->count++;
	}
	return STATUS_DONE;
}

/* Having nothing to compare is a failure, not a success. */
static enum status check_found(const struct app *app, const struct p2p_measured *measured,
			       const struct measured_rows *rows)
{
	const struct p2p_figure *figure;
	char why[P2P_WAY_TEXT];

	if (!rows->lost_count || rows->lost_count < p2p_measured_count(measured))
		return STATUS_DONE;
	figure = p2p_measured_at(measured, rows->lost[0]);
	return fail_with(app->failure, STATUS_INPUT, "%s:%u: %s", figure->file, figure->line,
			 p2p_measured_lost(measured, figure, why));
}

static bool is_surprising(const struct measured_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		if (rows->rows[i].comparison.surprising)
			return true;
	return false;
}

static enum status print_all(struct app *app, const struct p2p_measured *measured,
			     const struct measured_rows *rows)
{
	struct json_object *document = measured_document(app, measured, rows);
	enum status status = STATUS_DONE;

	if (app->options.evidence)
		status = save_document(app, app->options.evidence, document);
	if (!status && app->options.format != FORMAT_TEXT)
		return document_print(app, document);
	json_object_put(document);
	return status ? status : measured_print(app, measured, rows);
}

static enum status compare_into(struct app *app, const struct p2p_measured *measured,
				bool *marked, struct measured_rows *rows)
{
	enum status status = marked ? app_mark(app, marked) : STATUS_DONE;

	if (!status)
		status = compare_all(app, measured, marked, rows);
	if (!status)
		status = check_found(app, measured, rows);
	if (!status)
		status = print_all(app, measured, rows);
	return !status && is_surprising(rows) ? STATUS_NO : status;
}

static enum status compare(struct app *app, const struct p2p_measured *measured)
{
	size_t count = p2p_measured_count(measured) + 1;
	struct measured_rows rows = {
		.rows = calloc(count, sizeof(*rows.rows)),
		.lost = calloc(count, sizeof(*rows.lost)),
	};
	bool *marked = app_has_filter(app) ?
		       calloc(p2p_topology_count(app->topology) + 1, sizeof(*marked)) : NULL;
	enum status status;

	if (rows.rows && rows.lost && (marked || !app_has_filter(app)))
		status = compare_into(app, measured, marked, &rows);
	else
		status = fail_memory(app->failure);
	free(rows.rows);
	free(rows.lost);
	free(marked);
	return status;
}

enum status command_measured(struct app *app)
{
	const struct p2p_function *provider = NULL, *client = NULL;
	struct p2p_measured *measured = NULL;
	enum status status = parse_between(app, &provider, &client);
	int error;

	if (status)
		return status;
	error = p2p_measured_new(app->context, &measured);
	if (error)
		return fail_library(app->failure, app->context, error);
	for (int i = 0; i < app->argc && !status; i++)
		status = read_one(app, measured, app->argv[i]);
	if (!status) {
		error = p2p_measured_find(measured, app->topology, client, provider);
		status = error ? fail_library(app->failure, app->context, error) :
				 compare(app, measured);
	}
	p2p_measured_free(measured);
	return status;
}

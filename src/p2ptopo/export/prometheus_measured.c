/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bandwidths that tools measured, beside those predicted for the same transfers. Of several figures for one
 * pair, direction and tool the best one counts: the question is what a pair can do, and tools start with
 * small sizes.
 */
#include <stdlib.h>

#include "export/prometheus.h"

/** struct row - the best figure of its kind, the prediction for it, and how the two compare. */
struct row {
	const struct p2p_figure *figure;
	double predicted;	/* 0 if there is no figure */
	enum p2p_compared finding;
};

/** struct bandwidths - see prometheus.h; @rows is owned. */
struct bandwidths {
	struct p2p_measured *measured;
	struct row *rows;
	size_t count;
};

static bool is_alike(const struct p2p_figure *one, const struct p2p_figure *other)
{
	return one->tool == other->tool && one->how == other->how && one->read == other->read &&
	       one->provider.function == other->provider.function && one->client.function == other->client.function;
}

/* Without peer access, a figure measures something else. */
static bool is_wanted(const struct p2p_figure *figure)
{
	return figure->kind == P2P_FIGURE_SPEED && figure->peer != P2P_NO && figure->provider.function &&
	       figure->client.function && figure->provider.function != figure->client.function;
}

static struct row *row_of(struct bandwidths *bandwidths, const struct p2p_figure *figure)
{
	for (size_t i = 0; i < bandwidths->count; i++) {
		if (is_alike(bandwidths->rows[i].figure, figure))
			return &bandwidths->rows[i];
	}
	return &bandwidths->rows[bandwidths->count++];
}

static enum status compare(struct app *app, struct bandwidths *bandwidths)
{
	const struct p2p_figure *figure;
	struct p2p_comparison comparison;

	bandwidths->rows = calloc(p2p_measured_count(bandwidths->measured) + 1, sizeof(*bandwidths->rows));
	bandwidths->count = 0;
	if (!bandwidths->rows)
		return fail_memory(app->failure);
	for (size_t i = 0; (figure = p2p_measured_at(bandwidths->measured, i)); i++) {
		struct row *row = is_wanted(figure) ? row_of(bandwidths, figure) : NULL;
		int error;

		if (!row || (row->figure && row->figure->value >= figure->value))
			continue;
		error = p2p_measured_compare(bandwidths->measured, app->eval, i, &comparison);
		if (error)
			return fail_library(app->failure, app->context, error);
		*row = (struct row){ figure, p2p_speed_has_figure(&comparison.speed) ?
				     comparison.speed.gbytes_per_second : 0, comparison.finding };
	}
	if (!bandwidths->count)
		app_note(app, "%s: no bandwidth of a pair of this machine", app->options.measured);
	return STATUS_DONE;
}

static enum status read_file(struct app *app, struct bandwidths *bandwidths)
{
	char note[P2P_WAY_TEXT] = "";
	int error = p2p_measured_new(app->context, &bandwidths->measured);

	if (!error)
		error = p2p_measured_load(bandwidths->measured, app->options.measured, note);
	if (!error)
		error = p2p_measured_find(bandwidths->measured, app->topology, NULL, NULL);
	if (error)
		return fail_library(app->failure, app->context, error);
	if (*note)
		app_note(app, "%s", note);
	return compare(app, bandwidths);
}

enum status bandwidths_read(struct app *app, struct bandwidths **ret_bandwidths)
{
	struct bandwidths *bandwidths;
	enum status status;

	*ret_bandwidths = NULL;
	if (!app->options.measured)
		return STATUS_DONE;
	bandwidths = calloc(1, sizeof(*bandwidths));
	status = bandwidths ? read_file(app, bandwidths) : fail_memory(app->failure);
	if (status)
		bandwidths_free(bandwidths);
	else
		*ret_bandwidths = bandwidths;
	return status;
}

void bandwidths_free(struct bandwidths *bandwidths)
{
	if (!bandwidths)
		return;
	p2p_measured_free(bandwidths->measured);
	free(bandwidths->rows);
	free(bandwidths);
}

static void print_rate(const struct app *app, const char *name, const struct p2p_figure *figure,
		       double gbytes_per_second)
{
	static const char *const ways[] = {
		[P2P_FIGURE_ALONE] = "alone", [P2P_FIGURE_SUM] = "sum", [P2P_FIGURE_AGAINST] = "against",
	};
	char provider[P2P_BDF_SIZE], client[P2P_BDF_SIZE];

	fprintf(app->out, "%s{provider=\"%s\",client=\"%s\",op=\"%s\",how=\"%s\",tool=\"%s\"} %.0f\n", name,
		p2p_bdf_format(figure->provider.function->bdf, provider),
		p2p_bdf_format(figure->client.function->bdf, client), figure->read ? "read" : "write",
		ways[figure->how], figure->tool->name, gbytes_per_second * 1e9);
}

static void print_findings(const struct app *app, const struct bandwidths *bandwidths)
{
	size_t counts[P2P_COMPARED_ALL] = { 0 };

	metrics_head(app, "p2ptopo_measured_pairs", "gauge", "Measured bandwidths by how they compare with what is "
		     "predicted.");
	for (size_t i = 0; i < bandwidths->count; i++)
		counts[bandwidths->rows[i].finding]++;
	for (unsigned int i = 0; i < P2P_COMPARED_ALL; i++) {
		if (counts[i])
			fprintf(app->out, "p2ptopo_measured_pairs{finding=\"%s\"} %zu\n",
				p2p_compared_name((enum p2p_compared)i), counts[i]);
	}
}

void bandwidths_print(const struct app *app, const struct bandwidths *bandwidths)
{
	const struct row *rows;

	if (!bandwidths || !bandwidths->count)
		return;
	rows = bandwidths->rows;
	metrics_head(app, "p2ptopo_measured_bytes_per_second", "gauge", "Bandwidth of a pair that a tool measured.");
	for (size_t i = 0; i < bandwidths->count; i++)
		print_rate(app, "p2ptopo_measured_bytes_per_second", rows[i].figure, rows[i].figure->value);
	metrics_head(app, "p2ptopo_predicted_bytes_per_second", "gauge", "Bandwidth predicted where one was measured.");
	for (size_t i = 0; i < bandwidths->count; i++)
		if (rows[i].predicted > 0)
			print_rate(app, "p2ptopo_predicted_bytes_per_second", rows[i].figure,
				   rows[i].predicted);
	print_findings(app, bandwidths);
}

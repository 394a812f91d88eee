/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The document of measured, which --evidence writes, too. It claims "measured", never "proven". */
#include <stdlib.h>

#include "commands/measured/measured.h"
#include "print/speed.h"

static const char *const hows[] = {
	[P2P_FIGURE_ALONE] = "alone", [P2P_FIGURE_SUM] = "sum", [P2P_FIGURE_AGAINST] = "against",
};

static bool is_label(enum p2p_figure_kind kind)
{
	return kind == P2P_FIGURE_RELATION || kind == P2P_FIGURE_ACCESS;
}

/* A figure has one of three values; the others are null. */
static void put_value(struct json_object *object, enum p2p_figure_kind kind, double value,
		      const char *label)
{
	json_put(object, "gbytes_per_second", kind == P2P_FIGURE_SPEED && value > 0 ?
		 speed_json_decimal(value, "%.3f") : NULL);
	json_put(object, "latency_ns", kind == P2P_FIGURE_LATENCY && value > 0 ?
		 speed_json_decimal(value, "%.0f") : NULL);
	json_put(object, "label", is_label(kind) ? json_text(label) : NULL);
}

static struct json_object *json_predicted(const struct measured_row *row)
{
	const struct p2p_comparison *comparison = &row->comparison;
	enum p2p_figure_kind kind = row->figure->kind;
	struct json_object *object = p2p_json_new_object();

	put_value(object, kind, kind == P2P_FIGURE_SPEED ? comparison->speed.gbytes_per_second :
							   comparison->speed.latency_ns,
		  *comparison->predicted == '?' ? NULL : comparison->predicted);
	json_put(object, "at_least", json_flag(!is_label(kind) &&
					       comparison->speed.fact != P2P_PRESENT));
	json_put(object, "at_most", json_flag(comparison->speed.at_most));
	return object;
}

static struct json_object *json_figure(const struct measured_row *row)
{
	const struct p2p_figure *figure = row->figure;
	struct json_object *object = p2p_json_new_object();

	json_put(object, "provider", json_bdf(figure->provider.function));
	json_put(object, "client", json_bdf(figure->client.function));
	json_put(object, "guessed", json_flag(figure->provider.guessed || figure->client.guessed));
	json_put(object, "tool", json_text(figure->tool->name));
	json_put(object, "file", json_text(figure->file));
	json_put(object, "line", json_count(figure->line));
	json_put(object, "kind", json_text(p2p_figure_kind_name(figure->kind)));
	json_put(object, "op", json_text(figure->read ? "read" : "write"));
	json_put(object, "how", json_text(hows[figure->how]));
	json_put(object, "peer_access", json_tri(figure->peer));
	put_value(object, figure->kind, figure->value, figure->label);
	json_put(object, "predicted", json_predicted(row));
	json_put(object, "finding", json_text(p2p_compared_name(row->comparison.finding)));
	json_put(object, "surprising", json_flag(row->comparison.surprising));
	json_put(object, "why", json_text(row->comparison.why));
	return object;
}

static struct json_object *json_lost(const struct p2p_measured *measured,
				     const struct p2p_figure *figure)
{
	char why[P2P_WAY_TEXT];

	return json_members(
		{ "tool", json_text(figure->tool->name) },
		{ "file", json_text(figure->file) },
		{ "line", json_count(figure->line) },
		{ "why", json_text(p2p_measured_lost(measured, figure, why)) });
}

/* Every end once, in address order. */
static struct json_object *json_devices(const struct app *app, const struct measured_rows *rows)
{
	size_t count = p2p_topology_count(app->topology);
	bool *met = calloc(count + 1, sizeof(*met));
	struct json_object *array = p2p_json_new_array();

	if (!met)
		p2p_lost();
	for (size_t i = 0; met && i < rows->count; i++) {
		met[rows->rows[i].figure->provider.function->index] = true;
		met[rows->rows[i].figure->client.function->index] = true;
	}
	for (size_t i = 0; met && i < count; i++)
		if (met[i])
			p2p_json_append(array, p2p_device_facts(
						p2p_topology_function(app->topology, i)));
	free(met);
	return array;
}

struct json_object *measured_document(const struct app *app, const struct p2p_measured *measured,
				      const struct measured_rows *rows)
{
	struct json_object *figures = p2p_json_new_array(), *lost = p2p_json_new_array();

	for (size_t i = 0; i < rows->count; i++)
		p2p_json_append(figures, json_figure(&rows->rows[i]));
	for (size_t i = 0; i < rows->lost_count; i++)
		p2p_json_append(lost, json_lost(measured, p2p_measured_at(measured,
									  rows->lost[i])));
	return document_members(app, "measured",
		{ "proven", json_flag(false) },
		{ "devices", json_devices(app, rows) },
		{ "figures", figures },
		{ "not_compared", lost });
}

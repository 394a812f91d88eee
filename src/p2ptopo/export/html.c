/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One page that needs no other file: page.html with the tree embedded as SVG and the pairs as JSON. */
#include <string.h>

#include "export/export.h"
#include "export/svg.h"
#include "print/document.h"
#include "print/json_text.h"
#include "print/speed.h"

/* page.html, embedded by embed-text.cmake. */
extern const char export_page[];

static struct json_object *json_device(const struct p2p_function *function)
{
	char label[160];

	return json_members(
		{ "bdf", json_bdf(function) },
		{ "name", json_text(function->display) },
		{ "class", json_text(p2p_class_name(function->kind)) },
		{ "label", json_text(words_product(function, label, sizeof(label))) });
}

static struct json_object *json_one(const struct app *app, const struct p2p_function *provider,
				    const struct p2p_function *client)
{
	char why[P2P_WAY_TEXT], reason[1024];
	const struct p2p_way_answer *told;
	struct p2p_verdict verdict;
	struct p2p_score score;
	struct p2p_ways ways;

	p2p_eval_pair(app->eval, provider, client, &verdict);
	p2p_eval_score(app->eval, &verdict, &score);
	p2p_eval_reason(app->eval, &verdict, reason, sizeof(reason));
	p2p_ways_find(&verdict, &ways);
	told = p2p_ways_told(&ways);
	return json_members(
		{ "d", json_count(ways.delivery) },
		{ "way", json_text(told ? p2p_driver_way_summary(told->way) : NULL) },
		{ "why", json_text(p2p_ways_sentence(&ways, why)) },
		{ "map", json_text(p2p_map_type_name(verdict.kernel.map_type)) },
		{ "reason", json_text(reason) },
		{ "read", speed_json_bandwidth(&score.read) },
		{ "write", speed_json_bandwidth(&score.write) });
}

static struct json_object *json_row(const struct app *app, const struct picture *picture, size_t provider)
{
	struct json_object *row = p2p_json_new_array();

	for (size_t i = 0; i < picture->device_count; i++)
		p2p_json_append(row, i == provider ? NULL :
				json_one(app, picture_device(picture, provider),
					 picture_device(picture, i)));
	return row;
}

static struct json_object *json_deliveries(void)
{
	struct json_object *array = p2p_json_new_array();

	for (enum p2p_delivery i = 0; i < P2P_DELIVERIES; i++) {
		const char mark[] = { words_delivery_mark(i), '\0' };

		p2p_json_append(array, json_members(
			{ "mark", json_text(mark) },
			{ "name", json_text(svg_deliveries[i].name) },
			{ "means", json_text(svg_deliveries[i].means) }));
	}
	return array;
}

static struct json_object *json_data(const struct app *app, const struct picture *picture)
{
	struct json_object *devices = p2p_json_new_array(), *pairs = p2p_json_new_array();

	for (size_t i = 0; i < picture->device_count; i++)
		p2p_json_append(devices, json_device(picture_device(picture, i)));
	for (size_t i = 0; i < picture->device_count && picture->device_count <= PICTURE_MATRIX; i++)
		p2p_json_append(pairs, json_row(app, picture, i));
	return json_members(
		{ "kernel", json_text(p2p_topology_machine(app->topology)->release) },
		{ "rules", json_text(p2p_rules_name(p2p_eval_rules(app->eval))) },
		{ "note", json_text(p2p_eval_rules_note(app->eval)) },
		{ "devices", devices },
		{ "pairs", pairs },
		{ "deliveries", json_deliveries() });
}

static void print_page(const struct app *app, const struct picture *picture)
{
	const char *tree = strstr(export_page, "@TREE@"), *data = strstr(export_page, "@DATA@");
	struct json_object *pairs = json_data(app, picture);
	const char *text = json_text_plain(pairs);

	fwrite(export_page, 1, (size_t)(tree - export_page), app->out);
	svg_print(app, picture);
	tree += strlen("@TREE@");
	fwrite(tree, 1, (size_t)(data - tree), app->out);
	json_text_ascii(app->out, text, strlen(text));
	json_object_put(pairs);
	fputs(data + strlen("@DATA@"), app->out);
}

enum status export_html(struct app *app)
{
	return picture_print(app, print_page);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One page that needs no other file: page.html with the tree as SVG and the pairs as JSON in it. */
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
	struct json_object *object = p2p_json_new_object();
	char label[160];

	json_put(object, "bdf", json_bdf(function));
	json_put(object, "name", json_text(function->display));
	json_put(object, "class", json_text(p2p_class_name(function->kind)));
	json_put(object, "label", json_text(words_product(function, label, sizeof(label))));
	return object;
}

static struct json_object *json_one(const struct app *app, const struct p2p_function *provider,
				    const struct p2p_function *client)
{
	struct json_object *object = p2p_json_new_object();
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
	json_put(object, "d", json_count(ways.delivery));
	json_put(object, "way", json_text(told ? p2p_driver_way_summary(told->way) : NULL));
	json_put(object, "why", json_text(p2p_ways_sentence(&ways, why)));
	json_put(object, "map", json_text(p2p_map_type_name(verdict.kernel.map_type)));
	json_put(object, "reason", json_text(reason));
	json_put(object, "read", speed_json_bandwidth(&score.read));
	json_put(object, "write", speed_json_bandwidth(&score.write));
	return object;
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

	for (unsigned int i = 0; i < P2P_DELIVERIES; i++) {
		struct json_object *object = p2p_json_new_object();
		const char mark[] = { words_delivery_mark((enum p2p_delivery)i), '\0' };

		json_put(object, "mark", json_text(mark));
		json_put(object, "name", json_text(svg_delivery_class((enum p2p_delivery)i)));
		json_put(object, "means", json_text(svg_delivery_means((enum p2p_delivery)i)));
		p2p_json_append(array, object);
	}
	return array;
}

static struct json_object *json_data(const struct app *app, const struct picture *picture)
{
	struct json_object *data = p2p_json_new_object(), *devices = p2p_json_new_array();
	struct json_object *pairs = p2p_json_new_array();

	json_put(data, "kernel", json_text(p2p_topology_machine(app->topology)->release));
	json_put(data, "rules", json_text(p2p_rules_name(p2p_eval_rules(app->eval))));
	json_put(data, "note", json_text(p2p_eval_rules_note(app->eval)));
	for (size_t i = 0; i < picture->device_count; i++)
		p2p_json_append(devices, json_device(picture_device(picture, i)));
	json_put(data, "devices", devices);
	for (size_t i = 0; i < picture->device_count && picture->device_count <= PICTURE_MATRIX; i++)
		p2p_json_append(pairs, json_row(app, picture, i));
	json_put(data, "pairs", pairs);
	json_put(data, "deliveries", json_deliveries());
	return data;
}

enum status export_html(struct app *app)
{
	const char *tree = strstr(export_page, "@TREE@"), *data = strstr(export_page, "@DATA@");
	struct picture picture;
	enum status status = picture_new(app, &picture);
	struct json_object *pairs;
	const char *text;

	if (status)
		return status;
	pairs = json_data(app, &picture);
	fwrite(export_page, 1, (size_t)(tree - export_page), app->out);
	svg_print(app, &picture, app->out);
	tree += strlen("@TREE@");
	fwrite(tree, 1, (size_t)(data - tree), app->out);
	text = json_text_plain(pairs);
	json_text_ascii(app->out, text, strlen(text));
	json_object_put(pairs);
	fputs(data + strlen("@DATA@"), app->out);
	picture_free(&picture);
	return STATUS_DONE;
}

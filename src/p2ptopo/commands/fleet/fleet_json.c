/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fleet as one document, or as one line for each node, for databases. */
#include "commands/diff.h"
#include "commands/fleet/fleet.h"
#include "print/document.h"

size_t fleet_class(const struct app *machine, enum p2p_class kind)
{
	const struct p2p_function *function;
	size_t count = 0;

	for (size_t i = 0; (function = p2p_topology_function(machine->topology, i)); i++)
		count += function->kind == kind && p2p_function_takes_part(function);
	return count;
}

static enum status json_differences(const struct fleet *fleet, const struct shape *shape,
				    struct json_object *array)
{
	const struct p2p_difference *difference;
	struct p2p_diff *diff = NULL;
	enum status status = fleet_compare(fleet, shape, &diff);

	for (size_t i = 0; !status && (difference = p2p_diff_at(diff, i)); i++)
		p2p_json_append(array, diff_json(diff, difference));
	p2p_diff_free(diff);
	return status;
}

static struct json_object *json_digest(const struct shape *shape)
{
	char text[40];

	snprintf(text, sizeof(text), "%016llx%016llx", (unsigned long long)shape->digest.high,
		 (unsigned long long)shape->digest.low);
	return json_text(text);
}

static struct json_object *json_shape(const struct fleet *fleet, size_t index, enum status *ret_status)
{
	const struct shape *shape = &fleet->shapes[index];
	struct json_object *names = p2p_json_new_array(), *differences = p2p_json_new_array();

	for (size_t i = 0; i < shape->count; i++)
		p2p_json_append(names, json_text(shape->names[i]));
	if (index != fleet->golden)
		*ret_status = json_differences(fleet, shape, differences);
	return json_members(
		{ "shape", json_digest(shape) },
		{ "golden", json_flag(index == fleet->golden) },
		{ "functions", json_count(p2p_topology_count(shape->machine.topology)) },
		{ "nodes", names },
		{ "differences", differences });
}

static enum status print_document(const struct fleet *fleet)
{
	struct json_object *document = p2p_json_new_object(), *shapes = p2p_json_new_array();
	enum status status = STATUS_DONE;

	json_put(document, "format", json_text("p2ptopo-fleet"));
	json_put(document, "version", json_count(DOCUMENT_VERSION));
	json_put(document, "nodes", json_count(fleet->nodes));
	json_put(document, "unread", json_count(fleet->unread));
	for (size_t i = 0; i < fleet->count && !status; i++)
		p2p_json_append(shapes, json_shape(fleet, i, &status));
	json_put(document, "shapes", shapes);
	if (!status)
		return document_print(fleet->app, document);
	json_object_put(document);
	return status;
}

/* Every line has the same keys, which databases take as columns. */
static struct json_object *json_line(const struct fleet *fleet, size_t index, const char *name)
{
	const struct shape *shape = &fleet->shapes[index];
	const struct p2p_machine *machine = p2p_topology_machine(shape->machine.topology);

	return json_members(
		{ "node", json_text(name) },
		{ "shape", json_digest(shape) },
		{ "golden", json_flag(index == fleet->golden) },
		{ "alike", json_count(shape->count) },
		{ "kernel", json_text(machine->release) },
		{ "functions", json_count(p2p_topology_count(shape->machine.topology)) },
		{ "gpus", json_count(fleet_class(&shape->machine, P2P_CLASS_GPU)) },
		{ "nics", json_count(fleet_class(&shape->machine, P2P_CLASS_NIC)) },
		{ "drives", json_count(fleet_class(&shape->machine, P2P_CLASS_NVME)) });
}

static enum status print_lines(const struct fleet *fleet, size_t index)
{
	const struct shape *shape = &fleet->shapes[index];
	struct json_object *differences = p2p_json_new_array();
	enum status status = index == fleet->golden ? STATUS_DONE : json_differences(fleet, shape, differences);

	for (size_t i = 0; i < shape->count && !status; i++) {
		struct json_object *line = json_line(fleet, index, shape->names[i]);

		json_put(line, "differences", json_object_get(differences));
		document_print_line(fleet->app, line);
		putc('\n', fleet->app->out);
	}
	json_object_put(differences);
	return status;
}

enum status fleet_print_json(const struct fleet *fleet)
{
	enum status status = STATUS_DONE;

	if (fleet->app->options.format == FORMAT_JSON)
		return print_document(fleet);
	for (size_t i = 0; i < fleet->count && !status; i++)
		status = print_lines(fleet, i);
	return status;
}

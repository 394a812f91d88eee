/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `rdma_topo topo -j` prints: a list of complexes, with the same keys for the same shapes. rdma_topo
 * reads names and serial numbers from the VPD, which is not read here: rdma_nic_vpd_name, which is optional,
 * is left out, and the board gets the word that rdma_topo uses for a board without a serial number.
 */
#include <stdlib.h>

#include "export/export.h"
#include "export/rdma_topo.h"
#include "print/document.h"

/* Whether the adapter has ATS; null if that was not read. */
static struct json_object *json_ats(const struct p2p_function *adapter)
{
	return adapter->ats.ats == P2P_DENIED ? NULL : json_flag(adapter->ats.ats == P2P_PRESENT);
}

/* The folders of a device in sysfs that rdma_topo looks into. */
static const char *subsystem_of(const struct p2p_function *function, const char *name)
{
	static const char *const subsystems[P2P_CLASSES] = {
		[P2P_CLASS_GPU] = "drm", [P2P_CLASS_NVME] = "nvme", [P2P_CLASS_NIC] = "net",
	};

	return function->kind == P2P_CLASS_NIC && export_is_rdma(name) ? "infiniband" :
	       subsystems[function->kind];
}

static struct json_object *json_names(const struct p2p_function *function)
{
	struct json_object *object = p2p_json_new_object(), *array;

	for (const char *const *name = function->os_names; name && *name; name++) {
		const char *subsystem = subsystem_of(function, *name);

		if (!subsystem)
			continue;
		if (!json_object_object_get_ex(object, subsystem, &array)) {
			array = p2p_json_new_array();
			json_put(object, subsystem, array);
		}
		p2p_json_append(array, json_text(*name));
	}
	return object;
}

static struct json_object *json_subsystems(const struct app *app, const struct rdma_complex *complex)
{
	struct json_object *object = p2p_json_new_object();
	const struct p2p_function *function;
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; (function = p2p_topology_function(app->topology, i)); i++) {
		if (rdma_has(complex, function) && function->os_names && function->os_names[0])
			p2p_json_add(object, p2p_bdf_format(function->bdf, bdf), json_names(function));
	}
	return object;
}

static struct json_object *json_of_kind(const struct app *app, const struct rdma_complex *complex,
					enum rdma_kind kind, const struct p2p_function *parent)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_function *function;

	for (size_t i = 0; (function = p2p_topology_function(app->topology, i)); i++) {
		if (rdma_has(complex, function) && rdma_kind(function) == kind &&
		    (!parent || function->parent == parent))
			p2p_json_append(array, json_bdf(function));
	}
	return array;
}

/* Adapters below one port are one card; only the first of them gets an entry. */
static bool is_first_of_card(const struct app *app, const struct rdma_complex *complex,
			     const struct p2p_function *adapter)
{
	const struct p2p_function *function;

	for (size_t i = 0; i < adapter->index; i++) {
		function = p2p_topology_function(app->topology, i);
		if (rdma_has(complex, function) && rdma_kind(function) == RDMA_NIC &&
		    function->parent == adapter->parent)
			return false;
	}
	return true;
}

static struct json_object *json_boards(const struct app *app, const struct rdma_complex *complex)
{
	struct json_object *boards = p2p_json_new_array(), *cards = p2p_json_new_array();
	const struct p2p_function *function;

	for (size_t i = 0; (function = p2p_topology_function(app->topology, i)); i++) {
		const struct p2p_function *port = function->parent;

		if (rdma_has(complex, function) && rdma_kind(function) == RDMA_NIC &&
		    is_first_of_card(app, complex, function))
			p2p_json_append(cards, json_members(
				{ "parent_bdf", port ? json_bdf(port) : json_text("UNKNOWN") },
				{ "ats", json_ats(function) },
				{ "pf_bdfs", json_of_kind(app, complex, RDMA_NIC, port) }));
	}
	p2p_json_append(boards, json_members(
		{ "board_sn", json_text("UNKNOWN") },
		{ "nics", cards }));
	return boards;
}

static struct json_object *json_numa(const struct app *app, const struct rdma_complex *complex)
{
	struct json_object *object = p2p_json_new_object();
	struct json_object *adapters = json_of_kind(app, complex, RDMA_NIC, NULL);

	json_put(object, "numa_node", p2p_json_new_number(complex->node));
	json_put(object, "gpu_bdfs", json_of_kind(app, complex, RDMA_GPU, NULL));
	json_put(object, "subsystems", json_subsystems(app, complex));
	if (json_object_array_length(adapters) == 1) {
		json_put(object, "rdma_nic_pf_bdf", json_bdf(complex->adapter));
		json_put(object, "rdma_nic_ats", json_ats(complex->adapter));
	} else {
		json_put(object, "rdma_nic_boards", json_boards(app, complex));
	}
	json_object_put(adapters);
	return object;
}

static struct json_object *json_near(const struct app *app, const struct rdma_complex *complex)
{
	struct json_object *object = p2p_json_new_object();
	struct json_object *drives = json_of_kind(app, complex, RDMA_NVME, NULL);

	json_put(object, "rdma_nic_pf_bdf", json_bdf(complex->adapter));
	if (complex->direct)
		json_put(object, "rdma_dma_bdf", json_bdf(complex->direct));
	json_put(object, "gpu_bdf", json_bdf(complex->gpu));
	json_put(object, "subsystems", json_subsystems(app, complex));
	if (complex->adapter->numa.fact == P2P_PRESENT)
		json_put(object, "numa_node", json_number(complex->adapter->numa));
	if (json_object_array_length(drives))
		json_put(object, "nvme_bdf", json_object_get(json_object_array_get_idx(drives, 0)));
	if (complex->shape == RDMA_INLINE)
		json_put(object, "rdma_nic_ats", json_ats(complex->adapter));
	json_object_put(drives);
	return object;
}

static bool has_picked(const struct app *app, const struct rdma_complex *complex)
{
	for (size_t i = 0; i < app->selected_count; i++) {
		if (app->picked[i] && rdma_has(complex, app->selected[i]))
			return true;
	}
	return false;
}

/* A complex is whole or not in the file: one function that the filters pick is enough. */
static size_t filter_list(const struct app *app, struct rdma_complex *list, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (!app_has_filter(app) || has_picked(app, &list[i]))
			list[kept++] = list[i];
	}
	return kept;
}

static void note_left_out(const struct app *app, const struct rdma_complex *list, size_t count)
{
	size_t left_out = 0;

	for (size_t i = 0; i < app->selected_count; i++) {
		bool found = !app->picked[i];

		for (size_t j = 0; j < count && !found; j++)
			found = rdma_has(&list[j], app->selected[i]);
		left_out += !found;
	}
	export_note_left_out(app, left_out, "in no complex that rdma_topo knows");
}

enum status export_rdma_topo(struct app *app)
{
	struct rdma_complex *list;
	size_t count;
	enum status status = rdma_complexes(app, &list, &count);

	if (status)
		return status;
	count = filter_list(app, list, count);
	if (!count) {
		free(list);
		return fail_with(app->failure, STATUS_NO, "the filters select no function of a complex that rdma_topo "
				 "knows");
	}
	for (size_t i = 0; i < count; i++) {
		fputs(i ? ",\n" : "[\n", app->out);
		document_print_line(app, list[i].shape == RDMA_NUMA ? json_numa(app, &list[i]) :
				    json_near(app, &list[i]));
	}
	fputs("\n]\n", app->out);
	note_left_out(app, list, count);
	free(list);
	return STATUS_DONE;
}

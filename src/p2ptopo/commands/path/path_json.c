/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print/document.h"
#include "commands/path/path.h"

static struct json_object *hop_object(const struct path_hop *hop)
{
	const struct p2p_function *function = hop->function;
	const char *type = NULL;

	if (function->pcie.fact == P2P_PRESENT)
		type = p2p_port_type_name(function->pcie.type);
	return json_members(
		{ "bdf", json_bdf(function) },
		{ "role", json_text(path_role_name(hop->role)) },
		{ "port_type", json_text(type) },
		{ "vendor_name", json_text(function->vendor_name) },
		{ "device_name", json_text(function->device_name) },
		{ "link_now", p2p_link_json(function->pcie.now) },
		{ "link_most", p2p_link_json(function->pcie.most) },
		{ "acs", p2p_capability_facts(function, "acs") },
		{ "kernel_decides", p2p_acs_json(hop->kernel) },
		{ "fabric_decides", p2p_acs_json(hop->fabric) },
		{ "unread", json_flag(hop->unread) });
}

static struct json_object *hop_array(const struct path *path)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < path->count; i++)
		p2p_json_append(array, hop_object(&path->hops[i]));
	return array;
}

static struct json_object *weakest_object(const struct path_hop *weakest)
{
	if (!weakest)
		return NULL;
	return json_members(
		{ "bdf", json_bdf(weakest->function) },
		{ "link_now", p2p_link_json(weakest->function->pcie.now) });
}

static struct json_object *rules_array(const struct path *path)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < path->rules_count; i++) {
		const struct path_rules *run = &path->rules[i];
		bool known = run->map_type != P2P_MAP_UNKNOWN;

		p2p_json_append(array, json_members(
			{ "first", json_text(p2p_rules_name(run->first)) },
			{ "last", json_text(p2p_rules_name(run->last)) },
			{ "experimental", json_flag(p2p_rules_is_experimental(run->first)) },
			{ "map_type", json_text(p2p_map_type_name(run->map_type)) },
			{ "distance", known ? p2p_json_new_number(run->distance) : NULL }));
	}
	return array;
}

static struct json_object *driver_object(const struct p2p_function *function)
{
	const struct p2p_driver *driver =
		function->driver ? p2p_driver_find(function->driver) : NULL;

	if (!function->driver)
		return NULL;
	return json_members(
		{ "name", json_text(function->driver) },
		{ "gives", json_text(p2p_ability_name(driver ?
		  driver->gives : P2P_ABILITY_UNKNOWN)) },
		{ "takes", json_text(p2p_ability_name(driver ?
		  driver->takes : P2P_ABILITY_UNKNOWN)) },
		{ "since", driver ? json_text(driver->since) : NULL },
		{ "how", driver ? json_text(driver->how) : NULL },
		{ "source", driver ? json_text(driver->source) : NULL });
}

static struct json_object *drivers(const struct path *path)
{
	return json_members(
		{ "provider", driver_object(path->forward.provider) },
		{ "client", driver_object(path->forward.client) });
}

static struct json_object *permitted_object(const struct path_permitted *permitted)
{
	if (!permitted->asked)
		return NULL;
	return json_members(
		{ "distance", p2p_json_new_number(permitted->answer.ungated) },
		{ "gated_distance", p2p_json_new_number(permitted->answer.gated) },
		{ "gate_reason", json_text(p2p_gate_reason_name(permitted->answer.reason)) },
		{ "agrees", json_tri(permitted->agrees) });
}

enum status path_print_json(struct app *app, const struct path *path)
{
	return document_print(app, document_members(app, "path",
		{ "machine", p2p_machine_facts(p2p_topology_machine(app->topology)) },
		{ "provider", p2p_function_facts(path->forward.provider) },
		{ "client", p2p_function_facts(path->forward.client) },
		{ "forward", json_pair(app, &path->forward) },
		{ "reverse", json_pair(app, &path->reverse) },
		{ "other_tools", path_json_labels(app, path) },
		{ "iommu", path_json_iommu(app, path) },
		{ "permitted", permitted_object(&path->permitted) },
		{ "hops", hop_array(path) },
		{ "weakest_link", weakest_object(path->weakest) },
		{ "other_rules", rules_array(path) },
		{ "drivers", drivers(path) },
		{ "forward_ways", json_pair_ways(&path->forward) },
		{ "reverse_ways", json_pair_ways(&path->reverse) }));
}

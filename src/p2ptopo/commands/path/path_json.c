/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print/document.h"
#include "commands/path/path.h"

static struct json_object *hop_object(const struct path_hop *hop)
{
	const struct p2p_function *function = hop->function;
	struct json_object *object = p2p_json_new_object();
	const char *type = NULL;

	if (function->pcie.fact == P2P_PRESENT)
		type = p2p_port_type_name(function->pcie.type);
	json_put(object, "bdf", json_bdf(function));
	json_put(object, "role", json_text(path_role_name(hop->role)));
	json_put(object, "port_type", json_text(type));
	json_put(object, "vendor_name", json_text(function->vendor_name));
	json_put(object, "device_name", json_text(function->device_name));
	json_put(object, "link_now", p2p_link_json(function->pcie.now));
	json_put(object, "link_most", p2p_link_json(function->pcie.most));
	json_put(object, "acs", p2p_capability_facts(function, "acs"));
	json_put(object, "kernel_decides", p2p_acs_json(hop->kernel));
	json_put(object, "fabric_decides", p2p_acs_json(hop->fabric));
	json_put(object, "unread", json_flag(hop->unread));
	return object;
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
	struct json_object *object;

	if (!weakest)
		return NULL;
	object = p2p_json_new_object();
	json_put(object, "bdf", json_bdf(weakest->function));
	json_put(object, "link_now", p2p_link_json(weakest->function->pcie.now));
	return object;
}

static struct json_object *rules_array(const struct path *path)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < path->rules_count; i++) {
		const struct path_rules *run = &path->rules[i];
		struct json_object *object = p2p_json_new_object();
		bool known = run->map_type != P2P_MAP_UNKNOWN;

		json_put(object, "first", json_text(p2p_rules_name(run->first)));
		json_put(object, "last", json_text(p2p_rules_name(run->last)));
		json_put(object, "experimental",
			 json_flag(p2p_rules_is_experimental(run->first)));
		json_put(object, "map_type", json_text(p2p_map_type_name(run->map_type)));
		json_put(object, "distance", known ? p2p_json_new_number(run->distance) : NULL);
		p2p_json_append(array, object);
	}
	return array;
}

static struct json_object *driver_object(const struct p2p_function *function)
{
	const struct p2p_driver *driver =
		function->driver ? p2p_driver_find(function->driver) : NULL;
	struct json_object *object;

	if (!function->driver)
		return NULL;
	object = p2p_json_new_object();
	json_put(object, "name", json_text(function->driver));
	json_put(object, "gives", json_text(p2p_ability_name(driver ? driver->gives :
							     P2P_ABILITY_UNKNOWN)));
	json_put(object, "takes", json_text(p2p_ability_name(driver ? driver->takes :
							     P2P_ABILITY_UNKNOWN)));
	json_put(object, "since", driver ? json_text(driver->since) : NULL);
	json_put(object, "how", driver ? json_text(driver->how) : NULL);
	json_put(object, "source", driver ? json_text(driver->source) : NULL);
	return object;
}

static struct json_object *drivers(const struct path *path)
{
	struct json_object *object = p2p_json_new_object();

	json_put(object, "provider", driver_object(path->forward.provider));
	json_put(object, "client", driver_object(path->forward.client));
	return object;
}

static struct json_object *permitted_object(const struct path_permitted *permitted)
{
	struct json_object *object;

	if (!permitted->asked)
		return NULL;
	object = p2p_json_new_object();
	json_put(object, "distance", p2p_json_new_number(permitted->answer.ungated));
	json_put(object, "gated_distance", p2p_json_new_number(permitted->answer.gated));
	json_put(object, "gate_reason", json_text(p2p_gate_reason_name(permitted->answer.reason)));
	json_put(object, "agrees", json_tri(permitted->agrees));
	return object;
}

enum status path_print_json(struct app *app, const struct path *path)
{
	struct json_object *document = document_new(app, "path");

	json_put(document, "machine", p2p_machine_facts(p2p_topology_machine(app->topology)));
	json_put(document, "provider", p2p_function_facts(path->forward.provider));
	json_put(document, "client", p2p_function_facts(path->forward.client));
	json_put(document, "forward", json_pair(app, &path->forward));
	json_put(document, "reverse", json_pair(app, &path->reverse));
	json_put(document, "other_tools", path_json_labels(app, path));
	json_put(document, "iommu", path_json_iommu(app, path));
	json_put(document, "permitted", permitted_object(&path->permitted));
	json_put(document, "hops", hop_array(path));
	json_put(document, "weakest_link", weakest_object(path->weakest));
	json_put(document, "other_rules", rules_array(path));
	json_put(document, "drivers", drivers(path));
	json_put(document, "forward_ways", json_pair_ways(&path->forward));
	json_put(document, "reverse_ways", json_pair_ways(&path->reverse));
	return document_print(app, document);
}

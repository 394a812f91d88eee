/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the IOMMU does to a function: its domain, its group, and why others are in that group. */
#include "print/document.h"
#include "commands/path/path.h"
#include "print/words.h"

/* The types of domains that the kernel names in sysfs; Documentation/ABI, iommu_groups/type. */
static const char *effect_of(const struct p2p_function *function)
{
	if (function->iommu_group.fact != P2P_PRESENT || !function->iommu_type)
		return NULL;
	if (p2p_iommu_translates(function) == P2P_YES)
		return "the IOMMU translates what it sends through the root complex";
	if (p2p_iommu_translates(function) == P2P_NO)
		return "passthrough: the IOMMU does not translate its addresses, but ACS is set as "
		       "if it did";
	return "its driver or a guest decides what the IOMMU translates";
}

/*
 * Why the function is in its group, then the same for the function whose group it joined, and so on up to the
 * first of the group.
 */
static struct json_object *reasons(const struct p2p_isolation *isolation,
				   const struct p2p_function *function)
{
	struct json_object *array = p2p_json_new_array();
	char why[512], bdf[P2P_BDF_SIZE], text[600];

	while (function && p2p_isolation_why(isolation, function, why, sizeof(why))) {
		snprintf(text, sizeof(text), "%s %s", p2p_bdf_format(function->bdf, bdf), why);
		p2p_json_append(array, p2p_json_new_text(text));
		function = p2p_isolation_cause(isolation, function).with;
	}
	return array;
}

static struct json_object *json_reasons(const struct app *app,
					const struct p2p_function *function)
{
	struct p2p_isolation *isolation;
	struct json_object *array;

	if (function->iommu_group.fact != P2P_PRESENT)
		return p2p_json_new_array();
	if (p2p_isolation_new(app->context, app->topology, &isolation) < 0) {
		p2p_lost();
		return NULL;
	}
	array = reasons(isolation, function);
	p2p_isolation_free(isolation);
	return array;
}

void path_print_iommu(const struct app *app, const struct p2p_function *function)
{
	struct json_object *array = json_reasons(app, function);
	const char *effect = effect_of(function);

	if (effect)
		path_line(app, "IOMMU", "%s", effect);
	for (size_t i = 0; array && i < json_object_array_length(array); i++)
		path_line(app, i ? "" : "grouped", "%s",
			  json_object_get_string(json_object_array_get_idx(array, i)));
	json_object_put(array);
}

static const char *caution(const struct path *path)
{
	const struct p2p_verdict *verdict = &path->forward;

	if (verdict->kernel.map_type != P2P_MAP_THRU_HOST_BRIDGE ||
	    p2p_iommu_translates(verdict->client) != P2P_YES)
		return NULL;
	return "the kernel permits the pair through the root complex, where the IOMMU translates for "
	       "the client: if a driver gives the client addresses that were not mapped through the "
	       "kernel's DMA API, transfers hang or read wrong data; iommu=pt, or no IOMMU, avoids that";
}

void path_print_caution(const struct app *app, const struct path *path)
{
	if (caution(path))
		path_line(app, "caution", "%s", caution(path));
}

static struct json_object *json_end(const struct app *app, const struct p2p_function *function)
{
	return json_members(
		{ "type", json_text(function->iommu_type) },
		{ "effect", json_text(effect_of(function)) },
		{ "grouped", json_reasons(app, function) });
}

struct json_object *path_json_iommu(const struct app *app, const struct path *path)
{
	return json_members(
		{ "provider", json_end(app, path->forward.provider) },
		{ "client", json_end(app, path->forward.client) },
		{ "caution", json_text(caution(path)) });
}

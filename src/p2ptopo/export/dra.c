/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attributes that a DRA driver adds to its devices in a ResourceSlice, for matchAttribute.  Limits of
 * resource.k8s.io/v1: names of 32 bytes, strings of 64 bytes, 32 attributes per device. A Data Direct
 * function reads and writes on behalf of its adapter, so the adapter is listed in the complex of that
 * function.
 */
#include <stdlib.h>

#include "export/complex.h"
#include "export/export.h"
#include "print/document.h"
#include "print/pair/pair_facts.h"

static bool has_memory(const struct p2p_function *function)
{
	return function->kind == P2P_CLASS_GPU || function->kind == P2P_CLASS_ACCEL;
}

/* Is every transfer to or from the memory of a GPU or an accelerator known to go through the switches, or over a link? */
static bool is_delivered(const struct app *app, const struct complex *complex)
{
	struct p2p_verdict verdict;
	size_t pairs = 0;

	for (size_t i = 0; i < complex->count; i++) {
		for (size_t j = 0; j < complex->count; j++) {
			if (i == j || !has_memory(complex->members[i]))
				continue;
			p2p_eval_pair(app->eval, complex->members[i], complex->members[j], &verdict);
			if (pair_delivery(&verdict) < P2P_DELIVERY_DIRECT)
				return false;
			pairs++;
		}
	}
	return pairs;
}

static void put_attribute(struct json_object *attributes, const char *name, const char *type,
			  struct json_object *value)
{
	struct json_object *object = p2p_json_new_object();

	p2p_json_add(object, type, value);
	json_put(attributes, name, object);
}

static struct json_object *json_device(const struct p2p_function *function, const struct complex *complex,
				       bool delivered)
{
	struct json_object *attributes = p2p_json_new_object();
	const struct p2p_function *port;
	enum p2p_tri behind = complex_switch(complex, &port);
	char id[COMPLEX_ID];

	complex_id(complex, id);
	put_attribute(attributes, "p2ptopo.dev/complex", "string", json_text(id));
	if (delivered)
		put_attribute(attributes, "p2ptopo.dev/directComplex", "string", json_text(id));
	put_attribute(attributes, "p2ptopo.dev/class", "string", json_text(p2p_class_name(function->kind)));
	if (behind != P2P_UNKNOWN)
		put_attribute(attributes, "p2ptopo.dev/behindSwitch", "bool", json_flag(behind == P2P_YES));
	if (function->numa.fact == P2P_PRESENT && function->numa.value >= 0)
		put_attribute(attributes, "p2ptopo.dev/numaNode", "int", json_number(function->numa));
	return json_members(
		{ "pci_bus_id", json_bdf(function) },
		{ "attributes", attributes });
}

/* Adapters that a Data Direct function works for: they count in its complex, not in their own. */
static void mark_joined(const struct complexes *complexes, bool *joined)
{
	for (size_t i = 0; i < complexes->count; i++) {
		for (size_t j = 0; j < complexes->list[i].count; j++) {
			const struct p2p_function *adapter = complexes->list[i].members[j]->data_direct_of;

			if (adapter)
				joined[adapter->index] = true;
		}
	}
}

static void print_complex(const struct app *app, const bool *joined, const struct complex *complex,
			  const char **separator)
{
	bool delivered = is_delivered(app, complex);

	for (size_t i = 0; i < complex->count; i++) {
		const struct p2p_function *member = complex->members[i];

		if (member->data_direct_of)
			member = member->data_direct_of;
		else if (joined[member->index])
			continue;
		document_element(app, json_device(member, complex, delivered), separator);
	}
}

enum status export_dra(struct app *app)
{
	bool *joined = calloc(p2p_topology_count(app->topology) + 1, sizeof(*joined));
	struct complexes complexes = { 0 };
	const char *separator = "";
	enum status status = joined ? complexes_new(app, &complexes) : fail_memory(app->failure);

	if (!status) {
		mark_joined(&complexes, joined);
		document_open(app, document_new(app, "dra"), "devices");
		for (size_t i = 0; i < complexes.count; i++)
			print_complex(app, joined, &complexes.list[i], &separator);
		document_close(app);
		complexes_note_unplaced(app, &complexes);
	}
	complexes_free(&complexes);
	free(joined);
	return status;
}

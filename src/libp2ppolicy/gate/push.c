/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pushes an allow-list in the module's form: a table of functions, and pairs of indexes into it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/p2pgate.h>
#include <p2ppolicy/gate.h>

#include "base/context.h"

struct tables {
	struct p2pgate_function *functions;
	struct p2pgate_pair *pairs;
	uint32_t *place;		/* by function index: its index in @functions, plus one */
	uint32_t function_count, pair_count;
};

static void free_tables(struct tables *tables)
{
	free(tables->functions);
	free(tables->pairs);
	free(tables->place);
}

static struct p2pgate_function describe(const struct p2p_function *function)
{
	return (struct p2pgate_function){
		.domain = function->bdf.domain,
		.bus = function->bdf.bus,
		.devfn = function->bdf.devfn,
		.vendor = function->vendor,
		.device = function->device,
		.subsystem_vendor = function->subsystem_vendor,
		.subsystem_device = function->subsystem_device,
		.class_code = function->class_code,
	};
}

static int check_function(struct p2p_context *context, const struct p2p_function *function)
{
	char bdf[P2P_BDF_SIZE];

	if (function->ids == P2P_PRESENT)
		return 0;
	return p2p_error(context, -ENODATA, "%s: its vendor and device could not be read",
			 p2p_bdf_format(function->bdf, bdf));
}

/* Fill in the functions of the pairs in BDF order, which is the order of their indexes. */
static int fill_functions(struct p2p_context *context, const struct p2p_topology *topology,
			  struct tables *tables)
{
	size_t total = p2p_topology_count(topology);

	for (size_t i = 0; i < total; i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);
		int r;

		if (!tables->place[i])
			continue;
		r = check_function(context, function);
		if (r)
			return r;
		if (tables->function_count == P2PGATE_MAX_FUNCTIONS)
			return p2p_error(context, -E2BIG, "more than %u functions",
					 P2PGATE_MAX_FUNCTIONS);
		tables->functions[tables->function_count++] = describe(function);
		tables->place[i] = tables->function_count;
	}
	return 0;
}

static int fill(struct p2p_context *context, const struct p2p_allow_list *list,
		struct tables *tables)
{
	const struct p2p_topology *topology = p2p_allow_list_topology(list);
	size_t total = p2p_topology_count(topology), count = p2p_allow_list_count(list);
	int r;

	if (count > P2PGATE_MAX_PAIRS)
		return p2p_error(context, -E2BIG, "%zu pairs, the gate accepts %u", count,
				 P2PGATE_MAX_PAIRS);
	tables->functions = calloc(total + 1, sizeof(*tables->functions));
	tables->pairs = calloc(count + 1, sizeof(*tables->pairs));
	tables->place = calloc(total + 1, sizeof(*tables->place));
	if (!tables->functions || !tables->pairs || !tables->place)
		return p2p_exhausted(context, -ENOMEM);
	for (size_t i = 0; i < count; i++) {
		tables->place[p2p_allow_list_at(list, i)->provider->index] = 1;
		tables->place[p2p_allow_list_at(list, i)->client->index] = 1;
	}
	r = fill_functions(context, topology, tables);
	for (size_t i = 0; !r && i < count; i++) {
		const struct p2p_allowed *pair = p2p_allow_list_at(list, i);

		tables->pairs[tables->pair_count++] = (struct p2pgate_pair){
			.provider = tables->place[pair->provider->index] - 1,
			.client = tables->place[pair->client->index] - 1,
		};
	}
	return r;
}

static int explain(struct p2p_context *context, int error, const struct tables *tables,
		   const struct p2pgate_set *set)
{
	char bdf[P2P_BDF_SIZE] = "";

	if (error == -ENODEV && set->bad < tables->function_count) {
		const struct p2pgate_function *bad = &tables->functions[set->bad];

		p2p_bdf_format((struct p2p_bdf){ bad->domain, bad->bus, bad->devfn }, bdf);
		return p2p_error(context, error, "%s is no longer there, or is another device",
				 bdf);
	}
	if (error == -ESTALE)
		return p2p_error(context, error,
				 "the machine or the list changed in the meantime (generation %llu now); nothing was pushed",
				 (unsigned long long)set->generation);
	if (error == -EPERM || error == -EBADF)
		return p2p_error(context, -EPERM, "only root may change the gate");
	return p2p_error(context, error, P2PGATE_DEVICE ": SET: %s", strerror(-error));
}

int p2p_gate_push(struct p2p_context *context, struct p2p_gate *gate, enum p2p_gate_mode mode,
		  const struct p2p_allow_list *list, uint64_t generation, const uint8_t *tag,
		  uint64_t *ret_generation)
{
	struct p2pgate_set set = { .size = sizeof(set), .mode = mode, .generation = generation };
	struct tables tables = { 0 };
	int r = 0;

	if (list && p2p_topology_machine(p2p_allow_list_topology(list))->source != P2P_SOURCE_LIVE)
		return p2p_error(context, -EXDEV, "a list made from a capture cannot be pushed");
	if (list)
		r = fill(context, list, &tables);
	if (!r) {
		set.functions = (uintptr_t)tables.functions;
		set.pairs = (uintptr_t)tables.pairs;
		set.nr_functions = tables.function_count;
		set.nr_pairs = tables.pair_count;
		if (tag)
			memcpy(set.tag, tag, sizeof(set.tag));
		if (ioctl(p2p_gate_fd(gate), P2PGATE_SET, &set) < 0)
			r = explain(context, -errno, &tables, &set);
		else if (ret_generation)
			*ret_generation = set.generation;
	}
	free_tables(&tables);
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "print/pair/nccl_pair.h"
#include "print/pair/pair_facts.h"

static const char *const types[NCCL_TYPES] = {
	[NCCL_UNKNOWN] = "?", [NCCL_NONE] = "-", [NCCL_LOC] = "LOC", [NCCL_NVL] = "NVL",
	[NCCL_PIX] = "PIX", [NCCL_PXB] = "PXB", [NCCL_P2C] = "P2C", [NCCL_PXN] = "PXN",
	[NCCL_PHB] = "PHB", [NCCL_SYS] = "SYS",
};

static const char *const differences[NCCL_DIFFERENCES] = {
	[NCCL_NOT_DELIVERED] = "not_delivered", [NCCL_BY_ROOT] = "through_root_complex",
	[NCCL_UNUSED] = "unused", [NCCL_NOT_KNOWN] = "unknown",
};

const char *nccl_type_name(enum nccl_type type)
{
	return types[type];
}

const char *nccl_differs_name(enum nccl_differs differs)
{
	return differences[differs];
}

bool nccl_has(const struct p2p_function *function)
{
	return function->kind == P2P_CLASS_GPU || function->kind == P2P_CLASS_NIC;
}

/*
 * src/graph/xml.cc, ncclTopoGetXmlFromSys(): two steps up in the sysfs path, which skips the port at the
 * other end of the link.
 */
const struct p2p_function *nccl_above(const struct p2p_function *function)
{
	return function->parent ? function->parent->parent : NULL;
}

struct p2p_number nccl_node(const struct p2p_function *function)
{
	return function->numa.fact == P2P_PRESENT ? function->numa : function->host->numa;
}

/* src/graph/topo.cc, getBcmGen(): the two levels that Broadcom's PEX switches for PCIe 4 and 5 show. */
static unsigned int broadcom(const struct p2p_function *bridge, unsigned int level)
{
	unsigned int subsystem = bridge->subsystem_device & 0xf000u;

	if (bridge->vendor != 0x1000 || bridge->subsystem_vendor != 0x1000)
		return 0;
	if (bridge->device == 0xc010 && subsystem == 0xa000)
		return 4;
	return bridge->device == 0xc030 && subsystem == level << 12 ? 5 : 0;
}

/*
 * ncclTopoFlattenBcmSwitches(): is @bridge merged into the one above?  If so, that one is not merged itself,
 * so the answer alternates from level to level, from the top down.
 */
static bool is_merged(const struct p2p_function *bridge)
{
	const struct p2p_function *above = nccl_above(bridge);
	unsigned int generation = above ? broadcom(above, 0) : 0;

	return generation && broadcom(bridge, 1) == generation && !is_merged(above);
}

/* The bridge that NCCL sees above: the one into which others were merged. */
static const struct p2p_function *bridge_of(const struct p2p_function *function)
{
	const struct p2p_function *above = nccl_above(function);

	return above && is_merged(above) ? nccl_above(above) : above;
}

static const struct p2p_function *top_of(const struct p2p_function *function)
{
	while (nccl_above(function))
		function = nccl_above(function);
	return function;
}

static bool is_below(const struct p2p_function *function, const struct p2p_function *bridge)
{
	for (; function && function != bridge; function = bridge_of(function))
		;
	return function;
}

/* The path through CPUs: each NUMA node is a CPU, and all devices without a node share another. */
static enum nccl_type by_cpus(const struct p2p_function *one, const struct p2p_function *other)
{
	struct p2p_number node = nccl_node(top_of(one)), other_node = nccl_node(top_of(other));

	if (one->host == other->host)
		return NCCL_PHB;
	if (node.fact != P2P_PRESENT || other_node.fact != P2P_PRESENT)
		return NCCL_UNKNOWN;
	return node.value == other_node.value ? NCCL_PHB : NCCL_SYS;
}

/* ncclTopoSetPaths(): one bridge is PIX, several in a row are PXB. */
static enum nccl_type by_tree(const struct p2p_function *one, const struct p2p_function *other)
{
	const struct p2p_function *bridge;

	if (one == other)
		return NCCL_LOC;
	if (p2p_function_top(one)->orphan || p2p_function_top(other)->orphan)
		return NCCL_UNKNOWN;
	for (bridge = bridge_of(one); bridge; bridge = bridge_of(bridge)) {
		if (is_below(other, bridge))
			return bridge == bridge_of(one) && bridge == bridge_of(other) ? NCCL_PIX : NCCL_PXB;
	}
	return by_cpus(one, other);
}

static enum p2p_delivery delivery_of(const struct app *app, const struct p2p_function *provider,
				     const struct p2p_function *client)
{
	struct p2p_verdict verdict;

	p2p_eval_pair(app->eval, provider, client, &verdict);
	return pair_delivery(&verdict);
}

/* ncclTopoComputePaths(): a GPU near the NIC relays what it receives over NVLink. */
static bool has_relay(const struct app *app, const struct p2p_function *gpu, const struct p2p_function *nic)
{
	const struct p2p_function *other;

	for (size_t i = 0; (other = p2p_topology_function(app->topology, i)); i++) {
		enum nccl_type type;

		if (other->kind != P2P_CLASS_GPU || other == gpu || other->vendor != gpu->vendor)
			continue;
		type = by_tree(other, nic);
		if (type != NCCL_UNKNOWN && type <= NCCL_PXB && delivery_of(app, gpu, other) == P2P_DELIVERY_LINK)
			return true;
	}
	return false;
}

/* Likewise: a NIC at the CPU that the GPU reaches by C2C, if no NIC is closer to the GPU. */
static bool has_c2c(const struct app *app, const struct p2p_function *gpu)
{
	const struct p2p_function *other;

	if (p2p_nvidia_coherent(gpu) != P2P_YES)
		return false;
	for (size_t i = 0; (other = p2p_topology_function(app->topology, i)); i++) {
		if (other->kind == P2P_CLASS_NIC && by_tree(gpu, other) != NCCL_UNKNOWN &&
		    by_tree(gpu, other) <= NCCL_PXB)
			return false;
	}
	return true;
}

static enum nccl_type type_of(const struct app *app, const struct p2p_verdict *verdict,
			      const struct p2p_ways *ways)
{
	const struct p2p_function *provider = verdict->provider, *client = verdict->client;
	enum nccl_type type;

	if (!nccl_has(provider) || !nccl_has(client) ||
	    (provider->kind == P2P_CLASS_NIC && client->kind == P2P_CLASS_NIC && provider != client))
		return NCCL_NONE;
	type = by_tree(provider, client);
	if (provider->kind == client->kind)
		return ways->delivery == P2P_DELIVERY_LINK && type != NCCL_LOC ? NCCL_NVL : type;
	if (type == NCCL_PHB && has_c2c(app, provider->kind == P2P_CLASS_GPU ? provider : client))
		return NCCL_P2C;
	if (type > NCCL_PXN && provider->kind == P2P_CLASS_GPU && has_relay(app, provider, client))
		return NCCL_PXN;
	return type;
}

static unsigned int gpus_like(const struct app *app, const struct p2p_function *gpu)
{
	const struct p2p_function *function;
	unsigned int count = 0;

	for (size_t i = 0; (function = p2p_topology_function(app->topology, i)); i++)
		count += function->kind == P2P_CLASS_GPU && function->vendor == gpu->vendor;
	return count;
}

/* ncclTopoCheckP2p(): not through a CPU, except for at most two GPUs with AMD CPUs. */
static enum p2p_tri crosses_cpus(const struct app *app, const struct p2p_function *gpu)
{
	const struct p2p_machine *machine = p2p_topology_machine(app->topology);

	if (gpus_like(app, gpu) > 2)
		return P2P_NO;
	if (!machine->cpu_vendor)
		return P2P_UNKNOWN;
	return strcmp(machine->cpu_vendor, "AuthenticAMD") ? P2P_NO : P2P_YES;
}

static enum p2p_tri uses(const struct app *app, const struct p2p_verdict *verdict,
			 const struct p2p_ways *ways, enum nccl_type type)
{
	const bool gpus = verdict->client->kind == P2P_CLASS_GPU;

	if (type == NCCL_UNKNOWN)
		return P2P_UNKNOWN;
	/* For two GPUs it also asks their driver. */
	if (gpus && p2p_ways_grant(ways) == P2P_GRANT_REFUSED)
		return P2P_NO;
	if (type <= NCCL_PXN)
		return P2P_YES;
	return gpus ? crosses_cpus(app, verdict->provider) : P2P_NO;
}

static enum nccl_differs compare(const struct nccl_pair *pair, enum p2p_delivery delivery)
{
	if (pair->uses == P2P_UNKNOWN)
		return NCCL_NOT_KNOWN;
	if (pair->uses == P2P_NO)
		return delivery >= P2P_DELIVERY_ROOT ? NCCL_UNUSED : NCCL_AGREES;
	if (delivery == P2P_DELIVERY_UNKNOWN)
		return NCCL_NOT_KNOWN;
	if (delivery < P2P_DELIVERY_ROOT)
		return NCCL_NOT_DELIVERED;
	return delivery == P2P_DELIVERY_ROOT && pair->type < NCCL_P2C ? NCCL_BY_ROOT : NCCL_AGREES;
}

void nccl_pair_find(const struct app *app, const struct p2p_verdict *verdict, struct nccl_pair *ret_pair)
{
	struct nccl_pair pair = { .differs = NCCL_AGREES };
	struct p2p_ways ways;

	p2p_ways_find(verdict, &ways);
	pair.type = type_of(app, verdict, &ways);
	if (verdict->provider->kind != P2P_CLASS_GPU || pair.type == NCCL_NONE) {
		pair.uses = P2P_NO;
	} else if (verdict->provider->vendor == 0x10de) {
		pair.uses = uses(app, verdict, &ways, pair.type);
		/* With a relay, the relay's pair has to work instead. */
		if (pair.type != NCCL_LOC && pair.type != NCCL_PXN)
			pair.differs = compare(&pair, ways.delivery);
	}
	*ret_pair = pair;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What other tools call the pair, where these labels differ, and what sharing a group or running in a guest
 * means for it.
 */
#include <inttypes.h>
#include <string.h>

#include "commands/path/path.h"
#include "print/document.h"
#include "print/pair/nccl_pair.h"
#include "print/words.h"

const char *path_relation(const struct p2p_verdict *verdict)
{
	static const char *const texts[P2P_RELATIONS] = {
		[P2P_RELATION_UNKNOWN] = "not known, since NUMA nodes are not recorded",
		[P2P_RELATION_X] = "X, the same function",
		[P2P_RELATION_PIX] = "PIX, a common bridge and at most one switch",
		[P2P_RELATION_PXB] = "PXB, a common bridge and several switches",
		[P2P_RELATION_PHB] = "PHB, the same host bridge",
		[P2P_RELATION_NODE] = "NODE, several host bridges of one NUMA node",
		[P2P_RELATION_SYS] = "SYS, across NUMA nodes",
	};

	if (verdict->relation == P2P_RELATION_UNKNOWN &&
	    (verdict->provider->orphan || verdict->client->orphan))
		return "not known, since bridges above one of the two are not";
	return texts[verdict->relation];
}

/* nvidia-smi and NCCL know GPUs and network adapters. */
static bool is_theirs(const struct p2p_function *function)
{
	return function->kind == P2P_CLASS_GPU || function->kind == P2P_CLASS_NIC;
}

static enum nccl_type nccl_type(const struct app *app, const struct path *path)
{
	struct nccl_pair pair;

	nccl_pair_find(app, &path->forward, &pair);
	return pair.type;
}

static bool has_labels(const struct path *path)
{
	const struct p2p_verdict *verdict = &path->forward;

	return is_theirs(verdict->provider) && is_theirs(verdict->client) &&
	       verdict->relation != P2P_RELATION_UNKNOWN && verdict->relation != P2P_RELATION_X;
}

/* Why NCCL's label differs, if the reason is not one NUMA node with several host bridges. */
static const char *nccl_reason(enum nccl_type type)
{
	switch (type) {
	case NCCL_NVL:
		return "the link between the devices";
	case NCCL_P2C:
		return "by C2C to the CPU that the NIC is attached to";
	case NCCL_PXN:
		return "by NVLink to a GPU near the NIC";
	case NCCL_PIX:
	case NCCL_PXB:
		return "it takes two ports that face each other for one bridge";
	default:
		return "it counts root ports as part of the CPU, and each NUMA node as a CPU";
	}
}

static void labels_text(const struct app *app, const struct path *path, char *text, size_t size)
{
	const struct p2p_verdict *verdict = &path->forward;
	const char *own = p2p_relation_name(verdict->relation);
	enum nccl_type type = nccl_type(app, path);
	const char *nccl = nccl_type_name(type);

	if (type <= NCCL_NONE)
		snprintf(text, size, "nvidia-smi topo calls it %s as well; NCCL %s", own, type == NCCL_NONE ?
			 "has no path between two NICs" : "goes by NUMA nodes, which are not known");
	else if (!strcmp(own, nccl))
		snprintf(text, size, "nvidia-smi topo and NCCL call it %s as well", own);
	else if (verdict->relation == P2P_RELATION_NODE && type == NCCL_PHB)
		snprintf(text, size, "nvidia-smi topo calls it %s: two host bridges, %s and %s; NCCL "
			 "calls it %s: one NUMA node, %" PRId64 ", whose host bridges it does not "
			 "tell apart", own, verdict->provider->host->name, verdict->client->host->name,
			 nccl, verdict->provider->numa.fact == P2P_PRESENT ?
			 verdict->provider->numa.value : 0);
	else
		snprintf(text, size, "nvidia-smi topo calls it %s; NCCL calls it %s: %s", own, nccl,
			 nccl_reason(type));
}

static size_t group_size(const struct app *app, int64_t group)
{
	const struct p2p_function *function;
	size_t count = 0;

	for (size_t i = 0; (function = p2p_topology_function(app->topology, i)); i++)
		count += function->iommu_group.fact == P2P_PRESENT &&
			 function->iommu_group.value == group;
	return count;
}

static bool have_groups(const struct path *path)
{
	const struct p2p_function *provider = path->forward.provider;
	const struct p2p_function *client = path->forward.client;

	return provider != client && provider->iommu_group.fact == P2P_PRESENT &&
	       client->iommu_group.fact == P2P_PRESENT;
}

static void group_text(const struct app *app, const struct path *path, char *text, size_t size)
{
	int64_t group = path->forward.provider->iommu_group.value;

	if (path->forward.client->iommu_group.value != group) {
		snprintf(text, size, "they are in different IOMMU groups, %" PRId64 " and %" PRId64
			 "; a driver that requires its peers in one group, as some vendors' do, "
			 "refuses them", group, path->forward.client->iommu_group.value);
		return;
	}
	snprintf(text, size, "both are in IOMMU group %" PRId64 ", of %zu functions: the IOMMU does "
		 "not isolate them from each other, and VFIO assigns the group only as a whole",
		 group, group_size(app, group));
}

void path_print_labels(const struct app *app, const struct path *path)
{
	const struct p2p_machine *machine = p2p_topology_machine(app->topology);
	char text[512];

	if (has_labels(path)) {
		labels_text(app, path, text, sizeof(text));
		path_line(app, "other tools", "%s", text);
	}
	if (have_groups(path)) {
		group_text(app, path, text, sizeof(text));
		path_line(app, "isolation", "%s", text);
	}
	if (machine->virtual_machine == P2P_YES)
		path_line(app, "guest", "this is a virtual machine (%s): tree, registers and addresses "
			  "are emulated, not those of the hardware; NCCL takes the host's tree from a "
			  "file that NCCL_TOPO_FILE names",
			  machine->hypervisor ? machine->hypervisor : "hypervisor not known");
}

struct json_object *path_json_labels(const struct app *app, const struct path *path)
{
	struct json_object *object = p2p_json_new_object();
	bool labels = has_labels(path);
	enum nccl_type type = nccl_type(app, path);
	char text[512];

	json_put(object, "nvidia_smi",
		 labels ? json_text(p2p_relation_name(path->forward.relation)) : NULL);
	json_put(object, "nccl", labels && type > NCCL_NONE ? json_text(nccl_type_name(type)) : NULL);
	if (labels)
		labels_text(app, path, text, sizeof(text));
	json_put(object, "why", labels ? json_text(text) : NULL);
	if (have_groups(path))
		group_text(app, path, text, sizeof(text));
	json_put(object, "isolation", have_groups(path) ? json_text(text) : NULL);
	return object;
}

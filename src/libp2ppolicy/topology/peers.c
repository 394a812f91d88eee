/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What drivers report about single functions: the memory of a GPU and which peers can reach it, the provider
 * whose memory an EFA adapter accepts, the clique that an emulator assigns to a passed-through GPU.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pci-regs.h"
#include "snapshot/vpd.h"
#include "topology/build.h"

#define NODES "sys/devices/virtual/kfd/kfd/topology/nodes"
#define MOST_NODES 1024u
#define MOST_PEERS 256u

/*
 * hw/vfio/pci-quirks.c of QEMU, vfio_add_nv_gpudirect_cap(): a vendor-specific capability of eight bytes,
 * with "P2P" after its length, then the clique in bits 6:3.
 */
static struct p2p_number find_clique(const struct p2p_config *config)
{
	struct p2p_number clique = { config->standard_whole ? P2P_ABSENT : P2P_DENIED, 0 };
	uint8_t size, letters[3], byte;

	for (unsigned int i = 0; i < config->capability_count; i++) {
		const struct p2p_capability *capability = &config->capabilities[i];
		unsigned int at = capability->offset;

		if (capability->extended || capability->id != PCI_CAP_ID_VNDR ||
		    !p2p_config_read8(config, at + 2, &size) || size != 8)
			continue;
		for (unsigned int k = 0; k < 3; k++)
			if (!p2p_config_read8(config, at + 3 + k, &letters[k]))
				return (struct p2p_number){ P2P_DENIED, 0 };
		if (!memcmp(letters, "P2P", 3) && p2p_config_read8(config, at + 6, &byte))
			return (struct p2p_number){ P2P_PRESENT, byte >> 3 & 0xf };
	}
	return clique;
}

/* "name number" on a line of its own. */
static struct p2p_number property(const struct p2p_file *file, const char *name)
{
	const char *value = p2p_line_value(file, name, ' ');
	struct p2p_number number = { P2P_DENIED, 0 };
	char *end;

	if (!value)
		return number;
	number.value = strtoll(value, &end, 10);
	if (end != value && (!*end || *end == '\n'))
		number.fact = P2P_PRESENT;
	return number;
}

static const struct p2p_file *node_file(const struct p2p_topology *topology, unsigned int node)
{
	return p2p_file_at(topology, NODES "/%u/properties", node);
}

#define UNUSED	0x0fff0000	/* bits of a location_id */

/*
 * drivers/gpu/drm/amd/amdkfd/kfd_topology.c, kfd_topology_add_device(): location_id is bus and devfn, and
 * bits 31:28 select the partition of a GPU that has several; a node without a SIMD is a processor.
 * @ret_function: NULL for a processor, or a function that is not in the topology.
 * Return: true if it is known what the node is.
 */
static bool find_node(const struct p2p_topology *topology, unsigned int node, struct p2p_function **ret_function)
{
	const struct p2p_file *file = node_file(topology, node);
	struct p2p_number domain = property(file, "domain");
	struct p2p_number location = property(file, "location_id");
	struct p2p_number cores = property(file, "simd_count");
	struct p2p_bdf bdf;

	*ret_function = NULL;
	if (location.fact != P2P_PRESENT || location.value < 0 || location.value > UINT32_MAX ||
	    location.value & UNUSED || cores.fact != P2P_PRESENT)
		return false;
	if (!cores.value)
		return true;
	bdf.domain = domain.fact == P2P_PRESENT ? (uint32_t)domain.value : 0;
	bdf.bus = (uint8_t)(location.value >> 8);
	bdf.devfn = (uint8_t)location.value;
	*ret_function = p2p_tree_find(topology, bdf);
	return true;
}

/**
 * struct links - one kind of links from a node to GPUs.
 * @links: the directory; @counted: the property of the node that holds their number
 * @type: only links of this type; 0 for all
 */
struct links {
	const char *links, *counted;
	int64_t type;
};

/* include/uapi/linux/kfd_sysfs.h and kfd_crat.h: CRAT_IOLINK_TYPE_XGMI. */
static const struct links pcie = { "p2p_links", "p2p_links_count", 0 };
static const struct links xgmi = { "io_links", "io_links_count", 11 };

/* @ret_peer: NULL if the link is of another kind, or leads to no function.  Return: true if it is known where it leads. */
static bool link_peer(const struct p2p_topology *topology, const struct links *kind,
		      const struct p2p_file *file, struct p2p_function **ret_peer)
{
	struct p2p_number to = property(file, "node_to"), type = property(file, "type");

	*ret_peer = NULL;
	if (kind->type && type.fact != P2P_PRESENT)
		return false;
	if (kind->type && type.value != kind->type)
		return true;
	return to.fact == P2P_PRESENT && to.value >= 0 && to.value < MOST_NODES &&
	       find_node(topology, (unsigned int)to.value, ret_peer);
}

/*
 * Return: the peers, NULL-terminated; NULL if not all links could be read and understood.  The node holds
 * their number; one of an older kernel has no links of a kind that it does not count.
 */
static const struct p2p_function *const *collect(struct p2p_topology *topology, unsigned int node,
						 const struct links *kind)
{
	struct p2p_number stated = property(node_file(topology, node), kind->counted);
	const struct p2p_function *peers[MOST_PEERS], **kept;
	const struct p2p_file *file = NULL;
	unsigned int link, count = 0;

	for (link = 0; link < MOST_NODES; link++) {
		struct p2p_function *peer;

		file = p2p_file_at(topology, NODES "/%u/%s/%u/properties", node, kind->links, link);
		if (file->fact != P2P_PRESENT)
			break;
		if (!link_peer(topology, kind, file, &peer) || count == MOST_PEERS)
			return NULL;
		if (peer)
			peers[count++] = peer;
	}
	if (stated.fact == P2P_PRESENT ? stated.value != link : file->fact != P2P_ABSENT)
		return NULL;
	kept = p2p_keep(topology, count + 1, sizeof(void *));
	if (kept && count)
		memcpy(kept, peers, count * sizeof(void *));
	return kept;
}

static size_t count_peers(const struct p2p_function *const *peers)
{
	size_t count = 0;

	while (peers[count])
		count++;
	return count;
}

/* Return: one list with those of both; NULL if either is. */
static const struct p2p_function *const *both(struct p2p_topology *topology, const struct p2p_function *const *one,
					      const struct p2p_function *const *other)
{
	size_t first = one && other ? count_peers(one) : 0, second = one && other ? count_peers(other) : 0;
	const struct p2p_function **all = one && other ? p2p_keep(topology, first + second + 1, sizeof(void *)) : NULL;

	if (all && first)
		memcpy(all, one, first * sizeof(void *));
	if (all && second)
		memcpy(all + first, other, second * sizeof(void *));
	return all;
}

/*
 * kfd_topology.c, kfd_add_peer_prop(): a link in the node that owns the memory leads to one that can reach
 * it.  GPUs of one hive have an xGMI link instead.
 */
static void set_kfd(struct p2p_topology *topology, unsigned int node, bool *torn)
{
	const struct p2p_function *const *over_pcie, *const *over_xgmi;
	struct p2p_function *function;

	if (!find_node(topology, node, &function) || !function)
		return;
	over_pcie = collect(topology, node, &pcie);
	over_xgmi = collect(topology, node, &xgmi);
	/* The partitions of one GPU are nodes of one function, whose lists hold what all of them reach. */
	if (function->kfd == P2P_PRESENT) {
		over_pcie = both(topology, function->kfd_peers, over_pcie);
		over_xgmi = both(topology, function->xgmi_peers, over_xgmi);
	}
	torn[function->index] |= !over_pcie || !over_xgmi;
	function->kfd_peers = torn[function->index] ? NULL : over_pcie;
	function->xgmi_peers = torn[function->index] ? NULL : over_xgmi;
	function->kfd = torn[function->index] ? P2P_DENIED : P2P_PRESENT;
}

/* The functions of one adapter share a UUID in field V3 of their VPD, which only root can read. */
static const char *adapter_of(const struct p2p_topology *topology, size_t index, size_t *ret_size)
{
	const struct p2p_raw *raw = topology->builds[index].raw;
	const struct p2p_file *vpd = raw ? p2p_raw_attr(raw, P2P_ATTR_VPD) : NULL;

	if (!vpd || vpd->fact != P2P_PRESENT || topology->functions[index].vendor != 0x15b3)
		return NULL;
	return p2p_vpd_find((const uint8_t *)vpd->data, vpd->size, "V3", ret_size);
}

static void join_data_direct(struct p2p_topology *topology, size_t index)
{
	size_t size = 0, other_size = 0;
	const char *adapter = adapter_of(topology, index, &size);

	for (size_t i = 0; adapter && i < topology->count; i++) {
		const char *other = topology->functions[i].device == 0x2100 ? NULL :
				    adapter_of(topology, i, &other_size);

		if (!other || other_size != size || memcmp(other, adapter, size) != 0)
			continue;
		topology->functions[index].data_direct_of = &topology->functions[i];
		return;
	}
}

/* Devices of other vendors do not have what is specific to one vendor. */
static void rule_out(struct p2p_function *function)
{
	const struct p2p_number none = { P2P_ABSENT, 0 };

	if (function->ids != P2P_PRESENT)
		return;
	if (function->vendor != 0x10de && function->clique.fact == P2P_DENIED)
		function->clique = none;
	if (function->vendor != 0x1002 && function->vram.fact == P2P_DENIED)
		function->vram = function->vram_visible = none;
	if (function->vendor != 0x1002 && function->kfd == P2P_DENIED)
		function->kfd = P2P_ABSENT;
	if (function->vendor != 0x1d0f && function->efa == P2P_DENIED)
		function->efa = P2P_ABSENT;
}

void p2p_peers_build(struct p2p_topology *topology)
{
	bool *torn = p2p_scratch(topology, topology->count, sizeof(*torn));

	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];
		const struct p2p_raw *raw = topology->builds[i].raw;

		if (!raw)
			continue;
		function->vram = p2p_file_number(p2p_raw_attr(raw, P2P_ATTR_VRAM_TOTAL));
		function->vram_visible = p2p_file_number(p2p_raw_attr(raw, P2P_ATTR_VRAM_VISIBLE));
		function->efa = p2p_raw_attr(raw, P2P_ATTR_EFA_PROVIDER)->fact;
		function->efa_provider = p2p_file_text(topology,
						       p2p_raw_attr(raw, P2P_ATTR_EFA_PROVIDER));
		if (function->vendor == 0x10de)
			function->clique = find_clique(&raw->config);
	}
	for (size_t i = 0; i < topology->count; i++)
		if (topology->functions[i].vendor == 0x15b3 &&
		    topology->functions[i].device == 0x2100)
			join_data_direct(topology, i);
	for (unsigned int node = 0; torn && node < MOST_NODES; node++) {
		if (node_file(topology, node)->fact != P2P_PRESENT)
			break;
		set_kfd(topology, node, torn);
	}
	for (size_t i = 0; i < topology->count; i++)
		rule_out(&topology->functions[i]);
}

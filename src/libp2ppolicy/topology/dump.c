/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tree of a dump: a bridge is above the bus that its Secondary Bus Number names.  A bus that
 * no bridge names is a root bus, if what is on it can be on one.
 */
#include <string.h>

#include <pci/pci.h>

#include "topology/tree.h"

/**
 * struct domain - one domain's buses.
 * @above: the bridge above each bus, NULL none
 * @inside: lies between the secondary and the subordinate bus of some bridge
 * @root: something is on it that is found on a root bus alone
 * @below: something is on it that is found below a port alone
 * @whole: the root complex of bus 0 is there, so the dump is hardly a pick of functions
 */
struct domain {
	struct p2p_function *above[256];
	bool inside[256], root[256], below[256], whole;
};

static bool has_path(const struct p2p_topology *topology, size_t index)
{
	const struct p2p_raw *raw = topology->builds[index].raw;

	return !raw || raw->path;
}

/* drivers/pci/probe.c, pci_scan_bridge_extend(), takes such numbers as not configured. */
static bool has_sane_buses(const struct p2p_function *bridge)
{
	return bridge->secondary > bridge->bdf.bus && bridge->secondary <= bridge->subordinate;
}

static bool is_root_complex(const struct p2p_function *function)
{
	if (function->class_code >> 8 == PCI_CLASS_BRIDGE_HOST)
		return true;
	if (function->pcie.fact != P2P_PRESENT)
		return false;
	switch (function->pcie.type) {
	case P2P_PORT_ROOT:
	case P2P_PORT_PCIE_BRIDGE:
	case P2P_PORT_RC_ENDPOINT:
	case P2P_PORT_RC_EVENT_COLLECTOR:
		return true;
	case P2P_PORT_ENDPOINT:
	case P2P_PORT_LEGACY_ENDPOINT:
	case P2P_PORT_UPSTREAM:
	case P2P_PORT_DOWNSTREAM:
	case P2P_PORT_PCI_BRIDGE:
		break;
	}
	return false;
}

static void gather_buses(struct p2p_topology *topology, size_t first, size_t end,
			 struct domain *domain)
{
	size_t i;

	*domain = (struct domain){ .root = { [0] = true } };
	for (i = first; i < end; i++) {
		struct p2p_function *function = &topology->functions[i];
		unsigned int bus;

		if (is_root_complex(function))
			domain->root[function->bdf.bus] = true;
		else if (function->pcie.fact == P2P_PRESENT)
			domain->below[function->bdf.bus] = true;
		domain->whole |= !function->bdf.bus && is_root_complex(function);
		if (!p2p_function_is_bridge(function) || !has_sane_buses(function))
			continue;
		if (!domain->above[function->secondary])
			domain->above[function->secondary] = function;
		for (bus = function->secondary + 1u; bus <= function->subordinate; bus++)
			domain->inside[bus] = true;
	}
}

/* Is it a root bus, although no bridge that is in the dump names it? */
static bool is_credible(const struct domain *domain, unsigned int bus)
{
	if (domain->inside[bus])
		return false;
	return domain->root[bus] || (domain->whole && !domain->below[bus]);
}

static void link_domain(struct p2p_topology *topology, size_t first, size_t end,
			struct root_bus *roots)
{
	struct domain domain;
	size_t i;

	gather_buses(topology, first, end, &domain);
	/* A parent's bus is lower than its child's, so its root bus is known by now. */
	for (i = first; i < end; i++) {
		struct p2p_function *function = &topology->functions[i];
		struct p2p_function *above = domain.above[function->bdf.bus];

		if (roots[i].known || has_path(topology, i))
			continue;
		function->parent = above;
		if (above && roots[above->index].known) {
			roots[i] = roots[above->index];
			function->orphan = above->orphan;
			continue;
		}
		roots[i] = (struct root_bus){ .domain = function->bdf.domain,
					      .bus = function->bdf.bus, .known = true };
		function->orphan = !is_credible(&domain, function->bdf.bus);
	}
}

void p2p_dump_link(struct p2p_topology *topology, struct root_bus *roots)
{
	size_t first, end;

	for (first = 0; first < topology->count; first = end) {
		bool pathless = false;

		for (end = first; end < topology->count &&
		     topology->functions[end].bdf.domain ==
		     topology->functions[first].bdf.domain; end++)
			pathless |= !has_path(topology, end);
		if (pathless)
			link_domain(topology, first, end, roots);
	}
	/* A path without a host bridge in it, and a bridge known only from such a path. */
	for (first = 0; first < topology->count; first++) {
		const struct p2p_function *function = &topology->functions[first];

		if (!roots[first].known)
			roots[first] = (struct root_bus){ .domain = function->bdf.domain,
							  .bus = function->bdf.bus,
							  .known = true };
	}
}

/* PCIe r6.0, sec 9.3.4.1.1: the Vendor ID of a VF reads FFFFh. */
static bool is_vf(const struct p2p_topology *topology, const struct p2p_function *function)
{
	const struct p2p_raw *raw = topology->builds[function->index].raw;
	uint16_t vendor;

	return raw && !function->silent && !function->physfn &&
	       p2p_config_read16(&raw->config, PCI_VENDOR_ID, &vendor) && vendor == 0xffff;
}

static void adopt(struct p2p_topology *topology, const struct p2p_function *pf,
		  struct p2p_function *vf, struct root_bus *roots)
{
	vf->physfn = pf;
	if (has_path(topology, vf->index))
		return;
	vf->parent = pf->parent;
	vf->orphan = pf->orphan;
	roots[vf->index] = roots[pf->index];
}

/* PCIe r6.0, sec 9.2.1.2: VF n is First VF Offset + (n - 1) * VF Stride after its PF. */
void p2p_dump_link_vfs(struct p2p_topology *topology, struct root_bus *roots)
{
	size_t i;
	unsigned int n;

	for (i = 0; i < topology->count; i++) {
		const struct p2p_function *pf = &topology->functions[i];

		if (pf->sriov.fact != P2P_PRESENT || pf->physfn)
			continue;
		for (n = 0; n < pf->sriov.active && n < pf->sriov.total; n++) {
			unsigned int rid = ((unsigned int)pf->bdf.bus << 8 | pf->bdf.devfn) +
					   pf->sriov.first_offset + n * pf->sriov.stride;
			struct p2p_bdf bdf = { pf->bdf.domain, (uint8_t)(rid >> 8), (uint8_t)rid };
			struct p2p_function *vf;

			vf = rid <= 0xffff ? p2p_tree_find(topology, bdf) : NULL;
			if (vf && vf != pf && is_vf(topology, vf))
				adopt(topology, pf, vf, roots);
		}
	}
}

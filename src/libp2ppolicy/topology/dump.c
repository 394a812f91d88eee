/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tree from bus numbers, for dumps and for functions whose link in sysfs was lost: a bridge is above the
 * bus that its Secondary Bus Number names.  A bus that no bridge names is a root bus, if what is on it can be
 * on one.  Where bus numbers are unknown, or contradict each other or the paths, the place of a function is
 * unknown.
 */
#include "base/pci-regs.h"
#include "topology/tree.h"

/**
 * struct domain - the buses of one domain.
 * @above: the bridge above each bus; NULL if none
 * @inside: within the bus range of some bridge, after its secondary bus
 * @torn: claimed by two bridges, neither of which is above the other
 * @root: has something that exists only on root buses
 * @below: has something that exists only below a port
 * @whole: the root complex of bus 0 is included, so the dump is hardly a selection of functions
 * @unread: the buses below some bridge are unknown, and may be any
 */
struct domain {
	struct p2p_function *above[256];
	bool inside[256], torn[256], root[256], below[256], whole, unread;
};

/* drivers/pci/probe.c, pci_scan_bridge_extend(), treats other numbers as not configured. */
static bool has_sane_buses(const struct p2p_function *bridge)
{
	return bridge->secondary > bridge->bdf.bus && bridge->secondary <= bridge->subordinate;
}

static bool is_root_complex(const struct p2p_function *function)
{
	return function->class_code >> 8 == PCI_CLASS_BRIDGE_HOST ||
	       p2p_function_is_type(function, P2P_PORT_ROOT) ||
	       p2p_function_is_type(function, P2P_PORT_RC_ENDPOINT) ||
	       p2p_function_is_type(function, P2P_PORT_RC_EVENT_COLLECTOR);
}

/* Can there be buses below @function that it does not tell?  Zeros mean that it is not configured. */
static bool hides_buses(const struct p2p_topology *topology, const struct p2p_function *function)
{
	const struct p2p_raw *raw = topology->builds[function->index].raw;
	uint16_t buses;

	if (function->header != P2P_PRESENT && !function->class_code)
		return true;
	if (!p2p_function_is_bridge(function) || has_sane_buses(function))
		return false;
	return !raw || !p2p_config_read16(&raw->config, PCI_SECONDARY_BUS, &buses) || buses;
}

static void gather_bridge(const struct p2p_topology *topology, struct p2p_function *function,
			  struct domain *domain)
{
	domain->unread |= hides_buses(topology, function);
	if (!p2p_function_is_bridge(function) || !has_sane_buses(function))
		return;
	if (domain->above[function->secondary])
		domain->torn[function->secondary] = true;
	else
		domain->above[function->secondary] = function;
	for (unsigned int bus = function->secondary + 1u; bus <= function->subordinate; bus++)
		domain->inside[bus] = true;
}

/* Every bridge whose range includes a bus must be above the one that names it. */
static void find_torn(const struct p2p_function *function, struct domain *domain)
{
	if (!p2p_function_is_bridge(function) || !has_sane_buses(function))
		return;
	for (unsigned int bus = function->secondary + 1u; bus <= function->subordinate; bus++) {
		const struct p2p_function *above = domain->above[bus];

		if (above && (above->bdf.bus < function->secondary ||
			      above->bdf.bus > function->subordinate))
			domain->torn[bus] = true;
	}
}

static void gather_buses(const struct p2p_topology *topology, size_t first, size_t end,
			 struct domain *domain)
{
	*domain = (struct domain){ .root = { [0] = true } };
	for (size_t i = first; i < end; i++) {
		struct p2p_function *function = &topology->functions[i];

		if (is_root_complex(function))
			domain->root[function->bdf.bus] = true;
		else if (function->pcie.fact == P2P_PRESENT)
			domain->below[function->bdf.bus] = true;
		domain->whole |= !function->bdf.bus && is_root_complex(function);
		gather_bridge(topology, function, domain);
	}
	for (size_t i = first; i < end; i++)
		find_torn(&topology->functions[i], domain);
}

/* Is a bus that no listed bridge names credible as a root bus? */
static bool is_credible(const struct domain *domain, unsigned int bus)
{
	if (domain->inside[bus])
		return false;
	return domain->root[bus] || (domain->whole && !domain->below[bus] && !domain->unread);
}

/*
 * Do the registers contradict the path?  A VF may be on any bus in the range of the bridge above that no
 * other bridge names (drivers/pci/iov.c, virtfn_add_bus()).
 */
static bool contradicts_path(const struct domain *domain, const struct p2p_function *function)
{
	const struct p2p_function *parent = function->parent;
	unsigned int bus = function->bdf.bus;

	if (domain->above[bus] && domain->above[bus] != parent)
		return true;
	/* The kernel looks for a bus only behind a bridge (drivers/pci/probe.c, pci_scan_bridge_extend()). */
	if (parent && parent->header == P2P_PRESENT && !p2p_function_is_bridge(parent))
		return true;
	return parent && has_sane_buses(parent) && parent->bdf.domain == function->bdf.domain &&
	       (bus < parent->secondary || bus > parent->subordinate);
}

/* A root bus of its own, in place of the unknown one. */
static struct root_bus own_root(const struct p2p_function *function)
{
	/* Linux gives domains that it creates itself, those of VMD, numbers beyond 16 bits. */
	return (struct root_bus){ .domain = function->bdf.domain, .bus = function->bdf.bus,
				  .known = true, .nested = function->bdf.domain > 0xffff };
}

static void link_function(struct p2p_function *function, const struct domain *domain,
			  struct root_bus *roots)
{
	unsigned int bus = function->bdf.bus;
	const struct p2p_function *above = domain->torn[bus] ? NULL : domain->above[bus];

	function->parent = above;
	if (above && roots[above->index].known) {
		roots[function->index] = roots[above->index];
		roots[function->index].linked = false;
		function->orphan = above->orphan;
		return;
	}
	roots[function->index] = own_root(function);
	function->orphan = domain->torn[bus] || !is_credible(domain, bus);
}

static void link_domain(struct p2p_topology *topology, size_t first, size_t end,
			struct root_bus *roots)
{
	struct domain domain;

	gather_buses(topology, first, end, &domain);
	/* A parent's bus number is lower than its child's, so its root bus is already known. */
	for (size_t i = first; i < end; i++) {
		struct p2p_function *function = &topology->functions[i];

		if (!roots[i].known) {
			link_function(function, &domain, roots);
		} else if (contradicts_path(&domain, function)) {
			function->parent = NULL;
			function->orphan = true;
			roots[i] = own_root(function);
		}
	}
}

void p2p_dump_link(struct p2p_topology *topology, struct root_bus *roots)
{
	size_t first, end;

	for (first = 0; first < topology->count; first = end) {
		for (end = first; end < topology->count &&
		     topology->functions[end].bdf.domain ==
		     topology->functions[first].bdf.domain; end++)
			;
		link_domain(topology, first, end, roots);
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

static void adopt(const struct p2p_function *pf, struct p2p_function *vf, struct root_bus *roots)
{
	vf->physfn = pf;
	if (roots[vf->index].linked)
		return;
	vf->parent = pf->parent;
	vf->orphan = pf->orphan;
	roots[vf->index] = roots[pf->index];
	roots[vf->index].linked = false;
}

/* PCIe r6.0, sec 9.2.1.2: VF n is First VF Offset + (n - 1) * VF Stride after its PF. */
void p2p_dump_link_vfs(struct p2p_topology *topology, struct root_bus *roots)
{
	unsigned int n;

	for (size_t i = 0; i < topology->count; i++) {
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
				adopt(pf, vf, roots);
		}
	}
}

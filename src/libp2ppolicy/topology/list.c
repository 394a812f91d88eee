/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A list of functions may be a selection: lspci -s and -d, a log that lost its start, rdma_topo dump, which
 * leaves out host bridges.  Then a root bus may have functions before the listed ones, and a device may have
 * more than one function.
 */
#include "base/pci-regs.h"
#include "topology/build.h"

/* Nobody who asks about peers would select these. */
static bool is_bystander(const struct p2p_function *function)
{
	switch (function->class_code >> 8) {
	case PCI_CLASS_BRIDGE_ISA:
	case PCI_CLASS_SERIAL_USB:
	case PCI_CLASS_SERIAL_SMBUS:
	case PCI_CLASS_STORAGE_SATA:
	case 0x0403:	/* Audio device */
	case 0x0880:	/* System peripheral */
	case 0x1101:	/* Performance counters */
		return true;
	default:
		return false;
	}
}

/* Does the list have the host bridge of bus 0 and a bystander, as lspci's list of everything does? */
static bool has_witnesses(const struct p2p_topology *topology, const struct p2p_snapshot *list)
{
	bool host = false, bystander = false;

	for (size_t i = 0; i < p2p_snapshot_count(list); i++) {
		const struct p2p_function *function =
			p2p_topology_find(topology, p2p_snapshot_raw(list, i)->bdf);

		if (!function)
			continue;
		host |= !function->bdf.domain && !function->bdf.bus && !function->bdf.devfn &&
			function->class_code >> 8 == PCI_CLASS_BRIDGE_HOST;
		bystander |= is_bystander(function);
	}
	return host && bystander;
}

/* It must be one list: among joined selections, one may have the host bridge and another the bystander. */
static bool one_has_witnesses(const struct p2p_topology *topology)
{
	const struct p2p_snapshot *list;

	for (size_t i = 0; (list = p2p_snapshot_list(topology->snapshot, i)); i++)
		if (has_witnesses(topology, list))
			return true;
	return false;
}

/* Is function 0 of its device missing?  The kernel looks for others only once it has found that one. */
static bool lacks_first(const struct p2p_topology *topology, const struct p2p_function *function)
{
	const struct p2p_function *first = function;

	if (function->parent || function->physfn || !(function->bdf.devfn & 7))
		return false;
	while (first > topology->functions && first[-1].bdf.domain == function->bdf.domain &&
	       first[-1].bdf.bus == function->bdf.bus &&
	       first[-1].bdf.devfn >> 3 == function->bdf.devfn >> 3)
		first--;
	return first->bdf.devfn & 7;
}

/* A port whose link is up has a device, unless it was removed through sysfs. */
static bool lacks_device(const struct p2p_topology *topology, const struct p2p_function *function)
{
	const struct p2p_raw *raw = topology->builds[function->index].raw;
	uint32_t capabilities;
	uint16_t status;

	return raw && !function->child_count && function->secondary > function->bdf.bus &&
	       p2p_link_is_port(function) &&
	       p2p_config_read32(&raw->config, function->pcie.offset + PCI_EXP_LNKCAP,
				 &capabilities) && capabilities & PCI_EXP_LNKCAP_DLLLARC &&
	       p2p_config_read16(&raw->config, function->pcie.offset + PCI_EXP_LNKSTA, &status) &&
	       status & PCI_EXP_LNKSTA_DLLLA;
}

/* Does the list show that something is missing: the bridge above, the first function, or the device below? */
static bool has_gap(const struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];

		if (function->orphan || lacks_first(topology, function) ||
		    lacks_device(topology, function))
			return true;
	}
	return false;
}

static bool is_of_device(const struct p2p_function *function, const struct p2p_function *other)
{
	return other->bdf.domain == function->bdf.domain && other->bdf.bus == function->bdf.bus &&
	       other->bdf.devfn >> 3 == function->bdf.devfn >> 3;
}

/* PCIe r6.0, sec 9.2.1.2: virtual functions do not count for the Multi-Function Device bit. */
static bool has_sibling(const struct p2p_topology *topology, const struct p2p_function *function)
{
	const struct p2p_function *end = topology->functions + topology->count, *other = function;

	while (other > topology->functions && is_of_device(function, other - 1))
		other--;
	for (; other < end && is_of_device(function, other); other++)
		if (other != function && !other->physfn)
			return true;
	return false;
}

/* A text does not show the bit, and its reader counts virtual functions as other functions of the device. */
static void count_siblings(const struct p2p_topology *topology, struct p2p_function *function)
{
	const struct p2p_raw *raw = topology->builds[function->index].raw;

	if (raw && raw->config.from_text && function->header == P2P_PRESENT)
		function->multifunction = !function->physfn && has_sibling(topology, function);
}

void p2p_list_build(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++)
		count_siblings(topology, &topology->functions[i]);
	if (!p2p_snapshot_is_list(topology->snapshot) ||
	    (one_has_witnesses(topology) && !has_gap(topology)))
		return;
	for (size_t i = 0; i < topology->host_count; i++)
		topology->hosts[i].partial = true;
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_raw *raw = topology->builds[i].raw;
		struct p2p_function *function = &topology->functions[i];

		if (raw && raw->config.from_text && !function->multifunction)
			function->several = P2P_DENIED;
	}
}

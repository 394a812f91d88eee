/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A list of functions may be a pick of them: lspci -s and -d, a log that lost its start, rdma_topo
 * dump, which leaves out host bridges.  Then a root bus may have functions before those that are
 * listed, and a device more functions than one.
 */
#include "base/pci-regs.h"
#include "topology/build.h"

/* Nobody who asks about peers picks these. */
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

/* The root complex of bus 0 and a bystander: it is the list of all, as lspci prints it unasked. */
static bool looks_whole(const struct p2p_topology *topology)
{
	bool host = false, bystander = false;

	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];

		host |= !function->bdf.domain && !function->bdf.bus && !function->bdf.devfn &&
			function->class_code >> 8 == PCI_CLASS_BRIDGE_HOST;
		bystander |= is_bystander(function);
	}
	return host && bystander;
}

void p2p_list_build(struct p2p_topology *topology)
{
	if (!p2p_snapshot_is_list(topology->snapshot) || looks_whole(topology))
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

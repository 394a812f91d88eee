/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ports whose ACS Control is not what the kernel wrote at boot. */
#include "topology/acs.h"
#include "topology/notes/notes.h"

static void note_stuck(struct p2p_topology *topology)
{
	const struct p2p_function *first = NULL;
	unsigned int count = 0;
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < topology->count; i++)
		if (p2p_acs_is_stuck(&topology->functions[i]) && !count++)
			first = &topology->functions[i];
	if (count)
		p2p_note(topology, first, "ACS Control of %u root port%s, %s%s, is known not to "
			 "keep what is written to it: what the kernel sets there at boot has no "
			 "effect, and what is below is not isolated", count, count > 1 ? "s" : "",
			 p2p_bdf_format(first->bdf, bdf), count > 1 ? " is the first" : "");
}

/*
 * drivers/pci/pci.c, pci_std_enable_acs(): with an IOMMU in use the kernel sets SrcValid wherever a port
 * supports it, unless one of those two parameters prevents it. drivers/pci/quirks.c,
 * pci_disable_broken_acs_cap(): except on these two switches.
 */
static bool may_lack_validation(const struct p2p_function *port)
{
	return p2p_acs_is_stuck(port) ||
	       (port->vendor == 0x111d && (port->device == 0x80b5 || port->device == 0x8090));
}

static void note_unset(struct p2p_topology *topology)
{
	const struct p2p_function *first = NULL;
	unsigned int lack = 0, have = 0;
	char bdf[P2P_BDF_SIZE];

	if (topology->machine.iommu != P2P_YES || !topology->machine.cmdline ||
	    p2p_acs_has_parameter(&topology->machine))
		return;
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *port = &topology->functions[i];

		if (!p2p_link_is_port(port) || port->acs.fact != P2P_PRESENT ||
		    !(port->acs.capability & P2P_ACS_SV))
			continue;
		if (port->acs.control & P2P_ACS_SV)
			have++;
		else if (!may_lack_validation(port) && !lack++)
			first = port;
	}
	if (lack && lack < have)
		p2p_note(topology, first, "%u port%s, %s%s, lack%s SrcValid, which the kernel sets "
			 "at boot where an IOMMU is in use, and which the other %u have: ACS "
			 "Control did not take it, or somebody cleared it", lack,
			 lack > 1 ? "s" : "", p2p_bdf_format(first->bdf, bdf),
			 lack > 1 ? " is the first" : "", lack > 1 ? "" : "s", have);
}

void p2p_notes_acs(struct p2p_topology *topology)
{
	note_stuck(topology);
	note_unset(topology);
}

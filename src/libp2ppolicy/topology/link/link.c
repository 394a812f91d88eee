/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The link according to sysfs.  Config space beyond 64 bytes needs privilege, these files do not: "16.0 GT/s
 * PCIe" and a number of lanes.  drivers/pci/pci-sysfs.c, current_link_speed_show().
 */
#include <stdio.h>

#include "base/pci-regs.h"
#include "topology/build.h"

struct p2p_link p2p_link_least(struct p2p_link a, struct p2p_link b)
{
	return (struct p2p_link){ a.speed_mtps < b.speed_mtps ? a.speed_mtps : b.speed_mtps,
				  a.width < b.width ? a.width : b.width };
}

/* PCIe r6.0, sec 7.5.3.6, "Link Capabilities Register": there are no other speeds. */
static bool is_speed(unsigned int mtps)
{
	return mtps == 2500 || mtps == 5000 || mtps == 8000 || mtps == 16000 || mtps == 32000 ||
	       mtps == 64000;
}

/* "Unknown" and a width of 0 mean that there is no link now. */
static bool read_link(const struct p2p_file *speed, const struct p2p_file *width,
		      struct p2p_link *ret_link)
{
	struct p2p_number lanes = p2p_file_number(width);
	struct p2p_link link = { 0, 0 };
	unsigned int whole, tenths;

	if (speed->fact != P2P_PRESENT || lanes.fact != P2P_PRESENT)
		return false;
	if (sscanf(speed->data, "%3u.%1u GT/s", &whole, &tenths) == 2)
		link.speed_mtps = whole * 1000 + tenths * 100;
	if (is_speed(link.speed_mtps) && lanes.value >= 1 && lanes.value <= 32)
		link.width = (unsigned int)lanes.value;
	else
		link.speed_mtps = 0;
	*ret_link = link;
	return true;
}

static void read_files(struct p2p_pcie *pcie, const struct p2p_raw *raw)
{
	struct p2p_link now, most;

	if (!read_link(p2p_raw_attr(raw, P2P_ATTR_CURRENT_LINK_SPEED),
		       p2p_raw_attr(raw, P2P_ATTR_CURRENT_LINK_WIDTH), &now) ||
	    !read_link(p2p_raw_attr(raw, P2P_ATTR_MAX_LINK_SPEED),
		       p2p_raw_attr(raw, P2P_ATTR_MAX_LINK_WIDTH), &most))
		return;
	/* A VF has these files, too, made from registers that are reserved in VFs. */
	if (!most.width)
		return;
	pcie->now = now;
	pcie->most = most;
	pcie->link = P2P_PRESENT;
}

/*
 * Does sysfs show another link than the register that root saved earlier?  If not, the register is preferred:
 * only it tells whether the Data Link Layer is up.
 */
static bool has_changed(const struct p2p_function *function, const struct p2p_raw *raw)
{
	static const unsigned int speeds[16] = { 0, 2500, 5000, 8000, 16000, 32000, 64000 };
	struct p2p_link now;
	uint16_t status;

	if (function->pcie.link != P2P_PRESENT ||
	    !p2p_config_read16(&raw->config, function->pcie.offset + PCI_EXP_LNKSTA, &status) ||
	    !read_link(p2p_raw_attr(raw, P2P_ATTR_CURRENT_LINK_SPEED),
		       p2p_raw_attr(raw, P2P_ATTR_CURRENT_LINK_WIDTH), &now))
		return false;
	return now.speed_mtps != speeds[status & PCI_EXP_LNKSTA_SPEED] ||
	       now.width != (unsigned int)(status & PCI_EXP_LNKSTA_WIDTH) >> 4;
}

/* Integrated endpoints have no link; PCIe r6.0, sec 7.5.3.6.  A reserved speed is one not known here. */
static enum p2p_fact link_of_config(const struct p2p_pcie *pcie)
{
	if (pcie->fact != P2P_PRESENT)
		return pcie->fact;
	if (!pcie->most.width)
		return P2P_ABSENT;
	return pcie->most.speed_mtps ? P2P_PRESENT : P2P_DENIED;
}

static void take_link_of_pf(struct p2p_pcie *vf, const struct p2p_pcie *pf)
{
	if (vf->link != P2P_DENIED || pf->link != P2P_PRESENT)
		return;
	vf->link = P2P_PRESENT;
	vf->now = pf->now;
	vf->most = pf->most;
}

/* Is it a port with nothing below it?  Without the register that tells the port type, any bridge counts. */
static bool leads_nowhere(const struct p2p_function *function)
{
	bool downward = function->pcie.fact == P2P_PRESENT ? p2p_link_is_port(function) :
			p2p_function_is_bridge(function);

	return downward && !function->child_count;
}

static void take_link(struct p2p_function *function, const struct p2p_raw *raw)
{
	bool now;

	function->pcie.link = link_of_config(&function->pcie);
	if (!raw || function->silent)
		return;
	now = function->pcie.link != P2P_DENIED && !raw->borrowed;
	if (!now && (function->pcie.link == P2P_DENIED || has_changed(function, raw)))
		read_files(&function->pcie, raw);
	/*
	 * Above an empty slot sysfs shows the former link, and what was saved may be from just before: pciehp
	 * turns the power off a second after removing the device.  A port that cannot have a link has none,
	 * whatever its status reads.
	 */
	if (leads_nowhere(function) && (!now || function->pcie.link == P2P_ABSENT))
		function->pcie.now = (struct p2p_link){ 0, 0 };
}

void p2p_link_build(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++)
		take_link(&topology->functions[i], topology->builds[i].raw);
	for (size_t i = 0; i < topology->count; i++)
		p2p_link_correct(&topology->functions[i]);
	for (size_t i = 0; i < topology->count; i++)
		if (topology->functions[i].physfn)
			take_link_of_pf(&topology->functions[i].pcie,
					&topology->functions[i].physfn->pcie);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Links whose registers are wrong: on cards with their own switch, the functions behind it and its ports
 * towards them always report 2.5 GT/s x1, as status and as capability.  These connections are inside the
 * chip; the link that counts is that of the switch's upstream port.
 */
#include "topology/build.h"

/** struct card - devices behind such a switch, which is from the same vendor. */
static const struct card {
	uint16_t vendor, first, last;
} cards[] = {
	/*
	 * Intel Arc, Arc Pro and Flex (DG2): nvtop pull request 344; lspci in issue 510 of
	 * raspberry-pi-pcie-devices.  Ids: include/drm/intel/pciids.h, 7.3.4.
	 */
	{ 0x8086, 0x4f80, 0x4f88 },
	{ 0x8086, 0x5690, 0x56c2 },
	/* Battlemage: lspci in issue 695 of raspberry-pi-pcie-devices; xe reads none of it. */
	{ 0x8086, 0xe200, 0xe22f },
};

static bool is_listed(const struct p2p_function *function)
{
	for (size_t i = 0; i < P2P_LENGTH(cards); i++)
		if (function->vendor == cards[i].vendor && function->device >= cards[i].first &&
		    function->device <= cards[i].last)
			return true;
	return false;
}

/* Is it a bridge below another one, so not a root port, with one of the devices two levels below? */
static bool is_card(const struct p2p_function *top)
{
	if (!top || !top->parent || !p2p_function_is_bridge(top))
		return false;
	for (size_t i = 0; i < top->child_count; i++) {
		const struct p2p_function *port = top->children[i];

		for (size_t j = 0; p2p_function_is_bridge(port) && j < port->child_count; j++)
			if (is_listed(port->children[j]) &&
			    port->children[j]->vendor == top->vendor)
				return true;
	}
	return false;
}

const struct p2p_function *p2p_link_stand_in(const struct p2p_function *function)
{
	const struct p2p_function *port = p2p_function_is_bridge(function) ? function :
					  function->parent;

	return port && is_card(port->parent) ? port->parent : NULL;
}

static unsigned int lower(unsigned int a, unsigned int b)
{
	return a && (!b || a < b) ? a : b;
}

/* What both ends of the link of @top are capable of. */
static struct p2p_link most_of(const struct p2p_function *top)
{
	const struct p2p_pcie *above = &top->parent->pcie;
	struct p2p_link most = top->pcie.most;

	if (above->link == P2P_PRESENT) {
		most.speed_mtps = lower(most.speed_mtps, above->most.speed_mtps);
		most.width = lower(most.width, above->most.width);
	}
	return most;
}

void p2p_link_correct(struct p2p_function *function)
{
	const struct p2p_function *top = p2p_link_stand_in(function);
	struct p2p_pcie *pcie = &function->pcie;

	if (!top || pcie->link != P2P_PRESENT || pcie->most.speed_mtps != 2500 ||
	    pcie->most.width != 1)
		return;
	pcie->link = top->pcie.link == P2P_PRESENT ? P2P_PRESENT : P2P_DENIED;
	pcie->now = pcie->link == P2P_PRESENT ? top->pcie.now : (struct p2p_link){ 0, 0 };
	pcie->most = pcie->link == P2P_PRESENT ? most_of(top) : (struct p2p_link){ 0, 0 };
}

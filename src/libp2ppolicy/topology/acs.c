/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of the bits of ACS Control, as lspci prints them, and ports that need special treatment. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <p2ppolicy/topology.h>

#include "topology/acs.h"
#include "topology/build.h"

/*
 * drivers/pci/quirks.c, pci_quirk_enable_intel_lpc_acs(): function 1f.0 on the bus of the root port, and its
 * register INTEL_LPC_RCBA_REG.
 */
#define LPC_DEVFN	0xf8
#define LPC_RCBA	0xf0
#define LPC_RCBA_ENABLE	1u
#define ISA_BRIDGE	0x0601

const struct p2p_acs_bit p2p_acs_bits[P2P_ACS_BITS] = {
	{ P2P_ACS_SV, "SrcValid" }, { P2P_ACS_TB, "TransBlk" }, { P2P_ACS_RR, "ReqRedir" },
	{ P2P_ACS_CR, "CmpltRedir" }, { P2P_ACS_UF, "UpstreamFwd" },
	{ P2P_ACS_EC, "EgressCtrl" }, { P2P_ACS_DT, "DirectTrans" },
};

/*
 * Root ports of the B460 chipset.  On a real machine the kernel had set the bits at boot, since an IOMMU was
 * in use, but ACS Control read 0 afterwards, and the groups below were those of ports without ACS.
 */
static const struct { uint16_t vendor, device; } stuck[] = {
	{ 0x8086, 0xa396 }, { 0x8086, 0xa398 }, { 0x8086, 0xa3e9 }, { 0x8086, 0xa3eb },
};

bool p2p_acs_is_stuck(const struct p2p_function *function)
{
	if (function->ids != P2P_PRESENT || function->acs.fact != P2P_PRESENT)
		return false;
	for (size_t i = 0; i < P2P_LENGTH(stuck); i++)
		if (function->vendor == stuck[i].vendor && function->device == stuck[i].device)
			return true;
	return false;
}

uint16_t p2p_acs_settable(const struct p2p_function *function)
{
	return p2p_acs_is_stuck(function) ? 0 : function->acs.capability & P2P_ACS_CONTROL;
}

bool p2p_acs_has_parameter(const struct p2p_machine *machine)
{
	return machine->cmdline && (strstr(machine->cmdline, "disable_acs_redir") ||
				    strstr(machine->cmdline, "config_acs"));
}

char *p2p_acs_format(uint16_t control, char buffer[P2P_ACS_SIZE])
{
	size_t used = 0;

	for (size_t i = 0; i < P2P_ACS_BITS; i++)
		used += (size_t)snprintf(buffer + used, P2P_ACS_SIZE - used, "%s%s%c",
					 i ? " " : "", p2p_acs_bits[i].name,
					 control & p2p_acs_bits[i].bit ? '+' : '-');
	return buffer;
}

char *p2p_acs_names(uint16_t bits, char buffer[P2P_ACS_SIZE])
{
	size_t used = 0;
	uint16_t left = bits;

	buffer[0] = '\0';
	for (size_t i = 0; i < P2P_ACS_BITS; i++) {
		if (!(left & p2p_acs_bits[i].bit))
			continue;
		left = (uint16_t)(left & ~p2p_acs_bits[i].bit);
		used += (size_t)snprintf(buffer + used, P2P_ACS_SIZE - used, "%s%s", !used ? "" : left ? ", " : " and ",
					 p2p_acs_bits[i].name);
	}
	return buffer;
}

int p2p_acs_parse(const char *text, uint16_t *ret_clear, uint16_t *ret_set)
{
	uint16_t clear = 0, set = 0;

	while (*text) {
		size_t length = strcspn(text, "+-"), i = 0;

		while (i < P2P_ACS_BITS && (strlen(p2p_acs_bits[i].name) != length ||
						strncmp(text, p2p_acs_bits[i].name, length) != 0))
			i++;
		if (i == P2P_ACS_BITS || !text[length] || (clear | set) & p2p_acs_bits[i].bit)
			return -EINVAL;
		if (text[length] == '+')
			set |= p2p_acs_bits[i].bit;
		else
			clear |= p2p_acs_bits[i].bit;
		text += length + 1;
		if (*text == ',' && text[1])
			text++;
		else if (*text)
			return -EINVAL;
	}
	if (!(clear | set))
		return -EINVAL;
	*ret_clear = clear;
	*ret_set = set;
	return 0;
}

/* The kernel can set up the ports only with those registers, and then always does. */
void p2p_chipset_build(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->host_count; i++) {
		struct p2p_host_bridge *host = &topology->hosts[i];
		const struct p2p_bdf at = { host->domain, host->bus, LPC_DEVFN };
		const struct p2p_function *lpc = p2p_tree_find(topology, at);
		const struct p2p_raw *raw = lpc ? topology->builds[lpc->index].raw : NULL;
		uint32_t rcba;

		if (raw && lpc->ids == P2P_PRESENT && lpc->vendor == 0x8086 &&
		    lpc->class_code >> 8 == ISA_BRIDGE &&
		    p2p_config_read32(&raw->config, LPC_RCBA, &rcba))
			host->isolates = rcba & LPC_RCBA_ENABLE ? P2P_YES : P2P_NO;
	}
}

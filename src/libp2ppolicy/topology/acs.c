/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of the bits of ACS Control, as lspci prints them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <p2ppolicy/topology.h>

#include "topology/acs.h"

const struct p2p_acs_bit p2p_acs_bits[P2P_ACS_BITS] = {
	{ P2P_ACS_SV, "SrcValid" }, { P2P_ACS_TB, "TransBlk" }, { P2P_ACS_RR, "ReqRedir" },
	{ P2P_ACS_CR, "CmpltRedir" }, { P2P_ACS_UF, "UpstreamFwd" },
	{ P2P_ACS_EC, "EgressCtrl" }, { P2P_ACS_DT, "DirectTrans" },
};

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

	buffer[0] = '\0';
	for (size_t i = 0; i < P2P_ACS_BITS; i++)
		if (bits & p2p_acs_bits[i].bit)
			used += (size_t)snprintf(buffer + used, P2P_ACS_SIZE - used, "%s%s",
						 used ? " and " : "", p2p_acs_bits[i].name);
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

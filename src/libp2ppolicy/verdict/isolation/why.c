/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why two functions share a group, as a sentence. */
#include <p2ppolicy/isolation.h>

#include "topology/acs.h"
#include "verdict/text.h"

static void say_unknown(struct p2p_text *text, const struct p2p_isolation_cause *cause)
{
	char at[P2P_BDF_SIZE];

	if (cause->at)
		p2p_text_add(text, "unknown: what isolates %s from its peers could not be read",
			     p2p_bdf_format(cause->at->bdf, at));
	else
		p2p_text_string(text, "unknown: whether there is an IOMMU, or what is above, could "
				   "not be read");
}

int p2p_isolation_why(const struct p2p_isolation *isolation, const struct p2p_function *function,
		      char *buffer, size_t size)
{
	struct p2p_isolation_cause cause = p2p_isolation_cause(isolation, function);
	struct p2p_text text = { buffer, size, 0 };
	char at[P2P_BDF_SIZE], bits[P2P_ACS_SIZE];

	if (size)
		buffer[0] = '\0';
	if (cause.with)
		p2p_text_add(&text, "with %s: ", p2p_bdf_format(cause.with->bdf, at));
	if (cause.at)
		p2p_bdf_format(cause.at->bdf, at);
	switch (cause.grouping) {
	case P2P_GROUPING_NO_ACS:
		p2p_text_add(&text, "the kernel finds no ACS at %s, so DMA from below it may reach a "
			     "peer without passing through the IOMMU", at);
		break;
	case P2P_GROUPING_ACS_OFF:
		p2p_text_add(&text, "ACS of %s has %s off, so DMA from below it may reach a peer "
			     "without passing through the IOMMU", at, p2p_acs_names(cause.missing, bits));
		break;
	case P2P_GROUPING_BUS:
		p2p_text_add(&text, "all DMA from the conventional bus behind bridge %s carries one "
			     "requester id", at);
		break;
	case P2P_GROUPING_SLOT:
		p2p_text_add(&text, "functions of one device, and no ACS of %s isolates them", at);
		break;
	case P2P_GROUPING_ALIAS:
		p2p_text_add(&text, "%s is known to send DMA with another requester ID", at);
		break;
	case P2P_GROUPING_VMD:
		p2p_text_add(&text, "VMD endpoint %s sends the DMA of its domain", at);
		break;
	case P2P_GROUPING_UNKNOWN:
		say_unknown(&text, &cause);
		break;
	case P2P_GROUPING_ALONE:
		break;
	}
	return (int)text.used;
}

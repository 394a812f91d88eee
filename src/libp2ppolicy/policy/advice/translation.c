/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Advice for a translating IOMMU that is in the way of drivers that obtain peer addresses without p2pdma. */
#include <p2ppolicy/ways.h>

#include "policy/advice/advice.h"

/* Do the requests of the way in question reach the IOMMU, and does it translate them? */
static bool is_translated(const struct p2p_verdict *verdict)
{
	const struct p2p_way_answer *told;
	enum p2p_addressing addressing;
	struct p2p_ways ways;

	p2p_ways_find(verdict, &ways);
	told = p2p_ways_told(&ways);
	if (!told || told->grant == P2P_GRANT_REFUSED || told->translates != P2P_YES)
		return false;
	addressing = p2p_driver_way_addressing(told->way);
	return (addressing == P2P_ADDRESSING_RESOURCE || addressing == P2P_ADDRESSING_RAW) &&
	       told->granted <= P2P_DELIVERY_ROOT && told->granted != P2P_DELIVERY_STAGED;
}

static void add(struct p2p_advice *advice, const struct p2p_advised *advised,
		const struct p2p_passthrough *passthrough)
{
	struct p2p_remedy remedy = { .kind = P2P_REMEDY_IOMMU, .pair = advised->pair };
	const char *against = passthrough->against;

	remedy.line = p2p_arena_string(&advice->arena, passthrough->line);
	remedy.text = p2p_arena_format(&advice->arena, "the driver maps peer memory itself, and the IOMMU "
				       "translates those addresses: requests go through the root "
				       "complex, and on some machines they hang or read wrong data "
				       "there; %s%s%s ends the translation at the next boot, but %s",
				       passthrough->word, against ? ", in place of " : "",
				       against ? against : "", passthrough->cost);
	if (!remedy.line)
		advice->no_memory = true;
	p2p_advice_add(advice, &remedy);
}

int p2p_advice_translation_find(struct p2p_advice *advice)
{
	struct p2p_cmdline *cmdline = NULL;
	struct p2p_passthrough passthrough;
	int r = 0;

	/* In a guest the host's IOMMU decides. */
	if (p2p_topology_machine(advice->topology)->virtual_machine == P2P_YES)
		return 0;
	for (size_t i = 0; i < advice->pair_count && !r; i++) {
		if (!is_translated(&advice->pairs[i].before))
			continue;
		if (!cmdline) {
			r = p2p_cmdline_new(advice->context, advice->topology, NULL, &cmdline);
			if (!r)
				r = p2p_cmdline_passthrough(cmdline, &passthrough);
		}
		if (!r)
			add(advice, &advice->pairs[i], &passthrough);
	}
	p2p_cmdline_free(cmdline);
	return r;
}

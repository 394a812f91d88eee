/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds BARs of providers that could be larger, and the windows that they would have to fit into. */
#include <stdlib.h>

#include "policy/advice/advice.h"

static uint64_t largest(uint64_t sizes)
{
	unsigned int bit = 0;

	while (sizes >>= 1)
		bit++;
	/* At most 2^43 MiB, PCIe r6.0, sec 7.8.6.2; more does not fit into 64 bits. */
	return bit < 44 ? 1ull << (bit + 20) : 0;
}

/* The window of @bridge that the BAR must fit into. */
static const struct p2p_window *window_for(const struct p2p_function *bridge,
					   const struct p2p_bar *bar)
{
	const struct p2p_window *wide = &bridge->window[1];

	return bar->prefetchable && (wide->fact != P2P_PRESENT || wide->first <= wide->last) ?
	       wide : &bridge->window[0];
}

static void measure(struct p2p_growth *growth, const struct p2p_bar *bar)
{
	uint64_t more = growth->most_bytes - growth->now_bytes;

	growth->window_fact = P2P_PRESENT;
	for (const struct p2p_function *bridge = growth->function->parent; bridge;
	     bridge = bridge->parent) {
		const struct p2p_window *window = window_for(bridge, bar);

		if (window->fact != P2P_PRESENT || window->free_fact != P2P_PRESENT) {
			growth->window_fact = P2P_DENIED;
			continue;
		}
		if (window->free_bytes >= more || more - window->free_bytes <=
						  growth->lacking_bytes)
			continue;
		growth->lacking_bytes = more - window->free_bytes;
		growth->narrow = bridge;
	}
}

static void check_bar(struct p2p_advice *advice, const struct p2p_function *function,
		      unsigned int index)
{
	const struct p2p_bar *bar = &function->bar[index];
	uint64_t now = bar->fact == P2P_PRESENT ? bar->size_bytes : bar->rebar.size_bytes;
	struct p2p_growth growth = { .function = function, .bar = index, .now_bytes = now }, *place;

	if (bar->rebar.fact != P2P_PRESENT || !now)
		return;
	growth.most_bytes = largest(bar->rebar.sizes);
	if (growth.most_bytes <= now)
		return;
	measure(&growth, bar);
	place = p2p_more(advice->growths, advice->growth_count);
	if (!place) {
		advice->no_memory = true;
		return;
	}
	*place = growth;
	advice->growth_count++;
}

void p2p_advice_growths_find(struct p2p_advice *advice)
{
	bool *seen = calloc(p2p_topology_count(advice->topology) + 1, sizeof(*seen));

	if (!seen) {
		advice->no_memory = true;
		return;
	}
	for (size_t i = 0; i < advice->pair_count; i++) {
		const struct p2p_function *provider = advice->pairs[i].pair.provider;

		for (unsigned int bar = 0; !seen[provider->index] && bar < P2P_BARS; bar++)
			check_bar(advice, provider, bar);
		seen[provider->index] = true;
	}
	free(seen);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo watch: shared by its three parts: waiting, comparing and printing. */
#ifndef P2PTOPO_WATCH_H
#define P2PTOPO_WATCH_H

#include "machine/follow.h"

/** Up to so many pairs whose verdict changed are listed one by one; more are counted. */
#define WATCH_VERDICTS 64

/** A pair that does not exist, in addition to the map types. */
#define WATCH_NO_PAIR P2P_MAP_TYPES
#define WATCH_TYPES (P2P_MAP_TYPES + 1)

/** struct watch_way - what the drivers of a pair do. @way: NULL if no row of the table covers them. */
struct watch_way {
	const struct p2p_driver_way *way;
	enum p2p_delivery delivery;
};

/**
 * struct watch_state - the machine as of one reading.
 * @types: map types of all ordered pairs of selected functions, with a row for each provider
 * @ways: likewise, what the drivers in use do
 * @generation: number of the reading, from 1
 */
struct watch_state {
	struct app app;
	uint8_t *types;
	struct watch_way *ways;
	unsigned int generation;
};

/** watch_compare() - print a line for everything that differs in @now. */
void watch_compare(const struct watch_state *old, const struct watch_state *now,
		   const struct follow_news *news);

/* Each prints one line; see p2ptopo-watch(1). @state is the newer one. */
void watch_say_start(const struct watch_state *state, unsigned int interval);
void watch_say_lost(const struct watch_state *state);
void watch_say_gate(const struct watch_state *state);
void watch_say_added(const struct watch_state *state, const struct p2p_function *function);
void watch_say_removed(const struct watch_state *state, const struct p2p_function *function);
void watch_say_passed(const struct watch_state *state, struct p2p_bdf bdf);
void watch_say_changed(const struct watch_state *state, const char *what,
		       const struct p2p_function *old, const struct p2p_function *now);
void watch_say_verdict(const struct watch_state *state, const struct p2p_function *provider,
		       const struct p2p_function *client, unsigned int from, unsigned int to);
void watch_say_verdicts(const struct watch_state *state, size_t count, unsigned int from,
			unsigned int to);
void watch_say_way(const struct watch_state *state, const struct p2p_function *provider,
		   const struct p2p_function *client, struct watch_way from, struct watch_way to);
void watch_say_ways(const struct watch_state *state, size_t count, enum p2p_delivery from,
		    enum p2p_delivery to);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two machines while they are compared. */
#ifndef P2P_POLICY_DIFF_H
#define P2P_POLICY_DIFF_H

#include <p2ppolicy/diff.h>

#include "base/arena.h"

/**
 * struct p2p_diff_side - one of the two machines.
 * @places: by index of function, see place.h; "" not known
 * @partner: by index of function, the same function on the other side; NULL none
 */
struct p2p_diff_side {
	const struct p2p_eval *eval;
	const struct p2p_topology *topology;
	size_t count;
	char **places;
	const struct p2p_function **partner;
};

/** struct p2p_diff_entry - @rank: position of its @about in the order of output. */
struct p2p_diff_entry {
	struct p2p_difference difference;
	unsigned int rank;
};

/**
 * struct p2p_diff - see p2ppolicy/diff.h.
 * @evidence: by index of function of the old side
 */
struct p2p_diff {
	struct p2p_arena arena;
	struct p2p_diff_side before, after;
	const char **evidence;
	struct p2p_diff_entry *entries;
	size_t count;
	struct p2p_pairs_difference *pairs;
	size_t pairs_count;
	bool all, nodes, no_memory;
};

/** p2p_diff_order() - compare two numbers, like strcmp(). */
static inline int p2p_diff_order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/** p2p_diff_add() - add a difference; texts are copied.  Sets no_memory on failure. */
void p2p_diff_add(struct p2p_diff *diff, const char *about, const struct p2p_function *was,
		  const struct p2p_function *is, const char *before, const char *after);

/** p2p_diff_match() - fill partner and evidence. */
int p2p_diff_match(struct p2p_diff *diff);

/** p2p_diff_facts() - add what changed in the machine and in every function. */
int p2p_diff_facts(struct p2p_diff *diff);

/**
 * p2p_diff_settled() - find the functions of the old side of which nothing changed that a pair of two such
 *	functions depends on: the function, everything below the same function on its root bus, and its host
 *	bridge.
 * @settled: by index of function, zeroed by the caller
 * Return: 0 or -ENOMEM.
 */
int p2p_diff_settled(const struct p2p_diff *diff, bool *settled);

/** p2p_diff_hash() - add a word to a hash. */
uint64_t p2p_diff_hash(uint64_t hash, uint64_t value);

/** p2p_diff_software() - a hash of what drivers report about a function, and of all else that ways ask of it alone. */
uint64_t p2p_diff_software(uint64_t hash, const struct p2p_function *function);

/**
 * p2p_diff_way() - a hash of all that answers read of a function, of what is above it and of the root that the
 *	kernel looks up, but for places and for what two functions are compared by.
 */
uint64_t p2p_diff_way(uint64_t hash, const struct p2p_eval *eval, const struct p2p_function *function);

/** p2p_shape_add_asked() - add all that answers read of a function, but what changes while a link idles. */
void p2p_shape_add_asked(struct p2p_shape *shape, const struct p2p_function *function);

/** p2p_shape_add_stack() - add what ways read of the machine. */
void p2p_shape_add_stack(struct p2p_shape *shape, const struct p2p_machine *machine);

/** p2p_diff_pairs() - fill pairs. */
int p2p_diff_pairs(struct p2p_diff *diff);

#endif

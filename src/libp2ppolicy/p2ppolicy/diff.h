/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What changed between two machines, or one machine at two times, in what peer-to-peer DMA
 * depends on, and what that does to pairs.
 *
 * Functions are told again by who they are, not by their address alone; see p2ptopo-diff(1) for
 * the order of evidence, and for what does not count as a change.
 */
#ifndef P2PPOLICY_DIFF_H
#define P2PPOLICY_DIFF_H

#include <p2ppolicy/ways.h>
#include <p2ppolicy/score.h>

struct p2p_diff;

/**
 * struct p2p_difference - one fact that changed.
 * @about: what of it: "kernel", "gone", "new", "moved", "acs", "link", ... (constant)
 * @was, @is: the function before and after; NULL: of the machine as a whole, or there is none
 * @before, @after: the fact, a few words; "" there was none.  Of a function that moved its places,
 *	as the kernel's parameters take them
 *
 * The order is by @about, then by @before and @after, then by address, so that what changed alike
 * stands together.
 */
struct p2p_difference {
	const char *about;
	const struct p2p_function *was, *is;
	const char *before, *after;
};

/**
 * struct p2p_answer - how a pair answers.
 * @delivery: what the drivers in use would do
 * @distance: valid when @map_type is known
 * @read, @write: 10^9 bytes a second it can be expected to carry, as p2p_eval_score() gives them,
 *	to three digits; negative when a fact is missing or the kernel refuses the pair
 */
struct p2p_answer {
	enum p2p_relation relation;
	enum p2p_map_type map_type;
	enum p2p_delivery delivery;
	int distance;
	double read, write;
};

/**
 * struct p2p_pairs_difference - ordered pairs that answer otherwise now, all in one way.
 * @before, @after: their answers
 * @providers, @clients: functions of the new machine; every pair of different ones changed so
 * @pairs: how many that are
 */
struct p2p_pairs_difference {
	struct p2p_answer before, after;
	const struct p2p_function *const *providers, *const *clients;
	size_t provider_count, client_count;
	uint64_t pairs;
};

/**
 * enum p2p_diff_flag - how p2p_diff_new() compares.
 * @P2P_DIFF_ALL: pairs of all functions with header type 0, not only of those that take part
 * @P2P_DIFF_NODES: two machines that may be of one kind, not one machine at two times: serial numbers,
 *	command lines and addresses of BARs tell nothing
 */
enum p2p_diff_flag { P2P_DIFF_ALL = 1, P2P_DIFF_NODES = 2 };

/**
 * p2p_diff_new() - compare two machines.
 * @before, @after: evaluators of both, each by its own rules; they must outlive the result
 * @flags: enum p2p_diff_flag bits
 * @ret_diff: owned by the caller; free with p2p_diff_free()
 *
 * O(n log n) in the functions; with g groups of them that answer alike and c of these below a port that
 *	changed, O(gc) pairs are evaluated, and O(g^2) where the machine as a whole changed.
 *
 * Return: 0 or -ENOMEM.
 */
int p2p_diff_new(struct p2p_context *context, const struct p2p_eval *before,
		 const struct p2p_eval *after, unsigned int flags, struct p2p_diff **ret_diff);

/** p2p_diff_free() - NULL is fine.  Return: NULL. */
struct p2p_diff *p2p_diff_free(struct p2p_diff *diff);

/** p2p_diff_at() - the difference at @index; NULL past the end. */
const struct p2p_difference *p2p_diff_at(const struct p2p_diff *diff, size_t index);

/** p2p_diff_pairs_at() - the pairs at @index; NULL past the end. */
const struct p2p_pairs_difference *p2p_diff_pairs_at(const struct p2p_diff *diff,
						     size_t index);

/**
 * p2p_diff_evidence() - by what it was told again: "serial", "place", "address", "slot", "ids";
 *	NULL gone.
 */
const char *p2p_diff_evidence(const struct p2p_diff *diff,
			      const struct p2p_function *was);

/**
 * struct p2p_shape - a digest of what a machine is made of.  Machines of the same kind have the same one:
 *	no serial numbers, names, command lines or addresses of BARs are in it.
 */
struct p2p_shape {
	uint64_t high, low;
};

/**
 * p2p_shape_of() - the shape of a machine.  Another fact that p2p_diff_new() compares with P2P_DIFF_NODES
 *	gives another one.
 * Return: 0 or -ENOMEM.
 */
int p2p_shape_of(const struct p2p_eval *eval, struct p2p_shape *ret_shape);

/** p2p_shape_add() - go on with a digest, which starts zeroed, by some bytes. */
void p2p_shape_add(struct p2p_shape *shape, const void *bytes, size_t size);

#endif

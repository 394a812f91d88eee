/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The differences between two machines, or one machine at two times, in the facts that
 * peer-to-peer DMA depends on, and their effect on pairs.
 *
 * Functions are recognized by their identity, not by their address alone; see p2ptopo-diff(1) for
 * the order of evidence, and for what does not count as a change.
 */
#ifndef P2PPOLICY_DIFF_H
#define P2PPOLICY_DIFF_H

#include <p2ppolicy/ways.h>
#include <p2ppolicy/score.h>

struct p2p_diff;

/**
 * struct p2p_difference - one fact that changed.
 * @about: what changed: "kernel", "gone", "new", "moved", "acs", "link", ... (constant)
 * @was, @is: the function before and after; NULL: a fact of the whole machine, or no such function
 * @before, @after: the fact in a few words; "" there was none.  For a function that moved, its old
 *	and new place, as the kernel's parameters take them
 *
 * They are ordered by @about, then by @before and @after, then by address, so that equal changes
 * stand together.
 */
struct p2p_difference {
	const char *about;
	const struct p2p_function *was, *is;
	const char *before, *after;
};

/**
 * struct p2p_answer - the results for a pair.
 * @delivery: what the drivers in use would do
 * @distance: valid if @map_type is known
 * @read, @write: expected 10^9 bytes a second, from p2p_eval_score(), to three digits; negative if
 *	a fact is missing or the kernel refuses the pair
 */
struct p2p_answer {
	enum p2p_relation relation;
	enum p2p_map_type map_type;
	enum p2p_delivery delivery;
	int distance;
	double read, write;
};

/**
 * struct p2p_pairs_difference - ordered pairs whose answer changed, all in the same way.
 * @before, @after: their answers
 * @providers, @clients: functions of the new machine; every pair of different ones changed this way
 * @pairs: number of these pairs
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
 * @P2P_DIFF_NODES: compare two machines that should be alike, not one machine at two times: ignore
 *	serial numbers, command lines and addresses of BARs
 */
enum p2p_diff_flag { P2P_DIFF_ALL = 1, P2P_DIFF_NODES = 2 };

/**
 * p2p_diff_new() - compare two machines.
 * @before, @after: their evaluators, each with its own rules; they must outlive the result
 * @flags: enum p2p_diff_flag bits
 * @ret_diff: owned by the caller; free with p2p_diff_free()
 *
 * O(n log n) in the number of functions.  With g groups of functions that answer alike, c of them below
 *	a port that changed, O(gc) pairs are evaluated, or O(g^2) if the machine as a whole changed.
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
 * p2p_diff_evidence() - what a function was recognized by: "serial", "place", "address", "slot", "ids";
 *	NULL: it is gone.
 */
const char *p2p_diff_evidence(const struct p2p_diff *diff,
			      const struct p2p_function *was);

/**
 * struct p2p_shape - a digest of what a machine is made of.  It leaves out serial numbers, names, command
 *	lines and addresses of BARs, so that machines of the same kind have the same one.
 */
struct p2p_shape {
	uint64_t high, low;
};

/**
 * p2p_shape_of() - the shape of a machine.  It differs if a fact differs that p2p_diff_new() compares with
 *	P2P_DIFF_NODES.
 * Return: 0 or -ENOMEM.
 */
int p2p_shape_of(const struct p2p_eval *eval, struct p2p_shape *ret_shape);

/** p2p_shape_add() - add bytes to a digest, which starts zeroed. */
void p2p_shape_add(struct p2p_shape *shape, const void *bytes, size_t size);

#endif

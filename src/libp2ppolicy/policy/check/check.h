/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expectations read from a file, and the run that checks a machine against them. */
#ifndef P2P_POLICY_CHECK_H
#define P2P_POLICY_CHECK_H

#include <p2ppolicy/check.h>
#include <p2ppolicy/score.h>

#include "policy/term.h"

/** struct p2p_pick - the functions that an expectation is about: groups by index, and its own selectors. */
struct p2p_pick {
	size_t *groups;
	size_t group_count;
	struct p2p_selector own;
};

/**
 * struct p2p_check_row - one expectation.
 * @first: the devices, or the providers of pairs; @second: the clients
 * @least, @most: bounds for the number of devices
 * @clients_least: for pairs: for how many clients of each provider all of @condition and @terms
 *	must hold; 0: they must hold for every pair
 * @terms: for devices and the machine; for pairs, what policies have no condition for
 * @condition: for pairs
 */
struct p2p_check_row {
	unsigned int line, column;
	const char *why;
	struct p2p_pick first, second;
	bool both;
	uint64_t least, most, clients_least;
	struct p2p_conjunction terms, condition;
};

/** struct p2p_check_rows - an array of expectations. */
struct p2p_check_rows {
	struct p2p_check_row *rows;
	size_t count;
};

struct p2p_check {
	struct p2p_document *document;
	struct p2p_group_table groups;
	struct p2p_check_row machine;
	struct p2p_check_rows devices, pairs;
};

/**
 * struct p2p_check_run - a run in progress.
 * @count: number of functions in the topology
 * @sets: [group * count + function]: is the function in the group, an enum p2p_tri each
 * @first, @second: likewise for both sides of the current row, by function
 * @stamp, @stamps: which functions the current term has visited, for "..._above"
 * @row, @function, @client, @verdict: what is being checked
 */
struct p2p_check_run {
	const struct p2p_check *check;
	const struct p2p_eval *eval;
	const struct p2p_topology *topology;
	struct p2p_check_options options;
	struct p2p_check_counts counts;
	size_t count;
	uint8_t *sets, *first, *second;
	unsigned int stamp, *stamps;
	const struct p2p_check_row *row;
	const struct p2p_function *function, *client;
	const struct p2p_verdict *verdict;
};

extern const struct p2p_term_key p2p_check_device_keys[];	/* ends with a NULL name */
extern const struct p2p_term_key p2p_check_machine_keys[];
extern const struct p2p_term_key p2p_check_pair_keys[];

/** p2p_check_say() - report one check; @expected and @found are used only if it fails. */
void p2p_check_say(struct p2p_check_run *run, enum p2p_check_class about, enum p2p_tri holds,
		   const char *expected, const char *found);

/** p2p_check_excuse() - report one check that does not hold, but for a reason that is not a failure. */
void p2p_check_excuse(struct p2p_check_run *run, enum p2p_check_class about,
		      const char *expected, const char *found);

/**
 * struct p2p_check_condition - a condition of policies that can also be an expectation.
 * @found: write what the pair really has, in a few words
 */
struct p2p_check_condition {
	const char *name;
	enum p2p_check_class about;
	void (*found)(const struct p2p_verdict *verdict, char *buffer, size_t size);
};

/** p2p_check_condition() - the condition for a key; NULL if there is none. */
const struct p2p_check_condition *p2p_check_condition(const struct p2p_term_key *key);

/** p2p_check_bandwidth() - does a pair have the bandwidth that a term of p2p_check_pair_keys demands? */
enum p2p_tri p2p_check_bandwidth(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
				 const struct p2p_term *term);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checking a machine against a file of expectations, and writing such a file from a good one.
 *
 * An unknown fact fails the expectation that needs it.
 *
 * The file is described in p2ptopo-check(1).
 */
#ifndef P2PPOLICY_CHECK_H
#define P2PPOLICY_CHECK_H

#include <p2ppolicy/verdict.h>

/**
 * enum p2p_check_class - what an expectation is about.  Causes come before their effects; the
 *	numbers are part of the interface of p2ptopo(1) and never change.
 * @P2P_CHECK_MISSING: a selector matches no function, or fewer than expected, or it is unknown
 *	which it matches
 */
enum p2p_check_class {
	P2P_CHECK_MISSING,
	P2P_CHECK_GATE,
	P2P_CHECK_IOMMU,
	P2P_CHECK_ACS,
	P2P_CHECK_LINK_WIDTH,
	P2P_CHECK_LINK_SPEED,
	P2P_CHECK_BAR,
	P2P_CHECK_NUMA,
	P2P_CHECK_RELATION,
	P2P_CHECK_MAP_TYPE,
	P2P_CHECK_READ,
	P2P_CHECK_WRITE,
	P2P_CHECK_DELIVERED,
	P2P_CHECK_CLASSES
};

/** p2p_check_class_name() - "missing", "gate", "iommu", "acs", "link_width", ... */
const char *p2p_check_class_name(enum p2p_check_class kind);

/** p2p_check_class_parse() - the class with this name; -EINVAL if there is none. */
int p2p_check_class_parse(const char *name, enum p2p_check_class *ret_kind);

struct p2p_check;
struct json_object;

/**
 * p2p_proof_load() - read a file that prove --evidence wrote.
 * @ret_proof: owned by the caller; json_object_put() it
 *
 * Return: as p2p_check_load(); -EBADMSG also if it is another kind of document.
 */
int p2p_proof_load(struct p2p_context *context, const char *path, struct json_object **ret_proof);

/**
 * p2p_check_load() - read a file of expectations.
 * @path: JSON with comments
 * @ret_check: owned by the caller; free with p2p_check_free()
 *
 * Return: 0; -EBADMSG the file is invalid: p2p_context_error() says "FILE:LINE:COLUMN: " and what
 *	was expected; another negative errno if it cannot be read.
 */
int p2p_check_load(struct p2p_context *context, const char *path,
		   struct p2p_check **ret_check);

/** p2p_check_free() - NULL is fine.  Return: NULL. */
struct p2p_check *p2p_check_free(struct p2p_check *check);

/**
 * enum p2p_finding_kind - the result of an expectation that is reported.
 * @P2P_FINDING_FAILS: the fact is known and differs
 * @P2P_FINDING_UNKNOWN: the fact is not known, which is a failure too
 * @P2P_FINDING_EXCUSED: a link that is slow because its device idles: not a failure
 */
enum p2p_finding_kind { P2P_FINDING_FAILS, P2P_FINDING_UNKNOWN, P2P_FINDING_EXCUSED };

/**
 * struct p2p_finding - one expectation that does not hold, for one device or pair.
 * @line, @column: of the expectation in the file, from 1
 * @function: the device, or the provider of a pair; NULL the machine as a whole
 * @client: of a pair, else NULL
 * @expected, @found: a few words each
 * @why: the reason the author of the file gave; "" none
 */
struct p2p_finding {
	enum p2p_finding_kind kind;
	enum p2p_check_class about;
	unsigned int line, column;
	const struct p2p_function *function, *client;
	const char *expected, *found, *why;
};

/** typedef p2p_finding_fn - called for each; @finding is valid during the call only. */
typedef void p2p_finding_fn(void *userdata, const struct p2p_finding *finding);

/**
 * struct p2p_check_options - what to check.
 * @classes: bit n: class n; 0 all of them
 * @gate: what the gate of this machine does: "enforce", "observe", "off", or "not loaded" and the
 *	like; NULL not known, as for a capture
 * @found, @userdata: called for each expectation that does not hold, in the order of the file; may be
 *	NULL
 */
struct p2p_check_options {
	unsigned int classes;
	const char *gate;
	p2p_finding_fn *found;
	void *userdata;
};

/** struct p2p_check_counts - how many single checks were made, and how many failed. */
struct p2p_check_counts {
	uint64_t made[P2P_CHECK_CLASSES], failed[P2P_CHECK_CLASSES];
};

/**
 * p2p_check_run() - check a machine against the file.
 * @eval: of the machine; relations, map types and bandwidths follow its rule set
 * @options: NULL for all classes
 * @ret_counts: filled on success
 *
 * Return: 0 whatever was found, or -ENOMEM.
 */
int p2p_check_run(struct p2p_context *context, const struct p2p_check *check,
		  const struct p2p_eval *eval,
		  const struct p2p_check_options *options,
		  struct p2p_check_counts *ret_counts);

/**
 * p2p_check_record() - write the expectations that a machine meets now.
 * @functions: @count devices, no bridges.  Recorded are links, ACS of them and of every port above
 *	them, BARs, NUMA nodes, IOMMU, and the answer for each pair of them
 * @gate: as in struct p2p_check_options; NULL: nothing is expected of the gate
 * @ret_text: the file; owned by the caller, free()
 *
 * A device is named by the slots on the way to it if that is unambiguous, since this survives a
 * renumbering of buses, else by address.  Unknown facts are not expected.  The same machine passes.
 *
 * Return: 0 or -ENOMEM.
 */
int p2p_check_record(struct p2p_context *context, const struct p2p_eval *eval,
		     const struct p2p_function *const *functions, size_t count,
		     const char *gate, char **ret_text);

#endif

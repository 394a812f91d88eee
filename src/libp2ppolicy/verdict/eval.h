/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The internals of an evaluator, and the steps of a verdict: the walk, the kernel's decision based on what
 * the walk found, the route through the fabric, the relation.
 */
#ifndef P2P_VERDICT_EVAL_H
#define P2P_VERDICT_EVAL_H

#include "topology/acs.h"
#include "verdict/rules.h"
#include "verdict/vendors.h"

/** The bits of ACS Control that p2pdma considers a redirect: pci_bridge_has_acs_redir(). */
#define P2P_ACS_REDIRECT (P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_EC)

/**
 * struct p2p_bridge_root - what the whitelist says about one host bridge.
 * @root: the function that is looked up, and the row for it
 * @listed_same, @listed: whether the kernel lists it for pairs below one host bridge, and below two
 */
struct p2p_bridge_root {
	struct p2p_root root;
	enum p2p_tri listed_same, listed;
};

/** struct p2p_driver_rows - the rows of ways/table.c, one bit each, that name a driver on either side. */
struct p2p_driver_rows {
	uint64_t provides, takes;
};

/** p2p_driver_rows_of_all() - the rows for each function's driver, by index.  Return: 0 or -ENOMEM. */
int p2p_driver_rows_of_all(const struct p2p_topology *topology, struct p2p_driver_rows **ret_rows);

/**
 * struct p2p_eval - a rule set prepared for one machine.
 * @topology: NULL when made from parts
 * @machine: never NULL
 * @release, @updated, @clauses: which parts of the tables apply, see p2p_whitelist_find()
 * @vendor: whose kernel it is, if the rule set is "auto"; NULL for mainline
 * @p2pdma: P2P_YES unless the rule set is "auto" and the kernel may lack CONFIG_PCI_P2PDMA
 * @own: are these the rules of the kernel that runs on the machine, not those of another one
 * @zen: whether the CPU rule applies
 * @several_nodes: P2P_NO if the machine is known to have one NUMA node
 * @cpu: what is known about its root complexes; see score.h
 * @roots: by index of the host bridge, @root_count of them
 * @functions: number of functions; every index is less
 * @drivers: by index of the function; NULL when made from parts
 */
struct p2p_eval {
	const struct p2p_topology *topology;
	const struct p2p_machine *machine;
	const struct p2p_rules *rules;
	const struct p2p_vendor *vendor;
	unsigned int release, clauses;
	bool updated, own;
	enum p2p_tri p2pdma, zen, iommu, several_nodes;
	const struct p2p_cpu *cpu;
	struct p2p_bridge_root *roots;
	size_t root_count, functions;
	struct p2p_driver_rows *drivers;
	char note[320];
};

/**
 * p2p_eval_same() - do both give equal answers for equal functions and host bridges of two machines?  They do
 *	if the rules, and the facts about the machine as a whole, are the same.
 */
bool p2p_eval_same(const struct p2p_eval *one, const struct p2p_eval *other);

/** p2p_eval_same_host() - are two host bridges equal to them, in their facts and in the whitelist? */
bool p2p_eval_same_host(const struct p2p_eval *one, const struct p2p_host_bridge *host,
			const struct p2p_eval *other, const struct p2p_host_bridge *other_host);

/**
 * struct p2p_parts - a machine as arrays, so that an evaluator can be made without a snapshot.
 * @functions: number of functions
 */
struct p2p_parts {
	const struct p2p_machine *machine;
	const struct p2p_host_bridge *const *bridges;
	size_t bridge_count, functions;
};

/** p2p_eval_new_from_parts() - as p2p_eval_new(); the parts must outlive the evaluator. */
int p2p_eval_new_from_parts(struct p2p_context *context, const struct p2p_parts *parts,
			     const char *kernel, struct p2p_eval **ret_eval);

/**
 * struct p2p_walk - where the paths of two functions meet.
 * @common: NULL if only the root complex connects them
 * @provider_side, @client_side: the function of each chain just below @common (or the topmost one if there is
 *	none); NULL if the function is @common itself
 * @hops: steps of both sides up to @common, or the sum of both depths
 * @lost: none was found, but not all bridges above one of them are known
 */
struct p2p_walk {
	const struct p2p_function *provider, *client;
	const struct p2p_function *common, *provider_side, *client_side;
	unsigned int hops;
	bool lost;
};

/** p2p_walk() - find where they meet.  drivers/pci/p2pdma.c, calc_map_type_and_dist(). */
void p2p_walk(const struct p2p_function *provider, const struct p2p_function *client,
	      struct p2p_walk *ret_walk);

/**
 * struct p2p_tested - iterates over the functions whose ACS the rule set tests, in its order.
 * @function, @mask: the current one, and the bits of its ACS Control that count; NULL at the end
 */
struct p2p_tested {
	const struct p2p_eval *eval;
	const struct p2p_walk *walk;
	const struct p2p_function *function;
	uint16_t mask;
	bool client_side;
};

void p2p_tested_first(struct p2p_tested *tested, const struct p2p_eval *eval,
		      const struct p2p_walk *walk);
void p2p_tested_next(struct p2p_tested *tested);

/** p2p_acs_redirects() - does the kernel see a bit of @mask set in the ACS Control of @function? */
enum p2p_tri p2p_acs_redirects(const struct p2p_function *function, uint16_t mask);

/**
 * struct p2p_findings - everything the kernel's decision depends on.
 * @redirect: whether ACS redirects; ignored without @common
 * @listed: whether the whitelist allows this pair of host bridges
 * @lost: see struct p2p_walk
 */
struct p2p_findings {
	bool common;
	enum p2p_tri redirect, listed;
	bool lost;
};

/**
 * p2p_kernel_decide() - the map type, if it is the same for every possible value of the unknown findings,
 *	else P2P_MAP_UNKNOWN.
 * @ret_reason: may be NULL
 */
enum p2p_map_type p2p_kernel_decide(const struct p2p_eval *eval,
				    const struct p2p_findings *findings,
				    enum p2p_reason *ret_reason);

/** p2p_eval_listed() - whether the whitelist allows this pair of host bridges. */
enum p2p_tri p2p_eval_listed(const struct p2p_eval *eval, const struct p2p_host_bridge *a,
			      const struct p2p_host_bridge *b);

/** p2p_kernel_evaluate() - what the kernel decides. */
void p2p_kernel_evaluate(const struct p2p_eval *eval, const struct p2p_walk *walk,
		      struct p2p_kernel *ret_kernel);

/** p2p_fabric_evaluate() - what the switches do. */
void p2p_fabric_evaluate(const struct p2p_walk *walk, struct p2p_fabric *ret_fabric);

/** p2p_relation_evaluate() - the relation in nvidia-smi's terms. */
enum p2p_relation p2p_relation_evaluate(const struct p2p_eval *eval, const struct p2p_walk *walk);

/** p2p_relation_of_common() - X, PIX or PXB, by hops. */
enum p2p_relation p2p_relation_of_common(unsigned int hops);

/** p2p_relation_of_nodes() - NODE, SYS or unknown, by numa_node. */
enum p2p_relation p2p_relation_of_nodes(const struct p2p_eval *eval,
					const struct p2p_number *a, const struct p2p_number *b);

/** p2p_tri_and(), p2p_tri_or() - combine two answers that may be unknown. */
static inline enum p2p_tri p2p_tri_and(enum p2p_tri a, enum p2p_tri b)
{
	if (a == P2P_NO || b == P2P_NO)
		return P2P_NO;
	return a == P2P_YES && b == P2P_YES ? P2P_YES : P2P_UNKNOWN;
}

static inline enum p2p_tri p2p_tri_or(enum p2p_tri a, enum p2p_tri b)
{
	if (a == P2P_YES || b == P2P_YES)
		return P2P_YES;
	return a == P2P_NO && b == P2P_NO ? P2P_NO : P2P_UNKNOWN;
}

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The inside of an evaluator, and the pieces of a verdict: the walk, the kernel's decision from what
 * the walk found, the fabric's route, the relation.
 */
#ifndef P2P_VERDICT_EVAL_H
#define P2P_VERDICT_EVAL_H

#include "topology/acs.h"
#include "verdict/rules.h"
#include "verdict/vendors.h"

/** The bits of ACS Control that p2pdma calls a redirect: pci_bridge_has_acs_redir(). */
#define P2P_ACS_REDIRECT (P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_EC)

/**
 * struct p2p_bridge_root - what the whitelist says of one host bridge.
 * @root: the function compared, and the row for it
 * @listed_same, @listed: does the kernel list it for pairs of one host bridge, and of two
 */
struct p2p_bridge_root {
	struct p2p_root root;
	enum p2p_tri listed_same, listed;
};

/** struct p2p_driver_rows - the rows of ways/table.c, a bit each, that name a driver on either side. */
struct p2p_driver_rows {
	uint64_t provides, takes;
};

/** p2p_driver_rows_of_all() - those of each function's driver, by index.  Return: 0 or -ENOMEM. */
int p2p_driver_rows_of_all(const struct p2p_topology *topology, struct p2p_driver_rows **ret_rows);

/**
 * struct p2p_eval - a rule set made ready for one machine.
 * @topology: NULL when made from parts
 * @machine: never NULL
 * @release, @updated, @clauses: what of the tables holds, see p2p_whitelist_find()
 * @vendor: whose kernel it is, when the rule set is "auto"; NULL mainline's
 * @p2pdma: P2P_YES unless the rule set is "auto" and the kernel may lack CONFIG_PCI_P2PDMA
 * @zen: does the CPU rule hold
 * @several_nodes: P2P_NO when the machine is known to have one NUMA node
 * @cpu: what is known of its root complexes; see score.h
 * @roots: by index of the host bridge, @root_count of them
 * @functions: how many functions there are; every index is below
 * @drivers: by index of the function; NULL when made from parts
 */
struct p2p_eval {
	const struct p2p_topology *topology;
	const struct p2p_machine *machine;
	const struct p2p_rules *rules;
	const struct p2p_vendor *vendor;
	unsigned int release, clauses;
	bool updated;
	enum p2p_tri p2pdma, zen, iommu, several_nodes;
	const struct p2p_cpu *cpu;
	struct p2p_bridge_root *roots;
	size_t root_count, functions;
	struct p2p_driver_rows *drivers;
	char note[320];
};

/**
 * p2p_eval_same() - do both answer alike where the functions and host bridges of two machines are alike?
 *	So they do with the same rules, and the same facts of the machine as a whole.
 */
bool p2p_eval_same(const struct p2p_eval *one, const struct p2p_eval *other);

/** p2p_eval_same_host() - are two host bridges alike to them, in their facts and in the whitelist? */
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
 * struct p2p_walk - where two functions meet.
 * @common: NULL when nothing but the root complex joins them
 * @provider_side, @client_side: the function of each chain just below @common (or the topmost
 *	one when there is none); NULL when the function is @common itself
 * @hops: both sides to @common, or both depths
 * @lost: none was found, but which bridges are above one of them is not known
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
 * struct p2p_tested - iterates the functions whose ACS the rule set tests, in its order.
 * @function, @mask: the present one, and the bits of its control that count; NULL at the end
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

/** p2p_acs_redirects() - does the kernel see one of @mask set in the control of @function? */
enum p2p_tri p2p_acs_redirects(const struct p2p_function *function, uint16_t mask);

/**
 * struct p2p_findings - all that the kernel's decision depends on.
 * @redirect: does ACS redirect; ignored without @common
 * @listed: does the whitelist allow this pair of host bridges
 * @lost: see struct p2p_walk
 */
struct p2p_findings {
	bool common;
	enum p2p_tri redirect, listed;
	bool lost;
};

/**
 * p2p_kernel_decide() - the map type that every possible value of the unknown findings gives,
 *	else P2P_MAP_UNKNOWN.
 * @ret_reason: may be NULL
 */
enum p2p_map_type p2p_kernel_decide(const struct p2p_eval *eval,
				    const struct p2p_findings *findings,
				    enum p2p_reason *ret_reason);

/** p2p_eval_listed() - does the whitelist allow this pair of host bridges? */
enum p2p_tri p2p_eval_listed(const struct p2p_eval *eval, const struct p2p_host_bridge *a,
			      const struct p2p_host_bridge *b);

/** p2p_kernel_evaluate() - what the kernel decides. */
void p2p_kernel_evaluate(const struct p2p_eval *eval, const struct p2p_walk *walk,
		      struct p2p_kernel *ret_kernel);

/** p2p_fabric_evaluate() - what the switches do. */
void p2p_fabric_evaluate(const struct p2p_walk *walk, struct p2p_fabric *ret_fabric);

/** p2p_relation_evaluate() - NVIDIA's letters. */
enum p2p_relation p2p_relation_evaluate(const struct p2p_eval *eval, const struct p2p_walk *walk);

/** p2p_relation_of_common() - X, PIX or PXB, by hops. */
enum p2p_relation p2p_relation_of_common(unsigned int hops);

/** p2p_relation_of_nodes() - NODE, SYS or unknown, by numa_node. */
enum p2p_relation p2p_relation_of_nodes(const struct p2p_eval *eval,
					const struct p2p_number *a, const struct p2p_number *b);

/** p2p_tri_and(), p2p_tri_or() - of two answers that may not be known. */
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

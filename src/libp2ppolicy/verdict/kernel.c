/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's decision on one pair.  drivers/pci/p2pdma.c, calc_map_type_and_dist(), whose walk and distance
 * are the same from 4.20 to 7.3; the differences between releases are the clauses in rules.c.
 */
#include "verdict/eval.h"

void p2p_walk(const struct p2p_function *provider, const struct p2p_function *client,
	      struct p2p_walk *ret_walk)
{
	const struct p2p_function *a = provider, *b = client, *below_a = NULL, *below_b = NULL;
	unsigned int depths = provider->depth + client->depth;

	/* The kernel looks for each ancestor of a in b's chain; in a tree this is equivalent. */
	while (a != b) {
		unsigned int depth_a = a ? a->depth : 0, depth_b = b ? b->depth : 0;

		if (a && depth_a >= depth_b) {
			below_a = a;
			a = a->parent;
		}
		if (b && depth_b >= depth_a) {
			below_b = b;
			b = b->parent;
		}
	}
	*ret_walk = (struct p2p_walk){
		.provider = provider, .client = client, .common = a,
		.provider_side = below_a, .client_side = below_b,
		.lost = !a && (provider->orphan || client->orphan),
		.hops = depths - (a ? 2 * a->depth : 0),
	};
}

/* The patch series under review tests only the two ports where the paths diverge, each for its TLPs. */
static void tested_next_tlp(struct p2p_tested *tested)
{
	const struct p2p_walk *walk = tested->walk;

	if (tested->function == walk->provider_side) {
		tested->function = walk->client_side;
		tested->mask = P2P_ACS_RR | P2P_ACS_EC;
	} else {
		tested->function = NULL;
	}
}

void p2p_tested_first(struct p2p_tested *tested, const struct p2p_eval *eval,
		      const struct p2p_walk *walk)
{
	*tested = (struct p2p_tested){ .eval = eval, .walk = walk };
	if (!walk->common)
		return;
	if (!(eval->clauses & P2P_CLAUSE_TLP)) {
		tested->function = walk->provider;
		tested->mask = P2P_ACS_REDIRECT;
	} else if (walk->provider_side && walk->client_side) {
		tested->function = walk->provider_side;
		tested->mask = P2P_ACS_CR;
	}
}

void p2p_tested_next(struct p2p_tested *tested)
{
	const struct p2p_walk *walk = tested->walk;

	if (tested->eval->clauses & P2P_CLAUSE_TLP) {
		tested_next_tlp(tested);
		return;
	}
	if (tested->client_side || tested->function != walk->common) {
		tested->function = tested->function->parent;
	} else {
		tested->function = walk->client;
		tested->client_side = true;
	}
	if (tested->client_side && tested->function == walk->common)
		tested->function = NULL;
}

enum p2p_tri p2p_acs_redirects(const struct p2p_function *function, uint16_t mask)
{
	switch (function->acs.kernel_fact) {
	case P2P_ABSENT:
		return P2P_NO;
	case P2P_PRESENT:
		return function->acs.kernel_control & mask ? P2P_YES : P2P_NO;
	case P2P_DENIED:
		break;
	}
	return P2P_UNKNOWN;
}

/* Through the root complex: cpu_supports_p2pdma() || host_bridge_whitelist(). */
static enum p2p_map_type decide_through_host(const struct p2p_eval *eval,
					     const struct p2p_findings *findings,
					     enum p2p_reason *reason)
{
	enum p2p_tri zen = eval->clauses & P2P_CLAUSE_ZEN ? eval->zen : P2P_NO;
	enum p2p_tri barred = eval->clauses & P2P_CLAUSE_IOMMU_REFUSED ? eval->iommu : P2P_NO;

	if (zen == P2P_YES) {
		*reason = P2P_REASON_CPU_ZEN;
		return P2P_MAP_THRU_HOST_BRIDGE;
	}
	if (barred == P2P_YES) {
		*reason = P2P_REASON_IOMMU_PRESENT;
		return P2P_MAP_NOT_SUPPORTED;
	}
	if (findings->listed == P2P_YES && barred == P2P_NO) {
		*reason = P2P_REASON_HOST_LISTED;
		return P2P_MAP_THRU_HOST_BRIDGE;
	}
	if (findings->listed == P2P_NO && zen == P2P_NO) {
		*reason = findings->common ? P2P_REASON_ACS_REFUSED : P2P_REASON_HOST_NOT_LISTED;
		return P2P_MAP_NOT_SUPPORTED;
	}
	*reason = zen == P2P_UNKNOWN ? P2P_REASON_CPU_UNKNOWN :
		  findings->listed == P2P_UNKNOWN ? P2P_REASON_ROOT_UNKNOWN :
		  P2P_REASON_IOMMU_UNKNOWN;
	return P2P_MAP_UNKNOWN;
}

static enum p2p_map_type decide_by_rules(const struct p2p_eval *eval,
					 const struct p2p_findings *findings,
					 enum p2p_reason *reason)
{
	if (findings->lost) {
		*reason = P2P_REASON_PATH_UNKNOWN;
		return P2P_MAP_UNKNOWN;
	}
	if (!findings->common && eval->clauses & P2P_CLAUSE_COMMON_ONLY) {
		*reason = P2P_REASON_NO_COMMON;
		return P2P_MAP_NOT_SUPPORTED;
	}
	if (findings->common && findings->redirect == P2P_NO) {
		*reason = P2P_REASON_SWITCH;
		return P2P_MAP_BUS_ADDR;
	}
	/* Direct without a redirect, never direct with one: nothing else can make both cases equal. */
	if (findings->common && findings->redirect == P2P_UNKNOWN) {
		*reason = P2P_REASON_ACS_UNKNOWN;
		return P2P_MAP_UNKNOWN;
	}
	if (findings->common && eval->clauses & P2P_CLAUSE_ACS_REFUSED) {
		*reason = P2P_REASON_ACS_REFUSED;
		return P2P_MAP_NOT_SUPPORTED;
	}
	return decide_through_host(eval, findings, reason);
}

enum p2p_map_type p2p_kernel_decide(const struct p2p_eval *eval,
				    const struct p2p_findings *findings,
				    enum p2p_reason *ret_reason)
{
	enum p2p_reason reason;
	enum p2p_map_type type = decide_by_rules(eval, findings, &reason);

	if (eval->p2pdma == P2P_NO) {
		reason = P2P_REASON_NOT_COMPILED;
		type = P2P_MAP_NOT_SUPPORTED;
	} else if (eval->p2pdma == P2P_UNKNOWN && type != P2P_MAP_NOT_SUPPORTED) {
		reason = P2P_REASON_P2PDMA_UNKNOWN;
		type = P2P_MAP_UNKNOWN;
	}
	if (ret_reason)
		*ret_reason = reason;
	return type;
}

enum p2p_tri p2p_eval_listed(const struct p2p_eval *eval, const struct p2p_host_bridge *a,
			      const struct p2p_host_bridge *b)
{
	if (a == b)
		return eval->roots[a->index].listed_same;
	return p2p_tri_and(eval->roots[a->index].listed, eval->roots[b->index].listed);
}

static void count_tested(const struct p2p_eval *eval, const struct p2p_walk *walk,
			 struct p2p_kernel *kernel)
{
	struct p2p_tested tested;

	for (p2p_tested_first(&tested, eval, walk); tested.function; p2p_tested_next(&tested)) {
		switch (p2p_acs_redirects(tested.function, tested.mask)) {
		case P2P_YES:
			kernel->redirects++;
			break;
		case P2P_UNKNOWN:
			kernel->unread++;
			break;
		case P2P_NO:
			break;
		}
	}
}

/* Determine which of the reasons for "not listed" applies. */
static enum p2p_reason refine_unlisted(const struct p2p_kernel *kernel)
{
	const struct p2p_root *a = &kernel->provider_root, *b = &kernel->client_root;
	bool unlisted = (a->fact == P2P_PRESENT && !a->row) || (b->fact == P2P_PRESENT && !b->row);

	if (unlisted)
		return P2P_REASON_HOST_NOT_LISTED;
	if (a->fact == P2P_ABSENT || b->fact == P2P_ABSENT)
		return P2P_REASON_NO_ROOT_DEVICE;
	return a->same_bridge_only || b->same_bridge_only ? P2P_REASON_HOST_SAME_ONLY :
							    P2P_REASON_HOST_NOT_LISTED;
}

void p2p_kernel_evaluate(const struct p2p_eval *eval, const struct p2p_walk *walk,
		      struct p2p_kernel *ret_kernel)
{
	struct p2p_kernel kernel = { .hops = walk->hops, .common = walk->common };
	struct p2p_findings findings = { .common = walk->common, .lost = walk->lost };

	kernel.provider_root = eval->roots[walk->provider->host->index].root;
	kernel.client_root = eval->roots[walk->client->host->index].root;
	kernel.cpu_listed = eval->clauses & P2P_CLAUSE_ZEN ? eval->zen : P2P_NO;
	count_tested(eval, walk, &kernel);
	findings.redirect = kernel.redirects ? P2P_YES : kernel.unread ? P2P_UNKNOWN : P2P_NO;
	findings.listed = p2p_eval_listed(eval, walk->provider->host, walk->client->host);
	kernel.map_type = p2p_kernel_decide(eval, &findings, &kernel.reason);

	if (kernel.reason == P2P_REASON_SWITCH && walk->provider == walk->client)
		kernel.reason = P2P_REASON_SELF;
	if (kernel.reason == P2P_REASON_HOST_NOT_LISTED)
		kernel.reason = refine_unlisted(&kernel);
	kernel.distance = -1;
	if (kernel.map_type >= P2P_MAP_THRU_HOST_BRIDGE)
		kernel.distance = (int)kernel.hops;
	if (kernel.map_type == P2P_MAP_THRU_HOST_BRIDGE && eval->clauses & P2P_CLAUSE_FAR)
		kernel.distance += P2P_FAR_DISTANCE;
	*ret_kernel = kernel;
}

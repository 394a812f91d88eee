/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines at random, the same for the same seed: every kind of bridge, fact and gap. */
#ifndef P2P_TESTS_RANDOM_H
#define P2P_TESTS_RANDOM_H

#include "tree.h"

struct random {
	struct tree *tree;
	uint64_t state;
	unsigned int holes;	/* percent of facts that are not known */
	unsigned int least;	/* stop adding from so many functions on */
};

static inline unsigned int roll(struct random *random, unsigned int sides)
{
	random->state = random->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned int)(random->state >> 33) % sides;
}

static inline bool chance(struct random *random, unsigned int percent)
{
	return roll(random, 100) < percent;
}

static inline void random_acs(struct random *random, struct p2p_function *function)
{
	static const uint16_t controls[] = {
		0, 0, 0, P2P_ACS_SV, P2P_ACS_SV | P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_UF,
		P2P_ACS_RR | P2P_ACS_CR, P2P_ACS_RR, P2P_ACS_CR, P2P_ACS_EC,
		P2P_ACS_EC | P2P_ACS_RR, P2P_ACS_TB, P2P_ACS_RR | P2P_ACS_DT, P2P_ACS_UF,
	};

	if (chance(random, 45))
		return;
	tree_acs(function, controls[roll(random, sizeof(controls) / sizeof(controls[0]))]);
	if (chance(random, 20))
		function->acs.capability = 0;
	if (function->acs.control & P2P_ACS_EC) {
		function->acs.egress_bits = 32;
		function->acs.egress_fact = P2P_PRESENT;
		function->acs.egress[0] = roll(random, 256);
	}
	if (chance(random, 5)) {
		function->acs.kernel_fact = P2P_ABSENT;
		function->acs.fact = P2P_DENIED;
	}
	if (chance(random, 3))
		function->acs.kernel_control = 0;
}

static inline struct p2p_function *random_add(struct random *random, struct p2p_host_bridge *host,
					      struct p2p_function *parent, int type)
{
	struct p2p_function *function = tree_add(random->tree, host, parent, type);

	random_acs(random, function);
	function->numa.value = (int)roll(random, 2) - (chance(random, 10) ? 1 : 0);
	function->pcie.port_number = (struct p2p_number){ P2P_PRESENT, roll(random, 8) };
	if (parent)
		function->orphan = parent->orphan;
	if (chance(random, random->holes))
		tree_acs_denied(function);
	if (chance(random, random->holes / 2)) {
		function->pcie = (struct p2p_pcie){ 0 };
		tree_acs_denied(function);
	}
	if (chance(random, random->holes / 2))
		function->ids = P2P_DENIED;
	if (chance(random, random->holes / 2))
		function->numa.fact = P2P_DENIED;
	return function;
}

static inline void random_below(struct random *random, struct p2p_host_bridge *host,
				struct p2p_function *port, unsigned int depth);

static inline void random_switch(struct random *random, struct p2p_host_bridge *host,
				 struct p2p_function *port, unsigned int depth)
{
	struct p2p_function *up = random_add(random, host, port, P2P_PORT_UPSTREAM);
	unsigned int count = 1 + roll(random, 3);

	if (chance(random, 10))		/* a DMA function beside the upstream port */
		random_add(random, host, port, P2P_PORT_ENDPOINT);
	for (unsigned int i = 0; i < count; i++)
		random_below(random, host, random_add(random, host, up, P2P_PORT_DOWNSTREAM),
			     depth + 1);
}

static inline void random_device(struct random *random, struct p2p_host_bridge *host,
				 struct p2p_function *parent, int type)
{
	struct p2p_function *first = random_add(random, host, parent, type);
	unsigned int more = chance(random, 25) ? 1 + roll(random, 2) : 0;

	for (unsigned int i = 0; i < more; i++) {
		struct p2p_function *next = random_add(random, host, parent, type);

		if (chance(random, 40))
			next->physfn = first;
	}
}

static inline void random_below(struct random *random, struct p2p_host_bridge *host,
				struct p2p_function *port, unsigned int depth)
{
	unsigned int what = roll(random, 10);

	if (random->tree->count >= random->least)
		return;
	if (what < 4 && depth < 4) {
		random_switch(random, host, port, depth);
	} else if (what == 4) {
		struct p2p_function *bridge = random_add(random, host, port,
							 P2P_PORT_PCI_BRIDGE);

		random_device(random, host, bridge, -1);
		random_device(random, host, bridge, -1);
	} else if (what < 9) {
		random_device(random, host, port, P2P_PORT_ENDPOINT);
	}
}

static inline void random_host(struct random *random)
{
	static const uint16_t devices[] = { 0x1234, 0x2030, 0x3c00, 0x09a2, 0x1450, 0x6f00 };
	struct p2p_host_bridge *host = tree_bridge(random->tree);
	unsigned int count = 1 + roll(random, 4);
	bool orphan = chance(random, random->holes / 2);
	struct p2p_function *root = random_add(random, host, NULL,
					       chance(random, 50) ? -1 : P2P_PORT_ROOT);

	root->device = devices[roll(random, sizeof(devices) / sizeof(devices[0]))];
	if (root->device == 0x1450)
		root->vendor = 0x1022;
	if (chance(random, 30))
		root->bdf.devfn = 1;
	root->orphan = orphan;
	for (unsigned int i = 0; i < count; i++) {
		if (chance(random, 20)) {
			random_add(random, host, NULL, P2P_PORT_RC_ENDPOINT)->orphan = orphan;
			continue;
		}
		root = random_add(random, host, NULL, P2P_PORT_ROOT);
		root->orphan = orphan;
		random_below(random, host, root, 0);
	}
}

/* A machine of about @least functions. */
static inline struct tree *random_tree(uint64_t seed, unsigned int least, unsigned int holes)
{
	struct random random = { tree_new(), seed * 0x9e3779b97f4a7c15u + 1, holes, least };
	struct tree *tree = random.tree;

	roll(&random, 1);
	do {
		random_host(&random);
	} while (tree->count < least && tree->bridge_count < TREE_BRIDGES);
	if (chance(&random, 25))
		tree->machine.cpu_vendor = "AuthenticAMD";
	if (chance(&random, 50))
		tree->machine.cpu_family.value = 0x19;
	if (chance(&random, 30))
		tree->machine.numa_nodes = 2;
	else	/* one node: no function can lie on another */
		for (size_t i = 0; i < tree->count; i++)
			if (tree->functions[i].numa.value > 0)
				tree->functions[i].numa.value = 0;
	if (chance(&random, holes))
		tree->machine.cpu_vendor = NULL;
	if (chance(&random, holes))
		tree->machine.cpu_family.fact = P2P_DENIED;
	if (chance(&random, holes))
		tree->machine.numa_nodes = 0;
	tree->machine.iommu = chance(&random, holes) ? P2P_UNKNOWN :
			      chance(&random, 50) ? P2P_YES : P2P_NO;
	tree->machine.release = "6.12.1";
	tree->machine.p2pdma = chance(&random, holes) ? P2P_UNKNOWN :
			       chance(&random, 20) ? P2P_NO : P2P_YES;
	return tree;
}

#endif

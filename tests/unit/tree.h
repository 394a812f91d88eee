/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines made by hand or at random, for evaluators that are made from parts. */
#ifndef P2P_TESTS_TREE_H
#define P2P_TESTS_TREE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/all.h>

#include "verdict/eval.h"

#define TREE_FUNCTIONS 4300
#define TREE_BRIDGES 64

struct tree {
	struct p2p_machine machine;
	struct p2p_host_bridge bridges[TREE_BRIDGES];
	const struct p2p_host_bridge *bridge_list[TREE_BRIDGES];
	const struct p2p_function *roots[TREE_BRIDGES][TREE_FUNCTIONS / 8];
	size_t bridge_count, count;
	struct p2p_function functions[TREE_FUNCTIONS];
	struct p2p_context *context;
};

static inline struct tree *tree_new(void)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	ck_assert_ptr_nonnull(tree);
	ck_assert_int_eq(p2p_context_new(&tree->context), 0);
	tree->machine.cpu_vendor = "GenuineIntel";
	tree->machine.cpu_family = (struct p2p_number){ P2P_PRESENT, 6 };
	tree->machine.p2pdma = P2P_YES;
	tree->machine.iommu = P2P_NO;
	tree->machine.numa_nodes = 1;
	return tree;
}

static inline void tree_free(struct tree *tree)
{
	p2p_context_free(tree->context);
	free(tree);
}

static inline struct p2p_host_bridge *tree_bridge(struct tree *tree)
{
	struct p2p_host_bridge *bridge = &tree->bridges[tree->bridge_count];

	ck_assert_uint_lt(tree->bridge_count, TREE_BRIDGES);
	bridge->index = (unsigned int)tree->bridge_count;
	bridge->domain = bridge->index;
	bridge->name = "pciDDDD:00";
	bridge->root = tree->roots[bridge->index];
	tree->bridge_list[tree->bridge_count++] = bridge;
	return bridge;
}

/* A function without ACS; @parent NULL puts it on the root bus. */
static inline struct p2p_function *tree_add(struct tree *tree, struct p2p_host_bridge *bridge,
					    struct p2p_function *parent, int type)
{
	struct p2p_function *function = &tree->functions[tree->count];

	ck_assert_uint_lt(tree->count, TREE_FUNCTIONS);
	function->index = (unsigned int)tree->count++;
	function->host = bridge;
	function->parent = parent;
	function->depth = parent ? parent->depth + 1 : 1;
	/* The address only has to be unique, and zero for the first on a root bus. */
	function->bdf.domain = bridge->domain;
	function->bdf.bus = parent ? (uint8_t)(1 + function->index / 250) : 0;
	function->bdf.devfn = (uint8_t)(parent ? function->index % 250 : 8 * bridge->roots);
	function->ids = function->header = function->several = P2P_PRESENT;
	function->vendor = 0x8086;
	function->device = 0x1234;
	function->pcie.fact = type < 0 ? P2P_ABSENT : P2P_PRESENT;
	function->pcie.type = type < 0 ? 0 : (enum p2p_port_type)type;
	function->acs.fact = function->acs.kernel_fact = P2P_ABSENT;
	function->ari = P2P_ABSENT;
	function->numa = (struct p2p_number){ P2P_PRESENT, 0 };
	if (!parent) {
		ck_assert_uint_lt(bridge->roots, TREE_FUNCTIONS / 8);
		tree->roots[bridge->index][bridge->roots++] = function;
	}
	return function;
}

static inline void tree_acs(struct p2p_function *function, uint16_t control)
{
	function->acs.fact = function->acs.kernel_fact = P2P_PRESENT;
	function->acs.capability = 0x005f;
	function->acs.control = function->acs.kernel_control = control;
}

static inline void tree_acs_denied(struct p2p_function *function)
{
	function->acs = (struct p2p_acs){ 0 };
}

static inline struct p2p_eval *tree_eval(struct tree *tree, const char *rules)
{
	struct p2p_parts parts = {
		.machine = &tree->machine, .bridges = tree->bridge_list,
		.bridge_count = tree->bridge_count, .functions = tree->count,
	};
	struct p2p_eval *eval = NULL;

	ck_assert_int_eq(p2p_eval_new_from_parts(tree->context, &parts, rules, &eval), 0);
	return eval;
}

static inline struct p2p_verdict tree_pair(struct tree *tree, const char *rules,
					   const struct p2p_function *provider,
					   const struct p2p_function *client)
{
	struct p2p_eval *eval = tree_eval(tree, rules);
	struct p2p_verdict verdict;

	memset(&verdict, 0, sizeof(verdict));
	p2p_eval_pair(eval, provider, client, &verdict);
	p2p_eval_free(eval);
	return verdict;
}

static inline int tree_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif

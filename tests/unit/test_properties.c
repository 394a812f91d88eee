/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What holds of every machine, shown on random ones: hops are symmetric, no verdict gets better
 * when a fact becomes unknown, groups answer alike, and the summary counts what the pairs say.
 */
#include <stdio.h>
#include <time.h>

#include "every.h"
#include "random.h"

#define SMALL_SEEDS 200
#define LARGE_SEEDS 150

static const char *rules_of(unsigned int n)
{
	const struct p2p_rules *rules = p2p_rules_at(n % 15);

	return rules ? p2p_rules_name(rules) : "auto";
}

static const enum p2p_route_kind *routes_of(const struct p2p_verdict *verdict,
					    enum p2p_route_kind routes[4])
{
	routes[0] = verdict->fabric.request.kind;
	routes[1] = verdict->fabric.translated.kind;
	routes[2] = verdict->fabric.completion.kind;
	routes[3] = verdict->fabric.completion_relaxed.kind;
	return routes;
}

/* One fact less, and how to bring it back; false past the last. */
static bool forget(struct tree *tree, unsigned int n, struct p2p_function *function,
		   struct p2p_machine *machine, struct p2p_function *ret_changed)
{
	*ret_changed = *function;
	switch (n) {
	case 0:
		tree_acs_denied(ret_changed);
		return true;
	case 1:
		ret_changed->pcie = (struct p2p_pcie){ 0 };
		tree_acs_denied(ret_changed);
		return true;
	case 2:
		ret_changed->ids = P2P_DENIED;
		return true;
	case 3:
		ret_changed->numa.fact = P2P_DENIED;
		return true;
	case 4:
		ret_changed->acs.egress_fact = P2P_DENIED;
		return true;
	case 5:
		ret_changed->pcie.port_number.fact = P2P_DENIED;
		return true;
	case 6:
		ret_changed->ari = P2P_DENIED;
		return true;
	case 7:
		ret_changed->acs.fact = P2P_DENIED;
		return true;
	case 8:
		ret_changed->pcie.fact = P2P_DENIED;
		return true;
	case 9:
		ret_changed->pcie.link = P2P_DENIED;
		return true;
	case 10:
		ret_changed->power_state = NULL;
		return true;
	case 11:
		ret_changed->iommu_group.fact = P2P_DENIED;
		ret_changed->iommu_type = NULL;
		return true;
	}
	if (function != tree->functions || n > 17)
		return false;
	*machine = tree->machine;
	if (n == 12)
		machine->cpu_vendor = NULL;
	if (n == 13)
		machine->cpu_family.fact = P2P_DENIED;
	if (n == 14)
		machine->iommu = P2P_UNKNOWN;
	if (n == 15)
		machine->p2pdma = P2P_UNKNOWN;
	if (n == 16)
		machine->numa_nodes = 0;
	if (n == 17)
		machine->cpu_model.fact = P2P_DENIED;
	return true;
}

/* check records every assertion that passes; here are millions. */
#define MUST(condition, ...) do { if (!(condition)) ck_abort_msg(__VA_ARGS__); } while (0)

static void is_no_better(const struct p2p_verdict *known, const struct p2p_verdict *less,
			 const char *what)
{
	enum p2p_route_kind before[4], after[4];

	MUST(known->kernel.hops == less->kernel.hops, "%s: hops", what);
	MUST(less->kernel.map_type == P2P_MAP_UNKNOWN ||
	     less->kernel.map_type == known->kernel.map_type, "%s: %s from %s", what,
	     p2p_map_type_name(less->kernel.map_type), p2p_map_type_name(known->kernel.map_type));
	MUST(less->relation == P2P_RELATION_UNKNOWN || less->relation == known->relation,
	     "%s: relation", what);
	routes_of(known, before);
	routes_of(less, after);
	for (int i = 0; i < 4; i++)
		MUST(after[i] == P2P_ROUTE_UNKNOWN || after[i] == before[i],
		     "%s: route %d is %s from %s", what, i, p2p_route_name(after[i]),
		     p2p_route_name(before[i]));
}

/* A lower bound is no better than the number, nor is it a number. */
static void is_no_faster(const struct p2p_speed *known, const struct p2p_speed *less,
			 const char *what)
{
	MUST(less->gbytes_per_second <= known->gbytes_per_second + 1e-9, "%s: %g from %g GB/s (%s from %s)",
	     what, less->gbytes_per_second, known->gbytes_per_second, p2p_limit_name(less->limit),
	     p2p_limit_name(known->limit));
	MUST(less->score <= known->score, "%s: score %d from %d", what, less->score, known->score);
	MUST(less->latency_ns <= 0 || less->latency_ns >= known->latency_ns - 1e-9,
	     "%s: %g from %g ns", what, less->latency_ns, known->latency_ns);
	MUST(known->fact == P2P_PRESENT || less->fact != P2P_PRESENT, "%s: known with less", what);
}

/* @scores: NULL when nobody asks for speeds */
static void eval_all(struct tree *tree, const char *rules, struct p2p_verdict *verdicts,
		      struct p2p_score *scores)
{
	struct p2p_eval *eval = tree_eval(tree, rules);

	for (size_t i = 0; i < tree->count; i++) {
		for (size_t j = 0; j < tree->count; j++) {
			struct p2p_verdict *verdict = &verdicts[i * tree->count + j];

			p2p_eval_pair(eval, &tree->functions[i], &tree->functions[j], verdict);
			if (scores)
				p2p_eval_score(eval, verdict, &scores[i * tree->count + j]);
		}
	}
	p2p_eval_free(eval);
}

/* Links, payloads and tags by the place of a function; both ends of a link say the same of it. */
static void give_speeds(struct tree *tree, unsigned int seed)
{
	static const unsigned int speeds[] = { 2500, 8000, 16000, 32000 };
	static const int models[] = { 0x11, 0x2d, 0x4f, 0x55, 0x8f, 0x9e, 0xc6 };

	tree->machine.cpu_model = (struct p2p_number){ P2P_PRESENT, models[seed % 7] };
	for (size_t i = 0; i < tree->count; i++) {
		struct p2p_function *f = &tree->functions[i];
		bool port = f->pcie.type == P2P_PORT_ROOT || f->pcie.type == P2P_PORT_DOWNSTREAM;
		unsigned int key = seed + (port || !f->parent ? f->index : f->parent->index);

		if (f->pcie.fact == P2P_DENIED || f->pcie.fact == P2P_ABSENT)
			continue;
		f->kind = i % 3 ? P2P_CLASS_GPU : P2P_CLASS_NIC;
		f->pcie.link = P2P_PRESENT;
		f->pcie.most = (struct p2p_link){ speeds[key % 4], key % 5 ? 16 : 8 };
		f->pcie.now = f->pcie.most;
		if (key % 7 == 0)
			f->pcie.now.speed_mtps = 2500;
		if (key % 11 == 0)
			f->pcie.now.width = 4;
		f->pcie.mps_bytes = 128u << (i + seed) % 3;
		f->pcie.mrrs_bytes = 512;
		f->pcie.extended_tags = (i + seed) % 4 != 0;
		f->pcie.relaxed_ordering = (i + seed) % 5 != 0;
		f->power_state = (i + seed) % 6 ? "D0" : "D3hot";
		f->iommu_group = (struct p2p_number){ (i + seed) % 8 ? P2P_PRESENT : P2P_ABSENT, 1 };
		f->iommu_type = f->iommu_group.fact != P2P_PRESENT ? NULL :
				(i + seed) % 3 ? "identity" : "DMA";
	}
}

/* Every pair, every fact of every function and of the machine. */
START_TEST(unknown_never_improves)
{
	struct tree *tree = random_tree((uint64_t)_i, 14, _i % 3 ? 0 : 12);
	size_t pairs = tree->count * tree->count;
	struct p2p_verdict *known = calloc(pairs, sizeof(*known));
	struct p2p_verdict *less = calloc(pairs, sizeof(*less));
	struct p2p_score *fast = calloc(pairs, sizeof(*fast));
	struct p2p_score *slow = calloc(pairs, sizeof(*slow));
	bool *port = calloc(tree->count, sizeof(*port));
	struct p2p_machine machine;
	struct p2p_function changed;

	give_speeds(tree, (unsigned int)_i);
	machine = tree->machine;
	for (size_t f = 0; f < tree->count; f++)
		for (const struct p2p_function *up = tree->functions[f].parent; up; up = up->parent)
			port[up->index] = true;
	for (size_t f = 0; f < tree->count; f++)
		port[f] |= tree->functions[f].pcie.fact == P2P_PRESENT &&
			   tree->functions[f].pcie.type >= P2P_PORT_ROOT &&
			   tree->functions[f].pcie.type <= P2P_PORT_PCIE_BRIDGE;
	for (size_t f = 0; f < tree->count; f++) {
		const char *rules = rules_of((unsigned int)f + (unsigned int)_i);

		eval_all(tree, rules, known, fast);
		for (unsigned int n = 0;
		     forget(tree, n, &tree->functions[f], &machine, &changed); n++) {
			struct p2p_function kept = tree->functions[f];
			struct p2p_machine kept_machine = tree->machine;
			char what[64];

			snprintf(what, sizeof(what), "seed %d, %s, function %zu, fact %u", _i,
				 rules, f, n);
			tree->functions[f] = changed;
			tree->machine = machine;
			eval_all(tree, rules, less, slow);
			for (size_t p = 0; p < pairs; p++) {
				is_no_better(&known[p], &less[p], what);
				/* Ports are no ends of transfers. */
				if (port[p / tree->count] || port[p % tree->count])
					continue;
				is_no_faster(&fast[p].read, &slow[p].read, what);
				is_no_faster(&fast[p].write, &slow[p].write, what);
			}
			tree->functions[f] = kept;
			tree->machine = machine = kept_machine;
		}
	}
	free(known);
	free(less);
	free(fast);
	free(slow);
	free(port);
	tree_free(tree);
}
END_TEST

START_TEST(hops_are_symmetric)
{
	struct tree *tree = random_tree((uint64_t)_i, 40, 10);
	size_t n = tree->count;
	struct p2p_verdict *verdicts = calloc(n * n, sizeof(*verdicts));
	const char *rules = rules_of((unsigned int)_i);

	eval_all(tree, rules, verdicts, NULL);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			const struct p2p_verdict *there = &verdicts[i * n + j];
			const struct p2p_verdict *back = &verdicts[j * n + i];

			MUST(there->kernel.hops == back->kernel.hops, "%s: hops", rules);
			MUST(there->relation == back->relation, "%s: relation", rules);
			/* The same functions are tested from both sides. */
			MUST(there->kernel.map_type == back->kernel.map_type ||
			     !strcmp(rules, "tlp"), "%s: map type", rules);
		}
	}
	free(verdicts);
	tree_free(tree);
}
END_TEST

static bool alike(const struct p2p_verdict *a, const struct p2p_verdict *b)
{
	enum p2p_route_kind x[4], y[4];

	return a->relation == b->relation && a->kernel.map_type == b->kernel.map_type &&
	       a->kernel.distance == b->kernel.distance && a->kernel.hops == b->kernel.hops &&
	       !memcmp(routes_of(a, x), routes_of(b, y), sizeof(x));
}

/* A list of functions: those that are no bridges, or all, or some. */
static size_t choose_list(const struct tree *tree, int way, const struct p2p_function **list)
{
	size_t n = 0;

	for (size_t i = 0; i < tree->count; i++) {
		const struct p2p_function *f = &tree->functions[i];
		bool port = f->pcie.fact == P2P_PRESENT && f->pcie.type >= P2P_PORT_ROOT &&
			    f->pcie.type <= P2P_PORT_PCIE_BRIDGE;

		if ((way == 0 && !port) || way == 1 || (way == 2 && i % 3 == 0))
			list[n++] = f;
	}
	return n;
}

static void check_groups(const struct p2p_eval *eval, const struct p2p_groups *groups)
{
	for (size_t a = 0; a < p2p_groups_count(groups); a++) {
		for (size_t b = 0; b < p2p_groups_count(groups); b++) {
			const struct p2p_group *x = p2p_groups_at(groups, a);
			const struct p2p_group *y = p2p_groups_at(groups, b);
			struct p2p_verdict first[2], next;
			bool seen[2] = { false, false };

			for (size_t i = 0; i < x->count; i++) {
				for (size_t j = 0; j < y->count; j++) {
					bool self = x->members[i] == y->members[j];

					p2p_eval_pair(eval, x->members[i], y->members[j],
						       &next);
					if (!seen[self])
						first[self] = next;
					seen[self] = true;
					MUST(alike(&first[self], &next), "groups %zu, %zu", a, b);
				}
			}
		}
	}
}

START_TEST(groups_answer_alike)
{
	struct tree *tree = random_tree((uint64_t)_i, 20 + (unsigned int)_i, _i % 2 ? 0 : 15);
	struct p2p_eval *eval = tree_eval(tree, rules_of((unsigned int)_i));
	const struct p2p_function *list[TREE_FUNCTIONS];
	struct p2p_groups *groups = NULL;
	size_t n = choose_list(tree, _i % 3, list), members = 0;

	ck_assert_int_eq(p2p_groups_new(eval, list, n, &groups), 0);
	check_groups(eval, groups);
	for (size_t g = 0; g < p2p_groups_count(groups); g++) {
		const struct p2p_group *group = p2p_groups_at(groups, g);

		members += group->count;
		for (size_t i = 1; i < group->count; i++)
			ck_assert_int_lt(p2p_bdf_compare(group->members[i - 1]->bdf,
							 group->members[i]->bdf), 0);
		if (g)
			ck_assert_int_lt(p2p_bdf_compare(
				p2p_groups_at(groups, g - 1)->members[0]->bdf,
				group->members[0]->bdf), 0);
	}
	ck_assert_uint_eq(members, n);
	ck_assert_ptr_null(p2p_groups_at(groups, p2p_groups_count(groups)));
	ck_assert_ptr_null(p2p_groups_free(groups));
	p2p_eval_free(eval);
	tree_free(tree);
}
END_TEST

static void count_pairs(const struct p2p_eval *eval, const struct p2p_function *const *list,
			size_t n, struct p2p_summary *summary)
{
	memset(summary, 0, sizeof(*summary));
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			struct p2p_verdict verdict;

			if (i == j)
				continue;
			p2p_eval_pair(eval, list[i], list[j], &verdict);
			summary->pairs[verdict.relation][verdict.kernel.map_type]++;
		}
	}
}

START_TEST(summary_counts_the_pairs)
{
	struct tree *tree = random_tree((uint64_t)_i + 1000, 20 + (unsigned int)_i,
					_i % 2 ? 0 : 15);
	struct p2p_eval *eval = tree_eval(tree, rules_of((unsigned int)_i));
	const struct p2p_function *list[TREE_FUNCTIONS];
	size_t n = choose_list(tree, _i % 3, list);
	struct p2p_summary counted, summary;

	memset(&summary, 0xff, sizeof(summary));
	count_pairs(eval, list, n, &counted);
	ck_assert_int_eq(p2p_eval_summary(eval, list, n, &summary), 0);
	ck_assert_mem_eq(&counted, &summary, sizeof(summary));
	p2p_eval_free(eval);
	tree_free(tree);
}
END_TEST

/* 4 switches of 16 equal devices, each below a root port: one group per switch. */
static struct tree *equal_switches(unsigned int switches, unsigned int devices)
{
	struct tree *tree = tree_new();

	for (unsigned int s = 0; s < switches; s++) {
		struct p2p_host_bridge *host = s % 16 ? &tree->bridges[tree->bridge_count - 1] :
							tree_bridge(tree);
		struct p2p_function *root = tree_add(tree, host, NULL, P2P_PORT_ROOT);
		struct p2p_function *up = tree_add(tree, host, root, P2P_PORT_UPSTREAM);

		for (unsigned int d = 0; d < devices; d++) {
			struct p2p_function *down = tree_add(tree, host, up,
							     P2P_PORT_DOWNSTREAM);

			tree_acs(down, P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_UF);
			tree_add(tree, host, down, P2P_PORT_ENDPOINT);
		}
	}
	return tree;
}

static size_t list_endpoints(const struct tree *tree, const struct p2p_function **list)
{
	size_t n = 0;

	for (size_t i = 0; i < tree->count; i++)
		if (tree->functions[i].pcie.type == P2P_PORT_ENDPOINT)
			list[n++] = &tree->functions[i];
	return n;
}

START_TEST(equal_devices_are_one_group)
{
	struct tree *tree = equal_switches(4, 16);
	struct p2p_eval *eval = tree_eval(tree, "7.3");
	const struct p2p_function *list[TREE_FUNCTIONS];
	struct p2p_groups *groups = NULL;
	size_t n = list_endpoints(tree, list);

	ck_assert_int_eq(p2p_groups_new(eval, list, n, &groups), 0);
	ck_assert_uint_eq(p2p_groups_count(groups), 4);
	ck_assert_uint_eq(p2p_groups_at(groups, 0)->count, 16);
	p2p_groups_free(groups);
	/* One that differs stands alone; so do all when a vector tells them apart. */
	tree_acs((struct p2p_function *)(uintptr_t)list[0]->parent, 0);
	ck_assert_int_eq(p2p_groups_new(eval, list, n, &groups), 0);
	ck_assert_uint_eq(p2p_groups_count(groups), 5);
	p2p_groups_free(groups);
	tree_acs((struct p2p_function *)(uintptr_t)list[0]->parent, P2P_ACS_EC);
	ck_assert_int_eq(p2p_groups_new(eval, list, n, &groups), 0);
	ck_assert_uint_eq(p2p_groups_count(groups), 19);
	p2p_groups_free(groups);
	p2p_eval_free(eval);
	tree_free(tree);
}
END_TEST

/* Three devices alone behind a switch of their own; one of those rejects translated addresses. */
START_TEST(branches_that_block_stand_alone)
{
	struct tree *tree = tree_new();
	struct p2p_host_bridge *host = tree_bridge(tree);
	struct p2p_function *root = tree_add(tree, host, NULL, P2P_PORT_ROOT);
	struct p2p_function *up = tree_add(tree, host, root, P2P_PORT_UPSTREAM), *low = NULL;
	const struct p2p_function *list[3];
	struct p2p_groups *groups = NULL;
	struct p2p_eval *eval;

	for (int n = 0; n < 3; n++) {
		struct p2p_function *down = tree_add(tree, host, up, P2P_PORT_DOWNSTREAM);

		low = tree_add(tree, host, tree_add(tree, host, down, P2P_PORT_UPSTREAM),
			       P2P_PORT_DOWNSTREAM);
		list[n] = tree_add(tree, host, low, P2P_PORT_ENDPOINT);
	}
	for (size_t want = 1; want <= 2; want++) {
		eval = tree_eval(tree, "7.3");
		ck_assert_int_eq(p2p_groups_new(eval, list, 3, &groups), 0);
		ck_assert_uint_eq(p2p_groups_count(groups), want);
		check_groups(eval, groups);
		p2p_groups_free(groups);
		p2p_eval_free(eval);
		tree_acs(low, P2P_ACS_TB);
	}
	tree_free(tree);
}
END_TEST

/* One device on each of four host bridges, of one node: alike unless one bridge is not listed. */
START_TEST(lone_devices_of_host_bridges)
{
	struct tree *tree = tree_new();
	struct p2p_function *hosts[4];
	const struct p2p_function *list[4];
	struct p2p_groups *groups = NULL;
	struct p2p_eval *eval;

	for (int n = 0; n < 4; n++) {
		struct p2p_host_bridge *host = tree_bridge(tree);

		hosts[n] = tree_add(tree, host, NULL, -1);
		hosts[n]->device = 0x2030;
		list[n] = tree_add(tree, host, tree_add(tree, host, NULL, P2P_PORT_ROOT),
				   P2P_PORT_ENDPOINT);
	}
	for (size_t want = 1; want <= 2; want++) {
		eval = tree_eval(tree, "7.3");
		ck_assert_int_eq(p2p_groups_new(eval, list, 4, &groups), 0);
		ck_assert_uint_eq(p2p_groups_count(groups), want);
		check_groups(eval, groups);
		p2p_groups_free(groups);
		p2p_eval_free(eval);
		hosts[2]->device = 0x3c00;
	}
	tree_free(tree);
}
END_TEST

static double cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Far below what asking 4 million pairs costs, with room for sanitizers and slow machines. */
START_TEST(four_thousand_functions)
{
	struct tree *tree = equal_switches(64, 31);
	struct p2p_eval *eval = tree_eval(tree, "7.3");
	const struct p2p_function *list[TREE_FUNCTIONS];
	struct p2p_groups *groups = NULL;
	size_t n = list_endpoints(tree, list);
	struct p2p_summary summary;
	double start;

	ck_assert_uint_eq(tree->count, 4096);
	ck_assert_uint_eq(n, 1984);
	start = cpu_ms();
	ck_assert_int_eq(p2p_groups_new(eval, list, n, &groups), 0);
	printf("groups of %zu functions: %.2f ms\n", n, cpu_ms() - start);
	ck_assert_uint_eq(p2p_groups_count(groups), 64);
	ck_assert(cpu_ms() - start < 100);
	start = cpu_ms();
	ck_assert_int_eq(p2p_eval_summary(eval, list, n, &summary), 0);
	printf("summary of %zu functions: %.2f ms\n", n, cpu_ms() - start);
	ck_assert(cpu_ms() - start < 200);
	ck_assert_uint_eq(summary.pairs[P2P_RELATION_PIX][P2P_MAP_NOT_SUPPORTED],
			  64u * 31u * 30u);
	p2p_groups_free(groups);
	p2p_eval_free(eval);
	tree_free(tree);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("properties");
	TCase *tcase = tcase_create("properties");

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, unknown_never_improves, 0, SMALL_SEEDS / every());
	tcase_add_loop_test(tcase, hops_are_symmetric, 0, LARGE_SEEDS / every());
	tcase_add_loop_test(tcase, groups_answer_alike, 0, LARGE_SEEDS / every());
	tcase_add_loop_test(tcase, summary_counts_the_pairs, 0, LARGE_SEEDS / every());
	tcase_add_test(tcase, equal_devices_are_one_group);
	tcase_add_test(tcase, branches_that_block_stand_alone);
	tcase_add_test(tcase, lone_devices_of_host_bridges);
	tcase_add_test(tcase, four_thousand_functions);
	suite_add_tcase(suite, tcase);
	return tree_run(suite);
}

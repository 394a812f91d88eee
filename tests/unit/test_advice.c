/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advice on every fixture: the bits it names are those that an independent walk finds, no one more
 * and no one less; what it promises is what a topology changed by hand answers.
 */
#include <errno.h>
#include <stdio.h>

#include "make.h"

#define REDIRECT (P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_EC)

static const char *const fixtures[] = {
	"generated-desktop", "generated-workstation", "generated-server-broadwell-redirect",
	"generated-server-epyc-redirect", "generated-sriov", "generated-vmd", "vm-acs",
	"vm-acs-iommu", "vm-acs-cleared", "vm-switch2", "vm-multifunction", "vm-bridges",
	"vm-mixed", "vm-roots",
};
static const char *const kernels[] = { "6.1", "7.3" };

static struct p2p_context *context;
static struct p2p_snapshot *snapshot;
static struct p2p_topology *topology;

static void load(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), P2P_FIXTURES "/%s/tree.tar.xz", name);
	ck_assert_int_eq(p2p_context_new(&context), 0);
	ck_assert_int_eq(p2p_snapshot_load(context, path, P2P_WANT_NAMES, &snapshot), 0);
	ck_assert_int_eq(p2p_topology_new(context, snapshot, NULL, &topology), 0);
}

static void unload(void)
{
	topology = p2p_topology_free(topology);
	snapshot = p2p_snapshot_free(snapshot);
	context = p2p_context_free(context);
}

static bool is_above(const struct p2p_function *above, const struct p2p_function *function)
{
	for (; function; function = function->parent)
		if (function == above)
			return true;
	return false;
}

/* What the kernel tests: all on the way, the ends and the function where the ways meet included. */
static bool is_on_the_way(const struct p2p_function *at, const struct p2p_function *a,
			  const struct p2p_function *b)
{
	const struct p2p_function *meet = a;

	while (meet && !is_above(meet, b))
		meet = meet->parent;
	return meet && is_above(meet, at) && (is_above(at, a) || is_above(at, b));
}

static uint16_t expected_bits(const struct p2p_function *at, const struct p2p_pair *pair)
{
	if (at->acs.kernel_fact != P2P_PRESENT ||
	    !is_on_the_way(at, pair->provider, pair->client))
		return 0;
	return at->acs.kernel_control & REDIRECT;
}

static uint16_t advised_bits(const struct p2p_advice *advice, const struct p2p_function *at)
{
	size_t count;
	const struct p2p_register *list = p2p_advice_registers(advice, &count);

	for (size_t i = 0; i < count; i++) {
		if (list[i].function != at)
			continue;
		ck_assert_uint_eq(list[i].present, at->acs.control);
		ck_assert_uint_eq(list[i].value, 0);
		return list[i].mask;
	}
	return 0;
}

/* Make the change by hand and ask. */
static enum p2p_map_type ask(const struct p2p_advice *advice, const char *kernel,
			     const struct p2p_pair *pair)
{
	size_t count;
	const struct p2p_register *list = p2p_advice_registers(advice, &count);
	struct p2p_change changes[64] = { { 0 } };
	struct p2p_topology *changed;
	struct p2p_eval *eval;
	struct p2p_verdict verdict;

	ck_assert_uint_lt(count, 64);
	for (size_t i = 0; i < count; i++)
		changes[i] = (struct p2p_change){ .kind = P2P_CHANGE_ACS,
						  .function = list[i].function,
						  .clear = list[i].mask };
	ck_assert_int_eq(p2p_topology_change(context, topology, changes, count, &changed), 0);
	ck_assert_int_eq(p2p_eval_new(context, changed, kernel, &eval), 0);
	p2p_eval_pair(eval, p2p_topology_function(changed, pair->provider->index),
		       p2p_topology_function(changed, pair->client->index), &verdict);
	p2p_eval_free(eval);
	p2p_topology_free(changed);
	return verdict.kernel.map_type;
}

static void check_pair(const char *kernel, const struct p2p_pair *pair)
{
	const struct p2p_advised *advised;
	const struct p2p_function *at;
	struct p2p_advice *advice;

	ck_assert_int_eq(p2p_advice_new(context, topology, kernel, P2P_GOAL_DIRECT, pair, 1,
					&advice), 0);
	advised = p2p_advice_pair(advice, 0);
	ck_assert_int_eq(ask(advice, kernel, pair), advised->after.kernel.map_type);
	if (advised->state == P2P_ADVICE_REGISTERS)
		ck_assert_int_eq(advised->after.kernel.map_type, P2P_MAP_BUS_ADDR);
	for (size_t i = 0; (at = p2p_topology_function(topology, i)); i++) {
		uint16_t wanted = advised->state == P2P_ADVICE_REGISTERS ?
				  expected_bits(at, pair) : 0;

		ck_assert_uint_eq(advised_bits(advice, at), wanted);
	}
	p2p_advice_free(advice);
}

START_TEST(smallest)
{
	const struct p2p_function *provider, *client;

	load(fixtures[_i]);
	for (size_t i = 0; (provider = p2p_topology_function(topology, i)); i++)
		for (size_t j = 0; (client = p2p_topology_function(topology, j)); j++) {
			struct p2p_pair pair = { provider, client };

			/* All pairs of the small ones, every fifth of the others. */
			if (i == j || !p2p_function_takes_part(provider) ||
			    !p2p_function_takes_part(client) ||
			    (p2p_topology_count(topology) > 40 && (7 * i + j) % 5))
				continue;
			check_pair(kernels[(i + j) % 2], &pair);
		}
	unload();
}
END_TEST

static const struct p2p_function *at(const char *text)
{
	const struct p2p_function *function;
	struct p2p_bdf bdf;

	ck_assert_int_eq(p2p_bdf_parse(text, &bdf), 0);
	function = p2p_topology_find(topology, bdf);
	ck_assert_ptr_nonnull(function);
	return function;
}

static size_t count_remedies(const struct p2p_advice *advice, enum p2p_remedy_kind kind)
{
	const struct p2p_remedy *remedy;
	size_t count = 0;

	for (size_t i = 0; (remedy = p2p_advice_remedy(advice, i)); i++)
		count += remedy->kind == kind;
	return count;
}

/* A slot, and a machine in which the device sits there, answers what was promised of it. */
START_TEST(slots)
{
	const struct p2p_remedy *remedy;
	struct p2p_pair pair;
	struct p2p_advice *advice;
	size_t found = 0;

	load("generated-desktop");
	pair = (struct p2p_pair){ at("0000:03:00.0"), at("0000:06:00.0") };
	ck_assert_int_eq(p2p_advice_new(context, topology, "6.1", P2P_GOAL_DIRECT, &pair, 1,
					&advice), 0);
	ck_assert_int_eq(p2p_advice_pair(advice, 0)->state, P2P_ADVICE_REMEDIES);
	for (size_t i = 0; (remedy = p2p_advice_remedy(advice, i)); i++) {
		if (remedy->kind != P2P_REMEDY_SLOT && remedy->kind != P2P_REMEDY_SWAP)
			continue;
		found++;
		ck_assert(remedy->sure);
		ck_assert_ptr_nonnull(remedy->place);
		ck_assert_int_eq(remedy->kind == P2P_REMEDY_SWAP, remedy->other != NULL);
		ck_assert_int_eq(remedy->map_type, P2P_MAP_BUS_ADDR);
	}
	ck_assert_uint_eq(found, 2);
	ck_assert_uint_eq(count_remedies(advice, P2P_REMEDY_WHITELIST), 1);
	ck_assert_uint_eq(count_remedies(advice, P2P_REMEDY_KERNEL), 0);
	p2p_advice_free(advice);
	unload();
}
END_TEST

/* 8086:6f00 is on the list of the kernel after 7.3, for pairs of one host bridge. */
START_TEST(later_kernel)
{
	const struct p2p_remedy *remedy;
	struct p2p_advice *advice;
	struct p2p_pair pair;

	load("generated-server-broadwell-redirect");
	pair = (struct p2p_pair){ at("0000:13:00.0"), at("0000:14:00.0") };
	ck_assert_int_eq(p2p_advice_new(context, topology, "7.3", P2P_GOAL_POSSIBLE, &pair, 1,
					&advice), 0);
	/* A register helps: nothing else is needed. */
	ck_assert_int_eq(p2p_advice_pair(advice, 0)->state, P2P_ADVICE_REGISTERS);
	ck_assert_uint_eq(count_remedies(advice, P2P_REMEDY_KERNEL), 0);
	p2p_advice_free(advice);
	unload();

	load("generated-desktop");
	pair = (struct p2p_pair){ at("0000:03:00.0"), at("0000:06:00.0") };
	ck_assert_int_eq(p2p_advice_new(context, topology, "4.20", P2P_GOAL_POSSIBLE, &pair, 1,
					&advice), 0);
	remedy = p2p_advice_remedy(advice, 0);
	ck_assert_int_ne(remedy->kind, P2P_REMEDY_KERNEL);
	p2p_advice_free(advice);
	unload();

	load("generated-server-icelake-redirect");
	pair = (struct p2p_pair){ at("0000:13:00.0"), at("0000:43:00.0") };
	ck_assert_int_eq(p2p_advice_new(context, topology, "5.4", P2P_GOAL_POSSIBLE, &pair, 1,
					&advice), 0);
	remedy = p2p_advice_remedy(advice, 0);
	ck_assert_int_eq(remedy->kind, P2P_REMEDY_KERNEL);
	ck_assert_str_eq(remedy->line, "5.19");
	/* NVIDIA's driver does not ask p2pdma whether its GPUs may; for drives the answer decides. */
	ck_assert(!remedy->sure);
	p2p_advice_free(advice);
	unload();
}
END_TEST

START_TEST(larger_bar)
{
	const struct p2p_growth *growth;
	struct p2p_advice *advice;
	struct p2p_pair pair;

	load("generated-desktop");
	pair = (struct p2p_pair){ at("0000:03:00.0"), at("0000:04:00.0") };
	ck_assert_int_eq(p2p_advice_new(context, topology, "6.1", P2P_GOAL_DIRECT, &pair, 1,
					&advice), 0);
	growth = p2p_advice_growth(advice, 0);
	ck_assert_ptr_nonnull(growth);
	ck_assert_ptr_eq(growth->function, pair.provider);
	ck_assert_uint_eq(growth->now_bytes, 256ull << 20);
	ck_assert_uint_eq(growth->most_bytes, 32ull << 30);
	ck_assert_ptr_eq(growth->narrow, at("0000:02:00.0"));
	/* The window holds the BAR as it is and nothing more. */
	ck_assert_uint_eq(growth->lacking_bytes, (32ull << 30) - (256ull << 20));
	ck_assert_ptr_null(p2p_advice_growth(advice, 1));
	p2p_advice_free(advice);
	unload();
}
END_TEST

START_TEST(lines)
{
	struct p2p_function function = { .bdf = { 0x10000, 2, 8 } };
	struct p2p_register change = { .function = &function, .offset = 0x14e, .size = 2,
				       .present = 0x1d, .mask = 0x0c };
	char line[128];

	ck_assert_int_eq(p2p_register_setpci(&change, false, line, sizeof(line)),
			 (int)strlen("setpci -s 10000:02:01.0 ECAP_ACS+0x6.w=0000:000c"));
	ck_assert_str_eq(line, "setpci -s 10000:02:01.0 ECAP_ACS+0x6.w=0000:000c");
	p2p_register_setpci(&change, true, line, sizeof(line));
	ck_assert_str_eq(line, "setpci -s 10000:02:01.0 ECAP_ACS+0x6.w=000c:000c");
	change.size = 4;
	change.mask = 0x04;
	p2p_register_setpci(&change, false, line, sizeof(line));
	ck_assert_str_eq(line, "setpci -s 10000:02:01.0 ECAP_ACS+0x8.l=00000000:00000004");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("advice");
	TCase *tests = tcase_create("advice");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests, smallest, 0, sizeof(fixtures) / sizeof(fixtures[0]));
	tcase_add_test(tests, slots);
	tcase_add_test(tests, later_kernel);
	tcase_add_test(tests, larger_bar);
	tcase_add_test(tests, lines);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's decision: the table of cases that drivers/pci/p2pdma.c gives, for every rule set. */
#include "tree.h"

enum { NOT = P2P_MAP_NOT_SUPPORTED, THRU = P2P_MAP_THRU_HOST_BRIDGE, BUS = P2P_MAP_BUS_ADDR,
       UNK = P2P_MAP_UNKNOWN };

/*
 * Two switches below two root ports of the first host bridge, one root port on a second one:
 *
 *	h0: 00.0 host, rp0 -> usp0 -> dsp0 -> a (2 functions: a, a1); dsp1 -> b
 *	                              dsp2 -> usp1 -> dsp3 -> c; dsp4 -> d
 *	    rp1 -> e;  i, j integrated
 *	h1: 00.0 host, rp2 -> f
 */
struct machine {
	struct tree *tree;
	struct p2p_host_bridge *h0, *h1;
	struct p2p_function *host0, *host1, *rp0, *rp1, *rp2, *usp0, *usp1, *dsp[5];
	struct p2p_function *a, *a1, *b, *c, *d, *e, *f, *i, *j;
};

static struct machine setup(void)
{
	struct tree *t = tree_new();
	struct machine m = { .tree = t, .h0 = tree_bridge(t), .h1 = tree_bridge(t) };

	m.host0 = tree_add(t, m.h0, NULL, -1);
	m.host1 = tree_add(t, m.h1, NULL, -1);
	m.rp0 = tree_add(t, m.h0, NULL, P2P_PORT_ROOT);
	m.rp1 = tree_add(t, m.h0, NULL, P2P_PORT_ROOT);
	m.rp2 = tree_add(t, m.h1, NULL, P2P_PORT_ROOT);
	m.usp0 = tree_add(t, m.h0, m.rp0, P2P_PORT_UPSTREAM);
	for (int n = 0; n < 3; n++)
		m.dsp[n] = tree_add(t, m.h0, m.usp0, P2P_PORT_DOWNSTREAM);
	m.usp1 = tree_add(t, m.h0, m.dsp[2], P2P_PORT_UPSTREAM);
	for (int n = 3; n < 5; n++)
		m.dsp[n] = tree_add(t, m.h0, m.usp1, P2P_PORT_DOWNSTREAM);
	m.a = tree_add(t, m.h0, m.dsp[0], P2P_PORT_ENDPOINT);
	m.a1 = tree_add(t, m.h0, m.dsp[0], P2P_PORT_ENDPOINT);
	m.b = tree_add(t, m.h0, m.dsp[1], P2P_PORT_ENDPOINT);
	m.c = tree_add(t, m.h0, m.dsp[3], P2P_PORT_ENDPOINT);
	m.d = tree_add(t, m.h0, m.dsp[4], P2P_PORT_ENDPOINT);
	m.e = tree_add(t, m.h0, m.rp1, P2P_PORT_ENDPOINT);
	m.f = tree_add(t, m.h1, m.rp2, P2P_PORT_ENDPOINT);
	m.i = tree_add(t, m.h0, NULL, P2P_PORT_RC_ENDPOINT);
	m.j = tree_add(t, m.h0, NULL, P2P_PORT_RC_ENDPOINT);
	return m;
}

static void is(struct machine *m, const char *rules, const struct p2p_function *provider,
	       const struct p2p_function *client, int type, int distance)
{
	struct p2p_verdict verdict = tree_pair(m->tree, rules, provider, client);

	ck_assert_msg((int)verdict.kernel.map_type == type, "%s: %s, not %s", rules,
		      p2p_map_type_name(verdict.kernel.map_type),
		      p2p_map_type_name((enum p2p_map_type)type));
	if (type != UNK)
		ck_assert_msg(verdict.kernel.distance == distance, "%s: distance %d, not %d",
			      rules, verdict.kernel.distance, distance);
}

static void set_host(struct p2p_function *host, uint16_t vendor, uint16_t device)
{
	host->vendor = vendor;
	host->device = device;
}

static void set_zen(struct machine *m, const char *vendor, int family)
{
	m->tree->machine.cpu_vendor = vendor;
	m->tree->machine.cpu_family.value = family;
}

#define RULES 14

static const char *name_at(int i)
{
	ck_assert_ptr_nonnull(p2p_rules_at((size_t)i));
	return p2p_rules_name(p2p_rules_at((size_t)i));
}

static int place_of(const char *rules)
{
	for (int i = 0; i < RULES; i++)
		if (!strcmp(name_at(i), rules))
			return i;
	ck_abort_msg("no rule set %s", rules);
	return -1;
}

static bool at_least(const char *rules, const char *first)
{
	return place_of(rules) >= place_of(first);
}

START_TEST(clean_paths)
{
	struct machine m = setup();
	const char *rules = name_at(_i);

	tree_acs(m.rp0, P2P_ACS_RR | P2P_ACS_CR);	/* above the common port: not tested */
	is(&m, rules, m.a, m.b, BUS, 4);
	is(&m, rules, m.b, m.a, BUS, 4);
	is(&m, rules, m.a, m.a1, BUS, 2);
	is(&m, rules, m.a, m.a, BUS, 0);
	is(&m, rules, m.a, m.c, BUS, 6);
	is(&m, rules, m.c, m.d, BUS, 4);
	is(&m, rules, m.rp1, m.e, BUS, 1);
	tree_free(m.tree);
}
END_TEST

/* Each function that is tested, with each bit that counts, and those that do not. */
START_TEST(redirects)
{
	const char *rules = name_at(_i);
	bool tlp = !strcmp(rules, "tlp");

	for (int place = 0; place < 6; place++) {
		for (int bit = 0; bit < 7; bit++) {
			struct machine m = setup();
			/* provider b, client a */
			struct p2p_function *tested[] = { m.dsp[1], m.b, m.usp0, m.dsp[0], m.a,
							  m.rp0 };
			uint16_t control = (uint16_t)(1u << bit);
			bool counts = (control & P2P_ACS_REDIRECT) && tested[place] != m.rp0;
			struct p2p_verdict verdict;

			if (tlp)
				counts = (place == 0 && control == P2P_ACS_CR) ||
					 (place == 3 && control & (P2P_ACS_RR | P2P_ACS_EC));
			tree_acs(tested[place], control);
			is(&m, rules, m.b, m.a, counts ? NOT : BUS, counts ? -1 : 4);
			verdict = tree_pair(m.tree, rules, m.b, m.a);
			ck_assert_uint_eq(verdict.kernel.redirects, counts);
			ck_assert_uint_eq(verdict.kernel.hops, 4);
			set_zen(&m, "AuthenticAMD", 0x19);
			if (counts && at_least(rules, "5.10"))
				is(&m, rules, m.b, m.a, THRU, 4);
			set_zen(&m, "HygonGenuine", 0x18);
			is(&m, rules, m.b, m.a, counts ? NOT : BUS, counts ? -1 : 4);
			set_host(m.host0, 0x8086, 0x2f00);
			if (counts)
				is(&m, rules, m.b, m.a, at_least(rules, "5.4") ? THRU : NOT,
				   at_least(rules, "5.4") ? 4 : -1);
			tree_free(m.tree);
		}
	}
}
END_TEST

START_TEST(same_function_and_same_device)
{
	const char *rules = name_at(_i);
	struct machine m = setup();
	bool tlp = !strcmp(rules, "tlp"), zen = at_least(rules, "5.10");

	tree_acs(m.a, P2P_ACS_RR);
	is(&m, rules, m.a, m.a, tlp ? BUS : NOT, tlp ? 0 : -1);
	is(&m, rules, m.a1, m.a, NOT, -1);
	is(&m, rules, m.a, m.a1, tlp ? BUS : NOT, tlp ? 2 : -1);
	set_zen(&m, "AuthenticAMD", 0x17);
	is(&m, rules, m.a, m.a, tlp ? BUS : zen ? THRU : NOT, tlp || zen ? 0 : -1);
	set_zen(&m, "AuthenticAMD", 0x16);
	is(&m, rules, m.a, m.a, tlp ? BUS : NOT, tlp ? 0 : -1);
	tree_acs(m.a, 0);
	tree_acs(m.dsp[0], P2P_ACS_RR);		/* the port right above is the common one */
	is(&m, rules, m.a, m.a1, tlp ? BUS : NOT, tlp ? 2 : -1);
	tree_free(m.tree);
}
END_TEST

START_TEST(no_common_bridge)
{
	const char *rules = name_at(_i);
	struct machine m = setup();
	bool table = at_least(rules, "5.4"), skylake = at_least(rules, "5.10");

	is(&m, rules, m.e, m.f, NOT, -1);
	is(&m, rules, m.i, m.j, NOT, -1);
	tree_acs(m.rp1, P2P_ACS_RR);		/* without a common bridge ACS is not asked */
	set_host(m.host0, 0x8086, 0x3c00);
	set_host(m.host1, 0x8086, 0x3c00);
	is(&m, rules, m.e, m.i, table ? THRU : NOT, table ? 3 : -1);
	is(&m, rules, m.e, m.f, NOT, -1);
	set_host(m.host0, 0x8086, 0x2030);
	is(&m, rules, m.e, m.i, skylake ? THRU : NOT, skylake ? 3 : -1);
	is(&m, rules, m.e, m.f, NOT, -1);
	set_host(m.host1, 0x8086, 0x2033);
	is(&m, rules, m.e, m.f, skylake ? THRU : NOT, skylake ? 4 : -1);
	set_zen(&m, "AuthenticAMD", 0x1a);
	set_host(m.host1, 0x1022, 0x14a4);
	is(&m, rules, m.i, m.j, skylake ? THRU : NOT, skylake ? 2 : -1);
	is(&m, rules, m.c, m.f, skylake ? THRU : NOT, skylake ? 8 : -1);
	tree_free(m.tree);
}
END_TEST

/* 5.2 and 5.3: one row, an IOMMU refuses, and a distance of its own. */
START_TEST(zen_row_of_5_2)
{
	struct machine m = setup();

	set_host(m.host0, 0x1022, 0x1450);
	set_host(m.host1, 0x1022, 0x1450);
	is(&m, "5.2", m.e, m.f, THRU, 0x1000 + 4);
	ck_assert_uint_eq(tree_pair(m.tree, "5.2", m.e, m.f).kernel.hops, 4);
	is(&m, "4.20", m.e, m.f, NOT, -1);
	is(&m, "5.4", m.e, m.f, THRU, 4);
	is(&m, "5.10", m.e, m.f, NOT, -1);
	tree_acs(m.dsp[0], P2P_ACS_RR);
	is(&m, "5.2", m.a, m.b, NOT, -1);
	is(&m, "5.4", m.a, m.b, THRU, 4);
	m.tree->machine.iommu = P2P_YES;
	is(&m, "5.2", m.e, m.f, NOT, -1);
	is(&m, "5.4", m.e, m.f, THRU, 4);
	m.tree->machine.iommu = P2P_UNKNOWN;
	is(&m, "5.2", m.e, m.f, UNK, 0);
	set_host(m.host1, 0x1022, 0x1451);
	is(&m, "5.2", m.e, m.f, NOT, -1);
	tree_free(m.tree);
}
END_TEST

/* Each row, by the first rule set that has it and the first that has it no more. */
static const struct { uint16_t vendor, device; bool same; const char *first, *gone; } rows[] = {
	{ 0x1022, 0x1450, false, "5.2", "5.10" }, { 0x8086, 0x3c00, true, "5.4", NULL },
	{ 0x8086, 0x3c01, true, "5.4", NULL }, { 0x8086, 0x2f00, true, "5.4", NULL },
	{ 0x8086, 0x2f01, true, "5.4", NULL }, { 0x8086, 0x2030, false, "5.10", NULL },
	{ 0x8086, 0x2031, false, "5.10", NULL }, { 0x8086, 0x2032, false, "5.10", NULL },
	{ 0x8086, 0x2033, false, "5.10", NULL }, { 0x8086, 0x2020, false, "5.10", NULL },
	{ 0x8086, 0x09a2, false, "5.19", NULL }, { 0x1ae0, 0x0000, false, "7.1", NULL },
	{ 0x1ae0, 0xffff, false, "7.1", NULL }, { 0x8086, 0x0b25, false, "7.2", NULL },
	{ 0x8086, 0x0cfe, false, "7.2", NULL }, { 0x8086, 0x11fb, false, "7.2", NULL },
	{ 0x8086, 0x1212, false, "7.2", NULL }, { 0x8086, 0x1216, false, "7.2", NULL },
	{ 0x8086, 0x4940, false, "7.2", NULL }, { 0x8086, 0x4942, false, "7.2", NULL },
	{ 0x8086, 0x4944, false, "7.2", NULL }, { 0x8086, 0x4946, false, "7.2", NULL },
	{ 0x8086, 0x4948, false, "7.2", NULL }, { 0x10de, 0x2f95, false, "7.3", NULL },
	{ 0x10de, 0x2f96, false, "7.3", NULL }, { 0x10de, 0x2f97, false, "7.3", NULL },
	{ 0x10de, 0x2f98, false, "7.3", NULL }, { 0x8086, 0x6f00, true, "next", NULL },
	{ 0x8086, 0x0c08, true, "next", NULL }, { 0x1d17, 0x1003, true, "next", NULL },
	{ 0x1d17, 0x1005, true, "next", NULL }, { 0x1d17, 0x1006, true, "next", NULL },
	{ 0x1d17, 0x1007, true, "next", NULL }, { 0x1d17, 0x1008, false, "next", NULL },
	{ 0x1ded, 0x8000, false, "next", NULL },
	/* neighbours that are in no list */
	{ 0x8086, 0x3c02, false, NULL, NULL }, { 0x8086, 0x2034, false, NULL, NULL },
	{ 0x8086, 0x4941, false, NULL, NULL }, { 0x1022, 0x1451, false, NULL, NULL },
	{ 0x10de, 0x2f94, false, NULL, NULL }, { 0x1d17, 0x1004, false, NULL, NULL },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

START_TEST(whitelist_rows)
{
	struct machine m = setup();

	set_host(m.host0, rows[_i].vendor, rows[_i].device);
	set_host(m.host1, rows[_i].vendor, rows[_i].device);
	for (int i = 0; i < RULES; i++) {
		const char *rules = name_at(i);
		bool listed = rows[_i].first && at_least(rules, rows[_i].first) &&
			      !(rows[_i].gone && at_least(rules, rows[_i].gone));
		int far = !strcmp(rules, "5.2") ? 0x1000 : 0;

		is(&m, rules, m.e, m.i, listed ? THRU : NOT, listed ? 3 + far : -1);
		listed = listed && !rows[_i].same;
		is(&m, rules, m.e, m.f, listed ? THRU : NOT, listed ? 4 + far : -1);
	}
	tree_free(m.tree);
}
END_TEST

/* Which device is compared: 00.0, or from 5.19 a root port that comes first. */
START_TEST(root_device)
{
	const char *rules = name_at(_i);
	struct machine m = setup();
	bool ports = at_least(rules, "5.19"), skylake = at_least(rules, "5.10");
	struct p2p_verdict verdict;

	m.host0->bdf.devfn = 8;
	set_host(m.host0, 0x8086, 0x2030);
	is(&m, rules, m.e, m.i, NOT, -1);
	verdict = tree_pair(m.tree, rules, m.e, m.i);
	ck_assert_int_eq(verdict.kernel.provider_root.fact, P2P_ABSENT);
	m.host0->pcie.fact = P2P_PRESENT;
	m.host0->pcie.type = P2P_PORT_ROOT;
	is(&m, rules, m.e, m.i, ports ? THRU : NOT, ports ? 3 : -1);
	m.host0->pcie.fact = P2P_DENIED;
	is(&m, rules, m.e, m.i, ports ? UNK : NOT, -1);
	set_host(m.host0, 0x8086, 0x1234);	/* whichever it is, it is not listed */
	is(&m, rules, m.e, m.i, NOT, -1);
	m.host0->bdf.devfn = 0;
	set_host(m.host0, 0x8086, 0x2030);
	is(&m, rules, m.e, m.i, skylake ? THRU : NOT, skylake ? 3 : -1);
	m.host0->physfn = m.i;			/* a VF is never the first entry */
	is(&m, rules, m.e, m.i, NOT, -1);
	m.host0->physfn = NULL;
	m.host0->ids = P2P_DENIED;
	is(&m, rules, m.e, m.i, at_least(rules, "5.2") ? UNK : NOT, -1);
	tree_free(m.tree);
}
END_TEST

/* What is not known matters only when it decides. */
START_TEST(unknown_facts)
{
	const char *rules = name_at(_i);
	struct machine m = setup();
	bool zen = at_least(rules, "5.10");
	struct p2p_verdict verdict;

	tree_acs_denied(m.dsp[0]);
	tree_acs_denied(m.rp1);
	is(&m, rules, m.a, m.b, UNK, 0);
	verdict = tree_pair(m.tree, rules, m.a, m.b);
	ck_assert_int_eq(verdict.kernel.reason, P2P_REASON_ACS_UNKNOWN);
	ck_assert_uint_eq(verdict.kernel.unread, 1);
	ck_assert_uint_eq(verdict.kernel.hops, 4);
	is(&m, rules, m.e, m.f, NOT, -1);
	tree_acs(m.dsp[1], P2P_ACS_RR | P2P_ACS_CR);
	is(&m, rules, m.a, m.b, NOT, -1);
	is(&m, rules, m.b, m.a, NOT, -1);
	m.tree->machine.cpu_vendor = NULL;
	m.tree->machine.cpu_family.fact = P2P_DENIED;
	is(&m, rules, m.a, m.b, zen ? UNK : NOT, -1);
	is(&m, rules, m.e, m.f, zen ? UNK : NOT, -1);
	m.tree->machine.cpu_family = (struct p2p_number){ P2P_PRESENT, 6 };
	is(&m, rules, m.e, m.f, NOT, -1);
	m.tree->machine.cpu_vendor = "AuthenticAMD";
	m.tree->machine.cpu_family.fact = P2P_DENIED;
	is(&m, rules, m.e, m.f, zen ? UNK : NOT, -1);
	set_zen(&m, "AuthenticAMD", 0x17);
	m.tree->machine.cpu_family.fact = P2P_PRESENT;
	m.host0->ids = P2P_DENIED;
	is(&m, rules, m.e, m.i, zen ? THRU : at_least(rules, "5.2") ? UNK : NOT, zen ? 3 : -1);
	tree_acs_denied(m.dsp[1]);
	is(&m, rules, m.a, m.b, UNK, 0);
	tree_free(m.tree);
}
END_TEST

/* The kernel sees no extended space: no ACS for it, whatever the hardware has. */
START_TEST(kernel_sees_less)
{
	struct machine m = setup();

	tree_acs_denied(m.dsp[0]);
	m.dsp[0]->acs.kernel_fact = P2P_ABSENT;
	is(&m, "7.3", m.a, m.b, BUS, 4);
	tree_acs(m.dsp[0], P2P_ACS_RR);
	m.dsp[0]->acs.kernel_control = 0;	/* the dword layout of Intel's PCH ports */
	is(&m, "7.3", m.a, m.b, BUS, 4);
	tree_free(m.tree);
}
END_TEST

START_TEST(lists)
{
	struct machine m = setup();
	struct p2p_eval *eval = tree_eval(m.tree, "6.12");
	const struct p2p_function *list[4];
	struct p2p_verdict verdict;

	tree_acs(m.b, P2P_ACS_RR);
	tree_acs(m.dsp[1], P2P_ACS_EC);
	tree_acs(m.usp0, P2P_ACS_CR);
	tree_acs(m.a, P2P_ACS_RR);
	tree_acs(m.dsp[0], P2P_ACS_RR);
	tree_acs_denied(m.b);
	p2p_eval_pair(eval, m.b, m.a, &verdict);
	ck_assert_uint_eq(p2p_eval_redirects(eval, &verdict, list, 4), 4);
	ck_assert_ptr_eq(list[0], m.dsp[1]);
	ck_assert_ptr_eq(list[1], m.usp0);
	ck_assert_ptr_eq(list[2], m.a);
	ck_assert_ptr_eq(list[3], m.dsp[0]);
	list[1] = NULL;
	ck_assert_uint_eq(p2p_eval_redirects(eval, &verdict, list, 1), 4);
	ck_assert_ptr_null(list[1]);
	ck_assert_uint_eq(p2p_eval_unread(eval, &verdict, list, 4), 1);
	ck_assert_ptr_eq(list[0], m.b);
	p2p_eval_pair(eval, m.e, m.a, &verdict);
	ck_assert_uint_eq(p2p_eval_redirects(eval, &verdict, list, 4), 0);
	p2p_eval_free(eval);
	tree_free(m.tree);
}
END_TEST

START_TEST(relations)
{
	struct machine m = setup();

	ck_assert_int_eq(tree_pair(m.tree, "7.3", m.a, m.a).relation, P2P_RELATION_X);
	ck_assert_int_eq(tree_pair(m.tree, "7.3", m.a, m.a1).relation, P2P_RELATION_PIX);
	ck_assert_int_eq(tree_pair(m.tree, "7.3", m.a, m.b).relation, P2P_RELATION_PIX);
	ck_assert_int_eq(tree_pair(m.tree, "7.3", m.a, m.c).relation, P2P_RELATION_PXB);
	ck_assert_int_eq(tree_pair(m.tree, "7.3", m.a, m.e).relation, P2P_RELATION_PHB);
	ck_assert_int_eq(tree_pair(m.tree, "7.3", m.a, m.f).relation, P2P_RELATION_NODE);
	m.tree->machine.numa_nodes = 2;
	ck_assert_int_eq(tree_pair(m.tree, "7.3", m.a, m.f).relation, P2P_RELATION_NODE);
	m.f->numa.value = 1;
	ck_assert_int_eq(tree_pair(m.tree, "7.3", m.a, m.f).relation, P2P_RELATION_SYS);
	m.f->numa.value = -1;
	ck_assert_int_eq(tree_pair(m.tree, "7.3", m.a, m.f).relation, P2P_RELATION_UNKNOWN);
	m.f->numa.fact = P2P_DENIED;
	ck_assert_int_eq(tree_pair(m.tree, "7.3", m.a, m.f).relation, P2P_RELATION_UNKNOWN);
	m.tree->machine.numa_nodes = 1;
	ck_assert_int_eq(tree_pair(m.tree, "7.3", m.a, m.f).relation, P2P_RELATION_NODE);
	tree_free(m.tree);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kernel");
	TCase *tcase = tcase_create("kernel");

	tcase_add_loop_test(tcase, clean_paths, 0, RULES);
	tcase_add_loop_test(tcase, redirects, 0, RULES);
	tcase_add_loop_test(tcase, same_function_and_same_device, 0, RULES);
	tcase_add_loop_test(tcase, no_common_bridge, 0, RULES);
	tcase_add_loop_test(tcase, root_device, 0, RULES);
	tcase_add_loop_test(tcase, unknown_facts, 0, RULES);
	tcase_add_loop_test(tcase, whitelist_rows, 0, (int)ROWS);
	tcase_add_test(tcase, zen_row_of_5_2);
	tcase_add_test(tcase, kernel_sees_less);
	tcase_add_test(tcase, lists);
	tcase_add_test(tcase, relations);
	suite_add_tcase(suite, tcase);
	return tree_run(suite);
}

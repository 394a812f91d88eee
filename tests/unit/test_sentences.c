/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a verdict: the reason, and the kernel's own lines. */
#include <stdio.h>

#include "tree.h"

/* h0: host 00.0, rp -> usp -> dsp0 -> a; dsp1 -> b; rp1 -> c.  h1: host 00.0, rp2 -> d */
struct machine {
	struct tree *tree;
	struct p2p_function *host0, *host1, *rp, *rp1, *usp, *dsp0, *dsp1, *a, *b, *c, *d;
};

static struct p2p_function *at(struct p2p_function *function, const char *bdf)
{
	ck_assert_int_eq(p2p_bdf_parse(bdf, &function->bdf), 0);
	return function;
}

static struct machine setup(void)
{
	struct tree *t = tree_new();
	struct p2p_host_bridge *h0 = tree_bridge(t), *h1 = tree_bridge(t);
	struct machine m = { .tree = t };

	h0->name = "pci0000:00";
	h1->name = "pci0001:00";
	m.host0 = at(tree_add(t, h0, NULL, -1), "0000:00:00.0");
	m.host1 = at(tree_add(t, h1, NULL, -1), "0001:00:00.0");
	m.rp = at(tree_add(t, h0, NULL, P2P_PORT_ROOT), "0000:00:01.0");
	m.rp1 = at(tree_add(t, h0, NULL, P2P_PORT_ROOT), "0000:00:02.0");
	m.usp = at(tree_add(t, h0, m.rp, P2P_PORT_UPSTREAM), "0000:15:00.0");
	m.dsp0 = at(tree_add(t, h0, m.usp, P2P_PORT_DOWNSTREAM), "0000:16:00.0");
	m.dsp1 = at(tree_add(t, h0, m.usp, P2P_PORT_DOWNSTREAM), "0000:16:01.0");
	m.a = at(tree_add(t, h0, m.dsp0, P2P_PORT_ENDPOINT), "0000:17:00.0");
	m.b = at(tree_add(t, h0, m.dsp1, P2P_PORT_ENDPOINT), "0000:18:00.0");
	m.c = at(tree_add(t, h0, m.rp1, P2P_PORT_ENDPOINT), "0000:19:00.0");
	m.d = at(tree_add(t, h1, tree_add(t, h1, NULL, P2P_PORT_ROOT), P2P_PORT_ENDPOINT),
		 "0001:01:00.0");
	return m;
}

typedef int say_fn(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		   char *buffer, size_t size);

static void says(struct machine *m, say_fn *say, const char *rules,
		 const struct p2p_function *provider, const struct p2p_function *client,
		 const char *expected)
{
	struct p2p_eval *eval = tree_eval(m->tree, rules);
	struct p2p_verdict verdict;
	char buffer[4096];

	p2p_eval_pair(eval, provider, client, &verdict);
	ck_assert_int_eq(say(eval, &verdict, buffer, sizeof(buffer)), (int)strlen(expected));
	ck_assert_str_eq(buffer, expected);
	/* Every room is kept to, and the length is told all the same. */
	for (size_t size = 0; size < 60; size++) {
		char *small = malloc(size + 1);

		ck_assert_ptr_nonnull(small);
		memset(small, '!', size + 1);
		ck_assert_int_eq(say(eval, &verdict, small, size), (int)strlen(expected));
		ck_assert_int_eq(small[size], '!');
		if (size)
			ck_assert_int_eq(strncmp(small, expected, strlen(small)), 0);
		if (size && size <= strlen(expected))
			ck_assert_uint_eq(strlen(small), size - 1);
		free(small);
	}
	p2p_eval_free(eval);
}

START_TEST(reasons)
{
	struct machine m = setup();

	says(&m, p2p_eval_reason, "7.3", m.b, m.a,
	     "both lie below 0000:15:00.0, and nothing in between redirects");
	says(&m, p2p_eval_reason, "7.3", m.a, m.a,
	     "provider and client are the same function, which redirects nothing");
	says(&m, p2p_eval_reason, "7.3", m.c, m.a,
	     "no common bridge, and the host bridge list of rule set 7.3 lacks 0000:00:00.0 "
	     "(8086:1234)");
	says(&m, p2p_eval_reason, "7.3", m.d, m.a,
	     "no common bridge, and the host bridge list of rule set 7.3 lacks 0001:00:00.0 "
	     "(8086:1234) and 0000:00:00.0 (8086:1234)");
	m.host1->device = 0x2030;
	says(&m, p2p_eval_reason, "7.3", m.d, m.a,
	     "no common bridge, and the host bridge list of rule set 7.3 lacks 0000:00:00.0 "
	     "(8086:1234)");
	says(&m, p2p_eval_reason, "4.20", m.c, m.a,
	     "no common bridge, and rule set 4.20 never permits that");
	tree_acs(m.dsp0, 0x001d);
	says(&m, p2p_eval_reason, "7.3", m.b, m.a,
	     "ReqRedir and CmpltRedir on 0000:16:00.0 (ACS Control 0x001d): peer traffic is sent "
	     "up to the root complex, and the host bridge list of rule set 7.3 lacks "
	     "0000:00:00.0 (8086:1234)");
	says(&m, p2p_eval_reason, "5.2", m.b, m.a,
	     "ReqRedir and CmpltRedir on 0000:16:00.0 (ACS Control 0x001d): peer traffic is sent "
	     "up to the root complex, and rule set 5.2 never permits that");
	tree_acs(m.dsp1, P2P_ACS_EC);
	m.tree->machine.cpu_vendor = "AuthenticAMD";
	m.tree->machine.cpu_family.value = 0x19;
	says(&m, p2p_eval_reason, "7.3", m.b, m.a,
	     "EgressCtrl on 0000:16:01.0 (ACS Control 0x0020) and ReqRedir and CmpltRedir on "
	     "0000:16:00.0 (ACS Control 0x001d): through the root complex of an AMD Zen CPU, "
	     "which the kernel permits");
	tree_acs(m.a, P2P_ACS_RR);
	tree_acs(m.b, P2P_ACS_RR);
	says(&m, p2p_eval_reason, "7.3", m.b, m.a,
	     "ReqRedir on 0000:18:00.0 (ACS Control 0x0004), EgressCtrl on 0000:16:01.0 (ACS "
	     "Control 0x0020), ReqRedir on 0000:17:00.0 (ACS Control 0x0004) and 1 more: through "
	     "the root complex of an AMD Zen CPU, which the kernel permits");
	m.a->acs = m.b->acs = m.dsp0->acs = m.dsp1->acs = (struct p2p_acs){ 0 };
	says(&m, p2p_eval_reason, "7.3", m.b, m.a,
	     "unknown: direct or redirected depends on ACS of 0000:18:00.0, 0000:16:01.0, 00"
	     "00:17:00.0 and 1 more, which could not be read");
	tree_free(m.tree);
}
END_TEST

START_TEST(reasons_of_the_root)
{
	struct machine m = setup();

	m.host0->device = m.host1->device = 0x3c00;
	says(&m, p2p_eval_reason, "7.3", m.c, m.a,
	     "no common bridge: through the root complex; the host bridge list of rule set 7.3 "
	     "has 0000:00:00.0 (8086:3c00)");
	says(&m, p2p_eval_reason, "7.3", m.d, m.a,
	     "no common bridge, and the list allows 0001:00:00.0 (8086:3c00) and 0000:00:00.0 "
	     "(8086:3c00) only for pairs of one host bridge");
	m.host0->bdf.devfn = 3;
	says(&m, p2p_eval_reason, "7.3", m.c, m.a,
	     "no common bridge, and the kernel finds no root device to look up: nothing on "
	     "pci0000:00");
	m.host0->pcie.fact = P2P_DENIED;
	says(&m, p2p_eval_reason, "7.3", m.c, m.a,
	     "unknown: no common bridge, and whether the host bridge list has 0000:00:00.3 "
	     "(8086:3c00) is unknown");
	m.tree->machine.cpu_vendor = NULL;
	m.tree->machine.cpu_family.fact = P2P_DENIED;
	says(&m, p2p_eval_reason, "7.3", m.c, m.a,
	     "unknown: no common bridge, and the CPU's vendor and family could not be read");
	m.host0->orphan = m.c->orphan = true;
	says(&m, p2p_eval_reason, "7.3", m.c, m.a,
	     "unknown: which bridges are above one of the two, and whether they share one");
	m.tree->machine.p2pdma = P2P_NO;
	says(&m, p2p_eval_reason, "auto", m.c, m.a,
	     "the kernel is built without CONFIG_PCI_P2PDMA and permits no pair");
	tree_free(m.tree);
}
END_TEST

#define REFUSED "cannot be used for peer-to-peer DMA as the client and provider "
#define DISABLE "to disable ACS redirect for this path, add the kernel parameter: " \
		"pci=disable_acs_redir="

START_TEST(messages)
{
	struct machine m = setup();

	says(&m, p2p_eval_message, "7.3", m.b, m.a, "");
	says(&m, p2p_eval_message, "5.2", m.c, m.a,
	     REFUSED "(0000:19:00.0) do not share an upstream bridge");
	says(&m, p2p_eval_message, "7.3", m.c, m.a,
	     REFUSED "(0000:19:00.0) do not share an upstream bridge or whitelisted host bridge");
	says(&m, p2p_eval_message, "next", m.c, m.a,
	     "Host bridge not in P2PDMA whitelist: 8086:1234\n"
	     REFUSED "(0000:19:00.0) do not share an upstream bridge or whitelisted host bridge");
	tree_acs(m.dsp0, 0x001d);
	tree_acs(m.dsp1, P2P_ACS_CR);
	says(&m, p2p_eval_message, "4.20", m.b, m.a,
	     "cannot be used for peer-to-peer DMA as ACS redirect is set between the client and "
	     "provider (0000:18:00.0)\n" DISABLE "0000:16:01.0;0000:16:00.0");
	says(&m, p2p_eval_message, "5.10", m.b, m.a,
	     "ACS redirect is set between the client and provider (0000:18:00.0)\n"
	     DISABLE "0000:16:01.0;0000:16:00.0\n"
	     REFUSED "(0000:18:00.0) do not share an upstream bridge or whitelisted host bridge");
	says(&m, p2p_eval_message, "6.12", m.b, m.a,
	     "ACS redirect is set between the client and provider (0000:18:00.0)\n"
	     DISABLE "0000:16:01.0;0000:16:00.0\n"
	     "Host bridge not in P2PDMA whitelist: 8086:1234\n"
	     REFUSED "(0000:18:00.0) do not share an upstream bridge or whitelisted host bridge");
	m.host0->device = 0x2030;
	says(&m, p2p_eval_message, "6.12", m.b, m.a,
	     "ACS redirect is set between the client and provider (0000:18:00.0)\n"
	     DISABLE "0000:16:01.0;0000:16:00.0");
	/* The second bridge is looked up only when the first passed. */
	says(&m, p2p_eval_message, "next", m.a, m.d,
	     "Host bridge not in P2PDMA whitelist: 8086:1234\n"
	     REFUSED "(0000:17:00.0) do not share an upstream bridge or whitelisted host bridge");
	m.host0->device = 0x3c00;
	says(&m, p2p_eval_message, "next", m.a, m.d,
	     REFUSED "(0000:17:00.0) do not share an upstream bridge or whitelisted host bridge");
	m.dsp0->acs = (struct p2p_acs){ 0 };
	m.dsp1->acs = (struct p2p_acs){ 0 };
	says(&m, p2p_eval_message, "7.3", m.b, m.a, "");
	tree_free(m.tree);
}
END_TEST

/* Twelve ports redirect; 128 bytes hold nine names, a page holds all. */
START_TEST(long_list)
{
	struct machine m = setup();
	struct p2p_host_bridge *host = &m.tree->bridges[0];
	struct p2p_function *up = m.usp;
	char all[512] = "", nine[512] = "", expected[1024];

	for (int n = 0; n < 12; n++) {
		char bdf[P2P_BDF_SIZE];

		up = tree_add(m.tree, host, up, P2P_PORT_DOWNSTREAM);
		snprintf(bdf, sizeof(bdf), "0000:%02x:00.0", 0x30 + n);
		tree_acs(at(up, bdf), P2P_ACS_RR);
	}
	for (int n = 11; n >= 0; n--) {
		char name[P2P_BDF_SIZE + 1];

		snprintf(name, sizeof(name), "%s0000:%02x:00.0", n < 11 ? ";" : "", 0x30 + n);
		strncat(all, name, sizeof(all) - strlen(all) - 1);
		if (n >= 3)
			strncat(nine, name, sizeof(nine) - strlen(nine) - 1);
	}
	m.tree->machine.cpu_vendor = "AuthenticAMD";
	m.tree->machine.cpu_family.value = 0x19;
	snprintf(expected, sizeof(expected),
		 "ACS redirect is set between the client and provider (0000:3b:00.0)\n" DISABLE
		 "%s", all);
	says(&m, p2p_eval_message, "5.10", up, m.a, expected);
	snprintf(expected, sizeof(expected),
		 "ACS redirect is set between the client and provider (0000:3b:00.0)\n" DISABLE
		 "%s", nine);
	says(&m, p2p_eval_message, "6.12", up, m.a, expected);
	tree_free(m.tree);
}
END_TEST

START_TEST(words)
{
	char buffer[P2P_ACS_SIZE];

	ck_assert_str_eq(p2p_acs_format(0x001d, buffer), "SrcValid+ TransBlk- ReqRedir+ "
			 "CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-");
	ck_assert_str_eq(p2p_acs_format(0xffff, buffer), "SrcValid+ TransBlk+ ReqRedir+ "
			 "CmpltRedir+ UpstreamFwd+ EgressCtrl+ DirectTrans+");
	ck_assert_str_eq(p2p_acs_names(0, buffer), "");
	ck_assert_str_eq(p2p_map_type_name(P2P_MAP_UNKNOWN), "unknown");
	ck_assert_str_eq(p2p_map_type_name(P2P_MAP_BUS_ADDR), "bus_addr");
	ck_assert_str_eq(p2p_map_type_name(P2P_MAP_THRU_HOST_BRIDGE), "thru_host_bridge");
	ck_assert_str_eq(p2p_map_type_name(P2P_MAP_NOT_SUPPORTED), "not_supported");
	ck_assert_ptr_null(p2p_relation_name(P2P_RELATION_UNKNOWN));
	ck_assert_str_eq(p2p_relation_name(P2P_RELATION_PXB), "PXB");
	ck_assert_str_eq(p2p_route_name(P2P_ROUTE_BLOCKED), "blocked");
	ck_assert_str_eq(p2p_ability_name(P2P_ABILITY_CPU), "cpu-touches-data");
}
END_TEST

/* Each row once, whole, and found by its name; what is not there is not known. */
START_TEST(drivers)
{
	const struct p2p_driver *row;
	size_t count = 0;

	for (; (row = p2p_driver_at(count)); count++) {
		ck_assert_ptr_eq(p2p_driver_find(row->name), row);
		ck_assert_uint_gt(strlen(row->how), 10);
		ck_assert_uint_gt(strlen(row->source), 10);
		/* What the CPU copies cannot be handed to a device either. */
		if (row->takes == P2P_ABILITY_CPU)
			ck_assert_int_eq(row->gives, P2P_ABILITY_NO);
	}
	ck_assert_uint_gt(count, 30);
	ck_assert_int_eq(p2p_driver_find("nvme")->gives, P2P_ABILITY_CONDITIONAL);
	ck_assert_int_eq(p2p_driver_find("siw")->takes, P2P_ABILITY_CPU);
	ck_assert_int_eq(p2p_driver_find("nvidia")->gives, P2P_ABILITY_UNKNOWN);
	ck_assert_ptr_null(p2p_driver_find("no_such_driver"));
	ck_assert_ptr_null(p2p_driver_find(NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sentences");
	TCase *tcase = tcase_create("sentences");

	tcase_add_test(tcase, reasons);
	tcase_add_test(tcase, reasons_of_the_root);
	tcase_add_test(tcase, messages);
	tcase_add_test(tcase, long_list);
	tcase_add_test(tcase, words);
	tcase_add_test(tcase, drivers);
	suite_add_tcase(suite, tcase);
	return tree_run(suite);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The speed model on machines made by hand: links, ways, limits, shares. */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "tree.h"

#include "verdict/score/score.h"

/* Measured or computed elsewhere, to a hundredth. */
#define NEAR(a, b) ck_assert_msg(fabs((a) - (b)) < 0.006, "%.4f is not %.4f", (double)(a), (double)(b))

/* By UCX's formula, as its authors give it: speed, lanes, payload, GB/s. */
static const struct { unsigned int mtps, lanes; double payload, expected; } links[] = {
	{ 8000, 16, 128, 12.76 }, { 8000, 16, 256, 14.10 }, { 8000, 16, 512, 14.88 },
	{ 16000, 16, 128, 25.53 }, { 16000, 16, 256, 28.20 }, { 16000, 16, 512, 29.76 },
	{ 32000, 16, 128, 51.05 }, { 32000, 16, 256, 56.41 }, { 32000, 16, 512, 59.53 },
	{ 8000, 4, 128, 3.19 }, { 8000, 4, 256, 3.53 }, { 16000, 8, 256, 14.10 },
	{ 2500, 1, 128, 0.205 }, { 5000, 4, 128, 1.641 },
	/* 64 GT/s: flits, 236 of 256 bytes, 16 bytes of header. */
	{ 64000, 16, 256, 128.0 * 236 / 256 * 256 / 272 },
};

START_TEST(links_carry)
{
	struct p2p_link link = { links[_i].mtps, links[_i].lanes };

	NEAR(p2p_link_carries(link, false, links[_i].payload), links[_i].expected);
}
END_TEST

/* A link at both its ends: @port may be NULL for the upper end of a root port. */
static void give_link(struct p2p_function *function, unsigned int mtps, unsigned int lanes)
{
	function->pcie.link = P2P_PRESENT;
	function->pcie.now = function->pcie.most = (struct p2p_link){ mtps, lanes };
	function->pcie.mps_bytes = 256;
	function->pcie.mrrs_bytes = 512;
	function->pcie.extended_tags = function->pcie.relaxed_ordering = true;
	function->iommu_group.fact = P2P_ABSENT;
}

/* A switch with two GPUs below a root port, a third GPU on a port of its own. */
struct machine {
	struct tree *tree;
	struct p2p_function *root, *up, *down[2], *gpu[3], *other;
};

static struct p2p_function *add(struct machine *m, struct p2p_function *parent, int type)
{
	struct p2p_function *function = tree_add(m->tree, &m->tree->bridges[0], parent, type);

	give_link(function, 32000, 16);
	return function;
}

static struct machine make(void)
{
	struct machine m = { .tree = tree_new() };

	m.tree->machine.cpu_vendor = "AuthenticAMD";
	m.tree->machine.cpu_family.value = 0x19;
	m.tree->machine.cpu_model = (struct p2p_number){ P2P_PRESENT, 0x11 };
	tree_bridge(m.tree);
	m.root = add(&m, NULL, P2P_PORT_ROOT);
	m.up = add(&m, m.root, P2P_PORT_UPSTREAM);
	for (int i = 0; i < 2; i++) {
		m.down[i] = add(&m, m.up, P2P_PORT_DOWNSTREAM);
		m.gpu[i] = add(&m, m.down[i], P2P_PORT_ENDPOINT);
		m.gpu[i]->kind = P2P_CLASS_GPU;
	}
	m.other = add(&m, NULL, P2P_PORT_ROOT);
	m.gpu[2] = add(&m, m.other, P2P_PORT_ENDPOINT);
	return m;
}

static struct p2p_score score(struct machine *m, int provider, int client)
{
	struct p2p_eval *eval = tree_eval(m->tree, "7.3");
	struct p2p_verdict verdict;
	struct p2p_score answer;

	p2p_eval_pair(eval, m->gpu[provider], m->gpu[client], &verdict);
	p2p_eval_score(eval, &verdict, &answer);
	p2p_eval_free(eval);
	return answer;
}

START_TEST(straight_through_a_switch)
{
	struct machine m = make();
	struct p2p_score s = score(&m, 0, 1);

	ck_assert_int_eq(s.write.fact, P2P_PRESENT);
	NEAR(s.write.gbytes_per_second, 56.406 * 0.95);
	NEAR(s.read.gbytes_per_second, 56.406 * 0.95);
	NEAR(s.write.latency_ns, 215);
	NEAR(s.read.latency_ns, 430);
	ck_assert_int_eq(s.write.limit, P2P_LIMIT_LINK);
	ck_assert_ptr_eq(s.write.at, m.gpu[1]);
	ck_assert_int_eq(s.write.score, 100);
	tree_free(m.tree);
}
END_TEST

/* Up and down the link above the switch, which two such transfers share. */
START_TEST(redirected)
{
	struct machine m = make();
	struct p2p_score s;

	tree_acs(m.down[1], P2P_ACS_RR | P2P_ACS_CR);
	s = score(&m, 0, 1);
	ck_assert_int_eq(s.write.limit, P2P_LIMIT_REDIRECT);
	ck_assert_ptr_eq(s.write.at, m.up);
	ck_assert(s.write.redirected);
	ck_assert_int_lt(s.write.score, 50);
	NEAR(s.write.gbytes_per_second, 56.406 * 0.95);
	NEAR(s.write.latency_ns, 4 * 50 + 2 * 115 + 300);
	tree_free(m.tree);
}
END_TEST

/* A narrow link carries less than the one that is shared: it is what limits a single transfer. */
START_TEST(limit_is_what_carries_least)
{
	struct machine m = make();
	struct p2p_score s;

	tree_acs(m.down[1], P2P_ACS_RR | P2P_ACS_CR);
	m.gpu[0]->pcie.now.width = m.gpu[0]->pcie.most.width = m.down[0]->pcie.now.width =
		m.down[0]->pcie.most.width = 12;
	s = score(&m, 0, 1);
	ck_assert_int_eq(s.write.limit, P2P_LIMIT_LINK);
	ck_assert_ptr_eq(s.write.at, m.gpu[0]);
	NEAR(s.write.gbytes_per_second, 56.406 * 0.95 * 0.75);
	tree_free(m.tree);
}
END_TEST

START_TEST(through_the_root_complex)
{
	struct machine m = make();
	struct p2p_score s = score(&m, 2, 1);

	NEAR(s.write.latency_ns, 3 * 50 + 115 + 300);
	ck_assert_int_lt(s.write.score, 95);
	m.gpu[1]->pcie.relaxed_ordering = false;
	s = score(&m, 2, 1);
	ck_assert_int_eq(s.write.limit, P2P_LIMIT_ORDERING);
	NEAR(s.write.gbytes_per_second, 18.75);
	tree_free(m.tree);
}
END_TEST

/* Reads: 32 tags of 512 bytes in 430 ns. */
START_TEST(few_requests)
{
	struct machine m = make();
	struct p2p_score s;

	m.gpu[1]->pcie.extended_tags = false;
	s = score(&m, 0, 1);
	ck_assert_int_eq(s.read.limit, P2P_LIMIT_REQUESTS);
	NEAR(s.read.gbytes_per_second, 32 * 512 / 430.0);
	NEAR(s.write.gbytes_per_second, 56.406 * 0.95);
	m.gpu[1]->pcie.tags_10bit = true;
	ck_assert_int_eq(score(&m, 0, 1).read.limit, P2P_LIMIT_LINK);
	tree_free(m.tree);
}
END_TEST

START_TEST(smallest_payload_counts)
{
	struct machine m = make();

	m.up->pcie.mps_bytes = 128;
	NEAR(score(&m, 0, 1).write.gbytes_per_second, 51.054 * 0.95);
	tree_free(m.tree);
}
END_TEST

/* An idle card's link counts as it can run; a narrow one, or one of a drive, as it does. */
START_TEST(idle_or_degraded)
{
	struct machine m = make();
	struct p2p_score s;

	m.gpu[0]->pcie.now.speed_mtps = m.down[0]->pcie.now.speed_mtps = 2500;
	s = score(&m, 0, 1);
	ck_assert_ptr_eq(s.write.idle, m.gpu[0]);
	ck_assert_ptr_null(s.write.degraded);
	NEAR(s.write.gbytes_per_second, 56.406 * 0.95);
	m.gpu[0]->kind = P2P_CLASS_NVME;
	s = score(&m, 0, 1);
	ck_assert_ptr_eq(s.write.degraded, m.gpu[0]);
	ck_assert(s.write.gbytes_per_second < 4);
	m.gpu[0]->power_state = "D3hot";
	ck_assert_ptr_eq(score(&m, 0, 1).write.idle, m.gpu[0]);
	m.gpu[0]->pcie.now.width = m.down[0]->pcie.now.width = 8;
	ck_assert_ptr_eq(score(&m, 0, 1).write.degraded, m.gpu[0]);
	tree_free(m.tree);
}
END_TEST

/* Every one on the path is told, once. */
START_TEST(several_degraded)
{
	struct machine m = make();
	struct p2p_eval *eval = tree_eval(m.tree, "7.3");
	const struct p2p_function *found[2] = { NULL, NULL };
	struct p2p_verdict verdict;

	for (int i = 0; i < 2; i++)
		m.gpu[i]->pcie.now.width = m.down[i]->pcie.now.width = 8;
	p2p_eval_pair(eval, m.gpu[0], m.gpu[1], &verdict);
	ck_assert_uint_eq(p2p_eval_degraded(eval, &verdict, found, 1), 2);
	ck_assert(found[0] && !found[1]);
	ck_assert_uint_eq(p2p_eval_degraded(eval, &verdict, found, 2), 2);
	ck_assert(found[0] != found[1] && (found[0] == m.gpu[0] || found[1] == m.gpu[0]));
	p2p_eval_pair(eval, m.gpu[2], m.gpu[2], &verdict);
	ck_assert_uint_eq(p2p_eval_degraded(eval, &verdict, found, 2), 0);
	p2p_eval_free(eval);
	tree_free(m.tree);
}
END_TEST

static void set_intel(struct machine *m, int model)
{
	m->tree->machine.cpu_vendor = "GenuineIntel";
	m->tree->machine.cpu_family.value = 6;
	m->tree->machine.cpu_model.value = model;
}

/* What only a list of host bridges would permit is refused here; the way is told all the same. */
START_TEST(intel)
{
	struct machine m = make();
	struct p2p_score s;

	set_intel(&m, 0x8f);
	s = score(&m, 2, 1);
	ck_assert_int_eq(s.write.limit, P2P_LIMIT_REFUSED);
	ck_assert_int_eq(s.write.way, P2P_LIMIT_SPLIT);
	ck_assert_int_eq(s.write.score, 0);
	ck_assert_uint_eq(s.write.payload_bytes, 64);
	ck_assert(s.write.gbytes_per_second > 40 && s.write.gbytes_per_second < 43);
	set_intel(&m, 0xc6);
	s = score(&m, 2, 1);
	ck_assert_int_eq(s.read.way, P2P_LIMIT_WRITES_ONLY);
	ck_assert(s.read.gbytes_per_second <= 0 && s.write.gbytes_per_second > 40);
	set_intel(&m, 0x4f);
	NEAR(score(&m, 2, 1).write.gbytes_per_second, 7.6);
	/* Clearwater Forest is a server; of an Atom server, and of a model to come, it is not known. */
	set_intel(&m, 0xdd);
	ck_assert_int_eq(score(&m, 2, 1).read.way, P2P_LIMIT_SPLIT);
	set_intel(&m, 0x86);
	ck_assert_int_ne(score(&m, 2, 1).read.way, P2P_LIMIT_WRITES_ONLY);
	set_intel(&m, 0xf0);
	ck_assert_int_ne(score(&m, 2, 1).read.way, P2P_LIMIT_WRITES_ONLY);
	tree_free(m.tree);
}
END_TEST

/* A port of the chipset hangs from a link that PCI does not show. */
START_TEST(chipset)
{
	struct machine m = make();
	struct p2p_score s;

	set_intel(&m, 0x55);
	m.other->bdf.devfn = 0x1c << 3;
	m.other->header_type = 1;
	s = score(&m, 2, 1);
	ck_assert_int_eq(s.write.way, P2P_LIMIT_CHIPSET);
	ck_assert_ptr_eq(s.write.at, m.other);
	NEAR(s.write.gbytes_per_second, 3.19);
	tree_free(m.tree);
}
END_TEST

START_TEST(blocked)
{
	struct machine m = make();
	struct p2p_score s;

	tree_acs(m.down[1], P2P_ACS_EC);
	m.down[1]->acs.egress_bits = 8;
	m.down[1]->acs.egress_fact = P2P_PRESENT;
	m.down[1]->acs.egress[0] = 0xff;
	m.down[0]->pcie.port_number = (struct p2p_number){ P2P_PRESENT, 1 };
	s = score(&m, 0, 1);
	ck_assert_int_eq(s.write.score, 0);
	ck_assert_int_ne(s.write.limit, P2P_LIMIT_LINK);
	tree_free(m.tree);
}
END_TEST

START_TEST(unknown_is_marked)
{
	struct machine m = make();
	struct p2p_score s;

	m.gpu[0]->pcie.fact = P2P_DENIED;	/* the link is still known, from sysfs */
	s = score(&m, 0, 1);
	ck_assert_int_eq(s.write.fact, P2P_DENIED);
	NEAR(s.write.gbytes_per_second, 51.054 * 0.95);
	ck_assert_ptr_eq(s.write.missing, m.gpu[0]);
	m.gpu[0]->pcie.link = m.down[0]->pcie.link = P2P_DENIED;
	s = score(&m, 0, 1);
	ck_assert(s.write.gbytes_per_second <= 0);
	ck_assert_int_eq(s.write.limit, P2P_LIMIT_UNKNOWN);
	tree_free(m.tree);
}
END_TEST

/* A device slower than its link, one that nobody measured, and a NIC with a slow port. */
START_TEST(devices_have_a_pace)
{
	struct machine m = make();
	struct p2p_score s = score(&m, 0, 1);

	ck_assert(s.write.at_most);
	ck_assert_ptr_eq(s.write.slower, m.gpu[1]);
	m.gpu[0]->vendor = m.gpu[1]->vendor = 0x10de;
	m.gpu[0]->device = m.gpu[1]->device = 0x2330;
	s = score(&m, 0, 1);
	ck_assert(!s.write.at_most && !s.read.at_most);
	m.gpu[0]->vendor = 0x1002;
	m.gpu[0]->device = 0x66a1;
	for (int way = 0; way < 2; way++) {
		s = score(&m, way, !way);
		NEAR(s.write.gbytes_per_second, 14.4);
		NEAR(s.read.gbytes_per_second, 14.4);
		ck_assert_int_eq(s.write.limit, P2P_LIMIT_DEVICE);
		ck_assert_ptr_eq(s.write.at, m.gpu[0]);
		ck_assert(!s.write.at_most);
	}
	/* What it is itself is the measure of a provider. */
	ck_assert_int_eq(score(&m, 0, 1).write.score, 100);
	ck_assert_int_lt(score(&m, 1, 0).write.score, 50);
	m.gpu[0]->ids = P2P_DENIED;
	ck_assert(score(&m, 0, 1).write.at_most);
	tree_free(m.tree);
}
END_TEST

START_TEST(ports_bound_a_client)
{
	struct machine m = make();
	struct p2p_score s;

	m.gpu[1]->kind = P2P_CLASS_NIC;
	m.gpu[1]->port_mbps = (struct p2p_number){ P2P_PRESENT, 1000 };
	s = score(&m, 0, 1);
	NEAR(s.write.gbytes_per_second, 0.1225);
	ck_assert_int_eq(s.read.limit, P2P_LIMIT_PORT);
	ck_assert_int_le(s.write.score, 2);
	NEAR(score(&m, 1, 0).write.gbytes_per_second, 56.406 * 0.95);
	m.gpu[1]->port_mbps.fact = P2P_DENIED;
	NEAR(score(&m, 0, 1).write.gbytes_per_second, 56.406 * 0.95);
	/* I350: the kernel does not tell, the ids do. */
	m.gpu[1]->device = 0x1521;
	NEAR(score(&m, 0, 1).write.gbytes_per_second, 0.1225);
	tree_free(m.tree);
}
END_TEST

/* Zen and Zen 2; nodes of one socket are not told from sockets. */
START_TEST(first_zen)
{
	struct machine m = make();

	m.tree->machine.cpu_family.value = 0x17;
	m.tree->machine.cpu_model.value = 0x31;
	NEAR(score(&m, 2, 1).write.gbytes_per_second, 25.5);
	ck_assert_int_eq(score(&m, 2, 1).write.limit, P2P_LIMIT_ROOT_COMPLEX);
	m.tree->machine.cpu_model.value = 1;
	NEAR(score(&m, 2, 1).write.gbytes_per_second, 25.5);
	m.other->pcie.most.speed_mtps = 8000;
	NEAR(score(&m, 2, 1).write.gbytes_per_second, 6.5);
	tree_bridge(m.tree);
	m.other = tree_add(m.tree, &m.tree->bridges[1], NULL, P2P_PORT_ROOT);
	give_link(m.other, 16000, 16);
	m.gpu[2] = tree_add(m.tree, &m.tree->bridges[1], m.other, P2P_PORT_ENDPOINT);
	give_link(m.gpu[2], 16000, 16);
	m.gpu[2]->numa.value = 1;
	m.tree->machine.numa_nodes = 2;
	ck_assert_int_eq(score(&m, 2, 1).write.fact, P2P_PRESENT);
	m.tree->machine.numa_nodes = 8;
	ck_assert_int_eq(score(&m, 2, 1).write.fact, P2P_DENIED);
	tree_free(m.tree);
}
END_TEST

/* No figure where it is not known whether the pair gets through, and nothing assumed for it. */
START_TEST(undecided_has_no_figure)
{
	struct machine m = make();
	struct p2p_eval *eval = tree_eval(m.tree, "7.3");
	struct p2p_verdict verdict;
	struct p2p_score s;
	char text[512];

	m.down[1]->acs.fact = m.down[1]->acs.kernel_fact = P2P_DENIED;
	p2p_eval_pair(eval, m.gpu[0], m.gpu[1], &verdict);
	p2p_eval_score(eval, &verdict, &s);
	ck_assert_int_eq(s.write.limit, P2P_LIMIT_UNDECIDED);
	ck_assert(!p2p_speed_is_known(&s.write));
	ck_assert(!p2p_speed_has_figure(&s.write));
	ck_assert_int_eq(p2p_speed_at_least(&s.write, 0.001), P2P_UNKNOWN);
	ck_assert_int_eq(s.write.score, 0);
	p2p_score_reason(eval, &verdict, &s.write, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "whether the pair gets through is unknown"));
	ck_assert_msg(!strstr(text, "worst") && !strstr(text, "at most"), "%s", text);
	m.down[1]->acs.fact = m.down[1]->acs.kernel_fact = P2P_ABSENT;
	m.gpu[0]->pcie.fact = P2P_DENIED;
	p2p_eval_pair(eval, m.gpu[0], m.gpu[1], &verdict);
	p2p_eval_score(eval, &verdict, &s);
	p2p_score_reason(eval, &verdict, &s.write, text, sizeof(text));
	ck_assert_msg(strstr(text, "is assumed at its worst") != NULL, "%s", text);
	p2p_eval_free(eval);
	tree_free(m.tree);
}
END_TEST

START_TEST(reasons_name_the_link)
{
	struct machine m = make();
	struct p2p_eval *eval = tree_eval(m.tree, "7.3");
	struct p2p_verdict verdict;
	struct p2p_score s;
	char text[512], bdf[P2P_BDF_SIZE], part[64];

	m.gpu[1]->pcie.now.width = m.down[1]->pcie.now.width = 4;
	p2p_eval_pair(eval, m.gpu[0], m.gpu[1], &verdict);
	p2p_eval_score(eval, &verdict, &s);
	snprintf(part, sizeof(part), "the link of %s is the slowest: 32 GT/s x4",
		 p2p_bdf_format(m.gpu[1]->bdf, bdf));
	ck_assert_int_lt(p2p_score_reason(eval, &verdict, &s.write, text, sizeof(text)), 512);
	ck_assert_msg(strstr(text, part) != NULL, "%s", text);
	ck_assert_msg(strstr(text, "is below the maximum of its two ends") != NULL, "%s", text);
	p2p_eval_free(eval);
	tree_free(m.tree);
}
END_TEST

static void share(struct machine *m, const struct p2p_flow *flows, size_t count,
		  struct p2p_share *shares)
{
	struct p2p_eval *eval = tree_eval(m->tree, "7.3");

	ck_assert_int_eq(p2p_flows_share(eval, flows, count, shares), 0);
	p2p_eval_free(eval);
}

/* Two leave by one link, one of them can only a quarter: the other gets the rest. */
START_TEST(shares_are_fair)
{
	struct machine m = make();
	struct p2p_share shares[3];
	double whole = 56.406 * 0.95;

	share(&m, (struct p2p_flow[]){ { m.gpu[2], m.gpu[0], false },
				       { m.gpu[2], m.gpu[1], false } }, 2, shares);
	NEAR(shares[0].gbytes_per_second, whole / 2);
	NEAR(shares[1].gbytes_per_second, whole / 2);
	m.gpu[0]->pcie.now.width = m.down[0]->pcie.now.width = 4;
	share(&m, (struct p2p_flow[]){ { m.gpu[2], m.gpu[0], false },
				       { m.gpu[2], m.gpu[1], false } }, 2, shares);
	NEAR(shares[0].gbytes_per_second, whole / 4);
	NEAR(shares[1].gbytes_per_second, whole * 3 / 4);
	ck_assert_ptr_eq(shares[0].at, m.gpu[0]);
	/* The other direction of a link is another one. */
	m.gpu[0]->pcie.now.width = m.down[0]->pcie.now.width = 16;
	share(&m, (struct p2p_flow[]){ { m.gpu[0], m.gpu[1], false },
				       { m.gpu[1], m.gpu[0], false } }, 2, shares);
	NEAR(shares[0].gbytes_per_second, whole);
	NEAR(shares[1].gbytes_per_second, whole);
	tree_free(m.tree);
}
END_TEST

START_TEST(refused_get_nothing)
{
	struct machine m = make();
	struct p2p_share shares[2];

	set_intel(&m, 0x8f);
	share(&m, (struct p2p_flow[]){ { m.gpu[2], m.gpu[0], false },
				       { m.gpu[1], m.gpu[0], false } }, 2, shares);
	ck_assert(shares[0].gbytes_per_second <= 0);
	ck_assert_int_eq(shares[0].limit, P2P_LIMIT_REFUSED);
	NEAR(shares[1].gbytes_per_second, 56.406 * 0.95);
	tree_free(m.tree);
}
END_TEST

static bool allows(struct machine *m, const char *when, int provider, int client)
{
	struct p2p_eval *eval = tree_eval(m->tree, "7.3");
	char path[] = "/tmp/test-score-XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	struct p2p_decision decision;
	struct p2p_verdict verdict;
	struct p2p_policy *policy;

	ck_assert_ptr_nonnull(file);
	fprintf(file, "{\"format\": \"p2ptopo-policy\", \"version\": 1, \"rules\": [{\"action\": "
		"\"allow\", \"provider\": {\"any\": true}, \"client\": {\"any\": true}, \"when\": "
		"{%s}}]}", when);
	fclose(file);
	ck_assert_msg(!p2p_policy_load(m->tree->context, path, &policy), "%s",
		      p2p_context_error(m->tree->context));
	unlink(path);
	p2p_eval_pair(eval, m->gpu[provider], m->gpu[client], &verdict);
	p2p_policy_decide(policy, &verdict, &decision);
	p2p_policy_free(policy);
	p2p_eval_free(eval);
	return decision.allow;
}

START_TEST(policies_ask_for_it)
{
	struct machine m = make();

	ck_assert(allows(&m, "\"read_gbytes_at_least\": 50", 0, 1));
	ck_assert(!allows(&m, "\"read_gbytes_at_least\": 55", 0, 1));
	ck_assert(allows(&m, "\"write_gbytes_at_least\": [55, 20.5]", 0, 1));
	m.gpu[1]->pcie.extended_tags = false;
	ck_assert(!allows(&m, "\"read_gbytes_at_least\": 50", 0, 1));
	ck_assert(allows(&m, "\"write_gbytes_at_least\": 50", 0, 1));
	/* A lower bound is none, though it is high enough. */
	m.gpu[0]->pcie.fact = P2P_DENIED;
	ck_assert(!allows(&m, "\"write_gbytes_at_least\": 1", 0, 1));
	/* What is refused carries nothing. */
	set_intel(&m, 0x8f);
	ck_assert(!allows(&m, "\"write_gbytes_at_least\": 1", 2, 1));
	tree_free(m.tree);
}
END_TEST

START_TEST(constants_have_sources)
{
	const struct p2p_constant *constant;
	size_t count = 0;

	for (; (constant = p2p_constant_at(count)); count++) {
		ck_assert(constant->value > 0);
		ck_assert_uint_gt(strlen(constant->source), 3);
	}
	ck_assert_uint_gt(count, 40);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("score");
	TCase *tcase = tcase_create("score");

	tcase_add_loop_test(tcase, links_carry, 0, sizeof(links) / sizeof(links[0]));
	tcase_add_test(tcase, straight_through_a_switch);
	tcase_add_test(tcase, redirected);
	tcase_add_test(tcase, limit_is_what_carries_least);
	tcase_add_test(tcase, several_degraded);
	tcase_add_test(tcase, through_the_root_complex);
	tcase_add_test(tcase, few_requests);
	tcase_add_test(tcase, smallest_payload_counts);
	tcase_add_test(tcase, idle_or_degraded);
	tcase_add_test(tcase, intel);
	tcase_add_test(tcase, chipset);
	tcase_add_test(tcase, blocked);
	tcase_add_test(tcase, unknown_is_marked);
	tcase_add_test(tcase, devices_have_a_pace);
	tcase_add_test(tcase, ports_bound_a_client);
	tcase_add_test(tcase, first_zen);
	tcase_add_test(tcase, undecided_has_no_figure);
	tcase_add_test(tcase, reasons_name_the_link);
	tcase_add_test(tcase, shares_are_fair);
	tcase_add_test(tcase, refused_get_nothing);
	tcase_add_test(tcase, policies_ask_for_it);
	tcase_add_test(tcase, constants_have_sources);
	suite_add_tcase(suite, tcase);
	return tree_run(suite);
}

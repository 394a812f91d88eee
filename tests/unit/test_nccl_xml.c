/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The topology file of NCCL, good and bad.  The files are written by hand, in the form of xml.cc. */
#include <errno.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <p2ppolicy/all.h>

static struct p2p_context *context;
static struct p2p_snapshot *snapshot;
static struct p2p_topology *topology;

static void set_up(void)
{
	ck_assert(!p2p_context_new(&context));
	snapshot = NULL;
	topology = NULL;
}

static void tear_down(void)
{
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
	p2p_context_free(context);
}

static int load(const char *text)
{
	int fd = memfd_create("nccl", MFD_CLOEXEC), r;
	char path[32];

	ck_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = p2p_snapshot_load(context, path, P2P_WANT_NAMES, &snapshot);
	close(fd);
	return r;
}

static const struct p2p_function *find(const char *address)
{
	struct p2p_bdf bdf;

	ck_assert(!p2p_bdf_parse(address, &bdf));
	return p2p_topology_find(topology, bdf);
}

#define GPU(address) "<pci busid=\"" address "\" class=\"0x030200\" vendor=\"0x10de\" device=\"0x2330\"" \
	" link_speed=\"32.0 GT/s PCIe\" link_width=\"16\"><gpu dev=\"0\"/></pci>"
#define SWITCH(address) "<pci busid=\"" address "\" class=\"0x060400\" vendor=\"0x1000\" device=\"0xc030\">"
#define CPU(numa, family) "<cpu numaid=\"" numa "\" arch=\"x86_64\" vendor=\"AuthenticAMD\" familyid=\"" family \
	"\" modelid=\"49\">"

static const char server[] =
	"<!-- by hand -->\n<system version=\"1\">\n" CPU("0", "143") "\n"
	SWITCH("0000:11:00.0") GPU("0000:13:00.0")
	"<pci busid=\"0000:14:00.0\" class=\"0x020700\" vendor=\"0x0000\" device=\"0xffff\">"
	"<nic><net name=\"mlx5_0\" guid=\"0x1234\"/></nic></pci>"
	SWITCH("0000:15:00.0") GPU("0000:17:00.0") "</pci></pci>\n</cpu>\n"
	CPU("1", "143") "\n" GPU("0000:73:00.0") "\n</cpu>\n</system>\n";

static void build(const char *text)
{
	ck_assert_msg(!load(text), "%s", p2p_context_error(context));
	ck_assert(!p2p_topology_new(context, snapshot, NULL, &topology));
}

static struct p2p_verdict relate(const char *provider, const char *client)
{
	struct p2p_verdict verdict;
	struct p2p_eval *eval;

	ck_assert(!p2p_eval_new(context, topology, "7.3", &eval));
	p2p_eval_pair(eval, find(provider), find(client), &verdict);
	p2p_eval_free(eval);
	return verdict;
}

START_TEST(takes_facts)
{
	const struct p2p_function *gpu, *adapter;
	const struct p2p_machine *machine;

	build(server);
	machine = p2p_topology_machine(topology);
	gpu = find("0000:13:00.0");
	adapter = find("0000:14:00.0");
	ck_assert_int_eq(machine->source, P2P_SOURCE_NCCL_XML);
	ck_assert_str_eq(machine->cpu_vendor, "AuthenticAMD");
	ck_assert_int_eq(machine->cpu_family.value, 23);
	ck_assert_int_eq(machine->cpu_model.value, 49);
	ck_assert_int_eq(gpu->kind, P2P_CLASS_GPU);
	ck_assert_int_eq(gpu->vendor, 0x10de);
	ck_assert_int_eq(gpu->device, 0x2330);
	ck_assert_int_eq(gpu->numa.value, 0);
	ck_assert_int_eq(find("0000:73:00.0")->numa.value, 1);
	ck_assert_int_eq(adapter->kind, P2P_CLASS_NIC);
	ck_assert_str_eq(adapter->os_names[0], "mlx5_0");
	/* Zeros and ones are no ids. */
	ck_assert_int_eq(adapter->ids, P2P_DENIED);
}
END_TEST

/* What could be done is not what is done, and no register is in the file. */
START_TEST(denies_the_rest)
{
	build(server);
	for (size_t i = 0; i < p2p_topology_count(topology); i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);

		ck_assert_int_eq(function->pcie.fact, P2P_DENIED);
		ck_assert_int_eq(function->pcie.link, P2P_DENIED);
		ck_assert_int_eq(function->acs.fact, P2P_DENIED);
		ck_assert_int_eq(function->ats.ats, P2P_DENIED);
		ck_assert(function->missing || function->orphan);
	}
}
END_TEST

/* One switch, two of them, and what only the root complex joins, of which nothing is known. */
START_TEST(counts_the_bridges_that_are_left_out)
{
	struct p2p_verdict verdict;

	build(server);
	verdict = relate("0000:13:00.0", "0000:14:00.0");
	ck_assert_int_eq(verdict.relation, P2P_RELATION_PIX);
	ck_assert_uint_eq(verdict.kernel.hops, 4);
	ck_assert_int_eq(verdict.kernel.map_type, P2P_MAP_UNKNOWN);
	verdict = relate("0000:13:00.0", "0000:17:00.0");
	ck_assert_int_eq(verdict.relation, P2P_RELATION_PXB);
	ck_assert_uint_eq(verdict.kernel.hops, 6);
	verdict = relate("0000:13:00.0", "0000:73:00.0");
	ck_assert_int_eq(verdict.relation, P2P_RELATION_UNKNOWN);
	ck_assert_int_eq(verdict.kernel.map_type, P2P_MAP_UNKNOWN);
	ck_assert_int_eq(verdict.fabric.request.kind, P2P_ROUTE_UNKNOWN);
}
END_TEST

/* The family as the kernel has it stays as it is. */
START_TEST(takes_families)
{
	static const struct { const char *text; int family; } rows[] = {
		{ "<system version=\"2\">" CPU("0", "175") GPU("0000:01:00.0") "</cpu></system>", 25 },
		{ "<system version=\"2\">" CPU("0", "25") GPU("0000:01:00.0") "</cpu></system>", 25 },
		{ "<system version=\"2\">" CPU("0", "6") GPU("0000:01:00.0") "</cpu></system>", 6 },
	};

	build(rows[_i].text);
	ck_assert_int_eq(p2p_topology_machine(topology)->cpu_family.value, rows[_i].family);
}
END_TEST

static const struct { const char *text, *sentence; } bad[] = {
	{ "<system version=\"3\"/>", "/proc/self/fd/*:1: another version of NCCL's topology than 1 and 2" },
	{ "<system/>", "/proc/self/fd/*:1: another version of NCCL's topology than 1 and 2" },
	{ "<system version=\"1\">\n<pci/></system>", "/proc/self/fd/*:2: a pci element without an address in busid" },
	{ "<system version=\"1\">\n<pci busid=\"x\"/></system>",
	  "/proc/self/fd/*:2: a pci element without an address in busid" },
	{ "<system version=\"1\">\n<cpu>", "/proc/self/fd/*:2: no element found" },
	{ "<system version=\"1\">\n</cpu>", "/proc/self/fd/*:2: mismatched tag" },
	{ "<system version=\"1\"></system>", "/proc/self/fd/*: NCCL's topology without a pci element" },
	{ "<system version=\"1\">" GPU("0000:01:00.0") GPU("0000:01:00.0") "</system>",
	  "/proc/self/fd/*: 0000:01:00.0 appears twice" },
};

START_TEST(refuses)
{
	const char *sentence, *star = strchr(bad[_i].sentence, '*');
	size_t before = (size_t)(star - bad[_i].sentence);

	ck_assert_int_eq(load(bad[_i].text), -EBADMSG);
	sentence = p2p_context_error(context);
	ck_assert_msg(!strncmp(sentence, bad[_i].sentence, before), "%s", sentence);
	sentence += before + strspn(sentence + before, "0123456789");
	ck_assert_str_eq(sentence, star + 1);
}
END_TEST

/* No entity is expanded, and nothing nests without end. */
START_TEST(refuses_attacks)
{
	char *deep = malloc(64000), *to = deep;

	ck_assert(deep);
	ck_assert_int_eq(load("<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY a \"aa\">]>\n<system/>"), -EBADMSG);
	to += sprintf(to, "<system version=\"1\">");
	for (int i = 0; i < 1000; i++)
		to += sprintf(to, "<pci busid=\"0000:%02x:%02x.0\">", i >> 5 & 0xff, i & 0x1f);
	ck_assert_int_eq(load(deep), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context),
				     "more bridges above each other than any machine has"));
	to = deep + sprintf(deep, "<system version=\"1\">");
	for (int i = 0; i < 1000; i++)
		to += sprintf(to, "<a>");
	ck_assert_int_eq(load(deep), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context), "nested more deeply than in any topology"));
	free(deep);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("nccl_xml");
	TCase *tests = tcase_create("files");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, takes_facts);
	tcase_add_test(tests, denies_the_rest);
	tcase_add_test(tests, counts_the_bridges_that_are_left_out);
	tcase_add_loop_test(tests, takes_families, 0, 3);
	tcase_add_loop_test(tests, refuses, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(tests, refuses_attacks);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

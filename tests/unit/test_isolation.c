/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IOMMU groups and changed machines, by hand and at random.  What real kernels made is compared
 * in tests/isolation and tests/vm; here is what no test machine has.
 */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "random.h"
#include "topology/build.h"
#include "verdict/isolation/isolated.h"

#define ALL (P2P_ACS_SV | P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_UF)

/* A topology of what @tree has now; the tree may be changed afterwards. */
static struct p2p_topology *topology_of(const struct tree *tree)
{
	struct p2p_topology *topology = calloc(1, sizeof(*topology));

	ck_assert_ptr_nonnull(topology);
	topology->machine = tree->machine;
	topology->machine.iommu = P2P_YES;
	topology->count = tree->count;
	topology->host_count = tree->bridge_count;
	topology->functions = p2p_keep(topology, tree->count, sizeof(*topology->functions));
	topology->hosts = p2p_keep(topology, tree->bridge_count, sizeof(*topology->hosts));
	memcpy(topology->functions, tree->functions, tree->count * sizeof(*tree->functions));
	for (size_t i = 0; i < tree->bridge_count; i++)
		topology->hosts[i] = *tree->bridge_list[i];
	for (size_t i = 0; i < tree->count; i++) {
		struct p2p_function *function = &topology->functions[i];

		if (function->parent)
			function->parent = &topology->functions[function->parent->index];
		if (function->physfn)
			function->physfn = &topology->functions[function->physfn->index];
		function->host = &topology->hosts[function->host->index];
	}
	ck_assert_int_eq(p2p_tree_list(topology), 0);
	return topology;
}

static struct p2p_isolation *isolate(const struct tree *tree, const struct p2p_topology *topology)
{
	struct p2p_isolation *isolation = NULL;

	ck_assert_int_eq(p2p_isolation_new(tree->context, topology, &isolation), 0);
	return isolation;
}

/* Are two functions of the tree in one group?  Both must be known. */
static bool together(const struct tree *tree, const struct p2p_function *a,
		     const struct p2p_function *b)
{
	struct p2p_topology *topology = topology_of(tree);
	struct p2p_isolation *isolation = isolate(tree, topology);
	struct p2p_number left = p2p_isolation_group(isolation, a);
	struct p2p_number right = p2p_isolation_group(isolation, b);

	ck_assert_int_eq(left.fact, P2P_PRESENT);
	ck_assert_int_eq(right.fact, P2P_PRESENT);
	p2p_isolation_free(isolation);
	p2p_topology_free(topology);
	return left.value == right.value;
}

/* Two functions of one card, as their ids and ACS have it. */
static bool one_card(uint16_t vendor, uint16_t device, enum p2p_port_type type, int control)
{
	struct tree *tree = tree_new();
	struct p2p_host_bridge *host = tree_bridge(tree);
	struct p2p_function *port, *a, *b;
	bool same;

	port = tree_add(tree, host, NULL, P2P_PORT_ROOT);
	tree_acs(port, ALL);
	a = tree_add(tree, host, port, (int)type);
	b = tree_add(tree, host, port, (int)type);
	a->bdf.devfn = 0;
	b->bdf.devfn = 1;
	a->multifunction = b->multifunction = true;
	a->vendor = b->vendor = vendor;
	a->device = b->device = device;
	if (control >= 0) {
		tree_acs(a, (uint16_t)control);
		tree_acs(b, (uint16_t)control);
	}
	same = together(tree, a, b);
	tree_free(tree);
	return same;
}

START_TEST(cards)
{
	/* Nothing keeps functions apart, ACS does, and so do rows of the kernel's table. */
	ck_assert(one_card(0x10de, 0x1234, P2P_PORT_ENDPOINT, -1));
	ck_assert(one_card(0x10de, 0x1234, P2P_PORT_ENDPOINT, P2P_ACS_SV));
	ck_assert(!one_card(0x10de, 0x1234, P2P_PORT_ENDPOINT, ALL));
	ck_assert(!one_card(0x8086, 0x10c9, P2P_PORT_ENDPOINT, -1));
	ck_assert(!one_card(0x8086, 0x1521, P2P_PORT_ENDPOINT, -1));
	ck_assert(one_card(0x8086, 0x1520, P2P_PORT_ENDPOINT, -1));
	ck_assert(!one_card(0x8086, 0x9999, P2P_PORT_RC_ENDPOINT, -1));
	ck_assert(!one_card(0x8088, 0x0105, P2P_PORT_ENDPOINT, -1));
	/* Of Wangxun's others the kernel believes not even ACS. */
	ck_assert(one_card(0x8088, 0x0999, P2P_PORT_ENDPOINT, ALL));
	ck_assert(!one_card(0x8086, 0x9999, P2P_PORT_ENDPOINT, ALL));
}
END_TEST

/* A parameter of a patch says of ports without ACS what mainline does not. */
static enum p2p_fact group_fact(const char *cmdline, int control)
{
	struct tree *tree = tree_new();
	struct p2p_host_bridge *host = tree_bridge(tree);
	struct p2p_function *port = tree_add(tree, host, NULL, P2P_PORT_ROOT), *end;
	struct p2p_topology *topology;
	struct p2p_isolation *isolation;
	enum p2p_fact fact;

	tree->machine.cmdline = cmdline;
	if (control >= 0)
		tree_acs(port, (uint16_t)control);
	end = tree_add(tree, host, port, P2P_PORT_ENDPOINT);
	topology = topology_of(tree);
	isolation = isolate(tree, topology);
	fact = p2p_isolation_group(isolation, end).fact;
	p2p_isolation_free(isolation);
	p2p_topology_free(topology);
	tree_free(tree);
	return fact;
}

START_TEST(overridden)
{
	static const char override[] = "quiet pcie_acs_override=downstream,multifunction";

	ck_assert_int_eq(group_fact("quiet", -1), P2P_PRESENT);
	ck_assert_int_eq(group_fact(override, -1), P2P_DENIED);
	/* It leaves functions that have ACS as they are. */
	ck_assert_int_eq(group_fact(override, ALL), P2P_PRESENT);
	ck_assert_int_eq(group_fact(override, 0), P2P_PRESENT);
}
END_TEST

START_TEST(aliases)
{
	struct tree *tree = tree_new();
	struct p2p_host_bridge *host = tree_bridge(tree);
	struct p2p_function *port, *sata, *ide;

	port = tree_add(tree, host, NULL, P2P_PORT_ROOT);
	tree_acs(port, ALL);
	sata = tree_add(tree, host, port, P2P_PORT_ENDPOINT);
	ide = tree_add(tree, host, port, P2P_PORT_ENDPOINT);
	sata->bdf.devfn = 0;
	ide->bdf.devfn = 1;
	tree_acs(sata, ALL);
	tree_acs(ide, ALL);
	ck_assert(!together(tree, sata, ide));
	/* Marvell 88SE9123 issues DMA as function 1. */
	sata->vendor = 0x1b4b;
	sata->device = 0x9123;
	ck_assert(together(tree, sata, ide));
	tree_free(tree);
}
END_TEST

/* Each kind of alias, of a function at 00.@own, and of which function @other it is one. */
START_TEST(every_alias)
{
	static const struct {
		uint16_t vendor, device, subsystem;
		uint32_t class_code;
		uint8_t own, other;
		enum p2p_tri answer;
	} rows[] = {
		{ 0x1180, 0xe832, 0, 0, 0x02, 0x00, P2P_YES },		/* Ricoh: function 0 */
		{ 0x1180, 0xe832, 0, 0, 0x00, 0x00, P2P_NO },
		{ 0x1180, 0xe832, 0, 0, 0x0a, 0x00, P2P_NO },
		{ 0x1b4b, 0x9123, 0, 0, 0x00, 0x01, P2P_YES },		/* Marvell: function 1 */
		{ 0x1b4b, 0x9123, 0, 0, 0x00, 0x02, P2P_NO },
		{ 0x9005, 0x0285, 0x02bb, 0, 0x70, 0x08, P2P_YES },	/* Adaptec 3405: 01.0 */
		{ 0x9005, 0x0285, 0x02bb, 0, 0x70, 0x10, P2P_NO },
		{ 0x9005, 0x0285, 0x02bd, 0, 0x70, 0x08, P2P_NO },
		{ 0x8086, 0x2260, 0, 0, 0x00, 0x93, P2P_YES },		/* Xeon Phi x200 */
		{ 0x8086, 0x2260, 0, 0, 0x00, 0x90, P2P_NO },
		{ 0x8086, 0x2954, 0, 0, 0x00, 0x1c, P2P_YES },		/* Visual Compute Accelerator */
		{ 0x8086, 0x2954, 0, 0, 0x00, 0x1d, P2P_NO },
		{ 0x10b5, 0x87b0, 0, 0, 0x00, 0x57, P2P_YES },		/* PLX: all of the bus */
		{ 0x11f8, 0x8531, 0, 0x068000, 0x00, 0x01, P2P_UNKNOWN },	/* Switchtec: a table */
		{ 0x11f8, 0x8531, 0, 0x060400, 0x00, 0x01, P2P_NO },
		{ 0x10de, 0x1234, 0, 0, 0x00, 0x01, P2P_NO },
	};

	for (size_t i = 0; i < P2P_LENGTH(rows); i++) {
		struct p2p_function own = {
			.ids = P2P_PRESENT, .vendor = rows[i].vendor, .device = rows[i].device,
			.subsystem_vendor = rows[i].vendor, .subsystem_device = rows[i].subsystem,
			.class_code = rows[i].class_code, .bdf.devfn = rows[i].own,
		};
		struct p2p_function other = { .bdf.devfn = rows[i].other };

		ck_assert_msg(p2p_is_alias(&own, &other) == rows[i].answer, "row %zu", i);
	}
}
END_TEST

/* pci_quirk_amd_sb_acs(): functions of the southbridge are apart behind an IOMMU of AMD. */
START_TEST(southbridge)
{
	static const struct {
		const char *cpu;
		enum p2p_tri iommu;
		enum p2p_fact several;
		bool multifunction;
		enum p2p_tri answer;
	} rows[] = {
		{ "AuthenticAMD", P2P_YES, P2P_PRESENT, true, P2P_YES },
		{ "AuthenticAMD", P2P_NO, P2P_PRESENT, true, P2P_NO },
		{ "AuthenticAMD", P2P_UNKNOWN, P2P_PRESENT, true, P2P_UNKNOWN },
		{ "AuthenticAMD", P2P_YES, P2P_DENIED, false, P2P_UNKNOWN },
		{ "AuthenticAMD", P2P_YES, P2P_PRESENT, false, P2P_NO },
		{ "GenuineIntel", P2P_YES, P2P_PRESENT, true, P2P_NO },
		{ NULL, P2P_YES, P2P_PRESENT, true, P2P_UNKNOWN },
	};

	for (size_t i = 0; i < P2P_LENGTH(rows); i++) {
		struct p2p_machine machine = { .cpu_vendor = rows[i].cpu, .iommu = rows[i].iommu };
		struct p2p_host_bridge host = { .name = "pci0000:00" };
		struct p2p_function function = {
			.host = &host, .ids = P2P_PRESENT, .vendor = 0x1022, .device = 0x780f,
			.several = rows[i].several, .multifunction = rows[i].multifunction,
			.pcie.fact = P2P_ABSENT, .acs.kernel_fact = P2P_ABSENT,
		};

		ck_assert_msg(p2p_is_isolated(&machine, &function) == rows[i].answer, "row %zu", i);
	}
}
END_TEST

/* Source Validation that a switch cannot do is not asked of it; an unknown type of port is apart. */
START_TEST(odd_ports)
{
	struct p2p_machine machine = { .cpu_vendor = "GenuineIntel", .iommu = P2P_YES };
	struct p2p_function port = {
		.ids = P2P_PRESENT, .vendor = 0x111d, .device = 0x80b5,
		.pcie = { .fact = P2P_PRESENT, .type = P2P_PORT_DOWNSTREAM },
	};

	tree_acs(&port, ALL & ~P2P_ACS_SV);
	ck_assert_int_eq(p2p_is_isolated(&machine, &port), P2P_YES);
	port.device = 0x80b6;
	ck_assert_int_eq(p2p_is_isolated(&machine, &port), P2P_NO);
	port.pcie.type = (enum p2p_port_type)0xb;
	ck_assert_int_eq(p2p_is_isolated(&machine, &port), P2P_YES);
	/* ThunderX2 has its IOMMU at this bridge. */
	ck_assert(!p2p_stops_aliases(&port));
	port.vendor = 0x14e4;
	port.device = 0x9084;
	ck_assert(p2p_stops_aliases(&port));
}
END_TEST

START_TEST(vmd)
{
	struct tree *tree = tree_new();
	struct p2p_host_bridge *host = tree_bridge(tree), *inside;
	struct p2p_function *endpoint, *other, *port, *drive;

	endpoint = tree_add(tree, host, NULL, P2P_PORT_RC_ENDPOINT);
	other = tree_add(tree, host, NULL, P2P_PORT_RC_ENDPOINT);
	inside = tree_bridge(tree);
	inside->vmd = true;
	inside->behind = endpoint;
	port = tree_add(tree, inside, NULL, P2P_PORT_ROOT);
	tree_acs(port, ALL);
	drive = tree_add(tree, inside, port, P2P_PORT_ENDPOINT);
	ck_assert(together(tree, endpoint, port));
	ck_assert(together(tree, endpoint, drive));
	ck_assert(!together(tree, other, drive));
	tree_free(tree);
}
END_TEST

static bool is_group_of(const struct p2p_isolation *poor, size_t group,
			const struct p2p_isolation *full)
{
	struct p2p_number number = p2p_isolation_group(full, p2p_isolation_at(poor, group, 0));
	size_t count = p2p_isolation_count(poor, group);

	if (number.fact != P2P_PRESENT || p2p_isolation_count(full, (size_t)number.value) != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (p2p_isolation_at(full, (size_t)number.value, i)->index !=
		    p2p_isolation_at(poor, group, i)->index)
			return false;
	return true;
}

/* What is known with fewer facts is so with more of them: an unknown fact decides nothing. */
START_TEST(unknown)
{
	size_t known = 0, lost = 0;

	for (unsigned int seed = 0; seed < 400; seed++) {
		struct tree *tree = random_tree(seed, 40, 0);
		struct random random = { .tree = tree, .state = seed };
		struct p2p_topology *topology, *poorer;
		struct p2p_isolation *full, *poor;

		topology = topology_of(tree);
		full = isolate(tree, topology);
		for (size_t i = 0; i < tree->count; i++) {
			if (chance(&random, 15))
				tree_acs_denied(&tree->functions[i]);
			if (chance(&random, 8))
				tree->functions[i].pcie = (struct p2p_pcie){ 0 };
			if (chance(&random, 5))
				tree->functions[i].ids = P2P_DENIED;
			if (chance(&random, 8))
				tree->functions[i].several = P2P_DENIED;
		}
		poorer = topology_of(tree);
		poor = isolate(tree, poorer);
		for (size_t group = 0; group < p2p_isolation_groups(poor); group++)
			ck_assert_msg(is_group_of(poor, group, full), "seed %u", seed);
		known += p2p_isolation_groups(poor);
		lost += p2p_isolation_groups(full) - p2p_isolation_groups(poor);
		p2p_isolation_free(poor);
		p2p_isolation_free(full);
		p2p_topology_free(poorer);
		p2p_topology_free(topology);
		tree_free(tree);
	}
	/* It says something, and not everything. */
	ck_assert_uint_gt(known, 500);
	ck_assert_uint_gt(lost, 500);
}
END_TEST

/* All that is not changed stays; what is changed back is what it was. */
START_TEST(there_and_back)
{
	for (unsigned int seed = 0; seed < 200; seed++) {
		struct tree *tree = random_tree(seed, 60, 20);
		struct p2p_change set = { .kind = P2P_CHANGE_ACS, .set = P2P_ACS_SV };
		struct p2p_topology *first, *there, *back;

		first = topology_of(tree);
		ck_assert_int_eq(p2p_topology_change(tree->context, first, &set, 1, &there), 0);
		ck_assert_int_eq(p2p_topology_change(tree->context, first, NULL, 0, &back), 0);
		for (size_t i = 0; i < first->count; i++) {
			const struct p2p_function *was = p2p_topology_function(first, i);
			const struct p2p_function *is = p2p_topology_function(there, i);
			const struct p2p_function *same = p2p_topology_function(back, i);

			ck_assert_int_eq(was->acs.fact, is->acs.fact);
			ck_assert_int_eq(was->acs.control, same->acs.control);
			ck_assert_uint_eq(was->depth, same->depth);
			ck_assert_uint_eq(was->child_count, same->child_count);
			ck_assert(!was->parent == !same->parent);
			ck_assert(!same->parent || same->parent->index == was->parent->index);
			ck_assert(same->parent != was->parent || !was->parent);
			if (was->acs.fact == P2P_PRESENT && was->acs.kernel_fact == P2P_PRESENT)
				ck_assert_uint_eq(is->acs.control, was->acs.control |
						  (was->acs.capability & P2P_ACS_SV));
		}
		p2p_topology_free(back);
		p2p_topology_free(there);
		p2p_topology_free(first);
		tree_free(tree);
	}
}
END_TEST

/* What drivers say of peers points into the changed machine, until another one is bound. */
START_TEST(peers_follow)
{
	struct tree *tree = tree_new();
	struct p2p_host_bridge *host = tree_bridge(tree);
	struct p2p_function *port = tree_add(tree, host, NULL, P2P_PORT_ROOT), *a, *b;
	const struct p2p_function *peers[2] = { NULL, NULL }, *now;
	struct p2p_topology *first, *changed = NULL;
	struct p2p_change change = { .kind = P2P_CHANGE_DRIVER, .driver = "amdgpu" };

	a = tree_add(tree, host, port, P2P_PORT_ENDPOINT);
	b = tree_add(tree, host, port, P2P_PORT_ENDPOINT);
	a->driver = b->driver = "amdgpu";
	a->kfd = P2P_PRESENT;
	first = topology_of(tree);
	peers[0] = p2p_topology_function(first, b->index);
	first->functions[a->index].kfd_peers = peers;
	change.function = p2p_topology_function(first, a->index);
	ck_assert_int_eq(p2p_topology_change(tree->context, first, &change, 1, &changed), 0);
	now = p2p_topology_function(changed, a->index);
	ck_assert_int_eq(now->kfd, P2P_PRESENT);
	ck_assert_ptr_eq(now->kfd_peers[0], p2p_topology_function(changed, b->index));
	ck_assert_ptr_null(now->kfd_peers[1]);
	p2p_topology_free(changed);
	change.driver = "vfio-pci";
	ck_assert_int_eq(p2p_topology_change(tree->context, first, &change, 1, &changed), 0);
	now = p2p_topology_function(changed, a->index);
	ck_assert_int_eq(now->kfd, P2P_DENIED);
	ck_assert_ptr_null(now->kfd_peers);
	p2p_topology_free(changed);
	p2p_topology_free(first);
	tree_free(tree);
}
END_TEST

/* ACS that could not be read is not written; with a parameter nobody knows what a boot sets. */
START_TEST(boot_and_unread)
{
	struct tree *tree = tree_new();
	struct p2p_host_bridge *host = tree_bridge(tree);
	struct p2p_function *port = tree_add(tree, host, NULL, P2P_PORT_ROOT);
	struct p2p_topology *first, *changed = NULL;
	struct p2p_change boot = { .kind = P2P_CHANGE_IOMMU, .iommu = P2P_IOMMU_ON };
	struct p2p_change set = { .kind = P2P_CHANGE_ACS, .set = P2P_ACS_RR };

	tree_acs(port, 0);
	tree->machine.cmdline = "pci=config_acs=1101x@0000:00:00.0";
	first = topology_of(tree);
	first->machine.iommu = P2P_NO;
	ck_assert_int_eq(p2p_topology_change(tree->context, first, &boot, 1, &changed), 0);
	ck_assert_int_eq(p2p_topology_function(changed, port->index)->acs.fact, P2P_DENIED);
	p2p_topology_free(changed);
	set.function = p2p_topology_function(first, port->index);
	tree_acs_denied(&first->functions[port->index]);
	ck_assert_int_eq(p2p_topology_change(tree->context, first, &set, 1, &changed), -ENODATA);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(tree->context), "could not be read"));
	set.clear = P2P_ACS_RR;
	ck_assert_int_eq(p2p_topology_change(tree->context, first, &set, 1, &changed), -EINVAL);
	p2p_topology_free(first);
	tree_free(tree);
}
END_TEST

/* A viewer changes one bit at a key press; the bound leaves room for sanitizers. */
START_TEST(quick)
{
	struct tree *tree = random_tree(7, 1000, 0);
	struct p2p_topology *first = topology_of(tree), *changed;
	struct p2p_change set = { .kind = P2P_CHANGE_ACS, .clear = P2P_ACS_RR };
	clock_t began = clock();

	for (unsigned int i = 0; i < 50; i++) {
		ck_assert_int_eq(p2p_topology_change(tree->context, first, &set, 1, &changed), 0);
		p2p_isolation_free(isolate(tree, changed));
		p2p_topology_free(changed);
	}
	printf("%zu functions: %.2f ms for a change and its groups\n", first->count,
	       (double)(clock() - began) * 1000 / CLOCKS_PER_SEC / 50);
	ck_assert_int_lt(clock() - began, 2 * CLOCKS_PER_SEC);
	p2p_topology_free(first);
	tree_free(tree);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isolation");
	TCase *tests = tcase_create("isolation");

	tcase_add_test(tests, cards);
	tcase_add_test(tests, overridden);
	tcase_add_test(tests, aliases);
	tcase_add_test(tests, every_alias);
	tcase_add_test(tests, peers_follow);
	tcase_add_test(tests, boot_and_unread);
	tcase_add_test(tests, southbridge);
	tcase_add_test(tests, odd_ports);
	tcase_add_test(tests, vmd);
	tcase_add_test(tests, unknown);
	tcase_add_test(tests, there_and_back);
	tcase_add_test(tests, quick);
	tcase_set_timeout(tests, 120);
	suite_add_tcase(suite, tests);
	return tree_run(suite);
}

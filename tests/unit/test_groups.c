/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What single chips and their firmware do to IOMMU groups, and what is said of it. */
#include <errno.h>
#include <stdio.h>

#include <p2ppolicy/isolation.h>

#include "make.h"

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define HOST "devices/pci0000:00/"
#define ALL (P2P_ACS_SV | P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_UF)

/** struct port - a root port, and what of its ACS the test chooses; @acs false: it has none. */
struct port {
	uint16_t vendor, device;
	bool acs;
	unsigned int control;
};

/* Root ports 1c.0, 1c.1, ... of one machine, each with a card of one function below. */
static void make_ports(struct p2p_snapshot *snapshot, const struct port *ports, unsigned int count)
{
	struct space card = make_space(0x15b3, 0x1021, 0x020000, 0, P2P_PORT_ENDPOINT);

	for (unsigned int i = 0; i < count; i++) {
		struct space port = make_space(ports[i].vendor, ports[i].device, 0x060400, 1,
					       P2P_PORT_ROOT);
		char bdf[P2P_BDF_SIZE];

		put16(&port, 0x19, (i + 1) << 8 | (i + 1));
		port.bytes[0x0e] |= 0x80;
		if (ports[i].acs) {
			add_extended(&port, 0, 0x100, 0x0d);
			put16(&port, 0x104, ALL);
			put16(&port, 0x106, ports[i].control);
		}
		snprintf(bdf, sizeof(bdf), "0000:00:1c.%u", i);
		make_function(snapshot, bdf, p2p_arena_format(&snapshot->arena, HOST "%s", bdf),
			      &port);
		snprintf(bdf, sizeof(bdf), "0000:%02x:00.0", i + 1);
		make_attr(make_function(snapshot, bdf,
					p2p_arena_format(&snapshot->arena, HOST "0000:00:1c.%u/%s", i,
							 bdf), &card),
			  P2P_ATTR_IOMMU_GROUP, "1");
	}
}

/* A machine booted without an IOMMU and then with one, and the groups that it would have. */
struct boot {
	struct p2p_context *context;
	struct p2p_topology *read, *before, *after;
	struct p2p_isolation *isolation;
};

static struct boot boot_with_iommu(struct p2p_snapshot *snapshot)
{
	const struct p2p_change off = { .kind = P2P_CHANGE_IOMMU, .iommu = P2P_IOMMU_OFF };
	const struct p2p_change on = { .kind = P2P_CHANGE_IOMMU, .iommu = P2P_IOMMU_ON };
	struct boot boot = { .read = make_topology(snapshot) };

	ck_assert_int_eq(p2p_context_new(&boot.context), 0);
	ck_assert_int_eq(p2p_topology_change(boot.context, boot.read, &off, 1, &boot.before), 0);
	ck_assert_int_eq(p2p_topology_change(boot.context, boot.before, &on, 1, &boot.after), 0);
	ck_assert_int_eq(p2p_isolation_new(boot.context, boot.after, &boot.isolation), 0);
	return boot;
}

static void boot_free(struct boot *boot)
{
	p2p_isolation_free(boot->isolation);
	p2p_topology_free(boot->after);
	p2p_topology_free(boot->before);
	p2p_topology_free(boot->read);
	p2p_context_free(boot->context);
}

static struct p2p_number group_of(const struct boot *boot, const char *bdf)
{
	return p2p_isolation_group(boot->isolation, get(boot->after, bdf));
}

/* By the ports of the chipset, and what its ISA bridge says; rcba -1: it could not be read. */
static const struct {
	uint16_t port, vendor;
	int rcba;
	enum p2p_tri apart;
} chipsets[] = {
	{ 0x1e10, 0x8086, 1, P2P_YES }, { 0x1e10, 0x8086, 0, P2P_NO },
	{ 0x1e10, 0x8086, -1, P2P_UNKNOWN }, { 0x1e10, 0x1022, 1, P2P_UNKNOWN },
	{ 0x1c10, 0x8086, 1, P2P_YES }, { 0x1d10, 0x8086, 1, P2P_YES },
	{ 0x1d1e, 0x8086, 0, P2P_NO }, { 0x3b42, 0x8086, 1, P2P_YES },
	{ 0x8c10, 0x8086, 0, P2P_NO }, { 0x8d10, 0x8086, 1, P2P_YES },
	{ 0x9c90, 0x8086, 1, P2P_YES },
	/* Of no such chipset: the register decides nothing. */
	{ 0x1234, 0x8086, 1, P2P_NO },
};

START_TEST(chipset)
{
	const struct port two[] = { { 0x8086, chipsets[_i].port, false, 0 },
				    { 0x8086, chipsets[_i].port, false, 0 } };
	struct space lpc = make_space(chipsets[_i].vendor, 0x1e49, 0x060100, 0, P2P_PORT_ENDPOINT);
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct p2p_number a, b;
	struct boot boot;

	make_ports(snapshot, two, 2);
	put32(&lpc, 0xf0, 0xfed1c000u | (chipsets[_i].rcba & 1));
	if (chipsets[_i].rcba < 0)
		lpc.size = 64;
	make_function(snapshot, "0000:00:1f.0", HOST "0000:00:1f.0", &lpc);
	boot = boot_with_iommu(snapshot);
	a = group_of(&boot, "0000:01:00.0");
	b = group_of(&boot, "0000:02:00.0");
	ck_assert_int_eq(a.fact, chipsets[_i].apart == P2P_UNKNOWN ? P2P_DENIED : P2P_PRESENT);
	ck_assert_int_eq(b.fact, a.fact);
	if (a.fact == P2P_PRESENT)
		ck_assert_int_eq(a.value != b.value, chipsets[_i].apart == P2P_YES);
	boot_free(&boot);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* A refresh reads of an ISA bridge of Intel's what the kernel looks at, and of no other. */
START_TEST(refresh)
{
	static const struct { uint16_t vendor; uint32_t class_code; bool known; } bridges[] = {
		{ 0x8086, 0x060100, true }, { 0x8086, 0x060400, false }, { 0x1022, 0x060100, false },
	};
	struct p2p_arena arena = { 0 };

	for (int i = 0; i < LENGTH(bridges); i++) {
		struct space space = make_space(bridges[i].vendor, 0x1e49, bridges[i].class_code, 0,
						P2P_PORT_ENDPOINT);
		struct p2p_config_source source = { .size = 256, .fetch = fetch_space,
						    .data = &space };
		struct p2p_config config;
		uint32_t value;

		put32(&space, 0xf0, 0xfed1c001u);
		ck_assert_int_eq(p2p_config_load(&arena, &source, &config), 0);
		ck_assert_int_eq(p2p_config_read32(&config, 0xf0, &value), bridges[i].known);
		ck_assert(!p2p_config_read32(&config, 0xf4, &value));
	}
	p2p_arena_free(&arena);
}
END_TEST

/* What an IOMMU of AMD's leaves out. */
static const struct {
	uint16_t vendor, device;
	uint32_t class_code;
	const char *bdf;
	bool left_out;
} roots[] = {
	{ 0x1022, 0x1480, 0x060000, "0000:00:00.0", true },
	{ 0x1022, 0x1450, 0x060000, "0000:00:00.0", true },
	{ 0x1022, 0x153a, 0x060000, "0000:00:00.0", true },
	{ 0x1d94, 0x1450, 0x060000, "0000:00:00.0", true },
	{ 0x1022, 0x1482, 0x060000, "0000:00:01.0", false },
	{ 0x1022, 0x1480, 0x060000, "0000:00:01.0", false },
	{ 0x1022, 0x1410, 0x060000, "0000:00:00.0", false },
	{ 0x8086, 0x1480, 0x060000, "0000:00:00.0", false },
	{ 0x1022, 0x1481, 0x080600, "0000:00:00.2", true },
};

START_TEST(left_out)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space root = make_space(roots[_i].vendor, roots[_i].device, roots[_i].class_code, 0,
				       P2P_PORT_ENDPOINT);
	struct boot boot;

	make_function(snapshot, roots[_i].bdf,
		      p2p_arena_format(&snapshot->arena, HOST "%s", roots[_i].bdf), &root);
	boot = boot_with_iommu(snapshot);
	ck_assert_int_eq(group_of(&boot, roots[_i].bdf).fact == P2P_ABSENT, roots[_i].left_out);
	boot_free(&boot);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* A tree of somebody else: so many of its ten functions have a group. */
START_TEST(most)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space nic = make_space(0x15b3, 0x1021, 0x020000, 0, P2P_PORT_ENDPOINT);
	struct p2p_topology *topology;

	for (int i = 0; i < 10; i++) {
		char bdf[P2P_BDF_SIZE];
		struct p2p_raw *raw;

		snprintf(bdf, sizeof(bdf), "0000:00:%02x.0", i + 1);
		raw = make_function(snapshot, bdf,
				    p2p_arena_format(&snapshot->arena, HOST "%s", bdf), &nic);
		if (i < _i)
			make_attr(raw, P2P_ATTR_IOMMU_GROUP, "1");
	}
	topology = make_topology(snapshot);
	ck_assert_int_eq(get(topology, "0000:00:0a.0")->iommu_group.fact,
			 _i == 10 ? P2P_PRESENT : _i > 5 ? P2P_ABSENT : P2P_DENIED);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* The links of cards, and none of the ports above them: those of others may be missing, too. */
START_TEST(bridges)
{
	const struct port three[] = { { 0x8086, 0x1234, false, 0 }, { 0x8086, 0x1234, false, 0 },
				      { 0x8086, 0x1234, false, 0 } };
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space nic = make_space(0x15b3, 0x1021, 0x020000, 0, P2P_PORT_ENDPOINT);
	struct p2p_topology *topology;
	bool links = _i;

	make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0", &nic);
	for (unsigned int i = 3; i < 7; i++) {
		const char *bdf = p2p_arena_format(&snapshot->arena, "0000:00:%02x.0", i);

		make_attr(make_function(snapshot, bdf, p2p_arena_format(&snapshot->arena, HOST "%s", bdf),
					&nic), P2P_ATTR_IOMMU_GROUP, "2");
	}
	make_ports(snapshot, three, 3);
	for (size_t i = 0; links && i < snapshot->count; i++)
		if (snapshot->raws[i].bdf.devfn >> 3 == 0x1c)
			make_attr(&snapshot->raws[i], P2P_ATTR_IOMMU_GROUP, "1");
	topology = make_topology(snapshot);
	ck_assert_int_eq(get(topology, "0000:00:02.0")->iommu_group.fact,
			 links ? P2P_ABSENT : P2P_DENIED);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* Ports that are known not to keep what is written, and their neighbours, which are not. */
static const struct {
	uint16_t device;
	bool stuck;
} ports[] = {
	{ 0xa394, false }, { 0xa396, true }, { 0xa397, false }, { 0xa398, true }, { 0xa3e8, false },
	{ 0xa3e9, true }, { 0xa3ea, false }, { 0xa3eb, true },
};

START_TEST(stuck)
{
	const struct port two[] = { { 0x8086, ports[_i].device, true, 0 },
				    { 0x8086, ports[_i].device, true, 0 } };
	struct p2p_change set = { .kind = P2P_CHANGE_ACS, .set = P2P_ACS_RR | P2P_ACS_CR };
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct p2p_topology *topology, *changed = NULL;
	struct p2p_context *context;
	struct boot boot;
	int error;

	make_ports(snapshot, two, 2);
	topology = make_topology(snapshot);
	ck_assert_int_eq(get_note(topology, "not to keep what is written") != NULL, ports[_i].stuck);
	ck_assert_int_eq(p2p_acs_settable(get(topology, "0000:00:1c.0")), ports[_i].stuck ? 0 : ALL);
	ck_assert_int_eq(p2p_context_new(&context), 0);
	/* Named, it is refused; among all of them, it is left out. */
	set.function = get(topology, "0000:00:1c.1");
	error = p2p_topology_change(context, topology, &set, 1, &changed);
	ck_assert_int_eq(error, ports[_i].stuck ? -EINVAL : 0);
	if (error)
		ck_assert_ptr_nonnull(strstr(p2p_context_error(context), "not to keep"));
	p2p_topology_free(changed);
	set.function = NULL;
	ck_assert_int_eq(p2p_topology_change(context, topology, &set, 1, &changed), 0);
	ck_assert_int_eq(get(changed, "0000:00:1c.0")->acs.control,
			 ports[_i].stuck ? 0 : P2P_ACS_RR | P2P_ACS_CR);
	p2p_topology_free(changed);
	p2p_topology_free(topology);
	p2p_context_free(context);
	boot = boot_with_iommu(snapshot);
	ck_assert_int_eq(group_of(&boot, "0000:01:00.0").value ==
			 group_of(&boot, "0000:02:00.0").value, ports[_i].stuck);
	boot_free(&boot);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* When it is said that a port lacks what the kernel sets in all of them. */
static const struct {
	const char *cmdline;
	bool groups;
	uint16_t vendor, device;
	unsigned int control[4];
	const char *note;
} unset[] = {
	{ "quiet\n", true, 0x8086, 0x1234, { ALL, 0, ALL, ALL }, "1 port, 0000:00:1c.1, lacks" },
	{ "quiet\n", true, 0x8086, 0x1234, { ALL, 0, ALL, P2P_ACS_SV }, "the other 3 have" },
	/* All are as they are set, or most were cleared: somebody did it, and knows. */
	{ "quiet\n", true, 0x8086, 0x1234, { ALL, ALL, ALL, ALL }, NULL },
	{ "quiet\n", true, 0x8086, 0x1234, { ALL, ALL, 0, 0 }, NULL },
	{ "quiet\n", true, 0x8086, 0x1234, { 0, 0, 0, 0 }, NULL },
	/* Redirects alone are cleared for peers: no sign of a port that takes nothing. */
	{ "quiet\n", true, 0x8086, 0x1234, { ALL, P2P_ACS_SV, ALL, ALL }, NULL },
	/* Without an IOMMU, or with those parameters, the kernel may have set nothing. */
	{ "quiet\n", false, 0x8086, 0x1234, { ALL, 0, ALL, ALL }, NULL },
	{ NULL, true, 0x8086, 0x1234, { ALL, 0, ALL, ALL }, NULL },
	{ "pci=disable_acs_redir=0:1c.1\n", true, 0x8086, 0x1234, { ALL, 0, ALL, ALL }, NULL },
	{ "pci=config_acs=000@0:1c.1\n", true, 0x8086, 0x1234, { ALL, 0, ALL, ALL }, NULL },
	/* What is known of the port has a note of its own, or is the kernel's doing. */
	{ "quiet\n", true, 0x8086, 0xa396, { ALL, 0, ALL, ALL }, NULL },
	{ "quiet\n", true, 0x111d, 0x80b5, { ALL, 0, ALL, ALL }, NULL },
};

START_TEST(lacking)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct p2p_topology *topology;
	const struct p2p_note *note;
	struct port four[4];

	for (int i = 0; i < 4; i++)
		four[i] = (struct port){ unset[_i].vendor, unset[_i].device, true,
					 unset[_i].control[i] };
	make_ports(snapshot, four, 4);
	if (!unset[_i].groups)
		for (size_t i = 0; i < snapshot->count; i++)
			snapshot->raws[i].attr[P2P_ATTR_IOMMU_GROUP].fact = P2P_ABSENT;
	if (unset[_i].cmdline)
		make_file(snapshot, "proc/cmdline", unset[_i].cmdline);
	topology = make_topology(snapshot);
	note = get_note(topology, "SrcValid");
	ck_assert_int_eq(note != NULL, unset[_i].note != NULL);
	if (note)
		ck_assert_ptr_nonnull(strstr(note->text, unset[_i].note));
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_loop_test(tcase, chipset, 0, LENGTH(chipsets));
	tcase_add_test(tcase, refresh);
	tcase_add_loop_test(tcase, left_out, 0, LENGTH(roots));
	tcase_add_loop_test(tcase, most, 4, 11);
	tcase_add_loop_test(tcase, bridges, 0, 2);
	tcase_add_loop_test(tcase, stuck, 0, LENGTH(ports));
	tcase_add_loop_test(tcase, lacking, 0, LENGTH(unset));
}

int main(void)
{
	return run_cases("groups", add_cases);
}

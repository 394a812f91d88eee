/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several sources of one machine: more pieces never make a known answer wrong.  They make unknown
 * answers known, and where they contradict each other known ones unknown.
 */
#include <errno.h>

#include "every.h"
#include "files.h"
#include "make.h"
#include "pasted.h"
#include "roll.h"

#define ACS	0x100u
#define PIECES	3

/* A switch with two ports below a root port, a device on each, and another root port's device. */
static const struct {
	const char *bdf;
	uint16_t vendor, device;
	uint32_t class_code;
	unsigned int port, buses;
} shape[] = {
	{ "00:00.0", 0x8086, 0x2020, 0x060000, 4, 0 },
	{ "00:01.0", 0x8086, 0x2030, 0x060400, 4, 0x040100 },
	{ "00:02.0", 0x8086, 0x2031, 0x060400, 4, 0x050500 },
	{ "01:00.0", 0x10b5, 0x8796, 0x060400, 5, 0x040201 },
	{ "02:00.0", 0x10b5, 0x8796, 0x060400, 6, 0x030302 },
	{ "02:01.0", 0x10b5, 0x8796, 0x060400, 6, 0x040402 },
	{ "03:00.0", 0x10de, 0x2204, 0x030000, 0, 0 },
	{ "04:00.0", 0x144d, 0xa808, 0x010802, 0, 0 },
	{ "05:00.0", 0x15b3, 0x1017, 0x020000, 0, 0 },
};

#define FUNCTIONS (sizeof(shape) / sizeof(shape[0]))

static char *directory;
static struct p2p_context *context;
static void set_up(void)
{
	directory = make_directory();
	context = make_context();
}

static void tear_down(void)
{
	remove_directory(directory);
	p2p_context_free(context);
}

/* Registers at random where they decide. */
static void make_machine(struct space spaces[FUNCTIONS])
{
	for (size_t i = 0; i < FUNCTIONS; i++) {
		unsigned int port = shape[i].port;

		spaces[i] = make_space(shape[i].vendor, shape[i].device, shape[i].class_code,
				       shape[i].buses ? 1 : 0, port);
		put32(&spaces[i], 0x18, shape[i].buses);
		if (port == 4 || port == 6) {
			add_extended(&spaces[i], 0, ACS, 0x0d);
			put16(&spaces[i], ACS + 4, 0x1f);
			put16(&spaces[i], ACS + 6, roll(2) ? 0x1d : 0);
		}
	}
}

/* A dump in which each function has 64, 256 or 4096 bytes. */
static void put_dump(const char *name, const struct space spaces[FUNCTIONS], bool whole)
{
	static const unsigned int sizes[] = { 64, 256, 4096 };
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	for (size_t i = 0; i < FUNCTIONS; i++) {
		unsigned int size = whole ? 4096 : sizes[roll(3)];

		fprintf(file, "%s a device\n", shape[i].bdf);
		for (unsigned int j = 0; j < size; j++) {
			if (j % 16 == 0)
				fprintf(file, "%02x:", j);
			fprintf(file, " %02x%s", spaces[i].bytes[j], j % 16 == 15 ? "\n" : "");
		}
		fputc('\n', file);
	}
	fclose(file);
}

/* What the pairs of devices answer. */
static void answers(const char *const *names, size_t count, enum p2p_map_type types[9])
{
	static const char *const devices[] = { "03:00.0", "04:00.0", "05:00.0" };
	char paths[PIECES][PATH_MAX];
	const char *list[PIECES];
	struct p2p_snapshot *snapshot;
	struct p2p_topology *topology;
	struct p2p_eval *eval;

	for (size_t i = 0; i < count; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/%s", directory, names[i]);
		list[i] = paths[i];
	}
	ck_assert_msg(p2p_snapshot_load_all(context, list, count, P2P_WANT_NAMES, &snapshot) == 0,
		      "%s", p2p_context_error(context));
	ck_assert_uint_eq(p2p_snapshot_count(snapshot), FUNCTIONS);
	ck_assert_int_eq(p2p_topology_new(context, snapshot, NULL, &topology), 0);
	ck_assert_int_eq(p2p_eval_new(context, topology, "6.12", &eval), 0);
	for (size_t i = 0; i < 9; i++) {
		struct p2p_verdict verdict;

		p2p_eval_pair(eval, get(topology, devices[i / 3]), get(topology, devices[i % 3]),
			      &verdict);
		types[i] = verdict.kernel.map_type;
	}
	p2p_eval_free(eval);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}

/* Pieces of one truth, one after the other. */
START_TEST(more_decides_more)
{
	static const char *const names[] = { "a", "b", "c" };
	static const char *const whole[] = { "whole" };
	enum p2p_map_type before[9], after[9], truth[9];
	struct space spaces[FUNCTIONS];

	state = (uint64_t)_i;
	make_machine(spaces);
	put_dump("whole", spaces, true);
	answers(whole, 1, truth);
	for (size_t i = 0; i < PIECES; i++)
		put_dump(names[i], spaces, i == PIECES - 1);
	answers(names, 1, before);
	for (size_t count = 1; count <= PIECES; count++) {
		answers(names, count, after);
		for (size_t i = 0; i < 9; i++) {
			ck_assert(after[i] == truth[i] || after[i] == P2P_MAP_UNKNOWN);
			ck_assert(before[i] == P2P_MAP_UNKNOWN || after[i] == before[i]);
		}
		memcpy(before, after, sizeof(before));
	}
	ck_assert_mem_eq(after, truth, sizeof(after));
}
END_TEST

/* Two dumps of one machine between which somebody wrote ACS Control. */
START_TEST(contradictions_are_unknown)
{
	static const char *const names[] = { "a", "b" };
	enum p2p_map_type one[9], other[9], both[9];
	struct space spaces[FUNCTIONS];
	size_t port;

	state = (uint64_t)_i;
	make_machine(spaces);
	put_dump("a", spaces, true);
	do {
		port = roll(FUNCTIONS);
	} while (shape[port].port != 4 && shape[port].port != 6);
	spaces[port].bytes[ACS + 6] ^= 0x0c;
	put_dump("b", spaces, true);
	answers(names, 1, one);
	answers(names + 1, 1, other);
	answers(names, 2, both);
	for (size_t i = 0; i < 9; i++) {
		ck_assert(both[i] == P2P_MAP_UNKNOWN || both[i] == one[i]);
		ck_assert(both[i] == P2P_MAP_UNKNOWN || both[i] == other[i]);
	}
}
END_TEST

/* The same address, and another device: these are not of one machine. */
START_TEST(two_machines)
{
	struct p2p_snapshot *snapshot;
	struct space spaces[FUNCTIONS];
	char one[PATH_MAX], other[PATH_MAX];
	const char *paths[] = { one, other };

	make_machine(spaces);
	put_dump("one", spaces, true);
	put16(&spaces[6], 0x02, 0x2208);
	put_dump("other", spaces, true);
	snprintf(one, sizeof(one), "%s/one", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	ck_assert_int_eq(p2p_snapshot_load_all(context, paths, 2, P2P_WANT_NAMES, &snapshot),
			 -EBADMSG);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context), "of two machines: at 0000:03:00.0 "
				     "they differ in the device"));
}
END_TEST

/* A register beats what a text says of it, and both places are told. */
START_TEST(registers_beat_text)
{
	static const char text[] =
		"00:01.0 PCI bridge [0604]: Intel [8086:2030] (prog-if 00 [Normal decode])\n"
		"\tControl: I/O- Mem+ BusMaster+\n"
		"\tStatus: Cap+ 66MHz-\n"
		"\tBus: primary=00, secondary=01, subordinate=04, sec-latency=0\n"
		"\tCapabilities: [40] Express (v2) Root Port (Slot-), MSI 00\n"
		"\tCapabilities: [100 v1] Access Control Services\n"
		"\t\tACSCap:\tSrcValid+ TransBlk+ ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-\n"
		"\t\tACSCtl:\tSrcValid- TransBlk+ ReqRedir- CmpltRedir- UpstreamFwd- EgressCtrl- DirectTrans-\n"
		"\tKernel driver in use: pcieport\n\n";
	const struct p2p_conflict *conflicts;
	struct p2p_snapshot *snapshot;
	struct space spaces[FUNCTIONS];
	char one[PATH_MAX], other[PATH_MAX];
	const char *paths[] = { other, one };
	const struct p2p_raw *raw;
	uint16_t control;

	make_machine(spaces);
	put16(&spaces[1], ACS + 6, 0x1d);
	put_dump("one", spaces, true);
	put_text(directory, "other", text);
	snprintf(one, sizeof(one), "%s/one", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	ck_assert_int_eq(p2p_snapshot_load_all(context, paths, 2, P2P_WANT_NAMES, &snapshot), 0);
	raw = p2p_snapshot_raw(snapshot, 1);
	ck_assert(p2p_config_read16(&raw->config, ACS + 6, &control));
	ck_assert_uint_eq(control, 0x1d);
	ck_assert_int_eq(p2p_raw_attr(raw, P2P_ATTR_DRIVER)->fact, P2P_PRESENT);
	ck_assert_uint_eq(p2p_snapshot_conflicts(snapshot, &conflicts), 1);
	ck_assert(conflicts->settled && conflicts->of_function);
	ck_assert_str_eq(conflicts->what, "ACS capability");
	ck_assert_str_eq(conflicts->second.name, other);
	ck_assert_uint_eq(conflicts->second.line, 1);
	ck_assert_str_eq(conflicts->first.name, one);
	p2p_snapshot_free(snapshot);
}
END_TEST

#define CARD	"01:00.0 Non-Volatile memory controller [0108]: Samsung [144d:a80a]\n" \
		"\tControl: I/O- Mem+ BusMaster+\n\tStatus: Cap+ 66MHz-\n"
#define BRIDGE	"00:01.0 PCI bridge [0604]: Intel [8086:2030]\n" \
		"\tControl: I/O- Mem+ BusMaster+\n\tStatus: Cap+ 66MHz-\n"
#define EXPRESS	"\tCapabilities: [40] Express (v2) Endpoint, MSI 00\n"
#define POWER	"\tCapabilities: [60] Power Management version 3\n"
#define END	"\tKernel driver in use: nvme\n\n"

/* What two texts say otherwise than each other, and what is said of it. */
static const struct {
	const char *one, *other, *what;
} texts[] = {
	{ CARD EXPRESS "\tKernel driver in use: nvme\n", CARD EXPRESS "\tKernel driver in use: vfio-pci\n",
	  "driver" },
	{ CARD POWER EXPRESS END, CARD POWER END, "PCI Express capability" },
	{ CARD POWER END, CARD POWER EXPRESS END, "PCI Express capability" },
	{ BRIDGE "\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0\n" POWER END,
	  BRIDGE "\tBus: primary=00, secondary=02, subordinate=02, sec-latency=0\n" POWER END,
	  "bus numbers" },
};

START_TEST(names_what_contradicts)
{
	const struct p2p_conflict *conflicts;
	struct p2p_snapshot *snapshot;
	char one[PATH_MAX], other[PATH_MAX];
	const char *paths[] = { one, other };

	put_text(directory, "one", texts[_i].one);
	put_text(directory, "other", texts[_i].other);
	snprintf(one, sizeof(one), "%s/one", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	ck_assert_int_eq(p2p_snapshot_load_all(context, paths, 2, P2P_WANT_NAMES, &snapshot), 0);
	ck_assert_uint_eq(p2p_snapshot_conflicts(snapshot, &conflicts), 1);
	ck_assert_str_eq(conflicts->what, texts[_i].what);
	ck_assert(!conflicts->settled && conflicts->of_function);
	ck_assert_str_eq(conflicts->first.name, one);
	ck_assert_str_eq(conflicts->second.name, other);
	p2p_snapshot_free(snapshot);
}
END_TEST

#define MANY 1200u

/* Each of many functions on another node. */
START_TEST(counts_all_contradictions)
{
	const struct p2p_conflict *conflicts;
	struct p2p_snapshot *snapshot;
	char paths[2][PATH_MAX];

	for (unsigned int node = 0; node < 2; node++) {
		FILE *file;

		snprintf(paths[node], sizeof(paths[node]), "%s/node%u", directory, node);
		file = fopen(paths[node], "w");
		ck_assert_ptr_nonnull(file);
		for (unsigned int i = 0; i < MANY; i++)
			fprintf(file, "%02x:%02x.%u Ethernet controller [0200]: Mellanox [15b3:1021]\n\tNUMA node: %u\n\n",
				i / 256, i / 8 % 32, i % 8, node);
		ck_assert_int_eq(fclose(file), 0);
	}
	ck_assert_int_eq(p2p_snapshot_load_all(context, (const char *[]){ paths[0], paths[1] }, 2, P2P_WANT_NAMES,
					       &snapshot), 0);
	ck_assert_uint_eq(p2p_snapshot_conflicts(snapshot, &conflicts), MANY);
	p2p_snapshot_free(snapshot);
}
END_TEST

#define LOG(lines) "[    0.0] pci 0000:00:01.0: [8086:2030] type 01 class 0x060400\n" lines
#define LOG_COMMAND(words) LOG("[    0.1] Kernel command line: " words "\n")
#define LOG_CPU(model) LOG("[    0.1] smpboot: CPU0: Intel(R) Xeon(R) (family: 0x6, model: " model ", stepping: 0x6)\n")
#define LSCPU(model) \
	"$ lscpu\nArchitecture: x86_64\nVendor ID: GenuineIntel\nCPU family: 6\nModel: " model "\nModel name: Some\n"

/* What two texts say of the machine.  @what: the file on which they contradict, NULL none; @settled: one is better */
static const struct {
	const char *one, *other, *key, *value, *what;
	bool settled;
} machines[] = {
	{ LOG_COMMAND("iommu=pt"), LOG_COMMAND("iommu=pt"), "cmdline", "iommu=pt", NULL, false },
	{ LOG_COMMAND("iommu=pt"), LOG_COMMAND("iommu=off"), "cmdline", "denied", "proc/cmdline", false },
	{ LOG_COMMAND("iommu=pt"), LOG_COMMAND("iommu=off \\"), "cmdline", "iommu=pt", NULL, false },
	{ LOG_COMMAND("iommu=pt"), LOG(""), "cmdline", "iommu=pt", NULL, false },
	{ LOG_CPU("0x6a"), LOG_CPU("0x6a"), "cpu_model", "106", NULL, false },
	{ LOG_CPU("0x6a"), LOG_CPU("0x55"), "cpu_model", "denied", "proc/cpuinfo", false },
	/* The kernel and lscpu have other words for one CPU; of two the log may be of another boot. */
	{ LOG_CPU("0x6a"), LSCPU("106"), "cpu_model", "106", NULL, false },
	{ LOG_CPU("0x6a"), LSCPU("85"), "cpu_model", "85", "proc/cpuinfo", true },
};

START_TEST(machines_that_contradict)
{
	const struct pasted_fact fact = { NULL, NULL, machines[_i].key, machines[_i].value };
	const struct p2p_conflict *conflicts;
	struct p2p_snapshot *snapshot;
	struct p2p_topology *topology;
	char one[PATH_MAX], other[PATH_MAX], text[256];
	const char *paths[] = { one, other };

	put_text(directory, "one", machines[_i].one);
	put_text(directory, "other", machines[_i].other);
	snprintf(one, sizeof(one), "%s/one", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	ck_assert_int_eq(p2p_snapshot_load_all(context, paths, 2, P2P_WANT_NAMES, &snapshot), 0);
	ck_assert_int_eq(p2p_topology_new(context, snapshot, NULL, &topology), 0);
	format_fact(topology, &fact, text, sizeof(text));
	ck_assert_str_eq(text, fact.value);
	ck_assert_uint_eq(p2p_snapshot_conflicts(snapshot, &conflicts), machines[_i].what ? 1 : 0);
	if (machines[_i].what) {
		ck_assert_str_eq(conflicts->what, machines[_i].what);
		ck_assert(!conflicts->of_function && conflicts->settled == machines[_i].settled);
		ck_assert_str_eq(conflicts->first.name, machines[_i].settled ? other : one);
	}
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* It says what is absent, of all of the machine. */
START_TEST(documents_stand_alone)
{
	char one[PATH_MAX], other[PATH_MAX];
	const char *paths[] = { one, other };
	struct p2p_snapshot *snapshot = (void *)1;

	put_text(directory, "one", "{\"format\":\"p2ptopo-tree\",\"version\":1,\"functions\":[{\"bdf\":\"0000:00:01.0\"}]}");
	put_text(directory, "other", LOG_COMMAND("quiet"));
	snprintf(one, sizeof(one), "%s/one", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	ck_assert_int_eq(p2p_snapshot_load_all(context, paths, 2, P2P_WANT_NAMES, &snapshot), -EBADMSG);
	ck_assert_ptr_eq(snapshot, (void *)1);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context), "/one: a tree document holds a whole machine, and cannot"));
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, more_decides_more, 0, 40 / every());
	tcase_add_loop_test(tcase, contradictions_are_unknown, 0, 20 / every());
	tcase_add_test(tcase, two_machines);
	tcase_add_test(tcase, registers_beat_text);
	tcase_add_loop_test(tcase, machines_that_contradict, 0, sizeof(machines) / sizeof(machines[0]));
	tcase_add_test(tcase, documents_stand_alone);
	tcase_add_test(tcase, counts_all_contradictions);
	tcase_add_loop_test(tcase, names_what_contradicts, 0, sizeof(texts) / sizeof(texts[0]));
}

int main(void)
{
	return run_cases("join", add_cases);
}

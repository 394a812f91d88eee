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
#include "snapshot/join/join.h"

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
static uint64_t state;

static unsigned int roll(unsigned int sides)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned int)(state >> 33) % sides;
}

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

/* Of @space one dword in @chance was not read. */
static struct p2p_raw *make_piece(struct p2p_snapshot *snapshot, struct space *space, unsigned int chance)
{
	uint32_t known[32];
	struct p2p_config_source source = {
		.size = space->size, .fetch = fetch_space, .data = space, .all = true, .known = known,
		.virtual_function = P2P_NO,
	};
	struct p2p_raw *raw = make_function(snapshot, "00:01.0", NULL, NULL);

	memset(known, 0xff, sizeof(known));
	for (unsigned int dword = 1; dword < 1024; dword++)
		if (dword != 3 && !roll(chance))
			known[dword / 32] &= ~(1u << dword % 32);
	ck_assert_int_eq(p2p_config_load(&snapshot->arena, &source, &raw->config), 0);
	return raw;
}

/* Is @offset in the header, or in a capability of @joined that @config has, too? */
static bool is_reached(const struct p2p_config *joined, const struct p2p_config *config, unsigned int offset)
{
	const struct p2p_capability *last = NULL;

	for (unsigned int i = 0; i < joined->capability_count; i++) {
		const struct p2p_capability *next = &joined->capabilities[i];

		if (next->offset <= offset && (!last || next->offset > last->offset))
			last = next;
	}
	for (unsigned int i = 0; i < config->capability_count; i++)
		if (last && config->capabilities[i].offset == last->offset)
			return last->extended == (offset >= 0x100);
	return offset < 0x40;
}

/* What any of them knows is known, as it is; nothing is absent that is there. */
static void check_joined(const struct p2p_config *joined, const struct space *space, const struct p2p_side sides[PIECES])
{
	for (unsigned int i = 0; i < PIECES; i++) {
		const struct p2p_config *config = &sides[i].raw->config;
		uint32_t value, found;

		for (unsigned int offset = 0; offset < 4096; offset += 4)
			if (is_reached(joined, config, offset) && p2p_config_read32(config, offset, &value))
				ck_assert_msg(p2p_config_read32(joined, offset, &found), "%x is lost", offset);
		for (unsigned int j = 0; j < config->capability_count; j++) {
			const struct p2p_capability *wanted = &config->capabilities[j], *there;

			ck_assert_int_eq(p2p_config_find(joined, wanted->id, wanted->extended, &there), P2P_PRESENT);
			ck_assert_uint_eq(there->offset, wanted->offset);
		}
	}
	for (unsigned int offset = 0; offset < 4096; offset++) {
		uint8_t value;

		if (p2p_config_read8(joined, offset, &value))
			ck_assert_msg(value == space->bytes[offset], "%x is %x", offset, value);
	}
}

static struct space full_space(void)
{
	struct space space = make_space(0x10b5, 0x8796, 0x060400, 1, P2P_PORT_DOWNSTREAM);

	put32(&space, 0x18, 0x040302);
	put32(&space, 0x20, 0xfbf0fb00);
	put32(&space, 0x24, 0xfff10001);
	space.bytes[0x41] = 0xa0;
	put32(&space, 0xa0, 0x0003b401);
	put32(&space, 0xb4, 0x0000000d);
	put32(&space, 0xb8, 0x12345678);
	add_extended(&space, 0, 0x100, 0x0001);
	add_extended(&space, 0x100, 0x180, 0x000d);
	put32(&space, 0x184, 0x001d001f);
	add_extended(&space, 0x180, 0x140, 0x001d);
	put32(&space, 0x144, 0x00010000);
	return space;
}

/* Registers, or what a text says of them, with holes that are others in each piece. */
START_TEST(pieces_fill_holes)
{
	struct p2p_snapshot *all = make_snapshot(P2P_SOURCE_SEVERAL), *pieces[PIECES];
	struct space space = full_space();
	struct p2p_side sides[PIECES];
	const struct p2p_conflict *conflicts;
	const struct p2p_capability *acs;
	struct p2p_config joined;

	state = (uint64_t)_i;
	for (unsigned int i = 0; i < PIECES; i++) {
		struct p2p_raw *raw;

		pieces[i] = make_snapshot(P2P_SOURCE_DUMP);
		raw = make_piece(pieces[i], &space, 2 + (unsigned int)_i % 20);
		raw->config.from_text = _i & 1;
		sides[i] = (struct p2p_side){ raw, "piece" };
	}
	p2p_join_config(all, sides, PIECES, &joined);
	check_joined(&joined, &space, sides);
	ck_assert_int_ne(p2p_config_find(&joined, 0x0d, true, &acs), P2P_ABSENT);
	ck_assert_uint_eq(p2p_snapshot_conflicts(all, &conflicts), 0);
	for (unsigned int i = 0; i < PIECES; i++)
		p2p_snapshot_free(pieces[i]);
	p2p_snapshot_free(all);
}
END_TEST

/* Lines of a text; those that begin with two tabs, and these, may be missing without saying that anything is absent. */
static const char *const lines[] = {
	"00:01.0 PCI bridge [0604]: Intel [8086:2030] (rev 02) (prog-if 00 [Normal decode])\n",
	"\tControl: I/O- Mem+ BusMaster+\n", "\tStatus: Cap+ 66MHz-\n", "\tNUMA node: 1\n", "\tIOMMU group: 7\n",
	"\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0\n",
	"\tCapabilities: [40] Express (v2) Root Port (Slot-), MSI 00\n",
	"\t\tDevCap:\tMaxPayload 512 bytes, PhantFunc 0\n",
	"\t\tLnkCap:\tPort #1, Speed 16GT/s, Width x16, ASPM not supported\n",
	"\tCapabilities: [100 v1] Access Control Services\n",
	"\t\tACSCap:\tSrcValid+ TransBlk+ ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-\n",
	"\t\tACSCtl:\tSrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-\n",
	"\tKernel driver in use: pcieport\n", "\n",
	"01:00.0 Non-Volatile memory controller [0108]: Samsung [144d:a80a]\n",
	"\tControl: I/O- Mem+ BusMaster+\n", "\tStatus: Cap+ 66MHz-\n", "\tNUMA node: 1\n", "\tIOMMU group: 9\n",
	"\tCapabilities: [40] Express (v2) Endpoint, MSI 00\n",
	"\t\tLnkSta:\tSpeed 8GT/s (downgraded), Width x4\n",
	"\tCapabilities: [150 v1] Address Translation Service (ATS)\n",
	"\t\tATSCap:\tInvalidate Queue Depth: 00\n", "\t\tATSCtl:\tEnable+, Smallest Translation Unit: 00\n",
	"\tKernel driver in use: nvme\n", "\n",
};

static bool may_miss(const char *line)
{
	static const char *const starts[] = { "\t\t", "\tBus:", "\tNUMA", "\tIOMMU", "\tKernel" };

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (!strncmp(line, starts[i], strlen(starts[i])))
			return true;
	return false;
}

static void put_lines(const char *name)
{
	char text[4096] = "";

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!may_miss(lines[i]) || roll(2))
			strcat(text, lines[i]);
	put_text(directory, name, text);
}

static struct p2p_topology *load_texts(const char *first, const char *second, struct p2p_snapshot **ret_snapshot)
{
	char one[PATH_MAX], other[PATH_MAX];
	const char *paths[] = { one, other };
	const struct p2p_conflict *conflicts;
	struct p2p_topology *topology;

	snprintf(one, sizeof(one), "%s/%s", directory, first);
	snprintf(other, sizeof(other), "%s/%s", directory, second);
	ck_assert_int_eq(p2p_snapshot_load_all(context, paths, 2, P2P_WANT_NAMES, ret_snapshot), 0);
	ck_assert_uint_eq(p2p_snapshot_conflicts(*ret_snapshot, &conflicts), 0);
	ck_assert_int_eq(p2p_topology_new(context, *ret_snapshot, NULL, &topology), 0);
	return topology;
}

/* Where a bus is not known, a function below it is an orphan, and what follows of that is no fact of its own. */
static bool follows(const char *key)
{
	static const char *const keys[] = { "depth", "host_bridge", "orphan" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

/* Every fact that @piece knows @joined knows. */
static void knows_all(const struct p2p_topology *joined, const struct p2p_topology *piece)
{
	static const char *const functions[] = { "00:01.0", "01:00.0" };

	for (size_t i = 0; i < 2 * p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i / 2];
		struct p2p_value one = P2P_VALUE_INIT, other = P2P_VALUE_INIT;
		char left[256], right[256];

		if (!row->kind->type || follows(row->key))
			continue;
		p2p_fact_get(row, get(piece, functions[i % 2]), &one);
		p2p_fact_get(row, get(joined, functions[i % 2]), &other);
		format_value(&one, left, sizeof(left));
		format_value(&other, right, sizeof(right));
		ck_assert_msg(one.fact == P2P_DENIED || !strcmp(left, right), "%s %s: %s, and not %s", functions[i % 2],
			      row->key, right, left);
	}
}

/* Two texts of one machine, each of which lacks other lines: in whichever order, all that any says is known. */
START_TEST(texts_add_up)
{
	struct p2p_topology *topologies[4];
	struct p2p_snapshot *snapshots[4];

	state = (uint64_t)_i;
	put_lines("a");
	put_lines("b");
	for (unsigned int i = 0; i < 4; i++)
		topologies[i] = load_texts(i & 1 ? "a" : "b", i & 2 ? "a" : "b", &snapshots[i]);
	for (unsigned int i = 0; i < 4; i++) {
		knows_all(topologies[1], topologies[i]);
		knows_all(topologies[2], topologies[i]);
	}
	ck_assert(get(topologies[1], "01:00.0")->orphan == get(topologies[2], "01:00.0")->orphan);
	ck_assert(!get(topologies[1], "01:00.0")->orphan ||
		  (get(topologies[0], "01:00.0")->orphan && get(topologies[3], "01:00.0")->orphan));
	for (unsigned int i = 0; i < 4; i++) {
		p2p_topology_free(topologies[i]);
		p2p_snapshot_free(snapshots[i]);
	}
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
	tcase_add_loop_test(tcase, texts_add_up, 0, 200 / every());
	tcase_add_loop_test(tcase, pieces_fill_holes, 0, 400 / every());
	tcase_add_test(tcase, two_machines);
	tcase_add_test(tcase, registers_beat_text);
	tcase_add_loop_test(tcase, machines_that_contradict, 0, sizeof(machines) / sizeof(machines[0]));
	tcase_add_test(tcase, documents_stand_alone);
	tcase_add_loop_test(tcase, names_what_contradicts, 0, sizeof(texts) / sizeof(texts[0]));
}

int main(void)
{
	return run_cases("join", add_cases);
}

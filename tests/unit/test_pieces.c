/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces of one function that lack this and that: whatever one of them knows, the joined one knows. */
#include "every.h"
#include "files.h"
#include "make.h"
#include "pasted.h"
#include "roll.h"
#include "snapshot/join/join.h"

#define PIECES	3

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

/* lspci -F prints the ids of a virtual function as its registers have them, which say nothing. */
START_TEST(no_vendor_is_no_other_vendor)
{
	static const char *const ids[] = { "[15b3:101e]", "[ffff:ffff]", "[0000:0000]" };
	struct p2p_snapshot *snapshot;
	struct p2p_topology *topology;
	char text[128];

	for (unsigned int i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), "01:10.0 Infiniband controller [0207]: A Device %s\n\n", ids[i ? _i : 0]);
		put_text(directory, i ? "b" : "a", text);
	}
	topology = load_texts("a", "b", &snapshot);
	ck_assert_int_eq(get(topology, "01:10.0")->ids, P2P_PRESENT);
	ck_assert_uint_eq(get(topology, "01:10.0")->vendor, 0x15b3);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
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

static void add_cases(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, pieces_fill_holes, 0, 400 / every());
	tcase_add_loop_test(tcase, no_vendor_is_no_other_vendor, 1, 3);
	tcase_add_loop_test(tcase, texts_add_up, 0, 200 / every());
}

int main(void)
{
	return run_cases("pieces", add_cases);
}

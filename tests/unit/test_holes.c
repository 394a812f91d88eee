/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Config space with a hole: whichever of its dwords was not read, each fact is what it is with all of
 * them, or not known.  A capture, a text and a saved file may have them anywhere.
 */
#include "make.h"

#define SRIOV	0x140u
#define ACS	0x180u
#define REBAR	0x1a0u
#define DPC	0x1c0u
#define DVSEC	0x200u
#define SERIAL	0x240u
#define ATS	0x260u

#define FUNCTIONS 4

static const char *const names[FUNCTIONS] = { "0000:00:01.0", "0000:00:02.0", "0000:01:00.0", "0000:00:03.0" };

/* A root port with a slot, windows and all that ports have. */
static struct space root_port(void)
{
	struct space space = make_space(0x8086, 0x347a, 0x060400, 1, P2P_PORT_ROOT);

	put16(&space, 0x04, 0x0006);
	put32(&space, 0x18, 0x00010100);
	put16(&space, 0x20, 0xfb00);
	put16(&space, 0x22, 0xfbf0);
	put16(&space, 0x24, 0x0001);
	put16(&space, 0x26, 0xfff1);
	put32(&space, 0x28, 0x3800);
	put32(&space, 0x2c, 0x3807);
	put16(&space, 0x42, 2 | P2P_PORT_ROOT << 4 | 0x100);
	put32(&space, 0x4c, 5 | 16 << 4 | 0x100000);
	put16(&space, 0x52, 0x2000 | 5 | 16 << 4);
	put32(&space, 0x54, 0x40 | 0x7u << 19);
	add_extended(&space, 0, 0x100, 0x0001);
	add_extended(&space, 0x100, ACS, 0x000d);
	put16(&space, ACS + 4, 0x1f);
	put16(&space, ACS + 6, 0x1d);
	add_extended(&space, ACS, DPC, 0x001d);
	put16(&space, DPC + 6, 1);
	put16(&space, DPC + 8, 1);
	return space;
}

/* A GPU with wide BARs, one of them resizable, virtual functions, and a clique of QEMU's. */
static struct space gpu(void)
{
	struct space space = make_space(0x10de, 0x2330, 0x030200, 0, P2P_PORT_ENDPOINT);

	put16(&space, 0x04, 0x0006);
	put32(&space, 0x10, 0x0000000c);
	put32(&space, 0x14, 0x00003800);
	put32(&space, 0x18, 0xfb000000);
	put32(&space, 0x1c, 0x0000e001);
	put32(&space, 0x4c, 5 | 16 << 4);
	put16(&space, 0x52, 5 | 16 << 4);
	space.bytes[0x41] = 0xa0;
	put32(&space, 0xa0, 0x50080009);
	put32(&space, 0xa4, 0x00185032);
	add_extended(&space, 0, 0x100, 0x0001);
	add_extended(&space, 0x100, SRIOV, 0x0010);
	put16(&space, SRIOV + 8, 1);
	put16(&space, SRIOV + 0x0e, 16);
	put16(&space, SRIOV + 0x10, 4);
	put16(&space, SRIOV + 0x14, 0x80);
	put16(&space, SRIOV + 0x16, 1);
	add_extended(&space, SRIOV, REBAR, 0x0015);
	put32(&space, REBAR + 4, 0x7f << 4);
	put32(&space, REBAR + 8, 1 << 5 | 3 << 8);
	add_extended(&space, REBAR, DVSEC, 0x0023);
	put32(&space, DVSEC + 4, 0x1e98);
	put32(&space, DVSEC + 8, 0x001e0000);
	put32(&space, DVSEC + 0xc, 4);
	add_extended(&space, DVSEC, SERIAL, 0x0003);
	put32(&space, SERIAL + 4, 0x12345678);
	put32(&space, SERIAL + 8, 0x9abcdef0);
	add_extended(&space, SERIAL, ATS, 0x000f);
	put16(&space, ATS + 6, 0x8000);
	return space;
}

/* A bridge of CardBus, whose list of capabilities lies elsewhere. */
static struct space cardbus(void)
{
	struct space space = make_space(0x104c, 0xac56, 0x060700, 2, P2P_PORT_ENDPOINT);

	put32(&space, 0x18, 0x00050500);
	space.bytes[0x34] = 0;
	space.bytes[0x14] = 0xa0;
	put32(&space, 0xa0, 0x00020001);
	memset(space.bytes + 0x40, 0, 4);
	space.size = 256;
	return space;
}

static struct space spaces[FUNCTIONS];

static void set_up(void)
{
	spaces[0] = root_port();
	spaces[1] = cardbus();
	spaces[2] = gpu();
	spaces[3] = make_space(0x15b3, 0x1021, 0x020000, 0, P2P_PORT_RC_ENDPOINT);
}

/* @hole: the dword of function @at that was not read; with FUNCTIONS none */
static struct p2p_topology *build(struct p2p_snapshot *snapshot, unsigned int at, unsigned int hole)
{
	for (unsigned int i = 0; i < FUNCTIONS; i++) {
		uint32_t known[32];
		struct p2p_config_source source = {
			.size = spaces[i].size, .fetch = fetch_space, .data = &spaces[i], .all = true, .known = known,
			.virtual_function = P2P_NO,
		};
		struct p2p_raw *raw = make_function(snapshot, names[i], NULL, NULL);

		memset(known, 0xff, sizeof(known));
		if (i == at)
			known[hole / 32] &= ~(1u << hole % 32);
		ck_assert_int_eq(p2p_config_load(&snapshot->arena, &source, &raw->config), 0);
	}
	make_attr(&snapshot->raws[2], P2P_ATTR_RESOURCE,
		  "0x0000380000000000 0x000038007fffffff 0x000000000014220c\n");
	return make_topology(snapshot);
}

/* What only says that something is not known, what is made of it, and what an orphan says of itself. */
static bool is_aside(const char *key)
{
	static const char *const keys[] = {
		"depth", "host_bridge", "parent", "kind", "windows", "class", "name", "orphan", "silent", "config_bytes",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

static void compare(struct p2p_fact_rows rows, const void *full, const void *holed, const char *who, unsigned int hole)
{
	for (size_t i = 0; i < rows.count; i++) {
		const struct p2p_fact_row *row = &rows.rows[i];
		struct p2p_value one = P2P_VALUE_INIT, other = P2P_VALUE_INIT;

		p2p_fact_get(row, full, &one);
		p2p_fact_get(row, holed, &other);
		if (other.fact == P2P_DENIED || is_aside(row->key))
			continue;
		ck_assert_msg(one.fact == other.fact && one.number == other.number &&
			      !(one.type == P2P_TYPE_TEXT && one.fact == P2P_PRESENT && strcmp(one.text, other.text) != 0),
			      "%s without the dword at %x: %s is %d %lld, and not %d %lld", who, hole * 4, row->key,
			      other.fact, (long long)other.number, one.fact, (long long)one.number);
	}
}

START_TEST(nothing_else_is_known)
{
	struct p2p_snapshot *whole = make_snapshot(P2P_SOURCE_DUMP);
	struct p2p_topology *full = build(whole, FUNCTIONS, 0);
	unsigned int at = (unsigned int)_i;

	for (unsigned int hole = 0; hole < spaces[at].size / 4; hole++) {
		struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_DUMP);
		struct p2p_topology *holed = build(snapshot, at, hole);

		for (size_t i = 0; i < FUNCTIONS; i++) {
			const struct p2p_function *one = get(full, names[i]), *other = get(holed, names[i]);

			compare(p2p_function_rows, one, other, names[i], hole);
			for (size_t j = 0; j < P2P_BARS; j++)
				compare(p2p_bar_rows, &one->bar[j], &other->bar[j], names[i], hole);
			for (size_t j = 0; j < P2P_WINDOWS && other->header == P2P_PRESENT; j++)
				compare(p2p_window_rows, &one->window[j], &other->window[j], names[i], hole);
			ck_assert(other->orphan || one->parent == NULL ||
				  (other->parent && !p2p_bdf_compare(one->parent->bdf, other->parent->bdf)));
		}
		p2p_topology_free(holed);
		p2p_snapshot_free(snapshot);
	}
	p2p_topology_free(full);
	p2p_snapshot_free(whole);
}
END_TEST

/* Link Capabilities of the GPU: a speed that is reserved is of a link all the same. */
static const struct { uint32_t capabilities; enum p2p_fact link; } links[] = {
	{ 6 | 16 << 4, P2P_PRESENT }, { 7 | 16 << 4, P2P_DENIED }, { 0 | 16 << 4, P2P_DENIED }, { 5 | 0 << 4, P2P_ABSENT },
};

START_TEST(reserved_is_not_absent)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_DUMP);
	struct p2p_topology *topology;

	put32(&spaces[2], 0x4c, links[_i].capabilities);
	topology = build(snapshot, FUNCTIONS, 0);
	ck_assert_int_eq(get(topology, names[2])->pcie.link, links[_i].link);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, nothing_else_is_known, 0, FUNCTIONS);
	tcase_add_loop_test(tcase, reserved_is_not_absent, 0, sizeof(links) / sizeof(links[0]));
}

int main(void)
{
	return run_cases("holes", add_cases);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BARs, offsets of host bridges, windows and what is free in them, pools. */
#include "make.h"

#define HOST "devices/pci0000:00/"
#define MIB ((uint64_t)1 << 20)

/* Seven lines every function has: six BARs and the ROM. */
static const char gpu[] =
	"0x00000000a0000000 0x00000000a0ffffff 0x0000000000040200\n"
	"0x0000382000000000 0x0000383fffffffff 0x000000000014220c\n"
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
	"0x0000000000000000 0x0000000000ffffff 0x0000000020040200\n"
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
	"0x0000000000003000 0x000000000000307f 0x0000000000040101\n"
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n";

static struct space gpu_space(void)
{
	struct space space = make_space(0x10de, 0x2330, 0x030200, 0, P2P_PORT_ENDPOINT);

	put16(&space, 0x04, 0x0007);
	put32(&space, 0x10, 0xa0000000);
	put32(&space, 0x14, 0x0000000c);
	put32(&space, 0x18, 0x00003820);
	put32(&space, 0x24, 0x00003001);
	return space;
}

START_TEST(from_resource)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space space = gpu_space();
	const struct p2p_function *function;
	struct p2p_topology *topology;

	make_attr(make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0", &space),
		  P2P_ATTR_RESOURCE, gpu);
	topology = make_topology(snapshot);
	function = get(topology, "0000:00:02.0");
	ck_assert_int_eq(function->bar[0].fact, P2P_PRESENT);
	ck_assert_int_eq(function->bar[0].kind, P2P_BAR_MEM32);
	ck_assert(!function->bar[0].prefetchable);
	ck_assert(function->bar[0].cpu == 0xa0000000 && function->bar[0].bus == 0xa0000000);
	ck_assert(function->bar[0].size_bytes == 16 * MIB);
	ck_assert_int_eq(function->bar[1].kind, P2P_BAR_MEM64);
	ck_assert(function->bar[1].prefetchable);
	ck_assert(function->bar[1].cpu == 0x382000000000);
	ck_assert(function->bar[1].bus == 0x382000000000);
	ck_assert(function->bar[1].size_bytes == (uint64_t)128 << 30);
	ck_assert_int_eq(function->bar[2].fact, P2P_PRESENT);
	ck_assert_int_eq(function->bar[2].kind, P2P_BAR_UNUSED);
	/* A BAR the kernel found no room for. */
	ck_assert_int_eq(function->bar[3].kind, P2P_BAR_MEM32);
	ck_assert(function->bar[3].cpu == 0 && function->bar[3].size_bytes == 0);
	ck_assert_int_eq(function->bar[5].kind, P2P_BAR_IO);
	ck_assert(function->bar[5].bus == 0x3000 && function->bar[5].size_bytes == 128);
	ck_assert_int_eq(function->host->offset_fact, P2P_PRESENT);
	ck_assert_int_eq(function->host->offset, 0);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(from_registers)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_DUMP);
	struct space space = gpu_space();
	const struct p2p_function *function;
	struct p2p_topology *topology;

	make_function(snapshot, "0000:00:02.0", NULL, &space);
	topology = make_topology(snapshot);
	function = get(topology, "0000:00:02.0");
	ck_assert_int_eq(function->bar[1].fact, P2P_DENIED);
	ck_assert_int_eq(function->bar[1].kind, P2P_BAR_MEM64);
	ck_assert(function->bar[1].prefetchable && function->bar[1].size_bytes == 0);
	ck_assert_int_eq(function->bar[1].bus_fact, P2P_PRESENT);
	ck_assert(function->bar[1].bus == 0x382000000000);
	ck_assert_int_eq(function->bar[2].kind, P2P_BAR_UNUSED);
	ck_assert_int_eq(function->bar[5].kind, P2P_BAR_IO);
	ck_assert_int_eq(function->host->offset_fact, P2P_DENIED);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* CPU 0xa0000000 is bus 0x20000000 here. */
START_TEST(offset)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space first = gpu_space(), second = gpu_space();
	struct p2p_topology *topology;
	const struct p2p_host_bridge *host;

	put32(&first, 0x10, 0x20000000);
	put32(&second, 0x10, 0x20000000);
	if (_i == 1)
		put32(&second, 0x10, 0x30000000);	/* disagrees */
	if (_i == 2)
		put32(&second, 0x10, 0);		/* says nothing: decoding is off */
	if (_i == 2)
		put16(&second, 0x04, 0);
	make_attr(make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0", &first),
		  P2P_ATTR_RESOURCE, gpu);
	make_attr(make_function(snapshot, "0000:00:03.0", HOST "0000:00:03.0", &second),
		  P2P_ATTR_RESOURCE, gpu);
	topology = make_topology(snapshot);
	host = p2p_topology_host_bridge(topology, 0);
	ck_assert_int_eq(host->offset_fact, _i == 1 ? P2P_DENIED : P2P_PRESENT);
	if (_i != 1) {
		ck_assert_int_eq(host->offset, -(int64_t)0x80000000);
		ck_assert_ptr_nonnull(get_note(topology, "CPU addresses - 0x80000000"));
	}
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

#define NONE "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
#define SIX NONE NONE NONE NONE NONE NONE
#define IO_WINDOW "0x0000000000003000 0x0000000000003fff 0x0000000000000101\n"
#define WINDOW "0x00000000a0000000 0x00000000a0ffffff 0x0000000000000200\n"
#define PREFETCHABLE "0x0000380000000000 0x0000380fffffffff 0x0000000000102201\n"

/* The same windows from a kernel with SR-IOV, one without, and one window closed. */
static const struct { const char *lines; bool prefetchable; } bridges[] = {
	{ SIX NONE SIX IO_WINDOW WINDOW PREFETCHABLE NONE, true },
	{ SIX NONE IO_WINDOW WINDOW PREFETCHABLE NONE, true },
	{ SIX NONE IO_WINDOW WINDOW NONE NONE, false },
};

/* 1 MiB at 1 MiB, 2 MiB at 4 MiB with another BAR inside, a ROM that overlaps its end by half. */
static const char below[] =
	"0x00000000a0100000 0x00000000a01fffff 0x0000000000040200\n"
	"0x00000000a0400000 0x00000000a05fffff 0x0000000000040200\n"
	"0x00000000a0410000 0x00000000a041ffff 0x0000000000040200\n"
	NONE NONE NONE
	"0x00000000a0580000 0x00000000a067ffff 0x0000000000046200\n";

START_TEST(windows)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space bridge = make_space(0x8086, 0x2030, 0x060400, 1, P2P_PORT_ROOT);
	struct space end = gpu_space();
	const struct p2p_window *window;
	struct p2p_topology *topology;

	make_attr(make_function(snapshot, "0000:00:01.0", HOST "0000:00:01.0", &bridge),
		  P2P_ATTR_RESOURCE, bridges[_i].lines);
	make_attr(make_function(snapshot, "0000:01:00.0", HOST "0000:00:01.0/0000:01:00.0",
				&end), P2P_ATTR_RESOURCE, below);
	topology = make_topology(snapshot);
	window = get(topology, "0000:00:01.0")->window;
	ck_assert(window[0].fact == P2P_PRESENT && window[0].free_fact == P2P_PRESENT);
	ck_assert(window[0].first == 0xa0000000 && window[0].last == 0xa0ffffff);
	ck_assert(window[0].free_bytes == 16 * MIB - MIB - 2 * MIB - MIB / 2);
	ck_assert(window[0].largest_free_bytes == 0xa1000000u - 0xa0680000u);
	ck_assert_int_eq(window[1].fact, P2P_PRESENT);
	ck_assert_int_eq(window[1].first <= window[1].last, bridges[_i].prefetchable);
	if (bridges[_i].prefetchable)
		ck_assert(window[1].free_bytes == (uint64_t)64 << 30 &&
			  window[1].largest_free_bytes == (uint64_t)64 << 30);
	ck_assert_int_eq(get(topology, "0000:01:00.0")->window[0].fact, P2P_ABSENT);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* A CardBus bridge has two windows for I/O before its two for memory. */
START_TEST(cardbus_windows)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space bridge = make_space(0x1180, 0x0476, 0x060700, 2, 0);
	const struct p2p_window *window;
	struct p2p_topology *topology;

	put16(&bridge, 0x06, 0);
	bridge.size = 256;
	make_attr(make_function(snapshot, "0000:00:01.0", HOST "0000:00:01.0", &bridge),
		  P2P_ATTR_RESOURCE, SIX NONE IO_WINDOW IO_WINDOW WINDOW NONE);
	topology = make_topology(snapshot);
	window = get(topology, "0000:00:01.0")->window;
	ck_assert(window[0].first == 0xa0000000 && window[0].last == 0xa0ffffff);
	ck_assert(window[0].free_bytes == 16 * MIB);
	ck_assert(window[1].fact == P2P_PRESENT && window[1].first > window[1].last);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* What a child without `resource` takes is not known, so neither is what is free. */
START_TEST(headroom_unknown)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space bridge = make_space(0x8086, 0x2030, 0x060400, 1, P2P_PORT_ROOT);
	const struct p2p_window *window;
	struct p2p_topology *topology;

	make_attr(make_function(snapshot, "0000:00:01.0", HOST "0000:00:01.0", &bridge),
		  P2P_ATTR_RESOURCE, bridges[0].lines);
	make_function(snapshot, "0000:01:00.0", HOST "0000:00:01.0/0000:01:00.0", NULL);
	topology = make_topology(snapshot);
	window = get(topology, "0000:00:01.0")->window;
	ck_assert(window[0].fact == P2P_PRESENT && window[0].free_fact == P2P_DENIED);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* The window registers hold bus addresses: of use where the offset is known from elsewhere. */
START_TEST(window_registers)
{
	struct p2p_snapshot *snapshot = make_snapshot(_i ? P2P_SOURCE_TREE : P2P_SOURCE_DUMP);
	struct space bridge = make_space(0x8086, 0x2030, 0x060400, 1, P2P_PORT_ROOT);
	struct space end = gpu_space();
	const struct p2p_window *window;
	struct p2p_topology *topology;
	struct p2p_raw *raw;

	put16(&bridge, 0x20, 0x2000);
	put16(&bridge, 0x22, 0x20f0);
	put16(&bridge, 0x24, 0x0001);
	put16(&bridge, 0x26, 0xfff1);
	put32(&bridge, 0x28, 0x100);
	put32(&bridge, 0x2c, 0x101);
	put32(&end, 0x10, 0x20000000);
	make_function(snapshot, "0000:00:01.0", _i ? HOST "0000:00:01.0" : NULL, &bridge);
	raw = make_function(snapshot, "0000:00:02.0", _i ? HOST "0000:00:02.0" : NULL, &end);
	if (_i)
		make_attr(raw, P2P_ATTR_RESOURCE, gpu);
	topology = make_topology(snapshot);
	window = get(topology, "0000:00:01.0")->window;
	ck_assert_int_eq(window[0].fact, _i ? P2P_PRESENT : P2P_DENIED);
	if (_i) {
		ck_assert(window[0].first == 0xa0000000 && window[0].last == 0xa0ffffff);
		ck_assert(window[1].first == 0x10080000000 && window[1].last == 0x1027fffffff);
	}
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(hostile_resource)
{
	static const char *const texts[] = {
		"", "\n", "x", "0x1", "0x1 0x2", "0x1 0x2 zz\n", "\n\n\n\n",
		"0xffffffffffffffff 0x0 0x200\n", "0x0 0xffffffffffffffff 0x200\n",
		SIX NONE SIX IO_WINDOW "0x0 0xffffffffffffffff 0x200\n" PREFETCHABLE NONE NONE SIX,
	};
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space bridge = make_space(0x8086, 0x2030, 0x060400, 1, P2P_PORT_ROOT);
	struct p2p_topology *topology;

	make_attr(make_function(snapshot, "0000:00:01.0", HOST "0000:00:01.0", &bridge),
		  P2P_ATTR_RESOURCE, texts[_i]);
	make_attr(make_function(snapshot, "0000:01:00.0", HOST "0000:00:01.0/0000:01:00.0",
				&bridge), P2P_ATTR_RESOURCE, texts[_i]);
	topology = make_topology(snapshot);
	ck_assert_uint_eq(p2p_topology_count(topology), 2);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(pool)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_LIVE);
	struct space space = gpu_space();
	struct p2p_raw *raw = make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0",
					    &space);
	const struct p2p_pool *decoded;
	struct p2p_topology *topology;

	make_attr(raw, P2P_ATTR_P2PMEM_SIZE, "67108864\n");
	make_attr(raw, P2P_ATTR_P2PMEM_AVAILABLE, "67104768\n");
	make_attr(raw, P2P_ATTR_P2PMEM_PUBLISHED, "1\n");
	raw = make_function(snapshot, "0000:00:03.0", HOST "0000:00:03.0", &space);
	raw->attr[P2P_ATTR_P2PMEM_SIZE].fact = P2P_ABSENT;
	raw = make_function(snapshot, "0000:00:04.0", HOST "0000:00:04.0", &space);
	make_attr(raw, P2P_ATTR_P2PMEM_SIZE, "67108864\n");
	space.bytes[0x0e] = 0x7e;
	make_function(snapshot, "0000:00:05.0", HOST "0000:00:05.0", &space);
	topology = make_topology(snapshot);
	decoded = &get(topology, "0000:00:02.0")->pool;
	ck_assert_int_eq(decoded->fact, P2P_PRESENT);
	ck_assert(decoded->size_bytes == 64 * MIB);
	ck_assert(decoded->available_bytes == 64 * MIB - 4096);
	ck_assert(decoded->published);
	ck_assert_int_eq(get(topology, "0000:00:03.0")->pool.fact, P2P_ABSENT);
	/* Half of what is said of one is not enough; a header of an unknown type has no BARs. */
	ck_assert_int_eq(get(topology, "0000:00:04.0")->pool.fact, P2P_DENIED);
	ck_assert_int_eq(get(topology, "0000:00:05.0")->bar[0].bus_fact, P2P_ABSENT);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_test(tcase, from_resource);
	tcase_add_test(tcase, from_registers);
	tcase_add_loop_test(tcase, offset, 0, 3);
	tcase_add_loop_test(tcase, windows, 0, 3);
	tcase_add_test(tcase, cardbus_windows);
	tcase_add_test(tcase, headroom_unknown);
	tcase_add_loop_test(tcase, window_registers, 0, 2);
	tcase_add_loop_test(tcase, hostile_resource, 0, 10);
	tcase_add_test(tcase, pool);
}

int main(void)
{
	return run_cases("bars", add_cases);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration space byte by byte: what its length proves, and chains of every shape. */

#include "base/pci-regs.h"
#include "make.h"

/* Config space that counts how it is read, and refuses from @limit on. */
struct device {
	struct space space;
	unsigned int limit, accesses, bytes;
};

static bool fetch(void *data, unsigned int offset, unsigned int length, uint8_t *ret_bytes)
{
	struct device *device = data;

	ck_assert_uint_eq(offset % 4, 0);
	ck_assert_uint_le(offset + length, 4096);
	device->accesses++;
	device->bytes += length;
	if (offset + length > device->limit)
		return false;
	memcpy(ret_bytes, device->space.bytes + offset, length);
	return true;
}

static struct p2p_arena arena;

static void drop_arena(void)
{
	p2p_arena_free(&arena);
}

static struct p2p_config read_as(struct device *device, enum p2p_tri virtual_function, bool all)
{
	struct p2p_config_source source = {
		.size = device->space.size, .fetch = fetch, .data = device, .all = all,
		.kernel_size = device->space.kernel_size, .virtual_function = virtual_function,
	};
	struct p2p_config config;

	if (!device->limit)
		device->limit = device->space.size;
	ck_assert_int_eq(p2p_config_load(&arena, &source, &config), 0);
	return config;
}

static struct p2p_config read_space(struct space space)
{
	struct device device = { .space = space };

	return read_as(&device, P2P_NO, false);
}

static struct space express(void)
{
	return make_space(0x8086, 0x1234, 0x060400, 1, 4);
}

static struct space conventional(void)
{
	struct space space = express();

	put16(&space, 0x40, 0x0001);
	return space;
}

/* What each length proves of both chains. */
static const struct length_case {
	unsigned int size;
	bool express, kernel_size;
	unsigned int kept;
	enum p2p_fact standard, extended;
	bool kernel_limited;
} lengths[] = {
	{ 0,	true,  true,  0,    P2P_DENIED,  P2P_DENIED,  false },
	{ 63,	true,  true,  0,    P2P_DENIED,  P2P_DENIED,  false },
	{ 64,	true,  true,  64,   P2P_DENIED,  P2P_DENIED,  false },
	{ 64,	false, true,  64,   P2P_DENIED,  P2P_DENIED,  false },
	{ 128,	true,  true,  128,  P2P_DENIED,  P2P_DENIED,  false },
	{ 256,	true,  false, 256,  P2P_PRESENT, P2P_DENIED,  false },
	{ 256,	true,  true,  256,  P2P_PRESENT, P2P_ABSENT,  true },
	{ 256,	false, false, 256,  P2P_PRESENT, P2P_ABSENT,  false },
	{ 256,	false, true,  256,  P2P_PRESENT, P2P_ABSENT,  false },
	{ 4095, true,  false, 256,  P2P_PRESENT, P2P_DENIED,  false },
	{ 4096, true,  false, 4096, P2P_PRESENT, P2P_PRESENT, false },
	{ 4096, false, true,  4096, P2P_PRESENT, P2P_PRESENT, false },
};

START_TEST(length_proves)
{
	const struct length_case *row = &lengths[_i];
	struct space space = row->express ? express() : conventional();
	const struct p2p_capability *capability;
	struct p2p_config config;

	space.size = row->size;
	space.kernel_size = row->kernel_size;
	config = read_space(space);
	ck_assert_uint_eq(config.size, row->kept);
	ck_assert_int_eq(config.standard, row->standard);
	ck_assert_int_eq(config.extended, row->extended);
	ck_assert_int_eq(config.kernel_limited, row->kernel_limited);
	ck_assert_int_eq(p2p_config_find(&config, PCI_EXT_CAP_ID_ACS, true, &capability),
			 row->extended == P2P_PRESENT ? P2P_ABSENT : row->extended);
}
END_TEST

/* 64 bytes prove nothing even when Status says that there is no capability list. */
START_TEST(header_proves_nothing)
{
	struct space space = express();
	const struct p2p_capability *capability;
	struct p2p_config config;

	put16(&space, PCI_STATUS, 0);
	space.size = 64;
	config = read_space(space);
	ck_assert_int_eq(p2p_config_find(&config, PCI_CAP_ID_EXP, false, &capability), P2P_DENIED);
	space.size = 256;
	config = read_space(space);
	ck_assert_int_eq(p2p_config_find(&config, PCI_CAP_ID_EXP, false, &capability), P2P_ABSENT);
	ck_assert_int_eq(config.extended, P2P_ABSENT);
}
END_TEST

/* PCI-X at 266 MHz and more has extended space too; 256 bytes of it are not all. */
START_TEST(pcix_mode_2)
{
	struct space space = conventional();
	struct p2p_config config;

	put16(&space, 0x40, 0x0007);
	space.size = 256;
	config = read_space(space);
	ck_assert_int_eq(config.extended, P2P_ABSENT);
	put32(&space, 0x44, PCI_PCIX_STATUS_266MHZ);
	config = read_space(space);
	ck_assert_int_eq(config.extended, P2P_DENIED);
}
END_TEST

/* Standard chains: the words at the places given, starting where 0x34 points. */
static const struct chain_case {
	const char *name;
	unsigned int first;
	struct { unsigned int offset, value; } words[3];
	unsigned int broken, count;
	bool whole;
} chains[] = {
	{ "none", 0, { { 0 } }, 0, 0, true },
	{ "one", 0x40, { { 0x40, 0x0010 } }, 0, 1, true },
	{ "backwards", 0xc0, { { 0xc0, 0x8005 }, { 0x80, 0x4010 }, { 0x40, 0x0001 } }, 0, 3, true },
	{ "itself", 0x40, { { 0x40, 0x4010 } }, P2P_CHAIN_LOOP, 1, true },
	{ "loop", 0x40, { { 0x40, 0x5010 }, { 0x50, 0x4001 } },
	  P2P_CHAIN_LOOP, 2, true },
	{ "into the header", 0x40, { { 0x40, 0x2010 } }, P2P_CHAIN_OUTSIDE, 1, false },
	{ "starts in the header", 0x04, { { 0 } }, P2P_CHAIN_OUTSIDE, 0, false },
	{ "unaligned", 0x43, { { 0x40, 0x0010 } }, P2P_CHAIN_GARBAGE, 1, true },
	{ "all ones", 0x40, { { 0x40, 0xffff } }, P2P_CHAIN_GARBAGE, 0, false },
	{ "all ones after one", 0x40, { { 0x40, 0x8001 }, { 0x80, 0xffff } },
	  P2P_CHAIN_GARBAGE, 1, false },
	{ "overlap", 0x40, { { 0x40, 0x4410 }, { 0x44, 0x0001 } }, P2P_CHAIN_OVERLAP, 2, true },
	{ "at the very end", 0xfc, { { 0xfc, 0x0009 } }, 0, 1, true },
};

START_TEST(standard_chain)
{
	const struct chain_case *row = &chains[_i];
	const struct p2p_capability *capability;
	struct space space = express();
	struct p2p_config config;

	memset(space.bytes + 0x40, 0, 0xc0);
	space.bytes[0x34] = (uint8_t)row->first;
	for (int i = 0; i < 3; i++)
		if (row->words[i].offset)
			put16(&space, row->words[i].offset, row->words[i].value);
	config = read_space(space);
	ck_assert_msg(config.broken == row->broken, "%s: broken %x", row->name, config.broken);
	ck_assert_msg(config.capability_count == row->count, "%s: %u entries", row->name,
		      config.capability_count);
	ck_assert_msg(config.standard_whole == row->whole, "%s", row->name);
	ck_assert_int_eq(p2p_config_find(&config, PCI_CAP_ID_AF, false, &capability),
			 row->whole ? P2P_ABSENT : P2P_DENIED);
	for (unsigned int i = 0; i < row->count; i++)
		ck_assert_uint_eq(config.capabilities[i].offset, row->words[i].offset);
}
END_TEST

static const struct extended_case {
	const char *name;
	struct { unsigned int offset; uint32_t value; } words[3];
	unsigned int broken, count;
	bool whole;
} extended_chains[] = {
	{ "none", { { 0x100, 0 } }, 0, 0, true },
	{ "no function answers", { { 0x100, UINT32_MAX } }, P2P_CHAIN_GARBAGE, 0, false },
	{ "one", { { 0x100, 0x0001000d } }, 0, 1, true },
	{ "backwards", { { 0x100, 0x8001000d }, { 0x800, 0x20010001 }, { 0x200, 0x00010003 } },
	  0, 3, true },
	{ "itself", { { 0x100, 0x1001000d } }, P2P_CHAIN_LOOP, 1, true },
	{ "loop", { { 0x100, 0x2001000d }, { 0x200, 0x10010003 } }, P2P_CHAIN_LOOP, 2, true },
	{ "into standard space", { { 0x100, 0x0801000d } }, P2P_CHAIN_OUTSIDE, 1, false },
	{ "unaligned", { { 0x100, 0x2011000d }, { 0x200, 0x00010003 } }, P2P_CHAIN_GARBAGE, 2,
	  true },
	{ "all ones after one", { { 0x100, 0x2001000d }, { 0x200, UINT32_MAX } },
	  P2P_CHAIN_GARBAGE, 1, false },
	{ "overlap", { { 0x100, 0x1041000d }, { 0x104, 0x00010003 } }, P2P_CHAIN_OVERLAP, 2,
	  true },
	{ "at the very end", { { 0x100, 0xffc1000d }, { 0xffc, 0x00010003 } }, 0, 2, true },
};

START_TEST(extended_chain)
{
	const struct extended_case *row = &extended_chains[_i];
	const struct p2p_capability *capability;
	struct space space = express();
	struct p2p_config config;

	for (int i = 0; i < 3; i++)
		if (row->words[i].offset)
			put32(&space, row->words[i].offset, row->words[i].value);
	config = read_space(space);
	ck_assert_msg(config.broken == row->broken, "%s: broken %x", row->name, config.broken);
	ck_assert_msg(config.capability_count == row->count + 1, "%s: %u entries", row->name,
		      config.capability_count);
	ck_assert_msg(config.extended_whole == row->whole, "%s", row->name);
	ck_assert_int_eq(p2p_config_find(&config, PCI_EXT_CAP_ID_SRIOV, true, &capability),
			 row->whole ? P2P_ABSENT : P2P_DENIED);
}
END_TEST

/* All ones is no data: a function that is gone, and a VF, which answers but has no ids. */
START_TEST(all_ones)
{
	struct device device = { .space = express() };
	struct p2p_config config;

	memset(device.space.bytes, 0xff, sizeof(device.space.bytes));
	for (int i = P2P_UNKNOWN; i <= P2P_YES; i++) {
		config = read_as(&device, (enum p2p_tri)i, false);
		ck_assert_uint_eq(config.size, 0);
		ck_assert_int_eq(config.standard, P2P_DENIED);
	}
	device.space = express();
	put32(&device.space, 0, UINT32_MAX);
	ck_assert_uint_eq(read_as(&device, P2P_NO, false).size, 0);
	ck_assert_uint_eq(read_as(&device, P2P_UNKNOWN, false).size, 4096);
	ck_assert_uint_eq(read_as(&device, P2P_YES, false).size, 4096);
}
END_TEST

/* Without privilege the kernel gives 64 bytes of a file that it says has 4096. */
START_TEST(without_privilege)
{
	struct device device = { .space = express(), .limit = 64 };
	struct p2p_config config;
	uint32_t value = 1;

	device.space.kernel_size = true;
	for (int all = 0; all < 2; all++) {
		config = read_as(&device, P2P_NO, all);
		ck_assert_uint_eq(config.size, 64);
		ck_assert_int_eq(config.standard, P2P_DENIED);
		ck_assert_int_eq(config.extended, P2P_DENIED);
		ck_assert(!config.kernel_limited);
		ck_assert(p2p_config_read32(&config, 60, &value));
		value = 1;
		ck_assert(!p2p_config_read32(&config, 64, &value));
		ck_assert(!p2p_config_read32(&config, 62, &value));
		ck_assert_uint_eq(value, 1);
	}
}
END_TEST

/* A text shows registers behind others that it does not show: they are kept, and what lies between stays unknown. */
START_TEST(known_in_places)
{
	static const unsigned int sizes[] = { 64, 256, 4096 };
	struct device device = { .space = express(), .limit = 4096 };
	uint32_t known[32] = { 0xffff | 1u << 0x44 / 4, 1u << (0x90 - 0x80) / 4 }, value;
	struct p2p_config_source source = {
		.size = sizes[_i], .fetch = fetch, .data = &device, .all = true, .known = known,
		.virtual_function = P2P_UNKNOWN,
	};
	struct p2p_config config;

	known[4] = 1u << (0x204 - 0x200) / 4;
	put32(&device.space, 0x90, 0x12345678);
	put32(&device.space, 0x204, 0x87654321);
	ck_assert_int_eq(p2p_config_load(&arena, &source, &config), 0);
	ck_assert_uint_eq(config.size, sizes[_i]);
	ck_assert(!p2p_config_read32(&config, 0x40, &value));
	ck_assert_int_eq(p2p_config_read32(&config, 0x90, &value), sizes[_i] > 0x90);
	ck_assert(sizes[_i] < 0x90 || value == 0x12345678);
	ck_assert_int_eq(p2p_config_read32(&config, 0x204, &value), sizes[_i] > 0x204);
	ck_assert(sizes[_i] < 0x204 || value == 0x87654321);
}
END_TEST

/* A read that stops in the middle of the extended chain: what was not found may be there. */
START_TEST(fails_on_the_way)
{
	struct device device = { .space = express(), .limit = 0x200 };
	const struct p2p_capability *capability;
	struct p2p_config config;

	put32(&device.space, 0x100, 0x20010001);
	put32(&device.space, 0x200, 0x0001000d);
	config = read_as(&device, P2P_NO, false);
	ck_assert_int_eq(p2p_config_find(&config, PCI_EXT_CAP_ID_AER, true, &capability),
			 P2P_PRESENT);
	ck_assert_int_eq(p2p_config_find(&config, PCI_EXT_CAP_ID_ACS, true, &capability),
			 P2P_DENIED);
}
END_TEST

/* On a machine every read costs; what no decoder needs is not read, and says so. */
START_TEST(reads_little)
{
	struct device device = { .space = express() };
	struct p2p_config config;
	uint32_t value;

	put32(&device.space, 0x100, 0x2001000d);
	put32(&device.space, 0x104, 0x0020);		/* egress vector of 256 bits */
	put32(&device.space, 0x200, 0x00010015);	/* Resizable BAR, two of them */
	put32(&device.space, 0x208, 2 << 5);
	config = read_as(&device, P2P_NO, false);
	ck_assert_uint_le(device.accesses, 10);
	ck_assert_uint_le(device.bytes, 256);
	ck_assert(p2p_config_read32(&config, 0x124, &value));
	ck_assert(!p2p_config_read32(&config, 0x128, &value));
	ck_assert(p2p_config_read32(&config, 0x210, &value));
	ck_assert(!p2p_config_read32(&config, 0x214, &value));
	ck_assert(!p2p_config_read32(&config, 0x80, &value));
	ck_assert(!p2p_config_read32(&config, 0xffffffff, &value));

	device = (struct device){ .space = device.space };
	config = read_as(&device, P2P_NO, true);
	ck_assert_uint_eq(device.accesses, 1);
	for (unsigned int offset = 0; offset < 4096; offset += 4)
		ck_assert(p2p_config_read32(&config, offset, &value));
}
END_TEST

/* Whatever the bytes, the walk ends and stays inside. */
START_TEST(survives_noise)
{
	struct device device = { .space = express() };
	uint32_t state = (uint32_t)_i * 2654435761u + 1;

	for (unsigned int i = 4; i < 4096; i++) {
		state = state * 1664525 + 1013904223;
		device.space.bytes[i] = (uint8_t)(state >> 24);
	}
	put16(&device.space, PCI_STATUS, PCI_STATUS_CAP_LIST);
	for (unsigned int i = 0; i < 4096; i += 4 + (unsigned int)_i % 9 * 4)
		device.space.bytes[i + 1] &= 0xfc;
	struct p2p_config config = read_as(&device, P2P_NO, false);
	for (unsigned int i = 0; i < config.capability_count; i++) {
		ck_assert_uint_ge(config.capabilities[i].offset, 64);
		ck_assert_uint_lt(config.capabilities[i].offset, config.size);
	}
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

static void add_cases(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, NULL, drop_arena);
	tcase_add_loop_test(tcase, length_proves, 0, ROWS(lengths));
	tcase_add_test(tcase, header_proves_nothing);
	tcase_add_test(tcase, pcix_mode_2);
	tcase_add_loop_test(tcase, standard_chain, 0, ROWS(chains));
	tcase_add_loop_test(tcase, extended_chain, 0, ROWS(extended_chains));
	tcase_add_test(tcase, all_ones);
	tcase_add_test(tcase, without_privilege);
	tcase_add_loop_test(tcase, known_in_places, 0, 3);
	tcase_add_test(tcase, fails_on_the_way);
	tcase_add_test(tcase, reads_little);
	tcase_add_loop_test(tcase, survives_noise, 0, 200);
}

int main(void)
{
	return run_cases("config", add_cases);
}

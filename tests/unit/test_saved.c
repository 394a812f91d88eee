/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What root saved fills what could not be read, on this boot and these functions, and never else. */
#include <errno.h>
#include <time.h>

#include "files.h"
#include "make.h"

#define PORT	"devices/pci0000:00/0000:00:01.0"
#define SLOT	"devices/pci0000:00/0000:00:02.0"
#define CARD	"devices/pci0000:00/0000:00:01.0/0000:01:00.0"
#define BOOT	"0a1b2c3d-0000-4000-8000-00000000000a"
#define ACS	0x140
#define CONTROL	0x1d

static char *directory;
static char path[PATH_MAX];
static struct p2p_context *context;
static struct space port, card, slot;
static bool has_slot;		/* a second port, with nothing below it */

static void set_up(void)
{
	directory = make_directory();
	snprintf(path, sizeof(path), "%s/snapshot.tar.gz", directory);
	context = make_context();
	port = make_space(0x1b36, 0x000c, 0x060400, 1, 4);
	put32(&port, 0x18, 0x00010100);
	put32(&port, 0x4c, 0x00000105);		/* 32 GT/s x16 */
	put16(&port, 0x52, 0x2101);		/* 2.5 GT/s x16, active */
	add_extended(&port, 0, 0x100, 0x0001);
	add_extended(&port, 0x100, ACS, 0x000d);
	put16(&port, ACS + 4, 0x5f);
	put16(&port, ACS + 6, CONTROL);
	slot = port;
	put32(&slot, 0x18, 0x00020200);
	has_slot = false;
	card = make_space(0x1b36, 0x0010, 0x010802, 0, 0);
	add_extended(&card, 0, 0x100, 0x0003);
	put32(&card, 0x104, 0x11223344);
	put32(&card, 0x108, 0x55667788);
	put32(&card, 0x10, 0xfe800000);
}

static void tear_down(void)
{
	remove_directory(directory);
	p2p_context_free(context);
}

/* As a live read of one function of which @readable bytes may be read. */
static struct p2p_raw *read_function(struct p2p_snapshot *snapshot, const char *bdf,
				     const char *where, struct space *space, unsigned int readable)
{
	struct p2p_config_source source = {
		.size = 4096, .fetch = fetch_space, .data = space, .kernel_size = true,
		.virtual_function = P2P_NO,
	};
	struct p2p_raw *raw;
	struct p2p_bdf address;

	ck_assert_int_eq(p2p_bdf_parse(bdf, &address), 0);
	raw = p2p_snapshot_add(snapshot, address);
	raw->path = where;
	space->size = readable;
	ck_assert_int_eq(p2p_config_load(&snapshot->arena, &source, &raw->config), 0);
	raw->config.told = 4096;
	return raw;
}

static void make_link(struct p2p_raw *raw)
{
	make_attr(raw, P2P_ATTR_CURRENT_LINK_SPEED, "16.0 GT/s PCIe\n");
	make_attr(raw, P2P_ATTR_CURRENT_LINK_WIDTH, "16\n");
	make_attr(raw, P2P_ATTR_MAX_LINK_SPEED, "32.0 GT/s PCIe\n");
	make_attr(raw, P2P_ATTR_MAX_LINK_WIDTH, "16\n");
}

static struct p2p_snapshot *read_machine(unsigned int readable)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_LIVE);
	struct p2p_entry *entry;
	struct p2p_raw *raw;

	snapshot->want = P2P_WANT_NAMES;
	strcpy(snapshot->boot, BOOT);
	raw = read_function(snapshot, "0000:00:01.0", PORT, &port, readable);
	if (readable == 64)
		make_link(raw);
	if (has_slot)
		make_link(read_function(snapshot, "0000:00:02.0", SLOT, &slot, readable));
	make_attr(read_function(snapshot, "0000:01:00.0", CARD, &card, readable),
		  P2P_ATTR_NUMA_NODE, readable > 64 ? "0\n" : "1\n");
	make_file(snapshot, "proc/sys/kernel/osrelease", "6.12.1\n");
	entry = p2p_snapshot_add_entry(snapshot, "boot/config-6.12.1");
	if (readable > 64)
		entry->file = (struct p2p_file){ P2P_PRESENT, 13, "CONFIG_PCI=y\n" };
	p2p_snapshot_sort_entries(snapshot);
	return snapshot;
}

static void save(void)
{
	struct p2p_snapshot *snapshot = read_machine(4096);

	ck_assert(p2p_snapshot_is_whole(snapshot));
	ck_assert_msg(!p2p_snapshot_save(context, snapshot, path), "%s",
		      p2p_context_error(context));
	p2p_snapshot_free(snapshot);
}

/* Only root can leave what is trusted. */
static bool is_root(void)
{
	if (geteuid() == 0)
		return true;
	fputs("not root: nothing that this user writes is trusted\n", stderr);
	return false;
}

static void expect_fill(struct p2p_snapshot *snapshot, int error, const char *text)
{
	int64_t when = -1;

	ck_assert_int_eq(p2p_snapshot_fill(context, snapshot, path, &when), error);
	ck_assert_msg(strstr(p2p_context_error(context), text) != NULL, "'%s' lacks '%s'",
		      p2p_context_error(context), text);
	ck_assert_int_eq(when, -1);
	ck_assert(!p2p_snapshot_is_whole(snapshot));
}

START_TEST(test_fill)
{
	struct p2p_snapshot *snapshot = read_machine(64);
	struct p2p_topology *topology;
	const struct p2p_function *function;
	int64_t when = 0;

	if (!is_root())
		return;
	save();
	ck_assert(!p2p_snapshot_is_whole(snapshot));
	ck_assert_msg(!p2p_snapshot_fill(context, snapshot, path, &when), "%s",
		      p2p_context_error(context));
	ck_assert_int_le(llabs(when - (int64_t)time(NULL)), 60);
	ck_assert(p2p_snapshot_is_whole(snapshot));
	ck_assert_int_eq(p2p_snapshot_file(snapshot, "boot/config-6.12.1")->fact, P2P_PRESENT);
	topology = make_topology(snapshot);
	function = get(topology, "0000:00:01.0");
	ck_assert_int_eq(function->acs.fact, P2P_PRESENT);
	ck_assert_uint_eq(function->acs.control, CONTROL);
	ck_assert_uint_eq(function->pcie.now.speed_mtps, 16000);
	/* What could be read is as it is now. */
	ck_assert_int_eq(get(topology, "0000:01:00.0")->numa.value, 1);
	/* The serial number is another one. */
	ck_assert_int_eq(get(topology, "0000:01:00.0")->serial.fact, P2P_PRESENT);
	ck_assert_int_ne(get(topology, "0000:01:00.0")->serial.value, 0x5566778811223344);
	ck_assert_int_eq(p2p_snapshot_fill(context, snapshot, path, &when), -EINVAL);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* An empty slot has no link, whatever is left of it in sysfs and in what was saved. */
START_TEST(test_empty_slot)
{
	struct p2p_snapshot *snapshot;
	struct p2p_topology *topology;
	int64_t when;

	if (!is_root())
		return;
	has_slot = true;
	put16(&slot, 0x52, 0x2105);		/* up still, and of another speed */
	save();
	for (int filled = 0; filled < 2; filled++) {
		snapshot = read_machine(64);
		if (filled)
			ck_assert_int_eq(p2p_snapshot_fill(context, snapshot, path, &when), 0);
		topology = make_topology(snapshot);
		ck_assert_int_eq(get(topology, "0000:00:02.0")->pcie.link, P2P_PRESENT);
		ck_assert_uint_eq(get(topology, "0000:00:02.0")->pcie.most.speed_mtps, 32000);
		ck_assert_uint_eq(get(topology, "0000:00:02.0")->pcie.now.speed_mtps, 0);
		ck_assert_uint_eq(get(topology, "0000:00:01.0")->pcie.now.speed_mtps, 16000);
		p2p_topology_free(topology);
		p2p_snapshot_free(snapshot);
	}
}
END_TEST

/* The bytes nobody read are no zeros. */
START_TEST(test_gaps)
{
	struct p2p_snapshot *snapshot;
	uint32_t value;

	save();
	snapshot = load(context, path, P2P_WANT_ALL);
	ck_assert(p2p_config_read32(&p2p_snapshot_raw(snapshot, 0)->config, ACS + 4, &value));
	ck_assert_uint_eq(value, 0x5f | CONTROL << 16);
	ck_assert(!p2p_config_read32(&p2p_snapshot_raw(snapshot, 0)->config, 0x800, &value));
	ck_assert(!p2p_config_read32(&p2p_snapshot_raw(snapshot, 1)->config, 0x80, &value));
	/* Names of devices are left out, and nobody may think there were none. */
	ck_assert_int_eq(p2p_raw_attr(p2p_snapshot_raw(snapshot, 1), P2P_ATTR_NVME)->fact, P2P_DENIED);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(test_untrusted)
{
	static const struct { uid_t owner; mode_t file, directory; } rows[] = {
		{ 1000, 0644, 0755 }, { 0, 0664, 0755 }, { 0, 0646, 0755 }, { 0, 0644, 0775 },
		{ 0, 0644, 01777 },
	};
	struct p2p_snapshot *snapshot = read_machine(64);

	if (!is_root())
		return;
	save();
	ck_assert_int_eq(chown(path, rows[_i].owner, 0), 0);
	ck_assert_int_eq(chmod(path, rows[_i].file), 0);
	ck_assert_int_eq(chmod(directory, rows[_i].directory), 0);
	expect_fill(snapshot, -EPERM, "not trusted");
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(test_directory_of_another)
{
	struct p2p_snapshot *snapshot = read_machine(64);

	if (!is_root())
		return;
	save();
	ck_assert_int_eq(chown(directory, 1000, 0), 0);
	expect_fill(snapshot, -EPERM, "not trusted");
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(test_link)
{
	struct p2p_snapshot *snapshot = read_machine(64);
	char other[PATH_MAX];

	save();
	snprintf(other, sizeof(other), "%s/other", directory);
	ck_assert_int_eq(rename(path, other), 0);
	ck_assert_int_eq(symlink(other, path), 0);
	expect_fill(snapshot, -ELOOP, path);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(test_none)
{
	struct p2p_snapshot *snapshot = read_machine(64);

	expect_fill(snapshot, -ENOENT, path);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(test_other_boot)
{
	struct p2p_snapshot *snapshot = read_machine(64);

	if (!is_root())
		return;
	save();
	snapshot->boot[0] = '1';
	expect_fill(snapshot, -ESTALE, "another boot");
	*snapshot->boot = '\0';
	expect_fill(snapshot, -ESTALE, "another boot");
	p2p_snapshot_free(snapshot);
}
END_TEST

/* A capture is of no boot, even one of this very machine. */
START_TEST(test_capture)
{
	struct p2p_snapshot *snapshot = read_machine(4096);

	if (!is_root())
		return;
	snapshot->want = P2P_WANT_ALL;
	ck_assert_int_eq(p2p_snapshot_capture(context, snapshot, path, false), 0);
	p2p_snapshot_free(snapshot);
	snapshot = read_machine(64);
	expect_fill(snapshot, -ESTALE, "another boot");
	p2p_snapshot_free(snapshot);
}
END_TEST

/* Offsets of the header: those in which a difference is another device, and those that move. */
static const struct { struct space *space; unsigned int offset; bool lasting; } bytes[] = {
	{ &card, 0x00, true }, { &card, 0x02, true }, { &card, 0x08, true }, { &card, 0x0a, true },
	{ &card, 0x10, true }, { &card, 0x24, true }, { &card, 0x2c, true }, { &card, 0x2e, true },
	{ &card, 0x34, true }, { &port, 0x18, true }, { &port, 0x19, true }, { &port, 0x1a, true },
	{ &port, 0x20, true }, { &port, 0x2c, true }, { &card, 0x04, false },
	{ &card, 0x06, false }, { &card, 0x0c, false }, { &card, 0x0d, false },
	{ &card, 0x0f, false }, { &card, 0x30, false }, { &card, 0x3c, false },
	{ &port, 0x1b, false }, { &port, 0x1e, false }, { &port, 0x1f, false },
	{ &port, 0x38, false }, { &port, 0x3e, false },
};

START_TEST(test_header)
{
	struct p2p_snapshot *snapshot;
	uint8_t value;
	int64_t when;

	if (!is_root())
		return;
	save();
	bytes[_i].space->bytes[bytes[_i].offset] ^= 0x01;
	snapshot = read_machine(64);
	if (bytes[_i].lasting)
		expect_fill(snapshot, -ESTALE, "a different function");
	else {
		const struct p2p_raw *raw = &snapshot->raws[bytes[_i].space == &card];

		ck_assert_int_eq(p2p_snapshot_fill(context, snapshot, path, &when), 0);
		/* It is as it is now, not as it was saved. */
		ck_assert(raw->borrowed && p2p_config_read8(&raw->config, bytes[_i].offset, &value));
		ck_assert_uint_eq(value, bytes[_i].space->bytes[bytes[_i].offset]);
	}
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(test_other_functions)
{
	struct p2p_snapshot *snapshot = read_machine(64);

	if (!is_root())
		return;
	save();
	read_function(snapshot, "0000:02:00.0", "devices/pci0000:00/0000:02:00.0", &card, 64);
	expect_fill(snapshot, -ESTALE, "2 functions, and there are 3 now");
	snapshot->count = 1;
	expect_fill(snapshot, -ESTALE, "2 functions, and there are 1 now");
	snapshot->count = 2;
	snapshot->raws[1].bdf.devfn = 8;
	expect_fill(snapshot, -ESTALE, "0000:01:01.0");
	snapshot->raws[1].bdf.devfn = 0;
	snapshot->raws[1].path = "devices/pci0000:00/0000:00:02.0/0000:01:00.0";
	expect_fill(snapshot, -ESTALE, "0000:01:00.0");
	snapshot->raws[1].path = CARD;
	snapshot->raws[1].config.told = 256;
	expect_fill(snapshot, -ESTALE, "0000:01:00.0");
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(test_damaged)
{
	struct p2p_snapshot *snapshot = read_machine(64);
	size_t size;
	char *data;

	if (!is_root())
		return;
	save();
	data = get_bytes(path, &size);
	put_bytes(directory, "snapshot.tar.gz", data, size / 2);
	free(data);
	expect_fill(snapshot, -EBADMSG, path);
	put_bytes(directory, "snapshot.tar.gz", "", 0);
	expect_fill(snapshot, -EBADMSG, path);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* Only what was read of the running machine, and by nobody's help, is worth keeping. */
START_TEST(test_save_refused)
{
	struct p2p_snapshot *snapshot = read_machine(4096);

	*snapshot->boot = '\0';
	ck_assert_int_eq(p2p_snapshot_save(context, snapshot, path), -ENODATA);
	strcpy(snapshot->boot, BOOT);
	snapshot->want = P2P_WANT_VERDICT;
	ck_assert_int_eq(p2p_snapshot_save(context, snapshot, path), -EINVAL);
	snapshot->want = P2P_WANT_NAMES;
	snapshot->source = P2P_SOURCE_ARCHIVE;
	ck_assert_int_eq(p2p_snapshot_save(context, snapshot, path), -EINVAL);
	ck_assert_int_eq(access(path, F_OK), -1);
	p2p_snapshot_free(snapshot);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_fill);
	tcase_add_test(tcase, test_empty_slot);
	tcase_add_test(tcase, test_gaps);
	tcase_add_loop_test(tcase, test_untrusted, 0, 5);
	tcase_add_test(tcase, test_directory_of_another);
	tcase_add_test(tcase, test_link);
	tcase_add_test(tcase, test_none);
	tcase_add_test(tcase, test_other_boot);
	tcase_add_test(tcase, test_capture);
	tcase_add_loop_test(tcase, test_header, 0, sizeof(bytes) / sizeof(bytes[0]));
	tcase_add_test(tcase, test_other_functions);
	tcase_add_test(tcase, test_damaged);
	tcase_add_test(tcase, test_save_refused);
}

int main(void)
{
	return run_cases("saved", add);
}

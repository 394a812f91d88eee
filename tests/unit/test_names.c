/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names from a list of our own, and lists that are none. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "make.h"

static const char list[] =
	"# a list\n"
	"15b3  Mellanox Technologies\n"
	"\t1021  MT2910 Family [ConnectX-7]\n"
	"\t\t15b3 0024  A card of it\n"
	"1000  A maker without devices\n"
	"C 02  Network controller\n"
	"\t00  Ethernet controller\n"
	"\t\t01  With an interface\n"
	"S 0001  Passed over\n"
	"\t0001  This as well\n";

static const char *write_list(char path[32], const char *text)
{
	int fd;

	snprintf(path, 32, "/tmp/p2ptopo-names-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

static struct p2p_snapshot *three_functions(void)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_DUMP);
	struct space nic = make_space(0x15b3, 0x1021, 0x020000, 0, P2P_PORT_ENDPOINT);
	/* The system's lists know this one; ours does not, and then nobody is asked. */
	struct space gpu = make_space(0x10de, 0x2204, 0x030000, 0, P2P_PORT_ENDPOINT);
	/* A subclass without a name is its base class and the number. */
	struct space odd = make_space(0x15b3, 0xffff, 0x02ff00, 0, P2P_PORT_ENDPOINT);

	make_function(snapshot, "0000:00:02.0", NULL, &nic);
	make_function(snapshot, "0000:00:03.0", NULL, &gpu);
	make_function(snapshot, "0000:00:04.0", NULL, &odd);
	p2p_snapshot_sort(snapshot);
	return snapshot;
}

static int build(const struct p2p_snapshot *snapshot, const char *pci_ids, char error[256],
		 struct p2p_topology **ret_topology)
{
	const struct p2p_topology_options options = { .names = true, .pci_ids = pci_ids };
	struct p2p_context *context;
	int result;

	ck_assert_int_eq(p2p_context_new(&context), 0);
	result = p2p_topology_new(context, snapshot, &options, ret_topology);
	snprintf(error, 256, "%s", p2p_context_error(context));
	p2p_context_free(context);
	return result;
}

START_TEST(pinned)
{
	struct p2p_snapshot *snapshot = three_functions();
	struct p2p_topology *topology;
	const struct p2p_function *function;
	char path[32], error[256];

	ck_assert_int_eq(build(snapshot, write_list(path, list), error, &topology), 0);
	unlink(path);
	function = get(topology, "0000:00:02.0");
	ck_assert_str_eq(function->vendor_name, "Mellanox Technologies");
	ck_assert_str_eq(function->device_name, "MT2910 Family [ConnectX-7]");
	ck_assert_str_eq(function->class_name, "Ethernet controller");
	function = get(topology, "0000:00:03.0");
	ck_assert_ptr_null(function->vendor_name);
	ck_assert_ptr_null(function->device_name);
	ck_assert_ptr_null(function->class_name);
	function = get(topology, "0000:00:04.0");
	ck_assert_str_eq(function->vendor_name, "Mellanox Technologies");
	ck_assert_ptr_null(function->device_name);
	ck_assert_str_eq(function->class_name, "Network controller [02ff]");
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(not_asked_for)
{
	struct p2p_snapshot *snapshot = three_functions();
	struct p2p_topology *topology = make_topology(snapshot);

	ck_assert_ptr_null(get(topology, "0000:00:02.0")->vendor_name);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* Of each the line that is wrong. */
static const struct { const char *text; unsigned int line; } malformed[] = {
	{ "15b3  Mellanox\nnonsense\n", 2 },
	{ "15b3  Mellanox\n\t1021\n", 2 },
	/* A blank before the id, with which the device would never be found. */
	{ "15b3  Mellanox\n\t 1021  MT2910\n", 2 }, { "C 02  Network\n\t 00  Ethernet\n", 2 },
	{ "15b3  Mellanox\n\t1021  MT2910\n\t\t\tx\n", 3 },
	{ "15b3  Mellanox\n\t\t15b3 0024  A card of nothing\n", 2 },
	{ "# no maker\n\t1021  MT2910\n", 2 },
	{ "15b  Mellanox\n", 1 }, { "15b34  Mellanox\n", 1 }, { "15b3Mellanox\n", 1 },
	{ "C 020  Network\n", 1 }, { "C 02  Network\n\t000  Ethernet\n", 2 },
};

START_TEST(line)
{
	struct p2p_snapshot *snapshot = three_functions();
	struct p2p_topology *topology = NULL;
	char path[32], error[256], expected[256];

	write_list(path, malformed[_i].text);
	ck_assert_int_eq(build(snapshot, path, error, &topology), -EBADMSG);
	unlink(path);
	snprintf(expected, sizeof(expected), "%s:%u: not a list of PCI names", path,
		 malformed[_i].line);
	ck_assert_str_eq(error, expected);
	ck_assert_ptr_null(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* The machine's list is searched for what is asked, and a list that is named is read whole: the names are the same, also behind ids
 * that are not there. */
START_TEST(searched)
{
	static const char *const list_of_machine = "/usr/share/misc/pci.ids";
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_DUMP);
	struct p2p_topology *named = NULL, *found = NULL;
	const struct p2p_function *one, *other;
	char bdf[16], error[256];
	size_t known = 0;

	if (!access(list_of_machine, R_OK)) {
		for (unsigned int i = 0; i < 64; i++) {
			static const uint16_t vendors[] = { 0x8086, 0x10de, 0x15b3, 0x1002 };
			uint16_t vendor = i % 16 ? (uint16_t)(0xf000 - 64 * i) : vendors[i / 16];
			struct space space = make_space(vendor, (uint16_t)(0x1000 + i), 0x010000 * (i % 19 + 1),
							0, P2P_PORT_ENDPOINT);

			snprintf(bdf, sizeof(bdf), "0000:%02x:00.0", i);
			make_function(snapshot, bdf, NULL, &space);
		}
		p2p_snapshot_sort(snapshot);
		ck_assert_int_eq(build(snapshot, list_of_machine, error, &named), 0);
		ck_assert_int_eq(build(snapshot, NULL, error, &found), 0);
		for (size_t i = 0; (one = p2p_topology_function(named, i)); i++) {
			other = p2p_topology_function(found, i);
			known += one->vendor_name != NULL;
			ck_assert(!one->vendor_name || !strcmp(one->vendor_name, other->vendor_name));
			ck_assert(!one->device_name || !strcmp(one->device_name, other->device_name));
			ck_assert(!one->class_name || !strcmp(one->class_name, other->class_name));
		}
		ck_assert_uint_ge(known, 4);
		p2p_topology_free(named);
		p2p_topology_free(found);
	}
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(refused)
{
	struct p2p_snapshot *snapshot = three_functions();
	struct p2p_topology *topology = NULL;
	char path[32], error[256];

	write_list(path, "15b3  Mellanox\nnonsense\n\t\t\tx\n");
	ck_assert_int_eq(build(snapshot, path, error, &topology), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(error, path));
	unlink(path);
	ck_assert_int_eq(build(snapshot, path, error, &topology), -ENOENT);
	ck_assert_ptr_nonnull(strstr(error, path));
	ck_assert_ptr_null(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_test(tcase, pinned);
	tcase_add_test(tcase, not_asked_for);
	tcase_add_test(tcase, searched);
	tcase_add_test(tcase, refused);
	tcase_add_loop_test(tcase, line, 0, (int)(sizeof(malformed) / sizeof(malformed[0])));
}

int main(void)
{
	return run_cases("names", add_cases);
}

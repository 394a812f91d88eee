/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures: the same facts and the same bytes again, and no serial number in them. */
#include <errno.h>

#include "files.h"
#include "make.h"

#include "snapshot/tree/archive.h"
#include "snapshot/capture/pseudonym.h"

#define FUNCTION	"sys/devices/pci0000:00/0000:00:01.0/"
#define OTHER		"sys/devices/pci0000:00/0000:00:02.0/"
#define DSN		0x100

static const uint8_t serial[8] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88 };

/* A product name, PN, SN, V3 with a UUID, an asset tag, and RV with a right checksum. */
static const uint8_t vpd[] =
	"\x82\x04\x00" "Card"
	"\x90\x3e\x00" "PN\x05" "12345" "SN\x08" "MT01X234" "V3\x18" "1b2c3d4e5f60718293a4b5c6"
	"YA\x06" "RACK12"
	"RV\x04" "\x00\x00\x00\x00" "\x78";

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

static const struct { const char *path, *text; } files[] = {
	{ "manifest.json", "{\"format\": \"p2ptopo-capture\", \"version\": 1, "
	  "\"rows\": [\"driver\", \"resource\", \"proc/cmdline\", \"proc/kallsyms\"], "
	  "\"denied\": [\"proc/kallsyms\", \"" FUNCTION "resource\"], "
	  "\"files\": [{\"path\": \"" FUNCTION "config\", \"size\": 4096}]}" },
	{ "proc/sys/kernel/hostname", "secret-host\n" },
	{ "proc/cmdline", "root=UUID=0a1b2c3d-1111-2222-3333-444455556666 quiet\n" },
	{ "proc/cpuinfo", "processor\t: 0\n\nprocessor\t: 1\n" },
	{ FUNCTION "resource0", "not listed" },
	{ OTHER "resource", "0x1 0x2 0x3\n" },
	{ OTHER "net/eth0/address", "b8:59:9f:c0:ff:ee\n" },
	{ OTHER "net/eth1/address", "b8:59:9f:c0:ff:ef\n" },
	{ OTHER "infiniband/mlx5_0/node_guid", "b859:9f03:00c0:ffee\n" },
	{ OTHER "infiniband/mlx5_0/sys_image_guid", "b859:9f03:00c0:ffee\n" },
	{ OTHER "infiniband/mlx5_0/ports/1/gids/0", "fe80:0000:0000:0000:b859:9f03:00c0:ffee\n" },
	{ "hwloc.xml", "<topology><info name=\"HostName\" value=\"secret-host\"/>"
	  "<info name=\"Address\" value=\"b8:59:9f:c0:ff:ee\"/>"
	  "<info name=\"NodeGUID\" value=\"b859:9f03:00c0:ffee\"/>"
	  "<info name=\"SerialNumber\" value=\"S3CR3TDISK\"/>"
	  "<info name=\"Model\" value=\"Fast Disk\"/></topology>\n" },
};

/* Two functions with one DSN, one of them with a VPD. */
static void put_machine(void)
{
	struct space space = make_space(0x15b3, 0x1017, 0x020000, 0, 0);

	add_extended(&space, 0, DSN, 0x0003);
	memcpy(space.bytes + DSN + 4, serial, sizeof(serial));
	put_function(directory, 1, space.bytes, 4096);
	put_function(directory, 2, space.bytes, 4096);
	put_bytes(directory, OTHER "vpd", vpd, sizeof(vpd) - 1);
	put_link(directory, OTHER "driver", "../../../bus/pci/drivers/mlx5_core");
	put_link(directory, "sys/class/net/eth0",
		 "../../devices/pci0000:00/0000:00:02.0/net/eth0");
	put_link(directory, "sys/class/net/eth1",
		 "../../devices/pci0000:00/0000:00:02.0/net/eth1");
	put_link(directory, "sys/class/infiniband/mlx5_0",
		 "../../devices/pci0000:00/0000:00:02.0/infiniband/mlx5_0");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		put_text(directory, files[i].path, files[i].text);
}

/* Capture what is at @from as @name; its full path. */
static char *capture(const char *from, const char *name, bool with_serials)
{
	struct p2p_snapshot *snapshot = load(context, from, P2P_WANT_ALL);
	char *path = malloc(PATH_MAX);

	snprintf(path, PATH_MAX, "%s/%s", directory, name);
	ck_assert_msg(p2p_snapshot_capture(context, snapshot, path, with_serials) == 0, "%s",
		      p2p_context_error(context));
	p2p_snapshot_free(snapshot);
	return path;
}

static bool holds(const char *data, size_t size, const void *text, size_t length)
{
	return memmem(data, size, text, length) != NULL;
}

static struct p2p_tree *open_tar(const char *path)
{
	struct p2p_tree *tree = NULL;
	size_t size;
	char *data = get_bytes(path, &size);

	ck_assert_int_eq(p2p_tree_archive(context, path, data, size, NULL, &tree), 0);
	free(data);
	return tree;
}

static struct p2p_buffer content(struct p2p_tree *tree, const char *path)
{
	struct p2p_buffer buffer = { 0 };

	ck_assert_msg(tree->ops->read(tree, NULL, path, &buffer) == 0, "%s", path);
	return buffer;
}

static void same_content(struct p2p_tree *tree, const char *left, const char *right)
{
	struct p2p_buffer a = content(tree, left), b = content(tree, right);

	ck_assert_str_eq(a.data, b.data);
	free(a.data);
	free(b.data);
}

START_TEST(no_serials)
{
	static const char *const secrets[] = {
		"secret-host", "0a1b2c3d-1111", "b8:59:9f", "b859:9f03", "S3CR3TDISK", "MT01X234",
		"1b2c3d4e5f60718293a4b5c6", "RACK12",
	};
	char *path;
	size_t size;
	char *data;

	put_machine();
	path = capture(directory, "out.tar", false);
	data = get_bytes(path, &size);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		ck_assert_msg(!holds(data, size, secrets[i], strlen(secrets[i])), "%s", secrets[i]);
	ck_assert(!holds(data, size, serial, sizeof(serial)));
	ck_assert(holds(data, size, "Fast Disk", 9));
	ck_assert(!holds(data, size, "not listed", 10));
	free(data);
	free(path);
	path = capture(directory, "out.tar", true);
	data = get_bytes(path, &size);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		ck_assert_msg(holds(data, size, secrets[i], strlen(secrets[i])), "%s", secrets[i]);
	ck_assert(holds(data, size, serial, sizeof(serial)));
	free(data);
	free(path);
}
END_TEST

/* Equal stays equal, different stays different, and what is derived stays derived. */
START_TEST(equal_for_equal)
{
	struct p2p_buffer one, two;
	struct p2p_tree *tree;
	char *path;

	put_machine();
	path = capture(directory, "out.tar", false);
	tree = open_tar(path);
	one = content(tree, FUNCTION "config");
	two = content(tree, OTHER "config");
	ck_assert_int_eq(memcmp(one.data, two.data, 4096), 0);
	ck_assert_int_eq(memcmp(one.data + DSN + 4, "\1\0\0\0\0\0\0\2", 8), 0);
	free(one.data);
	free(two.data);
	same_content(tree, OTHER "infiniband/mlx5_0/node_guid",
		     OTHER "infiniband/mlx5_0/sys_image_guid");
	one = content(tree, OTHER "infiniband/mlx5_0/node_guid");
	two = content(tree, OTHER "infiniband/mlx5_0/ports/1/gids/0");
	ck_assert_str_eq(one.data, two.data + strlen("fe80:0000:0000:0000:"));
	free(two.data);
	two = content(tree, "hwloc.xml");
	one.data[strcspn(one.data, "\n")] = '\0';
	ck_assert_ptr_nonnull(strstr(two.data, one.data));
	free(one.data);
	one = content(tree, OTHER "net/eth0/address");
	one.data[strcspn(one.data, "\n")] = '\0';
	ck_assert_uint_eq(strlen(one.data), 17);
	ck_assert_ptr_nonnull(strstr(two.data, one.data));
	free(two.data);
	two = content(tree, OTHER "net/eth1/address");
	ck_assert_str_ne(one.data, two.data);
	free(one.data);
	free(two.data);
	p2p_tree_free(tree);
	free(path);
}
END_TEST

/* VPD: the length stays, the product stays, and the checksum is right again. */
START_TEST(vital_product_data)
{
	uint8_t sound[sizeof(vpd)];
	struct p2p_buffer buffer;
	struct p2p_tree *tree;
	uint8_t sum = 0;
	size_t at;
	char *path;

	put_machine();
	memcpy(sound, vpd, sizeof(vpd));
	at = (size_t)((uint8_t *)memmem(sound, sizeof(sound), "RV\x04", 3) - sound) + 3;
	for (size_t i = 0; i < at; i++)
		sum = (uint8_t)(sum + sound[i]);
	sound[at] = (uint8_t)-sum;
	put_bytes(directory, OTHER "vpd", sound, sizeof(sound) - 1);
	path = capture(directory, "out.tar", false);
	tree = open_tar(path);
	buffer = content(tree, OTHER "vpd");
	ck_assert_uint_eq(buffer.size, sizeof(sound) - 1);
	ck_assert_ptr_nonnull(memmem(buffer.data, buffer.size, "12345", 5));
	ck_assert_ptr_nonnull(memmem(buffer.data, buffer.size, "SN\x08" "00000002", 11));
	sum = 0;
	for (size_t i = 0; i <= at; i++)
		sum = (uint8_t)(sum + (uint8_t)buffer.data[i]);
	ck_assert_uint_eq(sum, 0);
	free(buffer.data);
	p2p_tree_free(tree);
	free(path);
}
END_TEST

static void same_bytes(const char *left, const char *right)
{
	size_t left_size, right_size;
	char *a = get_bytes(left, &left_size), *b = get_bytes(right, &right_size);

	ck_assert_uint_eq(left_size, right_size);
	ck_assert_int_eq(memcmp(a, b, left_size), 0);
	free(a);
	free(b);
}

/* So many disks that the number of one pseudonym looks like a place left empty ("000f"). */
static void put_disks(void)
{
	char xml[4096] = "<topology>";
	size_t length = strlen(xml);

	for (int i = 0; i < 40; i++)
		length += (size_t)snprintf(xml + length, sizeof(xml) - length,
					   "<info name=\"SerialNumber\" value=\"Z%dX9\"/>",
					   100 + i);
	snprintf(xml + length, sizeof(xml) - length, "</topology>\n");
	put_text(directory, "hwloc.xml", xml);
}

/* gzip has a place for the time, which must stay empty. */
static void no_time(const char *path)
{
	size_t size;
	char *data = get_bytes(path, &size);

	if (!memcmp(data, "\x1f\x8b", 2))
		ck_assert_mem_eq(data + 4, "\0\0\0\0", 4);
	free(data);
}

static const char *const names[] = {
	"a.tar", "a.tar.gz", "a.tar.xz", "a.tar.zst", "a.tar.bz2", "a.tgz", "a",
};

/* From a capture, and from one that was extracted, the same bytes come again. */
START_TEST(same_again)
{
	bool foreign = _i % 2, with_serials = _i % 3 == 0;
	char again[64], *first, *second, *manifest;

	put_machine();
	put_disks();
	if (foreign) {
		ck_assert_int_ge(asprintf(&manifest, "%s/manifest.json", directory), 0);
		unlink(manifest);
		free(manifest);
	}
	first = capture(directory, names[_i], with_serials);
	snprintf(again, sizeof(again), "again-%s", names[_i]);
	second = capture(first, again, with_serials);
	same_bytes(first, second);
	no_time(first);
	free(first);
	free(second);
}
END_TEST

static void same_file(const struct p2p_file *left, const struct p2p_file *right, const char *what)
{
	ck_assert_msg(left->fact == right->fact, "%s: %d, then %d", what, left->fact, right->fact);
	ck_assert_uint_eq(left->size, right->size);
	if (left->fact == P2P_PRESENT)
		ck_assert_mem_eq(left->data, right->data, left->size);
}

static void same_config(const struct p2p_config *left, const struct p2p_config *right)
{
	ck_assert_uint_eq(left->size, right->size);
	ck_assert_int_eq(left->standard, right->standard);
	ck_assert_int_eq(left->extended, right->extended);
	ck_assert_int_eq(left->kernel_limited, right->kernel_limited);
	ck_assert_uint_eq(left->capability_count, right->capability_count);
	for (unsigned int i = 0; i < left->size; i++) {
		uint8_t a = 0, b = 0;

		ck_assert_int_eq(p2p_config_read8(left, i, &a), p2p_config_read8(right, i, &b));
		ck_assert_uint_eq(a, b);
	}
}

/* What was present, absent or denied is so again. */
START_TEST(same_facts)
{
	char *path;
	struct p2p_snapshot *before, *after;

	put_machine();
	path = capture(directory, "out.tar.gz", true);
	before = load(context, directory, P2P_WANT_ALL);
	after = load(context, path, P2P_WANT_ALL);
	ck_assert_uint_eq(p2p_snapshot_count(before), p2p_snapshot_count(after));
	for (size_t i = 0; i < p2p_snapshot_count(before); i++) {
		const struct p2p_raw *left = p2p_snapshot_raw(before, i);
		const struct p2p_raw *right = p2p_snapshot_raw(after, i);

		ck_assert_str_eq(left->path, right->path);
		for (int k = 0; k < P2P_ATTRS; k++)
			same_file(p2p_raw_attr(left, (enum p2p_attr)k), p2p_raw_attr(right, (enum p2p_attr)k),
				  p2p_attr_rows[k].path);
		same_config(&left->config, &right->config);
	}
	ck_assert_uint_eq(before->entry_count, after->entry_count);
	for (size_t i = 0; i < before->entry_count; i++) {
		ck_assert_str_eq(before->entries[i].path, after->entries[i].path);
		same_file(&before->entries[i].file, &after->entries[i].file,
			  before->entries[i].path);
	}
	ck_assert_int_eq(p2p_raw_attr(p2p_snapshot_raw(after, 0), P2P_ATTR_RESOURCE)->fact, P2P_DENIED);
	ck_assert_int_eq(p2p_raw_attr(p2p_snapshot_raw(after, 0), P2P_ATTR_DRIVER)->fact, P2P_ABSENT);
	ck_assert_int_eq(p2p_snapshot_file(after, "proc/kallsyms")->fact, P2P_DENIED);
	same_file(p2p_snapshot_hwloc_xml(before), p2p_snapshot_hwloc_xml(after), "hwloc.xml");
	p2p_snapshot_free(before);
	p2p_snapshot_free(after);
	free(path);
}
END_TEST

/* A capture of a foreign tree does not claim to know what the tree left out. */
START_TEST(foreign_claims_nothing)
{
	struct space space = make_space(0x8086, 1, 0x060400, 1, 4);
	struct p2p_snapshot *snapshot;
	char *path;

	put_function(directory, 1, space.bytes, 256);
	path = capture(directory, "out.tar", false);
	snapshot = load(context, path, P2P_WANT_ALL);
	ck_assert_int_eq(p2p_snapshot_raw(snapshot, 0)->config.extended, P2P_DENIED);
	ck_assert_int_eq(p2p_raw_attr(p2p_snapshot_raw(snapshot, 0), P2P_ATTR_DRIVER)->fact, P2P_DENIED);
	ck_assert_int_eq(p2p_snapshot_file(snapshot, "proc/cpuinfo")->fact, P2P_DENIED);
	p2p_snapshot_free(snapshot);
	free(path);
}
END_TEST

#define MARKER_MAC	"0c:42:a1:de:fa:ce"
#define MARKER_HEX	"0c42a1deface"
#define MARKER_HOST	"secret-host"

/* @pattern with what its stars stand for: a name that holds a MAC address. */
static void put_marked(const char *root, const char *pattern, const char *text)
{
	char path[PATH_MAX] = "", *out = path;

	out += sprintf(out, "%s", root);
	for (; *pattern; pattern++) {
		if (!strncmp(pattern, "RELEASE", 7)) {
			out += sprintf(out, "6.1.0");
			pattern += 6;
		} else if (!strncmp(pattern, "[0-9]*", 6)) {
			out += sprintf(out, "0" MARKER_HEX);
			pattern += 5;
		} else if (*pattern == '*') {
			out += sprintf(out, MARKER_HEX);
		} else {
			*out++ = *pattern;
		}
	}
	*out = '\0';
	put_text(directory, path, text);
}

/* Rows that name a directory, or a file whose text decides as it is. */
static bool is_unmarked(const char *row)
{
	static const char *const rows[] = {
		"sys/class/iommu", "sys/kernel/iommu_groups", "sys/bus/pci/slots", "proc/cpuinfo",
		"sys/kernel/iommu_groups/*/type", "sys/hypervisor/type",
		"proc/sys/kernel/osrelease", "proc/sys/kernel/hostname", "proc/version",
		"proc/cmdline",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(row, rows[i]))
			return true;
	return false;
}

static const struct { const char *path, *text; } marked[] = {
	{ "proc/sys/kernel/osrelease", "6.1.0\n" },
	{ "proc/sys/kernel/hostname", MARKER_HOST ".example.com\n" },
	{ "proc/version", "Linux version 6.1.0 (me@" MARKER_HOST ") (gcc) #1\n" },
	{ "proc/cmdline", "BOOTIF=01-0c-42-a1-de-fa-ce ip=:::::" MARKER_HOST " foo=\"a "
	  MARKER_HOST " pci=x\" pci=noaer intel-iommu=on systemd.machine_id=" MARKER_HEX
	  " -- iommu=" MARKER_HOST "\n" },
	{ "proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  "
	  "570.124.06  Release Build  (me@" MARKER_HOST ")\n" },
	{ "proc/driver/nvidia/params", "RmMsg: \"" MARKER_HOST "\"\nRegistryDwords: \"Odd=0x" MARKER_HEX
	  ";forcep2p=0x11;ForceP2P" MARKER_HEX "=1;RMForceStaticBar1=" MARKER_MAC "\"\n"
	  "CoherentGPUMemoryMode: \"" MARKER_HEX "\"\nDmaRemapPeerMmio: 1\n" },
	{ "sys/devices/virtual/kfd/kfd/topology/nodes/1/properties", "simd_count 304\n"
	  "location_id 768\nunique_id " MARKER_HEX "\nname " MARKER_HOST "\n" },
	{ "hwloc.xml", "<topology><object type=\"OSDev\" name=\"enx" MARKER_HEX "\" osdev_type=\"2\">"
	  "<info name=\"Odd\" value=\"" MARKER_HOST " " MARKER_MAC "\"/></object>"
	  "<object type=\"OSDev\" name=\"" MARKER_HOST "\" osdev_type=\"3\"/></topology>\n" },
	{ OTHER "net/enx" MARKER_HEX "/address", MARKER_MAC "\n" },
	{ OTHER "net/" MARKER_HOST "/address", MARKER_MAC "\n" },
	{ OTHER "infiniband/rocex" MARKER_HEX "/node_guid", "0c42:a103:00de:face\n" },
	{ OTHER "infiniband/" MARKER_HOST "/node_guid", "0c42:a103:00de:face\n" },
};

/* A file for every row of both tables, with marks in its text and its name. */
static void put_marks(void)
{
	static const char *const interfaces[] = {
		"net/enx" MARKER_HEX, "net/" MARKER_HOST, "infiniband/rocex" MARKER_HEX,
		"infiniband/" MARKER_HOST,
	};
	static const char text[] = "0x10 " MARKER_MAC " " MARKER_HOST " p2pdma\n" MARKER_HOST "\n";
	char link[96], target[128];

	for (int i = 0; i < P2P_ATTRS; i++) {
		enum p2p_kind kind = p2p_attr_rows[i].kind;

		if (i != P2P_ATTR_VPD && (kind == P2P_KIND_FILE || kind == P2P_KIND_GLOB))
			put_marked(OTHER, p2p_attr_rows[i].path, text);
	}
	for (size_t i = 0; p2p_machine_path(i); i++)
		if (!is_unmarked(p2p_machine_path(i)))
			put_marked("", p2p_machine_path(i), text);
	for (size_t i = 0; i < sizeof(marked) / sizeof(marked[0]); i++)
		put_text(directory, marked[i].path, marked[i].text);
	for (size_t i = 0; i < sizeof(interfaces) / sizeof(interfaces[0]); i++) {
		snprintf(link, sizeof(link), "sys/class/%s", interfaces[i]);
		snprintf(target, sizeof(target), "../../devices/pci0000:00/0000:00:02.0/%s",
			 interfaces[i]);
		put_link(directory, link, target);
	}
}

/* Links lead to what was renamed with them, and a capture of the capture is the same. */
static void check_renamed(const char *path, const char *data, size_t size)
{
	struct p2p_tree *tree = open_tar(path);
	struct p2p_buffer one = { 0 };
	char *again, *bytes;
	size_t length, found = 0;

	ck_assert_int_eq(tree->ops->list(tree, NULL, "sys/class/net", &one), 0);
	for (char *name = strtok(one.data, "\n"); name; name = strtok(NULL, "\n")) {
		struct p2p_buffer address = { 0 };
		char file[PATH_MAX];

		snprintf(file, sizeof(file), "sys/class/net/%s/address", name);
		found += !tree->ops->read(tree, NULL, file, &address);
		free(address.data);
	}
	ck_assert_uint_ge(found, 4);
	free(one.data);
	p2p_tree_free(tree);
	again = capture(path, "again.tar", false);
	bytes = get_bytes(again, &length);
	ck_assert_uint_eq(length, size);
	ck_assert(!memcmp(bytes, data, size));
	free(bytes);
	free(again);
}

/* Nothing of a marked address or host name leaves, wherever it is; what decides does. */
START_TEST(nothing_marked)
{
	static const char *const marks[] = { MARKER_MAC, MARKER_HEX, MARKER_HOST,
					     "0c-42-a1-de-fa-ce", "0c42:a103", "BOOTIF",
					     "machine_id", "me@" };
	static const char kept[] = " pci=noaer intel-iommu=on ";
	char *path, *data;
	size_t size;

	put_machine();
	put_marks();
	path = capture(directory, "out.tar", false);
	data = get_bytes(path, &size);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		ck_assert_msg(!holds(data, size, marks[i], strlen(marks[i])), "%s", marks[i]);
	ck_assert(holds(data, size, kept, strlen(kept)));
	ck_assert(holds(data, size, "RegistryDwords: forcep2p=0x11\nDmaRemapPeerMmio: 1\n", 50));
	ck_assert(holds(data, size, "simd_count 304\nlocation_id 768\n", 31));
	ck_assert(holds(data, size, "Module for x86_64  570.124.06  Release Build  (xx@", 50));
	ck_assert(holds(data, size, "Linux version 6.1.0 (xx@xxxxxx-xxxx) (xxx) #1", 45));
	check_renamed(path, data, size);
	free(data);
	free(path);
	path = capture(directory, "out.tar", true);
	data = get_bytes(path, &size);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		ck_assert_msg(holds(data, size, marks[i], strlen(marks[i])), "%s", marks[i]);
	free(data);
	free(path);
}
END_TEST

static bool has_leftovers(void)
{
	char command[128];

	snprintf(command, sizeof(command), "test -n \"$(ls -A %s | grep '^[.]')\"", directory);
	return system(command) == 0;
}

/* What was there is replaced whole, or stays when writing fails. */
START_TEST(replaced_or_kept)
{
	struct p2p_snapshot *snapshot;
	char path[PATH_MAX], *data;
	struct stat status;
	size_t size;

	put_machine();
	snapshot = load(context, directory, P2P_WANT_ALL);
	put_text(directory, "out.tar", "old");
	snprintf(path, sizeof(path), "%s/out.tar", directory);
	ck_assert_int_eq(p2p_snapshot_capture(context, snapshot, path, false), 0);
	data = get_bytes(path, &size);
	ck_assert_uint_gt(size, 4096);
	free(data);

	snprintf(path, sizeof(path), "%s/none/out.tar", directory);
	ck_assert_int_eq(p2p_snapshot_capture(context, snapshot, path, false), -ENOENT);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context), "none/out.tar"));
	snprintf(path, sizeof(path), "%s", directory);
	ck_assert_int_eq(p2p_snapshot_capture(context, snapshot, path, false), -EISDIR);
	ck_assert_int_eq(p2p_snapshot_capture(context, snapshot, "/dev/full", false), -ENOSPC);
	ck_assert_int_eq(stat("/dev/full", &status), 0);
	ck_assert(S_ISCHR(status.st_mode));
	ck_assert(!has_leftovers());
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(refuses)
{
	struct p2p_snapshot *snapshot;

	put_machine();
	snapshot = load(context, directory, P2P_WANT_NAMES);
	ck_assert_int_eq(p2p_snapshot_capture(context, snapshot, "/dev/null", false), -EINVAL);
	p2p_snapshot_free(snapshot);
	snapshot = make_snapshot(P2P_SOURCE_DUMP);
	ck_assert_int_eq(p2p_snapshot_capture(context, snapshot, "/dev/null", false), -EINVAL);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context), "dump"));
	p2p_snapshot_free(snapshot);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, no_serials);
	tcase_add_test(tcase, equal_for_equal);
	tcase_add_test(tcase, nothing_marked);
	tcase_add_test(tcase, vital_product_data);
	tcase_add_loop_test(tcase, same_again, 0, sizeof(names) / sizeof(names[0]));
	tcase_add_test(tcase, same_facts);
	tcase_add_test(tcase, foreign_claims_nothing);
	tcase_add_test(tcase, replaced_or_kept);
	tcase_add_test(tcase, refuses);
}

int main(void)
{
	return run_cases("capture", add_cases);
}

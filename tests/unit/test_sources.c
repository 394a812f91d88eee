/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories as sources: what may be missing, what must not be believed, what must not be left. */
#include <errno.h>

#include "files.h"
#include "make.h"

#include "snapshot/post/post.h"

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

static struct space express(unsigned int size)
{
	struct space space = make_space(0x10de, 0x2204, 0x030000, 0, 0);

	space.size = size;
	return space;
}

static void put_space(unsigned int device, const struct space *space)
{
	put_function(directory, device, space->bytes, space->size);
}

/* Everything but the link and what it leads to may be missing, the latter too. */
START_TEST(missing_files)
{
	struct p2p_snapshot *snapshot;
	const struct p2p_raw *raw;

	put_link(directory, "sys/bus/pci/devices/0000:00:01.0",
		 "../../../devices/pci0000:00/0000:00:01.0");
	for (int want = P2P_WANT_VERDICT; want <= P2P_WANT_ALL; want++) {
		snapshot = load(context, directory, (enum p2p_want)want);
		ck_assert_uint_eq(p2p_snapshot_count(snapshot), 1);
		raw = p2p_snapshot_raw(snapshot, 0);
		ck_assert_str_eq(raw->path, "devices/pci0000:00/0000:00:01.0");
		ck_assert_uint_eq(raw->config.size, 0);
		for (int i = 0; i < P2P_ATTRS; i++)
			ck_assert_int_eq(p2p_raw_attr(raw, (enum p2p_attr)i)->fact, P2P_DENIED);
		ck_assert_int_eq(p2p_snapshot_file(snapshot, "proc/cpuinfo")->fact, P2P_DENIED);
		ck_assert_int_eq(p2p_snapshot_file(snapshot, "sys/class/iommu")->fact, P2P_DENIED);
		p2p_snapshot_free(snapshot);
	}
}
END_TEST

START_TEST(attributes)
{
	static const char base[] = "sys/devices/pci0000:00/0000:00:01.0/";
	static const struct { const char *path, *text; } files[] = {
		{ "vendor", "0x10de\n" }, { "resource", "0x0 0x0 0x0\n" },
		{ "local_cpulist", "0-3\n" }, { "p2pmem/size", "4096\n" },
		{ "net/eth1/address", "x" }, { "net/eth0/address", "x" },
		{ "virtio3/block/vda/size", "1" }, { "nvme/nvme0/nvme0n1/size", "1" },
		{ "nvme/nvme0/model", "1" }, { "irq", "11\n" },
	};
	static const struct { enum p2p_attr attr; enum p2p_want want; const char *text; } facts[] = {
		{ P2P_ATTR_RESOURCE, P2P_WANT_NAMES, "0x0 0x0 0x0\n" },
		{ P2P_ATTR_DRIVER, P2P_WANT_NAMES, "nvme" },
		{ P2P_ATTR_IOMMU_GROUP, P2P_WANT_VERDICT, "17" },
		{ P2P_ATTR_LOCAL_CPULIST, P2P_WANT_NAMES, "0-3\n" },
		{ P2P_ATTR_P2PMEM_SIZE, P2P_WANT_NAMES, "4096\n" },
		{ P2P_ATTR_NET, P2P_WANT_NAMES, "eth0\neth1\n" },
		{ P2P_ATTR_NVME, P2P_WANT_NAMES, "nvme0\n" },
		{ P2P_ATTR_NVME_NAMESPACE, P2P_WANT_NAMES, "nvme0n1\n" },
		{ P2P_ATTR_VIRTIO_BLOCK, P2P_WANT_NAMES, "vda\n" },
		{ P2P_ATTR_IRQ, P2P_WANT_ALL, "11\n" },
		{ P2P_ATTR_VENDOR, P2P_WANT_ALL, "0x10de\n" },
	};
	struct space space = express(4096);
	char path[256];

	put_space(1, &space);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", base, files[i].path);
		put_text(directory, path, files[i].text);
	}
	snprintf(path, sizeof(path), "%sdriver", base);
	put_link(directory, path, "../../../bus/pci/drivers/nvme");
	snprintf(path, sizeof(path), "%siommu_group", base);
	put_link(directory, path, "../../../kernel/iommu_groups/17");
	for (int want = P2P_WANT_VERDICT; want <= P2P_WANT_ALL; want++) {
		struct p2p_snapshot *snapshot = load(context, directory, (enum p2p_want)want);
		const struct p2p_raw *raw = p2p_snapshot_raw(snapshot, 0);

		for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
			const struct p2p_file *file = p2p_raw_attr(raw, facts[i].attr);

			if ((int)facts[i].want > want) {
				ck_assert_int_eq(file->fact, P2P_DENIED);
				continue;
			}
			ck_assert_int_eq(file->fact, P2P_PRESENT);
			ck_assert_str_eq(file->data, facts[i].text);
			ck_assert_uint_eq(file->size, strlen(facts[i].text));
		}
		p2p_snapshot_free(snapshot);
	}
}
END_TEST

/* The length of config in a foreign tree says how much was kept of it, not how much there is. */
START_TEST(foreign_config)
{
	static const struct {
		unsigned int size;
		enum p2p_fact standard, extended;
	} rows[] = {
		{ 64, P2P_DENIED, P2P_DENIED }, { 256, P2P_PRESENT, P2P_DENIED },
		{ 4096, P2P_PRESENT, P2P_PRESENT }, { 100, P2P_DENIED, P2P_DENIED },
	};
	struct space space = express(rows[_i].size);
	struct p2p_snapshot *snapshot;
	const struct p2p_config *config;

	put_space(1, &space);
	snapshot = load(context, directory, P2P_WANT_VERDICT);
	config = &p2p_snapshot_raw(snapshot, 0)->config;
	ck_assert_int_eq(config->standard, rows[_i].standard);
	ck_assert_int_eq(config->extended, rows[_i].extended);
	ck_assert(!config->kernel_limited);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* In our own capture the manifest says what the machine told. */
START_TEST(own_config)
{
	static const struct {
		const char *size;
		enum p2p_fact extended, driver, net;
		bool limited;
	} rows[] = {
		{ "256", P2P_ABSENT, P2P_ABSENT, P2P_DENIED, true },
		{ "4096, \"read\": 256", P2P_DENIED, P2P_ABSENT, P2P_DENIED, false },
	};
	struct space space = express(256);
	struct p2p_snapshot *snapshot;
	const struct p2p_raw *raw;
	char manifest[1024];

	put_space(1, &space);
	snprintf(manifest, sizeof(manifest),
		 "{\"format\": \"p2ptopo-capture\", \"version\": 1, \"rows\": [\"driver\"], "
		 "\"denied\": [], \"files\": [{\"path\": "
		 "\"sys/devices/pci0000:00/0000:00:01.0/config\", \"size\": %s}]}", rows[_i].size);
	put_text(directory, "manifest.json", manifest);
	snapshot = load(context, directory, P2P_WANT_NAMES);
	raw = p2p_snapshot_raw(snapshot, 0);
	ck_assert_int_eq(raw->config.extended, rows[_i].extended);
	ck_assert_int_eq(raw->config.kernel_limited, rows[_i].limited);
	/* looked for and not found, and never looked for */
	ck_assert_int_eq(p2p_raw_attr(raw, P2P_ATTR_DRIVER)->fact, rows[_i].driver);
	ck_assert_int_eq(p2p_raw_attr(raw, P2P_ATTR_NET)->fact, rows[_i].net);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* A file the manifest lists and the tree lacks was lost, and a denied one stays denied. */
START_TEST(lost_file)
{
	struct space space = express(256);
	struct p2p_snapshot *snapshot;
	const struct p2p_raw *raw;

	put_space(1, &space);
	put_text(directory, "manifest.json",
		 "{\"format\": \"p2ptopo-capture\", \"version\": 1, "
		 "\"rows\": [\"resource\", \"numa_node\", \"proc/cpuinfo\", \"proc/cmdline\"], "
		 "\"denied\": [\"sys/devices/pci0000:00/0000:00:01.0/numa_node\", "
		 "\"proc/cpuinfo\"], "
		 "\"files\": [{\"path\": \"sys/devices/pci0000:00/0000:00:01.0/resource\", "
		 "\"size\": 5}]}");
	snapshot = load(context, directory, P2P_WANT_VERDICT);
	raw = p2p_snapshot_raw(snapshot, 0);
	ck_assert_int_eq(p2p_raw_attr(raw, P2P_ATTR_RESOURCE)->fact, P2P_DENIED);
	ck_assert_int_eq(p2p_raw_attr(raw, P2P_ATTR_NUMA_NODE)->fact, P2P_DENIED);
	ck_assert_int_eq(p2p_snapshot_file(snapshot, "proc/cpuinfo")->fact, P2P_DENIED);
	ck_assert_int_eq(p2p_snapshot_file(snapshot, "proc/cmdline")->fact, P2P_ABSENT);
	p2p_snapshot_free(snapshot);
}
END_TEST

static const struct {
	const char *manifest, *error;
} manifests[] = {
	{ "", "manifest.json:1:1: the file is empty" },
	{ "{", "manifest.json:1:2: the file ends inside a value" },
	{ "{\"rows\": [],\n \"rows\": {}}",
	  "manifest.json:2:2: duplicate key \"rows\"" },
	{ "[]", "not a JSON object" },
	{ "{\"format\": \"p2ptopo-capture\"}", "not of version 1" },
	{ "{\"format\": \"p2ptopo-capture\", \"version\": 2}", "not of version 1" },
	{ "{\"format\": \"p2ptopo-capture\", \"version\": 1}", "lacks a list" },
	{ "{\"format\": \"p2ptopo-capture\", \"version\": 1, \"rows\": [], \"denied\": [], "
	  "\"files\": [{\"path\": 3, \"size\": 1}]}", "lacks a list" },
	{ "{\"format\": \"p2ptopo-capture\", \"version\": 1, \"rows\": [], \"denied\": [], "
	  "\"files\": [{\"path\": \"x\", \"size\": -1}]}", "lacks a list" },
#define KNOWN(run) "{\"format\": \"p2ptopo-capture\", \"version\": 1, \"rows\": [], " \
		   "\"denied\": [], \"files\": [{\"path\": \"x\", \"size\": 1, \"known\": [" run "]}]}"
	{ KNOWN("[4, 9223372036854775804]"), "lacks a list" },
	{ KNOWN("[9223372036854775804, 4]"), "lacks a list" },
	{ KNOWN("[8, -4]"), "lacks a list" },
	{ KNOWN("[4092, 8]"), "lacks a list" },
	{ KNOWN("[2, 4]"), "lacks a list" },
	{ KNOWN("[4]"), "lacks a list" },
	{ KNOWN("4"), "lacks a list" },
	{ KNOWN("[null, 64]"), "lacks a list" },
	{ KNOWN("[\"0\", 64]"), "lacks a list" },
	{ KNOWN("[0, \"64\"]"), "lacks a list" },
	{ "{\"format\": \"p2ptopo-capture\", \"version\": 1, \"rows\": [], \"denied\": [], "
	  "\"files\": [{\"path\": \"x\", \"size\": 1, \"known\": 64}]}", "lacks a list" },
	{ "{\"format\": \"p2ptopo-capture\", \"version\": \"1\", \"rows\": [], \"denied\": [], \"files\": []}",
	  "not of version 1" },
	{ "{\"format\": \"p2ptopo-capture\", \"version\": 1.5, \"rows\": [], \"denied\": [], \"files\": []}",
	  "not of version 1" },
};

/* What another program calls a manifest witnesses nothing. */
START_TEST(foreign_manifest)
{
	struct space space = express(256);
	struct p2p_snapshot *snapshot;

	put_space(1, &space);
	put_text(directory, "manifest.json", "{\"format\": \"oci\", \"version\": 1, \"rows\": [\"driver\"], "
		 "\"denied\": [], \"files\": []}");
	snapshot = load(context, directory, P2P_WANT_NAMES);
	ck_assert_int_eq(p2p_raw_attr(p2p_snapshot_raw(snapshot, 0), P2P_ATTR_DRIVER)->fact, P2P_DENIED);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(bad_manifest)
{
	struct space space = express(256);

	put_space(1, &space);
	put_text(directory, "manifest.json", manifests[_i].manifest);
	refuse(context, directory, -EBADMSG, manifests[_i].error);
}
END_TEST

START_TEST(one_level_down)
{
	struct p2p_snapshot *snapshot;
	struct space space = express(64);
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/machine", directory);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	put_function(path, 1, space.bytes, 64);
	put_link(directory, "latest", "machine");
	put_text(directory, "notes", "x");
	snapshot = load(context, directory, P2P_WANT_VERDICT);
	ck_assert_uint_eq(p2p_snapshot_count(snapshot), 1);
	p2p_snapshot_free(snapshot);

	snprintf(path, sizeof(path), "%s/other", directory);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	refuse(context, path, -EBADMSG, "no sys/bus/pci/devices");
	put_function(path, 1, space.bytes, 64);
	refuse(context, directory, -EBADMSG, "several captures");
}
END_TEST

/* Links that would leave the root stay in it, and secrets of this machine stay where they are. */
START_TEST(stays_inside)
{
	struct space space = express(256);
	struct p2p_snapshot *snapshot;
	const struct p2p_raw *raw;
	char outside[256], link[PATH_MAX];
	char *secret = make_directory();

	put_text(secret, "vendor", "secret");
	put_text(secret, "0000:00:02.0/resource", "secret");
	space.bytes[0] = space.bytes[1] = 0xff;		/* as a VF: vendor is asked for */
	put_space(1, &space);
	snprintf(outside, sizeof(outside), "%s/vendor", secret);
	put_link(directory, "sys/devices/pci0000:00/0000:00:01.0/vendor", outside);
	snprintf(link, sizeof(link), "../../../../../../../../../../..%s", outside);
	put_link(directory, "sys/devices/pci0000:00/0000:00:01.0/resource", link);
	put_link(directory, "proc/cpuinfo", outside);
	snprintf(outside, sizeof(outside), "../../../../../../../..%s/0000:00:02.0", secret);
	put_link(directory, "sys/bus/pci/devices/0000:00:02.0", outside);
	snprintf(outside, sizeof(outside), "%s/0000:00:02.0", secret);
	put_link(directory, "sys/bus/pci/devices/0000:00:03.0", outside);

	snapshot = load(context, directory, P2P_WANT_ALL);
	ck_assert_uint_eq(p2p_snapshot_count(snapshot), 3);
	raw = p2p_snapshot_raw(snapshot, 0);
	ck_assert_int_eq(p2p_raw_attr(raw, P2P_ATTR_VENDOR)->fact, P2P_DENIED);
	ck_assert_int_eq(p2p_raw_attr(raw, P2P_ATTR_RESOURCE)->fact, P2P_DENIED);
	ck_assert_int_eq(p2p_snapshot_file(snapshot, "proc/cpuinfo")->fact, P2P_DENIED);
	for (size_t i = 1; i < 3; i++) {
		raw = p2p_snapshot_raw(snapshot, i);
		ck_assert_int_eq(p2p_raw_attr(raw, P2P_ATTR_RESOURCE)->fact, P2P_DENIED);
	}
	p2p_snapshot_free(snapshot);
	remove_directory(secret);
}
END_TEST

/* A pipe does not keep us waiting, a directory in place of a file is no file. */
START_TEST(odd_files)
{
	struct space space = express(256);
	struct p2p_snapshot *snapshot;
	char path[PATH_MAX];

	put_space(1, &space);
	snprintf(path, sizeof(path), "%s/sys/devices/pci0000:00/0000:00:01.0/numa_node", directory);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s/sys/devices/pci0000:00/0000:00:01.0/resource", directory);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snapshot = load(context, directory, P2P_WANT_NAMES);
	ck_assert_int_eq(p2p_raw_attr(p2p_snapshot_raw(snapshot, 0), P2P_ATTR_RESOURCE)->fact, P2P_DENIED);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(machine_files)
{
	static const struct { const char *path, *text; } files[] = {
		{ "proc/sys/kernel/osrelease", "6.6.1-x\n" },
		{ "proc/cpuinfo", "processor\t: 0\nflags\t: a\n\nprocessor\t: 1\n\n" },
		{ "boot/config-6.6.1-x", "CONFIG_A=y\nCONFIG_PCI=y\n# CONFIG_PCI_P2PDMA is not set\n" },
		{ "boot/config-6.6.1-y", "CONFIG_PCI_P2PDMA=y\n" },
		{ "proc/kallsyms", "ffffffff81000000 T _text\nffffffff81000010 T pci_enable_device\n"
		  "ffffffff81000020 T pci_p2pdma_distance_many\n"
		  "ffffffff81000030 t p2pmem_size\t[p2pdma]\n" },
		{ "sys/kernel/iommu_groups/3/type", "DMA-FQ\n" },
		{ "sys/bus/pci/slots/7/address", "0000:01:00\n" },
	};
	static const struct { const char *path, *text; } facts[] = {
		{ "proc/sys/kernel/osrelease", "6.6.1-x\n" },
		{ "proc/cpuinfo", "processor\t: 0\nflags\t: a\n" },
		{ "boot/config-6.6.1-x", "CONFIG_PCI=y\n# CONFIG_PCI_P2PDMA is not set\n" },
		{ "proc/kallsyms", "0000000000000000 T pci_enable_device\n"
		  "0000000000000000 T pci_p2pdma_distance_many\n"
		  "0000000000000000 t p2pmem_size\t[p2pdma]\n" },
		{ "sys/kernel/iommu_groups", "3\n" },
		{ "sys/kernel/iommu_groups/3/type", "DMA-FQ\n" },
		{ "sys/bus/pci/slots", "7\n" },
		{ "sys/bus/pci/slots/7/address", "0000:01:00\n" },
	};
	struct space space = express(256);
	struct p2p_snapshot *snapshot;

	put_space(1, &space);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		put_text(directory, files[i].path, files[i].text);
	snapshot = load(context, directory, P2P_WANT_ALL);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		const struct p2p_file *file = p2p_snapshot_file(snapshot, facts[i].path);

		ck_assert_msg(file->fact == P2P_PRESENT, "%s", facts[i].path);
		ck_assert_str_eq(file->data, facts[i].text);
	}
	ck_assert_int_eq(p2p_snapshot_file(snapshot, "boot/config-6.6.1-y")->fact, P2P_DENIED);
	p2p_snapshot_free(snapshot);
	/* Symbols are many; where a configuration tells, they are left for a capture. */
	snapshot = load(context, directory, P2P_WANT_VERDICT);
	ck_assert_int_eq(p2p_snapshot_file(snapshot, "proc/kallsyms")->fact, P2P_DENIED);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(bad_paths)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/none", directory);
	refuse(context, path, -ENOENT, "No such file or directory");
	put_text(directory, "empty", "");
	snprintf(path, sizeof(path), "%s/empty", directory);
	refuse(context, path, -EBADMSG, "the file is empty");
	put_text(directory, "text", "Dear reader,\n");
	snprintf(path, sizeof(path), "%s/text", directory);
	refuse(context, path, -EBADMSG, "not in a format that p2ptopo reads; there are tree, ");
	refuse(context, directory, -EBADMSG, "no sys/bus/pci/devices");
	put_text(directory, "sys/bus/pci/devices/notes", "x");
	refuse(context, directory, -EBADMSG, "no PCI function");
}
END_TEST

/* Each link of sys/bus/pci/devices is one function, so a second name of one is refused. */
START_TEST(comes_twice)
{
	struct space space = express(64);

	put_space(1, &space);
	put_link(directory, "sys/bus/pci/devices/00:01.0",
		 "../../../devices/pci0000:00/0000:00:01.0");
	refuse(context, directory, -EBADMSG, "appears twice");
}
END_TEST

/* What terminals, editors and Windows put into a text, and what is left of the line. */
static const struct {
	const char *bytes;
	size_t size;
	const char *line;
} dressed[] = {
	{ "\xff\xfe" "A\0\xe9\0\xac\x20\x3d\xd8\x00\xde\n\0", 14, "A\u00e9\u20ac\U0001f600" },
	{ "\xfe\xff\0A\0\xe9", 6, "A\u00e9" },
	{ "\xef\xbb\xbf" "x", 4, "x" },
	{ "\033]0;title\ax\xc2\xa0y", 14, "x y" },
	{ "\033]0;title\033\\x", 12, "x" },
	{ "\033Mx\033[1;31my\xe2\x80\x8bz  ", 17, "xyz" },
	{ "> > x", 5, "x" },
};

START_TEST(undresses)
{
	struct p2p_post post;

	ck_assert_int_eq(p2p_post_clean(dressed[_i].bytes, dressed[_i].size, &post), 0);
	ck_assert_str_eq(post.lines[0].text, dressed[_i].line);
	ck_assert(post.dressed);
	p2p_post_clear(&post);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

static void add_cases(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, missing_files);
	tcase_add_test(tcase, attributes);
	tcase_add_loop_test(tcase, foreign_config, 0, 4);
	tcase_add_loop_test(tcase, own_config, 0, 2);
	tcase_add_test(tcase, lost_file);
	tcase_add_test(tcase, foreign_manifest);
	tcase_add_loop_test(tcase, bad_manifest, 0, ROWS(manifests));
	tcase_add_test(tcase, one_level_down);
	tcase_add_test(tcase, stays_inside);
	tcase_add_test(tcase, odd_files);
	tcase_add_test(tcase, machine_files);
	tcase_add_test(tcase, bad_paths);
	tcase_add_test(tcase, comes_twice);
	tcase_add_loop_test(tcase, undresses, 0, ROWS(dressed));
}

int main(void)
{
	return run_cases("sources", add_cases);
}

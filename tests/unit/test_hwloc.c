/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the XML of a capture adds, and that nothing in it can hurt. */
#include <hwloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include "make.h"

#include "topology/build.h"

#define HOST "devices/pci0000:00/"

/*
 * Two nodes of two processors; below the second a NIC with a network interface, and one that
 * hangs off the machine as a whole.
 */
static const char xml[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n"
	"<topology version=\"2.0\">\n"
	"<object type=\"Machine\" os_index=\"0\" cpuset=\"0xf\" complete_cpuset=\"0xf\""
	" allowed_cpuset=\"0xf\" nodeset=\"0x3\" complete_nodeset=\"0x3\""
	" allowed_nodeset=\"0x3\" gp_index=\"1\">\n"
	"<object type=\"Bridge\" gp_index=\"20\" bridge_type=\"0-1\" depth=\"0\""
	" bridge_pci=\"0001:[00-00]\">\n"
	"<object type=\"PCIDev\" gp_index=\"21\" pci_busid=\"0001:00:02.0\""
	" pci_type=\"0200 [15b3:1021] [0000:0000] 00\" pci_link_speed=\"0.000000\"/>\n"
	"</object>\n"
	"<object type=\"Package\" os_index=\"0\" cpuset=\"0x3\" complete_cpuset=\"0x3\""
	" nodeset=\"0x1\" complete_nodeset=\"0x1\" gp_index=\"2\">\n"
	"<object type=\"NUMANode\" os_index=\"0\" cpuset=\"0x3\" complete_cpuset=\"0x3\""
	" nodeset=\"0x1\" complete_nodeset=\"0x1\" gp_index=\"3\" local_memory=\"1073741824\"/>\n"
	"<object type=\"PU\" os_index=\"0\" cpuset=\"0x1\" complete_cpuset=\"0x1\""
	" nodeset=\"0x1\" complete_nodeset=\"0x1\" gp_index=\"4\"/>\n"
	"<object type=\"PU\" os_index=\"1\" cpuset=\"0x2\" complete_cpuset=\"0x2\""
	" nodeset=\"0x1\" complete_nodeset=\"0x1\" gp_index=\"5\"/>\n"
	"</object>\n"
	"<object type=\"Package\" os_index=\"1\" cpuset=\"0xc\" complete_cpuset=\"0xc\""
	" nodeset=\"0x2\" complete_nodeset=\"0x2\" gp_index=\"6\">\n"
	"<object type=\"NUMANode\" os_index=\"1\" cpuset=\"0xc\" complete_cpuset=\"0xc\""
	" nodeset=\"0x2\" complete_nodeset=\"0x2\" gp_index=\"7\" local_memory=\"1073741824\"/>\n"
	"<object type=\"PU\" os_index=\"2\" cpuset=\"0x4\" complete_cpuset=\"0x4\""
	" nodeset=\"0x2\" complete_nodeset=\"0x2\" gp_index=\"8\"/>\n"
	"<object type=\"PU\" os_index=\"3\" cpuset=\"0x8\" complete_cpuset=\"0x8\""
	" nodeset=\"0x2\" complete_nodeset=\"0x2\" gp_index=\"9\"/>\n"
	"<object type=\"Bridge\" gp_index=\"10\" bridge_type=\"0-1\" depth=\"0\""
	" bridge_pci=\"0000:[00-00]\">\n"
	"<object type=\"PCIDev\" gp_index=\"11\" pci_busid=\"0000:00:02.0\""
	" pci_type=\"0200 [15b3:1021] [0000:0000] 00\" pci_link_speed=\"0.000000\">\n"
	"<object type=\"OSDev\" gp_index=\"12\" name=\"eth7\" osdev_type=\"2\"/>\n"
	"</object>\n"
	"</object>\n"
	"</object>\n"
	"</object>\n"
	"</topology>\n";

static struct p2p_topology *build(struct p2p_snapshot *snapshot, const char *text)
{
	const struct p2p_topology_options options = { .hwloc = true };
	struct p2p_topology *topology;
	struct p2p_context *context;

	snapshot->hwloc = (struct p2p_file){ P2P_PRESENT, strlen(text), text };
	p2p_snapshot_sort_entries(snapshot);
	ck_assert_int_eq(p2p_context_new(&context), 0);
	ck_assert_int_eq(p2p_topology_new(context, snapshot, &options, &topology), 0);
	p2p_context_free(context);
	return topology;
}

static struct p2p_snapshot *nic(void)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_ARCHIVE);
	struct space space = make_space(0x15b3, 0x1021, 0x020000, 0, P2P_PORT_ENDPOINT);

	make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0", &space);
	make_function(snapshot, "0001:00:02.0", "devices/pci0001:00/0001:00:02.0", &space);
	p2p_snapshot_sort(snapshot);
	return snapshot;
}

START_TEST(adds)
{
	struct p2p_snapshot *snapshot = nic();
	struct p2p_topology *topology = build(snapshot, xml);
	const struct p2p_function *function = get(topology, "0000:00:02.0");

	ck_assert_int_eq(function->numa.fact, P2P_PRESENT);
	ck_assert_int_eq(function->numa.value, 1);
	ck_assert_str_eq(function->cpus, "2-3");
	ck_assert_str_eq(function->os_names[0], "eth7");
	ck_assert_ptr_null(function->os_names[1]);
	ck_assert_str_eq(function->display, "eth7");
	/* Near both nodes is near none. */
	function = get(topology, "0001:00:02.0");
	ck_assert_int_eq(function->numa.fact, P2P_DENIED);
	ck_assert_str_eq(function->cpus, "0-3");
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* What sysfs says stays. */
START_TEST(yields_to_sysfs)
{
	struct p2p_snapshot *snapshot = nic();
	const struct p2p_function *function;
	struct p2p_topology *topology;

	make_attr(&snapshot->raws[0], P2P_ATTR_NUMA_NODE, "0\n");
	make_attr(&snapshot->raws[0], P2P_ATTR_LOCAL_CPULIST, "0-1\n");
	make_attr(&snapshot->raws[0], P2P_ATTR_NET, "eth0\n");
	topology = build(snapshot, xml);
	function = get(topology, "0000:00:02.0");
	ck_assert_int_eq(function->numa.value, 0);
	ck_assert_str_eq(function->cpus, "0-1");
	ck_assert_str_eq(function->os_names[0], "eth0");
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* Nonsense is no error and makes no noise. */
START_TEST(survives)
{
	static const char *const texts[] = {
		"", "<", "<topology/>", "not XML at all", "<?xml version=\"1.0\"?><topology>",
		"<topology version=\"2.0\"><object type=\"Machine\" cpuset=\"0x1\"/></topology>",
	};
	FILE *noise = tmpfile();
	int saved = dup(STDERR_FILENO);
	struct p2p_snapshot *snapshot = nic();
	struct p2p_topology *topology;

	ck_assert_ptr_nonnull(noise);
	dup2(fileno(noise), STDERR_FILENO);
	topology = build(snapshot, texts[_i]);
	dup2(saved, STDERR_FILENO);
	ck_assert_int_eq(lseek(fileno(noise), 0, SEEK_END), 0);
	ck_assert_int_eq(get(topology, "0000:00:02.0")->numa.fact, P2P_DENIED);
	fclose(noise);
	close(saved);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* hwloc keeps sets as bits, so that each with this node would take 512 MiB. */
START_TEST(high_number)
{
	static const char node[] = "type=\"NUMANode\" os_index=\"1\"", high[] = "4294967290\"";
	const char *at = strstr(xml, node) + sizeof(node) - 3;
	struct p2p_snapshot *snapshot = nic();
	struct p2p_topology *topology;
	struct rusage usage;
	char text[sizeof(xml) + sizeof(high)];

	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - xml), xml, high, at + 2);
	topology = build(snapshot, text);
	ck_assert_int_eq(get(topology, "0000:00:02.0")->numa.fact, P2P_DENIED);
	ck_assert_int_eq(getrusage(RUSAGE_CHILDREN, &usage), 0);
	ck_assert_int_lt(usage.ru_maxrss, 400 << 10);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_test(tcase, high_number);
	tcase_add_test(tcase, adds);
	tcase_add_test(tcase, yields_to_sysfs);
	tcase_add_loop_test(tcase, survives, 0, 6);
}

int main(void)
{
	return run_cases("hwloc", add_cases);
}

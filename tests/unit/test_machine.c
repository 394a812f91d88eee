/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine as a whole, what its functions are called, and the notes on both. */
#include "make.h"

#define HOST "devices/pci0000:00/"

static const char cpuinfo[] =
	"processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 97\n"
	"model name\t: AMD EPYC 9354\nflags\t\t: fpu vme hypervisors sse2 lahf_lm\n\n"
	"processor\t: 1\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n";

static const char guest_cpuinfo[] =
	"vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\n"
	"flags\t\t: fpu sse2 hypervisor\n";

/* Flags as people paste them: the line ends before, or leaves out, where the hypervisor's would be. */
static const char cut_cpuinfo[] = "vendor_id\t: AuthenticAMD\nflags\t\t: fpu vme sse2\n";
static const char snipped_cpuinfo[] = "vendor_id\t: AuthenticAMD\nflags\t\t: fpu vme ... lahf_lm\n";
static const char lscpu[] = "vendor_id\t: AuthenticAMD\nflags\t\t: fpu vme\nhypervisor vendor\t: KVM\n";

/* Any function will do. */
static struct p2p_snapshot *start(enum p2p_source source, uint16_t vendor, uint16_t device)
{
	struct p2p_snapshot *snapshot = make_snapshot(source);
	struct space space = make_space(vendor, device, 0x020000, 0, P2P_PORT_ENDPOINT);

	make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0", &space);
	return snapshot;
}

START_TEST(processor)
{
	struct p2p_snapshot *snapshot = start(P2P_SOURCE_TREE, 0x15b3, 0x1021);
	struct p2p_topology *topology;
	const struct p2p_machine *machine;

	make_file(snapshot, "proc/cpuinfo", cpuinfo);
	make_file(snapshot, "proc/version", "Linux version 6.12.48+deb13-amd64 (x) #1\n");
	make_file(snapshot, "proc/cmdline", "quiet iommu=pt\n");
	make_file(snapshot, "proc/sys/kernel/hostname", "node7\n");
	topology = make_topology(snapshot);
	machine = p2p_topology_machine(topology);
	ck_assert_str_eq(machine->cpu_vendor, "AuthenticAMD");
	ck_assert_str_eq(machine->cpu_name, "AMD EPYC 9354");
	ck_assert(machine->cpu_family.fact == P2P_PRESENT && machine->cpu_family.value == 25);
	ck_assert(machine->cpu_model.fact == P2P_PRESENT && machine->cpu_model.value == 97);
	ck_assert_int_eq(machine->virtual_machine, P2P_NO);
	ck_assert_str_eq(machine->release, "6.12.48+deb13-amd64");
	ck_assert_str_eq(machine->cmdline, "quiet iommu=pt");
	ck_assert_str_eq(machine->host, "node7");
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* The kernel asks the first processor, so what only the second says is not known. */
START_TEST(second_processor)
{
	struct p2p_snapshot *snapshot = start(P2P_SOURCE_TREE, 0x15b3, 0x1021);
	struct p2p_topology *topology;

	make_file(snapshot, "proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 50.00\n\n"
		  "processor\t: 1\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\n");
	topology = make_topology(snapshot);
	ck_assert_ptr_null(p2p_topology_machine(topology)->cpu_vendor);
	ck_assert_int_ne(p2p_topology_machine(topology)->cpu_family.fact, P2P_PRESENT);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static const struct {
	const char *cpuinfo, *name;
} arms[] = {
	{ "CPU implementer\t: 0x41\nCPU part\t: 0xd4f\n", "ARM Neoverse V2" },
	{ "CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n", "ARM Neoverse N1" },
	{ "CPU implementer\t: 0x41\nCPU part\t: 0xd40\n", "ARM Neoverse V1" },
	{ "CPU implementer\t: 0x41\nCPU part\t: 0xd49\n", "ARM Neoverse N2" },
	{ "CPU implementer\t: 0x43\nCPU part\t: 0x0af\n", "Cavium ThunderX2" },
	{ "CPU implementer\t: 0x46\nCPU part\t: 0x001\n", "Fujitsu A64FX" },
	{ "CPU implementer\t: 0x48\nCPU part\t: 0xd01\n", "HiSilicon TSV110 (Kunpeng 920)" },
	{ "CPU implementer\t: 0xc0\nCPU part\t: 0xac3\n", "Ampere-1 (AmpereOne)" },
	{ "CPU implementer\t: 0xc0\nCPU part\t: 0xac4\n", "Ampere-1a (AmpereOne)" },
	/* A number is one maker's; one of the two tells nothing; a name that is there counts. */
	{ "CPU implementer\t: 0x48\nCPU part\t: 0xd4f\n", NULL },
	{ "CPU implementer\t: 0x41\nCPU part\t: 0xfff\n", NULL },
	{ "CPU implementer\t: 0x41\n", NULL },
	{ "CPU part\t: 0xd0c\n", NULL },
	{ "model name\t: Mine\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n", "Mine" },
};

START_TEST(arm)
{
	struct p2p_snapshot *snapshot = start(P2P_SOURCE_TREE, 0x15b3, 0x1021);
	struct p2p_topology *topology;

	make_file(snapshot, "proc/cpuinfo", arms[_i].cpuinfo);
	topology = make_topology(snapshot);
	ck_assert_pstr_eq(p2p_topology_machine(topology)->cpu_name, arms[_i].name);
	ck_assert_int_eq(p2p_topology_machine(topology)->cpu_family.fact, P2P_ABSENT);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(nothing_known)
{
	struct p2p_snapshot *snapshot = start(P2P_SOURCE_DUMP, 0x15b3, 0x1021);
	struct p2p_topology *topology = make_topology(snapshot);
	const struct p2p_machine *machine = p2p_topology_machine(topology);

	ck_assert_ptr_null(machine->cpu_vendor);
	ck_assert_ptr_null(machine->release);
	ck_assert_int_eq(machine->cpu_family.fact, P2P_DENIED);
	ck_assert_int_eq(machine->p2pdma, P2P_UNKNOWN);
	ck_assert_int_eq(machine->iommu, P2P_UNKNOWN);
	ck_assert_int_eq(machine->virtual_machine, P2P_UNKNOWN);
	ck_assert_uint_eq(machine->numa_nodes, 0);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static const struct { const char *path, *text; enum p2p_tri p2pdma; } kernels[] = {
	{ "proc/kallsyms", "0000000000000000 T pci_enable_device\n"
	  "0000000000000000 T pci_p2pdma_distance_many\n", P2P_YES },
	{ "proc/kallsyms", "0000000000000000 T pci_enable_device\n", P2P_NO },
	/* A module's symbol of that name is not the kernel's. */
	{ "proc/kallsyms", "0000000000000000 T pci_enable_device\n"
	  "0000000000000000 t pci_p2pdma_distance_many\t[x]\n", P2P_NO },
	{ "proc/kallsyms", "0000000000000000 T other\n", P2P_UNKNOWN },
	{ "proc/config.gz", "CONFIG_PCI=y\nCONFIG_PCI_P2PDMA=y\n", P2P_YES },
	{ "proc/config.gz", "CONFIG_PCI=y\n# CONFIG_PCI_P2PDMA is not set\n", P2P_NO },
	{ "proc/config.gz", "CONFIG_PCI=y\n", P2P_NO },
	{ "proc/config.gz", "", P2P_UNKNOWN },
	{ "boot/config-6.1.0-40-amd64", "CONFIG_PCI=y\nCONFIG_PCI_P2PDMA=y\n", P2P_YES },
	{ "usr/lib/modules/6.1.0-40-amd64/config", "CONFIG_PCI=y\n", P2P_NO },
	{ "boot/config-6.1.0-41-amd64", "CONFIG_PCI=y\nCONFIG_PCI_P2PDMA=y\n", P2P_UNKNOWN },
};

START_TEST(p2pdma)
{
	struct p2p_snapshot *snapshot = start(P2P_SOURCE_TREE, 0x15b3, 0x1021);
	struct p2p_topology *topology;

	make_file(snapshot, "proc/sys/kernel/osrelease", "6.1.0-40-amd64\n");
	make_file(snapshot, kernels[_i].path, kernels[_i].text);
	topology = make_topology(snapshot);
	ck_assert_int_eq(p2p_topology_machine(topology)->p2pdma, kernels[_i].p2pdma);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static const struct {
	uint16_t vendor, device;
	const char *cpu, *product;
	enum p2p_tri guest;
	const char *hypervisor;
} guests[] = {
	{ 0x15b3, 0x1021, guest_cpuinfo, NULL, P2P_YES, NULL },
	{ 0x15b3, 0x1021, guest_cpuinfo, "Virtual Machine\n", P2P_YES, "Hyper-V" },
	{ 0x1b36, 0x000c, guest_cpuinfo, NULL, P2P_YES, "QEMU" },
	{ 0x1b36, 0x000c, NULL, NULL, P2P_YES, "QEMU" },
	{ 0x15ad, 0x07b0, NULL, NULL, P2P_YES, "VMware" },
	/* SmartNICs are virtio devices too, on real machines. */
	{ 0x1af4, 0x1041, NULL, NULL, P2P_UNKNOWN, NULL },
	{ 0x1af4, 0x1041, cpuinfo, NULL, P2P_NO, NULL },
	{ 0x15b3, 0x1021, cpuinfo, "Virtual Machine\n", P2P_NO, NULL },
	{ 0x15b3, 0x1021, cut_cpuinfo, NULL, P2P_UNKNOWN, NULL },
	{ 0x15b3, 0x1021, snipped_cpuinfo, NULL, P2P_UNKNOWN, NULL },
	{ 0x15b3, 0x1021, lscpu, NULL, P2P_YES, NULL },
	/* -cpu host,-hypervisor */
	{ 0x1b36, 0x000c, cpuinfo, NULL, P2P_YES, "QEMU" },
};

START_TEST(virtual_machines)
{
	struct p2p_snapshot *snapshot = start(P2P_SOURCE_TREE, guests[_i].vendor,
					      guests[_i].device);
	struct p2p_topology *topology;
	const struct p2p_machine *machine;

	if (guests[_i].cpu)
		make_file(snapshot, "proc/cpuinfo", guests[_i].cpu);
	if (guests[_i].product)
		make_file(snapshot, "sys/class/dmi/id/product_name", guests[_i].product);
	topology = make_topology(snapshot);
	machine = p2p_topology_machine(topology);
	ck_assert_int_eq(machine->virtual_machine, guests[_i].guest);
	ck_assert_pstr_eq(machine->hypervisor, guests[_i].hypervisor);
	ck_assert_int_eq(get(topology, "0000:00:02.0")->emulated,
			 guests[_i].guest == P2P_YES && guests[_i].vendor != 0x15b3);
	ck_assert_int_eq(get_note(topology, "registers below are emulated") != NULL,
			 guests[_i].guest == P2P_YES);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static const struct { const char *online, *first, *second; unsigned int nodes; } numa[] = {
	{ "0-1\n", "0", "0", 2 }, { "0\n", "-1", "-1", 1 }, { "0,2-3\n", "0", "2", 3 },
	{ NULL, "0", "1", 2 }, { NULL, "0", "0", 0 }, { NULL, "-1", "-1", 0 },
	{ "junk", "0", "1", 2 }, { "0\n", "0", "5", 2 },
	/* Cut, or no list: two functions of one node do not say that it is the only one. */
	{ "0-\n", "0", "0", 0 }, { "0,\n", "0", "0", 0 }, { "3-1\n", "0", "0", 0 }, { "0x\n", "0", "0", 0 },
	{ "0-99999999\n", "0", "0", 0 }, { "", "0", "0", 0 },
};

static const struct { const char *text; enum p2p_fact fact; int64_t value; } nodes_of_devices[] = {
	{ "1\n", P2P_PRESENT, 1 }, { "-1\n", P2P_PRESENT, -1 }, { "1", P2P_PRESENT, 1 }, { "", P2P_DENIED, 0 },
	{ "x\n", P2P_DENIED, 0 }, { "1x\n", P2P_DENIED, 0 }, { "0x\n", P2P_DENIED, 0 }, { "1 2\n", P2P_DENIED, 0 },
	{ "99999999999999999999\n", P2P_DENIED, 0 },
};

START_TEST(odd_numbers)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct p2p_topology *topology;
	struct p2p_number node;

	make_attr(make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0", NULL), P2P_ATTR_NUMA_NODE,
		  nodes_of_devices[_i].text);
	topology = make_topology(snapshot);
	node = get(topology, "0000:00:02.0")->numa;
	ck_assert_int_eq(node.fact, nodes_of_devices[_i].fact);
	ck_assert(node.fact != P2P_PRESENT || node.value == nodes_of_devices[_i].value);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(nodes)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct p2p_topology *topology;

	make_attr(make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0", NULL),
		  P2P_ATTR_NUMA_NODE, numa[_i].first);
	make_attr(make_function(snapshot, "0000:00:03.0", HOST "0000:00:03.0", NULL),
		  P2P_ATTR_NUMA_NODE, numa[_i].second);
	if (numa[_i].online)
		make_file(snapshot, "sys/devices/system/node/online", numa[_i].online);
	topology = make_topology(snapshot);
	ck_assert_uint_eq(p2p_topology_machine(topology)->numa_nodes, numa[_i].nodes);
	ck_assert_int_eq(p2p_topology_host_bridge(topology, 0)->numa.fact,
			 strcmp(numa[_i].first, numa[_i].second) ? P2P_DENIED : P2P_PRESENT);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(iommu)
{
	static const enum p2p_tri answers[] = { P2P_UNKNOWN, P2P_NO, P2P_YES };
	struct p2p_snapshot *snapshot = start(P2P_SOURCE_LIVE, 0x15b3, 0x1021);
	struct p2p_topology *topology;

	if (_i == 2)
		make_attr(&snapshot->raws[0], P2P_ATTR_IOMMU_GROUP, "12");
	else
		snapshot->raws[0].attr[P2P_ATTR_IOMMU_GROUP].fact = _i ? P2P_ABSENT : P2P_DENIED;
	make_file(snapshot, "sys/kernel/iommu_groups/12/type", "DMA-FQ\n");
	topology = make_topology(snapshot);
	ck_assert_int_eq(p2p_topology_machine(topology)->iommu, answers[_i]);
	ck_assert_pstr_eq(get(topology, "0000:00:02.0")->iommu_type, _i == 2 ? "DMA-FQ" : NULL);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(names)
{
	struct p2p_snapshot *snapshot = start(P2P_SOURCE_TREE, 0x15b3, 0x1021);
	const struct p2p_function *function;
	struct p2p_topology *topology;

	make_attr(&snapshot->raws[0], P2P_ATTR_NET, "eth0\neth1\n");
	make_attr(&snapshot->raws[0], P2P_ATTR_INFINIBAND, "mlx5_0\n");
	make_attr(&snapshot->raws[0], P2P_ATTR_LOCAL_CPULIST, "0-31,64-95\n");
	make_attr(&snapshot->raws[0], P2P_ATTR_DRIVER, "mlx5_core");
	make_function(snapshot, "0000:00:03.0", HOST "0000:00:03.0", NULL);
	make_file(snapshot, "sys/bus/pci/slots", "4\n7-1\n");
	make_file(snapshot, "sys/bus/pci/slots/4/address", "0000:00:02\n");
	make_file(snapshot, "sys/bus/pci/slots/7-1/address", "0000:99:00\n");
	topology = make_topology(snapshot);
	function = get(topology, "0000:00:02.0");
	ck_assert_str_eq(function->os_names[0], "mlx5_0");
	ck_assert_str_eq(function->os_names[1], "eth0");
	ck_assert_str_eq(function->os_names[2], "eth1");
	ck_assert_ptr_null(function->os_names[3]);
	ck_assert_str_eq(function->display, "mlx5_0");
	ck_assert_str_eq(function->cpus, "0-31,64-95");
	ck_assert_str_eq(function->driver, "mlx5_core");
	ck_assert_str_eq(function->slot, "4");
	function = get(topology, "0000:00:03.0");
	ck_assert_ptr_null(function->os_names);
	ck_assert_str_eq(function->display, "0000:00:03.0");
	ck_assert_ptr_null(function->slot);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* What the two ends of a link can do, what they do, and what is said of it. */
static const struct {
	unsigned int port_speed, port_width, end_speed, end_width, speed, width;
	uint32_t class_code;
	const char *power, *note;
} links[] = {
	{ 5, 16, 4, 8, 4, 8, 0x010802, "D0", NULL },
	{ 3, 4, 4, 16, 3, 4, 0x010802, "D0", NULL },
	{ 5, 16, 4, 8, 3, 8, 0x010802, "D0", "runs at 8 GT/s x8, both ends support 16 GT/s x8" },
	{ 4, 16, 4, 16, 4, 4, 0x030000, "D0", "runs at 16 GT/s x4, both ends support 16 GT/s x16" },
	{ 4, 16, 4, 16, 1, 16, 0x030000, "D0", "when idle" },
	{ 4, 16, 4, 16, 1, 16, 0x010802, "D3hot", "low-power state" },
	{ 4, 16, 4, 16, 0, 0, 0x010802, "D0", NULL },
};

START_TEST(degraded_links)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space port = make_space(0x8086, 0x2030, 0x060400, 1, P2P_PORT_ROOT);
	struct space end = make_space(0x144d, 0xa808, links[_i].class_code, 0,
				      P2P_PORT_ENDPOINT);
	const struct p2p_note *note;
	struct p2p_topology *topology;

	put32(&port, 0x4c, links[_i].port_speed | links[_i].port_width << 4);
	put32(&end, 0x4c, links[_i].end_speed | links[_i].end_width << 4);
	put16(&end, 0x52, links[_i].speed | links[_i].width << 4);
	make_function(snapshot, "0000:00:01.0", HOST "0000:00:01.0", &port);
	make_attr(make_function(snapshot, "0000:01:00.0", HOST "0000:00:01.0/0000:01:00.0",
				&end), P2P_ATTR_POWER_STATE, links[_i].power);
	topology = make_topology(snapshot);
	note = get_note(topology, "the link of 0000:01:00.0 to 0000:00:01.0");
	ck_assert_int_eq(note != NULL, links[_i].note != NULL);
	if (note)
		ck_assert_ptr_nonnull(strstr(note->text, links[_i].note));
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* Cards whose inner links always report 2.5 GT/s x1, and what looks like one. */
static const struct {
	uint16_t vendor, inner, device;
	unsigned int most;
	bool corrected;
} cards[] = {
	{ 0x8086, 0x4fa4, 0x56a0, 1 | 1 << 4, true },
	{ 0x8086, 0x4fa4, 0x56c1, 1 | 1 << 4, true },
	{ 0x8086, 0xe2f0, 0xe223, 1 | 1 << 4, true },
	{ 0x8086, 0xe2f0, 0xe20b, 1 | 1 << 4, true },
	{ 0x8086, 0xe2f0, 0xe223, 4 | 8 << 4, false },	/* says something else: believed */
	{ 0x8086, 0xe2f0, 0xe2f7, 1 | 1 << 4, false },	/* no GPU there */
	{ 0x10b5, 0x8747, 0x56a0, 1 | 1 << 4, false },	/* a switch that is not the card's */
};

START_TEST(inner_links)
{
	static const char top_path[] = HOST "0000:00:01.0/0000:01:00.0";
	static const char gpu_path[] = HOST "0000:00:01.0/0000:01:00.0/0000:02:01.0/0000:03:00.0";
	static const char port_path[] = HOST "0000:00:01.0/0000:01:00.0/0000:02:01.0";
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space root = make_space(0x1022, 0x1483, 0x060400, 1, P2P_PORT_ROOT);
	struct space top = make_space(cards[_i].vendor, 0xe2ff, 0x060400, 1, P2P_PORT_UPSTREAM);
	struct space port = make_space(cards[_i].vendor, cards[_i].inner, 0x060400, 1,
				       P2P_PORT_DOWNSTREAM);
	struct space gpu = make_space(0x8086, cards[_i].device, 0x030000, 0, P2P_PORT_ENDPOINT);
	struct p2p_topology *topology;
	const struct p2p_pcie *inner[2];

	put32(&root, 0x4c, 4 | 16 << 4);
	put16(&root, 0x52, 4 | 8 << 4);
	put32(&top, 0x4c, 5 | 16 << 4);
	put16(&top, 0x52, 4 | 8 << 4);
	put32(&port, 0x4c, cards[_i].most);
	put16(&port, 0x52, (uint16_t)cards[_i].most);
	put32(&gpu, 0x4c, cards[_i].most);
	put16(&gpu, 0x52, (uint16_t)cards[_i].most);
	make_function(snapshot, "0000:00:01.0", HOST "0000:00:01.0", &root);
	make_function(snapshot, "0000:01:00.0", top_path, &top);
	make_function(snapshot, "0000:02:01.0", port_path, &port);
	make_function(snapshot, "0000:03:00.0", gpu_path, &gpu);
	topology = make_topology(snapshot);
	inner[0] = &get(topology, "0000:02:01.0")->pcie;
	inner[1] = &get(topology, "0000:03:00.0")->pcie;
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(inner[i]->now.width == 8 && inner[i]->now.speed_mtps == 16000 &&
				 inner[i]->most.width == 16, cards[_i].corrected);
		ck_assert_int_eq(inner[i]->now.width == 1, cards[_i].most == (1 | 1 << 4) &&
				 !cards[_i].corrected);
	}
	/* What limits the card is said once, of the link that is real. */
	ck_assert_ptr_nonnull(get_note(topology, "the link of 0000:01:00.0 to 0000:00:01.0 runs at "
				       "16 GT/s x8, both ends support 16 GT/s x16"));
	ck_assert_ptr_null(get_note(topology, "the link of 0000:03:00.0"));
	ck_assert_int_eq(get_note(topology, "reports a link of 2.5 GT/s x1") != NULL,
			 cards[_i].corrected || cards[_i].most != (1 | 1 << 4));
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(other_notes)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space nvswitch = make_space(0x10de, 0x22a3, 0x068000, 0, P2P_PORT_ENDPOINT);
	struct space limited = make_space(0x144d, 0xa808, 0x010802, 0, P2P_PORT_ENDPOINT);
	struct space loop = make_space(0x10de, 0x2330, 0x030200, 0, P2P_PORT_ENDPOINT);
	struct p2p_topology *topology;
	struct p2p_raw *raw;

	nvswitch.size = 64;
	limited.size = 256;
	limited.kernel_size = true;
	make_function(snapshot, "0000:00:04.0", HOST "0000:00:04.0", &limited);
	add_extended(&loop, 0, 0x100, 0x03);
	put16(&loop, 0x102, 1 | 0x100 << 4);
	raw = make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0", &nvswitch);
	make_attr(raw, P2P_ATTR_POWER_STATE, "D3cold\n");
	raw = make_function(snapshot, "0000:00:03.0", HOST "0000:00:03.0", &loop);
	make_attr(raw, P2P_ATTR_XGMI, "1\n");
	topology = make_topology(snapshot);
	ck_assert_ptr_nonnull(get_note(topology, "NVLink may also join devices, outside PCIe (0000:00:02.0 has it); "
				       "its links are not read"));
	ck_assert_ptr_nonnull(get_note(topology, "XGMI may also join devices, outside PCIe (0000:00:03.0 has it)"));
	ck_assert_ptr_nonnull(get_note(topology, "0000:00:03.0 has a broken capability list: "
				       "the chain loops"));
	ck_assert_ptr_nonnull(get_note(topology, "only the first 64 bytes of config space "
				       "of 1 of 3 functions could be read"));
	ck_assert_ptr_nonnull(get_note(topology, "0000:00:02.0 is powered off (D3cold)"));
	ck_assert_ptr_nonnull(get_note(topology, "no extended config space of 1 PCI Express "
				       "functions, first 0000:00:04.0"));
	ck_assert_ptr_null(get_note(topology, "virtual machine"));
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static const struct {
	uint32_t class_code;
	uint16_t vendor, device;
	enum p2p_class kind;
	bool takes_part;
} classes[] = {
	{ 0x030000, 0x10de, 0x2204, P2P_CLASS_GPU, true },
	{ 0x030200, 0x10de, 0x2330, P2P_CLASS_GPU, true },
	{ 0x038000, 0x1002, 0x740f, P2P_CLASS_GPU, true },
	{ 0x038000, 0x8086, 0x0bd5, P2P_CLASS_GPU, true },
	/* AMD's compute cards without a display class. */
	{ 0x120000, 0x1002, 0x74a0, P2P_CLASS_GPU, true },
	{ 0x120000, 0x1002, 0x74a1, P2P_CLASS_GPU, true },
	{ 0x120000, 0x1002, 0x74a9, P2P_CLASS_GPU, true },
	{ 0x120000, 0x1002, 0x74b5, P2P_CLASS_GPU, true },
	{ 0x120000, 0x1002, 0x75a3, P2P_CLASS_GPU, true },
	/* Displays of management controllers and emulators. */
	{ 0x030000, 0x1a03, 0x2000, P2P_CLASS_OTHER, false },
	{ 0x030000, 0x102b, 0x0536, P2P_CLASS_OTHER, false },
	{ 0x030000, 0x102b, 0x2527, P2P_CLASS_GPU, true },
	{ 0x030000, 0x19e5, 0x1711, P2P_CLASS_OTHER, false },
	{ 0x030000, 0x1002, 0x515e, P2P_CLASS_OTHER, false },
	{ 0x030000, 0x1013, 0x00b8, P2P_CLASS_OTHER, false },
	{ 0x030000, 0x1b36, 0x0100, P2P_CLASS_OTHER, false },
	{ 0x030000, 0x1234, 0x1111, P2P_CLASS_OTHER, false },
	{ 0x038000, 0x1234, 0x1111, P2P_CLASS_OTHER, false },
	{ 0x030000, 0x1af4, 0x1050, P2P_CLASS_OTHER, false },
	{ 0x030000, 0x15ad, 0x0405, P2P_CLASS_OTHER, false },
	/* Accelerators of every class. */
	{ 0x120000, 0x1da3, 0x1020, P2P_CLASS_ACCEL, true },
	{ 0x088000, 0x1d0f, 0x7164, P2P_CLASS_ACCEL, true },
	{ 0x088000, 0x1d0f, 0x7264, P2P_CLASS_ACCEL, true },
	{ 0x020000, 0x1d0f, 0xefa1, P2P_CLASS_NIC, true },
	{ 0x010802, 0x1d0f, 0x8061, P2P_CLASS_NVME, true },
	{ 0x120000, 0x1e52, 0xb140, P2P_CLASS_ACCEL, true },
	{ 0x0b4000, 0x1e60, 0x2864, P2P_CLASS_ACCEL, true },
	{ 0xff0000, 0x17cb, 0xa100, P2P_CLASS_ACCEL, true },
	{ 0x028000, 0x17cb, 0x1103, P2P_CLASS_NIC, true },
	{ 0x120000, 0x19e5, 0xd802, P2P_CLASS_ACCEL, true },
	{ 0xff0000, 0x1ae0, 0x0063, P2P_CLASS_ACCEL, true },
	{ 0x020000, 0x1ae0, 0x0042, P2P_CLASS_NIC, true },
	{ 0x088000, 0x1ac1, 0x089a, P2P_CLASS_ACCEL, true },
	{ 0x058000, 0x10ee, 0x9038, P2P_CLASS_ACCEL, true },
	{ 0x070001, 0x10ee, 0x7024, P2P_CLASS_ACCEL, true },
	{ 0xff0000, 0x1172, 0xe003, P2P_CLASS_ACCEL, true },
	{ 0x118000, 0x1022, 0x1502, P2P_CLASS_ACCEL, true },
	{ 0x080100, 0x15b3, 0x2100, P2P_CLASS_NIC, true },
	/* Intel's DMA engines, and system functions of Xeons with ids beside theirs. */
	{ 0x088000, 0x8086, 0x0b25, P2P_CLASS_ACCEL, true },
	{ 0x088000, 0x8086, 0x0b26, P2P_CLASS_OTHER, false },
	{ 0x088000, 0x8086, 0x0e27, P2P_CLASS_ACCEL, true },
	{ 0x088000, 0x8086, 0x0e28, P2P_CLASS_OTHER, false },
	{ 0x088000, 0x8086, 0x2f2a, P2P_CLASS_OTHER, false },
	{ 0x088000, 0x8086, 0x6f2f, P2P_CLASS_ACCEL, true },
	{ 0x088000, 0x8086, 0x3c2c, P2P_CLASS_OTHER, false },
	{ 0x088000, 0x8086, 0x2024, P2P_CLASS_OTHER, false },
	/* Management functions and placeholders. */
	{ 0x080100, 0x15b3, 0xc2d5, P2P_CLASS_OTHER, false },
	{ 0x080100, 0x15b3, 0xc2d2, P2P_CLASS_OTHER, false },
	{ 0x010700, 0x1000, 0x00b2, P2P_CLASS_SWITCH, false },
	{ 0x010700, 0x1000, 0x00e6, P2P_CLASS_STORAGE, false },
	{ 0x088000, 0x1000, 0x02b2, P2P_CLASS_SWITCH, false },
	{ 0x088000, 0x10b5, 0x87d0, P2P_CLASS_SWITCH, true },
	{ 0x010802, 0x144d, 0xa808, P2P_CLASS_NVME, true },
	{ 0x010601, 0x8086, 0xa182, P2P_CLASS_STORAGE, false },
	{ 0x020700, 0x15b3, 0x1021, P2P_CLASS_NIC, true },
	{ 0x050210, 0x1e98, 0x0001, P2P_CLASS_MEMORY, false },
	{ 0x058000, 0x11f8, 0x4000, P2P_CLASS_SWITCH, true },
	{ 0x060400, 0x10b5, 0x8747, P2P_CLASS_BRIDGE, false },
	{ 0x060000, 0x8086, 0x09a2, P2P_CLASS_HOST, false },
	{ 0x0c0330, 0x1022, 0x149c, P2P_CLASS_OTHER, false },
};

START_TEST(kinds)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_DUMP);
	struct space space = make_space(classes[_i].vendor, classes[_i].device,
					classes[_i].class_code, classes[_i].kind ==
					P2P_CLASS_BRIDGE ? 1 : 0, P2P_PORT_ENDPOINT);
	const struct p2p_function *function;
	struct p2p_topology *topology;
	enum p2p_class parsed;

	make_function(snapshot, "0000:00:02.0", NULL, &space);
	topology = make_topology(snapshot);
	function = get(topology, "0000:00:02.0");
	ck_assert_str_eq(p2p_class_name(function->kind), p2p_class_name(classes[_i].kind));
	ck_assert_int_eq(p2p_class_parse(p2p_class_name(function->kind), &parsed), 0);
	ck_assert_int_eq(parsed, function->kind);
	ck_assert_int_eq(p2p_function_takes_part(function), classes[_i].takes_part);
	ck_assert_int_eq(p2p_class_parse("gpus", &parsed), -22);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void add_cases(TCase *tcase)
{
	tcase_add_test(tcase, processor);
	tcase_add_test(tcase, second_processor);
	tcase_add_loop_test(tcase, arm, 0, (int)(sizeof(arms) / sizeof(arms[0])));
	tcase_add_test(tcase, nothing_known);
	tcase_add_loop_test(tcase, p2pdma, 0, LENGTH(kernels));
	tcase_add_loop_test(tcase, virtual_machines, 0, LENGTH(guests));
	tcase_add_loop_test(tcase, nodes, 0, LENGTH(numa));
	tcase_add_loop_test(tcase, odd_numbers, 0, LENGTH(nodes_of_devices));
	tcase_add_loop_test(tcase, iommu, 0, 3);
	tcase_add_test(tcase, names);
	tcase_add_loop_test(tcase, degraded_links, 0, LENGTH(links));
	tcase_add_loop_test(tcase, inner_links, 0, LENGTH(cards));
	tcase_add_test(tcase, other_notes);
	tcase_add_loop_test(tcase, kinds, 0, LENGTH(classes));
}

int main(void)
{
	return run_cases("machine", add_cases);
}

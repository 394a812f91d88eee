/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line and the kernel's configuration say of the IOMMU, where no group does. */
#include "make.h"

#define HOST "devices/pci0000:00/"
#define CPU(vendor, family) "vendor_id\t: " vendor "\ncpu family\t: " family "\nflags\t\t: fpu\n"
#define INTEL CPU("GenuineIntel", "6")
#define AMD CPU("AuthenticAMD", "25")
#define HYGON CPU("HygonGenuine", "24")
#define ZHAOXIN CPU("  Shanghai  ", "7")
#define GUEST "vendor_id\t: GenuineIntel\ncpu family\t: 6\nflags\t\t: fpu hypervisor\n"
#define NO_FLAGS "vendor_id\t: GenuineIntel\ncpu family\t: 6\n"
#define ARM "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n"
#define Y(option) "CONFIG_" option "=y\n"
#define N(option) "# CONFIG_" option " is not set\n"
#define VTD Y("INTEL_IOMMU")
#define OFF VTD N("INTEL_IOMMU_DEFAULT_ON")
#define ON VTD Y("INTEL_IOMMU_DEFAULT_ON")
#define PASSES Y("IOMMU_DEFAULT_PASSTHROUGH")
#define NO_SME N("AMD_MEM_ENCRYPT_ACTIVE_BY_DEFAULT")
#define HOTPLUG 1u
#define EMULATED 2u	/* its root port */
#define HOSTS 4u		/* more than one */
#define NO P2P_NO
#define UNKNOWN P2P_UNKNOWN
#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* What firmware describes is not known, so that "on" says nothing. */
static const struct {
	const char *cpu, *cmdline, *config;
	enum p2p_tri iommu, translates;
	unsigned int with;
} boots[] = {
	{ INTEL, "ro quiet intel_iommu=off", ON, NO, NO, 0 },
	{ INTEL, "intel-iommu=off", ON, NO, NO, 0 },
	{ INTEL, "intel_iommu=sm_on,off", ON, NO, NO, HOTPLUG },
	{ INTEL, "intel_iommu=\"off\"", ON, NO, NO, 0 },
	{ INTEL, "intel_iommu=on", OFF, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "intel_iommu=off intel_iommu=on", OFF, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "intel_iommu=off,on", OFF, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "intel_iommu=on iommu=pt", OFF, UNKNOWN, NO, 0 },
	{ INTEL, "intel_iommu=on iommu=pt", OFF, UNKNOWN, NO, HOTPLUG },
	{ INTEL, "intel_iommu=on iommu=pt,nopt", OFF, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "intel_iommu=on iommu.passthrough=1 iommu=nopt", NULL, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "intel_iommu=on iommu=nopt iommu.passthrough=on", NULL, UNKNOWN, NO, 0 },
	{ INTEL, "amd_iommu=off", ON, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "xintel_iommu=off intel_iommu=o intel_iommux=off", ON, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "intel_iommu off", ON, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "x=\"1 intel_iommu=off \"", ON, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "quiet -- intel_iommu=off", ON, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "iommu=off", ON, NO, NO, 0 },
	{ INTEL, "iommu=off", ON, UNKNOWN, UNKNOWN, HOTPLUG },
	{ INTEL, "quiet", OFF, NO, NO, 0 },
	{ INTEL, "", OFF, NO, NO, 0 },
	{ INTEL, "quiet", OFF, UNKNOWN, UNKNOWN, HOTPLUG },
	{ INTEL, "quiet", OFF, UNKNOWN, NO, HOTPLUG | HOSTS },
	{ INTEL, "quiet", ON, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "quiet", ON PASSES, UNKNOWN, NO, 0 },
	{ INTEL, "iommu=nopt", ON PASSES, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "iommu.passthrough=0", ON PASSES, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "iommu.passthrough=t", ON PASSES, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "quiet", NULL, UNKNOWN, UNKNOWN, 0 },
	{ INTEL, "intel_iommu=on", N("INTEL_IOMMU"), NO, NO, 0 },
	{ INTEL, NULL, N("INTEL_IOMMU"), NO, NO, 0 },
	{ INTEL, NULL, OFF PASSES, UNKNOWN, UNKNOWN, 0 },
	{ ZHAOXIN, "intel_iommu=off", ON, NO, NO, 0 },
	{ ZHAOXIN, "quiet", OFF, NO, NO, 0 },
	{ AMD, "amd_iommu=off", ON, NO, NO, 0 },
	{ AMD, "iommu=off", ON, NO, NO, HOTPLUG },
	{ AMD, "intel_iommu=off", ON, UNKNOWN, UNKNOWN, 0 },
	{ AMD, "amd_iommu=on", ON, UNKNOWN, UNKNOWN, 0 },
	{ AMD, "quiet", OFF, UNKNOWN, UNKNOWN, 0 },
	{ AMD, "quiet", N("AMD_IOMMU"), NO, NO, 0 },
	{ AMD, "iommu=pt", NULL, UNKNOWN, NO, 0 },
	{ AMD, "iommu=pt amd_iommu=force_isolation", NULL, UNKNOWN, UNKNOWN, 0 },
	{ AMD, "quiet", PASSES NO_SME, UNKNOWN, NO, 0 },
	{ AMD, "quiet", PASSES, UNKNOWN, UNKNOWN, 0 },
	{ AMD, "mem_encrypt=on", PASSES NO_SME, UNKNOWN, UNKNOWN, 0 },
	{ HYGON, "amd_iommu=off", ON, NO, NO, 0 },
	{ HYGON, "intel_iommu=off", ON, UNKNOWN, UNKNOWN, 0 },
	{ ARM, "iommu=off", NULL, UNKNOWN, UNKNOWN, 0 },
	{ ARM, "iommu=pt", NULL, UNKNOWN, UNKNOWN, 0 },
	{ ARM, "iommu.passthrough=1", NULL, UNKNOWN, NO, 0 },
	{ ARM, "quiet", PASSES, UNKNOWN, NO, 0 },
	{ NULL, "iommu=off intel_iommu=off iommu=pt", OFF, UNKNOWN, UNKNOWN, 0 },
	{ NULL, "iommu.passthrough=1", NULL, UNKNOWN, NO, 0 },
	/* An emulator may show an IOMMU of another kind, to a guest and where that was not recorded. */
	{ GUEST, "intel_iommu=off", ON, UNKNOWN, UNKNOWN, 0 },
	{ GUEST, "iommu=pt", ON, UNKNOWN, NO, 0 },
	{ NO_FLAGS, "intel_iommu=off", ON, NO, NO, 0 },
	{ NO_FLAGS, "intel_iommu=off", ON, UNKNOWN, UNKNOWN, EMULATED },
};

static struct p2p_topology *build(struct p2p_snapshot *snapshot, int i)
{
	struct space port = make_space(0x8086, boots[i].with & EMULATED ? 0x3420 : 0x2030, 0x060400, 1,
				       P2P_PORT_ROOT);

	if (boots[i].with & HOTPLUG) {		/* Slot Implemented; Hot-Plug Capable */
		put16(&port, 0x42, 0x2 | P2P_PORT_ROOT << 4 | 0x100);
		put32(&port, 0x54, 0x40);
	}
	make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0", &port);
	if (boots[i].with & HOSTS)
		make_function(snapshot, "0000:80:02.0", "devices/pci0000:80/0000:80:02.0", &port);
	if (boots[i].cpu)
		make_file(snapshot, "proc/cpuinfo", boots[i].cpu);
	if (boots[i].cmdline)
		make_file(snapshot, "proc/cmdline", boots[i].cmdline);
	if (boots[i].config)
		make_file(snapshot, "proc/config", boots[i].config);
	return make_topology(snapshot);
}

START_TEST(boot)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct p2p_topology *topology = build(snapshot, _i);
	const struct p2p_machine *machine = p2p_topology_machine(topology);
	const char *cmdline = boots[_i].cmdline ? boots[_i].cmdline : "(none)";

	ck_assert_msg(machine->iommu == boots[_i].iommu, "%s: %d", cmdline, machine->iommu);
	ck_assert_msg(machine->iommu_translates == boots[_i].translates, "%s: translates %d", cmdline,
		      machine->iommu_translates);
	ck_assert_int_eq(get(topology, "0000:00:02.0")->iommu_group.fact == P2P_ABSENT,
			 boots[_i].iommu == P2P_NO);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static const struct {
	const char *cmdline, *group, *type, *driver;
	enum p2p_tri iommu, translates;
} functions[] = {
	/* Groups and the types of their domains count more than the command line. */
	{ "intel_iommu=off", "12", NULL, "nvme", P2P_YES, UNKNOWN },
	{ "iommu=pt", "12", "DMA-FQ", "nvme", P2P_YES, P2P_YES },
	{ "quiet", "12", "identity", "nvme", P2P_YES, NO },
	{ "iommu=pt", "12", NULL, "nvme", P2P_YES, NO },
	{ "iommu=pt", NULL, NULL, "nvme", UNKNOWN, NO },
	/* A guest's domain is not the default one, and neither is one of a driver not known. */
	{ "iommu=pt", "12", NULL, "vfio-pci", P2P_YES, UNKNOWN },
	/* The type is that of the default domain, not of the one that VFIO attaches. */
	{ "iommu=pt", "12", "identity", "vfio-pci", P2P_YES, UNKNOWN },
	{ "quiet", "12", "DMA-FQ", "vfio-pci", P2P_YES, P2P_YES },
	{ "iommu=pt", NULL, NULL, NULL, UNKNOWN, UNKNOWN },
	{ "intel_iommu=off", NULL, NULL, "vfio-pci", NO, NO },
};

START_TEST(one_function)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space port = make_space(0x8086, 0x2030, 0x060400, 1, P2P_PORT_ROOT);
	struct p2p_raw *raw = make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0", &port);
	struct p2p_topology *topology;
	const struct p2p_machine *machine;

	if (functions[_i].group)
		make_attr(raw, P2P_ATTR_IOMMU_GROUP, functions[_i].group);
	if (functions[_i].driver)
		make_attr(raw, P2P_ATTR_DRIVER, functions[_i].driver);
	if (functions[_i].type)
		make_file(snapshot, "sys/kernel/iommu_groups/12/type", functions[_i].type);
	make_file(snapshot, "proc/cpuinfo", INTEL);
	make_file(snapshot, "proc/cmdline", functions[_i].cmdline);
	topology = make_topology(snapshot);
	machine = p2p_topology_machine(topology);
	ck_assert_int_eq(machine->iommu, functions[_i].iommu);
	ck_assert_int_eq(p2p_function_translates(machine, get(topology, "0000:00:02.0")),
			 functions[_i].translates);
	/* With a type, the command line does not matter. */
	if (functions[_i].type)
		ck_assert_int_eq(p2p_iommu_translates(get(topology, "0000:00:02.0")), functions[_i].translates);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_loop_test(tcase, boot, 0, LENGTH(boots));
	tcase_add_loop_test(tcase, one_function, 0, LENGTH(functions));
}

int main(void)
{
	return run_cases("boot", add_cases);
}

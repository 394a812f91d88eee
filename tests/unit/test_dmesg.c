/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel logs, written here in the manner of several releases, and the facts that each gives. */
#include "pasted.h"

/* 6.8, from dmesg */
#define NOW \
	"[    0.000000] Linux version 6.8.0-45-generic (builder) (gcc 13) #45 SMP\n" \
	"[    0.050000] Kernel command line: root=/dev/sda1 iommu=pt\n" \
	"[    0.400000] smpboot: CPU0: AMD Ryzen 9 5950X 16-Core Processor (family: 0x19, model: " \
	"0x21, stepping: 0x0)\n" \
	"[    0.500000] PCI host bridge to bus 0000:00\n" \
	"[    0.500100] pci 0000:00:00.0: [1022:1480] type 00 class 0x060000 conventional PCI " \
	"endpoint\n" \
	"[    0.500200] pci 0000:00:01.1: [1022:1483] type 01 class 0x060400 PCIe Root Port\n" \
	"[    0.500210] pci 0000:00:01.1: PCI bridge to [bus 01]\n" \
	"[    0.500300] pci 0000:00:01.2: [1022:1483] type 01 class 0x060400 PCIe Root Port\n" \
	"[    0.500310] pci 0000:00:01.2: PCI bridge to [bus 02-03]\n" \
	"[    0.600000] pci 0000:01:00.0: [10de:2204] type 00 class 0x030000 PCIe Legacy Endpoint\n" \
	"[    0.600010] pci 0000:01:00.0: BAR 0 [mem 0xfb000000-0xfbffffff]\n" \
	"[    0.600020] pci 0000:01:00.0: BAR 1 [mem 0xd0000000-0xdfffffff 64bit pref]\n" \
	"[    0.700000] pci 0000:02:00.0: [144d:a80a] type 00 class 0x010802 PCIe Endpoint\n" \
	"[    0.700010] pci 0000:02:00.0: BAR 0 [mem 0xfc400000-0xfc403fff 64bit]\n" \
	"[    0.710000] pci_bus 0000:00: on NUMA node 0\n" \
	"[    0.800000] pci 0000:02:00.0: BAR 0 [mem 0xfc400000-0xfc403fff 64bit]: releasing\n" \
	"[    0.900010] pci 0000:01:00.0: Adding to iommu group 14\n" \
	"[    0.900020] pci 0000:04:00.0: [10de:2204] type 00 class 0x030000 PCIe Endpoint\n" \
	"[    9.000000] pci 0000:04:00.0: Adding to iommu group 15\n" \
	"[   10.000000] pci 0000:04:00.0: Removing from iommu group 15\n" \
	"[   11.000000] pci 0000:05:00.0: Adding to iommu group 16\n"

/* 5.2, from a journal whose start was lost */
#define BEFORE \
	"Nov 27 20:16:26 host kernel: Kernel command line: root=/dev/sda1 a \\\n" \
	"Nov 27 20:16:26 host kernel: smpboot: CPU0: Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz " \
	"(fam: 06, model: 2d, stepping: 07)\n" \
	"Nov 27 20:16:26 host kernel: pci 0000:81:00.0: [10de:1db4] type 00 class 0x030200\n" \
	"Nov 27 20:16:26 host kernel: pci 0000:81:00.0: reg 0x10: [mem 0xfb000000-0xfbffffff]\n" \
	"Nov 27 20:16:26 host kernel: pci 0000:81:00.0: reg 0x14: [mem 0x380000000000-0x3803ffffffff " \
	"64bit pref]\n" \
	"Nov 27 20:16:26 host kernel: pci 0000:81:00.0: BAR 1: releasing [mem " \
	"0x380000000000-0x3803ffffffff 64bit pref]\n" \
	"Nov 27 20:16:26 host kernel: pci 0000:81:00.0: BAR 1: assigned [mem " \
	"0x390000000000-0x3903ffffffff 64bit pref]\n" \
	"Nov 27 20:16:26 host kernel: iommu: Adding device 0000:81:00.0 to group 33\n"

/*
 * A GPU below a switch, whose link above is slow, with a NIC whose driver asked for its link; another
 * GPU in a slow slot, as 4.18 says it; one that was found again.
 */
#define LINKS \
	"[    0.1] PCI host bridge to bus 0000:00\n" \
	"[    0.1] pci 0000:00:01.0: [8086:347a] type 01 class 0x060400\n" \
	"[    0.1] pci 0000:01:00.0: [11f8:4000] type 01 class 0x060400\n" \
	"[    0.1] pci 0000:01:00.0: 63.012 Gb/s available PCIe bandwidth, limited by 16.0 GT/s PCIe " \
	"x4 link at 0000:00:01.0 (capable of 252.048 Gb/s with 16.0 GT/s PCIe x16 link)\n" \
	"[    0.1] pci 0000:02:00.0: [11f8:4000] type 01 class 0x060400\n" \
	"[    0.1] pci 0000:03:00.0: [10de:2330] type 00 class 0x030200\n" \
	"[    0.1] pci 0000:03:00.0: 63.012 Gb/s available PCIe bandwidth, limited by 16.0 GT/s PCIe " \
	"x4 link at 0000:00:01.0 (capable of 504.112 Gb/s with 32.0 GT/s PCIe x16 link)\n" \
	"[    0.1] pci 0000:02:00.0: PCI bridge to [bus 03]\n" \
	"[    0.1] pci 0000:01:00.0: PCI bridge to [bus 02-03]\n" \
	"[    0.1] pci 0000:00:01.0: PCI bridge to [bus 01-03]\n" \
	"[    0.2] pci 0000:00:02.0: [8086:347a] type 01 class 0x060400\n" \
	"[    0.2] pci 0000:00:02.0: PCI bridge to [bus 04]\n" \
	"[    0.2] pci 0000:04:00.0: [15b3:101d] type 00 class 0x020000\n" \
	"[    0.3] pci 0000:00:03.0: [8086:347a] type 01 class 0x060400\n" \
	"[    0.3] pci 0000:00:03.0: PCI bridge to [bus 05]\n" \
	"[    0.3] pci 0000:05:00.0: [10de:1db4] type 00 class 0x030200\n" \
	"[    0.3] pci 0000:05:00.0: 63.008 Gb/s available PCIe bandwidth, limited by 8 GT/s x8 link at " \
	"0000:00:03.0 (capable of 126.016 Gb/s with 8 GT/s x16 link)\n" \
	"[    0.4] pci 0000:00:04.0: [8086:347a] type 01 class 0x060400\n" \
	"[    0.4] pci 0000:00:04.0: PCI bridge to [bus 06]\n" \
	"[    0.4] pci 0000:06:00.0: [144d:a80a] type 00 class 0x010802\n" \
	"[    0.4] pci 0000:06:00.0: 7.876 Gb/s available PCIe bandwidth, limited by 8.0 GT/s PCIe x1 " \
	"link at 0000:00:04.0 (capable of 63.012 Gb/s with 16.0 GT/s PCIe x4 link)\n" \
	"[    9.0] mlx5_core 0000:04:00.0: 252.048 Gb/s available PCIe bandwidth (16.0 GT/s PCIe x16 " \
	"link), in Flit mode\n" \
	"[   99.0] pci 0000:06:00.0: [144d:a80a] type 00 class 0x010802\n"

/* Cut, of no such speed or width, of nobody: nothing is known of it. */
#define NO_LINK(text) \
	"[    0.1] pci 0000:04:00.0: [15b3:101d] type 00 class 0x020000\n" \
	"[    0.1] pci 0000:04:00.0: 8.0 Gb/s available PCIe bandwidth" text "\n"

#define DOMAIN(type, command) \
	"[    0.1] smpboot: CPU0: Intel(R) Xeon(R) (family: 0x6, model: 0x6a, stepping: 0x6)\n" \
	command "[    0.3] iommu: Default domain type: " type "\n" \
	"[    0.4] pci 0000:00:01.0: [8086:347a] type 01 class 0x060400\n" \
	"[    0.5] pci 0000:00:01.0: Adding to iommu group 0\n"
#define COMMAND(text) "[    0.2] Kernel command line: " text "\n"

#define CALLER(stamp) stamp "pci 0000:01:00.0: [10de:2204] type 00 class 0x030000\n"

/* A bridge to bus 1 and a device there, of which one line is cut or odd. */
#define DEVICE	"[    0.3] pci 0000:01:00.0: [10de:2204] type 00 class 0x030000\n"
#define EIGHT	"[    0.3] pci 0000:08:00.0: [8086:347a] type 01 class 0x060400\n"
#define TO_ONE	"[    0.3] pci 0000:00:01.0: PCI bridge to [bus 01]\n"
#define ODD(lines) \
	"[    0.1] PCI host bridge to bus 0000:00\n" \
	"[    0.2] pci 0000:00:01.0: [8086:347a] type 01 class 0x060400\n" lines

/* The CPU, the command line and a device of one boot, and another boot behind it. */
#define BOOT(cpu, command, bus) \
	"[    0.0] Linux version 6.8.0 (a) (gcc) #1\n" \
	"[    0.1] Kernel command line: " command "\n[    0.1] smpboot: CPU0: " cpu "\n" \
	"[    0.2] Hypervisor detected: KVM\n" \
	"[    0.3] pci 0000:" bus ":00.0: [10de:2204] type 00 class 0x030000\n"
#define AMD	"AMD EPYC 9354 (family: 0x19, model: 0x11, stepping: 0x1)"
#define LATER \
	BOOT(AMD, "iommu=pt", "01") \
	"[    0.4] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.54.03  Tue Jun  6\n" \
	"[    0.0] Linux version 6.9.0 (a) (gcc) #1\n" \
	"[    0.3] pci 0000:02:00.0: [10de:2204] type 00 class 0x030000\n"

/* arm64 names its first processor before the release. */
#define GRACE(midr, rest) \
	"[    0.000000] Booting Linux on physical CPU 0x0000000000 " midr "\n" \
	"[    0.000000] Linux version 6.8.0 (a) (gcc) #1\n" \
	"[    0.000000] Kernel command line: iommu=pt\n" rest \
	"[    0.3] pci 0000:01:00.0: [10de:2941] type 00 class 0x030200\n"

static const struct pasted_fact facts[] = {
	{ GRACE("[0x410fd4f0]", ""), NULL, "cpu_name", "ARM Neoverse V2" },
	{ GRACE("[0x410fd4f0]", ""), NULL, "cpu_family", "absent" },
	{ GRACE("[0x410fd4f0]", ""), NULL, "kernel", "6.8.0" },
	{ GRACE("[0x410fd4", ""), NULL, "cpu_family", "denied" },
	{ GRACE("", ""), NULL, "cpu_family", "denied" },
	{ GRACE("[0x410fd4f0]", BOOT(AMD, "quiet", "02")), NULL, "cpu_family", "25" },
	{ BOOT(AMD, "quiet", "02") GRACE("[0x410fd4f0]", ""), NULL, "cpu_family", "absent" },
	/* Where a line is cut, what it would have said is not known. */
	{ ODD(DEVICE TO_ONE), "0000:01:00.0", "parent", "0000:00:01.0" },
	{ ODD(DEVICE), "0000:01:00.0", "orphan", "1" },
	{ ODD(DEVICE "[    0.3] pci 0000:00:01.0: PCI bridge to [bus 01"), "0000:01:00.0", "orphan", "1" },
	{ ODD(DEVICE "[    0.3] pci 0000:00:01.0: PCI bridge to [bus "), "0000:01:00.0", "orphan", "1" },
	{ ODD(DEVICE "[    0.3] pci 0000:00:01.0: PCI bridge to [bus x1]\n"), "0000:01:00.0", "orphan", "1" },
	/* Two that lead to one bus: which is it? */
	{ ODD(DEVICE TO_ONE "[    0.3] pci 0000:00:02.0: PCI bridge to [bus 01-02]\n"), "0000:01:00.0", "orphan", "1" },
	{ ODD("[    0.3] pci 0000:01:00.0: [10de:2204] type 00 class 0x0302"), "0000:01:00.0", "class_code", "denied" },
	{ ODD("[    0.3] pci 0000:01:00.0: [10de:2204] type 00 class"), "0000:01:00.0", "vendor", "denied" },
	{ ODD("[    0.3] pci 0000:01:00.0: [10de:22] type 00\n"), "0000:01:00.0", "vendor", "denied" },
	{ ODD(DEVICE "[    0.3] pci 0000:01:00.0: Adding to iommu group "), "0000:01:00.0", "iommu_group", "denied" },
	{ ODD(DEVICE "[    0.3] pci 0000:01:00.0: Adding to iommu group x\n"), "0000:01:00.0", "iommu_group", "denied" },
	{ ODD(DEVICE "[    0.3] pci 0000:01:00.0: Adding to iommu group 4 <-- here\n"), "0000:01:00.0", "iommu_group", "4" },
	{ ODD(DEVICE "[    0.3] iommu: Adding device 0000:01:00.0 to group "), "0000:01:00.0", "iommu_group", "denied" },
	{ ODD(DEVICE "[    0.3] iommu: Adding device 0000:01:00 to group 3\n"), "0000:01:00.0", "iommu_group", "denied" },
	{ ODD(DEVICE "[    0.3] iommu: Adding device 0000:01:00.0 to gr"), "0000:01:00.0", "iommu_group", "denied" },
	{ "[    0.1] PCI host bridge to bus 0000:100\n" DEVICE, "0000:01:00.0", "orphan", "1" },
	{ "[    0.1] PCI host bridge to bus 0000\n" DEVICE, "0000:01:00.0", "orphan", "1" },
	{ "[    0.1] PCI host bridge to bus 0000:8\n" EIGHT, "0000:08:00.0", "orphan", "1" },
	{ "[    0.1] PCI host bridge to bus 0000:-8\n[    0.3] pci 0000:f8:00.0: [8086:347a] type 01 class 0x060400\n",
	  "0000:f8:00.0", "orphan", "1" },
	{ "[    0.1] PCI host bridge to bus 0000:08\n" EIGHT, "0000:08:00.0", "orphan", "0" },
	{ ODD("[    0.3] pci_bus 0000:00: on NUMA node 1\n"), "0000:00:01.0", "numa_node", "1" },
	{ ODD("[    0.3] pci_bus 0000:00: on NUMA node ...\n"), "0000:00:01.0", "numa_node", "denied" },
	/* Of the CPU, and of the boots before the last one. */
	{ BOOT(AMD, "quiet", "01"), NULL, "cpu_model", "17" },
	{ BOOT(AMD, "quiet", "01"), NULL, "virtual_machine", "1" },
	{ BOOT("AMD EPYC 9354 (family: 0x19, model: 0x1", "quiet", "01"), NULL, "cpu_model", "denied" },
	{ BOOT("AMD EPYC 9354 (family: 0x19", "quiet", "01"), NULL, "cpu_family", "denied" },
	{ BOOT("AMD EPYC 9354", "quiet", "01"), NULL, "cpu_family", "denied" },
	{ LATER, NULL, "kernel", "6.9.0" },
	{ LATER, NULL, "cmdline", "denied" },
	{ LATER, NULL, "cpu_model", "denied" },
	{ LATER, "0000:01:00.0", "vendor", "none" },
	{ LATER, "0000:02:00.0", "vendor", "4318" },
	{ BOOT(AMD, "iommu=pt", "01") BOOT(AMD, "iommu=pt \\", "02"), NULL, "cmdline", "denied" },
	{ BOOT(AMD, "iommu=pt", "01") "[    0.9] Kernel command line: iommu=pt a \\\n", NULL, "cmdline", "denied" },
	{ BOOT(AMD, "iommu=pt", "01") "[    0.9] Kernel command line: iommu=pt pci=nomm>\n", NULL, "cmdline", "denied" },
	{ "[    0.0] Linux version 6.1\n" EIGHT, NULL, "kernel", "denied" },
	{ "[    0.0] Linux version 6.18.4 (a) (gcc) #1\n" EIGHT, NULL, "kernel", "6.18.4" },

	{ NOW, NULL, "kernel", "6.8.0-45-generic" },
	{ NOW, NULL, "cmdline", "root=/dev/sda1 iommu=pt" },
	{ NOW, NULL, "cpu_vendor", "AuthenticAMD" },
	{ NOW, NULL, "cpu_family", "25" },
	{ NOW, NULL, "cpu_model", "33" },
	{ NOW, "0000:00:00.0", "class_code", "393216" },
	{ NOW, "0000:00:00.0", "numa_node", "0" },
	{ NOW, "0000:01:00.0", "device", "8708" },
	{ NOW, "0000:01:00.0", "parent", "0000:00:01.1" },
	{ NOW, "0000:01:00.0", "host_bridge", "pci0000:00" },
	{ NOW, "0000:01:00.0", "iommu_group", "14" },
	{ NOW, "0000:01:00.0", "acs.present", "denied" },
	{ NOW, "0000:01:00.0", "driver", "denied" },
	{ NOW, "0000:02:00.0", "parent", "0000:00:01.2" },
	{ NOW, "0000:02:00.0", "iommu_group", "denied" },
	/* It was removed; of another nothing but its group is known. */
	{ NOW, "0000:04:00.0", "device", "none" },
	{ NOW, "0000:05:00.0", "device", "denied" },
	{ NOW, "0000:05:00.0", "orphan", "1" },
	{ BEFORE, NULL, "kernel", "denied" },
	{ BEFORE, NULL, "cmdline", "denied" },
	{ BEFORE, NULL, "cpu_vendor", "GenuineIntel" },
	{ BEFORE, NULL, "cpu_model", "45" },
	{ BEFORE, "0000:81:00.0", "vendor", "4318" },
	{ BEFORE, "0000:81:00.0", "orphan", "1" },
	{ BEFORE, "0000:81:00.0", "numa_node", "denied" },
	{ BEFORE, "0000:81:00.0", "iommu_group", "33" },
	{ LINKS, "0000:01:00.0", "link.now.speed_mtps", "16000" },
	{ LINKS, "0000:01:00.0", "link.now.width", "4" },
	{ LINKS, "0000:01:00.0", "link.most.width", "16" },
	/* What else is on the way says nothing of its own link, nor what it can do of the port above. */
	{ LINKS, "0000:03:00.0", "link.present", "denied" },
	{ LINKS, "0000:00:01.0", "link.present", "denied" },
	{ LINKS, "0000:04:00.0", "link.now.speed_mtps", "16000" },
	{ LINKS, "0000:04:00.0", "link.now.width", "16" },
	{ LINKS, "0000:04:00.0", "link.most.width", "16" },
	{ LINKS, "0000:05:00.0", "link.now.speed_mtps", "8000" },
	{ LINKS, "0000:05:00.0", "link.now.width", "8" },
	{ LINKS, "0000:05:00.0", "link.most.width", "16" },
	{ LINKS, "0000:06:00.0", "link.present", "denied" },
	{ NO_LINK(""), "0000:04:00.0", "link.present", "denied" },
	{ NO_LINK(" (16.0 GT/s PCIe"), "0000:04:00.0", "link.present", "denied" },
	{ NO_LINK(" (17.0 GT/s PCIe x4 link)"), "0000:04:00.0", "link.present", "denied" },
	{ NO_LINK(" (8.0 GT/s PCIe x33 link)"), "0000:04:00.0", "link.present", "denied" },
	{ NO_LINK(" (Unknown x0 link)"), "0000:04:00.0", "link.present", "denied" },
	{ NO_LINK(", limited by 2.5 GT/s PCIe x4 link at <unknown> (capable of 8.0 Gb/s with 2.5 "
		  "GT/s PCIe x4 link)"), "0000:04:00.0", "link.present", "denied" },
	{ NO_LINK(", limited by 2.5 GT/s PCIe x4 link"), "0000:04:00.0", "link.present", "denied" },
	{ NO_LINK(", limited by 2.5 GT/s PCIe x4 link at 0000:00:01.0 (capable"), "0000:00:01.0",
	  "device", "none" },
	{ DOMAIN("Passthrough (set via kernel command line)", ""), NULL, "iommu_translates", "0" },
	{ DOMAIN("Passthrough", COMMAND("quiet")), NULL, "iommu_translates", "0" },
	{ DOMAIN("Passthrough", COMMAND("iommu=pt")), NULL, "iommu_translates", "0" },
	/* A default of translating is not that of each device; another boot's command line. */
	{ DOMAIN("Translated ", ""), NULL, "iommu_translates", "denied" },
	{ DOMAIN("Translated", COMMAND("iommu=pt")), NULL, "iommu_translates", "denied" },
	{ DOMAIN("Passthrough", COMMAND("iommu=nopt")), NULL, "iommu_translates", "denied" },
	{ DOMAIN("Unknown", COMMAND("iommu=pt")), NULL, "iommu_translates", "0" },
	{ DOMAIN("Passthrough", ""), NULL, "iommu", "1" },
	{ CALLER(""), "0000:01:00.0", "vendor", "4318" },
	{ CALLER("<6>[    0.5][    T1] "), "0000:01:00.0", "vendor", "4318" },
	{ CALLER("[Fri Nov 27 20:16:26 2026] "), "0000:01:00.0", "vendor", "4318" },
	{ CALLER("kern  :info  : [    0.600000] "), "0000:01:00.0", "vendor", "4318" },
	{ CALLER("2026-11-27T20:16:26.123+0000 host kernel: [    0.6] "), "0000:01:00.0", "vendor",
	  "4318" },
};

/* BARs: @size 0 nothing is known of it. */
static const struct {
	const char *text, *bdf;
	unsigned int index;
	uint64_t cpu, size;
} bars[] = {
	{ NOW, "0000:01:00.0", 0, 0xfb000000, 16 << 20 },
	{ NOW, "0000:01:00.0", 1, 0xd0000000, 256 << 20 },
	{ NOW, "0000:02:00.0", 0, 0, 0 },
	{ BEFORE, "0000:81:00.0", 1, 0x390000000000, 16ull << 30 },
	/* Another device at the same address. */
	{ NOW "[   12.0] pci 0000:01:00.0: [144d:a80a] type 00 class 0x010802\n"
	  "[   12.1] pci 0000:01:00.0: BAR 0 [mem 0xfc000000-0xfc003fff 64bit]\n", "0000:01:00.0", 0,
	  0xfc000000, 16 << 10 },
};

#define BAR(line) DEVICE "[    0.4] pci 0000:01:00.0: " line

/* One line behind that of the ids; of anything odd all of the BARs are not known. */
static const struct { const char *text; uint64_t cpu; enum p2p_fact fact; } odd_bars[] = {
	{ BAR("reg 0x10: [mem 0xfb000000-0xfbffffff]\n"), 0xfb000000, P2P_PRESENT },
	/* The ROM, and what is behind the BARs. */
	{ BAR("reg 0x10: [mem 0xfb000000-0xfbffffff]\n[    0.5] pci 0000:01:00.0: reg 0x30: [mem 0xc0000-0xdffff pref]\n"),
	  0xfb000000, P2P_PRESENT },
	{ BAR("reg 0x10: [mem 0xfb000000-0xfbffffff]\n[    0.5] pci 0000:01:00.0: BAR 7 [mem 0x1000-0x1fff]\n"),
	  0xfb000000, P2P_PRESENT },
	{ BAR("reg 0x10: [mem 0xfb000000-0xfbffffff"), 0, P2P_DENIED },
	{ BAR("reg 0x10: [mem 0xfb000000-0xfbff"), 0, P2P_DENIED },
	{ BAR("reg 0x10: [mem 0xfb000000]\n"), 0, P2P_DENIED },
	{ BAR("reg 0x10: [mem 0xfbffffff-0xfb000000]\n"), 0, P2P_DENIED },
	{ BAR("reg 0x10: [mem size 0x01000000]\n"), 0, P2P_DENIED },
	{ BAR("reg 0x12: [mem 0xfb000000-0xfbffffff]\n"), 0, P2P_DENIED },
	{ BAR("BAR 0 [io  0xe000-0xe07f]\n"), 0xe000, P2P_PRESENT },
};

static char *directory;

static void set_up(void)
{
	directory = make_directory();
}

static void tear_down(void)
{
	remove_directory(directory);
}

START_TEST(gives)
{
	check_fact(directory, &facts[_i]);
}
END_TEST

START_TEST(gives_bars)
{
	struct p2p_context *context = make_context();
	struct p2p_topology *topology;
	struct p2p_snapshot *snapshot;
	const struct p2p_bar *bar;
	char path[PATH_MAX];

	put_text(directory, "pasted", bars[_i].text);
	snprintf(path, sizeof(path), "%s/pasted", directory);
	snapshot = load(context, path, P2P_WANT_NAMES);
	ck_assert_int_eq(p2p_topology_new(context, snapshot, NULL, &topology), 0);
	bar = &get(topology, bars[_i].bdf)->bar[bars[_i].index];
	ck_assert_int_eq(bar->fact, bars[_i].size ? P2P_PRESENT : P2P_DENIED);
	ck_assert_uint_eq(bar->cpu, bars[_i].cpu);
	ck_assert_uint_eq(bar->size_bytes, bars[_i].size);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
	p2p_context_free(context);
}
END_TEST

START_TEST(odd_bars_are_not_known)
{
	struct p2p_context *context = make_context();
	struct p2p_topology *topology;
	struct p2p_snapshot *snapshot;
	const struct p2p_bar *bar;
	char path[PATH_MAX];

	put_text(directory, "pasted", odd_bars[_i].text);
	snprintf(path, sizeof(path), "%s/pasted", directory);
	snapshot = load(context, path, P2P_WANT_NAMES);
	ck_assert_int_eq(p2p_topology_new(context, snapshot, NULL, &topology), 0);
	bar = get(topology, "0000:01:00.0")->bar;
	ck_assert_int_eq(bar->fact, odd_bars[_i].fact);
	ck_assert_uint_eq(bar->cpu, odd_bars[_i].cpu);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
	p2p_context_free(context);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

static void add_cases(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, gives, 0, ROWS(facts));
	tcase_add_loop_test(tcase, gives_bars, 0, ROWS(bars));
	tcase_add_loop_test(tcase, odd_bars_are_not_known, 0, ROWS(odd_bars));
}

int main(void)
{
	return run_cases("dmesg", add_cases);
}

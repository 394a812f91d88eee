/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forms of lspci, and the facts that each gives. */
#include <errno.h>

#include "pasted.h"

#define ZEROS(address) address ": 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
#define ACS_TEXT ACS_LINES("EgressCtrl-")
#define VECTOR_TEXT ACS_LINES("EgressCtrl+")
#define ACS_LINES(egress) \
	"\tControl: I/O- Mem+ BusMaster+\n\tStatus: Cap+ 66MHz-\n" \
	"\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0\n" \
	"\tCapabilities: [40] Express (v2) Root Port (Slot-), MSI 00\n" \
	"\tCapabilities: [100 v1] Access Control Services\n" \
	"\t\tACSCap:\tSrcValid+ TransBlk+ ReqRedir+ CmpltRedir+ UpstreamFwd+ " egress " " \
	"DirectTrans-\n" \
	"\t\tACSCtl:\tSrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- " \
	"DirectTrans-\n\tKernel driver in use: pcieport\n"
/* Its subordinate bus is not that of the text. */
#define HEADER \
	"00: de 10 34 12 06 00 10 00 00 00 04 06 00 00 01 00\n" \
	"10: 00 00 00 00 00 00 00 00 00 01 02 00 00 00 00 00\n" \
	ZEROS("20") "30: 00 00 00 00 40 00 00 00 00 00 00 00 00 00 00 00\n"
#define REST \
	"40: 10 00 42 00 00 00 00 00 00 00 00 00 00 00 00 00\n" ZEROS("50") ZEROS("60") ZEROS("70") \
	ZEROS("80") ZEROS("90") ZEROS("a0") ZEROS("b0") ZEROS("c0") ZEROS("d0") ZEROS("e0") \
	ZEROS("f0")
#define BRIDGE "00:01.0 PCI bridge: NVIDIA Corporation Device\n"

#define TREE \
	"-+-[0000:80]-+-01.0-[81]----00.0  NVIDIA Corporation GH100 [10de:2330]\r\n" \
	" |           \\-02.0-[82-84]--+-[0000:82]-+-00.0\n" \
	" |                           |           \\-00.1\n" \
	" |                           \\-[0000:83]---02.0\n" \
	" \\-[0000:00]-+-00.0\n" \
	"             +-1c.0--\n" \
	"             \\-1f.3\n" \
	"-[10000:e0]---06.0-[e1]----00.0  8086:0a54\n"

#define WORDS \
	"00:00.0 \"Host bridge [0600]\" \"Advanced Micro Devices [1022]\" " \
	"\"Root: Complex [1480]\" -p00 \"\" \"\"\n" \
	"0000:01:00.0 \"0300\" \"10de\" \"2204\" -ra1 -p00 \"1458\" \"403b\"\n" \
	"02:00.0 \"a\\\"b\" \"c\" \"d\n"
#define RECORDS \
	"Slot:\t01:00.0\nClass:\t0300\nVendor:\t10de\nDevice:\t2204\nDriver:\tnvidia\n" \
	"NUMANode:\t1\nIOMMUGroup:\t14\n\n" \
	"Slot:\t02:00.0\nClass:\t0108\nVendor:\t144d\nDevice:\ta80a\nProgIf:\t02\n"
#define REBAR(end) \
	"01:00.0 VGA compatible controller [0300]: Maker [10de:2204]\n" \
	"\tControl: I/O- Mem+ BusMaster+\n\tStatus: Cap+ 66MHz-\n" \
	"\tCapabilities: [40] Express (v2) Endpoint, MSI 00\n" \
	"\tCapabilities: [100 v1] Physical Resizable BAR\n" \
	"\t\tBAR 1: current size: 256MB, supported: 64MB 128MB 256MB 1GB 32GB\n" end
#define FLAGS \
	"01:00.0 0300: 10de:2204 (rev a1)\n" \
	"\tFlags: bus master, fast devsel, latency 0, IRQ 40, NUMA node 1, IOMMU group 12\n"

/* As lspci prints it unasked, with a root bus of which 00.0 is not listed. */
#define LIST(more) \
	"00:00.0 Host bridge [0600]: Maker [8086:1480]\n\tControl: Mem+\n\n" more \
	"00:1f.0 ISA bridge [0601]: Maker [8086:1481]\n\tControl: Mem+\n\n" \
	"17:02.0 VGA compatible controller [0300]: Maker [8086:2204]\n\tControl: Mem+\n" \
	"\tKernel driver in use: xe\n"
#define EXPRESS(type, up) \
	"\tCapabilities: [40] Express (v2) " type ", MSI 00\n" \
	"\t\tDevCap:\tMaxPayload 512 bytes, PhantFunc 0\n\t\t\tExtTag+ RBE+\n" \
	"\t\tDevCtl:\tCorrErr- NonFatalErr- FatalErr- UnsupReq-\n" \
	"\t\t\tRlxdOrd+ ExtTag+ PhantFunc- AuxPwr- NoSnoop+\n" \
	"\t\t\tMaxPayload 512 bytes, MaxReadReq 512 bytes\n" \
	"\t\tDevSta:\tCorrErr- NonFatalErr- FatalErr- UnsupReq- AuxPwr- TransPend-\n" \
	"\t\tLnkCap:\tPort #1, Speed 8GT/s, Width x16, ASPM not supported\n" \
	"\t\t\tClockPM- Surprise- LLActRep+ BwNot+ ASPMOptComp+\n" \
	"\t\tLnkCtl:\tASPM Disabled; RCB 64 bytes, LnkDisable- CommClk+\n" \
	"\t\t\tExtSynch- ClockPM- AutWidDis- BWInt+ AutBWInt+\n" \
	"\t\tLnkSta:\tSpeed 8GT/s, Width x16\n\t\t\tTrErr- Train- SlotClk+ DLActive" up " BWMgmt-\n" \
	"\tKernel driver in use: some\n\n"
#define SLOT(function, bus) \
	"00:1c." function " PCI bridge [0604]: Maker [8086:0001]\n" \
	"\tControl: Mem+\n\tStatus: Cap+ 66MHz-\n" \
	"\tBus: primary=00, secondary=" bus ", subordinate=" bus ", sec-latency=0\n"
#define SLOT_PORT(up) SLOT("0", "01") EXPRESS("Root Port (Slot-)", up)
#define NIC(bus) \
	bus ":00.0 Ethernet controller [0200]: Maker [15b3:1021]\n" \
	"\tControl: Mem+\n\tStatus: Cap+ 66MHz-\n" EXPRESS("Endpoint", "-")
#define PORT(windows, end) \
	"00:01.0 PCI bridge [0604]: Maker [8086:347a] (prog-if 00 [Normal decode])\n" \
	"\tPhysical Slot: 7-1\n\tControl: I/O- Mem+ BusMaster+\n\tStatus: Cap+ 66MHz-\n" \
	"\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0\n" windows \
	"\tCapabilities: [40] Express (v2) Root Port (Slot-), MSI 00\n" end "\n" \
	"01:00.0 VGA compatible controller [0300]: Maker [10de:2204]\n" \
	"\tControl: I/O- Mem+ BusMaster+\n\tStatus: Cap+ 66MHz-\n" \
	"\tRegion 0: Memory at fb000000 (32-bit, non-prefetchable) [size=16M]\n" \
	"\tCapabilities: [40] Express (v2) Endpoint, MSI 00\n\n"
/* A bridge and what is on bus 1; a device with one capability; one with registers of PCI Express. */
#define BUSES(rest) \
	"00:01.0 PCI bridge [0604]: Maker [8086:347a]\n\tControl: Mem+\n\tStatus: Cap+ 66MHz-\n" \
	"\tBus: primary=00, " rest "\n\tKernel driver in use: pcieport\n\n" \
	"01:00.0 VGA compatible controller [0300]: Maker [10de:2204]\n\tControl: Mem+\n"
#define CARD(capability) \
	"01:00.0 VGA compatible controller [0300]: Maker [10de:2204]\n\tControl: Mem+\n\tStatus: Cap+ 66MHz-\n" \
	"\tCapabilities: " capability "\n\tCapabilities: [100 v1] Advanced Error Reporting\n\tKernel modules: nouveau\n"
#define STATUS(link, aspm, payload) \
	CARD("[40] Express (v2) Endpoint, MSI 00\n" \
	     "\t\tDevCap:\tMaxPayload 512 bytes, PhantFunc 0\n\t\t\tExtTag+ RBE+\n" \
	     "\t\tDevCtl:\tCorrErr- NonFatalErr- FatalErr- UnsupReq-\n" \
	     "\t\t\tRlxdOrd+ ExtTag+ PhantFunc- AuxPwr- NoSnoop+\n" \
	     "\t\t\tMaxPayload " payload " bytes, MaxReadReq 512 bytes\n" \
	     "\t\tLnkCap:\tPort #1, Speed 8GT/s, Width x16, ASPM not supported\n" \
	     "\t\t\tClockPM- Surprise- LLActRep- BwNot+ ASPMOptComp+\n" \
	     "\t\tLnkCtl:\tASPM " aspm "; RCB 64 bytes, LnkDisable- CommClk+\n" \
	     "\t\tLnkSta:\tSpeed " link "\n\t\t\tTrErr- Train- SlotClk+ DLActive- BWMgmt-")
/* A port with PCI Express, whose lines may be spoilt, and ACS. */
#define SPOILT(express, control, acs) \
	"00:01.0 PCI bridge [0604]: Maker [8086:347a] (prog-if 00 [Normal decode])\n" \
	"\tControl: Mem+\n\tStatus: Cap+ 66MHz-\n\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0\n" \
	express "\t\tDevCap:\tMaxPayload 512 bytes, PhantFunc 0\n\t\t\tExtTag+ RBE+\n" \
	"\t\tDevCtl:\tCorrErr- NonFatalErr- FatalErr- UnsupReq-\n" \
	"\t\t\tRlxdOrd+ ExtTag+ PhantFunc- AuxPwr- NoSnoop+\n\t\t\tMaxPayload 256 bytes, MaxReadReq 512 bytes\n" \
	"\t\tLnkCap:\tPort #1, Speed 8GT/s, Width x16, ASPM not supported\n" \
	"\t\t\tClockPM- Surprise- LLActRep- BwNot+ ASPMOptComp+\n" \
	"\t\tLnkCtl:\tASPM Disabled; RCB 64 bytes, LnkDisable- CommClk+\n" \
	"\t\tLnkSta:\tSpeed 8GT/s, Width x16\n\t\t\tTrErr- Train- SlotClk+ DLActive- BWMgmt-\n" control \
	"\tCapabilities: [100 v2] Advanced Error Reporting\n" acs "\tKernel driver in use: pcieport\n\n"
#define ROOT_PORT	"\tCapabilities: [40] Express (v2) Root Port (Slot-), MSI 00\n"
#define CONTROL2(words, more) \
	"\t\tDevCap2: Completion Timeout: Range ABC, TimeoutDis+ NROPrPrP- LTR+\n" \
	"\t\t\t AtomicOpsCap: Routing- 32bit- 64bit- 128bitCAS-\n" \
	"\t\tDevCtl2: Completion Timeout: 50us to 50ms, TimeoutDis- LTR- 10BitTagReq- OBFF Disabled," words "\n" more
#define ATOMICS		"\t\t\t AtomicOpsCtl: ReqEn- EgressBlck+\n"
#define ACS_HEAD	"\tCapabilities: [148 v1] Access Control Services\n"
#define ACS_CAP		"\t\tACSCap:\tSrcValid+ TransBlk+ ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-\n"
#define ACS_CTL(redirect) \
	"\t\tACSCtl:\tSrcValid+ TransBlk- " redirect "CmpltRedir- UpstreamFwd- EgressCtrl- DirectTrans-\n"
#define VIRTUAL(count) \
	LIST("01:00.0 Ethernet controller [0200]: Maker [15b3:1021]\n\tControl: Mem+\n\tStatus: Cap+ 66MHz-\n" \
	     "\tCapabilities: [60] Express Endpoint, MSI 00\n" \
	     "\tCapabilities: [100 v1] Single Root I/O Virtualization (SR-IOV)\n" \
	     "\t\tIOVCap:\tMigration-, Interrupt Message Number: 000\n\t\tIOVCtl:\tEnable+ Migration- Interrupt- MSE+ ARIHierarchy+\n" \
	     "\t\tIOVSta:\tMigration-\n" \
	     "\t\tInitial VFs: 1, Total VFs: 1, Number of VFs: " count ", Function Dependency Link: 00\n" \
	     "\t\tVF offset: 1, stride: 1, Device ID: 101e\n" \
	     "\tKernel driver in use: mlx5_core\n\n" \
	     "01:00.1 Ethernet controller [0200]: Maker [15b3:101e]\n\tControl: Mem+\n\tKernel modules: mlx5_core\n\n")
#define PLAIN(name) "00:00.0 Host bridge: Some Thing\n01:00.0 VGA compatible controller: " name " (rev a1)\n"
#define IO_WINDOW "\tI/O behind bridge: e000-efff [size=4K] [16-bit]\n"
#define MEMORY_WINDOW "\tMemory behind bridge: fb000000-fc0fffff [size=17M] [32-bit]\n"
#define WIDE_WINDOW \
	"\tPrefetchable memory behind bridge: 380000000000-3807ffffffff [size=32G] [64-bit]\n"

#define VFS(range) \
	"-[0000:00]-+-01.0-" range "--+-00.0\n" \
	"           |               +-00.1\n" \
	"           |               +-00.0\n" \
	"           |               \\-00.1\n" \
	"           \\-02.0\n"

/* @first: of a window that is open; 0 it is closed, 1 not known */
static const struct {
	const char *text;
	uint64_t memory, wide;
} windows[] = {
	{ PORT(IO_WINDOW MEMORY_WINDOW WIDE_WINDOW, ""), 0xfb000000, 0x380000000000 },
	{ PORT("\tI/O behind bridge: [disabled] [16-bit]\n\tMemory behind bridge: [disabled] [32-bit]\n"
	       WIDE_WINDOW, ""), 0, 0x380000000000 },
	{ PORT(MEMORY_WINDOW "\tPrefetchable memory behind bridge: 00000000fff00000-00000000000fffff "
	       "[disabled] [64-bit]\n", ""), 0xfb000000, 0 },
	{ PORT(MEMORY_WINDOW, ""), 0xfb000000, 0 },
	/* Older releases have them from the registers; of a part of the lines nothing is concluded. */
	{ PORT("\tMemory behind bridge: fb000000-fc0fffff [size=17M]\n" WIDE_WINDOW, ""), 1, 1 },
	{ PORT("\tMemory behind bridge: fb000000-fc0fffff\n", ""), 1, 1 },
	{ PORT("\tMemory behind bridge: None\n" WIDE_WINDOW, ""), 1, 1 },
	{ PORT(WIDE_WINDOW, ""), 1, 1 },
	{ PORT("", ""), 1, 1 },
	{ PORT(MEMORY_WINDOW "\t!!! Unknown prefetchable memory range types 1/0\n", ""), 1, 1 },
	{ PORT(MEMORY_WINDOW "\tExpansion ROM at fd000000 [disabled] [size=64K]\n", ""), 1, 1 },
	{ PORT("\tMemory behind bridge: fc0fffff-fb000000 [size=1M] [32-bit]\n", ""), 1, 1 },
	{ PORT("\tMemory behind bridge: 0-ffffffffffffffff [size=1M] [32-bit]\n", ""), 1, 1 },
	{ PORT("\tMemory behind bridge: x [size=1M] [32-bit]\n", ""), 1, 1 },
};

static const struct pasted_fact facts[] = {
	{ PORT("", ""), "0000:00:01.0", "slot", "7-1" },
	{ PORT("", ""), "0000:01:00.0", "slot", "7-1" },
	{ FLAGS, "0000:01:00.0", "slot", "denied" },
	/* Bytes beat text, and text says what the bytes do not show. */
	{ BRIDGE ACS_TEXT HEADER REST, "0000:00:01.0", "acs.redirects", "1" },
	{ BRIDGE ACS_TEXT HEADER REST, "0000:00:01.0", "acs.control", "denied" },
	{ BRIDGE ACS_TEXT HEADER REST, "0000:00:01.0", "subordinate_bus", "2" },
	{ BRIDGE ACS_TEXT HEADER REST, "0000:00:01.0", "vendor", "4318" },
	{ BRIDGE ACS_TEXT HEADER REST, "0000:00:01.0", "driver", "pcieport" },
	/* A text shows seven bits of each register of ACS, and nothing of a vector's size. */
	{ BRIDGE ACS_TEXT HEADER, "0000:00:01.0", "acs.redirects", "1" },
	{ BRIDGE ACS_TEXT HEADER, "0000:00:01.0", "acs.control", "denied" },
	{ BRIDGE ACS_TEXT HEADER, "0000:00:01.0", "acs.capability", "denied" },
	{ BRIDGE ACS_TEXT HEADER, "0000:00:01.0", "acs.enhanced", "denied" },
	{ BRIDGE ACS_TEXT HEADER, "0000:00:01.0", "acs.egress_bits", "0" },
	{ BRIDGE VECTOR_TEXT HEADER, "0000:00:01.0", "acs.egress_bits", "denied" },
	{ BRIDGE HEADER REST, "0000:00:01.0", "acs.present", "denied" },
	/* Trees. */
	{ TREE, "0000:81:00.0", "parent", "0000:80:01.0" },
	{ TREE, "0000:81:00.0", "host_bridge", "pci0000:80" },
	{ TREE, "0000:81:00.0", "device", "9008" },
	{ TREE, "0000:80:01.0", "class", "bridge" },
	{ TREE, "0000:80:01.0", "device", "denied" },
	{ TREE, "0000:82:00.1", "parent", "0000:80:02.0" },
	{ TREE, "0000:83:02.0", "parent", "0000:80:02.0" },
	{ TREE, "0000:00:1f.3", "host_bridge", "pci0000:00" },
	{ TREE, "0000:00:1f.3", "parent", "none" },
	{ TREE, "0000:00:1f.3", "acs.present", "denied" },
	{ TREE, "10000:e1:00.0", "host_bridge", "pci10000:e0" },
	{ TREE, "10000:e1:00.0", "vendor", "32902" },
	/* Virtual functions on buses that are not named: one of two, and which of three? */
	{ VFS("[04-05]"), "0000:04:00.1", "parent", "0000:00:01.0" },
	{ VFS("[04-05]"), "0000:05:00.0", "parent", "0000:00:01.0" },
	{ VFS("[04-05]"), "0000:05:00.1", "parent", "0000:00:01.0" },
	{ VFS("[04-06]"), "0000:05:00.0", "name", "none" },
	{ VFS("[04-06]"), "0000:00:02.0", "host_bridge", "pci0000:00" },
	/* For programs. */
	{ WORDS, "0000:01:00.0", "vendor", "4318" },
	{ WORDS, "0000:01:00.0", "class_code", "196608" },
	{ WORDS, "0000:00:00.0", "device", "5248" },
	{ WORDS, "0000:00:00.0", "class_code", "393216" },
	{ WORDS, "0000:02:00.0", "vendor", "denied" },
	{ RECORDS, "0000:01:00.0", "driver", "nvidia" },
	{ RECORDS, "0000:01:00.0", "numa_node", "1" },
	{ RECORDS, "0000:01:00.0", "iommu_group", "14" },
	{ RECORDS, "0000:02:00.0", "class_code", "67586" },
	{ RECORDS, "0000:02:00.0", "driver", "denied" },
	/* One that is alone in a list may have been picked, and so may be what is before it on its bus. */
	{ "01:00.0 VGA compatible controller [0300]: Maker [10de:2204]\n\tControl: Mem+\n"
	  "\tKernel driver in use: nvidia\n", "0000:01:00.0", "multifunction", "denied" },
	{ "00:00.0 Host bridge [0600]: Maker [1022:1480]\n\tControl: Mem+\n\n"
	  "00:1f.0 ISA bridge [0601]: Maker [1022:1481]\n\tControl: Mem+\n\n"
	  "01:00.0 VGA compatible controller [0300]: Maker [10de:2204]\n\tControl: Mem+\n"
	  "\tKernel driver in use: nvidia\n", "0000:01:00.0", "multifunction", "0" },
	/* Nobody picked from a list with a root complex and a bystander, unless it has a gap. */
	{ LIST(""), "0000:17:02.0", "multifunction", "0" },
	{ LIST("$ lspci -vvs 1f.0\n"), "0000:17:02.0", "multifunction", "denied" },
	{ LIST(SLOT("1", "02") "\n"), "0000:17:02.0", "multifunction", "denied" },
	{ LIST(SLOT("0", "01") "\n" SLOT("1", "02") "\n"), "0000:17:02.0", "multifunction", "0" },
	{ LIST(SLOT_PORT("-")), "0000:17:02.0", "multifunction", "0" },
	{ LIST(SLOT_PORT("+")), "0000:17:02.0", "multifunction", "denied" },
	{ LIST(SLOT_PORT("+") NIC("01")), "0000:17:02.0", "multifunction", "0" },
	{ LIST(SLOT_PORT("-") NIC("05")), "0000:17:02.0", "multifunction", "denied" },
	{ "01:00.0 VGA compatible controller [0300]: Maker [10de:2204]\n\tControl: Mem+\n\n"
	  "01:00.1 Audio device [0403]: Maker [10de:1aef]\n\tControl: Mem+\n",
	  "0000:01:00.0", "multifunction", "1" },
	/* Its virtual functions are none of a device's several functions, nor is one of them. */
	{ VIRTUAL("1"), "0000:01:00.0", "multifunction", "0" },
	{ VIRTUAL("1"), "0000:01:00.1", "multifunction", "0" },
	{ VIRTUAL("0"), "0000:01:00.0", "multifunction", "1" },
	/* Lines that are cut, or odd: what they would have said is not known. */
	{ BUSES("secondary=01, subordinate=01, sec-latency=0"), "0000:01:00.0", "parent", "0000:00:01.0" },
	{ BUSES("secondary=01, subordinate=01, sec-latency=0"), "0000:00:01.0", "subordinate_bus", "1" },
	{ BUSES("secondary=01, subordinate=0"), "0000:00:01.0", "secondary_bus", "denied" },
	{ BUSES("secondary=01, subordinate=0"), "0000:00:01.0", "header_type", "1" },
	{ BUSES("secondary=01, subordinate=0"), "0000:01:00.0", "orphan", "1" },
	{ BUSES("secondary=, subordinate=01, sec-latency=0"), "0000:01:00.0", "orphan", "1" },
	{ BUSES("secondary=101, subordinate=101, sec-latency=0"), "0000:01:00.0", "orphan", "1" },
	{ STATUS("8GT/s, Width x8", "Disabled", "256"), "0000:01:00.0", "pcie.present", "1" },
	{ CARD("[40] Express (v2) Endpoint, MSI 00"), "0000:01:00.0", "acs.present", "0" },
	{ CARD("[40] Express (v2) Unknown type 12, MSI 00"), "0000:01:00.0", "pcie.present", "denied" },
	{ CARD("[41] Express (v2) Endpoint, MSI 00"), "0000:01:00.0", "pcie.present", "denied" },
	{ CARD("[20] Express (v2) Endpoint, MSI 00"), "0000:01:00.0", "pcie.present", "denied" },
	{ CARD("[1000] Express (v2) Endpoint, MSI 00"), "0000:01:00.0", "pcie.present", "denied" },
	{ CARD("[40 Express (v2) Endpoint, MSI 00"), "0000:01:00.0", "pcie.present", "denied" },
	{ CARD("[40] #10 [0002]"), "0000:01:00.0", "pcie.present", "denied" },
	{ CARD("<access denied>"), "0000:01:00.0", "acs.present", "denied" },
	{ STATUS("8GT/s, Width x8", "Disabled", "256"), "0000:01:00.0", "link.now.width", "8" },
	{ STATUS("8GT/s, Width x8", "L1 Enabled", "256"), "0000:01:00.0", "pcie.aspm_l0s", "0" },
	{ STATUS("8GT/s, Width x8", "L0s L1 Enabled", "256"), "0000:01:00.0", "pcie.aspm_l1", "1" },
	{ STATUS("8GT/s, Width x8", "L0s Enabled", "256"), "0000:01:00.0", "pcie.aspm_l1", "0" },
	{ STATUS("8GT/s, Width x8", "L7 Enabled", "256"), "0000:01:00.0", "pcie.present", "denied" },
	{ STATUS("8GT/s, Width x999", "Disabled", "256"), "0000:01:00.0", "link.now.width", "denied" },
	{ STATUS("8GT/s, Width x", "Disabled", "256"), "0000:01:00.0", "link.now.width", "denied" },
	{ STATUS("8GT/s", "Disabled", "256"), "0000:01:00.0", "link.present", "denied" },
	{ STATUS("9GT/s, Width x8", "Disabled", "256"), "0000:01:00.0", "link.now.width", "denied" },
	{ STATUS("8GT/s, Width x8", "Disabled", "300"), "0000:01:00.0", "pcie.present", "denied" },
	{ "01:00.0 VGA compatible controller [0300]: Maker [10de:2204] (rev ff)\n\t!!! Unknown header type 7f\n",
	  "0000:01:00.0", "header_type", "denied" },
	{ "01:00.0 VGA compatible controller [0300]: Maker [10de:2204] (rev a1)\n\t!!! Unknown header type 05\n",
	  "0000:01:00.0", "acs.present", "denied" },
	/* The line of a capability that is cut, joined to another or lost: it may be any, and none is absent. */
	{ SPOILT(ROOT_PORT, "", ""), "0000:00:01.0", "acs.present", "0" },
	{ SPOILT(ROOT_PORT, "", ACS_HEAD ACS_CAP ACS_CTL("ReqRedir- ")), "0000:00:01.0", "acs.redirects", "0" },
	{ SPOILT(ROOT_PORT, "", "\tCapabilities: [148 v1] Access Control Ser\n"), "0000:00:01.0", "acs.present", "denied" },
	{ SPOILT(ROOT_PORT, "", "\tCapabilities: [148 v1]\n"), "0000:00:01.0", "acs.present", "denied" },
	{ SPOILT(ROOT_PORT, "", "\tCapabilities: [14\n"), "0000:00:01.0", "acs.present", "denied" },
	{ SPOILT(ROOT_PORT, "", "\tCapabi\n"), "0000:00:01.0", "acs.present", "denied" },
	{ SPOILT(ROOT_PORT, "", "\tbilities: [148 v1] Access Control Services\n"), "0000:00:01.0", "acs.present", "denied" },
	{ SPOILT(ROOT_PORT, "", "\t\tHeaderLog: 0 Capabilities: [148 v1] Access Control Services\n"),
	  "0000:00:01.0", "acs.present", "denied" },
	{ SPOILT(ROOT_PORT, "", ACS_CAP), "0000:00:01.0", "acs.present", "denied" },
	{ SPOILT(ROOT_PORT, "", "Services\n"), "0000:00:01.0", "acs.present", "denied" },
	{ SPOILT(ROOT_PORT, "", "pcilib: sysfs_read_vpd: read failed: No such device\n"), "0000:00:01.0", "acs.present", "0" },
	{ SPOILT("", "", ""), "0000:00:01.0", "pcie.present", "denied" },
	/* Only PCI Express and PCI-X have extended capabilities. */
	{ "00:1c.0 PCI bridge [0604]: Maker [8086:0001]\n\tFlags: fast devsel\n\tCapabilities: [60] Power Management version 3\n"
	  "\tCapabilities: [100] Advanced Error Reporting\n\tKernel modules: x\n", "0000:00:1c.0", "acs.present", "denied" },
	{ "00:1c.0 PCI bridge [0604]: Maker [8086:0001]\n\tFlags: fast devsel\n\tCapabilities: [60] Power Management version 3\n"
	  "\tCapabilities: [100] Advanced Error Reporting\n\tKernel modules: x\n", "0000:00:1c.0", "pcie.present", "denied" },
	{ SPOILT("\tCa\n", "", ""), "0000:00:01.0", "pcie.present", "denied" },
	{ SPOILT("\n", "", ""), "0000:00:01.0", "pcie.present", "denied" },
	{ "00:01.0 PCI bridge [0604]: Maker [8086:347a]\n\tControl: Mem+\n[...]\n", "0000:00:01.0", "pcie.present", "denied" },
	{ "Some words.\n\n01:00.0 VGA compatible controller [0300]: Maker [10de:2204]\n\tControl: Mem+\n\tStatus: Cap+ 66MHz-\n"
	  "\tCapabilities: [60] Power Management version 3\n", "0000:01:00.0", "pcie.present", "denied" },
	/* A register of which one word is missing. */
	{ SPOILT(ROOT_PORT, CONTROL2(" ARIFwd+", ATOMICS), ""), "0000:00:01.0", "pcie.ari_forwarding", "1" },
	{ SPOILT(ROOT_PORT, CONTROL2(" ARIFwd+", ATOMICS), ""), "0000:00:01.0", "pcie.atomic_egress_block", "1" },
	{ SPOILT(ROOT_PORT, CONTROL2("", ATOMICS), ""), "0000:00:01.0", "pcie.ari_forwarding", "denied" },
	{ SPOILT(ROOT_PORT, "", ACS_HEAD ACS_CAP ACS_CTL("")), "0000:00:01.0", "acs.redirects", "denied" },
	/* The first line of a function is lost: what follows is not of the one before. */
	{ SPOILT(ROOT_PORT, "", "") "\tSubsystem: Maker [10de:0001]\n\tControl: Mem+\n"
	  "\tBus: primary=00, secondary=02, subordinate=02, sec-latency=0\n\n", "0000:00:01.0", "secondary_bus", "1" },
	{ "01:00.0 VGA compatible controller [0300]: Maker [10de:2204] (rev a1) Subsystem: Maker [10de:0001]\n",
	  "0000:01:00.0", "device", "denied" },
	/* Without a list of names; of a class that has no name here; by a name that was another vendor's. */
	{ "01:00.0 Class 0302: Device 10de:2330 (rev a1)\n", "0000:01:00.0", "device", "9008" },
	{ "01:00.0 Class 0302: Device 10de:2330 (rev a1)\n", "0000:01:00.0", "class", "gpu" },
	{ "01:00.0 Class 0604: Device 10b5:97 (rev a1)\n", "0000:01:00.0", "vendor", "denied" },
	{ "01:00.0 Odd thing: Maker\n\tControl: Mem+\n\n", "0000:01:00.0", "header_type", "0" },
	{ "01:00.0 Odd bridge: Maker\n\tControl: Mem+\n\n", "0000:01:00.0", "header_type", "denied" },
	{ "01:00.0 0609: 8086:0001\n\tControl: Mem+\n\n", "0000:01:00.0", "header_type", "1" },
	{ "01:00.0 0607: 8086:0001\n\tControl: Mem+\n\n", "0000:01:00.0", "header_type", "2" },
	{ "01:00.0 Odd bridge: Maker\n\tControl: Mem+\n\tStatus: Cap+ 66MHz-\n" ROOT_PORT "\n", "0000:01:00.0", "header_type", "1" },
	{ PLAIN("Broadcom Corporation Device 9039"), "0000:01:00.0", "vendor", "denied" },
	{ "01:00.0 Class 0604: Unknown device 10b5:8112 (rev a1)\n\tControl: Mem+\n\n", "0000:01:00.0", "header_type", "1" },
	{ "01:00.0 Class 0604: Unknown device 10b5:8112 (rev a1)\n", "0000:01:00.0", "device", "33042" },
	{ "01:00.0 Class 0604: 8086:2030\n\tControl: Mem+\n\n", "0000:01:00.0", "header_type", "1" },
	{ "01:00.0 PCI bridge [0604]: Maker [8086:0001]\n\tControl: Mem+\n\t!!! Invalid class 0604 for header type 00\n\n",
	  "0000:01:00.0", "header_type", "0" },
	/* What releases of lspci print, and what stands around them, damages nothing. */
	{ CARD("[40] Express (v1) PCI/PCI-X Bridge, MSI 00"), "0000:01:00.0", "acs.present", "0" },
	{ CARD("[40] Express (v2) Unknown type 12, MSI 00"), "0000:01:00.0", "acs.present", "0" },
	{ CARD("[40] Express (v2) Endpoint, MSI 00\n\t\t<?>\n\t\t<unreadable>"), "0000:01:00.0", "acs.present", "0" },
	{ CARD("[40] Express (v2) Endpoint, MSI 00\n\t\tProduct Name: of properties: [1]"), "0000:01:00.0", "acs.present", "0" },
	{ CARD("[40] Express (v2) Endpoint, MSI 00\n\t\t<snip>"), "0000:01:00.0", "acs.present", "denied" },
	{ SPOILT(ROOT_PORT, "", "") "done\n", "0000:00:01.0", "acs.present", "0" },
	{ "01:00.0 VGA compatible controller [0300]: Maker [10de:2204]\n\tControl: Mem+\n\tStatus: Cap- 66MHz-\n",
	  "0000:01:00.0", "acs.present", "0" },
	/* "#10" names no port type; what stood in the line before does not, either. */
	{ "01:00.0 VGA compatible controller [0300]: Maker [10de:2204]\n\tControl: Mem+\n\tStatus: Cap+ 66MHz-\n"
	  "\txxxxxxxxxxxxxxxxxxxxxxxxxxDownstream Port (Slot-)\n\tCapabilities: [60] #10\n\tKernel modules: x\n",
	  "0000:01:00.0", "pcie.type", "denied" },
	{ "-[0000:00]-+-00.0\n\n           \\-01.0\n", "0000:00:01.0", "orphan", "0" },
	/* Without ids the maker tells whether a display is of a GPU. */
	{ PLAIN("NVIDIA Corporation GH100"), "0000:01:00.0", "class", "gpu" },
	{ PLAIN("ASPEED Technology, Inc. ASPEED Graphics Family"), "0000:01:00.0", "class", "other" },
	/* -v has node and group in another line than -vv. */
	{ FLAGS, "0000:01:00.0", "numa_node", "1" },
	{ FLAGS, "0000:01:00.0", "iommu_group", "12" },
};

static const struct {
	const char *text, *error;
} bad[] = {
	{ "\t\tACSCtl:\tSrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-\n",
	  ":1: lines of ACS alone are not used" },
	{ "-[0000:00]-\n", "a tree without functions" },
	{ "-[0000:00]-+-00.0\n          \\-01.0\n", ":2: no line above branches off" },
	{ "-[0000:00]-+-00.0\n           \\-1g.0\n", ":2: neither a bus nor a function" },
	{ "-[0000:00]-+-20.0\n", ":1: neither a bus nor a function" },
	{ "-[0000:00]---1c.0----00.0\n", ":1: a function on a bus that no bridge names" },
	{ "-[0000:00]---1c.0-[x]----00.0\n", ":1: these are not bus numbers" },
	{ "-[0000:00]---1c.0-[01x]----00.0\n", ":1: these are not bus numbers" },
	{ "-[0000:00]---1c.0-[02-01]----00.0\n", ":1: these are not bus numbers" },
	{ "-[0000:00]---00.0\n-[0000:00]---00.0\n", "0000:00:00.0 appears twice" },
};

/* Bridges above each other, or next to each other, without end. */
static const struct { const char *start, *again; unsigned int count; const char *error; } deep[] = {
	{ "-[0000:00]-", "--01.0-[01]", 250, ":1: more bridges above each other than any machine has" },
	{ "-[0000:00]-", "+-01.0-[01]-", 80, ":1: more branches than any machine has" },
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

static void check_window(const struct p2p_window *window, uint64_t first)
{
	ck_assert_int_eq(window->fact, first == 1 ? P2P_DENIED : P2P_PRESENT);
	if (first > 1)
		ck_assert_uint_eq(window->first, first);
	ck_assert(first > 1 || window->first > window->last);
	/* What is below may be more than the list has. */
	ck_assert_int_eq(window->free_fact, P2P_DENIED);
}

START_TEST(gives_windows)
{
	struct p2p_context *context = make_context();
	struct p2p_topology *topology;
	struct p2p_snapshot *snapshot;
	const struct p2p_function *port;
	char path[PATH_MAX];

	put_text(directory, "pasted", windows[_i].text);
	snprintf(path, sizeof(path), "%s/pasted", directory);
	snapshot = load(context, path, P2P_WANT_NAMES);
	ck_assert_int_eq(p2p_topology_new(context, snapshot, NULL, &topology), 0);
	port = get(topology, "0000:00:01.0");
	check_window(&port->window[0], windows[_i].memory);
	check_window(&port->window[1], windows[_i].wide);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
	p2p_context_free(context);
}
END_TEST

START_TEST(refuses)
{
	struct p2p_context *context = make_context();
	char path[PATH_MAX];

	put_text(directory, "pasted", bad[_i].text);
	snprintf(path, sizeof(path), "%s/pasted", directory);
	refuse(context, path, -EBADMSG, bad[_i].error);
	p2p_context_free(context);
}
END_TEST

START_TEST(refuses_the_endless)
{
	struct p2p_context *context = make_context();
	char path[PATH_MAX], text[4096];

	strcpy(text, deep[_i].start);
	for (unsigned int i = 0; i < deep[_i].count; i++)
		strcat(text, deep[_i].again);
	put_text(directory, "pasted", strcat(text, "\n"));
	snprintf(path, sizeof(path), "%s/pasted", directory);
	refuse(context, path, -EBADMSG, deep[_i].error);
	p2p_context_free(context);
}
END_TEST

/* The sizes are known once it is seen that there are no more of these lines. */
static const struct { const char *text; enum p2p_fact fact; } resizable[] = {
	{ REBAR("\tKernel driver in use: nvidia\n"), P2P_PRESENT },
	{ REBAR("\tCapabilities: [200 v1] Device Serial Number 00\n"), P2P_PRESENT },
	{ REBAR(""), P2P_DENIED },
	{ REBAR("\t\tBAR 3: current size: 1GB, supported: 1GB x\n\tKernel driver in use: nvidia\n"), P2P_DENIED },
	{ REBAR("\t\tBAR 3: current size: GB, supported: 1GB\n\tKernel driver in use: nvidia\n"), P2P_DENIED },
	{ REBAR("\t\tBAR 3: current size: 3GB, supported: 1GB\n\tKernel driver in use: nvidia\n"), P2P_DENIED },
	{ REBAR("\t\tBAR 3: current size: 1GB, supported:\n\tKernel driver in use: nvidia\n"), P2P_DENIED },
	{ REBAR("\t\tBAR 7: current size: 1GB, supported: 1GB\n\tKernel driver in use: nvidia\n"), P2P_DENIED },
	{ REBAR("\t\tBAR 3: current size: 1YB, supported: 1YB\n\tKernel driver in use: nvidia\n"),
	  P2P_DENIED },
};

START_TEST(resizes)
{
	const struct p2p_bdf bdf = { 0, 1, 0 };
	struct p2p_context *context = make_context();
	struct p2p_topology *topology;
	struct p2p_snapshot *snapshot;
	const struct p2p_rebar *rebar;
	char path[PATH_MAX];

	put_text(directory, "pasted", resizable[_i].text);
	snprintf(path, sizeof(path), "%s/pasted", directory);
	snapshot = load(context, path, P2P_WANT_NAMES);
	ck_assert_int_eq(p2p_topology_new(context, snapshot, NULL, &topology), 0);
	rebar = &p2p_topology_find(topology, bdf)->bar[1].rebar;
	ck_assert_int_eq(rebar->fact, resizable[_i].fact);
	if (rebar->fact == P2P_PRESENT) {
		ck_assert_uint_eq(rebar->size_bytes, (uint64_t)256 << 20);
		ck_assert_uint_eq(rebar->sizes, 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10 | 1 << 15);
	}
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
	tcase_add_loop_test(tcase, gives_windows, 0, ROWS(windows));
	tcase_add_loop_test(tcase, resizes, 0, ROWS(resizable));
	tcase_add_loop_test(tcase, refuses, 0, ROWS(bad));
	tcase_add_loop_test(tcase, refuses_the_endless, 0, ROWS(deep));
}

int main(void)
{
	return run_cases("lspci", add_cases);
}

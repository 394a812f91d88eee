/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of facts: a row for each fact of a function, of its BARs and windows, of a host bridge and of the
 * machine.  A capability that caps.c decodes has one row CAPABILITY and one row for each of its values; no
 * other code prints, reads, compares or exports it.
 */
#include <stdio.h>

#include "topology/facts/kinds.h"

/* OBJECT is the struct that the rows describe. */
#define AT(member)	offsetof(OBJECT, member)
#define FACT(member)	(AT(member) + 1)
#define ROW(path, type, member, text, ...) \
	{ .key = path, .kind = &p2p_kind_##type, .at = AT(member), \
	  .size = sizeof(((OBJECT *)NULL)->member), .help = text, __VA_ARGS__ }

/* Values that are not numbers need no size. */
#define POINTER(path, type, member, text, ...) \
	{ .key = path, .kind = &p2p_kind_##type, .at = AT(member), .help = text, __VA_ARGS__ }

/* A struct p2p_number is absent if it is known that there is none. */
#define NUMBER(path, type, member, text, ...) \
	{ .key = path, .kind = &p2p_kind_##type, .at = AT(member.value), .size = sizeof(int64_t), \
	  .fact = FACT(member.fact), .decides = true, .may_lack = true, .help = text, __VA_ARGS__ }

/* Two keys that are one object in JSON. */
#define LINK(owner, path, name, member, text) \
	{ .key = path "." name ".speed_mtps", .kind = &p2p_kind_link, .at = AT(member), \
	  .size = sizeof(struct p2p_link), .capability = FACT(owner), .leaf = (name), \
	  .help = text ", MT/s of a lane" }, \
	{ .key = path "." name ".width", .kind = &p2p_kind_width, .at = AT(member), \
	  .size = sizeof(struct p2p_link), .capability = FACT(owner), .aside = true, \
	  .help = text ", lanes" }

/* A capability, and a value of it that is in JSON if the capability is present. */
#define CAPABILITY(id, title, member, text, ...) \
	ROW(id ".present", present, member, text, .name = id, .label = title, \
	    .why = P2P_WHY_CONFIG, __VA_ARGS__)
#define OF(owner, path, type, member, text, ...) \
	ROW(path, type, member, text, .capability = FACT(owner), __VA_ARGS__)

static bool is_bridge(const void *function)
{
	return p2p_function_is_bridge(function);
}

static bool has_switch(const void *function)
{
	return ((const struct p2p_function *)function)->switch_id;
}

/* Only a function without a group has no type. */
static bool may_have_group(const void *function)
{
	return ((const struct p2p_function *)function)->iommu_group.fact != P2P_ABSENT;
}

static bool has_slot(const void *function)
{
	return ((const struct p2p_function *)function)->pcie.slot;
}

static bool is_enhanced(const void *function)
{
	return ((const struct p2p_function *)function)->acs.capability & P2P_ACS_ENHANCED;
}

static void say_numa(const void *object, char *text, size_t size)
{
	const struct p2p_function *function = object;

	if (function->numa.value < 0)
		snprintf(text, size, "none");
	else
		snprintf(text, size, "node %lld", (long long)function->numa.value);
}

static void say_iommu(const void *object, char *text, size_t size)
{
	snprintf(text, size, "%s", p2p_iommu_mode(object));
}

static void say_acs(const void *object, char *text, size_t size)
{
	const struct p2p_function *function = object;
	char bits[P2P_ACS_SIZE];

	snprintf(text, size, "%s", p2p_acs_format(function->acs.control, bits));
}

static void say_transfers(const void *object, char *text, size_t size)
{
	const struct p2p_function *function = object;
	const struct p2p_pcie *pcie = &function->pcie;

	snprintf(text, size, "MaxPayload %u, MaxReadReq %u, RlxdOrd%c, ExtTag%c", pcie->mps_bytes,
		 pcie->mrrs_bytes, pcie->relaxed_ordering ? '+' : '-',
		 pcie->extended_tags ? '+' : '-');
}

static void say_bar_size(const void *object, char *text, size_t size)
{
	const struct p2p_bar *bar = object;

	snprintf(text, size, "%llu bytes", (unsigned long long)bar->size_bytes);
}

static void say_bar_address(const void *object, char *text, size_t size)
{
	const struct p2p_bar *bar = object;

	snprintf(text, size, "0x%llx", (unsigned long long)bar->cpu);
}

static void say_ats(const void *object, char *text, size_t size)
{
	const struct p2p_function *function = object;

	snprintf(text, size, "%s", function->ats.ats_enabled ? "on" : "off");
}

static void say_sriov(const void *object, char *text, size_t size)
{
	const struct p2p_function *function = object;

	snprintf(text, size, "%u of %u VFs", function->sriov.active, function->sriov.total);
}

static void say_dpc(const void *object, char *text, size_t size)
{
	const struct p2p_function *function = object;

	snprintf(text, size, "%s%s", function->dpc.enabled ? "on" : "off",
		 function->dpc.triggered ? ", TRIGGERED" : "");
}

#define AER_ACS_VIOLATION (1u << 21)

static void say_aer(const void *object, char *text, size_t size)
{
	const struct p2p_function *function = object;

	snprintf(text, size, "uncorrectable %08x, correctable %08x%s", function->aer.uncorrectable,
		 function->aer.correctable,
		 function->aer.uncorrectable & AER_ACS_VIOLATION ? ": ACS Violation" : "");
}

static void say_cxl(const void *object, char *text, size_t size)
{
	const struct p2p_function *function = object;

	snprintf(text, size, "%s%s%s", function->cxl.cache ? "cache " : "",
		 function->cxl.io ? "io " : "", function->cxl.mem ? "mem" : "");
}

static void say_pool(const void *object, char *text, size_t size)
{
	const struct p2p_function *function = object;

	snprintf(text, size, "%llu bytes, %spublished",
		 (unsigned long long)function->pool.size_bytes,
		 function->pool.published ? "" : "not ");
}

#define OBJECT struct p2p_function

static const struct p2p_fact_row function_rows[] = {
	ROW("bdf", address, bdf, "its address", .device = true, .derived = true),
	ROW("name", text, display, "its shortest unique name", .device = true),
	ROW("os_names", names, os_names, "what the system calls it", .device = true),
	ROW("class", class, kind, "what it is used for", .device = true),
	ROW("vendor", hex, vendor, "Vendor ID", .fact = FACT(ids), .digits = 4, .decides = true,
	    .device = true),
	ROW("device", hex, device, "Device ID", .fact = FACT(ids), .digits = 4, .device = true),
	ROW("vendor_name", text, vendor_name, "its maker in pci.ids", .fact = FACT(ids),
	    .device = true),
	ROW("device_name", text, device_name, "its name in pci.ids", .fact = FACT(ids),
	    .device = true),
	ROW("driver", text, driver, "kernel driver", .fact = FACT(driver_fact), .decides = true,
	    .may_lack = true, .device = true, .show = P2P_SHOW_DIFF),
	NUMBER("numa_node", integer, numa, "-1: the kernel names none", .device = true,
	       .about = "numa", .say = say_numa, .show = P2P_SHOW_DIFF),
	ROW("cpus", text, cpus, "the CPUs local to it", .device = true, .label = "CPUs",
	    .show = P2P_SHOW_PAGE),
	ROW("subsystem_vendor", hex, subsystem_vendor, "Subsystem Vendor ID",
	    .fact = FACT(subsystem_fact), .digits = 4, .decides = true, .why = P2P_WHY_CONFIG),
	ROW("subsystem_device", hex, subsystem_device, "Subsystem ID",
	    .fact = FACT(subsystem_fact), .digits = 4, .why = P2P_WHY_CONFIG),
	ROW("class_code", hex, class_code, "class, subclass and interface", .fact = FACT(class_fact),
	    .digits = 6, .decides = true),
	ROW("class_name", text, class_name, "its class in pci.ids", .fact = FACT(class_fact)),
	ROW("revision", hex, revision, "Revision ID", .fact = FACT(revision_fact), .digits = 2,
	    .decides = true, .why = P2P_WHY_CONFIG),
	ROW("header_type", count, header_type, "0 endpoint, 1 bridge", .fact = FACT(header),
	    .decides = true, .why = P2P_WHY_CONFIG),
	ROW("multifunction", flag, multifunction, "is it one of several functions of a device",
	    .fact = FACT(several), .decides = true, .why = P2P_WHY_CONFIG),
	ROW("config_bytes", count, config_bytes, "bytes of config space that were read"),
	ROW("capabilities_broken", flag, capabilities_broken,
	    "a chain of capabilities loops, overlaps or leaves config space"),
	ROW("missing", flag, missing, "known only from paths of what is below it"),
	ROW("orphan", flag, orphan, "which bridges are above it is not known"),
	POINTER("host_bridge", host, host, "the host bridge above it", .derived = true),
	POINTER("parent", function, parent, "the bridge above it", .derived = true),
	POINTER("physfn", function, physfn, "the physical function of a virtual one",
	    .derived = true),
	ROW("depth", count, depth, "functions up to the root bus, itself included"),
	ROW("secondary_bus", hex, secondary, "the bus below it", .fact = FACT(buses),
	    .decides = true, .may_lack = true, .digits = 2, .why = P2P_WHY_CONFIG),
	ROW("subordinate_bus", hex, subordinate, "the last bus below it", .fact = FACT(buses),
	    .digits = 2, .why = P2P_WHY_CONFIG),
	NUMBER("serial", hex, serial, "Device Serial Number", .digits = 16, .why = P2P_WHY_CONFIG),
	NUMBER("iommu_group", integer, iommu_group, "absent: no IOMMU translates for it"),
	ROW("iommu_type", text, iommu_type, "type of the domain of its IOMMU group",
	    .there = may_have_group, .about = "iommu", .none = "off", .say = say_iommu,
	    .show = P2P_SHOW_DIFF),
	ROW("power_state", text, power_state, "D0, D3hot, ...", .label = "power state",
	    .show = P2P_SHOW_PAGE),
	NUMBER("port_mbps", integer, port_mbps,
	       "Mb/s of its network ports together; absent: it has none, or no driver", .show = P2P_SHOW_DIFF),
	NUMBER("rdma_devices", integer, rdma, "its RDMA devices; absent: it has none, or no driver",
	       .show = P2P_SHOW_DIFF),
	NUMBER("vram_bytes", integer, vram,
	       "memory of an AMD GPU, as amdgpu says; absent: of others", .show = P2P_SHOW_DIFF),
	NUMBER("vram_visible_bytes", integer, vram_visible, "what of it BAR 0 shows", .show = P2P_SHOW_DIFF),
	NUMBER("clique", integer, clique, "the clique that an emulator puts an NVIDIA GPU in",
	       .show = P2P_SHOW_DIFF),
	ROW("efa_provider", text, efa_provider, "whose memory an EFA adapter takes",
	    .fact = FACT(efa), .decides = true, .may_lack = true, .show = P2P_SHOW_DIFF),
	POINTER("kfd_peers", peers, kfd_peers, "GPUs that amdgpu lets reach its memory",
		.fact = FACT(kfd), .derived = true),
	POINTER("data_direct_of", function, data_direct_of, "the adapter that a Data Direct function "
		"does the DMA of", .derived = true),
	ROW("slot", text, slot, "name of the nearest physical slot above", .fact = FACT(slot_fact),
	    .decides = true, .may_lack = true, .label = "slot", .show = P2P_SHOW_PAGE),
	ROW("switch_id", count, switch_id, "equal for ports of one switch chip",
	    .there = has_switch),
	ROW("emulated", flag, emulated, "made by the emulator of a virtual machine"),

	ROW("link.present", present, pcie.link, "is its link known; sysfs tells it to everybody",
	    .why = P2P_WHY_NONE),
	LINK(pcie.link, "link", "now", pcie.now, "the link as it runs"),
	LINK(pcie.link, "link", "most", pcie.most, "what this end can do"),

	CAPABILITY("acs", NULL, acs.fact, "Access Control Services", .say = say_acs,
		   .show = P2P_SHOW_DIFF),
	ROW("acs.kernel_present", present, acs.kernel_fact, "does the kernel see the capability",
	    .why = P2P_WHY_NONE),
	OF(acs.fact, "acs.offset", hex, acs.offset, "where it lies", .digits = 3),
	OF(acs.fact, "acs.capability", hex, acs.capability, "ACS Capability, where all of it is known",
	   .fact = FACT(acs.upper), .decides = true, .digits = 4),
	OF(acs.fact, "acs.control", hex, acs.control, "ACS Control, where all of it is known",
	   .fact = FACT(acs.upper), .digits = 4),
	OF(acs.fact, "acs.kernel_control", hex, acs.kernel_control,
	   "the word the kernel's p2pdma code reads as control, where all of it is known",
	   .fact = FACT(acs.upper), .digits = 4),
	OF(acs.fact, "acs.can", acs, acs.capability, "the bits it can set", .needed = true),
	OF(acs.fact, "acs.on", acs, acs.control, "the bits that are set", .needed = true),
	OF(acs.fact, "acs.redirects", flag, acs.kernel_control,
	   "does the kernel take it for redirecting", .derived = true,
	   .mask = P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_EC),
	OF(acs.fact, "acs.enhanced", flag, acs.capability, "ACS Enhanced Capability",
	   .fact = FACT(acs.upper), .derived = true, .mask = P2P_ACS_ENHANCED),
	OF(acs.fact, "acs.io_request_blocking", flag, acs.control, "I/O Request Blocking Enable",
	   .fact = FACT(acs.upper), .there = is_enhanced, .derived = true, .mask = P2P_ACS_IORB),
	OF(acs.fact, "acs.dsp_memory_target", count, acs.control,
	   "DSP Memory Target Access Control", .fact = FACT(acs.upper), .there = is_enhanced,
	   .derived = true, .mask = P2P_ACS_DSP_MT),
	OF(acs.fact, "acs.usp_memory_target", count, acs.control,
	   "USP Memory Target Access Control", .fact = FACT(acs.upper), .there = is_enhanced,
	   .derived = true, .mask = P2P_ACS_USP_MT),
	OF(acs.fact, "acs.unclaimed_request_redirect", flag, acs.control,
	   "Unclaimed Request Redirect Control", .fact = FACT(acs.upper), .there = is_enhanced,
	   .derived = true, .mask = P2P_ACS_URRC),
	OF(acs.fact, "acs.egress_bits", egress_bits, acs, "size of the Egress Control Vector"),
	OF(acs.fact, "acs.egress_vector", egress, acs, "the Egress Control Vector"),

	CAPABILITY("pcie", NULL, pcie.fact, "PCI Express", .about = "transfers",
		   .say = say_transfers, .show = P2P_SHOW_DIFF),
	OF(pcie.fact, "pcie.offset", hex, pcie.offset, "where it lies", .digits = 2),
	OF(pcie.fact, "pcie.type", port, pcie.type, "Device/Port Type", .needed = true),
	LINK(pcie.fact, "pcie", "link_now", pcie.now, "the link as it runs"),
	LINK(pcie.fact, "pcie", "link_most", pcie.most, "what this end can do"),
	OF(pcie.fact, "pcie.mps_bytes", count, pcie.mps_bytes, "Max_Payload_Size in force"),
	OF(pcie.fact, "pcie.mps_supported_bytes", count, pcie.mps_supported_bytes,
	   "Max_Payload_Size Supported"),
	OF(pcie.fact, "pcie.mrrs_bytes", count, pcie.mrrs_bytes, "Max_Read_Request_Size in force"),
	OF(pcie.fact, "pcie.relaxed_ordering", flag, pcie.relaxed_ordering,
	   "Enable Relaxed Ordering"),
	OF(pcie.fact, "pcie.extended_tags", flag, pcie.extended_tags, "Extended Tag Field Enable"),
	OF(pcie.fact, "pcie.tags_10bit", flag, pcie.tags_10bit, "10-Bit Tag Requester Enable",
	   .fact = FACT(pcie.second), .decides = true),
	OF(pcie.fact, "pcie.atomic_routing", flag, pcie.atomic_routing,
	   "AtomicOp Routing Supported", .fact = FACT(pcie.second)),
	OF(pcie.fact, "pcie.atomic_completer_32", flag, pcie.atomic_completer_32,
	   "32-bit AtomicOp Completer Supported", .fact = FACT(pcie.second)),
	OF(pcie.fact, "pcie.atomic_completer_64", flag, pcie.atomic_completer_64,
	   "64-bit AtomicOp Completer Supported", .fact = FACT(pcie.second)),
	OF(pcie.fact, "pcie.atomic_completer_128cas", flag, pcie.atomic_completer_128cas,
	   "128-bit CAS Completer Supported", .fact = FACT(pcie.second)),
	OF(pcie.fact, "pcie.atomic_requester", flag, pcie.atomic_requester,
	   "AtomicOp Requester Enable", .fact = FACT(pcie.second)),
	OF(pcie.fact, "pcie.atomic_egress_block", flag, pcie.atomic_egress_block,
	   "AtomicOp Egress Blocking", .fact = FACT(pcie.second)),
	OF(pcie.fact, "pcie.ari_forwarding", flag, pcie.ari_forwarding, "ARI Forwarding Enable",
	   .fact = FACT(pcie.second)),
	OF(pcie.fact, "pcie.aspm_l0s", flag, pcie.aspm, "L0s Entry Enabled", .mask = 1),
	OF(pcie.fact, "pcie.aspm_l1", flag, pcie.aspm, "L1 Entry Enabled", .mask = 2),
	OF(pcie.fact, "pcie.port_number", integer, pcie.port_number.value, "Port Number",
	   .fact = FACT(pcie.port_number.fact), .decides = true),
	OF(pcie.fact, "pcie.slot_number", count, pcie.slot_number, "Physical Slot Number",
	   .there = has_slot),
	OF(pcie.fact, "pcie.hotplug", flag, pcie.hotplug, "Hot-Plug Capable"),
	OF(pcie.fact, "pcie.flit", flag, pcie.flit, "Flit Mode Status",
	   .fact = FACT(pcie.flit_fact), .decides = true),

	CAPABILITY("ats", "ATS", ats.ats, "Address Translation Services", .say = say_ats,
		   .show = P2P_SHOW_DIFF),
	OF(ats.ats, "ats.enabled", flag, ats.ats_enabled, "ATS Enable"),
	CAPABILITY("pri", "PRI", ats.pri, "Page Request Interface"),
	OF(ats.pri, "pri.enabled", flag, ats.pri_enabled, "PRI Enable"),
	CAPABILITY("pasid", "PASID", ats.pasid, "Process Address Space ID"),
	OF(ats.pasid, "pasid.enabled", flag, ats.pasid_enabled, "PASID Enable"),
	CAPABILITY("ari", "ARI", ari, "Alternative Routing-ID Interpretation"),
	CAPABILITY("sriov", "SR-IOV", sriov.fact, "Single Root I/O Virtualization",
		   .say = say_sriov, .show = P2P_SHOW_PAGE),
	OF(sriov.fact, "sriov.total", count, sriov.total, "TotalVFs"),
	OF(sriov.fact, "sriov.active", count, sriov.active, "NumVFs while VF Enable is set"),
	OF(sriov.fact, "sriov.vf_device", hex, sriov.vf_device, "VF Device ID", .digits = 4),
	OF(sriov.fact, "sriov.first_offset", count, sriov.first_offset, "First VF Offset"),
	OF(sriov.fact, "sriov.stride", count, sriov.stride, "VF Stride", .needed = true),
	CAPABILITY("dpc", "DPC", dpc.fact, "Downstream Port Containment", .say = say_dpc,
		   .show = P2P_SHOW_PAGE),
	OF(dpc.fact, "dpc.enabled", flag, dpc.enabled, "DPC Trigger Enable"),
	OF(dpc.fact, "dpc.triggered", flag, dpc.triggered, "DPC Trigger Status"),
	CAPABILITY("aer", "AER", aer.fact, "Advanced Error Reporting", .say = say_aer,
		   .show = P2P_SHOW_PAGE),
	OF(aer.fact, "aer.uncorrectable", hex, aer.uncorrectable, "Uncorrectable Error Status",
	   .digits = 8),
	OF(aer.fact, "aer.correctable", hex, aer.correctable, "Correctable Error Status",
	   .digits = 8),
	OF(aer.fact, "aer.acs_violation", flag, aer.uncorrectable, "ACS Violation Status",
	   .derived = true, .mask = AER_ACS_VIOLATION),
	CAPABILITY("cxl", "CXL", cxl.fact, "DVSEC of CXL", .say = say_cxl, .show = P2P_SHOW_PAGE),
	OF(cxl.fact, "cxl.dvsec_ids", ids, cxl.dvsec_ids, "DVSEC IDs that are there"),
	OF(cxl.fact, "cxl.cache", flag, cxl.cache, "Cache_Capable"),
	OF(cxl.fact, "cxl.io", flag, cxl.io, "IO_Capable"),
	OF(cxl.fact, "cxl.mem", flag, cxl.mem, "Mem_Capable"),
	OF(cxl.fact, "cxl.mem_enabled", flag, cxl.mem_enabled, "Mem_Enable"),
	ROW("p2pmem.present", present, pool.fact, "peer memory that its driver gives",
	    .name = "p2pmem", .label = "p2pmem", .say = say_pool, .show = P2P_SHOW_DIFF),
	OF(pool.fact, "p2pmem.size_bytes", count, pool.size_bytes, "all of it"),
	OF(pool.fact, "p2pmem.available_bytes", count, pool.available_bytes, "what is free"),
	OF(pool.fact, "p2pmem.published", flag, pool.published, "may others find it"),

	ROW("bars", bars, bar, "its Base Address Registers"),
	ROW("windows", windows, window, "the memory windows of a bridge", .there = is_bridge),
};

#undef OBJECT
#define OBJECT struct p2p_bar

static const struct p2p_fact_row bar_rows[] = {
	ROW("kind", bar, kind, "what it decodes"),
	ROW("prefetchable", flag, prefetchable, "Prefetchable"),
	ROW("size_bytes", count, size_bytes, "its size", .fact = FACT(fact), .decides = true,
	    .about = "bar_size", .say = say_bar_size, .show = P2P_SHOW_DIFF),
	ROW("cpu_address", hex, cpu, "its first address, as CPUs have it", .fact = FACT(fact),
	    .digits = 16, .about = "bar_address", .say = say_bar_address, .show = P2P_SHOW_DIFF),
	ROW("bus_address", hex, bus, "the address in the register", .fact = FACT(bus_fact),
	    .digits = 16, .decides = true),
	ROW("rebar.present", present, rebar.fact, "Resizable BAR", .why = P2P_WHY_CONFIG),
	OF(rebar.fact, "rebar.possible_bytes", sizes, rebar.sizes, "sizes it can have"),
	OF(rebar.fact, "rebar.size_bytes", count, rebar.size_bytes, "BAR Size"),
};

#undef OBJECT
#define OBJECT struct p2p_window

static bool is_open(const void *object)
{
	const struct p2p_window *window = object;

	return window->fact == P2P_PRESENT && window->first <= window->last;
}

static const struct p2p_fact_row window_rows[] = {
	ROW("prefetchable", flag, prefetchable, "is it the prefetchable one"),
	ROW("present", open, fact, "false: closed; null: not known"),
	ROW("first", hex, first, "its first address, as CPUs have it", .fact = FACT(fact),
	    .there = is_open, .digits = 16),
	ROW("last", hex, last, "its last address", .fact = FACT(fact), .there = is_open,
	    .digits = 16),
	ROW("free_bytes", count, free_bytes, "what nothing below has", .fact = FACT(free_fact),
	    .there = is_open, .decides = true),
	ROW("largest_free_bytes", count, largest_free_bytes, "the largest run of it",
	    .fact = FACT(free_fact), .there = is_open),
};

#undef OBJECT
#define OBJECT struct p2p_host_bridge

static const struct p2p_fact_row host_rows[] = {
	ROW("name", text, name, "as sysfs has it"),
	NUMBER("numa_node", integer, numa, "the node of its functions where they agree"),
	ROW("bus_offset", integer, offset, "bus address minus CPU address",
	    .fact = FACT(offset_fact), .decides = true),
	ROW("vmd", flag, vmd, "a domain behind an Intel VMD device"),
	POINTER("behind", function, behind, "that device", .derived = true),
	POINTER("functions", functions, root, "the functions on its root bus", .derived = true),
	POINTER("first", function, first, "the first in the kernel's list of that bus; null that of "
	    "the lowest address", .derived = true),
	ROW("order_unknown", flag, order_unknown, "which is first there could have been read, but "
	    "was not"),
	ROW("partial", flag, partial, "only a list was read, which may leave out functions of that bus"),
	ROW("chipset_isolates", tri, isolates, "does the Intel chipset keep its root ports without "
	    "ACS apart"),
};

#undef OBJECT
#define OBJECT struct p2p_machine

static bool has_nodes(const void *machine)
{
	return ((const struct p2p_machine *)machine)->numa_nodes;
}

static const struct p2p_fact_row machine_rows[] = {
	ROW("cmdline", text, cmdline, "the kernel's command line", .show = P2P_SHOW_DIFF),
	ROW("p2pdma", tri, p2pdma, "is CONFIG_PCI_P2PDMA compiled into the kernel",
	    .show = P2P_SHOW_DIFF),
	ROW("cpu_vendor", text, cpu_vendor, "\"AuthenticAMD\", \"GenuineIntel\", ..."),
	ROW("cpu_x86", present, cpu_family.fact, "is it an x86 processor", .derived = true,
	    .why = P2P_WHY_NONE),
	NUMBER("cpu_family", integer, cpu_family, "x86 family of the first processor"),
	NUMBER("cpu_model", integer, cpu_model, "its model"),
	ROW("cpu_name", text, cpu_name, "its name"),
	ROW("iommu", tri, iommu, "is an IOMMU in use", .about = "iommu_in_use",
	    .show = P2P_SHOW_DIFF),
	ROW("iommu_translates", tri, iommu_translates, "do its domains translate by default; null: does "
	    "not follow"),
	ROW("virtual_machine", tri, virtual_machine, "is this a guest", .show = P2P_SHOW_DIFF),
	ROW("hypervisor", text, hypervisor, "whose"),
	ROW("stack", stack, stack, "what drivers, kernel options and symbols there are; see "
	    "p2ptopo-json(5)"),
	ROW("numa_nodes", count, numa_nodes, "NUMA nodes", .there = has_nodes),
};

const struct p2p_fact_rows p2p_function_rows = { function_rows, P2P_LENGTH(function_rows) };
const struct p2p_fact_rows p2p_bar_rows = { bar_rows, P2P_LENGTH(bar_rows) };
const struct p2p_fact_rows p2p_window_rows = { window_rows, P2P_LENGTH(window_rows) };
const struct p2p_fact_rows p2p_host_rows = { host_rows, P2P_LENGTH(host_rows) };
const struct p2p_fact_rows p2p_machine_rows = { machine_rows, P2P_LENGTH(machine_rows) };

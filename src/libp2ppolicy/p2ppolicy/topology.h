/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The topology: the tree of functions as the kernel builds it, with every capability decoded.
 * Immutable; all pointers inside are borrowed and die with the topology.
 *
 * Register names are those of lspci.  Each capability carries an
 * enum p2p_fact: P2P_DENIED when config space could not be read far enough to tell.
 */
#ifndef P2PPOLICY_TOPOLOGY_H
#define P2PPOLICY_TOPOLOGY_H

#include <p2ppolicy/base.h>
#include <p2ppolicy/snapshot.h>
#include <p2ppolicy/stack.h>

struct p2p_topology;
struct p2p_function;

/**
 * enum p2p_port_type - Device/Port Type of the PCI Express Capabilities register.
 * PCIe r6.0, sec 7.5.3.2, "PCI Express Capabilities Register".  Values as in the register.
 */
enum p2p_port_type {
	P2P_PORT_ENDPOINT = 0x0,
	P2P_PORT_LEGACY_ENDPOINT = 0x1,
	P2P_PORT_ROOT = 0x4,
	P2P_PORT_UPSTREAM = 0x5,
	P2P_PORT_DOWNSTREAM = 0x6,
	P2P_PORT_PCI_BRIDGE = 0x7,	/* PCI Express to PCI or PCI-X */
	P2P_PORT_PCIE_BRIDGE = 0x8,	/* PCI or PCI-X to PCI Express */
	P2P_PORT_RC_ENDPOINT = 0x9,
	P2P_PORT_RC_EVENT_COLLECTOR = 0xa,
};

/**
 * struct p2p_link - one end of a link.
 * @speed_mtps: MT/s per lane (2500, 5000, 8000, 16000, 32000, 64000); 0 unknown or no link
 * @width: lanes; 0 unknown or no link
 */
struct p2p_link {
	unsigned int speed_mtps;
	unsigned int width;
};

/**
 * struct p2p_pcie - the PCI Express capability.  PCIe r6.0, sec 7.5.3.
 * For a virtual function the link and what Device Control and Device Control 2 enable are those
 * of its PF, since the VF's own bits are reserved (PCIe r6.0, sec 9.3.5.4).
 * @fact: DENIED for a config space of 64 bytes, whatever the Status register says
 * @link: PRESENT if @now and @most are known.  They do not depend on @fact if sysfs has them
 *	(current_link_speed, max_link_width, ...; drivers/pci/pci-sysfs.c), as any user can read it
 * @now: negotiated link (Link Status), zero when the Data Link Layer is down; @most: what this
 *	end can do (Link Capabilities); zero for root complex integrated endpoints
 * @mps_bytes: Max_Payload_Size in force (Device Control); @mps_supported_bytes: possible
 * @mrrs_bytes: Max_Read_Request_Size in force
 * @relaxed_ordering: Device Control, Enable Relaxed Ordering
 * @extended_tags: Device Control, Extended Tag Field Enable
 * @tags_10bit: Device Control 2, 10-Bit Tag Requester Enable
 * @atomic_routing: Device Capabilities 2, AtomicOp Routing Supported
 * @atomic_completer_32, @atomic_completer_64, @atomic_completer_128cas: Device Capabilities 2
 * @atomic_requester: Device Control 2, AtomicOp Requester Enable
 * @atomic_egress_block: Device Control 2, AtomicOp Egress Blocking
 * @ari_forwarding: Device Control 2, ARI Forwarding Enable
 * @aspm: Link Control, ASPM Control: bit 0 L0s, bit 1 L1
 * @slot: Slot Implemented; @slot_number: Physical Slot Number
 * @port_number: Link Capabilities, Port Number: the bit of a sibling's Egress Control Vector
 * @hotplug: Slot Capabilities, Hot-Plug Capable
 * @flit: Link Status 2, Flit Mode Status
 * @second: whether Device Capabilities 2 and Device Control 2 are known
 * @flit_fact: whether Link Status 2 is known
 */
struct p2p_pcie {
	enum p2p_fact fact, link, second, flit_fact;
	uint16_t offset;
	enum p2p_port_type type;
	struct p2p_link now, most;
	unsigned int mps_bytes, mps_supported_bytes, mrrs_bytes;
	bool relaxed_ordering, extended_tags, tags_10bit;
	bool atomic_routing, atomic_completer_32, atomic_completer_64, atomic_completer_128cas;
	bool atomic_requester, atomic_egress_block;
	bool ari_forwarding, slot, hotplug, flit;
	uint8_t aspm;
	uint16_t slot_number;
	struct p2p_number port_number;
};

/* Bits of ACS Control as this library keeps them; bits 0 to 6 are the same in ACS Capability. */
#define P2P_ACS_SV	0x0001	/* SrcValid */
#define P2P_ACS_TB	0x0002	/* TransBlk */
#define P2P_ACS_RR	0x0004	/* ReqRedir */
#define P2P_ACS_CR	0x0008	/* CmpltRedir */
#define P2P_ACS_UF	0x0010	/* UpstreamFwd */
#define P2P_ACS_EC	0x0020	/* EgressCtrl */
#define P2P_ACS_DT	0x0040	/* DirectTrans */
#define P2P_ACS_ENHANCED 0x0080	/* ACS Enhanced Capability (in Capability only) */
#define P2P_ACS_IORB	0x0080	/* I/O Request Blocking Enable (in Control) */
#define P2P_ACS_DSP_MT	0x0300	/* DSP Memory Target Access Control */
#define P2P_ACS_USP_MT	0x0c00	/* USP Memory Target Access Control */
#define P2P_ACS_URRC	0x1000	/* Unclaimed Request Redirect Control */

/**
 * struct p2p_acs - Access Control Services.  PCIe r6.0, sec 7.7.11.
 * @fact: what the hardware has
 * @kernel_fact: what the kernel sees; differs from @fact only if the kernel itself sees only 256
 *	bytes of config space of a function with a PCIe capability: then ABSENT here, DENIED
 *	in @fact.  drivers/pci/probe.c, pci_cfg_space_size().
 * @capability, @control: the registers at +4 and +6
 * @upper: whether all their bits are known, or only bits 0 to 6, which lspci prints by name.  In that
 *	case the others are 0 here and mean nothing
 * @kernel_control: the word that p2pdma reads as control; differs from @control only for the Intel
 *	PCH root ports with a dword layout (drivers/pci/quirks.c, pci_quirk_intel_spt_pch_acs),
 *	whose real control is the dword at +8
 * @egress_bits: size of the Egress Control Vector in bits; 0 if EgressCtrl is not supported, or the
 *	size is not known
 * @egress_fact: whether @egress could be read
 * @egress: the vector; bit n is port or function n
 */
struct p2p_acs {
	enum p2p_fact fact, kernel_fact, upper;
	uint16_t offset;
	uint16_t capability, control, kernel_control;
	unsigned int egress_bits;
	enum p2p_fact egress_fact;
	uint32_t egress[8];
};

/**
 * struct p2p_ats - ATS, PRI and PASID.  PCIe r6.0, sec 10.5.1, 10.5.2, 7.8.9.
 * For a virtual function the enables of PRI and PASID are those of its PF.
 */
struct p2p_ats {
	enum p2p_fact ats, pri, pasid;
	bool ats_enabled, pri_enabled, pasid_enabled;
};

/**
 * struct p2p_sriov - SR-IOV.  PCIe r6.0, sec 9.3.3.
 * @total, @active: VFs possible and enabled (NumVFs while VF Enable is set)
 * @first_offset, @stride: the VFs' Routing IDs relative to the PF's
 */
struct p2p_sriov {
	enum p2p_fact fact;
	unsigned int total, active;
	uint16_t vf_device, first_offset, stride;
};

/** struct p2p_rebar - Resizable BAR of one BAR.  PCIe r6.0, sec 7.8.6. */
struct p2p_rebar {
	enum p2p_fact fact;
	uint64_t sizes;			/* bit n: a BAR of 2^n MiB is possible */
	uint64_t size_bytes;		/* in force */
};

/** struct p2p_dpc - Downstream Port Containment.  PCIe r6.0, sec 7.9.14. */
struct p2p_dpc {
	enum p2p_fact fact;
	bool enabled, triggered;
};

/** struct p2p_aer - Advanced Error Reporting status.  PCIe r6.0, sec 7.8.4. */
struct p2p_aer {
	enum p2p_fact fact;
	uint32_t uncorrectable, correctable;	/* status registers; bit 21 is ACS Violation */
};

/** struct p2p_cxl - CXL DVSEC (vendor 1e98h).  CXL r3.0, sec 8.1. */
struct p2p_cxl {
	enum p2p_fact fact;
	uint16_t dvsec_ids;	/* bit n: DVSEC id n is present */
	bool cache, io, mem;	/* CXL Capability of DVSEC 0 */
	bool mem_enabled;
};

/** enum p2p_bar_kind - what a BAR decodes. */
enum p2p_bar_kind { P2P_BAR_UNUSED, P2P_BAR_IO, P2P_BAR_MEM32, P2P_BAR_MEM64 };

/**
 * struct p2p_bar - one Base Address Register.
 * @fact: PRESENT if `resource` was read: @cpu and @size_bytes are valid.  In a dump the size is
 *	unknown and only @bus is valid.
 * @bus_fact, @bus: the address in the register
 * @cpu: first CPU physical address; 0 with @size_bytes 0 when not assigned
 */
struct p2p_bar {
	enum p2p_fact fact, bus_fact;
	enum p2p_bar_kind kind;
	bool prefetchable;
	uint64_t size_bytes, cpu, bus;
	struct p2p_rebar rebar;
};
#define P2P_BARS 6

/** p2p_bar_is_unknown() - true if nothing tells whether the function has this BAR. */
static inline bool p2p_bar_is_unknown(const struct p2p_bar *bar)
{
	return bar->kind == P2P_BAR_UNUSED && bar->fact == P2P_DENIED && bar->bus_fact == P2P_DENIED;
}

/**
 * struct p2p_window - one memory window of a bridge, CPU addresses, both ends included.
 * @fact: DENIED in a dump (the register holds bus addresses) unless the offset is known
 * @free_fact: PRESENT if @free_bytes is valid, because every child's `resource` was read
 * @free_bytes: the window less what its children's BARs and windows take
 * @largest_free_bytes: the largest contiguous part of that
 */
struct p2p_window {
	enum p2p_fact fact, free_fact;
	bool prefetchable;
	uint64_t first, last;		/* first > last: closed */
	uint64_t free_bytes, largest_free_bytes;
};
#define P2P_WINDOWS 2			/* non-prefetchable, prefetchable */

/** struct p2p_pool - p2pmem of a provider (sysfs p2pmem/). */
struct p2p_pool {
	enum p2p_fact fact;
	uint64_t size_bytes, available_bytes;
	bool published;
};

/** enum p2p_class - the classes users think in, by topology/class.def (see p2p_class_name()). */
enum p2p_class {
	P2P_CLASS_OTHER,
	P2P_CLASS_GPU,		/* and AMD's processing accelerators; not displays of a BMC or emulator */
	P2P_CLASS_ACCEL,	/* accelerators, DMA engines, coprocessors, FPGAs */
	P2P_CLASS_NIC,
	P2P_CLASS_NVME,
	P2P_CLASS_STORAGE,	/* other mass storage */
	P2P_CLASS_MEMORY,	/* CXL memory, RAM, NVDIMM */
	P2P_CLASS_SWITCH,	/* management or DMA function of a switch, NTB */
	P2P_CLASS_BRIDGE,	/* PCI bridges */
	P2P_CLASS_HOST,		/* host bridges, root complex parts */
	P2P_CLASSES
};

/**
 * struct p2p_host_bridge - one host bridge: one root bus.
 * @name: "pci0000:00"; for a dump, made from domain and bus
 * @domain, @bus: of the root bus
 * @numa: node of its functions if they agree
 * @offset_fact, @offset: bus address minus CPU address; DENIED if no BAR shows it, or functions disagree
 * @root: the functions on the root bus, ordered by address; the rule set chooses which of them the
 *	kernel compares with its whitelist (see verdict.h)
 * @first: the first one in the kernel's list of the bus; NULL: the one with the lowest address
 * @isolates: does the Intel chipset isolate its root ports without ACS, through registers that the
 *	kernel finds by its ISA bridge; UNKNOWN if they could not be read or there is no such bridge
 * @order_unknown: any may be first: the order could have been read, but was not
 * @partial: only a list was read, which may leave out functions of this bus
 */
struct p2p_host_bridge {
	unsigned int index;
	const char *name;
	uint32_t domain;
	uint8_t bus;
	struct p2p_number numa;
	enum p2p_fact offset_fact;
	int64_t offset;
	const struct p2p_function *const *root;
	size_t roots;
	const struct p2p_function *first;
	bool order_unknown, partial;
	enum p2p_tri isolates;
	bool vmd;			/* a domain behind a VMD endpoint */
	const struct p2p_function *behind;	/* that endpoint, NULL none or not known */
};

/**
 * struct p2p_function - everything known about one function.
 * @parent: the bridge above; NULL on a root bus.  A VF has the parent of its PF.
 *	drivers/pci/pci.h, pci_upstream_bridge().
 * @children: the functions with this one as their parent, VFs included, in BDF order
 * @missing: the capture has no facts about it; it is known only as a directory in the paths of
 *	what is below it.  It is a bridge, and every fact is DENIED.
 * @orphan: the bridges above this function are not known, because a dump lacks them, or its link in
 *	sysfs is missing and bus numbers do not tell: @parent NULL does not mean a root bus, and
 *	how it relates to functions of other buses is not known
 * @depth: functions from this one up to the root bus, itself included (kernel: the number of
 *	steps of pci_upstream_bridge() plus one)
 * @header: whether the first 64 bytes are known; @header_type without the multi-function bit
 * @several: whether @multifunction is known: if a text lists no other functions of a device, it may
 *	have left them out
 * @config_bytes: how many bytes the kernel gives (64, 128, 256, 4096; 0 none)
 * @silent: config space reads all ones (powered off, removed or broken): no register is known
 * @kind: its class as users see it
 * @capabilities_broken: a chain loops, overlaps or leaves config space; see p2p_topology_note()
 * Names and other texts are NULL if not known.
 * @os_names: names in the OS: nvme0, mlx5_0, eth0, card0, renderD128; NULL-terminated
 * @display: the shortest unique name: the first OS name, else the BDF; never NULL
 * @vram, @vram_visible: memory of a GPU in bytes, as its driver says, and the part that a BAR exposes
 * @clique: of NVIDIA's GPUDirect P2P, as a guest's emulator reports it; ABSENT: it reports none
 * @kfd_peers: GPUs that amdgpu lets reach this one's memory over PCIe, NULL-terminated
 * @xgmi_peers: GPUs connected to this one by xGMI according to amdgpu, likewise; NULL in a tree document
 * @kfd: PRESENT: amdgpu shows this GPU to user space, and @kfd_peers is complete, for all partitions of the GPU;
 *	DENIED after a change.  A list of @xgmi_peers is always complete
 * @efa_provider: whose memory an EFA adapter takes ("NVIDIA", "NEURON"); NULL none or unknown
 * @data_direct_of: the adapter for whose memory regions this Data Direct function reads and writes;
 *	NULL if it is not one, or not known
 * @switch_id: equal for ports of one switch chip; 0 none.  Two upstream ports of one model with the same serial
 *	number belong to one chip that is partitioned.
 * @emulated: a function of a virtual machine's emulator
 */
struct p2p_function {
	unsigned int index, depth;
	struct p2p_bdf bdf;
	const struct p2p_function *parent, *physfn;
	const struct p2p_host_bridge *host;
	const struct p2p_function *const *children;
	size_t child_count;
	bool missing, orphan;

	uint16_t vendor, device, subsystem_vendor, subsystem_device;
	uint32_t class_code;		/* 24 bits: class, subclass, interface */
	uint8_t revision, header_type;
	enum p2p_fact ids, class_fact, revision_fact, subsystem_fact, header, several;
	bool multifunction, silent;
	enum p2p_class kind;
	unsigned int config_bytes;
	bool capabilities_broken;
	enum p2p_fact buses;		/* of the two below; ABSENT: not a bridge */
	uint8_t secondary, subordinate;	/* bridges */

	struct p2p_pcie pcie;
	struct p2p_acs acs;
	struct p2p_ats ats;
	enum p2p_fact ari, rebar;
	struct p2p_sriov sriov;
	struct p2p_number serial;	/* Device Serial Number */
	struct p2p_dpc dpc;
	struct p2p_aer aer;
	struct p2p_cxl cxl;
	struct p2p_bar bar[P2P_BARS];
	struct p2p_window window[P2P_WINDOWS];
	struct p2p_pool pool;

	struct p2p_number numa;		/* -1 in value: the kernel says none */
	struct p2p_number iommu_group;	/* ABSENT: no IOMMU over it */
	bool had_group, emulated;	/* had_group: it had one before a change that made it unknown */
	enum p2p_fact driver_fact, slot_fact;
	const char *iommu_type;		/* "DMA", "DMA-FQ", "identity", NULL unknown */
	const char *cpus;		/* local_cpulist */
	const char *driver;		/* NULL none or unknown, see driver_fact */
	const char *power_state;	/* "D0", "D3hot", ... */
	struct p2p_number rdma;		/* its RDMA devices; ABSENT: none, or no driver */
	struct p2p_number port_mbps;	/* of its network ports together; denied while one is down */
	const char *slot;		/* physical slot name of the nearest slot above */
	const char *const *os_names;
	const char *display;
	const char *vendor_name, *device_name, *class_name;	/* from pci.ids */
	struct p2p_number vram, vram_visible, clique;
	const struct p2p_function *const *kfd_peers, *const *xgmi_peers;
	enum p2p_fact kfd, efa;
	const char *efa_provider;
	const struct p2p_function *data_direct_of;
	unsigned int switch_id;
};

/**
 * struct p2p_machine - facts of the machine as a whole.
 * @release: kernel release, NULL not recorded
 * @p2pdma: is CONFIG_PCI_P2PDMA compiled in (kallsyms or the kernel's config); UNKNOWN if
 *	neither was readable
 * @cpu_vendor: "AuthenticAMD", "GenuineIntel", ...; NULL unknown
 * @cpu_family: x86 family of the first processor, ABSENT if it is not x86, DENIED unknown
 * @iommu: is an IOMMU in use, according to its groups, or to the command line if that decides
 * @iommu_translates: NO if there is none, or its domains leave addresses unchanged by default;
 *	UNKNOWN implies nothing.  See p2p_function_translates()
 * @virtual_machine: is this a guest; @hypervisor names it if known
 * @numa_nodes: number of nodes with facts; 1 if the machine is known to have one; 0 unknown
 * @stack: indexed by enum p2p_stack_fact
 */
struct p2p_machine {
	enum p2p_source source;
	const char *host, *release, *cmdline;
	enum p2p_tri p2pdma;
	const char *cpu_vendor;
	struct p2p_number cpu_family, cpu_model;
	const char *cpu_name;
	enum p2p_tri iommu, iommu_translates, virtual_machine;
	const char *hypervisor;
	unsigned int numa_nodes;
	struct p2p_number stack[P2P_STACK_FACTS];
};

/**
 * struct p2p_note - something a user should know that is not a property of one pair: a broken
 *	capability chain, a partitioned switch, a virtual machine, a degraded link, NVLink.
 * @function: NULL for the machine as a whole
 */
struct p2p_note {
	const struct p2p_function *function;
	const char *text;		/* one sentence */
};

/**
 * struct p2p_topology_options - how to build it.
 * @pci_ids: pci.ids file to use instead of the system's; NULL the system's
 * @names: look device names up (pci.ids, hwdb through libudev)
 * @hwloc: ask hwloc for locality that sysfs lacks; on a live machine this costs time
 */
struct p2p_topology_options {
	const char *pci_ids;
	bool names, hwloc;
};

/**
 * p2p_topology_new() - build the tree and decode every capability.
 * @snapshot: must outlive the topology
 * @options: NULL for none of them
 * @ret_topology: owned by the caller; free with p2p_topology_free()
 *
 * Return: 0; -ENOENT or another errno when @options->pci_ids cannot be read; -ENOMEM.
 */
int p2p_topology_new(struct p2p_context *context, const struct p2p_snapshot *snapshot,
		     const struct p2p_topology_options *options,
		     struct p2p_topology **ret_topology);

/** p2p_topology_free() - free it and everything borrowed from it; NULL is fine.  Return: NULL. */
struct p2p_topology *p2p_topology_free(struct p2p_topology *topology);

/** p2p_topology_machine() - facts of the machine.  Borrowed, never NULL. */
const struct p2p_machine *p2p_topology_machine(const struct p2p_topology *topology);

/** p2p_topology_count() - number of functions, bridges and VFs included. */
size_t p2p_topology_count(const struct p2p_topology *topology);

/** p2p_topology_function() - the function at @index in BDF order; NULL past the end. */
const struct p2p_function *
p2p_topology_function(const struct p2p_topology *topology, size_t index);

/** p2p_topology_find() - the function at an address; NULL when there is none. */
const struct p2p_function *p2p_topology_find(const struct p2p_topology *topology,
					     struct p2p_bdf bdf);

/** p2p_topology_host_bridges() - number of host bridges. */
size_t p2p_topology_host_bridges(const struct p2p_topology *topology);

/** p2p_topology_host_bridge() - the host bridge at @index by domain and bus; NULL past the end. */
const struct p2p_host_bridge *
p2p_topology_host_bridge(const struct p2p_topology *topology, size_t index);

/** p2p_topology_note() - the note at @index; NULL past the end. */
const struct p2p_note *p2p_topology_note(const struct p2p_topology *topology,
					 size_t index);

/** p2p_function_is_bridge() - does it have a bus behind it (header type 1 or 2, else by class)? */
bool p2p_function_is_bridge(const struct p2p_function *function);

/** p2p_function_top() - the function on a root bus above it, or itself. */
const struct p2p_function *p2p_function_top(const struct p2p_function *function);

/** p2p_function_is_type() - is it known to have this Device/Port Type? */
bool p2p_function_is_type(const struct p2p_function *function, enum p2p_port_type type);

/** p2p_link_is_port() - is it a root or downstream port, so that its link is the one below it? */
bool p2p_link_is_port(const struct p2p_function *port);

/** p2p_function_translates() - does an IOMMU translate the addresses that @function uses? */
enum p2p_tri p2p_function_translates(const struct p2p_machine *machine,
				     const struct p2p_function *function);

/** p2p_function_is_hardware_port() - is it a root port of a real processor, without an emulator above? */
bool p2p_function_is_hardware_port(const struct p2p_function *function);

/**
 * p2p_function_has_header_0() - is it one of the functions that pairs are made of?  If the header
 *	could not be read, the class decides.
 */
bool p2p_function_has_header_0(const struct p2p_function *function);

/**
 * p2p_iommu_mode() - "off", "passthrough", "translated", "unmanaged", "blocked", or else the kernel's
 *	own word for the domain of its IOMMU group; NULL not known.
 */
const char *p2p_iommu_mode(const struct p2p_function *function);

/** p2p_iommu_is_mode() - is @text one of these five words? */
bool p2p_iommu_is_mode(const char *text);

/**
 * p2p_iommu_translates() - does the IOMMU translate the DMA that kernel drivers have @function do?
 * Return: unknown also if a driver or a guest decides: with VFIO, whose domain the kernel's files do not show.
 */
enum p2p_tri p2p_iommu_translates(const struct p2p_function *function);

/** p2p_function_takes_part() - is it of a class that does P2P (GPU, accelerator, NIC, NVMe, ...)? */
bool p2p_function_takes_part(const struct p2p_function *function);

/** p2p_class_name() - "gpu", "accel", "nic", "nvme", "storage", "memory", "switch", ... */
const char *p2p_class_name(enum p2p_class kind);

/** p2p_class_parse() - the class with this name; -EINVAL if there is none. */
int p2p_class_parse(const char *name, enum p2p_class *ret_kind);

/** p2p_port_type_name() - "Root Port", "Downstream Port", ... as lspci says it. */
const char *p2p_port_type_name(enum p2p_port_type type);

/** p2p_acs_bits - the bits of ACS Control by lspci's names, in the order of its ACSCtl line. */
#define P2P_ACS_BITS 7
struct p2p_acs_bit {
	uint16_t bit;
	const char *name;
};
extern const struct p2p_acs_bit p2p_acs_bits[P2P_ACS_BITS];

/** p2p_link_least() - what both ends can do: the lower speed and the lower width. */
struct p2p_link p2p_link_least(struct p2p_link a, struct p2p_link b);

/** p2p_link_format() - "16 GT/s x4", "down".  @buffer: P2P_LINK_SIZE bytes.  Return: @buffer. */
#define P2P_LINK_SIZE 32
char *p2p_link_format(struct p2p_link link, char buffer[P2P_LINK_SIZE]);

/**
 * p2p_acs_format() - ACS control as lspci prints it ("SrcValid+ TransBlk- ...").
 * @buffer: at least P2P_ACS_SIZE bytes
 * Return: @buffer.
 */
#define P2P_ACS_SIZE 128
char *p2p_acs_format(uint16_t control, char buffer[P2P_ACS_SIZE]);

/**
 * p2p_acs_settable() - the bits of ACS Control that can be set in a function whose ACS is known: those
 *	in its capability; none if the port is known not to keep what is written.
 */
uint16_t p2p_acs_settable(const struct p2p_function *function);

/**
 * p2p_acs_parse() - parse changes of ACS Control, such as "ReqRedir-,CmpltRedir-": lspci's names,
 *	each at most once and followed by a sign, separated by commas.
 * Return: 0, or -EINVAL.
 */
int p2p_acs_parse(const char *text, uint16_t *ret_clear, uint16_t *ret_set);

#endif

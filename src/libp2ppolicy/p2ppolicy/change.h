/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What if: a topology made from another one with some facts changed.  It is evaluated like any other
 * topology.  What the change leaves open becomes unknown, never "no".
 */
#ifndef P2PPOLICY_CHANGE_H
#define P2PPOLICY_CHANGE_H

#include <p2ppolicy/topology.h>

/** enum p2p_change_kind - what is changed. */
enum p2p_change_kind {
	P2P_CHANGE_ACS, P2P_CHANGE_IOMMU, P2P_CHANGE_MOVE, P2P_CHANGE_CPU, P2P_CHANGE_DRIVER
};

/**
 * enum p2p_iommu_mode - how the machine is booted.
 * @P2P_IOMMU_ON: devices get domains with translation
 * @P2P_IOMMU_PASSTHROUGH: they get identity domains, as with iommu=pt
 */
enum p2p_iommu_mode { P2P_IOMMU_OFF, P2P_IOMMU_ON, P2P_IOMMU_PASSTHROUGH };

/**
 * struct p2p_change - one fact changed.  Regardless of their order in an array, changes are made in
 *	the order of a boot and what is then done to the machine: first the IOMMU mode, then the
 *	CPU, then drivers are bound, then devices are moved in the order given, then ACS is
 *	written in the order given.
 *
 * P2P_CHANGE_ACS, ACS Control is written:
 * @function: the function to change; NULL: every function whose ACS is present and known
 * @clear, @set: P2P_ACS_* bits 0 to 6.  For a named function, each bit to set must be in its
 *	capability; with @function NULL each function takes the bits it has.  No bit can be set
 *	in a port that is known not to keep what is written.
 *
 * P2P_CHANGE_IOMMU, the machine is booted in this mode; at most one such change:
 * @iommu: If there was no IOMMU (or it is not known), turning it on also sets SrcValid,
 *	ReqRedir, CmpltRedir and UpstreamFwd in every function that has them, as the kernel does at
 *	boot (drivers/pci/pci.c, pci_std_enable_acs(), 4.20 to 7.3); if the command line has
 *	pci=disable_acs_redir or config_acs, bits not yet set become unknown instead.  Turning it
 *	off leaves what the firmware set, so those of the four bits that are set now become
 *	unknown.  Groups become unknown (see isolation.h for those the kernel would make), or
 *	absent with the IOMMU off.
 *
 * P2P_CHANGE_MOVE, a card is plugged in elsewhere:
 * @function: one of its functions; the others in the same slot, virtual functions, and everything
 *	below move with it.  Every function keeps its address, which would change on the real
 *	machine.
 * @port: the bridge whose link or bus it moves to.  NUMA node, CPUs and slot become those of the
 *	port, the link what both ends can do, addresses of BARs unknown.
 *
 * P2P_CHANGE_CPU, other CPUs:
 * @cpu_vendor: as in cpuinfo: "AuthenticAMD", "GenuineIntel"; NULL with @cpu_family -1: not x86
 * @cpu_family: of the first processor
 * @root_vendor, @root_device: the ids of the root complex that comes with them, which the
 *	kernel looks up in its list of host bridges; @root_vendor 0: not known
 *
 * P2P_CHANGE_DRIVER, a driver is bound:
 * @function: the function it is bound to; NULL: every endpoint of @kind_of
 * @driver: its name; NULL: none is bound.  What the previous driver reported about a function
 *	becomes unknown; so do the facts of the new driver's module if no function used that
 *	driver before.
 */
struct p2p_change {
	enum p2p_change_kind kind;
	const struct p2p_function *function, *port;
	uint16_t clear, set;
	enum p2p_iommu_mode iommu;
	const char *cpu_vendor;
	int cpu_family;
	uint16_t root_vendor, root_device;
	const char *driver;
	enum p2p_class kind_of;
};

/**
 * p2p_topology_change() - a new topology that differs from @topology by @changes.
 * @topology: must outlive the new one, which borrows its texts; functions and host bridges have
 *	the same indexes in both
 * @changes: @count of them; their functions belong to @topology
 * @ret_topology: owned by the caller; free with p2p_topology_free()
 *
 * Return: 0; -EINVAL the change makes no sense (a bit that the capability lacks, a card behind its
 * own port, two cards on one link, two IOMMU modes); -ENODATA ACS of the named function
 * could not be read; -EOPNOTSUPP it has no ACS; -ENOMEM.  p2p_context_error() says which.
 */
int p2p_topology_change(struct p2p_context *context,
			const struct p2p_topology *topology,
			const struct p2p_change *changes, size_t count,
			struct p2p_topology **ret_topology);

#endif

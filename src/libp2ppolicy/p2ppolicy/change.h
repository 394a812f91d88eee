/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What if: a topology made from another one with some facts changed.  Everything that evaluates a
 * topology evaluates it as any other.  What the change leaves open becomes unknown, never "no".
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
 * struct p2p_change - one fact changed.  Whatever their order in an array, the mode of the IOMMU
 *	is changed first, then the CPU, then drivers are bound, then devices are moved in the order
 *	given, then ACS is written in the order given: a boot, and what is done to the machine it
 *	makes.
 *
 * P2P_CHANGE_ACS, ACS Control is written:
 * @function: whose; NULL every function that has ACS and whose ACS is known
 * @clear, @set: P2P_ACS_* bits 0 to 6; a bit of a named function must be in its capability to be
 *	set, with @function NULL each function takes those it has; of a port that is known not to
 *	keep what is written none can be set
 *
 * P2P_CHANGE_IOMMU, the machine is booted so; at most one:
 * @iommu: Where there was no IOMMU (or it is not known), turning it on also sets SrcValid,
 *	ReqRedir, CmpltRedir and UpstreamFwd wherever a function has them, as the kernel does at
 *	boot (drivers/pci/pci.c, pci_std_enable_acs(), 4.20 to 7.3); where the command line has
 *	pci=disable_acs_redir or config_acs, bits not yet set become unknown instead.  Turning it
 *	off leaves what the firmware set: of these four bits those now set become unknown.
 *	Groups become unknown (see isolation.h for those the kernel would make), or absent with
 *	the IOMMU off.
 *
 * P2P_CHANGE_MOVE, a card is plugged in elsewhere:
 * @function: one function of it; the others of the same slot, virtual functions, and what lies
 *	below, go with it.  Every function keeps its address, which on the real machine would
 *	change.
 * @port: the bridge whose link or bus it goes to.  NUMA node, CPUs and slot become those of the
 *	port, the link what both ends can do, addresses of BARs unknown.
 *
 * P2P_CHANGE_CPU, other CPUs:
 * @cpu_vendor: as in cpuinfo: "AuthenticAMD", "GenuineIntel"; NULL with @cpu_family -1: no x86
 * @cpu_family: of the first processor
 * @root_vendor, @root_device: the ids of the root complex that comes with them, which the
 *	kernel looks up in its list of host bridges; @root_vendor 0: not known
 *
 * P2P_CHANGE_DRIVER, a driver is bound:
 * @function: to which; NULL to every endpoint of @kind_of
 * @driver: its name; NULL none is bound.  What the former driver said of a function becomes
 *	unknown; so do the facts of the new one's module when nothing was bound to it before.
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
 * @changes: @count of them, their functions are of @topology
 * @ret_topology: owned by the caller; free with p2p_topology_free()
 *
 * Return: 0; -EINVAL the change makes no sense (a bit that no capability has, a card behind its
 * own port, two cards on one link, two modes of the IOMMU); -ENODATA ACS of the named function
 * could not be read; -EOPNOTSUPP it has no ACS; -ENOMEM.  p2p_context_error() says which.
 */
int p2p_topology_change(struct p2p_context *context,
			const struct p2p_topology *topology,
			const struct p2p_change *changes, size_t count,
			struct p2p_topology **ret_topology);

#endif

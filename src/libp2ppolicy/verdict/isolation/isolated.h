/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of one function the kernel's IOMMU groups depend on. */
#ifndef P2P_VERDICT_ISOLATED_H
#define P2P_VERDICT_ISOLATED_H

#include <p2ppolicy/topology.h>

/** What the kernel wants of ACS; drivers/iommu/iommu.c, REQ_ACS_FLAGS. */
#define P2P_ACS_ISOLATION (P2P_ACS_SV | P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_UF)

/**
 * p2p_is_multifunction() - has its device several functions, as the kernel has it?
 *	drivers/pci/probe.c, pci_scan_slot(); drivers/pci/iov.c, pci_iov_add_virtfn().
 */
enum p2p_tri p2p_is_multifunction(const struct p2p_function *function);

/** p2p_is_isolated() - drivers/pci/pci.c, pci_acs_enabled(), with the bits above. */
enum p2p_tri p2p_is_isolated(const struct p2p_machine *machine,
			     const struct p2p_function *function);

/** p2p_acs_missing() - the bits above that its control lacks; 0 when it has no ACS. */
uint16_t p2p_acs_missing(const struct p2p_function *function);

/**
 * p2p_takes_over() - does a bridge put its own requester id on what comes from below?
 *	drivers/pci/search.c, pci_for_each_dma_alias().
 */
enum p2p_tri p2p_takes_over(const struct p2p_machine *machine, const struct p2p_function *bridge);

/** p2p_is_zen_root() - is it function 00.0 of a root bus of AMD Zen or Hygon, its root complex? */
bool p2p_is_zen_root(const struct p2p_function *function);

/** p2p_stops_aliases() - does the IOMMU sit at this bridge and not at the root? */
bool p2p_stops_aliases(const struct p2p_function *bridge);

/** p2p_has_alias() - may a function issue DMA under addresses that are not its own? */
bool p2p_has_alias(const struct p2p_function *function);

/** p2p_is_alias() - does @function, which has aliases, issue DMA as @other of the same bus? */
enum p2p_tri p2p_is_alias(const struct p2p_function *function, const struct p2p_function *other);

#endif

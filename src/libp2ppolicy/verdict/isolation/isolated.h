/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of one function on which the kernel's IOMMU groups depend. */
#ifndef P2P_VERDICT_ISOLATED_H
#define P2P_VERDICT_ISOLATED_H

#include <p2ppolicy/topology.h>

/** What the kernel requires of ACS; drivers/iommu/iommu.c, REQ_ACS_FLAGS. */
#define P2P_ACS_ISOLATION (P2P_ACS_SV | P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_UF)

/**
 * p2p_is_multifunction() - does its device have several functions, according to the kernel?
 *	drivers/pci/probe.c, pci_scan_slot(); drivers/pci/iov.c, pci_iov_add_virtfn().
 */
enum p2p_tri p2p_is_multifunction(const struct p2p_function *function);

/** p2p_is_isolated() - drivers/pci/pci.c, pci_acs_enabled(), with the bits above. */
enum p2p_tri p2p_is_isolated(const struct p2p_machine *machine,
			     const struct p2p_function *function);

/** p2p_acs_missing() - those of the bits above that are supported and not set; 0 if it has no ACS. */
uint16_t p2p_acs_missing(const struct p2p_function *function);

/**
 * p2p_takes_over() - does a bridge replace the requester ID of requests from below by its own?
 *	drivers/pci/search.c, pci_for_each_dma_alias().
 */
enum p2p_tri p2p_takes_over(const struct p2p_machine *machine, const struct p2p_function *bridge);

/** p2p_is_zen_root() - is it function 00.0 of a root bus of AMD Zen or Hygon, the root complex? */
bool p2p_is_zen_root(const struct p2p_function *function);

/** p2p_stops_aliases() - is the IOMMU at this bridge rather than at the root? */
bool p2p_stops_aliases(const struct p2p_function *bridge);

/** p2p_has_alias() - may a function issue DMA with requester IDs other than its own? */
bool p2p_has_alias(const struct p2p_function *function);

/** p2p_is_alias() - does @function, which has aliases, issue DMA as @other on the same bus? */
enum p2p_tri p2p_is_alias(const struct p2p_function *function, const struct p2p_function *other);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Isolation: the IOMMU groups that the kernel would make of a topology at boot, and why two
 * functions share one.  drivers/iommu/iommu.c, pci_device_group(), the same from 6.1 to 7.3.
 */
#ifndef P2PPOLICY_ISOLATION_H
#define P2PPOLICY_ISOLATION_H

#include <p2ppolicy/topology.h>

struct p2p_isolation;

/**
 * p2p_isolation_new() - predict the groups.
 * @topology: must outlive it
 * @ret_isolation: owned by the caller; free with p2p_isolation_free()
 *
 * Every function counts as covered by an IOMMU unless the machine uses one and reports no group
 * for this function; the firmware tables that exclude functions from an IOMMU are not read.
 *
 * Return: 0 or -ENOMEM.
 */
int p2p_isolation_new(struct p2p_context *context, const struct p2p_topology *topology,
		      struct p2p_isolation **ret_isolation);

/** p2p_isolation_free() - NULL is fine.  Return: NULL. */
struct p2p_isolation *p2p_isolation_free(struct p2p_isolation *isolation);

/**
 * p2p_isolation_group() - the group of a function, numbered from 0 by its first member; not the
 *	kernel's number.
 * @function: of the topology
 *
 * Return: ABSENT: no IOMMU over it; DENIED: a fact is missing that the members depend on.
 */
struct p2p_number p2p_isolation_group(const struct p2p_isolation *isolation,
				      const struct p2p_function *function);

/** p2p_isolation_groups() - number of groups all of whose members are known. */
size_t p2p_isolation_groups(const struct p2p_isolation *isolation);

/** p2p_isolation_count() - number of members of a group; 0 past the last group. */
size_t p2p_isolation_count(const struct p2p_isolation *isolation, size_t group);

/** p2p_isolation_at() - the member of a group at @index in BDF order; NULL past the end. */
const struct p2p_function *p2p_isolation_at(const struct p2p_isolation *isolation,
					    size_t group, size_t index);

/**
 * enum p2p_grouping - what puts a function into the group of another.
 * @P2P_GROUPING_ALONE: nothing: it is the first or only one of its group
 * @P2P_GROUPING_NO_ACS: a port above has no ACS, so that peers below it may reach each other
 * @P2P_GROUPING_ACS_OFF: a port above has ACS, but not all the bits the kernel wants are set
 * @P2P_GROUPING_BUS: a bridge above, to a conventional bus, sends all DMA under one requester id
 * @P2P_GROUPING_SLOT: functions of one card without ACS between them
 * @P2P_GROUPING_ALIAS: one of the two sends DMA under the address of the other
 * @P2P_GROUPING_VMD: a VMD endpoint sends the DMA of its domain
 * @P2P_GROUPING_UNKNOWN: a fact is missing
 */
enum p2p_grouping {
	P2P_GROUPING_ALONE,
	P2P_GROUPING_NO_ACS,
	P2P_GROUPING_ACS_OFF,
	P2P_GROUPING_BUS,
	P2P_GROUPING_SLOT,
	P2P_GROUPING_ALIAS,
	P2P_GROUPING_VMD,
	P2P_GROUPING_UNKNOWN,
};

/**
 * struct p2p_isolation_cause - why a function is in the group it is in.
 * @at: the function whose register or type decided; NULL for ALONE
 * @with: the function whose group it joined; NULL for ALONE and UNKNOWN
 * @missing: the P2P_ACS_* bits of the control of @at that are not set, for ACS_OFF
 */
struct p2p_isolation_cause {
	enum p2p_grouping grouping;
	const struct p2p_function *at, *with;
	uint16_t missing;
};

/** p2p_isolation_cause() - why @function is in its group. */
struct p2p_isolation_cause
p2p_isolation_cause(const struct p2p_isolation *isolation, const struct p2p_function *function);

/**
 * p2p_isolation_why() - the same in one sentence that names functions and registers; "" for a
 *	function that has no group or did not join another's.
 * @buffer: filled with at most @size bytes, the terminating zero included
 *
 * Return: the length the sentence has, as snprintf().
 */
int p2p_isolation_why(const struct p2p_isolation *isolation,
		      const struct p2p_function *function, char *buffer, size_t size);

#endif

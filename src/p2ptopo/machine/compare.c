/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "machine/compare.h"

/* What cannot be read has not changed: that is so of all of these. */
static bool has_other_driver(const struct p2p_function *old, const struct p2p_function *now)
{
	return strcmp(old->driver ? old->driver : "", now->driver ? now->driver : "") != 0;
}

static bool has_other_link(const struct p2p_function *old, const struct p2p_function *now)
{
	return old->pcie.link == P2P_PRESENT && now->pcie.link == P2P_PRESENT &&
	       (old->pcie.now.speed_mtps != now->pcie.now.speed_mtps ||
		old->pcie.now.width != now->pcie.now.width);
}

static bool has_other_name(const struct p2p_function *old, const struct p2p_function *now)
{
	return strcmp(old->display, now->display) != 0;
}

static bool has_other_acs(const struct p2p_function *old, const struct p2p_function *now)
{
	return old->acs.fact == P2P_PRESENT && now->acs.fact == P2P_PRESENT &&
	       old->acs.control != now->acs.control;
}

static bool has_other_group(const struct p2p_function *old, const struct p2p_function *now)
{
	if (old->iommu_group.fact == P2P_DENIED || now->iommu_group.fact == P2P_DENIED)
		return false;
	return old->iommu_group.fact != now->iommu_group.fact ||
	       old->iommu_group.value != now->iommu_group.value;
}

const struct compared compare_rows[] = {
	{ "driver", has_other_driver },
	{ "link", has_other_link },
	{ "name", has_other_name },
	{ NULL, has_other_acs },
	{ NULL, has_other_group },
	{ NULL, NULL },
};

bool compare_any(const struct p2p_function *old, const struct p2p_function *now)
{
	for (const struct compared *row = compare_rows; row->differs; row++)
		if (row->differs(old, now))
			return true;
	return false;
}

/*
 * What could not be read is no other device.  Of a bridge the subsystem is in a capability, which
 * may not be readable.
 */
static bool is_same_device(const struct p2p_function *old, const struct p2p_function *now)
{
	if (old->ids != P2P_PRESENT || now->ids != P2P_PRESENT || old->header != P2P_PRESENT ||
	    now->header != P2P_PRESENT)
		return true;
	return old->vendor == now->vendor && old->device == now->device &&
	       old->class_code == now->class_code && old->header_type == now->header_type &&
	       (old->header_type || (old->subsystem_vendor == now->subsystem_vendor &&
				     old->subsystem_device == now->subsystem_device));
}

/* Did it go in between, and is this another one at its address? */
static bool was_replaced(const struct follow_news *news, struct p2p_bdf bdf)
{
	for (size_t i = 0; news && i < news->moved_count; i++)
		if (!p2p_bdf_compare(news->moved[i].bdf, bdf))
			return news->moved[i].removed;
	return false;
}

/* Both topologies are in BDF order: walk them side by side. */
void compare_functions(const struct p2p_topology *old, const struct p2p_topology *now,
		       const struct follow_news *news,
		       void (*tell)(void *data, const struct p2p_function *old,
				    const struct p2p_function *now), void *data)
{
	size_t i = 0, j = 0;

	for (;;) {
		const struct p2p_function *left = p2p_topology_function(old, i);
		const struct p2p_function *right = p2p_topology_function(now, j);
		int order;

		if (!left && !right)
			return;
		order = !left ? 1 : !right ? -1 : p2p_bdf_compare(left->bdf, right->bdf);
		i += order <= 0;
		j += order >= 0;
		if (!order && is_same_device(left, right) && !was_replaced(news, left->bdf)) {
			tell(data, left, right);
			continue;
		}
		if (order <= 0)
			tell(data, left, NULL);
		if (order >= 0)
			tell(data, NULL, right);
	}
}

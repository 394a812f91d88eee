/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/compare.h"

const struct compared compare_rows[] = {
	{ "driver", "driver" },
	{ "link", "link.now." },
	{ "name", "name" },
	{ NULL, "acs.control" },
	{ NULL, "iommu_group" },
	{ NULL, NULL },
};

bool compare_any(const struct p2p_function *old, const struct p2p_function *now)
{
	for (const struct compared *row = compare_rows; row->key; row++)
		if (p2p_fact_differs(row->key, old, now))
			return true;
	return false;
}

/*
 * What could not be read does not make it another device.  The subsystem of a bridge is in a capability,
 * which may not be readable.
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

/* Was it removed in between, so that this is another one at its address? */
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

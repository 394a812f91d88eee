/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each source contributed. */
#include <stddef.h>

#include "base/pci-regs.h"
#include "snapshot/join/join.h"

static const struct {
	const char *key, *one, *many;
} gifts[] = {
#define GIFT(id, key, one, many) [P2P_GIFT_##id] = { key, one, many },
#include <p2ppolicy/tables/gifts.def>
#undef GIFT
};

const char *p2p_gift_key(enum p2p_gift gift)
{
	return gifts[gift].key;
}

const char *p2p_gift_noun(enum p2p_gift gift, size_t count)
{
	return count == 1 ? gifts[gift].one : gifts[gift].many;
}

bool p2p_gift_is_machine(enum p2p_gift gift)
{
	return gift >= P2P_GIFT_RELEASE;
}

size_t p2p_snapshot_conflicts(const struct p2p_snapshot *snapshot,
			      const struct p2p_conflict **ret_conflicts)
{
	*ret_conflicts = snapshot->conflicts;
	return snapshot->conflict_count;
}

size_t p2p_snapshot_skipped(const struct p2p_snapshot *snapshot,
			    const struct p2p_skipped **ret_skipped)
{
	*ret_skipped = snapshot->skipped;
	return snapshot->skipped_count;
}

static bool has_link(const struct p2p_raw *raw)
{
	const struct p2p_capability *express;
	uint16_t status;

	if (p2p_raw_attr(raw, P2P_ATTR_CURRENT_LINK_SPEED)->fact == P2P_PRESENT)
		return true;
	return p2p_config_find(&raw->config, PCI_CAP_ID_EXP, false, &express) == P2P_PRESENT &&
	       p2p_config_read16(&raw->config, express->offset + PCI_EXP_LNKSTA, &status) && status;
}

static void count_function(const struct p2p_raw *raw, struct p2p_given *given)
{
	static const struct {
		enum p2p_attr attr;
		enum p2p_gift gift;
	} files[] = {
		{ P2P_ATTR_RESOURCE, P2P_GIFT_BARS }, { P2P_ATTR_NUMA_NODE, P2P_GIFT_NODES },
		{ P2P_ATTR_IOMMU_GROUP, P2P_GIFT_GROUPS }, { P2P_ATTR_DRIVER, P2P_GIFT_DRIVERS },
	};

	given->count[P2P_GIFT_FUNCTIONS]++;
	if (raw->config.size)
		given->count[raw->config.from_text ? P2P_GIFT_TEXT : P2P_GIFT_REGISTERS]++;
	given->count[P2P_GIFT_EXTENDED] += raw->config.extended == P2P_PRESENT;
	given->count[P2P_GIFT_LINKS] += has_link(raw);
	for (size_t i = 0; i < P2P_LENGTH(files); i++)
		given->count[files[i].gift] += p2p_raw_attr(raw, files[i].attr)->fact == P2P_PRESENT;
}

static void count_files(const struct p2p_snapshot *snapshot, struct p2p_given *given)
{
	static const struct {
		const char *path;
		enum p2p_gift gift;
	} files[] = {
		{ "proc/sys/kernel/osrelease", P2P_GIFT_RELEASE },
		{ "proc/version", P2P_GIFT_RELEASE }, { "proc/cmdline", P2P_GIFT_CMDLINE },
		{ "proc/cpuinfo", P2P_GIFT_CPU }, { "sys/class/iommu", P2P_GIFT_IOMMU },
		{ "sys/kernel/iommu_groups", P2P_GIFT_IOMMU }, { "proc/config", P2P_GIFT_P2PDMA },
		{ "proc/config.gz", P2P_GIFT_P2PDMA }, { "proc/kallsyms", P2P_GIFT_P2PDMA },
	};

	for (size_t i = 0; i < P2P_LENGTH(files); i++)
		if (p2p_snapshot_file(snapshot, files[i].path)->fact != P2P_DENIED)
			given->count[files[i].gift] = 1;
}

bool p2p_snapshot_given(const struct p2p_snapshot *snapshot, size_t index,
			struct p2p_given *ret_given)
{
	const struct p2p_snapshot *part = snapshot->part_count ? NULL : snapshot;

	if (index < snapshot->part_count)
		part = snapshot->parts[index];
	if (!part || (part == snapshot && index))
		return false;
	*ret_given = (struct p2p_given){
		.name = part->name, .first_line = part->first_line, .last_line = part->last_line,
		.source = part->source,
	};
	for (size_t i = 0; i < part->count; i++)
		count_function(&part->raws[i], ret_given);
	ret_given->count[P2P_GIFT_FAULTS] = part->fault_lines;
	count_files(part, ret_given);
	return true;
}

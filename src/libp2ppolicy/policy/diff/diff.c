/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "policy/diff/diff.h"

/*
 * The order of differences: the machine, which functions exist and where, and then their facts from
 * causes to effects; capabilities that are not listed here come last.
 */
static const char *const abouts[] = {
	"kernel", "rules", "p2pdma", "cmdline", "cpu", "iommu_in_use", "virtual_machine", "software",
	"gone", "new", "moved", "renumbered", "driver", "numa", "iommu", "iommu_group", "acs",
	"link", "bar_size", "bar_address", "ats", "transfers", "p2pmem",
	"port_mbps", "rdma_devices", "vram_bytes", "vram_visible_bytes", "clique", "efa_provider",
};

static unsigned int rank_of(const char *about)
{
	unsigned int rank = 0;

	while (rank < P2P_LENGTH(abouts) && strcmp(abouts[rank], about) != 0)
		rank++;
	return rank;
}

void p2p_diff_add(struct p2p_diff *diff, const char *about, const struct p2p_function *was,
		  const struct p2p_function *is, const char *before, const char *after)
{
	struct p2p_difference difference = {
		.about = about, .was = was, .is = is,
		.before = p2p_arena_string(&diff->arena, before),
		.after = p2p_arena_string(&diff->arena, after),
	};
	struct p2p_diff_entry *entry = p2p_more(diff->entries, diff->count);

	if (!difference.before || !difference.after || !entry) {
		diff->no_memory = true;
		return;
	}
	*entry = (struct p2p_diff_entry){ difference, rank_of(about) };
	diff->count++;
}

static int compare_entries(const void *a, const void *b)
{
	const struct p2p_diff_entry *x = a, *y = b;
	const struct p2p_difference *p = &x->difference, *q = &y->difference;
	int r = x->rank < y->rank ? -1 : x->rank > y->rank;

	r = r ? r : strcmp(p->about, q->about);
	r = r ? r : strcmp(p->before, q->before);
	r = r ? r : strcmp(p->after, q->after);
	if (!r && p->is && q->is)
		r = p2p_bdf_compare(p->is->bdf, q->is->bdf);
	if (!r && p->was && q->was)
		r = p2p_bdf_compare(p->was->bdf, q->was->bdf);
	return r;
}

static struct p2p_diff_side side_of(const struct p2p_eval *eval)
{
	const struct p2p_topology *topology = p2p_eval_topology(eval);

	return (struct p2p_diff_side){ .eval = eval, .topology = topology,
				       .count = p2p_topology_count(topology) };
}

int p2p_diff_new(struct p2p_context *context, const struct p2p_eval *before,
		 const struct p2p_eval *after, unsigned int flags, struct p2p_diff **ret_diff)
{
	struct p2p_diff *diff = calloc(1, sizeof(*diff));
	int r = diff ? 0 : -ENOMEM;

	if (!r) {
		diff->before = side_of(before);
		diff->after = side_of(after);
		diff->all = flags & P2P_DIFF_ALL;
		diff->nodes = flags & P2P_DIFF_NODES;
		r = p2p_diff_match(diff);
	}
	if (!r)
		r = p2p_diff_facts(diff);
	if (!r)
		r = p2p_diff_pairs(diff);
	if (r || diff->no_memory) {
		p2p_diff_free(diff);
		return p2p_exhausted(context, -ENOMEM);
	}
	if (diff->count)
		qsort(diff->entries, diff->count, sizeof(*diff->entries), compare_entries);
	*ret_diff = diff;
	return 0;
}

struct p2p_diff *p2p_diff_free(struct p2p_diff *diff)
{
	if (diff) {
		p2p_arena_free(&diff->arena);
		free(diff->entries);
		free(diff->pairs);
	}
	free(diff);
	return NULL;
}

const struct p2p_difference *p2p_diff_at(const struct p2p_diff *diff, size_t index)
{
	return index < diff->count ? &diff->entries[index].difference : NULL;
}

const struct p2p_pairs_difference *p2p_diff_pairs_at(const struct p2p_diff *diff, size_t index)
{
	return index < diff->pairs_count ? &diff->pairs[index] : NULL;
}

const char *p2p_diff_evidence(const struct p2p_diff *diff, const struct p2p_function *was)
{
	return diff->evidence[was->index];
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Transfers that run at the same time, max-min fair: all shares grow equally until a resource is full; flows
 * that use it stop, the others keep growing.
 */
#include <errno.h>
#include <stdlib.h>

#include "verdict/score/score.h"

/** struct use - a flow loads a resource. */
struct use {
	size_t flow, resource;
};

/** struct pool - a shared resource: @left of it is free, and @growing flows that still grow use it. */
struct pool {
	uint64_t key;
	double left;
	unsigned int growing;
	enum p2p_limit limit;
	const struct p2p_function *at;
};

struct contest {
	struct pool *pools;
	struct use *uses;
	bool *growing;
	size_t pool_count, use_count, flow, flows;
	bool no_memory;
};

static void add_use(void *userdata, const struct p2p_crossing *crossing)
{
	struct contest *contest = userdata;
	struct pool *pool;
	struct use *use;
	size_t i = 0;

	if (crossing->free || contest->no_memory)
		return;
	while (i < contest->pool_count && contest->pools[i].key != crossing->resource)
		i++;
	pool = i < contest->pool_count ? &contest->pools[i] : p2p_more(contest->pools, i);
	use = p2p_more(contest->uses, contest->use_count);
	if (!pool || !use) {
		contest->no_memory = true;
		return;
	}
	if (i == contest->pool_count) {
		contest->pool_count++;
		*pool = (struct pool){
			.key = crossing->resource, .left = crossing->capacity,
			.limit = crossing->limit, .at = crossing->at,
		};
	}
	/* Small payloads of one flow reduce what a link carries; the worst counts for all. */
	if (crossing->capacity < pool->left)
		pool->left = crossing->capacity;
	pool->growing++;
	*use = (struct use){ contest->flow, i };
	contest->use_count++;
}

/* Add the limit that a flow does not share with others: its outstanding reads. */
static void add_own_limit(struct contest *contest, const struct p2p_share *share)
{
	add_use(contest, &(struct p2p_crossing){
		.limit = share->alone.limit, .at = share->alone.at,
		.resource = UINT64_MAX - contest->flow,
		.capacity = share->alone.gbytes_per_second,
	});
}

/*
 * A pair that is refused or blocked loads nothing, nor does one with a link of its own; one whose drivers never ask
 * p2pdma is not refused by it.  While it is not known whether it gets through, it takes its part: others are not
 * promised what it may need.
 */
static bool runs(const struct p2p_share *share)
{
	return share->alone.limit != P2P_LIMIT_REFUSED && share->alone.limit != P2P_LIMIT_BLOCKED &&
	       share->alone.limit != P2P_LIMIT_OWN_LINK && share->alone.gbytes_per_second > 0;
}

static void enter(struct contest *contest, const struct p2p_eval *eval,
		  const struct p2p_flow *flow, struct p2p_share *share)
{
	struct p2p_verdict verdict;
	struct p2p_score score;
	struct p2p_way way;

	p2p_eval_pair(eval, flow->provider, flow->client, &verdict);
	p2p_eval_score(eval, &verdict, &score);
	*share = (struct p2p_share){ .alone = flow->read ? score.read : score.write };
	share->limit = share->alone.limit;
	share->at = share->alone.at;
	if (!runs(share))
		return;
	p2p_way_find(eval, &verdict, flow->read, &way);
	contest->growing[contest->flow] = true;
	p2p_way_walk(&way, add_use, contest);
	add_own_limit(contest, share);
}

/* Find the pool that is full first if all keep growing.  Return: false if none grows. */
static bool next_full(const struct contest *contest, size_t *ret_pool, double *ret_step)
{
	bool any = false;

	for (size_t i = 0; i < contest->pool_count; i++) {
		const struct pool *pool = &contest->pools[i];
		double step = pool->growing ? pool->left / pool->growing : 0;

		if (!pool->growing || (any && step >= *ret_step))
			continue;
		any = true;
		*ret_pool = i;
		*ret_step = step;
	}
	return any;
}

static void stop_flow(struct contest *contest, size_t flow)
{
	contest->growing[flow] = false;
	for (size_t i = 0; i < contest->use_count; i++)
		if (contest->uses[i].flow == flow)
			contest->pools[contest->uses[i].resource].growing--;
}

static void fill(struct contest *contest, struct p2p_share *shares)
{
	size_t full = 0;
	double step = 0;

	while (next_full(contest, &full, &step)) {
		for (size_t i = 0; i < contest->flows; i++)
			if (contest->growing[i])
				shares[i].gbytes_per_second += step;
		for (size_t i = 0; i < contest->pool_count; i++)
			contest->pools[i].left -= step * contest->pools[i].growing;
		contest->pools[full].left = 0;
		for (size_t i = 0; i < contest->use_count; i++) {
			size_t flow = contest->uses[i].flow;

			if (contest->uses[i].resource != full || !contest->growing[flow])
				continue;
			shares[flow].limit = contest->pools[full].limit;
			shares[flow].at = contest->pools[full].at;
			stop_flow(contest, flow);
		}
	}
}

/**
 * struct collapse - where posted writes are known to collapse.
 * @vendor, @device, @mask: of the switch's upstream port
 * @family, @model_first, @model_last: of the CPU
 *
 * rtx6kpro hardware/collapse-report.md (PM50100 and Threadripper PRO 7955WX, 52 to 7 GB/s) and
 * hardware/asus-esc8000a-e13p-broadcom-switches.md (PEX890xx and EPYC 9575F, 37 to 2.7 GB/s).
 * PM50100 on that EPYC was seen not to collapse.
 */
static const struct collapse {
	uint16_t vendor, device, mask;
	uint16_t family, model_first, model_last;
} collapses[] = {
	{ 0x1000, 0xc030, 0xffff, 0x1a, 0x00, 0x1f },
	{ 0x11f8, 0x5000, 0xf000, 0x19, 0x10, 0x1f },
	{ 0x1f18, 0x0101, 0xffff, 0x19, 0x10, 0x1f },
};

/* The topmost switch on the way up. */
static const struct p2p_function *top_switch(const struct p2p_function *client)
{
	const struct p2p_function *found = NULL;

	for (const struct p2p_function *f = client->parent; f; f = f->parent)
		if (p2p_function_is_type(f, P2P_PORT_UPSTREAM))
			found = f;
	return found;
}

static bool may_collapse(const struct p2p_machine *machine, const struct p2p_function *upstream)
{
	for (size_t i = 0; i < P2P_LENGTH(collapses); i++) {
		const struct collapse *row = &collapses[i];

		if (upstream->ids == P2P_PRESENT && upstream->vendor == row->vendor &&
		    (upstream->device & row->mask) == row->device &&
		    machine->cpu_family.fact == P2P_PRESENT &&
		    machine->cpu_family.value == row->family &&
		    machine->cpu_model.fact == P2P_PRESENT &&
		    machine->cpu_model.value >= row->model_first &&
		    machine->cpu_model.value <= row->model_last)
			return true;
	}
	return false;
}

/*
 * Does a write leave its switch without passing a translating IOMMU, which hides the fault?  Return: that
 * switch, or NULL.
 */
static const struct p2p_function *leaves(const struct p2p_flow *flow,
					 const struct p2p_share *share)
{
	const struct p2p_function *upstream = top_switch(flow->client);

	if (flow->read || share->gbytes_per_second <= 0 || share->alone.translated ||
	    flow->provider->host == flow->client->host)
		return NULL;
	return upstream;
}

/*
 * Find two or more clients below one switch that write simultaneously to memory behind two or more other host
 * bridges.
 */
static void find_collapse(const struct p2p_eval *eval, const struct p2p_flow *flows,
			  size_t count, struct p2p_share *shares)
{
	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *a = leaves(&flows[i], &shares[i]);

		for (size_t j = 0; a && j < count; j++) {
			if (flows[j].client == flows[i].client || leaves(&flows[j], &shares[j]) != a ||
			    flows[j].provider->host == flows[i].provider->host)
				continue;
			shares[i].collapse |= may_collapse(eval->machine, a);
		}
	}
}

int p2p_flows_share(const struct p2p_eval *eval, const struct p2p_flow *flows, size_t count,
		    struct p2p_share *ret_shares)
{
	struct p2p_share *shares = calloc(count + 1, sizeof(*shares));
	struct contest contest = { .growing = calloc(count + 1, sizeof(bool)), .flows = count };
	int error = -ENOMEM;

	for (size_t i = 0; shares && contest.growing && i < count; i++) {
		contest.flow = i;
		enter(&contest, eval, &flows[i], &shares[i]);
	}
	if (shares && contest.growing && !contest.no_memory) {
		fill(&contest, shares);
		find_collapse(eval, flows, count, shares);
		for (size_t i = 0; i < count; i++)
			ret_shares[i] = shares[i];
		error = 0;
	}
	free(contest.pools);
	free(contest.uses);
	free(contest.growing);
	free(shares);
	return error;
}

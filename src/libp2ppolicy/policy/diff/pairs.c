/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the pairs whose answers changed.  Functions that are in the same group of equal answers on both
 * sides form a class.  A pair of classes is evaluated once, or not at all if nothing changed that it
 * depends on, and equal changes are folded into rows "these providers, those clients".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/diff/diff.h"

/**
 * struct member - a function that exists on both sides, and its groups there.
 * @ways: hash of all that its answers depend on besides its groups, on both sides
 */
struct member {
	const struct p2p_function *was, *is;
	size_t old, new;
	uint64_t ways;
	bool settled;
};

/** struct class - members[first .. first + count]; @settled: see p2p_diff_settled(). */
struct class {
	size_t first, count;
	bool settled;
};

/** struct row - the classes of clients for which one class of providers changed in the same way. */
struct row {
	struct p2p_answer before, after;
	size_t provider;
	const uint32_t *clients;
	size_t count;
};

/** struct change - the change of one pair of classes. */
struct change {
	struct p2p_answer before, after;
	uint32_t client;
};

/** struct pairs - @open: indexes of those @classes that are not settled. */
struct pairs {
	struct p2p_diff *diff;
	struct member *members;
	size_t member_count;
	struct class *classes;
	size_t class_count;
	size_t *open;
	size_t open_count;
	struct row *rows;
	size_t row_count;
	struct change *changes;
	struct p2p_arena arena;
};

static bool is_compared(const struct p2p_diff *diff, const struct p2p_function *was,
			const struct p2p_function *is)
{
	if (!is || !p2p_function_has_header_0(was) || !p2p_function_has_header_0(is))
		return false;
	return diff->all || p2p_function_takes_part(was) || p2p_function_takes_part(is);
}

static void gather(struct pairs *pairs)
{
	const struct p2p_diff *diff = pairs->diff;

	for (size_t i = 0; i < diff->before.count; i++) {
		const struct p2p_function *was = p2p_topology_function(diff->before.topology, i);

		if (is_compared(diff, was, diff->before.partner[i]))
			pairs->members[pairs->member_count++] =
				(struct member){ .was = was, .is = diff->before.partner[i] };
	}
}

/* Number the groups of one side, by index of function. */
static int number_groups(const struct pairs *pairs, bool old, size_t *numbers)
{
	const struct p2p_diff *diff = pairs->diff;
	const struct p2p_function **list = calloc(pairs->member_count + 1,
						  sizeof(struct p2p_function *));
	struct p2p_groups *groups = NULL;
	const struct p2p_group *group;
	int r = list ? 0 : -ENOMEM;

	for (size_t i = 0; i < pairs->member_count && !r; i++)
		list[i] = old ? pairs->members[i].was : pairs->members[i].is;
	if (!r)
		r = p2p_groups_new(old ? diff->before.eval : diff->after.eval, list,
				   pairs->member_count, &groups);
	for (size_t g = 0; !r && (group = p2p_groups_at(groups, g)); g++)
		for (size_t m = 0; m < group->count; m++)
			numbers[group->members[m]->index] = g;
	p2p_groups_free(groups);
	free(list);
	return r;
}

/* The list of peers of a function names others, each of which answers as no other function does. */
static void mark_peers(const struct p2p_function *function, bool *alone)
{
	const struct p2p_function *const *lists[] = { function->kfd_peers, function->xgmi_peers };

	for (size_t i = 0; i < P2P_LENGTH(lists); i++)
		for (const struct p2p_function *const *peer = lists[i]; peer && *peer; peer++)
			alone[(*peer)->index] = alone[function->index] = true;
}

static bool asks_for_group(const struct p2p_function *function)
{
	return function->iommu_group.fact == P2P_PRESENT && function->driver && !strcmp(function->driver, "nvidia");
}

/* Another function that NVIDIA's driver finds in the same IOMMU group? */
static bool shares_group(const struct p2p_topology *topology, const struct p2p_function *function)
{
	const struct p2p_function *other;

	for (size_t i = 0; asks_for_group(function) && (other = p2p_topology_function(topology, i)); i++)
		if (other != function && asks_for_group(other) &&
		    other->iommu_group.value == function->iommu_group.value)
			return true;
	return false;
}

/* Add what one side's answers depend on to the members' hashes. */
static int add_ways(struct pairs *pairs, bool old)
{
	const struct p2p_diff_side *side = old ? &pairs->diff->before : &pairs->diff->after;
	bool *alone = calloc(side->count + 1, sizeof(*alone));

	if (!alone)
		return -ENOMEM;
	for (size_t i = 0; i < side->count; i++)
		mark_peers(p2p_topology_function(side->topology, i), alone);
	for (size_t i = 0; i < pairs->member_count; i++) {
		struct member *member = &pairs->members[i];
		const struct p2p_function *function = old ? member->was : member->is;

		member->ways = p2p_diff_way(member->ways, side->eval, function);
		member->ways = p2p_diff_hash(member->ways, alone[function->index] ? function->index + 1 : 0);
		member->ways = p2p_diff_hash(member->ways, shares_group(side->topology, function) ?
					     (uint64_t)function->iommu_group.value : UINT64_MAX);
	}
	free(alone);
	return 0;
}

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	int r = p2p_diff_order(x->old, y->old);

	r = r ? r : p2p_diff_order(x->new, y->new);
	r = r ? r : p2p_diff_order(x->ways, y->ways);
	return r ? r : p2p_bdf_compare(x->is->bdf, y->is->bdf);
}

static bool same_class(const struct member *a, const struct member *b)
{
	return a->old == b->old && a->new == b->new && a->ways == b->ways;
}

static int make_classes(struct pairs *pairs)
{
	const struct p2p_diff *diff = pairs->diff;
	size_t *old = calloc(diff->before.count + 1, sizeof(*old));
	size_t *new = calloc(diff->after.count + 1, sizeof(*new));
	bool *settled = calloc(diff->before.count + 1, sizeof(*settled));
	int r = old && new && settled ? number_groups(pairs, true, old) : -ENOMEM;

	if (!r)
		r = number_groups(pairs, false, new);
	if (!r)
		r = p2p_diff_settled(diff, settled);
	if (!r)
		r = add_ways(pairs, true);
	if (!r)
		r = add_ways(pairs, false);
	for (size_t i = 0; i < pairs->member_count && !r; i++) {
		pairs->members[i].old = old[pairs->members[i].was->index];
		pairs->members[i].new = new[pairs->members[i].is->index];
		pairs->members[i].settled = settled[pairs->members[i].was->index];
	}
	free(old);
	free(new);
	free(settled);
	if (r)
		return r;
	qsort(pairs->members, pairs->member_count, sizeof(*pairs->members), compare_members);
	for (size_t i = 0; i < pairs->member_count; i++) {
		const struct member *one = &pairs->members[i];

		if (!i || !same_class(one - 1, one))
			pairs->classes[pairs->class_count++] = (struct class){ i, 0, true };
		pairs->classes[pairs->class_count - 1].count++;
		pairs->classes[pairs->class_count - 1].settled &= one->settled;
	}
	return 0;
}

static double speed_of(const struct p2p_speed *speed)
{
	char text[32];

	if (!p2p_speed_is_known(speed) || speed->limit == P2P_LIMIT_REFUSED || speed->limit == P2P_LIMIT_BLOCKED)
		return -1;
	snprintf(text, sizeof(text), "%.3g", speed->gbytes_per_second);
	return strtod(text, NULL);
}

static struct p2p_answer answer_of(const struct p2p_eval *eval,
				   const struct p2p_function *provider,
				   const struct p2p_function *client)
{
	struct p2p_verdict verdict;
	struct p2p_score score;
	struct p2p_ways ways;

	p2p_eval_pair(eval, provider, client, &verdict);
	p2p_eval_score(eval, &verdict, &score);
	p2p_ways_find(&verdict, &ways);
	return (struct p2p_answer){
		verdict.relation, verdict.kernel.map_type, ways.delivery,
		verdict.kernel.map_type == P2P_MAP_UNKNOWN ? 0 : verdict.kernel.distance,
		speed_of(&score.read), speed_of(&score.write),
	};
}

static int compare_answers(const struct p2p_answer *a, const struct p2p_answer *b)
{
	if (a->map_type != b->map_type)
		return a->map_type < b->map_type ? -1 : 1;
	if (a->delivery != b->delivery)
		return a->delivery < b->delivery ? -1 : 1;
	if (a->relation != b->relation)
		return a->relation < b->relation ? -1 : 1;
	if (a->distance != b->distance)
		return a->distance < b->distance ? -1 : 1;
	if (a->read != b->read)
		return a->read < b->read ? -1 : 1;
	return (a->write > b->write) - (a->write < b->write);
}

static int compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	int r = compare_answers(&x->before, &y->before);

	r = r ? r : compare_answers(&x->after, &y->after);
	return r ? r : p2p_diff_order(x->client, y->client);
}

/* A member of the client class, not the first if a class is paired with itself; NULL if there is none. */
static const struct member *partner_in(const struct pairs *pairs, size_t provider, size_t client)
{
	const struct class *class = &pairs->classes[client];

	if (provider != client)
		return &pairs->members[class->first];
	return class->count > 1 ? &pairs->members[class->first + 1] : NULL;
}

/* Compare the answers of two classes, and add a change if they differ.  Return: number of changes. */
static size_t compare_classes(struct pairs *pairs, size_t provider, size_t client, size_t count)
{
	const struct member *one = &pairs->members[pairs->classes[provider].first];
	const struct member *other = partner_in(pairs, provider, client);
	struct change *change = &pairs->changes[count];

	if (!other)
		return count;
	change->before = answer_of(pairs->diff->before.eval, one->was, other->was);
	change->after = answer_of(pairs->diff->after.eval, one->is, other->is);
	change->client = (uint32_t)client;
	return count + (compare_answers(&change->before, &change->after) != 0);
}

/* The answers for two settled classes have not changed. */
static size_t find_changes(struct pairs *pairs, size_t provider)
{
	size_t count = 0;

	if (pairs->classes[provider].settled) {
		for (size_t i = 0; i < pairs->open_count; i++)
			count = compare_classes(pairs, provider, pairs->open[i], count);
	} else {
		for (size_t i = 0; i < pairs->class_count; i++)
			count = compare_classes(pairs, provider, i, count);
	}
	qsort(pairs->changes, count, sizeof(*pairs->changes), compare_changes);
	return count;
}

static int add_row(struct pairs *pairs, size_t provider, const struct change *changes,
		   size_t count)
{
	uint32_t *clients = p2p_arena_alloc(&pairs->arena, count * sizeof(*clients));

	struct row *row = p2p_more(pairs->rows, pairs->row_count);

	if (!clients || !row)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		clients[i] = changes[i].client;
	*row = (struct row){ changes->before, changes->after, provider, clients, count };
	pairs->row_count++;
	return 0;
}

static bool is_alike(const struct change *a, const struct change *b)
{
	return !compare_answers(&a->before, &b->before) && !compare_answers(&a->after, &b->after);
}

static int find_rows(struct pairs *pairs)
{
	int r = 0;

	for (size_t i = 0; i < pairs->class_count; i++)
		if (!pairs->classes[i].settled)
			pairs->open[pairs->open_count++] = i;
	for (size_t provider = 0; provider < pairs->class_count && !r; provider++) {
		size_t count = find_changes(pairs, provider);

		for (size_t at = 0, end; at < count && !r; at = end) {
			for (end = at + 1; end < count &&
			     is_alike(&pairs->changes[at], &pairs->changes[end]);)
				end++;
			r = add_row(pairs, provider, &pairs->changes[at], end - at);
		}
	}
	return r;
}

/*
 * A function alone in its class has no pair with itself, so it may be listed among its own clients
 * without changing the meaning.  This makes the lists of "each with every other" equal.
 */
static int widen_rows(struct pairs *pairs)
{
	for (size_t i = 0; i < pairs->row_count; i++) {
		struct row *row = &pairs->rows[i];
		uint32_t *clients, own = (uint32_t)row->provider;
		size_t at = 0;

		if (pairs->classes[row->provider].count > 1)
			continue;
		clients = p2p_arena_alloc(&pairs->arena, (row->count + 1) * sizeof(*clients));
		if (!clients)
			return -ENOMEM;
		for (; at < row->count && row->clients[at] < own; at++)
			clients[at] = row->clients[at];
		clients[at] = own;
		for (; at < row->count; at++)
			clients[at + 1] = row->clients[at];
		row->clients = clients;
		row->count++;
	}
	return 0;
}

static int compare_lists(const struct row *x, const struct row *y)
{
	int r = compare_answers(&x->before, &y->before);

	r = r ? r : compare_answers(&x->after, &y->after);
	r = r ? r : p2p_diff_order(x->count, y->count);
	return r ? r : memcmp(x->clients, y->clients, x->count * sizeof(*x->clients));
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int r = compare_lists(x, y);

	return r ? r : p2p_diff_order(x->provider, y->provider);
}

static size_t count_lists(struct pairs *pairs)
{
	size_t count = 0;

	if (pairs->row_count)
		qsort(pairs->rows, pairs->row_count, sizeof(*pairs->rows), compare_rows);
	for (size_t i = 0; i < pairs->row_count; i++)
		count += !i || compare_lists(&pairs->rows[i - 1], &pairs->rows[i]);
	return count;
}

/* Keep the widened lists if that folds more rows. */
static int fold_rows(struct pairs *pairs)
{
	size_t narrow = count_lists(pairs), size = pairs->row_count * sizeof(struct row);
	struct row *kept = malloc(size + 1);
	int r = kept ? 0 : -ENOMEM;

	if (!r && size)
		memcpy(kept, pairs->rows, size);
	if (!r)
		r = widen_rows(pairs);
	if (!r && count_lists(pairs) >= narrow && size)
		memcpy(pairs->rows, kept, size);
	free(kept);
	return r;
}

static int compare_functions(const void *a, const void *b)
{
	const struct p2p_function *const *x = a, *const *y = b;

	return p2p_bdf_compare((*x)->bdf, (*y)->bdf);
}

/* The functions of some classes on the new machine, in the order of their addresses. */
static const struct p2p_function **functions_of(struct pairs *pairs, const uint32_t *classes,
						size_t count, size_t *ret_count)
{
	const struct p2p_function **list;
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += pairs->classes[classes[i]].count;
	list = p2p_arena_alloc(&pairs->diff->arena, (total + 1) * sizeof(struct p2p_function *));
	if (!list)
		return NULL;
	total = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t m = 0; m < pairs->classes[classes[i]].count; m++)
			list[total++] = pairs->members[pairs->classes[classes[i]].first + m].is;
	qsort(list, total, sizeof(struct p2p_function *), compare_functions);
	*ret_count = total;
	return list;
}

/* Remove a single provider from its own clients. */
static void drop_self(struct p2p_pairs_difference *pairs, const struct p2p_function **clients)
{
	size_t kept = 0;

	for (size_t i = 0; i < pairs->client_count && pairs->provider_count == 1; i++)
		if (clients[i] != pairs->providers[0])
			clients[kept++] = clients[i];
	if (pairs->provider_count == 1)
		pairs->client_count = kept;
	pairs->clients = clients;
}

static uint64_t count_common(const struct p2p_pairs_difference *pairs)
{
	uint64_t common = 0;

	for (size_t i = 0, j = 0; i < pairs->provider_count && j < pairs->client_count;) {
		int r = p2p_bdf_compare(pairs->providers[i]->bdf, pairs->clients[j]->bdf);

		common += !r;
		i += r <= 0;
		j += r >= 0;
	}
	return common;
}

/* Rows with equal lists of clients become one row with all their providers. */
static int put_rows(struct pairs *pairs, size_t at, size_t end)
{
	struct p2p_diff *diff = pairs->diff;
	struct p2p_pairs_difference *out = &diff->pairs[diff->pairs_count++];
	const struct row *row = &pairs->rows[at];
	uint32_t *providers = calloc(end - at, sizeof(*providers));
	const struct p2p_function **clients;

	if (!providers)
		return -ENOMEM;
	for (size_t i = at; i < end; i++)
		providers[i - at] = (uint32_t)pairs->rows[i].provider;
	*out = (struct p2p_pairs_difference){ .before = row->before, .after = row->after };
	out->providers = functions_of(pairs, providers, end - at, &out->provider_count);
	clients = functions_of(pairs, row->clients, row->count, &out->client_count);
	free(providers);
	if (!out->providers || !clients)
		return -ENOMEM;
	drop_self(out, clients);
	out->pairs = (uint64_t)out->provider_count * out->client_count - count_common(out);
	return 0;
}

static int finish(struct pairs *pairs)
{
	int r = fold_rows(pairs);

	if (r)
		return r;
	pairs->diff->pairs = calloc(pairs->row_count + 1, sizeof(*pairs->diff->pairs));
	if (!pairs->diff->pairs)
		return -ENOMEM;
	for (size_t at = 0, end; at < pairs->row_count && !r; at = end) {
		for (end = at + 1; end < pairs->row_count &&
		     !compare_lists(&pairs->rows[at], &pairs->rows[end]);)
			end++;
		r = put_rows(pairs, at, end);
	}
	return r;
}

int p2p_diff_pairs(struct p2p_diff *diff)
{
	struct pairs pairs = { .diff = diff };
	int r;

	pairs.members = calloc(diff->before.count + 1, sizeof(*pairs.members));
	pairs.classes = calloc(diff->before.count + 1, sizeof(*pairs.classes));
	pairs.changes = calloc(diff->before.count + 1, sizeof(*pairs.changes));
	pairs.open = calloc(diff->before.count + 1, sizeof(*pairs.open));
	r = pairs.members && pairs.classes && pairs.changes && pairs.open ? 0 : -ENOMEM;
	if (!r) {
		gather(&pairs);
		r = make_classes(&pairs);
	}
	if (!r)
		r = find_rows(&pairs);
	if (!r)
		r = finish(&pairs);
	p2p_arena_free(&pairs.arena);
	free(pairs.members);
	free(pairs.classes);
	free(pairs.changes);
	free(pairs.open);
	free(pairs.rows);
	return r;
}

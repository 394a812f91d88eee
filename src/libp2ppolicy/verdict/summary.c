/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counts the answers without evaluating every pair.
 *
 * At each function the members below it are counted by what a pair that meets there depends on: how far below
 * they are, and what their branch redirects.  The pairs that meet at a function are all pairs below it minus
 * those that already met within one of its branches.  The same is done for the root bus of each host bridge,
 * and for the host bridges of the machine.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "verdict/eval.h"

enum {
	FAR = 5,		/* this many steps or more: beyond PIX */
	DEPTHS = FAR + 1,
	TRIS = 3,
	SELF = TRIS * TRIS,	/* the function itself, which is not a branch */
	STATES = SELF + 1,
};

/*
 * Members by depth and state.  A state is two answers: whether the branch redirects completions of its
 * providers, and requests of its clients; they are equal except with the rule set "tlp".
 */
struct branch {
	uint32_t count[DEPTHS][STATES];
};

/* One nonzero cell of a branch. */
struct cell {
	unsigned int depth, state;
	uint64_t count;
};

/* Members of one NUMA node below one host bridge. */
struct corner {
	uint32_t bridge;
	struct p2p_number numa;
	enum p2p_tri listed;
	uint64_t count;
};

/*
 * @bridges: functions that have members below them, deepest first; @place: by index of the function, 1 + its
 *	index in @branches; 0 for none, as for most functions, which are endpoints
 */
struct counter {
	const struct p2p_eval *eval;
	struct p2p_arena *arena;
	const struct p2p_function **bridges;
	uint32_t *place;
	struct branch *branches;
	uint64_t *below_bridge;
	struct corner *corners;
	struct p2p_summary *summary;
	uint64_t orphans;			/* members whose chain is incomplete */
};

static unsigned int make_state(enum p2p_tri completion, enum p2p_tri request)
{
	return completion * TRIS + request;
}

static enum p2p_tri completion_of(unsigned int state)
{
	return state == SELF ? P2P_NO : (enum p2p_tri)(state / TRIS);
}

static enum p2p_tri request_of(unsigned int state)
{
	return state == SELF ? P2P_NO : (enum p2p_tri)(state % TRIS);
}

/* Does ACS redirect a pair that meets at @common? */
static enum p2p_tri pair_redirect(const struct p2p_eval *eval,
				  const struct p2p_function *common, unsigned int provider,
				  unsigned int client)
{
	enum p2p_tri both = p2p_tri_or(completion_of(provider), request_of(client));

	if (!(eval->clauses & P2P_CLAUSE_TLP))
		return p2p_tri_or(both, p2p_acs_redirects(common, P2P_ACS_REDIRECT));
	return provider == SELF || client == SELF ? P2P_NO : both;
}

/* The state of a member with @state as seen from above @function. */
static unsigned int lift_state(const struct p2p_eval *eval, const struct p2p_function *function,
			       unsigned int state)
{
	enum p2p_tri own;

	if (eval->clauses & P2P_CLAUSE_TLP)
		return make_state(p2p_acs_redirects(function, P2P_ACS_CR),
				  p2p_acs_redirects(function, P2P_ACS_RR | P2P_ACS_EC));
	own = p2p_tri_or(completion_of(state), p2p_acs_redirects(function, P2P_ACS_REDIRECT));
	return make_state(own, own);
}

static size_t list_cells(const struct branch *branch, struct cell cells[DEPTHS * STATES])
{
	size_t n = 0;

	for (unsigned int depth = 0; depth < DEPTHS; depth++)
		for (unsigned int state = 0; state < STATES; state++)
			if (branch->count[depth][state])
				cells[n++] = (struct cell){ depth, state,
							    branch->count[depth][state] };
	return n;
}

static void add_pairs(struct counter *counter, enum p2p_relation relation,
		      enum p2p_map_type type, uint64_t pairs)
{
	counter->summary->pairs[relation][type] += pairs;
}

/*
 * Add (@sign 1) or subtract (@sign -1, which may wrap until the pairs are added at a higher level) all pairs
 * of members of @branch as pairs that meet at @common.
 */
static void count_common(struct counter *counter, const struct p2p_function *common,
			 const struct branch *branch, int sign)
{
	const struct p2p_eval *eval = counter->eval;
	enum p2p_map_type types[TRIS];
	struct cell cells[DEPTHS * STATES];
	size_t n = list_cells(branch, cells);

	for (enum p2p_tri redirect = P2P_UNKNOWN; redirect <= P2P_YES; redirect++) {
		struct p2p_findings findings = {
			.common = true, .redirect = redirect,
			.listed = p2p_eval_listed(eval, common->host, common->host),
		};

		types[redirect] = p2p_kernel_decide(eval, &findings, NULL);
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			enum p2p_tri redirect = pair_redirect(eval, common, cells[i].state,
							      cells[j].state);
			unsigned int hops = cells[i].depth + cells[j].depth;

			add_pairs(counter, p2p_relation_of_common(hops), types[redirect],
				  (uint64_t)(int64_t)sign * (cells[i].count * cells[j].count));
		}
	}
}

static enum p2p_map_type decide_apart(const struct p2p_eval *eval, enum p2p_tri listed)
{
	struct p2p_findings findings = { .listed = listed };

	return p2p_kernel_decide(eval, &findings, NULL);
}

/* Count pairs without a known common bridge where the bridges above one end are not all known. */
static void add_lost(struct counter *counter, uint64_t pairs)
{
	struct p2p_findings findings = { .lost = true };

	add_pairs(counter, P2P_RELATION_UNKNOWN,
		  p2p_kernel_decide(counter->eval, &findings, NULL), pairs);
}

static uint64_t lift(struct counter *counter, const struct p2p_function *function,
		     const struct branch *from, struct branch *ret_branch)
{
	uint64_t total = 0;

	memset(ret_branch, 0, sizeof(*ret_branch));
	for (unsigned int depth = 0; depth < DEPTHS; depth++) {
		for (unsigned int state = 0; state < STATES; state++) {
			unsigned int above = depth < FAR ? depth + 1 : FAR;
			uint32_t count = from->count[depth][state];

			if (!count)
				continue;
			total += count;
			ret_branch->count[above][lift_state(counter->eval, function, state)] +=
				count;
		}
	}
	return total;
}

static struct branch *branch_of(const struct counter *counter, const struct p2p_function *function)
{
	return &counter->branches[counter->place[function->index] - 1];
}

/* The pairs in @branch, which ends at @function, are counted: pass its members up. */
static void hand_up(struct counter *counter, const struct p2p_function *function,
		    const struct branch *branch)
{
	const struct p2p_eval *eval = counter->eval;
	struct branch lifted;
	uint64_t members = lift(counter, function, branch, &lifted);

	if (function->parent) {
		struct branch *above = branch_of(counter, function->parent);

		count_common(counter, function->parent, &lifted, -1);
		for (size_t depth = 0; depth < DEPTHS; depth++)
			for (size_t state = 0; state < STATES; state++)
				above->count[depth][state] += lifted.count[depth][state];
		return;
	}
	if (function->orphan) {
		counter->orphans += members;
		add_lost(counter, -(members * members));
		return;
	}
	counter->below_bridge[function->host->index] += members;
	add_pairs(counter, P2P_RELATION_PHB,
		  decide_apart(eval, p2p_eval_listed(eval, function->host, function->host)),
		  -(members * members));
}

static size_t collect_bridges(struct counter *counter, const struct p2p_function *const *functions,
			      size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		for (const struct p2p_function *up = functions[i]->parent;
		     up && !counter->place[up->index]; up = up->parent) {
			counter->bridges[n++] = up;
			counter->place[up->index] = (uint32_t)n;
		}
	}
	return n;
}

static int deepest_first(const void *a, const void *b)
{
	const struct p2p_function *x = *(const struct p2p_function *const *)a;
	const struct p2p_function *y = *(const struct p2p_function *const *)b;

	return (x->depth < y->depth) - (x->depth > y->depth);
}

static int64_t node_of(const struct corner *corner)
{
	return corner->numa.fact == P2P_PRESENT ? corner->numa.value : -1;
}

static int by_kind(const void *a, const void *b)
{
	const struct corner *x = a, *y = b;

	if (node_of(x) != node_of(y))
		return node_of(x) < node_of(y) ? -1 : 1;
	return (int)x->listed - (int)y->listed;
}

static int by_bridge(const void *a, const void *b)
{
	const struct corner *x = a, *y = b;

	if (x->bridge != y->bridge)
		return x->bridge < y->bridge ? -1 : 1;
	return by_kind(a, b);
}

/* Sort, and merge equal elements.  Return: how many are left. */
static size_t merge(struct corner *corners, size_t count,
		    int (*compare)(const void *, const void *))
{
	size_t n = 0;

	qsort(corners, count, sizeof(*corners), compare);
	for (size_t i = 0; i < count; i++) {
		if (n && !compare(&corners[n - 1], &corners[i]))
			corners[n - 1].count += corners[i].count;
		else
			corners[n++] = corners[i];
	}
	return n;
}

static void count_corners(struct counter *counter, const struct corner *corners, size_t count,
			  int sign)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			add_pairs(counter,
				  p2p_relation_of_nodes(counter->eval, &corners[i].numa,
							&corners[j].numa),
				  decide_apart(counter->eval, p2p_tri_and(corners[i].listed,
									   corners[j].listed)),
				  (uint64_t)(int64_t)sign * (corners[i].count * corners[j].count));
}

/* Count pairs across host bridges: all pairs of corners, minus those of one bridge. */
static void count_bridges(struct counter *counter, const struct p2p_function *const *functions,
			  size_t count)
{
	const struct p2p_eval *eval = counter->eval;
	struct corner *corners = counter->corners;
	size_t n, end;

	for (size_t i = n = 0; i < count; i++) {
		const struct corner one = {
			.bridge = functions[i]->host->index,
			.numa = functions[i]->numa,
			.listed = eval->roots[functions[i]->host->index].listed,
			.count = 1,
		};

		/* Neighbours mostly belong to the same corner. */
		if (!functions[i]->orphan && n && !by_bridge(&corners[n - 1], &one))
			corners[n - 1].count++;
		else if (!functions[i]->orphan)
			corners[n++] = one;
	}
	n = merge(corners, n, by_bridge);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1; end < n && corners[end].bridge == corners[i].bridge;)
			end++;
		count_corners(counter, &corners[i], end - i, -1);
	}
	n = merge(corners, n, by_kind);
	count_corners(counter, corners, n, 1);
}

/* Count pairs that meet at a function: none at an endpoint, which is only passed up. */
static void count_below(struct counter *counter, const struct p2p_function *const *functions,
			size_t count, size_t bridges)
{
	struct branch self = { 0 };

	self.count[0][SELF] = 1;
	for (size_t i = 0; i < count; i++) {
		if (counter->place[functions[i]->index])
			branch_of(counter, functions[i])->count[0][SELF] = 1;
		else
			hand_up(counter, functions[i], &self);
	}
	for (size_t i = 0; i < bridges; i++) {
		const struct branch *branch = branch_of(counter, counter->bridges[i]);

		count_common(counter, counter->bridges[i], branch, 1);
		if (branch->count[0][SELF])
			count_common(counter, counter->bridges[i], &self, -1);
		hand_up(counter, counter->bridges[i], branch);
	}
}

static int count_all(struct counter *counter, const struct p2p_function *const *functions,
		     size_t count)
{
	const struct p2p_eval *eval = counter->eval;
	size_t n = collect_bridges(counter, functions, count);

	counter->branches = p2p_arena_alloc(counter->arena, n * sizeof(*counter->branches));
	if (!counter->branches)
		return -ENOMEM;
	qsort(counter->bridges, n, sizeof(const struct p2p_function *), deepest_first);
	count_below(counter, functions, count, n);
	for (size_t i = 0; i < eval->root_count; i++)
		add_pairs(counter, P2P_RELATION_PHB,
			  decide_apart(eval, eval->roots[i].listed_same),
			  counter->below_bridge[i] * counter->below_bridge[i]);
	count_bridges(counter, functions, count);
	/* Add all pairs with an orphan; those below one topmost function were subtracted before. */
	n = count - counter->orphans;
	add_lost(counter, (uint64_t)count * count - (uint64_t)n * n);
	return 0;
}

int p2p_eval_summary(const struct p2p_eval *eval, const struct p2p_function *const *functions,
		      size_t count, struct p2p_summary *ret_summary)
{
	struct p2p_arena arena = { 0 };
	struct p2p_summary summary = { 0 };
	struct counter counter = {
		.eval = eval, .arena = &arena, .summary = &summary,
		.bridges = p2p_arena_alloc(&arena, eval->functions *
					   sizeof(const struct p2p_function *)),
		.place = p2p_arena_alloc(&arena, eval->functions * sizeof(*counter.place)),
		.below_bridge = p2p_arena_alloc(&arena, eval->root_count * sizeof(uint64_t)),
		.corners = p2p_arena_alloc(&arena, count * sizeof(*counter.corners)),
	};
	int error = -ENOMEM;

	if (counter.bridges && counter.place && counter.below_bridge && counter.corners)
		error = count_all(&counter, functions, count);
	if (!error)
		*ret_summary = summary;
	p2p_arena_free(&arena);
	return error;
}

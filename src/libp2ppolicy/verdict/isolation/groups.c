/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Groups functions that give equal answers.
 *
 * Two functions can give equal answers only if each is the only one of the list in its branch below the place
 * where their paths meet: another one in the branch of the first would be closer to the first than to the
 * second.  So each function goes up to the top of the highest branch that it has to itself; what a verdict
 * depends on along that branch is its key, and functions with equal keys below one place form a group.  From
 * that place upwards their paths are the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "verdict/eval.h"

/* Bits of struct key.flags. */
enum {
	REDIRECT = 0x01, UNREAD = 0x02,			/* anywhere in the branch */
	OWN_REDIRECT = 0x04, OWN_UNREAD = 0x08,		/* of the function itself */
	BLOCKS = 0x10, BLOCKS_UNREAD = 0x20,		/* translated requests */
	NODE_KNOWN = 0x40, ORPHAN = 0x80,
};

/*
 * Everything in the branch that a verdict depends on.  @place is where the paths meet: a function, a host
 * bridge or the evaluator (for the machine); @alone distinguishes a function from all others.
 */
struct key {
	const void *place, *alone;
	int64_t node;
	uint32_t depth, flags;
	uint32_t top_type, top_facts;
	uint16_t top_control, top_kernel_control, top_capability;
	uint16_t listed;
};

struct entry {
	struct key key;
	const struct p2p_function *function;
};

struct p2p_groups {
	struct p2p_group *groups;
	const struct p2p_function **members;
	size_t count;
};

/* How many of the list are in the subtree of each function, and below each host bridge. */
struct census {
	uint32_t *functions, *bridges;
	bool *egress, *bridge_egress;	/* whether an egress vector distinguishes its children */
};

static bool has_egress(const struct p2p_function *function)
{
	return function->acs.fact == P2P_PRESENT && function->acs.control & P2P_ACS_EC;
}

static void census_add(struct census *census, const struct p2p_function *function)
{
	census->bridges[function->host->index]++;
	for (const struct p2p_function *up = function; up; up = up->parent) {
		census->functions[up->index]++;
		if (!has_egress(up))
			continue;
		if (up->parent)
			census->egress[up->parent->index] = true;
		else
			census->bridge_egress[up->host->index] = true;
	}
}

static int census_new(const struct p2p_eval *eval, struct p2p_arena *arena,
		      struct census *ret_census)
{
	struct census census = {
		.functions = p2p_arena_alloc(arena, eval->functions * sizeof(*census.functions)),
		.bridges = p2p_arena_alloc(arena, eval->root_count * sizeof(*census.bridges)),
		.egress = p2p_arena_alloc(arena, eval->functions * sizeof(*census.egress)),
		.bridge_egress = p2p_arena_alloc(arena, eval->root_count *
						 sizeof(*census.bridge_egress)),
	};

	*ret_census = census;
	return census.functions && census.bridges && census.egress && census.bridge_egress ?
	       0 : -ENOMEM;
}

static uint32_t acs_flags(const struct p2p_function *function, uint32_t yes, uint32_t unread)
{
	enum p2p_tri redirects = p2p_acs_redirects(function, P2P_ACS_REDIRECT);

	return redirects == P2P_YES ? yes : redirects == P2P_UNKNOWN ? unread : 0;
}

/* Translation Blocking, as fabric.c evaluates it on the way up. */
static uint32_t blocking_flags(const struct p2p_function *port)
{
	if (port->pcie.fact == P2P_DENIED)
		return BLOCKS_UNREAD;
	if (!p2p_link_is_port(port))
		return 0;
	if (port->acs.fact == P2P_DENIED)
		return BLOCKS_UNREAD;
	return port->acs.fact == P2P_PRESENT && port->acs.control & P2P_ACS_TB ? BLOCKS : 0;
}

static void set_top(struct key *key, const struct p2p_function *top)
{
	const struct p2p_acs *acs = &top->acs;

	key->top_facts = (uint32_t)top->pcie.fact | (uint32_t)acs->fact << 4 |
			 (uint32_t)acs->kernel_fact << 8;
	key->top_type = top->pcie.fact == P2P_PRESENT ? (uint32_t)top->pcie.type : 0;
	key->top_control = acs->fact == P2P_PRESENT ? acs->control : 0;
	key->top_capability = acs->fact == P2P_PRESENT ? acs->capability : 0;
	key->top_kernel_control = acs->kernel_fact == P2P_PRESENT ? acs->kernel_control : 0;
}

/* Set where the branch ends: at a function, a host bridge, or only at the machine. */
static void set_place(struct key *key, const struct p2p_eval *eval, const struct census *census,
		      const struct p2p_function *top)
{
	const struct p2p_bridge_root *root = &eval->roots[top->host->index];
	bool egress = false;

	if (top->parent) {
		key->place = top->parent;
		egress = census->egress[top->parent->index];
	} else if (census->bridges[top->host->index] > 1) {
		key->place = top->host;
		egress = census->bridge_egress[top->host->index];
	} else {
		key->place = eval;
		key->listed = (uint16_t)(root->listed_same << 4 | root->listed);
	}
	if (egress)
		key->alone = top;
}

static void make_key(const struct p2p_eval *eval, const struct census *census,
		     const struct p2p_function *function, struct key *ret_key)
{
	const struct p2p_function *top = function;
	struct key key;

	/* Keys are compared as bytes. */
	memset(&key, 0, sizeof(key));
	key.depth = 1;
	key.flags = acs_flags(function, OWN_REDIRECT | REDIRECT, OWN_UNREAD | UNREAD);
	while (top->parent && census->functions[top->parent->index] == 1) {
		top = top->parent;
		key.depth++;
		key.flags |= acs_flags(top, REDIRECT, UNREAD) | blocking_flags(top);
	}
	if (eval->several_nodes != P2P_NO && function->numa.fact == P2P_PRESENT &&
	    function->numa.value >= 0) {
		key.flags |= NODE_KNOWN;
		key.node = function->numa.value;
	}
	if (function->orphan)
		key.flags |= ORPHAN;
	set_top(&key, top);
	set_place(&key, eval, census, top);
	if (census->functions[function->index] > 1)
		key.alone = function;
	*ret_key = key;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = memcmp(&x->key, &y->key, sizeof(x->key));

	return order ? order : p2p_bdf_compare(x->function->bdf, y->function->bdf);
}

static int compare_groups(const void *a, const void *b)
{
	const struct p2p_group *x = a, *y = b;

	return p2p_bdf_compare(x->members[0]->bdf, y->members[0]->bdf);
}

/* Sort the entries, and start a new group where the key changes. */
static void cut(struct p2p_groups *groups, struct entry *entries, size_t count)
{
	struct p2p_group *group = NULL;

	qsort(entries, count, sizeof(*entries), compare_entries);
	for (size_t i = 0; i < count; i++) {
		groups->members[i] = entries[i].function;
		if (!i || memcmp(&entries[i - 1].key, &entries[i].key, sizeof(struct key)) != 0) {
			group = &groups->groups[groups->count++];
			group->members = &groups->members[i];
		}
		group->count++;
	}
	qsort(groups->groups, groups->count, sizeof(*groups->groups), compare_groups);
}

int p2p_groups_new(const struct p2p_eval *eval, const struct p2p_function *const *functions,
		   size_t count, struct p2p_groups **ret_groups)
{
	struct p2p_groups *groups = calloc(1, sizeof(*groups));
	struct p2p_arena scratch = { 0 };
	struct entry *entries = p2p_arena_alloc(&scratch, count * sizeof(*entries));
	struct census census;
	int error = census_new(eval, &scratch, &census);

	if (groups) {
		groups->groups = calloc(count + 1, sizeof(*groups->groups));
		groups->members = calloc(count + 1, sizeof(const struct p2p_function *));
	}
	if (error < 0 || !entries || !groups || !groups->groups || !groups->members) {
		error = -ENOMEM;
		p2p_groups_free(groups);
		goto out;
	}
	for (size_t i = 0; i < count; i++)
		census_add(&census, functions[i]);
	for (size_t i = 0; i < count; i++) {
		entries[i].function = functions[i];
		make_key(eval, &census, functions[i], &entries[i].key);
	}
	cut(groups, entries, count);
	*ret_groups = groups;
out:
	p2p_arena_free(&scratch);
	return error;
}

struct p2p_groups *p2p_groups_free(struct p2p_groups *groups)
{
	if (groups) {
		free(groups->groups);
		free(groups->members);
	}
	free(groups);
	return NULL;
}

const struct p2p_group *p2p_groups_at(const struct p2p_groups *groups, size_t index)
{
	return index < groups->count ? &groups->groups[index] : NULL;
}

size_t p2p_groups_count(const struct p2p_groups *groups)
{
	return groups->count;
}

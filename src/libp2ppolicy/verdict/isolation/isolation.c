/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * IOMMU groups.  The kernel assigns each function a group when it finds it, a bridge before what is below it:
 * an existing group that the rules demand, or else a new one.  drivers/iommu/iommu.c, pci_device_group().
 *  Everything unknown is assumed once to be isolated and once not to be; a group is known if both give it the
 * same members, since more isolation never joins groups.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/isolation.h>

#include "base/arena.h"
#include "base/context.h"
#include "verdict/isolation/isolated.h"

#define NO_GROUP SIZE_MAX

/**
 * struct traits - the relevant properties of one function.
 * @takes_over, @isolated: as in isolated.h
 * @has_alias: as in isolated.h
 * @covered: whether an IOMMU is responsible for it
 */
struct traits {
	enum p2p_tri isolated, takes_over, multifunction;
	bool has_alias, covered;
};

/**
 * struct p2p_isolation - the two assumptions about what is not known, and what both agree on.
 * @order: functions in the order in which they get groups
 * @group: by index of the function, if unknown counts as isolated
 * @coarse: likewise, if it does not
 * @members: all functions by group, groups by first member; group n is from @start[n] to @start[n + 1]
 * @number: by index, NO_GROUP if not known or if there is none
 */
struct p2p_isolation {
	const struct p2p_topology *topology;
	struct traits *traits;
	const struct p2p_function **order, **members;
	struct p2p_isolation_cause *causes;
	size_t *group, *coarse, *start, *number;
	size_t groups;
	bool any_alias;
	struct p2p_arena arena;
};

/**
 * struct pass - one assumption about what is not known.
 * @unknown: what an unknown isolation counts as
 * @seen: devfns already visited, like the kernel's bitmap
 */
struct pass {
	const struct p2p_isolation *isolation;
	enum p2p_tri unknown;
	size_t *group;
	size_t next;
	struct p2p_isolation_cause cause, *causes;
	uint32_t seen[8];
};

static const struct traits *traits_of(const struct pass *pass, const struct p2p_function *function)
{
	return &pass->isolation->traits[function->index];
}

static bool is_isolated(const struct pass *pass, const struct p2p_function *function)
{
	enum p2p_tri isolated = traits_of(pass, function)->isolated;

	return (isolated == P2P_UNKNOWN ? pass->unknown : isolated) == P2P_YES;
}

/* Does a property tie functions together, or count as if it did because it is unknown? */
static bool ties(const struct pass *pass, enum p2p_tri answer)
{
	return answer == P2P_UNKNOWN ? pass->unknown == P2P_NO : answer == P2P_YES;
}

static bool is_one_alias(const struct pass *pass, const struct p2p_function *a,
			 const struct p2p_function *b)
{
	return traits_of(pass, a)->has_alias && ties(pass, p2p_is_alias(a, b));
}

/* The group that a function already has, NO_GROUP if none; records why another would join it. */
static size_t group_of(struct pass *pass, const struct p2p_function *function,
		       enum p2p_grouping grouping, const struct p2p_function *at)
{
	size_t group = pass->group[function->index];

	if (group != NO_GROUP)
		pass->cause = (struct p2p_isolation_cause){ grouping, at, function, 0 };
	return group;
}

/* The siblings of a function; those with its bus number are on the same bus. */
static const struct p2p_function *const *beside(const struct p2p_function *function,
						size_t *ret_count)
{
	const struct p2p_function *up = function->parent;

	*ret_count = up ? up->child_count : function->host->roots;
	return up ? up->children : function->host->root;
}

/* The first function on the way to the root that is not isolated; NULL if all are. */
static const struct p2p_function *find_leak(const struct pass *pass,
					    const struct p2p_function *bridge)
{
	for (; bridge; bridge = bridge->parent)
		if (!is_isolated(pass, bridge))
			return bridge;
	return NULL;
}

static size_t group_by_slot(struct pass *pass, const struct p2p_function *function);

/* get_pci_alias_group() */
static size_t group_by_alias(struct pass *pass, const struct p2p_function *function,
			     enum p2p_grouping grouping, const struct p2p_function *at)
{
	const struct p2p_function *const *others;
	uint32_t bit = 1u << (function->bdf.devfn & 31);
	size_t group, count;

	if (pass->seen[function->bdf.devfn >> 5] & bit)
		return NO_GROUP;
	pass->seen[function->bdf.devfn >> 5] |= bit;
	group = group_of(pass, function, grouping, at);
	if (group != NO_GROUP || !pass->isolation->any_alias)
		return group;
	others = beside(function, &count);
	for (size_t i = 0; i < count && group == NO_GROUP; i++) {
		const struct p2p_function *other = others[i];

		if (other == function || other->bdf.bus != function->bdf.bus ||
		    (!is_one_alias(pass, function, other) && !is_one_alias(pass, other, function)))
			continue;
		at = traits_of(pass, function)->has_alias ? function : other;
		group = group_by_alias(pass, other, P2P_GROUPING_ALIAS, at);
		if (group == NO_GROUP)
			group = group_by_slot(pass, other);
	}
	return group;
}

/* get_pci_function_alias_group() */
static size_t group_by_slot(struct pass *pass, const struct p2p_function *function)
{
	const struct p2p_function *const *others;
	size_t group = NO_GROUP, count;

	if (!ties(pass, traits_of(pass, function)->multifunction) || is_isolated(pass, function))
		return NO_GROUP;
	others = beside(function, &count);
	for (size_t i = 0; i < count && group == NO_GROUP; i++) {
		const struct p2p_function *other = others[i];

		if (other != function && other->bdf.bus == function->bdf.bus &&
		    other->bdf.devfn >> 3 == function->bdf.devfn >> 3 && !is_isolated(pass, other))
			group = group_by_alias(pass, other, P2P_GROUPING_SLOT, function);
	}
	return group;
}

/*
 * Go up to the last bridge that replaces requester IDs by its own.  Return: the group of the first one that
 * has a group.
 */
static size_t group_by_bridge(struct pass *pass, const struct p2p_function **function)
{
	const struct p2p_function *endpoint = (*function)->host->behind, *bridge;
	size_t group;

	if ((*function)->host->vmd && endpoint) {
		*function = endpoint;
		group = group_of(pass, endpoint, P2P_GROUPING_VMD, endpoint);
		if (group != NO_GROUP)
			return group;
	}
	for (bridge = (*function)->parent; bridge; bridge = bridge->parent) {
		if (p2p_stops_aliases(bridge))
			break;
		if (!ties(pass, traits_of(pass, bridge)->takes_over))
			continue;
		*function = bridge;
		group = group_of(pass, bridge, P2P_GROUPING_BUS, bridge);
		if (group != NO_GROUP)
			return group;
	}
	return NO_GROUP;
}

/* pci_device_group() */
static size_t find_group(struct pass *pass, const struct p2p_function *function)
{
	size_t group = group_by_bridge(pass, &function);

	for (const struct p2p_function *up = function->parent; up && group == NO_GROUP;
	     up = up->parent) {
		const struct p2p_function *leak = find_leak(pass, up);

		if (!leak)
			break;
		function = up;
		group = group_of(pass, up, p2p_acs_missing(leak) ? P2P_GROUPING_ACS_OFF :
				 P2P_GROUPING_NO_ACS, leak);
		if (group != NO_GROUP)
			pass->cause.missing = p2p_acs_missing(leak);
	}
	memset(pass->seen, 0, sizeof(pass->seen));
	if (group == NO_GROUP)
		group = group_by_alias(pass, function, P2P_GROUPING_ALIAS, function);
	if (group == NO_GROUP)
		group = group_by_slot(pass, function);
	if (group == NO_GROUP) {
		pass->cause = (struct p2p_isolation_cause){ P2P_GROUPING_ALONE, NULL, NULL, 0 };
		group = pass->next++;
	}
	return group;
}

static void run(struct pass *pass)
{
	const struct p2p_isolation *isolation = pass->isolation;
	size_t count = p2p_topology_count(isolation->topology);

	for (size_t i = 0; i < count; i++)
		pass->group[i] = NO_GROUP;
	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = isolation->order[i];

		if (!traits_of(pass, function)->covered)
			continue;
		pass->group[function->index] = find_group(pass, function);
		if (pass->causes)
			pass->causes[function->index] = pass->cause;
	}
}

/*
 * If there is no IOMMU yet, it is not known which functions one would leave out, except for AMD's: the
 * IOMMU's own PCI function, which the firmware's table does not include, and the root complex, which has no
 * group on any Zen machine seen: there the table starts after it.
 */
static bool is_left_out(const struct p2p_function *function)
{
	return function->class_code >> 8 == 0x0806 || p2p_is_zen_root(function);
}

static bool is_covered(const struct p2p_machine *machine, const struct p2p_function *function)
{
	if (machine->iommu == P2P_YES && function->iommu_group.fact == P2P_ABSENT)
		return false;
	if (function->iommu_group.fact != P2P_PRESENT && !function->had_group &&
	    is_left_out(function))
		return false;
	return machine->iommu != P2P_NO;
}

static void set_traits(struct p2p_isolation *isolation, const struct p2p_machine *machine,
		       const struct p2p_function *function)
{
	struct traits *traits = &isolation->traits[function->index];

	traits->isolated = p2p_is_isolated(machine, function);
	traits->multifunction = p2p_is_multifunction(function);
	traits->takes_over = p2p_takes_over(machine, function);
	traits->has_alias = p2p_has_alias(function);
	traits->covered = is_covered(machine, function);
	isolation->any_alias |= traits->has_alias;
}

/* Bridges come before what is below them, VFs after other functions of that depth, VMD domains last. */
static int compare_order(const void *a, const void *b)
{
	const struct p2p_function *left = *(const struct p2p_function *const *)a;
	const struct p2p_function *right = *(const struct p2p_function *const *)b;

	if (left->host->vmd != right->host->vmd)
		return left->host->vmd ? 1 : -1;
	if (left->depth != right->depth)
		return left->depth < right->depth ? -1 : 1;
	if (!left->physfn != !right->physfn)
		return left->physfn ? 1 : -1;
	return (left->index > right->index) - (left->index < right->index);
}

/* Is some chain not completely known?  Then any functions of its domain may be tied together. */
static bool is_lost(const struct p2p_topology *topology, const struct p2p_function *function)
{
	size_t count = p2p_topology_count(topology);

	if (p2p_topology_machine(topology)->iommu == P2P_UNKNOWN)
		return true;
	for (size_t i = 0; i < p2p_topology_host_bridges(topology); i++)
		if (p2p_topology_host_bridge(topology, i)->vmd &&
		    !p2p_topology_host_bridge(topology, i)->behind)
			return true;
	for (size_t i = 0; i < count; i++)
		if (p2p_topology_function(topology, i)->orphan &&
		    p2p_topology_function(topology, i)->bdf.domain == function->bdf.domain)
			return true;
	return false;
}

/*
 * A group is known if the coarse one that contains its members has no others.
 * @tally: zeroed, three elements per function
 */
static void number_known(struct p2p_isolation *isolation, size_t *tally)
{
	size_t count = p2p_topology_count(isolation->topology);
	size_t *fine = tally, *coarse = tally + count, *number = tally + 2 * count;
	bool lost = false;

	for (size_t i = 0; i < count; i++) {
		isolation->number[i] = NO_GROUP;
		number[i] = NO_GROUP;
		if (isolation->group[i] == NO_GROUP)
			continue;
		fine[isolation->group[i]]++;
		coarse[isolation->coarse[i]]++;
	}
	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = p2p_topology_function(isolation->topology, i);
		size_t group = isolation->group[i];

		/* One answer per domain; functions are sorted by domain. */
		if (!i || function->bdf.domain !=
			  p2p_topology_function(isolation->topology, i - 1)->bdf.domain)
			lost = is_lost(isolation->topology, function);
		if (group == NO_GROUP || lost || fine[group] != coarse[isolation->coarse[i]])
			continue;
		if (number[group] == NO_GROUP)
			number[group] = isolation->groups++;
		isolation->number[i] = number[group];
	}
}

/* List members by group: count, allot, then fill.  Functions are in BDF order, so each group is, too. */
static void list_members(struct p2p_isolation *isolation)
{
	size_t count = p2p_topology_count(isolation->topology), *start = isolation->start;

	for (size_t i = 0; i < count; i++)
		if (isolation->number[i] != NO_GROUP)
			start[isolation->number[i] + 2]++;
	for (size_t group = 0; group < isolation->groups; group++)
		start[group + 2] += start[group + 1];
	for (size_t i = 0; i < count; i++)
		if (isolation->number[i] != NO_GROUP)
			isolation->members[start[isolation->number[i] + 1]++] =
				p2p_topology_function(isolation->topology, i);
}

static bool allocate(struct p2p_isolation *isolation, size_t count)
{
	const size_t pointers = count * sizeof(const struct p2p_function *);
	struct p2p_arena *arena = &isolation->arena;

	isolation->traits = p2p_arena_alloc(arena, count * sizeof(*isolation->traits));
	isolation->causes = p2p_arena_alloc(arena, count * sizeof(*isolation->causes));
	isolation->order = p2p_arena_alloc(arena, pointers);
	isolation->members = p2p_arena_alloc(arena, pointers);
	isolation->group = p2p_arena_alloc(arena, count * sizeof(size_t));
	isolation->coarse = p2p_arena_alloc(arena, count * sizeof(size_t));
	isolation->number = p2p_arena_alloc(arena, count * sizeof(size_t));
	isolation->start = p2p_arena_alloc(arena, (count + 2) * sizeof(size_t));
	return isolation->traits && isolation->causes && isolation->order && isolation->members &&
	       isolation->group && isolation->coarse && isolation->number && isolation->start;
}

static int predict(struct p2p_isolation *isolation)
{
	const struct p2p_topology *topology = isolation->topology;
	const struct p2p_machine *machine = p2p_topology_machine(topology);
	size_t count = p2p_topology_count(topology), *tally;
	struct pass fine = { .isolation = isolation, .unknown = P2P_YES, .group = isolation->group,
			     .causes = isolation->causes };
	struct pass coarse = { .isolation = isolation, .unknown = P2P_NO,
			       .group = isolation->coarse };

	tally = calloc(3 * count + 1, sizeof(*tally));
	if (!tally)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		isolation->order[i] = p2p_topology_function(topology, i);
		set_traits(isolation, machine, isolation->order[i]);
	}
	qsort(isolation->order, count, sizeof(const struct p2p_function *), compare_order);
	run(&fine);
	run(&coarse);
	number_known(isolation, tally);
	list_members(isolation);
	free(tally);
	return 0;
}

int p2p_isolation_new(struct p2p_context *context, const struct p2p_topology *topology,
		      struct p2p_isolation **ret_isolation)
{
	struct p2p_isolation *isolation = calloc(1, sizeof(*isolation));

	if (isolation)
		isolation->topology = topology;
	if (!isolation || !allocate(isolation, p2p_topology_count(topology)) ||
	    predict(isolation) < 0) {
		p2p_isolation_free(isolation);
		return p2p_error(context, -ENOMEM, "out of memory");
	}
	*ret_isolation = isolation;
	return 0;
}

struct p2p_isolation *p2p_isolation_free(struct p2p_isolation *isolation)
{
	if (isolation)
		p2p_arena_free(&isolation->arena);
	free(isolation);
	return NULL;
}

struct p2p_number p2p_isolation_group(const struct p2p_isolation *isolation,
				      const struct p2p_function *function)
{
	size_t number = isolation->number[function->index];

	if (!isolation->traits[function->index].covered)
		return (struct p2p_number){ P2P_ABSENT, 0 };
	if (number == NO_GROUP)
		return (struct p2p_number){ P2P_DENIED, 0 };
	return (struct p2p_number){ P2P_PRESENT, (int64_t)number };
}

size_t p2p_isolation_groups(const struct p2p_isolation *isolation)
{
	return isolation->groups;
}

size_t p2p_isolation_count(const struct p2p_isolation *isolation, size_t group)
{
	return group < isolation->groups ? isolation->start[group + 1] - isolation->start[group] : 0;
}

const struct p2p_function *p2p_isolation_at(const struct p2p_isolation *isolation, size_t group,
					    size_t index)
{
	return index < p2p_isolation_count(isolation, group) ?
	       isolation->members[isolation->start[group] + index] : NULL;
}

struct p2p_isolation_cause
p2p_isolation_cause(const struct p2p_isolation *isolation, const struct p2p_function *function)
{
	struct p2p_isolation_cause unknown = { P2P_GROUPING_UNKNOWN, NULL, NULL, 0 };
	struct p2p_number group = p2p_isolation_group(isolation, function);

	if (group.fact == P2P_PRESENT)
		return isolation->causes[function->index];
	if (group.fact == P2P_ABSENT)
		return (struct p2p_isolation_cause){ P2P_GROUPING_ALONE, NULL, NULL, 0 };
	for (; function && !unknown.at; function = function->parent)
		if (isolation->traits[function->index].isolated == P2P_UNKNOWN ||
		    isolation->traits[function->index].takes_over == P2P_UNKNOWN)
			unknown.at = function;
	return unknown;
}

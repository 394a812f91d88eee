/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a change of registers costs: IOMMU groups as the kernel would form them, before and after. */
#include <errno.h>
#include <stdlib.h>

#include "commands/fix/fix.h"

struct sides {
	const struct p2p_topology *topology;
	struct p2p_isolation *before, *after;
};

/* How many groups before the change had members of this group after the change; 0 if unknown. */
static size_t count_parts(const struct sides *sides, const struct fix_group *group)
{
	size_t parts = 0;

	for (size_t i = 0; i < group->count; i++) {
		struct p2p_number own = p2p_isolation_group(sides->before, group->members[i]);
		bool seen = false;

		if (own.fact != P2P_PRESENT)
			return 0;
		for (size_t j = 0; j < i && !seen; j++)
			seen = p2p_isolation_group(sides->before, group->members[j]).value ==
			       own.value;
		parts += !seen;
	}
	return parts;
}

/* Was there exactly the same group before? */
static bool is_same(const struct sides *sides, const struct fix_group *group)
{
	struct p2p_number own = p2p_isolation_group(sides->before, group->members[0]);

	return group->parts == 1 &&
	       p2p_isolation_count(sides->before, (size_t)own.value) == group->count;
}

static int add_group(const struct sides *sides, struct fix *fix, size_t index)
{
	struct fix_group group = { .count = p2p_isolation_count(sides->after, index) };

	group.members = calloc(group.count + 1, sizeof(struct p2p_function *));
	if (!group.members)
		return -ENOMEM;
	for (size_t i = 0; i < group.count; i++)
		group.members[i] = p2p_topology_function(sides->topology,
							 p2p_isolation_at(sides->after, index,
									  i)->index);
	group.parts = count_parts(sides, &group);
	if (is_same(sides, &group))
		free(group.members);
	else
		fix->groups[fix->group_count++] = group;
	return 0;
}

static int compare(const struct sides *sides, struct fix *fix)
{
	size_t count = p2p_isolation_groups(sides->after);
	int r = 0;

	fix->groups = calloc(count + 1, sizeof(*fix->groups));
	if (!fix->groups)
		return -ENOMEM;
	fix->groups_before = p2p_isolation_groups(sides->before);
	fix->groups_after = count;
	for (size_t i = 0; i < count && !r; i++)
		r = add_group(sides, fix, i);
	return r;
}

static void find_together(const struct sides *sides, struct fix *fix)
{
	const struct p2p_advised *advised;

	for (size_t i = 0; (advised = p2p_advice_pair(fix->advice, i)); i++) {
		struct p2p_number a = p2p_isolation_group(sides->after, advised->after.provider);
		struct p2p_number b = p2p_isolation_group(sides->after, advised->after.client);

		if (a.fact == P2P_PRESENT && b.fact == P2P_PRESENT)
			fix->together[i] = a.value == b.value ? P2P_YES : P2P_NO;
	}
}

int fix_groups_find(struct app *app, struct fix *fix)
{
	struct sides sides = { .topology = app->topology };
	int r = p2p_isolation_new(app->context, app->topology, &sides.before);

	if (!r)
		r = p2p_isolation_new(app->context, p2p_advice_changed(fix->advice),
				      &sides.after);
	if (!r)
		r = compare(&sides, fix);
	if (!r)
		find_together(&sides, fix);
	p2p_isolation_free(sides.before);
	p2p_isolation_free(sides.after);
	return r;
}

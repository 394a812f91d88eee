/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds functions whose pairs need not be evaluated again.  The answer for a pair depends on both functions, on
 * what is above and beside them below the root bus, on their host bridges, and on the machine as a whole.
 * A change in any fact of these counts, even if no answer depends on that fact.
 */
#include <errno.h>
#include <stdlib.h>

#include <p2ppolicy/facts.h>

#include "policy/diff/diff.h"
#include "verdict/eval.h"

static bool is_same(const struct p2p_function *was, const struct p2p_function *is)
{
	return is && !p2p_bdf_compare(was->bdf, is->bdf) && p2p_facts_same(p2p_function_rows, was, is) &&
	       p2p_diff_software(0, was) == p2p_diff_software(0, is);
}

/* The partner of @is, or else of the nearest function above it that has one. */
static const struct p2p_function *last_known(const struct p2p_diff *diff, const struct p2p_function *is)
{
	while (is && !diff->after.partner[is->index])
		is = is->parent;
	return is ? diff->after.partner[is->index] : NULL;
}

/* Set @changed, by index of the function on the root bus, if it or something below it changed. */
static void find_changed(const struct p2p_diff *diff, bool *changed)
{
	const struct p2p_function *was;

	for (size_t i = 0; (was = p2p_topology_function(diff->before.topology, i)); i++)
		if (!is_same(was, diff->before.partner[i]))
			changed[p2p_function_top(was)->index] = true;
	for (size_t i = 0; i < diff->after.count; i++) {
		if (diff->after.partner[i])
			continue;
		was = last_known(diff, p2p_topology_function(diff->after.topology, i));
		if (was)
			changed[p2p_function_top(was)->index] = true;
	}
}

int p2p_diff_settled(const struct p2p_diff *diff, bool *settled)
{
	bool *changed = calloc(diff->before.count + 1, sizeof(*changed));
	const struct p2p_function *was, *is;

	if (!changed)
		return -ENOMEM;
	if (p2p_eval_same(diff->before.eval, diff->after.eval)) {
		find_changed(diff, changed);
		for (size_t i = 0; (was = p2p_topology_function(diff->before.topology, i)); i++) {
			is = diff->before.partner[i];
			settled[i] = is && !changed[p2p_function_top(was)->index] &&
				     p2p_eval_same_host(diff->before.eval, was->host, diff->after.eval, is->host);
		}
	}
	free(changed);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folding tree as lines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/filter.h"
#include "view/rows.h"

static int add_fold(struct branches *branches, struct p2p_bdf bdf)
{
	struct p2p_bdf *fold = p2p_more(branches->folds, branches->fold_count);

	if (!fold)
		return -ENOMEM;
	*fold = bdf;
	branches->fold_count++;
	return 0;
}

static int set_fold(struct branches *branches, struct p2p_bdf bdf, bool folded)
{
	size_t kept = 0;

	for (size_t i = 0; i < branches->fold_count; i++)
		if (p2p_bdf_compare(branches->folds[i], bdf))
			branches->folds[kept++] = branches->folds[i];
	branches->fold_count = kept;
	return folded ? add_fold(branches, bdf) : 0;
}

/* Chooses the functions that take part; or, with classes or a filter, those that match and the bridges above them. */
static int choose_shown(struct growth *growth, const struct machine *machine, const struct state *state)
{
	bool chosen = state->clients || *state->filter;
	const struct p2p_function *at;

	if (!chosen && state->all)
		return 0;
	growth->shown = calloc(p2p_topology_count(growth->topology) + 1, sizeof(bool));
	if (!growth->shown)
		return -ENOMEM;
	for (size_t i = 0; (at = p2p_topology_function(growth->topology, i)); i++) {
		if (!chosen)
			growth->shown[i] = machine_mark(machine, at->bdf) != MARK_NONE;
		else if ((!state->clients || state->clients >> at->kind & 1u) &&
			 filter_takes(state->filter, at))
			for (; at && !growth->shown[at->index]; at = at->parent)
				growth->shown[at->index] = true;
	}
	if (!chosen)
		tree_show_busy(growth);
	return 0;
}

/* Functions that are gone have no place in the tree any more, so they are listed below it for a while. */
static void add_gone(struct branches *branches, const struct machine *machine)
{
	for (size_t i = 0; i < machine->event_count; i++) {
		if (machine->events[i].mark != MARK_WENT)
			continue;
		branches->lines[branches->count] = (struct branch){
			.gone = &machine->events[i], .parent = branches->count, .last = true,
		};
		branches->count++;
	}
}

/* With a filter nothing is folded, so that all matches are visible. */
int branches_build(struct branches *branches, const struct machine *machine,
		   const struct state *state)
{
	const struct p2p_topology *topology = machine->shown.topology;
	struct growth growth = {
		.topology = topology, .folds = branches->folds, .wide = strlen("TREE"),
		.fold_count = *state->filter ? 0 : branches->fold_count,
		.lines = calloc(tree_room(topology) + machine->event_count, sizeof(struct branch)),
	};
	int error = growth.lines ? choose_shown(&growth, machine, state) : -ENOMEM;

	if (error) {
		free(growth.lines);
		return error;
	}
	tree_grow(&growth);
	free(growth.shown);
	free(branches->lines);
	branches->lines = growth.lines;
	branches->count = growth.count;
	branches->wide = growth.wide;
	add_gone(branches, machine);
	return 0;
}

void branches_forget(struct branches *branches)
{
	free(branches->lines);
	branches->lines = NULL;
	branches->count = 0;
}

void branches_free(struct branches *branches)
{
	free(branches->lines);
	free(branches->folds);
	*branches = (struct branches){ 0 };
}

static int fold_all(struct branches *branches, const struct p2p_topology *topology)
{
	const struct p2p_function *function;
	int error = 0;

	for (size_t i = 0; i < p2p_topology_host_bridges(topology) && !error; i++)
		error = add_fold(branches, tree_host_address(p2p_topology_host_bridge(topology, i)));
	for (size_t i = 0; !error && (function = p2p_topology_function(topology, i)); i++)
		error = function->child_count ? add_fold(branches, function->bdf) : 0;
	return error;
}

/* Does the function, or one below it, take part? */
static bool is_busy(const struct p2p_function *function)
{
	bool busy = p2p_function_takes_part(function);

	for (size_t i = 0; i < function->child_count && !busy; i++)
		busy = is_busy(function->children[i]);
	return busy;
}

int branches_fold_idle(struct branches *branches, const struct p2p_topology *topology)
{
	int error = 0;

	for (size_t i = 0; i < p2p_topology_host_bridges(topology) && !error; i++) {
		const struct p2p_host_bridge *host = p2p_topology_host_bridge(topology, i);
		bool busy = false;

		for (size_t n = 0; n < host->roots && !error; n++) {
			busy |= is_busy(host->root[n]);
			if (host->root[n]->child_count && !is_busy(host->root[n]))
				error = set_fold(branches, host->root[n]->bdf, true);
		}
		if (!busy && !error)
			error = set_fold(branches, tree_host_address(host), true);
	}
	return error;
}

int branches_fold(struct branches *branches, const struct machine *machine, enum effect effect,
		  size_t at)
{
	const struct branch *line = &branches->lines[at];

	if (effect != EFFECT_FOLD_ALL)
		return set_fold(branches, line->function ? line->function->bdf :
				tree_host_address(line->host), effect == EFFECT_FOLD);
	if (!branches->fold_count)
		return fold_all(branches, machine->shown.topology);
	branches->fold_count = 0;
	return 0;
}

void branches_show(struct branches *branches, const struct p2p_function *function)
{
	set_fold(branches, tree_host_address(function->host), false);
	for (function = function->parent; function; function = function->parent)
		set_fold(branches, function->bdf, false);
}

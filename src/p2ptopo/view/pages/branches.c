/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folding tree as lines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands/tree.h"
#include "view/filter.h"
#include "view/rows.h"

/**
 * struct growth - the lines while they are made.
 * @shown: by index of function; NULL all
 * @open: nothing is folded: what a filter found is not to be looked for
 * @counts: what is not shown takes no part, and is counted
 */
struct growth {
	struct branches *branches;
	const struct machine *machine;
	bool *shown, open, counts;
};

/* Device 1f.7 of a root bus stands for its host bridge; nothing below it can be folded. */
static struct p2p_bdf address_of_host(const struct p2p_host_bridge *host)
{
	return (struct p2p_bdf){ host->domain, host->bus, 0xff };
}

static bool is_folded(const struct branches *branches, struct p2p_bdf bdf)
{
	for (size_t i = 0; i < branches->fold_count; i++)
		if (!p2p_bdf_compare(branches->folds[i], bdf))
			return true;
	return false;
}

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

static bool is_shown(const struct growth *growth, const struct p2p_function *function)
{
	return !growth->shown || growth->shown[function->index];
}

/* Index of the last one shown of a bus; @count when none is. */
static size_t last_shown(const struct growth *growth, const struct p2p_function *const *bus,
			 size_t count)
{
	for (size_t i = count; i-- > 0;)
		if (is_shown(growth, bus[i]))
			return i;
	return count;
}

static size_t count_hidden(const struct growth *growth, const struct p2p_function *const *bus,
			   size_t count)
{
	size_t hidden = 0;

	for (size_t i = 0; i < count && growth->counts; i++)
		hidden += !is_shown(growth, bus[i]);
	return hidden;
}

static bool has_lines(const struct growth *growth, const struct p2p_function *const *bus, size_t count)
{
	return growth->counts ? count > 0 : last_shown(growth, bus, count) < count;
}

static void add_bus(struct growth *growth, size_t parent, const struct p2p_function *const *bus,
		    size_t count, size_t depth)
{
	struct branches *branches = growth->branches;
	size_t hidden = count_hidden(growth, bus, count);
	size_t last = hidden ? count : last_shown(growth, bus, count);

	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = bus[i];
		size_t at = branches->count;
		char bdf[P2P_BDF_SIZE];
		size_t wide;

		if (!is_shown(growth, function))
			continue;
		branches->lines[branches->count++] = (struct branch){
			.host = function->host, .function = function, .parent = parent,
			.last = i == last, .folded = !growth->open && is_folded(branches, function->bdf),
			.foldable = has_lines(growth, function->children, function->child_count),
		};
		wide = strlen(p2p_bdf_format(function->bdf, bdf)) + 2 * depth;
		if (wide > branches->wide)
			branches->wide = wide;
		if (!branches->lines[at].folded)
			add_bus(growth, at, function->children, function->child_count, depth + 1);
	}
	if (hidden)
		branches->lines[branches->count++] = (struct branch){
			.host = branches->lines[parent].host, .parent = parent, .last = true,
			.counted = hidden,
		};
}

static void add_host(struct growth *growth, const struct p2p_host_bridge *host)
{
	struct branches *branches = growth->branches;
	struct branch line = { .host = host, .parent = branches->count, .foldable = true };

	if (!has_lines(growth, host->root, host->roots))
		return;
	line.folded = !growth->open && is_folded(branches, address_of_host(host));
	if (strlen(host->name) > branches->wide)
		branches->wide = strlen(host->name);
	branches->lines[branches->count++] = line;
	if (!line.folded)
		add_bus(growth, line.parent, host->root, host->roots, 1);
}

/* A line that counts one may as well be its own. */
static void show_lonely(struct growth *growth, const struct p2p_function *function)
{
	const struct p2p_function *const *bus = function->parent ? function->parent->children :
								   function->host->root;
	size_t count = function->parent ? function->parent->child_count : function->host->roots;

	if (count_hidden(growth, bus, count) == 1)
		growth->shown[function->index] = true;
}

/* All but those that are only counted, on a machine where others take part. */
static void choose_busy(struct growth *growth, const struct p2p_topology *topology)
{
	size_t count = p2p_topology_count(topology);

	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);

		growth->shown[i] = !tree_counts(function) ||
				   machine_mark(growth->machine, function->bdf) != MARK_NONE;
		growth->counts |= p2p_function_takes_part(function);
	}
	for (size_t i = 0; i < count; i++)
		if (!growth->shown[i])
			show_lonely(growth, p2p_topology_function(topology, i));
	if (growth->counts)
		return;
	free(growth->shown);
	growth->shown = NULL;
}

/* Those of the classes that match the filter, and the bridges above them. */
static int choose_shown(struct growth *growth, const struct state *state)
{
	const struct p2p_topology *topology = growth->machine->shown.topology;
	size_t count = p2p_topology_count(topology);

	growth->open = *state->filter;
	if (!state->clients && !*state->filter && state->all)
		return 0;
	growth->shown = calloc(count + 1, sizeof(bool));
	if (!growth->shown)
		return -ENOMEM;
	if (!state->clients && !*state->filter) {
		choose_busy(growth, topology);
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *at = p2p_topology_function(topology, i);

		if ((!state->clients || state->clients >> at->kind & 1u) &&
		    filter_takes(state->filter, at))
			for (; at && !growth->shown[at->index]; at = at->parent)
				growth->shown[at->index] = true;
	}
	return 0;
}

/* What is gone has no place in the tree any more; it stands below it for a while. */
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

int branches_build(struct branches *branches, const struct machine *machine,
		   const struct state *state)
{
	const struct p2p_topology *topology = machine->shown.topology;
	struct growth growth = { .branches = branches, .machine = machine };
	size_t hosts = p2p_topology_host_bridges(topology);
	/* Each bus may have one line that counts. */
	size_t room = 2 * (p2p_topology_count(topology) + hosts) + machine->event_count + 1;
	struct branch *lines = calloc(room, sizeof(*lines));
	int error = lines ? choose_shown(&growth, state) : -ENOMEM;

	if (error) {
		free(lines);
		return error;
	}
	free(branches->lines);
	branches->lines = lines;
	branches->count = 0;
	branches->wide = strlen("TREE");
	for (size_t i = 0; i < hosts; i++)
		add_host(&growth, p2p_topology_host_bridge(topology, i));
	add_gone(branches, machine);
	free(growth.shown);
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
		error = add_fold(branches, address_of_host(p2p_topology_host_bridge(topology, i)));
	for (size_t i = 0; !error && (function = p2p_topology_function(topology, i)); i++)
		error = function->child_count ? add_fold(branches, function->bdf) : 0;
	return error;
}

/* Does the function take part, or one below it? */
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
			error = set_fold(branches, address_of_host(host), true);
	}
	return error;
}

int branches_fold(struct branches *branches, const struct machine *machine, enum effect effect,
		  size_t at)
{
	const struct branch *line = &branches->lines[at];

	if (effect != EFFECT_FOLD_ALL)
		return set_fold(branches, line->function ? line->function->bdf :
				address_of_host(line->host), effect == EFFECT_FOLD);
	if (!branches->fold_count)
		return fold_all(branches, machine->shown.topology);
	branches->fold_count = 0;
	return 0;
}

void branches_show(struct branches *branches, const struct p2p_function *function)
{
	set_fold(branches, address_of_host(function->host), false);
	for (function = function->parent; function; function = function->parent)
		set_fold(branches, function->bdf, false);
}

/* Longer than any path: a bus number has one byte, so no more bridges lie above a function. */
#define DEEPEST 260

const char *branch_prefix(const struct branches *branches, size_t at, bool unicode, char *buffer,
			  size_t size)
{
	static const char *const drawn[2][2][2] = {
		{ { "| ", "  " }, { "|-", "`-" } }, { { "│ ", "  " }, { "├─", "└─" } },
	};
	bool last[DEEPEST] = { false };
	size_t depth = 0, used = 0;

	for (; depth < DEEPEST && branches->lines[at].parent != at;
	     at = branches->lines[at].parent)
		last[depth++] = branches->lines[at].last;
	buffer[0] = '\0';
	while (depth-- > 0 && used + 8 < size)
		used += (size_t)snprintf(buffer + used, size - used, "%s",
					 drawn[unicode][depth == 0][last[depth]]);
	return buffer;
}

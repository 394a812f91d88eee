/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "commands/tree_lines.h"

/* Address 1f.7 of a root bus stands for its host bridge. A function at that address could not be folded itself. */
struct p2p_bdf tree_host_address(const struct p2p_host_bridge *host)
{
	return (struct p2p_bdf){ host->domain, host->bus, 0xff };
}

static bool is_folded(const struct growth *growth, struct p2p_bdf bdf)
{
	for (size_t i = 0; i < growth->fold_count; i++)
		if (!p2p_bdf_compare(growth->folds[i], bdf))
			return true;
	return false;
}

static bool is_shown(const struct growth *growth, const struct p2p_function *function)
{
	return !growth->shown || growth->shown[function->index];
}

/* Index of the last function shown on a bus; @count if none is. */
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

static struct branch *add_line(struct growth *growth, const struct branch *line, size_t wide)
{
	if (wide > growth->wide)
		growth->wide = wide;
	growth->lines[growth->count] = *line;
	return &growth->lines[growth->count++];
}

static void add_bus(struct growth *growth, size_t parent, const struct p2p_function *const *bus,
		    size_t count, size_t depth)
{
	const struct p2p_host_bridge *host = growth->lines[parent].host;
	size_t hidden = count_hidden(growth, bus, count);
	size_t last = hidden ? count : last_shown(growth, bus, count);
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = bus[i];
		size_t at = growth->count;

		if (!is_shown(growth, function))
			continue;
		add_line(growth, &(struct branch){
			.host = host, .function = function, .parent = parent, .last = i == last,
			.foldable = has_lines(growth, function->children, function->child_count),
			.folded = is_folded(growth, function->bdf),
		}, strlen(p2p_bdf_format(function->bdf, bdf)) + 2 * depth);
		if (!growth->lines[at].folded)
			add_bus(growth, at, function->children, function->child_count, depth + 1);
	}
	if (hidden)
		add_line(growth, &(struct branch){
			.host = host, .parent = parent, .last = true, .counted = hidden }, 0);
}

void tree_grow(struct growth *growth)
{
	const struct p2p_host_bridge *host;

	for (size_t i = 0; (host = p2p_topology_host_bridge(growth->topology, i)); i++) {
		size_t at = growth->count;

		if (!has_lines(growth, host->root, host->roots))
			continue;
		add_line(growth, &(struct branch){
			.host = host, .parent = at, .foldable = true,
			.folded = is_folded(growth, tree_host_address(host)),
		}, strlen(host->name));
		if (!growth->lines[at].folded)
			add_bus(growth, at, host->root, host->roots, 1);
	}
}

/* Each bus may have one line that counts functions. */
size_t tree_room(const struct p2p_topology *topology)
{
	return 2 * (p2p_topology_count(topology) + p2p_topology_host_bridges(topology)) + 1;
}

bool tree_counts(const struct p2p_function *function)
{
	return !p2p_function_takes_part(function) && !p2p_function_is_bridge(function) &&
	       !function->missing;
}

/* A function that a line would count alone gets its own line instead. */
static void show_lonely(struct growth *growth, const struct p2p_function *function)
{
	const struct p2p_function *const *bus = function->parent ? function->parent->children :
								   function->host->root;
	size_t count = function->parent ? function->parent->child_count : function->host->roots;

	if (count_hidden(growth, bus, count) == 1)
		growth->shown[function->index] = true;
}

void tree_show_busy(struct growth *growth)
{
	const struct p2p_function *function;

	for (size_t i = 0; (function = p2p_topology_function(growth->topology, i)); i++) {
		growth->shown[i] |= !tree_counts(function);
		growth->counts |= p2p_function_takes_part(function);
	}
	for (size_t i = 0; (function = p2p_topology_function(growth->topology, i)); i++) {
		if (!growth->counts)
			growth->shown[i] = true;
		else if (!growth->shown[i])
			show_lonely(growth, function);
	}
}

const char *tree_prefix(const struct branch *lines, size_t at, bool unicode, char text[TREE_PREFIX])
{
	static const char *const drawn[2][2][2] = {
		{ { "| ", "  " }, { "|-", "`-" } }, { { "│ ", "  " }, { "├─", "└─" } },
	};
	bool last[TREE_DEEPEST] = { false };
	size_t depth = 0, used = 0;

	for (; depth < TREE_DEEPEST && lines[at].parent != at; at = lines[at].parent)
		last[depth++] = lines[at].last;
	text[0] = '\0';
	while (depth-- > 0)
		used += (size_t)snprintf(text + used, TREE_PREFIX - used, "%s",
					 drawn[unicode][depth == 0][last[depth]]);
	return text;
}

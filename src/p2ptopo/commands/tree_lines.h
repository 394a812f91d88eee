/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of a machine as lines, for the command and for the viewer. */
#ifndef P2PTOPO_TREE_LINES_H
#define P2PTOPO_TREE_LINES_H

#include "app.h"

struct event;

/**
 * struct branch - one line of the tree: a host bridge, a function below it, or a function that is gone.
 * @counted: if not 0, the line stands for so many functions of a bus that take no part
 * @gone: only in the viewer: a function that is gone
 * @parent: index of the line of the bridge above; its own at the top
 * @last: whether no line of the same bus follows
 * @foldable, @folded: whether there are lines below it, and whether they are hidden
 */
struct branch {
	const struct p2p_host_bridge *host;
	const struct p2p_function *function;
	const struct event *gone;
	size_t parent, counted;
	bool last, foldable, folded;
};

/**
 * struct growth - the lines while they are built.
 * @shown: by function index; NULL for all
 * @counts: whether the functions that are not shown are counted in a line
 * @folds: addresses whose lines are folded; see tree_host_address()
 * @lines: with room for tree_room()
 * @wide: width of the widest line, including its prefix
 */
struct growth {
	const struct p2p_topology *topology;
	bool *shown, counts;
	const struct p2p_bdf *folds;
	size_t fold_count;
	struct branch *lines;
	size_t count, wide;
};

/** tree_counts() - whether the function is only counted, because it takes no part and is not a bridge to one that does. */
bool tree_counts(const struct p2p_function *function);

/** tree_show_busy() - show all functions except those that are only counted; all of them if none takes part. */
void tree_show_busy(struct growth *growth);

/** tree_room() - the greatest possible number of lines. */
size_t tree_room(const struct p2p_topology *topology);

/** tree_grow() - build the lines. */
void tree_grow(struct growth *growth);

/** tree_host_address() - the address that stands for a host bridge among the folds. */
struct p2p_bdf tree_host_address(const struct p2p_host_bridge *host);

/* Longer than any path: a bus number has one byte, so no more bridges lie above a function. */
#define TREE_DEEPEST 260
#define TREE_PREFIX (TREE_DEEPEST * sizeof("├─"))

/** tree_prefix() - the branch lines before a line, as UTF-8 or ASCII. */
const char *tree_prefix(const struct branch *lines, size_t at, bool unicode, char text[TREE_PREFIX]);

#endif

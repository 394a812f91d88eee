/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of a machine as lines, for the command and for the viewer. */
#ifndef P2PTOPO_TREE_LINES_H
#define P2PTOPO_TREE_LINES_H

#include "app.h"

struct event;

/**
 * struct branch - one line of the tree: a host bridge, a function below it, or one that is gone.
 * @counted: instead, so many functions of a bus that take no part
 * @gone: of the viewer
 * @parent: index of the line of the bridge above; its own at the top
 * @last: nothing of the same bus follows
 * @foldable, @folded: has it lines below it, and are they hidden?
 */
struct branch {
	const struct p2p_host_bridge *host;
	const struct p2p_function *function;
	const struct event *gone;
	size_t parent, counted;
	bool last, foldable, folded;
};

/**
 * struct growth - the lines while they are made.
 * @shown: by index of function; NULL all
 * @counts: what is not shown takes no part, and is counted
 * @folds: addresses whose lines are folded; see tree_host_address()
 * @lines: with room for tree_room()
 * @wide: columns that the widest of them takes, its prefix included
 */
struct growth {
	const struct p2p_topology *topology;
	bool *shown, counts;
	const struct p2p_bdf *folds;
	size_t fold_count;
	struct branch *lines;
	size_t count, wide;
};

/** tree_counts() - is the function only counted, since it takes no part and is no bridge to one that does? */
bool tree_counts(const struct p2p_function *function);

/** tree_show_busy() - show all but those that are only counted, where others take part; else all. */
void tree_show_busy(struct growth *growth);

/** tree_room() - how many lines there are at most. */
size_t tree_room(const struct p2p_topology *topology);

/** tree_grow() - make the lines. */
void tree_grow(struct growth *growth);

/** tree_host_address() - what stands for a host bridge among the folds. */
struct p2p_bdf tree_host_address(const struct p2p_host_bridge *host);

/* Longer than any path: a bus number has one byte, so no more bridges lie above a function. */
#define TREE_DEEPEST 260
#define TREE_PREFIX (TREE_DEEPEST * sizeof("├─"))

/** tree_prefix() - what is drawn before a line, as UTF-8 or ASCII. */
const char *tree_prefix(const struct branch *lines, size_t at, bool unicode, char text[TREE_PREFIX]);

#endif

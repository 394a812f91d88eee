/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef P2PTOPO_TREE_H
#define P2PTOPO_TREE_H

#include "print/output.h"

/**
 * struct tree_row - one line of the tree: a function, or a host bridge.
 * @prefix: the lines drawn before it
 * @folded: the line stands for so many functions that take no part; 0 it is one function's
 * @room: columns that the screen has for WHAT; 0 as many as it takes
 * @isolation: the groups as the kernel would make them, for why; NULL not said
 */
struct tree_row {
	const char *prefix;
	size_t room, folded;
	const struct p2p_host_bridge *host;
	const struct p2p_function *function;	/* NULL: the line is the host bridge's */
	const struct p2p_isolation *isolation;
};

/** tree_link_width() - columns that the link of a function takes. */
size_t tree_link_width(const struct p2p_function *function);

/** The columns of `tree`, the last one nameless. */
extern const struct column tree_columns[];

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef P2PTOPO_TREE_H
#define P2PTOPO_TREE_H

#include "print/output.h"

/**
 * struct tree_row - one line of the tree: a function, or a host bridge.
 * @prefix: the branch lines drawn before it
 * @folded: number of functions that take no part and share this line; 0 for an ordinary line
 * @room: columns that the screen has for WHAT; 0 for no limit
 * @isolation: the groups as the kernel would form them, to explain why; NULL to leave that out
 */
struct tree_row {
	const char *prefix;
	size_t room, folded;
	const struct p2p_host_bridge *host;
	const struct p2p_function *function;	/* NULL: the line is the host bridge's */
	const struct p2p_isolation *isolation;
};

/** tree_link_width() - the width of the link of a function, in columns. */
size_t tree_link_width(const struct p2p_function *function);

/** The columns of `tree`; the last one has no name. */
extern const struct column tree_columns[];

#endif

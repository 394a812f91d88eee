/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the pages have to show, line by line.  Made anew when the machine or a choice of the user
 * changes; painting asks only for the lines on the screen.
 */
#ifndef P2PTOPO_VIEW_ROWS_H
#define P2PTOPO_VIEW_ROWS_H

#include "commands/tree_lines.h"
#include "print/pair/pair_order.h"
#include "view/machine.h"

/** struct branches - the tree; @folds are the addresses (of a host bridge: its bus) folded. */
struct branches {
	struct branch *lines;
	size_t count;
	struct p2p_bdf *folds;
	size_t fold_count;
	size_t wide;	/* columns that the widest line of the tree takes */
};

/** branches_build() - Return: 0 or -ENOMEM. */
int branches_build(struct branches *branches, const struct machine *machine,
		   const struct state *state);
void branches_free(struct branches *branches);

/** branches_forget() - no lines, but what is folded stays so. */
void branches_forget(struct branches *branches);

/** branches_fold() - what @effect says, at the line @at.  Return: 0 or -ENOMEM. */
int branches_fold(struct branches *branches, const struct machine *machine, enum effect effect,
		  size_t at);

/** branches_fold_idle() - fold what holds nothing that takes part in peer-to-peer DMA. */
int branches_fold_idle(struct branches *branches, const struct p2p_topology *topology);

/** branches_show() - unfold everything above @function. */
void branches_show(struct branches *branches, const struct p2p_function *function);

/** struct device - one device; @order: with the one sorted by, unless it is that one @itself. */
struct device {
	const struct p2p_function *function;
	struct pair_order order;
	bool itself;
};

/**
 * struct devices - the ends of pairs: rows of the matrix are providers, columns are clients.
 * The page of peers has the columns without the provider as its rows.
 */
struct devices {
	struct device_list {
		struct device *list;
		size_t count;
	} providers, clients, peers;
};

/** devices_build() - Return: 0 or -ENOMEM. */
int devices_build(struct devices *devices, const struct machine *machine,
		  const struct state *state);
void devices_free(struct devices *devices);

/** struct text - lines of a page of text; they point into @bytes. */
struct text {
	char *bytes;
	const char **lines;
	size_t count;
};

/** text_build() - the page of @state in @width columns.  Return: 0 or -ENOMEM. */
int text_build(struct text *text, struct machine *machine, const struct state *state,
	       unsigned int width);
void text_free(struct text *text);


#endif

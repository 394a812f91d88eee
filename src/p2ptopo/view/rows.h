/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contents of the pages, line by line. Rebuilt when the machine or a choice of the user changes; painting
 * only asks for the lines on the screen.
 */
#ifndef P2PTOPO_VIEW_ROWS_H
#define P2PTOPO_VIEW_ROWS_H

#include "commands/tree_lines.h"
#include "print/pair/pair_order.h"
#include "view/machine.h"

/** struct branches - the tree. @folds: the addresses that are folded (for a host bridge, its bus). */
struct branches {
	struct branch *lines;
	size_t count;
	struct p2p_bdf *folds;
	size_t fold_count;
	size_t wide;	/* columns of the widest line of the tree */
};

/** branches_build() - Return: 0 or -ENOMEM. */
int branches_build(struct branches *branches, const struct machine *machine,
		   const struct state *state);
void branches_free(struct branches *branches);

/** branches_forget() - drop the lines, but keep what is folded. */
void branches_forget(struct branches *branches);

/** branches_fold() - fold or unfold at line @at, as @effect says.  Return: 0 or -ENOMEM. */
int branches_fold(struct branches *branches, const struct machine *machine, enum effect effect,
		  size_t at);

/** branches_fold_idle() - fold every part of the tree in which nothing takes part in peer-to-peer DMA. */
int branches_fold_idle(struct branches *branches, const struct p2p_topology *topology);

/** branches_show() - unfold everything above @function. */
void branches_show(struct branches *branches, const struct p2p_function *function);

/** struct device - one device. @order: its rank with the device sorted by, unless it is that device @itself. */
struct device {
	const struct p2p_function *function;
	struct pair_order order;
	bool itself;
};

/**
 * struct devices - the ends of pairs: rows of the matrix are providers, columns are clients. The rows of the
 * page of peers are the clients without the provider.
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

/** struct text - the lines of a page of text; they point into @bytes. */
struct text {
	char *bytes;
	const char **lines;
	size_t count;
};

/** text_build() - build the page of @state in @width columns.  Return: 0 or -ENOMEM. */
int text_build(struct text *text, struct machine *machine, const struct state *state,
	       unsigned int width);
void text_free(struct text *text);


#endif

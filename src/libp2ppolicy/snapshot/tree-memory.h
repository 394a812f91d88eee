/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree of files in memory. */
#ifndef P2P_SNAPSHOT_TREE_MEMORY_H
#define P2P_SNAPSHOT_TREE_MEMORY_H

#include "base/arena.h"
#include "snapshot/inside.h"

/** struct p2p_node - one name; @data is the content of a file or the target of a link. */
struct p2p_node {
	const char *directory, *name;
	enum p2p_kind kind;
	const char *data;
	size_t size;
	unsigned int order;	/* of arrival: the later of two equal names stays */
};

/** struct p2p_memory - @nodes are added in any order, then sorted once. */
struct p2p_memory {
	struct p2p_tree tree;
	struct p2p_arena arena;
	struct p2p_node *nodes;
	size_t count, room;
};

/** p2p_memory_new() - an empty tree; free with p2p_tree_free().  Return: NULL when out of memory. */
struct p2p_memory *p2p_memory_new(void);

/**
 * p2p_memory_add() - one node.
 * @path: below the root, without leading slash, "." or ".."
 * @data: @size bytes, kept as they are: in @memory's arena, or outliving it
 * Return: 0 or -ENOMEM.
 */
int p2p_memory_add(struct p2p_memory *memory, const char *path, enum p2p_kind kind,
		   const char *data, size_t size);

/** p2p_memory_sort() - once all are added: make the directories nobody named, and sort. */
int p2p_memory_sort(struct p2p_memory *memory);

/** p2p_memory_find() - the node at a path, links not followed; NULL none. */
const struct p2p_node *p2p_memory_find(const struct p2p_memory *memory, const char *path);

#endif

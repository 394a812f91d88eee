/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree of files in memory. */
#ifndef P2P_SNAPSHOT_TREE_MEMORY_H
#define P2P_SNAPSHOT_TREE_MEMORY_H

#include "base/arena.h"
#include "snapshot/inside.h"

/** Limit for the memory of a tree: the contents of its files, their names, and their nodes. */
#define P2P_MEMORY_MOST	((size_t)256 << 20)

/**
 * struct p2p_node - one name; @data is the contents of a file or the target of a link.
 * @hard: path of the file it is another name of, until that is found
 */
struct p2p_node {
	const char *directory, *name, *hard;
	enum p2p_kind kind;
	const char *data;
	size_t size;
	unsigned int order;	/* of arrival: the later of two equal names stays */
};

/**
 * struct p2p_memory - @nodes are added in any order, then sorted once.
 * @bytes: memory taken so far
 */
struct p2p_memory {
	struct p2p_tree tree;
	struct p2p_arena arena;
	struct p2p_node *nodes;
	size_t count, bytes;
};

/** p2p_memory_new() - an empty tree; free with p2p_tree_free().  Return: NULL when out of memory. */
struct p2p_memory *p2p_memory_new(void);

/**
 * p2p_memory_add() - add one node.
 * @path: below the root, without leading slash, "." or ".."
 * @data: @size bytes, not copied: in @memory's arena, or outliving it
 * Return: 0; -EFBIG if the tree would exceed P2P_MEMORY_MOST; -ENOMEM.
 */
int p2p_memory_add(struct p2p_memory *memory, const char *path, enum p2p_kind kind,
		   const char *data, size_t size);

/** p2p_memory_take() - account for @size bytes of content.  Return: 0; -EFBIG as p2p_memory_add(). */
int p2p_memory_take(struct p2p_memory *memory, size_t size);

/** p2p_memory_add_hard() - as p2p_memory_add(), another name of the file at @target. */
int p2p_memory_add_hard(struct p2p_memory *memory, const char *path, const char *target);

/**
 * p2p_memory_sort() - once all are added: create the directories that were not named, and sort.
 * Return: 0; -EFBIG or -ENOMEM as p2p_memory_add().
 */
int p2p_memory_sort(struct p2p_memory *memory);

/**
 * p2p_memory_join() - give each hard link its contents, once the nodes are sorted.
 * @ret_node: the first hard link, in the order of arrival, that leads to no file
 * Return: 0; -ENOENT and @ret_node; -ENOMEM.
 */
int p2p_memory_join(struct p2p_memory *memory, const struct p2p_node **ret_node);

/** p2p_memory_find() - the node at a path, without following links; NULL if none. */
const struct p2p_node *p2p_memory_find(const struct p2p_memory *memory, const char *path);

#endif

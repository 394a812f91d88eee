/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A tree of files, read as the machine's root: the machine's own, a directory that holds a capture, or an
 * archive in memory.  Nothing outside a captured root is ever opened.
 */
#ifndef P2P_SNAPSHOT_TREE_H
#define P2P_SNAPSHOT_TREE_H

#include <sys/types.h>

#include "base/buffer.h"

/** Limit for the bytes taken of one file. */
#define P2P_FILE_MOST	((size_t)64 << 20)

struct p2p_tree;

/**
 * struct p2p_place - a directory that was entered.
 * @fd: for a directory on disk
 * @path: for a directory in memory
 */
struct p2p_place {
	int fd;
	const char *path;
};

/**
 * struct p2p_tree_ops - how a tree is read.  Paths are relative to @place, or to the root if that is NULL;
 * they contain no ".." and do not start with a slash.  All return 0 or a negative errno: -ENOENT if it does
 * not exist, -EACCES or another if it exists and cannot be read.
 * @enter: enter a directory; links on the way are followed inside the root
 * @leave: leave it
 * @read: read a file into @buffer
 * @size: the size of a file, as the file system reports it; NULL for a tree in memory
 * @link: the target of a symbolic link, in @buffer
 * @list: the names in a directory, one per line, not sorted, in @buffer
 * @free: free the tree itself
 */
struct p2p_tree_ops {
	int (*enter)(struct p2p_tree *tree, const char *path, struct p2p_place *ret_place);
	void (*leave)(struct p2p_tree *tree, struct p2p_place *place);
	int (*read)(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		    struct p2p_buffer *buffer);
	int (*size)(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		    uint64_t *ret_size);
	int (*link)(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		    struct p2p_buffer *buffer);
	int (*list)(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		    struct p2p_buffer *buffer);
	void (*free)(struct p2p_tree *tree);
};

/** p2p_tree_is_nowhere() - does this errno mean that no such file belongs to the tree? */
bool p2p_tree_is_nowhere(int error);

/** Limit for the names that patterns may match in one tree, where links can make few names look like many. */
#define P2P_MATCHES_MOST	((size_t)2 << 20)

/**
 * struct p2p_tree - the first member of every kind of tree.
 * @live: it is the machine itself, so what does not exist here is absent from the machine
 * @matches: names matched by patterns so far
 * @stamp: of the directory on disk that was listed last: a hash of its names and their inodes, in any order
 * @listings: cache of p2p_place_list()
 */
struct p2p_tree {
	const struct p2p_tree_ops *ops;
	bool live;
	size_t matches;
	uint64_t stamp;
	struct p2p_listing *listings;
};

/**
 * p2p_tree_directory() - use a directory on disk as a root.
 * @fd: owned by the tree from now on, also on failure
 * @live: the running machine's "/": links may lead anywhere
 *
 * Return: 0 or -ENOMEM.
 */
int p2p_tree_directory(int fd, bool live, struct p2p_tree **ret_tree);

/**
 * p2p_place_list() - list a directory below @place; each directory is read once until the place is left.
 * @place: one at a time
 * @path: "." for @place itself
 * @ret_names: one per line, sorted; owned by the tree until p2p_place_leave()
 *
 * Return: as ops->list().
 */
int p2p_place_list(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		  const char **ret_names);

/** p2p_place_leave() - leave a place, and drop what was listed there. */
void p2p_place_leave(struct p2p_tree *tree, struct p2p_place *place);

/** p2p_tree_free() - NULL is fine.  Return: NULL. */
struct p2p_tree *p2p_tree_free(struct p2p_tree *tree);

/**
 * p2p_tree_glob() - find what matches a path whose components may be shell patterns.
 * @place: where the path starts; NULL for the root
 * @found: called for each match, ordered by name; a negative return value ends the search
 *
 * Return: 0; -E2BIG if all patterns together match more than P2P_MATCHES_MOST; -ENOMEM; what @found returned;
 *	or, after a complete search, why a directory could not be listed.
 */
int p2p_tree_glob(struct p2p_tree *tree, const struct p2p_place *place, const char *pattern,
		  int (*found)(void *data, const char *path), void *data);

/**
 * p2p_path_resolve() - where the target of a link leads, from the text alone.
 * @link: path of the link below the root
 * @target: its text; absolute means from the root
 * @ret_path: at least PATH_MAX bytes; without leading slash, "." or ".."
 *
 * Return: 0; -EXDEV when it leads out of the root; -ENAMETOOLONG.
 */
int p2p_path_resolve(const char *link, const char *target, char *ret_path);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A tree of files, read as the machine's root: the machine's own, a directory that holds a
 * capture, or an archive in memory.  Nothing outside of a captured root is ever opened.
 */
#ifndef P2P_SNAPSHOT_TREE_H
#define P2P_SNAPSHOT_TREE_H

#include <sys/types.h>

#include "base/buffer.h"

/** Most bytes taken of one file. */
#define P2P_FILE_MOST	((size_t)64 << 20)

struct p2p_tree;

/**
 * struct p2p_place - a directory that was entered.
 * @fd: of a directory on disk
 * @path: of a directory in memory
 */
struct p2p_place {
	int fd;
	const char *path;
};

/**
 * struct p2p_tree_ops - how a tree is read.  Paths are relative to @place, or to the root where
 * that is NULL; they hold no ".." and do not start with a slash.  All return 0 or a negative
 * errno: -ENOENT not there, -EACCES or another when it is there and cannot be read.
 * @enter: a directory; links on the way are followed inside the root
 * @leave: done with it
 * @read: the bytes of a file, in @buffer
 * @size: of a file, as the file system tells it; NULL of a tree in memory
 * @link: the target of a symbolic link, in @buffer
 * @list: the names in a directory, one a line, not sorted, in @buffer
 * @free: the tree itself
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

/** p2p_tree_is_nowhere() - does this errno say that no such file belongs to the tree? */
bool p2p_tree_is_nowhere(int error);

/** Most names that patterns may match in one tree, where links can make few names seem many. */
#define P2P_MATCHES_MOST	((size_t)2 << 20)

/**
 * struct p2p_tree - any of them; the first member of each.
 * @live: it is the machine itself, so what is not there is absent from the machine
 * @matches: of patterns so far
 * @stamp: of the directory on disk that was listed last: its names and their inodes, in any order
 * @listings: of p2p_place_list()
 */
struct p2p_tree {
	const struct p2p_tree_ops *ops;
	bool live;
	size_t matches;
	uint64_t stamp;
	struct p2p_listing *listings;
};

/**
 * p2p_tree_directory() - a directory on disk as a root.
 * @fd: owned by the tree from now on, also on failure
 * @live: the running machine's "/": links may lead anywhere
 *
 * Return: 0 or -ENOMEM.
 */
int p2p_tree_directory(int fd, bool live, struct p2p_tree **ret_tree);

/**
 * p2p_place_list() - the names in a directory below @place; each is read once until the place is left.
 * @place: one at a time
 * @path: "." for @place itself
 * @ret_names: one a line, sorted; of the tree, until p2p_place_leave()
 *
 * Return: as ops->list().
 */
int p2p_place_list(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		  const char **ret_names);

/** p2p_place_leave() - done with a place, and with what was listed there. */
void p2p_place_leave(struct p2p_tree *tree, struct p2p_place *place);

/** p2p_tree_free() - NULL is fine.  Return: NULL. */
struct p2p_tree *p2p_tree_free(struct p2p_tree *tree);

/**
 * p2p_tree_glob() - find what matches a path whose components may be shell patterns.
 * @place: where the path starts; NULL the root
 * @found: called for each match, in the order of their names; a negative return ends the search
 *
 * Return: 0; -E2BIG when all patterns together match more than P2P_MATCHES_MOST; -ENOMEM; what
 *	@found returned; or, when all else was found, why a directory could not be listed.
 */
int p2p_tree_glob(struct p2p_tree *tree, const struct p2p_place *place, const char *pattern,
		  int (*found)(void *data, const char *path), void *data);

/**
 * p2p_path_resolve() - where the target of a link leads, by the text alone.
 * @link: path of the link below the root
 * @target: what it holds; absolute means from the root
 * @ret_path: at least PATH_MAX bytes; without leading slash, "." or ".."
 *
 * Return: 0; -EXDEV when it leads out of the root; -ENAMETOOLONG.
 */
int p2p_path_resolve(const char *link, const char *target, char *ret_path);

#endif

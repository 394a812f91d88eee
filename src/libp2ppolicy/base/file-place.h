/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the place where a file is to be written.  Other users may have been there first: somebody who can put
 * a link, a FIFO or a file into a folder on the path must neither decide what is overwritten nor receive what
 * is written.
 */
#ifndef P2P_BASE_FILE_PLACE_H
#define P2P_BASE_FILE_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/**
 * struct p2p_file_place - a name in a folder.
 * @folder: opened with O_PATH
 * @name: the name in @folder; "" when the path has none
 * @exists: something has that name; @status: its status, that of a link itself only where links are not
 *	followed
 * @by_kernel: the name is a procfs link, and @status is that of its target; only the kernel can follow it
 */
struct p2p_file_place {
	int folder;
	char name[NAME_MAX + 1];
	struct stat status;
	bool exists, by_kernel;
};

/**
 * p2p_file_find() - walk @path one component at a time.
 * @follows: whether a link in the last component is followed, too
 * @place: filled; the caller closes its folder in any case; -1 when there is none
 * @ret_why: on failure the reason, where errno does not tell it; else NULL
 *
 * A link that belongs to another user than root and leads to a folder that is not that user's is refused.  So
 * is, in a folder that others than its owner may write to, each link and each final component that belongs
 * neither to us nor to root nor to the folder's owner, or that has several names where everybody may write.
 *
 * Return: 0, or a negative errno.
 */
int p2p_file_find(const char *path, bool follows, struct p2p_file_place *place, const char **ret_why);

#endif

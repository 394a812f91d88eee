/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a file that is written will be.  Other users may have been there before: who may put a link, a
 * FIFO or a file into a folder on the way must not decide what is overwritten, nor get what is written.
 */
#ifndef P2P_BASE_FILE_PLACE_H
#define P2P_BASE_FILE_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/**
 * struct p2p_file_place - a name in a folder.
 * @folder: opened with O_PATH
 * @name: in it; "" when the path has none
 * @exists: there is something; @status: which is not the end of a link but where links are not followed
 * @by_kernel: the name is a link of procfs, whose end @status is; only the kernel can follow it
 */
struct p2p_file_place {
	int folder;
	char name[NAME_MAX + 1];
	struct stat status;
	bool exists, by_kernel;
};

/**
 * p2p_file_find() - follow @path, a component at a time.
 * @follows: also a link that it ends in
 * @place: filled; its folder is the caller's to close in any case, -1 when there is none
 * @ret_why: on failure why, where errno does not say; else NULL
 *
 * Refused is a link of another user, root aside, that leads to a folder which is not that user's; and,
 * in a folder that others than its owner may write to, each link and each end of the path that is neither
 * ours nor root's nor the folder's owner's, or that has several names where everybody may write.
 *
 * Return: 0, or a negative errno.
 */
int p2p_file_find(const char *path, bool follows, struct p2p_file_place *place, const char **ret_why);

#endif

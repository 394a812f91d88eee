/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef P2P_SNAPSHOT_TAR_WRITE_H
#define P2P_SNAPSHOT_TAR_WRITE_H

#include "snapshot/inside.h"

/**
 * struct p2p_tar_file - one entry.
 * @kind: FILE, LINK or DIR
 * @data: @size bytes of a file; the target of a link, ended by zero
 * @told: the size the machine tells, which the archive does not hold
 * @config: of a configuration space; NULL of everything else
 */
struct p2p_tar_file {
	const char *path;
	enum p2p_kind kind;
	const char *data;
	size_t size, told;
	const struct p2p_config *config;
};

/**
 * p2p_tar_write() - write a tar, compressed as @path ends; the same entries give the same bytes.
 *
 * @flags: as of p2p_file_write(), which also says what is replaced and what is refused
 *
 * Return: 0, or a negative errno and a sentence; -ENOMEM may have none.
 */
int p2p_tar_write(struct p2p_context *context, const char *path, unsigned int flags,
		  const struct p2p_tar_file *files, size_t count);

#endif

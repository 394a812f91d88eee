/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef P2P_SNAPSHOT_TAR_WRITE_H
#define P2P_SNAPSHOT_TAR_WRITE_H

#include "snapshot/inside.h"

/**
 * struct p2p_tar_file - one entry.
 * @kind: FILE, LINK or DIR
 * @data: @size bytes of a file; the zero-terminated target of a link
 * @told: the size that the machine reports, which the archive itself does not record
 * @config: for a configuration space; NULL for everything else
 */
struct p2p_tar_file {
	const char *path;
	enum p2p_kind kind;
	const char *data;
	size_t size, told;
	const struct p2p_config *config;
};

/**
 * p2p_tar_write() - write a tar, compressed according to the suffix of @path; the same entries give the same
 *	bytes.
 *
 * @flags: as for p2p_file_write(), which also documents what is replaced and what is refused
 *
 * Return: 0, or a negative errno and a sentence; -ENOMEM may have none.
 */
int p2p_tar_write(struct p2p_context *context, const char *path, unsigned int flags,
		  const struct p2p_tar_file *files, size_t count);

#endif

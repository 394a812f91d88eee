/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes every file of the product.  A regular file is written without a name, or under a temporary one in
 * the same folder, synced, and only then moved into place: a reader sees either the old file or the new one.
 *  After SIGKILL the temporary file may remain; the next writer of the same file removes it.
 */
#ifndef P2P_BASE_FILE_WRITE_H
#define P2P_BASE_FILE_WRITE_H

#include <signal.h>
#include <sys/stat.h>

#include <p2ppolicy/base.h>

#include "base/file-place.h"

#define P2P_TEMPORARY	32	/* ".p2ptopo-" and a number of 64 bits */

/**
 * struct p2p_file_writer - one file being written.
 * @place: where it goes; its status is that of the file it @replaces
 * @temporary: its temporary name; empty if it has none
 * @in_place: a device or a pipe, which is written to directly
 * @masked: signals are blocked; @mask: the mask to restore
 */
struct p2p_file_writer {
	struct p2p_context *context;
	const char *path;
	unsigned int flags;
	int fd;
	struct p2p_file_place place;
	char temporary[P2P_TEMPORARY];
	bool replaces, in_place, masked;
	sigset_t mask;
};

/**
 * p2p_file_open() - start writing @path; see p2p_file_write() for @flags and errors.
 * @path: borrowed until the writer is done
 * Return: 0, and the writer must be finished with p2p_file_close(); or a negative errno.
 */
int p2p_file_open(struct p2p_context *context, const char *path, unsigned int flags,
		  struct p2p_file_writer *ret_writer);

/** p2p_file_put() - append @size bytes.  Return: 0, or a negative errno and a sentence. */
int p2p_file_put(struct p2p_file_writer *writer, const void *bytes, size_t size);

/**
 * p2p_file_close() - put the file in its place, or drop it.
 * @error: the error of what was done meanwhile; unless it is 0 the file is dropped
 * Return: @error; or 0; or a negative errno and a sentence, and the old file is still there.
 */
int p2p_file_close(struct p2p_file_writer *writer, int error);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Archives through libarchive: read into memory, never onto the disk. */
#ifndef P2P_SNAPSHOT_ARCHIVE_H
#define P2P_SNAPSHOT_ARCHIVE_H

#include "snapshot/tree/tree.h"

/** What an archive may hold at most; more is refused. */
#define P2P_ARCHIVE_ENTRIES	1000000u
#define P2P_ARCHIVE_BYTES	((int64_t)1 << 30)

/**
 * p2p_tree_archive() - the tree in a tar, with any compression libarchive does by itself.
 * @name: of the file, for error sentences
 * @data: @size bytes
 *
 * Refused: absolute names, "..", device nodes, links that lead out of the root, an archive that
 * ends early or holds too much.  Entries outside of what a snapshot reads are skipped.
 *
 * Return: 0; -EBADMSG; -ENOTSUP when it is no tar at all; -ENOMEM.
 */
int p2p_tree_archive(struct p2p_context *context, const char *name, const void *data,
		     size_t size, struct p2p_tree **ret_tree);

/** Most bytes of one file that is looked at for what it may hold, and of all of them. */
#define P2P_TEXT_MOST		((size_t)16 << 20)
#define P2P_TEXTS_MOST		((size_t)256 << 20)

/**
 * p2p_archive_texts() - the files of a tar that may be texts.
 * @text: called for each, with a zero behind it; a negative return ends it.  Files that are
 *	larger than P2P_TEXT_MOST are passed over.
 *
 * Return: 0; -EBADMSG as p2p_tree_archive(); -ENOTSUP when it is no tar; -ENOMEM; what @text
 *	returned.
 */
int p2p_archive_texts(struct p2p_context *context, const char *name, const void *data, size_t size,
		      int (*text)(void *user, const char *path, const struct p2p_buffer *buffer),
		      void *user);

/**
 * p2p_unpack_text() - the text in a file that is compressed, and no tar.
 * @ret_text: free its @data
 * Return: 0; -ENOTSUP it is not compressed, or no text; -EBADMSG it is damaged or too large;
 *	-ENOMEM.
 */
int p2p_unpack_text(const void *data, size_t size, struct p2p_buffer *ret_text);

/**
 * p2p_unpack() - unpack @buffer in place if it is compressed.
 * Return: 0; -EBADMSG when it is damaged or too large; -ENOMEM.
 */
int p2p_unpack(struct p2p_buffer *buffer);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Archives through libarchive: read into memory, never onto the disk. */
#ifndef P2P_SNAPSHOT_ARCHIVE_H
#define P2P_SNAPSHOT_ARCHIVE_H

#include "snapshot/tree/tree.h"

struct archive;

/** What an archive may hold at most; more is refused. */
#define P2P_ARCHIVE_ENTRIES	1000000u
#define P2P_ARCHIVE_BYTES	((int64_t)1 << 30)

/** Most bytes of one file that is looked at for what it may hold, and of all of them. */
#define P2P_TEXT_MOST		((size_t)16 << 20)
#define P2P_TEXTS_MOST		((size_t)256 << 20)

/**
 * struct p2p_budget - what a container and those in it, which share it, have used of what they may.
 * @name: of the outermost, for error sentences
 * @depth: how many of them the one that is read lies in
 * @files: of folders
 * @texts: bytes that were looked at, P2P_TEXTS_MOST at most
 * @unpacked: bytes, P2P_ARCHIVE_BYTES at most
 */
struct p2p_budget {
	const char *name;
	unsigned int depth, files;
	size_t texts;
	int64_t unpacked;
};

/**
 * p2p_tree_archive() - the tree in a tar, with any compression libarchive does by itself.
 * @name: of the file, for error sentences
 * @data: @size bytes
 * @budget: of the container it lies in; NULL it lies in none
 *
 * Refused: absolute names, "..", device nodes, links that lead out of the root, an archive that
 * ends early or holds too much.  Entries outside of what a snapshot reads are skipped.
 *
 * Return: 0; -EBADMSG; -ENODATA when it holds no tree; -ENOTSUP when it is no tar at all; -ENOMEM; -ELIBACC.
 */
int p2p_tree_archive(struct p2p_context *context, const char *name, const void *data,
		     size_t size, struct p2p_budget *budget, struct p2p_tree **ret_tree);

/** p2p_archive_new() - one to read, of libarchive, which is loaded here.  Return: 0; -ENOMEM; -ELIBACC. */
int p2p_archive_new(struct archive **ret_archive);

/** p2p_archive_filters() - let @archive unpack what libarchive can.  Return: 0 or -ENOMEM. */
int p2p_archive_filters(struct archive *archive);

/** p2p_budget_pay() - what @archive has unpacked; NULL is fine. */
void p2p_budget_pay(struct p2p_budget *budget, struct archive *archive);

/** p2p_is_tar() - is it a tar, compressed or not? */
bool p2p_is_tar(const void *data, size_t size);

/** p2p_is_packed() - does it begin as a tar does, or as what a common packer writes? */
bool p2p_is_packed(const char *data, size_t size);

/**
 * p2p_size_most() - how large a file of a container may be to be looked at.
 * @data: its first @size bytes, P2P_HEAD_SIZE or all of them
 *
 * What is packed may be larger than a text, since a container may lie in it.
 */
size_t p2p_size_most(const void *data, size_t size);

#define P2P_HEAD_SIZE		512u

/**
 * p2p_archive_texts() - the files of a tar that may be texts.
 * @text: called for each, with a zero behind it, and without a buffer for a text that is larger
 *	than p2p_size_most(); a negative return ends it
 *
 * Return: 0; -EBADMSG as p2p_tree_archive(); -E2BIG when @budget is used up; -ENOTSUP when it is no tar;
 *	-ENOMEM; -ELIBACC; what @text returned.
 */
int p2p_archive_texts(struct p2p_context *context, const char *name, const void *data, size_t size,
		      struct p2p_budget *budget,
		      int (*text)(void *user, const char *path, const struct p2p_buffer *buffer),
		      void *user);

/**
 * p2p_unpack_text() - the text in a file that is compressed, and no tar.
 * @budget: of the container it lies in, which also pays for what is no text; NULL it lies in none
 * @ret_text: free its @data
 * Return: 0; -ENOTSUP it is not compressed, or no text; -EBADMSG it is damaged or too large;
 *	-ENOMEM; -ELIBACC.
 */
int p2p_unpack_text(const void *data, size_t size, struct p2p_budget *budget,
		    struct p2p_buffer *ret_text);

/**
 * p2p_unpack() - unpack @buffer in place if it is compressed.
 * Return: 0; -EBADMSG when it is damaged or too large; -ENOMEM; -ELIBACC.
 */
int p2p_unpack(struct p2p_buffer *buffer);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Archives through libarchive: read into memory, never onto the disk. */
#ifndef P2P_SNAPSHOT_ARCHIVE_H
#define P2P_SNAPSHOT_ARCHIVE_H

#include "snapshot/tree/tree.h"

struct archive;

/** Limits for an archive; more is refused. */
#define P2P_ARCHIVE_ENTRIES	1000000u
#define P2P_ARCHIVE_BYTES	((int64_t)1 << 30)

/** Limits for a file that is examined as a text, and for all of them together, in bytes. */
#define P2P_TEXT_MOST		((size_t)16 << 20)
#define P2P_TEXTS_MOST		((size_t)256 << 20)

/**
 * struct p2p_budget - what a container, and those nested in it, have used of their limits.
 * @name: of the outermost container, for error sentences
 * @depth: how deep the current container is nested
 * @files: files seen in folders
 * @texts: bytes examined as texts, at most P2P_TEXTS_MOST
 * @unpacked: bytes unpacked, at most P2P_ARCHIVE_BYTES
 */
struct p2p_budget {
	const char *name;
	unsigned int depth, files;
	size_t texts;
	int64_t unpacked;
};

/**
 * p2p_tree_archive() - read the tree in a tar, with any compression that libarchive handles itself.
 * @name: of the file, for error sentences
 * @data: @size bytes
 * @budget: of the container it lies in; NULL if none
 *
 * Refused: absolute names, "..", device nodes, links that lead out of the root, an archive that ends early or
 * holds too much.  Entries outside of what a snapshot reads are skipped.
 *
 * Return: 0; -EBADMSG; -ENODATA if it holds no tree; -ENOTSUP if it is no tar at all; -ENOMEM; -ELIBACC.
 */
int p2p_tree_archive(struct p2p_context *context, const char *name, const void *data,
		     size_t size, struct p2p_budget *budget, struct p2p_tree **ret_tree);

/** p2p_archive_new() - a libarchive reader; loads libarchive.  Return: 0; -ENOMEM; -ELIBACC. */
int p2p_archive_new(struct archive **ret_archive);

/** p2p_archive_filters() - enable the compressions that libarchive handles itself.  Return: 0 or -ENOMEM. */
int p2p_archive_filters(struct archive *archive);

/** p2p_budget_pay() - charge @budget with what @archive has unpacked; NULL is fine. */
void p2p_budget_pay(struct p2p_budget *budget, struct archive *archive);

/** p2p_is_tar() - whether it is a tar, compressed or not. */
bool p2p_is_tar(const void *data, size_t size);

/** p2p_is_packed() - does it start like a tar, or like the output of a common packer? */
bool p2p_is_packed(const char *data, size_t size);

/**
 * p2p_size_most() - how large a file of a container may be to be examined.
 * @data: its first @size bytes, P2P_HEAD_SIZE or all of them
 *
 * A packed file may be larger than a text, since it may be a container.
 */
size_t p2p_size_most(const void *data, size_t size);

#define P2P_HEAD_SIZE		512u

/**
 * p2p_archive_texts() - the files of a tar that may be texts.
 * @text: called for each, followed by a zero; without a buffer for a text larger than p2p_size_most(); a
 *	negative return value ends it
 *
 * Return: 0; -EBADMSG if it is damaged; -E2BIG if @budget is used up; -ENOTSUP if it is no tar; -ENOMEM;
 *	-ELIBACC; what @text returned.
 */
int p2p_archive_texts(struct p2p_context *context, const char *name, const void *data, size_t size,
		      struct p2p_budget *budget,
		      int (*text)(void *user, const char *path, const struct p2p_buffer *buffer),
		      void *user);

/**
 * p2p_unpack_text() - unpack a compressed text that is not a tar.
 * @budget: of the container it lies in, which is also charged for what is not text; NULL if none
 * @ret_text: free its @data
 * Return: 0; -ENOTSUP if it is not compressed, or not text; -EBADMSG if it is damaged or too large; -ENOMEM;
 *	-ELIBACC.
 */
int p2p_unpack_text(const void *data, size_t size, struct p2p_budget *budget,
		    struct p2p_buffer *ret_text);

/**
 * p2p_unpack() - unpack @buffer in place if it is compressed.
 * Return: 0; -EBADMSG if it is damaged or too large; -ENOMEM; -ELIBACC.
 */
int p2p_unpack(struct p2p_buffer *buffer);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * manifest.json of our own captures: what was looked for, what was found and how large it is, what was
 * denied.  It turns "not in the capture" into "not in the machine".
 */
#ifndef P2P_SNAPSHOT_MANIFEST_H
#define P2P_SNAPSHOT_MANIFEST_H

#include "snapshot/tree/tar-write.h"

#define P2P_MANIFEST_FORMAT	"p2ptopo-capture"
#define P2P_MANIFEST_VERSION	1

/**
 * p2p_manifest_load() - read the manifest of a tree; without one snapshot->manifest stays NULL.
 * @name: of the capture, for error sentences
 *
 * Return: 0; -EBADMSG if it is damaged or of another version; -ENOMEM; the error of reading it.
 */
int p2p_manifest_load(struct p2p_context *context, const char *name, struct p2p_tree *tree,
		      struct p2p_snapshot *snapshot);

/** p2p_manifest_has() - is @path among the files that were found or denied? */
bool p2p_manifest_has(const struct p2p_manifest *manifest, const char *path);

/** p2p_manifest_denied() - the denied path at @index; NULL past the end, or without a manifest. */
const char *p2p_manifest_denied(const struct p2p_manifest *manifest, size_t index);

/** p2p_manifest_asks() - whether the capture looked for this row of attrs.def or machine.def. */
bool p2p_manifest_asks(const struct p2p_manifest *manifest, const char *row);

/** p2p_manifest_size() - the size that the machine reported for a file.  Return: 0 or -ENOENT. */
int p2p_manifest_size(const struct p2p_manifest *manifest, const char *path,
		      uint64_t *ret_size);

/**
 * p2p_manifest_known() - which dwords of a configuration space were read, one bit each.
 * Return: NULL if all that the file has.
 */
const uint32_t *p2p_manifest_known(const struct p2p_manifest *manifest, const char *path);

/** p2p_manifest_boot() - the boot in which the running machine was saved; "" for a capture. */
const char *p2p_manifest_boot(const struct p2p_manifest *manifest);

/** p2p_manifest_is_scrubbed() - whether identifiers were replaced by pseudonyms. */
bool p2p_manifest_is_scrubbed(const struct p2p_manifest *manifest);

/**
 * p2p_manifest_write() - the text of a manifest.
 * @boot: see p2p_manifest_boot(); NULL for a capture
 * @files: @file_count entries, sorted by path; with @boot the manifest records which bytes of configuration
 *	space were read
 * @denied: @denied_count paths, sorted
 *
 * Return: owned by the caller, free(); NULL when out of memory.
 */
char *p2p_manifest_write(const struct p2p_snapshot *snapshot,
			 const struct p2p_tar_file *files, size_t file_count,
			 const char *const *denied, size_t denied_count, bool scrubbed,
			 const char *boot);

#endif

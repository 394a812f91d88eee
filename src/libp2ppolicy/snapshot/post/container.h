/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Folders and archives of texts, as collected by support tools or saved by hand.  Files are recognized by
 * their contents.
 */
#ifndef P2P_SNAPSHOT_CONTAINER_H
#define P2P_SNAPSHOT_CONTAINER_H

#include "snapshot/sources.h"

/** Limits: files of a folder, depth of folders, and depth of archives inside archives. */
#define P2P_FOLDER_FILES	100000u
#define P2P_FOLDER_DEPTH	16u
#define P2P_ARCHIVE_DEPTH	4u

/** p2p_text_fn() - read one text.  Return: as p2p_load_part(). */
typedef int p2p_text_fn(struct p2p_context *context, const struct p2p_input *input,
			struct p2p_snapshot *snapshot);

/**
 * p2p_container_archive() - read the texts in a tar.
 * @input: with the budget
 * @load: called for each of them; what it refuses is passed over, or noted if it knew the format
 *
 * Return: 0; -ENOTSUP, without a sentence, if no text in it holds anything; -EBADMSG; -E2BIG if the budget is
 *	used up in a nested container; -ENOMEM.
 */
int p2p_container_archive(struct p2p_context *context, const struct p2p_input *input,
			  struct p2p_snapshot *snapshot, p2p_text_fn *load);

/** p2p_container_folder() - the same for a folder; @fd of @input stays open. */
int p2p_container_folder(struct p2p_context *context, const struct p2p_input *input,
			 struct p2p_snapshot *snapshot, p2p_text_fn *load);

#endif

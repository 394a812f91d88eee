/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Folders and archives of texts: what support tools collect, or what somebody saved.  Which files
 * matter is found by what is in them.
 */
#ifndef P2P_SNAPSHOT_CONTAINER_H
#define P2P_SNAPSHOT_CONTAINER_H

#include "snapshot/sources.h"

/** Most files of a folder, how deep they may lie, and how deep archives may lie in each other. */
#define P2P_FOLDER_FILES	100000u
#define P2P_FOLDER_DEPTH	16u
#define P2P_ARCHIVE_DEPTH	4u

/** p2p_text_fn() - read one text.  Return: as p2p_load_part(). */
typedef int p2p_text_fn(struct p2p_context *context, const struct p2p_input *input,
			struct p2p_snapshot *snapshot);

/**
 * p2p_container_archive() - read the texts in a tar.
 * @input: with the budget
 * @load: for each of them; what it refuses is passed over, or noted when it knew the format
 *
 * Return: 0; -ENOTSUP no text in it holds anything, without a sentence; -EBADMSG; -E2BIG when the budget is
 *	used up in a container that lies in another; -ENOMEM.
 */
int p2p_container_archive(struct p2p_context *context, const struct p2p_input *input,
			  struct p2p_snapshot *snapshot, p2p_text_fn *load);

/** p2p_container_folder() - the same of a folder; @fd of @input stays open. */
int p2p_container_folder(struct p2p_context *context, const struct p2p_input *input,
			 struct p2p_snapshot *snapshot, p2p_text_fn *load);

#endif

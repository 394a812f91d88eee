/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libarchive is loaded when the first archive is read or written: it pulls in a dozen libraries, which take
 * longer to load than a machine to read, and most runs need none of them.
 */
#ifndef P2P_SNAPSHOT_TREE_LIBARCHIVE_H
#define P2P_SNAPSHOT_TREE_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

/** p2p_la - its functions. */
extern struct p2p_libarchive {
#define ARCHIVE(name) __typeof__(&(name)) (name);
#include "snapshot/tree/libarchive.def"
#undef ARCHIVE
} p2p_la;

/**
 * p2p_libarchive_load() - fill p2p_la; to be called before an archive is created for reading or writing.
 * Return: 0; -ELIBACC if it cannot be loaded, which p2p_is_exhausted() knows.
 */
int p2p_libarchive_load(void);

#endif

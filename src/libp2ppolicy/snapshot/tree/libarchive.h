/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libarchive, loaded when the first archive is read or written: it brings a dozen libraries, which take longer
 * to load than a machine to read, and most runs need none of them.
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
 * p2p_libarchive_load() - fill p2p_la; who makes an archive, to read or to write, calls it before.
 * Return: 0; -ELIBACC it cannot be loaded, which p2p_is_exhausted() knows.
 */
int p2p_libarchive_load(void);

#endif

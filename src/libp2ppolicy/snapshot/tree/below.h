/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open files below a directory, so that no link leads out of it. */
#ifndef P2P_SNAPSHOT_BELOW_H
#define P2P_SNAPSHOT_BELOW_H

#include <stdbool.h>

/**
 * p2p_open_below() - openat2(2), or p2p_walk_below() where the kernel (before Linux 5.6) lacks it or a
 *	seccomp filter blocks it.
 * @base: the directory
 * @in_root: treat it as the root: absolute links start there, and its ".." is itself; otherwise a path that
 *	leaves it fails
 * @flags: as for openat(2)
 *
 * Return: a file descriptor, yours to close; -EXDEV if the path leaves @base; -ELOOP with too many links, or
 *	if a directory was replaced by a link meanwhile; the error of open(2).
 */
int p2p_open_below(int base, const char *path, int flags, bool in_root);

/** p2p_walk_below() - the same, one component at a time. */
int p2p_walk_below(int base, const char *path, int flags, bool in_root);

#endif

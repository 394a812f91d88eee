/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A block device that may be overwritten: it is the client's, not in use, and carries no signature. */
#ifndef P2P_GATE_SCRATCH_H
#define P2P_GATE_SCRATCH_H

#include <p2ppolicy/topology.h>

/**
 * p2p_scratch_open() - open @path for O_DIRECT, exclusively.
 * @client: the function it must belong to
 * @overwrite: open it even if libblkid finds a signature on it
 * @ret_fd: owned by the caller
 * @ret_bytes: its size
 * Return: as p2p_prove().
 */
int p2p_scratch_open(struct p2p_context *context, const char *path,
		     const struct p2p_function *client, bool overwrite, int *ret_fd,
		     uint64_t *ret_bytes);

#endif

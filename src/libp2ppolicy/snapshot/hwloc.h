/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef P2P_SNAPSHOT_HWLOC_H
#define P2P_SNAPSHOT_HWLOC_H

#include <hwloc.h>

#include "snapshot/facts.h"
#include "snapshot/tree/tree.h"

/**
 * p2p_hwloc_run() - run hwloc in a process of its own: its output is discarded, a crash does not affect the
 *	caller, and its environment is empty.
 * @work: called there; writes to @fd and returns 0, or nonzero on failure
 * @buffer: what @work wrote, on success
 *
 * Return: 0; -EIO if it failed, which should not make anything else fail; -ENOMEM.
 */
int p2p_hwloc_run(int (*work)(int fd, const void *data), const void *data,
		  struct p2p_buffer *buffer);

/** p2p_hwloc_write() - for @work: write all of it.  Return: 0 or -1. */
int p2p_hwloc_write(int fd, const char *data, size_t size);

/**
 * p2p_hwloc_open() - for @work: load the running machine, or XML, into hwloc.
 * @hwloc: initialized
 * @xml: NULL for the running machine
 * Return: 0 or -1.
 */
int p2p_hwloc_open(hwloc_topology_t hwloc, const struct p2p_file *xml);

/**
 * p2p_hwloc_xml() - what hwloc finds on the running machine, as XML that it can read back.
 * @buffer: filled on success
 *
 * Return: as p2p_hwloc_run().
 */
int p2p_hwloc_xml(struct p2p_buffer *buffer);

#endif

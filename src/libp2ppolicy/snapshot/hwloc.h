/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef P2P_SNAPSHOT_HWLOC_H
#define P2P_SNAPSHOT_HWLOC_H

#include <hwloc.h>

#include "snapshot/facts.h"
#include "snapshot/tree/tree.h"

/**
 * p2p_hwloc_run() - let hwloc do something in a process of its own: what it prints goes nowhere,
 *	what it breaks is its own, and it has no environment.
 * @work: called there; writes to @fd and returns 0, or something else when it failed
 * @buffer: what @work wrote, on success
 *
 * Return: 0; -EIO it failed, which is no reason for anything else to fail; -ENOMEM.
 */
int p2p_hwloc_run(int (*work)(int fd, const void *data), const void *data,
		  struct p2p_buffer *buffer);

/** p2p_hwloc_write() - for @work: write all of it.  Return: 0 or -1. */
int p2p_hwloc_write(int fd, const char *data, size_t size);

/**
 * p2p_hwloc_open() - for @work: let hwloc read the running machine, or XML.
 * @hwloc: initialized
 * @xml: NULL the running machine
 * Return: 0 or -1.
 */
int p2p_hwloc_open(hwloc_topology_t hwloc, const struct p2p_file *xml);

/**
 * p2p_hwloc_xml() - what hwloc finds of the running machine, as the XML it reads back.
 * @buffer: filled on success
 *
 * Return: as p2p_hwloc_run().
 */
int p2p_hwloc_xml(struct p2p_buffer *buffer);

#endif

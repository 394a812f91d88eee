/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef P2P_SNAPSHOT_HWLOC_H
#define P2P_SNAPSHOT_HWLOC_H

#include "snapshot/tree.h"

/**
 * p2p_hwloc_xml() - what hwloc finds of the running machine, as the XML it reads back.
 * @buffer: filled on success
 *
 * hwloc runs in a process of its own: what it prints goes nowhere, and what it breaks is its own.
 *
 * Return: 0; -EIO it failed, which is no reason for anything else to fail; -ENOMEM.
 */
int p2p_hwloc_xml(struct p2p_buffer *buffer);

#endif

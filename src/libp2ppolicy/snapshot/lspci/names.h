/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of names that lspci prints, read backwards: which ids has a name? */
#ifndef P2P_SNAPSHOT_LSPCI_NAMES_H
#define P2P_SNAPSHOT_LSPCI_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct p2p_names;

/** p2p_names_new() - read this machine's pci.ids.  Return: NULL when there is none; free it. */
struct p2p_names *p2p_names_new(void);

/** p2p_names_free() - free it; NULL is fine.  Return: NULL. */
struct p2p_names *p2p_names_free(struct p2p_names *names);

/**
 * p2p_names_find() - the ids of "NVIDIA Corporation GA102 [GeForce RTX 3090]".
 * @names: NULL finds nothing
 *
 * A maker's devices without a name are "Device 2204", which is an id as well.
 * Return: false when no device, or more than one, is called so.
 */
bool p2p_names_find(const struct p2p_names *names, const char *text, unsigned int *ret_vendor,
		    unsigned int *ret_device);

#endif

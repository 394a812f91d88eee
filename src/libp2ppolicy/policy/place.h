/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The place of a function, independent of bus numbers below the root bus: the address of the function
 * on the root bus, then device and function number of each step down, "0000:00:01.1/00.0/02.0/00.0",
 * as the kernel takes it (Documentation/admin-guide/kernel-parameters.txt, <pci_dev>).  For a virtual
 * function it ends in "/virtfn3", its name in sysfs.
 */
#ifndef P2P_POLICY_PLACE_H
#define P2P_POLICY_PLACE_H

#include <p2ppolicy/topology.h>

#include "base/arena.h"

#define P2P_PLACE_SIZE 512

/**
 * p2p_place_format() - write the place of @function to @buffer.
 * Return: 0; -ENOENT the path to it is not known; -E2BIG it is longer than P2P_PLACE_SIZE.
 */
int p2p_place_format(const struct p2p_function *function, char buffer[P2P_PLACE_SIZE]);

/**
 * p2p_places_new() - the places of all functions, by index; "" if p2p_place_format() fails.
 * Return: in @arena; NULL when out of memory.
 */
char **p2p_places_new(struct p2p_arena *arena, const struct p2p_topology *topology);

#endif

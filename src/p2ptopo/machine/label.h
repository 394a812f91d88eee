/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Labels: GPU0, NIC3, NVME1.  Functions of a class are counted in the order of their addresses, like
 * nvidia-smi and CUDA_DEVICE_ORDER=PCI_BUS_ID do; those that take no part are not counted.  NVMe drives have
 * the kernel's number if it gave one, since NVME1 and nvme1 must not be two different drives.
 */
#ifndef P2PTOPO_LABEL_H
#define P2PTOPO_LABEL_H

#include "app.h"

#define LABEL_SIZE 24

/** label_of() - the label of a function; "" if it takes no part.  Return: @text. */
char *label_of(const struct p2p_topology *topology, const struct p2p_function *function,
	       char text[LABEL_SIZE]);

/** label_find() - the function with that label, ignoring case; NULL if there is none. */
const struct p2p_function *label_find(const struct p2p_topology *topology, const char *label);

#endif

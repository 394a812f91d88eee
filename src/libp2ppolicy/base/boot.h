/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identifies the current boot of the running machine: what was recorded in another boot does not hold in this one. */
#ifndef P2P_BASE_BOOT_H
#define P2P_BASE_BOOT_H

#define P2P_BOOT_ID	"/proc/sys/kernel/random/boot_id"
#define P2P_BOOT_SIZE	37	/* a UUID and a zero */

/**
 * p2p_boot_id() - the UUID that the kernel gave itself.
 * @ret_id: "" if unknown
 * Return: 0; -ENODATA if the file holds no UUID; the error of open(2) or read(2).
 */
int p2p_boot_id(char ret_id[P2P_BOOT_SIZE]);

#endif

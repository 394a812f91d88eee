/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which boot of the running machine this is: what was written down in another one is not true in this one. */
#ifndef P2P_BASE_BOOT_H
#define P2P_BASE_BOOT_H

#define P2P_BOOT_ID	"/proc/sys/kernel/random/boot_id"
#define P2P_BOOT_SIZE	37	/* a UUID and a zero */

/**
 * p2p_boot_id() - the UUID that the kernel gave itself.
 * @ret_id: "" if it is not known
 * Return: 0; -ENODATA if the file has no UUID; what open(2) or read(2) says.
 */
int p2p_boot_id(char ret_id[P2P_BOOT_SIZE]);

#endif

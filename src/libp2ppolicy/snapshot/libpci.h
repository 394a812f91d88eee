/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libpci, kept on a leash: its errors come back as errno and a sentence, its warnings go to the
 * log callback, and a read that failed is a failed read and not 0xff.
 */
#ifndef P2P_SNAPSHOT_LIBPCI_H
#define P2P_SNAPSHOT_LIBPCI_H

#include <p2ppolicy/base.h>

struct p2p_libpci;

/**
 * p2p_libpci_open_sysfs() - the running machine, through sysfs.
 * @ret_libpci: owned by the caller; free with p2p_libpci_close()
 *
 * Return: 0; -ENOMEM; -EBADMSG libpci refused it.
 */
int p2p_libpci_open_sysfs(struct p2p_context *context, struct p2p_libpci **ret_libpci);

/** p2p_libpci_close() - NULL is fine.  Return: NULL. */
struct p2p_libpci *p2p_libpci_close(struct p2p_libpci *libpci);

/**
 * p2p_libpci_select() - the function that p2p_libpci_read() reads from now on.
 * Return: 0; -EIO libpci failed.
 */
int p2p_libpci_select(struct p2p_libpci *libpci, struct p2p_bdf bdf);

/**
 * p2p_libpci_read() - bytes of config space of the selected function.
 * Return: true and all of @length bytes, or false.
 */
bool p2p_libpci_read(struct p2p_libpci *libpci, unsigned int offset, unsigned int length,
		     uint8_t *ret_bytes);

/**
 * p2p_libpci_write() - write bytes of config space of the selected function of the running machine.
 * Return: true when all were taken; not whether the registers kept them.
 */
bool p2p_libpci_write(struct p2p_libpci *libpci, unsigned int offset, unsigned int length,
		      const uint8_t *bytes);

#endif

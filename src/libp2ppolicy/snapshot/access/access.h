/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Config space of the running machine, through libpci (libpci.c) or, if built without it
 * (P2PTOPO_LIBPCI=OFF), through the files of sysfs (sysfs.c).  A failed read is reported as an error, never
 * as 0xff.
 */
#ifndef P2P_SNAPSHOT_ACCESS_H
#define P2P_SNAPSHOT_ACCESS_H

#include <p2ppolicy/base.h>

struct p2p_access;

/**
 * p2p_access_open() - open the running machine, through sysfs.
 * @ret_access: owned by the caller; free with p2p_access_close()
 *
 * Return: 0; -ENOMEM; -EBADMSG if libpci refused it.
 */
int p2p_access_open(struct p2p_context *context, struct p2p_access **ret_access);

/** p2p_access_close() - NULL is fine.  Return: NULL. */
struct p2p_access *p2p_access_close(struct p2p_access *access);

/**
 * p2p_access_select() - select the function that p2p_access_read() reads from now on.
 * Return: 0; -EIO when libpci failed.
 */
int p2p_access_select(struct p2p_access *access, struct p2p_bdf bdf);

/**
 * p2p_access_read() - read bytes of config space of the selected function.
 * Return: 0 and all @length bytes; an errno that p2p_is_exhausted() knows, which says nothing about the
 *	function; -EIO.
 */
int p2p_access_read(struct p2p_access *access, unsigned int offset, unsigned int length,
		    uint8_t *ret_bytes);

/**
 * p2p_access_write() - write bytes of config space of the selected function of the running machine.
 * Return: 0 if all were accepted, which does not mean that the registers kept them; -EIO.
 */
int p2p_access_write(struct p2p_access *access, unsigned int offset, unsigned int length,
		     const uint8_t *bytes);

#endif

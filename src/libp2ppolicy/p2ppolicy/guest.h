/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a hypervisor's own words tell of a guest: which functions of the host it gets, and at which
 * addresses it finds them.  Read from libvirt's domain XML or from a command line of QEMU.
 */
#ifndef P2PPOLICY_GUEST_H
#define P2PPOLICY_GUEST_H

#include <p2ppolicy/base.h>

/** struct p2p_guest_device - a function that is passed on. */
struct p2p_guest_device {
	struct p2p_bdf host, guest;
};

struct p2p_guest;

/** p2p_guest_is() - does @text look like one of the two? */
bool p2p_guest_is(const char *text, size_t size);

/**
 * p2p_guest_read() - find the functions that are passed on.
 *
 * Both formats say on which bus of the hypervisor a device is; the number of that bus is what the
 * guest's firmware gives it.  It counts depth first, in the order of addresses, and leaves none free:
 * so do SeaBIOS and OVMF for ports that reserve no buses.
 *
 * @name: for sentences
 * @text: has a zero byte behind its @size bytes; it may hold others, as /proc/PID/cmdline does
 * @ret_guest: p2p_guest_free() it
 *
 * Return: 0; -EBADMSG and a sentence; -ENOMEM.
 */
int p2p_guest_read(struct p2p_context *context, const char *name, const char *text, size_t size,
		   struct p2p_guest **ret_guest);

/** p2p_guest_free() - NULL is fine. */
void p2p_guest_free(struct p2p_guest *guest);

/** p2p_guest_device() - one of them, in the order of the text; NULL past the end. */
const struct p2p_guest_device *p2p_guest_device(const struct p2p_guest *guest, size_t index);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest as its hypervisor's configuration describes it: which functions of the host it gets, and
 * at which addresses it sees them.  Read from libvirt's domain XML or from a QEMU command line.
 */
#ifndef P2PPOLICY_GUEST_H
#define P2PPOLICY_GUEST_H

#include <p2ppolicy/base.h>

/** struct p2p_guest_device - a function that is passed through. */
struct p2p_guest_device {
	struct p2p_bdf host, guest;
};

struct p2p_guest;

/** p2p_guest_is() - does @text look like one of the two formats? */
bool p2p_guest_is(const char *text, size_t size);

/**
 * p2p_guest_read() - find the functions that are passed through.
 *
 * Both formats say on which of the hypervisor's buses a device is; the guest's firmware chooses the
 * number of that bus.  It is assumed to number buses depth first, in the order of addresses and
 * without gaps, as SeaBIOS and OVMF do for ports that reserve no buses.
 *
 * @name: for sentences
 * @text: followed by a zero byte after its @size bytes; may contain others, like /proc/PID/cmdline
 * @ret_guest: owned by the caller; free with p2p_guest_free()
 *
 * Return: 0; -EBADMSG and a sentence; -ENOMEM.
 */
int p2p_guest_read(struct p2p_context *context, const char *name, const char *text, size_t size,
		   struct p2p_guest **ret_guest);

/** p2p_guest_free() - NULL is fine. */
void p2p_guest_free(struct p2p_guest *guest);

/** p2p_guest_device() - the function at @index, in the order of the text; NULL past the end. */
const struct p2p_guest_device *p2p_guest_device(const struct p2p_guest *guest, size_t index);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The devices of a guest as a hypervisor places them; read by libvirt.c or qemu.c, numbered by guest.c. */
#ifndef P2P_SNAPSHOT_GUEST_H
#define P2P_SNAPSHOT_GUEST_H

#include <p2ppolicy/guest.h>

#include "base/arena.h"
#include "base/context.h"

/** enum p2p_guest_kind - a device, a bridge with a bus below it, or the root of a hierarchy. */
enum p2p_guest_kind { P2P_GUEST_DEVICE, P2P_GUEST_BRIDGE, P2P_GUEST_ROOT };

/**
 * struct p2p_guest_slot - one of them and its place.
 * @bus: the hypervisor's name of the bus it is on; NULL for roots
 * @id: its name of the bus below it
 * @number: of a root: its bus number
 * @port: a bridge with one slot below it
 * @passed, @host: it is a function of the host
 * @placed, @address: filled by p2p_guest_read()
 */
struct p2p_guest_slot {
	enum p2p_guest_kind kind;
	const char *bus, *id;
	uint8_t devfn, number;
	bool port, passed, placed;
	struct p2p_bdf host, address;
};

/**
 * struct p2p_guest - see guest.h; strings are in @arena.
 * @hidden: a file that is not at hand defines further buses (QEMU's -readconfig)
 */
struct p2p_guest {
	struct p2p_context *context;
	const char *name;
	struct p2p_arena arena;
	struct p2p_guest_slot *slots;
	size_t count;
	struct p2p_guest_device *devices;
	size_t device_count;
	bool hidden;
};

/** p2p_guest_add() - one more slot.  Return: 0, -EBADMSG too many, -ENOMEM. */
int p2p_guest_add(struct p2p_guest *guest, const struct p2p_guest_slot *slot);

/** p2p_guest_libvirt() - the slots of a domain XML; as p2p_guest_read(). */
int p2p_guest_libvirt(struct p2p_guest *guest, const char *text, size_t size);

/** p2p_guest_qemu() - likewise for a command line, whose words are terminated by zero bytes or written as in a shell. */
int p2p_guest_qemu(struct p2p_guest *guest, const char *text, size_t size);

#endif

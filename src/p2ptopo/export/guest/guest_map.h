/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses inside a guest of the functions that are passed through to it, for export --map. */
#ifndef P2PTOPO_EXPORT_GUEST_MAP_H
#define P2PTOPO_EXPORT_GUEST_MAP_H

#include "app.h"

struct guest_map;

/**
 * guest_map_read() - read libvirt's XML for the guest, a QEMU command line, or a file whose lines each hold
 *	the address on the host, blanks, and the address in the guest. Text after # is ignored.
 * @path: "-" is standard input, "vm" the only guest of this machine that has functions passed through
 * @ret_map: owned by the caller; release with guest_map_free()
 *
 * Return: STATUS_DONE, or a status and a sentence with file and line.
 */
enum status guest_map_read(struct app *app, const char *path, struct guest_map **ret_map);

/** guest_map_free() - NULL is fine. */
void guest_map_free(struct guest_map *map);

/** guest_map_has() - whether @function is passed through to the guest. */
bool guest_map_has(const struct guest_map *map, const struct p2p_function *function);

/**
 * guest_map_address() - the address of @function in the guest. A bridge of the host, which no guest sees,
 *	gets an address of its own in a domain that no guest has.
 */
struct p2p_bdf guest_map_address(const struct guest_map *map, const struct p2p_function *function);

#endif

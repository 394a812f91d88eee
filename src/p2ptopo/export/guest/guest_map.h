/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the functions that a guest gets are called inside it, for export --map. */
#ifndef P2PTOPO_EXPORT_GUEST_MAP_H
#define P2PTOPO_EXPORT_GUEST_MAP_H

#include "app.h"

struct guest_map;

/**
 * guest_map_read() - read libvirt's XML of the guest, a command line of QEMU, or a file with the address
 *	on the host, blanks, and that in the guest on each line, text after # ignored.
 * @path: "-" is standard input, "vm" the one guest of this machine that functions are passed on to
 * @ret_map: owned by the caller; guest_map_free()
 *
 * Return: STATUS_DONE, or a status and a sentence with file and line.
 */
enum status guest_map_read(struct app *app, const char *path, struct guest_map **ret_map);

/** guest_map_free() - NULL is fine. */
void guest_map_free(struct guest_map *map);

/** guest_map_has() - does the guest get @function? */
bool guest_map_has(const struct guest_map *map, const struct p2p_function *function);

/**
 * guest_map_address() - its address there.  A bridge of the host, which no guest sees, gets one
 *	of its own in a domain that no guest has.
 * Return: @bdf.
 */
const char *guest_map_address(const struct guest_map *map, const struct p2p_function *function,
			      char bdf[P2P_BDF_SIZE]);

#endif

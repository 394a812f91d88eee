/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The undo file: how to revert what was written into config space. */
#ifndef P2P_GATE_UNDO_H
#define P2P_GATE_UNDO_H

#include <p2ppolicy/apply.h>

/**
 * struct p2p_write - one register, what it held and what was written.
 * @offset: of the register; @acs: of the capability it belongs to
 * @size: of the register in bytes; the values are its lower two bytes, which hold all defined bits
 * @vendor, @device: of the function, to recognize a different one in its place
 */
struct p2p_write {
	struct p2p_bdf bdf;
	uint16_t vendor, device, acs, offset;
	uint8_t size;
	uint16_t mask, before, after;
};

/** struct p2p_undo - all writes, in the order they were made. */
struct p2p_undo {
	struct p2p_write *writes;
	size_t count;
};

/**
 * p2p_undo_load() - read a file.
 * @ret_undo: owned by the caller; free with p2p_undo_free()
 * Return: 0; -ENOENT there is none; -EBADMSG it is not an undo file, or one of another release; -ESTALE it is
 *	from another boot; -EACCES the present boot cannot be identified; -EINVAL it is not a regular file;
 *	-EPERM it belongs to another user; another negative errno if it cannot be read.
 */
int p2p_undo_load(struct p2p_context *context, const char *path, struct p2p_undo *ret_undo);

/**
 * p2p_undo_save() - write it like p2p_file_write(), readable by its owner only; its directory is
 *	created if necessary.
 */
int p2p_undo_save(struct p2p_context *context, const char *path, const struct p2p_undo *undo);

/** p2p_undo_free() - free what it holds. */
void p2p_undo_free(struct p2p_undo *undo);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file that says how to take back what was written into config space. */
#ifndef P2P_GATE_UNDO_H
#define P2P_GATE_UNDO_H

#include <p2ppolicy/apply.h>

/**
 * struct p2p_write - one register, what it held and what was written.
 * @offset: of the register; @acs: of the capability it belongs to
 * @size: of the register in bytes; the values are its lower two, as are all bits there are
 * @vendor, @device: of the function, so that another one in its place is told
 */
struct p2p_write {
	struct p2p_bdf bdf;
	uint16_t vendor, device, acs, offset;
	uint8_t size;
	uint16_t mask, before, after;
};

/** struct p2p_undo - all of them, in the order they were written. */
struct p2p_undo {
	struct p2p_write *writes;
	size_t count;
};

/**
 * p2p_undo_load() - read a file.
 * @ret_undo: freed with p2p_undo_free()
 * Return: 0; -ENOENT there is none; -EBADMSG it is no such file, or another release's; -ESTALE it is of another boot;
 *	-EACCES this boot cannot be told from others.
 */
int p2p_undo_load(struct p2p_context *context, const char *path, struct p2p_undo *ret_undo);

/**
 * p2p_undo_save() - write it as p2p_file_write() does, for its owner alone to read; its directory
 *	is made when there is none.
 */
int p2p_undo_save(struct p2p_context *context, const char *path, const struct p2p_undo *undo);

/** p2p_undo_free() - free what it holds. */
void p2p_undo_free(struct p2p_undo *undo);

#endif

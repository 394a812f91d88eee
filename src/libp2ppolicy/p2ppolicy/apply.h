/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing ACS on the running machine, and undoing it.  This is the only writer of config space in
 * this library.
 *
 * All registers are read again, and the undo file is saved, before the first register is written.
 * Each write is read back, and if one did not take effect, those before it are undone.
 */
#ifndef P2PPOLICY_APPLY_H
#define P2PPOLICY_APPLY_H

#include <p2ppolicy/cmdline.h>

/** Where the undo information is kept by default; it must not survive a reboot, and does not in /run. */
#define P2P_UNDO_FILE "/run/p2ptopo/fix-undo.json"

/**
 * p2p_apply() - write registers.
 * @topology: of this running machine; the registers belong to its functions
 * @registers: @count of them
 * @undo: the file for p2p_apply_undo(); NULL P2P_UNDO_FILE.  What it already has from this boot is
 *	kept, so that one undo reverts everything.
 *
 * Return: 0; -EXDEV @topology is from a capture; -EACCES config space may not be written;
 *	-ESTALE a register no longer holds what it held when it was evaluated, or another device is
 *	there: nothing was written; -EIO a write did not take effect, and all were undone;
 *	-ENOTRECOVERABLE undoing failed as well: p2p_context_error() says where, and the undo file
 *	stays; another negative errno if @undo cannot be written: no register was written.
 */
int p2p_apply(struct p2p_context *context, const struct p2p_topology *topology,
	      const struct p2p_register *registers, size_t count, const char *undo);

/**
 * p2p_apply_undo() - undo what @undo records, the last change first, and remove the file.
 * @undo: NULL P2P_UNDO_FILE
 * @ret_count: registers written; may be NULL
 *
 * Return: 0; -ENOENT there is no such file; -EBADMSG it was not written by p2p_apply(); -EACCES;
 *	-ESTALE it is from another boot, or a register is no longer as it was left: nothing was
 *	written; -EIO, -ENOTRECOVERABLE as for p2p_apply().
 */
int p2p_apply_undo(struct p2p_context *context, const char *undo, size_t *ret_count);

#endif

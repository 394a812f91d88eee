/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing ACS of the running machine, and taking it back.  The only writer of config space in
 * this library.
 *
 * All registers are read again before the first is written, and how to go back is on disk by
 * then; each write is read back, and when one does not take, those before it are taken back.
 */
#ifndef P2PPOLICY_APPLY_H
#define P2PPOLICY_APPLY_H

#include <p2ppolicy/cmdline.h>

/** Where the way back is kept unless another file is named: gone with the next boot, as it must be. */
#define P2P_UNDO_FILE "/run/p2ptopo/fix-undo.json"

/**
 * p2p_apply() - write registers.
 * @topology: of this running machine; the registers are of its functions
 * @registers: @count of them
 * @undo: file that p2p_apply_undo() takes; NULL P2P_UNDO_FILE.  What it has of this boot already
 *	stays in it, so that one undo takes all back.
 *
 * Return: 0; -EXDEV @topology is of a capture; -EACCES config space may not be written;
 *	-ESTALE a register does not hold what it held when it was evaluated, or another device sits
 *	there: nothing was written; -EIO a write did not take, all were taken back;
 *	-ENOTRECOVERABLE and taking back failed too: p2p_context_error() says where, and the undo
 *	file stays; another negative errno when @undo cannot be written: nothing else was.
 */
int p2p_apply(struct p2p_context *context, const struct p2p_topology *topology,
	      const struct p2p_register *registers, size_t count, const char *undo);

/**
 * p2p_apply_undo() - take back what @undo tells, the last first, and remove the file.
 * @undo: NULL P2P_UNDO_FILE
 * @ret_count: registers written; may be NULL
 *
 * Return: 0; -ENOENT there is no such file; -EBADMSG it is none of p2p_apply(); -EACCES; -ESTALE it
 *	is of another boot, or a register is no longer as it was left: nothing was written;
 *	-EIO, -ENOTRECOVERABLE as p2p_apply().
 */
int p2p_apply_undo(struct p2p_context *context, const char *undo, size_t *ret_count);

#endif

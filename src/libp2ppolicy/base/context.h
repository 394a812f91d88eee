/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the floors report: one sentence beside each negative errno, debug lines to the callback. */
#ifndef P2P_BASE_CONTEXT_H
#define P2P_BASE_CONTEXT_H

#include <p2ppolicy/base.h>

/**
 * p2p_error() - put a sentence (no newline, no trailing period) into the context.
 * @error: a negative errno
 * Return: @error, so that callers say return p2p_error(...).
 */
int p2p_error(struct p2p_context *context, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** The library that snapshot/tree/libarchive.h loads. */
#define P2P_LIBARCHIVE "libarchive.so.13"

/**
 * p2p_is_exhausted() - does this errno say that the process ran out of something, or that P2P_LIBARCHIVE
 *	is missing (-ELIBACC), and so nothing of what was read or opened?  What is unknown for that is no fact of a machine.
 */
bool p2p_is_exhausted(int error);

/** p2p_exhausted() - the sentence for such an errno.  Return: @error. */
int p2p_exhausted(struct p2p_context *context, int error);

/** p2p_debug() - one line to the log callback, if there is one. */
void p2p_debug(struct p2p_context *context, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How every layer reports: one sentence with each negative errno, and debug lines to the callback. */
#ifndef P2P_BASE_CONTEXT_H
#define P2P_BASE_CONTEXT_H

#include <p2ppolicy/base.h>

/**
 * p2p_error() - store a sentence (no newline, no trailing period) in the context.
 * @error: a negative errno
 * Return: @error, so that callers can write return p2p_error(...).
 */
int p2p_error(struct p2p_context *context, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** The library that snapshot/tree/libarchive.h loads. */
#define P2P_LIBARCHIVE "libarchive.so.13"

/**
 * p2p_is_exhausted() - true if this errno means that the process ran out of a resource, or that
 *	P2P_LIBARCHIVE is missing (-ELIBACC), and so says nothing about what was being read or opened.  What
 *	stays unknown for such a reason is not a fact about the machine.
 */
bool p2p_is_exhausted(int error);

/** p2p_exhausted() - the sentence for such an errno.  Return: @error. */
int p2p_exhausted(struct p2p_context *context, int error);

/**
 * p2p_told() - what a public function that takes a context returns; each has a sentence for -ENOMEM, and never that
 *	of an earlier call.
 * Return: @r.
 */
int p2p_told(struct p2p_context *context, int r);

/** p2p_debug() - pass one line to the log callback, if one is set. */
void p2p_debug(struct p2p_context *context, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "failure.h"

/* Everything not listed is a fault of the user's input: STATUS_INPUT. */
static const struct {
	int error;
	enum status status;
} rows[] = {
	/* The library was asked to change a capture, or to push from one. */
	{ EXDEV, STATUS_USAGE },

	/* The machine does not permit it: missing permission, or something needed is missing, busy or changed. */
	{ EACCES, STATUS_ACCESS },
	{ EPERM, STATUS_ACCESS },
	{ EROFS, STATUS_ACCESS },
	{ EBUSY, STATUS_ACCESS },
	{ EEXIST, STATUS_ACCESS },
	{ ENODEV, STATUS_ACCESS },
	{ ENXIO, STATUS_ACCESS },
	{ ENOTTY, STATUS_ACCESS },
	{ EPROTO, STATUS_ACCESS },
	{ ESTALE, STATUS_ACCESS },

	/* The system ran out of a resource, or failed. */
	{ ENOMEM, STATUS_SYSTEM },
	{ ENOSPC, STATUS_SYSTEM },
	{ EDQUOT, STATUS_SYSTEM },
	{ EFBIG, STATUS_SYSTEM },
	{ EINTR, STATUS_SYSTEM },
	{ EMFILE, STATUS_SYSTEM },
	{ ENFILE, STATUS_SYSTEM },
	{ EAGAIN, STATUS_SYSTEM },
	{ EIO, STATUS_SYSTEM },
	{ EBADF, STATUS_SYSTEM },
	{ EPIPE, STATUS_SYSTEM },
	{ ELIBACC, STATUS_SYSTEM },
	{ ENOTRECOVERABLE, STATUS_SYSTEM },
};

enum status failure_status(int error)
{
	if (!error)
		return STATUS_DONE;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].error == -error)
			return rows[i].status;
	}
	return STATUS_INPUT;
}

enum status fail_with(struct failure *failure, enum status status, const char *format, ...)
{
	va_list args;

	failure->status = status;
	va_start(args, format);
	vsnprintf(failure->sentence, sizeof(failure->sentence), format, args);
	va_end(args);
	return status;
}

enum status fail_system(struct failure *failure, int error, const char *what)
{
	return error == -ENOMEM ? fail_memory(failure) :
	       fail_with(failure, failure_status(error), "%s: %s", what, strerror(-error));
}

enum status fail_at(struct failure *failure, const char *file, unsigned int line)
{
	char sentence[sizeof(failure->sentence)];

	if (failure->status != STATUS_INPUT)
		return failure->status;
	memcpy(sentence, failure->sentence, sizeof(sentence));
	return fail_with(failure, STATUS_INPUT, "%s:%u: %s", file, line, sentence);
}

enum status fail_memory(struct failure *failure)
{
	return fail_with(failure, failure_status(-ENOMEM), "out of memory");
}

enum status fail_library(struct failure *failure, const struct p2p_context *context, int error)
{
	if (error == -ENOMEM)
		return fail_memory(failure);
	return fail_with(failure, failure_status(error), "%s", p2p_context_error(context));
}

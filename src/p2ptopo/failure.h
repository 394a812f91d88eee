/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a command failed: a status and a sentence, filled in where the fault is found and printed only by
 * main().
 */
#ifndef P2PTOPO_FAILURE_H
#define P2PTOPO_FAILURE_H

#include <p2ppolicy/all.h>

/** Exit statuses; see EXIT STATUS in p2ptopo(1). */
enum status {
	STATUS_DONE = 0,
	STATUS_NO = 1,
	STATUS_USAGE = 2,
	STATUS_ACCESS = 3,
	STATUS_INPUT = 4,
	STATUS_SYSTEM = 5,
	STATUS_CHECK = 10,	/* plus the number of the class: enum p2p_check_class */
};

/** struct failure - zeroed memory is no failure.  The last fail_with() counts. */
struct failure {
	enum status status;
	char sentence[2048];
};

/** fail_with() - fill @failure.  The sentence has no newline and no period.  Return: @status. */
enum status fail_with(struct failure *failure, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * fail_system() - "@what: " and the system's text for @error, a negative errno.
 * Return: failure_status(@error).
 */
enum status fail_system(struct failure *failure, int error, const char *what);

/**
 * fail_at() - put "@file:@line: " in front of the sentence about that line, except for a fault of the system,
 * which is not the file's.
 * Return: the status that @failure has.
 */
enum status fail_at(struct failure *failure, const char *file, unsigned int line);

/** fail_memory() - out of memory.  Return: its status. */
enum status fail_memory(struct failure *failure);

/**
 * fail_library() - a call of the library returned @error and left a sentence in @context.
 * Return: failure_status(@error).
 */
enum status fail_library(struct failure *failure, const struct p2p_context *context, int error);

/** failure_status() - the exit status for a negative errno, from the library or the kernel. */
enum status failure_status(int error);

#endif

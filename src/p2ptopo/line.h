/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of untrusted files. */
#ifndef P2PTOPO_LINE_H
#define P2PTOPO_LINE_H

#include <stdio.h>
#include <sys/types.h>

#include "failure.h"

/**
 * line_read() - like getline(), but limited: that uses all memory for a file without newlines.
 * @most: limit for the bytes of a line
 *
 * Return: its size; -1 at the end of the file, or on failure with errno, EFBIG if it is longer.
 */
ssize_t line_read(char **line, size_t *room, FILE *file, size_t most);

/** line_fail() - line_read() failed in line @number of @file; errno says why.  Return: the status. */
enum status line_fail(struct failure *failure, const char *file, unsigned int number);

#endif

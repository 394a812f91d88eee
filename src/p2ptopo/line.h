/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of files that may be anybody's. */
#ifndef P2PTOPO_LINE_H
#define P2PTOPO_LINE_H

#include <stdio.h>
#include <sys/types.h>

#include "failure.h"

/**
 * line_read() - as getline(), which takes all the memory that there is for a file without a newline.
 * @most: bytes of the longest line
 *
 * Return: its size; -1 at the end of the file, or with errno; EFBIG: it is longer.
 */
ssize_t line_read(char **line, size_t *room, FILE *file, size_t most);

/** line_fail() - line_read() came to no end, in line @number of @file; errno says why.  Return: the status. */
enum status line_fail(struct failure *failure, const char *file, unsigned int number);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "line.h"

static bool has_room(char **line, size_t *room, size_t size)
{
	size_t wanted = *room ? 2 * *room : 128;
	char *larger;

	if (size < *room)
		return true;
	larger = realloc(*line, wanted);
	if (!larger)
		return false;
	*line = larger;
	*room = wanted;
	return true;
}

/* The next byte; an interrupted read is retried. */
static int next(FILE *file)
{
	int c;

	while ((c = getc_unlocked(file)) == EOF && ferror(file) && errno == EINTR)
		clearerr(file);
	return c;
}

ssize_t line_read(char **line, size_t *room, FILE *file, size_t most)
{
	size_t size = 0;
	int c = 0;

	if (!has_room(line, room, 0))
		return -1;
	while (c != '\n' && (c = next(file)) != EOF) {
		if (size == most) {
			errno = EFBIG;
			return -1;
		}
		if (!has_room(line, room, size + 1))
			return -1;
		(*line)[size++] = (char)c;
	}
	if (!size)
		return -1;
	(*line)[size] = '\0';
	return ferror(file) ? -1 : (ssize_t)size;
}

enum status line_fail(struct failure *failure, const char *file, unsigned int number)
{
	if (errno != EFBIG)
		return fail_system(failure, -errno, file);
	fail_with(failure, STATUS_INPUT, "the line is too long");
	return fail_at(failure, file, number);
}

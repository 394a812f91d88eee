/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine/save.h"

static int write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t done = write(fd, text, left);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		text += done;
		left -= (size_t)done;
	}
	return fsync(fd) ? -errno : 0;
}

/* mkstemp() lets nobody else read: the file gets what open() would have given it. */
static int write_beside(char *temporary, const char *text)
{
	mode_t mask = umask(077);
	int fd = mkstemp(temporary), error = fd < 0 ? -errno : 0;

	umask(mask);
	if (fd < 0)
		return error;
	error = write_all(fd, text);
	if (fchmod(fd, 0666 & ~mask) && !error)
		error = -errno;
	if (close(fd) && !error)
		error = -errno;
	if (error)
		unlink(temporary);
	return error;
}

enum status save_text(struct failure *failure, const char *path, const char *text)
{
	size_t size = strlen(path) + sizeof(".XXXXXX");
	char *temporary = malloc(size);
	int error;

	if (!temporary)
		return fail_memory(failure);
	snprintf(temporary, size, "%s.XXXXXX", path);
	error = write_beside(temporary, text);
	if (!error && rename(temporary, path)) {
		error = -errno;
		unlink(temporary);
	}
	free(temporary);
	return error ? fail_with(failure, failure_status(error), "%s cannot be written: %s", path,
				 strerror(-error)) :
		       STATUS_DONE;
}

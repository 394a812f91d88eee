/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "view/save.h"

/* Where a file system cannot refuse by itself, we look before. */
static int put_in_place(const char *made, const char *path, bool replace)
{
	if (!replace) {
		if (!renameat2(AT_FDCWD, made, AT_FDCWD, path, RENAME_NOREPLACE))
			return 0;
		if (errno != EINVAL && errno != ENOSYS)
			return -errno;
		if (!faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW))
			return -EEXIST;
	}
	return rename(made, path) ? -errno : 0;
}

static int write_all(int fd, void (*print)(FILE *out, void *data), void *data)
{
	FILE *out = fdopen(fd, "w");
	mode_t mask = umask(0);
	int error;

	umask(mask);
	if (!out) {
		error = -errno;
		close(fd);
		return error;
	}
	print(out, data);
	error = ferror(out) || fflush(out) || fchmod(fd, 0666 & ~mask) || fsync(fd) ? -errno : 0;
	if (ferror(out) && !error)
		error = -EIO;
	if (fclose(out) && !error)
		error = -errno;
	return error;
}

int save_file(const char *path, bool replace, void (*print)(FILE *out, void *data), void *data)
{
	char *made = NULL;
	struct stat stat;
	int error, fd;

	if (!lstat(path, &stat) && !replace)
		return -EEXIST;
	if (asprintf(&made, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkostemp(made, O_CLOEXEC);
	if (fd < 0) {
		error = -errno;
		free(made);
		return error;
	}
	error = write_all(fd, print, data);
	if (!error)
		error = put_in_place(made, path, replace);
	if (error)
		unlink(made);
	free(made);
	return error;
}

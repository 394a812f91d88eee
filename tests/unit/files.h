/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees of files on disk and tars in memory, for the tests of the sources. */
#ifndef TESTS_UNIT_FILES_H
#define TESTS_UNIT_FILES_H

#include <archive.h>
#include <archive_entry.h>
#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <p2ppolicy/all.h>

#include "snapshot/inside.h"

/* A new empty directory; remove_directory() takes it away. */
static inline char *make_directory(void)
{
	char *path = strdup("/tmp/p2ptopo-test-XXXXXX");

	ck_assert_ptr_nonnull(mkdtemp(path));
	return path;
}

static inline int remove_one(const char *path, const struct stat *status, int type,
			     struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline void remove_directory(char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(path);
}

/* The directories that @path needs below @root, and its full name in @full. */
static inline void make_parents(const char *root, const char *path, char full[PATH_MAX])
{
	ck_assert_int_lt(snprintf(full, PATH_MAX, "%s/%s", root, path), PATH_MAX);
	for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
}

static inline void put_bytes(const char *root, const char *path, const void *data, size_t size)
{
	char full[PATH_MAX];
	int fd;

	make_parents(root, path, full);
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, size), (ssize_t)size);
	close(fd);
}

static inline void put_text(const char *root, const char *path, const char *text)
{
	put_bytes(root, path, text, strlen(text));
}

static inline void put_link(const char *root, const char *path, const char *target)
{
	char full[PATH_MAX];

	make_parents(root, path, full);
	ck_assert_int_eq(symlink(target, full), 0);
}

/* The function 0000:00:NN.0 on the root bus, with @size bytes of config space. */
static inline void put_function(const char *root, unsigned int device, const void *config,
				size_t size)
{
	char link[64], target[64], path[64];

	snprintf(link, sizeof(link), "sys/bus/pci/devices/0000:00:%02x.0", device);
	snprintf(target, sizeof(target), "../../../devices/pci0000:00/0000:00:%02x.0", device);
	snprintf(path, sizeof(path), "sys/devices/pci0000:00/0000:00:%02x.0/config", device);
	put_link(root, link, target);
	put_bytes(root, path, config, size);
}

static inline struct p2p_context *make_context(void)
{
	struct p2p_context *context;

	ck_assert_int_eq(p2p_context_new(&context), 0);
	return context;
}

static inline struct p2p_snapshot *load(struct p2p_context *context, const char *path,
					enum p2p_want want)
{
	struct p2p_snapshot *snapshot = NULL;
	int r = p2p_snapshot_load(context, path, want, &snapshot);

	ck_assert_msg(r == 0, "%s: %d: %s", path, r, p2p_context_error(context));
	return snapshot;
}

/* Loading must fail with @error and a sentence that holds @text, and leave the output alone. */
static inline void refuse(struct p2p_context *context, const char *path, int error,
			  const char *text)
{
	struct p2p_snapshot *snapshot = (void *)1;
	int r = p2p_snapshot_load(context, path, P2P_WANT_VERDICT, &snapshot);

	ck_assert_msg(r == error, "%s: %d instead of %d", path, r, error);
	ck_assert_ptr_eq(snapshot, (void *)1);
	ck_assert_msg(strstr(p2p_context_error(context), text) != NULL, "'%s' lacks '%s'",
		      p2p_context_error(context), text);
	ck_assert_ptr_null(strchr(p2p_context_error(context), '\n'));
}

/* All of a file; free() it. */
static inline char *get_bytes(const char *path, size_t *ret_size)
{
	struct stat status;
	char *data;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &status), 0);
	data = malloc((size_t)status.st_size + 1);
	ck_assert_int_eq(read(fd, data, (size_t)status.st_size), status.st_size);
	data[status.st_size] = '\0';
	close(fd);
	*ret_size = (size_t)status.st_size;
	return data;
}

#endif

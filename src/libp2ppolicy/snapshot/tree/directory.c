/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "snapshot/config.h"
#include "snapshot/tree/below.h"
#include "snapshot/tree/tree.h"

#define TRIES		3

struct directory {
	struct p2p_tree tree;
	int root;
};

static struct directory *directory_of(struct p2p_tree *tree)
{
	return (struct directory *)tree;
}

/*
 * The only function that opens files.  In a captured root an absolute link starts at that root and no path
 * leaves it; below an entered directory, a link that leads out of it fails.
 */
static int open_below(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		      int flags)
{
	int base = place ? place->fd : directory_of(tree)->root;
	int all = flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, fd = -EAGAIN;

	/* EAGAIN: something was renamed meanwhile.  EINTR: some file systems may return it. */
	for (int i = 0; i < TRIES && (fd == -EAGAIN || fd == -EINTR); i++) {
		if (tree->live) {
			fd = openat(base, path, all);
			fd = fd < 0 ? -errno : fd;
		} else {
			fd = p2p_open_below(base, path, all, !place);
		}
	}
	return fd;
}

static int directory_enter(struct p2p_tree *tree, const char *path, struct p2p_place *ret_place)
{
	int fd = open_below(tree, NULL, *path ? path : ".", O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return fd;
	*ret_place = (struct p2p_place){ .fd = fd };
	return 0;
}

static void directory_leave(struct p2p_tree *tree, struct p2p_place *place)
{
	(void)tree;
	close(place->fd);
}

/* How a file ends: at end of file, with a newline, or at one of the sizes of config space. */
enum end { END_OF_FILE, END_OF_LINE, END_OF_CONFIG };

/* A short read ends a sysfs attribute, but not a file that procfs generates while it is read, nor binary data. */
static enum end end_of(const struct p2p_place *place, const char *path)
{
	if (!place || !strcmp(path, "vpd"))
		return END_OF_FILE;
	return strcmp(path, "config") ? END_OF_LINE : END_OF_CONFIG;
}

/* Is this the whole file, after a short read? */
static bool is_whole(const struct p2p_buffer *buffer, enum end end)
{
	if (end == END_OF_LINE)
		return !buffer->size || buffer->data[buffer->size - 1] == '\n';
	return end == END_OF_CONFIG && (buffer->size == P2P_CONFIG_HEADER ||
	       buffer->size == P2P_CONFIG_STANDARD || buffer->size == P2P_CONFIG_EXTENDED);
}

static int read_all(int fd, enum end end, size_t most, struct p2p_buffer *buffer)
{
	size_t room;
	ssize_t n;

	do {
		n = p2p_buffer_take(fd, buffer, &room);
		if (n < 0)
			return (int)n;
		if (buffer->size > most)
			return -EFBIG;
	} while (n && ((size_t)n == room || !is_whole(buffer, end)));
	return 0;
}

static int directory_read(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
			  struct p2p_buffer *buffer)
{
	int fd = open_below(tree, place, path, O_RDONLY);
	int r;

	if (fd < 0)
		return fd;
	buffer->size = 0;
	r = read_all(fd, end_of(place, path), P2P_FILE_MOST, buffer);
	close(fd);
	return r;
}

static int directory_size(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
			  uint64_t *ret_size)
{
	struct stat status;

	if (fstatat(place ? place->fd : directory_of(tree)->root, path, &status,
		    AT_SYMLINK_NOFOLLOW))
		return -errno;
	*ret_size = (uint64_t)status.st_size;
	return 0;
}

static int directory_link(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
			  struct p2p_buffer *buffer)
{
	int base = place ? place->fd : directory_of(tree)->root, parent = -1;
	const char *slash = strrchr(path, '/');
	ssize_t n;
	int r = p2p_buffer_reserve(buffer, PATH_MAX);

	if (r < 0)
		return r;
	/* readlinkat() follows links on the way, so the directory is opened safely first. */
	if (slash && !tree->live) {
		char directory[PATH_MAX];

		if ((size_t)(slash - path) >= sizeof(directory))
			return -ENAMETOOLONG;
		memcpy(directory, path, (size_t)(slash - path));
		directory[slash - path] = '\0';
		parent = open_below(tree, place, directory, O_RDONLY | O_DIRECTORY);
		if (parent < 0)
			return parent;
		base = parent;
		path = slash + 1;
	}
	n = readlinkat(base, path, buffer->data, PATH_MAX);
	r = n < 0 ? -errno : 0;
	if (parent >= 0)
		close(parent);
	if (r < 0)
		return r;
	if (n == PATH_MAX)
		return -ENAMETOOLONG;
	buffer->size = (size_t)n;
	buffer->data[n] = '\0';
	return 0;
}

/* Call getdents64() directly: the directory is open already and needs no stream. */
static long read_entries(int fd, char *entries, size_t room)
{
	long n;

	do
		n = syscall(SYS_getdents64, fd, entries, room);
	while (n < 0 && errno == EINTR);
	return n;
}

/* FNV-1a of a name and its inode number, which sysfs gives to no other file. */
static uint64_t hash_entry(const struct dirent64 *entry)
{
	uint64_t hash = 14695981039346656037u ^ entry->d_ino;

	for (const char *c = entry->d_name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211u;
	return hash;
}

static int directory_list(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
			  struct p2p_buffer *buffer)
{
	_Alignas(struct dirent64) char entries[8192];
	bool own = !place || *path;
	int fd = own ? open_below(tree, place, path, O_RDONLY | O_DIRECTORY) : place->fd;
	long n, at;
	int r = 0;

	if (fd < 0)
		return fd;
	buffer->size = 0;
	tree->stamp = 0;
	while (r == 0 && (n = read_entries(fd, entries, sizeof(entries))) > 0) {
		for (at = 0; at < n && r == 0;) {
			const struct dirent64 *entry = (const void *)(entries + at);
			const char *name = entry->d_name;

			at += entry->d_reclen;
			if (!strcmp(name, ".") || !strcmp(name, "..") || strchr(name, '\n'))
				continue;
			tree->stamp += hash_entry(entry);
			r = p2p_buffer_append_line(buffer, name);
		}
	}
	if (r == 0 && n < 0)
		r = -errno;
	if (r == 0)
		r = p2p_buffer_append(buffer, "", 0);
	if (own)
		close(fd);
	return r;
}

static void directory_free(struct p2p_tree *tree)
{
	close(directory_of(tree)->root);
	free(tree);
}

static const struct p2p_tree_ops directory_ops = {
	.enter = directory_enter,
	.leave = directory_leave,
	.read = directory_read,
	.size = directory_size,
	.link = directory_link,
	.list = directory_list,
	.free = directory_free,
};

int p2p_tree_directory(int fd, bool live, struct p2p_tree **ret_tree)
{
	struct directory *directory = calloc(1, sizeof(*directory));

	if (!directory) {
		close(fd);
		return -ENOMEM;
	}
	directory->tree.ops = &directory_ops;
	directory->tree.live = live;
	directory->root = fd;
	*ret_tree = &directory->tree;
	return 0;
}

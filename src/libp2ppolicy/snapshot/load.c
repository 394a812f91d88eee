/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "snapshot/archive.h"
#include "snapshot/inside.h"
#include "snapshot/manifest.h"

#define DEVICES		"sys/bus/pci/devices"
#define FILE_MOST	((size_t)1 << 30)

static bool has_devices(int fd)
{
	struct stat status;

	return !fstatat(fd, DEVICES, &status, 0) && S_ISDIR(status.st_mode);
}

/* The one directory in @fd that holds a tree; -EEXIST when there are two. */
static int find_below(int fd)
{
	DIR *directory = fdopendir(dup(fd));
	const struct dirent *entry;
	int found = -ENOENT;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory))) {
		int child;

		if (entry->d_name[0] == '.')
			continue;
		child = openat(fd, entry->d_name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child < 0)
			continue;
		if (!has_devices(child)) {
			close(child);
			continue;
		}
		if (found >= 0) {
			close(child);
			close(found);
			found = -EEXIST;
			break;
		}
		found = child;
	}
	closedir(directory);
	return found;
}

/* @fd: the directory @path, closed or kept by the tree. */
static int open_directory(struct p2p_context *context, const char *path, int fd,
			  struct p2p_tree **ret_tree)
{
	int child;

	if (!has_devices(fd)) {
		child = find_below(fd);
		close(fd);
		if (child == -EEXIST)
			return p2p_error(context, -EBADMSG,
					 "%s: holds several captures; name one of them", path);
		if (child < 0)
			return p2p_error(context, -EBADMSG,
					 "%s: no " DEVICES " in this directory or one below", path);
		fd = child;
	}
	if (p2p_tree_directory(fd, false, ret_tree) < 0)
		return p2p_error(context, -ENOMEM, "out of memory");
	return 0;
}

static int load_hwloc(struct p2p_context *context, struct p2p_tree *tree,
		      struct p2p_snapshot *snapshot)
{
	struct p2p_buffer buffer = { 0 };
	int r = tree->live ? -ENOENT : tree->ops->read(tree, NULL, "hwloc.xml", &buffer);

	if (r == 0) {
		snapshot->hwloc.data = p2p_arena_copy(&snapshot->arena, buffer.data, buffer.size);
		snapshot->hwloc.size = buffer.size;
		snapshot->hwloc.fact = P2P_PRESENT;
		r = snapshot->hwloc.data ? 0 : -ENOMEM;
	} else if (r == -ENOENT) {
		snapshot->hwloc.fact = P2P_ABSENT;
	}
	free(buffer.data);
	return r == -ENOMEM ? p2p_error(context, r, "out of memory") : 0;
}

static int load_tree(struct p2p_context *context, const char *name, struct p2p_tree *tree,
		     struct p2p_snapshot *snapshot)
{
	int r = tree->live ? 0 : p2p_manifest_load(context, name, tree, snapshot);

	if (r == 0)
		r = p2p_load_functions(context, tree, snapshot);
	if (r < 0)
		return r;
	if (!snapshot->count)
		return p2p_error(context, tree->live ? -ENODEV : -EBADMSG,
				 "%s: no PCI function in " DEVICES, name);
	if (p2p_snapshot_sort(snapshot))
		return p2p_error(context, -EBADMSG, "%s: a function comes twice", name);
	r = p2p_load_machine(context, tree, snapshot);
	p2p_snapshot_sort_entries(snapshot);
	return r < 0 ? r : load_hwloc(context, tree, snapshot);
}

static int load_live(struct p2p_context *context, struct p2p_snapshot *snapshot)
{
	struct p2p_tree *tree;
	int r, fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return p2p_error(context, -errno, "/: %s", strerror(errno));
	if (p2p_tree_directory(fd, true, &tree) < 0)
		return p2p_error(context, -ENOMEM, "out of memory");
	r = load_tree(context, "this machine", tree, snapshot);
	p2p_tree_free(tree);
	if (r == -ENOENT)
		r = p2p_error(context, -ENODEV, "this machine has no PCI: /" DEVICES
			      " is not there");
	return r;
}

static int read_file(struct p2p_context *context, const char *path, int fd,
		     struct p2p_buffer *buffer)
{
	for (;;) {
		ssize_t n;

		if (p2p_buffer_reserve(buffer, buffer->room ? buffer->room : 65536) < 0)
			return p2p_error(context, -ENOMEM, "out of memory");
		n = read(fd, buffer->data + buffer->size, buffer->room - buffer->size - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return p2p_error(context, -errno, "%s: %s", path, strerror(errno));
		buffer->size += (size_t)n;
		buffer->data[buffer->size] = '\0';
		if (n == 0)
			return 0;
		if (buffer->size > FILE_MOST)
			return p2p_error(context, -EBADMSG, "%s: larger than %zu MiB", path,
					 FILE_MOST >> 20);
	}
}

static int load_archive(struct p2p_context *context, const char *path,
			const struct p2p_buffer *buffer, struct p2p_snapshot *snapshot)
{
	struct p2p_tree *tree;
	int r = p2p_tree_archive(context, path, buffer->data, buffer->size, &tree);

	if (r == -ENOTSUP)
		return p2p_error(context, -EBADMSG,
				 "%s: neither a directory, a tar archive, nor lspci -xxxx output",
				 path);
	if (r < 0)
		return r;
	snapshot->source = P2P_SOURCE_ARCHIVE;
	r = load_tree(context, path, tree, snapshot);
	p2p_tree_free(tree);
	return r;
}

static int load_file(struct p2p_context *context, const char *path, int fd,
		     struct p2p_snapshot *snapshot)
{
	struct p2p_buffer buffer = { 0 };
	int r = read_file(context, path, fd, &buffer);

	if (r == 0 && !buffer.size) {
		r = p2p_error(context, -EBADMSG, "%s: the file is empty", path);
	} else if (r == 0 && p2p_dump_is(buffer.data, buffer.size)) {
		snapshot->source = P2P_SOURCE_DUMP;
		r = p2p_load_dump(context, path, buffer.data, buffer.size, snapshot);
	} else if (r == 0) {
		r = load_archive(context, path, &buffer, snapshot);
	}
	free(buffer.data);
	return r;
}

static int load_path(struct p2p_context *context, const char *path,
		     struct p2p_snapshot *snapshot)
{
	int r, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct p2p_tree *tree;
	struct stat status;

	if (fd < 0)
		return p2p_error(context, -errno, "%s: %s", path, strerror(errno));
	if (!fstat(fd, &status) && S_ISDIR(status.st_mode)) {
		snapshot->source = P2P_SOURCE_TREE;
		r = open_directory(context, path, fd, &tree);
		if (r < 0)
			return r;
		r = load_tree(context, path, tree, snapshot);
		p2p_tree_free(tree);
		return r;
	}
	r = load_file(context, path, fd, snapshot);
	close(fd);
	return r;
}

int p2p_snapshot_load(struct p2p_context *context, const char *path, enum p2p_want want,
		      struct p2p_snapshot **ret_snapshot)
{
	struct p2p_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	int r;

	if (!snapshot)
		return p2p_error(context, -ENOMEM, "out of memory");
	snapshot->want = want;
	snapshot->source = P2P_SOURCE_LIVE;
	r = path ? load_path(context, path, snapshot) : load_live(context, snapshot);
	if (r < 0) {
		p2p_snapshot_free(snapshot);
		return r;
	}
	*ret_snapshot = snapshot;
	return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "snapshot/archive.h"
#include "snapshot/hwloc.h"
#include "snapshot/inside.h"
#include "snapshot/manifest.h"

#define DEVICES		"sys/bus/pci/devices"
#define FILE_MOST	((size_t)1 << 30)

static bool has_devices(struct p2p_tree *tree, const char *below)
{
	struct p2p_place place;
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/" DEVICES, below) >= PATH_MAX ||
	    tree->ops->enter(tree, path, &place) < 0)
		return false;
	tree->ops->leave(tree, &place);
	return true;
}

/* The one directory among @names that holds a tree; -EEXIST when there are two. */
static int find_below(struct p2p_tree *tree, struct p2p_buffer *names, struct p2p_place *ret_place)
{
	struct p2p_buffer target = { 0 };
	const char *found = NULL;
	char *name, *rest = NULL;
	int r = 0;

	for (name = strtok_r(names->data, "\n", &rest); name && r == 0;
	     name = strtok_r(NULL, "\n", &rest)) {
		/* A link beside what it leads to is not a second one. */
		if (tree->ops->link(tree, NULL, name, &target) == 0 || !has_devices(tree, name))
			continue;
		r = found ? -EEXIST : 0;
		found = name;
	}
	free(target.data);
	if (r < 0 || !found)
		return r < 0 ? r : -ENOENT;
	return tree->ops->enter(tree, found, ret_place);
}

/* Make the root of @tree what is one level below it.  Return: the new tree, instead of @tree. */
static int descend(struct p2p_context *context, const char *path, struct p2p_tree **tree)
{
	struct p2p_buffer names = { 0 };
	struct p2p_place place = { .fd = -1 };
	struct p2p_tree *below;
	int r = (*tree)->ops->list(*tree, NULL, ".", &names);

	if (r == 0)
		r = find_below(*tree, &names, &place);
	free(names.data);
	if (r == -EEXIST)
		return p2p_error(context, -EBADMSG, "%s: holds several captures; name one of them",
				 path);
	if (r < 0)
		return p2p_error(context, -EBADMSG,
				 "%s: no " DEVICES " in this directory or one below", path);
	r = p2p_tree_directory(place.fd, false, &below);
	if (r < 0)
		return p2p_error(context, r, "out of memory");
	p2p_tree_free(*tree);
	*tree = below;
	return 0;
}

/* @fd: the directory @path, owned by the tree from now on */
static int open_directory(struct p2p_context *context, const char *path, int fd,
			  struct p2p_tree **ret_tree)
{
	struct p2p_tree *tree;
	int r = p2p_tree_directory(fd, false, &tree);

	if (r < 0)
		return p2p_error(context, r, "out of memory");
	if (!has_devices(tree, "."))
		r = descend(context, path, &tree);
	if (r < 0)
		p2p_tree_free(tree);
	else
		*ret_tree = tree;
	return r;
}

static int load_hwloc(struct p2p_context *context, struct p2p_tree *tree,
		      struct p2p_snapshot *snapshot)
{
	struct p2p_buffer buffer = { 0 };
	int r = -ENOENT;

	/* On the machine itself it takes long, and only a capture needs it. */
	if (!tree->live)
		r = tree->ops->read(tree, NULL, "hwloc.xml", &buffer);
	else if (snapshot->want == P2P_WANT_ALL)
		r = p2p_hwloc_xml(&buffer);
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
	(void)p2p_load_boot(snapshot);
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
		/* It comes whole; there is nothing to save. */
		if (snapshot->want == P2P_WANT_OVERVIEW)
			snapshot->want = P2P_WANT_NAMES;
		r = p2p_load_dump(context, path, buffer.data, buffer.size, snapshot);
	} else if (r == 0 && p2p_report_is(buffer.data)) {
		snapshot->source = P2P_SOURCE_REPORT;
		snapshot->want = P2P_WANT_NAMES;
		r = p2p_load_report(context, path, buffer.data, snapshot);
	} else if (r == 0) {
		r = load_archive(context, path, &buffer, snapshot);
	}
	free(buffer.data);
	return r;
}

static int load_directory(struct p2p_context *context, const char *path, int fd,
			  struct p2p_snapshot *snapshot)
{
	struct p2p_tree *tree = NULL;
	int r = open_directory(context, path, fd, &tree);

	snapshot->source = P2P_SOURCE_TREE;
	if (tree)
		r = load_tree(context, path, tree, snapshot);
	p2p_tree_free(tree);
	return r;
}

static int load_file_or_directory(struct p2p_context *context, const char *path, int fd,
				  struct p2p_snapshot *snapshot)
{
	struct stat status;
	int r;

	if (!fstat(fd, &status) && S_ISDIR(status.st_mode))
		return load_directory(context, path, fd, snapshot);
	r = load_file(context, path, fd, snapshot);
	close(fd);
	return r;
}

/* @path NULL: the running machine, and @fd is none */
static int load(struct p2p_context *context, const char *path, int fd, enum p2p_want want,
		struct p2p_snapshot **ret_snapshot)
{
	struct p2p_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	int r;

	if (!snapshot) {
		if (path)
			close(fd);
		return p2p_error(context, -ENOMEM, "out of memory");
	}
	snapshot->want = want;
	snapshot->source = P2P_SOURCE_LIVE;
	r = path ? load_file_or_directory(context, path, fd, snapshot) :
		   load_live(context, snapshot);
	if (r < 0) {
		p2p_snapshot_free(snapshot);
		return r;
	}
	*ret_snapshot = snapshot;
	return 0;
}

int p2p_load_fd(struct p2p_context *context, const char *path, int fd, enum p2p_want want,
		struct p2p_snapshot **ret_snapshot)
{
	return load(context, path, fd, want, ret_snapshot);
}

int p2p_snapshot_load(struct p2p_context *context, const char *path, enum p2p_want want,
		      struct p2p_snapshot **ret_snapshot)
{
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;

	if (path && fd < 0)
		return p2p_error(context, -errno, "%s: %s", path, strerror(errno));
	return load(context, path, fd, want, ret_snapshot);
}

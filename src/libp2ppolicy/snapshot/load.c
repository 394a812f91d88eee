/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sources that are trees of files: the running machine, a directory, an archive. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/context.h"
#include "snapshot/tree/archive.h"
#include "snapshot/hwloc.h"
#include "snapshot/capture/manifest.h"
#include "snapshot/sources.h"

#define DEVICES		"sys/bus/pci/devices"
/* Attempts to read a machine that changes meanwhile, and the pause between them. */
#define TRIES		5
#define PAUSE_NS	100000000

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

/* Find the one directory among @names that holds a tree.  Return: 0; -EEXIST if there are two; -ENOENT. */
static int find_below(struct p2p_tree *tree, struct p2p_buffer *names, struct p2p_place *ret_place)
{
	struct p2p_buffer target = { 0 };
	const char *found = NULL;
	char *name, *rest = NULL;
	int r = 0;

	for (name = strtok_r(names->data, "\n", &rest); name && r == 0;
	     name = strtok_r(NULL, "\n", &rest)) {
		/* A link next to its target is not a second tree. */
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

/* Replace @tree by the tree one level below it.  Return: 0, or a negative errno and @tree as it was. */
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
		return p2p_error(context, -ENODATA,
				 "%s: no " DEVICES " in this directory or one below", path);
	r = p2p_tree_directory(place.fd, false, &below);
	if (r < 0)
		return r;
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
		return r;
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

	/* On the machine itself this takes long, and only a capture needs it. */
	if (!tree->live)
		r = tree->ops->read(tree, NULL, "hwloc.xml", &buffer);
	else if (snapshot->want == P2P_WANT_ALL)
		r = p2p_hwloc_xml(&buffer);
	if (r == 0)
		p2p_snapshot_set(snapshot, &snapshot->hwloc, buffer.data, buffer.size);
	else if (r == -ENOENT)
		snapshot->hwloc.fact = P2P_ABSENT;
	free(buffer.data);
	return p2p_is_exhausted(r) ? p2p_exhausted(context, r) : 0;
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
		return p2p_error(context, -EBADMSG, "%s: a function appears twice", name);
	r = p2p_load_machine(context, tree, snapshot);
	p2p_snapshot_sort_entries(snapshot);
	return r < 0 ? r : load_hwloc(context, tree, snapshot);
}

static bool is_live(const struct p2p_input *input)
{
	return !input->name;
}

/* A stamp of the functions that exist: it changes if one is added, removed or replaced at the same address. */
static uint64_t stamp_functions(struct p2p_tree *tree)
{
	struct p2p_buffer names = { 0 };
	uint64_t stamp = 0;

	if (tree->ops->list(tree, NULL, DEVICES, &names) == 0)
		stamp = tree->stamp;
	free(names.data);
	return stamp;
}

/* Read a consistent state: if functions come or go meanwhile, everything is read again. */
static int load_still(struct p2p_context *context, struct p2p_tree *tree, struct p2p_snapshot *snapshot)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	enum p2p_want want = snapshot->want;
	uint64_t stamp = stamp_functions(tree), now;
	int r;

	for (int i = 0; i < TRIES; i++) {
		r = load_tree(context, "this machine", tree, snapshot);
		now = stamp_functions(tree);
		if (now == stamp || p2p_is_exhausted(r))
			return r;
		nanosleep(&pause, NULL);
		stamp = stamp_functions(tree);
		snapshot->want = want;
		snapshot->count = 0;
		snapshot->entry_count = 0;
		snapshot->hwloc = (struct p2p_file){ 0 };
	}
	return p2p_error(context, -ESTALE, "functions came or went each of the %d times that this machine was "
			 "read; run it again when that is over", TRIES);
}

static int load_live(struct p2p_context *context, const struct p2p_input *input,
		     struct p2p_snapshot *snapshot)
{
	struct p2p_tree *tree;
	int r, fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)input;
	if (fd < 0)
		return p2p_error(context, -errno, "/: %s", strerror(errno));
	if (p2p_tree_directory(fd, true, &tree) < 0)
		return -ENOMEM;
	(void)p2p_boot_id(snapshot->boot);
	r = load_still(context, tree, snapshot);
	p2p_tree_free(tree);
	if (r == -ENOENT)
		r = p2p_error(context, -ENODEV, "this machine has no PCI: /" DEVICES
			      " is not there");
	return r;
}

const struct p2p_format p2p_format_live = {
	.sniff = is_live, .load = load_live, .is_files = true,
};

static bool is_directory(const struct p2p_input *input)
{
	return input->name && !input->data;
}

static int load_directory(struct p2p_context *context, const struct p2p_input *input,
			  struct p2p_snapshot *snapshot)
{
	struct p2p_tree *tree = NULL;
	int r = open_directory(context, input->name, input->fd, &tree);

	if (tree)
		r = load_tree(context, input->name, tree, snapshot);
	p2p_tree_free(tree);
	return r;
}

const struct p2p_format p2p_format_tree = {
	.sniff = is_directory, .load = load_directory, .is_files = true,
};

/* libarchive can tell once it has read the first header. */
static bool may_be_archive(const struct p2p_input *input)
{
	return input->data;
}

static int load_archive(struct p2p_context *context, const struct p2p_input *input,
			struct p2p_snapshot *snapshot)
{
	struct p2p_tree *tree;
	int r = p2p_tree_archive(context, input->name, input->data, input->size, input->budget,
				 &tree);

	if (r < 0)
		return r;
	r = load_tree(context, input->name, tree, snapshot);
	p2p_tree_free(tree);
	return r;
}

const struct p2p_format p2p_format_archive = {
	.sniff = may_be_archive, .load = load_archive, .is_files = true,
};

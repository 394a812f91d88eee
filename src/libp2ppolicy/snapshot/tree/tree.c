/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/tree/tree.h"

/** struct p2p_listing - the names in one directory, or why they could not be read. */
struct p2p_listing {
	struct p2p_listing *next;
	struct p2p_buffer names;
	int error;
	char path[];
};

static struct p2p_listing *free_listing(struct p2p_listing *listing)
{
	struct p2p_listing *next = listing->next;

	free(listing->names.data);
	free(listing);
	return next;
}

static struct p2p_listing *new_listing(struct p2p_tree *tree, const struct p2p_place *place,
				       const char *path)
{
	struct p2p_listing *listing = calloc(1, sizeof(*listing) + strlen(path) + 1);

	if (!listing)
		return NULL;
	memcpy(listing->path, path, strlen(path) + 1);
	listing->error = tree->ops->list(tree, place, path, &listing->names);
	if (!listing->error)
		listing->error = p2p_buffer_sort_lines(&listing->names);
	return listing;
}

int p2p_place_list(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		  const char **ret_names)
{
	struct p2p_listing *listing = tree->listings;
	int error;

	while (listing && strcmp(listing->path, path) != 0)
		listing = listing->next;
	if (!listing) {
		listing = new_listing(tree, place, path);
		if (!listing)
			return -ENOMEM;
		listing->next = tree->listings;
		tree->listings = listing;
	}
	error = listing->error;
	if (!error)
		*ret_names = listing->names.data;
	/* Another attempt may succeed. */
	else if (p2p_is_exhausted(error))
		tree->listings = free_listing(listing);
	return error;
}

void p2p_place_leave(struct p2p_tree *tree, struct p2p_place *place)
{
	while (tree->listings)
		tree->listings = free_listing(tree->listings);
	tree->ops->leave(tree, place);
}

struct p2p_tree *p2p_tree_free(struct p2p_tree *tree)
{
	if (tree)
		tree->ops->free(tree);
	return NULL;
}

/* Add the components of @text to @path, whose length is @length; ".." removes one. */
static int add_components(char *path, size_t *length, const char *text)
{
	while (*text) {
		size_t size = strcspn(text, "/");

		if (size == 2 && text[0] == '.' && text[1] == '.') {
			if (!*length)
				return -EXDEV;
			while (*length && path[--*length] != '/')
				;
		} else if (size && !(size == 1 && text[0] == '.')) {
			if (*length + size + 2 > PATH_MAX)
				return -ENAMETOOLONG;
			if (*length)
				path[(*length)++] = '/';
			memcpy(path + *length, text, size);
			*length += size;
		}
		text += size;
		text += *text == '/';
	}
	path[*length] = '\0';
	return 0;
}

int p2p_path_resolve(const char *link, const char *target, char *ret_path)
{
	char path[PATH_MAX];
	size_t length = 0;
	int r;

	if (*target != '/') {
		const char *slash = strrchr(link, '/');

		length = slash ? (size_t)(slash - link) : 0;
		if (length >= PATH_MAX)
			return -ENAMETOOLONG;
		memcpy(path, link, length);
	}
	path[length] = '\0';
	r = add_components(path, &length, target);
	if (r == 0)
		memcpy(ret_path, path, length + 1);
	return r;
}

bool p2p_tree_is_nowhere(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -ELOOP || error == -EXDEV;
}

/* One search; @path is what was matched so far, @error that of the first directory that could not be listed. */
struct glob {
	struct p2p_tree *tree;
	const struct p2p_place *place;
	int (*found)(void *data, const char *path);
	void *data;
	char path[PATH_MAX];
	int error;
};

static int glob_from(struct glob *glob, size_t length, const char *pattern);

/* Continue below @name, a component of @size bytes. */
static int glob_into(struct glob *glob, size_t length, const char *name, size_t size,
		     const char *rest)
{
	if (length + size + 2 > sizeof(glob->path))
		return 0;
	if (length)
		glob->path[length++] = '/';
	memcpy(glob->path + length, name, size);
	length += size;
	glob->path[length] = '\0';
	return *rest ? glob_from(glob, length, rest + 1) : glob->found(glob->data, glob->path);
}

/* Without a place, directories are listed for this search only, in @own. */
static int list(struct glob *glob, const char *path, struct p2p_buffer *own, const char **ret_names)
{
	int r;

	if (!*path)
		path = ".";
	if (glob->place)
		return p2p_place_list(glob->tree, glob->place, path, ret_names);
	r = glob->tree->ops->list(glob->tree, NULL, path, own);
	if (r == 0)
		r = p2p_buffer_sort_lines(own);
	if (r == 0)
		*ret_names = own->data;
	return r;
}

static int glob_names(struct glob *glob, size_t length, const char *pattern,
		      const char *rest, struct p2p_buffer *own)
{
	const char *line = "";
	char name[NAME_MAX + 1];
	int r;

	glob->path[length] = '\0';
	r = list(glob, glob->path, own, &line);
	if (p2p_is_exhausted(r))
		return r;
	if (r < 0) {
		glob->error = glob->error || p2p_tree_is_nowhere(r) ? glob->error : r;
		return 0;
	}
	while (r == 0 && *line) {
		size_t size = strcspn(line, "\n");

		snprintf(name, sizeof(name), "%.*s", (int)size, line);
		if (size <= NAME_MAX && !fnmatch(pattern, name, FNM_PERIOD)) {
			r = ++glob->tree->matches > P2P_MATCHES_MOST ? -E2BIG :
			    glob_into(glob, length, line, size, rest);
		}
		line += size + 1;
	}
	return r;
}

static int glob_from(struct glob *glob, size_t length, const char *pattern)
{
	size_t size = strcspn(pattern, "/");
	struct p2p_buffer own = { 0 };
	char component[NAME_MAX + 1];
	int r;

	if (size > NAME_MAX)
		return 0;
	memcpy(component, pattern, size);
	component[size] = '\0';
	if (!strpbrk(component, "*?["))
		return glob_into(glob, length, component, size, pattern + size);
	r = glob_names(glob, length, component, pattern + size, &own);
	free(own.data);
	return r;
}

int p2p_tree_glob(struct p2p_tree *tree, const struct p2p_place *place, const char *pattern,
		  int (*found)(void *data, const char *path), void *data)
{
	struct glob glob = { .tree = tree, .place = place, .found = found, .data = data };

	int r = glob_from(&glob, 0, pattern);

	return r ? r : glob.error;
}

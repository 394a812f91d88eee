/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/tree/tree.h"

int p2p_buffer_reserve(struct p2p_buffer *buffer, size_t more)
{
	size_t room = buffer->room ? buffer->room : 4096;
	char *data;

	if (more > SIZE_MAX / 4 || buffer->size > SIZE_MAX / 4)
		return -ENOMEM;
	while (room < buffer->size + more + 1)
		room *= 2;
	if (room == buffer->room)
		return 0;
	data = realloc(buffer->data, room);
	if (!data)
		return -ENOMEM;
	buffer->data = data;
	buffer->room = room;
	return 0;
}

int p2p_buffer_append(struct p2p_buffer *buffer, const void *data, size_t size)
{
	int r = p2p_buffer_reserve(buffer, size);

	if (r < 0)
		return r;
	if (size)
		memcpy(buffer->data + buffer->size, data, size);
	buffer->size += size;
	buffer->data[buffer->size] = '\0';
	return 0;
}

int p2p_buffer_append_line(struct p2p_buffer *buffer, const char *text)
{
	int r = p2p_buffer_append(buffer, text, strlen(text));

	return r < 0 ? r : p2p_buffer_append(buffer, "\n", 1);
}

static int compare_lines(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

int p2p_buffer_sort_lines(struct p2p_buffer *buffer)
{
	size_t count = 0, at = 0;
	char *copy, **lines;

	for (size_t i = 0; i < buffer->size; i++)
		count += buffer->data[i] == '\n';
	if (count < 2)
		return 0;
	copy = strdup(buffer->data);
	lines = calloc(count, sizeof(*lines));
	if (!copy || !lines) {
		free(copy);
		free(lines);
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		lines[i] = copy + at;
		at += strcspn(copy + at, "\n") + 1;
		copy[at - 1] = '\0';
	}
	qsort(lines, count, sizeof(*lines), compare_lines);
	at = 0;
	for (size_t i = 0; i < count; i++)
		at += (size_t)sprintf(buffer->data + at, "%s\n", lines[i]);
	free(copy);
	free(lines);
	return 0;
}

struct p2p_tree *p2p_tree_free(struct p2p_tree *tree)
{
	if (tree)
		tree->ops->free(tree);
	return NULL;
}

/* Add the components of @text to @path, whose length is @length; ".." takes one away. */
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

/* One search; @path is what was matched so far, @error of the first directory that could not be listed. */
struct glob {
	struct p2p_tree *tree;
	const struct p2p_place *place;
	int (*found)(void *data, const char *path);
	void *data;
	char path[PATH_MAX];
	int error;
};

static int glob_from(struct glob *glob, size_t length, const char *pattern);

/* Go on below @name, a component of @size bytes. */
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

static int glob_names(struct glob *glob, size_t length, const char *pattern,
		      const char *rest, struct p2p_buffer *names)
{
	const char *name;
	int r;

	glob->path[length] = '\0';
	r = glob->tree->ops->list(glob->tree, glob->place, length ? glob->path : ".", names);
	if (p2p_is_exhausted(r))
		return r;
	if (r < 0) {
		glob->error = glob->error || p2p_tree_is_nowhere(r) ? glob->error : r;
		return 0;
	}
	r = p2p_buffer_sort_lines(names);
	for (name = names->data; r == 0 && *name;) {
		size_t size = strcspn(name, "\n");

		names->data[(size_t)(name - names->data) + size] = '\0';
		if (!fnmatch(pattern, name, FNM_PERIOD)) {
			r = ++glob->tree->matches > P2P_MATCHES_MOST ? -E2BIG :
			    glob_into(glob, length, name, size, rest);
		}
		name += size + 1;
	}
	return r;
}

static int glob_from(struct glob *glob, size_t length, const char *pattern)
{
	size_t size = strcspn(pattern, "/");
	struct p2p_buffer names = { 0 };
	char component[NAME_MAX + 1];
	int r;

	if (size > NAME_MAX)
		return 0;
	memcpy(component, pattern, size);
	component[size] = '\0';
	if (!strpbrk(component, "*?["))
		return glob_into(glob, length, component, size, pattern + size);
	r = glob_names(glob, length, component, pattern + size, &names);
	free(names.data);
	return r;
}

int p2p_tree_glob(struct p2p_tree *tree, const struct p2p_place *place, const char *pattern,
		  int (*found)(void *data, const char *path), void *data)
{
	struct glob glob = { .tree = tree, .place = place, .found = found, .data = data };

	int r = glob_from(&glob, 0, pattern);

	return r ? r : glob.error;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/tree/memory.h"

#define MOST_LINKS	40

static struct p2p_memory *memory_of(struct p2p_tree *tree)
{
	return (struct p2p_memory *)tree;
}

/* By directory first, so that the names in one directory are adjacent. */
static int compare_nodes(const void *a, const void *b)
{
	const struct p2p_node *left = a, *right = b;
	int order = strcmp(left->directory, right->directory);

	return order ? order : strcmp(left->name, right->name);
}

static int compare_arrivals(const void *a, const void *b)
{
	const struct p2p_node *left = a, *right = b;
	int order = compare_nodes(a, b);

	return order ? order : (left->order < right->order) - (left->order > right->order);
}

static const struct p2p_node *find_sorted(const struct p2p_memory *memory, const char *directory,
					  const char *name)
{
	struct p2p_node key = { .directory = directory, .name = name };

	if (!memory->count)
		return NULL;
	return bsearch(&key, memory->nodes, memory->count, sizeof(key), compare_nodes);
}

const struct p2p_node *p2p_memory_find(const struct p2p_memory *memory, const char *path)
{
	const char *slash = strrchr(path, '/');
	char directory[PATH_MAX];

	if (slash && (size_t)(slash - path) >= sizeof(directory))
		return NULL;
	snprintf(directory, sizeof(directory), "%.*s", slash ? (int)(slash - path) : 0, path);
	return find_sorted(memory, directory, slash ? slash + 1 : path);
}

static int walk(const struct p2p_memory *memory, char path[PATH_MAX], const char *rest, bool last,
		int *links);

/* One step of a walk: append @size bytes of @name to @path, following it if it is a link. */
static int step(const struct p2p_memory *memory, char path[PATH_MAX], const char *name,
		size_t size, int *links)
{
	size_t length = strlen(path);
	const struct p2p_node *node;
	char real[PATH_MAX];
	int r;

	if (length + size + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	sprintf(path + length, "%s%.*s", length ? "/" : "", (int)size, name);
	node = p2p_memory_find(memory, path);
	if (!node)
		return -ENOENT;
	if (node->kind != P2P_KIND_LINK)
		return 0;
	if (++*links > MOST_LINKS)
		return -ELOOP;
	r = p2p_path_resolve(path, node->data, real);
	if (r < 0)
		return r;
	/* Its target may itself lie behind links. */
	*path = '\0';
	return walk(memory, path, real, true, links);
}

/* Walk on from @path.  @last: follow a link at the end, too. */
static int walk(const struct p2p_memory *memory, char path[PATH_MAX], const char *rest, bool last,
		int *links)
{
	int r = 0;

	while (*rest && r == 0) {
		size_t size = strcspn(rest, "/"), length = strlen(path);

		if (!rest[size] && !last && length + size + 2 <= PATH_MAX) {
			sprintf(path + length, "%s%s", length ? "/" : "", rest);
			return 0;
		}
		if (!(size == 1 && *rest == '.'))
			r = step(memory, path, rest, size, links);
		rest += size;
		rest += *rest == '/';
	}
	return r;
}

/* Resolve @path below @place. */
static int resolve(const struct p2p_memory *memory, const struct p2p_place *place,
		   const char *path, bool last, char real[PATH_MAX])
{
	int links = 0;

	snprintf(real, PATH_MAX, "%s", place ? place->path : "");
	return walk(memory, real, path, last, &links);
}

/* Likewise for a directory; the root has no node. */
static int resolve_directory(const struct p2p_memory *memory, const struct p2p_place *place,
			     const char *path, char real[PATH_MAX])
{
	int r = resolve(memory, place, path, true, real);
	const struct p2p_node *node = r < 0 ? NULL : p2p_memory_find(memory, real);

	return node && node->kind != P2P_KIND_DIR ? -ENOTDIR : r;
}

static int find_kind(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		     enum p2p_kind kind, const struct p2p_node **ret_node)
{
	const struct p2p_node *node;
	char real[PATH_MAX];
	int r = resolve(memory_of(tree), place, path, kind != P2P_KIND_LINK, real);

	if (r < 0)
		return r;
	node = p2p_memory_find(memory_of(tree), real);
	if (!node)
		return -ENOENT;
	if (node->kind != kind)
		return kind == P2P_KIND_LINK ? -EINVAL : -EISDIR;
	*ret_node = node;
	return 0;
}

static int memory_enter(struct p2p_tree *tree, const char *path, struct p2p_place *ret_place)
{
	char real[PATH_MAX];
	int r = resolve_directory(memory_of(tree), NULL, path, real);

	if (r < 0)
		return r;
	*ret_place = (struct p2p_place){ .fd = -1, .path = strdup(real) };
	return ret_place->path ? 0 : -ENOMEM;
}

static void memory_leave(struct p2p_tree *tree, struct p2p_place *place)
{
	(void)tree;
	free((char *)place->path);
}

static int copy_node(const struct p2p_node *node, struct p2p_buffer *buffer)
{
	buffer->size = 0;
	return p2p_buffer_append(buffer, node->data, node->size);
}

static int memory_read(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		       struct p2p_buffer *buffer)
{
	const struct p2p_node *node;
	int r = find_kind(tree, place, path, P2P_KIND_FILE, &node);

	return r < 0 ? r : copy_node(node, buffer);
}

static int memory_link(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		       struct p2p_buffer *buffer)
{
	const struct p2p_node *node;
	int r = find_kind(tree, place, path, P2P_KIND_LINK, &node);

	return r < 0 ? r : copy_node(node, buffer);
}

static int memory_list(struct p2p_tree *tree, const struct p2p_place *place, const char *path,
		       struct p2p_buffer *buffer)
{
	const struct p2p_memory *memory = memory_of(tree);
	struct p2p_node key = { .directory = NULL, .name = "" };
	size_t low = 0, high = memory->count;
	char real[PATH_MAX];
	int r = resolve_directory(memory, place, path, real);

	if (r < 0)
		return r;
	key.directory = real;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_nodes(&memory->nodes[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	buffer->size = 0;
	r = p2p_buffer_append(buffer, "", 0);
	for (; low < memory->count && !strcmp(memory->nodes[low].directory, real) && r == 0; low++)
		r = p2p_buffer_append_line(buffer, memory->nodes[low].name);
	return r;
}

static void memory_free(struct p2p_tree *tree)
{
	struct p2p_memory *memory = memory_of(tree);

	p2p_arena_free(&memory->arena);
	free(memory->nodes);
	free(memory);
}

struct p2p_memory *p2p_memory_new(void)
{
	static const struct p2p_tree_ops ops = {
		.enter = memory_enter,
		.leave = memory_leave,
		.read = memory_read,
		.link = memory_link,
		.list = memory_list,
		.free = memory_free,
	};
	struct p2p_memory *memory = calloc(1, sizeof(*memory));

	if (memory)
		memory->tree.ops = &ops;
	return memory;
}

int p2p_memory_take(struct p2p_memory *memory, size_t size)
{
	if (size > P2P_MEMORY_MOST - memory->bytes)
		return -EFBIG;
	memory->bytes += size;
	return 0;
}

int p2p_memory_add(struct p2p_memory *memory, const char *path, enum p2p_kind kind,
		   const char *data, size_t size)
{
	const char *slash = strrchr(path, '/');
	struct p2p_node *node;
	int r = p2p_memory_take(memory, sizeof(*node) + strlen(path) + 2);

	if (r < 0)
		return r;
	node = p2p_more(memory->nodes, memory->count);
	if (!node)
		return -ENOMEM;
	*node = (struct p2p_node){
		.directory = p2p_arena_copy(&memory->arena, path,
					    slash ? (size_t)(slash - path) : 0),
		.name = p2p_arena_string(&memory->arena, slash ? slash + 1 : path),
		.kind = kind, .data = data, .size = size,
		.order = (unsigned int)memory->count,
	};
	if (!node->directory || !node->name)
		return -ENOMEM;
	memory->count++;
	return 0;
}

static void sort_once(struct p2p_memory *memory)
{
	memory->count = p2p_sort_unique(memory->nodes, memory->count, sizeof(*memory->nodes),
					compare_arrivals, compare_nodes);
}

int p2p_memory_add_hard(struct p2p_memory *memory, const char *path, const char *target)
{
	int r = p2p_memory_take(memory, strlen(target) + 1);

	if (r == 0)
		r = p2p_memory_add(memory, path, P2P_KIND_FILE, NULL, 0);
	if (r < 0)
		return r;
	target = p2p_arena_string(&memory->arena, target);
	memory->nodes[memory->count - 1].hard = target;
	return target ? 0 : -ENOMEM;
}

static int by_order(const void *a, const void *b)
{
	const struct p2p_node *left = *(struct p2p_node *const *)a;
	const struct p2p_node *right = *(struct p2p_node *const *)b;

	return (left->order > right->order) - (left->order < right->order);
}

int p2p_memory_join(struct p2p_memory *memory, const struct p2p_node **ret_node)
{
	struct p2p_node **links = calloc(memory->count + 1, sizeof(struct p2p_node *));
	size_t count = 0;
	int r = 0;

	if (!links)
		return -ENOMEM;
	for (size_t i = 0; i < memory->count; i++)
		if (memory->nodes[i].hard)
			links[count++] = &memory->nodes[i];
	/* In the order of arrival, so that a link to a link finds that one resolved. */
	qsort(links, count, sizeof(struct p2p_node *), by_order);
	for (size_t i = 0; i < count && r == 0; i++) {
		const struct p2p_node *file = p2p_memory_find(memory, links[i]->hard);

		if (!file || file->kind != P2P_KIND_FILE || file->hard) {
			*ret_node = links[i];
			r = -ENOENT;
			break;
		}
		links[i]->data = file->data;
		links[i]->size = file->size;
		links[i]->hard = NULL;
	}
	free(links);
	return r;
}

/* Length of the longest directory that @path and @other share. */
static size_t shared(const char *path, const char *other)
{
	size_t at = 0, end = 0;

	for (; path[at] && path[at] == other[at]; at++)
		if (path[at] == '/')
			end = at;
	if ((!path[at] || path[at] == '/') && (!other[at] || other[at] == '/'))
		end = at;
	return end;
}

/*
 * Add directories that have contents but no entry of their own.  Those that a directory shares with the one
 * before it have been created already.
 */
static int add_parents(struct p2p_memory *memory)
{
	size_t count = memory->count;
	const char *before = "";

	for (size_t i = 0; i < count; i++) {
		char path[PATH_MAX];
		size_t made = shared(memory->nodes[i].directory, before);

		before = memory->nodes[i].directory;
		snprintf(path, sizeof(path), "%s", before);
		for (size_t length = strlen(path); length > made;) {
			/* Only the sorted part can be searched. */
			struct p2p_memory sorted = { .nodes = memory->nodes, .count = count };
			const char *slash;
			int r;

			path[length] = '\0';
			if (p2p_memory_find(&sorted, path))
				break;
			r = p2p_memory_add(memory, path, P2P_KIND_DIR, NULL, 0);
			if (r < 0)
				return r;
			slash = strrchr(path, '/');
			length = slash ? (size_t)(slash - path) : 0;
		}
	}
	return 0;
}

int p2p_memory_sort(struct p2p_memory *memory)
{
	int r;

	sort_once(memory);
	r = add_parents(memory);
	sort_once(memory);
	return r;
}

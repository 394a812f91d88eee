/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/json.h>

#include "base/json-read.h"
#include "snapshot/capture/manifest.h"

#define NAME	"manifest.json"

struct item {
	const char *path;
	uint64_t size;
	const uint32_t *known;
};

/* Sorted by path. */
struct list {
	struct item *items;
	size_t count;
};

struct p2p_manifest {
	struct list files, denied, rows;
	bool scrubbed;
	const char *boot;
};

#define DWORDS		(P2P_CONFIG_EXTENDED / 4)
#define WORD_BITS	32u

static int compare_items(const void *a, const void *b)
{
	const struct item *left = a, *right = b;

	return strcmp(left->path, right->path);
}

/* The number at @index of @run; -1 if there is none. */
static int64_t number_at(struct json_object *run, size_t index)
{
	struct json_object *number = json_object_array_get_idx(run, index);

	return json_object_is_type(number, json_type_int) ? json_object_get_int64(number) : -1;
}

static bool parse_run(struct json_object *run, uint32_t *bits)
{
	int64_t first, length;

	if (!json_object_is_type(run, json_type_array) || json_object_array_length(run) != 2)
		return false;
	first = number_at(run, 0);
	length = number_at(run, 1);
	if (first < 0 || first > P2P_CONFIG_EXTENDED || first % 4 ||
	    length < 0 || length > P2P_CONFIG_EXTENDED - first || length % 4)
		return false;
	for (unsigned int dword = (unsigned int)first / 4; dword < (first + length) / 4; dword++)
		bits[dword / WORD_BITS] |= 1u << dword % WORD_BITS;
	return true;
}

/* Parse pairs of offset and length, which tell what was read of a file with gaps. */
static int parse_known(struct json_object *array, struct p2p_arena *arena, const uint32_t **ret_known)
{
	uint32_t *bits = p2p_arena_alloc(arena, DWORDS / 8);

	if (!bits)
		return -ENOMEM;
	if (!json_object_is_type(array, json_type_array))
		return -EBADMSG;
	for (size_t i = 0; i < json_object_array_length(array); i++)
		if (!parse_run(json_object_array_get_idx(array, i), bits))
			return -EBADMSG;
	*ret_known = bits;
	return 0;
}

static int parse_item(struct json_object *value, struct p2p_arena *arena, struct item *ret_item)
{
	struct json_object *path = value, *size = NULL, *known;
	int r = 0;

	if (json_object_is_type(value, json_type_object) &&
	    (!json_object_object_get_ex(value, "path", &path) ||
	     !json_object_object_get_ex(value, "size", &size) ||
	     !json_object_is_type(size, json_type_int) || json_object_get_int64(size) < 0))
		return -EBADMSG;
	if (!json_object_is_type(path, json_type_string))
		return -EBADMSG;
	ret_item->known = NULL;
	if (size && json_object_object_get_ex(value, "known", &known))
		r = parse_known(known, arena, &ret_item->known);
	if (r < 0)
		return r;
	ret_item->path = p2p_arena_string(arena, json_object_get_string(path));
	ret_item->size = size ? (uint64_t)json_object_get_int64(size) : 0;
	return ret_item->path ? 0 : -ENOMEM;
}

static int parse_list(struct json_object *root, const char *key, struct p2p_arena *arena, struct list *ret_list)
{
	struct json_object *array;
	struct item *items;
	size_t count;
	int r = 0;

	if (!json_object_object_get_ex(root, key, &array) ||
	    !json_object_is_type(array, json_type_array))
		return -EBADMSG;
	count = json_object_array_length(array);
	items = p2p_arena_alloc(arena, (count + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < count && r == 0; i++)
		r = parse_item(json_object_array_get_idx(array, i), arena, &items[i]);
	if (r < 0)
		return r;
	qsort(items, count, sizeof(*items), compare_items);
	*ret_list = (struct list){ items, count };
	return 0;
}

static int parse(struct p2p_context *context, const char *name, struct json_object *root,
		 struct p2p_snapshot *snapshot)
{
	struct p2p_arena *arena = &snapshot->arena;
	struct p2p_manifest *manifest = p2p_arena_alloc(arena, sizeof(*manifest));
	struct json_object *version;
	int r;

	if (!manifest)
		return -ENOMEM;
	if (strcmp(p2p_json_word(root, "format"), P2P_MANIFEST_FORMAT) != 0)
		return 0;	/* a foreign file */
	if (!json_object_object_get_ex(root, "version", &version) ||
	    !json_object_is_type(version, json_type_int) ||
	    json_object_get_int64(version) != P2P_MANIFEST_VERSION)
		return p2p_error(context, -EBADMSG, "%s: " NAME " is not of version %d", name,
				 P2P_MANIFEST_VERSION);
	manifest->scrubbed = !strcmp(p2p_json_word(root, "serials"), "pseudonyms");
	manifest->boot = p2p_arena_string(arena, p2p_json_word(root, "boot"));
	if (!manifest->boot)
		return -ENOMEM;
	r = parse_list(root, "rows", arena, &manifest->rows);
	if (r == 0)
		r = parse_list(root, "files", arena, &manifest->files);
	if (r == 0)
		r = parse_list(root, "denied", arena, &manifest->denied);
	if (r == -EBADMSG)
		return p2p_error(context, r, "%s: " NAME " lacks a list it should have, or one is damaged", name);
	if (r < 0)
		return r;
	snapshot->manifest = manifest;
	return 0;
}

int p2p_manifest_load(struct p2p_context *context, const char *name, struct p2p_tree *tree,
		      struct p2p_snapshot *snapshot)
{
	struct p2p_buffer buffer = { 0 };
	char where[PATH_MAX + sizeof("/" NAME)];
	struct p2p_json json = { 0 };
	int r = tree->ops->read(tree, NULL, NAME, &buffer);

	if (r < 0) {
		free(buffer.data);
		return r == -ENOENT ? 0 : p2p_error(context, r, "%s: " NAME ": %s", name,
						    strerror(-r));
	}
	snprintf(where, sizeof(where), "%s: " NAME, name);
	r = p2p_json_parse(context, where, buffer.data, buffer.size, P2P_JSON_NULLS, &json);
	if (r == 0 && json_object_is_type(json.root, json_type_object))
		r = parse(context, name, json.root, snapshot);
	else if (r == 0)
		r = p2p_error(context, -EBADMSG, "%s is not a JSON object", where);
	p2p_json_clear(&json);
	free(buffer.data);
	return r;
}

static const struct item *find(const struct list *list, const char *path)
{
	const struct item key = { .path = path };

	return bsearch(&key, list->items, list->count, sizeof(key), compare_items);
}

bool p2p_manifest_has(const struct p2p_manifest *manifest, const char *path)
{
	return find(&manifest->files, path) || find(&manifest->denied, path);
}

const char *p2p_manifest_denied(const struct p2p_manifest *manifest, size_t index)
{
	return manifest && index < manifest->denied.count ? manifest->denied.items[index].path : NULL;
}

bool p2p_manifest_asks(const struct p2p_manifest *manifest, const char *row)
{
	return find(&manifest->rows, row);
}

int p2p_manifest_size(const struct p2p_manifest *manifest, const char *path,
		      uint64_t *ret_size)
{
	const struct item *found = find(&manifest->files, path);

	if (!found)
		return -ENOENT;
	*ret_size = found->size;
	return 0;
}

const uint32_t *p2p_manifest_known(const struct p2p_manifest *manifest, const char *path)
{
	const struct item *found = find(&manifest->files, path);

	return found ? found->known : NULL;
}

const char *p2p_manifest_boot(const struct p2p_manifest *manifest)
{
	return manifest->boot;
}

bool p2p_manifest_is_scrubbed(const struct p2p_manifest *manifest)
{
	return manifest->scrubbed;
}

static void add_run(struct json_object *array, unsigned int offset, unsigned int length)
{
	struct json_object *run = p2p_json_new_array();

	p2p_json_append(run, p2p_json_new_number(offset));
	p2p_json_append(run, p2p_json_new_number(length));
	p2p_json_append(array, run);
}

static void add_known(struct json_object *file, const struct p2p_config *config)
{
	struct json_object *array = p2p_json_new_array();
	unsigned int start = 0;
	uint32_t value;

	for (unsigned int at = 0; at <= config->size; at += 4) {
		if (at < config->size && p2p_config_read32(config, at, &value))
			continue;
		if (at > start)
			add_run(array, start, at - start);
		start = at + 4;
	}
	p2p_json_put(file, "known", array);
}

static void add_files(struct json_object *root, const struct p2p_tar_file *files, size_t count,
		      bool gaps)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < count; i++) {
		struct json_object *file;

		if (files[i].kind != P2P_KIND_FILE)
			continue;
		file = p2p_json_new_object();
		p2p_json_put(file, "path", p2p_json_new_text(files[i].path));
		p2p_json_put(file, "size", p2p_json_new_number((int64_t)files[i].told));
		if (files[i].size != files[i].told)
			p2p_json_put(file, "read", p2p_json_new_number((int64_t)files[i].size));
		if (gaps && files[i].config)
			add_known(file, files[i].config);
		p2p_json_append(array, file);
	}
	p2p_json_put(root, "files", array);
}

static void add_paths(struct json_object *root, const char *key, const char *const *paths,
		      size_t count)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < count; i++)
		p2p_json_append(array, p2p_json_new_text(paths[i]));
	p2p_json_put(root, key, array);
}

/* Directories hold names of devices, which are kept only if everything is. */
static bool is_kept(enum p2p_attr attr, enum p2p_want want)
{
	enum p2p_kind kind = p2p_attr_rows[attr].kind;

	return p2p_attr_rows[attr].want <= want &&
	       (want == P2P_WANT_ALL || kind == P2P_KIND_FILE || kind == P2P_KIND_LINK);
}

static int compare_paths(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

/* All rows of both tables that a tree read with @want keeps, sorted. */
static size_t all_rows(const char **rows, enum p2p_want want)
{
	size_t count = 0;

	for (int i = 0; i < P2P_ATTRS; i++)
		if (is_kept((enum p2p_attr)i, want))
			rows[count++] = p2p_attr_rows[i].path;
	for (size_t i = 0; p2p_machine_path(i); i++)
		if (p2p_machine_want(i) <= want)
			rows[count++] = p2p_machine_path(i);
	qsort(rows, count, sizeof(*rows), compare_paths);
	return count;
}

#define MOST_ROWS	512

/* Add the rows that were looked for: all on this machine, those in the manifest of a capture, none in a foreign tree. */
static void add_rows(struct json_object *root, const struct p2p_snapshot *snapshot)
{
	struct json_object *array = p2p_json_new_array();
	const char *rows[MOST_ROWS];
	size_t count = 0;

	if (snapshot->source == P2P_SOURCE_LIVE)
		count = all_rows(rows, snapshot->want);
	for (size_t i = 0; i < count; i++)
		p2p_json_append(array, p2p_json_new_text(rows[i]));
	for (size_t i = 0; snapshot->manifest && i < snapshot->manifest->rows.count; i++)
		p2p_json_append(array, p2p_json_new_text(snapshot->manifest->rows.items[i].path));
	p2p_json_put(root, "rows", array);
}

char *p2p_manifest_write(const struct p2p_snapshot *snapshot,
			 const struct p2p_tar_file *files, size_t file_count,
			 const char *const *denied, size_t denied_count, bool scrubbed,
			 const char *boot)
{
	unsigned long lost = p2p_lost_count();
	struct json_object *root = p2p_json_new_object();
	const char *text;
	char *copy = NULL;

	p2p_json_put(root, "format", p2p_json_new_text(P2P_MANIFEST_FORMAT));
	p2p_json_put(root, "version", p2p_json_new_number(P2P_MANIFEST_VERSION));
	p2p_json_put(root, "serials", p2p_json_new_text(scrubbed ? "pseudonyms" : "kept"));
	if (boot)
		p2p_json_put(root, "boot", p2p_json_new_text(boot));
	add_rows(root, snapshot);
	add_files(root, files, file_count, boot);
	add_paths(root, "denied", denied, denied_count);
	text = p2p_json_string(root, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (p2p_lost_count() != lost || asprintf(&copy, "%s\n", text) < 0)
		copy = NULL;
	json_object_put(root);
	return copy;
}

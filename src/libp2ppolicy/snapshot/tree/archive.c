/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/context.h"
#include "snapshot/tree/archive.h"
#include "snapshot/tree/libarchive.h"
#include "snapshot/tree/memory.h"

#define DEVICES		"sys/bus/pci/devices"

/* What a snapshot reads at all; nothing else is kept. */
static const char *const kept_names[] = {
	"sys", "proc", "boot", "usr", "lib", "hwloc.xml", "manifest.json",
};

struct reader {
	struct p2p_context *context;
	const char *name;
	struct archive *archive;
	struct p2p_memory *memory;
	struct p2p_budget *budget;
	unsigned int entries;
	int64_t bytes;
};

/* Turn the result of adding a node into an error with its sentence. */
static int added(struct reader *reader, int error)
{
	if (error != -EFBIG)
		return error;
	return p2p_error(reader->context, -EBADMSG, "%s: its files and their names take more than "
			 "%zu MiB of memory, which is the most an archive may", reader->name,
			 P2P_MEMORY_MOST >> 20);
}

static int hostile(struct reader *reader, const char *path, const char *what)
{
	return p2p_error(reader->context, -EBADMSG, "%s: entry '%.200s' %s", reader->name, path,
			 what);
}

static int damaged(struct reader *reader)
{
	const char *why = p2p_la.archive_error_string(reader->archive);

	if (p2p_la.archive_errno(reader->archive) == ENOMEM)
		return -ENOMEM;
	return p2p_error(reader->context, -EBADMSG, "%s: truncated or damaged archive: %s",
			 reader->name, why ? why : "unexpected end");
}

/* libarchive reports EILSEQ if it knows no format; anything else is a filter that gave up. */
static int not_a_tar(struct reader *reader)
{
	if (p2p_la.archive_errno(reader->archive) == ENOMEM)
		return -ENOMEM;
	if (p2p_la.archive_errno(reader->archive) != EILSEQ)
		return damaged(reader);
	if (p2p_la.archive_filter_count(reader->archive) < 2)
		return -ENOTSUP;
	return p2p_error(reader->context, -EBADMSG,
			 "%s: %s data without a tar archive in it, or cut before its first entry",
			 reader->name, p2p_la.archive_filter_name(reader->archive, 0));
}

static bool starts_with(const char *path, const char *name)
{
	size_t size = strlen(name);

	return !strncmp(path, name, size) && (path[size] == '/' || !path[size]);
}

/* Is it, at the root or one level down, something that a snapshot reads? */
static bool is_kept(const char *path)
{
	const char *below = strchr(path, '/');

	for (size_t i = 0; i < P2P_LENGTH(kept_names); i++)
		if (starts_with(path, kept_names[i]) ||
		    (below && starts_with(below + 1, kept_names[i])))
			return true;
	return false;
}

static bool has_parent_step(const char *path)
{
	for (; path; path = strchr(path, '/')) {
		path += *path == '/';
		if (path[0] == '.' && path[1] == '.' && (!path[2] || path[2] == '/'))
			return true;
	}
	return false;
}

/* The name of an entry without "./" and trailing slashes; empty for the root itself. */
static int clean_name(struct reader *reader, const char *name, char path[PATH_MAX])
{
	*path = '\0';
	if (!name)
		return hostile(reader, "", "has no readable name");
	if (*name == '/')
		return hostile(reader, name, "has an absolute path");
	if (has_parent_step(name))
		return hostile(reader, name, "has '..' in its path");
	if (strchr(name, '\n'))
		return hostile(reader, "", "has a newline in its path");
	/* A path without ".." cannot leave the root. */
	if (p2p_path_resolve("", name, path) < 0)
		return hostile(reader, name, "has a path that is too long");
	return 0;
}

/* Has it unpacked more than an archive may, together with those around it? */
static bool is_beyond(const struct reader *reader)
{
	int64_t unpacked = p2p_la.archive_filter_bytes(reader->archive, 0);
	int64_t most = P2P_ARCHIVE_BYTES - (reader->budget ? reader->budget->unpacked : 0);

	return reader->bytes > most || unpacked > most;
}

/* Read until there are @size bytes, of which @done have been read. */
static int read_bytes(struct reader *reader, char *data, size_t done, size_t size)
{
	while (done < size) {
		la_ssize_t n = p2p_la.archive_read_data(reader->archive, data + done, size - done);

		if (n <= 0)
			return damaged(reader);
		done += (size_t)n;
	}
	data[size] = '\0';
	return 0;
}

static int read_data(struct reader *reader, struct archive_entry *entry, const char *path)
{
	int64_t size = p2p_la.archive_entry_size(entry);
	char *data;
	int r;

	if (size < 0 || (uint64_t)size > P2P_FILE_MOST)
		return hostile(reader, path, "is too large");
	r = p2p_memory_take(reader->memory, (size_t)size);
	if (r < 0)
		return added(reader, r);
	data = p2p_arena_alloc(&reader->memory->arena, (size_t)size + 1);
	if (!data)
		return -ENOMEM;
	r = read_bytes(reader, data, 0, (size_t)size);
	return r < 0 ? r : added(reader, p2p_memory_add(reader->memory, path, P2P_KIND_FILE, data,
							(size_t)size));
}

static int add_link(struct reader *reader, const char *path, const char *target)
{
	char *copy;
	int r;

	if (!target)
		return hostile(reader, path, "has no readable target");
	if (*target == '/')
		return hostile(reader, path, "is an absolute link");
	r = p2p_memory_take(reader->memory, strlen(target) + 1);
	if (r < 0)
		return added(reader, r);
	copy = p2p_arena_string(&reader->memory->arena, target);
	if (!copy)
		return -ENOMEM;
	return added(reader, p2p_memory_add(reader->memory, path, P2P_KIND_LINK, copy, strlen(copy)));
}

/* A hard link names a file that came earlier under another name; it is resolved in the end. */
static int add_hard_link(struct reader *reader, const char *path, const char *target)
{
	char clean[PATH_MAX];
	int r = clean_name(reader, target, clean);

	return r < 0 ? r : added(reader, p2p_memory_add_hard(reader->memory, path, clean));
}

static int sort_nodes(struct reader *reader)
{
	const struct p2p_node *node;
	char path[PATH_MAX];
	int r = p2p_memory_sort(reader->memory);

	if (r < 0)
		return added(reader, r);
	r = p2p_memory_join(reader->memory, &node);
	if (r != -ENOENT)
		return r;
	if (snprintf(path, sizeof(path), "%s%s%s", node->directory, *node->directory ? "/" : "",
		     node->name) >= PATH_MAX)
		return hostile(reader, node->name, "has a path that is too long");
	return hostile(reader, path, "is a hard link to nothing");
}

static int take_entry(struct reader *reader, struct archive_entry *entry)
{
	const char *hard = p2p_la.archive_entry_hardlink(entry);
	mode_t type = p2p_la.archive_entry_filetype(entry);
	char path[PATH_MAX];
	int r = clean_name(reader, p2p_la.archive_entry_pathname(entry), path);

	if (r < 0)
		return r;
	if (!hard && (type == AE_IFCHR || type == AE_IFBLK))
		return hostile(reader, path, "is a device node");
	reader->bytes += p2p_la.archive_entry_size(entry) > 0 ? p2p_la.archive_entry_size(entry) : 0;
	if (++reader->entries > P2P_ARCHIVE_ENTRIES || is_beyond(reader))
		return hostile(reader, path, "is beyond what an archive may hold");
	if (!*path || !is_kept(path))
		return 0;
	if (hard)
		return add_hard_link(reader, path, hard);
	switch (type) {
	case AE_IFREG:
		return read_data(reader, entry, path);
	case AE_IFLNK:
		return add_link(reader, path, p2p_la.archive_entry_symlink(entry));
	case AE_IFDIR:
		return added(reader, p2p_memory_add(reader->memory, path, P2P_KIND_DIR, NULL, 0));
	}
	return 0;	/* sockets and pipes hold nothing */
}

/*
 * A tar ends with blocks of zeros.  One that was cut between two entries looks complete to libarchive, which
 * in that case has read nothing past the place where the next header would start.
 */
static bool has_end_mark(struct archive *archive)
{
	return p2p_la.archive_filter_bytes(archive, 0) > p2p_la.archive_read_header_position(archive);
}

static int read_entries(struct reader *reader)
{
	struct archive_entry *entry;
	int r, code;

	for (;;) {
		code = p2p_la.archive_read_next_header(reader->archive, &entry);
		if (is_beyond(reader))
			return p2p_error(reader->context, -EBADMSG,
					 "%s: unpacks to more than %d MiB", reader->name,
					 (int)(P2P_ARCHIVE_BYTES >> 20));
		if (code == ARCHIVE_EOF)
			return has_end_mark(reader->archive) ? 0 : damaged(reader);
		if (code < ARCHIVE_WARN)
			return damaged(reader);
		r = take_entry(reader, entry);
		if (r < 0)
			return r;
	}
}

/* Find where the tree starts: at the root, or in the one directory that holds one. */
static int find_prefix(struct reader *reader, char prefix[PATH_MAX])
{
	const struct p2p_memory *memory = reader->memory;
	unsigned int found = 0;

	*prefix = '\0';
	if (p2p_memory_find(memory, DEVICES))
		return 0;
	for (size_t i = 0; i < memory->count; i++) {
		char path[PATH_MAX];

		if (*memory->nodes[i].directory)
			break;
		if (snprintf(path, sizeof(path), "%s/" DEVICES, memory->nodes[i].name) >= PATH_MAX ||
		    !p2p_memory_find(memory, path))
			continue;
		snprintf(prefix, PATH_MAX, "%s/", memory->nodes[i].name);
		found++;
	}
	if (found == 1)
		return 0;
	return p2p_error(reader->context, found ? -EBADMSG : -ENODATA, found ? "%s: holds several captures" :
			 "%s: no " DEVICES " in this archive", reader->name);
}

/* Make @prefix the root: keep what is below it, and refuse links that lead out of it. */
static int cut_prefix(struct reader *reader, const char *prefix)
{
	struct p2p_memory *memory = reader->memory;
	size_t size = strlen(prefix), kept = 0;

	for (size_t i = 0; i < memory->count; i++) {
		struct p2p_node node = memory->nodes[i];
		char path[PATH_MAX], real[PATH_MAX];

		snprintf(path, sizeof(path), "%s/", node.directory);
		if (size && strncmp(path, prefix, size) != 0)
			continue;
		if (size)
			node.directory += strlen(node.directory) < size ? size - 1 : size;
		if (snprintf(path, sizeof(path), "%s%s%s", node.directory,
			     *node.directory ? "/" : "", node.name) >= PATH_MAX)
			return hostile(reader, node.name, "has a path that is too long");
		if (node.kind == P2P_KIND_LINK && p2p_path_resolve(path, node.data, real) < 0)
			return hostile(reader, path, "is a link that leads out of the archive");
		memory->nodes[kept++] = node;
	}
	memory->count = kept;
	return sort_nodes(reader);
}

static int open_tar(struct reader *reader, const void *data, size_t size)
{
	if (p2p_la.archive_read_support_format_tar(reader->archive) == ARCHIVE_FATAL ||
	    p2p_archive_filters(reader->archive))
		return -ENOMEM;
	return p2p_la.archive_read_open_memory(reader->archive, data, size) == ARCHIVE_OK ? 0 :
	       not_a_tar(reader);
}

static int read_archive(struct reader *reader, const void *data, size_t size)
{
	char prefix[PATH_MAX];
	int r = open_tar(reader, data, size);

	if (r == 0)
		r = read_entries(reader);
	if (r == 0)
		r = sort_nodes(reader);
	if (r == 0)
		r = find_prefix(reader, prefix);
	return r < 0 ? r : cut_prefix(reader, prefix);
}

int p2p_tree_archive(struct p2p_context *context, const char *name, const void *data,
		     size_t size, struct p2p_budget *budget, struct p2p_tree **ret_tree)
{
	struct reader reader = { .context = context, .name = name, .budget = budget,
				 .memory = p2p_memory_new() };
	int r = reader.memory ? p2p_archive_new(&reader.archive) : -ENOMEM;

	if (r == 0)
		r = read_archive(&reader, data, size);

	if (r == 0) {
		p2p_budget_pay(budget, reader.archive);
		*ret_tree = &reader.memory->tree;
	} else if (reader.memory) {
		p2p_tree_free(&reader.memory->tree);
	}
	if (reader.archive)
		p2p_la.archive_read_free(reader.archive);
	return r;
}

/* Read until the buffer has @size bytes.  Return: 0; -EBADMSG; -ENOMEM. */
static int read_more(struct reader *reader, size_t size, struct p2p_buffer *buffer)
{
	int r = p2p_buffer_reserve(buffer, size - buffer->size);

	if (r == 0)
		r = read_bytes(reader, buffer->data, buffer->size, size);
	buffer->size = r < 0 ? buffer->size : size;
	return r;
}

/*
 * Read a small file into @buffer.  Return: 0; -EFBIG if it is a large text; -ENOTSUP to pass it over;
 * -EBADMSG; -ENOMEM.
 */
static int read_text(struct reader *reader, struct archive_entry *entry,
		     struct p2p_buffer *buffer)
{
	int64_t size = p2p_la.archive_entry_size(entry);
	int r;

	buffer->size = 0;
	if (p2p_la.archive_entry_filetype(entry) != AE_IFREG || p2p_la.archive_entry_hardlink(entry) || size < 4)
		return -ENOTSUP;
	r = read_more(reader, (size_t)size < P2P_HEAD_SIZE ? (size_t)size : P2P_HEAD_SIZE, buffer);
	if (r == 0 && (uint64_t)size > p2p_size_most(buffer->data, buffer->size))
		return memchr(buffer->data, '\0', buffer->size) ? -ENOTSUP : -EFBIG;
	return r < 0 ? r : read_more(reader, (size_t)size, buffer);
}

/* Return: 0; -ENOENT at the end; another negative errno with its sentence. */
static int next_text(struct reader *reader, struct archive_entry **ret_entry)
{
	int code = p2p_la.archive_read_next_header(reader->archive, ret_entry);
	int64_t size;

	if (code == ARCHIVE_EOF && has_end_mark(reader->archive))
		return -ENOENT;
	if (code == ARCHIVE_EOF || code < ARCHIVE_WARN)
		return damaged(reader);
	size = p2p_la.archive_entry_size(*ret_entry);
	reader->bytes += size > 0 ? size : 0;
	if (++reader->entries > P2P_ARCHIVE_ENTRIES || is_beyond(reader))
		return p2p_error(reader->context, -E2BIG, "%s: unpacks to more than %d MiB or %u files",
				 reader->budget->name, (int)(P2P_ARCHIVE_BYTES >> 20),
				 P2P_ARCHIVE_ENTRIES);
	return 0;
}

static int read_texts(struct reader *reader,
		      int (*text)(void *user, const char *path, const struct p2p_buffer *buffer),
		      void *user)
{
	struct p2p_buffer buffer = { 0 };
	struct archive_entry *entry;
	int r = 0;

	while (r == 0) {
		r = next_text(reader, &entry);
		if (r < 0)
			break;
		r = read_text(reader, entry, &buffer);
		if (r == 0)
			r = text(user, p2p_la.archive_entry_pathname(entry), &buffer);
		else if (r == -EFBIG)
			r = text(user, p2p_la.archive_entry_pathname(entry), NULL);
		else if (r == -ENOTSUP)
			r = 0;
	}
	free(buffer.data);
	return r == -ENOENT ? 0 : r;
}

int p2p_archive_texts(struct p2p_context *context, const char *name, const void *data, size_t size,
		      struct p2p_budget *budget,
		      int (*text)(void *user, const char *path, const struct p2p_buffer *buffer),
		      void *user)
{
	struct reader reader = { .context = context, .name = name, .budget = budget };
	int r = p2p_archive_new(&reader.archive);

	if (r < 0)
		return r;
	r = open_tar(&reader, data, size);
	if (r == 0)
		r = read_texts(&reader, text, user);
	p2p_budget_pay(budget, reader.archive);
	p2p_la.archive_read_free(reader.archive);
	return r;
}

bool p2p_is_tar(const void *data, size_t size)
{
	struct archive_entry *entry;
	struct archive *archive;
	bool is;

	if (p2p_archive_new(&archive) < 0)
		return false;
	is = p2p_la.archive_read_support_format_tar(archive) != ARCHIVE_FATAL &&
	     !p2p_archive_filters(archive) &&
	     p2p_la.archive_read_open_memory(archive, data, size) == ARCHIVE_OK &&
	     p2p_la.archive_read_next_header(archive, &entry) >= ARCHIVE_WARN;
	p2p_la.archive_read_free(archive);
	return is;
}

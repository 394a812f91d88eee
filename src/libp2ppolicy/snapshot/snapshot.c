/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/context.h"
#include "snapshot/inside.h"
#include "snapshot/capture/manifest.h"

static const struct p2p_file denied = { P2P_DENIED, 0, NULL };
static const struct p2p_file absent = { P2P_ABSENT, 0, NULL };

struct p2p_snapshot *p2p_snapshot_free(struct p2p_snapshot *snapshot)
{
	if (!snapshot)
		return NULL;
	p2p_snapshot_free(snapshot->saved);
	for (size_t i = 0; i < snapshot->part_count; i++)
		p2p_snapshot_free(snapshot->parts[i]);
	free(snapshot->parts);
	free(snapshot->conflicts);
	free(snapshot->skipped);
	json_object_put(snapshot->report);
	free(snapshot->raws);
	free(snapshot->entries);
	p2p_arena_free(&snapshot->arena);
	free(snapshot);
	return NULL;
}

enum p2p_source p2p_snapshot_source(const struct p2p_snapshot *snapshot)
{
	return snapshot->source;
}

enum p2p_want p2p_snapshot_want(const struct p2p_snapshot *snapshot)
{
	return snapshot->want;
}

size_t p2p_snapshot_count(const struct p2p_snapshot *snapshot)
{
	return snapshot->count;
}

const struct p2p_raw *p2p_snapshot_raw(const struct p2p_snapshot *snapshot, size_t index)
{
	return &snapshot->raws[index];
}

const struct p2p_file *p2p_raw_attr(const struct p2p_raw *raw, enum p2p_attr attr)
{
	return attr < raw->attr_count ? &raw->attr[attr] : &denied;
}

struct json_object *p2p_snapshot_report(const struct p2p_snapshot *snapshot)
{
	return snapshot->report;
}

const char *p2p_snapshot_faults(const struct p2p_snapshot *snapshot)
{
	return snapshot->faults ? snapshot->faults : "";
}

const struct p2p_file *p2p_snapshot_hwloc_xml(const struct p2p_snapshot *snapshot)
{
	return &snapshot->hwloc;
}

char *p2p_snapshot_string(struct p2p_snapshot *snapshot, const char *text)
{
	char *copy = p2p_arena_string(&snapshot->arena, text);

	snapshot->no_memory |= !copy;
	return copy;
}

void p2p_snapshot_set(struct p2p_snapshot *snapshot, struct p2p_file *file, const void *data,
		      size_t size)
{
	char *copy = p2p_arena_copy(&snapshot->arena, data, size);

	*file = (struct p2p_file){ copy ? P2P_PRESENT : P2P_DENIED, (uint32_t)size, copy };
	snapshot->no_memory |= !copy;
}

void p2p_snapshot_print(struct p2p_snapshot *snapshot, struct p2p_file *file, const char *format,
			...)
{
	char *text = NULL;
	va_list args;
	int size;

	va_start(args, format);
	size = vasprintf(&text, format, args);
	va_end(args);
	if (size >= 0) {
		p2p_snapshot_set(snapshot, file, text, (size_t)size);
		free(text);
	} else {
		snapshot->no_memory = true;
	}
}

void p2p_snapshot_set_ids(struct p2p_snapshot *snapshot, struct p2p_raw *raw, unsigned int vendor,
			  unsigned int device)
{
	if (!vendor || vendor == 0xffff)
		return;
	p2p_snapshot_print(snapshot, &raw->attr[P2P_ATTR_VENDOR], "0x%04x", vendor);
	p2p_snapshot_print(snapshot, &raw->attr[P2P_ATTR_DEVICE], "0x%04x", device);
}

struct p2p_raw *p2p_snapshot_add(struct p2p_snapshot *snapshot, struct p2p_bdf bdf)
{
	struct p2p_raw *raw = p2p_more(snapshot->raws, snapshot->count);
	size_t attrs = P2P_ATTRS;

	while (snapshot->few && p2p_attr_rows[attrs - 1].want > P2P_WANT_VERDICT)
		attrs--;
	if (raw) {
		raw->bdf = bdf;
		raw->attr_count = (uint8_t)attrs;
		raw->attr = p2p_arena_alloc(&snapshot->arena, attrs * sizeof(*raw->attr));
	}
	if (!raw || !raw->attr) {
		snapshot->no_memory = true;
		return NULL;
	}
	snapshot->count++;
	return raw;
}

struct p2p_skipped *p2p_snapshot_skip(struct p2p_snapshot *snapshot, const char *name,
				      const char *why)
{
	struct p2p_skipped *skipped = p2p_more(snapshot->skipped, snapshot->skipped_count);

	snapshot->no_memory |= !skipped;
	if (!skipped)
		return NULL;
	skipped->name = p2p_snapshot_string(snapshot, name);
	skipped->why = why ? p2p_snapshot_string(snapshot, why) : NULL;
	if (!skipped->name || (why && !skipped->why))
		return NULL;
	snapshot->skipped_count++;
	return skipped;
}

void p2p_snapshot_move_skipped(struct p2p_snapshot *snapshot, const struct p2p_snapshot *from)
{
	for (size_t i = 0; i < from->skipped_count; i++) {
		const struct p2p_skipped *old = &from->skipped[i];
		struct p2p_skipped *new = p2p_snapshot_skip(snapshot, old->name, old->why);

		if (!new)
			return;
		new->first = old->first;
		new->last = old->last;
		new->source = old->source;
	}
}

static int compare_raws(const void *a, const void *b)
{
	const struct p2p_raw *left = a, *right = b;

	return p2p_bdf_compare(left->bdf, right->bdf);
}

const struct p2p_raw *p2p_snapshot_sort(struct p2p_snapshot *snapshot)
{
	if (!snapshot->count)
		return NULL;
	qsort(snapshot->raws, snapshot->count, sizeof(*snapshot->raws), compare_raws);
	for (size_t i = 1; i < snapshot->count; i++)
		if (!compare_raws(&snapshot->raws[i - 1], &snapshot->raws[i]))
			return &snapshot->raws[i];
	return NULL;
}

size_t p2p_snapshot_find(const struct p2p_snapshot *snapshot, struct p2p_bdf bdf)
{
	size_t low = 0, high = snapshot->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p2p_bdf_compare(snapshot->raws[middle].bdf, bdf) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int p2p_snapshot_finish(struct p2p_context *context, const char *name, struct p2p_snapshot *snapshot)
{
	const struct p2p_raw *twice = p2p_snapshot_sort(snapshot);
	char text[P2P_BDF_SIZE];

	return twice ? p2p_error(context, -EBADMSG, "%s: %s appears twice", name,
				 p2p_bdf_format(twice->bdf, text)) : 0;
}

static int compare_entries(const void *a, const void *b)
{
	const struct p2p_entry *left = a, *right = b;

	return strcmp(left->path, right->path);
}

struct p2p_entry *p2p_snapshot_add_entry(struct p2p_snapshot *snapshot, const char *path)
{
	struct p2p_entry *entry = p2p_more(snapshot->entries, snapshot->entry_count);

	snapshot->no_memory |= !entry;
	if (!entry)
		return NULL;
	entry->path = p2p_snapshot_string(snapshot, path);
	if (!entry->path)
		return NULL;
	snapshot->entry_count++;
	return entry;
}

void p2p_snapshot_add_file(struct p2p_snapshot *snapshot, const char *path, unsigned int line,
			   const void *data, size_t size)
{
	struct p2p_entry *entry = p2p_snapshot_add_entry(snapshot, path);

	if (!entry)
		return;
	entry->line = line;
	p2p_snapshot_set(snapshot, &entry->file, data, size);
}

size_t p2p_sort_unique(void *array, size_t count, size_t size,
		       int (*order)(const void *a, const void *b),
		       int (*same)(const void *a, const void *b))
{
	char *kept = array, *each = array;

	if (!count)
		return 0;
	qsort(array, count, size, order);
	for (size_t i = 1; i < count; i++) {
		each += size;
		if (same(kept, each) != 0)
			memmove(kept += size, each, size);
	}
	return (size_t)(kept - (char *)array) / size + 1;
}

void p2p_snapshot_sort_entries(struct p2p_snapshot *snapshot)
{
	snapshot->entry_count = p2p_sort_unique(snapshot->entries, snapshot->entry_count,
						sizeof(*snapshot->entries), compare_entries,
						compare_entries);
}

const struct p2p_entry *p2p_snapshot_entry(const struct p2p_snapshot *snapshot, const char *path)
{
	struct p2p_entry key = { .path = path };

	if (!snapshot->entry_count)
		return NULL;
	return bsearch(&key, snapshot->entries, snapshot->entry_count, sizeof(key),
		       compare_entries);
}

/* One of the parts may be a capture that knows that the file is absent. */
static const struct p2p_file *file_of_parts(const struct p2p_snapshot *snapshot, const char *path)
{
	const struct p2p_file *file = &denied;

	for (size_t i = 0; i < snapshot->part_count && file->fact == P2P_DENIED; i++)
		file = p2p_snapshot_file(snapshot->parts[i], path);
	return file;
}

const struct p2p_file *p2p_snapshot_file(const struct p2p_snapshot *snapshot, const char *path)
{
	const struct p2p_entry *entry = p2p_snapshot_entry(snapshot, path);
	const char *row;

	if (entry)
		return &entry->file;
	if (snapshot->part_count)
		return file_of_parts(snapshot, path);
	if (snapshot->source != P2P_SOURCE_LIVE && !snapshot->manifest)
		return &denied;
	row = p2p_machine_row(snapshot->want, path);
	if (row && !p2p_snapshot_entry(snapshot, row) && p2p_missing(snapshot, row, path, -ENOENT) == P2P_ABSENT)
		return &absent;
	return &denied;
}

enum p2p_fact p2p_missing(const struct p2p_snapshot *snapshot, const char *row,
			  const char *path, int error)
{
	if (error != -ENOENT && error != -ENOTDIR)
		return P2P_DENIED;
	if (snapshot->source == P2P_SOURCE_LIVE)
		return P2P_ABSENT;
	if (snapshot->manifest && p2p_manifest_asks(snapshot->manifest, row) &&
	    !p2p_manifest_has(snapshot->manifest, path) && !p2p_manifest_has(snapshot->manifest, row))
		return P2P_ABSENT;
	return P2P_DENIED;
}

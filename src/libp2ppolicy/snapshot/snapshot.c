/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
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

void *p2p_grow(void *array, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;

	if (count == *room) {
		array = reallocarray(array, more, size);
		if (!array)
			return NULL;
		*room = more;
	}
	memset((char *)array + count * size, 0, size);
	return array;
}

struct p2p_raw *p2p_snapshot_add(struct p2p_snapshot *snapshot, struct p2p_bdf bdf)
{
	struct p2p_raw *raws = p2p_grow(snapshot->raws, snapshot->count, &snapshot->room,
					sizeof(*raws));

	if (!raws)
		return NULL;
	snapshot->raws = raws;
	raws += snapshot->count++;
	raws->bdf = bdf;
	return raws;
}

struct p2p_skipped *p2p_snapshot_skip(struct p2p_snapshot *snapshot, const char *name,
				      const char *why)
{
	struct p2p_skipped *skipped = p2p_grow(snapshot->skipped, snapshot->skipped_count,
					       &snapshot->skipped_room, sizeof(*skipped));

	if (!skipped)
		return NULL;
	snapshot->skipped = skipped;
	skipped += snapshot->skipped_count;
	skipped->name = p2p_arena_string(&snapshot->arena, name);
	if (why)
		skipped->why = p2p_arena_string(&snapshot->arena, why);
	if (!skipped->name || (why && !skipped->why))
		return NULL;
	snapshot->skipped_count++;
	return skipped;
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
	struct p2p_entry *entries = p2p_grow(snapshot->entries, snapshot->entry_count,
					     &snapshot->entry_room, sizeof(*entries));

	if (!entries)
		return NULL;
	snapshot->entries = entries;
	entries += snapshot->entry_count;
	entries->path = p2p_arena_string(&snapshot->arena, path);
	if (!entries->path)
		return NULL;
	snapshot->entry_count++;
	return entries;
}

void p2p_snapshot_sort_entries(struct p2p_snapshot *snapshot)
{
	size_t kept = 0;

	if (!snapshot->entry_count)
		return;
	qsort(snapshot->entries, snapshot->entry_count, sizeof(*snapshot->entries),
	      compare_entries);
	for (size_t i = 1; i < snapshot->entry_count; i++)
		if (compare_entries(&snapshot->entries[kept], &snapshot->entries[i]))
			snapshot->entries[++kept] = snapshot->entries[i];
	snapshot->entry_count = kept + 1;
}

const struct p2p_entry *p2p_snapshot_entry(const struct p2p_snapshot *snapshot, const char *path)
{
	struct p2p_entry key = { .path = path };

	if (!snapshot->entry_count)
		return NULL;
	return bsearch(&key, snapshot->entries, snapshot->entry_count, sizeof(key),
		       compare_entries);
}

/* One of the parts may be a capture that knows that it is not there. */
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
	if (row && p2p_missing(snapshot, row, path, -ENOENT) == P2P_ABSENT)
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
	    !p2p_manifest_has(snapshot->manifest, path))
		return P2P_ABSENT;
	return P2P_DENIED;
}

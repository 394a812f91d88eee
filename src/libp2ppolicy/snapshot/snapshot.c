/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "snapshot/inside.h"
#include "snapshot/capture/manifest.h"

static const struct p2p_file denied = { P2P_DENIED, 0, NULL };
static const struct p2p_file absent = { P2P_ABSENT, 0, NULL };

struct p2p_snapshot *p2p_snapshot_free(struct p2p_snapshot *snapshot)
{
	if (!snapshot)
		return NULL;
	p2p_snapshot_free(snapshot->saved);
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

const struct p2p_file *p2p_snapshot_hwloc_xml(const struct p2p_snapshot *snapshot)
{
	return &snapshot->hwloc;
}

/* Room for one more element, zeroed. */
static void *grow(void *array, size_t count, size_t *room, size_t size)
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
	struct p2p_raw *raws = grow(snapshot->raws, snapshot->count, &snapshot->room,
				    sizeof(*raws));

	if (!raws)
		return NULL;
	snapshot->raws = raws;
	raws += snapshot->count++;
	raws->bdf = bdf;
	return raws;
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

static int compare_entries(const void *a, const void *b)
{
	const struct p2p_entry *left = a, *right = b;

	return strcmp(left->path, right->path);
}

struct p2p_entry *p2p_snapshot_add_entry(struct p2p_snapshot *snapshot, const char *path)
{
	struct p2p_entry *entries = grow(snapshot->entries, snapshot->entry_count,
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

const struct p2p_file *p2p_snapshot_file(const struct p2p_snapshot *snapshot, const char *path)
{
	struct p2p_entry key = { .path = path };
	const struct p2p_entry *entry = NULL;
	const char *row;

	if (snapshot->entry_count)
		entry = bsearch(&key, snapshot->entries, snapshot->entry_count, sizeof(key),
				compare_entries);
	if (entry)
		return &entry->file;
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

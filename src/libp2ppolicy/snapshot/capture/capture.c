/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turns a snapshot back into files, sorted and with pseudonyms; tar-write.c makes the archive. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/capture/manifest.h"
#include "snapshot/capture/pseudonym.h"
#include "snapshot/tree/tar-write.h"
#include "snapshot/sources.h"

/* @saving: for p2p_snapshot_save(), which may have read less than P2P_WANT_ALL */
struct capture {
	struct p2p_context *context;
	const struct p2p_snapshot *snapshot;
	struct p2p_arena arena;
	struct p2p_tar_file *files;
	size_t count;
	const char **denied;
	size_t denied_count;
	bool saving;
};

/* The directory below sys that a link of a function leads to; for other links the parent of its own. */
static const struct {
	enum p2p_attr attr;
	const char *directory;
} links[] = {
	{ P2P_ATTR_DRIVER, "bus/pci/drivers" },
	{ P2P_ATTR_IOMMU_GROUP, "kernel/iommu_groups" },
};

/* Return: NULL when out of memory, also for @path or @data, which is counted as p2p_lost(). */
static struct p2p_tar_file *add(struct capture *capture, const char *path, enum p2p_kind kind,
				const char *data, size_t size, size_t told)
{
	struct p2p_tar_file *file = path && data ? p2p_more(capture->files, capture->count) : NULL;

	if (!file) {
		p2p_lost();
		return NULL;
	}
	*file = (struct p2p_tar_file){ path, kind, data, size, told, NULL };
	capture->count++;
	return file;
}

static void add_directory(struct capture *capture, const char *path)
{
	add(capture, path, P2P_KIND_DIR, "", 0, 0);
}

static void add_denied(struct capture *capture, const char *path)
{
	const char **denied = p2p_more(capture->denied, capture->denied_count);

	if (!denied) {
		p2p_lost();
		return;
	}
	*denied = path;
	capture->denied_count++;
}

/* Record a fact that is not known: denied by the machine, or listed by a capture that lacks it. */
static void deny(struct capture *capture, const char *path)
{
	const struct p2p_snapshot *snapshot = capture->snapshot;

	if (!path)
		p2p_lost();
	else if (snapshot->source == P2P_SOURCE_LIVE ||
		 (snapshot->manifest && p2p_manifest_has(snapshot->manifest, path)))
		add_denied(capture, path);
}

/* "../" for each directory of @path, and @rest. */
static char *up(struct capture *capture, const char *path, const char *rest)
{
	size_t depth = 1;
	char *text, *end;

	for (const char *c = path; *c; c++)
		depth += *c == '/';
	text = p2p_arena_alloc(&capture->arena, depth * 3 + strlen(rest) + 1);
	if (!text)
		return NULL;
	for (end = text; depth; depth--)
		end = stpcpy(end, "../");
	stpcpy(end, rest);
	return text;
}

static void add_link(struct capture *capture, const struct p2p_raw *raw, enum p2p_attr attr,
		     const char *path)
{
	const char *name = p2p_raw_attr(raw, attr)->data, *directory = NULL, *rest;

	for (size_t i = 0; i < P2P_LENGTH(links); i++)
		if (links[i].attr == attr)
			directory = links[i].directory;
	if (!directory) {
		add(capture, path, P2P_KIND_LINK, p2p_arena_format(&capture->arena, "../%s", name), 0,
		    0);
		return;
	}
	rest = p2p_arena_format(&capture->arena, "sys/%s/%s", directory, name);
	if (!rest) {
		p2p_lost();
		return;
	}
	/* lspci expects the directory of a driver to exist. */
	if (attr == P2P_ATTR_DRIVER)
		add_directory(capture, rest);
	add(capture, path, P2P_KIND_LINK, up(capture, raw->path, rest + strlen("sys/")), 0, 0);
}

/* Directories, and files that match patterns, are entries of the machine instead. */
static void add_attr(struct capture *capture, const struct p2p_raw *raw, enum p2p_attr attr)
{
	const struct p2p_file *file = p2p_raw_attr(raw, attr);
	const char *path;

	if (file->fact == P2P_ABSENT || p2p_attr_rows[attr].want > capture->snapshot->want)
		return;
	path = p2p_arena_format(&capture->arena, "sys/%s/%s", raw->path, p2p_attr_rows[attr].path);
	if (file->fact == P2P_DENIED)
		deny(capture, path);
	else if (p2p_attr_rows[attr].kind == P2P_KIND_FILE)
		add(capture, path, P2P_KIND_FILE, file->data, file->size, file->size);
	else if (p2p_attr_rows[attr].kind == P2P_KIND_LINK)
		add_link(capture, raw, attr, path);
}

/* The number of bytes before the first unknown one: none is ever made up. */
static unsigned int known_bytes(const struct p2p_config *config)
{
	unsigned int known = 0;
	uint8_t byte;

	while (known < config->size && p2p_config_read8(config, known, &byte))
		known++;
	return p2p_config_round(known);
}

/* A whole configuration space, with zeros for what was not read; the manifest lists these gaps. */
static const char *with_gaps(struct capture *capture, const struct p2p_config *config)
{
	uint8_t *bytes = p2p_arena_alloc(&capture->arena, config->size);

	if (!bytes)
		return NULL;
	for (unsigned int i = 0; i < config->size; i++)
		(void)p2p_config_read8(config, i, &bytes[i]);
	return (const char *)bytes;
}

static void add_config(struct capture *capture, const struct p2p_raw *raw)
{
	const struct p2p_config *config = &raw->config;
	unsigned int size = capture->saving ? config->size : known_bytes(config);
	/* The known bytes at the start have no gap. */
	const char *bytes = capture->saving ? with_gaps(capture, config) :
			    (const char *)config->bytes;
	/*
	 * The size that the machine of a foreign tree reported is unknown; record the maximum, so that
	 * nothing is claimed to be absent.
	 */
	unsigned int told = config->told ? config->told : P2P_CONFIG_EXTENDED;
	const char *path = p2p_arena_format(&capture->arena, "sys/%s/config", raw->path);
	struct p2p_tar_file *file;

	if (!size) {
		deny(capture, path);
		return;
	}
	file = add(capture, path, P2P_KIND_FILE, bytes, size, told);
	if (file)
		file->config = config;
}

static void add_function(struct capture *capture, const struct p2p_raw *raw)
{
	char text[P2P_BDF_SIZE];
	const char *link;

	link = p2p_arena_format(&capture->arena, "sys/bus/pci/devices/%s",
				p2p_bdf_format(raw->bdf, text));
	if (!raw->path || !link || !strcmp(raw->path, link + strlen("sys/")))
		add_directory(capture, link);
	else
		add(capture, link, P2P_KIND_LINK, up(capture, "bus/pci/devices", raw->path), 0, 0);
	if (!raw->path)
		return;
	for (int i = 0; i < P2P_ATTRS; i++)
		add_attr(capture, raw, (enum p2p_attr)i);
	add_config(capture, raw);
}

/* Add a directory, and one for each name in it that nothing else creates. */
static void add_names(struct capture *capture, const struct p2p_entry *entry)
{
	add_directory(capture, entry->path);
	for (const char *name = entry->file.data; *name; name += strcspn(name, "\n") + 1)
		add_directory(capture, p2p_arena_format(&capture->arena, "%s/%.*s", entry->path,
							(int)strcspn(name, "\n"), name));
}

static void add_entry(struct capture *capture, const struct p2p_entry *entry)
{
	if (entry->file.fact != P2P_PRESENT)
		deny(capture, entry->path);
	else if (entry->kind == P2P_KIND_DIR)
		add_names(capture, entry);
	else if (entry->kind == P2P_KIND_LINK)
		add(capture, entry->path, P2P_KIND_LINK, entry->target, 0, 0);
	else
		add(capture, entry->path, P2P_KIND_FILE, entry->file.data, entry->file.size,
		    entry->file.size);
}

static int compare_names(const void *a, const void *b)
{
	const struct p2p_tar_file *left = a, *right = b;

	return strcmp(left->path, right->path);
}

static int compare_files(const void *a, const void *b)
{
	const struct p2p_tar_file *left = a, *right = b;
	int order = compare_names(a, b);

	return order ? order : (left->kind == P2P_KIND_DIR) - (right->kind == P2P_KIND_DIR);
}

static int compare_paths(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

/* Sort; of two files with one name keep the one that is not just a directory. */
static void sort(struct capture *capture)
{
	capture->count = p2p_sort_unique(capture->files, capture->count, sizeof(*capture->files),
					 compare_files, compare_names);
	capture->denied_count = p2p_sort_unique(capture->denied, capture->denied_count,
						sizeof(*capture->denied), compare_paths,
						compare_paths);
}

static void collect(struct capture *capture)
{
	const struct p2p_snapshot *snapshot = capture->snapshot;

	for (size_t i = 0; i < snapshot->count; i++)
		add_function(capture, &snapshot->raws[i]);
	for (size_t i = 0; i < snapshot->entry_count; i++)
		add_entry(capture, &snapshot->entries[i]);
	if (snapshot->hwloc.fact == P2P_PRESENT)
		add(capture, "hwloc.xml", P2P_KIND_FILE, snapshot->hwloc.data,
		    snapshot->hwloc.size, snapshot->hwloc.size);
	for (size_t i = 0; p2p_manifest_denied(snapshot->manifest, i); i++)
		add_denied(capture, p2p_manifest_denied(snapshot->manifest, i));
	sort(capture);
}

/* Replace names in a copy of the path. */
static void scrub_path(struct capture *capture, struct p2p_pseudonyms *pseudonyms,
		       const char **path)
{
	char *copy = p2p_arena_string(&capture->arena, *path);

	if (!copy) {
		p2p_lost();
		return;
	}
	p2p_scrub_path(pseudonyms, copy);
	*path = copy;
}

static void scrub_content(struct capture *capture, struct p2p_pseudonyms *pseudonyms,
			  struct p2p_tar_file *file)
{
	char *copy;

	if (file->kind == P2P_KIND_LINK)
		scrub_path(capture, pseudonyms, &file->data);
	if (file->kind != P2P_KIND_FILE)
		return;
	copy = p2p_arena_copy(&capture->arena, file->data, file->size);
	if (!copy) {
		p2p_lost();
		return;
	}
	file->data = copy;
	if (file->config)
		p2p_scrub_config(pseudonyms, file->config, (uint8_t *)copy, file->size);
	else
		p2p_scrub_file(pseudonyms, file->path, copy, file->size);
}

static void scrub(struct capture *capture, struct p2p_pseudonyms *pseudonyms)
{
	const struct p2p_file *host = p2p_snapshot_file(capture->snapshot,
							"proc/sys/kernel/hostname");

	if (host->fact == P2P_PRESENT)
		p2p_pseudonyms_set_host(pseudonyms, host->data);
	for (size_t i = 0; i < capture->count; i++) {
		scrub_content(capture, pseudonyms, &capture->files[i]);
		scrub_path(capture, pseudonyms, &capture->files[i].path);
	}
	for (size_t i = 0; i < capture->denied_count; i++)
		scrub_path(capture, pseudonyms, &capture->denied[i]);
	sort(capture);
}

static void scrub_all(struct capture *capture)
{
	struct p2p_pseudonyms *pseudonyms = p2p_pseudonyms_new();

	if (pseudonyms)
		scrub(capture, pseudonyms);
	else
		p2p_lost();
	p2p_pseudonyms_free(pseudonyms);
}

static void add_manifest(struct capture *capture, bool scrubbed)
{
	char *text = p2p_manifest_write(capture->snapshot, capture->files, capture->count,
					capture->denied, capture->denied_count, scrubbed,
					capture->saving ? capture->snapshot->boot : NULL);
	char *copy = text ? p2p_arena_string(&capture->arena, text) : NULL;

	add(capture, "manifest.json", P2P_KIND_FILE, copy, copy ? strlen(copy) : 0, 0);
	free(text);
	sort(capture);
}

/* Existing pseudonyms are kept: replaced again they would change.  Return: 0 or -ENOMEM. */
static int make(struct capture *capture, bool with_serials)
{
	const struct p2p_manifest *manifest = capture->snapshot->manifest;
	bool scrubbed = manifest && p2p_manifest_is_scrubbed(manifest);
	unsigned long lost = p2p_lost_count();

	collect(capture);
	if (!scrubbed && !with_serials)
		scrub_all(capture);
	add_manifest(capture, scrubbed || !with_serials);
	return p2p_lost_count() == lost ? 0 : -ENOMEM;
}

static int write_capture(struct capture *capture, const char *path, bool with_serials)
{
	int r = make(capture, with_serials);

	if (r == 0)
		r = p2p_tar_write(capture->context, path, capture->saving ? P2P_WRITE_OWN : 0,
				  capture->files, capture->count);
	p2p_arena_free(&capture->arena);
	free(capture->files);
	free(capture->denied);
	return r == -ENOMEM ? p2p_exhausted(capture->context, r) : r;
}

int p2p_snapshot_capture(struct p2p_context *context, const struct p2p_snapshot *snapshot,
			 const char *path, bool with_serials)
{
	struct capture capture = { .context = context, .snapshot = snapshot };

	if (!p2p_format_of(snapshot)->is_files)
		return p2p_error(context, -EINVAL, "%s: a %s has too little data for a capture", path,
				 p2p_source_text(snapshot->source)->name);
	if (snapshot->want != P2P_WANT_ALL)
		return p2p_error(context, -EINVAL, "%s: not everything was read", path);
	return write_capture(&capture, path, with_serials);
}

int p2p_snapshot_save(struct p2p_context *context, const struct p2p_snapshot *snapshot,
		      const char *path)
{
	struct capture capture = { .context = context, .snapshot = snapshot, .saving = true };

	if (snapshot->source != P2P_SOURCE_LIVE || snapshot->want < P2P_WANT_NAMES ||
	    snapshot->saved)
		return p2p_error(context, -EINVAL,
				 "%s: only what was read from the running machine is saved", path);
	if (!*snapshot->boot)
		return p2p_error(context, -ENODATA, "%s: the present boot cannot be identified: "
				 P2P_BOOT_ID " could not be read", path);
	return write_capture(&capture, path, false);
}

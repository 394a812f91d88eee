/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/pci-regs.h"
#include "snapshot/inside.h"
#include "snapshot/access/access.h"
#include "snapshot/capture/manifest.h"

#define DEVICES	"sys/bus/pci/devices"

/*
 * For captures: rows that config space tells as well, and the least want that reads them nevertheless.  The
 * kernel may have corrected the class, so it is read where devices are described.
 */
static const enum p2p_want despite_config[P2P_ATTRS] = {
	[P2P_ATTR_VENDOR] = P2P_WANT_ALL,
	[P2P_ATTR_DEVICE] = P2P_WANT_ALL,
	[P2P_ATTR_CLASS] = P2P_WANT_NAMES,
};

/* State that one load carries from function to function. */
struct loader {
	struct p2p_context *context;
	struct p2p_tree *tree;
	struct p2p_snapshot *snapshot;
	struct p2p_access *access;	/* live only */
	struct p2p_buffer buffer, text;
	bool overview;			/* P2P_WANT_OVERVIEW was asked for */
	bool looked;			/* the directory of the function was listed */
	bool listed[P2P_ATTRS];		/* may exist; meaningless unless @looked */
	struct p2p_place devices;	/* sys/bus/pci/devices */
};

static int out_of_memory(struct loader *loader)
{
	return p2p_error(loader->context, -ENOMEM, "out of memory");
}

/* Add an entry that a capture must have, below the directory of a function; NULL data means out of memory. */
static int keep(struct loader *loader, const struct p2p_raw *raw, const char *path,
		const struct p2p_entry *kept)
{
	struct p2p_entry *entry;
	char full[PATH_MAX];

	if (!kept->file.data)
		return -ENOMEM;
	if (snprintf(full, sizeof(full), "sys/%s/%s", raw->path, path) >= PATH_MAX)
		return 0;
	entry = p2p_snapshot_add_entry(loader->snapshot, full);
	if (!entry)
		return -ENOMEM;
	entry->kind = kept->kind;
	entry->file = kept->file;
	return 0;
}

/* Add a directory that a capture must have, so that the same names are found in it. */
static int keep_directory(struct loader *loader, const struct p2p_raw *raw, const char *path,
			  const char *name)
{
	struct p2p_entry entry = { .kind = P2P_KIND_DIR,
				   .file = { .fact = P2P_PRESENT, .data = "" } };
	char full[PATH_MAX];

	if (loader->snapshot->want < P2P_WANT_ALL)
		return 0;
	if (snprintf(full, sizeof(full), "%s%s%s", path, name ? "/" : "", name ? name : "") >=
	    PATH_MAX)
		return 0;
	return keep(loader, raw, full, &entry);
}

/* Read the names in a directory into the buffer. */
static int read_names(struct loader *loader, const struct p2p_place *place, const struct p2p_raw *raw,
		      const char *path)
{
	const char *line;
	char name[NAME_MAX + 1];
	int r = p2p_place_list(loader->tree, place, path, &line);

	loader->buffer.size = 0;
	if (r == 0)
		r = p2p_buffer_append(&loader->buffer, line, strlen(line));
	if (r == 0)
		r = keep_directory(loader, raw, path, NULL);
	for (; r == 0 && *line; line += strcspn(line, "\n") + 1) {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(line, "\n"), line);
		r = keep_directory(loader, raw, path, name);
	}
	return r;
}

/* One match of a pattern below the directory of a function; @error: of a file that is there. */
struct match {
	struct loader *loader;
	const struct p2p_raw *raw;
	const struct p2p_place *place;
	int error;
};

static int add_name(void *data, const char *path)
{
	struct match *match = data;
	struct p2p_buffer *buffer = &match->loader->buffer;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	int r = p2p_buffer_append(buffer, name, strlen(name));

	if (r == 0)
		r = p2p_buffer_append(buffer, "\n", 1);
	return r < 0 ? r : keep_directory(match->loader, match->raw, path, NULL);
}

/* A pattern that ends in a plain name also matches where no such file exists. */
static int read_match(struct match *match, const char *path)
{
	struct p2p_tree *tree = match->loader->tree;
	int r = tree->ops->read(tree, match->place, path, &match->loader->text);

	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		match->error = r;
	return r;
}

static int add_text(void *data, const char *path)
{
	struct match *match = data;
	struct p2p_buffer *text = &match->loader->text;
	int r = read_match(match, path);

	if (r < 0)
		return p2p_is_exhausted(r) ? r : 0;
	r = p2p_buffer_append(&match->loader->buffer, text->data, text->size);
	if (r == 0 && text->size && text->data[text->size - 1] != '\n')
		r = p2p_buffer_append(&match->loader->buffer, "\n", 1);
	return r;
}

static int keep_text(void *data, const char *path)
{
	struct match *match = data;
	struct loader *loader = match->loader;
	struct p2p_buffer *text = &loader->text;
	int r = read_match(match, path);

	if (r < 0)
		return p2p_is_exhausted(r) ? r : 0;
	return keep(loader, match->raw, path, &(struct p2p_entry){
		.kind = P2P_KIND_FILE,
		.file = { .fact = P2P_PRESENT, .size = (uint32_t)text->size,
			  .data = p2p_arena_copy(&loader->snapshot->arena, text->data,
						 text->size) },
	});
}

/* Either all of several files are read and kept, or none. */
static int read_each(struct match *match, const char *pattern)
{
	struct loader *loader = match->loader;
	int r;

	loader->buffer.size = 0;
	r = p2p_tree_glob(loader->tree, match->place, pattern, add_text, match);
	if (r < 0 || match->error)
		return r < 0 ? r : match->error;
	if (!loader->buffer.size)
		return -ENOENT;
	return loader->snapshot->want < P2P_WANT_ALL ? 0 :
	       p2p_tree_glob(loader->tree, match->place, pattern, keep_text, match);
}

/* Read what a row asks for of the function at @place into the buffer. */
static int read_row(struct loader *loader, const struct p2p_place *place,
		    const struct p2p_raw *raw, const struct p2p_attr_row *row)
{
	struct match match = { loader, raw, place, 0 };
	const struct p2p_tree_ops *ops = loader->tree->ops;
	struct p2p_buffer *buffer = &loader->buffer;
	char *slash;
	int r = 0;

	switch (row->kind) {
	case P2P_KIND_FILE:
		return ops->read(loader->tree, place, row->path, buffer);
	case P2P_KIND_LINK:
		r = ops->link(loader->tree, place, row->path, buffer);
		slash = r < 0 ? NULL : strrchr(buffer->data, '/');
		if (slash) {
			buffer->size -= (size_t)(slash + 1 - buffer->data);
			memmove(buffer->data, slash + 1, buffer->size + 1);
		}
		return r;
	case P2P_KIND_DIR:
		return read_names(loader, place, raw, row->path);
	case P2P_KIND_GLOB:
		buffer->size = 0;
		r = p2p_tree_glob(loader->tree, place, row->path, add_name, &match);
		return r < 0 ? r : buffer->size ? 0 : -ENOENT;
	case P2P_KIND_EACH:
		return read_each(&match, row->path);
	case P2P_KIND_CLASS:
		break;
	}
	return -EINVAL;
}

static enum p2p_fact missing(const struct p2p_snapshot *snapshot, const struct p2p_raw *raw,
			     const struct p2p_attr_row *row, int error)
{
	char path[PATH_MAX];

	/* Only a manifest needs the path. */
	if (!snapshot->manifest)
		return p2p_missing(snapshot, row->path, "", error);
	snprintf(path, sizeof(path), "sys/%s/%s", raw->path, row->path);
	return p2p_missing(snapshot, row->path, path, error);
}

static int load_row(struct loader *loader, const struct p2p_place *place, struct p2p_raw *raw,
		    const struct p2p_attr_row *row)
{
	struct p2p_file *file = &raw->attr[row - p2p_attr_rows];
	struct p2p_snapshot *snapshot = loader->snapshot;
	int r = -ENOENT;

	if (!loader->looked || loader->listed[row - p2p_attr_rows])
		r = read_row(loader, place, raw, row);
	if (p2p_is_exhausted(r))
		return p2p_exhausted(loader->context, r);
	if (r < 0) {
		file->fact = missing(snapshot, raw, row, r);
		return 0;
	}
	file->data = p2p_arena_copy(&snapshot->arena, loader->buffer.data, loader->buffer.size);
	if (!file->data)
		return out_of_memory(loader);
	file->size = (uint32_t)loader->buffer.size;
	file->fact = P2P_PRESENT;
	return 0;
}

static bool fetch_captured(void *data, unsigned int offset, unsigned int length,
			   uint8_t *ret_bytes)
{
	const struct p2p_buffer *buffer = data;

	if (offset + length > buffer->size)
		return false;
	memcpy(ret_bytes, buffer->data + offset, length);
	return true;
}

/* @error: what prevented a read from being tried at all, or 0 */
struct live {
	struct p2p_access *access;
	int error;
};

static bool fetch_live(void *data, unsigned int offset, unsigned int length, uint8_t *ret_bytes)
{
	struct live *live = data;
	int r = p2p_access_read(live->access, offset, length, ret_bytes);

	if (p2p_is_exhausted(r))
		live->error = r;
	return !r;
}

/*
 * The size that the machine reported, if this is our own capture, and which bytes it gave.  A foreign tree
 * may have been cut.
 */
static uint64_t ask_manifest(const struct loader *loader, const struct p2p_raw *raw,
			     struct p2p_config_source *source)
{
	const struct p2p_manifest *manifest = loader->snapshot->manifest;
	char path[PATH_MAX];
	uint64_t told = 0;

	snprintf(path, sizeof(path), "sys/%s/config", raw->path);
	if (!manifest || p2p_manifest_size(manifest, path, &told))
		return 0;
	source->known = p2p_manifest_known(manifest, path);
	source->kernel_size = told == loader->buffer.size;
	return told;
}

static int load_config(struct loader *loader, const struct p2p_place *place, struct p2p_raw *raw)
{
	struct p2p_config_source source = {
		.virtual_function = P2P_UNKNOWN,
		.all = loader->snapshot->want == P2P_WANT_ALL,
	};
	struct live live = { .access = loader->access };
	uint64_t size, told = 0;
	int r;

	if (loader->tree->live) {
		if (loader->tree->ops->size(loader->tree, place, "config", &size) < 0 ||
		    p2p_access_select(loader->access, raw->bdf) < 0)
			return 0;
		source.size = size > P2P_CONFIG_EXTENDED ? P2P_CONFIG_EXTENDED : (unsigned int)size;
		source.fetch = fetch_live;
		source.data = &live;
		source.kernel_size = true;
		told = size;
	} else {
		r = loader->tree->ops->read(loader->tree, place, "config", &loader->buffer);
		if (r < 0)
			return p2p_is_exhausted(r) ? p2p_exhausted(loader->context, r) : 0;
		size = loader->buffer.size;
		source.size = size > P2P_CONFIG_EXTENDED ? P2P_CONFIG_EXTENDED : (unsigned int)size;
		source.fetch = fetch_captured;
		source.data = &loader->buffer;
		told = ask_manifest(loader, raw, &source);
	}
	r = p2p_config_load(&loader->snapshot->arena, &source, &raw->config);
	raw->config.told = (unsigned int)told;
	if (live.error)
		return p2p_exhausted(loader->context, live.error);
	return r < 0 ? out_of_memory(loader) : 0;
}

/* Where config is readable beyond its header, the link is found there. */
static bool is_link(size_t attr)
{
	return attr == P2P_ATTR_CURRENT_LINK_SPEED || attr == P2P_ATTR_CURRENT_LINK_WIDTH ||
	       attr == P2P_ATTR_MAX_LINK_SPEED || attr == P2P_ATTR_MAX_LINK_WIDTH;
}

/* Is the fact known already?  The machine itself is asked for everything; a VF names no vendor. */
static bool is_known(const struct loader *loader, const struct p2p_raw *raw, size_t attr)
{
	if (is_link(attr))
		return loader->snapshot->want < P2P_WANT_ALL &&
		       raw->config.size >= P2P_CONFIG_STANDARD;
	return loader->snapshot->want < despite_config[attr] && !loader->tree->live &&
	       p2p_config_names_vendor(&raw->config);
}

/*
 * Vital Product Data links a ConnectX's Data Direct function to its adapter.  Reading it takes milliseconds,
 * so it is read of other devices only for a capture.
 */
static bool is_joined(const struct p2p_raw *raw)
{
	uint16_t vendor, device;

	return p2p_config_read16(&raw->config, 0, &vendor) && vendor == 0x15b3 &&
	       p2p_config_read16(&raw->config, 2, &device) &&
	       (device == 0x2100 || (device >= 0x1023 && device <= 0x102f));
}

/*
 * A bridge below another one: it is on the node of its bus (drivers/pci/probe.c, pci_device_add()), and never
 * an end of a pair.
 */
static bool is_port_below(const struct p2p_raw *raw)
{
	const char *host = strstr(raw->path, "/pci"), *top = host ? strchr(host + 1, '/') : NULL;
	uint8_t type;

	return top && strchr(top + 1, '/') && p2p_config_read8(&raw->config, PCI_HEADER_TYPE, &type) &&
	       (type & 0x7f) == PCI_HEADER_TYPE_BRIDGE;
}

static bool is_wanted(const struct loader *loader, const struct p2p_raw *raw, size_t attr)
{
	enum p2p_want want = attr == P2P_ATTR_VPD && is_joined(raw) ? P2P_WANT_NAMES :
			     attr == P2P_ATTR_NUMA_NODE && is_port_below(raw) ? P2P_WANT_NAMES :
			     p2p_attr_rows[attr].want;

	/* An overview shows nodes, but not their CPUs. */
	if (loader->overview && attr == P2P_ATTR_LOCAL_CPULIST)
		return false;
	return want <= loader->snapshot->want && !is_known(loader, raw, attr);
}

/* For a function that names no vendor, only the link to a PF tells whether it is a VF or does not answer. */
static int load_nameless(struct loader *loader, const struct p2p_place *place, struct p2p_raw *raw)
{
	int r = load_row(loader, place, raw, &p2p_attr_rows[P2P_ATTR_PHYSFN]);

	if (raw->config.size && raw->attr[P2P_ATTR_PHYSFN].fact == P2P_ABSENT)
		raw->config = (struct p2p_config){ .silent = true, .told = raw->config.told };
	return r;
}

static int load_rows(struct loader *loader, const struct p2p_place *place, struct p2p_raw *raw)
{
	int r = load_config(loader, place, raw);

	if (r == 0 && !p2p_config_names_vendor(&raw->config))
		r = load_nameless(loader, place, raw);
	for (size_t i = 0; i < P2P_ATTRS && r == 0; i++)
		if (i != P2P_ATTR_PHYSFN && is_wanted(loader, raw, i))
			r = load_row(loader, place, raw, &p2p_attr_rows[i]);
	return r;
}

static int load_place(struct loader *loader, const struct p2p_place *place, struct p2p_raw *raw)
{
	struct p2p_buffer *names = &loader->buffer;
	int r = -ENODATA;

	/* Listing the directory once saves a failing open for every name that does not exist. */
	if (loader->snapshot->want > P2P_WANT_VERDICT)
		r = loader->tree->ops->list(loader->tree, place, "", names);
	if (p2p_is_exhausted(r))
		return p2p_exhausted(loader->context, r);
	loader->looked = r == 0 && names->size;
	p2p_attrs_listed(loader->looked ? names->data : "", loader->listed);
	return load_rows(loader, place, raw);
}

/* The directory of a function: the target of its link, or the entry itself if it is not a link. */
static int locate(struct loader *loader, const char *name, char *path)
{
	char link[sizeof(DEVICES) + NAME_MAX + 1];
	int r = loader->tree->ops->link(loader->tree, &loader->devices, name, &loader->buffer);

	snprintf(link, sizeof(link), DEVICES "/%s", name);
	if (p2p_is_exhausted(r))
		return r;
	if (r == 0)
		return p2p_path_resolve(link, loader->buffer.data, path);
	memcpy(path, link, strlen(link) + 1);
	return 0;
}

/* Return: 1; 0 if the directory of the function cannot be entered; or a negative errno. */
static int enter(struct loader *loader, const struct p2p_raw *raw, struct p2p_place *ret_place)
{
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "sys/%s", raw->path);
	r = loader->tree->ops->enter(loader->tree, path, ret_place);
	if (p2p_is_exhausted(r))
		return p2p_exhausted(loader->context, r);
	if (r < 0)
		p2p_debug(loader->context, "%s: %s", path, strerror(-r));
	return r == 0;
}

static int load_function(struct loader *loader, const char *name)
{
	struct p2p_place place;
	struct p2p_raw *raw;
	char path[PATH_MAX];
	struct p2p_bdf bdf;
	int r;

	if (p2p_bdf_parse(name, &bdf) < 0)
		return 0;
	if (loader->snapshot->count >= P2P_MOST_FUNCTIONS)
		return p2p_error(loader->context, -EBADMSG, DEVICES ": more than %zu functions, "
				 "which no machine has", P2P_MOST_FUNCTIONS);
	raw = p2p_snapshot_add(loader->snapshot, bdf);
	if (!raw)
		return out_of_memory(loader);
	r = locate(loader, name, path);
	if (p2p_is_exhausted(r))
		return p2p_exhausted(loader->context, r);
	if (r == 0 && !strncmp(path, "sys/", 4))
		raw->path = p2p_arena_string(&loader->snapshot->arena, path + 4);
	if (!raw->path) {
		p2p_debug(loader->context, "%s: leads out of sys", name);
		return 0;
	}
	r = enter(loader, raw, &place);
	if (r <= 0)
		return r;
	r = load_place(loader, &place, raw);
	p2p_place_leave(loader->tree, &place);
	return r;
}

static int load_late_link(struct loader *loader, struct p2p_raw *raw)
{
	struct p2p_place place;
	int r = enter(loader, raw, &place);

	if (r <= 0)
		return r;
	loader->looked = false;
	r = load_row(loader, &place, raw, &p2p_attr_rows[P2P_ATTR_PHYSFN]);
	p2p_place_leave(loader->tree, &place);
	return r;
}

/* Where no function can have VFs, no function is one, and there is no link to read. */
static int load_late_links(struct loader *loader)
{
	struct p2p_snapshot *snapshot = loader->snapshot;
	bool some = false;
	int r = 0;

	for (size_t i = 0; i < snapshot->count; i++)
		some |= p2p_config_may_have_virtual(&snapshot->raws[i].config);
	for (size_t i = 0; i < snapshot->count && r == 0; i++) {
		struct p2p_raw *raw = &snapshot->raws[i];

		if (!raw->path || !p2p_config_names_vendor(&raw->config))
			continue;
		if (some)
			r = load_late_link(loader, raw);
		else
			raw->attr[P2P_ATTR_PHYSFN].fact =
				missing(snapshot, raw, &p2p_attr_rows[P2P_ATTR_PHYSFN], -ENOENT);
	}
	return r;
}

static enum p2p_want choose_want(enum p2p_want want, const char *names)
{
	size_t lines = 0;

	if (want != P2P_WANT_OVERVIEW)
		return want;
	for (; *names; names++)
		lines += *names == '\n';
	return lines > P2P_OVERVIEW_MOST ? P2P_WANT_VERDICT : P2P_WANT_NAMES;
}

static int load_names(struct loader *loader, char *names)
{
	char *name, *end;
	int r;

	loader->overview = loader->snapshot->want == P2P_WANT_OVERVIEW;
	loader->snapshot->want = choose_want(loader->snapshot->want, names);
	loader->snapshot->few = loader->snapshot->want == P2P_WANT_VERDICT;
	for (name = names; *name; name = end + 1) {
		end = strchrnul(name, '\n');
		if (!*end)
			break;
		*end = '\0';
		r = load_function(loader, name);
		if (r < 0)
			return r;
	}
	return load_late_links(loader);
}

static int load_all(struct loader *loader)
{
	struct p2p_buffer names = { 0 };
	int r, loaded = 0;

	if (loader->tree->live) {
		r = p2p_access_open(loader->context, &loader->access);
		if (r < 0)
			return r;
	}
	r = loader->tree->ops->enter(loader->tree, DEVICES, &loader->devices);
	if (r == 0) {
		r = loader->tree->ops->list(loader->tree, &loader->devices, "", &names);
		if (r == 0)
			loaded = load_names(loader, names.data);
		p2p_place_leave(loader->tree, &loader->devices);
	}
	if (p2p_is_exhausted(r))
		r = p2p_exhausted(loader->context, r);
	else if (r < 0)
		r = p2p_error(loader->context, r, "%s: %s", DEVICES, strerror(-r));
	free(names.data);
	p2p_access_close(loader->access);
	return r < 0 ? r : loaded;
}

int p2p_load_functions(struct p2p_context *context, struct p2p_tree *tree,
		       struct p2p_snapshot *snapshot)
{
	struct loader loader = { .context = context, .tree = tree, .snapshot = snapshot };
	int r = load_all(&loader);

	free(loader.buffer.data);
	free(loader.text.data);
	return r;
}

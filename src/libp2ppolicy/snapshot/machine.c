/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/context.h"
#include "snapshot/tree/archive.h"
#include "snapshot/inside.h"

#define OSRELEASE	"proc/sys/kernel/osrelease"
#define MOST_LINKS	16

enum filter { FILTER_ALL, FILTER_FIRST, FILTER_SYMBOLS, FILTER_OPTIONS, FILTER_NVIDIA,
	      FILTER_ORDER, FILTER_KFD };

static const struct row {
	const char *path;
	enum p2p_kind kind;
	enum p2p_want want;
	enum filter filter;
} rows[] = {
#define MACHINE(path, kind, want, filter) \
	{ path, P2P_KIND_##kind, P2P_WANT_##want, FILTER_##filter },
#include "snapshot/machine.def"
#undef MACHINE
};
#define ROWS (P2P_LENGTH(rows))

struct loader {
	struct p2p_context *context;
	struct p2p_tree *tree;
	struct p2p_snapshot *snapshot;
	const struct row *row;
	const char *release;
	bool options_found;
	struct p2p_buffer buffer;
};

/* Replace RELEASE in @pattern.  Return: false if the release is not known. */
static bool expand(const char *pattern, const char *release, char path[PATH_MAX])
{
	const char *at = strstr(pattern, "RELEASE");
	int n;

	if (at && (!release || strchr(release, '/')))
		return false;
	if (at)
		n = snprintf(path, PATH_MAX, "%.*s%s%s", (int)(at - pattern), pattern, release,
			     at + strlen("RELEASE"));
	else
		n = snprintf(path, PATH_MAX, "%s", pattern);
	return n < PATH_MAX;
}

/* Reduce a text, in place, to the lines that @keep accepts; it may change and shorten them. */
static void keep_lines(struct p2p_buffer *buffer, bool (*keep)(char *line))
{
	char *in = buffer->data, *out = in, *end = in + buffer->size;

	while (in < end) {
		char *stop = memchr(in, '\n', (size_t)(end - in)), *next = stop ? stop + 1 : end;

		if (stop)
			*stop = '\0';
		if (keep(in)) {
			size_t size = strlen(in);

			memmove(out, in, size);
			out += size;
			/* The last line may lack a newline, and then there is no room for one. */
			if (stop)
				*out++ = '\n';
		}
		in = next;
	}
	buffer->size = (size_t)(out - buffer->data);
	*out = '\0';
}

/* cpuinfo repeats itself for each processor, with figures that keep changing. */
static void keep_first(struct p2p_buffer *buffer)
{
	char *end = strstr(buffer->data, "\n\n");

	if (end)
		buffer->size = (size_t)(end + 1 - buffer->data);
	buffer->data[buffer->size] = '\0';
}

/* Is @word, of @size characters, among @names, which NULL ends? */
static bool is_among(const char *const *names, const char *word, size_t size)
{
	while (*names && (strlen(*names) != size || strncmp(*names, word, size) != 0))
		names++;
	return *names;
}

/*
 * The addresses are zeroed, since they are a secret of that boot.  pci_enable_device is in every kernel with
 * PCI, so its presence proves that the list was readable.
 */
static bool keep_symbol(char *line)
{
	static const char *const names[] = {
		"pci_enable_device", "ib_register_peer_memory_client",
		"nvme_v1_register_nvfs_dma_ops", "nvme_v2_register_nvfs_dma_ops", NULL,
	};
	/* "0000000000000000 T name", followed by "\t[module]" for the functions of modules. */
	const char *name = strchr(line, ' ');

	name = name ? strchr(name + 1, ' ') : NULL;
	if (!strstr(line, "p2pdma") &&
	    !(name && is_among(names, name + 1, strcspn(name + 1, "\t "))))
		return false;
	for (char *c = line; isxdigit((unsigned char)*c); c++)
		*c = '0';
	return true;
}

/* Options that p2pdma, its users and its tools depend on; PCI itself proves that the text is a kernel configuration. */
static const char *const options[] = {
	"PCI", "PCI_P2PDMA", "PCI_QUIRKS", "PCIEPORTBUS", "ZONE_DEVICE", "64BIT",
	"DMABUF_MOVE_NOTIFY", "DMA_SHARED_BUFFER", "HSA_AMD", "HSA_AMD_P2P",
	"DRM_XE_GPUSVM", "DEVICE_PRIVATE", "INTEL_IOMMU", "INTEL_IOMMU_DEFAULT_ON",
	"AMD_IOMMU", "AMD_MEM_ENCRYPT_ACTIVE_BY_DEFAULT", "IOMMU_DEFAULT_PASSTHROUGH", "IOMMU_DEFAULT_DMA_LAZY",
	"IOMMU_DEFAULT_DMA_STRICT", "INFINIBAND_VIRT_DMA", "NVME_TARGET", "VMD",
	"KALLSYMS", "KALLSYMS_ALL", "KPROBES", "FUNCTION_TRACER", "LIVEPATCH",
	"DYNAMIC_FTRACE_WITH_ARGS", "MODULE_SIG_FORCE", "VFIO_PCI", "HOTPLUG_PCI_PCIE",
	"VFIO_PCI_DMABUF", "INFINIBAND_ON_DEMAND_PAGING", "HL_HLDIO", NULL,
};

static bool keep_option(char *line)
{
	const char *name = line + (line[0] == '#' && line[1] == ' ' ? 2 : 0);

	return !strncmp(name, "CONFIG_", 7) && is_among(options, name + 7, strcspn(name + 7, "= "));
}

/*
 * An option whose dependencies are not met has no line at all.  Add the line it would have, so that readers
 * of the result need not know what was looked for.
 */
static int add_unset(struct p2p_buffer *buffer)
{
	char line[96];

	if (buffer->data[buffer->size - 1] != '\n' && p2p_buffer_append(buffer, "\n", 1) < 0)
		return -ENOMEM;
	for (size_t i = 0; options[i]; i++) {
		snprintf(line, sizeof(line), "CONFIG_%s=", options[i]);
		if (strstr(buffer->data, line))
			continue;
		snprintf(line, sizeof(line), "# CONFIG_%s is not set\n", options[i]);
		if (!strstr(buffer->data, line) && p2p_buffer_append(buffer, line, strlen(line)) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Registry keys of NVIDIA's driver that affect peer memory; case-insensitive. */
static bool is_registry_key(const char *key, size_t size)
{
	static const char *const keys[] = {
		"ForceP2P", "RMForceP2PType", "RMPcieP2PType", "RMForceStaticBar1",
		"RmForceDisableIomapWC", "PeerMappingOverride",
	};

	for (size_t i = 0; i < P2P_LENGTH(keys); i++)
		if (strlen(keys[i]) == size && !strncasecmp(key, keys[i], size))
			return true;
	return false;
}

/* "key=number;...", where a number may be hexadecimal: remove keys that do not matter here, in place. */
static void keep_registry(char *text)
{
	char *in = text, *out = text;

	while (*(in += strspn(in, "\"; \t"))) {
		size_t key = strcspn(in, "=;\""), value = 0, size;

		if (in[key] == '=')
			value = strspn(in + key + 1, "0123456789abcdefABCDEFxX");
		size = key + 1 + value;
		if (value && is_registry_key(in, key) && strchr("\"; \t", in[size])) {
			if (out > text)
				*out++ = ';';
			memmove(out, in, size);
			out += size;
		}
		in += key + strcspn(in + key, ";\"");
	}
	*out = '\0';
}

/* Options of NVIDIA's driver that affect peer memory: numbers, and one that is a word. */
static bool keep_nvidia(char *line)
{
	static const char *const names[] = {
		"GrdmaPciTopoCheckOverride: ", "DmaRemapPeerMmio: ", "CoherentGPUMemoryMode: ",
	};
	static const char registry[] = "RegistryDwords: ";

	if (!strncmp(line, registry, strlen(registry))) {
		keep_registry(line + strlen(registry));
		return true;
	}
	for (size_t i = 0; i < P2P_LENGTH(names); i++) {
		size_t size = strlen(names[i]);
		const char *value = line + size;

		if (!strncmp(line, names[i], size))
			return value[strspn(value, "0123456789")] == '\0' ||
			       !strcmp(value, "\"\"") || !strcmp(value, "\"driver\"") ||
			       !strcmp(value, "\"numa\"");
	}
	return false;
}

/* "name number" of a node or a link: keep where it is and where it leads, but not its unique_id. */
static bool keep_kfd(char *line)
{
	static const char *const names[] = {
		"simd_count", "domain", "location_id", "io_links_count", "p2p_links_count",
		"type", "node_from", "node_to", NULL,
	};
	size_t size = strcspn(line, " ");

	return line[size] && is_among(names, line, size) &&
	       line[size + 1 + strspn(line + size + 1, "0123456789")] == '\0';
}

/* Keep address and ids; interrupts, BARs and the driver are recorded elsewhere. */
static bool keep_order(char *line)
{
	char *tab = strchr(line, '\t'), *end = tab ? strchr(tab + 1, '\t') : NULL;

	if (end)
		*end = '\0';
	return tab;
}

/* Return: 0; -ENODATA if what is left proves nothing; an error of unpacking. */
static int filter(struct loader *loader)
{
	/* @proof: without any kept line the file is not what it seems */
	static const struct {
		bool (*keep)(char *line);
		bool proof;
	} filters[] = {
		[FILTER_ORDER] = { keep_order, true }, [FILTER_SYMBOLS] = { keep_symbol, true },
		[FILTER_OPTIONS] = { keep_option, true }, [FILTER_NVIDIA] = { keep_nvidia, false },
		[FILTER_KFD] = { keep_kfd, false },
	};
	struct p2p_buffer *buffer = &loader->buffer;
	enum filter kind = loader->row->filter;
	int r = kind == FILTER_OPTIONS ? p2p_unpack(buffer) : 0;

	if (r < 0)
		return r;
	if (kind == FILTER_FIRST)
		keep_first(buffer);
	if (filters[kind].keep)
		keep_lines(buffer, filters[kind].keep);
	if (filters[kind].proof && !buffer->size)
		return -ENODATA;
	if (kind != FILTER_OPTIONS)
		return 0;
	loader->options_found = true;
	return loader->snapshot->source == P2P_SOURCE_LIVE ? add_unset(buffer) : 0;
}

/* @error: 0 if the buffer holds the file, or why it could not be read */
static int add(struct loader *loader, const char *path, enum p2p_kind kind, int error)
{
	struct p2p_snapshot *snapshot = loader->snapshot;
	struct p2p_entry *entry = p2p_snapshot_add_entry(snapshot, path);

	if (!entry)
		return -ENOMEM;
	entry->kind = kind;
	if (error < 0)
		return 0;
	p2p_snapshot_set(snapshot, &entry->file, loader->buffer.data, loader->buffer.size);
	if (kind == P2P_KIND_LINK && entry->file.data) {
		const char *slash = strrchr(entry->file.data, '/');

		entry->target = entry->file.data;
		entry->file.data = slash ? slash + 1 : entry->target;
		entry->file.size = (uint32_t)strlen(entry->file.data);
	}
	return snapshot->no_memory ? -ENOMEM : 0;
}

/*
 * Resolve the links on the way to @path, keep each of them, and return the real path of the file.
 * Return: 0; -ENOENT if that is not below a PCI root or does not exist; why a link could not be read.
 */
static int follow(struct loader *loader, const char *path, char real[PATH_MAX])
{
	static const char root[] = "sys/devices/pci";
	char target[PATH_MAX], rest[PATH_MAX], *slash;
	int links = 0, r;

	snprintf(real, PATH_MAX, "%s", path);
	for (slash = strchr(real, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		r = loader->tree->ops->link(loader->tree, NULL, real, &loader->buffer);
		if (p2p_is_exhausted(r))
			return p2p_exhausted(loader->context, r);
		if (r < 0 && r != -EINVAL && !p2p_tree_is_nowhere(r))
			return r;
		if (r < 0) {
			*slash = '/';
			continue;
		}
		if (++links > MOST_LINKS ||
		    p2p_path_resolve(real, loader->buffer.data, target) < 0 ||
		    strncmp(target, root, strlen(root)) != 0)
			return -ENOENT;
		r = add(loader, real, P2P_KIND_LINK, 0);
		if (r < 0)
			return r;
		snprintf(rest, sizeof(rest), "%s", slash + 1);
		if (snprintf(real, PATH_MAX, "%s/%s", target, rest) >= PATH_MAX)
			return -ENOENT;
		slash = real + strlen(target);
	}
	return 0;
}

static int read_kind(struct loader *loader, const char *path)
{
	const struct p2p_tree_ops *ops = loader->tree->ops;
	bool directory = loader->row->kind == P2P_KIND_DIR;
	int r = directory ? ops->list(loader->tree, NULL, path, &loader->buffer) :
			    ops->read(loader->tree, NULL, path, &loader->buffer);

	if (r < 0)
		return r;
	return directory ? p2p_buffer_sort_lines(&loader->buffer) : filter(loader);
}

static int take(void *data, const char *path)
{
	struct loader *loader = data;
	enum p2p_kind kind = loader->row->kind;
	char real[PATH_MAX];
	size_t size;
	int r;

	if (kind == P2P_KIND_CLASS) {
		r = follow(loader, path, real);
		if (r < 0)
			return r == -ENOENT ? 0 : r;
		path = real;
		kind = P2P_KIND_FILE;
	}
	r = read_kind(loader, path);
	if (p2p_is_exhausted(r))
		return p2p_exhausted(loader->context, r);
	if (r == -ENOENT || r == -ENOTDIR || r == -EISDIR)
		return 0;
	/* An unpacked file is kept, and found again in a capture, under its plain name. */
	size = strlen(path);
	if (loader->row->filter == FILTER_OPTIONS && size > 3 && !strcmp(path + size - 3, ".gz")) {
		snprintf(real, sizeof(real), "%.*s", (int)size - 3, path);
		path = real;
	}
	return add(loader, path, kind, r);
}

/* Is a module loaded whose ways depend on symbols, or are symbols needed anyway? */
static bool needs_symbols(struct loader *loader)
{
	static const char *const modules[] = {
		"sys/module/nvidia_peermem/initstate", "sys/module/nvidia_fs/initstate",
	};

	if (loader->snapshot->want == P2P_WANT_ALL || !loader->options_found)
		return true;
	for (size_t i = 0; loader->snapshot->want > P2P_WANT_VERDICT &&
	     i < P2P_LENGTH(modules); i++)
		if (!loader->tree->ops->read(loader->tree, NULL, modules[i], &loader->buffer))
			return true;
	return false;
}

static int load_row(struct loader *loader, const struct row *row)
{
	char path[PATH_MAX];
	int r;

	loader->row = row;
	if (row->want > loader->snapshot->want || !expand(row->path, loader->release, path))
		return 0;
	/* A hundred thousand symbols are too much to read for what is known already. */
	if (row->filter == FILTER_SYMBOLS && !needs_symbols(loader))
		return add(loader, path, row->kind, -ENODATA);
	r = p2p_tree_glob(loader->tree, NULL, path, take, loader);
	if (r == -E2BIG)
		r = p2p_error(loader->context, -EBADMSG, "%s: links make it match more than %zu "
			      "names, which no machine has", path, P2P_MATCHES_MOST);
	else if (r < 0 && !p2p_is_exhausted(r))
		/* It is unknown what else it would have matched: an entry for the row itself represents that. */
		r = add(loader, row->path, row->kind, r);
	return r;
}

/* The first row is the kernel's release, which other rows need. */
static int find_release(struct loader *loader)
{
	struct p2p_snapshot *snapshot = loader->snapshot;
	const struct p2p_entry *last;

	if (!snapshot->entry_count)
		return 0;
	last = &snapshot->entries[snapshot->entry_count - 1];
	if (strcmp(last->path, OSRELEASE) != 0 || last->file.fact != P2P_PRESENT)
		return 0;
	loader->release = p2p_arena_copy(&snapshot->arena, last->file.data,
					 strcspn(last->file.data, "\n"));
	return loader->release ? 0 : -ENOMEM;
}

int p2p_load_machine(struct p2p_context *context, struct p2p_tree *tree,
		     struct p2p_snapshot *snapshot)
{
	struct loader loader = { .context = context, .tree = tree, .snapshot = snapshot };
	int r = 0;

	for (size_t i = 0; i < ROWS && r == 0; i++) {
		r = load_row(&loader, &rows[i]);
		if (r == 0 && i == 0)
			r = find_release(&loader);
	}
	free(loader.buffer.data);
	return r;
}

/* Do both begin alike, up to the first possible RELEASE or wildcard in @pattern?  fnmatch() costs much more. */
static bool begins_alike(const char *pattern, const char *path)
{
	return !strncmp(pattern, path, strcspn(pattern, "*?[R"));
}

const char *p2p_machine_row(enum p2p_want want, const char *path)
{
	for (size_t i = 0; i < ROWS; i++) {
		char pattern[PATH_MAX];

		if (rows[i].want <= want && begins_alike(rows[i].path, path) &&
		    expand(rows[i].path, "*", pattern) && !fnmatch(pattern, path, FNM_PATHNAME))
			return rows[i].path;
	}
	return NULL;
}

enum p2p_want p2p_machine_want(size_t index)
{
	return rows[index].want;
}

const char *p2p_machine_path(size_t index)
{
	return index < ROWS ? rows[index].path : NULL;
}

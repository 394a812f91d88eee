/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tree as the kernel builds it.  In sysfs the directory of a function is inside that of the bridge above
 * it, and at the top is its host bridge, pciDDDD:BB.  A domain behind a VMD endpoint has a host bridge of its
 * own inside the endpoint's directory: the last one counts (drivers/pci/pci.h, pci_upstream_bridge(), stops
 * at a root bus).  A path without a host bridge belongs to a function whose link was lost, and tells nothing:
 * then bus numbers decide (dump.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "topology/build.h"
#include "topology/tree.h"

/* One directory of a path: a host bridge, a function, or something else in between. */
enum part_kind { PART_OTHER, PART_HOST, PART_FUNCTION };

struct part {
	enum part_kind kind;
	struct p2p_bdf bdf;		/* for a host bridge: only domain and bus */
};

static struct part parse_part(const char *text, size_t length)
{
	struct part part = { PART_OTHER, { 0, 0, 0 } };
	char name[32];

	if (length >= sizeof(name) - 5)
		return part;
	memcpy(name, text, length);
	name[length] = '\0';
	if (!strncmp(name, "pci", 3)) {
		/* With a device appended, pciDDDD:BB parses as an address. */
		memcpy(name + length, ":0.0", 5);
		if (!p2p_bdf_parse(name + 3, &part.bdf))
			part.kind = PART_HOST;
		/* "pciBB", without a domain, would parse, too, but is not a host bridge. */
		if (!memchr(text, ':', length))
			part.kind = PART_OTHER;
	} else if (memchr(text, ':', length) && !p2p_bdf_parse(name, &part.bdf)) {
		part.kind = PART_FUNCTION;
	}
	return part;
}

/* Parse the part that starts at @text.  Return: the start of the next one; NULL after the last. */
static const char *next_part(const char *text, struct part *ret_part)
{
	size_t length = strcspn(text, "/");

	*ret_part = parse_part(text, length);
	return text[length] ? text + length + 1 : NULL;
}

/* Find where the parts after the last host bridge start, and what precedes it. */
static const char *below_host(const char *path, struct root_bus *ret_root)
{
	const char *below = NULL;
	struct part part, before = { PART_OTHER, { 0, 0, 0 } };

	while (path) {
		path = next_part(path, &part);
		if (part.kind == PART_HOST && path) {
			/* Linux gives VMD domains numbers beyond 16 bits. */
			ret_root->nested = below || part.bdf.domain > 0xffff;
			ret_root->behind = before.bdf;
			ret_root->behind_known = before.kind == PART_FUNCTION;
			ret_root->domain = part.bdf.domain;
			ret_root->bus = part.bdf.bus;
			ret_root->known = ret_root->linked = true;
			below = path;
		}
		before = part;
	}
	return below;
}

/* The last part of @path if @before, which may be NULL, is in the same directory; NULL otherwise. */
static const char *last_part(const char *path, const char *before)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash + 1 - path) : 0;

	return slash && before && !strncmp(path, before, length) && !strchr(before + length, '/') ?
	       slash + 1 : NULL;
}

static const char *path_of(const struct p2p_raw *raw)
{
	return raw->path ? raw->path : raw->below;
}

static size_t count_ancestors(const struct p2p_snapshot *snapshot)
{
	size_t i, total = 0;

	for (i = 0; i < p2p_snapshot_count(snapshot); i++) {
		const char *path = path_of(p2p_snapshot_raw(snapshot, i));

		for (; path && *path; path++)
			total += *path == '/';
	}
	return total;
}

static int compare_raw(const void *bdf, const void *raw)
{
	return p2p_bdf_compare(*(const struct p2p_bdf *)bdf, ((const struct p2p_raw *)raw)->bdf);
}

static bool has_raw(const struct p2p_snapshot *snapshot, struct p2p_bdf bdf)
{
	return bsearch(&bdf, p2p_snapshot_raw(snapshot, 0), p2p_snapshot_count(snapshot),
		       sizeof(struct p2p_raw), compare_raw);
}

static int compare_bdf(const void *a, const void *b)
{
	return p2p_bdf_compare(*(const struct p2p_bdf *)a, *(const struct p2p_bdf *)b);
}

/* Find the addresses in paths that no function of the snapshot has, sorted, without duplicates. */
static int find_missing(const struct p2p_snapshot *snapshot, struct p2p_bdf **ret_missing,
			size_t *ret_count)
{
	struct p2p_bdf *missing = calloc(count_ancestors(snapshot) + 1, sizeof(*missing));
	size_t i, kept = 0, count = 0;
	struct root_bus root = { 0 };
	const char *before = NULL;

	if (!missing)
		return -ENOMEM;
	for (i = 0; i < p2p_snapshot_count(snapshot); i++) {
		const char *path = path_of(p2p_snapshot_raw(snapshot, i)), *next;
		struct part part;

		if (!path)
			continue;
		next = last_part(path, before);
		if (!next) {
			root.known = false;
			next = below_host(path, &root);
		}
		before = path;
		while (root.known && next) {
			next = next_part(next, &part);
			if (part.kind == PART_FUNCTION && !has_raw(snapshot, part.bdf))
				missing[count++] = part.bdf;
		}
	}
	qsort(missing, count, sizeof(*missing), compare_bdf);
	for (i = 0; i < count; i++)
		if (!kept || p2p_bdf_compare(missing[kept - 1], missing[i]))
			missing[kept++] = missing[i];
	*ret_missing = missing;
	*ret_count = kept;
	return 0;
}

int p2p_tree_functions(struct p2p_topology *topology)
{
	const struct p2p_snapshot *snapshot = topology->snapshot;
	size_t raws = p2p_snapshot_count(snapshot), missing_count, raw = 0, lost = 0, i;
	struct p2p_bdf *missing;
	int error = find_missing(snapshot, &missing, &missing_count);

	if (error)
		return error;
	topology->count = raws + missing_count;
	topology->functions = p2p_keep(topology, topology->count, sizeof(*topology->functions));
	topology->builds = p2p_scratch(topology, topology->count, sizeof(*topology->builds));
	for (i = 0; topology->functions && topology->builds && i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];
		const struct p2p_raw *next = raw < raws ? p2p_snapshot_raw(snapshot, raw) : NULL;

		function->index = (unsigned int)i;
		if (next && (lost == missing_count ||
			     p2p_bdf_compare(next->bdf, missing[lost]) < 0)) {
			topology->builds[i].raw = next;
			function->bdf = next->bdf;
			raw++;
		} else {
			function->bdf = missing[lost++];
			function->missing = true;
			function->kind = P2P_CLASS_BRIDGE;
		}
	}
	free(missing);
	return topology->functions && topology->builds ? 0 : -ENOMEM;
}

static int compare_function(const void *bdf, const void *function)
{
	return p2p_bdf_compare(*(const struct p2p_bdf *)bdf,
			       ((const struct p2p_function *)function)->bdf);
}

struct p2p_function *p2p_tree_find(const struct p2p_topology *topology, struct p2p_bdf bdf)
{
	return topology->count ? bsearch(&bdf, topology->functions, topology->count,
					 sizeof(*topology->functions), compare_function) : NULL;
}

/* Does its own path tell where @function is? */
static bool has_link(const struct p2p_topology *topology, const struct p2p_function *function)
{
	const struct p2p_raw *raw = topology->builds[function->index].raw;
	struct root_bus root;

	return raw && path_of(raw) && below_host(path_of(raw), &root);
}

/* The directory of a function, often shared by the next one, and what it is below. */
struct directory {
	const char *path;		/* of the function */
	struct root_bus root;
	struct p2p_function *above;
};

/* Link @function, and each bridge known only from paths, according to the chain in its path. */
static void link_path(struct p2p_topology *topology, struct p2p_function *function,
		      const char *path, struct directory *directory, struct root_bus *roots)
{
	const char *next = last_part(path, directory->path);
	struct part part;

	if (!next) {
		*directory = (struct directory){ 0 };
		next = below_host(path, &directory->root);
	}
	directory->path = path;
	while (directory->root.known && next) {
		struct p2p_function *here;

		next = next_part(next, &part);
		here = part.kind == PART_FUNCTION ? p2p_tree_find(topology, part.bdf) : NULL;
		if (!here)
			continue;
		if (here == function ||
		    (!roots[here->index].known && !has_link(topology, here))) {
			if (here != directory->above)
				here->parent = directory->above;
			roots[here->index] = directory->root;
		}
		if (next)
			directory->above = here;
	}
}

static void link_physfn(struct p2p_topology *topology, struct p2p_function *function)
{
	const struct p2p_raw *raw = topology->builds[function->index].raw;
	const struct p2p_function *pf;
	struct p2p_bdf bdf;

	if (!raw || p2p_raw_attr(raw, P2P_ATTR_PHYSFN)->fact != P2P_PRESENT ||
	    p2p_bdf_parse(p2p_raw_attr(raw, P2P_ATTR_PHYSFN)->data, &bdf))
		return;
	pf = p2p_tree_find(topology, bdf);
	if (pf && pf != function && !pf->physfn)
		function->physfn = pf;
}

/* Paths of a hostile tree may form a ring; break it where it is found. */
static int open_rings(struct p2p_topology *topology)
{
	size_t *walk = p2p_scratch(topology, topology->count, sizeof(*walk));

	if (!walk)
		return -ENOMEM;
	/* walk[i]: 1 + the start of the walk that met i first. */
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *here = &topology->functions[i];

		while (here && !walk[here->index]) {
			struct p2p_function *up;

			walk[here->index] = i + 1;
			up = here->parent ? &topology->functions[here->parent->index] : NULL;
			if (up && walk[up->index] == i + 1)
				here->parent = up = NULL;
			here = up;
		}
	}
	return 0;
}

/* A path can show that a function is a bridge even without registers and class. */
static void name_bridges(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *parent = topology->functions[i].parent;
		struct p2p_function *above = parent ? &topology->functions[parent->index] : NULL;

		if (above && above->header != P2P_PRESENT && !above->class_code)
			above->kind = P2P_CLASS_BRIDGE;
	}
}

/* Mark functions whose chain starts somewhere below a host bridge. */
static void find_loose(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_raw *raw = topology->builds[i].raw;

		if (raw && !raw->path && raw->below)
			topology->functions[i].orphan = true;
	}
}

/* What is below a function whose place is unknown has an unknown place, too. */
static void spread_orphans(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *up = &topology->functions[i];

		while (up && !up->orphan)
			up = up->parent;
		topology->functions[i].orphan = up;
	}
}

static int compare_roots(const void *a, const void *b)
{
	const struct root_bus *left = a, *right = b;

	if (left->domain != right->domain)
		return left->domain < right->domain ? -1 : 1;
	return (left->bus > right->bus) - (left->bus < right->bus);
}

static int compare_host(const void *root, const void *element)
{
	const struct p2p_host_bridge *host = element;

	return compare_roots(root, &(struct root_bus){ .domain = host->domain, .bus = host->bus });
}

/* Among several functions on one bus, only some may tell what the host bridge is behind. */
static void add_host(struct p2p_topology *topology, struct p2p_host_bridge *host,
		     const struct root_bus *root)
{
	char name[16];

	if (!host->name) {
		host->index = (unsigned int)topology->host_count - 1;
		host->domain = root->domain;
		host->bus = root->bus;
		snprintf(name, sizeof(name), "pci%04x:%02x", (unsigned int)host->domain, host->bus);
		host->name = p2p_keep_text(topology, name, sizeof(name));
	}
	host->vmd |= root->nested;
	if (root->nested && root->behind_known && !host->behind)
		host->behind = p2p_tree_find(topology, root->behind);
}

static int make_hosts(struct p2p_topology *topology, const struct root_bus *roots)
{
	struct root_bus *sorted;
	size_t i, count = 0, buses = 0;

	sorted = p2p_scratch(topology, topology->count + 1, sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	for (i = 0; i < topology->count; i++)
		if (!i || compare_roots(&roots[i], &roots[i - 1]))
			sorted[count++] = roots[i];
	qsort(sorted, count, sizeof(*sorted), compare_roots);
	for (i = 0; i < count; i++)
		buses += !i || compare_roots(&sorted[i], &sorted[i - 1]);
	topology->hosts = p2p_keep(topology, buses, sizeof(*topology->hosts));
	if (!topology->hosts)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		if (!i || compare_roots(&sorted[i], &sorted[i - 1]))
			topology->host_count++;
		add_host(topology, &topology->hosts[topology->host_count - 1], &sorted[i]);
	}
	for (i = 0; i < topology->count; i++)
		topology->functions[i].host = bsearch(&roots[i], topology->hosts,
						      topology->host_count,
						      sizeof(*topology->hosts), compare_host);
	return 0;
}

static bool is_on_root_bus(const struct p2p_function *function)
{
	return !function->parent &&
	       (!function->physfn || function->bdf.bus == function->host->bus);
}

static void set_depths(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];
		const struct p2p_function *up;

		function->depth = 1;
		for (up = function->parent; up; up = up->parent)
			function->depth++;
	}
}

static void count_lists(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->host_count; i++)
		topology->hosts[i].roots = 0;
	for (size_t i = 0; i < topology->count; i++)
		topology->functions[i].child_count = 0;
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];

		if (function->parent)
			topology->functions[function->parent->index].child_count++;
		else if (is_on_root_bus(function))
			topology->hosts[function->host->index].roots++;
	}
}

/*
 * Children of each function, and root functions of each host bridge, as slices of one array: count, allot,
 * then fill.  Functions are in BDF order, so each slice is, too.
 */
int p2p_tree_list(struct p2p_topology *topology)
{
	const struct p2p_function **slots;
	size_t i, next = 0;

	slots = p2p_keep(topology, topology->count, sizeof(struct p2p_function *));
	if (!slots)
		return -ENOMEM;
	count_lists(topology);
	for (i = 0; i < topology->host_count; i++) {
		topology->hosts[i].root = slots + next;
		next += topology->hosts[i].roots;
		topology->hosts[i].roots = 0;
	}
	for (i = 0; i < topology->count; i++) {
		topology->functions[i].children = slots + next;
		next += topology->functions[i].child_count;
		topology->functions[i].child_count = 0;
	}
	for (i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];
		struct p2p_host_bridge *host = &topology->hosts[function->host->index];
		struct p2p_function *up;

		if (function->parent) {
			up = &topology->functions[function->parent->index];
			slots[(up->children - slots) + (ptrdiff_t)up->child_count++] = function;
		} else if (is_on_root_bus(function)) {
			slots[(host->root - slots) + (ptrdiff_t)host->roots++] = function;
		}
	}
	set_depths(topology);
	return 0;
}

int p2p_tree_link(struct p2p_topology *topology)
{
	struct directory directory = { 0 };
	struct root_bus *roots;
	int error;

	roots = p2p_scratch(topology, topology->count + 1, sizeof(*roots));
	if (!roots)
		return -ENOMEM;
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_raw *raw = topology->builds[i].raw;

		if (raw && path_of(raw))
			link_path(topology, &topology->functions[i], path_of(raw), &directory,
				  roots);
	}
	p2p_dump_link(topology, roots);
	find_loose(topology);
	for (size_t i = 0; i < topology->count; i++)
		link_physfn(topology, &topology->functions[i]);
	p2p_dump_link_vfs(topology, roots);
	error = open_rings(topology);
	if (error)
		return error;
	name_bridges(topology);
	spread_orphans(topology);
	error = make_hosts(topology, roots);
	return error ? error : p2p_tree_list(topology);
}

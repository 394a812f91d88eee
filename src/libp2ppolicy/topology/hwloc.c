/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What hwloc knows beyond sysfs: the place of a function that has no node in the kernel, and the names of the
 * driver's devices below it.  hwloc inspects the running machine, or reads the XML of a capture, in a process
 * of its own, and answers in lines of "address node cpulist name...", with "-" for what it does not know.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/hwloc.h"
#include "topology/build.h"

/* The node, if there is exactly one and the machine has others; -1 otherwise. */
static int node_of(hwloc_topology_t hwloc, hwloc_obj_t place)
{
	if (hwloc_get_nbobjs_by_type(hwloc, HWLOC_OBJ_NUMANODE) < 2 ||
	    hwloc_bitmap_weight(place->nodeset) != 1)
		return -1;
	return hwloc_bitmap_first(place->nodeset);
}

static void print_device(FILE *out, hwloc_topology_t hwloc, hwloc_obj_t device)
{
	const struct hwloc_pcidev_attr_s *pci = &device->attr->pcidev;
	hwloc_obj_t place = hwloc_get_non_io_ancestor_obj(hwloc, device), below;
	char *cpus = NULL;
	int node;

	if (!place || hwloc_bitmap_list_asprintf(&cpus, place->cpuset) < 0)
		return;
	fprintf(out, "%04x:%02x:%02x.%x", (unsigned int)pci->domain, pci->bus, pci->dev,
		pci->func);
	node = node_of(hwloc, place);
	if (node >= 0)
		fprintf(out, " %d", node);
	else
		fputs(" -", out);
	fprintf(out, " %s", *cpus ? cpus : "-");
	free(cpus);
	for (below = device->io_first_child; below; below = below->next_sibling)
		if (below->type == HWLOC_OBJ_OS_DEVICE && below->name &&
		    !strpbrk(below->name, " \n"))
			fprintf(out, " %s", below->name);
	fputc('\n', out);
}

/* Runs in the process of its own.  @data: the XML, or NULL for the running machine. */
static int describe(int fd, const void *data)
{
	hwloc_topology_t hwloc;
	hwloc_obj_t device = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *out = p2p_text_open(&text, &size);

	if (!out || hwloc_topology_init(&hwloc) || p2p_hwloc_open(hwloc, data))
		return -1;
	while ((device = hwloc_get_next_pcidev(hwloc, device)))
		print_device(out, hwloc, device);
	if (fclose(out))
		return -1;
	return p2p_hwloc_write(fd, text, size);
}

static void add_names(struct p2p_topology *topology, struct p2p_function *function, char *rest)
{
	const char **names, *name;
	size_t count = 1;
	const char *c;

	for (c = rest; *c; c++)
		count += *c == ' ';
	names = p2p_keep(topology, count + 1, sizeof(*names));
	if (!names)
		return;
	function->os_names = names;
	while ((name = strsep(&rest, " ")))
		if (*name)
			*names++ = p2p_keep_text(topology, name, strlen(name));
}

/* sysfs comes from the kernel itself: what it told takes precedence. */
static void apply(struct p2p_topology *topology, char *line)
{
	const char *address = strsep(&line, " "), *node = strsep(&line, " ");
	const char *cpus = strsep(&line, " ");
	struct p2p_function *function;
	struct p2p_bdf bdf;

	if (!cpus || p2p_bdf_parse(address, &bdf))
		return;
	function = p2p_tree_find(topology, bdf);
	if (!function)
		return;
	if (*node != '-' && (function->numa.fact != P2P_PRESENT || function->numa.value < 0))
		function->numa = (struct p2p_number){ P2P_PRESENT, atoi(node) };
	if (*cpus != '-' && !function->cpus)
		function->cpus = p2p_keep_text(topology, cpus, strlen(cpus));
	if (line && *line && !function->os_names)
		add_names(topology, function, line);
}

/* Is there a relevant device whose place sysfs does not tell? */
static bool is_needed(const struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_function *function = &topology->functions[i];

		if (p2p_function_takes_part(function) &&
		    (function->numa.fact != P2P_PRESENT ||
		     (function->numa.value < 0 && topology->machine.numa_nodes != 1)))
			return true;
	}
	return false;
}

void p2p_hwloc_build(struct p2p_topology *topology)
{
	const struct p2p_file *xml = NULL;
	struct p2p_buffer buffer = { 0 };
	char *rest, *line;

	if (!is_needed(topology))
		return;
	if (topology->machine.source != P2P_SOURCE_LIVE) {
		xml = p2p_snapshot_hwloc_xml(topology->snapshot);
		if (xml->fact != P2P_PRESENT || xml->size >= INT32_MAX)
			return;
	}
	if (!p2p_hwloc_run(describe, xml, &buffer)) {
		rest = buffer.data;
		while ((line = strsep(&rest, "\n")))
			apply(topology, line);
	}
	free(buffer.data);
}

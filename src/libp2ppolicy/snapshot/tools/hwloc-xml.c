/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The XML of hwloc and lstopo: functions with class and ids, the bridges above them, the processor and the
 * kernel's release.  hwloc reads it, in a process of its own, and answers in lines; for nodes and names the
 * topology asks it later (topology/hwloc.c).
 *
 * lstopo leaves out what it considers unimportant, including host bridges, so neither the first function of a
 * root bus is known, nor what else is beside a function.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/hwloc.h"
#include "snapshot/sources.h"

#define MOST_XML	((size_t)16 << 20)
#define MOST_PATH	2048

/*
 * In the child: print the path of what is above @object, such as "devices/pci0000:00/0000:00:01.0"; only
 * "devices" if that is not known.
 */
static void print_path(FILE *out, hwloc_obj_t object)
{
	hwloc_obj_t parent = object->parent;
	const struct hwloc_bridge_attr_s *bridge = parent && parent->type == HWLOC_OBJ_BRIDGE ?
						   &parent->attr->bridge : NULL;

	if (!bridge) {
		fputs("devices", out);
		return;
	}
	print_path(out, parent);
	if (bridge->upstream_type == HWLOC_OBJ_BRIDGE_HOST)
		fprintf(out, "/pci%04x:%02x", (unsigned int)bridge->downstream.pci.domain,
			bridge->downstream.pci.secondary_bus);
	else
		fprintf(out, "/%04x:%02x:%02x.%x", (unsigned int)bridge->upstream.pci.domain,
			bridge->upstream.pci.bus, bridge->upstream.pci.dev,
			bridge->upstream.pci.func);
}

static void print_function(FILE *out, hwloc_obj_t object, const struct hwloc_pcidev_attr_s *pci)
{
	char address[32];

	snprintf(address, sizeof(address), "%04x:%02x:%02x.%x", (unsigned int)pci->domain, pci->bus,
		 pci->dev, pci->func);
	fprintf(out, "function %s ", address);
	print_path(out, object);
	fprintf(out, "/%s %04x %04x %04x\n", address, pci->class_id, pci->vendor_id, pci->device_id);
}

static void print_below(FILE *out, hwloc_obj_t object)
{
	for (hwloc_obj_t child = object->io_first_child; child; child = child->next_sibling) {
		if (child->type == HWLOC_OBJ_PCI_DEVICE)
			print_function(out, child, &child->attr->pcidev);
		else if (child->type == HWLOC_OBJ_BRIDGE &&
			 child->attr->bridge.upstream_type == HWLOC_OBJ_BRIDGE_PCI)
			print_function(out, child, &child->attr->bridge.upstream.pci);
		print_below(out, child);
	}
	for (hwloc_obj_t child = object->first_child; child; child = child->next_sibling)
		print_below(out, child);
}

static void print_info(FILE *out, hwloc_obj_t object, const char *name)
{
	const char *value = object ? hwloc_obj_get_info_by_name(object, name) : NULL;

	if (value && *value && !strchr(value, '\n'))
		fprintf(out, "%s %s\n", name, value);
}

/* @data: the XML, as a file */
static int describe(int fd, const void *data)
{
	static const char *const processor[] = { "CPUVendor", "CPUFamilyNumber", "CPUModelNumber",
						 "CPUModel" };
	hwloc_topology_t hwloc;
	hwloc_obj_t root, package;
	char *text = NULL, *nodes = NULL;
	size_t size = 0;
	FILE *out = p2p_text_open(&text, &size);

	if (!out || hwloc_topology_init(&hwloc) || p2p_hwloc_open(hwloc, data))
		return -1;
	root = hwloc_get_root_obj(hwloc);
	package = hwloc_get_next_obj_by_type(hwloc, HWLOC_OBJ_PACKAGE, NULL);
	print_below(out, root);
	print_info(out, root, "OSRelease");
	for (size_t i = 0; i < P2P_LENGTH(processor); i++)
		print_info(out, package, processor[i]);
	if (hwloc_bitmap_list_asprintf(&nodes, hwloc_topology_get_topology_nodeset(hwloc)) > 0)
		fprintf(out, "nodes %s\n", nodes);
	if (fclose(out))
		return -1;
	return p2p_hwloc_write(fd, text, size);
}

static void set_id(struct p2p_snapshot *snapshot, struct p2p_file *file, const char *digits,
		   const char *rest)
{
	p2p_snapshot_print(snapshot, file, "0x%.4s%s\n", digits, rest);
}

/* "0000:13:00.0 devices/pci0000:10/... 0302 10de 2330", without the programming interface. */
static int take_function(struct p2p_snapshot *snapshot, char *line)
{
	const char *address = strsep(&line, " "), *path = strsep(&line, " ");
	const char *class = strsep(&line, " "), *vendor = strsep(&line, " ");
	struct p2p_raw *raw;
	struct p2p_bdf bdf;

	if (!line || p2p_bdf_parse(address, &bdf) || strlen(path) > MOST_PATH)
		return 0;
	if (snapshot->count >= P2P_MOST_FUNCTIONS)
		return -E2BIG;
	raw = p2p_snapshot_add(snapshot, bdf);
	if (!raw)
		return -ENOMEM;
	raw->below = p2p_snapshot_string(snapshot, path);
	set_id(snapshot, &raw->attr[P2P_ATTR_CLASS], class, "00");
	if (strcmp(vendor, "0000") != 0 && strcmp(vendor, "ffff") != 0) {
		set_id(snapshot, &raw->attr[P2P_ATTR_VENDOR], vendor, "");
		set_id(snapshot, &raw->attr[P2P_ATTR_DEVICE], line, "");
	}
	return 0;
}

static void add_file(struct p2p_snapshot *snapshot, const char *path, const char *text)
{
	struct p2p_entry *entry = p2p_snapshot_add_entry(snapshot, path);

	if (entry)
		p2p_snapshot_print(snapshot, &entry->file, "%s\n", text);
}

/** struct processor - what cpuinfo would say of it. */
struct processor {
	const char *vendor, *family, *model, *name;
};

static void add_processor(struct p2p_snapshot *snapshot, const struct processor *processor)
{
	struct p2p_entry *entry = NULL;

	if (processor->vendor && processor->family && processor->model)
		entry = p2p_snapshot_add_entry(snapshot, "proc/cpuinfo");
	if (entry)
		p2p_snapshot_print(snapshot, &entry->file,
				   "vendor_id\t: %s\ncpu family\t: %s\nmodel\t\t: %s%s%s\n",
				   processor->vendor, processor->family, processor->model,
				   processor->name ? "\nmodel name\t: " : "",
				   processor->name ? processor->name : "");
}

static int take_line(struct p2p_snapshot *snapshot, char *line, struct processor *processor)
{
	const char *key = strsep(&line, " ");

	if (!line)
		return 0;
	if (!strcmp(key, "function"))
		return take_function(snapshot, line);
	if (!strcmp(key, "OSRelease"))
		add_file(snapshot, "proc/sys/kernel/osrelease", line);
	else if (!strcmp(key, "nodes"))
		add_file(snapshot, "sys/devices/system/node/online", line);
	else if (!strcmp(key, "CPUVendor"))
		processor->vendor = line;
	else if (!strcmp(key, "CPUFamilyNumber"))
		processor->family = line;
	else if (!strcmp(key, "CPUModelNumber"))
		processor->model = line;
	else if (!strcmp(key, "CPUModel"))
		processor->name = line;
	return 0;
}

static int take_lines(struct p2p_snapshot *snapshot, struct p2p_buffer *buffer)
{
	struct processor processor = { 0 };
	char *rest = buffer->data, *line;
	int r = 0;

	while (r == 0 && (line = strsep(&rest, "\n")))
		r = take_line(snapshot, line, &processor);
	add_processor(snapshot, &processor);
	p2p_snapshot_sort_entries(snapshot);
	return r;
}

static int fail(struct p2p_context *context, const char *name, int error)
{
	if (error == -ENOMEM)
		return error;
	if (error == -E2BIG)
		return p2p_error(context, -EBADMSG, "%s: more functions than any machine has", name);
	return p2p_error(context, -EBADMSG, "%s: hwloc cannot read this XML", name);
}

static int load_xml(struct p2p_context *context, const struct p2p_input *input,
		    struct p2p_snapshot *snapshot)
{
	struct p2p_buffer buffer = { 0 };
	int r;

	if (input->size > MOST_XML)
		return p2p_error(context, -EBADMSG, "%s: larger than %zu MiB", input->name,
				 MOST_XML >> 20);
	/* The topology asks hwloc again, for nodes and names. */
	p2p_snapshot_set(snapshot, &snapshot->hwloc, input->data, input->size);
	r = snapshot->no_memory ? -ENOMEM : 0;
	if (r == 0)
		r = p2p_hwloc_run(describe, &snapshot->hwloc, &buffer);
	if (r == 0)
		r = take_lines(snapshot, &buffer);
	free(buffer.data);
	if (r < 0)
		return fail(context, input->name, r);
	if (!snapshot->count)
		return p2p_error(context, -EBADMSG, "%s: XML of hwloc without a PCI function; "
				 "lstopo --whole-io writes them", input->name);
	return p2p_snapshot_finish(context, input->name, snapshot);
}

/* "<topology" after the XML declaration and hwloc's document type. */
static bool is_xml(const struct p2p_input *input)
{
	const char *text = input->data;

	if (!text || strncmp(text + strspn(text, " \t\r\n"), "<", 1) != 0)
		return false;
	for (int i = 0; i < 4 && text; i++) {
		text += strspn(text, " \t\r\n");
		if (!strncmp(text, "<topology", 9))
			return true;
		if (strncmp(text, "<?xml", 5) != 0 && strncmp(text, "<!DOCTYPE topology", 18) != 0)
			return false;
		text = strchr(text, '>');
		text = text ? text + 1 : NULL;
	}
	return false;
}

const struct p2p_format p2p_format_hwloc_xml = { .sniff = is_xml, .load = load_xml, .whole = true };

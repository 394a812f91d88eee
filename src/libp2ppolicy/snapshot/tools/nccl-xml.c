/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The topology file of NCCL and RCCL, versions 1 and 2: functions with class, IDs and node, the names of
 * adapters, the processor, and which functions are below one switch.
 *
 * NCCL leaves out every other bridge: of a switch it keeps the upstream port, and everything nested in that
 * is behind a downstream port. The missing ports are represented by bridges without facts, at addresses in a
 * domain that no machine has, so that hops are counted and no ACS is taken to be clear. Which root port and
 * host bridge are above the first switch is not in the file. link_speed and link_width are what both ends can
 * do, and say nothing about the current state of the link.
 * Source: NVIDIA/nccl, src/graph/xml.cc, ncclTopoGetXmlFromSys() and ncclTopoGetXmlFromCpu().
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/sources.h"
#include "snapshot/tools/xml.h"

#define MOST_DEPTH	32u
#define HIDDEN_DOMAIN	0xfffffffeu
#define MOST_HIDDEN	0x10000u

/**
 * struct reading - the file while it is parsed.
 * @paths: paths of the @depth functions that are open; @raws: their indexes in @snapshot
 * @networks: adapters below the function that was opened last
 * @node: node of the processor that is open; NULL if none
 * @elements: number of open elements with any name
 */
struct reading {
	struct p2p_xml xml;
	struct p2p_snapshot *snapshot;
	const char *paths[MOST_DEPTH];
	size_t raws[MOST_DEPTH];
	unsigned int depth, elements, hidden, networks;
	char node[16];
	bool system;
};

static void set(struct reading *reading, struct p2p_file *file, const char *value)
{
	p2p_snapshot_print(reading->snapshot, file, "%s\n", value);
}

/* "0x10de" and nothing else. Hand-made files have all zeros or all ones for unknown IDs. */
static bool is_id(const char *value)
{
	return !strncmp(value, "0x", 2) && strspn(value + 2, "0123456789abcdefABCDEF") == 4 &&
	       !value[6] && strcmp(value, "0x0000") != 0 && strcasecmp(value, "0xffff") != 0;
}

static bool is_class(const char *value)
{
	return !strncmp(value, "0x", 2) && strspn(value + 2, "0123456789abcdefABCDEF") == 6 &&
	       !value[8];
}

static bool is_width(const char *value)
{
	size_t length = strspn(value, "0123456789");

	return length && length <= 2 && !value[length] && strcmp(value, "0") != 0;
}

static bool is_speed(const char *value)
{
	return *value >= '1' && *value <= '9' && strstr(value, " GT/s") && strlen(value) < 32;
}

static void take_attributes(struct reading *reading, struct p2p_raw *raw,
			    const XML_Char **attributes)
{
	static const struct {
		const char *name;
		enum p2p_attr attr;
		bool (*is_valid)(const char *value);
	} rows[] = {
		{ "class", P2P_ATTR_CLASS, is_class },
		{ "vendor", P2P_ATTR_VENDOR, is_id },
		{ "device", P2P_ATTR_DEVICE, is_id },
		{ "subsystem_vendor", P2P_ATTR_SUBSYSTEM_VENDOR, is_id },
		{ "subsystem_device", P2P_ATTR_SUBSYSTEM_DEVICE, is_id },
		{ "link_speed", P2P_ATTR_MAX_LINK_SPEED, is_speed },
		{ "link_width", P2P_ATTR_MAX_LINK_WIDTH, is_width },
	};

	for (size_t i = 0; i < P2P_LENGTH(rows); i++) {
		const char *value = p2p_xml_value(attributes, rows[i].name);

		if (value && rows[i].is_valid(value))
			set(reading, &raw->attr[rows[i].attr], value);
	}
	if (*reading->node)
		set(reading, &raw->attr[P2P_ATTR_NUMA_NODE], reading->node);
}

/* The place of a function: below a bridge that the file leaves out, or below bridges that are unknown. */
static const char *make_path(struct reading *reading, struct p2p_bdf bdf)
{
	struct p2p_arena *arena = &reading->snapshot->arena;
	char address[P2P_BDF_SIZE], hidden[P2P_BDF_SIZE];
	struct p2p_bdf between = { HIDDEN_DOMAIN, (uint8_t)(reading->hidden >> 8),
				   (uint8_t)reading->hidden };

	p2p_bdf_format(bdf, address);
	if (!reading->depth)
		return p2p_arena_format(arena, "devices/pci%04x:%02x/%s",
					(unsigned int)bdf.domain, bdf.bus, address);
	reading->hidden++;
	return p2p_arena_format(arena, "%s/%s/%s", reading->paths[reading->depth - 1],
				p2p_bdf_format(between, hidden), address);
}

static void start_function(struct reading *reading, const XML_Char **attributes)
{
	const char *busid = p2p_xml_value(attributes, "busid");
	struct p2p_raw *raw;
	struct p2p_bdf bdf;

	if (!busid || p2p_bdf_parse(busid, &bdf) || bdf.domain == HIDDEN_DOMAIN) {
		p2p_xml_fail(&reading->xml, "a pci element without an address in busid");
		return;
	}
	if (reading->depth == MOST_DEPTH || reading->hidden == MOST_HIDDEN) {
		p2p_xml_fail(&reading->xml, "more bridges above each other than any machine has");
		return;
	}
	raw = p2p_snapshot_add(reading->snapshot, bdf);
	if (!raw) {
		p2p_xml_stop(&reading->xml, -ENOMEM);
		return;
	}
	raw->below = make_path(reading, bdf);
	if (!raw->below)
		p2p_xml_stop(&reading->xml, -ENOMEM);
	take_attributes(reading, raw, attributes);
	reading->raws[reading->depth] = reading->snapshot->count - 1;
	reading->paths[reading->depth++] = raw->below;
	reading->networks = 0;
}

/*
 * An adapter has a name such as mlx5_0 if it has a GUID, and one such as eth0 if it has none.  NCCL puts those of all
 * functions of a device, and of its VFs, below function 0 (src/transport/net_ib.cc, ncclIbGetPciPath()), so that of
 * several it is not known which is whose.
 */
static void take_network(struct reading *reading, const XML_Char **attributes)
{
	const char *name = p2p_xml_value(attributes, "name");
	const char *guid = p2p_xml_value(attributes, "guid");
	struct p2p_raw *raw;
	bool rdma = guid && strspn(guid, "0x") != strlen(guid);

	if (!reading->depth || !name || !*name || strlen(name) >= 64 || strpbrk(name, " \n/"))
		return;
	raw = &reading->snapshot->raws[reading->raws[reading->depth - 1]];
	if (reading->networks++)
		raw->attr[P2P_ATTR_INFINIBAND] = raw->attr[P2P_ATTR_NET] = (struct p2p_file){ P2P_DENIED, 0, NULL };
	else
		set(reading, &raw->attr[rdma ? P2P_ATTR_INFINIBAND : P2P_ATTR_NET], name);
}

/*
 * NCCL shifts the extended family, which only family 15 has; the kernel does not. Any other number was
 * written by somebody who entered the family itself.
 */
static unsigned long family_of(unsigned long id)
{
	return (id & 0xf) == 0xf ? 0xf + (id >> 4) : id;
}

static bool is_number(const char *text)
{
	return text && *text && strlen(text) < 8 && strspn(text, "0123456789") == strlen(text);
}

/* The kernel asks only the first processor. */
static void take_processor(struct reading *reading, const XML_Char **attributes)
{
	const char *vendor = p2p_xml_value(attributes, "vendor");
	const char *arch = p2p_xml_value(attributes, "arch");
	const char *family = p2p_xml_value(attributes, "familyid");
	const char *model = p2p_xml_value(attributes, "modelid");
	struct p2p_entry *entry;

	if (reading->snapshot->entry_count || !arch || strcmp(arch, "x86_64") != 0 || !vendor ||
	    !*vendor || strlen(vendor) >= 32 || strpbrk(vendor, "\n:") || !is_number(family) ||
	    !is_number(model))
		return;
	entry = p2p_snapshot_add_entry(reading->snapshot, "proc/cpuinfo");
	if (entry)
		p2p_snapshot_print(reading->snapshot, &entry->file,
				   "vendor_id\t: %s\ncpu family\t: %lu\nmodel\t\t: %s\n", vendor,
				   family_of(strtoul(family, NULL, 10)), model);
}

static void start_processor(struct reading *reading, const XML_Char **attributes)
{
	const char *node = p2p_xml_value(attributes, "numaid");

	*reading->node = '\0';
	if (is_number(node))
		snprintf(reading->node, sizeof(reading->node), "%s", node);
	take_processor(reading, attributes);
}

static void start_system(struct reading *reading, const XML_Char **attributes)
{
	const char *version = p2p_xml_value(attributes, "version");

	if (!version || (strcmp(version, "1") != 0 && strcmp(version, "2") != 0))
		p2p_xml_fail(&reading->xml, "another version of NCCL's topology than 1 and 2");
	reading->system = true;
}

static void XMLCALL start(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *reading = data;

	if (reading->xml.error)
		return;
	if (++reading->elements > 2 * MOST_DEPTH)
		p2p_xml_fail(&reading->xml, "elements nested more deeply than in any topology");
	else if (!reading->system && strcmp(name, "system") != 0)
		p2p_xml_fail(&reading->xml, "not NCCL's topology, which begins with system");
	else if (!strcmp(name, "system"))
		start_system(reading, attributes);
	else if (!strcmp(name, "cpu"))
		start_processor(reading, attributes);
	else if (!strcmp(name, "pci"))
		start_function(reading, attributes);
	else if (!strcmp(name, "net"))
		take_network(reading, attributes);
}

static void XMLCALL end(void *data, const XML_Char *name)
{
	struct reading *reading = data;

	reading->elements--;
	if (!strcmp(name, "pci") && reading->depth)
		reading->depth--;
	if (!strcmp(name, "cpu"))
		*reading->node = '\0';
}

static int load_xml(struct p2p_context *context, const struct p2p_input *input,
		    struct p2p_snapshot *snapshot)
{
	struct reading reading = {
		.xml = { .context = context, .name = input->name,
			 .doctype = "NCCL's topology has no document type" },
		.snapshot = snapshot,
	};
	int r = p2p_xml_parse(&reading.xml, input->data, input->size, start, end);

	if (r < 0)
		return r;
	if (!snapshot->count)
		return p2p_error(context, -EBADMSG, "%s: NCCL's topology without a pci element",
				 input->name);
	return p2p_snapshot_finish(context, input->name, snapshot);
}

/* "<system", after comments and the XML declaration. */
static bool is_xml(const struct p2p_input *input)
{
	const char *text = input->data, *end;

	while (text && *(text += strspn(text, " \t\r\n"))) {
		bool comment = !strncmp(text, "<!--", 4);

		if (!comment && strncmp(text, "<?xml", 5) != 0)
			return !strncmp(text, "<system", 7) && strchr(" \t\r\n/>", text[7]);
		end = strstr(text, comment ? "-->" : "?>");
		text = end ? end + (comment ? 3 : 2) : NULL;
	}
	return false;
}

/* Everything from the start of the root element to its end. */
static unsigned int line_of(const char *line)
{
	if (!strncmp(line, "<system", 7) || !strncmp(line, "<?xml", 5))
		return P2P_LINE_STARTS;
	return P2P_LINE_INSIDE | P2P_LINE_HOLDS | (strncmp(line, "</system", 8) ? 0 : P2P_LINE_ENDS);
}

const struct p2p_format p2p_format_nccl_xml = {
	.sniff = is_xml, .load = load_xml, .line = line_of, .whole = true,
};

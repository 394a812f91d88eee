/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The output of rdma_topo dump: a list of functions with the sysfs files that it reads, among them config
 * space and VPD, packed with zlib and encoded in base64.  It leaves out host bridges and other classes that
 * it does not need, so what is not listed may still exist.
 *
 * Source: linux-rdma/rdma-core, kernel-boot/rdma_topo, SysfsDevice and cmd_dump().
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/json-read.h"
#include "snapshot/sources.h"
#include "snapshot/tree/archive.h"
#include "snapshot/tree/inflate.h"

#define PATH_MOST	2048u
#define VPD_MOST	32768u	/* PCIe r6.0, sec 6.27: 15 bits of address */

/**
 * struct reading - the list while it is read.
 * @raw, @line: of the current function
 * @unpacked: bytes unpacked so far
 */
struct reading {
	struct p2p_context *context;
	const struct p2p_input *input;
	struct p2p_snapshot *snapshot;
	struct p2p_raw *raw;
	unsigned int line;
	size_t unpacked;
};

static bool is_dump(const struct p2p_input *input)
{
	return input->data && input->data[strspn(input->data, " \t\r\n")] == '[' &&
	       (strstr(input->data, "\"modalias\"") || strstr(input->data, "\"rdma_nic_"));
}

static int bad(const struct reading *reading, const char *what)
{
	return p2p_error(reading->context, -EBADMSG, "%s:%u: %s", reading->input->name,
			 reading->line, what);
}

/* "/sys/devices/pci0000:00/0000:00:01.0": the function and what is above it. */
static int take_path(struct reading *reading, const char *path)
{
	const char *below = strstr(path, "/devices/"), *name = strrchr(path, '/');
	struct p2p_bdf bdf;

	if (!below || strlen(below) > PATH_MOST || strpbrk(path, "\n\r") || strstr(path, "/../") ||
	    p2p_bdf_parse(name + 1, &bdf) < 0)
		return bad(reading, "no path of a PCI function in realpath");
	if (reading->snapshot->count >= P2P_MOST_FUNCTIONS)
		return bad(reading, "more functions than any machine has");
	reading->raw = p2p_snapshot_add(reading->snapshot, bdf);
	if (!reading->raw)
		return -ENOMEM;
	reading->raw->line = reading->line;
	reading->raw->path = p2p_snapshot_string(reading->snapshot, below + 1);
	return 0;
}

/* Return: the value of a base64 digit (RFC 4648, sec 4); -1 if it is none. */
static int digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static int decode(const char *text, struct p2p_buffer *out)
{
	uint32_t bits = 0;
	unsigned int count = 0;
	int r = p2p_buffer_reserve(out, strlen(text));

	if (r < 0)
		return r;
	for (; digit(*text) >= 0; text++) {
		bits = bits << 6 | (uint32_t)digit(*text);
		count += 6;
		if (count >= 8) {
			count -= 8;
			out->data[out->size++] = (char)(bits >> count);
		}
	}
	return text[strspn(text, "=")] ? -EBADMSG : 0;
}

static int unpack(struct reading *reading, const char *text, struct p2p_buffer *out)
{
	struct p2p_buffer packed = { 0 };
	int r = decode(text, &packed);

	if (r == 0)
		r = p2p_inflate(packed.data, packed.size, out);
	free(packed.data);
	if (p2p_is_exhausted(r))
		return r;
	reading->unpacked += r == 0 ? out->size : 0;
	if (reading->unpacked > P2P_TEXTS_MOST)
		return bad(reading, "config and vpd unpack to more than any machine has");
	return r < 0 ? bad(reading, "config or vpd is damaged") : 0;
}

static bool fetch(void *data, unsigned int offset, unsigned int length, uint8_t *ret_bytes)
{
	const struct p2p_buffer *bytes = data;

	if (offset + length > bytes->size)
		return false;
	memcpy(ret_bytes, bytes->data + offset, length);
	return true;
}

/* It is the whole file, so 256 bytes are all that the kernel sees. */
static int take_config(struct reading *reading, const char *text)
{
	struct p2p_buffer bytes = { 0 };
	struct p2p_config_source source = { .fetch = fetch, .data = &bytes, .all = true,
					    .virtual_function = P2P_UNKNOWN };
	int r = unpack(reading, text, &bytes);

	if (r == 0 && bytes.size > P2P_CONFIG_EXTENDED)
		r = bad(reading, "config space of more than 4096 bytes");
	source.size = (unsigned int)bytes.size;
	source.kernel_size = source.size >= P2P_CONFIG_STANDARD;
	if (r == 0)
		r = p2p_config_load(&reading->snapshot->arena, &source, &reading->raw->config);
	free(bytes.data);
	return r;
}

static int take_vpd(struct reading *reading, struct json_object *object)
{
	struct p2p_buffer bytes = { 0 };
	int r = 0;

	if (!*p2p_json_word(object, "vpd"))
		return 0;
	r = unpack(reading, p2p_json_word(object, "vpd"), &bytes);
	if (r == 0 && bytes.size <= VPD_MOST)
		p2p_snapshot_set(reading->snapshot, &reading->raw->attr[P2P_ATTR_VPD], bytes.data,
				 bytes.size);
	free(bytes.data);
	return r;
}

/* "pci:v000010DEd00002330sv000010DEsd000016C1bc03sc02i00" */
static int take_modalias(struct reading *reading, const char *text)
{
	unsigned int vendor, device, class, subclass, interface;

	if (sscanf(text, "pci:v%8Xd%8Xsv%*8Xsd%*8Xbc%2Xsc%2Xi%2X", &vendor, &device, &class,
		   &subclass, &interface) != 5 || vendor > 0xffff || device > 0xffff)
		return bad(reading, "no modalias of a PCI function");
	p2p_snapshot_set_ids(reading->snapshot, reading->raw, vendor, device);
	p2p_snapshot_print(reading->snapshot, &reading->raw->attr[P2P_ATTR_CLASS], "0x%06x",
			   class << 16 | subclass << 8 | interface);
	return 0;
}

/* Take a number, or null if the machine has no such file. */
static int take_number(struct reading *reading, struct json_object *object, const char *key,
		       enum p2p_attr attr)
{
	struct p2p_file *file = &reading->raw->attr[attr];
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, key, &value))
		return 0;
	if (!value) {
		file->fact = P2P_ABSENT;
		return 0;
	}
	if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < -1 ||
	    json_object_get_int64(value) > INT32_MAX)
		return bad(reading, "no number where rdma_topo has one");
	p2p_snapshot_print(reading->snapshot, file, "%d", (int)json_object_get_int64(value));
	return 0;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Take the names in a directory: sorted, one per line. */
static void take_names(struct reading *reading, struct json_object *list, enum p2p_attr attr)
{
	const char *names[64] = { NULL };
	size_t count = 0, length = json_object_array_length(list);
	struct p2p_buffer text = { 0 };
	int r = 0;

	for (size_t i = 0; i < length && count < 64; i++) {
		struct json_object *name = json_object_array_get_idx(list, i);

		if (json_object_is_type(name, json_type_string) &&
		    !strpbrk(json_object_get_string(name), "/\n") && *json_object_get_string(name))
			names[count++] = json_object_get_string(name);
	}
	qsort(names, count, sizeof(names[0]), compare_names);
	for (size_t i = 0; i < count && r == 0; i++)
		r = p2p_buffer_append_line(&text, names[i]);
	if (r == 0 && count)
		p2p_snapshot_set(reading->snapshot, &reading->raw->attr[attr], text.data, text.size);
	reading->snapshot->no_memory |= r < 0;
	free(text.data);
}

/* It lists those of these four directories that exist. */
static void take_subsystems(struct reading *reading, struct json_object *object)
{
	static const struct { const char *key; enum p2p_attr attr; } rows[] = {
		{ "net", P2P_ATTR_NET }, { "infiniband", P2P_ATTR_INFINIBAND },
		{ "drm", P2P_ATTR_DRM }, { "nvme", P2P_ATTR_NVME },
	};
	struct json_object *lists = p2p_json_member(object, "subsystems");

	for (size_t i = 0; i < 4 && json_object_is_type(lists, json_type_object); i++) {
		struct json_object *list = p2p_json_member(lists, rows[i].key);

		if (json_object_is_type(list, json_type_array))
			take_names(reading, list, rows[i].attr);
		else
			reading->raw->attr[rows[i].attr].fact = P2P_ABSENT;
	}
}

static int take_function(struct reading *reading, struct json_object *object)
{
	int r = take_path(reading, p2p_json_word(object, "realpath"));

	if (r < 0 || !reading->raw)
		return r;
	r = take_modalias(reading, p2p_json_word(object, "modalias"));
	if (r == 0)
		r = take_config(reading, p2p_json_word(object, "config"));
	if (r == 0)
		r = take_vpd(reading, object);
	if (r == 0)
		r = take_number(reading, object, "iommu_group", P2P_ATTR_IOMMU_GROUP);
	if (r == 0)
		r = take_number(reading, object, "numa_node", P2P_ATTR_NUMA_NODE);
	if (r == 0)
		take_subsystems(reading, object);
	return r;
}

static int take_list(struct reading *reading, const struct p2p_json *json)
{
	size_t count = json_object_array_length(json->root);
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		struct json_object *object = json_object_array_get_idx(json->root, i);
		unsigned int line = 0, column;

		if (object)
			p2p_json_position(json, object, &line, &column);
		reading->line = p2p_input_line(reading->input, line);
		/* rdma_topo topo -j */
		if (!p2p_json_member(object, "realpath") && !p2p_json_member(object, "modalias"))
			return bad(reading, "rdma_topo topo -j names functions and no register of them; "
				   "use what sudo rdma_topo dump prints");
		r = take_function(reading, object);
	}
	return r;
}

static int load_dump(struct p2p_context *context, const struct p2p_input *input,
		     struct p2p_snapshot *snapshot)
{
	struct reading reading = { .context = context, .input = input, .snapshot = snapshot };
	struct p2p_json json;
	int r = p2p_json_parse(context, input->name, input->data, input->size, P2P_JSON_NULLS,
			       &json);

	if (r < 0)
		return r;
	r = json_object_is_type(json.root, json_type_array) ? take_list(&reading, &json) : -ENOTSUP;
	p2p_json_clear(&json);
	if (r < 0)
		return r;
	if (!snapshot->count)
		return p2p_error(context, -EBADMSG, "%s: a list without functions", input->name);
	return p2p_snapshot_finish(context, input->name, snapshot);
}

/* Indented lines, between brackets at the start of a line. */
static unsigned int line_of(const char *line)
{
	if (!strcmp(line, "[") || !strncmp(line, "[{\"", 3))
		return P2P_LINE_STARTS | (line[1] && line[strlen(line) - 1] == ']' ? P2P_LINE_ENDS : 0);
	if (*line == ']')
		return P2P_LINE_INSIDE | P2P_LINE_ENDS;
	return *line == ' ' || *line == '\t' ? P2P_LINE_INSIDE | P2P_LINE_HOLDS : 0;
}

const struct p2p_format p2p_format_rdma_topo = {
	.sniff = is_dump, .load = load_dump, .line = line_of, .whole = true,
};

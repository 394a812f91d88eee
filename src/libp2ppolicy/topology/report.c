/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A topology from the document that p2ptopo tree --json prints: the reverse of what prints it.
 * What is null there and not said to be absent is DENIED here; so is what is not there at all.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/context.h"
#include "topology/build.h"
#include "topology/report.h"


static int damaged(const struct p2p_topology *topology, const char *what)
{
	return p2p_error(topology->context, -EBADMSG, "the tree document is damaged: %s", what);
}

/* Is @key said to be not known? */
static bool is_unknown(struct json_object *object, const char *key)
{
	struct json_object *unknown = report_member(object, "unknown");

	return json_object_is_type(unknown, json_type_object) &&
	       json_object_object_get_ex(unknown, key, NULL);
}

/* A key that is null is either not known, which is said, or absent. */
static struct p2p_number number_of(struct json_object *object, const char *key)
{
	struct p2p_number number = report_number(object, key);

	if (number.fact == P2P_DENIED && !is_unknown(object, key))
		number.fact = P2P_ABSENT;
	return number;
}

static const char *text_of(struct p2p_topology *topology, struct json_object *object,
			   const char *key)
{
	const char *text = report_text(object, key);

	return text ? p2p_keep_text(topology, text, strlen(text)) : NULL;
}

static void read_names(struct p2p_topology *topology, struct json_object *object,
		       struct p2p_function *function)
{
	struct json_object *names = report_member(object, "os_names");
	size_t count = json_object_is_type(names, json_type_array) ?
		       json_object_array_length(names) : 0;
	const char **list = count ? p2p_keep(topology, count + 1, sizeof(char *)) : NULL;

	for (size_t i = 0; list && i < count; i++) {
		struct json_object *name = json_object_array_get_idx(names, i);
		const char *text = json_object_is_type(name, json_type_string) ?
				   json_object_get_string(name) : "?";

		list[i] = p2p_keep_text(topology, text, strlen(text));
	}
	function->os_names = list;
	function->display = text_of(topology, object, "name");
	function->vendor_name = text_of(topology, object, "vendor_name");
	function->device_name = text_of(topology, object, "device_name");
	function->class_name = text_of(topology, object, "class_name");
	function->slot = text_of(topology, object, "slot");
	function->cpus = text_of(topology, object, "cpus");
	function->power_state = text_of(topology, object, "power_state");
	function->iommu_type = text_of(topology, object, "iommu_type");
	function->driver = text_of(topology, object, "driver");
	function->driver_fact = function->driver ? P2P_PRESENT :
				is_unknown(object, "driver") ? P2P_DENIED : P2P_ABSENT;
}

static void read_identity(struct json_object *object, struct p2p_function *function)
{
	const char *kind = report_text(object, "class");

	if (kind)
		(void)p2p_class_parse(kind, &function->kind);
	if (report_text(object, "vendor")) {
		function->ids = P2P_PRESENT;
		function->vendor = (uint16_t)report_hex(object, "vendor");
		function->device = (uint16_t)report_hex(object, "device");
		function->subsystem_vendor = (uint16_t)report_hex(object, "subsystem_vendor");
		function->subsystem_device = (uint16_t)report_hex(object, "subsystem_device");
		function->class_code = (uint32_t)report_hex(object, "class_code") & 0xffffff;
	}
	if (report_number(object, "header_type").fact == P2P_PRESENT) {
		function->header = P2P_PRESENT;
		function->header_type = (uint8_t)report_number(object, "header_type").value;
		function->revision = (uint8_t)report_hex(object, "revision");
		function->multifunction = report_flag(object, "multifunction");
		function->secondary = (uint8_t)report_hex(object, "secondary_bus");
		function->subordinate = (uint8_t)report_hex(object, "subordinate_bus");
	}
	function->config_bytes = report_count(object, "config_bytes");
	function->capabilities_broken = report_flag(object, "capabilities_broken");
	function->missing = report_flag(object, "missing");
	function->orphan = report_flag(object, "orphan");
	function->emulated = report_flag(object, "emulated");
	function->switch_id = report_count(object, "switch_id");
	function->numa = number_of(object, "numa_node");
	function->iommu_group = number_of(object, "iommu_group");
	function->serial.fact = is_unknown(object, "serial") ? P2P_DENIED : P2P_ABSENT;
	if (report_text(object, "serial")) {
		function->serial.fact = P2P_PRESENT;
		function->serial.value = (int64_t)report_hex(object, "serial");
	}
}

static struct json_object *array_of(struct json_object *object, const char *key, size_t *ret_count)
{
	struct json_object *array = report_member(object, key);
	bool good = json_object_is_type(array, json_type_array);

	*ret_count = good ? json_object_array_length(array) : 0;
	return array;
}

/* Parse an address; a key that is null names no function. */
static bool read_bdf(struct json_object *object, const char *key, struct p2p_bdf *ret_bdf)
{
	const char *text = report_text(object, key);

	return text && !p2p_bdf_parse(text, ret_bdf);
}

static int compare_functions(const void *a, const void *b)
{
	const struct p2p_function *x = a, *y = b;

	return p2p_bdf_compare(x->bdf, y->bdf);
}

static int read_function(struct p2p_topology *topology, struct json_object *object,
			 struct p2p_function *function)
{
	if (!json_object_is_type(object, json_type_object) ||
	    !read_bdf(object, "bdf", &function->bdf))
		return damaged(topology, "a function has no address");
	read_identity(object, function);
	read_names(topology, object, function);
	report_capabilities(object, function);
	report_memory(object, function);
	return 0;
}

static int read_functions(struct p2p_topology *topology, struct json_object *report)
{
	struct json_object *array = array_of(report, "functions", &topology->count);
	int r = 0;

	topology->functions = p2p_keep(topology, topology->count + 1,
				       sizeof(*topology->functions));
	if (!topology->functions)
		return -ENOMEM;
	for (size_t i = 0; i < topology->count && !r; i++)
		r = read_function(topology, json_object_array_get_idx(array, i),
				  &topology->functions[i]);
	/* They are printed in this order, and everything else counts on it. */
	for (size_t i = 1; i < topology->count && !r; i++)
		if (compare_functions(&topology->functions[i - 1], &topology->functions[i]) >= 0)
			r = damaged(topology, "its functions are not in order");
	for (size_t i = 0; i < topology->count && !r; i++)
		topology->functions[i].index = (unsigned int)i;
	return r;
}

static void read_host(struct p2p_topology *topology, struct json_object *object,
		      struct p2p_host_bridge *host)
{
	struct p2p_number offset = report_number(object, "bus_offset");
	struct p2p_bdf behind;
	unsigned int domain = 0, bus = 0;

	host->name = text_of(topology, object, "name");
	if (host->name && sscanf(host->name, "pci%x:%x", &domain, &bus) == 2) {
		host->domain = domain;
		host->bus = (uint8_t)bus;
	}
	host->numa = report_number(object, "numa_node");
	host->offset_fact = offset.fact;
	host->offset = offset.value;
	host->vmd = report_flag(object, "vmd");
	if (read_bdf(object, "behind", &behind))
		host->behind = p2p_tree_find(topology, behind);
}

static int read_hosts(struct p2p_topology *topology, struct json_object *report)
{
	struct json_object *array = array_of(report, "host_bridges", &topology->host_count);

	topology->hosts = p2p_keep(topology, topology->host_count + 1, sizeof(*topology->hosts));
	if (!topology->hosts)
		return -ENOMEM;
	for (size_t i = 0; i < topology->host_count; i++) {
		struct p2p_host_bridge *host = &topology->hosts[i];

		host->index = (unsigned int)i;
		read_host(topology, json_object_array_get_idx(array, i), host);
		if (!host->name)
			return damaged(topology, "a host bridge has no name");
	}
	return 0;
}

static const struct p2p_host_bridge *find_host(const struct p2p_topology *topology,
					       const char *name)
{
	for (size_t i = 0; name && i < topology->host_count; i++)
		if (!strcmp(topology->hosts[i].name, name))
			return &topology->hosts[i];
	return NULL;
}

/* Each step up is one less deep: so there is no ring. */
static int link_function(struct p2p_topology *topology, struct json_object *object,
			 struct p2p_function *function)
{
	struct p2p_bdf bdf;

	function->host = find_host(topology, report_text(object, "host_bridge"));
	if (!function->host)
		return damaged(topology, "a function is below no host bridge");
	if (read_bdf(object, "parent", &bdf)) {
		function->parent = p2p_tree_find(topology, bdf);
		if (!function->parent || !function->depth ||
		    function->parent->depth + 1 != function->depth)
			return damaged(topology, "a function is not below its parent");
	}
	if (read_bdf(object, "physfn", &bdf)) {
		function->physfn = p2p_tree_find(topology, bdf);
		if (!function->physfn || function->physfn == function)
			return damaged(topology, "a virtual function has no physical one");
	}
	return 0;
}

static int link_functions(struct p2p_topology *topology, struct json_object *report)
{
	struct json_object *array = report_member(report, "functions");
	int r = 0;

	for (size_t i = 0; i < topology->count; i++)
		topology->functions[i].depth =
			report_count(json_object_array_get_idx(array, i), "depth");
	for (size_t i = 0; i < topology->count && !r; i++)
		r = link_function(topology, json_object_array_get_idx(array, i),
				  &topology->functions[i]);
	for (size_t i = 0; i < topology->count && !r; i++)
		if (topology->functions[i].physfn && topology->functions[i].physfn->physfn)
			r = damaged(topology, "a physical function is a virtual one");
	for (size_t i = 0; i < topology->count && !r; i++) {
		struct p2p_function *function = &topology->functions[i];
		char bdf[P2P_BDF_SIZE];

		if (!function->display)
			function->display = p2p_keep_format(topology, "%s",
							    p2p_bdf_format(function->bdf, bdf));
	}
	return r;
}

static void read_machine(struct p2p_topology *topology, struct json_object *report)
{
	struct p2p_machine *machine = &topology->machine;
	struct json_object *object = report_member(report, "machine");

	machine->source = P2P_SOURCE_REPORT;
	machine->host = text_of(topology, report, "host");
	machine->release = text_of(topology, report, "kernel");
	machine->cmdline = text_of(topology, object, "cmdline");
	machine->p2pdma = report_tri(object, "p2pdma");
	machine->cpu_vendor = text_of(topology, object, "cpu_vendor");
	machine->cpu_name = text_of(topology, object, "cpu_name");
	machine->cpu_family = report_number(object, "cpu_family");
	machine->cpu_model = report_number(object, "cpu_model");
	if (report_tri(object, "cpu_x86") == P2P_NO)
		machine->cpu_family.fact = P2P_ABSENT;
	machine->iommu = report_tri(object, "iommu");
	machine->virtual_machine = report_tri(object, "virtual_machine");
	machine->hypervisor = text_of(topology, object, "hypervisor");
	machine->numa_nodes = report_count(object, "numa_nodes");
}

static void read_notes(struct p2p_topology *topology, struct json_object *report)
{
	size_t count;
	struct json_object *array = array_of(report, "notes", &count);

	for (size_t i = 0; i < count; i++) {
		struct json_object *object = json_object_array_get_idx(array, i);
		struct p2p_bdf bdf;
		const struct p2p_function *function = NULL;

		if (read_bdf(object, "function", &bdf))
			function = p2p_tree_find(topology, bdf);
		p2p_note_add(topology, function, text_of(topology, object, "text"));
	}
}

int p2p_report_build(struct p2p_topology *topology, struct json_object *report)
{
	int r = read_functions(topology, report);

	if (!r)
		r = read_hosts(topology, report);
	if (!r)
		r = link_functions(topology, report);
	if (!r)
		r = p2p_tree_list(topology);
	if (r)
		return r;
	read_machine(topology, report);
	read_notes(topology, report);
	return topology->no_memory ? -ENOMEM : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XML of hwloc 2, for lstopo and everything else that uses hwloc. hwloc loads the tree, is given facts
 * about devices as infos and bandwidths of pairs as matrices, and writes the file itself.
 */
#include <errno.h>
#include <hwloc.h>
#include <hwloc/distances.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export/complex.h"
#include "export/export.h"
#include "export/hwloc/tree.h"
#include "print/clean.h"

/* The bandwidth of a device with itself, as in hwloc's own matrices: higher than any other. */
#define WITH_ITSELF 1000000

/* With more devices than this, a matrix is of no use to anybody. */
#define MOST_DEVICES 256

/**
 * struct file - what is exported.
 * @functions, @objects: the devices in the matrices and their objects; both owned
 * @unknown: number of ordered pairs without a figure because a fact is missing
 */
struct file {
	struct app *app;
	hwloc_topology_t topology;
	const struct p2p_function **functions;
	hwloc_obj_t *objects;
	size_t count, unknown;
};

static bool is_at(const struct hwloc_pcidev_attr_s *pci, struct p2p_bdf bdf)
{
	return pci->domain == bdf.domain && pci->bus == bdf.bus && pci->dev == bdf.devfn >> 3 &&
	       pci->func == (bdf.devfn & 7);
}

static hwloc_obj_t object_of(hwloc_topology_t topology, const struct p2p_function *function)
{
	hwloc_obj_t object = NULL;

	if (!hwloc_tree_has(function))
		return NULL;
	if (!p2p_function_is_bridge(function))
		return hwloc_get_pcidev_by_busid(topology, function->bdf.domain, function->bdf.bus,
						 function->bdf.devfn >> 3, function->bdf.devfn & 7u);
	while ((object = hwloc_get_next_bridge(topology, object))) {
		if (object->attr->bridge.upstream_type == HWLOC_OBJ_BRIDGE_PCI &&
		    is_at(&object->attr->bridge.upstream.pci, function->bdf))
			break;
	}
	return object;
}

/* hwloc writes ASCII and would drop everything else. */
static int add_info(hwloc_obj_t object, const char *name, const char *value)
{
	char text[128];
	size_t used = 0;

	while (value && *value && used < sizeof(text) - 1) {
		uint32_t character = clean_take(&value);

		text[used++] = (char)(character < 0x80 ? character : '?');
	}
	text[used] = '\0';
	return used ? hwloc_obj_add_info(object, name, text) : 0;
}

static int describe(const struct p2p_function *function, hwloc_obj_t object)
{
	const struct { const char *name, *value; } infos[] = {
		{ "PCIVendor", function->vendor_name }, { "PCIDevice", function->device_name },
		{ "PCISlot", function->slot }, { "P2PTopoName", function->display },
		{ "P2PTopoClass", p2p_class_name(function->kind) }, { "P2PTopoDriver", function->driver },
	};
	int error = 0;

	for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]) && !error; i++)
		error = add_info(object, infos[i].name, infos[i].value);
	return error;
}

static int add_complexes(struct file *file, const struct complexes *complexes)
{
	char id[COMPLEX_ID];
	int error = 0;

	for (size_t i = 0; i < complexes->count; i++) {
		complex_id(&complexes->list[i], id);
		for (size_t j = 0; j < complexes->list[i].count && !error; j++) {
			hwloc_obj_t object = object_of(file->topology, complexes->list[i].members[j]);

			error = object ? hwloc_obj_add_info(object, "P2PTopoComplex", id) : 0;
		}
	}
	return error;
}

static int add_machine(struct file *file)
{
	hwloc_obj_t root = hwloc_get_root_obj(file->topology);
	const struct p2p_machine *machine = p2p_topology_machine(file->app->topology);

	return add_info(root, "OSRelease", machine->release) ||
	       add_info(root, "P2PTopoRules", p2p_rules_name(p2p_eval_rules(file->app->eval))) ||
	       add_info(root, "P2PTopoVersion", P2PTOPO_VERSION);
}

static int add_infos(struct file *file, const struct picture *picture)
{
	struct complexes complexes;
	int error = add_machine(file);

	for (size_t i = 0; i < picture->count && !error; i++) {
		const struct picture_node *node = &picture->nodes[i];
		hwloc_obj_t object = node->function ? object_of(file->topology, node->function) : NULL;

		if (!object)
			continue;
		error = describe(node->function, object);
		if (!error && node->redirects)
			error = hwloc_obj_add_info(object, "P2PTopoACS", "redirects");
		if (!error && node->slow)
			error = hwloc_obj_add_info(object, "P2PTopoLink", "below what both ends can do");
	}
	if (error || complexes_new(file->app, &complexes))
		return -1;
	error = add_complexes(file, &complexes);
	complexes_free(&complexes);
	return error;
}

/*
 * MB/s at which the client reads or writes the provider's memory with the drivers in use; 0 if none is known
 * to be delivered.
 */
static hwloc_uint64_t rate(struct file *file, size_t client, size_t provider, bool write)
{
	const struct p2p_speed *speed;
	struct p2p_verdict verdict;
	struct p2p_score score;
	struct p2p_ways ways;

	if (client == provider)
		return WITH_ITSELF;
	p2p_eval_pair(file->app->eval, file->functions[provider], file->functions[client], &verdict);
	p2p_ways_find(&verdict, &ways);
	p2p_eval_score(file->app->eval, &verdict, &score);
	speed = write ? &score.write : &score.read;
	if (ways.delivery != P2P_DELIVERY_UNKNOWN && ways.delivery < P2P_DELIVERY_ROOT)
		return 0;
	if (ways.delivery == P2P_DELIVERY_UNKNOWN || !p2p_speed_has_figure(speed)) {
		file->unknown += write;
		return 0;
	}
	return (hwloc_uint64_t)(speed->gbytes_per_second * 1000);
}

static int add_matrix(struct file *file, const char *name, bool write)
{
	const unsigned long kind = HWLOC_DISTANCES_KIND_FROM_USER | HWLOC_DISTANCES_KIND_MEANS_BANDWIDTH;
	hwloc_uint64_t *values = calloc(file->count * file->count, sizeof(*values));
	hwloc_distances_add_handle_t handle;
	int error = values ? 0 : -1;

	for (size_t i = 0; i < file->count && !error; i++) {
		for (size_t j = 0; j < file->count; j++)
			values[i * file->count + j] = rate(file, i, j, write);
	}
	if (!error) {
		handle = hwloc_distances_add_create(file->topology, name, kind, 0);
		error = !handle || hwloc_distances_add_values(file->topology, handle, (unsigned int)file->count,
							      file->objects, values, 0) ||
			hwloc_distances_add_commit(file->topology, handle, 0);
	}
	free(values);
	return error ? -1 : 0;
}

/* A single device makes no pair. */
static int add_matrices(struct file *file)
{
	const struct app *app = file->app;

	file->functions = calloc(app->selected_count + 1, sizeof(void *));
	file->objects = calloc(app->selected_count + 1, sizeof(hwloc_obj_t));
	if (!file->functions || !file->objects)
		return -1;
	for (size_t i = 0; i < app->selected_count; i++) {
		hwloc_obj_t object = app->picked[i] ? object_of(file->topology, app->selected[i]) : NULL;

		if (!object)
			continue;
		file->functions[file->count] = app->selected[i];
		file->objects[file->count++] = object;
	}
	if (file->count < 2 || file->count > MOST_DEVICES)
		return 0;
	return add_matrix(file, "P2PTopoWriteBandwidth", true) || add_matrix(file, "P2PTopoReadBandwidth", false);
}

/* For hwloc_topology_set_xmlbuffer() the size includes the terminating zero. */
static int load(hwloc_topology_t topology, const char *xml, size_t size)
{
	hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL);
	return hwloc_topology_set_xmlbuffer(topology, xml, (int)size + 1) || hwloc_topology_load(topology);
}

static void note_left_out(const struct file *file)
{
	const struct app *app = file->app;
	size_t wide = 0, others = 0;

	for (size_t i = 0; i < app->selected_count; i++) {
		if (!app->picked[i] || object_of(file->topology, app->selected[i]))
			continue;
		if (hwloc_tree_has(app->selected[i]))
			others++;
		else
			wide++;
	}
	export_note_left_out(app, wide, "hwloc has no PCI domains above ffff");
	export_note_left_out(app, others, "hwloc rejects them");
}

static void note(const struct file *file, unsigned int made_up)
{
	note_left_out(file);
	if (made_up)
		app_note(file->app, "the CPUs of %s are not known; hwloc requires some, so %u in the file %s made up",
			 made_up > 1 ? "some NUMA nodes" : "a NUMA node", made_up, made_up > 1 ? "are" : "is");
	if (file->unknown)
		app_note(file->app, "%zu pairs have bandwidth 0 in the file since it is not known whether their "
			 "transfers are delivered", file->unknown);
	if (file->count > MOST_DEVICES)
		app_note(file->app, "%zu devices are too many for a matrix of bandwidths; -s, -d and --class choose "
			 "devices", file->count);
}

static enum status write_file(struct file *file, const struct picture *picture)
{
	char *text = NULL, *xml = NULL;
	size_t size = 0;
	unsigned int made_up = 0;
	int length, error;
	FILE *out = p2p_text_open(&text, &size);

	error = out ? hwloc_tree_print(file->app, picture, out, &made_up) : -ENOMEM;
	if (out && fclose(out))
		error = -ENOMEM;
	error = error || load(file->topology, text, size) || add_infos(file, picture) || add_matrices(file) ||
		hwloc_topology_export_xmlbuffer(file->topology, &xml, &length, 0);
	free(text);
	if (error)
		return fail_with(file->app->failure, STATUS_SYSTEM, "hwloc rejects the topology");
	fputs(xml, file->app->out);
	hwloc_free_xmlbuffer(file->topology, xml);
	note(file, made_up);
	return STATUS_DONE;
}

enum status export_hwloc(struct app *app)
{
	struct file file = { .app = app };
	struct picture picture;
	enum status status = picture_new(app, &picture);

	if (status)
		return status;
	if (hwloc_topology_init(&file.topology)) {
		status = fail_memory(app->failure);
	} else {
		status = write_file(&file, &picture);
		hwloc_topology_destroy(file.topology);
	}
	picture_free(&picture);
	free(file.functions);
	free(file.objects);
	return status;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <hwloc.h>
#include <stdlib.h>
#include <string.h>

#include "export/export.h"
#include "export/hwloc/tree.h"

/* hwloc's own limit, unless it was built with 32 bits for them. */
#define LAST_DOMAIN 0xffff

/* The kind of a Group made by a user: hwloc's private.h, HWLOC_GROUP_KIND_USER. */
#define GROUP_USER 0

/** struct place - a NUMA node and its CPUs; @cpus is owned. */
struct place {
	unsigned int node;
	hwloc_bitmap_t cpus;
};

/**
 * struct tree - the document while it is printed.
 * @places: in the order of node numbers; borrowed, with room for every function and host bridge
 * @next: the next gp_index
 */
struct tree {
	const struct app *app;
	const struct picture *picture;
	FILE *out;
	struct place *places;
	size_t count;
	unsigned int next;
};

bool hwloc_tree_has(const struct p2p_function *function)
{
	return function->bdf.domain <= LAST_DOMAIN;
}

static bool has_node(struct p2p_number node)
{
	return node.fact == P2P_PRESENT && node.value >= 0;
}

static struct place *place_of(struct tree *tree, unsigned int node)
{
	size_t at = tree->count;

	for (size_t i = 0; i < tree->count; i++) {
		if (tree->places[i].node == node)
			return &tree->places[i];
	}
	while (at && tree->places[at - 1].node > node)
		at--;
	memmove(&tree->places[at + 1], &tree->places[at], (tree->count - at) * sizeof(struct place));
	tree->places[at] = (struct place){ node, hwloc_bitmap_alloc() };
	tree->count++;
	return &tree->places[at];
}

/* Each CPU belongs to the first node that claims it. */
static int add_cpus(struct tree *tree, struct place *place, const char *list)
{
	hwloc_bitmap_t cpus = hwloc_bitmap_alloc();

	if (!cpus || !place->cpus)
		return -ENOMEM;
	if (list && !hwloc_bitmap_list_sscanf(cpus, list) && hwloc_bitmap_weight(cpus) > 0) {
		for (size_t i = 0; i < tree->count; i++) {
			if (&tree->places[i] != place)
				hwloc_bitmap_andnot(cpus, cpus, tree->places[i].cpus);
		}
		hwloc_bitmap_or(place->cpus, place->cpus, cpus);
	}
	hwloc_bitmap_free(cpus);
	return 0;
}

static int collect(struct tree *tree)
{
	size_t functions = p2p_topology_count(tree->app->topology);
	const struct p2p_host_bridge *host;
	int error = 0;

	for (size_t i = 0; i < functions && !error; i++) {
		const struct p2p_function *function = p2p_topology_function(tree->app->topology, i);

		if (has_node(function->numa))
			error = add_cpus(tree, place_of(tree, (unsigned int)function->numa.value), function->cpus);
	}
	/* A node that only a host bridge names has its functions in the file, too. */
	for (size_t i = 0; (host = p2p_topology_host_bridge(tree->app->topology, i)) && !error; i++) {
		if (has_node(host->numa))
			error = place_of(tree, (unsigned int)host->numa.value)->cpus ? 0 : -ENOMEM;
	}
	if (!tree->count)
		error = place_of(tree, 0)->cpus ? 0 : -ENOMEM;
	for (size_t i = 0; i < functions && !error && tree->count == 1; i++)
		error = add_cpus(tree, tree->places, p2p_topology_function(tree->app->topology, i)->cpus);
	return error;
}

/* hwloc drops a node that has no CPU, and everything below it. */
static unsigned int make_up(struct tree *tree)
{
	unsigned int made_up = 0;
	int next = 0;

	for (size_t i = 0; i < tree->count; i++) {
		int last = hwloc_bitmap_last(tree->places[i].cpus);

		next = last >= next ? last + 1 : next;
	}
	for (size_t i = 0; i < tree->count; i++) {
		if (!hwloc_bitmap_iszero(tree->places[i].cpus))
			continue;
		hwloc_bitmap_set(tree->places[i].cpus, (unsigned int)next++);
		made_up++;
	}
	return made_up;
}

static void print_set(FILE *out, const char *name, hwloc_const_bitmap_t set)
{
	static const char *const kinds[] = { "", "complete_" };
	char *text = NULL;

	if (hwloc_bitmap_asprintf(&text, set) < 0)
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		fprintf(out, " %s%sset=\"%s\"", kinds[i], name, text);
	free(text);
}

/* Prints an object that has CPUs, up to its last attribute. @index is -1 for none. */
static void open_object(struct tree *tree, const char *type, int index, hwloc_const_bitmap_t cpus,
			hwloc_const_bitmap_t nodes)
{
	fprintf(tree->out, "<object type=\"%s\" gp_index=\"%u\"", type, tree->next++);
	if (index >= 0)
		fprintf(tree->out, " os_index=\"%d\"", index);
	print_set(tree->out, "cpu", cpus);
	print_set(tree->out, "node", nodes);
}

static void print_pci(FILE *out, const struct p2p_function *function)
{
	struct p2p_link link = function->pcie.now;
	char bdf[P2P_BDF_SIZE];

	fprintf(out, " pci_busid=\"%s\" pci_type=\"%04x [%04x:%04x] [%04x:%04x] %02x\"",
		p2p_bdf_format(function->bdf, bdf), function->class_code >> 8, function->vendor, function->device,
		function->subsystem_vendor, function->subsystem_device, function->revision);
	/* GB/s as hwloc counts them: the bit rate of the link, of which 8/10 or 128/130 is data. */
	if (function->pcie.link == P2P_PRESENT && link.width && link.speed_mtps)
		fprintf(out, " pci_link_speed=\"%.6f\"", (double)link.speed_mtps / 8000 * link.width *
			(link.speed_mtps < 8000 ? 0.8 : 128.0 / 130));
}

/* hwloc's types of OS devices: 0 for none, else hwloc's number plus one. */
enum { OS_BLOCK = 1, OS_GPU, OS_NETWORK, OS_OPENFABRICS, OS_DMA, OS_COPROCESSOR };

static int type_of(const struct p2p_function *function, const char *name)
{
	static const int types[P2P_CLASSES] = {
		[P2P_CLASS_NVME] = OS_BLOCK, [P2P_CLASS_STORAGE] = OS_BLOCK, [P2P_CLASS_GPU] = OS_GPU,
		[P2P_CLASS_NIC] = OS_NETWORK, [P2P_CLASS_ACCEL] = OS_COPROCESSOR,
	};

	return function->kind == P2P_CLASS_NIC && export_is_rdma(name) ? OS_OPENFABRICS :
	       types[function->kind];
}

static void print_names(struct tree *tree, const struct p2p_function *function)
{
	for (const char *const *name = function->os_names; name && *name; name++) {
		int type = type_of(function, *name);

		if (!type)
			continue;
		fprintf(tree->out, "<object type=\"OSDev\" gp_index=\"%u\" name=\"", tree->next++);
		export_word(tree->out, *name, 64);
		fprintf(tree->out, "\" osdev_type=\"%d\"/>\n", type - 1);
	}
}

static void print_below(struct tree *tree, size_t index);

static void print_function(struct tree *tree, size_t index)
{
	const struct picture_node *node = &tree->picture->nodes[index];
	const struct p2p_function *function = node->function;
	bool bridge = p2p_function_is_bridge(function);

	fprintf(tree->out, "<object type=\"%s\" gp_index=\"%u\"", bridge ? "Bridge" : "PCIDev", tree->next++);
	if (bridge)
		fprintf(tree->out, " bridge_type=\"1-1\" depth=\"%u\" bridge_pci=\"%04x:[%02x-%02x]\"", node->depth,
			(unsigned int)function->bdf.domain, function->secondary, function->subordinate);
	print_pci(tree->out, function);
	fputs(">\n", tree->out);
	print_names(tree, function);
	print_below(tree, index);
	fputs("</object>\n", tree->out);
}

/* Every node precedes those below it. */
static void print_below(struct tree *tree, size_t index)
{
	const struct picture *picture = tree->picture;

	for (size_t i = index + 1; i < picture->count && picture->nodes[i].depth > picture->nodes[index].depth; i++) {
		if (picture->nodes[i].parent == index && hwloc_tree_has(picture->nodes[i].function))
			print_function(tree, i);
	}
}

static unsigned int last_bus(const struct picture *picture, size_t index)
{
	unsigned int last = picture->nodes[index].host->bus;

	for (size_t i = index + 1; i < picture->count && picture->nodes[i].depth; i++) {
		const struct p2p_function *function = picture->nodes[i].function;

		last = function->subordinate > last ? function->subordinate : last;
		last = function->bdf.bus > last ? function->bdf.bus : last;
	}
	return last;
}

/* The host bridges at @place; with NULL, those whose node is unknown. */
static void print_hosts(struct tree *tree, const struct place *place)
{
	const struct picture *picture = tree->picture;

	for (size_t i = 0; i < picture->count; i++) {
		const struct p2p_host_bridge *host = picture->nodes[i].host;
		bool known = has_node(host->numa) || tree->count == 1;

		if (picture->nodes[i].function || host->domain > LAST_DOMAIN || known != (place != NULL) ||
		    (place && tree->count > 1 && host->numa.value != place->node))
			continue;
		fprintf(tree->out, "<object type=\"Bridge\" gp_index=\"%u\" bridge_type=\"0-1\" depth=\"0\" "
			"bridge_pci=\"%04x:[%02x-%02x]\">\n", tree->next++, (unsigned int)host->domain, host->bus,
			last_bus(picture, i));
		print_below(tree, i);
		fputs("</object>\n", tree->out);
	}
}

static int print_place(struct tree *tree, const struct place *place)
{
	hwloc_bitmap_t set = hwloc_bitmap_alloc(), node = hwloc_bitmap_alloc();

	if (!set || !node || hwloc_bitmap_only(node, place->node)) {
		hwloc_bitmap_free(set);
		hwloc_bitmap_free(node);
		return -ENOMEM;
	}
	if (tree->count > 1) {
		open_object(tree, "Group", -1, place->cpus, node);
		fprintf(tree->out, " kind=\"%d\" subkind=\"%u\">\n", GROUP_USER, place->node);
	}
	open_object(tree, "NUMANode", (int)place->node, place->cpus, node);
	fputs("/>\n", tree->out);
	for (int cpu = hwloc_bitmap_first(place->cpus); cpu >= 0; cpu = hwloc_bitmap_next(place->cpus, cpu)) {
		hwloc_bitmap_only(set, (unsigned int)cpu);
		open_object(tree, "PU", cpu, set, node);
		fputs("/>\n", tree->out);
	}
	print_hosts(tree, place);
	if (tree->count > 1)
		fputs("</object>\n", tree->out);
	hwloc_bitmap_free(set);
	hwloc_bitmap_free(node);
	return 0;
}

static int print_machine(struct tree *tree)
{
	hwloc_bitmap_t cpus = hwloc_bitmap_alloc(), nodes = hwloc_bitmap_alloc();
	int error = cpus && nodes ? 0 : -ENOMEM;

	for (size_t i = 0; i < tree->count && !error; i++) {
		hwloc_bitmap_or(cpus, cpus, tree->places[i].cpus);
		error = hwloc_bitmap_set(nodes, tree->places[i].node) ? -ENOMEM : 0;
	}
	if (!error) {
		fputs("<topology version=\"2.0\">\n", tree->out);
		open_object(tree, "Machine", 0, cpus, nodes);
		print_set(tree->out, "allowed_cpu", cpus);
		print_set(tree->out, "allowed_node", nodes);
		fputs(">\n", tree->out);
	}
	for (size_t i = 0; i < tree->count && !error; i++)
		error = print_place(tree, &tree->places[i]);
	if (!error) {
		print_hosts(tree, NULL);
		fputs("</object>\n</topology>\n", tree->out);
	}
	hwloc_bitmap_free(cpus);
	hwloc_bitmap_free(nodes);
	return error;
}

int hwloc_tree_print(const struct app *app, const struct picture *picture, FILE *out, unsigned int *ret_made_up)
{
	struct place *places = calloc(p2p_topology_count(app->topology) +
				      p2p_topology_host_bridges(app->topology) + 1, sizeof(*places));
	struct tree tree = { .app = app, .picture = picture, .out = out, .places = places, .next = 1 };
	int error = places ? collect(&tree) : -ENOMEM;

	if (!error) {
		*ret_made_up = make_up(&tree);
		error = print_machine(&tree);
	}
	for (size_t i = 0; i < tree.count; i++)
		hwloc_bitmap_free(places[i].cpus);
	free(places);
	return error;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "export/picture.h"
#include "print/pair/pair_facts.h"

/**
 * struct layout - a picture under construction. @wanted: by function index, whether the function or one below
 *	it is chosen.
 */
struct layout {
	const struct app *app;
	struct picture picture;
	bool *wanted, *chosen;
};

void picture_free(struct picture *picture)
{
	free(picture->nodes);
	free(picture->devices);
	*picture = (struct picture){ 0 };
}

static bool does_redirect(const struct p2p_function *function)
{
	return function->acs.kernel_fact == P2P_PRESENT &&
	       (function->acs.kernel_control & ACS_REDIRECTS);
}

static size_t add_node(struct layout *layout, const struct p2p_host_bridge *host,
		       const struct p2p_function *function, size_t parent, unsigned int depth)
{
	struct picture *picture = &layout->picture;
	size_t index = picture->count++;

	picture->nodes[index] = (struct picture_node){
		.function = function, .host = host, .parent = parent, .depth = depth,
		.first = picture->device_count,
		.redirects = function && does_redirect(function),
	};
	if (depth > picture->depth)
		picture->depth = depth;
	return index;
}

/* The depth of the tree, and so of the recursion, is limited by the number of buses. */
static void add_function(struct layout *layout, const struct p2p_function *function, size_t parent)
{
	struct picture *picture = &layout->picture;
	unsigned int depth = picture->nodes[parent].depth + 1;
	size_t index = add_node(layout, function->host, function, parent, depth);

	if (layout->chosen[function->index])
		picture->devices[picture->device_count++] = index;
	for (size_t i = 0; i < function->child_count; i++) {
		if (layout->wanted[function->children[i]->index])
			add_function(layout, function->children[i], index);
	}
	picture->nodes[index].last = picture->device_count - 1;
}

static void add_host(struct layout *layout, const struct p2p_host_bridge *host)
{
	const struct p2p_function *function;
	size_t index = layout->picture.count;
	bool any = false;

	for (size_t i = 0; (function = p2p_topology_function(layout->app->topology, i)); i++) {
		if (function->host != host || function->parent || !layout->wanted[function->index])
			continue;
		if (!any)
			add_node(layout, host, NULL, index, 0);
		any = true;
		add_function(layout, function, index);
	}
	if (any)
		layout->picture.nodes[index].last = layout->picture.device_count - 1;
}

static void choose(struct layout *layout)
{
	const struct app *app = layout->app;

	for (size_t i = 0; i < app->selected_count; i++) {
		const struct p2p_function *function = app->selected[i];

		if (!app->picked[i])
			continue;
		layout->chosen[function->index] = true;
		for (; function && !layout->wanted[function->index]; function = function->parent)
			layout->wanted[function->index] = true;
	}
}

static void mark_slow(struct picture *picture, const struct p2p_function *end)
{
	for (size_t i = 0; i < picture->count; i++)
		picture->nodes[i].slow |= picture->nodes[i].function == end;
}

/* Pairs of neighbours, in tree order, together cross every link between the devices. */
static void find_slow(const struct app *app, struct picture *picture)
{
	const struct p2p_function *slow[64];
	struct p2p_verdict verdict;

	for (size_t i = 1; i < picture->device_count; i++) {
		size_t count;

		p2p_eval_pair(app->eval, picture_device(picture, i - 1), picture_device(picture, i), &verdict);
		count = p2p_eval_degraded(app->eval, &verdict, slow, 64);
		for (size_t j = 0; j < count && j < 64; j++)
			mark_slow(picture, slow[j]);
	}
}

enum status picture_new(const struct app *app, struct picture *ret_picture)
{
	size_t functions = p2p_topology_count(app->topology), hosts = p2p_topology_host_bridges(app->topology);
	struct layout layout = {
		.app = app,
		.picture = { .nodes = calloc(functions + hosts + 1, sizeof(struct picture_node)),
			     .devices = calloc(functions + 1, sizeof(size_t)) },
		.wanted = calloc(functions + 1, sizeof(bool)), .chosen = calloc(functions + 1, sizeof(bool)),
	};
	bool full = layout.picture.nodes && layout.picture.devices && layout.wanted && layout.chosen;

	if (full) {
		choose(&layout);
		for (size_t i = 0; i < hosts; i++)
			add_host(&layout, p2p_topology_host_bridge(app->topology, i));
		find_slow(app, &layout.picture);
		*ret_picture = layout.picture;
	} else {
		picture_free(&layout.picture);
	}
	free(layout.wanted);
	free(layout.chosen);
	return full ? STATUS_DONE : fail_memory(app->failure);
}

enum status picture_print(const struct app *app,
			  void (*print)(const struct app *app, const struct picture *picture))
{
	struct picture picture;
	enum status status = picture_new(app, &picture);

	if (status)
		return status;
	print(app, &picture);
	picture_free(&picture);
	return STATUS_DONE;
}

const struct p2p_function *picture_device(const struct picture *picture, size_t index)
{
	return picture->nodes[picture->devices[index]].function;
}

enum p2p_delivery picture_delivery(const struct app *app, const struct picture *picture, size_t provider,
				   size_t client)
{
	struct p2p_verdict verdict;

	p2p_eval_pair(app->eval, picture_device(picture, provider), picture_device(picture, client), &verdict);
	return pair_delivery(&verdict);
}

const char *picture_link(const struct p2p_function *function, char text[WORDS_SIZE])
{
	const struct p2p_pcie *pcie = &function->pcie;

	if (pcie->link != P2P_PRESENT || !pcie->now.width || pcie->type == P2P_PORT_ROOT ||
	    pcie->type == P2P_PORT_DOWNSTREAM)
		return NULL;
	return words_link(pcie->now, text);
}

char *picture_label(const struct p2p_function *function, char *text, size_t size)
{
	char product[160], bdf[P2P_BDF_SIZE];
	bool named = strcmp(function->display, p2p_bdf_format(function->bdf, bdf)) != 0;

	words_product(function, product, sizeof(product));
	snprintf(text, size, "%s%s%s %s", named ? function->display : "", named ? " " : "", bdf, product);
	return text;
}

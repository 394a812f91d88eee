/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ends of pairs, filtered and sorted. */
#include <errno.h>
#include <stdlib.h>

#include "view/filter.h"
#include "view/rows.h"

static struct pair_order order_of(const struct machine *machine,
				  const struct p2p_function *provider,
				  const struct p2p_function *client)
{
	struct pair pair;

	pair_eval(machine->shown.eval, provider, client, &pair);
	return pair_order_of(&pair);
}

static int compare(const void *left, const void *right)
{
	const struct device *a = left, *b = right;
	int order = (int)b->itself - (int)a->itself;

	if (!order)
		order = pair_order_compare(&a->order, &b->order);
	return order ? order : p2p_bdf_compare(a->function->bdf, b->function->bdf);
}

static void sort(struct device_list *devices, const struct machine *machine, struct address by)
{
	const struct p2p_function *provider = machine_function(machine, by);

	if (!provider)
		return;
	for (size_t i = 0; i < devices->count; i++) {
		struct device *device = &devices->list[i];

		device->itself = device->function == provider;
		if (!device->itself)
			device->order = order_of(machine, provider, device->function);
	}
	if (devices->count)
		qsort(devices->list, devices->count, sizeof(*devices->list), compare);
}

/* Chooses the devices of a list, without @besides. Return: false if out of memory. */
static bool choose(struct device_list *devices, const struct app *app, const bool *picked,
		   unsigned int classes, const char *filter, const struct p2p_function *besides)
{
	devices->list = calloc(app->selected_count + 1, sizeof(*devices->list));
	for (size_t i = 0; devices->list && i < app->selected_count; i++) {
		const struct p2p_function *function = app->selected[i];

		if (function != besides && (!picked || picked[i]) &&
		    (!classes || classes >> function->kind & 1u) && filter_takes(filter, function))
			devices->list[devices->count++].function = function;
	}
	return devices->list;
}

int devices_build(struct devices *devices, const struct machine *machine,
		  const struct state *state)
{
	const struct app *app = &machine->shown;
	struct devices made = { 0 };

	if (!choose(&made.providers, app, app->picked, state->providers, state->filter, NULL) ||
	    !choose(&made.clients, app, NULL, state->clients, state->filter, NULL) ||
	    !choose(&made.peers, app, NULL, state->clients, state->filter,
		    machine_function(machine, state->provider))) {
		devices_free(&made);
		return -ENOMEM;
	}
	if (state->sorted & ON(PAGE_MATRIX)) {
		sort(&made.providers, machine, state->order);
		sort(&made.clients, machine, state->order);
	}
	if (state->sorted & ON(PAGE_PEERS))
		sort(&made.peers, machine, state->provider);
	devices_free(devices);
	*devices = made;
	return 0;
}

void devices_free(struct devices *devices)
{
	free(devices->providers.list);
	free(devices->clients.list);
	free(devices->peers.list);
	*devices = (struct devices){ 0 };
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ends of pairs, filtered and in their order. */
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

static void sort(struct device *list, size_t count, const struct machine *machine,
		 struct address by)
{
	const struct p2p_function *provider = machine_function(machine, by);

	if (!provider)
		return;
	for (size_t i = 0; i < count; i++) {
		list[i].itself = list[i].function == provider;
		if (!list[i].itself)
			list[i].order = order_of(machine, provider, list[i].function);
	}
	if (count)
		qsort(list, count, sizeof(*list), compare);
}

static size_t choose(struct device *list, const struct app *app, const bool *picked,
		     unsigned int classes, const char *filter)
{
	size_t count = 0;

	for (size_t i = 0; i < app->selected_count; i++) {
		const struct p2p_function *function = app->selected[i];

		if ((!picked || picked[i]) && (!classes || classes >> function->kind & 1u) &&
		    filter_takes(filter, function))
			list[count++].function = function;
	}
	return count;
}

static size_t leave_out(struct device *list, size_t count, const struct p2p_function *function)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (list[i].function != function)
			list[kept++] = list[i];
	return kept;
}

int devices_build(struct devices *devices, const struct machine *machine,
		  const struct state *state)
{
	const struct app *app = &machine->shown;
	size_t room = app->selected_count + 1;
	struct devices made = {
		.providers = calloc(room, sizeof(struct device)),
		.clients = calloc(room, sizeof(struct device)),
		.peers = calloc(room, sizeof(struct device)),
	};

	if (!made.providers || !made.clients || !made.peers) {
		devices_free(&made);
		return -ENOMEM;
	}
	made.provider_count = choose(made.providers, app, app->picked, state->providers,
				     state->filter);
	made.client_count = choose(made.clients, app, NULL, state->clients, state->filter);
	made.peer_count = choose(made.peers, app, NULL, state->clients, state->filter);
	made.peer_count = leave_out(made.peers, made.peer_count,
				    machine_function(machine, state->provider));
	if (state->sorted & ON(PAGE_MATRIX)) {
		sort(made.providers, made.provider_count, machine, state->order);
		sort(made.clients, made.client_count, machine, state->order);
	}
	if (state->sorted & ON(PAGE_PEERS))
		sort(made.peers, made.peer_count, machine, state->provider);
	devices_free(devices);
	*devices = made;
	return 0;
}

void devices_free(struct devices *devices)
{
	free(devices->providers);
	free(devices->clients);
	free(devices->peers);
	*devices = (struct devices){ 0 };
}

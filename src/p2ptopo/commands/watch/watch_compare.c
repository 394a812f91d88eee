/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two readings of one machine, side by side. */
#include <stdlib.h>
#include <string.h>

#include "commands/watch/watch.h"

/* What moves while a device stays: compared, and printed by watch_say_changed(). */
static bool has_other_driver(const struct p2p_function *old, const struct p2p_function *now)
{
	return strcmp(old->driver ? old->driver : "", now->driver ? now->driver : "") != 0;
}

/* A link that cannot be read has not changed. */
static bool has_other_link(const struct p2p_function *old, const struct p2p_function *now)
{
	if (old->pcie.link != P2P_PRESENT || now->pcie.link != P2P_PRESENT)
		return false;
	return old->pcie.now.speed_mtps != now->pcie.now.speed_mtps ||
	       old->pcie.now.width != now->pcie.now.width;
}

static bool has_other_name(const struct p2p_function *old, const struct p2p_function *now)
{
	return strcmp(old->display, now->display) != 0;
}

static const struct {
	const char *what;
	bool (*differs)(const struct p2p_function *old, const struct p2p_function *now);
} rows[] = {
	{ "driver", has_other_driver },
	{ "link", has_other_link },
	{ "name", has_other_name },
};

/*
 * What could not be read is no other device.  Of a bridge the subsystem is in a capability, which
 * may not be readable.
 */
static bool is_same_device(const struct p2p_function *old, const struct p2p_function *now)
{
	if (old->ids != P2P_PRESENT || now->ids != P2P_PRESENT || old->header != P2P_PRESENT ||
	    now->header != P2P_PRESENT)
		return true;
	return old->vendor == now->vendor && old->device == now->device &&
	       old->class_code == now->class_code && old->header_type == now->header_type &&
	       (old->header_type || (old->subsystem_vendor == now->subsystem_vendor &&
				     old->subsystem_device == now->subsystem_device));
}

/* Did it go in between, and is this another one at its address? */
static bool was_replaced(const struct watch_burst *burst, struct p2p_bdf bdf)
{
	for (size_t i = 0; i < burst->moved_count; i++)
		if (!p2p_bdf_compare(burst->moved[i].bdf, bdf))
			return burst->moved[i].removed;
	return false;
}

/* Where @function is in @state's selection; -1 it is not, or a filter leaves it out. */
static ptrdiff_t place_of(const struct watch_state *state, struct p2p_bdf bdf)
{
	const struct app *app = &state->app;
	size_t low = 0, high = app->selected_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = p2p_bdf_compare(app->selected[middle]->bdf, bdf);

		if (!order)
			return (ptrdiff_t)middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

static bool is_shown(const struct watch_state *state, const struct p2p_function *function)
{
	ptrdiff_t place;

	if (!app_has_filter(&state->app))
		return true;
	place = place_of(state, function->bdf);
	return place >= 0 && state->app.picked[place];
}

static void compare_function(const struct watch_state *state, const struct p2p_function *old,
			     const struct p2p_function *now)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].differs(old, now))
			watch_say_changed(state, rows[i].what, old, now);
}

/* Both topologies are in BDF order: walk them side by side. */
static void compare_functions(const struct watch_state *old, const struct watch_state *now,
			      const struct watch_burst *burst)
{
	size_t i = 0, j = 0;

	for (;;) {
		const struct p2p_function *left = p2p_topology_function(old->app.topology, i);
		const struct p2p_function *right = p2p_topology_function(now->app.topology, j);
		int order;

		if (!left && !right)
			return;
		order = !left ? 1 : !right ? -1 : p2p_bdf_compare(left->bdf, right->bdf);
		i += order <= 0;
		j += order >= 0;
		if (!order && is_same_device(left, right) && !was_replaced(burst, left->bdf)) {
			if (is_shown(now, right))
				compare_function(now, left, right);
			continue;
		}
		/* Its facts are of the older topology, its line of the newer generation. */
		if (order <= 0 && is_shown(old, left))
			watch_say_removed(now, left);
		if (order >= 0 && is_shown(now, right))
			watch_say_added(now, right);
	}
}

/* What came and went before anybody could look at it. */
static void tell_passed(const struct watch_state *old, const struct watch_state *now,
			const struct watch_burst *burst)
{
	for (size_t i = 0; i < burst->moved_count; i++) {
		const struct watch_moved *moved = &burst->moved[i];

		if (moved->added && moved->removed && !app_has_filter(&now->app) &&
		    !p2p_topology_find(old->app.topology, moved->bdf) &&
		    !p2p_topology_find(now->app.topology, moved->bdf))
			watch_say_passed(now, moved->bdf);
	}
}

/* The places of one selection in another, -1 where they are not. */
static ptrdiff_t *map_places(const struct watch_state *from, const struct watch_state *to)
{
	ptrdiff_t *places = calloc(from->app.selected_count + 1, sizeof(*places));

	for (size_t i = 0; places && i < from->app.selected_count; i++)
		places[i] = place_of(to, from->app.selected[i]->bdf);
	return places;
}

struct counts {
	size_t by_types[WATCH_TYPES][WATCH_TYPES];
	size_t changed;		/* of pairs that were there before and are now */
};

static unsigned int type_at(const struct watch_state *state, ptrdiff_t provider, ptrdiff_t client)
{
	if (provider < 0 || client < 0)
		return WATCH_NO_PAIR;
	return state->types[(size_t)provider * state->app.selected_count + (size_t)client];
}

/* Each pair of @state that is to be shown, with its type in @other at @places. */
static void count_changes(const struct watch_state *state, const struct watch_state *other,
			  const ptrdiff_t *places, bool forward, struct counts *counts)
{
	size_t n = state->app.selected_count;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			unsigned int here = type_at(state, (ptrdiff_t)i, (ptrdiff_t)j);
			unsigned int there = type_at(other, places[i], places[j]);

			if (here == there || !app_shows(&state->app, i, j))
				continue;
			if (there != WATCH_NO_PAIR) {
				if (!forward)
					continue;	/* counted from the other side */
				counts->changed++;
			}
			counts->by_types[forward ? there : here][forward ? here : there]++;
		}
	}
}

static void tell_each(const struct watch_state *old, const struct watch_state *now,
		      const ptrdiff_t *places)
{
	size_t n = now->app.selected_count;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			unsigned int to = type_at(now, (ptrdiff_t)i, (ptrdiff_t)j);
			unsigned int from = type_at(old, places[i], places[j]);

			if (from != to && from != WATCH_NO_PAIR && app_shows(&now->app, i, j))
				watch_say_verdict(now, now->app.selected[i], now->app.selected[j],
						  from, to);
		}
	}
}

/* Pairs that came or went with a device are told by counts, others one by one if they are few. */
static void tell_counts(const struct watch_state *now, const struct counts *counts)
{
	for (unsigned int from = 0; from < WATCH_TYPES; from++) {
		for (unsigned int to = 0; to < WATCH_TYPES; to++) {
			bool moved = from == WATCH_NO_PAIR || to == WATCH_NO_PAIR;
			size_t count = counts->by_types[from][to];

			if (count && (moved || counts->changed > WATCH_VERDICTS))
				watch_say_verdicts(now, count, from, to);
		}
	}
}

static void compare_pairs(const struct watch_state *old, const struct watch_state *now)
{
	ptrdiff_t *before = map_places(now, old), *after = map_places(old, now);
	struct counts counts = { 0 };

	if (before && after) {
		count_changes(now, old, before, true, &counts);
		count_changes(old, now, after, false, &counts);
		if (counts.changed <= WATCH_VERDICTS)
			tell_each(old, now, before);
		tell_counts(now, &counts);
	}
	free(before);
	free(after);
}

void watch_compare(const struct watch_state *old, const struct watch_state *now,
		   const struct watch_burst *burst)
{
	if (burst->lost)
		watch_say_lost(now);
	compare_functions(old, now, burst);
	tell_passed(old, now, burst);
	compare_pairs(old, now);
	if (burst->gate)
		watch_say_gate(now);
}

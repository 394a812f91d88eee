/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares two readings of one machine. */
#include <stdlib.h>

#include "commands/watch/watch.h"
#include "machine/compare.h"

/* The index of the function at @bdf in the selection of @state; -1 if it is not in it, or if a filter leaves it out. */
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

/* Both readings, for tell_function(). */
struct readings {
	const struct watch_state *old, *now;
};

/* The facts of a removed function come from the older topology, but its line has the newer generation. */
static void tell_function(void *data, const struct p2p_function *old,
			  const struct p2p_function *now)
{
	const struct readings *readings = data;

	if (!now && is_shown(readings->old, old))
		watch_say_removed(readings->now, old);
	if (!now || !is_shown(readings->now, now))
		return;
	if (!old)
		watch_say_added(readings->now, now);
	for (const struct compared *row = compare_rows; old && row->key; row++)
		if (row->event && p2p_fact_differs(row->key, old, now))
			watch_say_changed(readings->now, row->event, old, now);
}

/* Reports functions that came and went before they could be read. */
static void tell_passed(const struct watch_state *old, const struct watch_state *now,
			const struct follow_news *news)
{
	for (size_t i = 0; i < news->moved_count; i++) {
		const struct follow_moved *moved = &news->moved[i];

		if (moved->added && moved->removed && !app_has_filter(&now->app) &&
		    !p2p_topology_find(old->app.topology, moved->bdf) &&
		    !p2p_topology_find(now->app.topology, moved->bdf))
			watch_say_passed(now, moved->bdf);
	}
}

/* Maps the indexes of one selection to those of another; -1 for functions that are not in it. */
static ptrdiff_t *map_places(const struct watch_state *from, const struct watch_state *to)
{
	ptrdiff_t *places = calloc(from->app.selected_count + 1, sizeof(*places));

	for (size_t i = 0; places && i < from->app.selected_count; i++)
		places[i] = place_of(to, from->app.selected[i]->bdf);
	return places;
}

struct counts {
	size_t by_types[WATCH_TYPES][WATCH_TYPES];
	size_t changed;		/* pairs that exist in both readings */
};

static unsigned int type_at(const struct watch_state *state, ptrdiff_t provider, ptrdiff_t client)
{
	if (provider < 0 || client < 0)
		return WATCH_NO_PAIR;
	return state->types[(size_t)provider * state->app.selected_count + (size_t)client];
}

/* Counts each pair of @state that is to be shown, with its type in @other, where @places maps the indexes. */
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

/* Pairs that came or went with a device are counted; others are listed one by one if they are few. */
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

/* What the drivers did before, and do now, with the pair at @index of @now. Return: false if it was not there before. */
static bool find_ways(const struct watch_state *old, const struct watch_state *now,
		      const ptrdiff_t *places, size_t index, struct watch_way ret_ways[2])
{
	size_t n = now->app.selected_count, i = index / n, j = index % n;

	if (places[i] < 0 || places[j] < 0 || !app_shows(&now->app, i, j))
		return false;
	ret_ways[0] = old->ways[(size_t)places[i] * old->app.selected_count + (size_t)places[j]];
	ret_ways[1] = now->ways[index];
	return ret_ways[0].way != ret_ways[1].way || ret_ways[0].delivery != ret_ways[1].delivery;
}

/*
 * A driver, a module option or the domain of an IOMMU group changes what the drivers do, but often not the
 * kernel's verdict.
 */
static void compare_ways(const struct watch_state *old, const struct watch_state *now,
			 const ptrdiff_t *places)
{
	size_t n = now->app.selected_count, changed = 0;
	size_t counts[P2P_DELIVERIES][P2P_DELIVERIES] = { 0 };
	struct watch_way ways[2];

	for (size_t i = 0; i < n * n; i++) {
		if (!find_ways(old, now, places, i, ways))
			continue;
		changed++;
		counts[ways[0].delivery][ways[1].delivery]++;
	}
	for (size_t i = 0; changed <= WATCH_VERDICTS && i < n * n; i++)
		if (find_ways(old, now, places, i, ways))
			watch_say_way(now, now->app.selected[i / n], now->app.selected[i % n], ways[0],
				      ways[1]);
	for (size_t i = 0; changed > WATCH_VERDICTS && i < (size_t)P2P_DELIVERIES * P2P_DELIVERIES; i++)
		if (counts[i / P2P_DELIVERIES][i % P2P_DELIVERIES])
			watch_say_ways(now, counts[i / P2P_DELIVERIES][i % P2P_DELIVERIES],
				       (enum p2p_delivery)(i / P2P_DELIVERIES),
				       (enum p2p_delivery)(i % P2P_DELIVERIES));
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
		compare_ways(old, now, before);
	}
	free(before);
	free(after);
}

void watch_compare(const struct watch_state *old, const struct watch_state *now,
		   const struct follow_news *news)
{
	struct readings readings = { old, now };

	if (news->lost)
		watch_say_lost(now);
	compare_functions(old->app.topology, now->app.topology, news, tell_function, &readings);
	tell_passed(old, now, news);
	compare_pairs(old, now);
	if (news->gate)
		watch_say_gate(now);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recognizes functions on the other side.  The passes go from the strongest evidence to the weakest;
 * each sorts the functions that are left on both sides by a key, and joins those with equal keys in
 * their order, so that the same two machines always give the same matches.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/diff/diff.h"
#include "policy/place.h"

/** struct entry - a function not matched yet, and its place ("" not known). */
struct entry {
	const struct p2p_function *function;
	const char *place;
};

typedef int compare_fn(const struct entry *a, const struct entry *b);

/*
 * False for the pseudonym that a capture has in place of a serial number (snapshot/capture/pseudonym.c),
 * since two captures choose different ones.
 */
static bool has_serial(const struct p2p_function *function)
{
	uint64_t serial = (uint64_t)function->serial.value;

	return function->serial.fact == P2P_PRESENT && serial && serial != UINT64_MAX &&
	       serial >> 32 != 0x02000000;
}

/* By model; a function with unknown ids equals none with known ids. */
static int compare_ids(const struct entry *a, const struct entry *b)
{
	const struct p2p_function *x = a->function, *y = b->function;
	int r = p2p_diff_order(x->ids, y->ids);

	r = r ? r : p2p_diff_order((uint64_t)x->vendor << 16 | x->device,
			  (uint64_t)y->vendor << 16 | y->device);
	r = r ? r : p2p_diff_order((uint64_t)x->subsystem_vendor << 16 | x->subsystem_device,
			  (uint64_t)y->subsystem_vendor << 16 | y->subsystem_device);
	return r ? r : p2p_diff_order(x->class_code, y->class_code);
}

/* By serial number, then ids and function number: functions of a device, and ports of a switch, share one. */
static int compare_serials(const struct entry *a, const struct entry *b)
{
	const struct p2p_function *x = a->function, *y = b->function;
	int r = p2p_diff_order((uint64_t)x->serial.value, (uint64_t)y->serial.value);

	r = r ? r : compare_ids(a, b);
	return r ? r : p2p_diff_order(x->bdf.devfn & 7, y->bdf.devfn & 7);
}

static int compare_places(const struct entry *a, const struct entry *b)
{
	int r = strcmp(a->place, b->place);

	return r ? r : compare_ids(a, b);
}

static int compare_addresses(const struct entry *a, const struct entry *b)
{
	int r = p2p_bdf_compare(a->function->bdf, b->function->bdf);

	return r ? r : compare_ids(a, b);
}

static int compare_slots(const struct entry *a, const struct entry *b)
{
	int r = strcmp(a->function->slot, b->function->slot);

	r = r ? r : p2p_diff_order(a->function->bdf.devfn & 7, b->function->bdf.devfn & 7);
	return r ? r : compare_ids(a, b);
}

static bool by_serial(const struct entry *entry)
{
	return has_serial(entry->function);
}

static bool by_place(const struct entry *entry)
{
	return *entry->place;
}

static bool by_slot(const struct entry *entry)
{
	return entry->function->slot;
}

static bool by_ids(const struct entry *entry)
{
	return entry->function->ids == P2P_PRESENT;
}

/* @can: does the function have this evidence at all?  NULL: every one has. */
static const struct {
	const char *evidence;
	bool (*can)(const struct entry *entry);
	compare_fn *compare;
} passes[] = {
	{ "serial", by_serial, compare_serials },
	{ "place", by_place, compare_places },
	{ "address", NULL, compare_addresses },
	{ "slot", by_slot, compare_slots },
	{ "ids", by_ids, compare_ids },
};

/* The first pass for two nodes of the same kind. */
#define AFTER_SERIAL 1

/* For qsort_r(): @compare points to the key's function; ties are broken by place and address. */
static int compare_entries(const void *a, const void *b, void *compare)
{
	compare_fn *const *key = compare;
	const struct entry *x = a, *y = b;
	int r = (*key)(x, y);

	r = r ? r : strcmp(x->place, y->place);
	return r ? r : p2p_bdf_compare(x->function->bdf, y->function->bdf);
}

static size_t gather(const struct p2p_diff_side *side, size_t pass, struct entry *entries)
{
	compare_fn *compare = passes[pass].compare;
	size_t count = 0;

	for (size_t i = 0; i < side->count; i++) {
		const struct p2p_function *function = p2p_topology_function(side->topology, i);
		struct entry entry = { function, side->places[i] };

		if (!side->partner[i] && (!passes[pass].can || passes[pass].can(&entry)))
			entries[count++] = entry;
	}
	qsort_r(entries, count, sizeof(*entries), compare_entries, &compare);
	return count;
}

/* Different serial numbers mean different devices, whatever else agrees. */
static bool contradicts(const struct p2p_function *was, const struct p2p_function *is)
{
	return has_serial(was) && has_serial(is) && was->serial.value != is->serial.value;
}

static void join(struct p2p_diff *diff, size_t pass, const struct entry *old, size_t old_count,
		 const struct entry *new, size_t new_count)
{
	for (size_t i = 0, j = 0; i < old_count && j < new_count;) {
		const struct p2p_function *was = old[i].function, *is = new[j].function;
		int r = passes[pass].compare(&old[i], &new[j]);

		i += r <= 0;
		j += r >= 0;
		if (r || (!diff->nodes && contradicts(was, is)))
			continue;
		diff->before.partner[was->index] = is;
		diff->after.partner[is->index] = was;
		diff->evidence[was->index] = passes[pass].evidence;
	}
}

static int find_places(struct p2p_diff *diff, struct p2p_diff_side *side)
{
	side->places = p2p_places_new(&diff->arena, side->topology);
	side->partner = p2p_arena_alloc(&diff->arena,
					(side->count + 1) * sizeof(struct p2p_function *));
	return side->places && side->partner ? 0 : -ENOMEM;
}

int p2p_diff_match(struct p2p_diff *diff)
{
	struct entry *old = calloc(diff->before.count + 1, sizeof(*old));
	struct entry *new = calloc(diff->after.count + 1, sizeof(*new));
	int r = old && new ? find_places(diff, &diff->before) : -ENOMEM;

	if (!r)
		r = find_places(diff, &diff->after);
	if (!r) {
		diff->evidence = p2p_arena_alloc(&diff->arena,
						 (diff->before.count + 1) * sizeof(char *));
		r = diff->evidence ? 0 : -ENOMEM;
	}
	for (size_t pass = diff->nodes ? AFTER_SERIAL : 0; pass < P2P_LENGTH(passes) && !r; pass++)
		join(diff, pass, old, gather(&diff->before, pass, old), new,
		     gather(&diff->after, pass, new));
	free(old);
	free(new);
	return r;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The topology as an object: its memory, the steps that build it, and how it is read. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "topology/build.h"

static void *allocate(struct p2p_topology *topology, struct p2p_arena *arena, size_t count,
		      size_t size)
{
	void *piece = count > SIZE_MAX / size ? NULL : p2p_arena_alloc(arena, count * size);

	if (!piece)
		topology->no_memory = true;
	return piece;
}

void *p2p_keep(struct p2p_topology *topology, size_t count, size_t size)
{
	return allocate(topology, &topology->arena, count, size);
}

void *p2p_scratch(struct p2p_topology *topology, size_t count, size_t size)
{
	return allocate(topology, &topology->scratch, count, size);
}

char *p2p_keep_text(struct p2p_topology *topology, const char *text, size_t length)
{
	size_t size = strnlen(text, length);
	char *copy = p2p_keep(topology, size + 1, 1);

	if (copy)
		memcpy(copy, text, size);
	return copy;
}

char *p2p_keep_format(struct p2p_topology *topology, const char *format, ...)
{
	char *text = NULL, *copy = NULL;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length >= 0) {
		copy = p2p_keep_text(topology, text, (size_t)length);
		free(text);
	} else {
		topology->no_memory = true;
	}
	return copy;
}

static void decode(struct p2p_topology *topology)
{
	size_t i;

	for (i = 0; i < topology->count; i++) {
		const struct p2p_raw *raw = topology->builds[i].raw;

		if (!raw)
			continue;
		p2p_header_decode(&topology->functions[i], raw);
		p2p_caps_decode(&topology->functions[i], &raw->config);
	}
}

static void inherit(struct p2p_topology *topology)
{
	size_t i;

	for (i = 0; i < topology->count; i++)
		if (topology->functions[i].physfn)
			p2p_caps_inherit(&topology->functions[i], topology->functions[i].physfn);
}

static int build(struct p2p_topology *topology, const struct p2p_topology_options *options)
{
	int error = p2p_tree_functions(topology);

	if (error)
		return error;
	decode(topology);
	error = p2p_tree_link(topology);
	if (error)
		return error;
	inherit(topology);
	p2p_bars_build(topology);
	p2p_locality_build(topology);
	p2p_machine_build(topology);
	if (options->hwloc)
		p2p_hwloc_build(topology);
	p2p_hosts_locate(topology);
	if (options->names)
		error = p2p_names_build(topology, options->pci_ids);
	if (error)
		return error;
	p2p_display_build(topology);
	p2p_switches_build(topology);
	p2p_notes_build(topology);
	return topology->no_memory ? -ENOMEM : 0;
}

int p2p_topology_new(struct p2p_context *context, const struct p2p_snapshot *snapshot,
		     const struct p2p_topology_options *options,
		     struct p2p_topology **ret_topology)
{
	static const struct p2p_topology_options none;
	struct p2p_topology *topology = calloc(1, sizeof(*topology));
	int error = -ENOMEM;

	if (topology) {
		topology->snapshot = snapshot;
		topology->context = context;
		error = build(topology, options ? options : &none);
		p2p_arena_free(&topology->scratch);
		topology->builds = NULL;
		topology->context = NULL;
	}
	if (error) {
		p2p_topology_free(topology);
		return error == -ENOMEM ? p2p_error(context, error, "out of memory") : error;
	}
	*ret_topology = topology;
	return 0;
}

struct p2p_topology *p2p_topology_free(struct p2p_topology *topology)
{
	if (topology) {
		p2p_arena_free(&topology->scratch);
		p2p_arena_free(&topology->arena);
		free(topology->notes);
		free(topology);
	}
	return NULL;
}

const struct p2p_machine *p2p_topology_machine(const struct p2p_topology *topology)
{
	return &topology->machine;
}

size_t p2p_topology_count(const struct p2p_topology *topology)
{
	return topology->count;
}

const struct p2p_function *p2p_topology_function(const struct p2p_topology *topology, size_t index)
{
	return index < topology->count ? &topology->functions[index] : NULL;
}

const struct p2p_function *p2p_topology_find(const struct p2p_topology *topology,
					     struct p2p_bdf bdf)
{
	return p2p_tree_find(topology, bdf);
}

size_t p2p_topology_host_bridges(const struct p2p_topology *topology)
{
	return topology->host_count;
}

const struct p2p_host_bridge *p2p_topology_host_bridge(const struct p2p_topology *topology,
						       size_t index)
{
	return index < topology->host_count ? &topology->hosts[index] : NULL;
}

const struct p2p_note *p2p_topology_note(const struct p2p_topology *topology, size_t index)
{
	return index < topology->note_count ? &topology->notes[index] : NULL;
}

void p2p_note_add(struct p2p_topology *topology, const struct p2p_function *function,
		  const char *text)
{
	if (!text)
		return;
	if (topology->note_count == topology->note_room) {
		size_t room = topology->note_room ? 2 * topology->note_room : 16;
		struct p2p_note *notes = reallocarray(topology->notes, room, sizeof(*notes));

		if (!notes) {
			topology->no_memory = true;
			return;
		}
		topology->notes = notes;
		topology->note_room = room;
	}
	topology->notes[topology->note_count++] = (struct p2p_note){ function, text };
}

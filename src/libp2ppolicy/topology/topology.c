/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The topology object: its memory, the steps that build it, and its accessors. */
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

/*
 * How many bytes the character at @text takes; 0 if it is not printable UTF-8: a control (U+0000 to U+001F,
 * U+007F to U+009F), a surrogate, an overlong form, or truncated.
 */
static size_t printable(const unsigned char *text, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
	size_t size = *text < 0xc0 ? 1 : *text < 0xe0 ? 2 : *text < 0xf0 ? 3 : 4;
	uint32_t code = *text & (0xffu >> (size + 1));

	if (size == 1)
		return *text >= 0x20 && *text < 0x7f;
	if (*text >= 0xf8 || size > left)
		return 0;
	for (size_t i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3fu);
	}
	return code >= least[size] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? size : 0;
}

/* Names may come from untrusted captures: they must not control a terminal or break a document. */
char *p2p_keep_text(struct p2p_topology *topology, const char *text, size_t length)
{
	size_t left = strnlen(text, length), size;
	char *copy = p2p_keep(topology, left + 1, 1), *end = copy;

	for (; copy && left; left -= size, text += size) {
		size = printable((const unsigned char *)text, left);
		if (size)
			end = mempcpy(end, text, size);
		else
			*end++ = '?';
		size += !size;
	}
	return copy;
}

static void decode(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		const struct p2p_raw *raw = topology->builds[i].raw;

		if (!raw)
			continue;
		p2p_header_decode(&topology->functions[i], raw);
		p2p_caps_decode(&topology->functions[i], &raw->config);
	}
}

static void inherit(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++)
		if (topology->functions[i].physfn)
			p2p_caps_inherit(&topology->functions[i], topology->functions[i].physfn);
}

static int build(struct p2p_topology *topology, const struct p2p_topology_options *options)
{
	struct json_object *report = p2p_snapshot_report(topology->snapshot);
	int error = report ? p2p_report_build(topology, report) : p2p_tree_functions(topology);

	if (report && !error)
		p2p_locality_check(topology);
	if (error || report)
		return error;
	decode(topology);
	error = p2p_tree_link(topology);
	if (error)
		return error;
	p2p_order_build(topology);
	p2p_list_build(topology);
	p2p_chipset_build(topology);
	inherit(topology);
	p2p_link_build(topology);
	p2p_bars_build(topology);
	p2p_locality_build(topology);
	p2p_machine_build(topology);
	p2p_stack_build(topology);
	p2p_peers_build(topology);
	if (options->hwloc)
		p2p_hwloc_build(topology);
	p2p_locality_check(topology);
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

void p2p_note(struct p2p_topology *topology, const struct p2p_function *function,
	      const char *format, ...)
{
	struct p2p_note *note = p2p_more(topology->notes, topology->note_count);
	char *text = NULL;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (note && length >= 0) {
		note->function = function;
		note->text = p2p_keep_text(topology, text, (size_t)length);
		topology->note_count += note->text != NULL;
	} else {
		topology->no_memory = true;
	}
	free(length < 0 ? NULL : text);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole captured tree: lines of text for paths and attributes, and config space in between.
 * "F address path" starts a function, "C hex" sets its next dword of config space, "A n text"
 * attribute n, "M path=text" a file of the machine; a "|" in a text is a newline.  The kernel command line is one of these, and what
 * is wrong with it is found as well.
 */
#include <string.h>

#include <p2ppolicy/all.h>

#include "fuzz.h"
#include "snapshot/inside.h"

struct input {
	struct p2p_snapshot *snapshot;
	struct p2p_raw *raw;
	uint8_t bytes[4096];
	unsigned int next;
};

static bool fetch(void *data, unsigned int offset, unsigned int length, uint8_t *ret_bytes)
{
	const struct input *input = data;

	if (offset + length > sizeof(input->bytes))
		return false;
	memcpy(ret_bytes, input->bytes + offset, length);
	return true;
}

static void end_function(struct input *input)
{
	struct p2p_config_source source = {
		.size = input->next, .fetch = fetch, .data = input, .all = true,
		.virtual_function = P2P_UNKNOWN,
	};

	if (input->raw)
		CHECK(p2p_config_load(&input->snapshot->arena, &source, &input->raw->config) == 0);
	memset(input->bytes, 0, sizeof(input->bytes));
	input->next = 0;
	input->raw = NULL;
}

static bool has(const struct p2p_snapshot *snapshot, struct p2p_bdf bdf)
{
	size_t i;

	for (i = 0; i < snapshot->count; i++)
		if (!p2p_bdf_compare(snapshot->raws[i].bdf, bdf))
			return true;
	return false;
}

static void start_function(struct input *input, char *text)
{
	const char *address = strsep(&text, " ");
	struct p2p_bdf bdf;

	end_function(input);
	if (p2p_bdf_parse(address, &bdf) || has(input->snapshot, bdf))
		return;
	input->raw = p2p_snapshot_add(input->snapshot, bdf);
	CHECK(input->raw);
	input->raw->path = text ? p2p_arena_string(&input->snapshot->arena, text) : NULL;
}

/* "4000.3c": at dword 0x3c, or just the value of the next one. */
static void put_dword(struct input *input, char *text)
{
	uint32_t value = (uint32_t)strtoul(text, &text, 16);

	if (*text == '.')
		input->next = (unsigned int)strtoul(text + 1, NULL, 16) % 4096 & ~3u;
	if (input->next + 4 > sizeof(input->bytes))
		return;
	memcpy(input->bytes + input->next, &value, sizeof(value));
	input->next += 4;
}

static struct p2p_file file_of(struct input *input, const char *text)
{
	char *copy = p2p_arena_string(&input->snapshot->arena, text), *c;

	CHECK(copy);
	for (c = copy; (c = strchr(c, '|')); )
		*c = '\n';
	return (struct p2p_file){ P2P_PRESENT, strlen(copy), copy };
}

static void take_line(struct input *input, char *line)
{
	char *text = line[0] && line[1] == ' ' ? line + 2 : NULL;
	struct p2p_entry *entry;
	const char *path;

	if (!text)
		return;
	if (line[0] == 'F') {
		start_function(input, text);
	} else if (line[0] == 'C') {
		put_dword(input, text);
	} else if (line[0] == 'A' && input->raw) {
		unsigned long attr = strtoul(text, &text, 10);

		if (attr < P2P_ATTRS)
			input->raw->attr[attr] = file_of(input, text + (*text == ' '));
	} else if (line[0] == 'M') {
		path = strsep(&text, "=");
		entry = p2p_snapshot_add_entry(input->snapshot, path);
		CHECK(entry);
		entry->file = file_of(input, text ? text : "");
	}
}

/* The tree holds together whatever it was made of. */
static void check(const struct p2p_topology *topology)
{
	const struct p2p_function *function;
	size_t i, below = 0, roots = 0, virtual_functions = 0;

	for (i = 0; (function = p2p_topology_function(topology, i)); i++) {
		const struct p2p_function *up;
		unsigned int depth = 0;

		CHECK(function->index == i && function->host && function->display);
		for (up = function; up && depth <= p2p_topology_count(topology); up = up->parent)
			depth++;
		CHECK(function->depth == depth && depth <= p2p_topology_count(topology));
		CHECK(p2p_topology_find(topology, function->bdf) == function);
		below += function->child_count;
		virtual_functions += function->physfn && !function->parent;
	}
	CHECK(i == p2p_topology_count(topology));
	for (i = 0; i < p2p_topology_host_bridges(topology); i++)
		roots += p2p_topology_host_bridge(topology, i)->roots;
	CHECK(below + roots <= p2p_topology_count(topology));
	CHECK(below + roots + virtual_functions >= p2p_topology_count(topology));
}

static void check_cmdline(struct p2p_context *context, const struct p2p_topology *topology)
{
	struct p2p_cmdline *cmdline;
	struct p2p_passthrough words;
	const struct p2p_lint *lint;
	const char *pci;
	char *line;

	CHECK(p2p_cmdline_new(context, topology, "6.18", &cmdline) == 0);
	for (size_t i = 0; (lint = p2p_cmdline_lint(cmdline, i)); i++)
		CHECK(lint->kind < P2P_LINTS && lint->word && *lint->text);
	for (size_t i = 0; (pci = p2p_cmdline_pci(cmdline, i)); i++) {
		CHECK(p2p_loader_line(cmdline, p2p_cmdline_loader(cmdline), pci, &line) == 0 && line);
		free(line);
	}
	CHECK(p2p_cmdline_passthrough(cmdline, &words) == 0 && words.word && words.line);
	p2p_cmdline_free(cmdline);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input *input = calloc(1, sizeof(*input));
	char *text = strndup((const char *)data, size), *rest = text, *line;
	struct p2p_topology *topology;
	struct p2p_context *context;

	CHECK(input && text && p2p_context_new(&context) == 0);
	input->snapshot = calloc(1, sizeof(*input->snapshot));
	CHECK(input->snapshot);
	input->snapshot->source = P2P_SOURCE_TREE;
	while ((line = strsep(&rest, "\n")))
		take_line(input, line);
	end_function(input);
	CHECK(!p2p_snapshot_sort(input->snapshot));
	p2p_snapshot_sort_entries(input->snapshot);
	CHECK(p2p_topology_new(context, input->snapshot, NULL, &topology) == 0);
	check(topology);
	check_cmdline(context, topology);
	p2p_topology_free(topology);
	p2p_snapshot_free(input->snapshot);
	p2p_context_free(context);
	free(text);
	free(input);
	return 0;
}

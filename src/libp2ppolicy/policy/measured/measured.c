/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Figures from any number of texts, and the table of the tools that print them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/measured/reading.h"
#include "snapshot/tree/archive.h"

/* The log of an NCCL run on many machines is a few MiB. */
#define MOST_TEXT	((size_t)64 << 20)

static const struct {
	struct p2p_tool tool;
	void (*read)(struct p2p_reading *reading);
} tools[] = {
#define TOOL(symbol, name, vendor, prints) { { name, vendor, prints }, p2p_read_##symbol },
#include <p2ppolicy/tables/measured.def>
#undef TOOL
};

#define TOOLS P2P_LENGTH(tools)

static const char *const findings[P2P_COMPARED_ALL] = {
	[P2P_COMPARED_UNKNOWN] = "unknown",
	[P2P_COMPARED_EXPECTED] = "expected",
	[P2P_COMPARED_HALF] = "half",
	[P2P_COMPARED_STAGED] = "staged",
	[P2P_COMPARED_DEVICE] = "device",
	[P2P_COMPARED_LOW] = "low",
	[P2P_COMPARED_MORE] = "more",
	[P2P_COMPARED_OFF] = "off",
	[P2P_COMPARED_DIFFERS] = "differs",
};

static const char *const kinds[P2P_FIGURES] = {
	[P2P_FIGURE_SPEED] = "speed",
	[P2P_FIGURE_LATENCY] = "latency",
	[P2P_FIGURE_RELATION] = "relation",
	[P2P_FIGURE_ACCESS] = "access",
};

const struct p2p_tool *p2p_tool_at(size_t index)
{
	return index < TOOLS ? &tools[index].tool : NULL;
}

const char *p2p_compared_name(enum p2p_compared finding)
{
	return findings[finding];
}

const char *p2p_figure_kind_name(enum p2p_figure_kind kind)
{
	return kinds[kind];
}

int p2p_measured_new(struct p2p_context *context, struct p2p_measured **ret_measured)
{
	struct p2p_measured *measured = calloc(1, sizeof(*measured));

	if (!measured)
		return p2p_error(context, -ENOMEM, "out of memory");
	measured->context = context;
	*ret_measured = measured;
	return 0;
}

struct p2p_measured *p2p_measured_free(struct p2p_measured *measured)
{
	if (measured) {
		p2p_arena_free(&measured->arena);
		free(measured->figures);
		free(measured->listed);
		free(measured);
	}
	return NULL;
}

static bool is_one_device(const struct p2p_figure *figure)
{
	const struct p2p_end *a = &figure->client, *b = &figure->provider;

	return a->named == P2P_NAMED_BY_INDEX && b->named == P2P_NAMED_BY_INDEX &&
	       a->kind == b->kind && a->index == b->index;
}

int p2p_measured_append(struct p2p_measured *measured, const struct p2p_figure *figure)
{
	struct p2p_figure *place = p2p_more(measured->figures, measured->count);

	if (!place)
		return -ENOMEM;
	*place = *figure;
	measured->count++;
	return 0;
}

void p2p_reading_add(struct p2p_reading *reading, size_t line, const struct p2p_figure *figure)
{
	struct p2p_figure whole = *figure;

	if (reading->error || is_one_device(figure))
		return;
	if (reading->measured->count >= P2P_MOST_FIGURES) {
		reading->error = -E2BIG;
		return;
	}
	whole.tool = reading->tool;
	whole.file = reading->file;
	whole.line = (unsigned int)line + 1;
	if (!whole.label)
		whole.label = "";
	reading->error = p2p_measured_append(reading->measured, &whole);
}

void p2p_reading_list(struct p2p_reading *reading, unsigned int index, const struct p2p_end *end)
{
	struct p2p_measured *measured = reading->measured;
	struct p2p_listed *place;

	if (reading->error || measured->listed_count >= P2P_MOST_FIGURES)
		return;
	place = p2p_more(measured->listed, measured->listed_count);
	if (!place) {
		reading->error = -ENOMEM;
		return;
	}
	*place = (struct p2p_listed){ reading->tool, reading->file, *end, index };
	measured->listed_count++;
}

/* The sentence lists the tools: "nvbandwidth, ... and gdscheck". */
static int refuse(struct p2p_context *context, const char *name)
{
	char list[512];
	size_t used = 0;

	for (size_t i = 0; i < TOOLS && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", !used ? "" :
					 i + 1 < TOOLS ? ", " : " and ", tools[i].tool.name);
	return p2p_error(context, -EBADMSG, "%s: it has no pair that a known tool measured or "
			 "labelled; known tools are %s", name, list);
}

static int read_all(struct p2p_reading *reading, char *ret_note)
{
	struct p2p_context *context = reading->measured->context;
	size_t before = reading->measured->count;

	for (size_t i = 0; i < TOOLS && !reading->error; i++) {
		reading->tool = &tools[i].tool;
		tools[i].read(reading);
	}
	if (reading->error)
		return reading->error == -E2BIG ?
		       p2p_error(context, -EBADMSG, "%s: more figures than any machine gives",
				 reading->file) :
		       p2p_error(context, reading->error, "out of memory");
	if (reading->skipped && reading->measured->count == before)
		return p2p_error(context, -EBADMSG, "%s:%zu: %s", reading->file,
				 reading->skipped_line, reading->skipped_why);
	if (reading->measured->count == before)
		return refuse(context, reading->file);
	*ret_note = '\0';
	if (reading->skipped)
		snprintf(ret_note, P2P_WAY_TEXT, "%.200s:%zu: left out: %s%s", reading->file,
			 reading->skipped_line, reading->skipped_why,
			 reading->skipped > 1 ? "; so were others below" : "");
	return 0;
}

static int refuse_large(const struct p2p_measured *measured, const char *name)
{
	return p2p_error(measured->context, -EBADMSG, "%s: larger than %zu MiB", name, MOST_TEXT >> 20);
}

int p2p_measured_read(struct p2p_measured *measured, const char *name, const char *text,
		      size_t size, char *ret_note)
{
	struct p2p_reading reading = { .measured = measured };
	int r;

	reading.file = p2p_arena_string(&measured->arena, name);
	if (size > MOST_TEXT)
		return refuse_large(measured, name);
	r = reading.file ? p2p_reading_open(&reading, text, size) : -ENOMEM;
	if (r)
		r = p2p_error(measured->context, r, "out of memory");
	else
		r = read_all(&reading, ret_note);
	p2p_reading_close(&reading);
	return r;
}

/* Files that people or support tools have packed are unpacked first. */
static int load(int fd, struct p2p_buffer *text)
{
	struct p2p_buffer unpacked = { 0 };
	int r = p2p_buffer_read(fd, MOST_TEXT, text);

	if (r || !text->size)
		return r;
	r = p2p_unpack_text(text->data, text->size, NULL, &unpacked);
	if (r < 0)
		return p2p_is_exhausted(r) ? r : 0;
	free(text->data);
	*text = unpacked;
	return 0;
}

int p2p_measured_load(struct p2p_measured *measured, const char *path, char *ret_note)
{
	bool input = !strcmp(path, "-");
	const char *name = input ? "standard input" : path;
	int fd = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), r;
	struct p2p_buffer text = { 0 };

	r = fd < 0 ? -errno : load(fd, &text);
	if (r == -EFBIG)
		r = refuse_large(measured, name);
	else if (p2p_is_exhausted(r))
		r = p2p_exhausted(measured->context, r);
	else if (r)
		r = p2p_error(measured->context, r, "%s: %s", name, strerror(-r));
	else
		r = p2p_measured_read(measured, name, text.data, text.size, ret_note);
	free(text.data);
	if (!input && fd >= 0)
		close(fd);
	return r;
}

size_t p2p_measured_count(const struct p2p_measured *measured)
{
	return measured->count;
}

const struct p2p_figure *p2p_measured_at(const struct p2p_measured *measured, size_t index)
{
	return index < measured->count ? &measured->figures[index] : NULL;
}

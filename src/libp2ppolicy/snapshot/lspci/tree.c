/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lspci -t: which bridge leads where.  A line continues where one above it branched off, at the column of its
 * first "+" or "\", so each such column is remembered with the bus that is there.  The result is the paths
 * that sysfs would have; for a function, -v adds a name and -nn its ids.
 *
 * Below a bridge that leads to several buses, lspci may list the virtual functions of all of them on one bus
 * (ls-tree.c, insert_dev()).  They are sorted, so an address that does not follow the one before it is on
 * another bus: the second if there are two; if there are more, it is unknown which.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/lspci/text.h"
#include "snapshot/sources.h"

#define MOST_BRANCHES	64u
#define PATH_MOST	2048u
#define SNIFFED_LINES	16
#define LINE_MOST	8192u

/**
 * struct place - the position that the current line has reached so far.
 * @path: path below /sys of the bridge or host bridge above; "" before the first
 * @bus, @last: the buses that the bridge above leads to
 * @next_devfn: the lowest possible devfn of the next function
 * @bus_known: false below a bridge that is not configured
 * @lost: on a bus that cannot be determined, or below such a function
 */
struct place {
	uint32_t domain;
	uint8_t bus, last;
	unsigned int next_devfn;
	bool bus_known, lost;
	char path[PATH_MOST];
};

/**
 * struct tree - the text while it is read.
 * @place: after what was read of this line
 * @branches: @depth columns of "+", and the position there
 * @gap: lines were left out here
 * @owner: the branch that the next function belongs to; NULL if it is the only one
 */
struct tree {
	struct p2p_context *context;
	struct p2p_snapshot *snapshot;
	const char *name;
	struct p2p_names *names;
	unsigned int line;
	struct place place;
	unsigned int depth;
	bool gap;
	struct branch { size_t column; struct place place; } branches[MOST_BRANCHES], *owner;
};

static size_t hex_digits(const char *text)
{
	return strspn(text, "0123456789abcdef");
}

/* "[0000:80]": a bus on its own, not one named by the bridge before it. */
static const char *parse_bus(const char *text, uint32_t *ret_domain, uint8_t *ret_bus)
{
	size_t digits = *text == '[' ? hex_digits(text + 1) : 0;
	unsigned int bus;

	if (digits < 4 || digits > 8 || text[1 + digits] != ':' ||
	    !p2p_text_hex(text + digits + 2, 2, ']', &bus))
		return NULL;
	*ret_domain = (uint32_t)strtoul(text + 1, NULL, 16);
	*ret_bus = (uint8_t)bus;
	return text + digits + 5;
}

static bool is_start(const char *line)
{
	uint32_t domain;
	uint8_t bus;

	return *line == '-' && parse_bus(line + (line[1] == '+' && line[2] ? 3 : 1), &domain, &bus);
}

static bool is_tree(const struct p2p_input *input)
{
	const char *at = input->data;
	char line[64];

	if (!at || memchr(at, '\0', input->size))
		return false;
	for (int i = 0; i < SNIFFED_LINES &&
	     p2p_input_next(&at, input->data + input->size, line, sizeof(line)); i++)
		if (is_start(line))
			return true;
	return false;
}

static int bad(const struct tree *tree, const char *what)
{
	return p2p_error(tree->context, -EBADMSG, "%s:%u: %s", tree->name, tree->line, what);
}

static int extend(struct tree *tree, const char *part)
{
	size_t used = strlen(tree->place.path), size = strlen(part);

	if (used + size + 2 > PATH_MOST)
		return bad(tree, "more bridges above each other than any machine has");
	tree->place.path[used] = '/';
	memcpy(tree->place.path + used + 1, part, size + 1);
	return 0;
}

/* Take the bus of a host bridge, or one of several below a bridge. */
static int take_bus(struct tree *tree, const char **at)
{
	struct place *place = &tree->place;
	char part[32];

	*at = parse_bus(*at, &place->domain, &place->bus);
	place->last = place->bus;
	place->next_devfn = 0;
	place->bus_known = true;
	tree->owner = NULL;
	if (*place->path)
		return 0;
	memcpy(place->path, "devices", 8);
	snprintf(part, sizeof(part), "pci%04x:%02x", (unsigned int)place->domain, place->bus);
	return extend(tree, part);
}

/* "-[02]", "-[02-05]", "-[0000:02-05]", or "-" for a bridge that is not configured. */
static bool take_range(struct place *place, const char **at)
{
	const char *text = *at + 1;
	unsigned int first, last = 0;
	size_t digits;

	place->bus_known = false;
	place->next_devfn = 0;
	if (*text != '[') {
		*at = text;
		return true;
	}
	text++;
	digits = hex_digits(text);
	if (digits >= 4 && text[digits] == ':')
		text += digits + 1;
	if (!p2p_text_hex(text, 2, ']', &first) &&
	    !(p2p_text_hex(text, 2, '-', &first) && p2p_text_hex(text + 3, 2, ']', &last) && last >= first))
		return false;
	place->bus = (uint8_t)first;
	place->last = (uint8_t)(last ? last : first);
	place->bus_known = true;
	*at = strchr(text, ']') + 1;
	return true;
}

/* @name: what follows it; "" if nothing does */
static int add_function(struct tree *tree, struct p2p_bdf bdf, const char *name)
{
	struct p2p_snapshot *snapshot = tree->snapshot;
	struct p2p_raw *raw;
	unsigned int vendor, device;

	if (snapshot->count >= P2P_MOST_FUNCTIONS)
		return bad(tree, "more functions than any machine has");
	raw = p2p_snapshot_add(snapshot, bdf);
	if (!raw)
		return -ENOMEM;
	raw->line = tree->line;
	raw->path = p2p_snapshot_string(snapshot, tree->place.path);
	if (!raw->path)
		return -ENOMEM;
	name += strspn(name, " ");
	if (p2p_text_ids(name, &vendor, &device) ||
	    p2p_names_find(tree->names, name, &vendor, &device))
		p2p_snapshot_set_ids(snapshot, raw, vendor, device);
	return 0;
}

/* See the top of this file. */
static void count_bus(struct place *place, unsigned int devfn)
{
	if (devfn < place->next_devfn) {
		place->lost |= place->last != place->bus + 1;
		place->bus = place->last;
	}
	place->next_devfn = devfn + 1;
}

/* Determine the address and path of a function, and add it. */
static int enter(struct tree *tree, unsigned int devfn, const char *name)
{
	struct p2p_bdf bdf;
	char address[P2P_BDF_SIZE];
	int r;

	count_bus(&tree->place, devfn);
	if (tree->owner)
		tree->owner->place = tree->place;
	tree->owner = NULL;
	if (tree->place.lost)
		return 0;
	bdf = (struct p2p_bdf){ tree->place.domain, tree->place.bus, (uint8_t)devfn };
	r = extend(tree, p2p_bdf_format(bdf, address));
	return r < 0 ? r : add_function(tree, bdf, *name == ' ' ? name : "");
}

/* "03.0" and what follows: the buses of a bridge, or a name. */
static int take_function(struct tree *tree, const char **at)
{
	unsigned int device = 0, function;
	int r;

	if (!p2p_text_hex(*at, 2, '.', &device) || device > 31 || (*at)[3] < '0' ||
	    (*at)[3] > '7')
		return bad(tree, "neither a bus nor a function where lspci -t has one");
	if (!tree->place.bus_known)
		return bad(tree, "a function on a bus that no bridge names");
	function = (unsigned int)((*at)[3] - '0');
	*at += 4;
	r = enter(tree, device << 3 | function, *at);
	if (r < 0 || **at != '-') {
		*at = "";
		return r;
	}
	return take_range(&tree->place, at) ? 0 : bad(tree, "these are not bus numbers");
}

static int branch(struct tree *tree, size_t column)
{
	if (tree->depth == MOST_BRANCHES)
		return bad(tree, "more branches than any machine has");
	tree->owner = &tree->branches[tree->depth++];
	tree->owner->column = column;
	tree->owner->place = tree->place;
	return 0;
}

/* Read the rest of a line, from a "-" that leads to a bus or a function, or from the "+" of several. */
static int take_rest(struct tree *tree, const char *line, const char *at)
{
	int r = 0;

	while (r == 0 && *at) {
		if (*at == '-') {
			at++;
		} else if (*at == '+') {
			r = branch(tree, (size_t)(at - line));
			at++;
		} else if (*at == '[' && parse_bus(at, &(uint32_t){ 0 }, &(uint8_t){ 0 })) {
			r = take_bus(tree, &at);
		} else {
			r = take_function(tree, &at);
		}
	}
	return r;
}

/* Return to where a line above branched off. */
static bool resume(struct tree *tree, size_t column, bool last)
{
	while (tree->depth && tree->branches[tree->depth - 1].column > column)
		tree->depth--;
	if (!tree->depth || tree->branches[tree->depth - 1].column != column)
		return false;
	tree->owner = &tree->branches[tree->depth - 1];
	tree->place = tree->owner->place;
	tree->depth -= last;
	return true;
}

/* After a gap only a root bus tells its place: a column may belong to a branch in the missing lines. */
static bool is_behind_gap(struct tree *tree, const char *line, const char *at)
{
	bool root = at[0] && at[1] && parse_bus(at + 2, &(uint32_t){ 0 }, &(uint8_t){ 0 });

	if (is_start(line) || (root && tree->depth && tree->branches[0].column == (size_t)(at - line)))
		tree->gap = false;
	tree->gap |= p2p_input_mark(line) && !strpbrk(line, "|+\\");
	return tree->gap;
}

static int take_line(struct tree *tree, const char *line)
{
	const char *at = line + strspn(line, " |");

	if (is_behind_gap(tree, line, at))
		return 0;
	if (is_start(line)) {
		tree->depth = 0;
		tree->owner = NULL;
		tree->place.lost = false;
		tree->place.path[0] = '\0';
		return take_rest(tree, line, line + 1);
	}
	if (*at != '+' && *at != '\\')
		return 0;
	if (!resume(tree, (size_t)(at - line), *at == '\\'))
		return bad(tree, "no line above branches off in this column");
	return take_rest(tree, line, at + 1);
}

/* Lines that are not part of the tree (a prompt, a remark) are skipped. */
static int take_lines(struct tree *tree, const struct p2p_input *input)
{
	const char *at = input->data, *end = at + input->size;
	char line[LINE_MOST];
	unsigned int number = 0;
	int r = 0;

	while (r == 0 && p2p_input_next(&at, end, line, sizeof(line))) {
		tree->line = p2p_input_line(input, ++number);
		r = take_line(tree, line);
	}
	return r;
}

static unsigned int line_of_tree(const char *line)
{
	if (is_start(line))
		return P2P_LINE_STARTS;
	line += strspn(line, " |");
	return (*line == '+' || *line == '\\') && line[1] == '-' ? P2P_LINE_INSIDE : 0;
}

/* May @bus be below a bridge that lspci did not see?  Not if it is bus 0, or has several devices. */
static bool is_doubtful(const struct p2p_snapshot *snapshot, uint32_t domain, uint8_t bus)
{
	size_t first = p2p_snapshot_find(snapshot, (struct p2p_bdf){ domain, bus, 0 });

	for (size_t i = first; i < snapshot->count; i++) {
		struct p2p_bdf bdf = snapshot->raws[i].bdf;

		if (bdf.domain != domain || bdf.bus != bus)
			break;
		if (bdf.devfn >> 3 != snapshot->raws[first].bdf.devfn >> 3)
			return false;
	}
	return bus;
}

/*
 * When lspci shows only a part of a machine (lspci -s, a dump of a few functions), it draws a bus like a root
 * bus if it did not see the bridge above it.  A single device on a bus other than 0 does not prove a root
 * bus.
 */
static void doubt_roots(struct p2p_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->count; i++) {
		struct p2p_raw *raw = &snapshot->raws[i];
		unsigned int domain, bus;

		if (sscanf(raw->path, "devices/pci%x:%x", &domain, &bus) != 2 ||
		    !is_doubtful(snapshot, domain, (uint8_t)bus))
			continue;
		raw->below = raw->path;
		raw->path = NULL;
	}
}

static int load_lspci_tree(struct p2p_context *context, const struct p2p_input *input,
			   struct p2p_snapshot *snapshot)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	int r;

	if (!tree)
		return -ENOMEM;
	tree->context = context;
	tree->snapshot = snapshot;
	tree->name = input->name;
	tree->names = p2p_names_new(true);
	r = take_lines(tree, input);
	p2p_names_free(tree->names);
	free(tree);
	if (r < 0)
		return r;
	if (!snapshot->count)
		return p2p_error(context, -EBADMSG, "%s: a tree without functions", input->name);
	r = p2p_snapshot_finish(context, input->name, snapshot);
	if (r == 0)
		doubt_roots(snapshot);
	return r;
}

const struct p2p_format p2p_format_lspci_tree = {
	.sniff = is_tree, .load = load_lspci_tree, .line = line_of_tree, .whole = true,
};

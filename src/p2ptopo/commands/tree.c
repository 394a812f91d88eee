/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "commands/tree.h"
#include "print/document.h"
#include "print/json_text.h"

/* What a file or a wide screen gets; a screen of 80 columns gets what choose_columns() says. */
#define COLUMNS_WIDE "TREE,PORT,LINK,ACS,ATS,NODE,GROUP,IOMMU,DRIVER,NAMES,BARS,SLOT,DEVICE"
#define WIDE 160
#define COLUMNS_SIZE 64

/* What is drawn before a function, by whether others of its bus follow. */
struct lines {
	const char *branch, *last, *pass, *blank;
};
static const struct lines lines_ascii = { "|-", "`-", "| ", "  " };
static const struct lines lines_utf8 = { "├─", "└─", "│ ", "  " };

/**
 * struct walk - the tree while it is printed.
 * @shown: by index of function, with a filter: those it selects and all bridges above them; without
 *	one and without --all: bridges, and what takes part in peer-to-peer DMA; NULL all
 * @prefix: grows and shrinks with the depth; @size bytes are allocated
 * @room: see struct tree_row
 */
struct walk {
	struct app *app;
	struct table *table;
	const struct lines *lines;
	struct p2p_isolation *isolation;
	bool *shown, folds;
	char *prefix;
	size_t size, room;
};

static bool is_shown(const struct walk *walk, const struct p2p_function *function)
{
	return !walk->shown || walk->shown[function->index];
}

static bool is_last(const struct walk *walk, const struct p2p_function *const *siblings,
		    size_t count, size_t i)
{
	for (i++; i < count; i++)
		if (is_shown(walk, siblings[i]))
			return false;
	return true;
}

static int append(struct walk *walk, size_t at, const char *text)
{
	size_t need = at + strlen(text) + 1;

	if (need > walk->size) {
		char *larger = realloc(walk->prefix, need * 2);

		if (!larger)
			return -ENOMEM;
		walk->prefix = larger;
		walk->size = need * 2;
	}
	memcpy(walk->prefix + at, text, strlen(text) + 1);
	return 0;
}

static size_t count_hidden(const struct walk *walk, const struct p2p_function *const *functions,
			   size_t count)
{
	size_t hidden = 0;

	for (size_t i = 0; i < count; i++)
		hidden += !is_shown(walk, functions[i]);
	return hidden;
}

static int print_folded(struct walk *walk, const struct p2p_host_bridge *host, size_t folded, size_t at)
{
	struct tree_row row = { .host = host, .folded = folded, .room = walk->room };
	int err = append(walk, at, walk->lines->last);

	row.prefix = walk->prefix;
	return err ? err : table_add(walk->table, &row);
}

/* Functions of one bus, each with what is below it; @at is the length of the prefix so far. */
static int print_bus(struct walk *walk, const struct p2p_host_bridge *host,
		     const struct p2p_function *const *functions, size_t count, size_t at)
{
	size_t hidden = walk->folds ? count_hidden(walk, functions, count) : 0;
	/* A line for one function may as well be its own. */
	bool whole = walk->folds && hidden < 2;
	const struct lines *lines = walk->lines;
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		const struct p2p_function *function = functions[i];
		struct tree_row row = { .host = host, .function = function, .room = walk->room,
					.isolation = walk->isolation };
		bool last;

		if (!whole && !is_shown(walk, function))
			continue;
		last = whole ? i + 1 == count : !hidden && is_last(walk, functions, count, i);
		err = append(walk, at, last ? lines->last : lines->branch);
		row.prefix = walk->prefix;
		if (!err)
			err = table_add(walk->table, &row);
		if (err || !function->child_count)
			continue;
		err = append(walk, at, last ? lines->blank : lines->pass);
		if (!err)
			err = print_bus(walk, host, function->children, function->child_count,
					strlen(walk->prefix));
	}
	return err || whole || !hidden ? err : print_folded(walk, host, hidden, at);
}

static int print_host(struct walk *walk, const struct p2p_host_bridge *host)
{
	struct tree_row row = { .prefix = "", .host = host };
	int err;

	if (!walk->folds && is_last(walk, host->root, host->roots, (size_t)-1))
		return 0;
	err = table_add(walk->table, &row);
	return err ? err : print_bus(walk, host, host->root, host->roots, 0);
}

static bool any(const struct p2p_topology *topology,
		bool (*test)(const struct p2p_function *function))
{
	for (size_t i = 0; i < p2p_topology_count(topology); i++)
		if (test(p2p_topology_function(topology, i)))
			return true;
	return false;
}

static bool takes_part(const struct p2p_function *function)
{
	return p2p_function_takes_part(function);
}

bool tree_counts(const struct p2p_function *function)
{
	return !takes_part(function) && !p2p_function_is_bridge(function) && !function->missing;
}

static void fold(struct walk *walk)
{
	for (size_t i = 0; i < p2p_topology_count(walk->app->topology); i++) {
		const struct p2p_function *function = p2p_topology_function(walk->app->topology, i);

		walk->shown[function->index] = !tree_counts(function);
	}
}

/* What the filters select, and the bridges above it. */
static enum status mark_shown(struct walk *walk)
{
	const struct p2p_topology *topology = walk->app->topology;
	size_t count = p2p_topology_count(topology);
	enum status status;

	walk->folds = !app_has_filter(walk->app) && !walk->app->options.all && any(topology, takes_part);
	if (!walk->folds && !app_has_filter(walk->app))
		return STATUS_DONE;
	walk->shown = calloc(count + 1, sizeof(bool));
	if (!walk->shown)
		return fail_memory(walk->app->failure);
	if (walk->folds) {
		fold(walk);
		return STATUS_DONE;
	}
	status = app_mark(walk->app, walk->shown);
	for (size_t i = 0; i < count && !status; i++) {
		const struct p2p_function *at = p2p_topology_function(topology, i);

		if (!walk->shown[at->index])
			continue;
		for (at = at->parent; at && !walk->shown[at->index]; at = at->parent)
			walk->shown[at->index] = true;
	}
	return status;
}

static bool any_node(const struct p2p_function *function)
{
	return function->numa.fact == P2P_PRESENT;
}

static bool any_group(const struct p2p_function *function)
{
	return function->iommu_group.fact == P2P_PRESENT;
}

static bool any_link(const struct p2p_function *function)
{
	return tree_link_width(function) > 0;
}

static bool any_acs(const struct p2p_function *function)
{
	return function->acs.fact != P2P_ABSENT;
}

/* Columns of a narrow screen that are left out when they have nothing to say. */
static const struct {
	const char *name;
	size_t width;
	bool (*any)(const struct p2p_function *function);
} narrow_columns[] = {
	{ "LINK", 4, any_link },
	{ "ACS", 8, any_acs },
	{ "NODE", 4, any_node },
	{ "GROUP", 5, any_group },
};

/* Columns that TREE and LINK take beyond their headings' width in narrow_columns. */
static size_t widest(const struct p2p_topology *topology)
{
	size_t tree = strlen("pci0000:00"), link = strlen("LINK");

	for (size_t i = 0; i < p2p_topology_count(topology); i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);
		size_t width = tree_link_width(function);
		char bdf[P2P_BDF_SIZE];

		if (width > link)
			link = width;
		width = strlen(p2p_bdf_format(function->bdf, bdf)) + 2 * (size_t)function->depth;
		if (width > tree)
			tree = width;
	}
	return tree + link - strlen("LINK");
}

/* @names gets the columns for a narrow screen.  Return: what they leave for WHAT. */
static size_t choose_columns(const struct app *app, char names[COLUMNS_SIZE])
{
	size_t used = widest(app->topology) + 1;
	int length = snprintf(names, COLUMNS_SIZE, "TREE");

	for (size_t i = 0; i < sizeof(narrow_columns) / sizeof(narrow_columns[0]); i++)
		if (any(app->topology, narrow_columns[i].any)) {
			length += snprintf(names + length, COLUMNS_SIZE - (size_t)length, ",%s",
					   narrow_columns[i].name);
			used += narrow_columns[i].width + 1;
		}
	snprintf(names + length, COLUMNS_SIZE - (size_t)length, ",WHAT");
	return app->options.width > used + 12 ? app->options.width - used : 12;
}

static void print_legend(const struct app *app)
{
	if (app->options.columns)
		return;
	fputs("\nLINK  now < what the function could do\n"
	      "ACS   the bits of ACS Control, as pci=config_acs= takes them, from the left:\n"
	      "      DirectTrans EgressCtrl UpstreamFwd CmpltRedir ReqRedir TransBlk SrcValid;\n"
	      "      ! it sends peers by way of the root complex; empty: it has no ACS\n"
	      "?     not known; bus numbers: -o +BUSES; functions that take no part: --all\n", app->out);
}

static int print_hosts(struct walk *walk)
{
	const struct p2p_topology *topology = walk->app->topology;
	int err = 0;

	for (size_t i = 0; i < p2p_topology_host_bridges(topology) && !err; i++)
		err = print_host(walk, p2p_topology_host_bridge(topology, i));
	return err ? err : table_end(walk->table);
}

static enum status print_text(struct app *app)
{
	struct walk walk = { .app = app };
	bool narrow = app->options.sized && app->options.width < WIDE;
	char columns[COLUMNS_SIZE];
	enum status status;

	if (narrow)
		walk.room = choose_columns(app, columns);
	walk.lines = strcmp(nl_langinfo(CODESET), "UTF-8") ? &lines_ascii : &lines_utf8;
	status = mark_shown(&walk);
	if (!status)
		status = table_new(app, tree_columns, narrow ? columns : COLUMNS_WIDE,
				   NULL, &walk.table);
	if (!status && (p2p_isolation_new(app->context, app->topology, &walk.isolation) ||
			print_hosts(&walk)))
		status = fail_memory(app->failure);
	if (!status)
		print_legend(app);
	table_free(walk.table);
	p2p_isolation_free(walk.isolation);
	free(walk.shown);
	free(walk.prefix);
	return status;
}

/* Once there was no memory for a part, nothing more is printed. */
static void print_element(FILE *out, struct json_object *element, size_t index)
{
	if (!p2p_lost_count())
		json_text_element(out, element, index);
	json_object_put(element);
}

static void print_json_hosts(FILE *out, const struct p2p_topology *topology)
{
	size_t count = p2p_topology_host_bridges(topology);

	json_text_member(out, "host_bridges");
	for (size_t i = 0; i < count; i++)
		print_element(out, p2p_host_facts(p2p_topology_host_bridge(topology, i)), i);
	json_text_end_list(out, count);
}

static void print_json_functions(FILE *out, const struct p2p_topology *topology)
{
	size_t count = p2p_topology_count(topology);

	json_text_member(out, "functions");
	for (size_t i = 0; i < count; i++)
		print_element(out, p2p_function_facts(p2p_topology_function(topology, i)), i);
	json_text_end_list(out, count);
}

static void print_document(FILE *out, const struct p2p_topology *topology,
			   struct json_object *header, struct json_object *notes)
{
	if (p2p_lost_count())
		return;
	json_text_open(out, header);
	print_json_hosts(out, topology);
	print_json_functions(out, topology);
	if (p2p_lost_count())
		return;
	json_text_member(out, "notes");
	json_text_value(out, notes);
	json_text_close(out);
}

/* Function by function: all of them in memory would take 30 KiB each. */
static enum status print_json(struct app *app)
{
	struct json_object *header = document_new(app, "tree");
	struct json_object *notes = json_notes(app->topology);

	json_put(header, "machine", p2p_machine_facts(p2p_topology_machine(app->topology)));
	print_document(app->out, app->topology, header, notes);
	json_object_put(notes);
	json_object_put(header);
	return p2p_lost_count() ? fail_memory(app->failure) : STATUS_DONE;
}

enum status command_tree(struct app *app)
{
	return app->options.format == FORMAT_TEXT ? print_text(app) : print_json(app);
}

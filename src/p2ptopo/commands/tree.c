/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "commands/tree.h"
#include "commands/tree_lines.h"
#include "print/document.h"
#include "print/json_text.h"

/* The columns for a file or a wide screen; a narrow screen gets those of choose_columns(). */
#define COLUMNS_WIDE "TREE,PORT,LINK,ACS,ATS,NODE,GROUP,IOMMU,DRIVER,NAMES,BARS,SLOT,DEVICE"
#define WIDE 160
#define COLUMNS_SIZE 64

static bool any(const struct p2p_topology *topology,
		bool (*test)(const struct p2p_function *function))
{
	for (size_t i = 0; i < p2p_topology_count(topology); i++)
		if (test(p2p_topology_function(topology, i)))
			return true;
	return false;
}

/* Shows what the filters select, and the bridges above it. */
static enum status choose_shown(struct app *app, struct growth *growth)
{
	const struct p2p_function *at;
	enum status status;

	if (app->options.all && !app_has_filter(app))
		return STATUS_DONE;
	growth->shown = calloc(p2p_topology_count(app->topology) + 1, sizeof(bool));
	if (!growth->shown)
		return fail_memory(app->failure);
	if (!app_has_filter(app)) {
		tree_show_busy(growth);
		return STATUS_DONE;
	}
	status = app_mark(app, growth->shown);
	for (size_t i = 0; !status && (at = p2p_topology_function(app->topology, i)); i++) {
		if (!growth->shown[i])
			continue;
		for (at = at->parent; at && !growth->shown[at->index]; at = at->parent)
			growth->shown[at->index] = true;
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

/* Columns that a narrow screen leaves out if they are empty. */
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

/* The width of TREE, plus what LINK takes beyond its width in narrow_columns. */
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

/* Puts the columns for a narrow screen into @names. Return: the width that is left for WHAT. */
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

/* @room: see struct tree_row. */
static int print_lines(const struct growth *growth, struct table *table, size_t room,
		       const struct p2p_isolation *isolation)
{
	bool unicode = !strcmp(nl_langinfo(CODESET), "UTF-8");
	char prefix[TREE_PREFIX];
	int err = 0;

	for (size_t i = 0; i < growth->count && !err; i++) {
		const struct branch *line = &growth->lines[i];
		struct tree_row row = {
			.prefix = tree_prefix(growth->lines, i, unicode, prefix),
			.room = line->parent == i ? 0 : room, .folded = line->counted,
			.host = line->host, .function = line->function, .isolation = isolation,
		};

		err = table_add(table, &row);
	}
	return err ? err : table_end(table);
}

static enum status print_text(struct app *app)
{
	struct growth growth = {
		.topology = app->topology, .lines = calloc(tree_room(app->topology), sizeof(struct branch)),
	};
	bool narrow = app->options.sized && app->options.width < WIDE;
	size_t room = 0;
	struct p2p_isolation *isolation = NULL;
	struct table *table = NULL;
	char columns[COLUMNS_SIZE];
	enum status status = growth.lines ? choose_shown(app, &growth) : fail_memory(app->failure);

	if (narrow)
		room = choose_columns(app, columns);
	if (!status)
		status = table_new(app, tree_columns, narrow ? columns : COLUMNS_WIDE, NULL, &table);
	if (!status) {
		tree_grow(&growth);
		if (p2p_isolation_new(app->context, app->topology, &isolation) ||
		    print_lines(&growth, table, room, isolation))
			status = fail_memory(app->failure);
	}
	if (!status)
		print_legend(app);
	table_free(table);
	p2p_isolation_free(isolation);
	free(growth.shown);
	free(growth.lines);
	return status;
}

/* Nothing more is printed once memory has run out. */
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

/* Printed function by function: kept in memory, each of them would take 30 KiB. */
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

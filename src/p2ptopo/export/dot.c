/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree for graphviz, with dashed edges for pairs that are served by a switch or by a link of their own. */
#include "export/export.h"
#include "export/picture.h"
#include "print/words.h"

static void print_name(FILE *out, const struct picture_node *node)
{
	char bdf[P2P_BDF_SIZE];

	export_quoted(out, node->function ? p2p_bdf_format(node->function->bdf, bdf) : node->host->name);
}

static const char *const fills[P2P_CLASSES] = {
	[P2P_CLASS_GPU] = "#dafbe1", [P2P_CLASS_NIC] = "#ddf4ff", [P2P_CLASS_NVME] = "#fbefff",
	[P2P_CLASS_STORAGE] = "#fbefff", [P2P_CLASS_ACCEL] = "#ffeff7",
};

static void print_node(FILE *out, const struct picture_node *node, bool device)
{
	const char *fill = device ? fills[node->function->kind] : NULL;
	char text[256];

	fputs("  ", out);
	print_name(out, node);
	fputs(" [label=", out);
	if (device)
		export_quoted(out, picture_label(node->function, text, sizeof(text)));
	else
		print_name(out, node);
	if (!node->function)
		fputs(", shape=house", out);
	else if (device)
		fprintf(out, ", style=\"bold,filled\", fillcolor=\"%s\"", fill ? fill : "#ffffff");
	fputs(node->redirects ? ", color=\"#bc4c00\", penwidth=2.5];\n" : "];\n", out);
}

static void print_edge(FILE *out, const struct picture_node *above, const struct picture_node *node)
{
	char text[WORDS_SIZE];
	const char *link = picture_link(node->function, text);

	fputs("  ", out);
	print_name(out, above);
	fputs(" -- ", out);
	print_name(out, node);
	fputs(" [label=", out);
	export_quoted(out, link ? link : "");
	fputs(node->slow ? ", color=\"#cf222e\", penwidth=3];\n" : "];\n", out);
}

/* Puts all devices into the last column, in address order. */
static void print_rank(const struct app *app, const struct picture *picture)
{
	fputs("  { rank=sink;", app->out);
	for (size_t i = 0; i < picture->device_count; i++) {
		putc(' ', app->out);
		print_name(app->out, &picture->nodes[picture->devices[i]]);
		putc(';', app->out);
	}
	fputs(" }\n", app->out);
}

/* One edge stands for both directions, if both are delivered that way. */
static void print_delivered(const struct app *app, const struct picture *picture)
{
	for (size_t i = 0; i < picture->device_count; i++) {
		for (size_t j = i + 1; j < picture->device_count; j++) {
			if (picture_delivery(app, picture, i, j) < P2P_DELIVERY_DIRECT ||
			    picture_delivery(app, picture, j, i) < P2P_DELIVERY_DIRECT)
				continue;
			fputs("  ", app->out);
			print_name(app->out, &picture->nodes[picture->devices[i]]);
			fputs(" -- ", app->out);
			print_name(app->out, &picture->nodes[picture->devices[j]]);
			fputs(" [style=dashed, color=\"#2da44e\", constraint=false];\n", app->out);
		}
	}
}

static void print_graph(const struct app *app, const struct picture *picture)
{
	fputs("graph p2ptopo {\n  rankdir=LR;\n  ordering=out;\n  node [shape=box, fontname=monospace];\n"
	      "  edge [fontname=monospace, fontsize=10];\n", app->out);
	for (size_t i = 0; i < picture->count; i++) {
		const struct picture_node *node = &picture->nodes[i];

		print_node(app->out, node, node->function && picture->devices[node->first] == i);
		if (node->function)
			print_edge(app->out, &picture->nodes[node->parent], node);
	}
	if (picture->device_count)
		print_rank(app, picture);
	if (picture->device_count <= PICTURE_MATRIX)
		print_delivered(app, picture);
	fputs("}\n", app->out);
}

enum status export_dot(struct app *app)
{
	return picture_print(app, print_graph);
}

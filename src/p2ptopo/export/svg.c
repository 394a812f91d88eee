/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree from host bridges to devices, left to right, and beside it how transfers between any two devices
 * are delivered. Drawn on a grid of fixed pitch, so that equal machines give equal bytes.
 */
#include <string.h>

#include "export/export.h"
#include "export/picture.h"
#include "export/svg.h"
#include "print/words.h"

/* Pixels.  Text is monospaced, and CHARACTER wide. */
#define CHARACTER 7.0
#define ROW 24.0
#define BOX 18.0
#define MARGIN 16.0
#define HEAD 60.0
#define COLUMN 228.0
#define PORT 136.0
#define DEVICE 388.0
#define CELL 20.0
#define LEGEND 72.0
#define LEAST 1280.0		/* the legend's width */
#define LETTER 6.1		/* in the headings of the matrix, which are vertical */

/* Device labels and names in headings are cut after so many columns. */
#define LABEL_COLUMNS 52
#define NAME_COLUMNS 12

static const char style[] =
	"text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1b1f24}\n"
	".b{font-weight:bold}.s{font-size:10px;fill:#59636e}\n"
	".k{fill:#f6f8fa;stroke:#59636e}.h{fill:#e7edf3;stroke:#59636e}.v{fill:#fff;stroke:#59636e}\n"
	".a{stroke:#bc4c00;stroke-width:2.5}\n"
	".l{fill:none;stroke:#59636e;stroke-width:1.5}.w{stroke:#cf222e;stroke-width:3}.ws{fill:#cf222e}\n"
	".DIRECT{fill:#2da44e}.LINK{fill:#0969da}.ROOT{fill:#d4a72c}.STAGED{fill:#afb8c1}.REFUSED{fill:#cf222e}"
	".BROKEN{fill:#8250df}.UNKNOWN{fill:#fff;stroke:#afb8c1}\n"
	"text.m{font-size:10px;text-anchor:middle;fill:#1b1f24}text.on{fill:#fff}\n"
	"@media(prefers-color-scheme:dark){text{fill:#e6edf3}.s{fill:#9198a1}.k{fill:#151b23;stroke:#9198a1}"
	".h{fill:#212830;stroke:#9198a1}.v{fill:#0d1117;stroke:#9198a1}.l{stroke:#9198a1}.w{stroke:#f85149}"
	".a{stroke:#f0883e}.ws{fill:#f85149}.UNKNOWN{fill:#0d1117;stroke:#3d444d}text.un{fill:#9198a1}}\n"
	".bg{fill:#fff}@media(prefers-color-scheme:dark){.bg{fill:#0d1117}}\n";

const struct svg_delivery svg_deliveries[P2P_DELIVERIES] = {
	[P2P_DELIVERY_UNKNOWN] = { "UNKNOWN", "not known", " un" },
	[P2P_DELIVERY_BROKEN] = { "BROKEN", "would hang, fault or corrupt", " on" },
	[P2P_DELIVERY_REFUSED] = { "REFUSED", "refused", " on" },
	[P2P_DELIVERY_STAGED] = { "STAGED", "staged through system memory", "" },
	[P2P_DELIVERY_ROOT] = { "ROOT", "through the root complex", "" },
	[P2P_DELIVERY_DIRECT] = { "DIRECT", "turned by a switch", " on" },
	[P2P_DELIVERY_LINK] = { "LINK", "over the devices' own link", " on" },
};

/** struct canvas - a picture while it is drawn. @devices: x coordinate of the device column. */
struct canvas {
	const struct app *app;
	FILE *out;
	const struct picture *picture;
	double devices, top;
	bool matrix;
};

static double x_of(const struct canvas *canvas, const struct picture_node *node, bool device)
{
	return device ? canvas->devices : MARGIN + node->depth * COLUMN;
}

static double y_of(const struct canvas *canvas, const struct picture_node *node)
{
	return canvas->top + ((double)node->first + (double)node->last) / 2 * ROW;
}

static bool is_device(const struct canvas *canvas, size_t index)
{
	const struct picture_node *node = &canvas->picture->nodes[index];

	return node->function && canvas->picture->devices[node->first] == index;
}

static void print_text(const struct canvas *canvas, double x, double y, const char *class, const char *text)
{
	fprintf(canvas->out, "<text x=\"%.0f\" y=\"%.0f\" class=\"%s\">", x, y, class);
	export_xml(canvas->out, text);
	fputs("</text>\n", canvas->out);
}

/* At most @columns bytes of @text, with ".." at the end if it is cut. No multi-byte character is split. */
static const char *shorten(const char *text, size_t columns, char buffer[128])
{
	size_t length = strlen(text);

	if (length <= columns)
		return text;
	length = columns - 2;
	while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	snprintf(buffer, 128, "%.*s..", (int)length, text);
	return buffer;
}

static void print_box(const struct canvas *canvas, double x, double y, double width, const char *class,
		      bool redirects)
{
	fprintf(canvas->out, "<rect x=\"%.0f\" y=\"%.1f\" width=\"%.0f\" height=\"%.0f\" rx=\"3\" class=\"%s%s\"/>\n",
		x, y - BOX / 2, width, BOX, class, redirects ? " a" : "");
}

static void print_host(const struct canvas *canvas, const struct picture_node *node, double x, double y)
{
	char text[96], number[WORDS_SIZE];

	print_box(canvas, x, y, PORT, "h", false);
	snprintf(text, sizeof(text), "%s node %s", node->host->name, words_node(node->host->numa, number));
	print_text(canvas, x + 6, y + 4, "b", text);
}

static void print_bar(const struct canvas *canvas, enum p2p_class kind, double x, double y)
{
	fprintf(canvas->out, "<rect x=\"%.0f\" y=\"%.1f\" width=\"4\" height=\"%.0f\" class=\"c-%s\"/>\n", x, y - BOX / 2,
		BOX, p2p_class_name(kind));
}

static void print_device(const struct canvas *canvas, const struct p2p_function *function, double x, double y)
{
	char text[256], buffer[128];

	picture_label(function, text, sizeof(text));
	print_box(canvas, x, y, DEVICE, "v", false);
	print_bar(canvas, function->kind, x, y);
	print_text(canvas, x + 10, y + 4, "n", shorten(text, LABEL_COLUMNS, buffer));
}

static void print_node(const struct canvas *canvas, size_t index)
{
	const struct picture_node *node = &canvas->picture->nodes[index];
	double x = x_of(canvas, node, is_device(canvas, index)), y = y_of(canvas, node);
	char bdf[P2P_BDF_SIZE];

	if (!node->function) {
		print_host(canvas, node, x, y);
	} else if (is_device(canvas, index)) {
		print_device(canvas, node->function, x, y);
	} else {
		print_box(canvas, x, y, PORT, "k", node->redirects);
		print_text(canvas, x + 6, y + 4, "n", p2p_bdf_format(node->function->bdf, bdf));
	}
}

static void print_line(const struct canvas *canvas, size_t index)
{
	const struct picture_node *node = &canvas->picture->nodes[index];
	const struct picture_node *above = &canvas->picture->nodes[node->parent];
	double from = x_of(canvas, above, false) + PORT, to = x_of(canvas, node, is_device(canvas, index));
	double middle = from + 12, y = y_of(canvas, node);
	char text[WORDS_SIZE];
	const char *link = picture_link(node->function, text);

	fprintf(canvas->out, "<path d=\"M%.0f %.1fH%.0fV%.1fH%.0f\" class=\"l%s\"/>\n", from, y_of(canvas, above),
		middle, y, to, node->slow ? " w" : "");
	if (link)
		print_text(canvas, middle + 4, y - 3, node->slow ? "s ws" : "s", link);
}

static void print_tree(const struct canvas *canvas)
{
	for (size_t i = 0; i < canvas->picture->count; i++) {
		if (canvas->picture->nodes[i].function)
			print_line(canvas, i);
	}
	for (size_t i = 0; i < canvas->picture->count; i++)
		print_node(canvas, i);
}

static void print_cell(const struct canvas *canvas, double x, double y, enum p2p_delivery delivery)
{
	fprintf(canvas->out, "<rect x=\"%.0f\" y=\"%.1f\" width=\"%.0f\" height=\"%.0f\" class=\"%s\"/>", x, y - BOX / 2,
		CELL - 2, BOX, svg_deliveries[delivery].name);
	fprintf(canvas->out, "<text x=\"%.0f\" y=\"%.0f\" class=\"m%s\">%c</text>\n", x + CELL / 2 - 1, y + 4,
		svg_deliveries[delivery].letter, words_delivery_mark(delivery));
}

/* The display name; an address is shortened as in lspci, without the domain 0000. */
static const char *heading_of(const struct picture *picture, size_t index, char buffer[128])
{
	const char *name = picture_device(picture, index)->display;

	return shorten(strncmp(name, "0000:", 5) ? name : name + 5, NAME_COLUMNS, buffer);
}

static double height_of_headings(const struct picture *picture)
{
	size_t most = 0, length;
	char buffer[128];

	for (size_t i = 0; i < picture->device_count; i++) {
		length = strlen(heading_of(picture, i, buffer));
		most = length > most ? length : most;
	}
	return (double)most * LETTER;
}

static void print_heading(const struct canvas *canvas, size_t index, double x)
{
	char buffer[128];

	fprintf(canvas->out, "<text transform=\"translate(%.0f %.0f) rotate(-90)\" class=\"s\">", x + 12,
		canvas->top - ROW / 2 - 4);
	export_xml(canvas->out, heading_of(canvas->picture, index, buffer));
	fputs("</text>\n", canvas->out);
}

/* As everywhere, rows are providers. */
static void print_matrix(const struct canvas *canvas)
{
	size_t count = canvas->picture->device_count;
	double left = canvas->devices + DEVICE + MARGIN;

	for (size_t i = 0; i < count; i++) {
		double y = canvas->top + (double)i * ROW;

		print_heading(canvas, i, left + (double)i * CELL);
		for (size_t j = 0; j < count; j++) {
			if (i != j)
				print_cell(canvas, left + (double)j * CELL, y,
					   picture_delivery(canvas->app, canvas->picture, i, j));
		}
	}
}

static void print_legend(const struct canvas *canvas, double y)
{
	static const enum p2p_class classes[] = { P2P_CLASS_GPU, P2P_CLASS_ACCEL, P2P_CLASS_NIC, P2P_CLASS_NVME };
	double x = MARGIN;

	for (unsigned int i = 0; canvas->matrix && i < P2P_DELIVERIES; i++) {
		unsigned int best_first = P2P_DELIVERIES - 1 - i;

		print_cell(canvas, x, y, (enum p2p_delivery)best_first);
		print_text(canvas, x + CELL + 4, y + 4, "n", svg_deliveries[best_first].means);
		x += CELL + 20 + (double)strlen(svg_deliveries[best_first].means) * CHARACTER;
	}
	x = MARGIN;
	y += ROW;
	print_box(canvas, x, y, CELL - 2, "k", true);
	print_text(canvas, x + CELL + 4, y + 4, "n", "port whose ACS redirects to the root complex");
	x += 360;
	fprintf(canvas->out, "<path d=\"M%.0f %.0fh%.0f\" class=\"l w\"/>\n", x, y, CELL);
	print_text(canvas, x + CELL + 4, y + 4, "n", "link below what both ends can do");
	x += 290;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		print_bar(canvas, classes[i], x, y);
		print_text(canvas, x + 10, y + 4, "n", p2p_class_name(classes[i]));
		x += 30 + (double)strlen(p2p_class_name(classes[i])) * CHARACTER;
	}
	if (canvas->matrix)
		print_text(canvas, MARGIN, y + ROW + 4, "s", "Matrix: row = whose memory is used, column = who does "
			   "the DMA; what the drivers in use are expected to do.");
}

static void print_head(const struct canvas *canvas, double width, double height)
{
	const struct p2p_machine *machine = p2p_topology_machine(canvas->app->topology);
	char text[256];

	fprintf(canvas->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		"viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n<title>PCIe peer-to-peer topology</title>\n<style>\n%s"
		".c-gpu{fill:#2da44e}.c-nic{fill:#0969da}.c-nvme,.c-storage{fill:#8250df}.c-accel{fill:#bf3989}\n"
		"</style>\n<rect class=\"bg\" width=\"100%%\" height=\"100%%\"/>\n", width, height, width, height,
		style);
	print_text(canvas, MARGIN, 24, "b", "PCIe peer-to-peer topology");
	snprintf(text, sizeof(text), "kernel %s, rules of %s", machine->release ? machine->release : "not known",
		 p2p_rules_name(p2p_eval_rules(canvas->app->eval)));
	print_text(canvas, MARGIN, 42, "s", text);
}

void svg_print(const struct app *app, const struct picture *picture)
{
	size_t count = picture->device_count;
	struct canvas canvas = {
		.app = app, .out = app->out, .picture = picture, .matrix = count > 1 && count <= PICTURE_MATRIX,
	};
	double width, bottom;

	canvas.devices = MARGIN + (picture->depth ? picture->depth : 1) * COLUMN;
	canvas.top = HEAD + ROW / 2 + (canvas.matrix ? height_of_headings(picture) : 0);
	width = canvas.devices + DEVICE + 2 * MARGIN + (canvas.matrix ? (double)count * CELL : 0);
	bottom = canvas.top + (double)(count ? count : 1) * ROW;
	print_head(&canvas, width < LEAST ? LEAST : width, bottom + LEGEND + MARGIN);
	if (!count)
		print_text(&canvas, MARGIN, canvas.top, "n", "No function takes part in peer-to-peer DMA.");
	print_tree(&canvas);
	if (canvas.matrix)
		print_matrix(&canvas);
	print_legend(&canvas, bottom + MARGIN);
	fputs("</svg>\n", app->out);
}

enum status export_svg(struct app *app)
{
	return picture_print(app, svg_print);
}

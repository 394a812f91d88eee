/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The help page: the table of bindings and the meaning of the marks. */
#include "print/clean.h"
#include "print/output.h"
#include "view/pages/text_pages.h"
#include "print/words.h"

#define KEYS_WIDTH 24

static const struct { enum paint paint; const char *mark, *means; } marks[] = {
	{ PAINT_GOOD, "B", "bus_addr: allowed, straight through a switch" },
	{ PAINT_HOST, "H", "thru_host_bridge: allowed, through the root complex" },
	{ PAINT_BAD, "x", "not_supported: the kernel refuses" },
	{ PAINT_UNKNOWN, "?", "unknown: a fact is missing; do not take it for a yes" },
	{ PAINT_GOOD, "direct", "the switches carry it (redir: to the root complex; block: not)" },
	{ PAINT_GOOD, "D L R", "the drivers' data go directly, over a link, by the root complex" },
	{ PAINT_BAD, "S X !", "they are copied through memory, refused, or would be broken" },
	{ PAINT_NONE, "P C", "the selected provider, and client" },
	{ PAINT_GOOD, "+", "added a moment ago" },
	{ PAINT_BAD, "-", "removed a moment ago" },
	{ PAINT_HOST, "~", "changed a moment ago" },
	{ PAINT_NONE, "*", "differs from the machine because of the what-if" },
	{ PAINT_BAD, "0011101!", "ACS control as pci=config_acs= has it; ! redirects" },
};

static void print_marks(const struct app *app)
{
	fprintf(app->out, "\n%sMarks%s\n", paint_on(app, PAINT_BOLD), paint_off(app));
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		fprintf(app->out, "  %s%s%s%*s  %s\n", paint_on(app, marks[i].paint),
			marks[i].mark, paint_off(app),
			KEYS_WIDTH - (int)clean_width(marks[i].mark), "", marks[i].means);
	fputs("\nprovider: the device that owns the memory (BAR, CMB)\n"
	      "client: the device that does the DMA, reading from it or writing to it\n", app->out);
}

void help_print(const struct app *app)
{
	for (const struct binding *row = bindings; row->keys || row->help; row++) {
		if (!row->help)
			continue;
		if (!row->keys) {
			fprintf(app->out, "%s%s%s%s\n", row == bindings ? "" : "\n",
				paint_on(app, PAINT_BOLD), row->help, paint_off(app));
			continue;
		}
		fprintf(app->out, "  %-*s  ", KEYS_WIDTH, row->keys);
		words_wrap(app->out, row->help, KEYS_WIDTH + 4, KEYS_WIDTH + 4, app->options.width);
	}
	print_marks(app);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "print/clean.h"
#include "print/table/grid.h"
#include "print/table/plain.h"
#include "print/words.h"

/* Blanks between two columns. */
#define GAP 2

static void widen(unsigned int *width, const char *text)
{
	unsigned int length = (unsigned int)clean_width(text);

	if (length > *width)
		*width = length;
}

/* Measure all columns; widths[0] is that of the labels. */
static unsigned int *measure(const struct grid *grid)
{
	unsigned int *widths = calloc(grid->columns + 1, sizeof(*widths));
	char text[GRID_CELL];

	if (!widths)
		return NULL;
	for (size_t i = 0; i < grid->columns; i++) {
		grid->head(text, grid->userdata, i);
		widen(&widths[i + 1], text);
	}
	for (size_t row = 0; row < grid->rows; row++) {
		grid->label(text, grid->userdata, row);
		widen(&widths[0], text);
		for (size_t i = 0; i < grid->columns; i++) {
			grid->cell(text, grid->userdata, row, i);
			widen(&widths[i + 1], text);
		}
	}
	return widths;
}

/* The first column that does not fit on a page that starts with @first; a page has at least one. */
static size_t page_end(const struct app *app, const struct grid *grid, const unsigned int *widths,
		       size_t first)
{
	unsigned int width = widths[0];
	size_t end = first;

	do {
		width += GAP + widths[end + 1];
		end++;
	} while (end < grid->columns && width + GAP + widths[end + 1] <= app->options.width);
	return end;
}

size_t grid_pages(const struct app *app, const struct grid *grid)
{
	unsigned int *widths = measure(grid);
	size_t pages = 0;

	for (size_t first = 0; widths && first < grid->columns; pages++)
		first = page_end(app, grid, widths, first);
	free(widths);
	return pages;
}

/* The last cell of a line is not padded. */
static void print_cell(const struct app *app, const char *text, unsigned int width, bool last,
		       enum paint paint)
{
	fprintf(app->out, "%*s%s%s%s", GAP, "", paint_on(app, paint), text,
		paint == PAINT_NONE ? "" : paint_off(app));
	if (!last)
		fprintf(app->out, "%*s", (int)(width - clean_width(text)), "");
}

static void print_page(const struct app *app, const struct grid *grid, const unsigned int *widths,
		       size_t first, size_t end)
{
	char text[GRID_CELL];
	enum paint paint;

	fprintf(app->out, "%*s", (int)widths[0], "");
	for (size_t i = first; i < end; i++) {
		grid->head(text, grid->userdata, i);
		print_cell(app, text, widths[i + 1], i + 1 == end, PAINT_BOLD);
	}
	fputc('\n', app->out);
	for (size_t row = 0; row < grid->rows && !ferror(app->out); row++) {
		grid->label(text, grid->userdata, row);
		words_pad(app->out, text, widths[0]);
		for (size_t i = first; i < end; i++) {
			paint = grid->cell(text, grid->userdata, row, i);
			print_cell(app, text, widths[i + 1], i + 1 == end, paint);
		}
		fputc('\n', app->out);
	}
}

/* Print a single page, however wide. */
static void print_plain(const struct app *app, const struct grid *grid)
{
	char text[GRID_CELL];

	plain_cell(app, grid->corner ? grid->corner : "", true);
	for (size_t i = 0; i < grid->columns; i++) {
		grid->head(text, grid->userdata, i);
		plain_cell(app, text, false);
	}
	plain_end(app, grid->columns + 1);
	for (size_t row = 0; row < grid->rows && !ferror(app->out); row++) {
		grid->label(text, grid->userdata, row);
		plain_cell(app, text, true);
		for (size_t i = 0; i < grid->columns; i++) {
			grid->cell(text, grid->userdata, row, i);
			plain_cell(app, text, false);
		}
		plain_end(app, 0);
	}
}

int grid_print(const struct app *app, const struct grid *grid)
{
	unsigned int *widths;
	size_t end;

	if (plain_wanted(app)) {
		print_plain(app, grid);
		return 0;
	}
	widths = measure(grid);
	if (!widths)
		return -ENOMEM;
	for (size_t first = 0; first < grid->columns; first = end) {
		if (first)
			fputc('\n', app->out);
		end = page_end(app, grid, widths, first);
		print_page(app, grid, widths, first, end);
	}
	free(widths);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table whose columns are as many as there are devices: it is cut into pages of columns, each
 * as wide as the screen at most and each with the labels of its rows.
 */
#ifndef P2PTOPO_GRID_H
#define P2PTOPO_GRID_H

#include "print/output.h"

/** Characters of one cell at most, the terminating zero included. */
#define GRID_CELL 128

/**
 * struct grid - what to print.
 * @head: write the heading of a column; @label: write what the row is called
 * @cell: write one cell; return its colour
 * @userdata: handed to all three
 * @corner: what heads the labels in Markdown and CSV; NULL nothing
 * @rows, @columns: how many
 */
struct grid {
	void (*head)(char text[GRID_CELL], void *userdata, size_t column);
	void (*label)(char text[GRID_CELL], void *userdata, size_t row);
	enum paint (*cell)(char text[GRID_CELL], void *userdata, size_t row, size_t column);
	void *userdata;
	const char *corner;
	size_t rows, columns;
};

/** grid_pages() - how many pages print_grid() would make of it; 0 when memory ran out. */
size_t grid_pages(const struct app *app, const struct grid *grid);

/** grid_print() - print it.  Return: 0 or -ENOMEM. */
int grid_print(const struct app *app, const struct grid *grid);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table with one column per device: it is split into pages of columns, each no wider than the screen and
 * each with the labels of the rows.
 */
#ifndef P2PTOPO_GRID_H
#define P2PTOPO_GRID_H

#include "print/output.h"

/** Size of a cell, including the terminating zero. */
#define GRID_CELL 128

/**
 * struct grid - what to print.
 * @head: write the heading of a column; @label: write the label of a row
 * @cell: write one cell; return its colour
 * @userdata: passed to all three
 * @corner: the heading of the labels in Markdown and CSV; NULL for none
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

/** grid_pages() - how many pages grid_print() would print; 0 when out of memory. */
size_t grid_pages(const struct app *app, const struct grid *grid);

/** grid_print() - print it.  Return: 0 or -ENOMEM. */
int grid_print(const struct app *app, const struct grid *grid);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The matrix as text: matrix prints all of it, report what fits. */
#ifndef P2PTOPO_MATRIX_H
#define P2PTOPO_MATRIX_H

#include "output.h"

/**
 * matrix_print_text() - the matrix of the selected functions, folded where it is too wide, its
 *	legend and the functions each row stands for.
 * Return: STATUS_DONE, or another after one sentence on stderr.
 */
enum status matrix_print_text(struct app *app);

/** matrix_print_legend() - what the letters and marks of a cell mean. */
void matrix_print_legend(const struct app *app);

/** matrix_mark() - the one letter for a map type in a cell. */
char matrix_mark(enum p2p_map_type type);

#endif

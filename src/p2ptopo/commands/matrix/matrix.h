/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the command matrix. */
#ifndef P2PTOPO_MATRIX_H
#define P2PTOPO_MATRIX_H

#include "app.h"
#include "print/pair/nccl_pair.h"

/** enum cell - what a cell shows; CELL_NCCL by --nccl, the others by --cell. */
enum cell { CELL_VERDICT, CELL_WAY, CELL_READ, CELL_WRITE, CELL_LATENCY, CELL_SCORE, CELL_NCCL, CELLS };

/** matrix_print_legend() - print what the cells mean. @what: the meaning of cells that are a number. */
void matrix_print_legend(const struct app *app, enum cell cell, const char *what);

/** matrix_nccl_mark() - the mark behind the type; 0 if none. */
char matrix_nccl_mark(const struct nccl_pair *pair);

#endif

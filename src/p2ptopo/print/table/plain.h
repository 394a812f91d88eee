/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables for other programs: Markdown of GitHub's dialect, and CSV as RFC 4180 has it. */
#ifndef P2PTOPO_PLAIN_H
#define P2PTOPO_PLAIN_H

#include "app.h"

/** plain_wanted() - does the user want a table of this kind, and no legends? */
bool plain_wanted(const struct app *app);

/** plain_cell() - print one cell; @first: it starts a row. */
void plain_cell(const struct app *app, const char *text, bool first);

/** plain_end() - end a row; @columns: it was the heading, of so many; 0 it was not. */
void plain_end(const struct app *app, size_t columns);

#endif

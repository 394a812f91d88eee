/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables for other programs: GitHub's dialect of Markdown, and CSV according to RFC 4180. */
#ifndef P2PTOPO_PLAIN_H
#define P2PTOPO_PLAIN_H

#include "app.h"

/** plain_wanted() - did the user request a table of this kind, without legends? */
bool plain_wanted(const struct app *app);

/** plain_cell() - print one cell; @first: it starts a row. */
void plain_cell(const struct app *app, const char *text, bool first);

/** plain_end() - end a row; @columns: the number of columns if it was the heading, 0 if not. */
void plain_end(const struct app *app, size_t columns);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files for other programs: one row of formats.def and one source each.  Equal facts give equal
 * bytes, all of them ASCII: what a format cannot hold is escaped by its own rules, never passed on.
 */
#ifndef P2PTOPO_EXPORT_H
#define P2PTOPO_EXPORT_H

#include "app.h"

/**
 * typedef export_fn - write one format to app->out.
 * @app: evaluated; the functions to export are those of app->selected that app->picked has
 *
 * Return: STATUS_DONE; or another status and a sentence, before anything was written.
 */
typedef enum status export_fn(struct app *app);

#define EXPORT(function, name, help) export_fn function;
#include "export/formats.def"
#undef EXPORT

/** struct export_format - one row. */
struct export_format {
	const char *name, *help;
	export_fn *write;
};

/** export_format() - the row at @index; NULL past the end. */
const struct export_format *export_format(size_t index);

/** export_format_name() - its name; NULL past the end. */
const char *export_format_name(size_t index);

/**
 * export_xml() - @text for an attribute or the text of an element: the five characters of markup and
 *	all that is not ASCII as references, '?' for controls and for what is no UTF-8.
 */
void export_xml(FILE *out, const char *text);

/** export_is_rdma() - is a NIC's name that of an RDMA device?  Those have a '_', names of interfaces have none. */
bool export_is_rdma(const char *name);

/** export_quoted() - @text between double quotes, with \ before what would end it; one line of ASCII. */
void export_quoted(FILE *out, const char *text);

/** export_word() - @text with '_' for all but letters, digits, '.', '-' and '_'; at most @most bytes. */
void export_word(FILE *out, const char *text, size_t most);

#endif

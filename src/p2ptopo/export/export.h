/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files for other programs. Each format is one row of formats.def and one source file. Equal facts give equal
 * bytes, all of them ASCII: what a format cannot hold is escaped by its own rules, never passed through.
 */
#ifndef P2PTOPO_EXPORT_H
#define P2PTOPO_EXPORT_H

#include "app.h"

/**
 * typedef export_fn - write one format to app->out.
 * @app: evaluated; exports those functions of app->selected that are set in app->picked
 *
 * Return: STATUS_DONE, or, before anything was written, another status and a sentence.
 */
typedef enum status export_fn(struct app *app);

#define EXPORT(function, name, help) export_fn function;
#include "export/formats.def"
#undef EXPORT

/** struct export_format - one row of formats.def. */
struct export_format {
	const char *name, *help;
	export_fn *write;
};

/** export_format() - the row at @index, or NULL past the end. */
const struct export_format *export_format(size_t index);

/** export_format_name() - the name of the row at @index, or NULL past the end. */
const char *export_format_name(size_t index);

/** export_note_left_out() - say on standard error that @count devices are not in the file; nothing for 0. */
void export_note_left_out(const struct app *app, size_t count, const char *why);

/**
 * export_xml() - print @text as an attribute value or element text: the five markup characters and everything
 *	outside ASCII as references, and '?' for control characters and invalid UTF-8.
 */
void export_xml(FILE *out, const char *text);

/**
 * export_is_rdma() - whether the name of a NIC is that of an RDMA device. Those contain '_', names of
 *	interfaces do not.
 */
bool export_is_rdma(const char *name);

/** export_quoted() - print @text in double quotes, as one line of ASCII, with \ before characters that would end it. */
void export_quoted(FILE *out, const char *text);

/**
 * export_word() - print at most @most bytes of @text, with '_' in place of everything but letters, digits,
 *	'.', '-' and '_'.
 */
void export_word(FILE *out, const char *text, size_t most);

#endif

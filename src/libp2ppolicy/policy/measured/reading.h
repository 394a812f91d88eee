/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text that the readers in policy/measured/tools/ go through, and their helpers. */
#ifndef P2P_POLICY_MEASURED_READING_H
#define P2P_POLICY_MEASURED_READING_H

#include <p2ppolicy/measured.h>

#include "base/arena.h"
#include "base/context.h"
#include "base/json-read.h"

/** Most figures together; 16 GPUs in ten matrices are a sixth of that. */
#define P2P_MOST_FIGURES	16384

/** struct p2p_field - a word of a line. */
struct p2p_field {
	const char *text;
	size_t length;
};

/** Most words of a line, enough for a matrix of 64 devices. */
#define P2P_MOST_FIELDS		80

/** struct p2p_listed - a device for which a text gives a number and an address or a name. */
struct p2p_listed {
	const struct p2p_tool *tool;
	const char *file;
	struct p2p_end end;
	unsigned int index;
};

/** struct p2p_measured - @listed: the devices that each text lists */
struct p2p_measured {
	struct p2p_context *context;
	struct p2p_arena arena;
	struct p2p_figure *figures;
	struct p2p_listed *listed;
	size_t count, listed_count;
	const struct p2p_topology *topology;
};

/**
 * struct p2p_reading - one text, and the tool whose output is looked for.
 * @lines: @count of them, cleaned: no colours, quotation marks of mails or carriage returns
 * @text: the same in one piece, for reading JSON
 * @skipped: number of lines that were left out; @skipped_line, @skipped_why: the first of them
 * @error: the first negative errno when something was added
 */
struct p2p_reading {
	struct p2p_measured *measured;
	const struct p2p_tool *tool;
	const char *file;
	char **lines;
	char *text;
	size_t count, size;
	size_t skipped, skipped_line;
	const char *skipped_why;
	int error;
};

/* The reader for each row. */
#define TOOL(symbol, name, vendor, prints) void p2p_read_##symbol(struct p2p_reading *reading);
#include <p2ppolicy/tables/measured.def>
#undef TOOL

/** p2p_reading_open() - clean a text and split it into lines.  Return: 0 or -ENOMEM. */
int p2p_reading_open(struct p2p_reading *reading, const char *text, size_t size);

/** p2p_reading_close() - free what p2p_reading_open() allocated. */
void p2p_reading_close(struct p2p_reading *reading);

/** p2p_reading_add() - append a figure of the current tool, unless both ends have the same number. */
void p2p_reading_add(struct p2p_reading *reading, size_t line, const struct p2p_figure *figure);

/** p2p_measured_append() - append a complete figure unchanged.  Return: 0 or -ENOMEM. */
int p2p_measured_append(struct p2p_measured *measured, const struct p2p_figure *figure);

/** p2p_reading_line() - a line without leading blanks. */
const char *p2p_reading_line(const struct p2p_reading *reading, size_t line);

/** p2p_reading_list() - note that the tool's device @index of class @end.kind is @end. */
void p2p_reading_list(struct p2p_reading *reading, unsigned int index, const struct p2p_end *end);

/** p2p_reading_list_gpu() - likewise for a GPU with this address.  Return: is it an address? */
bool p2p_reading_list_gpu(struct p2p_reading *reading, unsigned int index, struct p2p_field address);

/** p2p_reading_list_nic() - likewise for an adapter with this name. */
void p2p_reading_list_nic(struct p2p_reading *reading, unsigned int index, struct p2p_field name);

/** p2p_reading_skip() - note a line that was left out.  @why: a constant clause */
void p2p_reading_skip(struct p2p_reading *reading, size_t line, const char *why);

/** p2p_reading_word() - a copy of a word that lives as long as the figures; "" if out of memory. */
const char *p2p_reading_word(struct p2p_reading *reading, struct p2p_field field);

/** p2p_fields() - the words of a line.  Return: how many, at most P2P_MOST_FIELDS. */
size_t p2p_fields(const char *line, struct p2p_field fields[P2P_MOST_FIELDS]);

/** p2p_field_until() - the start of @text, up to the first character that is in @ends. */
struct p2p_field p2p_field_until(const char *text, const char *ends);

/** p2p_hex() - the hexadecimal number at the start of @text; false if there is none up to @most. */
bool p2p_hex(const char *text, unsigned long most, unsigned long *ret_number);

/** p2p_index() - the digits at the start of @text, as p2p_field_index().  Return: what follows; NULL if none. */
const char *p2p_index(const char *text, unsigned int *ret_index);

/** p2p_field_is() - is the field this word? */
bool p2p_field_is(struct p2p_field field, const char *word);

/** p2p_field_number() - is the field a decimal number, not negative, with or without a fraction? */
bool p2p_field_number(struct p2p_field field, double *ret_number);

/** p2p_field_index() - is the field a number below 4096, in digits only? */
bool p2p_field_index(struct p2p_field field, unsigned int *ret_index);

/** p2p_field_address() - is the field an address?  The function or the domain may be missing. */
bool p2p_field_address(struct p2p_field field, struct p2p_end *ret_end);

/** p2p_field_end() - is the field a device: "GPU3", "NIC2", "3" or "0000:53:00.0"? */
bool p2p_field_end(struct p2p_field field, struct p2p_end *ret_end);

/** p2p_end_of_index() - device @index of class @kind. */
struct p2p_end p2p_end_of_index(enum p2p_class kind, unsigned int index);

/** p2p_end_of_name() - the device called @name, which lives as long as the figures. */
struct p2p_end p2p_end_of_name(const char *name);

/** p2p_after() - what follows @mark in @line; NULL if it is not there. */
const char *p2p_after(const char *line, const char *mark);

/**
 * struct p2p_cell - a cell of a matrix.
 * @line: of the text
 * @data: passed to p2p_matrix()
 */
struct p2p_cell {
	size_t line;
	const struct p2p_end *row, *column;
	struct p2p_field field;
	const void *data;
};

/** p2p_cell_add() - append the figure at @cell->data, with these ends and the value of the cell. */
void p2p_cell_add(struct p2p_reading *reading, const struct p2p_cell *cell,
		  const struct p2p_end *client, const struct p2p_end *provider);

/**
 * p2p_matrix() - go through a matrix: a heading of devices, then a row for each, which starts with it.
 * @at: the line of the heading
 * @corner: the word in front of the heading's devices; NULL none
 * @take: called for every cell off the diagonal
 *
 * Return: the line after it; @at if there is no matrix.
 */
size_t p2p_matrix(struct p2p_reading *reading, size_t at, const char *corner,
		  void (*take)(struct p2p_reading *reading, const struct p2p_cell *cell),
		  const void *data);

/**
 * p2p_reading_json() - go through the JSON objects and arrays of the text that start at the beginning of
 *	a line.  Damaged ones are left out.
 * @take: called for each, with the line that it starts on
 */
void p2p_reading_json(struct p2p_reading *reading,
		      void (*take)(struct p2p_reading *reading, const struct p2p_json *json,
				   size_t first));

/** p2p_json_line() - the line of a value in the text. */
size_t p2p_json_line(const struct p2p_json *json, size_t first, const struct json_object *node);

/** p2p_field_of() - a text as a field. */
struct p2p_field p2p_field_of(const char *text);

#endif

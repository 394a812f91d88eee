/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The formats of p2ppolicy/tables/sources.def: how each is recognized and read. */
#ifndef P2P_SNAPSHOT_SOURCES_H
#define P2P_SNAPSHOT_SOURCES_H

#include <string.h>

#include "snapshot/inside.h"

struct p2p_budget;

/**
 * struct p2p_input - what is read.
 * @name: for error sentences; NULL for the running machine
 * @fd: a directory, else -1; the loader owns it
 * @data: @size bytes of a file, or of a piece of one, followed by a zero; NULL for a directory
 * @lines: of a piece, the line number in the file of each line of @data; see p2p_input_line()
 * @before: of a piece, the last line of the file before it that has a word, such as a command at a prompt; NULL
 *	if there is none
 * @budget: of a file in a container, what is left of its budget; NULL for what the user named
 */
struct p2p_input {
	const char *name;
	int fd;
	const char *data;
	size_t size;
	const unsigned int *lines;
	const char *before;
	struct p2p_budget *budget;
};

/**
 * p2p_input_next() - the next line of a text, without trailing blanks; truncated to fit @line.
 * @at: where it begins, advanced to the line after it; @end: of the text
 * Return: false when there is none.
 */
bool p2p_input_next(const char **at, const char *end, char *line, size_t room);

/** p2p_input_address() - whether the first @size characters of @text are the address of a function. */
bool p2p_input_address(const char *text, size_t size, struct p2p_bdf *ret_bdf);

/** p2p_starts() - whether @text begins with @with. */
static inline bool p2p_starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/** p2p_starts_any() - whether @text begins with one of @list, which NULL ends. */
bool p2p_starts_any(const char *text, const char *const *list);

/** p2p_input_mark() - does @line stand for lines that were left out ("[...]", "<snip>", "-- More --")?  Not "". */
bool p2p_input_mark(const char *line);

/** p2p_input_line() - the number in the file of line @number of @input, both from 1. */
static inline unsigned int p2p_input_line(const struct p2p_input *input, unsigned int number)
{
	return input->lines && number ? input->lines[number - 1] : number;
}

/** What a line of a text is to a format, as bits; 0 if it does not belong to it. */
#define P2P_LINE_STARTS	0x1u	/* a piece may start with it */
#define P2P_LINE_INSIDE	0x2u	/* a piece may continue with it */
#define P2P_LINE_ENDS	0x4u	/* a piece ends after it */
#define P2P_LINE_HOLDS	0x8u	/* and no other piece starts with it, whatever it looks like */

/**
 * struct p2p_format - how a source is read.
 * @sniff: may it be this one?
 * @load: fill @snapshot; 0 or a negative errno with its sentence.  No sentence comes with -ENOTSUP (it is not
 *	this format after all), nor with -ENOMEM, which may also be reported through @no_memory of @snapshot,
 *	checked by the caller.  A piece may hold no function; whoever sets a fact also records its line (@line
 *	of struct p2p_raw and struct p2p_entry).
 * @line: for texts that may stand among others in one file: what a line is to this format.  Quotes, colours
 *	and the indentation of the whole piece have been removed; the line is never empty.  A format without
 *	it is offered what stands between two fences or prompts, if @sniff accepts that.
 * @is_files: it has the files of the machine, so that a capture can be made of it
 * @whole: it is always read as a whole, so reading less would save nothing
 */
struct p2p_format {
	bool (*sniff)(const struct p2p_input *input);
	int (*load)(struct p2p_context *context, const struct p2p_input *input,
		    struct p2p_snapshot *snapshot);
	unsigned int (*line)(const char *line);
	bool is_files, whole;
};

/* One for each row. */
#define SOURCE(id, symbol, name, noun, help, again, cure) \
	extern const struct p2p_format p2p_format_##symbol;
#include <p2ppolicy/tables/sources.def>
#undef SOURCE

/** p2p_format_of() - the format @snapshot was read from. */
const struct p2p_format *p2p_format_of(const struct p2p_snapshot *snapshot);

/** p2p_format_at() - the format of a row; NULL past the last. */
const struct p2p_format *p2p_format_at(size_t row);

/**
 * p2p_load_part() - read @input in the format of a row.
 * @snapshot: the result is added to it as a part
 * Return: as the @load of the row.
 */
int p2p_load_part(struct p2p_context *context, const struct p2p_input *input, size_t row,
		  struct p2p_snapshot *snapshot);

#endif

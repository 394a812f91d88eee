/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The formats of p2ppolicy/tables/sources.def: how each is told from the others, and read. */
#ifndef P2P_SNAPSHOT_SOURCES_H
#define P2P_SNAPSHOT_SOURCES_H

#include <string.h>

#include "snapshot/inside.h"

struct p2p_budget;

/**
 * struct p2p_input - what is read.
 * @name: for error sentences; NULL the running machine
 * @fd: of a directory, else -1; the loader owns it
 * @data: @size bytes of a file, or of a piece of one, and a zero behind them; NULL of a directory
 * @lines: of a piece, the number in the file that each line of @data has; see p2p_input_line()
 * @budget: of a file in a container, what it may still use; NULL of what the user named
 */
struct p2p_input {
	const char *name;
	int fd;
	const char *data;
	size_t size;
	const unsigned int *lines;
	struct p2p_budget *budget;
};

/**
 * p2p_input_next() - the next line of a text, without blanks at its end; cut where @line has no more room.
 * @at: where it begins, and then the one behind it; @end: of the text
 * Return: false when there is none.
 */
bool p2p_input_next(const char **at, const char *end, char *line, size_t room);

/** p2p_input_address() - are the first @size characters of @text the address of a function? */
bool p2p_input_address(const char *text, size_t size, struct p2p_bdf *ret_bdf);

/** p2p_starts() - does @text begin with @with? */
static inline bool p2p_starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/** p2p_starts_any() - with one of @list, which NULL ends? */
bool p2p_starts_any(const char *text, const char *const *list);

/** p2p_input_mark() - does @line stand for others that were left out?  "[...]", "<snip>", "-- More --"; not "". */
bool p2p_input_mark(const char *line);

/** p2p_input_line() - the number in its file of the line @number of @input, both from 1. */
static inline unsigned int p2p_input_line(const struct p2p_input *input, unsigned int number)
{
	return input->lines && number ? input->lines[number - 1] : number;
}

/** What a line of a text is to a format, as bits; 0 it is nothing of it. */
#define P2P_LINE_STARTS	0x1u	/* a piece may start with it */
#define P2P_LINE_INSIDE	0x2u	/* a piece may go on with it */
#define P2P_LINE_ENDS	0x4u	/* a piece is over after it */
#define P2P_LINE_HOLDS	0x8u	/* and nothing else starts with it, whatever it looks like */

/**
 * struct p2p_format - how a source is read.
 * @sniff: may it be this one?
 * @load: fill @snapshot; 0 or a negative errno with its sentence.  -ENOTSUP, without a
 *	sentence: it is not this one after all; -ENOMEM, without one, too, and so is @no_memory
 *	of @snapshot, which is looked at behind it.  A piece may hold no function; whoever sets
 *	a fact says in which line it stands (@line of struct p2p_raw and struct p2p_entry).
 * @line: of a text that may stand among others in one file: what a line is to it.  Quotes,
 *	colours and the indentation of the whole piece are gone; it is never empty.  A row without
 *	it gets what stands between two fences or prompts, when @sniff takes that.
 * @is_files: it has the files of the machine, so that a capture can be made of it
 * @whole: it comes whole, so there is nothing to save by reading less
 */
struct p2p_format {
	bool (*sniff)(const struct p2p_input *input);
	int (*load)(struct p2p_context *context, const struct p2p_input *input,
		    struct p2p_snapshot *snapshot);
	unsigned int (*line)(const char *line);
	bool is_files, whole;
};

/* One of each row. */
#define SOURCE(id, symbol, name, noun, help, again, cure) \
	extern const struct p2p_format p2p_format_##symbol;
#include <p2ppolicy/tables/sources.def>
#undef SOURCE

/** p2p_format_of() - how @snapshot was read. */
const struct p2p_format *p2p_format_of(const struct p2p_snapshot *snapshot);

/** p2p_format_at() - the format of a row; NULL past the last. */
const struct p2p_format *p2p_format_at(size_t row);

/**
 * p2p_load_part() - read @input as the row says.
 * @snapshot: gets it as a part
 * Return: as the @load of the row.
 */
int p2p_load_part(struct p2p_context *context, const struct p2p_input *input, size_t row,
		  struct p2p_snapshot *snapshot);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The formats of p2ppolicy/sources.def: how each is told from the others, and read. */
#ifndef P2P_SNAPSHOT_SOURCES_H
#define P2P_SNAPSHOT_SOURCES_H

#include "snapshot/inside.h"

/**
 * struct p2p_input - what is read.
 * @name: for error sentences; NULL the running machine
 * @fd: of a directory, else -1; the loader owns it
 * @data: @size bytes of a file, and a zero behind them; NULL of a directory
 */
struct p2p_input {
	const char *name;
	int fd;
	const char *data;
	size_t size;
};

/**
 * struct p2p_format - how a source is read.
 * @sniff: may it be this one?
 * @load: fill @snapshot; 0 or a negative errno with its sentence.  -ENOTSUP, without a
 *	sentence: it is not this one after all.
 * @is_files: it has the files of the machine, so that a capture can be made of it
 * @whole: it comes whole, so there is nothing to save by reading less
 */
struct p2p_format {
	bool (*sniff)(const struct p2p_input *input);
	int (*load)(struct p2p_context *context, const struct p2p_input *input,
		    struct p2p_snapshot *snapshot);
	bool is_files, whole;
};

/* One of each row. */
#define SOURCE(id, symbol, name, noun, help, again, cure) \
	extern const struct p2p_format p2p_format_##symbol;
#include <p2ppolicy/sources.def>
#undef SOURCE

/** p2p_format_of() - how @snapshot was read. */
const struct p2p_format *p2p_format_of(const struct p2p_snapshot *snapshot);

#endif

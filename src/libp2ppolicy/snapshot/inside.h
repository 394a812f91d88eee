/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The internals of a snapshot, for the sources that fill it. */
#ifndef P2P_SNAPSHOT_INSIDE_H
#define P2P_SNAPSHOT_INSIDE_H

#include "base/arena.h"
#include "base/boot.h"
#include "snapshot/facts.h"
#include "snapshot/tree/tree.h"

/** enum p2p_kind - see attrs.def and machine.def. */
enum p2p_kind {
	P2P_KIND_FILE,
	P2P_KIND_LINK,
	P2P_KIND_DIR,
	P2P_KIND_GLOB,
	P2P_KIND_EACH,
	P2P_KIND_CLASS
};

/**
 * struct p2p_entry - a file of the machine that is not an attribute of a function.
 * @path: below the root
 * @target: target of a link, as read; NULL otherwise
 * @line: line number in the file it was read from; 0 if not known
 */
struct p2p_entry {
	const char *path;
	unsigned int line;
	enum p2p_kind kind;
	const char *target;
	struct p2p_file file;
};

struct p2p_manifest;

/**
 * struct p2p_snapshot - see snapshot.h.
 * @raws: @count functions, sorted by address
 * @few: functions are added without room for attributes that no verdict needs
 * @entries: @entry_count files of the machine, sorted by path once loaded
 * @no_memory: something is missing for lack of memory; whoever loads it checks this in the end
 * @manifest: of our own capture; NULL for any other source
 * @hwloc: the XML
 * @report: the document of a report, which has neither functions nor files; owned
 * @boot: boot id of the running machine; "" if unknown
 * @saved: the snapshot root had saved, if p2p_snapshot_fill() borrowed from it
 * @name, @first_line, @last_line: the file, and the lines of the piece it was read from; 0 for the whole file
 * @parts: the snapshots it was joined from; owned
 * @conflicts: between them
 * @skipped: what was not read of the sources
 * @faults: see p2p_snapshot_faults(); NULL if none
 * @fault_lines: how many lines of @faults have a mark of faults.def
 */
struct p2p_snapshot {
	enum p2p_source source;
	enum p2p_want want;
	struct p2p_arena arena;
	struct p2p_raw *raws;
	size_t count;
	bool few;
	struct p2p_entry *entries;
	size_t entry_count;
	bool no_memory;
	struct p2p_manifest *manifest;
	struct p2p_file hwloc;
	struct json_object *report;
	struct p2p_snapshot *saved;
	char boot[P2P_BOOT_SIZE];
	const char *name;
	unsigned int first_line, last_line;
	struct p2p_snapshot **parts;
	size_t part_count;
	struct p2p_conflict *conflicts;
	size_t conflict_count;
	struct p2p_skipped *skipped;
	size_t skipped_count;
	const char *faults;
	size_t fault_lines;
};

/** Limit for the text of faults that is kept: more than anybody reads. */
#define P2P_FAULTS_MOST		65536u

/** Limit for the functions of one machine: twice as many as a domain has, and more than any machine has. */
#define P2P_MOST_FUNCTIONS	((size_t)1 << 17)

/** Limit for the pieces that one machine is joined from. */
#define P2P_PARTS_MOST		1024u

/* All functions that add to a snapshot set @no_memory when they fail. */

/** p2p_snapshot_string() - a copy of @text in its arena.  Return: NULL when out of memory. */
char *p2p_snapshot_string(struct p2p_snapshot *snapshot, const char *text);

/** p2p_snapshot_set() - set @file to @size bytes of @data; denied when out of memory. */
void p2p_snapshot_set(struct p2p_snapshot *snapshot, struct p2p_file *file, const void *data,
		      size_t size);

/** p2p_snapshot_print() - likewise, with printf. */
void p2p_snapshot_print(struct p2p_snapshot *snapshot, struct p2p_file *file, const char *format,
			...)
	__attribute__((format(printf, 3, 4)));

/** p2p_snapshot_set_ids() - set the files that hold the ids of @raw; vendors 0 and ffff leave both unknown. */
void p2p_snapshot_set_ids(struct p2p_snapshot *snapshot, struct p2p_raw *raw, unsigned int vendor,
			  unsigned int device);

/**
 * p2p_snapshot_skip() - note that something of a source was not read.
 * @why: NULL if no format knows it
 * Return: the note, whose lines the caller may set; NULL when out of memory.
 */
struct p2p_skipped *p2p_snapshot_skip(struct p2p_snapshot *snapshot, const char *name,
				      const char *why);

/** p2p_snapshot_move_skipped() - copy the notes of another snapshot. */
void p2p_snapshot_move_skipped(struct p2p_snapshot *snapshot, const struct p2p_snapshot *from);

/** p2p_snapshot_entry() - the entry of a path, once they are sorted; NULL if none. */
const struct p2p_entry *p2p_snapshot_entry(const struct p2p_snapshot *snapshot, const char *path);

/** p2p_snapshot_add() - a new function, at the end.  Return: NULL when out of memory. */
struct p2p_raw *p2p_snapshot_add(struct p2p_snapshot *snapshot, struct p2p_bdf bdf);

/** p2p_snapshot_sort() - sort functions by address.  Return: the second of two equal ones, or NULL. */
const struct p2p_raw *p2p_snapshot_sort(struct p2p_snapshot *snapshot);

/** p2p_snapshot_find() - the index of the first function at or after @bdf, once they are sorted. */
size_t p2p_snapshot_find(const struct p2p_snapshot *snapshot, struct p2p_bdf bdf);

/** p2p_is_one_device() - whether both functions belong to one device. */
static inline bool p2p_is_one_device(struct p2p_bdf one, struct p2p_bdf other)
{
	return one.domain == other.domain && one.bus == other.bus &&
	       one.devfn >> 3 == other.devfn >> 3;
}

/**
 * p2p_snapshot_finish() - sort the functions, none of which may appear twice.
 * @name: of the source, for the sentence
 * Return: 0 or -EBADMSG.
 */
int p2p_snapshot_finish(struct p2p_context *context, const char *name, struct p2p_snapshot *snapshot);

/** p2p_snapshot_add_entry() - a new file of the machine, denied.  Return: NULL when out of memory. */
struct p2p_entry *p2p_snapshot_add_entry(struct p2p_snapshot *snapshot, const char *path);

/** p2p_snapshot_add_file() - likewise, with @size bytes of @data.  @line: see struct p2p_entry */
void p2p_snapshot_add_file(struct p2p_snapshot *snapshot, const char *path, unsigned int line,
			   const void *data, size_t size);

/**
 * p2p_sort_unique() - sort @count elements of @size bytes by @order and drop duplicates.
 * Return: how many are left: of those that are the @same only the first stays.
 */
size_t p2p_sort_unique(void *array, size_t count, size_t size,
		       int (*order)(const void *a, const void *b),
		       int (*same)(const void *a, const void *b));

/** p2p_snapshot_sort_entries() - sort by path, once all are added; of equal ones the first stays. */
void p2p_snapshot_sort_entries(struct p2p_snapshot *snapshot);

/**
 * p2p_missing() - the fact for a file that could not be read.
 * @row: of attrs.def or machine.def
 * @path: below the root
 * @error: the negative errno
 *
 * Only the machine itself, or a capture that lists what it looked for and found, can tell that something does
 * not exist; any other tree may simply lack it.
 */
enum p2p_fact p2p_missing(const struct p2p_snapshot *snapshot, const char *row,
			  const char *path, int error);

/**
 * p2p_load_fd() - as p2p_snapshot_load(), for an open capture or dump.
 * @path: for error sentences; @fd: closed in any case
 */
int p2p_load_fd(struct p2p_context *context, const char *path, int fd, enum p2p_want want,
		struct p2p_snapshot **ret_snapshot);

/** p2p_load_machine() - fill the files of the machine from a tree. */
int p2p_load_machine(struct p2p_context *context, struct p2p_tree *tree,
		     struct p2p_snapshot *snapshot);

/** p2p_machine_row() - the row of machine.def that reads @path for @want; NULL if none. */
const char *p2p_machine_row(enum p2p_want want, const char *path);

/** p2p_machine_path() - the path of the row at @index; NULL past the end. */
const char *p2p_machine_path(size_t index);

/** p2p_machine_want() - the least want that reads the row at @index. */
enum p2p_want p2p_machine_want(size_t index);

/** struct p2p_attr_row - a row of attrs.def.  @want: the least that reads it */
struct p2p_attr_row {
	const char *path;
	enum p2p_kind kind;
	enum p2p_want want;
};
extern const struct p2p_attr_row p2p_attr_rows[P2P_ATTRS];

/**
 * p2p_attrs_listed() - which attributes may exist, given the names in the directory of a function, one per
 * line.  For a pattern it is enough if a name matches up to the first wildcard.
 */
void p2p_attrs_listed(const char *names, bool listed[P2P_ATTRS]);

/** p2p_load_functions() - fill the functions from a tree; -EBADMSG when there are none. */
int p2p_load_functions(struct p2p_context *context, struct p2p_tree *tree,
		       struct p2p_snapshot *snapshot);

#endif

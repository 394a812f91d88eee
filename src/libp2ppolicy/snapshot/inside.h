/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A snapshot while its sources fill it. */
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
 * @target: of a link, as it was read; NULL otherwise
 * @line: of the file it was read from; 0 not known
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
 * @few: those that are added have no room for attributes that no verdict needs
 * @entries: @entry_count files of the machine, sorted by path once it is loaded
 * @no_memory: something of it is missing for that; whoever loads it looks here in the end
 * @manifest: of our own capture; NULL for any other source
 * @hwloc: the XML
 * @report: the document of a report, which has neither functions nor files; owned
 * @boot: of the running machine; "" unknown
 * @saved: what root had saved, where p2p_snapshot_fill() borrowed from it
 * @name, @first_line, @last_line: of the file, and of the piece it was; 0 the whole file
 * @parts: what it was joined from; owned
 * @conflicts: between them
 * @skipped: what of the sources was not read
 * @faults: see p2p_snapshot_faults(); NULL none
 * @fault_lines: how many of its lines have a mark of faults.def
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

/** Most text of faults that is kept: more than anybody reads. */
#define P2P_FAULTS_MOST		65536u

/** Most functions of one machine: twice as many as a domain has, and more than any machine. */
#define P2P_MOST_FUNCTIONS	((size_t)1 << 17)

/** Most pieces that one machine is joined from. */
#define P2P_PARTS_MOST		1024u

/* Whatever adds to a snapshot sets @no_memory where it fails. */

/** p2p_snapshot_string() - a copy of @text in its arena.  Return: NULL when out of memory. */
char *p2p_snapshot_string(struct p2p_snapshot *snapshot, const char *text);

/** p2p_snapshot_set() - @file is there, with @size bytes of @data; denied when out of memory. */
void p2p_snapshot_set(struct p2p_snapshot *snapshot, struct p2p_file *file, const void *data,
		      size_t size);

/** p2p_snapshot_print() - likewise, what printf makes. */
void p2p_snapshot_print(struct p2p_snapshot *snapshot, struct p2p_file *file, const char *format,
			...)
	__attribute__((format(printf, 3, 4)));

/** p2p_snapshot_set_ids() - the files that hold the ids of @raw; 0 and ffff name no vendor, and leave both unknown. */
void p2p_snapshot_set_ids(struct p2p_snapshot *snapshot, struct p2p_raw *raw, unsigned int vendor,
			  unsigned int device);

/**
 * p2p_snapshot_skip() - note that something of a source was not read.
 * @why: NULL no format knows it
 * Return: the note, whose lines the caller may set; NULL when out of memory.
 */
struct p2p_skipped *p2p_snapshot_skip(struct p2p_snapshot *snapshot, const char *name,
				      const char *why);

/** p2p_snapshot_move_skipped() - the same notes, of another snapshot. */
void p2p_snapshot_move_skipped(struct p2p_snapshot *snapshot, const struct p2p_snapshot *from);

/** p2p_snapshot_entry() - the entry of a path, once they are sorted; NULL none. */
const struct p2p_entry *p2p_snapshot_entry(const struct p2p_snapshot *snapshot, const char *path);

/** p2p_snapshot_add() - a new function, at the end.  Return: NULL when out of memory. */
struct p2p_raw *p2p_snapshot_add(struct p2p_snapshot *snapshot, struct p2p_bdf bdf);

/** p2p_snapshot_sort() - sort functions by address.  Return: the second of two equal ones, or NULL. */
const struct p2p_raw *p2p_snapshot_sort(struct p2p_snapshot *snapshot);

/** p2p_snapshot_find() - the index of the first function at @bdf or behind, once they are sorted. */
size_t p2p_snapshot_find(const struct p2p_snapshot *snapshot, struct p2p_bdf bdf);

/** p2p_is_one_device() - are both functions of one device? */
static inline bool p2p_is_one_device(struct p2p_bdf one, struct p2p_bdf other)
{
	return one.domain == other.domain && one.bus == other.bus &&
	       one.devfn >> 3 == other.devfn >> 3;
}

/**
 * p2p_snapshot_finish() - sort them, of which none may appear twice.
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
 * p2p_sort_unique() - sort @count elements of @size bytes in @order.
 * Return: how many are left, since of those that are the @same only the first stays.
 */
size_t p2p_sort_unique(void *array, size_t count, size_t size,
		       int (*order)(const void *a, const void *b),
		       int (*same)(const void *a, const void *b));

/** p2p_snapshot_sort_entries() - sort by path, once all are there; of equal ones the first stays. */
void p2p_snapshot_sort_entries(struct p2p_snapshot *snapshot);

/**
 * p2p_missing() - the fact of a file that could not be read.
 * @row: of attrs.def or machine.def
 * @path: below the root
 * @error: the negative errno
 *
 * Only the machine itself, or a capture that lists what it looked for and found, can say that
 * something is not there; in any other tree it may have been left out.
 */
enum p2p_fact p2p_missing(const struct p2p_snapshot *snapshot, const char *row,
			  const char *path, int error);

/**
 * p2p_load_fd() - as p2p_snapshot_load(), of a capture or dump that is open.
 * @path: for error sentences; @fd: closed in any case
 */
int p2p_load_fd(struct p2p_context *context, const char *path, int fd, enum p2p_want want,
		struct p2p_snapshot **ret_snapshot);

/** p2p_load_machine() - fill the files of the machine from a tree. */
int p2p_load_machine(struct p2p_context *context, struct p2p_tree *tree,
		     struct p2p_snapshot *snapshot);

/** p2p_machine_row() - the row of machine.def that reads @path for @want; NULL none. */
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
 * p2p_attrs_listed() - which attributes the names in the directory of a function, one a line, lead to.
 * Of a pattern what comes before the first star is enough to be worth a look.
 */
void p2p_attrs_listed(const char *names, bool listed[P2P_ATTRS]);

/** p2p_load_functions() - fill the functions from a tree; -EBADMSG when there are none. */
int p2p_load_functions(struct p2p_context *context, struct p2p_tree *tree,
		       struct p2p_snapshot *snapshot);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The snapshot: raw facts about one machine at one moment, from the machine itself or from a
 * capture of one.  It is immutable; everything above is a pure function of it.
 */
#ifndef P2PPOLICY_SNAPSHOT_H
#define P2PPOLICY_SNAPSHOT_H

#include <p2ppolicy/base.h>

/** enum p2p_source - where the facts came from; see sources.def.  P2P_SOURCE_LIVE is 0. */
enum p2p_source {
#define SOURCE(id, symbol, name, noun, help, again, cure) P2P_SOURCE_##id,
#include <p2ppolicy/tables/sources.def>
#undef SOURCE
};

/**
 * struct p2p_source_text - the texts about a source.
 * @name: "live", "tree", ..., in documents
 * @noun: in a sentence
 * @help: one line
 * @again: the command that reads more from it
 * @cure: what to do when facts are missing
 */
struct p2p_source_text {
	const char *name, *noun, *help, *again, *cure;
};

/** p2p_source_text() - the texts about a source; NULL past the last. */
const struct p2p_source_text *p2p_source_text(enum p2p_source source);

/**
 * enum p2p_want - how much to read; a fact that is not wanted is P2P_DENIED.
 * @P2P_WANT_VERDICT: what the tree and the verdict on a pair need
 * @P2P_WANT_NAMES: also what describes the devices: names (nvme0, mlx5_0, eth0), drivers, BARs
 * @P2P_WANT_ALL: also all of config space and all that lspci and lstopo read, for a capture
 * @P2P_WANT_OVERVIEW: P2P_WANT_NAMES without CPU lists, but P2P_WANT_VERDICT for a machine with
 *	more than P2P_OVERVIEW_MOST functions, whose names do not fit in an overview
 */
enum p2p_want { P2P_WANT_VERDICT = 0, P2P_WANT_NAMES, P2P_WANT_ALL, P2P_WANT_OVERVIEW };

#define P2P_OVERVIEW_MOST 1024

struct p2p_snapshot;

/**
 * p2p_snapshot_load() - read a machine or a capture of one.
 * @path: directory, tar, dump, text or report; "-" standard input; NULL the running machine
 * @want: how much to read
 * @ret_snapshot: owned by the caller; free with p2p_snapshot_free()
 *
 * A file that is missing below sys/bus/pci/devices is a missing fact, not an error.  The running machine is
 * read again if functions come or go meanwhile.
 *
 * Return: 0;
 *	-ESTALE functions came or went each time that the running machine was read;
 *	-EBADMSG @path is in no known format, holds no function, is truncated or hostile;
 *	-EACCES the running machine's PCI devices, or @path, may not be read;
 *	-ENODEV the running machine has no PCI;
 *	another negative errno when @path cannot be opened or memory runs out.
 *	p2p_context_error() then says what and where.
 */
int p2p_snapshot_load(struct p2p_context *context, const char *path, enum p2p_want want,
		      struct p2p_snapshot **ret_snapshot);

/**
 * p2p_snapshot_load_all() - like p2p_snapshot_load(), from several sources of one machine.
 * @paths: @count of them, at least one; "-" is standard input
 *
 * Facts are joined by address.  A register beats text; otherwise a fact on which two sources contradict
 * each other is unknown.  p2p_snapshot_conflicts() gives both places.  A source that exists but cannot be
 * read, or is in no known format, is left out as long as others have functions; p2p_snapshot_skipped()
 * lists it.
 */
int p2p_snapshot_load_all(struct p2p_context *context, const char *const *paths, size_t count,
			  enum p2p_want want, struct p2p_snapshot **ret_snapshot);

/**
 * struct p2p_where - where something was read.
 * @line: of the file; 0 the whole file
 */
struct p2p_where {
	const char *name;
	unsigned int line;
};

/**
 * struct p2p_conflict - two pieces say different things about one machine.
 * @bdf: of the function; @of_function: the fact is about a function, else about the machine
 * @what: the fact
 * @first, @second: where each was read
 * @settled: @first was used, because it is a register or a file and @second only a text or a log
 *	about it; otherwise the fact is unknown
 */
struct p2p_conflict {
	struct p2p_bdf bdf;
	bool of_function, settled;
	const char *what;
	struct p2p_where first, second;
};

/** p2p_snapshot_conflicts() - the conflicts between the pieces of @snapshot.  Return: how many. */
size_t p2p_snapshot_conflicts(const struct p2p_snapshot *snapshot,
			      const struct p2p_conflict **ret_conflicts);

/**
 * struct p2p_skipped - lines of a text, or a file, of which nothing was used.
 * @first, @last: both 0: the whole file
 * @why: a sentence from the format that rejected it; NULL no format recognizes it
 * @source: it is one of the sources that were named, and the others were used without it
 */
struct p2p_skipped {
	const char *name, *why;
	unsigned int first, last;
	bool source;
};

/** p2p_snapshot_skipped() - the parts of the sources that were not used.  Return: how many. */
size_t p2p_snapshot_skipped(const struct p2p_snapshot *snapshot,
			    const struct p2p_skipped **ret_skipped);

/**
 * p2p_snapshot_faults() - the lines of the kernel log that may report refused requests (faults.def),
 *	without time and host.  Return: borrowed, "" if there are none.
 */
const char *p2p_snapshot_faults(const struct p2p_snapshot *snapshot);

/** p2p_fault_mark() - a text that marks a log line about a refused request (faults.def); NULL past the last. */
const char *p2p_fault_mark(size_t index);

/** enum p2p_gift - what a source may contribute; see gifts.def. */
enum p2p_gift {
#define GIFT(id, key, one, many) P2P_GIFT_##id,
#include <p2ppolicy/tables/gifts.def>
#undef GIFT
	P2P_GIFTS
};

/** p2p_gift_key() - the key of a gift in documents. */
const char *p2p_gift_key(enum p2p_gift gift);

/** p2p_gift_noun() - its noun in a sentence, singular or plural by @count. */
const char *p2p_gift_noun(enum p2p_gift gift, size_t count);

/** p2p_gift_is_machine() - is it a fact of the whole machine, not counted per function? */
bool p2p_gift_is_machine(enum p2p_gift gift);

/**
 * struct p2p_given - a source, or a piece of one.
 * @first_line, @last_line: 0 the whole file
 * @count: by gift: how many functions have it (for FAULTS, how many lines), or 1
 */
struct p2p_given {
	const char *name;
	unsigned int first_line, last_line;
	enum p2p_source source;
	size_t count[P2P_GIFTS];
};

/** p2p_snapshot_given() - what the piece at @index contributed.  Return: false past the last. */
bool p2p_snapshot_given(const struct p2p_snapshot *snapshot, size_t index,
			struct p2p_given *ret_given);

/** p2p_snapshot_free() - free a snapshot; NULL is fine.  Return: NULL. */
struct p2p_snapshot *p2p_snapshot_free(struct p2p_snapshot *snapshot);

/** p2p_snapshot_source() - where the facts came from. */
enum p2p_source p2p_snapshot_source(const struct p2p_snapshot *snapshot);

/** p2p_snapshot_want() - how much was read; never P2P_WANT_OVERVIEW. */
enum p2p_want p2p_snapshot_want(const struct p2p_snapshot *snapshot);

/**
 * p2p_snapshot_capture() - write a snapshot as a capture that this tool and lspci can read, and
 *	lstopo after extraction.
 * @snapshot: loaded with P2P_WANT_ALL
 * @path: the tar to write; compressed according to its suffix (.gz .xz .zst .bz2); replaced
 *	completely or not at all
 * @with_serials: keep everything as it was read; otherwise serial numbers, MAC addresses, GUIDs,
 *	the host name, and the names of interfaces that contain one of these or were chosen by
 *	their owner, are replaced in place by pseudonyms, the same one for equal values within
 *	this capture, and only command line parameters for PCI, IOMMU and NUMA stay legible
 *
 * Equal snapshots give equal bytes, and a loaded capture gives the bytes it was loaded from.
 *
 * Return: 0; -EINVAL @snapshot was loaded with less, or came from a dump or a report; another negative
 *	errno when writing failed.
 */
int p2p_snapshot_capture(struct p2p_context *context,
			 const struct p2p_snapshot *snapshot, const char *path,
			 bool with_serials);

/**
 * p2p_snapshot_is_whole() - could the config space of every function be read completely?
 *
 * Without privileges the kernel shows 64 bytes of configuration space
 * (drivers/pci/pci-sysfs.c, pci_read_config()).  A function that does not answer at all is not
 * counted.
 */
bool p2p_snapshot_is_whole(const struct p2p_snapshot *snapshot);

/**
 * p2p_live_cure() - what to do when facts of the running machine are missing; for a process that is
 *	root already, what else hides them from it.
 */
const char *p2p_live_cure(void);

/**
 * p2p_snapshot_save() - save what root read on the running machine for users who may not read it.
 * @snapshot: of the running machine, loaded with P2P_WANT_NAMES or more
 * @path: the tar to write, as by p2p_snapshot_capture() without serial numbers; its mode is 0666
 *	less the umask
 *
 * It holds only the registers that the topology is made from, and identifies the boot.
 *
 * Return: 0; -EINVAL @snapshot is not such a snapshot; -ENODATA the boot cannot be identified;
 *	another negative errno if writing failed; an existing file then stays.
 */
int p2p_snapshot_save(struct p2p_context *context,
		      const struct p2p_snapshot *snapshot, const char *path);

/**
 * p2p_snapshot_fill() - fill in registers that could not be read with those that root saved.
 * @snapshot: of the running machine, before a topology is made from it
 * @path: written by p2p_snapshot_save()
 * @ret_when: when it was written, in seconds since 1970
 *
 * Everything that could be read now is kept: names, drivers, power states, links, IOMMU groups, and
 * the tree.  What is filled in (capabilities, ACS) is as old as the file.
 *
 * Return: 0;
 *	-ENOENT there is none;
 *	-EPERM somebody other than root could have written it;
 *	-ESTALE it is from another boot, or functions came, went or changed since;
 *	-EACCES it may not be read; -EBADMSG it is damaged; -ENOMEM; -EINVAL @snapshot is of a
 *	capture, or was filled already.  @snapshot is then as it was.
 */
int p2p_snapshot_fill(struct p2p_context *context, struct p2p_snapshot *snapshot,
		      const char *path, int64_t *ret_when);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The snapshot: raw facts of one machine at one moment, from the machine itself or from a
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
 * struct p2p_source_text - what is said of a source.
 * @name: "live", "tree", ..., in documents
 * @noun: in a sentence
 * @help: one line
 * @again: the command that reads more of it
 * @cure: what to do when facts are missing
 */
struct p2p_source_text {
	const char *name, *noun, *help, *again, *cure;
};

/** p2p_source_text() - what is said of a source; NULL past the last. */
const struct p2p_source_text *p2p_source_text(enum p2p_source source);

/**
 * enum p2p_want - how much to read; a fact that is not wanted is P2P_DENIED.
 * @P2P_WANT_VERDICT: what the tree and the verdict on a pair need
 * @P2P_WANT_NAMES: and what describes the devices: names (nvme0, mlx5_0, eth0), drivers, BARs
 * @P2P_WANT_ALL: and all of config space and all that lspci and lstopo read, for a capture
 * @P2P_WANT_OVERVIEW: P2P_WANT_NAMES without lists of CPUs, but P2P_WANT_VERDICT of a machine with
 *	more than P2P_OVERVIEW_MOST functions, whose names no overview has room for
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
 * A file that is missing below sys/bus/pci/devices is a missing fact and no error.  The running machine is
 * read again when functions come or go meanwhile.
 *
 * Return: 0;
 *	-ESTALE they did so each time that the running machine was read;
 *	-EBADMSG @path is none of the forms, holds no function, is truncated or hostile;
 *	-EACCES the running machine's PCI devices, or @path, may not be read;
 *	-ENODEV the running machine has no PCI;
 *	another negative errno when @path cannot be opened or memory runs out.
 *	p2p_context_error() then says what and where.
 */
int p2p_snapshot_load(struct p2p_context *context, const char *path, enum p2p_want want,
		      struct p2p_snapshot **ret_snapshot);

/**
 * p2p_snapshot_load_all() - as p2p_snapshot_load(), of several sources of one machine.
 * @paths: @count of them, at least one; "-" is standard input
 *
 * Facts are joined by address.  A register beats text; what two contradict each other about is
 * unknown, and p2p_snapshot_conflict() tells both places.  A source that is there and cannot be read,
 * or is in no known format, is left out while others give functions; p2p_snapshot_skipped() tells.
 */
int p2p_snapshot_load_all(struct p2p_context *context, const char *const *paths, size_t count,
			  enum p2p_want want, struct p2p_snapshot **ret_snapshot);

/**
 * struct p2p_where - where something was read.
 * @line: of the file; 0 all of it
 */
struct p2p_where {
	const char *name;
	unsigned int line;
};

/**
 * struct p2p_conflict - two pieces say different things of one machine.
 * @bdf: of the function; @of_function: it is of one, else of the machine
 * @what: the fact
 * @first, @second: where both were read
 * @settled: @first was taken, since it is a register or a file and @second only a text or a
 *	log of it; otherwise the fact is unknown
 */
struct p2p_conflict {
	struct p2p_bdf bdf;
	bool of_function, settled;
	const char *what;
	struct p2p_where first, second;
};

/** p2p_snapshot_conflicts() - those between the pieces of @snapshot.  Return: how many. */
size_t p2p_snapshot_conflicts(const struct p2p_snapshot *snapshot,
			      const struct p2p_conflict **ret_conflicts);

/**
 * struct p2p_skipped - lines of a text that nothing was taken from, or a file.
 * @first, @last: both 0: all of it
 * @why: a sentence of the format that did not take it; NULL no format knows it
 * @source: it is one of those that were named, and the others do without it
 */
struct p2p_skipped {
	const char *name, *why;
	unsigned int first, last;
	bool source;
};

/** p2p_snapshot_skipped() - what of the sources was not read.  Return: how many. */
size_t p2p_snapshot_skipped(const struct p2p_snapshot *snapshot,
			    const struct p2p_skipped **ret_skipped);

/**
 * p2p_snapshot_faults() - what of the kernel's log may tell of refused requests (faults.def), line by line,
 *	without time and host.  Return: borrowed, "" there is none.
 */
const char *p2p_snapshot_faults(const struct p2p_snapshot *snapshot);

/** p2p_fault_mark() - what a line of the log on a refused request has (faults.def); NULL past the last. */
const char *p2p_fault_mark(size_t index);

/** enum p2p_gift - what a source may give; see gifts.def. */
enum p2p_gift {
#define GIFT(id, key, one, many) P2P_GIFT_##id,
#include <p2ppolicy/tables/gifts.def>
#undef GIFT
	P2P_GIFTS
};

/** p2p_gift_key() - the key of a gift in documents. */
const char *p2p_gift_key(enum p2p_gift gift);

/** p2p_gift_noun() - what @count of them are called in a sentence. */
const char *p2p_gift_noun(enum p2p_gift gift, size_t count);

/** p2p_gift_is_machine() - is it of the machine, and not counted by function? */
bool p2p_gift_is_machine(enum p2p_gift gift);

/**
 * struct p2p_given - a source, or a piece of one.
 * @first_line, @last_line: 0 all of it
 * @count: by gift: how many functions have it, or 1
 */
struct p2p_given {
	const char *name;
	unsigned int first_line, last_line;
	enum p2p_source source;
	size_t count[P2P_GIFTS];
};

/** p2p_snapshot_given() - what the piece at @index gave.  Return: false past the last. */
bool p2p_snapshot_given(const struct p2p_snapshot *snapshot, size_t index,
			struct p2p_given *ret_given);

/** p2p_snapshot_free() - free a snapshot; NULL is fine.  Return: NULL. */
struct p2p_snapshot *p2p_snapshot_free(struct p2p_snapshot *snapshot);

/** p2p_snapshot_source() - where the facts came from. */
enum p2p_source p2p_snapshot_source(const struct p2p_snapshot *snapshot);

/** p2p_snapshot_want() - how much was read; never P2P_WANT_OVERVIEW. */
enum p2p_want p2p_snapshot_want(const struct p2p_snapshot *snapshot);

/**
 * p2p_snapshot_capture() - write a snapshot as a capture that this tool and lspci read, and,
 *	extracted, lstopo.
 * @snapshot: loaded with P2P_WANT_ALL
 * @path: the tar to write; compressed as its name ends (.gz .xz .zst .bz2); replaced whole or
 *	not at all
 * @with_serials: keep everything as it was read; otherwise serial numbers, MAC addresses, GUIDs,
 *	the host name and the names of interfaces that hold one of them, or that their owner
 *	chose, are replaced in place by pseudonyms, equal for equal in this capture, and of the
 *	command line only parameters for PCI, IOMMU and NUMA are legible
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
 * p2p_snapshot_is_whole() - could everything be read?
 *
 * Without privileges the kernel shows 64 bytes of configuration space
 * (drivers/pci/pci-sysfs.c, pci_read_config()).  A function that does not answer at all is not
 * counted.
 */
bool p2p_snapshot_is_whole(const struct p2p_snapshot *snapshot);

/**
 * p2p_live_cure() - what to do when facts of the running machine are missing; to who is root already,
 *	what else keeps them from this process.
 */
const char *p2p_live_cure(void);

/**
 * p2p_snapshot_save() - keep what root read of the running machine, for those who may not.
 * @snapshot: of the running machine, loaded with P2P_WANT_NAMES or more
 * @path: the tar to write, as by p2p_snapshot_capture() without serial numbers; its mode is 0666
 *	less the umask
 *
 * It holds the registers that the topology is made of, and no others, and names the boot.
 *
 * Return: 0; -EINVAL @snapshot is another; -ENODATA the boot cannot be told; another negative
 *	errno when writing failed, and what was there stays.
 */
int p2p_snapshot_save(struct p2p_context *context,
		      const struct p2p_snapshot *snapshot, const char *path);

/**
 * p2p_snapshot_fill() - take the registers that could not be read from what root has saved.
 * @snapshot: of the running machine, before a topology is made of it
 * @path: written by p2p_snapshot_save()
 * @ret_when: when it was written, in seconds since 1970
 *
 * Whatever could be read stays as it was read now: names, drivers, power states, links, IOMMU
 * groups, and the tree.  What is taken over (capabilities, ACS) is as old as the file.
 *
 * Return: 0;
 *	-ENOENT there is none;
 *	-EPERM somebody else than root could have written it;
 *	-ESTALE it is of another boot, or functions came, went or changed since;
 *	-EACCES it may not be read; -EBADMSG it is damaged; -ENOMEM; -EINVAL @snapshot is of a
 *	capture, or was filled already.  @snapshot is then as it was.
 */
int p2p_snapshot_fill(struct p2p_context *context, struct p2p_snapshot *snapshot,
		      const char *path, int64_t *ret_when);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The contents of a snapshot, as the topology reads them: files that were read, were absent, or were denied.
 *  Nothing is interpreted here except the location of capabilities (config.h).
 */
#ifndef P2P_SNAPSHOT_FACTS_H
#define P2P_SNAPSHOT_FACTS_H

#include <p2ppolicy/snapshot.h>

#include "snapshot/config.h"

/**
 * struct p2p_file - what was found at a path.
 * @data: @size bytes and a terminating zero; a LINK holds the last component of the target, a DIR the names
 *	in it, sorted, one per line.  One trailing newline of a FILE is kept.
 * @size: below P2P_FILE_MOST; there are as many of these as functions times attributes
 */
struct p2p_file {
	enum p2p_fact fact;
	uint32_t size;
	const char *data;
};

enum p2p_attr {
#define ATTR(id, path, kind, want) P2P_ATTR_##id,
#include "snapshot/attrs.def"
#undef ATTR
	P2P_ATTRS
};

/**
 * struct p2p_raw - the raw facts of one function.
 * @borrowed: @config comes from the snapshot root saved; see p2p_snapshot_fill()
 * @attr_count: how many attributes @attr has room for: with many functions only those that verdicts need
 * @line: line number in the file it was read from; 0 if not known
 * @path: its directory below /sys ("devices/pci0000:00/0000:00:01.0"); NULL if read from a dump
 * @below: likewise, where there is no @path and what lies above the first function in it is unknown; NULL if
 *	nothing is known
 * @slot: the physical slot it is in, where only a text tells it; NULL if not known
 */
struct p2p_raw {
	struct p2p_bdf bdf;
	bool borrowed;
	uint8_t attr_count;
	unsigned int line;
	const char *path;
	struct p2p_config config;
	struct p2p_file *attr;
	const char *below, *slot;
};

/** p2p_snapshot_count() - number of functions. */
size_t p2p_snapshot_count(const struct p2p_snapshot *snapshot);

/** p2p_snapshot_raw() - the function at @index, in BDF order. */
const struct p2p_raw *p2p_snapshot_raw(const struct p2p_snapshot *snapshot, size_t index);

/** p2p_raw_attr() - an attribute of a function.  Return: borrowed, never NULL. */
const struct p2p_file *p2p_raw_attr(const struct p2p_raw *raw, enum p2p_attr attr);

/**
 * p2p_snapshot_file() - a file of the machine, by the path it has below the root ("proc/cpuinfo",
 *	"sys/kernel/iommu_groups/3/type").
 *
 * Return: borrowed, never NULL; ABSENT or DENIED if it was not read.
 */
const struct p2p_file *p2p_snapshot_file(const struct p2p_snapshot *snapshot, const char *path);

/** No file has this, only the kernel log: "Translated", "Passthrough". */
#define P2P_DEFAULT_DOMAIN "default domain type of the IOMMU"

/**
 * p2p_snapshot_is_list() - true if all that is known of functions comes from lists of them, such as the
 *	output of lspci or a log.  Such a list may be a selection: functions that it lacks may still exist.
 */
bool p2p_snapshot_is_list(const struct p2p_snapshot *snapshot);

/** p2p_snapshot_list() - the list at @index that it was joined from, or the snapshot itself; NULL past the last. */
const struct p2p_snapshot *p2p_snapshot_list(const struct p2p_snapshot *snapshot, size_t index);

struct json_object;

/** p2p_snapshot_report() - the document of a report, borrowed; NULL if it is none. */
struct json_object *p2p_snapshot_report(const struct p2p_snapshot *snapshot);

/** p2p_snapshot_hwloc_xml() - the hwloc XML a capture carries; ABSENT when there is none. */
const struct p2p_file *p2p_snapshot_hwloc_xml(const struct p2p_snapshot *snapshot);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was read of a kernel log so far. */
#ifndef P2P_SNAPSHOT_DMESG_H
#define P2P_SNAPSHOT_DMESG_H

#include "snapshot/sources.h"

#define P2P_LOG_LINE		4096u
#define P2P_LOG_BARS		6u
#define P2P_LOG_ROOTS		512u
/* They are searched linearly; nobody sends a log of more. */
#define P2P_LOG_FUNCTIONS	((size_t)1 << 13)

/**
 * struct p2p_log_bar - a BAR.
 * @unclear: it was released, has no address yet, or another message was about it
 */
struct p2p_log_bar {
	unsigned long long first, last, flags;
	bool unclear;
};

/** struct p2p_log_link - a link; @mtps: MT/s of a lane, 0 if not told; @width: lanes. */
struct p2p_log_link {
	unsigned int mtps, width;
};

/**
 * struct p2p_log_function - a function that the log names.
 * @line: the line with its ids, or the first that names it
 * @named: its ids were printed; @vendor to @type are then known
 * @fresh: the line before was about its ids, or its BARs
 * @listed: its BARs were printed after its ids, so these are all
 * @gone: it was removed
 * @bridge: it leads to @secondary
 * @group: its IOMMU group; -1 if not told
 * @now, @most: its link when the log was written, and what it is capable of
 */
struct p2p_log_function {
	struct p2p_bdf bdf;
	unsigned int line;
	bool named, fresh, listed, gone, bridge;
	uint16_t vendor, device;
	uint32_t class_code;
	uint8_t type, secondary;
	long group;
	struct p2p_log_link now, most;
	struct p2p_log_bar bars[P2P_LOG_BARS];
};

/** struct p2p_log_root - a root bus; @node: -1 if not told. */
struct p2p_log_root {
	uint32_t domain;
	uint8_t bus;
	long node;
};

/* Begins the first line of a boot on arm64. */
#define P2P_LOG_ARM	"Booting Linux on physical CPU "

/**
 * struct p2p_log - the log while it is read.
 * @name: of the file; @line: the current line of it
 * @cpu: lines of /proc/cpuinfo, made from line @cpu_line
 * @faults: lines about refused requests, from line @first_fault to @last_fault of the file
 * @event: the last line was part of an SMMU event, which continues
 * @booting: the last line was the first of a boot, before the release
 */
struct p2p_log {
	struct p2p_snapshot *snapshot;
	const char *name;
	unsigned int line;
	struct p2p_log_function *functions;
	size_t count;
	struct p2p_log_root roots[P2P_LOG_ROOTS];
	size_t root_count;
	char cpu[512];
	unsigned int cpu_line, first_fault, last_fault;
	struct p2p_buffer faults;
	bool event, hypervisor, booting, too_many;
};

/** p2p_log_message() - what follows time, level, host and caller; @ret_stamped: a time was there. */
const char *p2p_log_message(const char *line, bool *ret_stamped);

/** p2p_log_device() - what follows the address in "pci 0000:01:00.0: ..."; NULL for other messages. */
const char *p2p_log_device(const char *message, struct p2p_bdf *ret_bdf);

/** p2p_log_find() - the function at @bdf, a new one if there is none; NULL if out of memory or too many. */
struct p2p_log_function *p2p_log_find(struct p2p_log *log, struct p2p_bdf bdf);

/** p2p_log_is_link() - is a message (after the address) about the link above the function? */
bool p2p_log_is_link(const char *text);

/** p2p_log_link() - take such a message about @bdf. */
void p2p_log_link(struct p2p_log *log, struct p2p_bdf bdf, const char *text);

/** p2p_log_forget_link() - @function was found anew, and so was its link. */
void p2p_log_forget_link(struct p2p_log *log, struct p2p_log_function *function);

/** p2p_log_above() - the one bridge that leads to the bus of @bdf; NULL if none, or two. */
struct p2p_log_function *p2p_log_above(const struct p2p_log *log, struct p2p_bdf bdf);

/** p2p_log_fill_link() - make the files about the link of @function. */
void p2p_log_fill_link(struct p2p_log *log, struct p2p_raw *raw,
		       const struct p2p_log_function *function);

/** p2p_log_is_fault() - may it be about a refused request?  See faults.def. */
bool p2p_log_is_fault(const char *message);

/** p2p_log_fault() - keep @message if it is one, or continues one. */
void p2p_log_fault(struct p2p_log *log, const char *message);

/** p2p_log_drop_faults() - forget them, with a note: a boot begins, and they are of an earlier one. */
void p2p_log_drop_faults(struct p2p_log *log);

/** p2p_log_fill_faults() - hand over to the snapshot what was kept. */
void p2p_log_fill_faults(struct p2p_log *log);

/** p2p_log_machine() - take a message that is not about a function. */
void p2p_log_machine(struct p2p_log *log, const char *message);

/** p2p_log_fill() - make the files of sysfs and procfs.  Return: 0 or -ENOMEM. */
int p2p_log_fill(struct p2p_log *log);

#endif

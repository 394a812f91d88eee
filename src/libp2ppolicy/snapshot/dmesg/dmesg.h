/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a kernel log said so far. */
#ifndef P2P_SNAPSHOT_DMESG_H
#define P2P_SNAPSHOT_DMESG_H

#include "snapshot/sources.h"

#define P2P_LOG_LINE		4096u
#define P2P_LOG_BARS		6u
#define P2P_LOG_ROOTS		512u
/* A linear search finds them; logs of more are of no machine that people send. */
#define P2P_LOG_FUNCTIONS	((size_t)1 << 13)

/**
 * struct p2p_log_bar - a BAR.
 * @unclear: it was released, has no place yet, or something else was said of it
 */
struct p2p_log_bar {
	unsigned long long first, last, flags;
	bool unclear;
};

/** struct p2p_log_link - a link; @mtps: of a lane, 0 not told; @width: lanes. */
struct p2p_log_link {
	unsigned int mtps, width;
};

/**
 * struct p2p_log_function - a function that the log names.
 * @line: that of its ids, or the first that names it
 * @named: its ids were printed; @vendor to @type are then known
 * @fresh: the line before was of its ids, or of its BARs
 * @listed: its BARs were printed behind its ids, so these are all
 * @gone: it was removed
 * @bridge: it leads to @secondary
 * @group: of the IOMMU; -1 not told
 * @now, @most: its link when the log was written, and what it can do
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

/** struct p2p_log_root - a root bus; @node: -1 not told. */
struct p2p_log_root {
	uint32_t domain;
	uint8_t bus;
	long node;
};

/* Begins the first line of a boot on arm64. */
#define P2P_LOG_ARM	"Booting Linux on physical CPU "

/**
 * struct p2p_log - the log while it is read.
 * @line: of the file, the one that is being read
 * @cpu: lines of /proc/cpuinfo, which are of @cpu_line
 * @faults: text of refused requests; @event: the last line was of an SMMU's
 *	event, which goes on
 * @booting: the last line was the first of a boot, before the release
 */
struct p2p_log {
	struct p2p_snapshot *snapshot;
	unsigned int line;
	struct p2p_log_function *functions;
	size_t count;
	struct p2p_log_root roots[P2P_LOG_ROOTS];
	size_t root_count;
	char cpu[512];
	unsigned int cpu_line;
	struct p2p_buffer faults;
	bool event, hypervisor, booting, too_many;
};

/** p2p_log_message() - what is behind time, level, host and caller; @ret_stamped: a time was there. */
const char *p2p_log_message(const char *line, bool *ret_stamped);

/** p2p_log_device() - "pci 0000:01:00.0: ..."; what is behind the address, NULL another message. */
const char *p2p_log_device(const char *message, struct p2p_bdf *ret_bdf);

/** p2p_log_find() - the function at @bdf, a new one where there is none; NULL no memory, too many. */
struct p2p_log_function *p2p_log_find(struct p2p_log *log, struct p2p_bdf bdf);

/** p2p_log_is_link() - does it, behind the address, speak of the link above the function? */
bool p2p_log_is_link(const char *text);

/** p2p_log_link() - take such a message, which is of @bdf. */
void p2p_log_link(struct p2p_log *log, struct p2p_bdf bdf, const char *text);

/** p2p_log_forget_link() - @function was found anew, and so was its link. */
void p2p_log_forget_link(struct p2p_log *log, struct p2p_log_function *function);

/** p2p_log_above() - the one bridge that leads to the bus of @bdf; NULL none, or two. */
struct p2p_log_function *p2p_log_above(const struct p2p_log *log, struct p2p_bdf bdf);

/** p2p_log_fill_link() - the files of the link of @function. */
void p2p_log_fill_link(struct p2p_log *log, struct p2p_raw *raw,
		       const struct p2p_log_function *function);

/** p2p_log_is_fault() - may it tell of a refused request?  See faults.def. */
bool p2p_log_is_fault(const char *message);

/** p2p_log_fault() - keep @message where it is such a one, or goes on with one. */
void p2p_log_fault(struct p2p_log *log, const char *message);

/** p2p_log_fill_faults() - give what was kept to the snapshot. */
void p2p_log_fill_faults(struct p2p_log *log);

/** p2p_log_machine() - take a message that speaks of no function. */
void p2p_log_machine(struct p2p_log *log, const char *message);

/** p2p_log_fill() - make the files of sysfs and procfs.  Return: 0 or -ENOMEM. */
int p2p_log_fill(struct p2p_log *log);

#endif

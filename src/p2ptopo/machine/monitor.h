/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of the running machine: events of PCI functions, of the devices that give them names, of the gate,
 * and the renewal of the snapshot that p2ptopo refresh maintains.
 *
 * An event is only a reason to read the machine again: it tells what changed, not the new state.  Links and
 * registers change without events.
 */
#ifndef P2PTOPO_MONITOR_H
#define P2PTOPO_MONITOR_H

#include <p2ppolicy/all.h>

/**
 * enum monitor_kind - what an event is about.
 * @MONITOR_FUNCTION: a PCI function was added, removed, bound to a driver or unbound
 * @MONITOR_NAME: a device that belongs to a PCI function (nvme0, eth0) was added, removed or renamed
 * @MONITOR_GATE: the gate appeared, disappeared, got a list or dropped pairs
 * @MONITOR_SNAPSHOT: the snapshot in the run directory was replaced
 * @MONITOR_LOST: events arrived faster than they were read; anything may have changed
 */
enum monitor_kind {
	MONITOR_FUNCTION, MONITOR_NAME, MONITOR_GATE, MONITOR_SNAPSHOT, MONITOR_LOST,
};

/**
 * struct monitor_event - an event; what it points to is valid only until the callback returns.
 * @action: as reported by the kernel: "add", "remove", "bind", "unbind", "change", "move"; "" for a snapshot
 *	and for lost events
 * @has_bdf: @bdf is the function it belongs to
 */
struct monitor_event {
	enum monitor_kind kind;
	const char *action;
	bool has_bdf;
	struct p2p_bdf bdf;
};

struct monitor;

/**
 * monitor_new() - listen from now on; read the initial state after this.
 * @run_dir: where the snapshot is; need not exist yet
 * @ret_monitor: free with monitor_free()
 * Return: 0 or a negative errno.  Needs no privilege.
 */
int monitor_new(const char *run_dir, struct monitor **ret_monitor);

/** monitor_free() - NULL is fine.  Return: NULL. */
struct monitor *monitor_free(struct monitor *monitor);

/** monitor_fd() - descriptor for poll(2), readable when there is something to drain. */
int monitor_fd(const struct monitor *monitor);

/**
 * monitor_drain() - read all pending events, without blocking.
 * @seen: called for each event; NULL if they are only to be counted
 * Return: the number of events; a negative errno if no more can be received.
 */
int monitor_drain(struct monitor *monitor,
		  void (*seen)(void *data, const struct monitor_event *event), void *data);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the running machine says of its changes: events of PCI functions, of what gives them
 * their names, of the gate, and the renewal of the snapshot that p2ptopo refresh keeps.
 *
 * An event is a reason to look again, and no more: it names what moved, not how the machine is.
 * Links and registers change without one.
 */
#ifndef P2PTOPO_MONITOR_H
#define P2PTOPO_MONITOR_H

#include <p2ppolicy/all.h>

/**
 * enum monitor_kind - what an event is about.
 * @MONITOR_FUNCTION: a PCI function was added, removed, bound to a driver or unbound
 * @MONITOR_NAME: a device that belongs to a PCI function (nvme0, eth0) came, went or was renamed
 * @MONITOR_GATE: the gate appeared, went away, got a list or dropped pairs
 * @MONITOR_SNAPSHOT: the snapshot in the run directory was replaced
 * @MONITOR_LOST: events came faster than they were read; anything may have changed
 */
enum monitor_kind {
	MONITOR_FUNCTION, MONITOR_NAME, MONITOR_GATE, MONITOR_SNAPSHOT, MONITOR_LOST,
};

/**
 * struct monitor_event - one of them; what it points to is gone when the callback returns.
 * @action: as the kernel says it: "add", "remove", "bind", "unbind", "change", "move"; "" of a
 *	snapshot and of lost events
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
 * monitor_new() - listen from now on; take what is read afterwards for the state.
 * @run_dir: where the snapshot is; need not exist yet
 * @ret_monitor: free with monitor_free()
 * Return: 0 or a negative errno.  Needs no privilege.
 */
int monitor_new(const char *run_dir, struct monitor **ret_monitor);

/** monitor_free() - NULL is fine.  Return: NULL. */
struct monitor *monitor_free(struct monitor *monitor);

/** monitor_fd() - for poll(2): readable when there is something to drain. */
int monitor_fd(const struct monitor *monitor);

/**
 * monitor_drain() - read all that waits, without blocking.
 * @seen: called for each event; NULL they are only counted
 * Return: the number of events; a negative errno when nothing more can be heard.
 */
int monitor_drain(struct monitor *monitor,
		  void (*seen)(void *data, const struct monitor_event *event), void *data);

#endif

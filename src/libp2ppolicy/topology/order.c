/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds which function of a root bus comes first in the kernel's list.  The kernel appends what it finds to
 * the list of the bus (drivers/pci/probe.c, pci_device_add()): after a plain boot that is the order of
 * addresses, but a function that was removed and found again is at the end.  /proc/bus/pci/devices lists
 * functions as they were added (drivers/pci/proc.c, pci_seq_start()), so those of one bus are in the order of
 * its list.  It shows bus and devfn without the domain.
 */
#include <stdio.h>
#include <string.h>

#include "topology/build.h"

#define NOWHERE SIZE_MAX

/** struct line - a line of the file: bus << 8 | devfn, and vendor << 16 | device. */
struct line {
	unsigned int address, ids;
};

/**
 * struct order - the kernel's list.
 * @lines: @count of them
 * @untouched: whether those of a bus number look untouched, which is found out once
 */
struct order {
	struct p2p_topology *topology;
	struct line *lines;
	size_t count;
	enum p2p_tri untouched[256];
};

static bool read_lines(struct p2p_topology *topology, const char *text, struct order *order)
{
	size_t room = 1;

	for (const char *c = text; *c; c++)
		room += *c == '\n';
	order->lines = p2p_scratch(topology, room, sizeof(*order->lines));
	for (; order->lines && *text; text = p2p_next_line(text)) {
		struct line *line = &order->lines[order->count];

		if (sscanf(text, "%4x\t%8x", &line->address, &line->ids) != 2)
			return false;
		order->count++;
	}
	return order->lines && order->count;
}

/* Find the first and the last line that may be @function. */
static void find_lines(const struct order *order, const struct p2p_function *function,
		       size_t *ret_first, size_t *ret_last)
{
	unsigned int address = (unsigned int)function->bdf.bus << 8 | function->bdf.devfn;
	unsigned int ids = (unsigned int)function->vendor << 16 | function->device;

	*ret_first = *ret_last = NOWHERE;
	for (size_t i = 0; i < order->count; i++) {
		if (order->lines[i].address != address ||
		    (function->ids == P2P_PRESENT && order->lines[i].ids != ids))
			continue;
		if (*ret_first == NOWHERE)
			*ret_first = i;
		*ret_last = i;
	}
}

/* Are the lines of the bus from @at on those of all functions of @host, ascending?  Return: how many; 0 no. */
static size_t lines_of(const struct order *order, size_t at, const struct p2p_host_bridge *host)
{
	size_t taken = 0;

	for (; at < order->count && taken < host->roots; at++) {
		if (order->lines[at].address >> 8 != host->bus)
			continue;
		if ((order->lines[at].address & 0xff) != host->root[taken]->bdf.devfn)
			return 0;
		taken++;
	}
	return taken == host->roots ? taken : 0;
}

/* Does a whole list of one of the domains start at line @at?  Return: its length; 0 no. */
static size_t list_at(const struct order *order, size_t at, unsigned int bus, bool *used)
{
	for (size_t i = 0; i < order->topology->host_count; i++) {
		const struct p2p_host_bridge *host = &order->topology->hosts[i];
		size_t length = host->bus == bus && !used[i] ? lines_of(order, at, host) : 0;

		used[i] |= length > 0;
		if (length)
			return length;
	}
	return 0;
}

/*
 * Buses of the same number in different domains look alike.  If none was changed after the scan, their lines are
 * the ascending lists of all such domains, one behind the other.
 */
static bool are_lists(const struct order *order, unsigned int bus)
{
	bool *used = p2p_scratch(order->topology, order->topology->host_count, sizeof(*used));
	size_t left = 0, lists = 0;

	for (size_t i = 0; used && i < order->count; i++) {
		if (order->lines[i].address >> 8 != bus)
			continue;
		if (!left) {
			left = list_at(order, i, bus, used);
			lists++;
		}
		if (!left--)
			return false;
	}
	return used && !left && lists > 1;
}

static bool looks_untouched(struct order *order, unsigned int bus)
{
	if (order->untouched[bus & 0xff] == P2P_UNKNOWN)
		order->untouched[bus & 0xff] = are_lists(order, bus) ? P2P_YES : P2P_NO;
	return order->untouched[bus & 0xff] == P2P_YES;
}

/* Does @function come before all others of its root bus, whichever of the possible lines are theirs? */
static bool is_first(const struct order *order, const struct p2p_host_bridge *host,
		     const struct p2p_function *function)
{
	size_t first, last, of_other, unused;

	find_lines(order, function, &first, &last);
	for (size_t i = 0; i < host->roots; i++) {
		if (host->root[i] == function || host->root[i]->physfn)
			continue;
		find_lines(order, host->root[i], &of_other, &unused);
		if (of_other == NOWHERE || of_other < last)
			return false;
	}
	return last != NOWHERE;
}

static void find_first(struct order *order, struct p2p_host_bridge *host)
{
	for (size_t i = 0; i < host->roots && !host->first; i++)
		if (!host->root[i]->physfn && is_first(order, host, host->root[i]))
			host->first = host->root[i];
	host->order_unknown = !host->first && host->roots && !looks_untouched(order, host->bus);
}

void p2p_order_build(struct p2p_topology *topology)
{
	const struct p2p_file *file = p2p_snapshot_file(topology->snapshot, "proc/bus/pci/devices");
	bool live = p2p_snapshot_source(topology->snapshot) == P2P_SOURCE_LIVE;
	struct order order = { .topology = topology };
	bool known = file->fact == P2P_PRESENT && read_lines(topology, file->data, &order);

	/* A tree that never had the file is assumed to be from a machine after a plain boot. */
	for (size_t i = 0; i < topology->host_count; i++) {
		if (known)
			find_first(&order, &topology->hosts[i]);
		else
			topology->hosts[i].order_unknown = live || file->fact != P2P_DENIED;
	}
}

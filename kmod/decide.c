// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision about one pair: it is made, counted, traced and logged here, and
 * in enforce carried out. Called from the hooks with preemption off, in any
 * context: nothing here sleeps, allocates or takes a lock of ours.
 */
#include <linux/pci-p2pdma.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include "gate.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

enum { AT_DISTANCE, AT_MAP, POINTS };

struct counters {
	struct p2pgate_count by_point[POINTS];
};

static DEFINE_PER_CPU(struct counters, observed);
static DEFINE_PER_CPU(struct counters, enforced);

static int point_of(u32 hook)
{
	return hook == P2PGATE_HOOK_DISTANCE ? AT_DISTANCE : AT_MAP;
}

static void count(u32 mode, u32 hook, enum p2pgate_reason reason)
{
	int point = point_of(hook);

	if (mode == P2PGATE_ENFORCE)
		this_cpu_inc(enforced.by_point[point].by_reason[reason]);
	else
		this_cpu_inc(observed.by_point[point].by_reason[reason]);
}

static void add_up(struct p2pgate_count *to, const struct p2pgate_count *from)
{
	int i;

	for (i = 0; i < P2PGATE_REASONS; i++)
		to->by_reason[i] += READ_ONCE(from->by_reason[i]);
}

void gate_counters(struct p2pgate_info *info)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct counters *o = per_cpu_ptr(&observed, cpu);
		const struct counters *e = per_cpu_ptr(&enforced, cpu);

		add_up(&info->observed_distance, &o->by_point[AT_DISTANCE]);
		add_up(&info->observed_map, &o->by_point[AT_MAP]);
		add_up(&info->enforced_distance, &e->by_point[AT_DISTANCE]);
		add_up(&info->enforced_map, &e->by_point[AT_MAP]);
	}
}

/*
 * The PCI function that issues a device's DMA: the device itself or the nearest
 * one above it, as in find_parent_pci_dev(). No reference is needed: the caller
 * of the hooked function holds @dev, and @dev holds its parents.
 */
struct pci_dev *gate_parent(struct device *dev)
{
	while (dev && !dev_is_pci(dev))
		dev = dev->parent;
	return dev ? to_pci_dev(dev) : NULL;
}

/* Same as pci_bridge_has_acs_redir() in p2pdma.c, unchanged from 6.0 to 7.3. */
static bool is_redirecting(struct pci_dev *dev)
{
	u16 ctrl;

	if (!dev->acs_cap)
		return false;
	pci_read_config_word(dev, dev->acs_cap + PCI_ACS_CTRL, &ctrl);
	return ctrl & (PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_EC);
}

/*
 * The same walk as in calc_map_type_and_dist(). @ret_distance: the number of hops
 * between the two. Return: true if the kernel would answer "bus address" without
 * looking at the host bridge.
 */
bool gate_route(struct pci_dev *provider, struct pci_dev *client, int *ret_distance)
{
	struct pci_dev *a, *b;
	bool direct = true;
	int above_a = 0, above_b = 0;

	for (a = provider; a; a = pci_upstream_bridge(a), above_a++) {
		direct = direct && !is_redirecting(a);
		above_b = 0;
		for (b = client; b && b != a; b = pci_upstream_bridge(b))
			above_b++;
		if (b)
			break;
	}
	*ret_distance = above_a + above_b;
	if (!a)
		return false;
	for (b = client; b != a; b = pci_upstream_bridge(b))
		direct = direct && !is_redirecting(b);
	return direct;
}

/*
 * A promotion is armed at SET if the kernel refused the pair, and disarmed for
 * good once the route is seen to have become direct. So an armed pair never
 * turns a bus address into "through the host bridge", not even a cached one.
 */
static bool is_promoted(u32 *pair, struct pci_dev *provider, struct pci_dev *client)
{
	u32 flags = READ_ONCE(*pair);
	int distance;

	if (!(flags & GATE_PAIR_ARMED))
		return false;
	if (!gate_route(provider, client, &distance))
		return true;
	WRITE_ONCE(*pair, flags & ~GATE_PAIR_ARMED);
	return false;
}

enum p2pgate_reason gate_judge(const struct gate_list *list, struct pci_dev *provider,
			       struct pci_dev *client)
{
	u32 *pair;

	if (!provider)
		return P2PGATE_NO_PROVIDER;
	if (!client)
		return P2PGATE_NOT_PCI;
	if (provider == client)
		return P2PGATE_SELF;
	pair = gate_list_find(list, provider, client);
	if (!pair)
		return P2PGATE_NOT_LISTED;
	return is_promoted(pair, provider, client) ? P2PGATE_PROMOTED : P2PGATE_LISTED;
}

/* Count, trace and log a decision, and return what the hook has to do. */
enum gate_answer gate_answer(const struct gate_list *list, const struct gate_ask *ask)
{
	u32 mode = READ_ONCE(list->mode);

	count(mode, ask->hook, ask->reason);
	trace_p2pgate_decision(ask, mode);
	if (gate_refuses(ask->reason))
		gate_refusal_note(ask, mode);

	if (mode != P2PGATE_ENFORCE)
		return GATE_PASS;
	if (gate_refuses(ask->reason))
		return GATE_REFUSE;
	return ask->reason == P2PGATE_PROMOTED ? GATE_PROMOTE : GATE_PASS;
}

/*
 * A hook was entered where it may not run (recursion, or RCU not watching), so
 * it cannot look at the list. Return: true if the call must be refused anyway.
 */
bool gate_unprotected(u32 hook)
{
	u32 mode = READ_ONCE(gate.mode);

	if (mode != P2PGATE_OFF)
		count(mode, hook, P2PGATE_RECURSION);
	return mode == P2PGATE_ENFORCE;
}

/* The kernel's own answer. Under gate.lock. The hook recognizes this call by task and array. */
int gate_ungated(struct pci_dev *provider, struct pci_dev *client)
{
	struct device *clients[] = { &client->dev };
	int distance;

	WRITE_ONCE(gate.bypass_task, current);
	WRITE_ONCE(gate.bypass_clients, clients);
	distance = pci_p2pdma_distance_many(provider, clients, 1, false);
	WRITE_ONCE(gate.bypass_clients, NULL);
	WRITE_ONCE(gate.bypass_task, NULL);
	return distance;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the function that owns an address. The map-time functions get a page
 * and no provider (the way from one to the other is private to p2pdma.c and
 * changes between releases), so we keep a sorted table of the memory BARs of
 * all functions.
 *
 * The table is up to date when it matters: memory becomes p2pdma memory in a
 * driver's probe, and the ranges of a function are read again when it is added,
 * when a driver is about to be bound (resources are assigned by then) and when
 * one has been bound (it may have resized a BAR). Peer memory that is not in the
 * table has no owner and is refused. If there is no memory for a table with all
 * ranges, any address may be peer memory until there is: every later update tries.
 *
 * Ranges may nest: the BARs of a VMD endpoint contain those of the functions in
 * its domain. The innermost range owns an address. Two ranges that overlap in
 * any other way cannot both be right, and the one read last evicts the other.
 * A nested or enclosing range is evicted too if its function no longer has it.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "gate.h"

struct bar {
	u64 start;
	u64 end;		/* inclusive */
	struct pci_dev *dev;	/* no reference held, see gate_bars_forget(); NULL: gone */
	u32 outer;		/* index of the range that encloses this one, or NO_BAR */
};

#define NO_BAR	U32_MAX

struct bar_table {
	struct rcu_head rcu;
	u32 nr;
	struct bar bar[];	/* sorted by start; for equal starts, the larger first */
};

static struct bar_table __rcu *bars;	/* writers hold gate.lock */
static bool is_incomplete;		/* ranges are missing for want of memory; likewise */

/* Does @a stand before @b in the table? */
static bool is_before(const struct bar *a, const struct bar *b)
{
	return a->start != b->start ? a->start < b->start : a->end > b->end;
}

/*
 * Read the current memory BARs of @dev, at most PCI_STD_NUM_BARS. Only BARs that
 * are in the resource tree count: the address left in an unassigned BAR may
 * belong to another function.
 */
static u32 read_bars(struct pci_dev *dev, struct bar *to)
{
	u32 n = 0, i, j;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		const struct resource *res = &dev->resource[i];
		struct bar bar = {
			.start = res->start,
			.end = res->end,
			.dev = dev,
		};

		if (!(res->flags & IORESOURCE_MEM) || !res->parent)
			continue;
		for (j = n++; j && is_before(&bar, &to[j - 1]); j--)
			to[j] = to[j - 1];
		to[j] = bar;
	}
	return n;
}

static bool is_within(const struct bar *inner, const struct bar *outer)
{
	return inner->start >= outer->start && inner->end <= outer->end;
}

/* Does its function still have this range? Under gate.lock, @bar->dev not yet gone. */
static bool is_current(const struct bar *bar)
{
	struct bar now[PCI_STD_NUM_BARS];
	u32 n = read_bars(bar->dev, now);

	while (n--) {
		if (now[n].start == bar->start && now[n].end == bar->end)
			return true;
	}
	return false;
}

/* Must @bar, of another function, give way to one of @now? */
static bool is_evicted(const struct bar *bar, const struct bar *now, u32 n)
{
	for (; n--; now++) {
		bool inside = is_within(bar, now), around = is_within(now, bar);

		if (bar->start > now->end || now->start > bar->end)
			continue;
		if (inside == around || !is_current(bar))
			return true;
	}
	return false;
}

static bool is_unchanged(const struct bar_table *table, const struct pci_dev *dev,
			 const struct bar *now, u32 n)
{
	u32 i, same = 0;

	for (i = 0; table && i < table->nr; i++) {
		if (table->bar[i].dev != dev)
			continue;
		if (same == n || table->bar[i].start != now[same].start ||
		    table->bar[i].end != now[same].end)
			return false;
		same++;
	}
	return same == n;
}

static u32 forget(struct bar_table *table, const struct pci_dev *dev)
{
	u32 i, n = 0;

	for (i = 0; table && i < table->nr; i++) {
		if (table->bar[i].dev != dev)
			continue;
		WRITE_ONCE(table->bar[i].dev, NULL);
		n++;
	}
	return n;
}

/* Set the outer range of each range. */
static void nest(struct bar_table *table)
{
	u32 i, outer = NO_BAR;

	for (i = 0; i < table->nr; i++) {
		struct bar *bar = &table->bar[i];

		while (outer != NO_BAR && table->bar[outer].end < bar->start)
			outer = table->bar[outer].outer;
		bar->outer = outer;
		outer = i;
	}
}

/*
 * Fill @table with the ranges of @old, without those of @dev and those that @now
 * evicts, merged with @now. Return: the number of ranges left out that a hook may
 * still be using.
 */
static u32 merge(struct bar_table *table, const struct bar_table *old,
		 const struct pci_dev *dev, const struct bar *now, u32 n)
{
	u32 i, j = 0, dropped = 0;

	for (i = 0; old && i < old->nr; i++) {
		const struct bar *bar = &old->bar[i];

		if (!bar->dev)
			continue;
		if (bar->dev == dev || is_evicted(bar, now, n)) {
			dropped++;
			continue;
		}
		while (j < n && is_before(&now[j], bar))
			table->bar[table->nr++] = now[j++];
		table->bar[table->nr++] = *bar;
	}
	while (j < n)
		table->bar[table->nr++] = now[j++];
	nest(table);
	return dropped;
}

/* Return: false if there is no memory for the table. */
static bool read_again(struct pci_dev *dev)
{
	struct bar_table *old = rcu_dereference_protected(bars, lockdep_is_held(&gate.lock));
	struct bar now[PCI_STD_NUM_BARS];
	struct bar_table *table;
	u32 dropped, n = read_bars(dev, now);

	if (is_unchanged(old, dev, now, n))
		return true;
	table = kvmalloc(struct_size(table, bar, (old ? old->nr : 0) + n), GFP_KERNEL);
	if (!table) {
		/* its memory has no owner now, and is refused until it can be read */
		WRITE_ONCE(is_incomplete, true);
		gate_bars_forget(dev);
		return false;
	}
	table->nr = 0;
	dropped = merge(table, old, dev, now, n);
	rcu_assign_pointer(bars, table);
	/*
	 * A hook may have found a function in @old that is no longer in the new
	 * table, so gate_bars_forget() will not wait for that hook: wait now.
	 */
	if (dropped)
		synchronize_rcu_expedited();
	if (old)
		kvfree_rcu(old, rcu);
	return true;
}

/*
 * Read the BARs of @dev again, and those of all others if some are missing. Under
 * gate.lock; may sleep.
 */
void gate_bars_update(struct pci_dev *dev)
{
	struct pci_dev *other = NULL;
	bool is_complete;

	if (!read_again(dev) || !is_incomplete)
		return;
	is_complete = true;
	for_each_pci_dev(other)
		is_complete = read_again(other) && is_complete;
	WRITE_ONCE(is_incomplete, !is_complete);
}

/*
 * @dev goes away. Under gate.lock; cannot fail. A hook that has just found it
 * here reads its name for the log and the trace. Wait for such hooks while the
 * caller that removes @dev still holds a reference to it.
 */
void gate_bars_forget(struct pci_dev *dev)
{
	if (forget(rcu_dereference_protected(bars, lockdep_is_held(&gate.lock)), dev))
		synchronize_rcu_expedited();
}

/* The notifier handles removals that begin during the walk when it is over, because of the lock. */
int gate_bars_init(void)
{
	struct pci_dev *dev = NULL;

	mutex_lock(&gate.lock);
	for_each_pci_dev(dev)
		gate_bars_update(dev);
	mutex_unlock(&gate.lock);
	return 0;
}

/* Called when no hook is in place any more. */
void gate_bars_exit(void)
{
	kvfree(rcu_dereference_protected(bars, 1));
	RCU_INIT_POINTER(bars, NULL);
	is_incomplete = false;
}

u32 gate_bars_count(void)
{
	const struct bar_table *table;
	u32 i, n = 0;

	rcu_read_lock();
	table = rcu_dereference(bars);
	for (i = 0; table && i < table->nr; i++)
		n += !!READ_ONCE(table->bar[i].dev);
	rcu_read_unlock();
	return n;
}

/*
 * Called by the hooks, with preemption off. All @len bytes must lie in one BAR,
 * and none of them in a BAR that it encloses; otherwise NULL.
 */
struct pci_dev *gate_bars_owner(u64 start, u64 len)
{
	const struct bar_table *table = rcu_dereference_sched(bars);
	u64 last = start + (len - 1);
	u32 at, low = 0, high = table ? table->nr : 0;

	/* find low, the number of ranges that begin at or before @start */
	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (table->bar[mid].start <= start)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || !len || last < start || (low < table->nr && table->bar[low].start <= last))
		return NULL;
	/* the innermost range around @start is the last of these ranges, or encloses it */
	for (at = low - 1; at != NO_BAR && table->bar[at].end < start;)
		at = table->bar[at].outer;
	return at != NO_BAR && last <= table->bar[at].end ? READ_ONCE(table->bar[at].dev) : NULL;
}

/*
 * Does any byte of the range lie in a BAR, as far as is known? A linear search,
 * not fast. A range that would wrap around ends at U64_MAX.
 */
bool gate_bars_overlap(u64 start, u64 len)
{
	const struct bar_table *table = rcu_dereference_sched(bars);
	u64 last = len > U64_MAX - start ? U64_MAX : start + (len - 1);
	u32 i;

	if (READ_ONCE(is_incomplete))
		return true;
	for (i = 0; table && len && i < table->nr; i++) {
		if (table->bar[i].start <= last && start <= table->bar[i].end)
			return true;
	}
	return false;
}

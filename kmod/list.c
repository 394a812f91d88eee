// SPDX-License-Identifier: GPL-2.0-only
/*
 * The allow-list: read from the caller's tables, resolved to device instances,
 * searched by the hooks. Each pair takes four bytes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitfield.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "gate.h"

#define CHUNK 4096	/* table entries copied at a time */

/* Allocate a list of @set's size, with one reference. gate_list_read() fills it. */
struct gate_list *gate_list_new(const struct p2pgate_set *set)
{
	struct gate_list *list = kzalloc(sizeof(*list), GFP_KERNEL);

	if (!list)
		return NULL;
	refcount_set(&list->ref, 1);
	list->mode = set->mode;
	list->nr_functions = set->nr_functions;
	list->nr_pairs = set->nr_pairs;
	list->mask = roundup_pow_of_two(2 * set->nr_functions + 2) - 1;
	memcpy(list->tag, set->tag, sizeof(list->tag));

	list->fn = kvcalloc(set->nr_functions + 1, sizeof(*list->fn), GFP_KERNEL_ACCOUNT);
	list->slot = kvcalloc(list->mask + 1, sizeof(*list->slot), GFP_KERNEL_ACCOUNT);
	list->pair = kvcalloc(set->nr_pairs + 1, sizeof(*list->pair), GFP_KERNEL_ACCOUNT);
	list->as_client = kvcalloc(3 * set->nr_functions + 1, sizeof(*list->as_client),
				   GFP_KERNEL_ACCOUNT);
	if (!list->fn || !list->slot || !list->pair || !list->as_client) {
		gate_list_put(list);
		return NULL;
	}
	list->less = list->as_client + set->nr_functions;
	list->gone = list->less + set->nr_functions;
	return list;
}

void gate_list_put(struct gate_list *list)
{
	u32 i;

	if (!list || !refcount_dec_and_test(&list->ref))
		return;
	for (i = 0; list->fn && i < list->nr_functions; i++)
		pci_dev_put(list->fn[i].dev);
	kvfree(list->fn);
	kvfree(list->slot);
	kvfree(list->pair);
	kvfree(list->as_client);
	kfree(list);
}

static u64 place(u32 domain, u8 bus, u8 devfn)
{
	return (u64)domain << 16 | bus << 8 | devfn;
}

static u64 fn_place(const struct p2pgate_function *id)
{
	return place(id->domain, id->bus, id->devfn);
}

static int read_function(struct gate_list *list, u32 i, const struct p2pgate_function *id)
{
	if (id->reserved || id->flags || id->class_code >> 24)
		return -EINVAL;
	if (i && fn_place(&list->fn[i - 1].id) >= fn_place(id))
		return -EINVAL;
	list->fn[i].id = *id;
	return 0;
}

/* @last: key of the previous pair; updated to this one's. */
static int read_pair(struct gate_list *list, u32 i, const struct p2pgate_pair *pair, u64 *last)
{
	u64 key = (u64)pair->provider << 32 | pair->client;

	if (pair->provider >= list->nr_functions || pair->client >= list->nr_functions ||
	    pair->provider == pair->client || pair->flags & ~P2PGATE_PAIR_PROMOTE)
		return -EINVAL;
	if (i && key <= *last)
		return -EINVAL;
	if (pair->flags & P2PGATE_PAIR_PROMOTE && !gate_promote)
		return -EPERM;

	if (!list->fn[pair->provider].count++)
		list->fn[pair->provider].first = i;
	list->as_client[pair->client]++;
	list->pair[i] = pair->client;
	if (pair->flags & P2PGATE_PAIR_PROMOTE)
		list->pair[i] |= GATE_PAIR_PROMOTE;
	*last = key;
	return 0;
}

/*
 * Copy and check both tables in one pass over each. No lock is held, so a caller
 * whose pages are slow to come in delays nobody.
 */
int gate_list_read(struct gate_list *list, const struct p2pgate_set *set, u32 *ret_bad)
{
	const struct p2pgate_function __user *functions = u64_to_user_ptr(set->functions);
	const struct p2pgate_pair __user *pairs = u64_to_user_ptr(set->pairs);
	struct p2pgate_function id;
	struct p2pgate_pair *chunk;
	u64 last = 0;
	u32 i, n = 0;
	int err = 0;

	for (i = 0; i < list->nr_functions; i++) {
		if (copy_from_user(&id, functions + i, sizeof(id)))
			return -EFAULT;
		err = read_function(list, i, &id);
		if (err) {
			*ret_bad = i;
			return err;
		}
	}

	chunk = kvmalloc_array(CHUNK, sizeof(*chunk), GFP_KERNEL);
	if (!chunk)
		return -ENOMEM;
	for (i = 0; i < list->nr_pairs && !err; i++) {
		if (i % CHUNK == 0) {
			n = min_t(u32, CHUNK, list->nr_pairs - i);
			if (fatal_signal_pending(current))
				err = -EINTR;
			else if (copy_from_user(chunk, pairs + i, n * sizeof(*chunk)))
				err = -EFAULT;
			if (err)
				break;
			cond_resched();
		}
		err = read_pair(list, i, &chunk[i % CHUNK], &last);
		if (err)
			*ret_bad = list->nr_functions + i;
	}
	kvfree(chunk);
	return err;
}

static struct gate_fn *fn_at(const struct gate_list *list, u64 key)
{
	u32 low = 0, high = list->nr_functions;

	while (low < high) {
		u32 mid = low + (high - low) / 2;
		u64 at = fn_place(&list->fn[mid].id);

		if (at == key)
			return &list->fn[mid];
		if (at < key)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static bool is_described_by(const struct pci_dev *dev, const struct p2pgate_function *id)
{
	return dev->vendor == id->vendor && dev->device == id->device &&
	       dev->subsystem_vendor == id->subsystem_vendor &&
	       dev->subsystem_device == id->subsystem_device &&
	       dev->class == id->class_code;
}

/*
 * The slot where a search begins. The shift is constant because a computed one costs
 * extra checks per call.
 */
static u32 hash(const struct gate_list *list, const struct pci_dev *dev)
{
	return ((u64)(uintptr_t)dev * GOLDEN_RATIO_64 >> 32) & list->mask;
}

static void hash_add_fn(struct gate_list *list, u32 i)
{
	u32 s = hash(list, list->fn[i].dev);

	while (list->slot[s])
		s = (s + 1) & list->mask;
	list->slot[s] = i + 1;
}

/*
 * Find the device of each function in one walk over all devices. Under
 * gate.lock, so that the notifier handles additions and removals afterwards.
 */
int gate_list_resolve(struct gate_list *list, u32 *ret_bad)
{
	struct pci_dev *dev = NULL;
	struct gate_fn *fn;
	u32 i;

	for_each_pci_dev(dev) {
		fn = fn_at(list, place(pci_domain_nr(dev->bus), dev->bus->number, dev->devfn));
		if (fn && !fn->dev && is_described_by(dev, &fn->id))
			fn->dev = pci_dev_get(dev);
	}
	for (i = 0; i < list->nr_functions; i++) {
		if (!list->fn[i].dev) {
			*ret_bad = i;
			return -ENODEV;
		}
		hash_add_fn(list, i);
	}
	return 0;
}

/*
 * Arm the promotion of those pairs that the kernel does refuse. Asking it leaves
 * "not supported" in its cache for them. Under gate.lock.
 */
int gate_list_arm(struct gate_list *list)
{
	u32 p, i;

	for (p = 0; gate_promote && p < list->nr_functions; p++) {
		struct gate_fn *fn = &list->fn[p];

		for (i = fn->first; i < fn->first + fn->count; i++) {
			u32 client = FIELD_GET(GATE_PAIR_CLIENT, list->pair[i]);

			if (!(list->pair[i] & GATE_PAIR_PROMOTE))
				continue;
			if (fatal_signal_pending(current))
				return -EINTR;
			if (gate_ungated(fn->dev, list->fn[client].dev) < 0)
				list->pair[i] |= GATE_PAIR_ARMED;
			cond_resched();
		}
	}
	return 0;
}

/* Called by the hooks: no locks, no sleeping. @dev is only compared, never dereferenced. */
static struct gate_fn *fn_of(const struct gate_list *list, const struct pci_dev *dev)
{
	u32 s = hash(list, dev);

	for (; list->slot[s]; s = (s + 1) & list->mask) {
		struct gate_fn *fn = &list->fn[list->slot[s] - 1];

		if (READ_ONCE(fn->dev) == dev)
			return fn;
	}
	return NULL;
}

static u32 *pair_of(const struct gate_list *list, const struct gate_fn *fn, u32 client)
{
	u32 low = fn->first, high = fn->first + fn->count;

	while (low < high) {
		u32 mid = low + (high - low) / 2;
		u32 at = FIELD_GET(GATE_PAIR_CLIENT, READ_ONCE(list->pair[mid]));

		if (at == client)
			return &list->pair[mid];
		if (at < client)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* The pair on the list, or NULL. */
u32 *gate_list_find(const struct gate_list *list, const struct pci_dev *provider,
		    const struct pci_dev *client)
{
	const struct gate_fn *p = fn_of(list, provider);
	const struct gate_fn *c = p ? fn_of(list, client) : NULL;

	return c ? pair_of(list, p, c - list->fn) : NULL;
}

/*
 * The pairs lost with a function are counted without visiting each of them, because a
 * domain of a thousand functions may be removed at once. The clients of a provider are
 * mostly consecutive in the table, so whole runs are accounted for in two Fenwick trees,
 * where an update or a prefix sum takes as many steps as the index has bits:
 *   @gone: 1 for each function that went away
 *   @less: its sum up to and including a function is to be subtracted from that
 *	function's @as_client
 */
#define RUN 32	/* for runs of at least this many clients the trees are faster */

static void tree_add(u32 *tree, u32 size, u32 at, u32 value)
{
	for (at++; at <= size; at += at & -at)
		tree[at - 1] += value;
}

static u32 tree_sum(const u32 *tree, u32 end)
{
	u32 sum = 0;

	for (; end; end &= end - 1)
		sum += tree[end - 1];
	return sum;
}

static u32 client_of(const u32 *pair)
{
	return FIELD_GET(GATE_PAIR_CLIENT, *pair);
}

/* True if the clients of @n pairs are consecutive; they ascend, so the ends are enough. */
static bool is_run(const u32 *pair, u32 n)
{
	return client_of(pair + n - 1) - client_of(pair) == n - 1;
}

/* How many of the next @left pairs can be handled at once? */
static u32 run_length(const u32 *pair, u32 left)
{
	u32 low = RUN, high = left;

	if (left < RUN || !is_run(pair, RUN))
		return 1;
	while (low < high) {
		u32 mid = low + (high - low + 1) / 2;

		if (is_run(pair, mid))
			low = mid;
		else
			high = mid - 1;
	}
	return low;
}

/* @n consecutive clients lose a provider. Return: how many of them are still there. */
static u32 drop_run(struct gate_list *list, u32 client, u32 n)
{
	if (n == 1) {
		list->as_client[client]--;
		return !!list->fn[client].dev;
	}
	tree_add(list->less, list->nr_functions, client, 1);
	tree_add(list->less, list->nr_functions, client + n, -1);
	return n - (tree_sum(list->gone, client + n) - tree_sum(list->gone, client));
}

/* Drop the pairs of @fn from the counts. Return: how many of them had not been dropped yet. */
static u32 drop_pairs(struct gate_list *list, const struct gate_fn *fn)
{
	u32 i, n, self = fn - list->fn;
	u32 dropped = list->as_client[self] - tree_sum(list->less, self + 1);

	for (i = 0; i < fn->count; i += n) {
		const u32 *pair = &list->pair[fn->first + i];

		n = run_length(pair, fn->count - i);
		dropped += drop_run(list, client_of(pair), n);
	}
	tree_add(list->gone, list->nr_functions, self, 1);
	return dropped;
}

/*
 * @dev goes away, and its pairs with it, at once. Under gate.lock.
 * Return: the number of pairs dropped. If @dev was on the list at all, the
 * list's nr_gone goes up.
 */
u32 gate_list_drop(struct gate_list *list, struct pci_dev *dev)
{
	struct gate_fn *fn = fn_of(list, dev);
	u32 n;

	if (!fn)
		return 0;
	n = drop_pairs(list, fn);
	list->nr_gone++;
	list->nr_dropped += n;
	WRITE_ONCE(fn->dev, NULL);
	pci_dev_put(dev);
	return n;
}

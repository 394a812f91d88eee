// SPDX-License-Identifier: GPL-2.0-only
/* Copies the list in force to the caller of GET. */
#include <linux/bitfield.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "gate.h"

static int dump_functions(const struct gate_list *list, struct p2pgate_function __user *to)
{
	struct p2pgate_function id;
	u32 i;

	for (i = 0; i < list->nr_functions; i++) {
		id = list->fn[i].id;
		if (!READ_ONCE(list->fn[i].dev))
			id.flags = P2PGATE_FUNCTION_GONE;
		if (copy_to_user(to + i, &id, sizeof(id)))
			return -EFAULT;
	}
	return 0;
}

static u32 uapi_flags(u32 pair)
{
	return (pair & GATE_PAIR_PROMOTE ? P2PGATE_PAIR_PROMOTE : 0) |
	       (pair & GATE_PAIR_ARMED ? P2PGATE_PAIR_PROMOTED : 0);
}

/* The pairs of one provider. @n: number of pairs written so far; updated. */
static int dump_slice(const struct gate_list *list, const struct gate_fn *fn,
		      struct p2pgate_pair __user *to, u32 *n)
{
	struct p2pgate_pair pair = { .provider = fn - list->fn };
	u32 i, raw;

	for (i = fn->first; i < fn->first + fn->count; i++) {
		raw = READ_ONCE(list->pair[i]);
		pair.client = FIELD_GET(GATE_PAIR_CLIENT, raw);
		if (!READ_ONCE(list->fn[pair.client].dev))
			continue;
		pair.flags = uapi_flags(raw);
		if (copy_to_user(to + *n, &pair, sizeof(pair)))
			return -EFAULT;
		++*n;
	}
	return 0;
}

/* The caller holds a reference to @list, and no lock. */
int gate_list_dump(const struct gate_list *list, struct p2pgate_get *get)
{
	struct p2pgate_pair __user *pairs = u64_to_user_ptr(get->pairs);
	u32 room_functions = get->nr_functions, room_pairs = get->nr_pairs;
	u32 p, n = 0;
	int err;

	get->nr_functions = list->nr_functions;
	get->nr_pairs = list->nr_pairs;
	if (room_functions < list->nr_functions || room_pairs < list->nr_pairs)
		return -ENOSPC;

	err = dump_functions(list, u64_to_user_ptr(get->functions));
	for (p = 0; p < list->nr_functions && !err; p++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		if (READ_ONCE(list->fn[p].dev))
			err = dump_slice(list, &list->fn[p], pairs, &n);
		cond_resched();
	}
	get->nr_pairs = n;
	return err;
}

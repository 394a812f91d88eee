/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of two pairs is better to have: the one order of near and of the viewer. */
#ifndef P2PTOPO_PAIR_ORDER_H
#define P2PTOPO_PAIR_ORDER_H

#include "print/pair/pair_facts.h"

/**
 * enum pair_key - what decides, one after the other.
 * @PAIR_KEY_DELIVERY: what the drivers in use would do.  Not known comes behind every peer-to-peer
 *	transfer and before a copy through system memory, which it may turn out to be
 * @PAIR_KEY_GRANT: what is known to go comes before what may, and that before what does not, by
 *	the kernel's verdict; it does not count where the drivers' delivery is peer-to-peer
 * @PAIR_KEY_LEAST: the lesser of what reads and writes carry, as it is printed
 * @PAIR_KEY_MOST: the greater of them
 * @PAIR_KEY_LATENCY: of a write
 * @PAIR_KEY_RELATION: how far apart they lie
 * @PAIR_KEY_HOPS: the kernel's count
 */
enum pair_key {
	PAIR_KEY_DELIVERY,
	PAIR_KEY_GRANT,
	PAIR_KEY_LEAST,
	PAIR_KEY_MOST,
	PAIR_KEY_LATENCY,
	PAIR_KEY_RELATION,
	PAIR_KEY_HOPS,
	PAIR_KEYS
};

/** struct pair_order - the keys of a pair; of each the lower is the better. */
struct pair_order {
	long keys[PAIR_KEYS];
};

/** pair_order_of() - the keys of an evaluated pair. */
struct pair_order pair_order_of(const struct pair *pair);

/** pair_order_worse() - of each key the worse: of two pairs that are both needed. */
struct pair_order pair_order_worse(const struct pair_order *one, const struct pair_order *two);

/** pair_order_compare() - negative: @left is the better; 0: nothing tells them apart. */
int pair_order_compare(const struct pair_order *left, const struct pair_order *right);

#endif

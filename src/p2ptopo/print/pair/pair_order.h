/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of two pairs is better: the common order of near and the viewer. */
#ifndef P2PTOPO_PAIR_ORDER_H
#define P2PTOPO_PAIR_ORDER_H

#include "print/pair/pair_facts.h"

/**
 * enum pair_key - the criteria, in order of precedence.
 * @PAIR_KEY_DELIVERY: what the drivers in use would do.  Unknown comes after every peer-to-peer transfer and
 *	before a copy through system memory, which it may turn out to be
 * @PAIR_KEY_GRANT: by the kernel's verdict, what is known to work comes before what may work, and that before
 *	what does not; ignored if the drivers' delivery is peer-to-peer
 * @PAIR_KEY_LEAST: the lower bandwidth of reads and writes, as printed
 * @PAIR_KEY_MOST: the higher of the two
 * @PAIR_KEY_LATENCY: of a write
 * @PAIR_KEY_RELATION: how far apart they are
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

/** struct pair_order - the keys of a pair; lower is better. */
struct pair_order {
	long keys[PAIR_KEYS];
};

/** pair_order_of() - the keys of an evaluated pair. */
struct pair_order pair_order_of(const struct pair *pair);

/** pair_order_worse() - the worse of each key, for two pairs that are both needed. */
struct pair_order pair_order_worse(const struct pair_order *one, const struct pair_order *two);

/** pair_order_compare() - negative if @left is better; 0 if they are equal. */
int pair_order_compare(const struct pair_order *left, const struct pair_order *right);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>

#include "print/pair/pair_order.h"
#include "print/speed.h"

enum { GOES, MAY_GO, GOES_NOT };

static long delivery_of(enum p2p_delivery delivery)
{
	static const long ranks[P2P_DELIVERIES] = {
		[P2P_DELIVERY_LINK] = 0, [P2P_DELIVERY_DIRECT] = 1, [P2P_DELIVERY_ROOT] = 2,
		[P2P_DELIVERY_UNKNOWN] = 3, [P2P_DELIVERY_STAGED] = 4, [P2P_DELIVERY_REFUSED] = 5,
		[P2P_DELIVERY_BROKEN] = 6,
	};

	return ranks[delivery];
}

/*
 * A pair that the kernel permits and a port rejects does not work.  If the drivers' own way works, the kernel
 * was not asked, or has granted it.
 */
static long grant_of(const struct pair *pair, enum p2p_delivery delivery)
{
	static const long grants[P2P_MAP_TYPES] = {
		[P2P_MAP_BUS_ADDR] = GOES,
		[P2P_MAP_THRU_HOST_BRIDGE] = GOES,
		[P2P_MAP_UNKNOWN] = MAY_GO,
		[P2P_MAP_NOT_SUPPORTED] = GOES_NOT,
	};

	if (delivery >= P2P_DELIVERY_ROOT)
		return GOES;
	return speed_is_usable(&pair->score.write) ? grants[pair->verdict.kernel.map_type] :
						     GOES_NOT;
}

/* Hundredths of GB/s, rounded as printed: what looks equal is equal. */
static long carried(const struct p2p_speed *speed)
{
	double value = speed->gbytes_per_second;

	return value < 1 ? (long)(value * 100 + 0.5) : (long)(value * 10 + 0.5) * 10;
}

static long latency_of(const struct p2p_speed *speed)
{
	return speed->latency_ns > 0 ? (long)speed->latency_ns : LONG_MAX;
}

/* An unknown relation may be the worst. */
static long far_of(enum p2p_relation relation)
{
	return relation == P2P_RELATION_UNKNOWN ? P2P_RELATIONS : (long)relation;
}

struct pair_order pair_order_of(const struct pair *pair)
{
	long read = carried(&pair->score.read), write = carried(&pair->score.write);
	enum p2p_delivery delivery = pair_delivery(&pair->verdict);

	return (struct pair_order){ .keys = {
		[PAIR_KEY_DELIVERY] = delivery_of(delivery),
		[PAIR_KEY_GRANT] = grant_of(pair, delivery),
		[PAIR_KEY_LEAST] = -(read < write ? read : write),
		[PAIR_KEY_MOST] = -(read < write ? write : read),
		[PAIR_KEY_LATENCY] = latency_of(&pair->score.write),
		[PAIR_KEY_RELATION] = far_of(pair->verdict.relation),
		[PAIR_KEY_HOPS] = (long)pair->verdict.kernel.hops,
	} };
}

struct pair_order pair_order_worse(const struct pair_order *one, const struct pair_order *two)
{
	struct pair_order worse = *one;

	for (int i = 0; i < PAIR_KEYS; i++)
		if (two->keys[i] > worse.keys[i])
			worse.keys[i] = two->keys[i];
	return worse;
}

int pair_order_compare(const struct pair_order *left, const struct pair_order *right)
{
	for (int i = 0; i < PAIR_KEYS; i++)
		if (left->keys[i] != right->keys[i])
			return left->keys[i] < right->keys[i] ? -1 : 1;
	return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The speed of a pair: the smallest capacity on its way, and its score. */
#include "verdict/score/score.h"

static const char *const limits[P2P_LIMITS] = {
	[P2P_LIMIT_UNKNOWN] = "unknown", [P2P_LIMIT_LINK] = "link",
	[P2P_LIMIT_REDIRECT] = "redirect", [P2P_LIMIT_REQUESTS] = "requests",
	[P2P_LIMIT_ROOT_COMPLEX] = "root_complex", [P2P_LIMIT_SPLIT] = "split",
	[P2P_LIMIT_ORDERING] = "ordering", [P2P_LIMIT_SOCKET] = "socket",
	[P2P_LIMIT_CHIPSET] = "chipset", [P2P_LIMIT_BUS] = "bus",
	[P2P_LIMIT_WRITES_ONLY] = "writes_only", [P2P_LIMIT_BLOCKED] = "blocked",
	[P2P_LIMIT_REFUSED] = "refused", [P2P_LIMIT_DEVICE] = "device",
	[P2P_LIMIT_PORT] = "port", [P2P_LIMIT_UNDECIDED] = "undecided",
	[P2P_LIMIT_OWN_LINK] = "own_link",
};

const char *p2p_limit_name(enum p2p_limit limit)
{
	return limits[limit];
}

/**
 * struct sum - accumulates crossings.
 * @loaded: the least that each of two transfers, one in each direction, gets
 * @shared: the same at the crossing that @speed names
 * @any: there was a crossing with a limit; @unknown: one whose limit is not known
 * @wire: there was a link or a bus among them
 */
struct sum {
	struct p2p_speed *speed;
	double loaded, shared;
	bool any, unknown, wire;
};

static void add_crossing(void *userdata, const struct p2p_crossing *crossing)
{
	struct sum *sum = userdata;
	struct p2p_speed *speed = sum->speed;
	double loaded = crossing->capacity / crossing->times;

	speed->latency_ns += crossing->latency;
	if (crossing->state == P2P_LINK_IDLE && !speed->idle)
		speed->idle = crossing->at;
	if (crossing->state == P2P_LINK_DEGRADED && !speed->degraded)
		speed->degraded = crossing->at;
	if (crossing->free)
		return;
	sum->wire |= crossing->wire;
	if (crossing->capacity <= 0) {
		sum->unknown = true;
		return;
	}
	/* Among those with the same capacity, the one that others share is more informative. */
	if (!sum->any || crossing->capacity < speed->gbytes_per_second ||
	    (crossing->capacity <= speed->gbytes_per_second &&
	     (loaded < sum->shared || (loaded <= sum->shared && crossing->limit == P2P_LIMIT_CHIPSET)))) {
		sum->shared = loaded;
		speed->gbytes_per_second = crossing->capacity;
		speed->limit = crossing->limit;
		speed->at = crossing->at;
		speed->payload_bytes = (unsigned int)crossing->payload;
	}
	if (!sum->any || loaded < sum->loaded)
		sum->loaded = loaded;
	sum->any = true;
}

/* Limit by the bytes that can be requested before the first answer arrives; PCIe r6.0, sec 2.2.6.2. */
static void limit_requests(struct p2p_way *way, const struct p2p_function *client,
			   struct sum *sum)
{
	const struct p2p_pcie *pcie = &client->pcie;
	struct p2p_speed *speed = sum->speed;
	double bytes = p2p_constant(P2P_C_REQUEST_LEAST), tags = p2p_constant(P2P_C_TAGS_5BIT);
	double most;

	if (pcie->fact == P2P_ABSENT || !sum->any)
		return;
	if (pcie->fact == P2P_DENIED) {
		p2p_way_miss(way, client);
	} else {
		bytes = pcie->mrrs_bytes ? pcie->mrrs_bytes : bytes;
		tags = pcie->tags_10bit ? p2p_constant(P2P_C_TAGS_10BIT) :
		       pcie->extended_tags ? p2p_constant(P2P_C_TAGS_8BIT) : tags;
	}
	most = speed->latency_ns > 0 ? tags * bytes / speed->latency_ns : 0;
	if (most <= 0 || most >= speed->gbytes_per_second)
		return;
	speed->gbytes_per_second = most;
	sum->loaded = most < sum->loaded ? most : sum->loaded;
	speed->limit = P2P_LIMIT_REQUESTS;
	speed->at = client;
}

/* GB/s of its full link, behind one switch, or of the device itself; 0 if it has no link, negative if not known. */
static double best_of(const struct p2p_function *end)
{
	const struct p2p_pcie *pcie = &end->pcie;
	double own = p2p_pace_of(end, false).gbytes_per_second, link;

	if (pcie->link != P2P_PRESENT)
		return pcie->link == P2P_DENIED ? -1 : 0;
	link = p2p_link_carries(pcie->most, pcie->flit, p2p_constant(P2P_C_IDEAL_PAYLOAD)) *
	       p2p_constant(P2P_C_SWITCH_EFFICIENCY);
	return own > 0 && own < link ? own : link;
}

/*
 * The provider is the reference: a slow client is not a better peer because it is equally slow with all
 * others.  A device without a link, inside the root complex, is no reference.
 */
static double share_of(const struct p2p_verdict *verdict, double loaded)
{
	double best = best_of(verdict->provider);

	if (!(best < 0) && !(best > 0))
		best = best_of(verdict->client);
	if (best < 0)
		return 0;
	return best > 0 && loaded < best ? loaded / best : 1;
}

static int score_of(const struct p2p_way *way, const struct p2p_verdict *verdict,
		    const struct sum *sum)
{
	double ratio = share_of(verdict, sum->loaded), quick = 1;
	double trip = sum->speed->latency_ns * (way->read ? 0.5 : 1);
	double share = p2p_constant(P2P_C_SCORE_LATENCY);

	if (trip > p2p_constant(P2P_C_IDEAL_LATENCY))
		quick = p2p_constant(P2P_C_IDEAL_LATENCY) / trip;
	if (way->root)
		ratio *= p2p_constant(P2P_C_SCORE_ROOT);
	if (way->sockets)
		ratio *= p2p_constant(P2P_C_SCORE_SOCKET);
	return 1 + (int)(99 * ratio * (1 - share + share * quick));
}

/* What p2pdma refuses is possible nevertheless if the drivers do not ask it, and grant it themselves. */
static bool is_permitted(const struct p2p_way *way, const struct p2p_verdict *verdict)
{
	return verdict->kernel.map_type >= P2P_MAP_THRU_HOST_BRIDGE || (way->unasked && !way->open);
}

/* Is it known to be permitted, forwarded and not blocked?  The speed may still be a lower bound. */
static bool is_usable(const struct p2p_way *way, const struct p2p_verdict *verdict,
		      const struct p2p_speed *speed)
{
	return is_permitted(way, verdict) && !way->own_link && !way->blocked && !way->maybe_blocked &&
	       speed->gbytes_per_second > 0;
}

static void conclude(const struct p2p_way *way, const struct p2p_verdict *verdict,
		     const struct sum *sum)
{
	struct p2p_speed *speed = sum->speed;
	bool dead = way->read && way->root && !way->cpu->reads;

	if (dead) {
		speed->gbytes_per_second = 0;
		speed->limit = way->cpu->sure ? P2P_LIMIT_WRITES_ONLY : P2P_LIMIT_UNKNOWN;
	}
	speed->missing = way->missing;
	speed->at_most = way->at_most;
	speed->slower = way->slower;
	speed->fact = way->missing_fact || sum->unknown || !sum->wire ? P2P_DENIED : P2P_PRESENT;
	if (sum->unknown || !sum->wire) {
		speed->gbytes_per_second = 0;
		speed->limit = P2P_LIMIT_UNKNOWN;
		speed->at = speed->missing;
	}
	speed->way = speed->limit;
	if (way->own_link)
		speed->limit = P2P_LIMIT_OWN_LINK;
	else if (verdict->kernel.map_type == P2P_MAP_NOT_SUPPORTED && !way->unasked)
		speed->limit = P2P_LIMIT_REFUSED;
	else if (way->blocked)
		speed->limit = P2P_LIMIT_BLOCKED;
	else if (!is_permitted(way, verdict) || way->maybe_blocked)
		speed->limit = P2P_LIMIT_UNDECIDED;
	if (verdict->kernel.map_type == P2P_MAP_UNKNOWN && !way->unasked)
		speed->fact = P2P_DENIED;
	if (is_usable(way, verdict, speed))
		speed->score = score_of(way, verdict, sum);
}

/* Is it known whether data take the path at all? */
static bool is_decided(const struct p2p_speed *speed)
{
	return speed->limit != P2P_LIMIT_UNDECIDED && speed->limit != P2P_LIMIT_OWN_LINK;
}

bool p2p_speed_is_known(const struct p2p_speed *speed)
{
	return speed->fact == P2P_PRESENT && is_decided(speed);
}

bool p2p_speed_has_figure(const struct p2p_speed *speed)
{
	return (speed->fact == P2P_PRESENT || speed->gbytes_per_second > 0) && is_decided(speed);
}

enum p2p_tri p2p_speed_at_least(const struct p2p_speed *speed, double gbytes_per_second)
{
	bool reached = speed->gbytes_per_second > 0 && speed->gbytes_per_second >= gbytes_per_second;

	if (speed->limit == P2P_LIMIT_REFUSED || speed->limit == P2P_LIMIT_BLOCKED)
		return P2P_NO;
	if (!p2p_speed_has_figure(speed))
		return P2P_UNKNOWN;
	if (speed->fact == P2P_PRESENT)
		return reached ? P2P_YES : P2P_NO;
	return reached && !speed->at_most ? P2P_YES : P2P_UNKNOWN;
}

static void score_one(const struct p2p_eval *eval, const struct p2p_verdict *verdict, bool read,
		      struct p2p_speed *ret_speed)
{
	struct p2p_speed speed = { 0 };
	struct sum sum = { .speed = &speed };
	struct p2p_way way;

	p2p_way_find(eval, verdict, read, &way);
	p2p_way_walk(&way, add_crossing, &sum);
	if (read) {
		speed.latency_ns *= 2;
		limit_requests(&way, verdict->client, &sum);
	}
	speed.redirected = way.root && way.common;
	speed.translated = way.translated;
	conclude(&way, verdict, &sum);
	*ret_speed = speed;
}

void p2p_eval_score(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		     struct p2p_score *ret_score)
{
	score_one(eval, verdict, true, &ret_score->read);
	score_one(eval, verdict, false, &ret_score->write);
}

/** struct slow - the links that were met; @count may be more than there is room for. */
struct slow {
	const struct p2p_function **list;
	size_t size, count;
};

static void add_slow(void *userdata, const struct p2p_crossing *crossing)
{
	struct slow *slow = userdata;

	if (crossing->state != P2P_LINK_DEGRADED)
		return;
	for (size_t i = 0; i < slow->count && i < slow->size; i++)
		if (slow->list[i] == crossing->at)
			return;
	if (slow->count < slow->size)
		slow->list[slow->count] = crossing->at;
	slow->count++;
}

size_t p2p_eval_degraded(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
			 const struct p2p_function **list, size_t size)
{
	struct slow slow = { list, size, 0 };
	struct p2p_way way;

	p2p_way_find(eval, verdict, false, &way);
	p2p_way_walk(&way, add_slow, &slow);
	return slow.count;
}

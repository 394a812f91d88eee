/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How fast: what a pair can be expected to carry, by an explicit model of its way.  The model,
 * and every constant of it with its source, is in p2ptopo-score(7).  Pure, as the verdict.
 */
#ifndef P2PPOLICY_SCORE_H
#define P2PPOLICY_SCORE_H

#include <p2ppolicy/verdict.h>

/**
 * struct p2p_constant - one constant of the model.
 * @unit: "" for a plain number
 */
struct p2p_constant {
	const char *name;
	double value;
	const char *unit, *source;
};

/** p2p_constant_at() - the constant at @index; NULL past the end. */
const struct p2p_constant *p2p_constant_at(size_t index);

/**
 * enum p2p_limit - what of the way carries least.
 * @P2P_LIMIT_UNKNOWN: not known what the way is
 * @P2P_LIMIT_LINK: a link
 * @P2P_LIMIT_REDIRECT: a link that a redirected transfer crosses up and down
 * @P2P_LIMIT_REQUESTS: reads: so many tags of so many bytes are under way at once
 * @P2P_LIMIT_ROOT_COMPLEX: this CPU's root complex between two of its ports
 * @P2P_LIMIT_SPLIT: a link after a root complex that cuts peer traffic to 64 bytes
 * @P2P_LIMIT_ORDERING: the client may not use relaxed ordering, and the root complex wants it
 * @P2P_LIMIT_SOCKET: what joins the sockets
 * @P2P_LIMIT_CHIPSET: the link between chipset and CPU, which PCI may not show
 * @P2P_LIMIT_BUS: a conventional PCI bus
 * @P2P_LIMIT_WRITES_ONLY: the root complex passes no reads between its ports
 * @P2P_LIMIT_BLOCKED: a port rejects the requests
 * @P2P_LIMIT_REFUSED: the kernel refuses the pair
 * @P2P_LIMIT_UNDECIDED: whether the kernel or a port lets it through is not known
 * @P2P_LIMIT_DEVICE: a device that is slower than its link, as published figures say
 * @P2P_LIMIT_PORT: the network ports of the client
 */
enum p2p_limit {
	P2P_LIMIT_UNKNOWN,
	P2P_LIMIT_LINK,
	P2P_LIMIT_REDIRECT,
	P2P_LIMIT_REQUESTS,
	P2P_LIMIT_ROOT_COMPLEX,
	P2P_LIMIT_SPLIT,
	P2P_LIMIT_ORDERING,
	P2P_LIMIT_SOCKET,
	P2P_LIMIT_CHIPSET,
	P2P_LIMIT_BUS,
	P2P_LIMIT_WRITES_ONLY,
	P2P_LIMIT_BLOCKED,
	P2P_LIMIT_REFUSED,
	P2P_LIMIT_UNDECIDED,
	P2P_LIMIT_DEVICE,
	P2P_LIMIT_PORT,
	P2P_LIMITS
};

/** p2p_limit_name() - "unknown", "link", "redirect", "requests", "root_complex", ... */
const char *p2p_limit_name(enum p2p_limit limit);

/**
 * struct p2p_speed - what one kind of transfer of a pair can be expected to do.
 * @fact: PRESENT: by known facts.  DENIED: a fact is missing; then @gbytes_per_second is the
 *	least that any value of it gives, 0 when that cannot be told.
 * @gbytes_per_second: 10^9 bytes of payload a second that the way carries while nothing else
 *	runs; also where the kernel refuses the pair or a port blocks it, which @limit and
 *	@score say
 * @latency_ns: of a write, from the client to the provider's memory; of a read there and back.
 *	Links, switches, root complex and sockets; not the devices themselves.  0 not known.
 * @limit: why there is no more; @way: what of the way carries least, also where @limit is that
 *	the pair is refused or blocked
 * @at: the function that belongs to @way (of a link its lower end), NULL none
 * @score: 0 not usable or not known to be; 1 to 100 the better the nearer to what the provider
 *	could do with its link behind one switch.  With a @fact DENIED the least it can be.
 * @missing: the function with the first fact that is missing, NULL none or one of the machine
 * @idle: a link on the way that runs low because its device idles; what it can do counts
 * @degraded: a link on the way that runs low for no such reason; what it does counts
 * @at_most: no figure of an end, or of a root complex on the way, is published: it may be slower
 *	than the links that were counted; @slower: that end, NULL none or the root complex
 * @payload_bytes: of each TLP at the place that carries least
 * @redirected: it leaves the common bridge, goes up to the root complex and comes back
 * @translated: an IOMMU translates it
 */
struct p2p_speed {
	enum p2p_fact fact;
	double gbytes_per_second, latency_ns;
	enum p2p_limit limit, way;
	const struct p2p_function *at;
	int score;
	const struct p2p_function *missing, *idle, *degraded, *slower;
	unsigned int payload_bytes;
	bool redirected, translated, at_most;
};

/** struct p2p_score - @read, @write: the client reads from, writes to the provider's memory. */
struct p2p_score {
	struct p2p_speed read, write;
};

/** p2p_eval_score() - the speed of an evaluated pair.  O(depth), no allocation. */
void p2p_eval_score(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		     struct p2p_score *ret_score);

/**
 * p2p_score_reason() - what limits it and why, one sentence.
 * @speed: one of the two of p2p_eval_score() for @verdict
 * Return: as p2p_eval_reason().
 */
int p2p_score_reason(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		     const struct p2p_speed *speed, char *buffer, size_t size);

/** struct p2p_flow - a transfer that runs together with others. */
struct p2p_flow {
	const struct p2p_function *provider, *client;
	bool read;
};

/**
 * struct p2p_share - what a flow gets.
 * @gbytes_per_second: its max-min fair share; 0 for a pair that the kernel refuses, that a port
 *	blocks, or of which nothing is known.  A flow with @alone.fact DENIED takes part at its
 *	least: it may get more, and the others of its links less.
 * @alone: its speed without the others
 * @limit, @at: what keeps it from more
 * @collapse: one of those that make posted writes collapse on this hardware: expect a tenth of
 *	the share; see p2ptopo-score(7)
 */
struct p2p_share {
	double gbytes_per_second;
	struct p2p_speed alone;
	enum p2p_limit limit;
	const struct p2p_function *at;
	bool collapse;
};

/**
 * p2p_flows_share() - max-min fair shares of flows that run at once: no flow can get more
 *	without another getting less that has no more.  Every link has a capacity in each
 *	direction; root complexes, sockets, chipsets and conventional buses have one each.
 * @flows: @count of them, of the evaluator's topology
 * @ret_shares: room for @count
 * Return: 0 or -ENOMEM.
 */
int p2p_flows_share(const struct p2p_eval *eval, const struct p2p_flow *flows,
		    size_t count, struct p2p_share *ret_shares);

#endif

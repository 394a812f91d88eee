/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How fast: the bandwidth that can be expected of a pair, by an explicit model of its path.  The
 * model, and each of its constants with the source, is in p2ptopo-score(7).  Pure, like the verdict.
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
 * enum p2p_limit - the bottleneck of the path.
 * @P2P_LIMIT_UNKNOWN: the path is not known
 * @P2P_LIMIT_LINK: a link
 * @P2P_LIMIT_REDIRECT: a link that a redirected transfer crosses up and down
 * @P2P_LIMIT_REQUESTS: for reads, the number of tags and the bytes of each that are in flight at once
 * @P2P_LIMIT_ROOT_COMPLEX: this CPU's root complex between two of its ports
 * @P2P_LIMIT_SPLIT: a link after a root complex that splits peer traffic into 64-byte payloads
 * @P2P_LIMIT_ORDERING: the root complex needs relaxed ordering, and the client may not use it
 * @P2P_LIMIT_SOCKET: the interconnect between the sockets
 * @P2P_LIMIT_CHIPSET: the link between chipset and CPU, which PCI may not show
 * @P2P_LIMIT_BUS: a conventional PCI bus
 * @P2P_LIMIT_WRITES_ONLY: the root complex passes no reads between its ports
 * @P2P_LIMIT_BLOCKED: a port rejects the requests
 * @P2P_LIMIT_REFUSED: the kernel refuses the pair
 * @P2P_LIMIT_UNDECIDED: it is not known whether the drivers, the kernel and the ports let it through
 * @P2P_LIMIT_DEVICE: a device that is slower than its link, according to published figures
 * @P2P_LIMIT_PORT: the network ports of the client
 * @P2P_LIMIT_OWN_LINK: the data go over the devices' own link, such as C2C, of which no figure is known
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
	P2P_LIMIT_OWN_LINK,
	P2P_LIMITS
};

/** p2p_limit_name() - "unknown", "link", "redirect", "requests", "root_complex", ... */
const char *p2p_limit_name(enum p2p_limit limit);

/**
 * struct p2p_speed - the expected performance of one kind of transfer of a pair.
 * @fact: PRESENT: all facts are known.  DENIED: a fact is missing; then @gbytes_per_second is the
 *	lowest result for any of its values, 0 if that cannot be told.
 * @gbytes_per_second: 10^9 bytes of payload a second that the path carries while nothing else
 *	runs; given even if the kernel refuses the pair or a port blocks it, which @limit and
 *	@score say
 * @latency_ns: for a write, from the client to the provider's memory; for a read, there and back.
 *	Includes links, switches, root complex and sockets, but not the devices themselves.  0 not
 *	known.
 * @limit: why it is not faster; @way: the bottleneck of the path, even if @limit says that the
 *	pair is refused or blocked
 * @at: the function that belongs to @way (for a link its lower end), NULL none
 * @score: 0 not usable or not known to be; 1 to 100 compared with what the provider could do with
 *	its link behind one switch.  With @fact DENIED the lowest it can be.
 * @missing: the function with the first missing fact; NULL none, or a fact of the whole machine
 * @idle: a link on the path that runs slowly because its device idles; its capability is counted
 * @degraded: a link on the path that runs slowly for another reason; its current speed is counted
 * @at_most: no figures are published for an end or for a root complex on the path: it may be slower
 *	than the links that were counted; @slower: that end, NULL none or the root complex
 * @payload_bytes: of each TLP at the bottleneck
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

/**
 * p2p_speed_is_known() - are all facts known, and what the drivers, the kernel and the ports do with the pair?
 * True also of one that is refused or blocked, whose figure is its path's.
 */
bool p2p_speed_is_known(const struct p2p_speed *speed);

/**
 * p2p_speed_has_figure() - are its GB/s, or a bound of them, known?  False while it is not known whether the pair
 * gets through, and for a pair whose data go over another link: @gbytes_per_second is what the path carries then.
 */
bool p2p_speed_has_figure(const struct p2p_speed *speed);

/**
 * p2p_speed_at_least() - is the client expected to get @gbytes_per_second, 10^9 bytes a second and more than 0?
 * A refused or blocked pair is not.  Where all facts are known the figure decides, also as an upper bound, which is
 * all that the model has for devices without published figures; else only a lower bound that reaches it does, and
 * the rest is unknown.
 */
enum p2p_tri p2p_speed_at_least(const struct p2p_speed *speed, double gbytes_per_second);

/** struct p2p_score - @read, @write: the client reads from or writes to the provider's memory. */
struct p2p_score {
	struct p2p_speed read, write;
};

/** p2p_eval_score() - the speed of an evaluated pair.  O(depth), no allocation. */
void p2p_eval_score(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		     struct p2p_score *ret_score);

/**
 * p2p_eval_degraded() - the links on the path that run slowly for another reason than idling, by their lower ends.
 * @list: room for @size pointers; more are counted and not stored
 *
 * Return: how many there are.
 */
size_t p2p_eval_degraded(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
			 const struct p2p_function **list, size_t size);

/**
 * p2p_score_reason() - what limits it and why, in one sentence.
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
 * struct p2p_share - the share of a flow.
 * @gbytes_per_second: its max-min fair share; 0 for a pair that is refused (@alone.limit), that a port
 *	blocks, or about which nothing is known.  A flow with @alone.fact DENIED is counted at its
 *	lowest: it may get more, and others on its links less.
 * @alone: its speed without the others
 * @limit, @at: what limits it
 * @collapse: it is one of the flows that make posted writes collapse on this hardware: expect a
 *	tenth of the share; see p2ptopo-score(7)
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
 *	without taking from another that has no more than it.  Every link has a capacity in each
 *	direction; root complexes, sockets, chipsets and conventional buses have one each.
 * @flows: @count of them, of the evaluator's topology
 * @ret_shares: room for @count
 * Return: 0 or -ENOMEM.
 */
int p2p_flows_share(const struct p2p_eval *eval, const struct p2p_flow *flows,
		    size_t count, struct p2p_share *ret_shares);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The internals of the speed model: constants, what is known about CPUs, and the way that the data of a pair
 * take, crossing by crossing.
 */
#ifndef P2P_VERDICT_SCORE_H
#define P2P_VERDICT_SCORE_H

#include <p2ppolicy/score.h>

#include "verdict/eval.h"

/** enum p2p_constant_id - names of the rows of constants.def; NONE means "no limit". */
enum p2p_constant_id {
	P2P_C_NONE,
#define CONSTANT(name, value, unit, source) P2P_C_##name,
#include "verdict/score/constants.def"
#undef CONSTANT
	P2P_CONSTANTS
};

/** p2p_constant() - its value; 0 for P2P_C_NONE. */
double p2p_constant(enum p2p_constant_id id);

/**
 * struct p2p_sockets - limits between sockets: one direction by @write or @read, @both directions together.
 * @two: no machine has more than two
 */
struct p2p_sockets {
	enum p2p_constant_id write, read, both;
	bool two;
};

/** struct p2p_chipset - the link between chipset and CPU. */
struct p2p_chipset {
	enum p2p_constant_id speed, lanes;
};

/**
 * struct p2p_cpu - what is known about the root complexes of a family of CPUs.
 * @vendor: NULL for any
 * @reads: whether reads are forwarded between root ports
 * @splits: whether peer traffic is split into 64 bytes
 * @sure: false for a row about CPUs that nobody measured
 * @measured: figures for traffic between its root ports were published
 * @write, @read: limits from one port to another; @strict: limit without relaxed ordering
 * @gen3: the same for a model whose ports run at no more than 8 GT/s; NONE: use @write and @read
 * @latency: of the root complex
 * @chipset: NULL if it is visible in PCI
 */
struct p2p_cpu {
	const char *vendor;
	uint16_t family_first, family_last, model_first, model_last;
	bool reads, splits, sure, measured;
	enum p2p_constant_id write, read, gen3, strict, latency;
	const struct p2p_sockets *sockets;
	const struct p2p_chipset *chipset;
	const char *name;
};

/** p2p_cpu_find() - the row for a machine; the worst one if its CPU is not known. */
const struct p2p_cpu *p2p_cpu_find(const struct p2p_machine *machine);

/**
 * struct p2p_way - the way that the data of a transfer take.
 * @from, @to: where the data come from and go to
 * @common: the function below which both are, NULL if none
 * @root: it goes through the root complex; with @common that is a redirect
 * @blocked: a port rejects the requests; @maybe_blocked: it is not known whether one does
 * @known: false if not even the worst case can be determined
 * @sockets: it goes from one socket to another; @switched: through a switch
 * @translated: an IOMMU translates it; @strict: the lack of relaxed ordering makes it slower
 * @payload: smallest Max_Payload_Size of the functions on it
 * @missing_fact: some fact was missing, and the worst value was assumed; @missing: the function it is about
 * @unasked: the drivers of the pair do not ask p2pdma, so that its refusal does not matter; @open: whether
 *	they grant it themselves is not known
 * @own_link: the data go over the devices' own link instead
 * @at_most: something on it may be slower than the links; @slower: a device, or NULL for the CPU
 */
struct p2p_way {
	const struct p2p_eval *eval;
	const struct p2p_cpu *cpu;
	const struct p2p_function *from, *to, *common;
	bool read, root, blocked, maybe_blocked, known, sockets, translated, strict, switched;
	double payload;
	bool missing_fact, at_most, unasked, open, own_link;
	const struct p2p_function *missing, *slower;
};

/** p2p_way_find() - find where the data of reads or writes of an evaluated pair go. */
void p2p_way_find(const struct p2p_eval *eval, const struct p2p_verdict *verdict, bool read,
		  struct p2p_way *ret_way);

/**
 * struct p2p_pace - what a device itself is capable of, regardless of its link.
 * @known: a figure for it was published; otherwise it may be slower than what is known suggests
 * @limit: P2P_LIMIT_DEVICE or P2P_LIMIT_PORT; @gbytes_per_second: its limit; 0 if only its link limits it
 */
struct p2p_pace {
	bool known;
	enum p2p_limit limit;
	double gbytes_per_second;
};

/** p2p_pace_of() - the pace of @function; @client: it is the one that does the DMA. */
struct p2p_pace p2p_pace_of(const struct p2p_function *function, bool client);

/** p2p_way_has_switch() - is @function, which is on the way, an upstream port of a switch, or may it be one? */
bool p2p_way_has_switch(const struct p2p_way *way, const struct p2p_function *function);

/** p2p_way_miss() - record that a fact about @function (NULL: the machine) is missing. */
void p2p_way_miss(struct p2p_way *way, const struct p2p_function *function);

/** enum p2p_link_state - why a link runs at its speed. */
enum p2p_link_state { P2P_LINK_FULL, P2P_LINK_IDLE, P2P_LINK_DEGRADED };

/** p2p_link_may_idle() - may the link between @lower and its parent be slow only because nothing uses it? */
bool p2p_link_may_idle(const struct p2p_function *lower);

/**
 * struct p2p_crossing - one thing on the way, with its capacity.
 * @limit: what it is
 * @at: for a link, its lower end
 * @resource: equal for transfers that share it
 * @capacity: GB/s; 0 if not known, or unlimited if @free
 * @wire: a link or a bus; a way without any, between parts of a root complex, is not modelled
 * @times: how many times two transfers of the pair, one in each direction, load it
 * @latency: ns that it adds
 */
struct p2p_crossing {
	enum p2p_limit limit;
	const struct p2p_function *at;
	uint64_t resource;
	double capacity, latency, payload;
	bool free, wire;
	unsigned int times;
	enum p2p_link_state state;
};

typedef void p2p_crossing_fn(void *userdata, const struct p2p_crossing *crossing);

/** p2p_way_walk() - call @visit for each crossing; records missing facts in @way. */
void p2p_way_walk(struct p2p_way *way, p2p_crossing_fn *visit, void *userdata);

/**
 * p2p_link_carries() - GB/s of payload that a link carries in one direction. PCIe r6.0, sec 4.2; overheads
 * are counted like UCX does.
 */
double p2p_link_carries(struct p2p_link link, bool flit, double payload);

#endif

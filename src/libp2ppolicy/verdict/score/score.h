/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The inside of the speed model: constants, what is known of CPUs, and the way that the data of
 * a pair take, crossing by crossing.
 */
#ifndef P2P_VERDICT_SCORE_H
#define P2P_VERDICT_SCORE_H

#include <p2ppolicy/score.h>

#include "verdict/eval.h"

/** enum p2p_constant_id - names of the rows of score-constants.def; NONE says "no limit". */
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
 * struct p2p_sockets - most between sockets: each way by @write or @read, @both together.
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
 * struct p2p_cpu - what is known of the root complexes of a family of CPUs.
 * @vendor: NULL any
 * @reads: are reads passed between root ports?
 * @splits: is peer traffic cut to 64 bytes?
 * @sure: false for a row that stands for CPUs nobody measured
 * @measured: somebody published what passes between its root ports
 * @write, @read: most of one port to another; @strict: most without relaxed ordering
 * @gen3: the same of a model whose ports run at 8 GT/s at most; NONE: @write and @read
 * @latency: of the root complex
 * @chipset: NULL where PCI shows it
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

/** p2p_cpu_find() - the row for a machine; the worst one when its CPU is not known. */
const struct p2p_cpu *p2p_cpu_find(const struct p2p_machine *machine);

/**
 * struct p2p_way - the way the data of a transfer take.
 * @from, @to: where the data come from and go to
 * @common: the function below which both lie, NULL none
 * @root: it goes through the root complex; with @common that is a redirect
 * @blocked: a port rejects the requests; @maybe_blocked: whether one does is not known
 * @known: false: not even the worst case can be told
 * @sockets: it goes from one socket to another; @switched: through a switch
 * @translated: an IOMMU translates it; @strict: lack of relaxed ordering costs
 * @payload: smallest Max_Payload_Size of the functions on it
 * @missing_fact: some fact was missing, and the worst was taken; @missing: of which function
 * @unasked: the drivers of the pair do not ask p2pdma, so that its refusal is not theirs; @open:
 *	but whether they grant it themselves is not known
 * @at_most: what is on it may be slower than the links are; @slower: a device, NULL the CPU
 */
struct p2p_way {
	const struct p2p_eval *eval;
	const struct p2p_cpu *cpu;
	const struct p2p_function *from, *to, *common;
	bool read, root, blocked, maybe_blocked, known, sockets, translated, strict, switched;
	double payload;
	bool missing_fact, at_most, unasked, open;
	const struct p2p_function *missing, *slower;
};

/** p2p_way_find() - where the data of reads or writes of an evaluated pair go. */
void p2p_way_find(const struct p2p_eval *eval, const struct p2p_verdict *verdict, bool read,
		  struct p2p_way *ret_way);

/**
 * struct p2p_pace - what a device itself can do, whatever its link.
 * @known: somebody published a figure of it; else it may be slower than all that is known
 * @limit: P2P_LIMIT_DEVICE or P2P_LIMIT_PORT; @gbytes_per_second: most of it, 0 its link
 */
struct p2p_pace {
	bool known;
	enum p2p_limit limit;
	double gbytes_per_second;
};

/** p2p_pace_of() - of @function, @client: as the one that does the DMA. */
struct p2p_pace p2p_pace_of(const struct p2p_function *function, bool client);

/** p2p_way_has_switch() - is, or may be, the function on the way the upper port of a switch? */
bool p2p_way_has_switch(const struct p2p_way *way, const struct p2p_function *function);

/** p2p_way_miss() - a fact of @function (NULL the machine) is missing. */
void p2p_way_miss(struct p2p_way *way, const struct p2p_function *function);

/** enum p2p_link_state - why a link runs as it does. */
enum p2p_link_state { P2P_LINK_FULL, P2P_LINK_IDLE, P2P_LINK_DEGRADED };

/**
 * struct p2p_crossing - one thing on the way that carries so much.
 * @limit: what it is
 * @at: of a link the lower end
 * @resource: equal for transfers that share it
 * @capacity: GB/s; 0 not known, or no limit where @free
 * @wire: a link or a bus; a way without any, between parts of a root complex, is not modelled
 * @times: how often two transfers of the pair, one each way, load it
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

/** p2p_way_walk() - call @visit for each crossing; notes missing facts in @way. */
void p2p_way_walk(struct p2p_way *way, p2p_crossing_fn *visit, void *userdata);

/**
 * p2p_link_carries() - GB/s of payload that a link carries in one direction.
 * PCIe r6.0, sec 4.2; the count of overheads is that of UCX.
 */
double p2p_link_carries(struct p2p_link link, bool flit, double payload);

#endif

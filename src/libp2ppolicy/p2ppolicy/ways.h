/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ways: how the loaded drivers would move the data of an ordered pair.  A way is granted by a driver,
 * by p2pdma, or needs nobody's grant; then the fabric has to deliver the address that was programmed.
 * Both depend on the kernel's verdict, among other facts.  Pure, like the verdict.
 *
 * Nothing here proves that a transfer works; only `prove`, or a test that compares the data, does.
 */
#ifndef P2PPOLICY_WAYS_H
#define P2PPOLICY_WAYS_H

#include <p2ppolicy/verdict.h>

/** enum p2p_grant - may the way be taken? */
enum p2p_grant {
	P2P_GRANT_UNKNOWN,
	P2P_GRANT_REFUSED,
	P2P_GRANT_GRANTED,	/* by the way's decider */
	P2P_GRANT_NOT_ASKED,	/* nobody is asked */
};

/** enum p2p_delivery - how the data get there, or what happens instead, from worst to best. */
enum p2p_delivery {
	P2P_DELIVERY_UNKNOWN,
	P2P_DELIVERY_BROKEN,	/* would hang, fault or corrupt */
	P2P_DELIVERY_REFUSED,	/* the transfer, or its set-up, fails with an error */
	P2P_DELIVERY_STAGED,	/* copied through system memory, by software */
	P2P_DELIVERY_ROOT,	/* peer-to-peer, through the root complex */
	P2P_DELIVERY_DIRECT,	/* peer-to-peer, routed by a switch */
	P2P_DELIVERY_LINK,	/* over the devices' own link: NVLink, xGMI, C2C */
	P2P_DELIVERIES
};

/** enum p2p_addressing - how the DMA address of the peer's memory is obtained. */
enum p2p_addressing {
	P2P_ADDRESSING_P2PDMA,		/* by the map type of the pair */
	P2P_ADDRESSING_RESOURCE,	/* dma_map_resource(): an IOVA if the IOMMU translates */
	P2P_ADDRESSING_RAW,		/* the BAR's address, unmapped */
	P2P_ADDRESSING_LINK,		/* no PCIe address */
	P2P_ADDRESSING_GUEST,		/* a guest's address, which the host's IOMMU translates */
	P2P_ADDRESSING_CPU,		/* the CPU copies */
	P2P_ADDRESSINGS
};

struct p2p_driver_way;

/**
 * struct p2p_condition_answer - one condition of a way.
 * @id: "kernel_pair", "nv_class", ...
 * @held: P2P_NO refuses the way
 * @argument: that of the table row, for the sentence; NULL none
 */
struct p2p_condition_answer {
	unsigned int id;
	enum p2p_tri held;
	const char *argument;
	int64_t number;
};

#define P2P_WAY_CONDITIONS 8
#define P2P_WAYS_MOST 8

/**
 * struct p2p_way_answer - the answer about one way for one ordered pair.
 * @way: the row; never NULL
 * @grant: see enum p2p_grant
 * @granted: the delivery if the way is granted
 * @delivery: the outcome: @granted if granted, the way's refusal if refused, unknown if the grant is
 *	unknown, unless both would be the same
 * @conditions: @condition_count conditions in order, up to the first one that refuses
 * @translates: does the client's IOMMU domain translate
 * @evidence: index of a public report that limits an optimistic answer; -1 none
 */
struct p2p_way_answer {
	const struct p2p_driver_way *way;
	enum p2p_grant grant;
	enum p2p_delivery granted, delivery;
	struct p2p_condition_answer conditions[P2P_WAY_CONDITIONS];
	unsigned int condition_count;
	enum p2p_tri translates, forwards;
	int evidence;
};

/**
 * struct p2p_ways - all ways of an ordered pair, in the order in which they are tried.
 * @verdict: the kernel's and the fabric's part
 * @way: @count of them; the elements behind those are not set
 * @drivers_known: is a driver recorded for both sides; otherwise there is no way
 * @used: index of the way that is taken: the first that is not refused; @count if there is none
 * @delivery: the overall outcome
 */
struct p2p_ways {
	const struct p2p_verdict *verdict;
	struct p2p_way_answer way[P2P_WAYS_MOST];
	unsigned int count, used;
	bool drivers_known;
	enum p2p_delivery delivery;
};

/** p2p_ways_find() - the ways of a pair.  O(rows), no allocation.  @verdict: of p2p_eval_pair(). */
void p2p_ways_find(const struct p2p_verdict *verdict, struct p2p_ways *ret_ways);

/** p2p_ways_taken() - the answer for the way that is used; NULL if all are refused or none is known. */
const struct p2p_way_answer *p2p_ways_taken(const struct p2p_ways *ways);

/**
 * p2p_ways_told() - the answer to report: that of the way taken, else of the last that was refused; NULL
 *	if no row is about these drivers.
 */
const struct p2p_way_answer *p2p_ways_told(const struct p2p_ways *ways);

/** p2p_ways_grant() - the grant of that answer; P2P_GRANT_UNKNOWN if there is none. */
enum p2p_grant p2p_ways_grant(const struct p2p_ways *ways);

/**
 * struct p2p_driver_way - one row of the table.
 * @name: "nv-dmabuf"; @interface: "dma-buf"
 * @decider: who grants it: a driver, "p2pdma", or "nobody"
 * @summary: a few words on what it is
 */
const char *p2p_driver_way_name(const struct p2p_driver_way *way);
const char *p2p_driver_way_interface(const struct p2p_driver_way *way);
const char *p2p_driver_way_decider(const struct p2p_driver_way *way);
const char *p2p_driver_way_summary(const struct p2p_driver_way *way);
enum p2p_addressing p2p_driver_way_addressing(const struct p2p_driver_way *way);

/** p2p_ways_ask_p2pdma() - does the way to report ask p2pdma?  True also if none is known. */
bool p2p_ways_ask_p2pdma(const struct p2p_ways *ways);

/** p2p_driver_way_asks_p2pdma() - is the kernel's verdict one of its conditions? */
bool p2p_driver_way_asks_p2pdma(const struct p2p_driver_way *way);

/**
 * p2p_way_splits() - do its writes go directly, while the completions of its reads, redirected by a port, go
 *	through the root complex?  @answer: one that p2p_ways_find() gave
 */
bool p2p_way_splits(const struct p2p_verdict *verdict, const struct p2p_way_answer *answer);

/** p2p_driver_way_at() - the row at @index of the table; NULL past the end. */
const struct p2p_driver_way *p2p_driver_way_at(size_t index);

/** p2p_nvidia_coherent() - does the CPU have coherent access to its memory, over C2C? */
enum p2p_tri p2p_nvidia_coherent(const struct p2p_function *function);

/** p2p_nvidia_maps_over_pcie() - has it such access, and does the driver also map its memory over PCIe? */
enum p2p_tri p2p_nvidia_maps_over_pcie(const struct p2p_function *function);

/** The most bytes that one sentence of a way needs. */
#define P2P_WAY_TEXT 768

/** p2p_condition_name() - "kernel_pair", ...; p2p_condition_cure() - what would fulfil it; NULL nothing known. */
const char *p2p_condition_name(unsigned int condition);
const char *p2p_condition_cure(const struct p2p_ways *ways, const struct p2p_condition_answer *condition,
			  char buffer[P2P_WAY_TEXT]);

/** p2p_condition_reason() - why the condition holds, does not, or is not known: one clause.  Return: @buffer. */
const char *p2p_condition_reason(const struct p2p_ways *ways, const struct p2p_condition_answer *condition,
			    char buffer[P2P_WAY_TEXT]);

/** p2p_driver_way_reason() - why @answer is as it is: one sentence.  Return: @buffer. */
const char *p2p_driver_way_reason(const struct p2p_ways *ways, const struct p2p_way_answer *answer,
			   char buffer[P2P_WAY_TEXT]);

/** p2p_driver_way_cure() - what would make it better: one sentence.  Return: @buffer; NULL nothing known. */
const char *p2p_driver_way_cure(const struct p2p_ways *ways, const struct p2p_way_answer *answer,
			 char buffer[P2P_WAY_TEXT]);

/** p2p_ways_sentence() - what the drivers will do, one sentence.  Return: @buffer. */
const char *p2p_ways_sentence(const struct p2p_ways *ways, char buffer[P2P_WAY_TEXT]);

/** p2p_delivery_name() - "direct", "root-complex", "staged", ...; p2p_grant_name() likewise. */
const char *p2p_delivery_name(enum p2p_delivery delivery);
const char *p2p_grant_name(enum p2p_grant grant);
const char *p2p_addressing_name(enum p2p_addressing addressing);

/** p2p_delivery_parse() - the delivery of a name; -EINVAL when it is none. */
int p2p_delivery_parse(const char *name, enum p2p_delivery *ret_delivery);

/** p2p_evidence_text(), p2p_evidence_source() - the report and its source; @index from an answer. */
const char *p2p_evidence_text(int index);
const char *p2p_evidence_source(int index);

#endif

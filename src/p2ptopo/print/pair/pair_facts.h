/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is printed about an ordered pair in text; see print/pair/pair_facts.def. */
#ifndef P2PTOPO_PAIR_FACTS_H
#define P2PTOPO_PAIR_FACTS_H

#include "print/output.h"

/** struct pair - one ordered pair, evaluated. */
struct pair {
	const struct p2p_eval *eval;
	struct p2p_verdict verdict;
	struct p2p_score score;
};

/** pair_eval() - evaluate a pair, including its speed. */
void pair_eval(const struct p2p_eval *eval, const struct p2p_function *provider,
		const struct p2p_function *client, struct pair *ret_pair);

/** enum pair_fact - the rows of pair_facts.def. */
enum pair_fact {
	PAIR_NONE,
#define PAIR_FACT(id, name, align, width, member, say, paint, flags, help) PAIR_##id,
#include "print/pair/pair_facts.def"
#undef PAIR_FACT
};

/** Limit for the bytes that pair_say() fills. */
#define PAIR_SAY 4096

/** pair_say() - one fact about a pair, "?" if not known.  Return: @text, or a constant. */
const char *pair_say(const struct pair *pair, enum pair_fact fact, char text[PAIR_SAY]);

/** pair_fact() - likewise, but NULL if not known; @ways: of the pair, if the row has DRIVERS. */
const char *pair_fact(const struct pair *pair, const struct p2p_ways *ways, enum pair_fact fact,
		      char text[PAIR_SAY]);

/** pair_delivery() - the outcome of transfers of an evaluated pair. */
enum p2p_delivery pair_delivery(const struct p2p_verdict *verdict);

/** pair_paint() - its colour. */
enum paint pair_paint(const struct pair *pair, enum pair_fact fact);

/** pair_differs() - do two pairs give different answers? */
bool pair_differs(const struct pair *pair, const struct pair *other);

/** pair_summary() - "PIX B4": relation, what the kernel decides, distance. */
char *pair_summary(const struct p2p_verdict *verdict, char *text, size_t size);

/** The columns of `pairs`, whose rows are struct pair; the last one has no name. */
extern const struct column pairs_columns[];

#endif

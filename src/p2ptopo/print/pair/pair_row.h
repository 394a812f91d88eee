/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An ordered pair as JSON: the row of pairs, and what other documents contain about a pair. */
#ifndef P2PTOPO_PAIR_ROW_H
#define P2PTOPO_PAIR_ROW_H

#include "print/json_line.h"
#include "print/pair/pair_facts.h"

/**
 * struct subject - a pair that is written to @line.
 * @pair: its score is set for SCORED
 * @ways: set for ASKED
 * @at: what the member refers to
 */
struct subject {
	struct json_line *line;
	struct pair pair;
	struct p2p_ways ways;
	bool scored, asked;
	const void *at;
};

/**
 * struct pair_member - a member of a row.
 * @key: "kernel.map_type"; members of one group are adjacent
 * @at: offset in struct subject of what @write writes
 * @write: NULL if it is @fact, as a string, or with RAW unquoted
 * @flags: ASIDE: only if requested by name
 */
struct pair_member {
	const char *key;
	size_t at;
	void (*write)(const struct subject *subject);
	enum { SCORED = 1, ASIDE = 2, ASKED = 4, RAW = 8 } flags;
	enum pair_fact fact;
};

/** pair_members - in the order in which they are written; the last one has no key. */
extern const struct pair_member pair_members[];

/** Limits for members of a row, and for bytes written before one. */
#define PAIR_MEMBERS	64
#define PAIR_LEAD	48

/**
 * struct pair_row - which members a row has, and what is written between them.
 * @lead: the ends of previous groups, the starts of its own, and its key
 * @end: the ends of the groups of the last
 */
struct pair_row {
	struct {
		const struct pair_member *member;
		char lead[PAIR_LEAD];
	} members[PAIR_MEMBERS];
	unsigned int count;
	char end[PAIR_LEAD];
};

/**
 * pair_row_choose() - a row of the members that -o names.
 * @names: "provider,kernel.map_type,speed": a group means all its members; NULL for all
 */
enum status pair_row_choose(const struct app *app, const char *names, struct pair_row *ret_row);

/** pair_row_write() - append one row to @line. */
void pair_row_write(struct json_line *line, const struct pair_row *row,
		    const struct p2p_eval *eval, const struct p2p_verdict *verdict);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* what-if: the machine as it is beside the machine as it would be. */
#ifndef P2PTOPO_WHATIF_H
#define P2PTOPO_WHATIF_H

#include "app.h"
#include "print/output.h"

/**
 * struct whatif - both machines; functions have the same indexes in both.
 * @before: as read
 * @kernel: the rule set of the other one
 */
struct whatif {
	struct app *before;
	const char *kernel;
	struct p2p_change *changes;
	size_t change_count;
	struct p2p_topology *topology;
	struct p2p_judge *judge;
	struct p2p_isolation *groups_before, *groups_after;
};

/** struct whatif_side - a pair on one of both machines. */
struct whatif_side {
	struct p2p_verdict verdict;
	struct p2p_score score;
};

/** struct whatif_row - a pair on both. */
struct whatif_row {
	struct whatif_side before, after;
};

/** What a row has to show; the last one nameless. */
extern const struct column whatif_columns[];

/** The columns that -o need not name. */
extern const char whatif_usual[];

/**
 * whatif_parse() - one argument, such as acs=nvme0,ReqRedir-.  On failure one sentence has been
 *	printed to stderr.
 * @text: must live as long as @whatif, which has room for its change
 */
enum status whatif_parse(struct whatif *whatif, const char *text);

/** whatif_differs() - does the pair answer otherwise? */
bool whatif_differs(const struct whatif_row *row);

/** whatif_groups_text() - the IOMMU groups that change.  Return: how many lines. */
size_t whatif_groups_text(const struct whatif *whatif);

/** whatif_groups_json() - the same as {"before": ..., "after": ...}; owned by the caller. */
struct json_object *whatif_groups_json(const struct whatif *whatif);

#endif

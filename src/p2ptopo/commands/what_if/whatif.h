/* SPDX-License-Identifier: GPL-2.0-or-later */
/* what-if: the machine as it is beside the machine as it would be. */
#ifndef P2PTOPO_WHATIF_H
#define P2PTOPO_WHATIF_H

#include "app.h"
#include "print/pair/pair_facts.h"

/**
 * struct whatif - both machines; functions have the same indexes in both.
 * @before: the machine as read
 * @kernel: the rule set of the changed machine
 * @argument: the value that is being parsed
 */
struct whatif {
	struct app *before;
	const char *kernel, *argument;
	struct p2p_change *changes;
	size_t change_count;
	struct p2p_topology *topology;
	struct p2p_eval *eval;
	struct p2p_isolation *groups_before, *groups_after;
};

/** struct whatif_row - a pair on both machines. */
struct whatif_row {
	struct pair before, after;
};

/** The columns of `what-if`; the last one has no name. */
extern const struct column whatif_columns[];

/**
 * whatif_parse() - parse one argument, such as acs=nvme0,ReqRedir-. On failure, the failure of @before says
 *	why.
 * @text: must live as long as @whatif, which must have room for one more change
 */
enum status whatif_parse(struct whatif *whatif, const char *text);

/** whatif_groups_text() - print the IOMMU groups that change. Return: the number of lines. */
size_t whatif_groups_text(const struct whatif *whatif);

/** whatif_groups_json() - the same, as {"before": ..., "after": ...}; owned by the caller. */
struct json_object *whatif_groups_json(const struct whatif *whatif);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which functions a rule speaks of, and under which conditions on the pair. */
#ifndef P2P_POLICY_SELECTOR_H
#define P2P_POLICY_SELECTOR_H

#include <p2ppolicy/verdict.h>

#include "policy/document.h"
#include "policy/check/evidence.h"

struct p2p_term;

/** struct p2p_conjunction - terms that must all hold. */
struct p2p_conjunction {
	struct p2p_term *terms;
	size_t count;
};

/** struct p2p_selector - conjunctions of which one must hold. */
struct p2p_selector {
	struct p2p_conjunction *any;
	size_t count;
};

/** struct p2p_group_def - a named selector; it may use the groups that stand before it. */
struct p2p_group_def {
	const char *name;
	struct p2p_selector selector;
};

/** struct p2p_group_table - the groups known so far; @terms: what their uses came to. */
struct p2p_group_table {
	struct p2p_group_def *groups;
	size_t count, terms;
};

/**
 * p2p_selector_parse() - read a selector: the name of a group, an object whose members must all
 *	hold, or an array of either of which one must.
 * @ret_selector: freed by p2p_selector_clear(), also after failure; borrows from @document
 * Return: 0, -EBADMSG with the sentence in the context, -ENOMEM.
 */
int p2p_selector_parse(const struct p2p_document *document, struct p2p_group_table *groups,
		       struct json_object *node, struct p2p_selector *ret_selector);

/** p2p_selector_clear() - free what it holds. */
void p2p_selector_clear(struct p2p_selector *selector);

/**
 * p2p_selector_match() - is @function meant?  UNKNOWN when a fact it asks for is not known.
 * @names_are_final: a function that has no name now has none, as when a machine is looked at; a
 *	decision is also on what it may become
 */
enum p2p_tri p2p_selector_match(const struct p2p_selector *selector,
				const struct p2p_function *function, bool names_are_final);

/** p2p_group_table_parse() - read "groups".  @table: cleared also after failure. */
int p2p_group_table_parse(const struct p2p_document *document, struct p2p_group_table *table);

/** p2p_group_table_clear() - free what it holds. */
void p2p_group_table_clear(struct p2p_group_table *table);

/** p2p_group_table_find() - the group of a name; NULL none. */
const struct p2p_group_def *p2p_group_table_find(const struct p2p_group_table *groups,
						 const char *name);

/** p2p_condition_parse() - read the "when" of a rule; likewise. */
int p2p_condition_parse(const struct p2p_document *document, struct json_object *node,
			struct p2p_conjunction *ret_condition);

/** p2p_condition_clear() - free what it holds. */
void p2p_condition_clear(struct p2p_conjunction *condition);

/** p2p_condition_match() - does the pair meet all of it?  @evidence: what the policy cites. */
enum p2p_tri p2p_condition_match(const struct p2p_conjunction *condition,
				 const struct p2p_verdict *verdict,
				 const struct p2p_evidence *evidence);

#endif

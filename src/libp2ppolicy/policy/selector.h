/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions that a rule is about, and the conditions on the pair. */
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

/** struct p2p_selector - conjunctions, at least one of which must hold. */
struct p2p_selector {
	struct p2p_conjunction *any;
	size_t count;
};

/** struct p2p_group_def - a named selector; it may use the groups defined before it. */
struct p2p_group_def {
	const char *name;
	struct p2p_selector selector;
};

/** struct p2p_group_table - the groups known so far; @terms: how many terms their uses expanded to. */
struct p2p_group_table {
	struct p2p_group_def *groups;
	size_t count, terms;
};

/**
 * p2p_selector_parse() - read a selector: the name of a group, an object whose members must all
 *	hold, or an array of these, of which one must hold.
 * @ret_selector: freed by p2p_selector_clear(), also after failure; borrows from @document
 * Return: 0, -EBADMSG with the sentence in the context, -ENOMEM.
 */
int p2p_selector_parse(const struct p2p_document *document, struct p2p_group_table *groups,
		       struct json_object *node, struct p2p_selector *ret_selector);

/** p2p_selector_clear() - free what it holds. */
void p2p_selector_clear(struct p2p_selector *selector);

/**
 * p2p_selector_match() - does @function match?  UNKNOWN if it depends on a fact that is not known.
 * @names_are_final: treat a function without a name as having none, as when a machine is examined.  A
 *	decision must also cover the name that it may get later
 */
enum p2p_tri p2p_selector_match(const struct p2p_selector *selector,
				const struct p2p_function *function, bool names_are_final);

/** p2p_group_table_parse() - read "groups".  @table: cleared also after failure. */
int p2p_group_table_parse(const struct p2p_document *document, struct p2p_group_table *table);

/** p2p_group_table_clear() - free what it holds. */
void p2p_group_table_clear(struct p2p_group_table *table);

/** p2p_group_table_find() - the group with this name; NULL if there is none. */
const struct p2p_group_def *p2p_group_table_find(const struct p2p_group_table *groups,
						 const char *name);

/** p2p_condition_parse() - read the "when" of a rule; likewise. */
int p2p_condition_parse(const struct p2p_document *document, struct json_object *node,
			struct p2p_conjunction *ret_condition);

/** p2p_condition_clear() - free what it holds. */
void p2p_condition_clear(struct p2p_conjunction *condition);

/** p2p_condition_match() - does the pair meet all terms?  @evidence: that which the policy cites. */
enum p2p_tri p2p_condition_match(const struct p2p_conjunction *condition,
				 const struct p2p_verdict *verdict,
				 const struct p2p_evidence *evidence);

#endif

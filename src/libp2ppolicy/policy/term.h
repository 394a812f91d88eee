/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One "key": value of a selector or a condition.  The value is a single value or an array of values,
 * of which one must match.
 */
#ifndef P2P_POLICY_TERM_H
#define P2P_POLICY_TERM_H

#include "policy/selector.h"

/**
 * What a term is matched against: a function (selectors), or a pair and its evidence (conditions).
 * @names_are_final: a function without a name will not get one
 */
struct p2p_subject {
	const struct p2p_function *function;
	bool names_are_final;
	const struct p2p_verdict *verdict;
	const struct p2p_evidence *evidence;
};

struct p2p_term_key;

/** struct p2p_term - @value is borrowed from the document; @group for the key "group". */
struct p2p_term {
	const struct p2p_term_key *key;
	struct json_object *value;
};

struct p2p_check_run;

/**
 * struct p2p_term_key - one row of a table of keys.
 * @expected: what the value must be, in words for the error sentence
 * @is_valid: does one value have the right form?
 * @match: does one value match the subject?
 *
 * For expectations, where an array is one value:
 * @eval: check run->function, and report the result with p2p_check_say()
 * @classes: bits of the classes that it is about
 */
struct p2p_term_key {
	const char *name, *expected;
	bool (*is_valid)(struct json_object *value);
	enum p2p_tri (*match)(struct json_object *value, const struct p2p_subject *subject);
	void (*eval)(struct p2p_check_run *run, struct json_object *value);
	unsigned int classes;
};

/** p2p_term_key_find() - the row with @name in a table that ends with a NULL name; NULL if there is none. */
const struct p2p_term_key *p2p_term_key_find(const struct p2p_term_key *keys, const char *name);

/**
 * p2p_terms_parse() - read the members of an object, each of which is a key of @keys.
 * @ret_terms: freed by p2p_condition_clear(), also after failure
 */
int p2p_terms_parse(const struct p2p_document *document, const struct p2p_term_key *keys,
		    struct json_object *node, struct p2p_conjunction *ret_terms);

extern const struct p2p_term_key p2p_selector_keys[];	/* ends with a NULL name */
extern const struct p2p_term_key p2p_condition_keys[];

/** p2p_value_count(), p2p_value_at() - the elements of an array; any other value is its only element. */
static inline size_t p2p_value_count(const struct json_object *value)
{
	return json_object_is_type(value, json_type_array) ? json_object_array_length(value) : 1;
}

static inline struct json_object *p2p_value_at(struct json_object *value, size_t index)
{
	return json_object_is_type(value, json_type_array) ?
	       json_object_array_get_idx(value, index) : value;
}

/** p2p_value_is_bandwidth() - is it a positive number, in 10^9 bytes a second? */
bool p2p_value_is_bandwidth(struct json_object *value);

/** p2p_tri_of() - the answer for a known fact. */
static inline enum p2p_tri p2p_tri_of(bool yes)
{
	return yes ? P2P_YES : P2P_NO;
}

#endif

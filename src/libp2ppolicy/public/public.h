/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files that implement <p2ppolicy.h>: the objects, and values by key. */
#ifndef P2P_PUBLIC_PUBLIC_H
#define P2P_PUBLIC_PUBLIC_H

#include <json-c/json.h>

#include <p2ppolicy.h>
#include <p2ppolicy/verdict.h>

struct p2p_system {
	struct p2p_snapshot *snapshot;
	struct p2p_topology *topology;
};

struct p2p_evaluation {
	const struct p2p_system *system;
	struct p2p_eval *eval;
};

/**
 * struct p2p_key - one key of an object of any kind.
 * @get: fill in fact and value; the type is already set
 * @value: its offset, for @get functions that serve several keys
 */
struct p2p_key {
	const char *name;
	enum p2p_type type;
	void (*get)(const void *object, const struct p2p_key *key, struct p2p_value *value);
	size_t value;
};

/** The size of struct p2p_value in the first release. */
#define P2P_VALUE_LEAST	(offsetof(struct p2p_value, text) + sizeof(const char *))

/** p2p_value_give() - fill @value up to its size.  Return: 0; -EINVAL if it is too short. */
int p2p_value_give(struct p2p_value *full, struct p2p_value *value);

/** p2p_value_json() - document[name] = value; if it is denied, the name is added to @unknown. */
void p2p_value_json(const char *name, const struct p2p_value *value, struct json_object *document,
		    struct json_object *unknown);

/** struct p2p_keys - the keys of one kind of object. */
struct p2p_keys {
	const struct p2p_key *keys;
	size_t count;
};

/** p2p_keys_name() - the name at @index; NULL past the last. */
const char *p2p_keys_name(struct p2p_keys keys, size_t index);

/** p2p_keys_get() - see p2p_function_fact(). */
int p2p_keys_get(struct p2p_keys keys, const void *object, const char *name,
		 struct p2p_value *value);

/** p2p_keys_json() - add all keys to @document, null if there is no value, and "unknown". */
void p2p_keys_json(struct p2p_keys keys, const void *object, struct json_object *document);

/**
 * p2p_json_text() - the text of @document, which is released; to be freed with free().
 * @lost: p2p_lost_count() from before it was started
 */
int p2p_json_text(struct p2p_context *context, struct json_object *document, unsigned long lost,
		  char **ret_text);

/** p2p_function_document() - see p2p_function_json(). */
struct json_object *p2p_function_document(const struct p2p_function *function);

/**
 * p2p_options_take() - copy a structure of options whose first member is its size.
 * @least: its size in the first release; @known: its size today
 * Return: 0; -EINVAL if it is too short, or sets what this release does not know.
 */
int p2p_options_take(struct p2p_context *context, const void *options, size_t least,
		     void *ret_options, size_t known);

#endif

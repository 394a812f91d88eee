/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libp2ppolicy: which PCIe devices of a machine can do peer-to-peer DMA with which, and why.
 *
 *	context		carries error sentences and the log
 *	system		one machine as it was read: the running one, or a capture of one
 *	function	one PCI function of a system; its facts have keys
 *	evaluation	a system under one rule set
 *	pair		an ordered pair of functions under an evaluation; its answers have keys
 *	policy		a file of rules; compiled for an evaluation it is an allow-list
 *	gate		the kernel module p2pgate, which takes an allow-list
 *
 * Errors: a function that returns int returns 0 or a negative errno, and leaves its outputs as
 * they were on failure.  One that takes a context then has put one sentence into it.
 *
 * Ownership: what a function hands out through a @ret_ parameter is the caller's, to be freed
 * with the function named there.  Everything else is lent and dies with the object it came from.
 * A system must outlive its evaluations, an evaluation its pairs, and a policy and a system the
 * allow-lists made of them.  Functions that free take NULL, and return NULL.
 *
 * Threads: a context and a gate each serve one thread at a time.  All other objects do not change
 * once they are made, and any number of threads may read them.
 *
 * Units: keys end in theirs: _bytes, _bytes_per_second, _mtps (mega transfers per second and lane).
 *
 * Growth: objects are opaque; a structure of options or values begins with its size, which the
 * caller sets.  New facts and answers are new keys.  Numbers of an enum are never reused.
 *
 * The library never prints, exits or reads the environment, and keeps no state outside the
 * objects it returns.
 */
#ifndef P2PPOLICY_H
#define P2PPOLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define P2P_EXPORT __attribute__((visibility("default")))

/* ------------------------------------------------------------------ context */

struct p2p_context;

/**
 * typedef p2p_log_fn - where debug messages go.
 * @userdata: as given to p2p_context_set_log()
 * @message: one line without newline, valid during the call
 */
typedef void p2p_log_fn(void *userdata, const char *message);

/**
 * p2p_context_new() - make the context that carries error text and the log callback.
 * @ret_context: free with p2p_context_free()
 * Return: 0 or -ENOMEM.
 */
P2P_EXPORT int p2p_context_new(struct p2p_context **ret_context);

/** p2p_context_free() - free a context.  Return: NULL. */
P2P_EXPORT struct p2p_context *p2p_context_free(struct p2p_context *context);

/** p2p_context_set_log() - send debug messages to @fn; NULL (the start) drops them. */
P2P_EXPORT void p2p_context_set_log(struct p2p_context *context, p2p_log_fn *fn, void *userdata);

/**
 * p2p_context_error() - one sentence, without newline, on the last call that failed.
 * Return: valid until the next call with this context; "" when none failed.
 */
P2P_EXPORT const char *p2p_context_error(const struct p2p_context *context);

/* ------------------------------------------------------------------- values */

/**
 * enum p2p_fact - what is known of a fact.
 * @P2P_DENIED: it could not be read (no permission, truncated, not in the capture).  Zeroed
 *	memory says this, so that a forgotten fact claims nothing.
 * @P2P_ABSENT: the machine was asked, and does not have it.
 * @P2P_PRESENT: it is known; the value beside it may be used.
 */
enum p2p_fact { P2P_DENIED = 0, P2P_ABSENT = 1, P2P_PRESENT = 2 };

/** enum p2p_type - which member of struct p2p_value holds the value; a key keeps its type. */
enum p2p_type { P2P_TYPE_FLAG = 1, P2P_TYPE_NUMBER = 2, P2P_TYPE_TEXT = 3 };

/**
 * struct p2p_value - the value of one key.
 * @size: sizeof(struct p2p_value), set by the caller: P2P_VALUE_INIT
 * @fact: only with P2P_PRESENT is there a value
 * @type: enum p2p_type of this key, whatever @fact is
 * @number: of P2P_TYPE_NUMBER; of P2P_TYPE_FLAG 0 or 1
 * @text: of P2P_TYPE_TEXT, UTF-8 without control characters; lent by the object that was asked
 */
struct p2p_value {
	size_t size;
	enum p2p_fact fact;
	enum p2p_type type;
	int64_t number;
	const char *text;
};

#define P2P_VALUE_INIT { sizeof(struct p2p_value), P2P_DENIED, P2P_TYPE_FLAG, 0, NULL }

/* ------------------------------------------------------------------- system */

struct p2p_system;
struct p2p_function;

/**
 * p2p_format_name() - the input formats there are, "live" (the running machine) first.
 * Return: a constant; NULL past the last @index.
 */
P2P_EXPORT const char *p2p_format_name(size_t index);

/** p2p_format_help() - one line on the format at @index; NULL past the last. */
P2P_EXPORT const char *p2p_format_help(size_t index);

/* Flags of struct p2p_load_options. */
#define P2P_LOAD_NAMES		(1u << 0)	/* look vendors and devices up in pci.ids */
#define P2P_LOAD_EVERYTHING	(1u << 1)	/* read what p2p_system_capture() needs as well */

/**
 * struct p2p_load_options - what to load, and how much of it.
 * @size: sizeof(struct p2p_load_options)
 * @path: a capture in any of the formats; NULL the running machine
 * @flags: P2P_LOAD_*; others are refused
 */
struct p2p_load_options {
	size_t size;
	const char *path;
	unsigned int flags;
};

/**
 * p2p_system_load() - read a machine, or a capture of one, and build its tree.
 * @options: NULL: the running machine
 * @ret_system: free with p2p_system_free()
 *
 * Return: 0;
 *	-EBADMSG the file is of no known format, holds no function, is truncated or hostile;
 *	-EACCES PCI devices, or the file, may not be read;
 *	-ENODEV the running machine has no PCI;
 *	-ESTALE functions came or went each of the five times that it was read;
 *	-EINVAL @options asks for what this release does not know; -ENOMEM;
 *	another negative errno when the file cannot be opened.
 */
P2P_EXPORT int p2p_system_load(struct p2p_context *context,
			       const struct p2p_load_options *options,
			       struct p2p_system **ret_system);

/** p2p_system_free() - free a system and all it lent.  Return: NULL. */
P2P_EXPORT struct p2p_system *p2p_system_free(struct p2p_system *system);

/** p2p_system_format() - the name of the format it was read from. */
P2P_EXPORT const char *p2p_system_format(const struct p2p_system *system);

/**
 * p2p_system_is_whole() - could all registers be read?  Without privileges the kernel shows 64
 *	bytes of configuration space, and ACS is then denied.
 */
P2P_EXPORT bool p2p_system_is_whole(const struct p2p_system *system);

/**
 * p2p_system_capture() - write a tar that p2p_system_load(), lspci and lstopo read.
 * @system: loaded with P2P_LOAD_EVERYTHING
 * @path: compressed as its name ends (.gz .xz .zst .bz2); replaced whole or not at all
 * @with_serials: keep serial numbers, addresses, names and the kernel's command line;
 *	else pseudonyms, and of the command line what is for PCI, IOMMU and NUMA
 * Return: 0; -EINVAL @system was loaded with less, or its format holds too little; another
 *	negative errno when writing failed.
 */
P2P_EXPORT int p2p_system_capture(struct p2p_context *context, const struct p2p_system *system,
				  const char *path, bool with_serials);

/** p2p_system_count() - number of functions, bridges and virtual functions included. */
P2P_EXPORT size_t p2p_system_count(const struct p2p_system *system);

/** p2p_system_function() - the function at @index, by address; NULL past the end. */
P2P_EXPORT const struct p2p_function *p2p_system_function(const struct p2p_system *system,
							  size_t index);

/**
 * p2p_system_find() - a function by its address ("0000:3b:00.0", "3b:00.0" in domain 0) or by
 *	the name of one of its devices ("nvme0", "mlx5_0", "eth0").
 * Return: 0; -ENOENT there is none; -ENOTUNIQ several have that name.
 */
P2P_EXPORT int p2p_system_find(struct p2p_context *context, const struct p2p_system *system,
			       const char *name, const struct p2p_function **ret_function);

/**
 * p2p_system_json() - all functions as one JSON document: {"format": ..., "functions": [...]},
 *	each as p2p_function_json() gives it.
 * @ret_text: free()
 * Return: 0 or -ENOMEM.
 */
P2P_EXPORT int p2p_system_json(struct p2p_context *context, const struct p2p_system *system,
			       char **ret_text);

/* ----------------------------------------------------------------- function */

/** Bytes that p2p_function_address() needs at most, the terminating zero included. */
#define P2P_ADDRESS_SIZE 17

/**
 * p2p_function_address() - write "0000:3b:00.0", the domain always included.
 * @buffer: at least P2P_ADDRESS_SIZE bytes
 * Return: @buffer.
 */
P2P_EXPORT char *p2p_function_address(const struct p2p_function *function, char *buffer);

/** p2p_function_name() - the shortest unique name: "nvme0", else the address. */
P2P_EXPORT const char *p2p_function_name(const struct p2p_function *function);

/** p2p_function_parent() - the bridge above; NULL on a root bus. */
P2P_EXPORT const struct p2p_function *p2p_function_parent(const struct p2p_function *function);

/** p2p_function_is_end() - can it be an end of a pair (no bridge)? */
P2P_EXPORT bool p2p_function_is_end(const struct p2p_function *function);

/** p2p_function_key() - the keys of facts; NULL past the last @index. */
P2P_EXPORT const char *p2p_function_key(size_t index);

/**
 * p2p_function_fact() - one fact of a function, such as "numa_node" or "acs.control".  Keys are
 *	paths in what "p2ptopo tree --json" prints; see p2ptopo-json(5).
 * @value: its size set; filled as far as it goes
 * Return: 0 whatever is known; -ENOENT this release knows no such key; -EINVAL @value->size.
 */
P2P_EXPORT int p2p_function_fact(const struct p2p_function *function, const char *key,
				 struct p2p_value *value);

/**
 * p2p_function_json() - all facts as a JSON object.  A key that is null is absent, or is among
 *	the list "unknown".
 * @ret_text: free()
 * Return: 0 or -ENOMEM.
 */
P2P_EXPORT int p2p_function_json(struct p2p_context *context, const struct p2p_function *function,
				 char **ret_text);

/* --------------------------------------------------------- evaluation, pair */

struct p2p_evaluation;
struct p2p_pair;

/** p2p_rule_set_name() - the rule sets there are, oldest first; NULL past the last @index. */
P2P_EXPORT const char *p2p_rule_set_name(size_t index);

/**
 * p2p_evaluation_new() - prepare to evaluate pairs by one rule set.
 * @rules: its name, or "auto", as NULL: the one of the machine's own kernel
 * @ret_evaluation: free with p2p_evaluation_free()
 * Return: 0; -EINVAL there is no such rule set; -ENOMEM.
 */
P2P_EXPORT int p2p_evaluation_new(struct p2p_context *context, const struct p2p_system *system,
				  const char *rules, struct p2p_evaluation **ret_evaluation);

/** p2p_evaluation_free() - free it.  Return: NULL. */
P2P_EXPORT struct p2p_evaluation *p2p_evaluation_free(struct p2p_evaluation *evaluation);

/** p2p_evaluation_rules() - the name of the rule set in use. */
P2P_EXPORT const char *p2p_evaluation_rules(const struct p2p_evaluation *evaluation);

/** p2p_evaluation_note() - one sentence when "auto" had to choose; NULL: nothing to say. */
P2P_EXPORT const char *p2p_evaluation_note(const struct p2p_evaluation *evaluation);

/**
 * p2p_pair_new() - evaluate one ordered pair.
 * @provider: owns the memory; @client: issues the DMA; both of the evaluation's system
 * @ret_pair: free with p2p_pair_free()
 * Return: 0; -EINVAL one of them is of another system, or a bridge; -ENOMEM.
 */
P2P_EXPORT int p2p_pair_new(struct p2p_context *context, const struct p2p_evaluation *evaluation,
			    const struct p2p_function *provider,
			    const struct p2p_function *client, struct p2p_pair **ret_pair);

/** p2p_pair_free() - free it.  Return: NULL. */
P2P_EXPORT struct p2p_pair *p2p_pair_free(struct p2p_pair *pair);

/** p2p_pair_key() - the keys of answers; NULL past the last @index. */
P2P_EXPORT const char *p2p_pair_key(size_t index);

/**
 * p2p_pair_fact() - one answer on a pair, such as "map_type" or "distance"; "delivered" is what the
 *	drivers in use would do, "way" and "granted" how, "way_reason" why.
 * @value: its size set; filled as far as it goes
 * Return: 0 whatever is known; -ENOENT this release knows no such key; -EINVAL @value->size.
 */
P2P_EXPORT int p2p_pair_fact(const struct p2p_pair *pair, const char *key,
			     struct p2p_value *value);

/** p2p_pair_json() - all answers, as p2p_function_json().  @ret_text: free() */
P2P_EXPORT int p2p_pair_json(struct p2p_context *context, const struct p2p_pair *pair,
			     char **ret_text);

/* ------------------------------------------------------------------- policy */

struct p2p_policy;
struct p2p_allow_list;

/**
 * p2p_policy_load() - read a policy file; see p2ptopo-policy(5).
 * @ret_policy: free with p2p_policy_free()
 *
 * Return: 0; -EBADMSG the file is wrong: p2p_context_error() says "FILE:LINE:COLUMN: " and what
 *	was expected; another negative errno when it cannot be read.
 */
P2P_EXPORT int p2p_policy_load(struct p2p_context *context, const char *path,
			       struct p2p_policy **ret_policy);

/** p2p_policy_free() - free it.  Return: NULL. */
P2P_EXPORT struct p2p_policy *p2p_policy_free(struct p2p_policy *policy);

/** p2p_policy_allows() - does it allow this pair?  A fact that is not known never allows one. */
P2P_EXPORT bool p2p_policy_allows(const struct p2p_policy *policy, const struct p2p_pair *pair);

/**
 * p2p_policy_compile() - every ordered pair that a policy allows.
 * @ret_list: by provider, then client; free with p2p_allow_list_free()
 * Return: 0 or -ENOMEM.
 */
P2P_EXPORT int p2p_policy_compile(struct p2p_context *context, const struct p2p_policy *policy,
				  const struct p2p_evaluation *evaluation,
				  struct p2p_allow_list **ret_list);

/** p2p_allow_list_free() - free it.  Return: NULL. */
P2P_EXPORT struct p2p_allow_list *p2p_allow_list_free(struct p2p_allow_list *list);

/** p2p_allow_list_count() - number of pairs. */
P2P_EXPORT size_t p2p_allow_list_count(const struct p2p_allow_list *list);

/** p2p_allow_list_pair() - the pair at @index.  Return: false past the end. */
P2P_EXPORT bool p2p_allow_list_pair(const struct p2p_allow_list *list, size_t index,
				    const struct p2p_function **ret_provider,
				    const struct p2p_function **ret_client);

/** p2p_allow_list_has() - is the ordered pair in it? */
P2P_EXPORT bool p2p_allow_list_has(const struct p2p_allow_list *list,
				   const struct p2p_function *provider,
				   const struct p2p_function *client);

/* --------------------------------------------------------------------- gate */

struct p2p_gate;

/**
 * enum p2p_gate_mode - what the gate does with a pair that is not on its list.
 * @P2P_GATE_OFF: nothing
 * @P2P_GATE_OBSERVE: counts and traces it, and lets it pass
 * @P2P_GATE_ENFORCE: refuses it
 */
enum p2p_gate_mode { P2P_GATE_OFF = 0, P2P_GATE_OBSERVE = 1, P2P_GATE_ENFORCE = 2 };

/** p2p_gate_mode_name() - "off", "observe", "enforce"; NULL for another number. */
P2P_EXPORT const char *p2p_gate_mode_name(enum p2p_gate_mode mode);

/** p2p_gate_mode_parse() - the mode of a name; -EINVAL when it is none. */
P2P_EXPORT int p2p_gate_mode_parse(const char *name, enum p2p_gate_mode *ret_mode);

/**
 * p2p_gate_open() - open /dev/p2pgate, see p2pgate(4).
 * @ret_gate: close with p2p_gate_close()
 *
 * Return: 0; -ENOENT the module is not loaded; -EACCES the node may not be opened;
 *	-EPROTO the module speaks another version; another negative errno.
 */
P2P_EXPORT int p2p_gate_open(struct p2p_context *context, struct p2p_gate **ret_gate);

/** p2p_gate_close() - close it.  Return: NULL. */
P2P_EXPORT struct p2p_gate *p2p_gate_close(struct p2p_gate *gate);

/** p2p_gate_fd() - for poll(2): readable when the generation is not the one last asked for. */
P2P_EXPORT int p2p_gate_fd(const struct p2p_gate *gate);

/** p2p_gate_key() - the keys of its state; NULL past the last @index. */
P2P_EXPORT const char *p2p_gate_key(size_t index);

/**
 * p2p_gate_fact() - ask the gate for one fact of its state, such as "mode" or "generation".
 * @value: its size set; filled as far as it goes
 * Return: 0; -ENOENT this release knows no such key; -EINVAL @value->size; another negative
 *	errno when the module did not answer.
 */
P2P_EXPORT int p2p_gate_fact(struct p2p_context *context, struct p2p_gate *gate, const char *key,
			     struct p2p_value *value);

/**
 * struct p2p_push_options - what to put in force beside the list.
 * @size: sizeof(struct p2p_push_options)
 * @mode: what becomes of pairs that are not on the list
 * @generation: the fact "generation" as it was before the list's system was loaded: what was
 *	decided is what is put in force, or nothing is
 * @tag: 32 bytes the gate keeps beside the list (a digest of the policy); NULL zeros
 */
struct p2p_push_options {
	size_t size;
	enum p2p_gate_mode mode;
	uint64_t generation;
	const uint8_t *tag;
};

/**
 * p2p_gate_replace() - replace mode and list of the gate, both at once.
 * @list: of a system that is this running machine; NULL: no pairs
 * @ret_generation: the new generation; may be NULL
 *
 * Return: 0; -EXDEV the system of @list is a capture; -ESTALE the list or the machine changed since
 *	the generation; -ENODEV a function of @list is another one now; -EPERM not root;
 *	-E2BIG more pairs than the gate takes; -EINVAL @options.  On failure the old list stays in
 *	force.
 */
P2P_EXPORT int p2p_gate_replace(struct p2p_context *context, struct p2p_gate *gate,
				const struct p2p_allow_list *list,
				const struct p2p_push_options *options, uint64_t *ret_generation);

/**
 * p2p_gate_ask() - the kernel's own distance of a pair, now; see p2pgate(4).
 * @ret_ungated: as if there were no gate; @ret_gated: as a driver sees it; -1 refused
 * Return: 0; -EPERM not root; -ENODEV no such function; another negative errno.
 */
P2P_EXPORT int p2p_gate_ask(struct p2p_context *context, struct p2p_gate *gate,
			    const struct p2p_function *provider,
			    const struct p2p_function *client, int *ret_ungated, int *ret_gated);

#ifdef __cplusplus
}
#endif
#endif

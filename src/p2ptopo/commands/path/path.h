/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One pair, both ways, with every function between: what `path` prints as text or JSON. */
#ifndef P2PTOPO_PATH_H
#define P2PTOPO_PATH_H

#include "app.h"

/** enum path_role - where a function stands, seen from the provider to the client. */
enum path_role { PATH_PROVIDER, PATH_UP, PATH_COMMON, PATH_DOWN, PATH_CLIENT };

/**
 * struct path_hop - one function on the way.
 * @role: an end that is itself the common device is PATH_PROVIDER or PATH_CLIENT
 * @kernel: the bits of its ACS control that the kernel's rule counts against this pair
 * @fabric: the bits that send, hold back or let pass a TLP of this pair, either way
 * @unread: the rule tests it, and its ACS is not known
 */
struct path_hop {
	const struct p2p_function *function;
	enum path_role role;
	uint16_t kernel, fabric;
	bool unread;
};

/** struct path_rules - what a run of rule sets, from @first to @last, says alike. */
struct path_rules {
	const struct p2p_rules *first, *last;
	enum p2p_map_type map_type;
	int distance;
};

/**
 * struct path_permitted - the running kernel's own answer for the pair as named.
 * @asked: the machine is this one, the gate is loaded, and it answered
 * @agrees: does the prediction say the same?  UNKNOWN where there is none, or by other rules
 */
struct path_permitted {
	bool asked;
	enum p2p_tri agrees;
	struct p2p_gate_distance answer;
};

/**
 * struct path - all of it.
 * @forward: the pair as named; @reverse: provider and client exchanged
 * @turn: index of the first hop on the client's side; hops[turn - 1] and hops[turn] sit on two
 *	root buses' sides when there is no common device
 * @weakest: the hop whose link carries least, NULL when no link is known
 * @rules: NULL-free array of @rules_count runs, oldest first
 */
struct path {
	struct p2p_verdict forward, reverse;
	struct path_hop *hops;
	size_t count, turn;
	const struct path_hop *weakest;
	struct path_rules *rules;
	size_t rules_count;
	struct path_permitted permitted;
};

/** path_new() - find and evaluate it.  Return: 0 or a negative errno; free with path_free(). */
int path_new(struct app *app, const struct p2p_function *provider,
	     const struct p2p_function *client, struct path *ret_path);
void path_free(struct path *path);

/** path_role_name() - "provider", "up", "common", "down", "client". */
const char *path_role_name(enum path_role role);

/** path_sentence() - the kernel's reason, one sentence; owned by the caller, NULL no memory. */
char *path_sentence(const struct app *app, const struct p2p_verdict *verdict);

/** path_message() - what the kernel would log, "" nothing; owned by the caller. */
char *path_message(const struct app *app, const struct p2p_verdict *verdict);

struct json_object;

/** path_line() - a line of the page: @name, and a sentence beside it. */
void path_line(const struct app *app, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** path_print_labels() - what other tools call the pair, who shares its group, is it a guest. */
void path_print_labels(const struct app *app, const struct path *path);

/** path_print_iommu() - what the IOMMU does to an end, and why others share its group. */
void path_print_iommu(const struct app *app, const struct p2p_function *function);

/** path_print_caution() - what the IOMMU does to drivers that do not heed it. */
void path_print_caution(const struct app *app, const struct path *path);

/** path_json_iommu() - both as JSON; owned by the caller. */
struct json_object *path_json_iommu(const struct app *app, const struct path *path);

/** path_json_labels() - the same as JSON. */
struct json_object *path_json_labels(const struct app *app, const struct path *path);

/** path_relation() - a relation in a few words. */
const char *path_relation(enum p2p_relation relation);

/** path_print_end() - what a function is, below a heading. */
void path_print_end(const struct app *app, const char *title,
		    const struct p2p_function *function);

void path_print(struct app *app, const struct path *path);
enum status path_print_json(struct app *app, const struct path *path);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One pair in both directions, with every function in between: what `path` prints as text or JSON. */
#ifndef P2PTOPO_PATH_H
#define P2PTOPO_PATH_H

#include "app.h"

/** enum path_role - where a function is on the path from the provider to the client. */
enum path_role { PATH_PROVIDER, PATH_UP, PATH_COMMON, PATH_DOWN, PATH_CLIENT };

/**
 * struct path_hop - one function on the path.
 * @role: an end that is itself the common device is PATH_PROVIDER or PATH_CLIENT
 * @kernel: the bits of its ACS control that the kernel's rule counts against this pair
 * @fabric: the bits that redirect, block or let pass a TLP of this pair, in either direction
 * @unread: the rule tests the function, but its ACS is unknown
 */
struct path_hop {
	const struct p2p_function *function;
	enum path_role role;
	uint16_t kernel, fabric;
	bool unread;
};

/** struct path_rules - a run of rule sets, from @first to @last, with the same answer. */
struct path_rules {
	const struct p2p_rules *first, *last;
	enum p2p_map_type map_type;
	int distance;
};

/**
 * struct path_permitted - the running kernel's own answer for the pair as named.
 * @asked: whether the gate answered: the machine is this one, and the gate is loaded
 * @agrees: whether the prediction says the same; P2P_UNKNOWN if there is none, or if it was made under other
 *	rules
 */
struct path_permitted {
	bool asked;
	enum p2p_tri agrees;
	struct p2p_gate_distance answer;
};

/**
 * struct path - all results.
 * @forward: the pair as named; @reverse: provider and client exchanged
 * @turn: index of the first hop on the client's side. Without a common device, hops[turn - 1] and hops[turn]
 *	belong to different root buses
 * @weakest: the hop with the slowest link; NULL if no link is known
 * @rules: array of @rules_count runs, oldest first
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

/** path_new() - find and evaluate the path. Return: 0 or a negative errno; free with path_free(). */
int path_new(struct app *app, const struct p2p_function *provider,
	     const struct p2p_function *client, struct path *ret_path);
void path_free(struct path *path);

/** path_role_name() - "provider", "up", "common", "down", "client". */
const char *path_role_name(enum path_role role);

/** path_sentence() - the kernel's reason in one sentence; owned by the caller; NULL if out of memory. */
char *path_sentence(const struct app *app, const struct p2p_verdict *verdict);

/** path_message() - what the kernel would log; "" if nothing; owned by the caller. */
char *path_message(const struct app *app, const struct p2p_verdict *verdict);

struct json_object;

/** path_line() - print a line of the page: @name and a sentence beside it. */
void path_line(const struct app *app, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * path_print_labels() - print what other tools call the pair, whether the two share a group, and whether this
 *	is a guest.
 */
void path_print_labels(const struct app *app, const struct path *path);

/** path_print_iommu() - print what the IOMMU does to an end, and why others share its group. */
void path_print_iommu(const struct app *app, const struct p2p_function *function);

/** path_print_caution() - print what the IOMMU does to drivers that ignore it. */
void path_print_caution(const struct app *app, const struct path *path);

/** path_json_iommu() - the IOMMU facts of both ends as JSON; owned by the caller. */
struct json_object *path_json_iommu(const struct app *app, const struct path *path);

/** path_json_labels() - the labels as JSON. */
struct json_object *path_json_labels(const struct app *app, const struct path *path);

/** path_relation() - the relation of a pair in a few words. */
const char *path_relation(const struct p2p_verdict *verdict);

/** path_print_end() - print what a function is, below a heading. */
void path_print_end(const struct app *app, const char *title,
		    const struct p2p_function *function);

void path_print(struct app *app, const struct path *path);
enum status path_print_json(struct app *app, const struct path *path);

#endif

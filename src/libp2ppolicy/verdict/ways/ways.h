/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of ways: rows of drivers, their conditions, and what delivers an address. */
#ifndef P2P_VERDICT_WAYS_H
#define P2P_VERDICT_WAYS_H

#include <p2ppolicy/ways.h>

#include "verdict/eval.h"

/** enum p2p_condition_id - a condition of a way; one row each in conditions.def. */
enum p2p_condition_id {
#define CONDITION(id, name, held, refused, unknown, cure) P2P_IF_##id,
#include "verdict/ways/conditions.def"
#undef CONDITION
	P2P_IFS
};

/** struct p2p_condition - a condition as a row asks it.  @argument, @number: as its condition takes them. */
struct p2p_condition {
	enum p2p_condition_id id;
	const char *argument;
	int64_t number;
};

/**
 * struct p2p_driver_way - one row: drivers, interface, conditions and addresses.
 * @providers, @clients: names of drivers between blanks; "*" any
 * @applies: where it fails there is no such way, and nothing is said of it
 * @witness: when known it decides alone, in place of @conditions; none when its condition is
 *	P2P_IF_NONE
 * @conditions: all must hold; ends with P2P_IF_NONE
 * @hidden: whether this way is there often cannot be seen, and a pair has others besides: while it
 *	is not known the way is passed over, and spoken of
 * @denied: what a refusal does when no other way is left
 */
struct p2p_driver_way {
	const char *name, *providers, *clients, *interface, *decider, *summary;
	struct p2p_condition applies, witness;
	struct p2p_condition conditions[P2P_WAY_CONDITIONS];
	enum p2p_addressing addressing;
	bool hidden;
	enum p2p_delivery denied;
	const char *refusal, *source;
};

/** p2p_driver_rows() - the rows that name a driver; NULL is named by none. */
struct p2p_driver_rows p2p_driver_rows(const char *driver);

/** p2p_condition_ask() - does a condition hold for this pair? */
enum p2p_tri p2p_condition_ask(const struct p2p_verdict *verdict, const struct p2p_condition *condition);

/** p2p_condition_template() - the texts of a condition; see conditions.def. */
struct p2p_condition_template {
	const char *name, *held, *refused, *unknown, *cure;
};
const struct p2p_condition_template *p2p_condition_template(enum p2p_condition_id condition);

/** p2p_deliver() - what becomes of an address; fills @granted, @translates, @forwards, @evidence. */
void p2p_deliver(const struct p2p_verdict *verdict, const struct p2p_driver_way *way,
		 struct p2p_way_answer *answer);

/** p2p_way_nvidia_maps() - does NVIDIA's driver make the addresses of that way? */
bool p2p_way_nvidia_maps(const struct p2p_driver_way *way);

/** p2p_is_guest() - does an emulator show this machine, so that the host's fabric is not seen? */
enum p2p_tri p2p_is_guest(const struct p2p_verdict *verdict);

/** p2p_nvidia_geforce() - is it a GeForce or TITAN, as far as its id or name tells? */
enum p2p_tri p2p_nvidia_geforce(const struct p2p_function *function);

/** p2p_nvidia_nvlink() - has its board NVLink, as far as its id tells? */
enum p2p_tri p2p_nvidia_nvlink(const struct p2p_function *function);

/** p2p_stack() - a fact of stack.def. */
static inline const struct p2p_number *p2p_stack(const struct p2p_verdict *verdict,
						 enum p2p_stack_fact fact)
{
	return &verdict->machine->stack[fact];
}

#endif

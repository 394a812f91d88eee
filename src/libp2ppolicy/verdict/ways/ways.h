/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The internals of ways: rows of drivers, their conditions, and where an address is delivered. */
#ifndef P2P_VERDICT_WAYS_H
#define P2P_VERDICT_WAYS_H

#include <p2ppolicy/ways.h>

#include "verdict/eval.h"

/** enum p2p_condition_id - the conditions of ways; each has a row in conditions.def. */
enum p2p_condition_id {
#define CONDITION(id, name, held, refused, unknown, cure) P2P_IF_##id,
#include "verdict/ways/conditions.def"
#undef CONDITION
	P2P_IFS
};

/** struct p2p_condition - a condition as used in a row.  @argument, @number: parameters of the condition. */
struct p2p_condition {
	enum p2p_condition_id id;
	const char *argument;
	int64_t number;
};

/**
 * struct p2p_driver_way - one row: drivers, interface, conditions and addresses.
 * @providers, @clients: names of drivers, each between blanks; "*" for any
 * @applies: if it fails there is no such way, and it is not mentioned
 * @witness: if it fails, the way is refused; if it holds, so do the first @witnessed of @conditions, and only
 *	the others are asked; P2P_IF_NONE if there is none
 * @conditions: all must hold; terminated by P2P_IF_NONE
 * @hidden: whether this way exists often cannot be determined, and a pair has others besides: as long as it
 *	is unknown the way is skipped, but mentioned
 * @denied: what a refusal leads to if no other way is left; @refusal: the same in words
 * @late: what a refusal leads to where @witness holds, so that programs were told of the way: an error; NULL
 *	if there is no witness
 */
struct p2p_driver_way {
	const char *name, *providers, *clients, *interface, *decider, *summary;
	struct p2p_condition applies, witness;
	unsigned int witnessed;
	struct p2p_condition conditions[P2P_WAY_CONDITIONS];
	enum p2p_addressing addressing;
	bool hidden;
	enum p2p_delivery denied;
	const char *refusal, *late, *source;
};

/** p2p_driver_rows() - the rows that name a driver; none for NULL. */
struct p2p_driver_rows p2p_driver_rows(const char *driver);

/** p2p_condition_ask() - whether a condition holds for this pair. */
enum p2p_tri p2p_condition_ask(const struct p2p_verdict *verdict, const struct p2p_condition *condition);

/** p2p_condition_template() - the texts of a condition; see conditions.def. */
struct p2p_condition_template {
	const char *name, *held, *refused, *unknown, *cure;
};
const struct p2p_condition_template *p2p_condition_template(enum p2p_condition_id condition);

/** p2p_deliver() - what happens to an address; fills @granted, @translates, @forwards, @evidence. */
void p2p_deliver(const struct p2p_verdict *verdict, const struct p2p_driver_way *way,
		 struct p2p_way_answer *answer);

/** p2p_way_is_late() - was the way refused although its witness holds? */
bool p2p_way_is_late(const struct p2p_way_answer *answer);

/** p2p_way_nvidia_maps() - does NVIDIA's driver map the addresses of that way? */
bool p2p_way_nvidia_maps(const struct p2p_driver_way *way);

/** p2p_way_route() - the worst of the routes of an untranslated request and of its completion. */
enum p2p_route_kind p2p_way_route(const struct p2p_verdict *verdict);

/** p2p_is_guest() - is this machine emulated, so that the host's fabric is not visible? */
enum p2p_tri p2p_is_guest(const struct p2p_verdict *verdict);

/** p2p_is_client_part() - is it one of Intel's processors for clients, by its name? */
bool p2p_is_client_part(const struct p2p_machine *machine);

/** p2p_nvidia_geforce() - whether it is a GeForce or TITAN, as far as its ID or name tells. */
enum p2p_tri p2p_nvidia_geforce(const struct p2p_function *function);

/** p2p_nvidia_nvlink() - does its board have NVLink, as far as its id tells? */
enum p2p_tri p2p_nvidia_nvlink(const struct p2p_function *function);

/** p2p_nvidia_is_picky() - is it a root port of a chipset on which NVIDIA's driver requires a common bridge? */
bool p2p_nvidia_is_picky(const struct p2p_function *root);

/** p2p_nvidia_is_ioh() - is it a root port for which NVIDIA's driver requires the same bus? */
bool p2p_nvidia_is_ioh(const struct p2p_function *port);

/** p2p_amd_has_xgmi() - is the board made for xGMI, as far as its id tells? */
enum p2p_tri p2p_amd_has_xgmi(const struct p2p_function *function);

/** p2p_nvme_has_head() - is the drive's disk one path of a multipath head, as far as the names of its disks tell? */
enum p2p_tri p2p_nvme_has_head(const struct p2p_function *nvme);

/** p2p_gpu_large_bar() - do its BARs show all of a GPU's memory? */
enum p2p_tri p2p_gpu_large_bar(const struct p2p_function *provider);

/** p2p_gpu_memory() - the most memory that a board with its id has, in bytes; 0 if it is not known. */
uint64_t p2p_gpu_memory(const struct p2p_function *function);

/** p2p_stack() - a fact of stack.def. */
static inline const struct p2p_number *p2p_stack(const struct p2p_verdict *verdict,
						 enum p2p_stack_fact fact)
{
	return &verdict->machine->stack[fact];
}

#endif

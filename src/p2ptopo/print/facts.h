/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything known of one function as JSON; see p2ptopo-json(5). */
#ifndef P2PTOPO_FACTS_H
#define P2PTOPO_FACTS_H

#include "print/document.h"

/**
 * facts_function() - json_device() and all that was decoded.
 *
 * A capability is an object with "present": true, false, or null with "reason".  Another key
 * that is null is either absent, or not known: then the object "unknown" has that key and why.
 *
 * Return: owned by the caller.
 */
struct json_object *facts_function(const struct p2p_function *function);

/** facts_host_bridge() - one host bridge. */
struct json_object *facts_host_bridge(const struct p2p_host_bridge *host);

/** facts_machine() - the machine as a whole. */
struct json_object *facts_machine(const struct p2p_machine *machine);

/** facts_link() - {"speed_mtps": 16000, "width": 4}; null when there is none. */
struct json_object *facts_link(struct p2p_link link);

/** facts_acs() - the capability "acs" of a function. */
struct json_object *facts_acs(const struct p2p_function *function);

/** facts_bits() - the names of some bits of ACS control, in their order. */
struct json_object *facts_bits(uint16_t bits);

#endif

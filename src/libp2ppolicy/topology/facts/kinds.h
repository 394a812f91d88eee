/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of values in the table of facts, and conversion between rows and JSON. */
#ifndef P2P_TOPOLOGY_FACTS_KINDS_H
#define P2P_TOPOLOGY_FACTS_KINDS_H

#include <p2ppolicy/facts.h>

#include "base/json-read.h"

extern const struct p2p_fact_kind p2p_kind_present, p2p_kind_flag, p2p_kind_count, p2p_kind_hex;
extern const struct p2p_fact_kind p2p_kind_integer, p2p_kind_tri, p2p_kind_text, p2p_kind_class;
extern const struct p2p_fact_kind p2p_kind_port, p2p_kind_bar, p2p_kind_link, p2p_kind_width;
extern const struct p2p_fact_kind p2p_kind_host, p2p_kind_open;
/* Only in JSON. */
extern const struct p2p_fact_kind p2p_kind_address, p2p_kind_function, p2p_kind_functions;
extern const struct p2p_fact_kind p2p_kind_names, p2p_kind_acs, p2p_kind_egress, p2p_kind_ids;
extern const struct p2p_fact_kind p2p_kind_egress_bits, p2p_kind_sizes, p2p_kind_bars;
extern const struct p2p_fact_kind p2p_kind_windows, p2p_kind_peers, p2p_kind_stack;

/** p2p_hex_of() - parse "0x10de", of at most @bytes; false if @json is no such string. */
bool p2p_hex_of(struct json_object *json, unsigned int bytes, uint64_t *ret_value);

/** p2p_fact_place() - the enum p2p_fact at a row's @fact or @capability, which are offsets plus 1. */
static inline enum p2p_fact *p2p_fact_place(void *object, uint16_t place)
{
	return (enum p2p_fact *)(void *)((char *)object + place - 1);
}

static inline enum p2p_fact p2p_fact_at(const void *object, uint16_t place)
{
	return *(const enum p2p_fact *)(const void *)((const char *)object + place - 1);
}

/**
 * p2p_facts_write() - add the rows of @object to @json.
 * @function: the function it belongs to, which tells why a register could not be read
 */
void p2p_facts_write(struct json_object *json, struct p2p_fact_rows rows, const void *object,
		     const struct p2p_function *function);

/** p2p_facts_read() - the reverse: fill @object, which is zeroed.  What is missing is denied. */
void p2p_facts_read(struct json_object *json, struct p2p_fact_rows rows, void *object,
		    struct p2p_topology *topology);

/**
 * p2p_json_is_absent() - is a key null, and not in the list of unknown facts?  Without such a list, or
 *	without the key, nothing is absent.
 */
bool p2p_json_is_absent(struct json_object *object, const char *key);

#endif

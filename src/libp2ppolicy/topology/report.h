/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of a report, and the registers of a function in it. */
#ifndef P2P_TOPOLOGY_REPORT_H
#define P2P_TOPOLOGY_REPORT_H

#include <p2ppolicy/topology.h>

struct json_object;

/* A member of an object; NULL when it is null, not there, or @object is none. */
struct json_object *report_member(struct json_object *object, const char *key);

/* Values; what is not of that type is not known: NULL, DENIED, UNKNOWN, false or 0. */
const char *report_text(struct json_object *object, const char *key);
struct p2p_number report_number(struct json_object *object, const char *key);
unsigned int report_count(struct json_object *object, const char *key);
uint64_t report_hex(struct json_object *object, const char *key);
enum p2p_tri report_tri(struct json_object *object, const char *key);
bool report_flag(struct json_object *object, const char *key);

/* "present": true, false, or null. */
enum p2p_fact report_fact(struct json_object *object);

/* report_capabilities() - PCI Express, ACS and what else is an object with "present". */
void report_capabilities(struct json_object *object, struct p2p_function *function);

/* report_memory() - BARs and windows. */
void report_memory(struct json_object *object, struct p2p_function *function);

#endif

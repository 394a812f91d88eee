/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts by key.  topology/facts/table.c has one row for each fact of a function, a host
 * bridge and the machine; writing and reading JSON, comparing and exporting all iterate these rows.
 */
#ifndef P2PPOLICY_FACTS_H
#define P2PPOLICY_FACTS_H

#include <p2ppolicy/topology.h>

struct json_object;
struct p2p_fact_row;

/**
 * struct p2p_fact_kind - how a value is stored in its struct and in JSON.
 * @name: for the schema
 * @type: enum p2p_type of struct p2p_value; 0 if it is more than one value and only in JSON
 * @get: fill in the value of a fact that is present; may also say that it is not
 * @json: the value in JSON, if @type is not enough
 * @read: read it from JSON.  Return: is it valid?
 */
struct p2p_fact_kind {
	const char *name;
	unsigned int type;
	void (*get)(const struct p2p_fact_row *row, const void *object, struct p2p_value *value);
	struct json_object *(*json)(const struct p2p_fact_row *row, const void *object);
	bool (*read)(const struct p2p_fact_row *row, struct json_object *json, void *object,
		     struct p2p_topology *topology);
};

/** enum p2p_fact_why - the reason to give for a fact that is denied. */
enum p2p_fact_why { P2P_WHY_FILE, P2P_WHY_CONFIG, P2P_WHY_NONE };

/** enum p2p_fact_show - where a fact is shown as one text: the page of a device, `diff`. */
enum p2p_fact_show { P2P_SHOW_PAGE = 1, P2P_SHOW_DIFF = 2 };

/**
 * struct p2p_fact_row - one fact.
 * @key: its path in JSON; for a capability itself "NAME.present"
 * @help: one line
 * @at, @size: offset and size of its member
 * @fact: offset of the enum p2p_fact of this value, plus one; 0: none
 * @capability: likewise of the capability it belongs to; in JSON only if that is present
 * @there: the fact is absent if this returns false; NULL: it is there
 * @mask: of the member, if the value is a part of it
 * @digits: hexadecimal in JSON, with this many digits
 * @leaf: its name in JSON if that is not the end of @key
 * @device: it is one of the facts that identify the device; these come first
 * @aside: JSON has it in the previous row
 * @derived: follows from other rows or from the tree, so it is not read from JSON
 * @decides: @fact is derived from whether the value is in JSON
 * @may_lack: a machine may lack it, so null may mean absent
 * @needed: without it the capability is denied, since it would read as zero
 * @name: of a capability, in JSON
 * @label: its name on the page of a device
 * @about: its name in `diff`; NULL: its @name, or its @key
 * @none: the text if it is absent; NULL: "none"
 * @show: enum p2p_fact_show bits
 * @say: the object's value in words, if it is there; NULL: the value, or those of the capability
 *	by their keys
 */
struct p2p_fact_row {
	const char *key, *help;
	const struct p2p_fact_kind *kind;
	uint16_t at, size, fact, capability;
	bool (*there)(const void *object);
	uint32_t mask;
	uint8_t digits;
	enum p2p_fact_why why;
	const char *leaf;
	bool device, aside, derived, decides, may_lack, needed;
	const char *name, *label, *about, *none;
	unsigned int show;
	void (*say)(const void *object, char *text, size_t size);
};

/** struct p2p_fact_rows - the rows of one kind of object. */
struct p2p_fact_rows {
	const struct p2p_fact_row *rows;
	size_t count;
};

extern const struct p2p_fact_rows p2p_function_rows, p2p_bar_rows, p2p_window_rows;
extern const struct p2p_fact_rows p2p_host_rows, p2p_machine_rows;

/** p2p_fact_row() - the row with @key among the facts of a function; NULL if there is none. */
const struct p2p_fact_row *p2p_fact_row(const char *key);

/** p2p_fact_get() - the value of @row in @object; for a row without a type, only its state. */
void p2p_fact_get(const struct p2p_fact_row *row, const void *object, struct p2p_value *ret_value);

/**
 * p2p_fact_differs() - has a fact of a function changed?  What cannot be read has not changed.
 * @key: of a function; if it ends in ".", all keys that begin with it
 */
bool p2p_fact_differs(const char *key, const struct p2p_function *old,
		      const struct p2p_function *now);

/** p2p_facts_same() - are all facts of two objects the same, and the same ones unknown? */
bool p2p_facts_same(struct p2p_fact_rows rows, const void *one, const void *other);

/** p2p_fact_format() - a fact in words: "none", "not known", or its value.  Return: @text. */
char *p2p_fact_format(const struct p2p_fact_row *row, const void *object, char *text, size_t size);

/** p2p_fact_about() - what `diff` calls it. */
const char *p2p_fact_about(const struct p2p_fact_row *row);

/** p2p_function_denied() - why a fact of config space could not be read. */
const char *p2p_function_denied(const struct p2p_function *function);

/*
 * As JSON, owned by the caller; see p2ptopo-json(5).  A capability is an object with "present":
 * true, false, or null with "reason".  Any other key of a function that is null is either absent or
 * not known; if not known, the object "unknown" has that key with the reason.
 */
struct json_object *p2p_function_facts(const struct p2p_function *function);
struct json_object *p2p_device_facts(const struct p2p_function *function);
struct json_object *p2p_capability_facts(const struct p2p_function *function, const char *name);
struct json_object *p2p_host_facts(const struct p2p_host_bridge *host);
struct json_object *p2p_machine_facts(const struct p2p_machine *machine);

/** p2p_link_json() - {"speed_mtps": 16000, "width": 4}; null when there is none. */
struct json_object *p2p_link_json(struct p2p_link link);

/** p2p_acs_json() - the names of some bits of ACS control, in their order. */
struct json_object *p2p_acs_json(uint16_t bits);

#endif

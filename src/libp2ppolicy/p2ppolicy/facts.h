/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts by key.  topology/facts-table.c has one row for each fact of a function, a host bridge and
 * the machine; JSON, the reader of JSON, what is compared and what is exported iterate its rows.
 */
#ifndef P2PPOLICY_FACTS_H
#define P2PPOLICY_FACTS_H

#include <p2ppolicy/topology.h>

struct json_object;
struct p2p_fact_row;

/**
 * struct p2p_fact_kind - how a value lies in its struct and in JSON.
 * @name: for the schema
 * @type: enum p2p_type of struct p2p_value; 0 when it is more than one value: in JSON alone
 * @get: fill the value of what is there; may say that it is not
 * @json: the value in JSON, where @type does not say enough
 * @read: from JSON.  Return: is it what it should be?
 */
struct p2p_fact_kind {
	const char *name;
	unsigned int type;
	void (*get)(const struct p2p_fact_row *row, const void *object, struct p2p_value *value);
	struct json_object *(*json)(const struct p2p_fact_row *row, const void *object);
	bool (*read)(const struct p2p_fact_row *row, struct json_object *json, void *object,
		     struct p2p_topology *topology);
};

/** enum p2p_fact_why - what to say of a fact that is denied. */
enum p2p_fact_why { P2P_WHY_FILE, P2P_WHY_CONFIG, P2P_WHY_NONE };

/** enum p2p_fact_show - where a fact is shown as one text: the page of a device, `diff`. */
enum p2p_fact_show { P2P_SHOW_PAGE = 1, P2P_SHOW_DIFF = 2 };

/**
 * struct p2p_fact_row - one fact.
 * @key: its path in JSON; a capability's own is "NAME.present"
 * @help: one line
 * @at, @size: where its member lies
 * @fact: place of the enum p2p_fact of this value, plus one; 0: none
 * @capability: likewise of the capability it belongs to; in JSON only when that is present
 * @there: absent when this says so; NULL: it is there
 * @mask: of the member, when the value is a part of it
 * @digits: hexadecimal in JSON, with so many of them
 * @leaf: its name in JSON where that is not the end of @key
 * @device: one of those that say which device it is; they come first
 * @aside: JSON has it in the row before
 * @derived: follows from other rows, or from the tree: not read
 * @decides: @fact is read from whether the value is there
 * @may_lack: a machine may be without it, so that null may say absent
 * @needed: the capability is denied without it, since it would read as zero
 * @name: of a capability, in JSON
 * @label: as people call it, on the page of a device
 * @about: as `diff` calls it; NULL: its @name, or its @key
 * @none: what is said where it is absent; NULL: "none"
 * @show: enum p2p_fact_show bits
 * @say: the object's value, when it is there, in words; NULL: the value, or those of the
 *	capability by their keys
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

/** p2p_fact_row() - the row of @key among the facts of a function; NULL there is none. */
const struct p2p_fact_row *p2p_fact_row(const char *key);

/** p2p_fact_get() - the value of @row in @object.  A row without a type gives its state alone. */
void p2p_fact_get(const struct p2p_fact_row *row, const void *object, struct p2p_value *ret_value);

/**
 * p2p_fact_differs() - is a fact of a function another one now?  What cannot be read has not
 *	changed.
 * @key: of a function; with "." at its end all keys that begin so
 */
bool p2p_fact_differs(const char *key, const struct p2p_function *old,
		      const struct p2p_function *now);

/** p2p_facts_same() - are all facts of two objects the same, and what is not known of them? */
bool p2p_facts_same(struct p2p_fact_rows rows, const void *one, const void *other);

/** p2p_fact_format() - a fact in words: "none", "not known", or its value.  Return: @text. */
char *p2p_fact_format(const struct p2p_fact_row *row, const void *object, char *text, size_t size);

/** p2p_fact_about() - what `diff` calls it. */
const char *p2p_fact_about(const struct p2p_fact_row *row);

/** p2p_function_denied() - why a fact of config space could not be read. */
const char *p2p_function_denied(const struct p2p_function *function);

/*
 * As JSON, owned by the caller; see p2ptopo-json(5).  A capability is an object with "present":
 * true, false, or null with "reason".  Another key of a function that is null is either absent, or
 * not known: then the object "unknown" has that key and why.
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

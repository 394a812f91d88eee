/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that are lists in JSON, or that name a function. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/json.h>

#include "topology/build.h"
#include "topology/facts/kinds.h"

static const void *member(const struct p2p_fact_row *row, const void *object)
{
	return (const char *)object + row->at;
}

static size_t length_of(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

static struct json_object *address_of(struct p2p_bdf bdf)
{
	char text[P2P_BDF_SIZE];

	return p2p_json_new_text(p2p_bdf_format(bdf, text));
}

static struct json_object *json_address(const struct p2p_fact_row *row, const void *object)
{
	return address_of(*(const struct p2p_bdf *)member(row, object));
}

const struct p2p_fact_kind p2p_kind_address = { "bdf", 0, NULL, json_address, NULL };

static const struct p2p_function *function_at(const struct p2p_fact_row *row, const void *object)
{
	return *(const struct p2p_function *const *)member(row, object);
}

static void get_function(const struct p2p_fact_row *row, const void *object,
			 struct p2p_value *value)
{
	if (!function_at(row, object))
		value->fact = P2P_ABSENT;
}

static struct json_object *json_function(const struct p2p_fact_row *row, const void *object)
{
	return address_of(function_at(row, object)->bdf);
}

const struct p2p_fact_kind p2p_kind_function = { "bdf", 0, get_function, json_function, NULL };

static struct json_object *json_functions(const struct p2p_fact_row *row, const void *object)
{
	const struct p2p_host_bridge *host = object;
	struct json_object *array = p2p_json_new_array();

	(void)row;
	for (size_t i = 0; i < host->roots; i++)
		p2p_json_append(array, address_of(host->root[i]->bdf));
	return array;
}

const struct p2p_fact_kind p2p_kind_functions = { "bdfs", 0, NULL, json_functions, NULL };

static struct json_object *json_peers(const struct p2p_fact_row *row, const void *object)
{
	const struct p2p_function *const *peer =
		*(const struct p2p_function *const *const *)member(row, object);
	struct json_object *array = p2p_json_new_array();

	for (; peer && *peer; peer++)
		p2p_json_append(array, address_of((*peer)->bdf));
	return array;
}

const struct p2p_fact_kind p2p_kind_peers = { "bdfs", 0, NULL, json_peers, NULL };

/* A number, "absent", or null for what is not known. */
static struct json_object *json_stack(const struct p2p_fact_row *row, const void *object)
{
	const struct p2p_number *stack = member(row, object);
	struct json_object *json = p2p_json_new_object();
	char key[P2P_STACK_KEY_SIZE];

	for (unsigned int i = 0; i < P2P_STACK_FACTS; i++)
		p2p_json_add(json, p2p_stack_key(i, key), stack[i].fact == P2P_PRESENT ?
			     p2p_json_new_number(stack[i].value) :
			     stack[i].fact == P2P_ABSENT ?
			     p2p_json_new_text("absent") : NULL);
	return json;
}

static struct p2p_number read_stack_fact(struct json_object *value)
{
	if (json_object_is_type(value, json_type_int))
		return (struct p2p_number){ P2P_PRESENT, json_object_get_int64(value) };
	if (json_object_is_type(value, json_type_string) &&
	    !strcmp(json_object_get_string(value), "absent"))
		return (struct p2p_number){ P2P_ABSENT, 0 };
	return (struct p2p_number){ P2P_DENIED, 0 };
}

static bool read_stack(const struct p2p_fact_row *row, struct json_object *json, void *object,
		       struct p2p_topology *topology)
{
	struct p2p_number *stack = (struct p2p_number *)(void *)((char *)object + row->at);
	char key[P2P_STACK_KEY_SIZE];

	(void)topology;
	for (unsigned int i = 0; i < P2P_STACK_FACTS; i++)
		stack[i] = read_stack_fact(p2p_json_member(json, p2p_stack_key(i, key)));
	return true;
}

const struct p2p_fact_kind p2p_kind_stack = { "stack", 0, NULL, json_stack, read_stack };

static struct json_object *json_names(const struct p2p_fact_row *row, const void *object)
{
	const char *const *name = *(const char *const *const *)member(row, object);
	struct json_object *array = p2p_json_new_array();

	for (; name && *name; name++)
		p2p_json_append(array, p2p_json_new_text(*name));
	return array;
}

static bool read_names(const struct p2p_fact_row *row, struct json_object *json, void *object,
		       struct p2p_topology *topology)
{
	size_t count = length_of(json);
	const char **list = count ? p2p_keep(topology, count + 1, sizeof(char *)) : NULL;

	for (size_t i = 0; list && i < count; i++) {
		struct json_object *name = json_object_array_get_idx(json, i);
		const char *text = json_object_is_type(name, json_type_string) ?
				   json_object_get_string(name) : "?";

		list[i] = p2p_keep_text(topology, text, strlen(text));
	}
	memcpy((char *)object + row->at, &list, sizeof(char **));
	return list;
}

const struct p2p_fact_kind p2p_kind_names = { "texts", 0, NULL, json_names, read_names };

struct json_object *p2p_acs_json(uint16_t bits)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < P2P_ACS_BITS; i++)
		if (bits & p2p_acs_bits[i].bit)
			p2p_json_append(array, p2p_json_new_text(p2p_acs_bits[i].name));
	return array;
}

static struct json_object *json_acs(const struct p2p_fact_row *row, const void *object)
{
	return p2p_acs_json(*(const uint16_t *)member(row, object));
}

static bool has_text(struct json_object *array, const char *text)
{
	for (size_t i = 0; i < length_of(array); i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (json_object_is_type(item, json_type_string) &&
		    !strcmp(json_object_get_string(item), text))
			return true;
	}
	return false;
}

/* Read the named bits, unless the whole register was written, which was read before. */
static bool read_acs(const struct p2p_fact_row *row, struct json_object *json, void *object,
		     struct p2p_topology *topology)
{
	uint16_t *bits = (uint16_t *)(void *)((char *)object + row->at);
	bool whole = ((const struct p2p_function *)object)->acs.upper == P2P_PRESENT;

	(void)topology;
	if (!json_object_is_type(json, json_type_array))
		return false;
	for (size_t i = 0; !whole && i < P2P_ACS_BITS; i++) {
		*bits &= (uint16_t)~p2p_acs_bits[i].bit;
		if (has_text(json, p2p_acs_bits[i].name))
			*bits |= p2p_acs_bits[i].bit;
	}
	return true;
}

const struct p2p_fact_kind p2p_kind_acs = { "bits", 0, NULL, json_acs, read_acs };

static bool is_sized(const struct p2p_acs *acs)
{
	return acs->egress_bits || !(acs->capability & P2P_ACS_EC);
}

static void get_egress_bits(const struct p2p_fact_row *row, const void *object,
			    struct p2p_value *value)
{
	const struct p2p_acs *acs = member(row, object);

	value->fact = is_sized(acs) ? P2P_PRESENT : P2P_DENIED;
	value->number = acs->egress_bits;
}

static bool read_egress_bits(const struct p2p_fact_row *row, struct json_object *json, void *object,
			     struct p2p_topology *topology)
{
	struct p2p_acs *acs = (struct p2p_acs *)(void *)((char *)object + row->at);
	int64_t bits = json_object_get_int64(json);

	(void)topology;
	if (!json_object_is_type(json, json_type_int) || bits < 0)
		return false;
	acs->egress_bits = bits < 256 ? (unsigned int)bits : 256;
	return true;
}

const struct p2p_fact_kind p2p_kind_egress_bits = {
	"count", P2P_TYPE_NUMBER, get_egress_bits, NULL, read_egress_bits,
};

static void get_egress(const struct p2p_fact_row *row, const void *object, struct p2p_value *value)
{
	const struct p2p_acs *acs = member(row, object);

	value->fact = acs->egress_bits ? acs->egress_fact : is_sized(acs) ? P2P_ABSENT : P2P_DENIED;
}

static struct json_object *json_egress(const struct p2p_fact_row *row, const void *object)
{
	const struct p2p_acs *acs = member(row, object);
	struct json_object *array = p2p_json_new_array();
	char text[12];

	for (unsigned int i = 0; i < (acs->egress_bits + 31) / 32; i++) {
		snprintf(text, sizeof(text), "0x%08x", acs->egress[i]);
		p2p_json_append(array, p2p_json_new_text(text));
	}
	return array;
}

static bool read_egress(const struct p2p_fact_row *row, struct json_object *json, void *object,
			struct p2p_topology *topology)
{
	struct p2p_acs *acs = (struct p2p_acs *)(void *)((char *)object + row->at);

	size_t count = length_of(json);
	uint64_t dword;

	(void)topology;
	acs->egress_fact = P2P_DENIED;
	if (!json_object_is_type(json, json_type_array) || count > P2P_LENGTH(acs->egress) ||
	    count * 32 < acs->egress_bits)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!p2p_hex_of(json_object_array_get_idx(json, i), sizeof(acs->egress[0]), &dword))
			return false;
		acs->egress[i] = (uint32_t)dword;
	}
	acs->egress_fact = P2P_PRESENT;
	return true;
}

const struct p2p_fact_kind p2p_kind_egress = { "hexes", 0, get_egress, json_egress, read_egress };

static struct json_object *json_ids(const struct p2p_fact_row *row, const void *object)
{
	uint16_t bits = *(const uint16_t *)member(row, object);
	struct json_object *array = p2p_json_new_array();

	for (unsigned int i = 0; i < 16; i++)
		if (bits & 1u << i)
			p2p_json_append(array, p2p_json_new_number(i));
	return array;
}

static bool read_ids(const struct p2p_fact_row *row, struct json_object *json, void *object,
		     struct p2p_topology *topology)
{
	uint16_t *bits = (uint16_t *)(void *)((char *)object + row->at), found = 0;

	(void)topology;
	for (size_t i = 0; i < length_of(json); i++) {
		struct json_object *id = json_object_array_get_idx(json, i);

		if (!json_object_is_type(id, json_type_int) || json_object_get_int64(id) < 0 || json_object_get_int64(id) > 15)
			return false;
		found |= (uint16_t)(1u << json_object_get_int64(id));
	}
	*bits = found;
	return json_object_is_type(json, json_type_array);
}

const struct p2p_fact_kind p2p_kind_ids = { "ids", 0, NULL, json_ids, read_ids };

/* Bit n is 2^n MiB. */
static struct json_object *json_sizes(const struct p2p_fact_row *row, const void *object)
{
	uint64_t sizes = *(const uint64_t *)member(row, object);
	struct json_object *array = p2p_json_new_array();

	for (unsigned int i = 0; i < 44; i++)
		if (sizes & UINT64_C(1) << i)
			p2p_json_append(array, p2p_json_new_count(UINT64_C(1) << (i + 20)));
	return array;
}

static bool read_sizes(const struct p2p_fact_row *row, struct json_object *json, void *object,
		       struct p2p_topology *topology)
{
	uint64_t *sizes = (uint64_t *)(void *)((char *)object + row->at), found = 0;

	(void)topology;
	for (size_t i = 0; i < length_of(json); i++) {
		struct json_object *size = json_object_array_get_idx(json, i);
		uint64_t bytes = json_object_is_type(size, json_type_int) ? json_object_get_uint64(size) : 0;

		if (bytes < UINT64_C(1) << 20 || (bytes & (bytes - 1)))
			return false;
		found |= bytes >> 20;
	}
	*sizes = found;
	return json_object_is_type(json, json_type_array);
}

const struct p2p_fact_kind p2p_kind_sizes = { "sizes", 0, NULL, json_sizes, read_sizes };

/* Not known if none is, and there may be one. */
static void get_bars(const struct p2p_fact_row *row, const void *object, struct p2p_value *value)
{
	const struct p2p_bar *bars = member(row, object);
	bool any = false, unknown = false;

	for (unsigned int i = 0; i < P2P_BARS; i++) {
		any |= bars[i].kind != P2P_BAR_UNUSED;
		unknown |= p2p_bar_is_unknown(&bars[i]);
	}
	if (unknown && !any)
		value->fact = P2P_DENIED;
}

static struct json_object *json_bars(const struct p2p_fact_row *row, const void *object)
{
	const struct p2p_bar *bars = member(row, object);
	struct json_object *array = p2p_json_new_array();

	for (unsigned int i = 0; i < P2P_BARS; i++) {
		struct json_object *json;

		if (bars[i].kind == P2P_BAR_UNUSED)
			continue;
		json = p2p_json_new_object();
		p2p_json_add(json, "index", p2p_json_new_number(i));
		p2p_facts_write(json, p2p_bar_rows, &bars[i], object);
		p2p_json_append(array, json);
	}
	return array;
}

static bool read_bars(const struct p2p_fact_row *row, struct json_object *json, void *object,
		      struct p2p_topology *topology)
{
	struct p2p_bar *bars = (struct p2p_bar *)(void *)((char *)object + row->at);

	if (!json_object_is_type(json, json_type_array))
		return false;
	/* There are no others than those listed. */
	for (unsigned int i = 0; i < P2P_BARS; i++)
		bars[i].fact = bars[i].bus_fact = P2P_ABSENT;
	for (size_t i = 0; i < length_of(json); i++) {
		struct json_object *bar = json_object_array_get_idx(json, i);
		struct json_object *index = p2p_json_member(bar, "index");
		int64_t at = json_object_is_type(index, json_type_int) ?
			     json_object_get_int64(index) : -1;

		if (at >= 0 && at < P2P_BARS)
			p2p_facts_read(bar, p2p_bar_rows, &bars[at], topology);
	}
	return true;
}

const struct p2p_fact_kind p2p_kind_bars = { "bars", 0, get_bars, json_bars, read_bars };

/* A bridge always has both windows; number tells whether it is open. */
static void get_open(const struct p2p_fact_row *row, const void *object, struct p2p_value *value)
{
	const struct p2p_window *window = object;

	(void)row;
	value->fact = window->fact == P2P_DENIED ? P2P_DENIED : P2P_PRESENT;
	value->number = window->fact == P2P_PRESENT && window->first <= window->last;
}

static bool read_open(const struct p2p_fact_row *row, struct json_object *json, void *object,
		      struct p2p_topology *topology)
{
	struct p2p_window *window = object;

	(void)row;
	(void)topology;
	if (!json_object_is_type(json, json_type_boolean))
		return false;
	window->fact = P2P_PRESENT;
	return true;
}

const struct p2p_fact_kind p2p_kind_open = { "open", P2P_TYPE_FLAG, get_open, NULL, read_open };

static struct json_object *json_windows(const struct p2p_fact_row *row, const void *object)
{
	const struct p2p_window *windows = member(row, object);
	struct json_object *array = p2p_json_new_array();

	for (unsigned int i = 0; i < P2P_WINDOWS; i++) {
		struct json_object *json = p2p_json_new_object();

		p2p_facts_write(json, p2p_window_rows, &windows[i], object);
		p2p_json_append(array, json);
	}
	return array;
}

/* A closed window has neither end: its first address is set above its last. */
static bool read_windows(const struct p2p_fact_row *row, struct json_object *json, void *object,
			 struct p2p_topology *topology)
{
	struct p2p_window *windows = (struct p2p_window *)(void *)((char *)object + row->at);

	for (size_t i = 0; i < P2P_WINDOWS && json_object_is_type(json, json_type_array); i++) {
		struct json_object *window = json_object_array_get_idx(json, i);

		p2p_facts_read(window, p2p_window_rows, &windows[i], topology);
		if (p2p_json_member(window, "first") && p2p_json_member(window, "last"))
			continue;
		windows[i].first = 1;
		windows[i].last = 0;
		windows[i].free_fact = P2P_DENIED;
	}
	return true;
}

const struct p2p_fact_kind p2p_kind_windows = { "windows", 0, NULL, json_windows, read_windows };

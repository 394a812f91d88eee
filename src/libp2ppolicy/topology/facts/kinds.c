/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single values: numbers, flags and names, in a struct and in JSON. */
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/json.h>

#include "topology/build.h"
#include "topology/facts/kinds.h"

static const void *member(const struct p2p_fact_row *row, const void *object)
{
	return (const char *)object + row->at;
}

static uint64_t load(const struct p2p_fact_row *row, const void *object)
{
	const void *at = member(row, object);
	uint64_t value = row->size == 1 ? *(const uint8_t *)at :
			 row->size == 2 ? *(const uint16_t *)at :
			 row->size == 4 ? *(const uint32_t *)at : *(const uint64_t *)at;

	return row->mask ? (value & row->mask) / (row->mask & -row->mask) : value;
}

static void store(const struct p2p_fact_row *row, void *object, uint64_t value)
{
	void *at = (char *)object + row->at;

	if (row->mask) {
		struct p2p_fact_row whole = { .at = row->at, .size = row->size };

		value = (load(&whole, object) & ~(uint64_t)row->mask) |
			(value * (row->mask & -row->mask) & row->mask);
	}
	if (row->size == 1)
		*(uint8_t *)at = (uint8_t)value;
	else if (row->size == 2)
		*(uint16_t *)at = (uint16_t)value;
	else if (row->size == 4)
		*(uint32_t *)at = (uint32_t)value;
	else
		*(uint64_t *)at = value;
}

/* enum p2p_fact and enum p2p_tri both encode: not known, no, yes. */
_Static_assert(P2P_DENIED == (int)P2P_UNKNOWN && P2P_ABSENT == (int)P2P_NO &&
	       P2P_PRESENT == (int)P2P_YES, "one reader and one writer serve both");

static void get_answer(const struct p2p_fact_row *row, const void *object, struct p2p_value *value)
{
	enum p2p_tri answer = (enum p2p_tri)load(row, object);

	value->fact = answer == P2P_UNKNOWN ? P2P_DENIED : P2P_PRESENT;
	value->number = answer == P2P_YES;
}

static bool read_answer(const struct p2p_fact_row *row, struct json_object *json, void *object,
			struct p2p_topology *topology)
{
	(void)topology;
	if (!json_object_is_type(json, json_type_boolean))
		return false;
	store(row, object, json_object_get_boolean(json) ? P2P_YES : P2P_NO);
	return true;
}

const struct p2p_fact_kind p2p_kind_present = {
	"present", P2P_TYPE_FLAG, get_answer, NULL, read_answer,
};

const struct p2p_fact_kind p2p_kind_tri = { "flag", P2P_TYPE_FLAG, get_answer, NULL, read_answer };

static void get_number(const struct p2p_fact_row *row, const void *object, struct p2p_value *value)
{
	value->number = (int64_t)load(row, object);
}

/* For several bits, whether any is set. */
static void get_flag(const struct p2p_fact_row *row, const void *object, struct p2p_value *value)
{
	value->number = load(row, object) != 0;
}

static bool read_flag(const struct p2p_fact_row *row, struct json_object *json, void *object,
		      struct p2p_topology *topology)
{
	(void)topology;
	if (!json_object_is_type(json, json_type_boolean))
		return false;
	store(row, object, json_object_get_boolean(json) != 0);
	return true;
}

const struct p2p_fact_kind p2p_kind_flag = { "flag", P2P_TYPE_FLAG, get_flag, NULL, read_flag };

static bool read_integer(const struct p2p_fact_row *row, struct json_object *json, void *object,
			 struct p2p_topology *topology)
{
	(void)topology;
	if (!json_object_is_type(json, json_type_int))
		return false;
	store(row, object, (uint64_t)json_object_get_int64(json));
	return true;
}

/* A value that does not fit was not written by us. */
static bool read_count(const struct p2p_fact_row *row, struct json_object *json, void *object,
		       struct p2p_topology *topology)
{
	int64_t value = json_object_get_int64(json);

	if (value < 0 || (row->size < 8 && value >> 8 * row->size))
		return false;
	return read_integer(row, json, object, topology);
}

const struct p2p_fact_kind p2p_kind_count = {
	"count", P2P_TYPE_NUMBER, get_number, NULL, read_count,
};

const struct p2p_fact_kind p2p_kind_integer = {
	"integer", P2P_TYPE_NUMBER, get_number, NULL, read_integer,
};

bool p2p_hex_of(struct json_object *json, unsigned int bytes, uint64_t *ret_value)
{
	const char *text = json_object_is_type(json, json_type_string) ? json_object_get_string(json) : "";
	size_t digits = !strncmp(text, "0x", 2) ? strspn(text + 2, "0123456789abcdef") : 0;

	if (!digits || digits > 16 || text[2 + digits])
		return false;
	*ret_value = strtoull(text, NULL, 16);
	return bytes >= 8 || !(*ret_value >> 8 * bytes);
}

static bool read_hex(const struct p2p_fact_row *row, struct json_object *json, void *object,
		     struct p2p_topology *topology)
{
	uint64_t value;

	(void)topology;
	if (!p2p_hex_of(json, row->size, &value))
		return false;
	store(row, object, value);
	return true;
}

const struct p2p_fact_kind p2p_kind_hex = { "hex", P2P_TYPE_NUMBER, get_number, NULL, read_hex };

/* NULL means not known; in a row with a fact, which is PRESENT here, it means absent. */
static void get_text(const struct p2p_fact_row *row, const void *object, struct p2p_value *value)
{
	value->text = *(const char *const *)member(row, object);
	if (!value->text)
		value->fact = row->fact ? P2P_ABSENT : P2P_DENIED;
}

static bool read_text(const struct p2p_fact_row *row, struct json_object *json, void *object,
		      struct p2p_topology *topology)
{
	const char *text;

	if (!json_object_is_type(json, json_type_string))
		return false;
	text = json_object_get_string(json);
	text = p2p_keep_text(topology, text, strlen(text));
	memcpy((char *)object + row->at, &text, sizeof(text));
	return true;
}

const struct p2p_fact_kind p2p_kind_text = { "text", P2P_TYPE_TEXT, get_text, NULL, read_text };

static const char *class_name(uint32_t value)
{
	return value < P2P_CLASSES ? p2p_class_name((enum p2p_class)value) : NULL;
}

static const char *port_name(uint32_t value)
{
	return value <= P2P_PORT_RC_EVENT_COLLECTOR ?
	       p2p_port_type_name((enum p2p_port_type)value) : NULL;
}

static const char *bar_name(uint32_t value)
{
	static const char *const names[] = {
		[P2P_BAR_UNUSED] = "unused", [P2P_BAR_IO] = "io",
		[P2P_BAR_MEM32] = "mem32", [P2P_BAR_MEM64] = "mem64",
	};

	return value <= P2P_BAR_MEM64 ? names[value] : NULL;
}

/* More than any of these enums has values. */
#define NAMES 16

static void put_name(const char *name, struct p2p_value *value)
{
	value->text = name;
	if (!name)
		value->fact = P2P_ABSENT;
}

static bool read_name(const struct p2p_fact_row *row, struct json_object *json, void *object,
		      const char *(*name)(uint32_t value))
{
	for (uint32_t i = 0; json_object_is_type(json, json_type_string) && i < NAMES; i++) {
		if (!name(i) || strcmp(name(i), json_object_get_string(json)) != 0)
			continue;
		store(row, object, i);
		return true;
	}
	return false;
}

#define KIND_NAMED(kind, name)								\
static void get_##kind(const struct p2p_fact_row *row, const void *object,		\
		       struct p2p_value *value)						\
{											\
	put_name(name((uint32_t)load(row, object)), value);				\
}											\
static bool read_##kind(const struct p2p_fact_row *row, struct json_object *json,	\
			void *object, struct p2p_topology *topology)			\
{											\
	(void)topology;									\
	return read_name(row, json, object, name);					\
}											\
const struct p2p_fact_kind p2p_kind_##kind = {						\
	#kind, P2P_TYPE_TEXT, get_##kind, NULL, read_##kind,				\
};
KIND_NAMED(class, class_name)
KIND_NAMED(port, port_name)
KIND_NAMED(bar, bar_name)

static void get_host(const struct p2p_fact_row *row, const void *object, struct p2p_value *value)
{
	const struct p2p_host_bridge *host =
		*(const struct p2p_host_bridge *const *)member(row, object);

	put_name(host ? host->name : NULL, value);
}

const struct p2p_fact_kind p2p_kind_host = { "text", P2P_TYPE_TEXT, get_host, NULL, NULL };

/* A link with only one of its two values is none. */
static const struct p2p_link *link_at(const struct p2p_fact_row *row, const void *object,
				      struct p2p_value *value)
{
	const struct p2p_link *link = member(row, object);

	if (!link->speed_mtps || !link->width)
		value->fact = P2P_ABSENT;
	return link;
}

static void get_speed(const struct p2p_fact_row *row, const void *object, struct p2p_value *value)
{
	value->number = link_at(row, object, value)->speed_mtps;
}

static void get_width(const struct p2p_fact_row *row, const void *object, struct p2p_value *value)
{
	value->number = link_at(row, object, value)->width;
}

struct json_object *p2p_link_json(struct p2p_link link)
{
	struct json_object *json;

	if (!link.speed_mtps || !link.width)
		return NULL;
	json = p2p_json_new_object();
	p2p_json_add(json, "speed_mtps", p2p_json_new_number(link.speed_mtps));
	p2p_json_add(json, "width", p2p_json_new_number(link.width));
	return json;
}

static struct json_object *json_link(const struct p2p_fact_row *row, const void *object)
{
	return p2p_link_json(*(const struct p2p_link *)member(row, object));
}

static bool read_link(const struct p2p_fact_row *row, struct json_object *json, void *object,
		      struct p2p_topology *topology)
{
	static const struct p2p_fact_row parts[] = {
		{ .at = offsetof(struct p2p_link, speed_mtps), .size = sizeof(unsigned int) },
		{ .at = offsetof(struct p2p_link, width), .size = sizeof(unsigned int) },
	};
	struct p2p_link link = { 0, 0 };

	if (!read_count(&parts[0], p2p_json_member(json, "speed_mtps"), &link, topology) ||
	    !read_count(&parts[1], p2p_json_member(json, "width"), &link, topology))
		return false;
	memcpy((char *)object + row->at, &link, sizeof(link));
	return true;
}

const struct p2p_fact_kind p2p_kind_link = {
	"link", P2P_TYPE_NUMBER, get_speed, json_link, read_link,
};

const struct p2p_fact_kind p2p_kind_width = { "count", P2P_TYPE_NUMBER, get_width, NULL, NULL };

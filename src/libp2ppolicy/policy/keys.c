/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of selectors and conditions, one row each. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "policy/place.h"
#include <p2ppolicy/score.h>
#include <p2ppolicy/ways.h>

#include "policy/term.h"

static const char *text(struct json_object *value)
{
	return json_object_get_string(value);
}

static bool is_text(struct json_object *value)
{
	return json_object_is_type(value, json_type_string) && *text(value);
}

static bool is_number(struct json_object *value)
{
	return json_object_is_type(value, json_type_int);
}

static bool fits(const char *pattern, const char *name)
{
	return !fnmatch(pattern, name, 0);
}

static bool is_glob(const char *text)
{
	return strpbrk(text, "*?[");
}

/* A value that can match no address, such as one without a domain, would silently disable a deny rule. */
static bool is_bdf(struct json_object *value)
{
	const char *colon, *given;
	struct p2p_bdf bdf;

	if (!is_text(value))
		return false;
	given = text(value);
	if (strchr(given, '*'))
		return true;
	colon = strchr(given, ':');
	return colon && strchr(colon + 1, ':') && (is_glob(given) || !p2p_bdf_parse(given, &bdf));
}

static enum p2p_tri match_bdf(struct json_object *value, const struct p2p_subject *subject)
{
	char buffer[P2P_BDF_SIZE];
	struct p2p_bdf bdf;

	if (!is_glob(text(value)) && !p2p_bdf_parse(text(value), &bdf))
		return p2p_tri_of(!p2p_bdf_compare(bdf, subject->function->bdf));
	p2p_bdf_format(subject->function->bdf, buffer);
	return p2p_tri_of(!fnmatch(text(value), buffer, FNM_CASEFOLD));
}

/* The path from the root bus to the function; see place.h. */
static enum p2p_tri match_path(struct json_object *value, const struct p2p_subject *subject)
{
	char place[P2P_PLACE_SIZE];

	if (p2p_place_format(subject->function, place))
		return P2P_UNKNOWN;
	return p2p_tri_of(fits(text(value), place));
}

/* A driver may create a name some time after it binds, so without any name the answer is not known. */
static enum p2p_tri match_name(struct json_object *value, const struct p2p_subject *subject)
{
	const struct p2p_function *function = subject->function;
	const char *const *name = function->os_names;

	if (!name || !*name)
		return subject->names_are_final || function->driver_fact == P2P_ABSENT ? P2P_NO :
											 P2P_UNKNOWN;
	for (; *name; name++)
		if (fits(text(value), *name))
			return P2P_YES;
	return P2P_NO;
}

/* One half of "vendor:device": four digits, or "*". */
static bool parse_half(const char *half, size_t length, int *ret_id)
{
	char *end;

	if (length == 1 && *half == '*') {
		*ret_id = -1;
		return true;
	}
	if (length != 4 || strspn(half, "0123456789abcdefABCDEF") < 4)
		return false;
	*ret_id = (int)strtol(half, &end, 16);
	return true;
}

static bool parse_id(struct json_object *value, int *ret_vendor, int *ret_device)
{
	const char *id = is_text(value) ? text(value) : "", *colon = strchr(id, ':');

	return colon && parse_half(id, (size_t)(colon - id), ret_vendor) &&
	       parse_half(colon + 1, strlen(colon + 1), ret_device);
}

static bool is_id(struct json_object *value)
{
	int vendor, device;

	return parse_id(value, &vendor, &device);
}

static enum p2p_tri match_id(struct json_object *value, const struct p2p_subject *subject)
{
	const struct p2p_function *function = subject->function;
	int vendor = -1, device = -1;

	if (function->ids != P2P_PRESENT || !parse_id(value, &vendor, &device))
		return P2P_UNKNOWN;
	return p2p_tri_of((vendor < 0 || vendor == function->vendor) &&
			  (device < 0 || device == function->device));
}

static bool is_class(struct json_object *value)
{
	enum p2p_class kind;

	return is_text(value) && !p2p_class_parse(text(value), &kind);
}

static enum p2p_tri match_class(struct json_object *value, const struct p2p_subject *subject)
{
	if (subject->function->class_fact != P2P_PRESENT)
		return P2P_UNKNOWN;
	return p2p_tri_of(!strcmp(text(value), p2p_class_name(subject->function->kind)));
}

static enum p2p_tri match_driver(struct json_object *value, const struct p2p_subject *subject)
{
	const struct p2p_function *function = subject->function;

	if (function->driver_fact == P2P_DENIED)
		return P2P_UNKNOWN;
	return p2p_tri_of(function->driver && fits(text(value), function->driver));
}

static enum p2p_tri match_number(struct json_object *value, struct p2p_number number)
{
	if (number.fact == P2P_DENIED)
		return P2P_UNKNOWN;
	return p2p_tri_of(number.fact == P2P_PRESENT && json_object_get_int64(value) == number.value);
}

static enum p2p_tri match_numa(struct json_object *value, const struct p2p_subject *subject)
{
	return match_number(value, subject->function->numa);
}

static enum p2p_tri match_iommu_group(struct json_object *value, const struct p2p_subject *subject)
{
	return match_number(value, subject->function->iommu_group);
}

/* Firmware decides which slots have names, so a missing name means unknown. */
static enum p2p_tri match_slot(struct json_object *value, const struct p2p_subject *subject)
{
	if (!subject->function->slot)
		return P2P_UNKNOWN;
	return p2p_tri_of(fits(text(value), subject->function->slot));
}

static bool is_true(struct json_object *value)
{
	return json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value);
}

static enum p2p_tri match_any(struct json_object *value, const struct p2p_subject *subject)
{
	(void)value;
	(void)subject;
	return P2P_YES;
}

#define KEY(name, expected, is_valid, match) { name, expected, is_valid, match, NULL, 0 }

const struct p2p_term_key p2p_selector_keys[] = {
	KEY("bdf", "an address with its domain, as 0000:3b:00.0, or a glob of one", is_bdf, match_bdf),
	KEY("path", "an address on a root bus and /device.function for each step, or a glob of one",
	    is_text, match_path),
	KEY("name", "a name such as nvme0, or a glob", is_text, match_name),
	KEY("id", "vendor:device, four hexadecimal digits or * each", is_id, match_id),
	KEY("class", "gpu, accel, nic, nvme, storage, memory, switch, host or other", is_class,
	    match_class),
	KEY("driver", "a driver's name, or a glob", is_text, match_driver),
	KEY("numa", "the number of a node", is_number, match_numa),
	KEY("iommu_group", "the number of a group", is_number, match_iommu_group),
	KEY("slot", "a slot's name, or a glob", is_text, match_slot),
	KEY("any", "true", is_true, match_any),
	{ .name = NULL },
};

static enum p2p_relation relation_of(struct json_object *value)
{
	for (unsigned int i = P2P_RELATION_UNKNOWN + 1; i < P2P_RELATIONS && is_text(value); i++)
		if (!strcmp(text(value), p2p_relation_name((enum p2p_relation)i)))
			return (enum p2p_relation)i;
	return P2P_RELATION_UNKNOWN;
}

static bool is_relation(struct json_object *value)
{
	return relation_of(value) != P2P_RELATION_UNKNOWN;
}

static enum p2p_tri match_relation(struct json_object *value, const struct p2p_subject *subject)
{
	enum p2p_relation most = relation_of(value);

	if (subject->verdict->relation == P2P_RELATION_UNKNOWN)
		return most == P2P_RELATION_SYS ? P2P_YES : P2P_UNKNOWN;
	return p2p_tri_of(subject->verdict->relation <= most);
}

static bool is_map_type(struct json_object *value)
{
	if (!is_text(value))
		return false;
	for (unsigned int i = P2P_MAP_UNKNOWN + 1; i < P2P_MAP_TYPES; i++)
		if (!strcmp(text(value), p2p_map_type_name((enum p2p_map_type)i)))
			return true;
	return false;
}

static enum p2p_tri match_map_type(struct json_object *value, const struct p2p_subject *subject)
{
	enum p2p_map_type type = subject->verdict->kernel.map_type;

	if (type == P2P_MAP_UNKNOWN)
		return P2P_UNKNOWN;
	return p2p_tri_of(!strcmp(text(value), p2p_map_type_name(type)));
}

static bool is_delivery(struct json_object *value)
{
	enum p2p_delivery delivery;

	return is_text(value) && !p2p_delivery_parse(text(value), &delivery) &&
	       delivery != P2P_DELIVERY_UNKNOWN;
}

static enum p2p_tri match_delivered(struct json_object *value, const struct p2p_subject *subject)
{
	struct p2p_ways ways;

	if (!subject->verdict->machine)
		return P2P_UNKNOWN;
	p2p_ways_find(subject->verdict, &ways);
	if (ways.delivery == P2P_DELIVERY_UNKNOWN)
		return P2P_UNKNOWN;
	return p2p_tri_of(!strcmp(text(value), p2p_delivery_name(ways.delivery)));
}

static bool is_boolean(struct json_object *value)
{
	return json_object_is_type(value, json_type_boolean);
}

static enum p2p_tri match_permitted(struct json_object *value, const struct p2p_subject *subject)
{
	enum p2p_map_type type = subject->verdict->kernel.map_type;

	if (type == P2P_MAP_UNKNOWN)
		return P2P_UNKNOWN;
	return p2p_tri_of((type != P2P_MAP_NOT_SUPPORTED) == !!json_object_get_boolean(value));
}

static enum p2p_tri equal_numbers(struct p2p_number a, struct p2p_number b)
{
	if (a.fact == P2P_DENIED || b.fact == P2P_DENIED)
		return P2P_UNKNOWN;
	return p2p_tri_of(a.fact == P2P_PRESENT && b.fact == P2P_PRESENT && a.value == b.value);
}

/* The bridges above an orphan are not known, and so neither is a common bridge. */
static bool is_lost(const struct p2p_verdict *verdict)
{
	return !verdict->kernel.common && (verdict->provider->orphan || verdict->client->orphan);
}

static enum p2p_tri same_switch(const struct p2p_verdict *verdict)
{
	const struct p2p_function *common = verdict->kernel.common;

	if (is_lost(verdict))
		return P2P_UNKNOWN;
	if (!common || common == verdict->provider || common == verdict->client)
		return P2P_NO;
	if (common->pcie.fact == P2P_DENIED)
		return P2P_UNKNOWN;
	return p2p_tri_of(common->pcie.fact == P2P_PRESENT &&
			  (common->pcie.type == P2P_PORT_UPSTREAM ||
			   common->pcie.type == P2P_PORT_DOWNSTREAM));
}

static enum p2p_tri same_host_bridge(const struct p2p_verdict *verdict)
{
	if (is_lost(verdict))
		return P2P_UNKNOWN;
	return p2p_tri_of(verdict->provider->host == verdict->client->host);
}

/* A node number of -1 is the kernel's "none"; two such functions need not be on one socket. */
static enum p2p_tri same_numa(const struct p2p_verdict *verdict)
{
	struct p2p_number a = verdict->provider->numa, b = verdict->client->numa;

	if ((a.fact == P2P_PRESENT && a.value < 0) || (b.fact == P2P_PRESENT && b.value < 0))
		return P2P_UNKNOWN;
	return equal_numbers(a, b);
}

static enum p2p_tri same_iommu_group(const struct p2p_verdict *verdict)
{
	return equal_numbers(verdict->provider->iommu_group, verdict->client->iommu_group);
}

static const struct same {
	const char *name;
	enum p2p_tri (*match)(const struct p2p_verdict *verdict);
} sames[] = {
	{ "switch", same_switch },
	{ "host_bridge", same_host_bridge },
	{ "socket", same_numa },
	{ "iommu_group", same_iommu_group },
};

static const struct same *find_same(struct json_object *value)
{
	for (size_t i = 0; i < P2P_LENGTH(sames); i++)
		if (is_text(value) && !strcmp(text(value), sames[i].name))
			return &sames[i];
	return NULL;
}

static bool is_same(struct json_object *value)
{
	return find_same(value);
}

static enum p2p_tri match_same(struct json_object *value, const struct p2p_subject *subject)
{
	return find_same(value)->match(subject->verdict);
}

/* "Not proven" is a known fact even if nobody tried, so a rule may match on it. */
static enum p2p_tri match_proven(struct json_object *value, const struct p2p_subject *subject)
{
	return p2p_tri_of(p2p_evidence_proves(subject->evidence, subject->verdict) ==
			  !!json_object_get_boolean(value));
}

bool p2p_value_is_bandwidth(struct json_object *value)
{
	return (json_object_is_type(value, json_type_int) ||
		json_object_is_type(value, json_type_double)) &&
	       json_object_get_double(value) > 0;
}

/* With a missing fact the answer is unknown, which allows nothing, even if the lower bound reaches it. */
static enum p2p_tri is_fast(struct json_object *value, const struct p2p_verdict *verdict, bool read)
{
	const struct p2p_speed *speed;
	struct p2p_score score;

	if (!verdict->eval)
		return P2P_UNKNOWN;
	p2p_eval_score(verdict->eval, verdict, &score);
	speed = read ? &score.read : &score.write;
	return speed->fact != P2P_PRESENT ? P2P_UNKNOWN :
	       p2p_speed_at_least(speed, json_object_get_double(value));
}

static enum p2p_tri match_read(struct json_object *value, const struct p2p_subject *subject)
{
	return is_fast(value, subject->verdict, true);
}

static enum p2p_tri match_write(struct json_object *value, const struct p2p_subject *subject)
{
	return is_fast(value, subject->verdict, false);
}

const struct p2p_term_key p2p_condition_keys[] = {
	KEY("relation_at_most", "X, PIX, PXB, PHB, NODE or SYS", is_relation, match_relation),
	KEY("map_type", "bus_addr, thru_host_bridge or not_supported", is_map_type, match_map_type),
	KEY("delivered", "link, direct, root-complex, staged, refused or broken", is_delivery,
	    match_delivered),
	KEY("kernel_permits", "true or false", is_boolean, match_permitted),
	KEY("proven", "true or false", is_boolean, match_proven),
	KEY("same", "switch, host_bridge, socket or iommu_group", is_same, match_same),
	KEY("read_gbytes_at_least", "a number of 10^9 bytes a second", p2p_value_is_bandwidth,
	    match_read),
	KEY("write_gbytes_at_least", "a number of 10^9 bytes a second", p2p_value_is_bandwidth,
	    match_write),
	{ .name = NULL },
};

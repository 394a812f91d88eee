/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of expectations, one row each. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policy/check/check.h"
#include "policy/link.h"
#include "verdict/eval.h"

#include <p2ppolicy/json.h>
#include <p2ppolicy/ways.h>

#define TEXT_SIZE 512
#define CLASS(about) (1u << P2P_CHECK_##about)

static bool is_text(struct json_object *value)
{
	return json_object_is_type(value, json_type_string);
}

static bool is_count(struct json_object *value)
{
	return json_object_is_type(value, json_type_int) && json_object_get_int64(value) >= 0;
}

/* Is it a text, or a non-empty array of texts, all of them good? */
static bool are_texts(struct json_object *value, bool (*is_good)(const char *text))
{
	size_t count = p2p_value_count(value);

	for (size_t i = 0; i < count; i++) {
		struct json_object *one = p2p_value_at(value, i);

		if (!is_text(one) || !is_good(json_object_get_string(one)))
			return false;
	}
	return count > 0;
}

static bool has_text(struct json_object *value, const char *text)
{
	for (size_t i = 0; i < p2p_value_count(value); i++)
		if (!strcmp(json_object_get_string(p2p_value_at(value, i)), text))
			return true;
	return false;
}

static const char *json_words(struct json_object *value)
{
	if (is_text(value))
		return json_object_get_string(value);
	return p2p_json_string(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

/* "full", or an object with the least speed and width. */
static bool is_link(struct json_object *value)
{
	size_t count = 0;

	if (is_text(value))
		return !strcmp(json_object_get_string(value), "full");
	if (!json_object_is_type(value, json_type_object))
		return false;
	json_object_object_foreach(value, name, number) {
		if ((strcmp(name, "speed_mtps") != 0 && strcmp(name, "width") != 0) ||
		    !is_count(number) || json_object_get_int64(number) > UINT32_MAX)
			return false;
		count++;
	}
	return count > 0;
}

/**
 * struct demand - what is expected of width or speed.
 * @asked: is anything expected at all?
 * @full: as much as both ends can do
 */
struct demand {
	bool asked, full;
	unsigned int least;
};

static struct demand demand_of(struct json_object *value, const char *name, unsigned int most)
{
	struct json_object *number;

	if (is_text(value))
		return (struct demand){ true, true, most };
	number = p2p_json_member(value, name);
	return (struct demand){ number, false,
				number ? (unsigned int)json_object_get_int64(number) : 0 };
}

static enum p2p_tri meets(const struct p2p_link_view *view, struct demand demand,
			  unsigned int now)
{
	if (view->fact == P2P_DENIED)
		return P2P_UNKNOWN;
	if (view->fact == P2P_ABSENT)
		return P2P_NO;
	if (now >= demand.least)
		return P2P_YES;
	/* The port above, whose limit is not known, may be the reason. */
	return now && demand.full && !view->most_known ? P2P_UNKNOWN : P2P_NO;
}

static const char *link_words(const struct p2p_link_view *view, char buffer[P2P_LINK_SIZE])
{
	if (view->fact == P2P_DENIED)
		return "not known: the link registers could not be read";
	return view->fact == P2P_ABSENT ? "no link" : p2p_link_format(view->now, buffer);
}

static void eval_link(struct p2p_check_run *run, struct json_object *value)
{
	struct p2p_link_view view = p2p_link_look(run->function);
	struct demand width = demand_of(value, "width", view.most.width);
	struct demand speed = demand_of(value, "speed_mtps", view.most.speed_mtps);
	char found[P2P_LINK_SIZE], expected[64];
	enum p2p_tri holds = meets(&view, width, view.now.width);

	snprintf(expected, sizeof(expected), view.fact == P2P_PRESENT ? "x%u" : "a link",
		 width.least);
	if (width.asked)
		p2p_check_say(run, P2P_CHECK_LINK_WIDTH, holds, expected, link_words(&view, found));
	/* Report a missing link only once. */
	if (!speed.asked || (width.asked && holds != P2P_YES && !view.now.width))
		return;
	snprintf(expected, sizeof(expected), view.fact == P2P_PRESENT ? "%g GT/s" : "a link",
		 speed.least / 1000.0);
	holds = meets(&view, speed, view.now.speed_mtps);
	if (holds != P2P_YES && view.idle && view.now.width &&
	    view.most.speed_mtps >= speed.least)
		p2p_check_excuse(run, P2P_CHECK_LINK_SPEED, expected, link_words(&view, found));
	else
		p2p_check_say(run, P2P_CHECK_LINK_SPEED, holds, expected,
			      link_words(&view, found));
}

static bool first_visit(const struct p2p_check_run *run)
{
	unsigned int *stamp = &run->stamps[run->function->index];

	if (*stamp == run->stamp)
		return false;
	*stamp = run->stamp;
	return true;
}

/*
 * The device's own link and every link above it, each once for all devices of the row.  Root and
 * downstream ports are skipped: their link is that of the device below.
 */
static void eval_link_above(struct p2p_check_run *run, struct json_object *value)
{
	const struct p2p_function *device = run->function;

	for (const struct p2p_function *at = device; at; at = at->parent) {
		run->function = at;
		if (first_visit(run) && (at == device || !p2p_link_is_port(at)) &&
		    p2p_link_look(at).fact != P2P_ABSENT)
			eval_link(run, value);
	}
	run->function = device;
}

static bool is_acs_word(const char *text)
{
	uint16_t clear, set;

	return !strchr(text, ',') && !p2p_acs_parse(text, &clear, &set);
}

static bool is_acs(struct json_object *value)
{
	return are_texts(value, is_acs_word);
}

/* Collect the bits that must be clear and those that must be set. */
static void acs_wanted(struct json_object *value, uint16_t *clear, uint16_t *set)
{
	for (size_t i = 0; i < p2p_value_count(value); i++) {
		uint16_t one_clear = 0, one_set = 0;

		p2p_acs_parse(json_object_get_string(p2p_value_at(value, i)), &one_clear, &one_set);
		*clear |= one_clear;
		*set |= one_set;
	}
}

/* "ReqRedir+ CmpltRedir-": the state of @bits in @control. */
static const char *acs_words(uint16_t bits, uint16_t control, char buffer[P2P_ACS_SIZE])
{
	char name[P2P_ACS_SIZE];
	size_t used = 0;

	buffer[0] = '\0';
	for (unsigned int bit = P2P_ACS_SV; bit <= P2P_ACS_DT; bit <<= 1)
		if (bits & bit)
			used += (size_t)snprintf(buffer + used, P2P_ACS_SIZE - used, "%s%s%c",
						 used ? " " : "",
						 p2p_acs_names((uint16_t)bit, name),
						 control & bit ? '+' : '-');
	return buffer;
}

/* Without the capability all bits count as clear. */
static void eval_acs(struct p2p_check_run *run, struct json_object *value)
{
	enum p2p_fact fact = run->function->acs.fact;
	uint16_t control = fact == P2P_PRESENT ? run->function->acs.control : 0;
	uint16_t clear = 0, set = 0, wrong;
	char expected[P2P_ACS_SIZE], found[P2P_ACS_SIZE];

	acs_wanted(value, &clear, &set);
	wrong = fact == P2P_DENIED ? clear | set :
				     (uint16_t)((clear & control) | (set & ~control));
	p2p_check_say(run, P2P_CHECK_ACS, fact == P2P_DENIED ? P2P_UNKNOWN : p2p_tri_of(!wrong),
		      acs_words(wrong, set, expected),
		      fact == P2P_DENIED ? "not known: ACS could not be read" :
		      fact == P2P_ABSENT ? "no ACS" : acs_words(wrong, control, found));
}

/* Upstream ports and conventional bridges have no ACS: PCIe r6.0, sec 6.12.1. */
static bool may_have_acs(const struct p2p_function *port)
{
	return port->acs.fact != P2P_ABSENT || port->pcie.fact == P2P_DENIED ||
	       p2p_link_is_port(port);
}

static void eval_acs_above(struct p2p_check_run *run, struct json_object *value)
{
	const struct p2p_function *device = run->function;

	for (const struct p2p_function *at = device->parent; at; at = at->parent) {
		run->function = at;
		if (first_visit(run) && may_have_acs(at))
			eval_acs(run, value);
	}
	run->function = device;
}

static bool is_iommu(struct json_object *value)
{
	return are_texts(value, p2p_iommu_is_mode);
}

static void eval_iommu(struct p2p_check_run *run, struct json_object *value)
{
	const char *mode = p2p_iommu_mode(run->function);

	p2p_check_say(run, P2P_CHECK_IOMMU, mode ? p2p_tri_of(has_text(value, mode)) : P2P_UNKNOWN,
		      json_words(value),
		      mode ? mode : "not known: the type of its IOMMU group was not recorded");
}

/* { "1": bytes }: the least size, by the number of the BAR. */
static bool is_bars(struct json_object *value)
{
	if (!json_object_is_type(value, json_type_object) || !json_object_object_length(value))
		return false;
	json_object_object_foreach(value, name, size) {
		if (name[0] < '0' || name[0] >= '0' + P2P_BARS || name[1] || !is_count(size))
			return false;
	}
	return true;
}

static void eval_bars(struct p2p_check_run *run, struct json_object *value)
{
	char expected[64], found[64];

	json_object_object_foreach(value, name, size) {
		const struct p2p_bar *bar = &run->function->bar[name[0] - '0'];
		uint64_t least = (uint64_t)json_object_get_int64(size);

		snprintf(expected, sizeof(expected), "BAR %s of %" PRIu64 " bytes", name, least);
		snprintf(found, sizeof(found), bar->fact == P2P_DENIED ?
			 "not known: its size was not recorded" : "%" PRIu64 " bytes",
			 bar->size_bytes);
		p2p_check_say(run, P2P_CHECK_BAR, bar->fact == P2P_DENIED ? P2P_UNKNOWN :
			      p2p_tri_of(bar->size_bytes >= least), expected, found);
	}
}

static bool is_node(struct json_object *value)
{
	return json_object_is_type(value, json_type_int) && json_object_get_int64(value) >= -1;
}

static void eval_numa(struct p2p_check_run *run, struct json_object *value)
{
	struct p2p_number numa = run->function->numa;
	char expected[32], found[32];

	snprintf(expected, sizeof(expected), "node %" PRId64, json_object_get_int64(value));
	snprintf(found, sizeof(found), numa.fact == P2P_PRESENT ? "node %" PRId64 :
		 numa.fact == P2P_ABSENT ? "no node" : "not known", numa.value);
	p2p_check_say(run, P2P_CHECK_NUMA, numa.fact == P2P_DENIED ? P2P_UNKNOWN :
		      p2p_tri_of(numa.fact == P2P_PRESENT &&
				 numa.value == json_object_get_int64(value)), expected, found);
}

#define KEY(name, expected, is_valid, eval, classes) \
	{ name, expected, is_valid, NULL, eval, classes }

const struct p2p_term_key p2p_check_device_keys[] = {
	KEY("link", "\"full\", or an object of speed_mtps and width", is_link, eval_link,
	    CLASS(LINK_WIDTH) | CLASS(LINK_SPEED)),
	KEY("link_above", "\"full\", or an object of speed_mtps and width", is_link, eval_link_above,
	    CLASS(LINK_WIDTH) | CLASS(LINK_SPEED)),
	KEY("acs", "bits such as \"ReqRedir-\" or \"SrcValid+\"", is_acs, eval_acs, CLASS(ACS)),
	KEY("acs_above", "bits such as \"ReqRedir-\" or \"SrcValid+\"", is_acs, eval_acs_above,
	    CLASS(ACS)),
	KEY("iommu", "off, passthrough, translated, unmanaged or blocked", is_iommu, eval_iommu,
	    CLASS(IOMMU)),
	KEY("bar_bytes", "an object of bytes by number of the BAR", is_bars, eval_bars, CLASS(BAR)),
	KEY("numa", "the number of a node", is_node, eval_numa, CLASS(NUMA)),
	{ .name = NULL },
};

static bool is_gate_word(const char *text)
{
	return !strcmp(text, "enforce") || !strcmp(text, "observe") || !strcmp(text, "off") ||
	       !strcmp(text, "not loaded");
}

static bool is_gate(struct json_object *value)
{
	return are_texts(value, is_gate_word);
}

static void eval_gate(struct p2p_check_run *run, struct json_object *value)
{
	const char *gate = run->options.gate;

	p2p_check_say(run, P2P_CHECK_GATE, gate ? p2p_tri_of(has_text(value, gate)) : P2P_UNKNOWN,
		      json_words(value),
		      gate ? gate : "not known: only the running machine can tell");
}

const struct p2p_term_key p2p_check_machine_keys[] = {
	KEY("gate", "enforce, observe, off or not loaded", is_gate, eval_gate, CLASS(GATE)),
	{ .name = NULL },
};

static void found_relation(const struct p2p_verdict *verdict, char *buffer, size_t size)
{
	const char *name = p2p_relation_name(verdict->relation);

	snprintf(buffer, size, "%s", name ? name : "not known: NUMA nodes are not recorded");
}

static void found_map_type(const struct p2p_verdict *verdict, char *buffer, size_t size)
{
	int used = snprintf(buffer, size, "%s: ", p2p_map_type_name(verdict->kernel.map_type));

	p2p_eval_reason(verdict->eval, verdict, buffer + used, size - (size_t)used);
}

static void found_delivered(const struct p2p_verdict *verdict, char *buffer, size_t size)
{
	char sentence[P2P_WAY_TEXT];
	struct p2p_ways ways;

	p2p_ways_find(verdict, &ways);
	snprintf(buffer, size, "%s: %s", ways.delivery == P2P_DELIVERY_UNKNOWN ? "not known" :
		 p2p_delivery_name(ways.delivery), p2p_ways_sentence(&ways, sentence));
}

static const char *say_number(struct p2p_number number, char buffer[24])
{
	if (number.fact == P2P_PRESENT && number.value >= 0)
		snprintf(buffer, 24, "%" PRId64, number.value);
	return number.fact == P2P_DENIED ? "not known" :
	       number.fact == P2P_ABSENT || number.value < 0 ? "none" : buffer;
}

/* All that a pair can have in common, since the sentence does not know what was asked for. */
static void found_same(const struct p2p_verdict *verdict, char *buffer, size_t size)
{
	const struct p2p_function *provider = verdict->provider, *client = verdict->client;
	const struct p2p_function *common = verdict->kernel.common;
	char bdf[P2P_BDF_SIZE], numbers[4][24];

	snprintf(buffer, size, "common bridge %s, host bridges %s and %s, nodes %s and %s, IOMMU groups %s and %s",
		 common ? p2p_bdf_format(common->bdf, bdf) : "none", provider->host->name, client->host->name,
		 say_number(provider->numa, numbers[0]), say_number(client->numa, numbers[1]),
		 say_number(provider->iommu_group, numbers[2]), say_number(client->iommu_group, numbers[3]));
}

/* "at least 5.2 GB/s: ", "none: ": what is known of a speed, before its reason. */
static int say_speed(const struct p2p_speed *speed, char *buffer, size_t size)
{
	bool exact = speed->fact == P2P_PRESENT;

	if (speed->limit == P2P_LIMIT_REFUSED || speed->limit == P2P_LIMIT_BLOCKED ||
	    speed->limit == P2P_LIMIT_WRITES_ONLY)
		return snprintf(buffer, size, "none: ");
	if (!p2p_speed_has_figure(speed))
		return snprintf(buffer, size, "not known: ");
	return snprintf(buffer, size, "%s%.1f GB/s: ", exact && speed->at_most ? "at most " : exact ? "" :
			speed->at_most ? "about " : "at least ", speed->gbytes_per_second);
}

static void eval_speed(struct p2p_check_run *run, struct json_object *value, bool read)
{
	struct p2p_score score;
	const struct p2p_speed *speed;
	char expected[64], found[TEXT_SIZE];
	int used;

	p2p_eval_score(run->eval, run->verdict, &score);
	speed = read ? &score.read : &score.write;
	snprintf(expected, sizeof(expected), "at least %g GB/s", json_object_get_double(value));
	used = say_speed(speed, found, sizeof(found));
	p2p_score_reason(run->eval, run->verdict, speed, found + used,
			 sizeof(found) - (size_t)used);
	p2p_check_say(run, read ? P2P_CHECK_READ : P2P_CHECK_WRITE,
		      p2p_speed_at_least(speed, json_object_get_double(value)), expected, found);
}

static void eval_read(struct p2p_check_run *run, struct json_object *value)
{
	eval_speed(run, value, true);
}

static void eval_write(struct p2p_check_run *run, struct json_object *value)
{
	eval_speed(run, value, false);
}

const struct p2p_term_key p2p_check_pair_keys[] = {
	KEY("read_gbytes_at_least", "a number of 10^9 bytes a second", p2p_value_is_bandwidth, eval_read,
	    CLASS(READ)),
	KEY("write_gbytes_at_least", "a number of 10^9 bytes a second", p2p_value_is_bandwidth, eval_write,
	    CLASS(WRITE)),
	{ .name = NULL },
};

enum p2p_tri p2p_check_bandwidth(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
				 const struct p2p_term *term)
{
	struct p2p_score score;

	p2p_eval_score(eval, verdict, &score);
	return p2p_speed_at_least(term->key->classes & CLASS(READ) ? &score.read : &score.write,
				  json_object_get_double(term->value));
}

static const struct p2p_check_condition conditions[] = {
	{ "relation_at_most", P2P_CHECK_RELATION, found_relation },
	{ "same", P2P_CHECK_RELATION, found_same },
	{ "map_type", P2P_CHECK_MAP_TYPE, found_map_type },
	{ "kernel_permits", P2P_CHECK_MAP_TYPE, found_map_type },
	{ "delivered", P2P_CHECK_DELIVERED, found_delivered },
};

const struct p2p_check_condition *p2p_check_condition(const struct p2p_term_key *key)
{
	for (size_t i = 0; i < P2P_LENGTH(conditions); i++)
		if (!strcmp(conditions[i].name, key->name))
			return &conditions[i];
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is printed about an ordered pair in JSON: one table of members, used for the rows of pairs, for pairs
 * in path, near and what-if, and for the parts that other documents contain.
 */
#include <stddef.h>
#include <stdlib.h>

#include "print/pair/pair_row.h"
#include "print/speed.h"

/* Longer sentences are truncated; the lists next to them are complete. */
#define SENTENCE 4096

static const struct p2p_function *function_at(const struct subject *subject)
{
	return *(const struct p2p_function *const *)subject->at;
}

static void write_bdf(const struct subject *subject)
{
	line_bdf(subject->line, function_at(subject));
}

static void write_if_granted(const struct subject *subject)
{
	const struct p2p_way_answer *told = p2p_ways_told(&subject->ways);

	line_text(subject->line, p2p_delivery_name(told ? told->granted : P2P_DELIVERY_UNKNOWN));
}

static inline void put_text(struct json_line *line, const char *key, const char *text)
{
	line_key(line, key);
	line_text(line, text);
}

static void write_condition(struct json_line *line, const struct p2p_ways *ways,
			    const struct p2p_condition_answer *condition)
{
	char text[P2P_WAY_TEXT];

	line_raw(line, "{");
	put_text(line, "name", p2p_condition_name(condition->id));
	line_key(line, "holds");
	line_tri(line, condition->held);
	put_text(line, "why", p2p_condition_reason(ways, condition, text));
	put_text(line, "cure", condition->held == P2P_YES ? NULL :
		 p2p_condition_cure(ways, condition, text));
	line_raw(line, "}");
}

static void write_one_way(struct json_line *line, const struct p2p_ways *ways,
			  const struct p2p_way_answer *answer)
{
	char text[P2P_WAY_TEXT];

	line_raw(line, "{");
	put_text(line, "way", p2p_driver_way_name(answer->way));
	put_text(line, "interface", p2p_driver_way_interface(answer->way));
	put_text(line, "decider", p2p_driver_way_decider(answer->way));
	put_text(line, "addressing", p2p_addressing_name(p2p_driver_way_addressing(answer->way)));
	put_text(line, "granted", p2p_grant_name(answer->grant));
	put_text(line, "if_granted", p2p_delivery_name(answer->granted));
	put_text(line, "delivered", p2p_delivery_name(answer->delivery));
	line_key(line, "iommu_translates");
	line_tri(line, answer->translates);
	line_key(line, "conditions");
	line_raw(line, "[");
	for (unsigned int i = 0; i < answer->condition_count; i++) {
		line_item(line);
		write_condition(line, ways, &answer->conditions[i]);
	}
	line_raw(line, "]");
	put_text(line, "why", p2p_driver_way_reason(ways, answer, text));
	put_text(line, "cure", p2p_driver_way_cure(ways, answer, text));
	put_text(line, "evidence", p2p_evidence_source(answer->evidence));
	line_raw(line, "}");
}

/* In the order in which they are tried. */
static void write_ways(const struct subject *subject)
{
	struct json_line *line = subject->line;
	const struct p2p_ways *ways = &subject->ways;

	line_raw(line, "[");
	for (unsigned int i = 0; i < ways->count; i++) {
		line_item(line);
		write_one_way(line, ways, &ways->way[i]);
	}
	line_raw(line, "]");
}

typedef size_t list_fn(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		       const struct p2p_function **list, size_t size);

/* A bus number has one byte, so there can be no more bridges above two functions. */
#define BRIDGES 512

static void write_list(const struct subject *subject, list_fn *fill)
{
	const struct p2p_function *list[BRIDGES];
	size_t count = fill(subject->pair.eval, &subject->pair.verdict, list, BRIDGES);

	line_raw(subject->line, "[");
	for (size_t i = 0; i < count; i++) {
		line_item(subject->line);
		line_bdf(subject->line, list[i]);
	}
	line_raw(subject->line, "]");
}

static void write_redirects(const struct subject *subject)
{
	write_list(subject, p2p_eval_redirects);
}

static void write_unread(const struct subject *subject)
{
	write_list(subject, p2p_eval_unread);
}

static void write_root(const struct subject *subject)
{
	struct json_line *line = subject->line;
	const struct p2p_root *root = subject->at;

	if (root->fact != P2P_PRESENT) {
		line_text(line, NULL);
		return;
	}
	line_raw(line, "{");
	line_key(line, "device");
	line_bdf(line, root->device);
	put_text(line, "row", root->row);
	line_key(line, "same_host_bridge_only");
	line_flag(line, root->same_bridge_only);
	line_raw(line, "}");
}

static void write_tri(const struct subject *subject)
{
	line_tri(subject->line, *(const enum p2p_tri *)subject->at);
}

static void write_message(const struct subject *subject)
{
	char sentence[SENTENCE];

	p2p_eval_message(subject->pair.eval, &subject->pair.verdict, sentence, sizeof(sentence));
	line_text(subject->line, *sentence ? sentence : NULL);
}

static void write_bits(struct json_line *line, unsigned int bits)
{
	line_raw(line, "[");
	for (size_t i = 0; i < P2P_ACS_BITS; i++) {
		if (!(bits & p2p_acs_bits[i].bit))
			continue;
		line_item(line);
		line_text(line, p2p_acs_bits[i].name);
	}
	line_raw(line, "]");
}

static void write_route(const struct subject *subject)
{
	struct json_line *line = subject->line;
	const struct p2p_route *route = subject->at;

	line_raw(line, "{");
	put_text(line, "route", p2p_route_name(route->kind));
	line_key(line, "port");
	line_bdf(line, route->port);
	line_key(line, "bits");
	write_bits(line, route->bits);
	put_text(line, "why", route->why);
	line_raw(line, "}");
}

static void write_known(const struct subject *subject)
{
	line_flag(subject->line, p2p_speed_is_known(subject->at));
}

static void write_flag(const struct subject *subject)
{
	line_flag(subject->line, *(const bool *)subject->at);
}

static void write_bandwidth(const struct subject *subject)
{
	const struct p2p_speed *speed = subject->at;

	if (p2p_speed_has_figure(speed))
		line_decimal(subject->line, speed->gbytes_per_second);
	else
		line_text(subject->line, NULL);
}

static void write_score(const struct subject *subject)
{
	const struct p2p_speed *speed = subject->at;

	if (p2p_speed_is_known(speed) || speed->score || !speed_is_usable(speed))
		line_number(subject->line, speed->score);
	else
		line_text(subject->line, NULL);
}

static void write_limit_why(const struct subject *subject)
{
	const struct pair *pair = &subject->pair;
	char sentence[SENTENCE], *whole;

	if (p2p_score_reason(pair->eval, &pair->verdict, subject->at, sentence, SENTENCE) < SENTENCE) {
		line_text(subject->line, sentence);
		return;
	}
	whole = speed_reason(pair->eval, &pair->verdict, subject->at);
	line_text(subject->line, whole);
	free(whole);
}

static void write_pool(const struct subject *subject)
{
	struct json_line *line = subject->line;
	const struct p2p_pool *pool = &function_at(subject)->pool;

	if (pool->fact != P2P_PRESENT) {
		line_text(line, pool->fact == P2P_ABSENT ? "absent" : "unknown");
		return;
	}
	line_raw(line, "{");
	line_key(line, "size_bytes");
	line_count(line, pool->size_bytes);
	line_key(line, "available_bytes");
	line_count(line, pool->available_bytes);
	line_key(line, "published");
	line_flag(line, pool->published);
	line_raw(line, "}");
}

/* What the provider's driver gives, or the client's takes. */
static void write_driver(const struct subject *subject)
{
	const bool provider = subject->at == &subject->pair.verdict.provider;
	const char *name = function_at(subject)->driver;
	const struct p2p_driver *row = name ? p2p_driver_find(name) : NULL;
	enum p2p_ability ability = P2P_ABILITY_UNKNOWN;

	if (row)
		ability = provider ? row->gives : row->takes;
	line_raw(subject->line, "{");
	put_text(subject->line, "name", name);
	put_text(subject->line, provider ? "gives" : "takes", p2p_ability_name(ability));
	put_text(subject->line, "how", row ? row->how : NULL);
	line_raw(subject->line, "}");
}

static void write_capability(struct json_line *line, enum p2p_fact fact, bool enabled)
{
	static const char *const words[] = {
		[P2P_DENIED] = "unknown", [P2P_ABSENT] = "absent", [P2P_PRESENT] = "disabled",
	};

	line_text(line, fact == P2P_PRESENT && enabled ? "enabled" : words[fact]);
}

static void write_ats(const struct subject *subject)
{
	const struct p2p_ats *ats = &function_at(subject)->ats;

	write_capability(subject->line, ats->ats, ats->ats_enabled);
}

static void write_pri(const struct subject *subject)
{
	const struct p2p_ats *ats = &function_at(subject)->ats;

	write_capability(subject->line, ats->pri, ats->pri_enabled);
}

static void write_pasid(const struct subject *subject)
{
	const struct p2p_ats *ats = &function_at(subject)->ats;

	write_capability(subject->line, ats->pasid, ats->pasid_enabled);
}

#define AT(member)	offsetof(struct subject, pair.member)
#define VERDICT(key, member, write)	{ key, AT(verdict.member), write, 0, PAIR_NONE }
#define FACT(key, fact, flags)		{ key, 0, NULL, flags, PAIR_##fact }
#define SPEED(way, key, member, write) \
	{ "speed." #way "." key, AT(score.way member), write, SCORED, PAIR_NONE }

#define SPEEDS(way, latency, limit) \
	SPEED(way, "known", , write_known), \
	SPEED(way, "at_most", .at_most, write_flag), \
	SPEED(way, "gbytes_per_second", , write_bandwidth), \
	FACT("speed." #way ".latency_ns", latency, SCORED | RAW), \
	SPEED(way, "score", , write_score), \
	FACT("speed." #way ".limit", limit, SCORED), \
	SPEED(way, "at", .at, write_bdf), \
	SPEED(way, "redirected", .redirected, write_flag), \
	SPEED(way, "idle_link", .idle, write_bdf), \
	SPEED(way, "degraded_link", .degraded, write_bdf), \
	SPEED(way, "reason", , write_limit_why)

const struct pair_member pair_members[] = {
	VERDICT("provider", provider, write_bdf),
	VERDICT("client", client, write_bdf),
	FACT("relation", RELATION, 0),
	FACT("drivers.delivered", DELIVERED, ASKED),
	FACT("drivers.granted", GRANTED, ASKED),
	{ "drivers.if_granted", 0, write_if_granted, ASKED, PAIR_NONE },
	FACT("drivers.way", WAY, ASKED),
	FACT("drivers.why", WAY_WHY, ASKED),
	{ "drivers.ways", 0, write_ways, ASKED | ASIDE, PAIR_NONE },
	FACT("kernel.map_type", MAP_TYPE, 0),
	FACT("kernel.distance", DISTANCE, RAW),
	FACT("kernel.hops", HOPS, RAW),
	VERDICT("kernel.acs_redirect", kernel, write_redirects),
	VERDICT("kernel.acs_unknown", kernel, write_unread),
	VERDICT("kernel.common", kernel.common, write_bdf),
	VERDICT("kernel.provider_root", kernel.provider_root, write_root),
	VERDICT("kernel.client_root", kernel.client_root, write_root),
	VERDICT("kernel.cpu_listed", kernel.cpu_listed, write_tri),
	FACT("kernel.reason", REASON, 0),
	VERDICT("kernel.message", kernel, write_message),
	VERDICT("fabric.request", fabric.request, write_route),
	VERDICT("fabric.translated", fabric.translated, write_route),
	VERDICT("fabric.completion", fabric.completion, write_route),
	VERDICT("fabric.completion_relaxed", fabric.completion_relaxed, write_route),
	SPEEDS(read, READ_LATENCY, READ_LIMIT),
	SPEEDS(write, LATENCY, LIMIT),
	VERDICT("ends.p2pmem", provider, write_pool),
	VERDICT("ends.provider_driver", provider, write_driver),
	VERDICT("ends.client_driver", client, write_driver),
	VERDICT("ends.ats", client, write_ats),
	VERDICT("ends.pri", client, write_pri),
	VERDICT("ends.pasid", client, write_pasid),
	{ 0 }
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said of an ordered pair in JSON: one table of members, from which come the row of pairs,
 * what path, near and what-if say of a pair, and the parts of it that other documents have.
 */
#include <stddef.h>
#include <stdlib.h>

#include "print/pair/pair_row.h"
#include "print/speed.h"

/* Longer sentences than this are cut; the lists beside them are whole. */
#define SENTENCE 4096

static const struct p2p_ways *ways_of(struct subject *subject)
{
	if (!subject->asked)
		p2p_ways_find(&subject->pair.verdict, &subject->ways);
	subject->asked = true;
	return &subject->ways;
}

static void write_bdf(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	line_bdf(line, *(const struct p2p_function *const *)at);
}

static void write_relation(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	line_text(line, p2p_relation_name(*(const enum p2p_relation *)at));
}

static void write_delivered(struct json_line *line, struct subject *subject, const void *at)
{
	(void)at;
	line_text(line, p2p_delivery_name(ways_of(subject)->delivery));
}

static void write_granted(struct json_line *line, struct subject *subject, const void *at)
{
	(void)at;
	line_text(line, p2p_grant_name(p2p_ways_grant(ways_of(subject))));
}

static void write_if_granted(struct json_line *line, struct subject *subject, const void *at)
{
	const struct p2p_way_answer *told = p2p_ways_told(ways_of(subject));

	(void)at;
	line_text(line, p2p_delivery_name(told ? told->granted : P2P_DELIVERY_UNKNOWN));
}

static void write_way(struct json_line *line, struct subject *subject, const void *at)
{
	const struct p2p_way_answer *told = p2p_ways_told(ways_of(subject));

	(void)at;
	line_text(line, told ? p2p_driver_way_name(told->way) : NULL);
}

static void write_why(struct json_line *line, struct subject *subject, const void *at)
{
	char text[P2P_WAY_TEXT];

	(void)at;
	line_text(line, p2p_ways_sentence(ways_of(subject), text));
}

static void write_condition(struct json_line *line, const struct p2p_ways *ways,
			    const struct p2p_condition_answer *condition)
{
	char text[P2P_WAY_TEXT];

	line_open(line, "{");
	line_key(line, "name");
	line_text(line, p2p_condition_name(condition->id));
	line_key(line, "holds");
	line_tri(line, condition->held);
	line_key(line, "why");
	line_text(line, p2p_condition_reason(ways, condition, text));
	line_key(line, "cure");
	line_text(line, condition->held == P2P_YES ? NULL :
		  p2p_condition_cure(ways, condition, text));
	line_close(line, "}");
}

static void put_text(struct json_line *line, const char *key, const char *text)
{
	line_key(line, key);
	line_text(line, text);
}

static void write_one_way(struct json_line *line, const struct p2p_ways *ways,
			  const struct p2p_way_answer *answer)
{
	char text[P2P_WAY_TEXT];

	line_open(line, "{");
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
	line_open(line, "[");
	for (unsigned int i = 0; i < answer->condition_count; i++) {
		line_item(line);
		write_condition(line, ways, &answer->conditions[i]);
	}
	line_close(line, "]");
	put_text(line, "why", p2p_driver_way_reason(ways, answer, text));
	put_text(line, "cure", p2p_driver_way_cure(ways, answer, text));
	put_text(line, "evidence", p2p_evidence_source(answer->evidence));
	line_close(line, "}");
}

/* In the order in which they are tried. */
static void write_ways(struct json_line *line, struct subject *subject, const void *at)
{
	const struct p2p_ways *ways = ways_of(subject);

	(void)at;
	line_open(line, "[");
	for (unsigned int i = 0; i < ways->count; i++) {
		line_item(line);
		write_one_way(line, ways, &ways->way[i]);
	}
	line_close(line, "]");
}

static void write_map_type(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	line_text(line, p2p_map_type_name(((const struct p2p_kernel *)at)->map_type));
}

static void write_distance(struct json_line *line, struct subject *subject, const void *at)
{
	const struct p2p_kernel *kernel = at;

	(void)subject;
	if (kernel->map_type == P2P_MAP_UNKNOWN)
		line_text(line, NULL);
	else
		line_number(line, kernel->distance);
}

static void write_hops(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	line_number(line, ((const struct p2p_kernel *)at)->hops);
}

typedef size_t list_fn(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		       const struct p2p_function **list, size_t size);

static void write_list(struct json_line *line, const struct subject *subject, size_t count,
		       list_fn *fill)
{
	const struct p2p_function *some[32], **list = some;

	if (count > sizeof(some) / sizeof(some[0]))
		list = calloc(count, sizeof(void *));
	if (!list) {
		p2p_lost();
		return;
	}
	fill(subject->pair.eval, &subject->pair.verdict, list, count);
	line_open(line, "[");
	for (size_t i = 0; i < count; i++) {
		line_item(line);
		line_bdf(line, list[i]);
	}
	line_close(line, "]");
	if (list != some)
		free(list);
}

static void write_redirects(struct json_line *line, struct subject *subject, const void *at)
{
	write_list(line, subject, ((const struct p2p_kernel *)at)->redirects, p2p_eval_redirects);
}

static void write_unread(struct json_line *line, struct subject *subject, const void *at)
{
	write_list(line, subject, ((const struct p2p_kernel *)at)->unread, p2p_eval_unread);
}

static void write_root(struct json_line *line, struct subject *subject, const void *at)
{
	const struct p2p_root *root = at;

	(void)subject;
	if (root->fact != P2P_PRESENT) {
		line_text(line, NULL);
		return;
	}
	line_open(line, "{");
	line_key(line, "device");
	line_bdf(line, root->device);
	put_text(line, "row", root->row);
	line_key(line, "same_host_bridge_only");
	line_flag(line, root->same_bridge_only);
	line_close(line, "}");
}

static void write_tri(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	line_tri(line, *(const enum p2p_tri *)at);
}

static void write_reason(struct json_line *line, struct subject *subject, const void *at)
{
	char sentence[SENTENCE];

	(void)at;
	p2p_eval_reason(subject->pair.eval, &subject->pair.verdict, sentence, sizeof(sentence));
	line_text(line, sentence);
}

static void write_message(struct json_line *line, struct subject *subject, const void *at)
{
	char sentence[SENTENCE];

	(void)at;
	p2p_eval_message(subject->pair.eval, &subject->pair.verdict, sentence, sizeof(sentence));
	line_text(line, *sentence ? sentence : NULL);
}

static void write_bits(struct json_line *line, unsigned int bits)
{
	line_open(line, "[");
	for (size_t i = 0; i < P2P_ACS_BITS; i++) {
		if (!(bits & p2p_acs_bits[i].bit))
			continue;
		line_item(line);
		line_text(line, p2p_acs_bits[i].name);
	}
	line_close(line, "]");
}

static void write_route(struct json_line *line, struct subject *subject, const void *at)
{
	const struct p2p_route *route = at;

	(void)subject;
	line_open(line, "{");
	put_text(line, "route", p2p_route_name(route->kind));
	line_key(line, "port");
	line_bdf(line, route->port);
	line_key(line, "bits");
	write_bits(line, route->bits);
	put_text(line, "why", route->why);
	line_close(line, "}");
}

static void write_known(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	line_flag(line, ((const struct p2p_speed *)at)->fact == P2P_PRESENT);
}

static void write_flag(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	line_flag(line, *(const bool *)at);
}

static void write_bandwidth(struct json_line *line, struct subject *subject, const void *at)
{
	const struct p2p_speed *speed = at;

	(void)subject;
	if (speed_has_bandwidth(speed))
		line_decimal(line, speed->gbytes_per_second, "%.3f");
	else
		line_text(line, NULL);
}

static void write_latency(struct json_line *line, struct subject *subject, const void *at)
{
	const struct p2p_speed *speed = at;

	(void)subject;
	if (speed->latency_ns > 0)
		line_decimal(line, speed->latency_ns, "%.0f");
	else
		line_text(line, NULL);
}

static void write_score(struct json_line *line, struct subject *subject, const void *at)
{
	const struct p2p_speed *speed = at;

	(void)subject;
	if (speed->fact == P2P_PRESENT || speed->score || !speed_is_usable(speed))
		line_number(line, speed->score);
	else
		line_text(line, NULL);
}

static void write_limit(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	line_text(line, p2p_limit_name(((const struct p2p_speed *)at)->limit));
}

static void write_limit_why(struct json_line *line, struct subject *subject, const void *at)
{
	const struct pair *pair = &subject->pair;
	char sentence[SENTENCE], *whole;

	if (p2p_score_reason(pair->eval, &pair->verdict, at, sentence, SENTENCE) < SENTENCE) {
		line_text(line, sentence);
		return;
	}
	whole = speed_reason(pair->eval, &pair->verdict, at);
	line_text(line, whole);
	free(whole);
}

static void write_pool(struct json_line *line, struct subject *subject, const void *at)
{
	const struct p2p_pool *pool = &(*(const struct p2p_function *const *)at)->pool;

	(void)subject;
	if (pool->fact != P2P_PRESENT) {
		line_text(line, pool->fact == P2P_ABSENT ? "absent" : "unknown");
		return;
	}
	line_open(line, "{");
	line_key(line, "size_bytes");
	line_count(line, pool->size_bytes);
	line_key(line, "available_bytes");
	line_count(line, pool->available_bytes);
	line_key(line, "published");
	line_flag(line, pool->published);
	line_close(line, "}");
}

static void write_driver(struct json_line *line, const struct p2p_function *function, bool provider)
{
	const struct p2p_driver *row = function->driver ? p2p_driver_find(function->driver) : NULL;
	enum p2p_ability ability = P2P_ABILITY_UNKNOWN;

	if (row)
		ability = provider ? row->gives : row->takes;
	line_open(line, "{");
	put_text(line, "name", function->driver);
	put_text(line, provider ? "gives" : "takes", p2p_ability_name(ability));
	put_text(line, "how", row ? row->how : NULL);
	line_close(line, "}");
}

static void write_giver(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	write_driver(line, *(const struct p2p_function *const *)at, true);
}

static void write_taker(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	write_driver(line, *(const struct p2p_function *const *)at, false);
}

static void write_capability(struct json_line *line, enum p2p_fact fact, bool enabled)
{
	static const char *const words[] = {
		[P2P_DENIED] = "unknown", [P2P_ABSENT] = "absent", [P2P_PRESENT] = "disabled",
	};

	line_text(line, fact == P2P_PRESENT && enabled ? "enabled" : words[fact]);
}

static const struct p2p_ats *ats_at(const void *at)
{
	return &(*(const struct p2p_function *const *)at)->ats;
}

static void write_ats(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	write_capability(line, ats_at(at)->ats, ats_at(at)->ats_enabled);
}

static void write_pri(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	write_capability(line, ats_at(at)->pri, ats_at(at)->pri_enabled);
}

static void write_pasid(struct json_line *line, struct subject *subject, const void *at)
{
	(void)subject;
	write_capability(line, ats_at(at)->pasid, ats_at(at)->pasid_enabled);
}

#define AT(member)	offsetof(struct subject, pair.member)
#define VERDICT(key, member, write)	{ key, AT(verdict.member), write, 0 }
#define WAYS(key, write)		{ key, 0, write, 0 }
#define SPEED(way, key, member, write) \
	{ "speed." #way "." key, AT(score.way member), write, SCORED }

#define SPEEDS(way) \
	SPEED(way, "known", , write_known), \
	SPEED(way, "at_most", .at_most, write_flag), \
	SPEED(way, "gbytes_per_second", , write_bandwidth), \
	SPEED(way, "latency_ns", , write_latency), \
	SPEED(way, "score", , write_score), \
	SPEED(way, "limit", , write_limit), \
	SPEED(way, "at", .at, write_bdf), \
	SPEED(way, "redirected", .redirected, write_flag), \
	SPEED(way, "idle_link", .idle, write_bdf), \
	SPEED(way, "degraded_link", .degraded, write_bdf), \
	SPEED(way, "reason", , write_limit_why)

const struct pair_member pair_members[] = {
	VERDICT("provider", provider, write_bdf),
	VERDICT("client", client, write_bdf),
	VERDICT("relation", relation, write_relation),
	WAYS("drivers.delivered", write_delivered),
	WAYS("drivers.granted", write_granted),
	WAYS("drivers.if_granted", write_if_granted),
	WAYS("drivers.way", write_way),
	WAYS("drivers.why", write_why),
	{ "drivers.ways", 0, write_ways, ASIDE },
	VERDICT("kernel.map_type", kernel, write_map_type),
	VERDICT("kernel.distance", kernel, write_distance),
	VERDICT("kernel.hops", kernel, write_hops),
	VERDICT("kernel.acs_redirect", kernel, write_redirects),
	VERDICT("kernel.acs_unknown", kernel, write_unread),
	VERDICT("kernel.common", kernel.common, write_bdf),
	VERDICT("kernel.provider_root", kernel.provider_root, write_root),
	VERDICT("kernel.client_root", kernel.client_root, write_root),
	VERDICT("kernel.cpu_listed", kernel.cpu_listed, write_tri),
	VERDICT("kernel.reason", kernel, write_reason),
	VERDICT("kernel.message", kernel, write_message),
	VERDICT("fabric.request", fabric.request, write_route),
	VERDICT("fabric.translated", fabric.translated, write_route),
	VERDICT("fabric.completion", fabric.completion, write_route),
	VERDICT("fabric.completion_relaxed", fabric.completion_relaxed, write_route),
	SPEEDS(read),
	SPEEDS(write),
	VERDICT("ends.p2pmem", provider, write_pool),
	VERDICT("ends.provider_driver", provider, write_giver),
	VERDICT("ends.client_driver", client, write_taker),
	VERDICT("ends.ats", client, write_ats),
	VERDICT("ends.pri", client, write_pri),
	VERDICT("ends.pasid", client, write_pasid),
	{ 0 }
};

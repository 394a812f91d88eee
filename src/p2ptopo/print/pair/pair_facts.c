/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <string.h>

#include "print/pair/pair_facts.h"
#include "print/speed.h"

/* Each gets its member of the pair. */
typedef void say_fn(const struct pair *pair, const void *at, char *text, size_t size);

static const struct p2p_function *function_at(const void *at)
{
	return *(const struct p2p_function *const *)at;
}

static void say_address(const struct pair *pair, const void *at, char *text, size_t size)
{
	char bdf[P2P_BDF_SIZE] = "";

	(void)pair;
	if (function_at(at))
		p2p_bdf_format(function_at(at)->bdf, bdf);
	snprintf(text, size, "%s", bdf);
}

static void say_name(const struct pair *pair, const void *at, char *text, size_t size)
{
	(void)pair;
	snprintf(text, size, "%s", function_at(at)->display);
}

static void say_class(const struct pair *pair, const void *at, char *text, size_t size)
{
	(void)pair;
	snprintf(text, size, "%s", p2p_class_name(function_at(at)->kind));
}

static void say_relation(const struct pair *pair, const void *at, char *text, size_t size)
{
	(void)pair;
	snprintf(text, size, "%s", words_relation(*(const enum p2p_relation *)at));
}

static void say_map_type(const struct pair *pair, const void *at, char *text, size_t size)
{
	(void)pair;
	snprintf(text, size, "%s", p2p_map_type_name(((const struct p2p_kernel *)at)->map_type));
}

static enum paint paint_map_type(const void *at)
{
	return paint_of(((const struct p2p_kernel *)at)->map_type);
}

static void say_distance(const struct pair *pair, const void *at, char *text, size_t size)
{
	const struct p2p_kernel *kernel = at;

	(void)pair;
	if (kernel->map_type == P2P_MAP_UNKNOWN)
		snprintf(text, size, "?");
	else
		snprintf(text, size, "%d", kernel->distance);
}

static void say_hops(const struct pair *pair, const void *at, char *text, size_t size)
{
	(void)pair;
	snprintf(text, size, "%u", ((const struct p2p_kernel *)at)->hops);
}

static void say_bandwidth(const struct pair *pair, const void *at, char *text, size_t size)
{
	char word[WORDS_SIZE];

	(void)pair;
	snprintf(text, size, "%s", speed_bandwidth(at, word));
}

static void say_score(const struct pair *pair, const void *at, char *text, size_t size)
{
	char word[WORDS_SIZE];

	(void)pair;
	snprintf(text, size, "%s", speed_score(at, word));
}

static void say_latency(const struct pair *pair, const void *at, char *text, size_t size)
{
	const struct p2p_speed *speed = at;

	(void)pair;
	if (speed->latency_ns > 0)
		snprintf(text, size, "%.0f", speed->latency_ns);
	else
		snprintf(text, size, "?");
}

static enum paint paint_speed(const void *at)
{
	return speed_paint(at);
}

static void say_lower_score(const struct pair *pair, const void *at, char *text, size_t size)
{
	say_score(pair, speed_lower(at), text, size);
}

static enum paint paint_lower(const void *at)
{
	return speed_paint(speed_lower(at));
}

static void say_limit(const struct pair *pair, const void *at, char *text, size_t size)
{
	(void)pair;
	snprintf(text, size, "%s", p2p_limit_name(((const struct p2p_speed *)at)->limit));
}

static void say_limit_why(const struct pair *pair, const void *at, char *text, size_t size)
{
	p2p_score_reason(pair->eval, &pair->verdict, at, text, size);
}

static void say_route(const struct pair *pair, const void *at, char *text, size_t size)
{
	(void)pair;
	snprintf(text, size, "%s", p2p_route_name(((const struct p2p_route *)at)->kind));
}

static enum paint paint_route(const void *at)
{
	return paint_of_route(((const struct p2p_route *)at)->kind);
}

/* At most this many addresses; the count of the others follows them. */
#define LISTED 16

static void say_list(const struct p2p_function *const *list, size_t count, char *text, size_t size)
{
	char bdf[P2P_BDF_SIZE];
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < count && i < LISTED; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? "," : "",
					 p2p_bdf_format(list[i]->bdf, bdf));
	if (count > LISTED)
		snprintf(text + used, size - used, ",+%zu", count - LISTED);
}

static void say_redirects(const struct pair *pair, const void *at, char *text, size_t size)
{
	const struct p2p_function *list[LISTED];
	size_t count = p2p_eval_redirects(pair->eval, at, list, LISTED);

	say_list(list, count, text, size);
}

static void say_unread(const struct pair *pair, const void *at, char *text, size_t size)
{
	const struct p2p_function *list[LISTED];
	size_t count = p2p_eval_unread(pair->eval, at, list, LISTED);

	say_list(list, count, text, size);
}

static void say_reason(const struct pair *pair, const void *at, char *text, size_t size)
{
	p2p_eval_reason(pair->eval, at, text, size);
}

static void say_delivered(const struct pair *pair, const void *at, char *text, size_t size)
{
	struct p2p_ways ways;

	(void)pair;
	p2p_ways_find(at, &ways);
	snprintf(text, size, "%s", p2p_delivery_name(ways.delivery));
}

static enum paint paint_delivered(const void *at)
{
	struct p2p_ways ways;

	p2p_ways_find(at, &ways);
	return paint_of_delivery(ways.delivery);
}

static void say_granted(const struct pair *pair, const void *at, char *text, size_t size)
{
	struct p2p_ways ways;

	(void)pair;
	p2p_ways_find(at, &ways);
	snprintf(text, size, "%s", p2p_grant_name(p2p_ways_grant(&ways)));
}

static void say_way(const struct pair *pair, const void *at, char *text, size_t size)
{
	const struct p2p_way_answer *answer;
	struct p2p_ways ways;

	(void)pair;
	p2p_ways_find(at, &ways);
	answer = p2p_ways_told(&ways);
	snprintf(text, size, "%s", answer ? p2p_driver_way_name(answer->way) : "?");
}

static void say_way_why(const struct pair *pair, const void *at, char *text, size_t size)
{
	char sentence[P2P_WAY_TEXT];
	struct p2p_ways ways;

	(void)pair;
	p2p_ways_find(at, &ways);
	snprintf(text, size, "%s", p2p_ways_sentence(&ways, sentence));
}

static const struct {
	size_t at;
	say_fn *say;
	enum paint (*paint)(const void *at);
	enum { COMPARED = 1 } flags;
} facts[] = {
#define PAIR_FACT(id, name, align, width, member, say, paint, flags, help) \
	[PAIR_##id] = { offsetof(struct pair, member), say, paint, flags },
#include "print/pair/pair_facts.def"
#undef PAIR_FACT
};

enum { LEFT, RIGHT };

const struct column pairs_columns[] = {
#define PAIR_FACT(id, name, align, width, member, say, paint, flags, help) \
	{ name, help, align, width, NULL, NULL, PAIR_##id, 0, 0 },
#include "print/pair/pair_facts.def"
#undef PAIR_FACT
	{ 0 }
};

void pair_eval(const struct p2p_eval *eval, const struct p2p_function *provider,
		const struct p2p_function *client, struct pair *ret_pair)
{
	ret_pair->eval = eval;
	p2p_eval_pair(eval, provider, client, &ret_pair->verdict);
	p2p_eval_score(eval, &ret_pair->verdict, &ret_pair->score);
}

char *pair_say(const struct pair *pair, enum pair_fact fact, char text[PAIR_SAY])
{
	facts[fact].say(pair, (const char *)pair + facts[fact].at, text, PAIR_SAY);
	return text;
}

enum paint pair_paint(const struct pair *pair, enum pair_fact fact)
{
	return facts[fact].paint ? facts[fact].paint((const char *)pair + facts[fact].at) :
				   PAINT_NONE;
}

bool pair_differs(const struct pair *pair, const struct pair *other)
{
	char one[PAIR_SAY], two[PAIR_SAY];

	for (unsigned int i = 1; i < sizeof(facts) / sizeof(facts[0]); i++)
		if (facts[i].flags & COMPARED &&
		    strcmp(pair_say(pair, (enum pair_fact)i, one),
			   pair_say(other, (enum pair_fact)i, two)) != 0)
			return true;
	return false;
}

char *pair_summary(const struct p2p_verdict *verdict, char *text, size_t size)
{
	enum p2p_map_type type = verdict->kernel.map_type;
	char distance[16] = "";

	if (type >= P2P_MAP_THRU_HOST_BRIDGE)
		snprintf(distance, sizeof(distance), "%d", verdict->kernel.distance);
	snprintf(text, size, "%s %c%s", words_relation(verdict->relation), words_mark(type),
		 distance);
	return text;
}

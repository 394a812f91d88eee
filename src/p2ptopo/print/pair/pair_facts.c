/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "print/pair/pair_facts.h"
#include "print/speed.h"

/* A request: @at is the member that the row names; @ways is set for DRIVERS. */
struct asked {
	const struct pair *pair;
	const struct p2p_ways *ways;
	const void *at;
	char *text;
};

/* Return: a constant, or @text, which has room for PAIR_SAY bytes; NULL if not known. */
typedef const char *say_fn(const struct asked *asked);

static const struct p2p_function *function_at(const struct asked *asked)
{
	return *(const struct p2p_function *const *)asked->at;
}

static const char *say_address(const struct asked *asked)
{
	const struct p2p_function *function = function_at(asked);

	return function ? p2p_bdf_format(function->bdf, asked->text) : "";
}

static const char *say_name(const struct asked *asked)
{
	return function_at(asked)->display;
}

static const char *say_class(const struct asked *asked)
{
	return p2p_class_name(function_at(asked)->kind);
}

static const char *say_relation(const struct asked *asked)
{
	return p2p_relation_name(*(const enum p2p_relation *)asked->at);
}

static const char *say_map_type(const struct asked *asked)
{
	return p2p_map_type_name(*(const enum p2p_map_type *)asked->at);
}

static enum paint paint_map_type(const void *at)
{
	return paint_of(*(const enum p2p_map_type *)at);
}

static const char *say_distance(const struct asked *asked)
{
	const struct p2p_kernel *kernel = asked->at;

	if (kernel->map_type == P2P_MAP_UNKNOWN)
		return NULL;
	snprintf(asked->text, PAIR_SAY, "%d", kernel->distance);
	return asked->text;
}

static const char *say_hops(const struct asked *asked)
{
	snprintf(asked->text, PAIR_SAY, "%u", asked->pair->verdict.kernel.hops);
	return asked->text;
}

static const char *say_bandwidth(const struct asked *asked)
{
	return speed_bandwidth(asked->at, asked->text);
}

static const char *say_score(const struct asked *asked)
{
	return speed_score(asked->at, asked->text);
}

/* Rounds like "%.0f", in a third of the time: each row has two. */
static uint64_t nearest(double value)
{
	uint64_t below = (uint64_t)value;
	double rest = value - (double)below;

	return below + (rest > 0.5 || (rest >= 0.5 && below % 2));
}

static const char *say_latency(const struct asked *asked)
{
	const struct p2p_speed *speed = asked->at;

	if (speed->latency_ns <= 0)
		return NULL;
	snprintf(asked->text, PAIR_SAY, "%" PRIu64, nearest(speed->latency_ns));
	return asked->text;
}

static enum paint paint_speed(const void *at)
{
	return speed_paint(at);
}

/* The worse of the two speeds. */
static const struct p2p_speed *lower_of(const struct p2p_score *score)
{
	return score->read.score < score->write.score ? &score->read : &score->write;
}

static const char *say_lower_score(const struct asked *asked)
{
	return speed_score(lower_of(asked->at), asked->text);
}

static enum paint paint_lower(const void *at)
{
	return speed_paint(lower_of(at));
}

static const char *say_limit(const struct asked *asked)
{
	return p2p_limit_name(*(const enum p2p_limit *)asked->at);
}

static const char *say_limit_why(const struct asked *asked)
{
	p2p_score_reason(asked->pair->eval, &asked->pair->verdict, asked->at, asked->text,
			 PAIR_SAY);
	return asked->text;
}

static const char *say_route(const struct asked *asked)
{
	return p2p_route_name(*(const enum p2p_route_kind *)asked->at);
}

static enum paint paint_route(const void *at)
{
	return paint_of_route(*(const enum p2p_route_kind *)at);
}

/* Limit for listed addresses; the others are only counted. */
#define LISTED 16

static const char *say_list(const struct asked *asked, const struct p2p_function *const *list,
			    size_t count)
{
	char bdf[P2P_BDF_SIZE];
	size_t used = 0;

	*asked->text = '\0';
	for (size_t i = 0; i < count && i < LISTED; i++)
		used += (size_t)snprintf(asked->text + used, PAIR_SAY - used, "%s%s", i ? "," : "",
					 p2p_bdf_format(list[i]->bdf, bdf));
	if (count > LISTED)
		snprintf(asked->text + used, PAIR_SAY - used, ",+%zu", count - LISTED);
	return asked->text;
}

static const char *say_redirects(const struct asked *asked)
{
	const struct p2p_function *list[LISTED];
	size_t count = p2p_eval_redirects(asked->pair->eval, asked->at, list, LISTED);

	return say_list(asked, list, count);
}

static const char *say_unread(const struct asked *asked)
{
	const struct p2p_function *list[LISTED];
	size_t count = p2p_eval_unread(asked->pair->eval, asked->at, list, LISTED);

	return say_list(asked, list, count);
}

static const char *say_reason(const struct asked *asked)
{
	p2p_eval_reason(asked->pair->eval, asked->at, asked->text, PAIR_SAY);
	return asked->text;
}

static const char *say_delivered(const struct asked *asked)
{
	return p2p_delivery_name(asked->ways->delivery);
}

static enum paint paint_delivered(const void *at)
{
	return paint_of_delivery(pair_delivery(at));
}

static const char *say_granted(const struct asked *asked)
{
	return p2p_grant_name(p2p_ways_grant(asked->ways));
}

static const char *say_way(const struct asked *asked)
{
	const struct p2p_way_answer *told = p2p_ways_told(asked->ways);

	return told ? p2p_driver_way_name(told->way) : NULL;
}

static const char *say_way_why(const struct asked *asked)
{
	return p2p_ways_sentence(asked->ways, asked->text);
}

static const struct {
	size_t at;
	say_fn *say;
	enum paint (*paint)(const void *at);
	enum { COMPARED = 1, DRIVERS = 2 } flags;
} facts[] = {
#define PAIR_FACT(id, name, align, width, member, say, paint, flags, help) \
	[PAIR_##id] = { offsetof(struct pair, member), say, paint, flags },
#include "print/pair/pair_facts.def"
#undef PAIR_FACT
};

enum { LEFT, RIGHT };

const struct column pairs_columns[] = {
#define PAIR_FACT(id, name, align, width, member, say, paint, flags, help) \
	{ name, help, align, width, .fact = PAIR_##id },
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

enum p2p_delivery pair_delivery(const struct p2p_verdict *verdict)
{
	struct p2p_ways ways;

	p2p_ways_find(verdict, &ways);
	return ways.delivery;
}

const char *pair_fact(const struct pair *pair, const struct p2p_ways *ways, enum pair_fact fact,
		      char text[PAIR_SAY])
{
	const struct asked asked = { pair, ways, (const char *)pair + facts[fact].at, text };

	/* cppcheck-suppress returnDanglingLifetime ; what is said is a constant or @text */
	return facts[fact].say(&asked);
}

const char *pair_say(const struct pair *pair, enum pair_fact fact, char text[PAIR_SAY])
{
	struct p2p_ways found, *ways = NULL;
	const char *said;

	if (facts[fact].flags & DRIVERS) {
		ways = &found;
		p2p_ways_find(&pair->verdict, ways);
	}
	said = pair_fact(pair, ways, fact, text);
	return said ? said : "?";
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

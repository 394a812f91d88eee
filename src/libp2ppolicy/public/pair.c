/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A system evaluated with one rule set, and the answers about an ordered pair by key. */
#include <errno.h>
#include <stdlib.h>

#include <p2ppolicy/json.h>

#include "base/context.h"
#include "base/plain.h"
#include "public/pair.h"

static const struct p2p_kernel *kernel_of(const void *object)
{
	return &((const struct p2p_pair *)object)->verdict.kernel;
}

static void put_text(struct p2p_value *value, const char *text, enum p2p_fact without)
{
	value->fact = text ? P2P_PRESENT : without;
	value->text = text;
}

static void put_number(struct p2p_value *value, bool known, int64_t number)
{
	value->fact = known ? P2P_PRESENT : P2P_DENIED;
	value->number = number;
}

static void get_relation(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	const struct p2p_pair *pair = object;

	(void)key;
	put_text(value, p2p_relation_name(pair->verdict.relation), P2P_DENIED);
}

static void get_map_type(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	enum p2p_map_type type = kernel_of(object)->map_type;

	(void)key;
	put_text(value, type == P2P_MAP_UNKNOWN ? NULL : p2p_map_type_name(type), P2P_DENIED);
}

static void get_distance(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	const struct p2p_kernel *kernel = kernel_of(object);

	(void)key;
	put_number(value, kernel->map_type != P2P_MAP_UNKNOWN, kernel->distance);
}

static void get_hops(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	(void)key;
	put_number(value, true, kernel_of(object)->hops);
}

static void get_redirects(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	const struct p2p_kernel *kernel = kernel_of(object);

	(void)key;
	put_number(value, !kernel->unread, kernel->redirects);
}

/* A text of the pair at @key->value; "" means none. */
static void get_text(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	const char *text = (const char *)object + key->value;

	put_text(value, *text ? text : NULL, P2P_ABSENT);
}

/* One of the routes of the fabric. */
static void get_route(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	const struct p2p_route *route = (const void *)((const char *)object + key->value);

	put_text(value, route->kind == P2P_ROUTE_UNKNOWN ? NULL : p2p_route_name(route->kind),
		 P2P_DENIED);
}

/* One of the two speeds. */
static const struct p2p_speed *speed_at(const void *object, const struct p2p_key *key)
{
	return (const void *)((const char *)object + key->value);
}

static void get_bandwidth(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	const struct p2p_speed *speed = speed_at(object, key);

	put_number(value, p2p_speed_is_known(speed), (int64_t)(speed->gbytes_per_second * 1e9));
}

static void get_score(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	const struct p2p_speed *speed = speed_at(object, key);

	put_number(value, p2p_speed_is_known(speed), speed->score);
}

static void get_delivered(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	enum p2p_delivery delivery = ((const struct p2p_pair *)object)->ways.delivery;

	(void)key;
	put_text(value, delivery == P2P_DELIVERY_UNKNOWN ? NULL : p2p_delivery_name(delivery),
		 P2P_DENIED);
}

static void get_granted(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	enum p2p_grant grant = p2p_ways_grant(&((const struct p2p_pair *)object)->ways);

	(void)key;
	put_text(value, grant == P2P_GRANT_UNKNOWN ? NULL : p2p_grant_name(grant), P2P_DENIED);
}

static void get_way(const void *object, const struct p2p_key *key, struct p2p_value *value)
{
	const struct p2p_way_answer *told = p2p_ways_told(&((const struct p2p_pair *)object)->ways);

	(void)key;
	put_text(value, told ? p2p_driver_way_name(told->way) : NULL, P2P_DENIED);
}

#define AT(member) offsetof(struct p2p_pair, member)

static const struct p2p_key rows[] = {
	{ "relation", P2P_TYPE_TEXT, get_relation, 0 },
	{ "map_type", P2P_TYPE_TEXT, get_map_type, 0 },
	{ "delivered", P2P_TYPE_TEXT, get_delivered, 0 },
	{ "granted", P2P_TYPE_TEXT, get_granted, 0 },
	{ "way", P2P_TYPE_TEXT, get_way, 0 },
	{ "way_reason", P2P_TYPE_TEXT, get_text, AT(way_reason) },
	{ "distance", P2P_TYPE_NUMBER, get_distance, 0 },
	{ "hops", P2P_TYPE_NUMBER, get_hops, 0 },
	{ "redirects", P2P_TYPE_NUMBER, get_redirects, 0 },
	{ "common", P2P_TYPE_TEXT, get_text, AT(common) },
	{ "reason", P2P_TYPE_TEXT, get_text, AT(reason) },
	{ "message", P2P_TYPE_TEXT, get_text, AT(message) },
	{ "request", P2P_TYPE_TEXT, get_route, AT(verdict.fabric.request) },
	{ "translated", P2P_TYPE_TEXT, get_route, AT(verdict.fabric.translated) },
	{ "completion", P2P_TYPE_TEXT, get_route, AT(verdict.fabric.completion) },
	{ "completion_relaxed", P2P_TYPE_TEXT, get_route, AT(verdict.fabric.completion_relaxed) },
	{ "read_bytes_per_second", P2P_TYPE_NUMBER, get_bandwidth, AT(score.read) },
	{ "read_score", P2P_TYPE_NUMBER, get_score, AT(score.read) },
	{ "write_bytes_per_second", P2P_TYPE_NUMBER, get_bandwidth, AT(score.write) },
	{ "write_score", P2P_TYPE_NUMBER, get_score, AT(score.write) },
};

static const struct p2p_keys keys = { rows, P2P_LENGTH(rows) };

const char *p2p_rule_set_name(size_t index)
{
	const struct p2p_rules *rules = p2p_rules_at(index);

	return rules ? p2p_rules_name(rules) : NULL;
}

int p2p_evaluation_new(struct p2p_context *context, const struct p2p_system *system,
		       const char *rules, struct p2p_evaluation **ret_evaluation)
{
	P2P_PLAIN_LOCALE;
	struct p2p_evaluation *evaluation = calloc(1, sizeof(*evaluation));
	int r;

	if (!evaluation)
		return p2p_told(context, -ENOMEM);
	evaluation->system = system;
	r = p2p_eval_new(context, system->topology, rules ? rules : "auto", &evaluation->eval);
	if (r < 0) {
		free(evaluation);
		return p2p_told(context, r);
	}
	*ret_evaluation = evaluation;
	return 0;
}

struct p2p_evaluation *p2p_evaluation_free(struct p2p_evaluation *evaluation)
{
	if (evaluation)
		p2p_eval_free(evaluation->eval);
	free(evaluation);
	return NULL;
}

const char *p2p_evaluation_rules(const struct p2p_evaluation *evaluation)
{
	return p2p_rules_name(p2p_eval_rules(evaluation->eval));
}

const char *p2p_evaluation_note(const struct p2p_evaluation *evaluation)
{
	return p2p_eval_rules_note(evaluation->eval);
}

static bool may_be_end(const struct p2p_evaluation *evaluation, const struct p2p_function *function)
{
	return p2p_system_function(evaluation->system, function->index) == function &&
	       p2p_function_has_header_0(function);
}

int p2p_pair_new(struct p2p_context *context, const struct p2p_evaluation *evaluation,
		 const struct p2p_function *provider, const struct p2p_function *client,
		 struct p2p_pair **ret_pair)
{
	P2P_PLAIN_LOCALE;
	const struct p2p_eval *eval = evaluation->eval;
	struct p2p_pair *pair;

	if (!may_be_end(evaluation, provider) || !may_be_end(evaluation, client))
		return p2p_error(context, -EINVAL,
				 "an end of the pair is a bridge, or of another system");
	pair = calloc(1, sizeof(*pair));
	if (!pair)
		return p2p_told(context, -ENOMEM);
	p2p_eval_pair(eval, provider, client, &pair->verdict);
	p2p_eval_score(eval, &pair->verdict, &pair->score);
	p2p_eval_reason(eval, &pair->verdict, pair->reason, sizeof(pair->reason));
	p2p_eval_message(eval, &pair->verdict, pair->message, sizeof(pair->message));
	p2p_ways_find(&pair->verdict, &pair->ways);
	p2p_ways_sentence(&pair->ways, pair->way_reason);
	if (pair->verdict.kernel.common)
		p2p_function_address(pair->verdict.kernel.common, pair->common);
	*ret_pair = pair;
	return 0;
}

struct p2p_pair *p2p_pair_free(struct p2p_pair *pair)
{
	free(pair);
	return NULL;
}

const char *p2p_pair_key(size_t index)
{
	return p2p_keys_name(keys, index);
}

int p2p_pair_fact(const struct p2p_pair *pair, const char *key, struct p2p_value *value)
{
	P2P_PLAIN_LOCALE;

	return p2p_keys_get(keys, pair, key, value);
}

int p2p_pair_json(struct p2p_context *context, const struct p2p_pair *pair, char **ret_text)
{
	P2P_PLAIN_LOCALE;
	unsigned long lost = p2p_lost_count();
	struct json_object *document = p2p_json_new_object();
	char address[P2P_ADDRESS_SIZE];

	p2p_function_address(pair->verdict.provider, address);
	p2p_json_add(document, "provider", p2p_json_new_text(address));
	p2p_function_address(pair->verdict.client, address);
	p2p_json_add(document, "client", p2p_json_new_text(address));
	p2p_keys_json(keys, pair, document);
	return p2p_json_text(context, document, lost, ret_text);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One ordered pair as JSON: the row of pairs, and what path and near say of a pair. */
#include <stdlib.h>
#include <string.h>

#include "print/document.h"
#include "print/speed.h"

/* Longer sentences than this are cut; the lists beside them are whole. */
#define SENTENCE 4096

typedef size_t list_fn(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		       const struct p2p_function **list, size_t size);

static struct json_object *json_list(const struct app *app, const struct p2p_verdict *verdict,
				     size_t count, list_fn *fill)
{
	const struct p2p_function *some[32], **list = some;
	struct json_object *array;

	if (count > sizeof(some) / sizeof(some[0]))
		list = calloc(count, sizeof(void *));
	if (!list) {
		p2p_lost();
		return NULL;
	}
	fill(app->eval, verdict, list, count);
	array = json_functions(list, count);
	if (list != some)
		free(list);
	return array;
}

static struct json_object *json_root(const struct p2p_root *root)
{
	struct json_object *object;

	if (root->fact != P2P_PRESENT)
		return NULL;
	object = p2p_json_new_object();
	json_put(object, "device", json_bdf(root->device));
	json_put(object, "row", json_text(root->row));
	json_put(object, "same_host_bridge_only", json_flag(root->same_bridge_only));
	return object;
}

static struct json_object *json_kernel(const struct app *app, const struct p2p_verdict *verdict)
{
	const struct p2p_kernel *kernel = &verdict->kernel;
	struct json_object *object = p2p_json_new_object();
	bool known = kernel->map_type != P2P_MAP_UNKNOWN;
	char sentence[SENTENCE];

	json_put(object, "map_type", json_text(p2p_map_type_name(kernel->map_type)));
	json_put(object, "distance", known ? p2p_json_new_number(kernel->distance) : NULL);
	json_put(object, "hops", json_count(kernel->hops));
	json_put(object, "acs_redirect",
		 json_list(app, verdict, kernel->redirects, p2p_eval_redirects));
	json_put(object, "acs_unknown", json_list(app, verdict, kernel->unread, p2p_eval_unread));
	json_put(object, "common", json_bdf(kernel->common));
	json_put(object, "provider_root", json_root(&kernel->provider_root));
	json_put(object, "client_root", json_root(&kernel->client_root));
	json_put(object, "cpu_listed", json_tri(kernel->cpu_listed));
	p2p_eval_reason(app->eval, verdict, sentence, sizeof(sentence));
	json_put(object, "reason", json_text(sentence));
	p2p_eval_message(app->eval, verdict, sentence, sizeof(sentence));
	json_put(object, "message", json_text(*sentence ? sentence : NULL));
	return object;
}

static struct json_object *json_route(const struct p2p_route *route)
{
	struct json_object *object = p2p_json_new_object();

	json_put(object, "route", json_text(p2p_route_name(route->kind)));
	json_put(object, "port", json_bdf(route->port));
	json_put(object, "bits", p2p_acs_json(route->bits));
	json_put(object, "why", json_text(route->why));
	return object;
}

static struct json_object *json_fabric(const struct p2p_fabric *fabric)
{
	struct json_object *object = p2p_json_new_object();

	json_put(object, "request", json_route(&fabric->request));
	json_put(object, "translated", json_route(&fabric->translated));
	json_put(object, "completion", json_route(&fabric->completion));
	json_put(object, "completion_relaxed", json_route(&fabric->completion_relaxed));
	return object;
}

static struct json_object *json_capability(enum p2p_fact fact, bool enabled)
{
	static const char *const words[] = {
		[P2P_DENIED] = "unknown", [P2P_ABSENT] = "absent", [P2P_PRESENT] = "disabled",
	};

	return json_text(fact == P2P_PRESENT && enabled ? "enabled" : words[fact]);
}

static struct json_object *json_driver(const struct p2p_function *function, bool provider)
{
	const struct p2p_driver *row = function->driver ? p2p_driver_find(function->driver) : NULL;
	enum p2p_ability ability = P2P_ABILITY_UNKNOWN;
	struct json_object *object = p2p_json_new_object();

	if (row)
		ability = provider ? row->gives : row->takes;
	json_put(object, "name", json_text(function->driver));
	json_put(object, provider ? "gives" : "takes", json_text(p2p_ability_name(ability)));
	json_put(object, "how", json_text(row ? row->how : NULL));
	return object;
}

static struct json_object *json_pool(const struct p2p_pool *pool)
{
	struct json_object *object;

	if (pool->fact != P2P_PRESENT)
		return json_text(pool->fact == P2P_ABSENT ? "absent" : "unknown");
	object = p2p_json_new_object();
	json_put(object, "size_bytes", json_count(pool->size_bytes));
	json_put(object, "available_bytes", json_count(pool->available_bytes));
	json_put(object, "published", json_flag(pool->published));
	return object;
}

/* What the two ends can do beside BARs that are mapped once and for all. */
static struct json_object *json_ends(const struct p2p_verdict *verdict)
{
	const struct p2p_ats *ats = &verdict->client->ats;
	struct json_object *object = p2p_json_new_object();

	json_put(object, "p2pmem", json_pool(&verdict->provider->pool));
	json_put(object, "provider_driver", json_driver(verdict->provider, true));
	json_put(object, "client_driver", json_driver(verdict->client, false));
	json_put(object, "ats", json_capability(ats->ats, ats->ats_enabled));
	json_put(object, "pri", json_capability(ats->pri, ats->pri_enabled));
	json_put(object, "pasid", json_capability(ats->pasid, ats->pasid_enabled));
	return object;
}

static struct json_object *json_condition(const struct p2p_ways *ways,
					  const struct p2p_condition_answer *condition)
{
	struct json_object *object = p2p_json_new_object();
	char text[P2P_WAY_TEXT];

	json_put(object, "name", json_text(p2p_condition_name(condition->id)));
	json_put(object, "holds", json_tri(condition->held));
	json_put(object, "why", json_text(p2p_condition_reason(ways, condition, text)));
	json_put(object, "cure", condition->held == P2P_YES ? NULL :
		 json_text(p2p_condition_cure(ways, condition, text)));
	return object;
}

static struct json_object *json_way(const struct p2p_ways *ways,
				    const struct p2p_way_answer *answer)
{
	struct json_object *object = p2p_json_new_object();
	struct json_object *conditions = p2p_json_new_array();
	char text[P2P_WAY_TEXT];

	for (unsigned int i = 0; i < answer->condition_count; i++)
		p2p_json_append(conditions, json_condition(ways, &answer->conditions[i]));
	json_put(object, "way", json_text(p2p_driver_way_name(answer->way)));
	json_put(object, "interface", json_text(p2p_driver_way_interface(answer->way)));
	json_put(object, "decider", json_text(p2p_driver_way_decider(answer->way)));
	json_put(object, "addressing",
		 json_text(p2p_addressing_name(p2p_driver_way_addressing(answer->way))));
	json_put(object, "granted", json_text(p2p_grant_name(answer->grant)));
	json_put(object, "if_granted", json_text(p2p_delivery_name(answer->granted)));
	json_put(object, "delivered", json_text(p2p_delivery_name(answer->delivery)));
	json_put(object, "iommu_translates", json_tri(answer->translates));
	json_put(object, "conditions", conditions);
	json_put(object, "why", json_text(p2p_driver_way_reason(ways, answer, text)));
	json_put(object, "cure", json_text(p2p_driver_way_cure(ways, answer, text)));
	json_put(object, "evidence", json_text(p2p_evidence_source(answer->evidence)));
	return object;
}

/* In the order in which they are tried; @all: with those that are not taken. */
static struct json_object *json_drivers(const struct p2p_verdict *verdict, bool all)
{
	struct json_object *object = p2p_json_new_object(), *array = p2p_json_new_array();
	const struct p2p_way_answer *told;
	char text[P2P_WAY_TEXT];
	struct p2p_ways ways;

	p2p_ways_find(verdict, &ways);
	told = p2p_ways_told(&ways);
	for (unsigned int i = 0; i < ways.count; i++)
		if (all)
			p2p_json_append(array, json_way(&ways, &ways.way[i]));
	json_put(object, "delivered", json_text(p2p_delivery_name(ways.delivery)));
	json_put(object, "granted", json_text(p2p_grant_name(p2p_ways_grant(&ways))));
	json_put(object, "if_granted", json_text(p2p_delivery_name(told ? told->granted :
								   P2P_DELIVERY_UNKNOWN)));
	json_put(object, "way", json_text(told ? p2p_driver_way_name(told->way) : NULL));
	json_put(object, "why", json_text(p2p_ways_sentence(&ways, text)));
	if (all)
		json_put(object, "ways", array);
	else
		json_object_put(array);
	return object;
}

struct json_object *json_pair_ways(const struct p2p_verdict *verdict)
{
	return json_drivers(verdict, true);
}

struct json_object *json_pair_drivers(const struct p2p_verdict *verdict)
{
	return json_drivers(verdict, false);
}

struct json_object *json_pair(const struct app *app, const struct p2p_verdict *verdict)
{
	struct json_object *pair = p2p_json_new_object();

	json_put(pair, "provider", json_bdf(verdict->provider));
	json_put(pair, "client", json_bdf(verdict->client));
	json_put(pair, "relation", json_text(p2p_relation_name(verdict->relation)));
	json_put(pair, "drivers", json_drivers(verdict, false));
	json_put(pair, "kernel", json_kernel(app, verdict));
	json_put(pair, "fabric", json_fabric(&verdict->fabric));
	json_put(pair, "speed", speed_json_pair(app, verdict));
	json_put(pair, "ends", json_ends(verdict));
	return pair;
}

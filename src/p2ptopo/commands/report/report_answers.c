/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the drivers in use would do, for the uses that people ask about: which pairs go directly, through the
 * root complex or through system memory, for which that is unknown, and why.
 */
#include <errno.h>
#include <stdlib.h>

#include "commands/report/report.h"

/* At most so many pairs of one use are looked at. If there are more, only every nth one is. */
#define MOST_PAIRS 4096

static const struct {
	enum p2p_class provider, client;
	const char *text;
	bool needs_pool;	/* only memory that was registered with p2pdma can be used */
} uses[USES] = {
	{ P2P_CLASS_GPU, P2P_CLASS_GPU, "GPU to GPU", false },
	{ P2P_CLASS_GPU, P2P_CLASS_NIC, "GPU to NIC", false },
	{ P2P_CLASS_GPU, P2P_CLASS_NVME, "GPU to NVMe", false },
	{ P2P_CLASS_ACCEL, P2P_CLASS_ACCEL, "accelerator to accelerator", false },
	{ P2P_CLASS_ACCEL, P2P_CLASS_NIC, "accelerator to NIC", false },
	{ P2P_CLASS_ACCEL, P2P_CLASS_NVME, "accelerator to NVMe", false },
	{ P2P_CLASS_NVME, P2P_CLASS_NVME, "NVMe to NVMe", true },
	{ P2P_CLASS_NVME, P2P_CLASS_NIC, "NVMe to NIC", true },
};

struct side {
	const struct p2p_function **functions;
	size_t count;
};

const char *answer_text(const struct answer *answer)
{
	return uses[answer->use].text;
}

static void gather(const struct app *app, enum p2p_class kind, bool needs_pool, struct side *side)
{
	side->count = 0;
	for (size_t i = 0; i < app->selected_count; i++) {
		const struct p2p_function *function = app->selected[i];

		if (function->kind == kind && (!needs_pool || function->pool.fact == P2P_PRESENT))
			side->functions[side->count++] = function;
	}
}

/* The condition that decided: the first that fails, else the first that is unknown. */
static unsigned int decisive(const struct p2p_way_answer *told)
{
	for (unsigned int i = 0; told->grant == P2P_GRANT_REFUSED && i < told->condition_count; i++)
		if (told->conditions[i].held == P2P_NO)
			return told->conditions[i].id;
	for (unsigned int i = 0; i < told->condition_count; i++)
		if (told->conditions[i].held == P2P_UNKNOWN)
			return told->conditions[i].id;
	return 0;
}

static struct outcome outcome_of(const struct p2p_ways *ways)
{
	const struct p2p_way_answer *told = p2p_ways_told(ways);
	struct outcome outcome = { .delivery = ways->delivery, .example = *ways->verdict };

	if (!told)
		return outcome;
	outcome.way = told->way;
	outcome.grant = told->grant;
	outcome.granted = told->granted;
	outcome.condition = decisive(told);
	outcome.evidence = told->evidence;
	return outcome;
}

static bool is_alike(const struct outcome *a, const struct outcome *b)
{
	return a->way == b->way && a->delivery == b->delivery && a->grant == b->grant &&
	       a->granted == b->granted && a->condition == b->condition &&
	       a->evidence == b->evidence;
}

/* The delivery to report: for a way that may be granted, what it would deliver. */
static enum p2p_delivery promise(const struct outcome *outcome)
{
	return outcome->way && outcome->grant != P2P_GRANT_REFUSED ? outcome->granted :
								      outcome->delivery;
}

/* An outcome for which there is no room is counted in the last one. */
static size_t add(struct answer *answer, const struct outcome *outcome)
{
	size_t at;

	for (at = 0; at < answer->outcome_count; at++)
		if (is_alike(&answer->outcomes[at], outcome))
			break;
	if (at == OUTCOMES)
		at--;
	if (at == answer->outcome_count)
		answer->outcomes[answer->outcome_count++] = *outcome;
	answer->outcomes[at].pairs++;
	answer->pairs++;
	return at;
}

/* A guessed figure is left out: the page of the pair has it, with what is missing. */
static void add_speed(const struct survey *survey, struct outcome *outcome,
		      const struct p2p_verdict *verdict)
{
	struct p2p_score score;
	double speed;

	if (promise(outcome) != P2P_DELIVERY_ROOT && promise(outcome) != P2P_DELIVERY_DIRECT)
		return;
	p2p_eval_score(survey->eval, verdict, &score);
	speed = score.write.gbytes_per_second;
	if (score.write.fact != P2P_PRESENT || speed <= 0)
		return;
	outcome->at_most |= score.write.at_most;
	if (outcome->fastest <= 0 || speed < outcome->slowest)
		outcome->slowest = speed;
	if (speed > outcome->fastest)
		outcome->fastest = speed;
}

static int most_pairs_first(const void *a, const void *b)
{
	const struct outcome *left = a, *right = b;

	return (left->pairs < right->pairs) - (left->pairs > right->pairs);
}

/* How much a library would prefer a delivery; pairs that no way can deliver come last. */
static int worth(enum p2p_delivery delivery)
{
	static const int order[P2P_DELIVERIES] = {
		[P2P_DELIVERY_LINK] = 6, [P2P_DELIVERY_DIRECT] = 5, [P2P_DELIVERY_ROOT] = 4,
		[P2P_DELIVERY_UNKNOWN] = 3, [P2P_DELIVERY_STAGED] = 2, [P2P_DELIVERY_REFUSED] = 1,
	};

	return order[delivery];
}

static bool is_peer(enum p2p_delivery delivery)
{
	return delivery != P2P_DELIVERY_STAGED && delivery != P2P_DELIVERY_REFUSED;
}

/*
 * A library takes the nearest adapter or drive, and of two equally near the one with the better delivery. One
 * that cannot use peer memory is not considered if another can.
 */
static bool is_nearer(const struct outcome *outcome, const struct outcome *nearest)
{
	enum p2p_relation one = outcome->example.relation, other = nearest->example.relation;
	enum p2p_delivery first = promise(outcome), second = promise(nearest);

	if (is_peer(first) != is_peer(second))
		return is_peer(first);
	if (!one || !other)
		return other == P2P_RELATION_UNKNOWN && one != P2P_RELATION_UNKNOWN;
	if (one != other)
		return one < other;
	return worth(first) > worth(second);
}

static void ask_provider(const struct survey *survey, const struct p2p_function *provider,
			 const struct side *clients, size_t step, struct answer *answer)
{
	struct outcome nearest = { 0 };
	size_t at = OUTCOMES;

	for (size_t i = 0; i < clients->count; i += step) {
		const struct p2p_function *client = clients->functions[i];
		struct p2p_verdict verdict;
		struct outcome outcome;
		struct p2p_ways ways;
		size_t place;

		if (provider == client ||
		    (survey->left_out[provider->index] && survey->left_out[client->index]))
			continue;
		p2p_eval_pair(survey->eval, provider, client, &verdict);
		p2p_ways_find(&verdict, &ways);
		outcome = outcome_of(&ways);
		place = add(answer, &outcome);
		add_speed(survey, &answer->outcomes[place], &verdict);
		if (at < OUTCOMES && !is_nearer(&outcome, &nearest))
			continue;
		nearest = outcome;
		at = place;
	}
	if (at == OUTCOMES || !answer->by_nearest)
		return;
	if (!answer->outcomes[at].nearest++)
		answer->outcomes[at].example = nearest.example;
}

static void ask(const struct survey *survey, const struct side *providers,
		const struct side *clients, struct answer *answer)
{
	size_t step = providers->count * clients->count / MOST_PAIRS + 1;

	answer->complete = step == 1;
	for (size_t i = 0; i < providers->count; i++)
		ask_provider(survey, providers->functions[i], clients, step, answer);
	qsort(answer->outcomes, answer->outcome_count, sizeof(answer->outcomes[0]), most_pairs_first);
}

/* A dump has no drivers, and on a machine that is too large for names they are not read. */
static bool has_drivers(const struct app *app)
{
	for (size_t i = 0; i < app->selected_count; i++)
		if (app->selected[i]->driver_fact != P2P_DENIED)
			return true;
	return false;
}

int survey_answers(const struct app *app, struct survey *survey)
{
	struct side sides[2] = { { calloc(app->selected_count + 1, sizeof(void *)), 0 },
				 { calloc(app->selected_count + 1, sizeof(void *)), 0 } };
	int error = sides[0].functions && sides[1].functions ? 0 : -ENOMEM;

	survey->without_drivers = app->selected_count > 1 && !has_drivers(app);
	for (unsigned int use = 0; !error && !survey->without_drivers && use < USES; use++) {
		struct answer *answer = &survey->answers[survey->answer_count];

		*answer = (struct answer){
			.use = use, .by_nearest = uses[use].provider != uses[use].client };
		gather(app, uses[use].provider, uses[use].needs_pool, &sides[0]);
		gather(app, uses[use].client, false, &sides[1]);
		if (sides[0].count && sides[1].count)
			ask(survey, &sides[0], &sides[1], answer);
		survey->answer_count += answer->pairs > 0;
	}
	free(sides[0].functions);
	free(sides[1].functions);
	return error;
}

/* The worst outcome is the first to explain. A link of the devices' own needs no explanation. */
static int concern(enum p2p_delivery delivery)
{
	static const int order[P2P_DELIVERIES] = {
		[P2P_DELIVERY_BROKEN] = 6, [P2P_DELIVERY_UNKNOWN] = 5, [P2P_DELIVERY_REFUSED] = 4,
		[P2P_DELIVERY_STAGED] = 3, [P2P_DELIVERY_ROOT] = 2, [P2P_DELIVERY_DIRECT] = 1,
	};

	return order[delivery];
}

static int concern_of(const struct outcome *outcome)
{
	return concern(promise(outcome) == P2P_DELIVERY_LINK ? P2P_DELIVERY_LINK : outcome->delivery);
}

const struct outcome *answer_to_explain(const struct answer *answer)
{
	const struct outcome *worst = NULL;

	for (size_t i = 0; i < answer->outcome_count; i++) {
		const struct outcome *outcome = &answer->outcomes[i];

		if (answer->by_nearest && !outcome->nearest)
			continue;
		if (!worst || concern_of(outcome) > concern_of(worst))
			worst = outcome;
	}
	return worst && concern_of(worst) ? worst : NULL;
}

const struct p2p_verdict *survey_example(const struct survey *survey)
{
	for (size_t i = 0; i < survey->answer_count; i++) {
		const struct outcome *outcome = answer_to_explain(&survey->answers[i]);

		if (outcome && !survey_is_inside(outcome->example.provider) &&
		    !survey_is_inside(outcome->example.client))
			return &outcome->example;
	}
	return NULL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks a machine against a file of expectations. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/json.h>

#include "policy/check/check.h"
#include "verdict/text.h"

/* Room for what is expected and found for a pair: sentences that name functions. */
#define TEXT_SIZE 512

/* Is one of these classes among those to check? */
static bool wants_any(const struct p2p_check_run *run, unsigned int classes)
{
	return !run->options.classes || run->options.classes & classes;
}

static void tell(const struct p2p_check_run *run, enum p2p_finding_kind kind,
		 enum p2p_check_class about, const char *expected, const char *found)
{
	const struct p2p_finding finding = {
		.kind = kind, .about = about, .line = run->row->line, .column = run->row->column,
		.function = run->function, .client = run->client,
		.expected = expected, .found = found, .why = run->row->why,
	};

	if (run->options.found)
		run->options.found(run->options.userdata, &finding);
}

void p2p_check_say(struct p2p_check_run *run, enum p2p_check_class about, enum p2p_tri holds,
		   const char *expected, const char *found)
{
	if (!wants_any(run, 1u << about))
		return;
	run->counts.made[about]++;
	if (holds == P2P_YES)
		return;
	run->counts.failed[about]++;
	tell(run, holds == P2P_NO ? P2P_FINDING_FAILS : P2P_FINDING_UNKNOWN, about, expected, found);
}

void p2p_check_excuse(struct p2p_check_run *run, enum p2p_check_class about,
		      const char *expected, const char *found)
{
	if (!wants_any(run, 1u << about))
		return;
	run->counts.made[about]++;
	tell(run, P2P_FINDING_EXCUSED, about, expected, found);
}

/* Match all groups once, since the result is the same for every expectation. */
static void fill_sets(struct p2p_check_run *run)
{
	const struct p2p_group_table *table = &run->check->groups;

	for (size_t group = 0; group < table->count; group++)
		for (size_t i = 0; i < run->count; i++)
			run->sets[group * run->count + i] = (uint8_t)
				p2p_selector_match(&table->groups[group].selector,
						   p2p_topology_function(run->topology, i), true);
}

static void fill_pick(const struct p2p_check_run *run, const struct p2p_pick *pick, uint8_t *set)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct p2p_function *function = p2p_topology_function(run->topology, i);
		enum p2p_tri meant = P2P_NO;

		if (pick->own.count)
			meant = p2p_selector_match(&pick->own, function, true);
		for (size_t g = 0; g < pick->group_count && meant != P2P_YES; g++) {
			uint8_t one = run->sets[pick->groups[g] * run->count + i];

			if (one != P2P_NO)
				meant = (enum p2p_tri)one;
		}
		set[i] = (uint8_t)meant;
	}
}

/* Keep only functions with header type 0, of which pairs are made. */
static void leave_ends(const struct p2p_check_run *run, uint8_t *set)
{
	for (size_t i = 0; i < run->count; i++)
		if (!p2p_function_has_header_0(p2p_topology_function(run->topology, i)))
			set[i] = P2P_NO;
}

static uint64_t count_of(const struct p2p_check_run *run, const uint8_t *set, enum p2p_tri wanted)
{
	uint64_t count = 0;

	for (size_t i = 0; i < run->count; i++)
		count += set[i] == (uint8_t)wanted;
	return count;
}

/* A selector that matches nothing, or possibly more, must not look like success. */
static void eval_count(struct p2p_check_run *run, const uint8_t *set, const char *whom,
			uint64_t least, uint64_t most)
{
	uint64_t yes = count_of(run, set, P2P_YES), perhaps = count_of(run, set, P2P_UNKNOWN);
	enum p2p_tri holds = yes >= least && yes <= most ? P2P_YES : P2P_NO;
	char expected[96], found[96];

	if (perhaps && yes <= most)
		holds = P2P_UNKNOWN;
	if (least == most)
		snprintf(expected, sizeof(expected), "%" PRIu64 " %s%s", least, whom,
			 least == 1 ? "" : "s");
	else if (most == UINT64_MAX)
		snprintf(expected, sizeof(expected), "at least %" PRIu64 " %s%s", least, whom,
			 least == 1 ? "" : "s");
	else
		snprintf(expected, sizeof(expected), "%" PRIu64 " to %" PRIu64 " %ss", least, most,
			 whom);
	snprintf(found, sizeof(found), perhaps ? "%" PRIu64 ", and of %" PRIu64 " more it is not "
		 "known whether they are meant" : "%" PRIu64, yes, perhaps);
	p2p_check_say(run, P2P_CHECK_MISSING, holds, expected, found);
}

static void run_device(struct p2p_check_run *run, const struct p2p_check_row *row)
{
	run->row = row;
	fill_pick(run, &row->first, run->first);
	eval_count(run, run->first, "device", row->least, row->most);
	for (size_t t = 0; t < row->terms.count; t++) {
		const struct p2p_term_key *key = row->terms.terms[t].key;

		run->stamp++;
		for (size_t i = 0; i < run->count && wants_any(run, key->classes); i++) {
			if (run->first[i] != P2P_YES)
				continue;
			run->function = p2p_topology_function(run->topology, i);
			key->eval(run, row->terms.terms[t].value);
		}
	}
	run->function = NULL;
}

static void eval_term(struct p2p_check_run *run, const struct p2p_term *term,
		       const struct p2p_verdict *verdict)
{
	char expected[TEXT_SIZE] = "", found[TEXT_SIZE] = "";
	const struct p2p_check_condition *condition = p2p_check_condition(term->key);
	const struct p2p_conjunction one = { (struct p2p_term *)term, 1 };
	enum p2p_tri holds;

	if (!condition || !wants_any(run, 1u << condition->about))
		return;
	holds = p2p_condition_match(&one, verdict, NULL);
	if (holds != P2P_YES) {
		snprintf(expected, sizeof(expected), "%s %s", term->key->name,
			 p2p_json_string(term->value, JSON_C_TO_STRING_PLAIN));
		condition->found(verdict, found, sizeof(found));
	}
	p2p_check_say(run, condition->about, holds, expected, found);
}

static void eval_pair(struct p2p_check_run *run, const struct p2p_function *provider,
		       const struct p2p_function *client)
{
	const struct p2p_conjunction *condition = &run->row->condition;
	struct p2p_verdict verdict;

	p2p_eval_pair(run->eval, provider, client, &verdict);
	run->function = provider;
	run->client = client;
	run->verdict = &verdict;
	for (size_t i = 0; i < condition->count; i++)
		eval_term(run, &condition->terms[i], &verdict);
	for (size_t t = 0; t < run->row->terms.count; t++)
		if (wants_any(run, run->row->terms.terms[t].key->classes))
			run->row->terms.terms[t].key->eval(run, run->row->terms.terms[t].value);
	run->client = NULL;
	run->verdict = NULL;
}

/* Several conditions at once are reported under the first of their classes. */
static bool class_of(const struct p2p_check_run *run, enum p2p_check_class *ret_about)
{
	const struct p2p_check_row *row = run->row;
	enum p2p_check_class least = P2P_CHECK_CLASSES;

	for (size_t i = 0; i < row->condition.count; i++) {
		const struct p2p_check_condition *condition =
			p2p_check_condition(row->condition.terms[i].key);

		if (condition && condition->about < least)
			least = condition->about;
	}
	for (size_t t = 0; t < row->terms.count && least == P2P_CHECK_CLASSES; t++)
		least = (enum p2p_check_class)__builtin_ctz(row->terms.terms[t].key->classes);
	*ret_about = least;
	return least < P2P_CHECK_CLASSES && wants_any(run, 1u << least);
}

/* Do all conditions and terms of the row hold for this pair? */
static enum p2p_tri all_of(const struct p2p_check_run *run, const struct p2p_verdict *verdict)
{
	const struct p2p_check_row *row = run->row;
	enum p2p_tri holds = p2p_condition_match(&row->condition, verdict, NULL);

	for (size_t t = 0; t < row->terms.count && holds != P2P_NO; t++) {
		enum p2p_tri one = p2p_check_bandwidth(run->eval, verdict, &row->terms.terms[t]);

		if (one != P2P_YES)
			holds = one;
	}
	return holds;
}

/* "at least 2 clients with relation_at_most, map_type" */
static void expect_clients(const struct p2p_check_row *row, char *text, size_t size)
{
	struct p2p_text out = { text, size, 0 };

	p2p_text_add(&out, "at least %" PRIu64 " client%s with ", row->clients_least, row->clients_least == 1 ? "" : "s");
	for (size_t i = 0; i < row->condition.count; i++)
		p2p_text_add(&out, "%s%s", i ? ", " : "", row->condition.terms[i].key->name);
	for (size_t t = 0; t < row->terms.count; t++)
		p2p_text_add(&out, "%s%s", t || row->condition.count ? ", " : "", row->terms.terms[t].key->name);
}

/* Does the provider have enough clients for which all of the row holds? */
static void eval_clients(struct p2p_check_run *run, const struct p2p_function *provider,
			  const uint8_t *clients)
{
	const struct p2p_check_row *row = run->row;
	enum p2p_check_class about;
	uint64_t good = 0, perhaps = 0, all = 0;
	char expected[256], found[64];

	if (!class_of(run, &about))
		return;
	for (size_t i = 0; i < run->count; i++) {
		const struct p2p_function *client = p2p_topology_function(run->topology, i);
		struct p2p_verdict verdict;
		enum p2p_tri holds;

		if (clients[i] != P2P_YES || client == provider)
			continue;
		p2p_eval_pair(run->eval, provider, client, &verdict);
		holds = all_of(run, &verdict);
		good += holds == P2P_YES;
		perhaps += holds == P2P_UNKNOWN;
		all++;
	}
	run->function = provider;
	expect_clients(row, expected, sizeof(expected));
	snprintf(found, sizeof(found), perhaps ? "%" PRIu64 " of %" PRIu64 ", and of %" PRIu64
		 " it is not known" : "%" PRIu64 " of %" PRIu64, good, all, perhaps);
	p2p_check_say(run, about, good >= row->clients_least ? P2P_YES :
		      good + perhaps >= row->clients_least ? P2P_UNKNOWN : P2P_NO, expected, found);
}

/* Who is on both sides of a row was a provider, and a client, already when its sides change places. */
static bool was_checked(const struct p2p_check_run *run, const uint8_t *providers, size_t provider, size_t client)
{
	return providers == run->second && run->first[provider] == P2P_YES && run->second[client] == P2P_YES;
}

static void eval_pairs(struct p2p_check_run *run, const uint8_t *providers,
			const uint8_t *clients)
{
	for (size_t p = 0; p < run->count; p++) {
		const struct p2p_function *provider = p2p_topology_function(run->topology, p);

		if (providers[p] != P2P_YES)
			continue;
		if (run->row->clients_least)
			eval_clients(run, provider, clients);
		for (size_t c = 0; c < run->count && !run->row->clients_least; c++)
			if (clients[c] == P2P_YES && c != p && !was_checked(run, providers, p, c))
				eval_pair(run, provider, p2p_topology_function(run->topology, c));
	}
	run->function = NULL;
}

static void run_pair(struct p2p_check_run *run, const struct p2p_check_row *row)
{
	run->row = row;
	fill_pick(run, &row->first, run->first);
	fill_pick(run, &row->second, run->second);
	leave_ends(run, run->first);
	leave_ends(run, run->second);
	eval_count(run, run->first, "provider", 1, UINT64_MAX);
	eval_count(run, run->second, "client", 1, UINT64_MAX);
	eval_pairs(run, run->first, run->second);
	if (row->both && memcmp(run->first, run->second, run->count) != 0)
		eval_pairs(run, run->second, run->first);
}

static void run_all(struct p2p_check_run *run)
{
	const struct p2p_check *check = run->check;

	fill_sets(run);
	run->row = &check->machine;
	for (size_t t = 0; t < check->machine.terms.count; t++)
		check->machine.terms.terms[t].key->eval(run, check->machine.terms.terms[t].value);
	for (size_t i = 0; i < check->devices.count; i++)
		run_device(run, &check->devices.rows[i]);
	for (size_t i = 0; i < check->pairs.count; i++)
		run_pair(run, &check->pairs.rows[i]);
}

int p2p_check_run(struct p2p_context *context, const struct p2p_check *check,
		  const struct p2p_eval *eval, const struct p2p_check_options *options,
		  struct p2p_check_counts *ret_counts)
{
	const struct p2p_topology *topology = p2p_eval_topology(eval);
	size_t count = p2p_topology_count(topology);
	struct p2p_check_run run = {
		.check = check, .eval = eval, .topology = topology, .count = count,
	};
	uint8_t *sets = calloc(check->groups.count + 1, count + 1);
	uint8_t *sides = calloc(2, count + 1);
	unsigned int *stamps = calloc(count + 1, sizeof(*stamps));
	int r = sets && sides && stamps ? 0 : -ENOMEM;

	if (options)
		run.options = *options;
	if (!r) {
		run.sets = sets;
		run.first = sides;
		run.second = sides + count;
		run.stamps = stamps;
		run_all(&run);
		*ret_counts = run.counts;
	}
	free(sets);
	free(sides);
	free(stamps);
	return r ? p2p_exhausted(context, r) : 0;
}

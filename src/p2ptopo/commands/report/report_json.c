/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print/document.h"
#include "print/lints.h"
#include "commands/report/report.h"
#include "print/words.h"

/* With more groups the matrix would grow with the pairs, not with the functions; `pairs` has them all. */
#define MOST_GROUPS 64

static struct json_object *device_counts(const struct app *app, const struct survey *survey)
{
	struct json_object *classes = p2p_json_new_object();

	for (int kind = 0; kind < P2P_CLASSES; kind++)
		if (survey->selected[kind])
			json_put(classes, p2p_class_name((enum p2p_class)kind),
				 json_count(survey->selected[kind]));
	return json_members(
		{ "functions", json_count(p2p_topology_count(app->topology)) },
		{ "selected", json_count(app->selected_count) },
		{ "classes", classes });
}

static struct json_object *group_array(const struct survey *survey)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < p2p_groups_count(survey->groups); i++) {
		const struct p2p_group *group = p2p_groups_at(survey->groups, i);
		struct json_object *members = p2p_json_new_array();

		for (size_t j = 0; j < group->count; j++) {
			p2p_json_append(members, json_members(
				{ "bdf", json_bdf(group->members[j]) },
				{ "name", json_text(group->members[j]->display) },
				{ "class", json_text(p2p_class_name(group->members[j]->kind)) }));
		}
		p2p_json_append(array, members);
	}
	return array;
}

static struct json_object *cell(const struct survey *survey, size_t i, size_t j)
{
	struct p2p_verdict verdict;

	if (!survey_pairs(survey, i, j) ||
	    !survey_group_pair(survey, p2p_groups_at(survey->groups, i),
			       p2p_groups_at(survey->groups, j), &verdict))
		return NULL;
	return json_members(
		{ "relation", json_text(p2p_relation_name(verdict.relation)) },
		{ "map_type", json_text(p2p_map_type_name(verdict.kernel.map_type)) },
		{ "hops", json_count(verdict.kernel.hops) });
}

static struct json_object *matrix(const struct survey *survey)
{
	size_t count = p2p_groups_count(survey->groups);
	struct json_object *rows;

	if (count > MOST_GROUPS)
		return NULL;
	rows = p2p_json_new_array();
	for (size_t i = 0; i < count; i++) {
		struct json_object *row = p2p_json_new_array();

		for (size_t j = 0; j < count; j++)
			p2p_json_append(row, cell(survey, i, j));
		p2p_json_append(rows, row);
	}
	return rows;
}

static void add_counts(struct json_object *array, const struct class_pair *pair)
{
	for (int r = 0; r < P2P_RELATIONS; r++) {
		for (int m = 0; m < P2P_MAP_TYPES; m++) {
			struct json_object *classes;

			if (!pair->summary.pairs[r][m])
				continue;
			classes = p2p_json_new_array();
			p2p_json_append(classes, json_text(p2p_class_name(pair->first)));
			p2p_json_append(classes, json_text(p2p_class_name(pair->second)));
			p2p_json_append(array, json_members(
				{ "classes", classes },
				{ "relation", json_text(p2p_relation_name((enum p2p_relation)r)) },
				{ "map_type", json_text(p2p_map_type_name((enum p2p_map_type)m)) },
				{ "pairs", json_count(pair->summary.pairs[r][m]) }));
		}
	}
}

static struct json_object *summary(const struct survey *survey)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < survey->class_pair_count; i++)
		add_counts(array, &survey->class_pairs[i]);
	return array;
}

static struct json_object *findings(const struct survey *survey)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < survey->finding_count; i++) {
		const struct finding *finding = &survey->findings[i];
		char reason[1024];

		p2p_eval_reason(survey->eval, &finding->example, reason, sizeof(reason));
		p2p_json_append(array, json_members(
			{ "map_type", json_text(p2p_map_type_name(finding->kind->map_type)) },
			{ "text", json_text(finding->kind->text) },
			{ "pairs", json_count(finding->pairs) },
			{ "pairs_complete", json_flag(survey->complete) },
			{ "functions",
			  json_functions(finding->functions, finding->function_count) },
			{ "functions_complete", json_flag(!finding->more) },
			{ "provider", json_bdf(finding->example.provider) },
			{ "client", json_bdf(finding->example.client) },
			{ "reason", json_text(reason) },
			{ "allowed_by", finding->allowed_by ?
			  json_text(p2p_rules_name(finding->allowed_by)) : NULL }));
	}
	return array;
}

static struct json_object *outcomes(const struct answer *answer)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < answer->outcome_count; i++) {
		const struct outcome *outcome = &answer->outcomes[i];
		char text[P2P_WAY_TEXT];
		struct p2p_ways ways;

		p2p_ways_find(&outcome->example, &ways);
		p2p_json_append(array, json_members(
			{ "pairs", json_count(outcome->pairs) },
			{ "delivered", json_text(p2p_delivery_name(outcome->delivery)) },
			{ "granted", json_text(p2p_grant_name(outcome->grant)) },
			{ "if_granted", json_text(p2p_delivery_name(outcome->granted)) },
			{ "way", json_text(outcome->way ?
			  p2p_driver_way_name(outcome->way) : NULL) },
			{ "provider", json_bdf(outcome->example.provider) },
			{ "client", json_bdf(outcome->example.client) },
			{ "why", json_text(p2p_ways_sentence(&ways, text)) },
			{ "cure", json_text(p2p_ways_told(&ways) ?
			  p2p_driver_way_cure(&ways, p2p_ways_told(&ways), text) : NULL) }));
	}
	return array;
}

static struct json_object *answers(const struct survey *survey)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < survey->answer_count; i++) {
		const struct answer *answer = &survey->answers[i];

		p2p_json_append(array, json_members(
			{ "use", json_text(answer_text(answer)) },
			{ "pairs", json_count(answer->pairs) },
			{ "pairs_complete", json_flag(answer->complete) },
			{ "outcomes", outcomes(answer) }));
	}
	return array;
}

static struct json_object *redirecting(const struct survey *survey)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < survey->redirecting_count; i++) {
		const struct p2p_function *function = survey->redirecting[i];
		bool port = function->pcie.fact == P2P_PRESENT;

		p2p_json_append(array, json_members(
			{ "bdf", json_bdf(function) },
			{ "port_type", port ?
			  json_text(p2p_port_type_name(function->pcie.type)) : NULL },
			{ "control", json_hex(function->acs.kernel_control, 4) },
			{ "redirects", p2p_acs_json(function->acs.kernel_control & ACS_REDIRECTS) }));
	}
	return array;
}

enum status report_print_json(struct app *app, const struct survey *survey)
{
	return document_print(app, document_members(app, "report",
		{ "machine", p2p_machine_facts(p2p_topology_machine(app->topology)) },
		{ "devices", device_counts(app, survey) },
		{ "hierarchy", json_flag(survey->hierarchy) },
		{ "hypothetical", json_flag(survey->hypothetical) },
		{ "answers", answers(survey) },
		{ "groups", group_array(survey) },
		{ "matrix", matrix(survey) },
		{ "summary", summary(survey) },
		{ "findings", findings(survey) },
		{ "redirecting", redirecting(survey) },
		{ "faults", report_faults_json(app, survey) },
		{ "faults_left_out", json_count(survey->faults ? survey->faults->left_out : 0) },
		{ "shallow_functions", json_count(survey->shallow) },
		{ "advice", json_text(survey_advice(app, survey)) },
		{ "notes", json_notes(app->topology) },
		{ "lint", lints_json(survey->cmdline) }));
}

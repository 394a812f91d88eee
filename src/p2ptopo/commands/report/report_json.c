/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print/document.h"
#include "print/lints.h"
#include "commands/report/report.h"

/* With more groups the matrix would grow with pairs, not with functions: `pairs` has them all. */
#define MOST_GROUPS 64

static struct json_object *device_counts(const struct app *app, const struct survey *survey)
{
	struct json_object *object = p2p_json_new_object(), *classes = p2p_json_new_object();

	for (int kind = 0; kind < P2P_CLASSES; kind++)
		if (survey->selected[kind])
			json_put(classes, p2p_class_name((enum p2p_class)kind),
				 json_count(survey->selected[kind]));
	json_put(object, "functions", json_count(p2p_topology_count(app->topology)));
	json_put(object, "selected", json_count(app->selected_count));
	json_put(object, "classes", classes);
	return object;
}

static struct json_object *group_array(const struct survey *survey)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < p2p_groups_count(survey->groups); i++) {
		const struct p2p_group *group = p2p_groups_at(survey->groups, i);
		struct json_object *members = p2p_json_new_array();

		for (size_t j = 0; j < group->count; j++) {
			struct json_object *member = p2p_json_new_object();

			json_put(member, "bdf", json_bdf(group->members[j]));
			json_put(member, "name", json_text(group->members[j]->display));
			json_put(member, "class",
				 json_text(p2p_class_name(group->members[j]->kind)));
			p2p_json_append(members, member);
		}
		p2p_json_append(array, members);
	}
	return array;
}

static struct json_object *cell(const struct survey *survey, size_t i, size_t j)
{
	struct json_object *object;
	struct p2p_verdict verdict;

	if (!survey_pairs(survey, i, j) ||
	    !survey_group_pair(survey, p2p_groups_at(survey->groups, i),
			       p2p_groups_at(survey->groups, j), &verdict))
		return NULL;
	object = p2p_json_new_object();
	json_put(object, "relation", json_text(p2p_relation_name(verdict.relation)));
	json_put(object, "map_type", json_text(p2p_map_type_name(verdict.kernel.map_type)));
	json_put(object, "hops", json_count(verdict.kernel.hops));
	return object;
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
			struct json_object *object, *classes;

			if (!pair->summary.pairs[r][m])
				continue;
			object = p2p_json_new_object();
			classes = p2p_json_new_array();
			p2p_json_append(classes, json_text(p2p_class_name(pair->first)));
			p2p_json_append(classes, json_text(p2p_class_name(pair->second)));
			json_put(object, "classes", classes);
			json_put(object, "relation",
				 json_text(p2p_relation_name((enum p2p_relation)r)));
			json_put(object, "map_type",
				 json_text(p2p_map_type_name((enum p2p_map_type)m)));
			json_put(object, "pairs", json_count(pair->summary.pairs[r][m]));
			p2p_json_append(array, object);
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
		struct json_object *object = p2p_json_new_object();
		char reason[1024];

		p2p_eval_reason(survey->eval, &finding->example, reason, sizeof(reason));
		json_put(object, "map_type",
			 json_text(p2p_map_type_name(finding->kind->map_type)));
		json_put(object, "text", json_text(finding->kind->text));
		json_put(object, "pairs", json_count(finding->pairs));
		json_put(object, "pairs_complete", json_flag(survey->complete));
		json_put(object, "functions",
			 json_functions(finding->functions, finding->function_count));
		json_put(object, "functions_complete", json_flag(!finding->more));
		json_put(object, "provider", json_bdf(finding->example.provider));
		json_put(object, "client", json_bdf(finding->example.client));
		json_put(object, "reason", json_text(reason));
		json_put(object, "allowed_by", finding->allowed_by ?
			 json_text(p2p_rules_name(finding->allowed_by)) : NULL);
		p2p_json_append(array, object);
	}
	return array;
}

static struct json_object *outcomes(const struct answer *answer)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < answer->outcome_count; i++) {
		const struct outcome *outcome = &answer->outcomes[i];
		struct json_object *object = p2p_json_new_object();
		char text[P2P_WAY_TEXT];
		struct p2p_ways ways;

		p2p_ways_find(&outcome->example, &ways);
		json_put(object, "pairs", json_count(outcome->pairs));
		json_put(object, "delivered", json_text(p2p_delivery_name(outcome->delivery)));
		json_put(object, "granted", json_text(p2p_grant_name(outcome->grant)));
		json_put(object, "if_granted", json_text(p2p_delivery_name(outcome->granted)));
		json_put(object, "way", json_text(outcome->way ?
						  p2p_driver_way_name(outcome->way) : NULL));
		json_put(object, "provider", json_bdf(outcome->example.provider));
		json_put(object, "client", json_bdf(outcome->example.client));
		json_put(object, "why", json_text(p2p_ways_sentence(&ways, text)));
		json_put(object, "cure", json_text(p2p_ways_told(&ways) ?
			 p2p_driver_way_cure(&ways, p2p_ways_told(&ways), text) : NULL));
		p2p_json_append(array, object);
	}
	return array;
}

static struct json_object *answers(const struct survey *survey)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < survey->answer_count; i++) {
		const struct answer *answer = &survey->answers[i];
		struct json_object *object = p2p_json_new_object();

		json_put(object, "use", json_text(answer_text(answer)));
		json_put(object, "pairs", json_count(answer->pairs));
		json_put(object, "pairs_complete", json_flag(answer->complete));
		json_put(object, "outcomes", outcomes(answer));
		p2p_json_append(array, object);
	}
	return array;
}

static struct json_object *redirecting(const struct survey *survey)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < survey->redirecting_count; i++) {
		const struct p2p_function *function = survey->redirecting[i];
		struct json_object *object = p2p_json_new_object();
		bool port = function->pcie.fact == P2P_PRESENT;

		json_put(object, "bdf", json_bdf(function));
		json_put(object, "port_type",
			 port ? json_text(p2p_port_type_name(function->pcie.type)) : NULL);
		json_put(object, "control", json_hex(function->acs.kernel_control, 4));
		json_put(object, "redirects",
			 p2p_acs_json(function->acs.kernel_control & (P2P_ACS_RR | P2P_ACS_CR |
								    P2P_ACS_EC)));
		p2p_json_append(array, object);
	}
	return array;
}

enum status report_print_json(struct app *app, const struct survey *survey)
{
	struct json_object *document = document_new(app, "report");

	json_put(document, "machine", p2p_machine_facts(p2p_topology_machine(app->topology)));
	json_put(document, "devices", device_counts(app, survey));
	json_put(document, "hierarchy", json_flag(survey->hierarchy));
	json_put(document, "hypothetical", json_flag(survey->hypothetical));
	json_put(document, "answers", answers(survey));
	json_put(document, "groups", group_array(survey));
	json_put(document, "matrix", matrix(survey));
	json_put(document, "summary", summary(survey));
	json_put(document, "findings", findings(survey));
	json_put(document, "redirecting", redirecting(survey));
	json_put(document, "faults", report_faults_json(app, survey));
	json_put(document, "faults_left_out",
		 json_count(survey->faults ? survey->faults->left_out : 0));
	json_put(document, "shallow_functions", json_count(survey->shallow));
	json_put(document, "advice", json_text(survey_advice(app, survey)));
	json_put(document, "notes", json_notes(app->topology));
	json_put(document, "lint", lints_json(survey->cmdline));
	return document_print(app, document);
}

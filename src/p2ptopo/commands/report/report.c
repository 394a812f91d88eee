/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/report/report.h"

/* If the kernel lacks P2PDMA, what its rules would say is more useful than "no" for every pair. */
static int choose_eval(struct app *app, struct survey *survey)
{
	const struct p2p_machine *machine = p2p_topology_machine(app->topology);

	survey->eval = app->eval;
	if (strcmp(app->options.kernel, "auto") != 0 || machine->p2pdma != P2P_NO)
		return 0;
	survey->hypothetical = true;
	if (p2p_eval_new(app->context, app->topology,
			  p2p_rules_name(p2p_eval_rules(app->eval)), &survey->own_eval))
		return -ENOMEM;
	survey->eval = survey->own_eval;
	return 0;
}

static void count_functions(const struct app *app, struct survey *survey)
{
	for (size_t i = 0; i < p2p_topology_count(app->topology); i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);

		if (function->parent || p2p_function_is_bridge(function) ||
		    function->pcie.fact == P2P_PRESENT)
			survey->hierarchy = true;
		if (function->config_bytes < 256 && function->pcie.fact == P2P_DENIED)
			survey->shallow++;
	}
	for (size_t i = 0; i < app->selected_count; i++)
		survey->selected[app->selected[i]->kind]++;
}

/* The functions of one or two classes, or only those of them that no filter selects. Return: how many. */
static size_t pick_classes(const struct app *app, const struct class_pair *pair, bool unpicked,
			   const struct p2p_function **list)
{
	size_t count = 0;

	for (size_t i = 0; i < app->selected_count; i++) {
		enum p2p_class kind = app->selected[i]->kind;

		if ((kind == pair->first || kind == pair->second) &&
		    !(unpicked && app->picked[i]))
			list[count++] = app->selected[i];
	}
	return count;
}

/* Subtracts counts: the pairs between two classes are those of both together, less those within each. */
static void subtract(struct p2p_summary *from, const struct p2p_summary *summary)
{
	for (size_t r = 0; r < P2P_RELATIONS; r++)
		for (size_t m = 0; m < P2P_MAP_TYPES; m++)
			from->pairs[r][m] -= summary->pairs[r][m];
}

/* The pairs with a function that a filter selects: all pairs, less those among the others. */
static int count_class_pair(const struct app *app, struct survey *survey, enum p2p_class first,
			    enum p2p_class second, const struct p2p_function **list)
{
	struct class_pair *pair = &survey->class_pairs[survey->class_pair_count];
	struct p2p_summary others = { 0 };
	size_t count;
	int err;

	pair->first = first;
	pair->second = second;
	count = pick_classes(app, pair, false, list);
	if (count < 2)
		return 0;
	err = p2p_eval_summary(survey->eval, list, count, &pair->summary);
	count = pick_classes(app, pair, true, list);
	if (!err && count > 1)
		err = p2p_eval_summary(survey->eval, list, count, &others);
	subtract(&pair->summary, &others);
	if (!err)
		survey->class_pair_count++;
	return err;
}

/* Runs after the loop over all classes, when the counts between two classes still include the pairs within each. */
static void separate(struct survey *survey)
{
	for (size_t i = 0; i < survey->class_pair_count; i++) {
		struct class_pair *pair = &survey->class_pairs[i];

		for (size_t j = 0; j < survey->class_pair_count; j++) {
			const struct class_pair *within = &survey->class_pairs[j];

			if (within->first == within->second && pair->first != pair->second &&
			    (within->first == pair->first || within->first == pair->second))
				subtract(&pair->summary, &within->summary);
		}
	}
}

static int count_pairs(const struct app *app, struct survey *survey)
{
	const struct p2p_function **list = calloc(app->selected_count + 1, sizeof(void *));
	int err = 0;

	survey->class_pairs = calloc((size_t)P2P_CLASSES * P2P_CLASSES, sizeof(*survey->class_pairs));
	if (!list || !survey->class_pairs)
		err = -ENOMEM;
	for (int a = 0; a < P2P_CLASSES && !err; a++)
		for (int b = a; b < P2P_CLASSES && !err; b++)
			if (survey->selected[a] && survey->selected[b])
				err = count_class_pair(app, survey, (enum p2p_class)a,
						       (enum p2p_class)b, list);
	free(list);
	if (!err)
		separate(survey);
	return err;
}

static int count_unpicked(const struct app *app, struct survey *survey)
{
	size_t count = p2p_groups_count(survey->groups);

	survey->left_out = calloc(p2p_topology_count(app->topology) + 1, sizeof(bool));
	survey->unpicked = calloc(count + 1, sizeof(*survey->unpicked));
	if (!survey->left_out || !survey->unpicked)
		return -ENOMEM;
	for (size_t i = 0; i < app->selected_count; i++)
		survey->left_out[app->selected[i]->index] = !app->picked[i];
	for (size_t i = 0; i < count; i++) {
		const struct p2p_group *group = p2p_groups_at(survey->groups, i);

		for (size_t j = 0; j < group->count; j++)
			survey->unpicked[i] += survey->left_out[group->members[j]->index];
	}
	return 0;
}

const char *survey_advice(const struct app *app, const struct survey *survey)
{
	enum p2p_source source = p2p_topology_machine(app->topology)->source;

	if (!survey->shallow)
		return NULL;
	/* Root is not told to become root. */
	return source == P2P_SOURCE_LIVE && !geteuid() ? p2p_live_cure() : p2p_source_text(source)->again;
}

int survey_new(struct app *app, struct survey *ret_survey)
{
	struct survey survey = { 0 };
	int err = choose_eval(app, &survey);

	if (!err) {
		count_functions(app, &survey);
		err = p2p_groups_new(survey.eval, app->selected, app->selected_count,
				     &survey.groups);
	}
	if (!err)
		err = count_unpicked(app, &survey);
	if (!err)
		err = count_pairs(app, &survey);
	if (!err)
		err = survey_findings(app, &survey);
	if (!err)
		err = survey_redirecting(app, &survey);
	if (!err)
		err = p2p_cmdline_new(app->context, app->topology, NULL, &survey.cmdline);
	if (!err)
		err = survey_answers(app, &survey);
	if (!err)
		err = survey_faults(app, &survey);
	if (err)
		survey_free(&survey);
	else
		*ret_survey = survey;
	return err;
}

void survey_free(struct survey *survey)
{
	p2p_groups_free(survey->groups);
	p2p_eval_free(survey->own_eval);
	p2p_cmdline_free(survey->cmdline);
	free(survey->unpicked);
	free(survey->left_out);
	free(survey->class_pairs);
	free(survey->findings);
	free(survey->redirecting);
	free(survey->faults);
	*survey = (struct survey){ 0 };
}

enum status command_report(struct app *app)
{
	enum status status = STATUS_DONE;
	struct survey survey;

	if (survey_new(app, &survey))
		return fail_memory(app->failure);
	if (app->options.format == FORMAT_TEXT)
		report_print(app, &survey);
	else
		status = report_print_json(app, &survey);
	survey_free(&survey);
	return status;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads, builds and evaluates the machine, as far as a command needs it. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "machine/printed.h"
#include "machine/saved.h"

const char *app_machine(const struct app *app)
{
	return app->options.from ? app->options.from : "this machine";
}

void app_note(const struct app *app, const char *format, ...)
{
	char sentence[2048];
	va_list args;

	if (!app->say)
		return;
	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	app->say(app->say_data, sentence);
}

static enum status check_rules(struct failure *failure, const char *name)
{
	struct p2p_nearest nearest = { .typed = name };
	const struct p2p_rules *rules;
	char names[512] = "", meant[P2P_NEAREST_SIZE];

	if (p2p_rules_is_known(name))
		return STATUS_DONE;
	for (size_t i = 0; (rules = p2p_rules_at(i)); i++) {
		size_t used = strlen(names);

		snprintf(names + used, sizeof(names) - used, " %s", p2p_rules_name(rules));
		p2p_nearest_try(&nearest, p2p_rules_name(rules));
	}
	p2p_nearest_try(&nearest, "auto");
	p2p_nearest_say(&nearest, meant);
	return fail_with(failure, STATUS_INPUT, "there is no rule set '%s'; there are auto%s%s", name,
			 names, meant);
}

/* Locality must be the same for every command that names devices or evaluates pairs of them. */
static int build_topology(struct app *app)
{
	bool names = p2p_snapshot_want(app->snapshot) >= P2P_WANT_NAMES;
	const struct p2p_topology_options options = {
		.pci_ids = app->options.pci_ids, .names = names, .hwloc = names,
	};

	return p2p_topology_new(app->context, app->snapshot, &options, &app->topology);
}

/* "post.txt:17" */
static const char *place_text(struct p2p_where where, char *text, size_t size)
{
	if (where.line)
		snprintf(text, size, "%s:%u", where.name, where.line);
	else
		snprintf(text, size, "%s", where.name);
	return text;
}

/* What depends on a contradiction is silently unknown, so report it here. */
static void note_conflicts(const struct app *app)
{
	const struct p2p_conflict *conflicts;
	size_t count = p2p_snapshot_conflicts(app->snapshot, &conflicts);
	char bdf[P2P_BDF_SIZE], first[PATH_MAX], second[PATH_MAX];

	for (size_t i = 0; i < count && i < 3; i++)
		app_note(app, "%s and %s contradict each other: %s%s%s%s",
			 place_text(conflicts[i].first, first, sizeof(first)),
			 place_text(conflicts[i].second, second, sizeof(second)), conflicts[i].what,
			 conflicts[i].of_function ? " of " : "", conflicts[i].of_function ?
			 p2p_bdf_format(conflicts[i].bdf, bdf) : "",
			 conflicts[i].settled ? "; the first is taken" : "; it is unknown");
	if (count > 3)
		app_note(app, "%zu more contradictions, which p2ptopo sources lists", count - 3);
}

/* A user who names a source expects it to be used. */
static void note_left_out(const struct app *app)
{
	const struct p2p_skipped *skipped;
	size_t count = p2p_snapshot_skipped(app->snapshot, &skipped);
	struct printed printed = { 0 };
	char tools[PRINTED_SIZE];

	for (size_t i = 0; i < count; i++)
		if (skipped[i].source && printed_by(&printed, skipped[i].name, 0, 0, tools))
			app_note(app, "left out: %s: output of %s, which p2ptopo measured compares "
				 "with the prediction", skipped[i].name, tools);
		else if (skipped[i].source)
			app_note(app, "left out: %s", skipped[i].why);
	printed_clear(&printed);
}

/* If it is not a source of facts, it may be something that another command reads. */
static enum status fail_source(const struct app *app, int error)
{
	const char *sentence = p2p_context_error(app->context);
	struct printed printed = { 0 };
	char tools[PRINTED_SIZE];
	enum status status = fail_library(app->failure, app->context, error);

	for (size_t i = 0; error == -EBADMSG && i < app->options.source_count; i++) {
		const char *path = app->options.sources[i];
		size_t length = strlen(path);

		if (!strncmp(sentence, path, length) && sentence[length] == ':' &&
		    printed_by(&printed, path, 0, 0, tools))
			status = fail_with(app->failure, status, "%s: output of %s, which says nothing of "
					   "how the machine is built; p2ptopo measured compares it with "
					   "the prediction for a machine", path, tools);
	}
	printed_clear(&printed);
	return status;
}

enum status app_read(struct app *app, enum stage stage)
{
	const struct options *options = &app->options;
	enum status status = check_rules(app->failure, options->kernel);
	int error;

	if (status || stage == STAGE_NOTHING)
		return status;
	if (!app->context && p2p_context_new(&app->context))
		return fail_memory(app->failure);
	error = p2p_snapshot_load_all(app->context, options->sources,
				      options->source_count ? options->source_count : 1,
				      app->command->want, &app->snapshot);
	if (error)
		return fail_source(app, error);
	saved_use(app);
	note_left_out(app);
	note_conflicts(app);
	if (stage >= STAGE_TOPOLOGY)
		error = build_topology(app);
	if (!error && stage >= STAGE_EVALUATE)
		error = p2p_eval_new(app->context, app->topology, app->options.kernel,
				      &app->eval);
	if (error)
		return fail_library(app->failure, app->context, error);
	return stage >= STAGE_TOPOLOGY ? app_select(app) : STATUS_DONE;
}

struct app app_like(const struct app *app)
{
	return (struct app){
		.options = app->options, .command = app->command, .argv = app->argv, .argc = app->argc,
		.failure = app->failure, .say = app->say, .say_data = app->say_data, .out = app->out,
	};
}

void app_release(struct app *app)
{
	free(app->selected);
	free(app->picked);
	p2p_eval_free(app->eval);
	p2p_topology_free(app->topology);
	p2p_snapshot_free(app->snapshot);
	p2p_context_free(app->context);
	*app = app_like(app);
}

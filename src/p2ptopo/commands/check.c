/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: is this machine as it should be? Also writes the file that describes a good one. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "print/document.h"
#include "print/output.h"
#include "print/say.h"
#include "commands/policy.h"
#include "machine/save.h"
#include "print/words.h"

/**
 * struct checking - one run.
 * @gate: what the gate does; NULL if unknown
 * @findings: the JSON array of findings; NULL for text
 */
struct checking {
	struct app *app;
	const char *gate;
	struct p2p_check *check;
	struct p2p_check_options options;
	struct p2p_check_counts counts;
	struct json_object *findings;
};

/* What is found instead of a mode, if the gate has none or if its mode has no effect. */
static const char not_loaded[] = "not loaded", out_of_order[] = "out of order";

/* Only the running machine has a gate that can be asked. A gate that failed to load counts as not loaded. */
static const char *ask_gate(const struct app *app)
{
	const char *found = NULL;
	struct p2p_gate_info info;
	struct p2p_gate *gate;
	int error;

	if (app->options.from)
		return NULL;
	error = p2p_gate_open(app->context, &gate);
	if (error)
		return error == -ENOENT ? not_loaded : NULL;
	if (!p2p_gate_info(app->context, gate, &info))
		found = info.mode == P2P_GATE_ENFORCE && !info.enforced ? out_of_order :
			p2p_gate_mode_name(info.mode);
	p2p_gate_close(gate);
	return found;
}

/* "--only acs,link_width" as bits; without the option 0, which the library takes for all. */
static enum status parse_only(struct failure *failure, const char *names, unsigned int *ret_classes)
{
	unsigned int classes = 0;
	enum p2p_check_class kind;

	for (const char *at = names; at && *at; at += *at == ',') {
		size_t length = strcspn(at, ",");
		char name[32];

		snprintf(name, sizeof(name), "%.*s", (int)length, at);
		if (p2p_check_class_parse(name, &kind))
			return fail_with(failure, STATUS_USAGE, "--only: there is no class '%s'; "
					 "see p2ptopo-check(1)", name);
		classes |= 1u << kind;
		at += length;
	}
	if (names && !classes)
		return fail_with(failure, STATUS_USAGE, "--only names no class");
	*ret_classes = classes;
	return STATUS_DONE;
}

static const char *kind_name(enum p2p_finding_kind kind)
{
	static const char *const names[] = {
		[P2P_FINDING_FAILS] = "fails", [P2P_FINDING_UNKNOWN] = "unknown",
		[P2P_FINDING_EXCUSED] = "excused",
	};

	return names[kind];
}

/* Prints what follows the word FAIL and the class. */
static void say_finding(FILE *out, const struct p2p_finding *finding)
{
	if (finding->function) {
		fputc(' ', out);
		words_function(out, finding->function);
	}
	if (finding->client) {
		fputs(" <- ", out);
		words_function(out, finding->client);
	}
	fprintf(out, ": expected %s, found %s", finding->expected, finding->found);
	if (finding->kind == P2P_FINDING_EXCUSED)
		fputs(", and its device idles: check again under load", out);
	fprintf(out, " [line %u%s", finding->line, *finding->why ? ": " : "");
	words_line(out, finding->why);
	fputs("]", out);
}

/* Wrapped on a screen; in a log each finding is one line, which can be searched. */
static void print_finding(void *userdata, const struct p2p_finding *finding)
{
	const struct checking *checking = userdata;
	const struct app *app = checking->app;
	const char *word = finding->kind == P2P_FINDING_EXCUSED ? "idle" : "FAIL";
	const char *about = p2p_check_class_name(finding->about);
	enum paint paint = finding->kind == P2P_FINDING_FAILS ? PAINT_BAD :
			   finding->kind == P2P_FINDING_UNKNOWN ? PAINT_UNKNOWN : PAINT_DIM;
	struct paragraph line;

	if (!paragraph_start(&line))
		return;
	say_finding(line.stream, finding);
	fprintf(app->out, "%s%s %s%s", paint_on(app, paint), word, about, paint_off(app));
	paragraph_end_log(app, &line, strlen(word) + 1 + strlen(about), 4);
}

static void put_finding(void *userdata, const struct p2p_finding *finding)
{
	const struct checking *checking = userdata;

	p2p_json_append(checking->findings, json_members(
		{ "class", json_text(p2p_check_class_name(finding->about)) },
		{ "result", json_text(kind_name(finding->kind)) },
		{ "line", json_count(finding->line) },
		{ "column", json_count(finding->column) },
		{ "function", json_bdf(finding->function) },
		{ "client", json_bdf(finding->client) },
		{ "expected", json_text(finding->expected) },
		{ "found", json_text(finding->found) },
		{ "why", json_text(finding->why) }));
}

static enum status status_of(const struct p2p_check_counts *counts)
{
	for (unsigned int i = 0; i < P2P_CHECK_CLASSES; i++)
		if (counts->failed[i])
			return (enum status)(STATUS_CHECK + i);
	return STATUS_DONE;
}

/* A policy is installed but nothing enforces it: reported prominently, whatever the file expects. */
static bool is_unguarded(const struct checking *checking)
{
	return !checking->app->options.from && (!access(POLICY_FILE, F_OK) || errno != ENOENT) &&
	       (!checking->gate || strcmp(checking->gate, "enforce") != 0);
}

static void print_gate(const struct checking *checking)
{
	const struct app *app = checking->app;

	if (is_unguarded(checking))
		fprintf(app->out, "%sNOTHING IS ENFORCED%s: %s is installed, and the gate is %s\n",
			paint_on(app, PAINT_BAD), paint_off(app), POLICY_FILE,
			checking->gate ? checking->gate : "not reachable");
}

/* Only classes that failed have a row; the others share one line. */
static void print_classes(const struct app *app, const struct p2p_check_counts *counts)
{
	char passed[512] = "";
	size_t used = 0;

	for (unsigned int i = 0; i < P2P_CHECK_CLASSES; i++) {
		const char *name = p2p_check_class_name((enum p2p_check_class)i);

		if (counts->failed[i])
			fprintf(app->out, "  %-11s %6" PRIu64 " of %" PRIu64 " failed\n", name,
				counts->failed[i], counts->made[i]);
		else if (counts->made[i])
			used += (size_t)snprintf(passed + used, sizeof(passed) - used,
						 "%s%s %" PRIu64, used ? ", " : "passed: ", name,
						 counts->made[i]);
	}
	if (used)
		print_wrapped(app->out, app->options.width, 2, passed);
}

static void print_summary(const struct checking *checking)
{
	const struct app *app = checking->app;
	const struct p2p_check_counts *counts = &checking->counts;
	enum status status = status_of(counts);
	uint64_t made = 0, failed = 0;

	for (unsigned int i = 0; i < P2P_CHECK_CLASSES; i++) {
		made += counts->made[i];
		failed += counts->failed[i];
	}
	if (status)
		fprintf(app->out, "%s%" PRIu64 " of %" PRIu64 " checks fail%s; the first class is "
			"%s, exit status %d\n", paint_on(app, PAINT_BAD), failed, made,
			paint_off(app), p2p_check_class_name(status - STATUS_CHECK), (int)status);
	else
		fprintf(app->out, "%s%" PRIu64 " checks%s, none fails\n", paint_on(app, PAINT_GOOD),
			made, paint_off(app));
	print_classes(app, counts);
}

static struct json_object *json_classes(const struct p2p_check_counts *counts)
{
	struct json_object *array = p2p_json_new_array();

	for (unsigned int i = 0; i < P2P_CHECK_CLASSES; i++) {
		p2p_json_append(array, json_members(
			{ "class", json_text(p2p_check_class_name((enum p2p_check_class)i)) },
			{ "status", json_count(STATUS_CHECK + i) },
			{ "checked", json_count(counts->made[i]) },
			{ "failed", json_count(counts->failed[i]) }));
	}
	return array;
}

static int hold(struct checking *checking)
{
	return p2p_check_run(checking->app->context, checking->check, checking->app->eval,
			     &checking->options, &checking->counts);
}

static int print_json(struct checking *checking)
{
	int error;

	checking->findings = p2p_json_new_array();
	checking->options.found = put_finding;
	error = hold(checking);
	if (error) {
		json_object_put(checking->findings);
		return error;
	}
	document_print(checking->app, document_members(checking->app, "check-result",
		{ "gate", json_text(checking->gate) },
		{ "unguarded", json_flag(is_unguarded(checking)) },
		{ "status", json_count(status_of(&checking->counts)) },
		{ "classes", json_classes(&checking->counts) },
		{ "findings", checking->findings }));
	return 0;
}

/* Runs the check twice, so that the answer comes first without keeping a list of findings. */
static int print_text(struct checking *checking)
{
	int error = hold(checking);

	if (error)
		return error;
	print_gate(checking);
	print_summary(checking);
	checking->options.found = print_finding;
	return hold(checking);
}

static enum status run_check(struct app *app, const char *path)
{
	struct checking checking = { .app = app, .options.userdata = &checking };
	enum status status = parse_only(app->failure, app->options.only, &checking.options.classes);
	int error = 0;

	if (status)
		return status;
	checking.options.gate = checking.gate = ask_gate(app);
	error = p2p_check_load(app->context, path, &checking.check);
	if (!error)
		error = app->options.format == FORMAT_JSON ? print_json(&checking) :
							     print_text(&checking);
	p2p_check_free(checking.check);
	return error ? fail_library(app->failure, app->context, error) : status_of(&checking.counts);
}

static enum status record(struct app *app, const char *path)
{
	enum status status = STATUS_DONE;
	const char *gate = ask_gate(app);
	char *text;
	int error;

	error = p2p_check_record(app->context, app->eval, app->selected, app->selected_count,
				 gate == not_loaded || gate == out_of_order ? NULL : gate, &text);
	if (error)
		return fail_library(app->failure, app->context, error);
	if (path)
		status = save_text(app, path, text);
	else
		fputs(text, app->out);
	free(text);
	return status;
}

enum status command_check(struct app *app)
{
	const char *path = app->argv[0];

	if (app->options.record && (app->options.only || app->options.format != FORMAT_TEXT))
		return fail_with(app->failure, STATUS_USAGE, "--record writes a file, it checks "
				 "nothing");
	if (app->options.record)
		return record(app, path);
	if (!path)
		return fail_with(app->failure, STATUS_USAGE,
				 "usage: p2ptopo [OPTION...] check [FILE]");
	return run_check(app, path);
}

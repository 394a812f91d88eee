/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gate status, and policy show, diff, push and clear: the list that the kernel module has in force. */
#include <errno.h>
#include <stdlib.h>

#include "print/document.h"
#include "print/gate.h"
#include "print/output.h"
#include "commands/policy.h"

static enum status gate_open(struct app *app, struct p2p_gate **ret_gate)
{
	int error;

	if (!app->context && p2p_context_new(&app->context))
		return fail_memory(app->failure);
	error = p2p_gate_open(app->context, ret_gate);
	/* It is the module that does not exist, not a file named by the user. */
	return !error ? STATUS_DONE :
	       fail_library(app->failure, app->context, error == -ENOENT ? -ENODEV : error);
}

/* Open the gate and ask for its state. @ret_gate is NULL on failure. */
static enum status open_and_ask(struct app *app, struct p2p_gate **ret_gate,
				struct p2p_gate_info *ret_info)
{
	enum status status;
	int error;

	*ret_gate = NULL;
	status = gate_open(app, ret_gate);
	if (status)
		return status;
	error = p2p_gate_info(app->context, *ret_gate, ret_info);
	if (!error)
		return STATUS_DONE;
	*ret_gate = p2p_gate_close(*ret_gate);
	return fail_library(app->failure, app->context, error);
}

static struct json_object *json_counts(const struct p2p_gate_counts *counts)
{
	struct json_object *object = p2p_json_new_object();

	for (unsigned int i = 0; i < P2P_GATE_REASONS; i++)
		json_put(object, p2p_gate_reason_name(i), json_count(counts->by_reason[i]));
	return object;
}

static enum status status_json(const struct app *app, const struct p2p_gate_info *info)
{
	struct json_object *hooks = p2p_json_new_array();

	for (const char *const *hook = info->hooks; *hook; hook++)
		p2p_json_append(hooks, p2p_json_new_text(*hook));
	return document_print(app, document_members(app, "gate",
		{ "mode", json_text(p2p_gate_mode_name(info->mode)) },
		{ "enforced", json_flag(info->enforced) },
		{ "generation", json_count(info->generation) },
		{ "hooks", hooks },
		{ "functions", json_count(info->functions) },
		{ "pairs", json_count(info->pairs) },
		{ "pairs_dropped", json_count(info->dropped) },
		{ "bar_ranges", json_count(info->ranges) },
		{ "log_lost", json_count(info->log_lost) },
		{ "promotion", json_flag(info->promotion) },
		{ "held", json_flag(info->held) },
		{ "tag", json_text(info->tag) },
		{ "observed_distance", json_counts(&info->observed_distance) },
		{ "observed_map", json_counts(&info->observed_map) },
		{ "enforced_distance", json_counts(&info->enforced_distance) },
		{ "enforced_map", json_counts(&info->enforced_map) }));
}

static void print_counts(const struct app *app, const char *what,
			 const struct p2p_gate_counts *distance, const struct p2p_gate_counts *map)
{
	for (unsigned int i = 0; i < P2P_GATE_REASONS; i++)
		if (distance->by_reason[i] || map->by_reason[i])
			fprintf(app->out, "  %-8s  %-12s  %llu at distance, %llu at DMA map\n", what,
				p2p_gate_reason_name(i),
				(unsigned long long)distance->by_reason[i],
				(unsigned long long)map->by_reason[i]);
}

static void status_text(const struct app *app, const struct p2p_gate_info *info)
{
	gate_print_mode(app, info);
	fprintf(app->out, "list: %u pairs of %u functions, generation %llu", info->pairs,
		info->functions, (unsigned long long)info->generation);
	if (info->dropped)
		fprintf(app->out, "; %u pairs were dropped with removed functions", info->dropped);
	fputs("\nhooks:", app->out);
	for (const char *const *hook = info->hooks; *hook; hook++)
		fprintf(app->out, " %s", *hook);
	fputc('\n', app->out);
	if (info->promotion)
		fputs("promotion: pairs that the kernel refuses may be let through\n", app->out);
	if (info->log_lost)
		fprintf(app->out, "log: %u newly refused pairs were not logged, the table was full\n",
			info->log_lost);
	fputs("calls decided since the module was loaded:\n", app->out);
	print_counts(app, "observed", &info->observed_distance, &info->observed_map);
	print_counts(app, "enforced", &info->enforced_distance, &info->enforced_map);
}

enum status command_gate_status(struct app *app)
{
	struct p2p_gate_info info;
	struct p2p_gate *gate;
	enum status status = open_and_ask(app, &gate, &info);

	if (!status && app->options.format == FORMAT_JSON)
		status = status_json(app, &info);
	else if (!status)
		status_text(app, &info);
	p2p_gate_close(gate);
	return status;
}

/** struct in_force - the list of the gate, and the state that says whether it is enforced. */
struct in_force {
	struct p2p_gate_info info;
	struct p2p_gate_pair *pairs;
	size_t count;
};

static enum status read_list(struct app *app, struct in_force *ret_list)
{
	struct p2p_gate *gate;
	enum status status;
	int error;

	*ret_list = (struct in_force){ 0 };
	status = open_and_ask(app, &gate, &ret_list->info);
	if (status)
		return status;
	error = p2p_gate_list(app->context, gate, &ret_list->pairs, &ret_list->count);
	p2p_gate_close(gate);
	return error ? fail_library(app->failure, app->context, error) : STATUS_DONE;
}

static struct json_object *json_gate_pair(struct p2p_bdf provider, struct p2p_bdf client)
{
	char text[P2P_BDF_SIZE];

	return json_members(
		{ "provider", json_text(p2p_bdf_format(provider, text)) },
		{ "client", json_text(p2p_bdf_format(client, text)) });
}

static void print_gate_pair(const struct app *app, const char *mark, struct p2p_bdf provider,
			    struct p2p_bdf client)
{
	char text[2][P2P_BDF_SIZE];

	fprintf(app->out, "%s%s %-12s <- %s %s\n", mark, p2p_bdf_format(provider, text[0]),
		name_of(app, provider), p2p_bdf_format(client, text[1]), name_of(app, client));
}

enum status command_policy_show(struct app *app)
{
	struct json_object *array;
	struct in_force list;
	enum status status = read_list(app, &list);

	if (!status && app->options.format == FORMAT_JSON) {
		array = p2p_json_new_array();
		for (size_t i = 0; i < list.count; i++)
			p2p_json_append(array, json_gate_pair(list.pairs[i].provider,
							      list.pairs[i].client));
		status = document_print(app, document_members(app, "policy-in-force",
			{ "mode", json_text(p2p_gate_mode_name(list.info.mode)) },
			{ "enforced", json_flag(list.info.enforced) },
			{ "pairs", array }));
	} else if (!status) {
		gate_print_mode(app, &list.info);
		fprintf(app->out, "%zu ordered pairs %s (provider <- client)\n", list.count,
			list.info.enforced ? "in force" : "on the list");
		for (size_t i = 0; i < list.count; i++)
			print_gate_pair(app, "  ", list.pairs[i].provider, list.pairs[i].client);
	}
	free(list.pairs);
	return status;
}

static int compare(const struct p2p_allowed *made, const struct p2p_gate_pair *there)
{
	int order = p2p_bdf_compare(made->provider->bdf, there->provider);

	return order ? order : p2p_bdf_compare(made->client->bdf, there->client);
}

/* Both lists are sorted: walk them side by side. */
static size_t print_differences(const struct app *app, const struct list_of *made,
				const struct in_force *there, struct json_object *added,
				struct json_object *removed)
{
	bool json = app->options.format == FORMAT_JSON;
	size_t count = 0, at = 0;

	for (size_t i = 0; i < p2p_allow_list_count(made->list) || at < there->count;) {
		const struct p2p_allowed *pair = p2p_allow_list_at(made->list, i);
		const struct p2p_gate_pair *old = &there->pairs[at];
		int order = !pair ? 1 : at == there->count ? -1 : compare(pair, old);
		struct p2p_bdf provider = order <= 0 ? pair->provider->bdf : old->provider;
		struct p2p_bdf client = order <= 0 ? pair->client->bdf : old->client;

		i += order <= 0;
		at += order >= 0;
		count += order != 0;
		if (order && json)
			p2p_json_append(order < 0 ? added : removed,
					json_gate_pair(provider, client));
		else if (order)
			print_gate_pair(app, order < 0 ? "+ " : "- ", provider, client);
	}
	return count;
}

/* The mode of a push. The option table has checked the word already. */
static enum p2p_gate_mode mode_of_push(const struct app *app)
{
	enum p2p_gate_mode mode = P2P_GATE_ENFORCE;

	if (app->options.mode)
		(void)p2p_gate_mode_parse(app->options.mode, &mode);
	return mode;
}

static void print_mode_change(const struct app *app, const struct p2p_gate_info *info,
			      enum p2p_gate_mode pushed)
{
	if (app->options.format == FORMAT_JSON)
		return;
	gate_print_mode(app, info);
	if (pushed != info->mode)
		fprintf(app->out, "a push changes the mode: %s -> %s\n",
			p2p_gate_mode_name(info->mode), p2p_gate_mode_name(pushed));
}

enum status command_policy_diff(struct app *app)
{
	struct json_object *added = p2p_json_new_array(), *removed = p2p_json_new_array();
	enum p2p_gate_mode pushed = mode_of_push(app);
	struct in_force there = { 0 };
	struct list_of made;
	size_t count = 0;
	enum status status = policy_compile(app, app->argv[0], &made);

	if (!status)
		status = read_list(app, &there);
	if (!status) {
		print_mode_change(app, &there.info, pushed);
		count = (pushed != there.info.mode) +
			print_differences(app, &made, &there, added, removed);
	}
	if (!status && app->options.format == FORMAT_JSON) {
		document_print(app, document_members(app, "policy-diff",
			{ "mode", json_text(p2p_gate_mode_name(there.info.mode)) },
			{ "enforced", json_flag(there.info.enforced) },
			{ "pushed_mode", json_text(p2p_gate_mode_name(pushed)) },
			{ "added", json_object_get(added) },
			{ "removed", json_object_get(removed) }));
	}
	json_object_put(added);
	json_object_put(removed);
	free(there.pairs);
	policy_release(&made);
	return status ? status : count ? STATUS_NO : STATUS_DONE;
}

/* @ret_error: the error of the library; 0 if the result is not due to one. */
static enum status push(struct app *app, struct p2p_gate *gate, enum p2p_gate_mode mode,
			const struct p2p_allow_list *list, uint64_t generation, int *ret_error)
{
	const uint8_t *tag = mode == P2P_GATE_OFF ? (const uint8_t *)POLICY_TAG_OFF : NULL;
	int error = p2p_gate_push(app->context, gate, mode, list, generation, tag, &generation);

	*ret_error = error;
	if (error)
		return fail_library(app->failure, app->context, error);
	fprintf(app->out, "%s: %zu ordered pairs %s, generation %llu\n", p2p_gate_mode_name(mode),
		list ? p2p_allow_list_count(list) : 0, gate_force(mode),
		(unsigned long long)generation);
	return STATUS_DONE;
}

/* The gate is asked before the machine is read, so that a change in between is noticed. */
static enum status push_policy(struct app *app, const char *path, enum p2p_gate_mode mode,
			       int *ret_error)
{
	struct p2p_gate *gate;
	struct p2p_gate_info info;
	struct list_of made = { 0 };
	enum status status = open_and_ask(app, &gate, &info);

	*ret_error = 0;
	if (!status)
		status = app_read(app, STAGE_EVALUATE);
	if (!status)
		status = policy_compile(app, path, &made);
	if (!status)
		status = policy_tell_why(app, path, &made);
	if (!status && app->options.dry_run)
		fprintf(app->out, "%s: %zu ordered pairs would be %s; nothing was pushed\n",
			p2p_gate_mode_name(mode), p2p_allow_list_count(made.list), gate_force(mode));
	else if (!status)
		status = push(app, gate, mode, made.list, info.generation, ret_error);
	policy_release(&made);
	p2p_gate_close(gate);
	return status;
}

enum status command_policy_push(struct app *app)
{
	enum p2p_gate_mode mode = mode_of_push(app);
	enum status status;
	int error;

	for (int i = 0; i < PUSH_TRIES; i++) {
		app_release(app);
		*app->failure = (struct failure){ 0 };
		status = push_policy(app, app->argv[0], mode, &error);
		if (error != -ESTALE && error != -ENODEV)
			return status;
	}
	return fail_with(app->failure, STATUS_ACCESS, "the machine or the list changed while this was "
			 "decided, %d times in a row: nothing was pushed", PUSH_TRIES);
}

/* Sets no pairs and mode off, as after loading the module. */
enum status command_policy_clear(struct app *app)
{
	struct p2p_gate_info info;
	struct p2p_gate *gate;
	enum status status = open_and_ask(app, &gate, &info);
	int error;

	if (!status)
		status = push(app, gate, P2P_GATE_OFF, NULL, info.generation, &error);
	p2p_gate_close(gate);
	return status;
}

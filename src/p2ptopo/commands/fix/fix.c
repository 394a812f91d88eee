/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fix: the smallest change that makes pairs possible or direct, printed or applied. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/fix/fix.h"
#include "commands/policy.h"
#include "machine/refresh_lock.h"

/* The gate is asked about so many pairs at most, since it computes each one anew. */
#define ASKED 256

struct request {
	struct p2p_pair *pairs;
	size_t count;
	enum p2p_goal goal;
};

const char *fix_undo_file(const struct app *app)
{
	return app->options.undo_file ? app->options.undo_file : P2P_UNDO_FILE;
}

/* Every ordered pair of the named devices. GPUDirect is about the memory of GPUs only. */
static void make_pairs(const struct p2p_function *const *devices, size_t count,
		       struct request *request)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			if (devices[i] != devices[j] && (request->goal != P2P_GOAL_GPUDIRECT ||
							 devices[i]->kind == P2P_CLASS_GPU))
				request->pairs[request->count++] =
					(struct p2p_pair){ devices[i], devices[j] };
}

static enum status pairs_of_devices(struct app *app, struct request *request)
{
	size_t count = (size_t)app->argc;
	const struct p2p_function **devices = calloc(count, sizeof(struct p2p_function *));
	enum status status = STATUS_DONE;

	request->pairs = calloc(count * count, sizeof(*request->pairs));
	if (!devices || !request->pairs) {
		free(devices);
		return fail_memory(app->failure);
	}
	for (size_t i = 0; !status && i < count; i++)
		status = app_find_end(app, app->argv[i], &devices[i]);
	if (!status)
		make_pairs(devices, count, request);
	free(devices);
	if (!status && !request->count)
		status = fail_with(app->failure, STATUS_INPUT, request->goal == P2P_GOAL_GPUDIRECT ?
				   "none of these is a GPU with another device beside it" :
				   "these are the same device");
	return status;
}

/*
 * Without devices, the providers are all GPUs (on a machine without GPUs all accelerators, else all drives),
 * and the clients the adapters and drives nearest to each, or, where there are none, its nearest peers.
 */
static const enum p2p_class providers[] = { P2P_CLASS_GPU, P2P_CLASS_ACCEL, P2P_CLASS_NVME };
static const enum p2p_class clients[] = { P2P_CLASS_NIC, P2P_CLASS_NVME };

#define PROVIDERS (sizeof(providers) / sizeof(providers[0]))
#define CLIENTS (sizeof(clients) / sizeof(clients[0]))

static bool is_selected(const struct app *app, enum p2p_class kind)
{
	for (size_t i = 0; i < app->selected_count; i++)
		if (app->selected[i]->kind == kind)
			return true;
	return false;
}

/* The hops between the two; 0 if they make no pair: they are the same device, or share no bridge although they must. */
static unsigned int hops_between(const struct app *app, const struct request *request,
				 const struct p2p_function *provider,
				 const struct p2p_function *client)
{
	struct p2p_verdict verdict;

	if (provider == client)
		return 0;
	p2p_eval_pair(app->eval, provider, client, &verdict);
	return verdict.kernel.common || request->goal == P2P_GOAL_POSSIBLE ? verdict.kernel.hops
									   : 0;
}

/* The fewest hops from a provider to a client of a class; 0 if there is none. */
static unsigned int nearest_hops(const struct app *app, const struct request *request,
				 const struct p2p_function *provider, enum p2p_class kind)
{
	unsigned int least = 0;

	for (size_t i = 0; i < app->selected_count; i++) {
		unsigned int hops = 0;

		if (app->selected[i]->kind == kind)
			hops = hops_between(app, request, provider, app->selected[i]);
		if (hops && (!least || hops < least))
			least = hops;
	}
	return least;
}

static bool add_nearest(const struct app *app, const struct p2p_function *provider,
			enum p2p_class kind, struct request *request)
{
	unsigned int least = nearest_hops(app, request, provider, kind);

	for (size_t i = 0; least && i < app->selected_count; i++) {
		const struct p2p_function *client = app->selected[i];
		struct p2p_pair *pair;

		if (client->kind != kind || hops_between(app, request, provider, client) != least)
			continue;
		pair = p2p_more(request->pairs, request->count);
		if (!pair)
			return false;
		*pair = (struct p2p_pair){ provider, client };
		request->count++;
	}
	return true;
}

/* For GPUDirect, only adapters are clients. */
static bool add_machine(const struct app *app, enum p2p_class kind, struct request *request)
{
	size_t classes = request->goal == P2P_GOAL_GPUDIRECT ? 1 : CLIENTS;

	for (size_t i = 0; i < app->selected_count; i++)
		for (size_t j = 0; app->selected[i]->kind == kind && j < classes; j++)
			if (!add_nearest(app, app->selected[i], clients[j], request))
				return false;
	return true;
}

static enum p2p_goal goal_of(const struct app *app)
{
	const char *goal = app->options.goal;

	if (goal && !strcmp(goal, "gpudirect"))
		return P2P_GOAL_GPUDIRECT;
	return goal && !strcmp(goal, "possible") ? P2P_GOAL_POSSIBLE : P2P_GOAL_DIRECT;
}

static bool add_peers(const struct app *app, enum p2p_class kind, struct request *request)
{
	for (size_t i = 0; i < app->selected_count; i++)
		if (app->selected[i]->kind == kind && !add_nearest(app, app->selected[i], kind, request))
			return false;
	return true;
}

/* If no pair shares a bridge, no direct path can be opened, so the goal becomes to make the pairs possible. */
static enum status pairs_of_machine(struct app *app, struct request *request)
{
	bool (*const adders[])(const struct app *, enum p2p_class, struct request *) = { add_machine, add_peers };
	bool gpudirect = request->goal == P2P_GOAL_GPUDIRECT;
	size_t kind = 0;

	while (!gpudirect && kind + 1 < PROVIDERS && !is_selected(app, providers[kind]))
		kind++;
	/* GPUDirect is for adapters. */
	for (size_t i = 0; i < (gpudirect ? 1 : P2P_LENGTH(adders)) && !request->count; i++) {
		request->goal = goal_of(app);
		if (!adders[i](app, providers[kind], request))
			return fail_memory(app->failure);
		if (request->count || app->options.goal)
			continue;
		request->goal = P2P_GOAL_POSSIBLE;
		if (!adders[i](app, providers[kind], request))
			return fail_memory(app->failure);
	}
	if (request->count)
		return STATUS_DONE;
	if (gpudirect)
		return fail_with(app->failure, STATUS_INPUT, "no GPU of %s has an adapter below a "
				 "bridge that both share", app_machine(app));
	return fail_with(app->failure, STATUS_INPUT, "%s has no GPU, accelerator or drive with another "
			 "adapter, drive or one of its kind beside it%s", app_machine(app),
			 app->options.goal && request->goal == P2P_GOAL_DIRECT ?
			 " below a bridge that both share" : "");
}

static enum status take_allowed(struct app *app, const struct p2p_allow_list *list,
				struct request *request)
{
	const struct p2p_allowed *pair;

	request->pairs = calloc(p2p_allow_list_count(list) + 1, sizeof(*request->pairs));
	if (!request->pairs)
		return fail_memory(app->failure);
	for (size_t i = 0; (pair = p2p_allow_list_at(list, i)); i++)
		request->pairs[request->count++] = (struct p2p_pair){ pair->provider,
								       pair->client };
	if (!request->count)
		return fail_with(app->failure, STATUS_INPUT, "the policy %s allows no pair on %s",
				 app->options.policy, app_machine(app));
	return STATUS_DONE;
}

static enum status pairs_of_policy(struct app *app, struct request *request)
{
	struct list_of made;
	enum status status = policy_compile(app, app->options.policy, &made);

	if (!status)
		status = take_allowed(app, made.list, request);
	policy_release(&made);
	return status;
}

static enum status parse_request(struct app *app, struct request *request)
{
	request->goal = goal_of(app);
	if (app->options.policy && app->argc)
		return fail_with(app->failure, STATUS_USAGE, "fix takes devices or --policy, not "
				 "both");
	if (app->options.policy)
		return pairs_of_policy(app, request);
	if (!app->argc)
		return pairs_of_machine(app, request);
	if (app->argc < 2)
		return fail_with(app->failure, STATUS_USAGE, "fix needs two devices or more, or "
				 "none: each GPU and the devices nearest to it");
	return pairs_of_devices(app, request);
}

/* Makes one form of the kernel parameter, or finds why this form cannot express the change. */
static int make_parameter(struct app *app, struct fix *fix, enum p2p_parameter kind)
{
	struct fix_parameter *parameter = &fix->parameters[kind];
	int r = p2p_cmdline_merge(app->context, fix->cmdline, kind, fix->registers,
				  fix->register_count, &parameter->word);

	if (r == -EOPNOTSUPP) {
		parameter->refused = strdup(p2p_context_error(app->context));
		return parameter->refused ? 0 : -ENOMEM;
	}
	for (enum p2p_loader loader = 0; !r && loader < P2P_LOADERS; loader++)
		r = p2p_loader_line(fix->cmdline, loader, parameter->word,
				    &parameter->lines[loader]);
	return r;
}

/* With another rule set, the parameters are those of that kernel release. */
static int make_parameters(struct app *app, struct fix *fix)
{
	const char *kernel = app->options.kernel;
	bool numbered = *kernel >= '0' && *kernel <= '9';
	int r = p2p_cmdline_new(app->context, app->topology, numbered ? kernel : NULL,
				&fix->cmdline);

	for (enum p2p_parameter i = 0; !r && fix->register_count && i < P2P_PARAMETERS; i++)
		r = make_parameter(app, fix, i);
	return r;
}

/* Without the gate, or without permission to ask it, there is nothing to report. */
static int ask_gate(struct app *app, struct fix *fix)
{
	const struct p2p_advised *advised;
	struct p2p_gate_distance answer;
	struct p2p_gate *gate;

	fix->gated = calloc(fix->pair_count + 1, sizeof(*fix->gated));
	if (!fix->gated)
		return -ENOMEM;
	if (p2p_topology_machine(app->topology)->source != P2P_SOURCE_LIVE ||
	    p2p_gate_open(app->context, &gate))
		return 0;
	for (size_t i = 0; i < ASKED && (advised = p2p_advice_pair(fix->advice, i)); i++)
		if (!p2p_gate_distance(app->context, gate, advised->pair.provider->bdf,
				       advised->pair.client->bdf, &answer))
			fix->gated[i] = answer.ungated >= 0 && answer.gated < 0;
	p2p_gate_close(gate);
	return 0;
}

static int find(struct app *app, const struct request *request, struct fix *fix)
{
	int r = p2p_advice_new(app->context, app->topology, app->options.kernel, request->goal,
			       request->pairs, request->count, &fix->advice);

	if (r)
		return r;
	fix->pair_count = request->count;
	fix->together = calloc(request->count + 1, sizeof(*fix->together));
	if (!fix->together)
		return -ENOMEM;
	fix->registers = p2p_advice_registers(fix->advice, &fix->register_count);
	r = make_parameters(app, fix);
	if (!r && fix->register_count)
		r = fix_groups_find(app, fix);
	return r ? r : ask_gate(app, fix);
}

static void release(struct fix *fix)
{
	for (size_t i = 0; i < P2P_PARAMETERS; i++) {
		free(fix->parameters[i].word);
		free(fix->parameters[i].refused);
		for (size_t loader = 0; loader < P2P_LOADERS; loader++)
			free(fix->parameters[i].lines[loader]);
	}
	for (size_t i = 0; i < fix->group_count; i++)
		free(fix->groups[i].members);
	free(fix->groups);
	free(fix->together);
	free(fix->gated);
	p2p_cmdline_free(fix->cmdline);
	p2p_advice_free(fix->advice);
}

bool fix_sure(const struct fix *fix)
{
	const struct p2p_advised *advised;

	for (size_t i = 0; (advised = p2p_advice_pair(fix->advice, i)); i++)
		if (advised->state == P2P_ADVICE_NONE)
			return false;
	return true;
}

/* No event reports changed registers, so ask for a refresh of what users without root get to see. */
static void ask_refresh(const struct app *app)
{
	if (!access(app->options.run_dir, F_OK))
		(void)refresh_lock_ask(app->options.run_dir);
}

static enum status apply(struct app *app, struct fix *fix)
{
	int r = p2p_apply(app->context, app->topology, fix->registers, fix->register_count,
			  fix_undo_file(app));

	fix->applied = !r && fix->register_count;
	if (fix->applied)
		ask_refresh(app);
	return r ? fail_library(app->failure, app->context, r) : STATUS_DONE;
}

static enum status show(struct app *app, struct fix *fix)
{
	enum status status = STATUS_DONE;

	if (app->options.report)
		return fix_report(app, fix);
	if (app->options.apply)
		status = apply(app, fix);
	if (status)
		return status;
	if (app->options.format == FORMAT_JSON)
		status = fix_print_json(app, fix);
	else
		fix_print(app, fix);
	return status ? status : fix_sure(fix) ? STATUS_DONE : STATUS_NO;
}

static enum status undo(struct app *app)
{
	size_t count;
	int r;

	if (p2p_context_new(&app->context))
		return fail_memory(app->failure);
	r = p2p_apply_undo(app->context, fix_undo_file(app), &count);
	if (r == -ENOENT && !app->options.undo_file)
		return fail_with(app->failure, STATUS_INPUT, "nothing to undo: there is no %s, which fix --apply writes",
				 fix_undo_file(app));
	if (r)
		return fail_library(app->failure, app->context, r);
	ask_refresh(app);
	fprintf(app->out, "%zu register%s restored from %s\n", count, count == 1 ? "" : "s",
		fix_undo_file(app));
	return STATUS_DONE;
}

/* Checks for options that exclude each other, and for those that require root. */
static enum status check_options(const struct app *app)
{
	const struct options *options = &app->options;
	int modes = options->undo + options->lint + options->report + options->apply;

	if (modes > 1)
		return fail_with(app->failure, STATUS_USAGE, "only one of --apply, --undo, --lint "
				 "and --report can be given at a time");
	if ((options->undo || options->lint) && (app->argc || options->policy || options->goal))
		return fail_with(app->failure, STATUS_USAGE, "--undo and --lint take no devices, policy or goal");
	if (options->undo_file && !options->undo && !options->apply)
		return fail_with(app->failure, STATUS_USAGE, "--undo-file goes with --apply or --undo");
	if ((options->undo || options->apply) && options->from)
		return fail_with(app->failure, STATUS_USAGE, "--apply and --undo change this "
				 "machine; a capture cannot be changed");
	if (options->format == FORMAT_JSON && (options->undo || options->report))
		return fail_with(app->failure, STATUS_USAGE, "--undo and --report print no JSON");
	if (options->proof && !options->report)
		return fail_with(app->failure, STATUS_USAGE, "--proof goes with --report");
	if ((options->undo || options->apply) && geteuid())
		return fail_with(app->failure, STATUS_ACCESS, "--apply and --undo write into "
				 "config space: they must be run as root");
	return STATUS_DONE;
}

enum status command_fix(struct app *app)
{
	struct request request = { 0 };
	struct fix fix = { 0 };
	enum status status = check_options(app);

	if (!status && app->options.undo)
		return undo(app);
	if (!status)
		status = app_read(app, STAGE_EVALUATE);
	if (!status && app->options.lint)
		return fix_lint(app);
	if (!status)
		status = parse_request(app, &request);
	if (!status) {
		int r = find(app, &request, &fix);

		status = r ? fail_library(app->failure, app->context, r) : show(app, &fix);
	}
	release(&fix);
	free(request.pairs);
	return status;
}

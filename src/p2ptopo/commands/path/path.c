/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands/path/path.h"
#include "print/words.h"

const char *path_role_name(enum path_role role)
{
	static const char *const names[] = {
		[PATH_PROVIDER] = "provider", [PATH_UP] = "up", [PATH_COMMON] = "common",
		[PATH_DOWN] = "down", [PATH_CLIENT] = "client",
	};

	return names[role];
}

typedef int sentence_fn(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
			char *buffer, size_t size);

static char *sentence(const struct app *app, const struct p2p_verdict *verdict, sentence_fn *say)
{
	int length = say(app->eval, verdict, NULL, 0);
	char *text = length < 0 ? NULL : malloc((size_t)length + 1);

	if (text)
		say(app->eval, verdict, text, (size_t)length + 1);
	else
		p2p_lost();
	return text;
}

char *path_sentence(const struct app *app, const struct p2p_verdict *verdict)
{
	return sentence(app, verdict, p2p_eval_reason);
}

char *path_message(const struct app *app, const struct p2p_verdict *verdict)
{
	return sentence(app, verdict, p2p_eval_message);
}

/* The number of functions from @function up to @common, without @common itself. */
static size_t steps(const struct p2p_function *function, const struct p2p_function *common)
{
	size_t count = 0;

	for (; function && function != common; function = function->parent)
		count++;
	return count;
}

/* Walks up from the provider to the common device (included), then down to the client. */
static int walk(const struct p2p_verdict *verdict, struct path *path)
{
	const struct p2p_function *provider = verdict->provider, *client = verdict->client;
	const struct p2p_function *common = verdict->kernel.common, *at;
	size_t up = steps(provider, common), down = steps(client, common), i;

	path->count = up + down + (common != NULL);
	path->turn = up + (common != NULL);
	path->hops = calloc(path->count + 1, sizeof(*path->hops));
	if (!path->hops)
		return -ENOMEM;
	for (at = provider, i = 0; at && i < path->turn; at = at->parent, i++) {
		path->hops[i].function = at;
		path->hops[i].role = at == common ? PATH_COMMON : PATH_UP;
	}
	for (at = client, i = path->count; at && i > path->turn; at = at->parent) {
		path->hops[--i].function = at;
		path->hops[i].role = PATH_DOWN;
	}
	path->hops[path->count - 1].role = PATH_CLIENT;
	path->hops[0].role = PATH_PROVIDER;
	return 0;
}

static struct path_hop *hop_of(struct path *path, const struct p2p_function *function)
{
	for (size_t i = 0; i < path->count; i++)
		if (path->hops[i].function == function)
			return &path->hops[i];
	return NULL;
}

static void mark_route(struct path *path, const struct p2p_route *route)
{
	struct path_hop *hop = route->port ? hop_of(path, route->port) : NULL;

	if (hop)
		hop->fabric |= route->bits;
}

static void mark_fabric(struct path *path, const struct p2p_fabric *fabric)
{
	mark_route(path, &fabric->request);
	mark_route(path, &fabric->translated);
	mark_route(path, &fabric->completion);
	mark_route(path, &fabric->completion_relaxed);
}

typedef size_t list_fn(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		       const struct p2p_function **list, size_t size);

static int mark_listed(const struct app *app, struct path *path, list_fn *fill, bool unread)
{
	const struct p2p_function **list = calloc(path->count + 1, sizeof(void *));
	size_t count;

	if (!list)
		return -ENOMEM;
	count = fill(app->eval, &path->forward, list, path->count);
	for (size_t i = 0; i < count && i < path->count; i++) {
		struct path_hop *hop = hop_of(path, list[i]);

		if (hop && unread)
			hop->unread = true;
		else if (hop)
			hop->kernel = list[i]->acs.kernel_control & ACS_REDIRECTS;
	}
	free(list);
	return 0;
}

/* The rate of a link, for comparison only: lanes times MT/s, less the encoding, which is 8b/10b below 8 GT/s. */
static unsigned long carries(struct p2p_link link)
{
	unsigned long raw = (unsigned long)link.speed_mtps * link.width;

	return link.speed_mtps < 8000 ? raw / 10 * 8 : raw / 130 * 128;
}

/* The pair crosses the link above every function except the common device. */
static const struct path_hop *weakest(const struct path *path)
{
	const struct path_hop *least = NULL;

	for (size_t i = 0; i < path->count; i++) {
		const struct path_hop *hop = &path->hops[i];
		const struct p2p_function *function = hop->function;

		if (function->pcie.link != P2P_PRESENT || !carries(function->pcie.now) ||
		    function == path->forward.kernel.common)
			continue;
		if (!least || carries(function->pcie.now) < carries(least->function->pcie.now))
			least = hop;
	}
	return least;
}

/* The answers of all rule sets, with equal neighbours merged into one run. */
static int ask_rules(struct app *app, struct path *path)
{
	size_t count = 0;

	while (p2p_rules_at(count))
		count++;
	path->rules = calloc(count + 1, sizeof(*path->rules));
	if (!path->rules)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct p2p_rules *rules = p2p_rules_at(i);
		struct path_rules *run = path->rules + path->rules_count;
		struct p2p_verdict verdict;
		struct p2p_eval *eval;
		int err = p2p_eval_new(app->context, app->topology, p2p_rules_name(rules), &eval);

		if (err)
			return err;
		p2p_eval_pair(eval, path->forward.provider, path->forward.client, &verdict);
		p2p_eval_free(eval);
		if (path->rules_count && run[-1].map_type == verdict.kernel.map_type &&
		    run[-1].distance == verdict.kernel.distance &&
		    !p2p_rules_is_experimental(rules)) {
			run[-1].last = rules;
			continue;
		}
		*run = (struct path_rules){ rules, rules, verdict.kernel.map_type,
					    verdict.kernel.distance };
		path->rules_count++;
	}
	return 0;
}

/* Without the gate, or without permission to ask it, there is only the prediction. */
static void ask_gate(struct app *app, struct path *path)
{
	const struct p2p_kernel *kernel = &path->forward.kernel;
	struct path_permitted *permitted = &path->permitted;
	struct p2p_gate *gate;

	if (p2p_topology_machine(app->topology)->source != P2P_SOURCE_LIVE ||
	    p2p_gate_open(app->context, &gate))
		return;
	permitted->asked = !p2p_gate_distance(app->context, gate, path->forward.provider->bdf,
					      path->forward.client->bdf, &permitted->answer);
	p2p_gate_close(gate);
	if (permitted->asked && !strcmp(app->options.kernel, "auto") &&
	    kernel->map_type != P2P_MAP_UNKNOWN)
		permitted->agrees = permitted->answer.ungated == kernel->distance ? P2P_YES :
				    P2P_NO;
}

int path_new(struct app *app, const struct p2p_function *provider,
	     const struct p2p_function *client, struct path *ret_path)
{
	struct path path = { 0 };
	int err;

	p2p_eval_pair(app->eval, provider, client, &path.forward);
	p2p_eval_pair(app->eval, client, provider, &path.reverse);
	err = walk(&path.forward, &path);
	if (!err)
		err = mark_listed(app, &path, p2p_eval_redirects, false);
	if (!err)
		err = mark_listed(app, &path, p2p_eval_unread, true);
	if (!err)
		err = ask_rules(app, &path);
	if (!err)
		ask_gate(app, &path);
	if (err) {
		path_free(&path);
		return err;
	}
	mark_fabric(&path, &path.forward.fabric);
	mark_fabric(&path, &path.reverse.fabric);
	path.weakest = weakest(&path);
	*ret_path = path;
	return 0;
}

void path_free(struct path *path)
{
	free(path->hops);
	free(path->rules);
	*path = (struct path){ 0 };
}

enum status command_path(struct app *app)
{
	const struct p2p_function *provider, *client;
	enum status status = app_find_end(app, app->argv[0], &provider);
	struct path path;

	if (status == STATUS_DONE)
		status = app_find_end(app, app->argv[1], &client);
	if (status != STATUS_DONE)
		return status;
	if (path_new(app, provider, client, &path))
		return fail_memory(app->failure);
	if (app->options.format == FORMAT_TEXT)
		path_print(app, &path);
	else
		status = path_print_json(app, &path);
	if (status == STATUS_DONE && path.forward.kernel.map_type == P2P_MAP_NOT_SUPPORTED)
		status = STATUS_NO;
	path_free(&path);
	return status;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy compile and explain: from a policy file to an allow-list, and why a pair is on it. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "print/document.h"
#include "print/output.h"
#include "commands/policy.h"
#include "print/words.h"

/* For a binary that was built but not installed, the example is among the sources. */
static const char *example_policy(void)
{
	static const char installed[] = P2PTOPO_EXAMPLES "/policy.json";

	return access(installed, R_OK) ? "rules/examples/policy.json in the sources" : installed;
}

enum status policy_compile(struct app *app, const char *path, struct list_of *ret_list)
{
	int error;

	*ret_list = (struct list_of){ 0 };
	if (!path && access(POLICY_FILE, F_OK) && errno == ENOENT)
		return fail_with(app->failure, STATUS_INPUT, "there is no " POLICY_FILE "; an example is %s, "
				 "and p2ptopo-policy(5) explains it", example_policy());
	error = p2p_policy_load(app->context, path ? path : POLICY_FILE, &ret_list->policy);
	if (!error)
		error = p2p_allow_list_new(app->context, ret_list->policy, app->eval,
					   &ret_list->list);
	return error ? fail_library(app->failure, app->context, error) : STATUS_DONE;
}

void policy_release(struct list_of *list)
{
	p2p_allow_list_free(list->list);
	p2p_policy_free(list->policy);
}

const char *name_of(const struct app *app, struct p2p_bdf bdf)
{
	const struct p2p_function *function = p2p_topology_find(app->topology, bdf);

	return function ? function->display : "?";
}

static bool is_provider(const struct list_of *made, const struct p2p_function *function)
{
	const struct p2p_allowed *pair;

	/* The list is sorted, so a provider behind the function ends the search. */
	for (size_t i = 0; (pair = p2p_allow_list_at(made->list, i)); i++)
		if (pair->provider->index >= function->index)
			return pair->provider == function;
	return false;
}

/*
 * How does @client reach @provider through the switches, if the list does not allow it? ACS acts on what
 * a port receives from below, so nothing at the provider's port can stop it.  Blocked if there is nothing to tell of the two.
 */
static enum p2p_route_kind route_anyway(const struct app *app, const struct list_of *made,
					const struct p2p_function *provider,
					const struct p2p_function *client)
{
	struct p2p_verdict verdict;

	if (client == provider || !p2p_function_has_header_0(client) ||
	    p2p_allow_list_has(made->list, provider, client))
		return P2P_ROUTE_BLOCKED;
	p2p_eval_pair(app->eval, provider, client, &verdict);
	return verdict.fabric.request.kind;
}

/* Those whose route is of this kind: direct, they reach the provider; unknown, they may. */
static size_t others(const struct app *app, const struct list_of *made, enum p2p_route_kind kind,
		     const struct p2p_function *provider, const struct p2p_function **list)
{
	const struct p2p_function *client;
	size_t count = 0;

	for (size_t i = 0; (client = p2p_topology_function(app->topology, i)); i++)
		if (route_anyway(app, made, provider, client) == kind)
			list[count++] = client;
	return count;
}

static struct json_object *json_rule(const struct p2p_rule *rule)
{
	if (!rule)
		return NULL;
	return json_members(
		{ "line", json_count(rule->line) },
		{ "action", json_text(rule->allow ? "allow" : "deny") },
		{ "why", json_text(rule->why) });
}

static struct json_object *json_allowed(const struct p2p_allowed *pair)
{
	return json_members(
		{ "provider", json_bdf(pair->provider) },
		{ "client", json_bdf(pair->client) },
		{ "rule", json_rule(pair->rule) });
}

/* One row per provider, with the devices that reach it anyway, and those that may. */
static struct json_object *json_exposed(const struct app *app, const struct list_of *made,
					const struct p2p_function **list)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_function *provider;

	for (size_t i = 0; (provider = p2p_topology_function(app->topology, i)); i++) {
		struct json_object *row;

		if (!is_provider(made, provider))
			continue;
		row = json_members({ "provider", json_bdf(provider) });
		json_put(row, "reached_also_by", json_functions(list,
			 others(app, made, P2P_ROUTE_DIRECT, provider, list)));
		json_put(row, "may_be_reached_by", json_functions(list,
			 others(app, made, P2P_ROUTE_UNKNOWN, provider, list)));
		p2p_json_append(array, row);
	}
	return array;
}

static enum status print_json(const struct app *app, const struct list_of *made,
			      const struct p2p_function **list)
{
	struct json_object *pairs = p2p_json_new_array();
	const struct p2p_allowed *pair;

	for (size_t i = 0; (pair = p2p_allow_list_at(made->list, i)); i++)
		p2p_json_append(pairs, json_allowed(pair));
	return document_print(app, document_members(app, "allow-list",
		{ "pairs", pairs },
		{ "providers", json_exposed(app, made, list) }));
}

static void print_pair(const struct app *app, const struct p2p_allowed *pair)
{
	char bdf[P2P_BDF_SIZE];

	fprintf(app->out, "  %s ", p2p_bdf_format(pair->provider->bdf, bdf));
	words_pad(app->out, pair->provider->display, 12);
	fprintf(app->out, " <- %s ", p2p_bdf_format(pair->client->bdf, bdf));
	words_pad(app->out, pair->client->display, 12);
	fprintf(app->out, " line %u%s", pair->rule->line, *pair->rule->why ? ": " : "");
	words_line(app->out, pair->rule->why);
	fputc('\n', app->out);
}

#define NAMES_SHOWN 6

/* Of a pair without a common bridge, no switch decides.  Return: how many others stay at the front of @list. */
static size_t below_one_bridge(const struct app *app, const struct p2p_function *provider,
			       const struct p2p_function **list, size_t count)
{
	struct p2p_verdict verdict;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		p2p_eval_pair(app->eval, provider, list[i], &verdict);
		if (verdict.kernel.common)
			list[kept++] = list[i];
	}
	return kept;
}

/* "  nvme0 may be reached through the switches by nvme1, nvme2", wrapped. */
static void print_reached(const struct app *app, const struct p2p_function *provider, const char *how,
			  const struct p2p_function **list, size_t count)
{
	char text[(NAMES_SHOWN + 2) * 256];
	int used = snprintf(text, sizeof(text), "%.200s %s reached through the switches by",
			    provider->display, how);

	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
		used += snprintf(text + used, sizeof(text) - (size_t)used, "%s %.200s", i ? "," : "",
				 list[i]->display);
	if (count > NAMES_SHOWN)
		snprintf(text + used, sizeof(text) - (size_t)used, " and %zu more", count - NAMES_SHOWN);
	print_wrapped(app->out, app->options.width, 2, text);
}

static void print_others(const struct app *app, const struct list_of *made, enum p2p_route_kind kind,
			 const struct p2p_function **list)
{
	const struct p2p_function *provider;
	bool direct = kind == P2P_ROUTE_DIRECT, any = false, elsewhere = false;

	for (size_t i = 0; (provider = p2p_topology_function(app->topology, i)); i++) {
		size_t all = is_provider(made, provider) ?
			     others(app, made, kind, provider, list) : 0;
		size_t count = direct ? all : below_one_bridge(app, provider, list, all);

		elsewhere |= count < all;
		if (!count)
			continue;
		if (!any)
			fputs(direct ? "\nNot on the list, and not kept out by hardware either:\n" :
			      "\nNot on the list, and whether the switches keep these out is not known:\n",
			      app->out);
		any = true;
		print_reached(app, provider, direct ? "can also be" : "may be", list, count);
	}
	if (!elsewhere)
		return;
	putc('\n', app->out);
	print_wrapped(app->out, app->options.width, 0,
		      "Whether host bridges keep out functions elsewhere is not known; --json lists them.");
}

static void print_text(const struct app *app, const struct list_of *made,
		       const struct p2p_function **list)
{
	size_t count = p2p_allow_list_count(made->list);
	const struct p2p_allowed *pair;

	fprintf(app->out, "%zu ordered pair%s allowed%s\n", count, count == 1 ? "" : "s",
		count ? " (provider <- client):" : "");
	for (size_t i = 0; (pair = p2p_allow_list_at(made->list, i)); i++)
		print_pair(app, pair);
	print_others(app, made, P2P_ROUTE_DIRECT, list);
	print_others(app, made, P2P_ROUTE_UNKNOWN, list);
	putc('\n', app->out);
	print_wrapped(app->out, app->options.width, 0,
		      "The gate stops drivers that ask the kernel's p2pdma code.  It does not stop "
		      "drivers that program bus addresses themselves, VFIO, requests translated by "
		      "ATS, or mappings made before the push; see p2pgate(4).");
}

enum status command_policy_compile(struct app *app)
{
	struct list_of made;
	enum status status = policy_compile(app, app->argv[0], &made);
	const struct p2p_function **list;

	list = calloc(p2p_topology_count(app->topology) + 1, sizeof(struct p2p_function *));
	if (!status)
		status = policy_tell_why(app, app->argv[0], &made);
	if (!list)
		status = status ? status : fail_memory(app->failure);
	else if (!status && app->options.format == FORMAT_JSON)
		status = print_json(app, &made, list);
	else if (!status)
		print_text(app, &made, list);
	free(list);
	policy_release(&made);
	return status;
}

static void explain_text(const struct app *app, const struct p2p_verdict *verdict,
			 const struct p2p_decision *decision, const char *path)
{
	const struct p2p_rule *rule = decision->rule;

	fprintf(app->out, "%s%s%s: client %s to the memory of provider %s\n",
		paint_on(app, decision->allow ? PAINT_GOOD : PAINT_BAD),
		decision->allow ? "allowed" : "denied", paint_off(app), verdict->client->display,
		verdict->provider->display);
	if (rule) {
		fprintf(app->out, "by %s:%u:%u%s", path, rule->line, rule->column,
			*rule->why ? ": " : "");
		words_line(app->out, rule->why);
		fputc('\n', app->out);
	} else if (verdict->provider == verdict->client) {
		fputs("a function always reaches its own memory\n", app->out);
	} else {
		fprintf(app->out, "no rule of %s matches\n", path);
	}
	if (decision->uncertain)
		fputs("a fact that a rule depends on is unknown, which never lets a pair through\n",
		      app->out);
}

static enum status explain_json(const struct app *app, const struct p2p_verdict *verdict,
				const struct p2p_decision *decision)
{
	return document_print(app, document_members(app, "policy-decision",
		{ "provider", json_bdf(verdict->provider) },
		{ "client", json_bdf(verdict->client) },
		{ "allowed", json_flag(decision->allow) },
		{ "uncertain", json_flag(decision->uncertain) },
		{ "rule", json_rule(decision->rule) }));
}

enum status command_policy_explain(struct app *app)
{
	const char *path = app->argc > 2 ? app->argv[2] : POLICY_FILE;
	const struct p2p_function *provider, *client;
	struct p2p_decision decision;
	struct p2p_policy *policy;
	struct p2p_verdict verdict;
	enum status status = app_find(app, app->argv[0], &provider);
	int error;

	if (!status)
		status = app_find(app, app->argv[1], &client);
	if (status)
		return status;
	error = p2p_policy_load(app->context, path, &policy);
	if (error)
		return fail_library(app->failure, app->context, error);
	p2p_eval_pair(app->eval, provider, client, &verdict);
	p2p_policy_decide(policy, &verdict, &decision);
	if (app->options.format == FORMAT_JSON)
		explain_json(app, &verdict, &decision);
	else
		explain_text(app, &verdict, &decision, path);
	p2p_policy_free(policy);
	return decision.allow ? STATUS_DONE : STATUS_NO;
}

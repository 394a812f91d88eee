/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules and globs of a policy that have no effect on this machine, and why. */
#include <stdlib.h>

#include "commands/policy.h"

/* One rule of a policy that allows nothing. */
struct why {
	const struct app *app;
	const char *path;
};

static void tell_glob(void *userdata, const char *where, const char *key, const char *glob)
{
	const struct why *why = userdata;

	app_note(why->app, "%s:%s: \"%s\": \"%s\" matches no function of %s", why->path, where, key,
		 glob, app_machine(why->app));
}

static void tell_rule(const struct why *why, const struct p2p_rule *rule,
		      const struct p2p_rule_tally *tally)
{
	char unsure[96] = "";

	if (tally->unsure)
		snprintf(unsure, sizeof(unsure), "; a fact of %zu functions that would tell is "
			 "missing", tally->unsure);
	if (!tally->providers || !tally->clients)
		app_note(why->app, "%s:%u: no function of %s is meant as %s%s", why->path,
			 rule->line, app_machine(why->app),
			 tally->providers ? "client" : tally->clients ? "provider" :
			 "provider, and none as client", unsure);
	else if (!tally->pairs)
		app_note(why->app, "%s:%u: provider and client are one function, which is not a pair",
			 why->path, rule->line);
	else if (!rule->allow)
		app_note(why->app, "%s:%u: denies %zu pairs", why->path, rule->line,
			 tally->pairs - tally->unmet);
	else if (tally->met)
		app_note(why->app, "%s:%u: a rule before this denies all %zu pairs that it would "
			 "allow", why->path, rule->line, tally->met);
	else if (tally->unmet == tally->pairs)
		app_note(why->app, "%s:%u: none of %zu pairs meets \"when\"", why->path,
			 rule->line, tally->pairs);
	else
		app_note(why->app, "%s:%u: none of %zu pairs is known to meet \"when\"; of %zu a "
			 "fact that would tell is missing", why->path, rule->line, tally->pairs,
			 tally->pairs - tally->unmet);
}

enum status policy_tell_why(const struct app *app, const char *path, const struct list_of *list)
{
	const struct why why = { app, path ? path : POLICY_FILE };
	const struct p2p_rule *rule;
	struct p2p_rule_tally *tallies;
	size_t count = 0;
	int error;

	p2p_policy_unused(list->policy, app->topology, tell_glob, (void *)&why);
	if (p2p_allow_list_count(list->list))
		return STATUS_DONE;
	while (p2p_policy_rule(list->policy, count))
		count++;
	tallies = calloc(count + 1, sizeof(*tallies));
	if (!tallies)
		return fail_memory(app->failure);
	error = p2p_policy_tally(app->context, list->policy, app->eval, tallies);
	if (!error)
		app_note(app, "%s allows no pair of %s%s", why.path, app_machine(app),
			 count ? ":" : ", since it has no rule");
	for (size_t i = 0; !error && (rule = p2p_policy_rule(list->policy, i)); i++)
		tell_rule(&why, rule, &tallies[i]);
	free(tallies);
	return error ? fail_library(app->failure, app->context, error) : STATUS_DONE;
}

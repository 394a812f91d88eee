/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command that prints what a page shows, for the clipboard. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "print/hint.h"
#include "view/effects.h"

static void say_trial(FILE *out, const struct machine *machine, const struct trial *trial)
{
	const struct p2p_function *port = p2p_topology_find(machine->read->topology, trial->bdf);
	char bdf[P2P_BDF_SIZE];

	if (!port)
		return;
	fprintf(out, " acs=%s", p2p_bdf_format(trial->bdf, bdf));
	for (size_t i = 0; i < P2P_ACS_BITS; i++) {
		uint16_t bit = p2p_acs_bits[i].bit;

		if ((port->acs.control ^ trial->control) & bit)
			fprintf(out, ",%s%c", p2p_acs_bits[i].name, trial->control & bit ? '+' : '-');
	}
}

static void say_what_if(FILE *out, const struct app *app, const struct machine *machine)
{
	hint_command(out, app, machine->trial_count + machine->word_count ? "what-if" : "report", NULL, NULL);
	for (size_t i = 0; i < machine->trial_count; i++)
		say_trial(out, machine, &machine->trials[i]);
	for (size_t i = 0; i < machine->word_count; i++) {
		putc(' ', out);
		hint_word(out, machine->words[i]);
	}
}

static void say_command(FILE *out, const struct app *app, const struct view *view)
{
	const struct machine *machine = &view->machine;
	const struct p2p_function *provider = machine_function(machine, view->state.provider);
	const struct p2p_function *client = machine_function(machine, view->state.client);

	switch (view->state.page) {
	case PAGE_PEERS:
		hint_command(out, app, "near", provider, NULL);
		return;
	case PAGE_PAIR:
		hint_command(out, app, "path", provider, client);
		return;
	case PAGE_DEVICE:
		hint_command(out, app, "near", machine_function(machine, view->state.device), NULL);
		return;
	case PAGE_WHAT_IF:
		say_what_if(out, app, machine);
		return;
	case PAGE_MATRIX:
		hint_command(out, app, "matrix", NULL, NULL);
		return;
	case PAGE_TREE:
		hint_command(out, app, "tree", NULL, NULL);
		return;
	default:
		hint_command(out, app, "report", NULL, NULL);
	}
}

/* NULL no memory. */
static char *command_of(const struct app *app, const struct view *view)
{
	char *text = NULL;
	size_t size;
	FILE *out = p2p_text_open(&text, &size);

	if (!out)
		return NULL;
	say_command(out, app, view);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

int view_copy(struct view *view)
{
	const struct p2p_rules *rules = view->state.rules ? p2p_rules_at(view->state.rules - 1) : NULL;
	struct app app = view->machine.shown, bare = app;
	char *told;

	app.options.kernel = rules ? p2p_rules_name(rules) : "auto";
	free(view->copied);
	view->copied = command_of(&app, view);
	/* What machine it is everybody sees; a long path would hide the rest. */
	bare.options = (struct options){ 0 };
	told = command_of(&bare, view);
	if (!view->copied || !told) {
		free(told);
		return -ENOMEM;
	}
	state_say(&view->state, false, "copied: %s", told + strlen("p2ptopo "));
	free(told);
	return 0;
}

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
	hint_command(out, app, machine_tries(machine) ? "what-if" : "report", NULL, NULL);
	for (size_t i = 0; i < machine->trial_count; i++)
		say_trial(out, machine, &machine->trials[i]);
	for (size_t i = 0; i < machine->word_count; i++) {
		putc(' ', out);
		hint_word(out, machine->words[i]);
	}
}

static void say_command(FILE *out, const struct app *app, const struct view *view)
{
	static const char *const commands[PAGES] = {
		[PAGE_TREE] = "tree", [PAGE_MATRIX] = "matrix", [PAGE_PEERS] = "near",
		[PAGE_PAIR] = "path", [PAGE_DEVICE] = "near", [PAGE_REPORT] = "report",
		[PAGE_HELP] = "report",
	};
	const struct machine *machine = &view->machine;
	const struct p2p_function *one = NULL, *other = NULL;
	enum page page = view->state.page;

	if (page == PAGE_PEERS || page == PAGE_PAIR)
		one = machine_function(machine, view->state.provider);
	if (page == PAGE_PAIR)
		other = machine_function(machine, view->state.client);
	if (page == PAGE_DEVICE)
		one = machine_function(machine, view->state.device);
	if (page == PAGE_WHAT_IF)
		say_what_if(out, app, machine);
	else
		hint_command(out, app, commands[page], one, other);
}

/* Return: NULL if out of memory. */
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
	/* Everybody can see which machine it is, and a long path would hide the rest. */
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/what_if/whatif.h"
#include "view/machine.h"
#include "print/words.h"

void machine_start(struct machine *machine, struct app *app)
{
	*machine = (struct machine){ .read = app, .shown = *app };
}

void machine_forget(struct machine *machine)
{
	machine->eval = p2p_eval_free(machine->eval);
	machine->plain = p2p_eval_free(machine->plain);
	machine->tried = p2p_topology_free(machine->tried);
	free(machine->selected);
	machine->selected = NULL;
	if (machine->read)
		machine->shown = *machine->read;
}

void machine_free(struct machine *machine)
{
	machine_forget(machine);
	machine_undo(machine);
	free(machine->words);
	free(machine->trials);
	free(machine->events);
	*machine = (struct machine){ 0 };
}

unsigned int machine_rules_count(void)
{
	unsigned int count = 0;

	while (p2p_rules_at(count))
		count++;
	return count + 1;
}

static void drop_word(struct machine *machine, size_t at)
{
	free(machine->words[at]);
	machine->word_count--;
	memmove(&machine->words[at], &machine->words[at + 1],
		(machine->word_count - at) * sizeof(*machine->words));
}

/* Adds the changes of the words behind @count others. Words about devices that are gone are forgotten. */
static void add_words(struct machine *machine, struct p2p_change *changes, size_t count)
{
	struct whatif whatif = { .before = machine->read, .changes = changes, .change_count = count };

	for (size_t i = 0; i < machine->word_count;) {
		if (whatif_parse(&whatif, machine->words[i]))
			drop_word(machine, i);
		else
			i++;
	}
}

/* The trials as changes of what was read. Trials of ports that are gone are forgotten. */
static struct p2p_change *list_changes(struct machine *machine)
{
	struct p2p_change *changes = calloc(machine_tries(machine) + 1, sizeof(*changes));
	size_t kept = 0;

	for (size_t i = 0; changes && i < machine->trial_count; i++) {
		const struct trial *trial = &machine->trials[i];
		const struct p2p_function *port = p2p_topology_find(machine->read->topology,
								    trial->bdf);

		if (!port || port->acs.fact != P2P_PRESENT)
			continue;
		changes[kept] = (struct p2p_change){
			.kind = P2P_CHANGE_ACS, .function = port,
			.clear = port->acs.control & (uint16_t)~trial->control,
			.set = trial->control & (uint16_t)~port->acs.control,
		};
		machine->trials[kept++] = *trial;
	}
	if (!changes)
		return NULL;
	machine->trial_count = kept;
	add_words(machine, changes, kept);
	return changes;
}

/* Functions have the same indexes in both topologies. */
static int select_tried(struct machine *machine)
{
	const struct app *read = machine->read;

	machine->selected = calloc(read->selected_count + 1, sizeof(void *));
	if (!machine->selected)
		return -ENOMEM;
	for (size_t i = 0; i < read->selected_count; i++)
		machine->selected[i] = p2p_topology_function(machine->tried,
							     read->selected[i]->index);
	return 0;
}

static int eval_tried(struct machine *machine, const char *rules)
{
	struct p2p_change *changes = list_changes(machine);
	int error = changes ? 0 : -ENOMEM;

	if (!error && machine_tries(machine))
		error = p2p_topology_change(machine->read->context, machine->read->topology,
					    changes, machine_tries(machine), &machine->tried);
	free(changes);
	if (error || !machine_tries(machine))
		return error;
	error = select_tried(machine);
	if (!error)
		error = p2p_eval_new(machine->read->context, machine->tried, rules,
				      &machine->eval);
	return error;
}

int machine_eval(struct machine *machine, const struct state *state)
{
	const char *rules = state->rules ? p2p_rules_name(p2p_rules_at(state->rules - 1)) : "auto";
	int error;

	machine_forget(machine);
	error = p2p_eval_new(machine->read->context, machine->read->topology, rules,
			      &machine->plain);
	if (!error)
		error = eval_tried(machine, rules);
	if (error) {
		machine_forget(machine);
		return error;
	}
	machine->shown.eval = machine->eval ? machine->eval : machine->plain;
	machine->shown.options.kernel = rules;
	if (machine->tried) {
		machine->shown.topology = machine->tried;
		machine->shown.selected = machine->selected;
	}
	return 0;
}

const struct p2p_function *machine_function(const struct machine *machine, struct address address)
{
	return address.there ? p2p_topology_find(machine->shown.topology, address.bdf) : NULL;
}

const struct p2p_function *machine_as_read(const struct machine *machine,
					   const struct p2p_function *function)
{
	return p2p_topology_function(machine->read->topology, function->index);
}

bool machine_is_tried(const struct machine *machine, const struct p2p_function *function)
{
	for (size_t i = 0; i < machine->trial_count; i++)
		if (!p2p_bdf_compare(machine->trials[i].bdf, function->bdf))
			return true;
	return false;
}

/* Removes the trial for @port. Return: whether there was one. */
static bool drop_trial(struct machine *machine, const struct p2p_function *port)
{
	size_t kept = 0, count = machine->trial_count;

	for (size_t i = 0; i < count; i++)
		if (p2p_bdf_compare(machine->trials[i].bdf, port->bdf))
			machine->trials[kept++] = machine->trials[i];
	machine->trial_count = kept;
	return kept < count;
}

static int add_trial(struct machine *machine, const struct p2p_function *port, uint16_t control)
{
	struct trial *trial;

	drop_trial(machine, port);
	if (machine_as_read(machine, port)->acs.control == control)
		return 0;
	trial = p2p_more(machine->trials, machine->trial_count);
	if (!trial)
		return -ENOMEM;
	*trial = (struct trial){ port->bdf, control };
	machine->trial_count++;
	return 0;
}

int machine_toggle(struct machine *machine, const struct p2p_function *port)
{
	uint16_t can = p2p_acs_settable(port) & ACS_REDIRECTS, control = port->acs.control;
	uint16_t read;

	if (port->acs.fact != P2P_PRESENT || !can)
		return -ENOENT;
	read = machine_as_read(machine, port)->acs.control & ACS_REDIRECTS;
	if (control & ACS_REDIRECTS)
		control &= (uint16_t)~ACS_REDIRECTS;
	else
		control |= read ? read : can & (P2P_ACS_RR | P2P_ACS_CR);
	return add_trial(machine, port, control);
}

/* Removes all trials on the way from @function to the root. Return: whether there were any. */
static bool restore_above(struct machine *machine, const struct p2p_function *function)
{
	bool any = false;

	for (; function; function = function->parent)
		any |= drop_trial(machine, function);
	return any;
}

int machine_toggle_pair(struct machine *machine, const struct p2p_function *provider,
			const struct p2p_function *client)
{
	size_t room = (size_t)provider->depth + client->depth + 1, count;
	const struct p2p_function **list = calloc(room, sizeof(void *));
	struct p2p_verdict verdict;
	int error = 0;

	if (!list)
		return -ENOMEM;
	p2p_eval_pair(machine->shown.eval, provider, client, &verdict);
	count = p2p_eval_redirects(machine->shown.eval, &verdict, list, room);
	for (size_t i = 0; i < count && i < room && !error; i++)
		error = machine_toggle(machine, list[i]);
	free(list);
	if (count || error)
		return error;
	count = restore_above(machine, provider);
	count += restore_above(machine, client);
	return count ? 0 : -ENOENT;
}

/* Do both concern the same thing? "iommu=..." concerns the IOMMU, "driver=DEVICE,..." that device. */
static bool is_about_same(const char *a, const char *b)
{
	size_t size = strcspn(a, *a == 'i' ? "=" : ",");

	return !strncmp(a, b, size + 1);
}

int machine_try(struct machine *machine, const char *word)
{
	struct p2p_change change;
	struct whatif whatif = { .before = machine->read, .changes = &change };
	char **place;

	if (whatif_parse(&whatif, word))
		return -EINVAL;
	for (size_t i = machine->word_count; i-- > 0;)
		if (is_about_same(machine->words[i], word))
			drop_word(machine, i);
	place = p2p_more(machine->words, machine->word_count);
	if (!place || !(*place = strdup(word)))
		return -ENOMEM;
	machine->word_count++;
	return 0;
}

size_t machine_tries(const struct machine *machine)
{
	return machine->trial_count + machine->word_count;
}

void machine_undo(struct machine *machine)
{
	machine->trial_count = 0;
	while (machine->word_count)
		drop_word(machine, machine->word_count - 1);
}

/* Do drivers treat both verdicts alike? */
static bool same_ways(const struct p2p_verdict *a, const struct p2p_verdict *b)
{
	const struct p2p_way_answer *one, *other;
	struct p2p_ways ways[2];

	p2p_ways_find(a, &ways[0]);
	p2p_ways_find(b, &ways[1]);
	one = p2p_ways_told(&ways[0]);
	other = p2p_ways_told(&ways[1]);
	return ways[0].delivery == ways[1].delivery && !one == !other &&
	       (!one || one->way == other->way);
}

bool machine_eval_pair(const struct machine *machine, const struct p2p_function *provider,
			const struct p2p_function *client, struct p2p_verdict *ret_verdict)
{
	struct p2p_verdict plain;

	p2p_eval_pair(machine->shown.eval, provider, client, ret_verdict);
	if (!machine->tried)
		return false;
	p2p_eval_pair(machine->plain, machine_as_read(machine, provider),
		       machine_as_read(machine, client), &plain);
	return plain.kernel.map_type != ret_verdict->kernel.map_type ||
	       plain.kernel.distance != ret_verdict->kernel.distance ||
	       plain.fabric.request.kind != ret_verdict->fabric.request.kind ||
	       plain.fabric.completion.kind != ret_verdict->fabric.completion.kind ||
	       !same_ways(&plain, ret_verdict);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page about the changes that are tried out. */
#include <inttypes.h>
#include <stdlib.h>

#include "print/pair/pair_facts.h"
#include "print/say.h"
#include "view/pages/text_pages.h"
#include "print/words.h"

static void print_trial(const struct app *app, const struct machine *machine,
			const struct trial *trial)
{
	const struct p2p_function *port = p2p_topology_find(machine->read->topology, trial->bdf);
	char bdf[P2P_BDF_SIZE], product[128], text[P2P_ACS_SIZE];
	struct p2p_register change;

	if (!port)
		return;
	change = p2p_register_make(port, trial->control);
	fprintf(app->out, "\n%s%s%s  %s, %s\n", paint_on(app, PAINT_BOLD),
		p2p_bdf_format(trial->bdf, bdf), paint_off(app), words_port(port),
		words_product(port, product, sizeof(product)));
	fprintf(app->out, "  as read    0x%04x %s\n", change.present,
		words_acs(change.present, text));
	fprintf(app->out, "  what if    0x%04x %s%s%s\n", trial->control,
		paint_on(app, PAINT_HOST), words_acs(trial->control, text), paint_off(app));
	p2p_register_setpci(&change, false, text, sizeof(text));
	fprintf(app->out, "  to do it   %s\n", text);
	p2p_register_setpci(&change, true, text, sizeof(text));
	fprintf(app->out, "  to undo    %s\n", text);
}

static void print_heading(const struct app *app, const char *what)
{
	fprintf(app->out, "\n%s%-20s %10s %10s%s\n", paint_on(app, PAINT_BOLD), what, "as read",
		"what if", paint_off(app));
}

static void print_count(const struct app *app, enum paint paint, const char *what, uint64_t read,
			uint64_t tried)
{
	fprintf(app->out, "%s%-20s%s %10" PRIu64 " %10" PRIu64 "%s\n", paint_on(app, paint), what,
		paint_off(app), read, tried, read == tried ? "" : "  *");
}

static uint64_t count_of(const struct p2p_summary *summary, enum p2p_map_type type)
{
	uint64_t count = 0;

	for (size_t i = 0; i < P2P_RELATIONS; i++)
		count += summary->pairs[i][type];
	return count;
}

static void print_counts(const struct app *app, const struct machine *machine)
{
	struct p2p_summary read, tried;

	if (p2p_eval_summary(machine->plain, machine->read->selected,
			      machine->read->selected_count, &read) ||
	    p2p_eval_summary(app->eval, app->selected, app->selected_count, &tried))
		return;
	print_heading(app, "ordered pairs");
	for (enum p2p_map_type type = P2P_MAP_TYPES; type-- > 0;)
		print_count(app, paint_of(type), p2p_map_type_name(type), count_of(&read, type),
			    count_of(&tried, type));
}

static void print_words(const struct app *app, const struct machine *machine)
{
	if (!machine->word_count)
		return;
	fputs("\nas a command  p2ptopo what-if", app->out);
	for (size_t i = 0; i < machine->word_count; i++)
		fprintf(app->out, " %s", machine->words[i]);
	putc('\n', app->out);
}

/* Counts all pairs of selected functions by how the drivers in use deliver them. */
static void count_deliveries(const struct app *app, const struct p2p_eval *eval,
			     uint64_t counts[P2P_DELIVERIES])
{
	struct p2p_verdict verdict;

	for (size_t i = 0; i < app->selected_count; i++) {
		for (size_t j = 0; j < app->selected_count; j++) {
			if (i == j)
				continue;
			p2p_eval_pair(eval, app->selected[i], app->selected[j], &verdict);
			counts[pair_delivery(&verdict)]++;
		}
	}
}

static void print_deliveries(const struct app *app, const struct machine *machine)
{
	uint64_t read[P2P_DELIVERIES] = { 0 }, tried[P2P_DELIVERIES] = { 0 };

	if (!machine->word_count)
		return;
	count_deliveries(machine->read, machine->plain, read);
	count_deliveries(app, app->eval, tried);
	print_heading(app, "by their drivers");
	for (enum p2p_delivery i = P2P_DELIVERIES; i-- > 0;)
		if (read[i] || tried[i])
			print_count(app, PAINT_NONE, p2p_delivery_name(i), read[i], tried[i]);
}

static void print_group(const struct app *app, const struct p2p_isolation *tried, size_t group)
{
	const struct p2p_function *member;
	struct paragraph line;

	if (!paragraph_start(&line))
		return;
	fputs("  ", app->out);
	fputs("one group:", line.stream);
	for (size_t i = 0; (member = p2p_isolation_at(tried, group, i)); i++)
		fprintf(line.stream, " %s", member->display);
	paragraph_end(app, &line, 2, 4);
}

/* Prints the groups that changed. The members of a group that grew can no longer be isolated from each other. */
static void print_groups(const struct app *app, const struct machine *machine,
			 const struct p2p_isolation *read, const struct p2p_isolation *tried)
{
	size_t groups = p2p_isolation_groups(tried);

	fprintf(app->out, "\n%sIOMMU groups as the kernel would form them: %zu now, %zu with the changes"
		"%s\n", paint_on(app, PAINT_BOLD), p2p_isolation_groups(read), groups,
		paint_off(app));
	for (size_t i = 0; i < groups; i++) {
		const struct p2p_function *first = p2p_isolation_at(tried, i, 0);
		struct p2p_number before = p2p_isolation_group(read,
							       machine_as_read(machine, first));

		if (p2p_isolation_count(tried, i) > 1 && (before.fact != P2P_PRESENT ||
		    p2p_isolation_count(read, (size_t)before.value) !=
		    p2p_isolation_count(tried, i)))
			print_group(app, tried, i);
	}
}

static void print_isolation(const struct app *app, const struct machine *machine)
{
	struct p2p_context *context = machine->read->context;
	struct p2p_isolation *read = NULL, *tried = NULL;

	if (!p2p_isolation_new(context, machine->read->topology, &read) &&
	    !p2p_isolation_new(context, app->topology, &tried))
		print_groups(app, machine, read, tried);
	else
		p2p_lost();
	p2p_isolation_free(read);
	p2p_isolation_free(tried);
}

void what_if_print(const struct app *app, const struct machine *machine)
{
	if (!machine_tries(machine)) {
		fputs("No change is being tried.\n\n", app->out);
		print_wrapped(app->out, app->options.width, 0,
			      "x on a port of the tree clears its redirects, and x on a pair those "
			      "of all ports between the two; x again brings them back. :iommu=pt and "
			      ":driver=gpu,nvidia try another mode of the IOMMU and another driver. "
			      "Everything then shows the result. Nothing is written to the machine.");
		return;
	}
	print_wrapped(app->out, app->options.width, 0,
		      "These changes are being tried. Nothing is written to the machine: every "
		      "page shows the result. X undoes all of them.");
	print_words(app, machine);
	print_counts(app, machine);
	print_deliveries(app, machine);
	print_isolation(app, machine);
	for (size_t i = 0; i < machine->trial_count; i++)
		print_trial(app, machine, &machine->trials[i]);
}

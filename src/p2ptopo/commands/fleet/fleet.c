/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo fleet: which nodes are alike, which are odd, and what makes them so. */
#include <stdlib.h>
#include <string.h>

#include "commands/diff.h"
#include "commands/fleet/fleet.h"
#include "options.h"
#include "print/clean.h"
#include "print/output.h"
#include "print/words.h"

#define NAMES_SHOWN 8
#define FACTS_SHOWN 8

static void fleet_free(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		for (size_t j = 0; j < fleet->shapes[i].count; j++)
			free(fleet->shapes[i].names[j]);
		free(fleet->shapes[i].names);
		app_release(&fleet->shapes[i].machine);
	}
	free(fleet->shapes);
	free(fleet->documents);
}

static struct shape *find_shape(const struct fleet *fleet, struct p2p_shape digest)
{
	for (size_t i = 0; i < fleet->count; i++) {
		if (fleet->shapes[i].digest.high == digest.high && fleet->shapes[i].digest.low == digest.low)
			return &fleet->shapes[i];
	}
	return NULL;
}

static enum status add_name(struct fleet *fleet, struct shape *shape, const char *name)
{
	char **place = p2p_more(shape->names, shape->count);

	if (!place || !(*place = strdup(name)))
		return fail_memory(fleet->app->failure);
	shape->count++;
	fleet->nodes++;
	return STATUS_DONE;
}

enum status fleet_count(struct fleet *fleet, size_t shape, const char *name)
{
	return add_name(fleet, &fleet->shapes[shape], name);
}

/* A new shape keeps the machine of its first node. */
static enum status new_shape(struct fleet *fleet, struct app *machine, struct p2p_shape digest,
			     struct shape **ret_shape)
{
	struct shape *shape = p2p_more(fleet->shapes, fleet->count);

	if (!shape)
		return fail_memory(fleet->app->failure);
	fleet->count++;
	*ret_shape = shape;
	*shape = (struct shape){ .digest = digest, .machine = *machine };
	*machine = app_like(fleet->app);
	return STATUS_DONE;
}

enum status fleet_skip(struct fleet *fleet, const char *label)
{
	struct failure *failure = fleet->app->failure;
	const char *why = failure->sentence;
	size_t length = strlen(label);

	if (failure->status == STATUS_SYSTEM)
		return STATUS_SYSTEM;
	why += !strncmp(why, label, length) && !strncmp(why + length, ": ", 2) ? length + 2 : 0;
	app_note(fleet->app, "%s: not read: %s", label, why);
	*failure = (struct failure){ 0 };
	fleet->unread++;
	return STATUS_DONE;
}

static enum status place(struct fleet *fleet, struct app *machine, struct p2p_shape digest, const char *name)
{
	struct shape *shape = find_shape(fleet, digest);
	enum status status = shape ? STATUS_DONE : new_shape(fleet, machine, digest, &shape);

	if (status)
		return status;
	fleet->last = (size_t)(shape - fleet->shapes);
	return add_name(fleet, shape, name);
}

enum status fleet_node(struct fleet *fleet, const char *from, const char *label)
{
	struct app machine = app_like(fleet->app);
	struct p2p_shape digest;
	enum status status;
	const char *host;
	char *name;

	machine.options.source_count = 0;
	(void)options_add_source(&machine.options, from);
	machine.say = NULL;
	status = app_read(&machine, STAGE_EVALUATE);
	if (status) {
		app_release(&machine);
		return fleet_skip(fleet, label);
	}
	host = p2p_topology_machine(machine.topology)->host;
	/* Copied, since the name is freed with the machine, or may belong to another owner by then. */
	name = strdup(host && *host ? host : label);
	if (!name || p2p_shape_of(machine.eval, &digest))
		status = fail_memory(fleet->app->failure);
	else
		status = place(fleet, &machine, digest, name);
	free(name);
	app_release(&machine);
	return status;
}

static int by_count(const void *left, const void *right)
{
	const struct shape *one = left, *other = right;

	if (one->count != other->count)
		return one->count > other->count ? -1 : 1;
	return strcmp(one->names[0], other->names[0]);
}

static void print_names(FILE *out, const struct shape *shape)
{
	for (size_t i = 0; i < shape->count && i < NAMES_SHOWN; i++)
		fprintf(out, "%s%s", i ? ", " : "", shape->names[i]);
	if (shape->count > NAMES_SHOWN)
		fprintf(out, " and %zu more", shape->count - NAMES_SHOWN);
}

static const char *release_of(const struct shape *shape)
{
	const struct p2p_machine *machine = p2p_topology_machine(shape->machine.topology);

	return machine->release ? machine->release : "not known";
}

/* The width of the column of kernel releases. */
static int longest_release(const struct fleet *fleet)
{
	size_t most = strlen("KERNEL");

	for (size_t i = 0; i < fleet->count; i++) {
		size_t length = strlen(release_of(&fleet->shapes[i]));

		most = length > most ? length : most;
	}
	return (int)most;
}

static void print_summary(const struct fleet *fleet)
{
	int width = longest_release(fleet);
	char nodes[WORDS_SIZE], shapes[WORDS_SIZE];
	FILE *out = fleet->app->out;

	fprintf(out, "%s in %s", words_count(fleet->nodes, "node", nodes),
		words_count(fleet->count, "shape", shapes));
	if (fleet->unread)
		fprintf(out, "; %zu could not be read", fleet->unread);
	fprintf(out, "\n\nNODES   FUNCTIONS GPU  NIC  NVME %-*s  NAMES\n", width, "KERNEL");
	for (size_t i = 0; i < fleet->count; i++) {
		const struct shape *shape = &fleet->shapes[i];

		fprintf(out, "%-7zu %-9zu %-4zu %-4zu %-4zu %-*s  ", shape->count,
			p2p_topology_count(shape->machine.topology), fleet_class(&shape->machine, P2P_CLASS_GPU),
			fleet_class(&shape->machine, P2P_CLASS_NIC), fleet_class(&shape->machine, P2P_CLASS_NVME),
			width, release_of(shape));
		print_names(out, shape);
		fputc('\n', out);
	}
}

enum status fleet_compare(const struct fleet *fleet, const struct shape *shape, struct p2p_diff **ret_diff)
{
	const struct shape *golden = &fleet->shapes[fleet->golden];

	return p2p_diff_new(shape->machine.context, golden->machine.eval, shape->machine.eval,
			    P2P_DIFF_NODES, ret_diff) ?
	       fail_memory(fleet->app->failure) : STATUS_DONE;
}

static enum status print_odd(const struct fleet *fleet, const struct shape *shape)
{
	struct p2p_diff *diff = NULL;
	enum status status = fleet_compare(fleet, shape, &diff);
	FILE *out = fleet->app->out;
	size_t at = 0, more = 0;

	if (status)
		return status;
	fputc('\n', out);
	print_names(out, shape);
	fputs(":\n", out);
	for (unsigned int lines = 0; lines < FACTS_SHOWN && p2p_diff_at(diff, at); lines++)
		at += diff_print(fleet->app, diff, at, 2);
	while (p2p_diff_at(diff, at + more))
		more++;
	if (more)
		fprintf(out, "  and %zu more facts\n", more);
	p2p_diff_free(diff);
	return STATUS_DONE;
}

static enum status print_text(const struct fleet *fleet)
{
	const struct shape *golden = &fleet->shapes[fleet->golden];
	enum status status = STATUS_DONE;

	print_summary(fleet);
	if (fleet->count < 2)
		return STATUS_DONE;
	fprintf(fleet->app->out, "\nCompared with %s%s:\n", golden->names[0],
		fleet->has_golden ? "" : golden->count > 1 ? ", which has the most common shape" :
		"; no two nodes have the same shape");
	for (size_t i = 0; i < fleet->count && !status; i++) {
		if (i != fleet->golden)
			status = print_odd(fleet, &fleet->shapes[i]);
	}
	return status;
}

/* Adds the file that --golden names, which also counts as a node. */
static enum status add_golden(struct fleet *fleet)
{
	enum status status = fleet_node(fleet, fleet->app->options.golden, fleet->app->options.golden);

	if (!status && !fleet->count)
		return fail_with(fleet->app->failure, STATUS_INPUT, "%s: cannot be read", fleet->app->options.golden);
	fleet->has_golden = true;
	return status;
}

static void choose_golden(struct fleet *fleet)
{
	struct p2p_shape digest = fleet->shapes[0].digest;

	qsort(fleet->shapes, fleet->count, sizeof(*fleet->shapes), by_count);
	if (fleet->has_golden)
		fleet->golden = (size_t)(find_shape(fleet, digest) - fleet->shapes);
}

static enum status finish(struct fleet *fleet)
{
	enum status status;

	if (!fleet->count)
		return fail_with(fleet->app->failure, STATUS_INPUT, "no node could be read");
	choose_golden(fleet);
	status = fleet->app->options.format == FORMAT_TEXT ? print_text(fleet) : fleet_print_json(fleet);
	if (status)
		return status;
	if (fleet->unread)
		return fail_with(fleet->app->failure, STATUS_INPUT, "%zu node%s could not be read", fleet->unread,
				 fleet->unread == 1 ? "" : "s");
	return fleet->count > 1 ? STATUS_NO : STATUS_DONE;
}

enum status command_fleet(struct app *app)
{
	struct fleet fleet = { .app = app };
	enum status status = app->options.golden ? add_golden(&fleet) : STATUS_DONE;

	for (int i = 0; i < app->argc && !status; i++)
		status = fleet_add(&fleet, app->argv[i]);
	if (!status)
		status = finish(&fleet);
	fleet_free(&fleet);
	return status;
}

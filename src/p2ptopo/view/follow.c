/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the machine again, and remembering for a while what is another than before. */
#include <stdlib.h>
#include <string.h>

#include "view/machine.h"
#include "print/words.h"

static void keep_note(void *data, const char *sentence)
{
	snprintf(data, INPUT_SIZE, "%.*s", INPUT_SIZE - 1, sentence);
}

enum status machine_load(struct app *app, char *note)
{
	*note = '\0';
	app->say = keep_note;
	app->say_data = note;
	return app_read(app, STAGE_JUDGE);
}

static void add_event(struct machine *machine, const struct p2p_function *function,
		      enum mark mark, int64_t until)
{
	struct event *events = realloc(machine->events,
				       (machine->event_count + 1) * sizeof(*events));
	char bdf[P2P_BDF_SIZE], product[96];
	struct event *event;

	if (!events)
		return;
	machine->events = events;
	event = &events[machine->event_count++];
	*event = (struct event){ .bdf = function->bdf, .mark = mark, .until = until };
	p2p_bdf_format(function->bdf, bdf);
	snprintf(event->line, sizeof(event->line), "%s%s%s %s", bdf,
		 strcmp(bdf, function->display) ? " " : "",
		 strcmp(bdf, function->display) ? function->display : "",
		 words_product(function, product, sizeof(product)));
}

static bool is_other_text(const char *a, const char *b)
{
	return !a != !b || (a && strcmp(a, b) != 0);
}

static bool is_other(const struct p2p_function *old, const struct p2p_function *new)
{
	return old->vendor != new->vendor || old->device != new->device ||
	       is_other_text(old->driver, new->driver) ||
	       is_other_text(old->display, new->display) ||
	       old->acs.control != new->acs.control || old->acs.fact != new->acs.fact ||
	       old->pcie.now.speed_mtps != new->pcie.now.speed_mtps ||
	       old->pcie.now.width != new->pcie.now.width ||
	       old->iommu_group.fact != new->iommu_group.fact ||
	       old->iommu_group.value != new->iommu_group.value;
}

/* An older mark of the same function gives way to the new one. */
static void drop_event(struct machine *machine, struct p2p_bdf bdf)
{
	size_t kept = 0;

	for (size_t i = 0; i < machine->event_count; i++)
		if (p2p_bdf_compare(machine->events[i].bdf, bdf))
			machine->events[kept++] = machine->events[i];
	machine->event_count = kept;
}

/* Both are in the order of their addresses. */
static void mark_all(struct machine *machine, const struct p2p_topology *old,
		     const struct p2p_topology *new, int64_t until)
{
	size_t i = 0, j = 0;

	for (;;) {
		const struct p2p_function *gone = p2p_topology_function(old, i);
		const struct p2p_function *come = p2p_topology_function(new, j);
		int order = !gone ? 1 : !come ? -1 : p2p_bdf_compare(gone->bdf, come->bdf);

		if (!gone && !come)
			return;
		if (order || is_other(gone, come)) {
			const struct p2p_function *function = order < 0 ? gone : come;

			drop_event(machine, function->bdf);
			add_event(machine, function, order < 0 ? MARK_WENT :
				  order > 0 ? MARK_CAME : MARK_CHANGED, until);
		}
		i += order <= 0;
		j += order >= 0;
	}
}

int machine_read(struct machine *machine, int64_t now, char *note)
{
	struct app *read = machine->read;
	struct app next = app_like(read);

	if (machine_load(&next, note)) {
		keep_note(note, read->failure->sentence);
		app_release(&next);
		return -1;
	}
	machine_forget(machine);
	mark_all(machine, read->topology, next.topology, now + MARKED_FOR);
	app_release(read);
	*read = next;
	machine->shown = next;
	return 0;
}

enum mark machine_mark(const struct machine *machine, struct p2p_bdf bdf)
{
	for (size_t i = 0; i < machine->event_count; i++)
		if (!p2p_bdf_compare(machine->events[i].bdf, bdf))
			return machine->events[i].mark;
	return MARK_NONE;
}

bool machine_expire(struct machine *machine, int64_t now)
{
	size_t kept = 0, count = machine->event_count;

	for (size_t i = 0; i < count; i++)
		if (machine->events[i].until > now)
			machine->events[kept++] = machine->events[i];
	machine->event_count = kept;
	return kept < count;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the machine again and marks for a while what has changed. */
#include <string.h>

#include "machine/compare.h"
#include "view/machine.h"
#include "print/words.h"

static void keep_note(void *data, const char *sentence)
{
	snprintf(data, INPUT_SIZE, "%.*s", INPUT_SIZE - 1, sentence);
}

/* Notes are kept while reading only; those of later steps are dropped. */
enum status machine_load(struct app *app, char *note)
{
	enum status status;

	*note = '\0';
	app->say = keep_note;
	app->say_data = note;
	status = app_read(app, STAGE_EVALUATE);
	app->say = NULL;
	return status;
}

static void add_event(struct machine *machine, const struct p2p_function *function,
		      enum mark mark, int64_t until)
{
	struct event *event = p2p_more(machine->events, machine->event_count);
	char bdf[P2P_BDF_SIZE], product[96];

	if (!event)
		return;
	machine->event_count++;
	*event = (struct event){ .bdf = function->bdf, .mark = mark, .until = until };
	p2p_bdf_format(function->bdf, bdf);
	snprintf(event->line, sizeof(event->line), "%s%s%s %s", bdf,
		 strcmp(bdf, function->display) ? " " : "",
		 strcmp(bdf, function->display) ? function->display : "",
		 words_product(function, product, sizeof(product)));
}

/* A new mark replaces an older one of the same function. */
static void drop_event(struct machine *machine, struct p2p_bdf bdf)
{
	size_t kept = 0;

	for (size_t i = 0; i < machine->event_count; i++)
		if (p2p_bdf_compare(machine->events[i].bdf, bdf))
			machine->events[kept++] = machine->events[i];
	machine->event_count = kept;
}

/* Destination of the marks of one comparison. */
struct marking {
	struct machine *machine;
	int64_t until;
};

static void mark_one(void *data, const struct p2p_function *old, const struct p2p_function *now)
{
	const struct marking *marking = data;
	const struct p2p_function *function = now ? now : old;

	if (!function || (old && now && !compare_any(old, now)))
		return;
	drop_event(marking->machine, function->bdf);
	add_event(marking->machine, function, !now ? MARK_WENT : !old ? MARK_CAME : MARK_CHANGED,
		  marking->until);
}

enum follow_result machine_read(struct machine *machine, struct follower *follower, int64_t now,
				char *note)
{
	struct app *read = machine->read;
	struct app next = app_like(read);
	struct marking marking = { machine, now + MARKED_FOR };
	enum follow_result result;

	*note = '\0';
	result = follow_read(follower, read, &next);
	if (result == FOLLOW_FAILED)
		keep_note(note, read->failure->sentence);
	if (result != FOLLOW_READ)
		return result;
	machine_forget(machine);
	compare_functions(read->topology, next.topology, &follower->news, mark_one, &marking);
	follow_told(follower);
	app_release(read);
	*read = next;
	machine->shown = next;
	return result;
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * p2ptopo watch.  An event is a reason to read the machine again once the burst is over; what
 * is printed is the difference of two readings.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "machine/monitor.h"
#include "commands/watch/watch.h"

#define QUIET_MS	200	/* no event for so long: the burst is over */
#define MOST_MS		2000	/* a storm is looked at so often */
#define LONGEST_MS	10000	/* changes that go on while the machine is read */
#define PATIENCE_MS	15000	/* for root's snapshot to follow a change */
#define USUAL_INTERVAL	30

/**
 * struct watch - one run.
 * @state: the newest reading
 * @burst: what was heard since; it began at @began, and the last of it came at @last; 0 nothing
 * @waits: for root's snapshot to be renewed, which will be an event
 * @looked: when the machine was read last
 */
struct watch {
	struct app *app;
	struct monitor *monitor;
	int signals;
	unsigned int interval;
	struct watch_state state;
	struct watch_burst burst;
	bool waits;
	int64_t began, last, looked;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void state_release(struct watch_state *state)
{
	app_release(&state->app);
	free(state->types);
	state->types = NULL;
}

static bool judge_pairs(struct watch_state *state)
{
	const struct app *app = &state->app;
	size_t n = app->selected_count;
	struct p2p_verdict verdict;

	state->types = calloc(n * n + 1, 1);
	for (size_t i = 0; state->types && i < n * n; i++) {
		p2p_judge_pair(app->judge, app->selected[i / n], app->selected[i % n], &verdict);
		state->types[i] = (uint8_t)verdict.kernel.map_type;
	}
	return state->types;
}

static enum status read_state(const struct watch *watch, bool quiet, struct watch_state *ret_state)
{
	struct watch_state state = {
		.app = app_like(watch->app), .generation = watch->state.generation,
	};
	enum status status;

	if (quiet)
		state.app.say = NULL;
	status = app_read(&state.app, STAGE_JUDGE);
	if (!status && !judge_pairs(&state))
		status = fail_memory(watch->app->failure);
	if (status)
		state_release(&state);
	else
		*ret_state = state;
	return status;
}

static struct watch_moved *moved_at(struct watch_burst *burst, struct p2p_bdf bdf)
{
	struct watch_moved *moved;
	size_t room;

	for (size_t i = 0; i < burst->moved_count; i++)
		if (!p2p_bdf_compare(burst->moved[i].bdf, bdf))
			return &burst->moved[i];
	if (burst->moved_count == burst->moved_room) {
		room = burst->moved_room ? burst->moved_room * 2 : 64;
		moved = reallocarray(burst->moved, room, sizeof(*moved));
		if (!moved)
			return NULL;
		burst->moved = moved;
		burst->moved_room = room;
	}
	moved = &burst->moved[burst->moved_count++];
	*moved = (struct watch_moved){ .bdf = bdf };
	return moved;
}

static void hear(void *data, const struct monitor_event *event)
{
	struct watch_burst *burst = data;
	struct watch_moved *moved;

	burst->gate |= event->kind == MONITOR_GATE;
	burst->lost |= event->kind == MONITOR_LOST;
	burst->snapshot |= event->kind == MONITOR_SNAPSHOT;
	if (event->kind != MONITOR_FUNCTION || !event->has_bdf)
		return;
	moved = moved_at(burst, event->bdf);
	if (!moved) {
		burst->lost = true;
		return;
	}
	moved->removed |= !strcmp(event->action, "remove");
	moved->added |= !strcmp(event->action, "add");
}

static void burst_end(struct watch *watch)
{
	free(watch->burst.moved);
	watch->burst = (struct watch_burst){ 0 };
	watch->began = watch->last = 0;
	watch->waits = false;
}

/*
 * Without root the registers come from root's snapshot, which a change makes useless until it is
 * renewed: that is worth waiting for, and no news of its own.
 */
static bool is_worth_waiting(const struct watch *watch, const struct watch_state *next)
{
	return watch->state.app.saved_at && !next->app.saved_at && watch->began &&
	       now_ms() - watch->began < PATIENCE_MS;
}

/* Did the machine change while it was read?  Devices that go then are read in part. */
static bool is_torn(const struct watch *watch)
{
	struct pollfd events = { .fd = monitor_fd(watch->monitor), .events = POLLIN };

	return poll(&events, 1, 0) > 0 &&
	       (!watch->began || now_ms() - watch->began < LONGEST_MS);
}

/* A reading that fails leaves the last one: the next event is another chance. */
static void look(struct watch *watch)
{
	struct watch_state next;

	watch->looked = now_ms();
	if (read_state(watch, true, &next)) {
		app_note(watch->app, "%s", watch->app->failure->sentence);
		burst_end(watch);
		return;
	}
	if (is_torn(watch)) {
		state_release(&next);
		return;
	}
	if (is_worth_waiting(watch, &next)) {
		watch->waits = true;
		state_release(&next);
		return;
	}
	next.generation++;
	watch_compare(&watch->state, &next, &watch->burst);
	burst_end(watch);
	state_release(&watch->state);
	watch->state = next;
}

/* Milliseconds until the machine is to be read again; -1 when only an event is a reason. */
static int64_t time_left(const struct watch *watch)
{
	int64_t now = now_ms(), left = -1;

	if (watch->waits) {
		left = watch->began + PATIENCE_MS - now;
	} else if (watch->began) {
		int64_t quiet = watch->last + QUIET_MS, most = watch->began + MOST_MS;

		left = (quiet < most ? quiet : most) - now;
	} else if (watch->interval) {
		left = watch->looked + (int64_t)watch->interval * 1000 - now;
	}
	return left < 0 && (watch->began || watch->interval) ? 0 : left;
}

/* Return: 0; a negative errno when events cannot be heard any more. */
static int take_events(struct watch *watch)
{
	int count = monitor_drain(watch->monitor, hear, &watch->burst);

	if (count <= 0)
		return count;
	watch->last = now_ms();
	if (!watch->began)
		watch->began = watch->last;
	watch->waits &= !watch->burst.snapshot;
	watch->burst.snapshot = false;
	return 0;
}

/* A reader that went away is the end, and a good one. */
static bool is_read(struct watch *watch)
{
	if (!fflush(watch->app->out) || errno != EPIPE)
		return !ferror(watch->app->out);
	__fpurge(watch->app->out);
	clearerr(watch->app->out);
	return false;
}

static enum status follow(struct watch *watch)
{
	struct failure *failure = watch->app->failure;
	enum { EVENTS, SIGNALS, READER };
	struct pollfd fds[] = {
		[EVENTS] = { .fd = monitor_fd(watch->monitor), .events = POLLIN },
		[SIGNALS] = { .fd = watch->signals, .events = POLLIN },
		[READER] = { .fd = fileno(watch->app->out) },
	};

	while (is_read(watch)) {
		int64_t left = time_left(watch);
		int error;

		if (poll(fds, 3, (int)left) < 0 && errno != EINTR)
			return fail_with(failure, failure_status(-errno), "poll: %s",
					 strerror(errno));
		if (fds[SIGNALS].revents || fds[READER].revents)
			return STATUS_DONE;
		error = fds[EVENTS].revents ? take_events(watch) : 0;
		if (error)
			return fail_with(failure, failure_status(error), "the kernel's events "
					 "cannot be heard any more: %s", strerror(-error));
		if (!time_left(watch))
			look(watch);
	}
	return STATUS_DONE;
}

static enum status parse_interval(struct failure *failure, const char *text,
				  unsigned int *ret_seconds)
{
	char *end;
	unsigned long seconds;

	*ret_seconds = USUAL_INTERVAL;
	if (!text)
		return STATUS_DONE;
	errno = 0;
	seconds = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || seconds > 86400)
		return fail_with(failure, STATUS_USAGE, "--interval is a number of seconds up to "
				 "86400, not '%s'", text);
	*ret_seconds = (unsigned int)seconds;
	return STATUS_DONE;
}

static int take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Events are listened to before the machine is read, so that no change falls in between. */
static enum status start(struct watch *watch)
{
	struct failure *failure = watch->app->failure;
	int error;
	enum status status = parse_interval(failure, watch->app->options.interval, &watch->interval);

	if (status)
		return status;
	error = monitor_new(watch->app->options.run_dir, &watch->monitor);
	if (error)
		return fail_with(failure, failure_status(error), "the kernel's events cannot be "
				 "heard: %s", strerror(-error));
	watch->signals = take_signals();
	if (watch->signals < 0)
		return fail_with(failure, failure_status(-errno), "signals: %s", strerror(errno));
	watch->state.generation = 1;
	status = read_state(watch, false, &watch->state);
	watch->looked = now_ms();
	if (!status)
		watch_say_start(&watch->state, watch->interval);
	return status;
}

enum status command_watch(struct app *app, int argc, char **argv)
{
	struct watch watch = { .app = app, .signals = -1, .state.app = { .out = app->out } };
	enum status status;

	(void)argc;
	(void)argv;
	if (app->options.from)
		return fail_with(app->failure, STATUS_USAGE, "a capture does not change; watch is "
				 "of the running machine");
	status = start(&watch);
	if (!status)
		status = follow(&watch);
	burst_end(&watch);
	state_release(&watch.state);
	monitor_free(watch.monitor);
	if (watch.signals >= 0)
		close(watch.signals);
	return status;
}

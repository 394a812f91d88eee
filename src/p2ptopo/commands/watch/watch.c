/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * p2ptopo watch.  After an event, the machine is read again once the burst is over; what is printed is the
 * difference between two readings.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "commands/watch/watch.h"

#define USUAL_INTERVAL	30

/**
 * struct watch - the running command.
 * @state: the newest reading
 * @looked: when the machine was last read
 */
struct watch {
	struct app *app;
	struct follower follower;
	int signals;
	unsigned int interval;
	struct watch_state state;
	int64_t looked;
};

static void state_release(struct watch_state *state)
{
	app_release(&state->app);
	free(state->types);
	free(state->ways);
	state->types = NULL;
	state->ways = NULL;
}

static struct watch_way way_of(const struct p2p_verdict *verdict)
{
	const struct p2p_way_answer *told;
	struct p2p_ways ways;

	p2p_ways_find(verdict, &ways);
	told = p2p_ways_told(&ways);
	return (struct watch_way){ told ? told->way : NULL, ways.delivery };
}

static bool eval_pairs(struct watch_state *state)
{
	const struct app *app = &state->app;
	size_t n = app->selected_count;
	struct p2p_verdict verdict;

	state->types = calloc(n * n + 1, 1);
	state->ways = calloc(n * n + 1, sizeof(*state->ways));
	for (size_t i = 0; state->types && state->ways && i < n * n; i++) {
		p2p_eval_pair(app->eval, app->selected[i / n], app->selected[i % n], &verdict);
		state->types[i] = (uint8_t)verdict.kernel.map_type;
		state->ways[i] = way_of(&verdict);
	}
	return state->types && state->ways;
}

/* If a reading fails, the previous one stays in place; the next event is another chance. */
static void look(struct watch *watch)
{
	struct watch_state next = {
		.app = app_like(watch->app), .generation = watch->state.generation + 1,
	};
	enum follow_result result;

	watch->looked = burst_now();
	next.app.say = NULL;
	result = follow_read(&watch->follower, &watch->state.app, &next.app);
	if (result == FOLLOW_READ && !eval_pairs(&next)) {
		fail_memory(watch->app->failure);
		result = FOLLOW_FAILED;
	}
	if (result == FOLLOW_FAILED)
		app_note(watch->app, "%s", watch->app->failure->sentence);
	if (result != FOLLOW_READ) {
		state_release(&next);
		return;
	}
	watch_compare(&watch->state, &next, &watch->follower.news);
	follow_told(&watch->follower);
	state_release(&watch->state);
	watch->state = next;
}

/* Milliseconds until the machine must be read again; -1 if only an event can cause that. */
static int64_t time_left(const struct watch *watch)
{
	int64_t left = follow_left(&watch->follower);

	if (left >= 0 || !watch->interval)
		return left;
	left = watch->looked + (int64_t)watch->interval * 1000 - burst_now();
	return left < 0 ? 0 : left;
}

/* A reader that went away ends the command without an error. */
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
		[EVENTS] = { .fd = follow_fd(&watch->follower), .events = POLLIN },
		[SIGNALS] = { .fd = watch->signals, .events = POLLIN },
		[READER] = { .fd = STDOUT_FILENO },
	};

	while (is_read(watch)) {
		int64_t left = time_left(watch);
		int error;

		if (poll(fds, 3, (int)left) < 0 && errno != EINTR)
			return fail_system(failure, -errno, "poll");
		if (fds[SIGNALS].revents || fds[READER].revents)
			return STATUS_DONE;
		error = fds[EVENTS].revents ? follow_hear(&watch->follower) : 0;
		if (error)
			return fail_system(failure, error,
					   "the kernel's events can no longer be received");
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
		return fail_with(failure, STATUS_USAGE, "--interval takes a number of seconds up to "
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

/* Listening for events starts before the machine is read, so that no change is missed. */
static enum status start(struct watch *watch)
{
	struct failure *failure = watch->app->failure;
	int error;
	enum status status = parse_interval(failure, watch->app->options.interval, &watch->interval);

	if (status)
		return status;
	error = follow_start(&watch->follower, watch->app->options.run_dir);
	if (error)
		return fail_system(failure, error, "the kernel's events cannot be received");
	watch->signals = take_signals();
	if (watch->signals < 0)
		return fail_system(failure, -errno, "signals");
	watch->state = (struct watch_state){ .app = app_like(watch->app), .generation = 1 };
	status = app_read(&watch->state.app, STAGE_EVALUATE);
	if (!status && !eval_pairs(&watch->state))
		status = fail_memory(failure);
	watch->looked = burst_now();
	if (!status)
		watch_say_start(&watch->state, watch->interval);
	return status;
}

enum status command_watch(struct app *app)
{
	struct watch watch = { .app = app, .signals = -1, .state.app = app_like(app) };
	enum status status = start(&watch);

	if (!status)
		status = follow(&watch);
	follow_end(&watch.follower);
	state_release(&watch.state);
	if (watch.signals >= 0)
		close(watch.signals);
	return status;
}

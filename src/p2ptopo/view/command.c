/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo view: the interactive viewer. */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "view/effects.h"
#include "view/keys.h"
#include "view/terminal/terminal.h"

static enum status press_keys(struct app *app, struct view *view)
{
	const char *keys = app->options.keys;

	while (keys && *keys && view->state.effect != EFFECT_QUIT) {
		uint32_t key = key_parse(&keys);

		if (key == UINT32_MAX)
			return fail_with(app->failure, STATUS_USAGE,
					 "--keys: there is no key '%.16s'", keys);
		view_press(view, key, 0);
	}
	return STATUS_DONE;
}

static enum status parse_size(const struct app *app, unsigned int *ret_width,
			      unsigned int *ret_height)
{
	const char *text = app->options.size;
	unsigned int width, height;
	char end;

	if (!text)
		return STATUS_DONE;
	if (sscanf(text, "%5ux%5u%c", &width, &height, &end) != 2 || !width || !height ||
	    width > 10000 || height > 10000)
		return fail_with(app->failure, STATUS_USAGE, "--size is WIDTHxHEIGHT, up to "
				 "10000x10000, not '%s'", text);
	*ret_width = width;
	*ret_height = height;
	return STATUS_DONE;
}

/* Only the running machine changes. Listening starts before it is read, so that no change is missed. */
static enum status read_machine(struct view *view, struct app *app, bool follow)
{
	char note[INPUT_SIZE];
	enum status status;

	if (follow && !app->options.from)
		(void)follow_start(&view->follower, app->options.run_dir);
	status = machine_load(app, note);
	if (!status && view_start(view, app))
		status = fail_memory(app->failure);
	if (!status)
		state_say(&view->state, false, "%s", note);
	return status;
}

/* Milliseconds until the machine must be read again or a mark expires. */
static int wait_for(const struct view *view)
{
	int64_t left = follow_left(&view->follower), now = burst_now();

	for (size_t i = 0; i < view->machine.event_count; i++) {
		int64_t mark = view->machine.events[i].until - now;

		if (left < 0 || mark < left)
			left = mark < 0 ? 0 : mark;
	}
	return left > 60000 ? 60000 : (int)left;
}

static void follow(struct view *view, unsigned int seen)
{
	if (seen & TERMINAL_OTHER && follow_hear(&view->follower))
		follow_end(&view->follower);
	if (!follow_left(&view->follower))
		view_read(view, burst_now());
	view_expire(view, burst_now());
}

/* Handles all pending keys, so that a paste is drawn only once. Return: false to quit. */
static bool take_keys(struct view *view, struct terminal *terminal)
{
	bool again = false;
	uint32_t key;

	while ((key = terminal_key(terminal)) != VIEW_NONE) {
		view_press(view, key, burst_now());
		if (view->state.effect == EFFECT_QUIT)
			return false;
		if (view->state.effect == EFFECT_SUSPEND) {
			terminal_suspend(terminal);
			again = true;
		}
		if (view->state.effect == EFFECT_COPY && view->copied)
			terminal_copy(view->copied);
		again |= view->state.effect == EFFECT_REDRAW;
	}
	if (again)
		terminal_show(terminal, &view->screen, true);
	return true;
}

static int fit_terminal(struct view *view, const struct terminal *terminal)
{
	unsigned int width, height;

	terminal_size(terminal, &width, &height);
	if (width == view->screen.width && height == view->screen.height)
		return 0;
	return view_resize(view, width, height);
}

static enum status run(const struct app *app, struct view *view, struct terminal *terminal)
{
	for (;;) {
		unsigned int seen;

		if (fit_terminal(view, terminal))
			return fail_memory(app->failure);
		paint(view);
		terminal_show(terminal, &view->screen, false);
		seen = terminal_wait(terminal, follow_fd(&view->follower), wait_for(view));
		if (seen & TERMINAL_ENDED)
			return STATUS_DONE;
		if (seen & TERMINAL_STOP)
			terminal_suspend(terminal);
		else if (seen & TERMINAL_CONTINUED)
			terminal_resume(terminal);
		if (seen & TERMINAL_KEYS && !take_keys(view, terminal))
			return STATUS_DONE;
		follow(view, seen);
	}
}

static enum status run_on_terminal(struct view *view, struct app *app)
{
	struct terminal *terminal = NULL;
	const char *never = getenv("NO_COLOR");
	bool colour = strcmp(app->options.colour_when, "never") != 0 &&
		      !(!strcmp(app->options.colour_when, "auto") && never && *never);
	enum status status = terminal_open(app->failure, colour, &terminal);

	if (!status)
		status = run(app, view, terminal);
	terminal_close(terminal);
	return status;
}

static enum status start(struct view *view, struct app *app)
{
	bool print = app->options.print_screen;
	enum status status = read_machine(view, app, !print);

	if (!status)
		status = press_keys(app, view);
	if (status)
		return status;
	if (!print)
		return view->state.effect == EFFECT_QUIT ? STATUS_DONE : run_on_terminal(view, app);
	paint(view);
	screen_print(&view->screen, app->out, app->options.colour);
	return STATUS_DONE;
}

enum status command_view(struct app *app)
{
	unsigned int width = app->options.width, height = app->options.height;
	struct view view = { 0 };
	enum status status;

	if (!app->options.print_screen && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		return fail_with(app->failure, STATUS_USAGE, "view needs a terminal; "
				 "--print-screen prints a screen without one");
	status = parse_size(app, &width, &height);
	if (status)
		return status;
	view.screen.unicode = !strcmp(nl_langinfo(CODESET), "UTF-8");
	status = screen_resize(&view.screen, width, height) ? fail_memory(app->failure) : start(&view, app);
	follow_end(&view.follower);
	view_free(&view);
	return status;
}

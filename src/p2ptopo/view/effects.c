/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/effects.h"
#include "view/keys.h"
#include "view/prompt.h"

/* Derives what depends only on the machine as read: done once, not for every key. */
static void look_over(struct view *view)
{
	const struct app *app = view->machine.read;

	view->present = 0;
	view->name_width = 8;
	for (size_t i = 0; i < app->selected_count; i++) {
		unsigned int width = screen_width(&view->screen, app->selected[i]->display);

		view->present |= 1u << app->selected[i]->kind;
		if (width > view->name_width)
			view->name_width = width < 24 ? width : 24;
	}
}

/* Pages that need a pair or a device start with the first one there is. */
static void choose_ends(struct view *view)
{
	const struct app *app = &view->machine.shown;
	struct state *state = &view->state;
	bool pair = state->page == PAGE_PAIR;

	if (!machine_function(&view->machine, state->provider))
		state->provider.there = false;
	if (!machine_function(&view->machine, state->client))
		state->client.there = false;
	if ((pair || state->page == PAGE_PEERS) && !state->provider.there && app->selected_count)
		state->provider = (struct address){ true, app->selected[0]->bdf };
	for (size_t i = 0; pair && !state->client.there && i < app->selected_count; i++)
		if (p2p_bdf_compare(app->selected[i]->bdf, state->provider.bdf))
			state->client = (struct address){ true, app->selected[i]->bdf };
	if (state->page == PAGE_DEVICE && !machine_function(&view->machine, state->device))
		state->device = state->provider;
	if (state->page == PAGE_DEVICE && !state->device.there && app->selected_count)
		state->device = (struct address){ true, app->selected[0]->bdf };
}

static int build(struct view *view)
{
	switch (view->state.page) {
	case PAGE_TREE:
		return branches_build(&view->branches, &view->machine, &view->state);
	case PAGE_MATRIX:
	case PAGE_PEERS:
		return devices_build(&view->devices, &view->machine, &view->state);
	default:
		return text_build(&view->text, &view->machine, &view->state, view->screen.width);
	}
}

/* The index of @wanted among @count rows or columns; @otherwise if it is gone. */
static size_t place_of(const struct view *view, size_t count, struct address wanted, size_t otherwise,
		       const struct p2p_function *(*function_at)(const struct view *view, size_t at))
{
	for (size_t i = 0; wanted.there && i < count; i++) {
		const struct p2p_function *function = function_at(view, i);

		if (function && !p2p_bdf_compare(function->bdf, wanted.bdf))
			return i;
	}
	return otherwise;
}

static int rebuild_at(struct view *view, struct address row, struct address column)
{
	struct place *place = &view->state.place[view->state.page];
	struct viewport viewport;
	int error;

	choose_ends(view);
	error = build(view);
	if (error)
		return error;
	viewport = viewport_of(view);
	if (!page_is_text(view->state.page))
		place->row = place_of(view, viewport.rows, row, place->row, view_row);
	if (view->state.page == PAGE_MATRIX)
		place->column = place_of(view, viewport.columns, column, place->column, view_column);
	viewport = viewport_of(view);
	state_fit(&view->state, &viewport);
	return 0;
}

/* Rebuilds the rows of the page shown and keeps the cursor on its function. */
static int rebuild(struct view *view)
{
	struct viewport viewport = viewport_of(view);

	return rebuild_at(view, viewport.row, viewport.column);
}

/* Evaluation frees the old results, so rows that point into them are dropped first. */
static int evaluate_again(struct view *view, const struct viewport *before)
{
	int error;

	branches_forget(&view->branches);
	devices_free(&view->devices);
	error = machine_eval(&view->machine, &view->state);
	look_over(view);
	return error ? error : rebuild_at(view, before->row, before->column);
}

static void report_failure(struct view *view, int error)
{
	if (error)
		state_say(&view->state, true, "%s", strerror(-error));
	if (error == -ENOMEM)
		p2p_lost();
}

static unsigned int rules_named(const char *name)
{
	const struct p2p_rules *rules;

	for (unsigned int i = 0; (rules = p2p_rules_at(i)); i++)
		if (!strcmp(p2p_rules_name(rules), name))
			return i + 1;
	return 0;
}

/* The function that most people look for first: a GPU if there is one, not the first host bridge. */
static struct address first_wanted(const struct app *app)
{
	const struct p2p_function *first = NULL;

	for (size_t i = 0; i < app->selected_count; i++)
		if (!first || words_place(app->selected[i]->kind) < words_place(first->kind))
			first = app->selected[i];
	return first ? (struct address){ true, first->bdf } : (struct address){ 0 };
}

/* Scrolls so that the cursor is in the middle of the screen, as far as possible. */
static void show_middle(struct view *view)
{
	struct place *place = &view->state.place[view->state.page];
	struct viewport viewport = viewport_of(view);

	place->top = place->row > viewport.high / 2 ? place->row - viewport.high / 2 : 0;
	state_fit(&view->state, &viewport);
}

int view_start(struct view *view, struct app *app)
{
	struct viewport here = { 0 };
	int error;

	state_start(&view->state);
	view->state.rules = rules_named(app->options.kernel);
	machine_start(&view->machine, app);
	here.row = first_wanted(app);
	view->cell = p2p_text_open(&view->cell_text, &view->cell_size);
	if (!view->cell)
		return -ENOMEM;
	error = branches_fold_idle(&view->branches, app->topology);
	if (!error)
		error = evaluate_again(view, &here);
	if (!error)
		show_middle(view);
	return error;
}

void view_free(struct view *view)
{
	if (view->cell)
		fclose(view->cell);
	free(view->cell_text);
	free(view->copied);
	branches_free(&view->branches);
	devices_free(&view->devices);
	text_free(&view->text);
	screen_free(&view->screen);
	machine_free(&view->machine);
}

int view_resize(struct view *view, unsigned int width, unsigned int height)
{
	int error = screen_resize(&view->screen, width, height);

	return error ? error : rebuild(view);
}

static void fold(struct view *view)
{
	size_t at = view->state.place[PAGE_TREE].row;
	int error = branches_fold(&view->branches, &view->machine, view->state.effect, at);

	report_failure(view, error ? error : rebuild(view));
}

/* Tries a change at one port, or at all ports between two devices. */
static void try_out(struct view *view, const struct viewport *before)
{
	const struct p2p_function *port = machine_function(&view->machine, view->state.device);
	const struct p2p_function *provider = view_provider(view);
	const struct p2p_function *client = machine_function(&view->machine, view->state.client);
	int error = -ENOENT;

	if (view->state.effect == EFFECT_TOGGLE && port)
		error = machine_toggle(&view->machine, port);
	else if (view->state.effect == EFFECT_TOGGLE_PAIR && provider && client)
		error = machine_toggle_pair(&view->machine, provider, client);
	if (error == -ENOENT && view->state.effect == EFFECT_TOGGLE)
		state_say(&view->state, true, "%s has no ACS redirect that could be cleared",
			  port ? port->display : "a host bridge");
	else if (error == -ENOENT)
		state_say(&view->state, true, "nothing redirects between %s and %s",
			  provider ? provider->display : "no provider",
			  client ? client->display : "no client");
	else
		report_failure(view, error ? error : evaluate_again(view, before));
}

/* Tries another IOMMU mode, or another driver. */
static void what_if(struct view *view, const struct viewport *before)
{
	int error = machine_try(&view->machine, view->state.input);

	if (error == -EINVAL)
		state_say(&view->state, true, "%s", view->machine.read->failure->sentence);
	else
		report_failure(view, error ? error : evaluate_again(view, before));
}

static void print_report(FILE *out, struct view *view)
{
	struct app app = view->machine.shown;

	app.out = out;
	app.options.colour = app.options.terminal = false;
	app.options.format = FORMAT_TEXT;
	command_report(&app);
}

/* Return: 0; -EEXIST if the file exists and must not be replaced; another negative errno. */
static int save_as(struct view *view, enum effect what, bool replace)
{
	char *text = NULL;
	size_t size;
	FILE *out = p2p_text_open(&text, &size);
	bool whole;
	int error;

	if (!out)
		return -ENOMEM;
	if (what == EFFECT_SAVE_SCREEN)
		screen_print(&view->screen, out, false);
	else if (what == EFFECT_SAVE_REPORT)
		print_report(out, view);
	else
		fprintf(out, "#!/bin/sh\n%s\n", view->copied);
	whole = !ferror(out);
	error = fclose(out) || !whole ? -ENOMEM :
		p2p_file_write(view->machine.read->context, view->state.input,
			       replace ? 0 : P2P_WRITE_NEW, text, size);
	free(text);
	return error;
}

static void save(struct view *view)
{
	struct state *state = &view->state;
	bool replace = state->overwrite;
	int error = 0;

	state->overwrite = PROMPT_NONE;
	if (state->effect == EFFECT_SAVE_SCREEN)
		paint(view);
	if (state->effect == EFFECT_SAVE_PAGE)
		error = view_copy(view);
	if (!error)
		error = save_as(view, state->effect, replace);
	if (error == -EEXIST && !replace)
		prompt_ask_overwrite(state, state->effect);
	else if (error == -ENOMEM)
		report_failure(view, error);
	else if (error)
		state_say(state, true, "%s", p2p_context_error(view->machine.read->context));
	else
		state_say(state, false, "saved to %.128s", state->input);
}

void view_read(struct view *view, int64_t now)
{
	struct viewport before = viewport_of(view);
	char note[INPUT_SIZE];

	branches_forget(&view->branches);
	devices_free(&view->devices);
	switch (machine_read(&view->machine, &view->follower, now, note)) {
	case FOLLOW_READ:
		break;
	case FOLLOW_AGAIN:
		state_say(&view->state, false, "the machine is changing; it is read again");
		break;
	case FOLLOW_FAILED:
		state_say(&view->state, true, "%s", note);
		break;
	}
	report_failure(view, evaluate_again(view, &before));
}

bool view_expire(struct view *view, int64_t now)
{
	struct viewport before = viewport_of(view);

	if (!machine_expire(&view->machine, now))
		return false;
	branches_forget(&view->branches);
	report_failure(view, rebuild_at(view, before.row, before.column));
	return true;
}

/* The page whose title is at column @x; PAGES if none. */
static enum page page_at(const struct view *view, unsigned int x)
{
	unsigned int from = view_titles(view), width;

	for (int page = 0; page < PAGE_HELP; page++, from += width) {
		width = view_title_width(page);
		if (x >= from && x < from + width)
			return (enum page)page;
	}
	return PAGES;
}

/*
 * A click on a title opens its page. A click on a line moves the cursor there, or opens the line if the
 * cursor is there already.
 */
static uint32_t click(struct view *view, const struct viewport *viewport, uint32_t key)
{
	struct layout layout = layout_of(view);
	struct place *place = &view->state.place[view->state.page];
	unsigned int x = VIEW_CLICK_X(key), y = VIEW_CLICK_Y(key);
	size_t row = place->top + y - layout.body, column = place->column;

	if (!y && page_at(view, x) < PAGES)
		return '1' + (uint32_t)page_at(view, x);
	if (view->state.prompt || page_is_text(view->state.page) || y < layout.body ||
	    y >= layout.body + layout.high || row >= viewport->rows)
		return VIEW_NONE;
	if (view->state.page == PAGE_MATRIX && x >= layout.label)
		column = place->left + (x - layout.label) / layout.pitch;
	if (place->row == row && (place->column == column || column >= viewport->columns))
		return VIEW_ENTER;
	if (column < viewport->columns)
		place->column = column;
	state_go(&view->state, viewport, row);
	return VIEW_NONE;
}

void view_press(struct view *view, uint32_t key, int64_t now)
{
	struct viewport viewport = viewport_of(view);
	unsigned int rules = view->state.rules;

	if (VIEW_IS_CLICK(key))
		key = click(view, &viewport, key);
	state_press(&view->state, &viewport, key);
	switch (view->state.effect) {
	case EFFECT_REBUILD:
		report_failure(view, rules == view->state.rules ? rebuild(view) :
						  evaluate_again(view, &viewport));
		return;
	case EFFECT_SORT:
		report_failure(view, rebuild_at(view, (struct address){ 0 },
						(struct address){ 0 }));
		return;
	case EFFECT_FIND:
		view_find(view);
		return;
	case EFFECT_FOLD:
	case EFFECT_UNFOLD:
	case EFFECT_FOLD_ALL:
		fold(view);
		return;
	case EFFECT_TOGGLE:
	case EFFECT_TOGGLE_PAIR:
		try_out(view, &viewport);
		return;
	case EFFECT_UNDO:
		machine_undo(&view->machine);
		report_failure(view, evaluate_again(view, &viewport));
		return;
	case EFFECT_WHAT_IF:
		what_if(view, &viewport);
		return;
	case EFFECT_SAVE_SCREEN:
	case EFFECT_SAVE_REPORT:
	case EFFECT_SAVE_PAGE:
		save(view);
		return;
	case EFFECT_READ:
		view_read(view, now);
		return;
	case EFFECT_COPY:
		report_failure(view, view_copy(view));
		return;
	case EFFECT_NONE:
	case EFFECT_QUIT:
	case EFFECT_REDRAW:
	case EFFECT_SUSPEND:
		return;
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selects functions, by filters in lspci's syntax and by classes. */
#include <stdlib.h>
#include <string.h>

#include "machine/filter.h"

/**
 * struct picker - the parsed filters of the user.
 * @slots, @ids: one of each must match, unless there are none
 * @classes, @between: sets of classes, one bit each
 */
struct picker {
	struct filter slots[MOST_REPEATS], ids[MOST_REPEATS];
	size_t slot_count, id_count;
	unsigned int classes, between[2];
};

static enum status unknown_class(struct failure *failure, const char *option, const char *name)
{
	struct p2p_nearest nearest = { .typed = name };
	char names[256] = "", meant[P2P_NEAREST_SIZE];
	size_t used = 0;

	for (unsigned int i = 0; i < P2P_CLASSES; i++) {
		const char *known = p2p_class_name((enum p2p_class)i);

		p2p_nearest_try(&nearest, known);
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
					 known);
	}
	p2p_nearest_say(&nearest, meant);
	return fail_with(failure, STATUS_USAGE, "%s: there is no class '%s'%s%s%s%s", option, name,
			 meant, *meant ? " (" : "; there are ", names, *meant ? ")" : "");
}

/* Take one word of a list, and find where the next one starts. */
static enum status take_class(struct failure *failure, const char *option, const char **names,
			      enum p2p_class *ret_kind)
{
	size_t length = strcspn(*names, ",");
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)length, *names);
	if (p2p_class_parse(name, ret_kind))
		return unknown_class(failure, option, name);
	*names += length + ((*names)[length] == ',');
	return STATUS_DONE;
}

/* A set of classes, one bit each; all classes if none are given. */
static enum status make_classes(struct failure *failure, const char *names,
				unsigned int *ret_classes)
{
	unsigned int classes = 0;
	enum status status = STATUS_DONE;
	enum p2p_class kind;
	bool given = names;

	while (names && *names && !status) {
		status = take_class(failure, "--class", &names, &kind);
		if (!status)
			classes |= 1u << kind;
	}
	if (!status && given && !classes)
		return fail_with(failure, STATUS_USAGE, "--class names no class");
	*ret_classes = given ? classes : ~0u;
	return status;
}

/* For measured it names two devices. */
static const char *classes_between(const struct app *app)
{
	return app->command->takes & TAKES_BETWEEN ? app->options.between : NULL;
}

static enum status make_between(struct failure *failure, const char *names, unsigned int between[2])
{
	enum status status = STATUS_DONE;
	enum p2p_class kind;
	unsigned int count = 0;

	between[0] = between[1] = ~0u;
	if (!names)
		return STATUS_DONE;
	for (; *names && !status && count < 2; count++) {
		status = take_class(failure, "--between", &names, &kind);
		if (!status)
			between[count] = 1u << kind;
	}
	if (!status && (count != 2 || *names))
		return fail_with(failure, STATUS_USAGE, "--between takes two classes, such as gpu,nic");
	return status;
}

static enum status make_filters(struct failure *failure, const char *option,
				const struct repeated *list, struct filter *filters,
				const char *(*parse)(struct filter *, const char *))
{
	for (size_t i = 0; i < list->count; i++) {
		const char *error = parse(&filters[i], list->word[i]);

		if (error)
			return fail_with(failure, STATUS_USAGE, "%s %s: %s", option, list->word[i],
					 error);
	}
	return STATUS_DONE;
}

static enum status make_picker(const struct app *app, struct picker *picker)
{
	const struct options *options = &app->options;
	enum status status;

	picker->slot_count = options->slots.count;
	picker->id_count = options->ids.count;
	status = make_filters(app->failure, "-s", &options->slots, picker->slots,
			      filter_parse_address);
	if (!status)
		status = make_filters(app->failure, "-d", &options->ids, picker->ids,
				      filter_parse_ids);
	if (!status)
		status = make_classes(app->failure, options->classes, &picker->classes);
	if (!status)
		status = make_between(app->failure, classes_between(app), picker->between);
	return status;
}

bool app_has_filter(const struct app *app)
{
	const struct options *options = &app->options;

	return options->slots.count || options->ids.count || options->classes ||
	       classes_between(app);
}

static bool any_matches(const struct filter *filters, size_t count,
			const struct p2p_function *function)
{
	for (size_t i = 0; i < count; i++) {
		if (filter_matches(&filters[i], function))
			return true;
	}
	return !count;
}

static bool is_picked(const struct picker *picker, const struct p2p_function *function)
{
	return any_matches(picker->slots, picker->slot_count, function) &&
	       any_matches(picker->ids, picker->id_count, function) &&
	       (picker->classes & (picker->between[0] | picker->between[1])) >> function->kind & 1u;
}

static bool is_selected(const struct app *app, const struct p2p_function *function, bool picked)
{
	bool named = app->options.slots.count || app->options.ids.count;

	return p2p_function_has_header_0(function) &&
	       (app->options.all || p2p_function_takes_part(function) || (named && picked));
}

/* Return: true if any is picked. */
static bool fill_selection(struct app *app, const struct picker *picker)
{
	size_t count = p2p_topology_count(app->topology);
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);
		bool picked = is_picked(picker, function);

		if (!is_selected(app, function, picked))
			continue;
		app->selected[app->selected_count] = function;
		app->picked[app->selected_count++] = picked;
		any |= picked;
	}
	return any;
}

static size_t append(char *text, size_t size, size_t used, const char *option, const char *value)
{
	if (!value || used >= size)
		return used;
	return used + (size_t)snprintf(text + used, size - used, "%s%s %s", used ? " " : "", option,
				       value);
}

/* "-s 3b:00.0 --class gpu", as given by the user. */
static const char *words_filter(const struct app *app, char *text, size_t size)
{
	const struct options *options = &app->options;
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < options->slots.count; i++)
		used = append(text, size, used, "-s", options->slots.word[i]);
	for (size_t i = 0; i < options->ids.count; i++)
		used = append(text, size, used, "-d", options->ids.word[i]);
	used = append(text, size, used, "--class", options->classes);
	append(text, size, used, "--between", options->between);
	return text;
}

static enum status nothing_picked(const struct app *app)
{
	char text[256];

	words_filter(app, text, sizeof(text));
	return fail_with(app->failure, STATUS_INPUT, "%s selects no function of %s", text,
			 app_machine(app));
}

/* A machine may have no device of a class, which is a valid answer.  @hidden: what only --all would show */
static void note_nothing(const struct app *app, size_t hidden)
{
	char text[256];

	words_filter(app, text, sizeof(text));
	if (hidden)
		app_note(app, "%s selects %zu function%s of %s that take%s no part in "
			 "peer-to-peer DMA; --all shows %s", text, hidden,
			 hidden > 1 ? "s" : "", app_machine(app), hidden > 1 ? "" : "s",
			 hidden > 1 ? "them" : "it");
	else
		app_note(app, "%s selects no function of %s", text, app_machine(app));
}

enum status app_mark(const struct app *app, bool *marked)
{
	struct picker picker = { 0 };
	enum status status = make_picker(app, &picker);
	bool any = false;

	for (size_t i = 0; !status && i < p2p_topology_count(app->topology); i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);

		marked[function->index] = is_picked(&picker, function);
		any |= marked[function->index];
	}
	return status || any ? status : nothing_picked(app);
}

/* Count functions that the filters select and that could be an end of a pair. */
static size_t count_hidden(const struct app *app, const struct picker *picker)
{
	size_t hidden = 0;

	for (size_t i = 0; i < p2p_topology_count(app->topology); i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);

		hidden += p2p_function_has_header_0(function) && is_picked(picker, function);
	}
	return hidden;
}

/* Pairs need functions that can be an end of one. */
enum status app_select(struct app *app)
{
	size_t count = p2p_topology_count(app->topology);
	struct picker picker = { 0 };
	enum status status = make_picker(app, &picker);

	if (status)
		return status;
	memcpy(app->between, picker.between, sizeof(app->between));
	app->selected = calloc(count + 1, sizeof(void *));
	app->picked = calloc(count + 1, sizeof(app->picked[0]));
	if (!app->selected || !app->picked)
		return fail_memory(app->failure);
	if (fill_selection(app, &picker) || app->command->stage < STAGE_EVALUATE ||
	    !app_has_filter(app))
		return STATUS_DONE;
	if (app->options.slots.count || app->options.ids.count)
		return nothing_picked(app);
	note_nothing(app, count_hidden(app, &picker));
	return STATUS_DONE;
}

bool app_is_of(const struct app *app, size_t index, unsigned int end)
{
	return app->between[end] >> app->selected[index]->kind & 1u;
}

bool app_shows(const struct app *app, size_t provider, size_t client)
{
	if (provider == client && !app->options.all)
		return false;
	return (app->picked[provider] || app->picked[client]) &&
	       ((app_is_of(app, provider, 0) && app_is_of(app, client, 1)) ||
		(app_is_of(app, provider, 1) && app_is_of(app, client, 0)));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions the user means: filters in lspci's syntax, classes, and single names. */
#include <pci/pci.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"

/* libpci parses into the string it is given, and wants one that it may write to. */
static const char *parse_filter(struct pci_filter *filter, const char *text,
				char *(*parse)(struct pci_filter *, char *))
{
	char *copy = strdup(text);
	const char *error = copy ? parse(filter, copy) : "out of memory";

	free(copy);
	return error;
}

static bool has_address(const struct pci_filter *filter, struct p2p_bdf bdf)
{
	return (filter->domain < 0 || (uint32_t)filter->domain == bdf.domain) &&
	       (filter->bus < 0 || filter->bus == bdf.bus) &&
	       (filter->slot < 0 || filter->slot == bdf.devfn >> 3) &&
	       (filter->func < 0 || filter->func == (bdf.devfn & 7));
}

/* As pci_filter_match(): an id that was not read matches only what asks for none. */
static bool has_ids(const struct pci_filter *filter, const struct p2p_function *function)
{
	unsigned int class = function->class_code >> 8, prog_if = function->class_code & 0xff;

	if (filter->vendor < 0 && filter->device < 0 && filter->device_class < 0 &&
	    filter->prog_if < 0)
		return true;
	return function->ids == P2P_PRESENT &&
	       (filter->vendor < 0 || filter->vendor == function->vendor) &&
	       (filter->device < 0 || filter->device == function->device) &&
	       (filter->device_class < 0 ||
		!(((unsigned int)filter->device_class ^ class) & filter->device_class_mask)) &&
	       (filter->prog_if < 0 || (unsigned int)filter->prog_if == prog_if);
}

static enum status make_filter(const struct app *app, struct pci_filter *ret_filter)
{
	const struct options *options = &app->options;
	const char *error = NULL;

	pci_filter_init(NULL, ret_filter);
	if (options->slot_filter)
		error = parse_filter(ret_filter, options->slot_filter, pci_filter_parse_slot);
	if (error)
		return fail_with(app->failure, STATUS_INPUT, "-s %s: %s", options->slot_filter,
				 error);
	if (options->id_filter)
		error = parse_filter(ret_filter, options->id_filter, pci_filter_parse_id);
	if (error)
		return fail_with(app->failure, STATUS_INPUT, "-d %s: %s", options->id_filter,
				 error);
	return STATUS_DONE;
}

/* A set of classes, one bit each; none given is all of them. */
static enum status make_classes(struct failure *failure, const char *names,
				unsigned int *ret_classes)
{
	bool given = names;
	unsigned int classes = 0;
	enum p2p_class kind;

	for (; names && *names; names += *names == ',') {
		size_t length = strcspn(names, ",");
		char name[32];

		snprintf(name, sizeof(name), "%.*s", (int)length, names);
		if (p2p_class_parse(name, &kind))
			return fail_with(failure, STATUS_INPUT, "--class: there is no class '%.*s'",
					 (int)length, names);
		classes |= 1u << kind;
		names += length;
	}
	if (given && !classes)
		return fail_with(failure, STATUS_INPUT, "--class names no class");
	*ret_classes = given ? classes : ~0u;
	return STATUS_DONE;
}

bool app_has_filter(const struct app *app)
{
	return app->options.slot_filter || app->options.id_filter || app->options.classes;
}

static bool is_picked(const struct pci_filter *filter, unsigned int classes,
		      const struct p2p_function *function)
{
	return has_address(filter, function->bdf) && has_ids(filter, function) &&
	       classes >> function->kind & 1u;
}

static bool is_selected(const struct app *app, const struct p2p_function *function, bool picked)
{
	bool named = app->options.slot_filter || app->options.id_filter;

	return p2p_function_has_header_0(function) &&
	       (app->options.all || p2p_function_takes_part(function) || (named && picked));
}

static void fill_selection(struct app *app, const struct pci_filter *filter, unsigned int classes)
{
	size_t count = p2p_topology_count(app->topology);

	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);
		bool picked = is_picked(filter, classes, function);

		if (!is_selected(app, function, picked))
			continue;
		app->selected[app->selected_count] = function;
		app->picked[app->selected_count++] = picked;
	}
}

static bool has_picked(const struct app *app)
{
	for (size_t i = 0; i < app->selected_count; i++) {
		if (app->picked[i])
			return true;
	}
	return false;
}

/* "-s 3b:00.0 --class gpu", as it was given. */
static const char *words_filter(const struct app *app, char *text, size_t size)
{
	const struct { const char *option, *value; } given[] = {
		{ "-s", app->options.slot_filter },
		{ "-d", app->options.id_filter },
		{ "--class", app->options.classes },
	};
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]) && used < size; i++)
		if (given[i].value)
			used += (size_t)snprintf(text + used, size - used, "%s%s %s",
						 used ? " " : "", given[i].option, given[i].value);
	return text;
}

static enum status nothing_picked(const struct app *app)
{
	char text[256];

	words_filter(app, text, sizeof(text));
	return fail_with(app->failure, STATUS_INPUT, "no function of %s is one that %s selects",
			 app_machine(app), text);
}

/* A machine may have none of a class, which is an answer. @hidden: what --all alone would show */
static void note_nothing(const struct app *app, size_t hidden)
{
	if (hidden)
		app_note(app, "--class %s selects %zu function%s of %s that take%s no part in "
			 "peer-to-peer DMA; --all shows %s", app->options.classes, hidden,
			 hidden > 1 ? "s" : "", app_machine(app), hidden > 1 ? "" : "s",
			 hidden > 1 ? "them" : "it");
	else
		app_note(app, "no function of %s is one that --class %s selects", app_machine(app),
			 app->options.classes);
}

enum status app_mark(const struct app *app, bool *marked)
{
	struct pci_filter filter;
	unsigned int classes = 0;
	enum status status = make_filter(app, &filter);
	bool any = false;

	if (!status)
		status = make_classes(app->failure, app->options.classes, &classes);
	for (size_t i = 0; !status && i < p2p_topology_count(app->topology); i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);

		marked[function->index] = is_picked(&filter, classes, function);
		any |= marked[function->index];
	}
	return status || any ? status : nothing_picked(app);
}

/* Functions that the filters select and that could be an end of a pair. */
static size_t count_hidden(const struct app *app, const struct pci_filter *filter,
			   unsigned int classes)
{
	size_t hidden = 0;

	for (size_t i = 0; i < p2p_topology_count(app->topology); i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);

		hidden += p2p_function_has_header_0(function) &&
			  is_picked(filter, classes, function);
	}
	return hidden;
}

/* Only pairs need functions that can be an end of one. */
enum status app_select(struct app *app)
{
	size_t count = p2p_topology_count(app->topology);
	struct pci_filter filter;
	unsigned int classes = 0;
	enum status status = make_filter(app, &filter);

	if (!status)
		status = make_classes(app->failure, app->options.classes, &classes);
	if (status)
		return status;
	app->selected = calloc(count + 1, sizeof(void *));
	app->picked = calloc(count + 1, sizeof(app->picked[0]));
	if (!app->selected || !app->picked)
		return fail_memory(app->failure);
	fill_selection(app, &filter, classes);
	if (app->command->stage < STAGE_EVALUATE || has_picked(app) || !app_has_filter(app))
		return STATUS_DONE;
	if (app->options.slot_filter || app->options.id_filter)
		return nothing_picked(app);
	note_nothing(app, count_hidden(app, &filter, classes));
	return STATUS_DONE;
}

bool app_shows(const struct app *app, size_t provider, size_t client)
{
	if (provider == client && !app->options.all)
		return false;
	return app->picked[provider] || app->picked[client];
}

/* "nvme0" is also what its namespaces and partitions are called: nvme0n1, nvme0n1p2. */
static bool is_called(const struct p2p_function *function, const char *name)
{
	for (const char *const *known = function->os_names; known && *known; known++) {
		size_t length = strlen(*known);

		if (!strcmp(*known, name))
			return true;
		if (!strncmp(*known, "nvme", 4) && !strncmp(*known, name, length) &&
		    name[length] == 'n' && name[length + 1] >= '0' && name[length + 1] <= '9')
			return true;
	}
	return false;
}

/* How a user may name a function that is no address: a predicate and what it was made from. */
struct wanted {
	const char *name;
	const struct pci_filter *filter;
};

static bool is_wanted(const struct wanted *wanted, const struct p2p_function *function)
{
	return wanted->filter ? has_address(wanted->filter, function->bdf) &&
				has_ids(wanted->filter, function) :
				is_called(function, wanted->name);
}

static size_t count_wanted(const struct app *app, const struct wanted *wanted, char *names,
			   size_t size, const struct p2p_function **ret_function)
{
	size_t count = p2p_topology_count(app->topology), found = 0, used = 0;
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);

		if (!is_wanted(wanted, function))
			continue;
		if (!found++)
			*ret_function = function;
		if (found <= 4)
			used += (size_t)snprintf(names + used, size - used, "%s%s",
						 found > 1 ? ", " : "",
						 p2p_bdf_format(function->bdf, bdf));
	}
	if (found > 4)
		snprintf(names + used, size - used, ", ...");
	return found;
}

/* -d asks for ids before -s asks for an address: an address never starts with four digits. */
static bool is_filter(const char *name, struct pci_filter *filter)
{
	pci_filter_init(NULL, filter);
	if (strpbrk(name, ":.") && !parse_filter(filter, name, pci_filter_parse_slot))
		return true;
	pci_filter_init(NULL, filter);
	return strchr(name, ':') && !parse_filter(filter, name, pci_filter_parse_id);
}

static enum status find_bdf(struct app *app, struct p2p_bdf bdf,
			    const struct p2p_function **ret_function)
{
	char text[P2P_BDF_SIZE];

	*ret_function = p2p_topology_find(app->topology, bdf);
	if (*ret_function)
		return STATUS_DONE;
	return fail_with(app->failure, STATUS_INPUT, "%s has no function %s", app_machine(app),
			 p2p_bdf_format(bdf, text));
}

enum status app_find(struct app *app, const char *name, const struct p2p_function **ret_function)
{
	struct pci_filter filter;
	struct wanted wanted = { .name = name };
	struct p2p_bdf bdf;
	char names[128] = "";
	size_t found;

	if (!p2p_bdf_parse(name, &bdf))
		return find_bdf(app, bdf, ret_function);
	found = count_wanted(app, &wanted, names, sizeof(names), ret_function);
	if (!found && is_filter(name, &filter)) {
		wanted = (struct wanted){ .filter = &filter };
		found = count_wanted(app, &wanted, names, sizeof(names), ret_function);
	}
	if (found == 1)
		return STATUS_DONE;
	if (found)
		return fail_with(app->failure, STATUS_INPUT, "'%s' is %zu functions of %s: %s; "
				 "name one of them", name, found, app_machine(app), names);
	return fail_with(app->failure, STATUS_INPUT, "%s has no device '%s': neither an address, "
			 "nor a name such as nvme0, nor a filter of lspci's", app_machine(app),
			 name);
}

enum status app_find_end(struct app *app, const char *name,
			 const struct p2p_function **ret_function)
{
	const struct p2p_function *function = NULL;
	enum status status = app_find(app, name, &function);

	if (status)
		return status;
	if (!p2p_function_has_header_0(function))
		return fail_with(app->failure, STATUS_INPUT, "%s of %s is a bridge: it neither "
				 "gives memory to peers nor does DMA to them", name,
				 app_machine(app));
	*ret_function = function;
	return STATUS_DONE;
}

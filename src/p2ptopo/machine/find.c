/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the function that a user names by address, OS name, label, or filter. */
#include <string.h>
#include <strings.h>

#include "machine/filter.h"
#include "machine/label.h"

/* Names of namespaces and partitions, nvme0n1 and nvme0n1p2, also refer to "nvme0". */
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

/* Count the functions that @filter selects, or, without one, that are called @name. */
static size_t count_wanted(const struct app *app, const char *name, const struct filter *filter,
			   char *names, size_t size, const struct p2p_function **ret_function)
{
	size_t count = p2p_topology_count(app->topology), found = 0, used = 0;
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);

		if (!(filter ? filter_matches(filter, function) : is_called(function, name)))
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

/* Try an address as for -s, then ids as for -d, which have four digits where no address has them. */
static bool is_filter(const char *name, struct filter *filter)
{
	if (strpbrk(name, ":.") && !filter_parse_address(filter, name))
		return true;
	return strchr(name, ':') && !filter_parse_ids(filter, name);
}

/* Another function that has the label as its OS name: an interface "nic0" and NIC0. */
static const struct p2p_function *find_namesake(const struct app *app, const char *label,
						const struct p2p_function *labelled)
{
	for (size_t i = 0; i < p2p_topology_count(app->topology); i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);
		const char *const *name = function == labelled ? NULL : function->os_names;

		for (; name && *name; name++) {
			if (!strcasecmp(*name, label))
				return function;
		}
	}
	return NULL;
}

static enum status find_label(struct app *app, const char *label,
			      const struct p2p_function *labelled,
			      const struct p2p_function **ret_function)
{
	const struct p2p_function *namesake = find_namesake(app, label, labelled);
	char one[P2P_BDF_SIZE], other[P2P_BDF_SIZE];

	if (namesake)
		return fail_with(app->failure, STATUS_INPUT, "'%s' could be %s, as topo counts, or %s, "
				 "which has that name: say the address", label,
				 p2p_bdf_format(labelled->bdf, one),
				 p2p_bdf_format(namesake->bdf, other));
	*ret_function = labelled;
	return STATUS_DONE;
}

/* A similar label is as good as a name, but must be copied to outlive this function. */
static const char *nearest_name(const struct app *app, const char *typed,
				char text[P2P_NEAREST_SIZE])
{
	struct p2p_nearest nearest = { .typed = typed };
	char label[LABEL_SIZE], nearest_label[LABEL_SIZE];

	for (size_t i = 0; i < p2p_topology_count(app->topology); i++) {
		const struct p2p_function *function = p2p_topology_function(app->topology, i);
		const char *const *known = function->os_names;

		for (; known && *known; known++)
			p2p_nearest_try(&nearest, *known);
		p2p_nearest_try(&nearest, label_of(app->topology, function, label));
		if (nearest.word == label)
			nearest.word = memcpy(nearest_label, label, sizeof(label));
	}
	return p2p_nearest_say(&nearest, text);
}

static enum status no_device(const struct app *app, const char *name)
{
	char meant[P2P_NEAREST_SIZE];

	nearest_name(app, name, meant);
	return fail_with(app->failure, STATUS_INPUT, "%s has no device '%s'%s", app_machine(app), name,
			 *meant ? meant : ": it is neither an address, nor a name such as nvme0, nor a "
			 "label such as GPU0, nor a filter of lspci's");
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
	const struct p2p_function *labelled;
	struct filter filter;
	struct p2p_bdf bdf;
	char names[128] = "";
	size_t found;

	if (!p2p_bdf_parse(name, &bdf))
		return find_bdf(app, bdf, ret_function);
	found = count_wanted(app, name, NULL, names, sizeof(names), ret_function);
	labelled = found ? NULL : label_find(app->topology, name);
	if (labelled)
		return find_label(app, name, labelled, ret_function);
	if (!found && is_filter(name, &filter))
		found = count_wanted(app, name, &filter, names, sizeof(names), ret_function);
	if (found == 1)
		return STATUS_DONE;
	if (found)
		return fail_with(app->failure, STATUS_INPUT, "'%s' matches %zu functions of %s: %s; "
				 "name one of them", name, found, app_machine(app), names);
	return no_device(app, name);
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

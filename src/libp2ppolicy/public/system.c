/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public interface of a machine that was read: snapshot and topology in one object. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/json.h>

#include "base/context.h"
#include "base/plain.h"
#include "public/public.h"

#define FLAGS	(P2P_LOAD_NAMES | P2P_LOAD_EVERYTHING)
#define LEAST	(offsetof(struct p2p_load_options, flags) + sizeof(unsigned int))

const char *p2p_format_name(size_t index)
{
	const struct p2p_source_text *text = p2p_source_text((enum p2p_source)index);

	return text ? text->name : NULL;
}

const char *p2p_format_help(size_t index)
{
	const struct p2p_source_text *text = p2p_source_text((enum p2p_source)index);

	return text ? text->help : NULL;
}

static int fill(struct p2p_context *context, const struct p2p_load_options *options,
		struct p2p_system *system)
{
	enum p2p_want want = options->flags & P2P_LOAD_EVERYTHING ? P2P_WANT_ALL : P2P_WANT_NAMES;
	struct p2p_topology_options how = { .names = options->flags & P2P_LOAD_NAMES };
	int r = p2p_snapshot_load(context, options->path, want, &system->snapshot);

	return r < 0 ? r : p2p_topology_new(context, system->snapshot, &how, &system->topology);
}

int p2p_system_load(struct p2p_context *context, const struct p2p_load_options *options,
		    struct p2p_system **ret_system)
{
	P2P_PLAIN_LOCALE;
	struct p2p_load_options known = { 0 };
	struct p2p_system *system;
	int r = options ? p2p_options_take(context, options, LEAST, &known, sizeof(known)) : 0;

	if (r < 0)
		return r;
	if (known.flags & ~FLAGS)
		return p2p_error(context, -EINVAL, "flags of this release are 0x%x", FLAGS);
	system = calloc(1, sizeof(*system));
	if (!system)
		return p2p_told(context, -ENOMEM);
	r = fill(context, &known, system);
	if (r < 0) {
		p2p_system_free(system);
		return p2p_told(context, r);
	}
	*ret_system = system;
	return 0;
}

struct p2p_system *p2p_system_free(struct p2p_system *system)
{
	if (system) {
		p2p_topology_free(system->topology);
		p2p_snapshot_free(system->snapshot);
		free(system);
	}
	return NULL;
}

const char *p2p_system_format(const struct p2p_system *system)
{
	return p2p_source_text(p2p_snapshot_source(system->snapshot))->name;
}

bool p2p_system_is_whole(const struct p2p_system *system)
{
	return p2p_snapshot_is_whole(system->snapshot);
}

int p2p_system_capture(struct p2p_context *context, const struct p2p_system *system,
		       const char *path, bool with_serials)
{
	P2P_PLAIN_LOCALE;

	return p2p_told(context, p2p_snapshot_capture(context, system->snapshot, path, with_serials));
}

size_t p2p_system_count(const struct p2p_system *system)
{
	return p2p_topology_count(system->topology);
}

const struct p2p_function *p2p_system_function(const struct p2p_system *system, size_t index)
{
	return p2p_topology_function(system->topology, index);
}

static bool is_called(const struct p2p_function *function, const char *name)
{
	for (const char *const *known = function->os_names; known && *known; known++)
		if (!strcmp(*known, name))
			return true;
	return !strcmp(function->display, name);
}

int p2p_system_find(struct p2p_context *context, const struct p2p_system *system,
		    const char *name, const struct p2p_function **ret_function)
{
	P2P_PLAIN_LOCALE;
	const struct p2p_function *function, *found = NULL;
	struct p2p_bdf bdf;

	if (!p2p_bdf_parse(name, &bdf))
		found = p2p_topology_find(system->topology, bdf);
	for (size_t i = 0; (function = p2p_system_function(system, i)); i++) {
		if (found == function || !is_called(function, name))
			continue;
		if (found)
			return p2p_error(context, -ENOTUNIQ, "several functions are called %s",
					 name);
		found = function;
	}
	if (!found)
		return p2p_error(context, -ENOENT, "no function is called %s", name);
	*ret_function = found;
	return 0;
}

int p2p_system_json(struct p2p_context *context, const struct p2p_system *system, char **ret_text)
{
	P2P_PLAIN_LOCALE;
	unsigned long lost = p2p_lost_count();
	struct json_object *document = p2p_json_new_object();
	struct json_object *functions = p2p_json_new_array();
	const struct p2p_function *function;

	p2p_json_add(document, "format", p2p_json_new_text("p2ppolicy-system"));
	p2p_json_add(document, "version", p2p_json_new_number(1));
	p2p_json_add(document, "functions", functions);
	for (size_t i = 0; (function = p2p_system_function(system, i)); i++)
		p2p_json_append(functions, p2p_function_document(function));
	return p2p_json_text(context, document, lost, ret_text);
}

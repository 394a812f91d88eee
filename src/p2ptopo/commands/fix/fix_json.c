/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/fix/fix.h"
#include "print/document.h"
#include "print/lints.h"

static struct json_object *verdict_object(const struct p2p_verdict *verdict)
{
	const struct p2p_kernel *kernel = &verdict->kernel;
	struct json_object *object = p2p_json_new_object();
	bool known = kernel->map_type != P2P_MAP_UNKNOWN;

	json_put(object, "map_type", json_text(p2p_map_type_name(kernel->map_type)));
	json_put(object, "distance", known ? p2p_json_new_number(kernel->distance) : NULL);
	json_put(object, "request", json_text(p2p_route_name(verdict->fabric.request.kind)));
	json_put(object, "completion", json_text(p2p_route_name(verdict->fabric.completion.kind)));
	return object;
}

static struct json_object *pair_array(const struct fix *fix)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_advised *advised;

	for (size_t i = 0; (advised = p2p_advice_pair(fix->advice, i)); i++) {
		struct json_object *object = p2p_json_new_object();

		json_put(object, "provider", json_bdf(advised->pair.provider));
		json_put(object, "client", json_bdf(advised->pair.client));
		json_put(object, "advice", json_text(p2p_advice_state_name(advised->state)));
		json_put(object, "before", verdict_object(&advised->before));
		json_put(object, "after", verdict_object(&advised->after));
		json_put(object, "one_group_after",
			 fix->register_count ? json_tri(fix->together[i]) : NULL);
		json_put(object, "gate_refuses", json_flag(fix->gated[i]));
		p2p_json_append(array, object);
	}
	return array;
}

static struct json_object *setpci(const struct p2p_register *change, bool undo)
{
	char line[128];

	p2p_register_setpci(change, undo, line, sizeof(line));
	return json_text(line);
}

static struct json_object *register_array(const struct fix *fix)
{
	struct json_object *array = p2p_json_new_array();

	for (size_t i = 0; i < fix->register_count; i++) {
		const struct p2p_register *change = &fix->registers[i];
		uint16_t next = (uint16_t)((change->present & ~change->mask) | change->value);
		struct json_object *object = p2p_json_new_object();
		bool whole = change->function->acs.upper == P2P_PRESENT;

		json_put(object, "bdf", json_bdf(change->function));
		json_put(object, "register", json_text(p2p_register_name(change)));
		json_put(object, "offset", json_hex(change->offset, 3));
		json_put(object, "present", whole ? json_hex(change->present, 4) : NULL);
		json_put(object, "new", whole ? json_hex(next, 4) : NULL);
		json_put(object, "mask", json_hex(change->mask, 4));
		json_put(object, "cleared", p2p_acs_json(change->mask));
		json_put(object, "setpci", setpci(change, false));
		json_put(object, "undo", setpci(change, true));
		p2p_json_append(array, object);
	}
	return array;
}

static struct json_object *loader_object(const struct fix_parameter *parameter)
{
	struct json_object *object;

	if (!parameter->word)
		return NULL;
	object = p2p_json_new_object();
	for (enum p2p_loader loader = 0; loader < P2P_LOADERS; loader++)
		json_put(object, p2p_loader_name(loader), json_text(parameter->lines[loader]));
	return object;
}

static struct json_object *parameter_array(const struct fix *fix)
{
	struct json_object *array = p2p_json_new_array();

	for (enum p2p_parameter i = 0; fix->register_count && i < P2P_PARAMETERS; i++) {
		const struct fix_parameter *parameter = &fix->parameters[i];
		struct json_object *object = p2p_json_new_object();

		json_put(object, "name", json_text(p2p_parameter_name(i)));
		json_put(object, "word", json_text(parameter->word));
		json_put(object, "refused", json_text(parameter->refused));
		json_put(object, "warning", json_text(p2p_cmdline_warning(fix->cmdline, i)));
		json_put(object, "loaders", loader_object(parameter));
		p2p_json_append(array, object);
	}
	return array;
}

static struct json_object *word_array(const struct fix *fix)
{
	struct json_object *array = p2p_json_new_array();
	const char *word;

	for (size_t i = 0; (word = p2p_cmdline_pci(fix->cmdline, i)); i++)
		p2p_json_append(array, json_text(word));
	return array;
}

static struct json_object *isolation_object(const struct fix *fix)
{
	struct json_object *object, *array;

	if (!fix->register_count)
		return NULL;
	object = p2p_json_new_object();
	array = p2p_json_new_array();
	json_put(object, "groups_before", json_count(fix->groups_before));
	json_put(object, "groups_after", json_count(fix->groups_after));
	for (size_t i = 0; i < fix->group_count; i++) {
		const struct fix_group *group = &fix->groups[i];
		struct json_object *row = p2p_json_new_object();

		json_put(row, "members", json_functions(group->members, group->count));
		json_put(row, "groups_before", group->parts ? json_count(group->parts) : NULL);
		p2p_json_append(array, row);
	}
	json_put(object, "changed", array);
	return object;
}

static struct json_object *reach_array(const struct fix *fix)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_reach *reach;

	for (size_t i = 0; (reach = p2p_advice_reach(fix->advice, i)); i++) {
		struct json_object *object = p2p_json_new_object();

		json_put(object, "provider", json_bdf(reach->pair.provider));
		json_put(object, "client", json_bdf(reach->pair.client));
		json_put(object, "permitted", json_flag(reach->permitted));
		json_put(object, "direct", json_flag(reach->direct));
		p2p_json_append(array, object);
	}
	return array;
}

static struct json_object *bdf_or_null(const struct p2p_function *function)
{
	return function ? json_bdf(function) : NULL;
}

static struct json_object *remedy_array(const struct fix *fix)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_remedy *remedy;

	for (size_t i = 0; (remedy = p2p_advice_remedy(fix->advice, i)); i++) {
		struct json_object *object = p2p_json_new_object();
		bool evaluated = remedy->map_type != P2P_MAP_UNKNOWN;

		json_put(object, "kind", json_text(p2p_remedy_name(remedy->kind)));
		json_put(object, "provider", bdf_or_null(remedy->pair.provider));
		json_put(object, "client", bdf_or_null(remedy->pair.client));
		json_put(object, "device", bdf_or_null(remedy->function));
		json_put(object, "place", bdf_or_null(remedy->place));
		json_put(object, "exchange_with", bdf_or_null(remedy->other));
		json_put(object, "sure", json_flag(remedy->sure));
		json_put(object, "map_type",
			 evaluated ? json_text(p2p_map_type_name(remedy->map_type)) : NULL);
		json_put(object, "line", json_text(remedy->line));
		json_put(object, "text", json_text(remedy->text));
		p2p_json_append(array, object);
	}
	return array;
}

static struct json_object *growth_array(const struct fix *fix)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_growth *growth;

	for (size_t i = 0; (growth = p2p_advice_growth(fix->advice, i)); i++) {
		struct json_object *object = p2p_json_new_object();
		bool known = growth->window_fact == P2P_PRESENT || growth->narrow;

		json_put(object, "bdf", json_bdf(growth->function));
		json_put(object, "bar", json_count(growth->bar));
		json_put(object, "now_bytes", json_count(growth->now_bytes));
		json_put(object, "most_bytes", json_count(growth->most_bytes));
		json_put(object, "narrow", bdf_or_null(growth->narrow));
		json_put(object, "lacking_bytes", known ? json_count(growth->lacking_bytes) : NULL);
		json_put(object, "windows_known",
			 json_flag(growth->window_fact == P2P_PRESENT));
		p2p_json_append(array, object);
	}
	return array;
}

enum status fix_print_json(struct app *app, const struct fix *fix)
{
	struct json_object *document = document_new(app, "fix");
	const char *goal = app->options.goal;

	json_put(document, "goal", json_text(goal ? goal : "direct"));
	json_put(document, "sure", json_flag(fix_sure(fix)));
	json_put(document, "applied", json_flag(fix->applied));
	json_put(document, "undo_file", fix->applied ? json_text(fix_undo_file(app)) : NULL);
	json_put(document, "pairs", pair_array(fix));
	json_put(document, "registers", register_array(fix));
	json_put(document, "parameters", parameter_array(fix));
	json_put(document, "replaced_words", word_array(fix));
	json_put(document, "isolation", isolation_object(fix));
	json_put(document, "reach", reach_array(fix));
	json_put(document, "remedies", remedy_array(fix));
	json_put(document, "bars", growth_array(fix));
	json_put(document, "cmdline", json_text(p2p_topology_machine(app->topology)->cmdline));
	json_put(document, "lint", lints_json(fix->cmdline));
	return document_print(app, document);
}

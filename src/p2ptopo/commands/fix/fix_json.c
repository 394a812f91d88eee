/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/fix/fix.h"
#include "print/document.h"
#include "print/lints.h"

static struct json_object *verdict_object(const struct p2p_verdict *verdict)
{
	const struct p2p_kernel *kernel = &verdict->kernel;
	bool known = kernel->map_type != P2P_MAP_UNKNOWN;

	return json_members(
		{ "map_type", json_text(p2p_map_type_name(kernel->map_type)) },
		{ "distance", known ? p2p_json_new_number(kernel->distance) : NULL },
		{ "request", json_text(p2p_route_name(verdict->fabric.request.kind)) },
		{ "completion", json_text(p2p_route_name(verdict->fabric.completion.kind)) });
}

static struct json_object *pair_array(const struct fix *fix)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_advised *advised;

	for (size_t i = 0; (advised = p2p_advice_pair(fix->advice, i)); i++) {
		p2p_json_append(array, json_members(
			{ "provider", json_bdf(advised->pair.provider) },
			{ "client", json_bdf(advised->pair.client) },
			{ "advice", json_text(p2p_advice_state_name(advised->state)) },
			{ "before", verdict_object(&advised->before) },
			{ "after", verdict_object(&advised->after) },
			{ "one_group_after", fix->register_count ?
			  json_tri(fix->together[i]) : NULL },
			{ "gate_refuses", json_flag(fix->gated[i]) }));
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
		bool whole = change->function->acs.upper == P2P_PRESENT;

		p2p_json_append(array, json_members(
			{ "bdf", json_bdf(change->function) },
			{ "register", json_text(p2p_register_name(change)) },
			{ "offset", json_hex(change->offset, 3) },
			{ "present", whole ? json_hex(change->present, 4) : NULL },
			{ "new", whole ? json_hex(next, 4) : NULL },
			{ "mask", json_hex(change->mask, 4) },
			{ "cleared", p2p_acs_json(change->mask) },
			{ "setpci", setpci(change, false) },
			{ "undo", setpci(change, true) }));
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

		p2p_json_append(array, json_members(
			{ "name", json_text(p2p_parameter_name(i)) },
			{ "word", json_text(parameter->word) },
			{ "refused", json_text(parameter->refused) },
			{ "warning", json_text(p2p_cmdline_warning(fix->cmdline, i)) },
			{ "loaders", loader_object(parameter) }));
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
	struct json_object *array;

	if (!fix->register_count)
		return NULL;
	array = p2p_json_new_array();
	for (size_t i = 0; i < fix->group_count; i++) {
		const struct fix_group *group = &fix->groups[i];

		p2p_json_append(array, json_members(
			{ "members", json_functions(group->members, group->count) },
			{ "groups_before", group->parts ? json_count(group->parts) : NULL }));
	}
	return json_members(
		{ "groups_before", json_count(fix->groups_before) },
		{ "groups_after", json_count(fix->groups_after) },
		{ "changed", array });
}

static struct json_object *reach_array(const struct fix *fix)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_reach *reach;

	for (size_t i = 0; (reach = p2p_advice_reach(fix->advice, i)); i++) {
		p2p_json_append(array, json_members(
			{ "provider", json_bdf(reach->pair.provider) },
			{ "client", json_bdf(reach->pair.client) },
			{ "permitted", json_flag(reach->permitted) },
			{ "direct", json_flag(reach->direct) }));
	}
	return array;
}

static struct json_object *remedy_array(const struct fix *fix)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_remedy *remedy;

	for (size_t i = 0; (remedy = p2p_advice_remedy(fix->advice, i)); i++) {
		bool evaluated = remedy->map_type != P2P_MAP_UNKNOWN;

		p2p_json_append(array, json_members(
			{ "kind", json_text(p2p_remedy_name(remedy->kind)) },
			{ "provider", json_bdf(remedy->pair.provider) },
			{ "client", json_bdf(remedy->pair.client) },
			{ "device", json_bdf(remedy->function) },
			{ "place", json_bdf(remedy->place) },
			{ "exchange_with", json_bdf(remedy->other) },
			{ "sure", json_flag(remedy->sure) },
			{ "map_type", evaluated ?
			  json_text(p2p_map_type_name(remedy->map_type)) : NULL },
			{ "line", json_text(remedy->line) },
			{ "text", json_text(remedy->text) }));
	}
	return array;
}

static struct json_object *growth_array(const struct fix *fix)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_growth *growth;

	for (size_t i = 0; (growth = p2p_advice_growth(fix->advice, i)); i++) {
		bool known = growth->window_fact == P2P_PRESENT || growth->narrow;

		p2p_json_append(array, json_members(
			{ "bdf", json_bdf(growth->function) },
			{ "bar", json_count(growth->bar) },
			{ "now_bytes", json_count(growth->now_bytes) },
			{ "most_bytes", json_count(growth->most_bytes) },
			{ "narrow", json_bdf(growth->narrow) },
			{ "lacking_bytes", known ? json_count(growth->lacking_bytes) : NULL },
			{ "windows_known", json_flag(growth->window_fact == P2P_PRESENT) }));
	}
	return array;
}

enum status fix_print_json(struct app *app, const struct fix *fix)
{
	const char *goal = app->options.goal;

	return document_print(app, document_members(app, "fix",
		{ "goal", json_text(goal ? goal : "direct") },
		{ "sure", json_flag(fix_sure(fix)) },
		{ "applied", json_flag(fix->applied) },
		{ "undo_file", fix->applied ? json_text(fix_undo_file(app)) : NULL },
		{ "pairs", pair_array(fix) },
		{ "registers", register_array(fix) },
		{ "parameters", parameter_array(fix) },
		{ "replaced_words", word_array(fix) },
		{ "isolation", isolation_object(fix) },
		{ "reach", reach_array(fix) },
		{ "remedies", remedy_array(fix) },
		{ "bars", growth_array(fix) },
		{ "cmdline", json_text(p2p_topology_machine(app->topology)->cmdline) },
		{ "lint", lints_json(fix->cmdline) }));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of p2ptopo watch, as JSON and for people. */
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "print/document.h"
#include "print/gate.h"
#include "print/output.h"
#include "commands/watch/watch.h"
#include "print/words.h"

static bool is_text(const struct watch_state *state)
{
	return state->app.options.format == FORMAT_TEXT;
}

/* Formats the time with the strftime() format @format, followed by milliseconds if @milliseconds. */
static void format_now(const char *format, bool milliseconds, char *text, size_t size)
{
	struct timespec now = { 0 };
	struct tm parts = { 0 };
	size_t used;

	clock_gettime(CLOCK_REALTIME, &now);
	if (milliseconds)
		gmtime_r(&now.tv_sec, &parts);
	else
		localtime_r(&now.tv_sec, &parts);
	used = strftime(text, size, format, &parts);
	if (milliseconds)
		snprintf(text + used, size - used, ".%03ldZ", now.tv_nsec / 1000000);
}

static struct json_object *put_time(struct json_object *line, const char *event,
				    const struct watch_state *state)
{
	char time[64];

	format_now("%FT%T", true, time, sizeof(time));
	json_put(line, "event", json_text(event));
	json_put(line, "time", json_text(time));
	json_put(line, "generation", json_count(state->generation));
	return line;
}

static void print_json(const struct watch_state *state, struct json_object *line)
{
	document_print_line(&state->app, line);
	fputc('\n', state->app.out);
}

/* A line for machines, with these members after those that every line has. */
#define print_members(state, event, ...) \
	print_json(state, json_put_all(put_time(p2p_json_new_object(), event, state), \
		   (const struct json_member[]){ __VA_ARGS__, { NULL, NULL } }))

/* A line for people. */
static void print_text(const struct watch_state *state, const char *event, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void print_text(const struct watch_state *state, const char *event, const char *format, ...)
{
	char time[16];
	va_list args;

	format_now("%T", false, time, sizeof(time));
	fprintf(state->app.out, "%s  %-8s  ", time, event);
	va_start(args, format);
	vfprintf(state->app.out, format, args);
	va_end(args);
	fputc('\n', state->app.out);
}

/* For "%s%s%s": the address, and the name, if it has one. */
#define ADDRESS_AND_NAME(function, bdf) \
	p2p_bdf_format((function)->bdf, bdf), *words_name(function) ? " " : "", words_name(function)

static struct json_object *json_ids(const struct p2p_function *function, uint16_t id)
{
	return function->ids == P2P_PRESENT ? json_hex(id, 4) : NULL;
}

/* The members for a function that came, or that went. */
#define FUNCTION_MEMBERS(function) \
	{ "bdf", json_bdf(function) }, \
	{ "name", json_text((function)->display) }, \
	{ "class", json_text(p2p_class_name((function)->kind)) }, \
	{ "vendor", json_ids(function, (function)->vendor) }, \
	{ "device", json_ids(function, (function)->device) }

static const char *type_name(unsigned int type)
{
	return type == WATCH_NO_PAIR ? NULL : p2p_map_type_name((enum p2p_map_type)type);
}

/* The mode of the gate; NULL without a gate, or without permission to ask it. */
static const char *gate_mode(struct p2p_context *context, struct p2p_gate_info *ret_info)
{
	struct p2p_gate *gate;
	int error = p2p_gate_open(context, &gate);

	if (error)
		return NULL;
	error = p2p_gate_info(context, gate, ret_info);
	p2p_gate_close(gate);
	return error ? NULL : p2p_gate_mode_name(ret_info->mode);
}

static size_t count_pairs(const struct app *app)
{
	size_t count = 0;

	for (size_t i = 0; i < app->selected_count; i++)
		for (size_t j = 0; j < app->selected_count; j++)
			count += app_shows(app, i, j);
	return count;
}

void watch_say_start(const struct watch_state *state, unsigned int interval)
{
	const struct app *app = &state->app;
	struct p2p_gate_info info;
	const char *mode = gate_mode(app->context, &info);
	size_t functions = p2p_topology_count(app->topology);
	char links[32];

	snprintf(links, sizeof(links), interval ? "every %u s" : "on events only", interval);
	if (is_text(state))
		print_text(state, "start", "%zu functions, %zu pairs, rules of %s, links %s%s%s%s%s",
			   functions, count_pairs(app), p2p_rules_name(p2p_eval_rules(app->eval)),
			   links, mode ? ", gate " : "", mode ? mode : "", mode ? ": " : "",
			   mode ? gate_meaning(&info) : "");
	else
		print_json(state, json_put_all(put_time(document_new(app, "watch"), "start", state),
			   (const struct json_member[]){
			{ "functions", json_count(functions) },
			{ "pairs", json_count(count_pairs(app)) },
			{ "interval_seconds", json_count(interval) },
			{ "gate", json_text(mode) },
			{ "gate_enforced", mode ? json_flag(info.enforced) : NULL },
			{ NULL, NULL } }));
}

void watch_say_lost(const struct watch_state *state)
{
	if (is_text(state))
		print_text(state, "lost", "events came too fast; the differences follow");
	else
		print_json(state, put_time(p2p_json_new_object(), "lost", state));
}

void watch_say_gate(const struct watch_state *state)
{
	struct p2p_gate_info info = { 0 };
	const char *mode = gate_mode(state->app.context, &info);

	if (!is_text(state))
		print_members(state, "gate",
			{ "mode", json_text(mode) },
			{ "enforced", mode ? json_flag(info.enforced) : NULL },
			{ "pairs", mode ? json_count(info.pairs) : NULL },
			{ "pairs_dropped", mode ? json_count(info.dropped) : NULL });
	else if (mode)
		print_text(state, "gate", "%s, %u pairs, %u dropped: %s", mode, info.pairs, info.dropped,
			   gate_meaning(&info));
	else
		print_text(state, "gate", "changed, but cannot be queried");
}

void watch_say_added(const struct watch_state *state, const struct p2p_function *function)
{
	char bdf[P2P_BDF_SIZE], link[WORDS_SIZE];

	if (is_text(state))
		print_text(state, "added", "%s%s%s: %s, driver %s, link %s",
			   ADDRESS_AND_NAME(function, bdf), p2p_class_name(function->kind),
			   function->driver ? function->driver : "none",
			   words_link(function->pcie.now, link));
	else
		print_members(state, "added", FUNCTION_MEMBERS(function),
			{ "driver", json_text(function->driver) },
			{ "link", p2p_link_json(function->pcie.now) });
}

void watch_say_removed(const struct watch_state *state, const struct p2p_function *function)
{
	char bdf[P2P_BDF_SIZE];

	if (is_text(state))
		print_text(state, "removed", "%s%s%s", ADDRESS_AND_NAME(function, bdf));
	else
		print_members(state, "removed", FUNCTION_MEMBERS(function));
}

void watch_say_passed(const struct watch_state *state, struct p2p_bdf bdf)
{
	char text[P2P_BDF_SIZE];

	p2p_bdf_format(bdf, text);
	if (is_text(state))
		print_text(state, "passed", "%s: came and went", text);
	else
		print_members(state, "passed", { "bdf", json_text(text) });
}

/* The value of @what for a function, both for people and for machines. */
static const char *text_of(const char *what, const struct p2p_function *function,
			   char link[WORDS_SIZE])
{
	if (!strcmp(what, "link"))
		return words_link(function->pcie.now, link);
	if (!strcmp(what, "name"))
		return function->display;
	return function->driver ? function->driver : "none";
}

static struct json_object *json_of(const char *what, const struct p2p_function *function)
{
	if (!strcmp(what, "link"))
		return p2p_link_json(function->pcie.now);
	return json_text(strcmp(what, "name") ? function->driver : function->display);
}

void watch_say_changed(const struct watch_state *state, const char *what,
		       const struct p2p_function *old, const struct p2p_function *now)
{
	char bdf[P2P_BDF_SIZE], links[2][WORDS_SIZE];

	if (is_text(state))
		print_text(state, what, "%s%s%s: %s -> %s", ADDRESS_AND_NAME(now, bdf),
			   text_of(what, old, links[0]), text_of(what, now, links[1]));
	else
		print_members(state, what,
			{ "bdf", json_bdf(now) },
			{ "name", json_text(now->display) },
			{ "from", json_of(what, old) },
			{ "to", json_of(what, now) });
}

void watch_say_verdict(const struct watch_state *state, const struct p2p_function *provider,
		       const struct p2p_function *client, unsigned int from, unsigned int to)
{
	if (is_text(state))
		print_text(state, "verdict", "%s <- %s: %s -> %s", provider->display, client->display,
			   type_name(from), type_name(to));
	else
		print_members(state, "verdict",
			{ "provider", json_bdf(provider) },
			{ "client", json_bdf(client) },
			{ "from", json_text(type_name(from)) },
			{ "to", json_text(type_name(to)) });
}

void watch_say_verdicts(const struct watch_state *state, size_t count, unsigned int from,
			unsigned int to)
{
	char pairs[WORDS_SIZE];

	if (is_text(state))
		print_text(state, "verdicts", "%s: %s -> %s", words_count(count, "pair", pairs),
			   from == WATCH_NO_PAIR ? "new" : type_name(from),
			   to == WATCH_NO_PAIR ? "gone" : type_name(to));
	else
		print_members(state, "verdicts",
			{ "count", json_count(count) },
			{ "from", json_text(type_name(from)) },
			{ "to", json_text(type_name(to)) });
}

static const char *way_name(struct watch_way way)
{
	return way.way ? p2p_driver_way_name(way.way) : NULL;
}

void watch_say_way(const struct watch_state *state, const struct p2p_function *provider,
		   const struct p2p_function *client, struct watch_way from, struct watch_way to)
{
	if (is_text(state))
		print_text(state, "way", "%s <- %s: %s (%s) -> %s (%s)", provider->display,
			   client->display, p2p_delivery_name(from.delivery),
			   from.way ? way_name(from) : "no way known", p2p_delivery_name(to.delivery),
			   to.way ? way_name(to) : "no way known");
	else
		print_members(state, "way",
			{ "provider", json_bdf(provider) },
			{ "client", json_bdf(client) },
			{ "from", json_text(p2p_delivery_name(from.delivery)) },
			{ "to", json_text(p2p_delivery_name(to.delivery)) },
			{ "from_way", json_text(way_name(from)) },
			{ "to_way", json_text(way_name(to)) });
}

void watch_say_ways(const struct watch_state *state, size_t count, enum p2p_delivery from,
		    enum p2p_delivery to)
{
	char pairs[WORDS_SIZE];

	if (is_text(state))
		print_text(state, "ways", "%s: %s -> %s%s", words_count(count, "pair", pairs),
			   p2p_delivery_name(from), p2p_delivery_name(to),
			   from == to ? ", another way" : "");
	else
		print_members(state, "ways",
			{ "count", json_count(count) },
			{ "from", json_text(p2p_delivery_name(from)) },
			{ "to", json_text(p2p_delivery_name(to)) });
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of p2ptopo watch, as JSON and for people. */
#include <string.h>
#include <time.h>

#include "print/document.h"
#include "print/output.h"
#include "commands/watch/watch.h"
#include "print/words.h"

static bool is_text(const struct watch_state *state)
{
	return state->app.options.format == FORMAT_TEXT;
}

/* @format of strftime(), then milliseconds where @milliseconds. */
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

static void put_time(struct json_object *line, const char *event, const struct watch_state *state)
{
	char time[64];

	format_now("%FT%T", true, time, sizeof(time));
	json_put(line, "event", json_text(event));
	json_put(line, "time", json_text(time));
	json_put(line, "generation", json_count(state->generation));
}

static struct json_object *start_json(const struct watch_state *state, const char *event)
{
	struct json_object *line = p2p_json_new_object();

	put_time(line, event, state);
	return line;
}

static void end_json(const struct watch_state *state, struct json_object *line)
{
	document_print_line(&state->app, line);
	fputc('\n', state->app.out);
}

static FILE *start_text(const struct watch_state *state, const char *event)
{
	char time[16];

	format_now("%T", false, time, sizeof(time));
	fprintf(state->app.out, "%s  %-8s  ", time, event);
	return state->app.out;
}

static void print_function(FILE *out, const struct p2p_function *function)
{
	char bdf[P2P_BDF_SIZE];

	p2p_bdf_format(function->bdf, bdf);
	fprintf(out, "%s%s%s", bdf, strcmp(bdf, function->display) != 0 ? " " : "",
		strcmp(bdf, function->display) != 0 ? function->display : "");
}

static void put_function(struct json_object *line, const struct p2p_function *function)
{
	json_put(line, "bdf", json_bdf(function));
	json_put(line, "name", json_text(function->display));
	json_put(line, "class", json_text(p2p_class_name(function->kind)));
	json_put(line, "vendor", function->ids == P2P_PRESENT ? json_hex(function->vendor, 4) : NULL);
	json_put(line, "device", function->ids == P2P_PRESENT ? json_hex(function->device, 4) : NULL);
}

static const char *type_name(unsigned int type)
{
	return type == WATCH_NO_PAIR ? NULL : p2p_map_type_name((enum p2p_map_type)type);
}

/* The gate's mode; NULL without one, or where it may not be asked. */
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
	struct json_object *line;

	if (is_text(state)) {
		fprintf(start_text(state, "start"), "%zu functions, %zu pairs, rules of %s", functions,
			count_pairs(app), p2p_rules_name(p2p_eval_rules(app->eval)));
		fprintf(app->out, interval ? ", links every %u s" : ", links on events only", interval);
		fprintf(app->out, mode ? ", gate %s\n" : "\n", mode);
		return;
	}
	line = document_new(app, "watch");
	put_time(line, "start", state);
	json_put(line, "functions", json_count(functions));
	json_put(line, "pairs", json_count(count_pairs(app)));
	json_put(line, "interval_seconds", json_count(interval));
	json_put(line, "gate", json_text(mode));
	end_json(state, line);
}

void watch_say_lost(const struct watch_state *state)
{
	if (is_text(state))
		fputs("events came too fast; the differences follow\n",
		      start_text(state, "lost"));
	else
		end_json(state, start_json(state, "lost"));
}

void watch_say_gate(const struct watch_state *state)
{
	struct p2p_gate_info info = { 0 };
	const char *mode = gate_mode(state->app.context, &info);
	struct json_object *line;

	if (is_text(state)) {
		FILE *out = start_text(state, "gate");

		if (mode)
			fprintf(out, "%s, %u pairs, %u dropped\n", mode, info.pairs, info.dropped);
		else
			fputs("changed, but cannot be queried\n", out);
		return;
	}
	line = start_json(state, "gate");
	json_put(line, "mode", json_text(mode));
	json_put(line, "pairs", mode ? json_count(info.pairs) : NULL);
	json_put(line, "pairs_dropped", mode ? json_count(info.dropped) : NULL);
	end_json(state, line);
}

void watch_say_added(const struct watch_state *state, const struct p2p_function *function)
{
	char link[WORDS_SIZE];
	struct json_object *line;

	if (is_text(state)) {
		FILE *out = start_text(state, "added");

		print_function(out, function);
		fprintf(out, ": %s, driver %s, link %s\n", p2p_class_name(function->kind),
			function->driver ? function->driver : "none",
			words_link(function->pcie.now, link));
		return;
	}
	line = start_json(state, "added");
	put_function(line, function);
	json_put(line, "driver", json_text(function->driver));
	json_put(line, "link", p2p_link_json(function->pcie.now));
	end_json(state, line);
}

void watch_say_removed(const struct watch_state *state, const struct p2p_function *function)
{
	struct json_object *line;

	if (is_text(state)) {
		FILE *out = start_text(state, "removed");

		print_function(out, function);
		fputc('\n', out);
		return;
	}
	line = start_json(state, "removed");
	put_function(line, function);
	end_json(state, line);
}

void watch_say_passed(const struct watch_state *state, struct p2p_bdf bdf)
{
	struct json_object *line;
	char text[P2P_BDF_SIZE];

	p2p_bdf_format(bdf, text);
	if (is_text(state)) {
		fprintf(start_text(state, "passed"), "%s: came and went\n", text);
		return;
	}
	line = start_json(state, "passed");
	json_put(line, "bdf", json_text(text));
	end_json(state, line);
}

/* What @what is of a function: for people, and for machines. */
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
	char links[2][WORDS_SIZE];
	struct json_object *line;

	if (is_text(state)) {
		FILE *out = start_text(state, what);

		print_function(out, now);
		fprintf(out, ": %s -> %s\n", text_of(what, old, links[0]),
			text_of(what, now, links[1]));
		return;
	}
	line = start_json(state, what);
	json_put(line, "bdf", json_bdf(now));
	json_put(line, "name", json_text(now->display));
	json_put(line, "from", json_of(what, old));
	json_put(line, "to", json_of(what, now));
	end_json(state, line);
}

void watch_say_verdict(const struct watch_state *state, const struct p2p_function *provider,
		       const struct p2p_function *client, unsigned int from, unsigned int to)
{
	struct json_object *line;

	if (is_text(state)) {
		fprintf(start_text(state, "verdict"), "%s <- %s: %s -> %s\n", provider->display,
			client->display, type_name(from), type_name(to));
		return;
	}
	line = start_json(state, "verdict");
	json_put(line, "provider", json_bdf(provider));
	json_put(line, "client", json_bdf(client));
	json_put(line, "from", json_text(type_name(from)));
	json_put(line, "to", json_text(type_name(to)));
	end_json(state, line);
}

void watch_say_verdicts(const struct watch_state *state, size_t count, unsigned int from,
			unsigned int to)
{
	struct json_object *line;
	char pairs[WORDS_SIZE];

	if (is_text(state)) {
		FILE *out = start_text(state, "verdicts");

		fprintf(out, "%s: %s -> %s\n", words_count(count, "pair", pairs),
			from == WATCH_NO_PAIR ? "new" : type_name(from),
			to == WATCH_NO_PAIR ? "gone" : type_name(to));
		return;
	}
	line = start_json(state, "verdicts");
	json_put(line, "count", json_count(count));
	json_put(line, "from", json_text(type_name(from)));
	json_put(line, "to", json_text(type_name(to)));
	end_json(state, line);
}

static const char *way_name(struct watch_way way)
{
	return way.way ? p2p_driver_way_name(way.way) : NULL;
}

void watch_say_way(const struct watch_state *state, const struct p2p_function *provider,
		   const struct p2p_function *client, struct watch_way from, struct watch_way to)
{
	struct json_object *line;

	if (is_text(state)) {
		fprintf(start_text(state, "way"), "%s <- %s: %s (%s) -> %s (%s)\n", provider->display,
			client->display, p2p_delivery_name(from.delivery),
			from.way ? way_name(from) : "no way known", p2p_delivery_name(to.delivery),
			to.way ? way_name(to) : "no way known");
		return;
	}
	line = start_json(state, "way");
	json_put(line, "provider", json_bdf(provider));
	json_put(line, "client", json_bdf(client));
	json_put(line, "from", json_text(p2p_delivery_name(from.delivery)));
	json_put(line, "to", json_text(p2p_delivery_name(to.delivery)));
	json_put(line, "from_way", json_text(way_name(from)));
	json_put(line, "to_way", json_text(way_name(to)));
	end_json(state, line);
}

void watch_say_ways(const struct watch_state *state, size_t count, enum p2p_delivery from,
		    enum p2p_delivery to)
{
	struct json_object *line;
	char pairs[WORDS_SIZE];

	if (is_text(state)) {
		fprintf(start_text(state, "ways"), "%s: %s -> %s%s\n",
			words_count(count, "pair", pairs), p2p_delivery_name(from), p2p_delivery_name(to),
			from == to ? ", another way" : "");
		return;
	}
	line = start_json(state, "ways");
	json_put(line, "count", json_count(count));
	json_put(line, "from", json_text(p2p_delivery_name(from)));
	json_put(line, "to", json_text(p2p_delivery_name(to)));
	end_json(state, line);
}

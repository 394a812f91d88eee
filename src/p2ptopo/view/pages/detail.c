/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <string.h>

#include "print/clean.h"
#include "view/pages/detail.h"
#include "print/words.h"

static const char *name_of(const struct view *view, struct address address)
{
	const struct p2p_function *function = machine_function(&view->machine, address);

	return function ? function->display : "none";
}

/* The facts about a pair for reads, or for writes. */
static void describe_pair(const struct view *view, const struct p2p_function *provider,
			  const struct p2p_function *client, char *text)
{
	bool writes = view->state.writes;
	enum pair_fact why = writes ? PAIR_LIMIT_WHY : PAIR_READ_LIMIT_WHY;
	char bandwidth[PAIR_SAY], score[PAIR_SAY], distance[32] = "", reason[PAIR_SAY];
	const char *delivered = "";
	struct pair pair;

	if (provider == client) {
		snprintf(text, DETAIL_SIZE, "%s with itself", provider->display);
		return;
	}
	pair_eval(view->machine.shown.eval, provider, client, &pair);
	if (pair.verdict.kernel.map_type != P2P_MAP_UNKNOWN)
		snprintf(distance, sizeof(distance), ", distance %d", pair.verdict.kernel.distance);
	if (view->state.lens == LENS_DRIVERS)
		delivered = p2p_delivery_name(pair_delivery(&pair.verdict));
	if (view->state.lens != LENS_SPEED)
		why = view->state.lens == LENS_DRIVERS ? PAIR_WAY_WHY : PAIR_REASON;
	snprintf(text, DETAIL_SIZE, "%s %s %s: %s%s, %s GB/s, score %s. %s%s%s", client->display,
		 writes ? "writes to" : "reads from", provider->display,
		 p2p_map_type_name(pair.verdict.kernel.map_type), distance,
		 pair_say(&pair, writes ? PAIR_WRITE : PAIR_READ, bandwidth),
		 pair_say(&pair, writes ? PAIR_WRITE_SCORE : PAIR_READ_SCORE, score), delivered,
		 *delivered ? ": " : "", pair_say(&pair, why, reason));
}

static void describe_function(const struct view *view, const struct p2p_function *function,
			      char *text)
{
	char bdf[P2P_BDF_SIZE], product[128], acs[P2P_ACS_SIZE], link[WORDS_SIZE];
	bool redirects = function->acs.fact == P2P_PRESENT &&
			 function->acs.kernel_control & ACS_REDIRECTS;
	bool named = strcmp(p2p_bdf_format(function->bdf, bdf), function->display) != 0;

	snprintf(text, DETAIL_SIZE, "%s %s (%s), %s%s%s%s%s%s%s%s%s", function->display,
		 words_product(function, product, sizeof(product)),
		 p2p_class_name(function->kind), named ? bdf : "", named ? ", " : "",
		 words_port(function),
		 function->pcie.now.speed_mtps ? ", " : "",
		 function->pcie.now.speed_mtps ? words_link(function->pcie.now, link) : "",
		 function->driver ? ", driver " : "", function->driver ? function->driver : "",
		 redirects ? "; redirects: " : "", redirects ?
		 words_acs(function->acs.kernel_control & ACS_REDIRECTS, acs) : "");
	if (machine_is_tried(&view->machine, function))
		strncat(text, "; WHAT IF, nothing is written", DETAIL_SIZE - strlen(text) - 1);
}

static void describe_host(const struct p2p_host_bridge *host, char *text)
{
	snprintf(text, DETAIL_SIZE, "%s, %s on bus %04x:%02x", host->name,
		 words_host(host), host->domain, host->bus);
}

static void describe_branch(const struct view *view, size_t at, char *text)
{
	const struct p2p_function *provider = view_provider(view);
	const struct branch *line = &view->branches.lines[at];

	if (line->gone)
		snprintf(text, DETAIL_SIZE, "%s: went away", line->gone->line);
	else if (line->counted)
		snprintf(text, DETAIL_SIZE, "%zu functions that take no part in peer-to-peer DMA; a shows "
			 "them", line->counted);
	else if (!line->function)
		describe_host(line->host, text);
	else if (provider && p2p_function_has_header_0(line->function) &&
		 line->function != provider)
		describe_pair(view, provider, line->function, text);
	else
		describe_function(view, line->function, text);
}

void detail_text(const struct view *view, char text[DETAIL_SIZE])
{
	const struct place *place = &view->state.place[view->state.page];
	const struct p2p_function *row = view_row(view, place->row);
	const struct p2p_function *column = view_column(view, place->column);
	const struct p2p_function *provider = view_provider(view);

	*text = '\0';
	if (view->state.page == PAGE_TREE && place->row < view->branches.count)
		describe_branch(view, place->row, text);
	else if (view->state.page == PAGE_MATRIX && row && column)
		describe_pair(view, row, column, text);
	else if (view->state.page == PAGE_PEERS && row && provider)
		describe_pair(view, provider, row, text);
}

static void classes_text(unsigned int classes, char *text, size_t size)
{
	size_t used = 0;

	if (!classes)
		snprintf(text, size, "all");
	for (unsigned int kind = 0; classes && kind < P2P_CLASSES && used < size; kind++)
		if (classes >> kind & 1u)
			used += (size_t)snprintf(text + used, size - used, "%s%s",
						 used ? "," : "",
						 p2p_class_name((enum p2p_class)kind));
}

/* Adds a piece of text whole or not at all. */
static void __attribute__((format(printf, 3, 4)))
add(char text[DETAIL_SIZE], unsigned int room, const char *format, ...)
{
	size_t used = strlen(text);
	char piece[192];
	va_list args;

	va_start(args, format);
	vsnprintf(piece, sizeof(piece), format, args);
	va_end(args);
	if (used + clean_width(piece) + 2 <= room)
		snprintf(text + used, DETAIL_SIZE - used, "%s%s", used ? "  " : "", piece);
}

static void add_rules(const struct view *view, char *text, unsigned int room)
{
	const struct p2p_rules *rules = p2p_eval_rules(view->machine.shown.eval);

	add(text, room, "rules %s%s%s", p2p_rules_name(rules),
	    view->state.rules ? "" : " (auto)",
	    p2p_rules_is_experimental(rules) ? " experimental" : "");
}

void context_text(const struct view *view, unsigned int room, char text[DETAIL_SIZE])
{
	static const char *const lenses[LENSES] = { "kernel", "fabric", "GB/s", "drivers" };
	const struct state *state = &view->state;
	char clients[96], providers[96];

	*text = '\0';
	add_rules(view, text, room);
	classes_text(state->clients, clients, sizeof(clients));
	classes_text(state->providers, providers, sizeof(providers));
	if (!page_is_text(state->page)) {
		add(text, room, "%s", lenses[state->lens]);
		add(text, room, "%s", state->writes ? "writes" : "reads");
	}
	if (state->page == PAGE_PEERS || (state->page == PAGE_TREE && state->provider.there) ||
	    state->page == PAGE_PAIR)
		add(text, room, "provider %s", name_of(view, state->provider));
	if (state->page == PAGE_PAIR)
		add(text, room, "client %s", name_of(view, state->client));
	if (state->page == PAGE_MATRIX)
		add(text, room, "%s -> %s", providers, clients);
	else if (!page_is_text(state->page))
		add(text, room, "class %s", clients);
	if (!page_is_text(state->page) && *state->filter)
		add(text, room, "only '%.32s'", state->filter);
	if (state->page == PAGE_PEERS)
		add(text, room, "%s", state->sorted & ON(PAGE_PEERS) ? "best first" :
								       "by address");
	if (state->page == PAGE_MATRIX && state->sorted & ON(PAGE_MATRIX))
		add(text, room, "best for %s first", name_of(view, state->order));
}

/* The last two components of the path of a capture: the rest is long and says less. */
static const char *tail_of(const char *path)
{
	const char *tail = path + strlen(path);

	for (unsigned int slashes = 0; tail > path; tail--)
		if (tail[-1] == '/' && ++slashes == 2)
			break;
	return tail;
}

void machine_text(const struct view *view, unsigned int room, char text[DETAIL_SIZE])
{
	const struct p2p_machine *machine = p2p_topology_machine(view->machine.shown.topology);
	const struct app *app = view->machine.read;
	const char *name = machine->host;
	size_t counts[MARK_CHANGED + 1] = { 0 };
	char marks[64] = "";

	if (!name)
		name = tail_of(app_machine(app));
	for (size_t i = 0; i < view->machine.event_count; i++)
		counts[view->machine.events[i].mark]++;
	if (view->machine.event_count)
		snprintf(marks, sizeof(marks), "+%zu -%zu ~%zu  ", counts[MARK_CAME],
			 counts[MARK_WENT], counts[MARK_CHANGED]);
	if (strlen(marks) + clean_width(name) > room && strrchr(name, '/'))
		name = strrchr(name, '/') + 1;
	if (strlen(marks) + clean_width(name) > room && *marks)
		name = "";
	snprintf(text, DETAIL_SIZE, "%s%s%s", marks, name,
		 follow_fd(&view->follower) >= 0 ? " (live)" : "");
}

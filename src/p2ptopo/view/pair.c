/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a pair looks like in one cell of the matrix or the tree, and in a row of peers. */
#include <string.h>

#include "print/speed.h"
#include "view/view.h"

static const char marks[P2P_MAP_TYPES] = {
	[P2P_MAP_UNKNOWN] = '?', [P2P_MAP_NOT_SUPPORTED] = 'x',
	[P2P_MAP_THRU_HOST_BRIDGE] = 'H', [P2P_MAP_BUS_ADDR] = 'B',
};

static const struct { const char *word; char mark; enum paint paint; } routes[] = {
	[P2P_ROUTE_UNKNOWN] = { "?", '?', PAINT_UNKNOWN },
	[P2P_ROUTE_DIRECT] = { "direct", 'D', PAINT_GOOD },
	[P2P_ROUTE_REDIRECTED] = { "redir", 'R', PAINT_HOST },
	[P2P_ROUTE_BLOCKED] = { "block", 'x', PAINT_BAD },
};

static struct ink kernel_cell(const struct p2p_verdict *verdict, char text[PAIR_TEXT])
{
	enum p2p_map_type type = verdict->kernel.map_type;
	const char *relation = p2p_relation_name(verdict->relation);
	int length = snprintf(text, PAIR_TEXT, "%s %c", relation ? relation : "?", marks[type]);

	if (type >= P2P_MAP_THRU_HOST_BRIDGE && verdict->kernel.distance < 1000)
		snprintf(text + length, PAIR_TEXT - (size_t)length, "%d",
			 verdict->kernel.distance);
	return (struct ink){ .paint = paint_of(type) };
}

/* A write needs its requests to arrive, a read the completions as well. */
static enum p2p_route_kind route_of(const struct p2p_verdict *verdict, bool writes)
{
	static const enum p2p_route_kind worst[] = { P2P_ROUTE_BLOCKED, P2P_ROUTE_UNKNOWN,
						     P2P_ROUTE_REDIRECTED, P2P_ROUTE_DIRECT };
	enum p2p_route_kind request = verdict->fabric.request.kind;
	enum p2p_route_kind completion = verdict->fabric.completion.kind;

	for (size_t i = 0; !writes && i < sizeof(worst) / sizeof(worst[0]); i++)
		if (request == worst[i] || completion == worst[i])
			return worst[i];
	return request;
}

static struct ink fabric_cell(const struct p2p_verdict *verdict, bool writes, char text[PAIR_TEXT])
{
	enum p2p_route_kind kind = route_of(verdict, writes);

	snprintf(text, PAIR_TEXT, "%s", routes[kind].word);
	return (struct ink){ .paint = routes[kind].paint };
}

static const struct p2p_speed *speed_of(const struct view *view,
					const struct p2p_verdict *verdict,
					struct p2p_score *score)
{
	p2p_judge_score(view->machine.shown.judge, verdict, score);
	return view->state.writes ? &score->write : &score->read;
}

struct ink pair_speed(const struct view *view, const struct p2p_verdict *verdict,
		      char text[WORDS_SIZE])
{
	struct p2p_score score;
	const struct p2p_speed *speed = speed_of(view, verdict, &score);

	speed_bandwidth(speed, text);
	return (struct ink){ .paint = speed_paint(speed) };
}

static struct ink lens_cell(const struct view *view, const struct p2p_verdict *verdict,
			    bool narrow, char text[PAIR_TEXT])
{
	char speed[WORDS_SIZE];
	struct ink ink;

	switch (view->state.lens) {
	case LENS_FABRIC:
		ink = fabric_cell(verdict, view->state.writes, text);
		if (narrow)
			snprintf(text, PAIR_TEXT, "%c",
				 routes[route_of(verdict, view->state.writes)].mark);
		return ink;
	case LENS_SPEED:
		ink = pair_speed(view, verdict, speed);
		snprintf(text, PAIR_TEXT, "%.7s", speed);
		break;
	default:
		ink = kernel_cell(verdict, text);
		break;
	}
	if (narrow)
		snprintf(text, PAIR_TEXT, "%c", marks[verdict->kernel.map_type]);
	return ink;
}

struct ink pair_cell(const struct view *view, const struct p2p_function *provider,
		     const struct p2p_function *client, bool narrow, char text[PAIR_TEXT])
{
	struct p2p_verdict verdict;
	struct ink ink;

	if (provider == client) {
		snprintf(text, PAIR_TEXT, "%s", narrow ? "." : "X");
		return (struct ink){ .paint = PAINT_DIM };
	}
	if (!machine_judge_pair(&view->machine, provider, client, &verdict))
		return lens_cell(view, &verdict, narrow, text);
	ink = lens_cell(view, &verdict, narrow, text);
	ink.style |= STYLE_BOLD | STYLE_UNDERLINE;
	if (!narrow)
		strncat(text, "*", PAIR_TEXT - strlen(text) - 1);
	return ink;
}

static struct ink fill_bdf(const struct view *view, const struct p2p_function *provider,
			   const struct p2p_function *client, char *text, size_t size)
{
	char bdf[P2P_BDF_SIZE];

	(void)view;
	(void)provider;
	snprintf(text, size, "%s", p2p_bdf_format(client->bdf, bdf));
	return (struct ink){ 0 };
}

static struct ink fill_name(const struct view *view, const struct p2p_function *provider,
			    const struct p2p_function *client, char *text, size_t size)
{
	(void)view;
	(void)provider;
	snprintf(text, size, "%s", client->os_names && client->os_names[0] ?
		 client->os_names[0] : "");
	return (struct ink){ 0 };
}

static struct ink fill_class(const struct view *view, const struct p2p_function *provider,
			     const struct p2p_function *client, char *text, size_t size)
{
	(void)view;
	(void)provider;
	snprintf(text, size, "%s", p2p_class_name(client->kind));
	return (struct ink){ 0 };
}

static struct ink fill_node(const struct view *view, const struct p2p_function *provider,
			    const struct p2p_function *client, char *text, size_t size)
{
	(void)view;
	(void)provider;
	if (client->numa.fact == P2P_PRESENT && client->numa.value >= 0)
		snprintf(text, size, "%lld", (long long)client->numa.value);
	else
		snprintf(text, size, client->numa.fact == P2P_DENIED ? "?" : "-");
	return (struct ink){ 0 };
}

static struct ink fill_relation(const struct view *view, const struct p2p_function *provider,
				const struct p2p_function *client, char *text, size_t size)
{
	struct p2p_verdict verdict;
	const char *name;

	p2p_judge_pair(view->machine.shown.judge, provider, client, &verdict);
	name = p2p_relation_name(verdict.relation);
	snprintf(text, size, "%s", name ? name : "?");
	return (struct ink){ 0 };
}

static struct ink fill_kernel(const struct view *view, const struct p2p_function *provider,
			      const struct p2p_function *client, char *text, size_t size)
{
	struct p2p_verdict verdict;
	bool other = machine_judge_pair(&view->machine, provider, client, &verdict);

	snprintf(text, size, "%s%s", p2p_map_type_name(verdict.kernel.map_type), other ? "*" : "");
	return (struct ink){ .paint = paint_of(verdict.kernel.map_type) };
}

static struct ink fill_distance(const struct view *view, const struct p2p_function *provider,
				const struct p2p_function *client, char *text, size_t size)
{
	struct p2p_verdict verdict;

	p2p_judge_pair(view->machine.shown.judge, provider, client, &verdict);
	if (verdict.kernel.map_type == P2P_MAP_UNKNOWN)
		snprintf(text, size, "?");
	else
		snprintf(text, size, "%d", verdict.kernel.distance);
	return (struct ink){ 0 };
}

static struct ink fill_fabric(const struct view *view, const struct p2p_function *provider,
			      const struct p2p_function *client, char *text, size_t size)
{
	struct p2p_verdict verdict;
	enum p2p_route_kind kind;

	p2p_judge_pair(view->machine.shown.judge, provider, client, &verdict);
	kind = route_of(&verdict, view->state.writes);
	snprintf(text, size, "%s", p2p_route_name(kind));
	return (struct ink){ .paint = routes[kind].paint };
}

static struct ink fill_speed(const struct view *view, const struct p2p_function *provider,
			     const struct p2p_function *client, char *text, size_t size)
{
	struct p2p_verdict verdict;
	char speed[WORDS_SIZE];
	struct ink ink;

	p2p_judge_pair(view->machine.shown.judge, provider, client, &verdict);
	ink = pair_speed(view, &verdict, speed);
	snprintf(text, size, "%s", speed);
	return ink;
}

static struct ink fill_score(const struct view *view, const struct p2p_function *provider,
			     const struct p2p_function *client, char *text, size_t size)
{
	struct p2p_verdict verdict;
	struct p2p_score score;
	char value[WORDS_SIZE];

	p2p_judge_pair(view->machine.shown.judge, provider, client, &verdict);
	snprintf(text, size, "%s", speed_score(speed_of(view, &verdict, &score), value));
	return (struct ink){ 0 };
}

static struct ink fill_limit(const struct view *view, const struct p2p_function *provider,
			     const struct p2p_function *client, char *text, size_t size)
{
	struct p2p_verdict verdict;
	struct p2p_score score;

	p2p_judge_pair(view->machine.shown.judge, provider, client, &verdict);
	snprintf(text, size, "%s", p2p_limit_name(speed_of(view, &verdict, &score)->limit));
	return (struct ink){ 0 };
}

static struct ink fill_product(const struct view *view, const struct p2p_function *provider,
			       const struct p2p_function *client, char *text, size_t size)
{
	(void)view;
	(void)provider;
	words_product(client, text, size);
	return (struct ink){ 0 };
}

const struct field peer_fields[] = {
	{ "PEER", 13, 0, false, fill_bdf },
	{ "NAME", 9, 0, false, fill_name },
	{ "CLASS", 7, 90, false, fill_class },
	{ "NODE", 4, 100, true, fill_node },
	{ "REL", 4, 0, false, fill_relation },
	{ "KERNEL", 17, 0, false, fill_kernel },
	{ "DIST", 4, 100, true, fill_distance },
	{ "FABRIC", 10, 110, false, fill_fabric },
	{ "GB/s", 7, 0, true, fill_speed },
	{ "SCORE", 5, 0, true, fill_score },
	{ "LIMIT", 13, 0, false, fill_limit },
	{ "DEVICE", 60, 140, false, fill_product },
	{ 0 }
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The look of a pair in a cell of the matrix or the tree, and in a row of peers. */
#include <string.h>

#include "view/view.h"

static const struct { const char *word; char mark; } routes[] = {
	[P2P_ROUTE_UNKNOWN] = { "?", '?' },
	[P2P_ROUTE_DIRECT] = { "direct", 'D' },
	[P2P_ROUTE_REDIRECTED] = { "redir", 'R' },
	[P2P_ROUTE_BLOCKED] = { "block", 'x' },
};

/* A write needs only its requests to arrive, a read also the completions. */
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
	return (struct ink){ .paint = paint_of_route(kind) };
}

struct ink pair_speed(const struct view *view, const struct pair *pair, char text[PAIR_SAY])
{
	enum pair_fact fact = view->state.writes ? PAIR_WRITE : PAIR_READ;

	pair_say(pair, fact, text);
	return (struct ink){ .paint = pair_paint(pair, fact) };
}

static struct ink drivers_cell(const struct p2p_verdict *verdict, bool narrow, char text[PAIR_TEXT])
{
	enum p2p_delivery delivery = pair_delivery(verdict);
	char mark = words_delivery_mark(delivery);

	if (narrow)
		snprintf(text, PAIR_TEXT, "%c", mark);
	else
		snprintf(text, PAIR_TEXT, "%s %c", words_relation(verdict->relation), mark);
	return (struct ink){ .paint = paint_of_delivery(delivery) };
}

static struct ink lens_cell(const struct view *view, struct pair *pair, bool narrow,
			    char text[PAIR_TEXT])
{
	const struct p2p_verdict *verdict = &pair->verdict;
	char speed[PAIR_SAY];
	struct ink ink;

	switch (view->state.lens) {
	case LENS_FABRIC:
		ink = fabric_cell(verdict, view->state.writes, text);
		if (narrow)
			snprintf(text, PAIR_TEXT, "%c",
				 routes[route_of(verdict, view->state.writes)].mark);
		return ink;
	case LENS_DRIVERS:
		return drivers_cell(verdict, narrow, text);
	case LENS_SPEED:
		p2p_eval_score(pair->eval, verdict, &pair->score);
		ink = pair_speed(view, pair, speed);
		snprintf(text, PAIR_TEXT, "%.7s", speed);
		break;
	default:
		pair_summary(verdict, text, PAIR_TEXT);
		ink = (struct ink){ .paint = paint_of(verdict->kernel.map_type) };
		break;
	}
	if (narrow)
		snprintf(text, PAIR_TEXT, "%c", words_mark(verdict->kernel.map_type));
	return ink;
}

/* The relation is shown bold or dim by how near it is; the outcome has a colour. */
static void tell_apart(struct cell *cell, enum p2p_relation relation)
{
	static const enum paint weights[P2P_RELATIONS] = {
		[P2P_RELATION_PIX] = PAINT_BOLD, [P2P_RELATION_PXB] = PAINT_BOLD,
		[P2P_RELATION_SYS] = PAINT_DIM,
	};
	size_t lead = strcspn(cell->text, " ");

	cell->lead = cell->text[lead] ? (unsigned int)lead : 0;
	cell->first = (struct ink){ weights[relation], cell->ink.style };
}

struct cell pair_cell(const struct view *view, const struct p2p_function *provider,
		      const struct p2p_function *client, bool narrow)
{
	struct pair pair = { .eval = view->machine.shown.eval };
	struct cell cell = { 0 };
	bool other;

	if (provider == client) {
		snprintf(cell.text, sizeof(cell.text), "%s", narrow ? "." : "X");
		cell.ink.paint = PAINT_DIM;
		return cell;
	}
	other = machine_eval_pair(&view->machine, provider, client, &pair.verdict);
	cell.ink = lens_cell(view, &pair, narrow, cell.text);
	if (other)
		cell.ink.style |= STYLE_BOLD | STYLE_UNDERLINE;
	if (other && !narrow)
		strncat(cell.text, "*", sizeof(cell.text) - strlen(cell.text) - 1);
	tell_apart(&cell, pair.verdict.relation);
	return cell;
}

static char *say_node(const struct p2p_function *client, char text[FIELD_TEXT])
{
	return words_node(client->numa, text);
}

static char *say_product(const struct p2p_function *client, char text[FIELD_TEXT])
{
	return words_product(client, text, FIELD_TEXT);
}

/* PAIR_NONE: the route, which is not a column of the pair table. */
static struct ink say_fabric(const struct view *view, const struct pair *pair,
			     char text[FIELD_TEXT])
{
	enum p2p_route_kind kind = route_of(&pair->verdict, view->state.writes);

	snprintf(text, FIELD_TEXT, "%s", p2p_route_name(kind));
	return (struct ink){ .paint = paint_of_route(kind) };
}

struct ink field_fill(const struct view *view, const struct field *field, const struct pair *pair,
		      bool other, char text[FIELD_TEXT])
{
	enum pair_fact fact = view->state.writes ? field->write : field->read;
	char said[PAIR_SAY];

	if (field->say) {
		field->say(pair->verdict.client, text);
		return (struct ink){ 0 };
	}
	if (fact == PAIR_NONE)
		return say_fabric(view, pair, text);
	snprintf(text, FIELD_TEXT, "%.*s%s", FIELD_TEXT - 2, pair_say(pair, fact, said),
		 other && fact == PAIR_MAP_TYPE ? "*" : "");
	return (struct ink){ .paint = field->plain ? PAINT_NONE : pair_paint(pair, fact) };
}

/* A fact of the pair for reads and for writes: the same one, or one for each. */
#define PAIR(fact)	.read = PAIR_##fact, .write = PAIR_##fact
#define BOTH(read_fact, write_fact) .read = PAIR_##read_fact, .write = PAIR_##write_fact

const struct field peer_fields[] = {
	{ "PEER", 16, 0, false, PAIR(CLIENT_NAME) },
	{ "ADDRESS", 13, 128, false, PAIR(CLIENT) },
	{ "CLASS", 7, 80, false, PAIR(CLIENT_CLASS) },
	{ "NODE", 4, 104, true, .say = say_node },
	{ "REL", 4, 0, false, PAIR(RELATION) },
	{ "DELIVERED", 13, 0, false, PAIR(DELIVERED) },
	{ "KERNEL", 17, 0, false, PAIR(MAP_TYPE) },
	{ "DIST", 4, 104, true, PAIR(DISTANCE) },
	{ "FABRIC", 10, 115, false, .say = NULL },
	{ "GB/s", 7, 0, true, BOTH(READ, WRITE) },
	{ "SCORE", 5, 0, true, BOTH(READ_SCORE, WRITE_SCORE), .plain = true },
	{ "LIMIT", 13, 94, false, BOTH(READ_LIMIT, LIMIT) },
	{ "DEVICE", 60, 150, false, .say = say_product },
	{ 0 }
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of what-if: a fact as it is, and as it would be where that differs. */
#include <string.h>

#include "print/speed.h"
#include "commands/what_if/whatif.h"

/** typedef say_fn - write one fact of one side.  Return: @text or a constant. */
typedef const char *say_fn(const struct whatif_side *side, char text[WORDS_SIZE]);

static const char *say_relation(const struct whatif_side *side, char text[WORDS_SIZE])
{
	const char *name = p2p_relation_name(side->verdict.relation);

	(void)text;
	return name ? name : "?";
}

static const char *say_map_type(const struct whatif_side *side, char text[WORDS_SIZE])
{
	(void)text;
	return p2p_map_type_name(side->verdict.kernel.map_type);
}

static const char *say_distance(const struct whatif_side *side, char text[WORDS_SIZE])
{
	if (side->verdict.kernel.map_type == P2P_MAP_UNKNOWN)
		return "?";
	snprintf(text, WORDS_SIZE, "%d", side->verdict.kernel.distance);
	return text;
}

#define ROUTE(field)									\
static const char *say_##field(const struct whatif_side *side, char text[WORDS_SIZE])	\
{											\
	(void)text;									\
	return p2p_route_name(side->verdict.fabric.field.kind);				\
}
ROUTE(request)
ROUTE(translated)
ROUTE(completion)
ROUTE(completion_relaxed)

static const char *say_read(const struct whatif_side *side, char text[WORDS_SIZE])
{
	return speed_bandwidth(&side->score.read, text);
}

static const char *say_write(const struct whatif_side *side, char text[WORDS_SIZE])
{
	return speed_bandwidth(&side->score.write, text);
}

static const char *say_read_score(const struct whatif_side *side, char text[WORDS_SIZE])
{
	return speed_score(&side->score.read, text);
}

static const char *say_write_score(const struct whatif_side *side, char text[WORDS_SIZE])
{
	return speed_score(&side->score.write, text);
}

static const char *say_score(const struct whatif_side *side, char text[WORDS_SIZE])
{
	return speed_score(speed_lower(&side->score), text);
}

static const char *say_provider(const struct whatif_side *side, char text[WORDS_SIZE])
{
	return p2p_bdf_format(side->verdict.provider->bdf, text);
}

static const char *say_client(const struct whatif_side *side, char text[WORDS_SIZE])
{
	return p2p_bdf_format(side->verdict.client->bdf, text);
}

static const char *say_provider_name(const struct whatif_side *side, char text[WORDS_SIZE])
{
	(void)text;
	return side->verdict.provider->display;
}

static const char *say_client_name(const struct whatif_side *side, char text[WORDS_SIZE])
{
	(void)text;
	return side->verdict.client->display;
}

static bool same_fact(say_fn *say, const struct whatif_row *row)
{
	char before[WORDS_SIZE], after[WORDS_SIZE];

	return !strcmp(say(&row->before, before), say(&row->after, after));
}

static void print_fact(FILE *cell, say_fn *say, const struct whatif_row *row)
{
	char text[WORDS_SIZE];

	fputs(say(&row->before, text), cell);
	if (!same_fact(say, row))
		fprintf(cell, " -> %s", say(&row->after, text));
}

#define CELL(fact)									\
static void print_##fact(FILE *cell, const struct app *app, const void *row)		\
{											\
	(void)app;									\
	print_fact(cell, say_##fact, row);						\
}
CELL(provider)
CELL(client)
CELL(provider_name)
CELL(client_name)
CELL(relation)
CELL(map_type)
CELL(distance)
CELL(request)
CELL(translated)
CELL(completion)
CELL(completion_relaxed)
CELL(read)
CELL(write)
CELL(read_score)
CELL(write_score)
CELL(score)

static enum paint paint_map_type(const struct app *app, const void *row)
{
	(void)app;
	return paint_of(((const struct whatif_row *)row)->after.verdict.kernel.map_type);
}

static enum paint paint_score(const struct app *app, const void *row)
{
	(void)app;
	return speed_paint(speed_lower(&((const struct whatif_row *)row)->after.score));
}

const char whatif_usual[] = "PROVIDER,CLIENT,REL,MAP-TYPE,DIST,REQUEST,COMPLETION,READ,WRITE,SCORE";

const struct column whatif_columns[] = {
	{ "PROVIDER", "address of the function whose memory is used", false, 12, print_provider,
	  NULL },
	{ "CLIENT", "address of the function that does the DMA", false, 12, print_client, NULL },
	{ "PROVIDER-NAME", "what the provider is called", false, 0, print_provider_name, NULL },
	{ "CLIENT-NAME", "what the client is called", false, 0, print_client_name, NULL },
	{ "REL", "relation: X PIX PXB PHB NODE SYS, ? unknown", false, 0, print_relation, NULL },
	{ "MAP-TYPE", "what the kernel decides", false, 0, print_map_type, paint_map_type },
	{ "DIST", "distance as the kernel returns it; -1 refused, ? unknown", false, 0,
	  print_distance, NULL },
	{ "REQUEST", "route of untranslated memory requests", false, 0, print_request, NULL },
	{ "TRANSLATED", "route of translated memory requests (ATS)", false, 0, print_translated,
	  NULL },
	{ "COMPLETION", "route of read completions", false, 0, print_completion, NULL },
	{ "COMPLETION-RO", "route of read completions with relaxed ordering", false, 0,
	  print_completion_relaxed, NULL },
	{ "READ", "GB/s the client can read; >= at least, - refused or blocked, ? unknown", false,
	  0, print_read, NULL },
	{ "WRITE", "GB/s the client can write", false, 0, print_write, NULL },
	{ "SCORE", "the lower of both scores, 0 to 100; ? unknown", false, 0, print_score,
	  paint_score },
	{ "READ-SCORE", "how good the pair is for reads", false, 0, print_read_score, NULL },
	{ "WRITE-SCORE", "how good the pair is for writes", false, 0, print_write_score, NULL },
	{ 0 }
};

bool whatif_differs(const struct whatif_row *row)
{
	static say_fn *const facts[] = {
		say_relation, say_map_type, say_distance, say_request, say_translated,
		say_completion, say_completion_relaxed, say_read, say_write, say_read_score,
		say_write_score,
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		if (!same_fact(facts[i], row))
			return true;
	}
	return false;
}

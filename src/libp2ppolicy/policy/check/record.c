/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a file of expectations that a machine meets. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/check/check.h"
#include "policy/link.h"
#include "policy/place.h"
#include "verdict/eval.h"

#include <p2ppolicy/ways.h>

/**
 * struct entry - a function or a group of providers, and what is expected.
 * @what: the part of the row that must be equal for rows to be folded
 */
struct entry {
	const struct p2p_function *function;
	size_t group;
	char *what;
};

/**
 * struct record - the file while it is written.
 * @places: by index of function; "": it has no unique place, and is named by its address
 * @wanted: by index of function: it is one of the devices to record
 */
struct record {
	struct p2p_arena arena;
	const struct p2p_eval *eval;
	const struct p2p_topology *topology;
	size_t total;
	char **places;
	bool *wanted;
	struct p2p_groups *groups;
	FILE *out;
};

static int compare_places(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A place that is not unique names no function. */
static int drop_doubles(char *const *places, size_t count)
{
	char **sorted = malloc((count + 1) * sizeof(char *));

	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, places, count * sizeof(char *));
	qsort(sorted, count, sizeof(char *), compare_places);
	for (size_t at = 0, end; at < count; at = end) {
		for (end = at + 1; end < count && !strcmp(sorted[end], sorted[at]);)
			end++;
		for (size_t i = at; i < end && end - at > 1; i++)
			*sorted[i] = '\0';
	}
	free(sorted);
	return 0;
}

/* { "path": "0000:00:01.1/00.0", "id": "10de:2330" } */
static void put_selector(const struct record *record, const struct p2p_function *function)
{
	const char *place = record->places[function->index];
	char bdf[P2P_BDF_SIZE];

	fprintf(record->out, "{ \"%s\": \"%s\"", *place ? "path" : "bdf",
		*place ? place : p2p_bdf_format(function->bdf, bdf));
	if (function->ids == P2P_PRESENT)
		fprintf(record->out, ", \"id\": \"%04x:%04x\"", function->vendor, function->device);
	fputs(" }", record->out);
}

static void put_comment(const struct record *record, const struct p2p_function *function)
{
	char bdf[P2P_BDF_SIZE];

	p2p_bdf_format(function->bdf, bdf);
	fprintf(record->out, "\t// %s", bdf);
	if (strcmp(function->display, bdf) != 0)
		fprintf(record->out, " %s", function->display);
	fputc('\n', record->out);
}

static void put_group_name(const struct record *record, size_t index)
{
	const struct p2p_group *group = p2p_groups_at(record->groups, index);
	const char *name = p2p_class_name(group->members[0]->kind);

	for (size_t i = 1; i < group->count; i++)
		if (group->members[i]->kind != group->members[0]->kind)
			name = "mixed";
	fprintf(record->out, "\"%s-%zu\"", name, index);
}

static void put_groups(const struct record *record)
{
	const struct p2p_group *group;

	fputs("  // Devices with the same answers.\n  \"groups\": {\n", record->out);
	for (size_t i = 0; (group = p2p_groups_at(record->groups, i)); i++) {
		fputs("    ", record->out);
		put_group_name(record, i);
		fputs(": [\n", record->out);
		for (size_t m = 0; m < group->count; m++) {
			fputs("      ", record->out);
			put_selector(record, group->members[m]);
			if (m + 1 < group->count)
				fputc(',', record->out);
			put_comment(record, group->members[m]);
		}
		fprintf(record->out, "    ]%s\n", p2p_groups_at(record->groups, i + 1) ? "," : "");
	}
	fputs("  }", record->out);
}

/* A link at full speed, or slow only because it idles, is expected to be full; any other to stay as it is. */
static void put_link(FILE *what, const struct p2p_function *function)
{
	struct p2p_link_view view = p2p_link_look(function);
	bool fast = view.now.speed_mtps >= view.most.speed_mtps || view.idle;

	if (view.fact != P2P_PRESENT || !view.now.width || !view.now.speed_mtps)
		return;
	if (fast && view.now.width >= view.most.width)
		fputs("\"link\": \"full\", ", what);
	else
		fprintf(what, "\"link\": { \"speed_mtps\": %u, \"width\": %u }, ",
			view.idle ? view.most.speed_mtps : view.now.speed_mtps, view.now.width);
}

static void put_acs(FILE *what, const struct p2p_function *function)
{
	const struct p2p_acs *acs = &function->acs;
	const char *separator = "\"acs\": [";
	char name[P2P_ACS_SIZE];

	if (acs->fact != P2P_PRESENT)
		return;
	for (unsigned int bit = P2P_ACS_SV; bit <= P2P_ACS_DT; bit <<= 1) {
		/* A bit that cannot be set always stays clear. */
		if (!(acs->capability & bit))
			continue;
		fprintf(what, "%s\"%s%c\"", separator, p2p_acs_names((uint16_t)bit, name),
			acs->control & bit ? '+' : '-');
		separator = ", ";
	}
	if (*separator == ',')
		fputs("], ", what);
}

static void put_bars(FILE *what, const struct p2p_function *function)
{
	const char *separator = "\"bar_bytes\": { ";

	for (unsigned int i = 0; i < P2P_BARS; i++) {
		const struct p2p_bar *bar = &function->bar[i];

		if (bar->fact != P2P_PRESENT || !bar->size_bytes || bar->kind == P2P_BAR_IO)
			continue;
		fprintf(what, "%s\"%u\": %" PRIu64, separator, i, bar->size_bytes);
		separator = ", ";
	}
	if (*separator == ',')
		fputs(" }, ", what);
}

/* What is expected of a device, but not of a bridge, besides link and ACS. */
static void put_device(FILE *what, const struct p2p_function *function)
{
	const char *mode = p2p_iommu_mode(function);

	put_bars(what, function);
	if (function->numa.fact == P2P_PRESENT && function->numa.value >= -1)
		fprintf(what, "\"numa\": %" PRId64 ", ", function->numa.value);
	if (mode && (!strcmp(mode, "off") || !strcmp(mode, "passthrough") ||
		     !strcmp(mode, "translated")))
		fprintf(what, "\"iommu\": \"%s\", ", mode);
}

/* Everything that is expected of one function; "" nothing. */
static char *words_of(const struct record *record, const struct p2p_function *function)
{
	char *text = NULL;
	size_t size = 0;
	FILE *what = p2p_text_open(&text, &size);

	if (!what)
		return NULL;
	/* A root or downstream port has the same link as the device below it. */
	if (function->pcie.fact == P2P_PRESENT && !p2p_link_is_port(function))
		put_link(what, function);
	put_acs(what, function);
	if (record->wanted[function->index])
		put_device(what, function);
	if (fclose(what)) {
		free(text);
		return NULL;
	}
	if (size >= 2)
		text[size - 2] = '\0';
	return text;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->what, y->what);

	if (order)
		return order;
	if (x->function && y->function)
		return p2p_bdf_compare(x->function->bdf, y->function->bdf);
	return (x->group > y->group) - (x->group < y->group);
}

static void free_entries(struct entry *entries, size_t count)
{
	for (size_t i = 0; entries && i < count; i++)
		free(entries[i].what);
	free(entries);
}

/* The end of the run of entries with the same expectations that starts at @at. */
static size_t run_end(const struct entry *entries, size_t count, size_t at)
{
	size_t end = at + 1;

	while (end < count && !strcmp(entries[end].what, entries[at].what))
		end++;
	return end;
}

static void put_device_rows(const struct record *record, const struct entry *entries, size_t count)
{
	const char *separator = "";

	fputs("  \"devices\": [\n", record->out);
	for (size_t at = 0, end; at < count; at = end) {
		end = run_end(entries, count, at);
		fprintf(record->out, "%s    { \"select\": [\n", separator);
		for (size_t i = at; i < end; i++) {
			fputs("        ", record->out);
			put_selector(record, entries[i].function);
			if (i + 1 < end)
				fputc(',', record->out);
			put_comment(record, entries[i].function);
		}
		fprintf(record->out, "      ], \"count\": %zu", end - at);
		if (*entries[at].what)
			fprintf(record->out, ",\n      \"expect\": { %s }", entries[at].what);
		fputs(" }", record->out);
		separator = ",\n";
	}
	fputs("\n  ]", record->out);
}

/* Record the devices and every bridge above them. */
static int record_devices(const struct record *record)
{
	struct entry *entries = calloc(record->total + 1, sizeof(*entries));
	bool *shown = calloc(record->total + 1, sizeof(bool));
	size_t count = 0;
	int r = entries && shown ? 0 : -ENOMEM;

	for (size_t i = 0; i < record->total && !r; i++) {
		const struct p2p_function *at = p2p_topology_function(record->topology, i);

		for (; record->wanted[i] && at && !shown[at->index]; at = at->parent)
			shown[at->index] = true;
	}
	for (size_t i = 0; i < record->total && !r; i++) {
		const struct p2p_function *function = p2p_topology_function(record->topology, i);
		char *what = shown[i] ? words_of(record, function) : NULL;

		if (!shown[i])
			continue;
		if (!what)
			r = -ENOMEM;
		else if (!*what && !record->wanted[i])
			free(what);
		else
			entries[count++] = (struct entry){ function, 0, what };
	}
	if (!r) {
		qsort(entries, count, sizeof(*entries), compare_entries);
		put_device_rows(record, entries, count);
	}
	free_entries(entries, count);
	free(shown);
	return r;
}

/** struct answer - the answer for all pairs of two groups; unknown members are 0. */
struct answer {
	bool any;
	enum p2p_relation relation;
	enum p2p_map_type map_type;
	enum p2p_delivery delivery;
};

/* Groups do not depend on drivers, so the delivery is recorded only if it is the same for all their pairs. */
static enum p2p_delivery delivery_of(const struct record *record, const struct p2p_group *from,
				     const struct p2p_group *to)
{
	enum p2p_delivery delivery = P2P_DELIVERY_UNKNOWN;
	struct p2p_verdict verdict;
	struct p2p_ways ways;
	bool first = true;

	for (size_t i = 0; i < from->count; i++) {
		for (size_t j = 0; j < to->count; j++) {
			if (from->members[i] == to->members[j])
				continue;
			p2p_eval_pair(record->eval, from->members[i], to->members[j], &verdict);
			p2p_ways_find(&verdict, &ways);
			if (ways.delivery == P2P_DELIVERY_UNKNOWN ||
			    (!first && ways.delivery != delivery))
				return P2P_DELIVERY_UNKNOWN;
			delivery = ways.delivery;
			first = false;
		}
	}
	return delivery;
}

/* For the verdict, any two different members represent their groups. */
static struct answer answer_of(const struct record *record, size_t from, size_t to)
{
	const struct p2p_group *a = p2p_groups_at(record->groups, from);
	const struct p2p_group *b = p2p_groups_at(record->groups, to);
	struct p2p_verdict verdict;
	struct answer answer;

	if (from == to && a->count < 2)
		return (struct answer){ 0 };
	p2p_eval_pair(record->eval, a->members[0], b->members[from == to], &verdict);
	answer = (struct answer){ true, verdict.relation, verdict.kernel.map_type,
				  delivery_of(record, a, b) };
	answer.any = answer.relation != P2P_RELATION_UNKNOWN ||
		     answer.map_type != P2P_MAP_UNKNOWN ||
		     answer.delivery != P2P_DELIVERY_UNKNOWN;
	return answer;
}

static bool is_same_answer(const struct answer *one, const struct answer *other)
{
	return one->any && other->any && one->relation == other->relation &&
	       one->map_type == other->map_type && one->delivery == other->delivery;
}

static void put_expected(FILE *out, const struct answer *answer)
{
	const struct { const char *key, *value; } rows[] = {
		{ "relation_at_most", p2p_relation_name(answer->relation) },
		{ "map_type", answer->map_type == P2P_MAP_UNKNOWN ? NULL :
			      p2p_map_type_name(answer->map_type) },
		{ "delivered", answer->delivery == P2P_DELIVERY_UNKNOWN ? NULL :
			       p2p_delivery_name(answer->delivery) },
	};
	const char *separator = "";

	for (size_t i = 0; i < P2P_LENGTH(rows); i++) {
		if (!rows[i].value)
			continue;
		fprintf(out, "%s\"%s\": \"%s\"", separator, rows[i].key, rows[i].value);
		separator = ", ";
	}
}

/* The second half of a row: the groups of clients with the same answer as the one at @at. */
static int words_of_pairs(const struct record *record, const struct answer *answers, size_t at,
			  char **ret_words)
{
	struct record inner = *record;
	const char *separator = "\"client\": [";
	char *text = NULL;
	size_t size = 0;

	inner.out = p2p_text_open(&text, &size);
	if (!inner.out)
		return -ENOMEM;
	for (size_t to = at; to < p2p_groups_count(record->groups); to++) {
		if (!is_same_answer(&answers[at], &answers[to]))
			continue;
		fputs(separator, inner.out);
		put_group_name(&inner, to);
		separator = ", ";
	}
	fputs("],\n      \"expect\": { ", inner.out);
	put_expected(inner.out, &answers[at]);
	fputs(" }", inner.out);
	if (fclose(inner.out)) {
		free(text);
		return -ENOMEM;
	}
	*ret_words = text;
	return 0;
}

static void put_pair_rows(const struct record *record, const struct entry *entries, size_t count)
{
	const char *separator = "";

	fputs("  \"pairs\": [\n", record->out);
	for (size_t at = 0, end; at < count; at = end) {
		end = run_end(entries, count, at);
		fprintf(record->out, "%s    { \"provider\": [", separator);
		for (size_t i = at; i < end; i++) {
			put_group_name(record, entries[i].group);
			fputs(i + 1 < end ? ", " : "],\n      ", record->out);
		}
		fprintf(record->out, "%s }", entries[at].what);
		separator = ",\n";
	}
	fputs("\n  ]", record->out);
}

/* Is there a client before @at with the same answer? */
static bool was_told(const struct answer *answers, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_same_answer(&answers[i], &answers[at]))
			return true;
	return false;
}

/* Make the rows of one group of providers, one for each answer. */
static int record_provider(const struct record *record, size_t from, struct answer *answers,
			   struct entry *entries, size_t *count)
{
	size_t groups = p2p_groups_count(record->groups);
	int r = 0;

	for (size_t to = 0; to < groups; to++)
		answers[to] = answer_of(record, from, to);
	for (size_t to = 0; to < groups && !r; to++) {
		char *words = NULL;

		if (!answers[to].any || was_told(answers, to))
			continue;
		r = words_of_pairs(record, answers, to, &words);
		if (!r)
			entries[(*count)++] = (struct entry){ NULL, from, words };
	}
	return r;
}

#define ANSWERS ((size_t)P2P_RELATIONS * P2P_MAP_TYPES * P2P_DELIVERIES)

/* Record pairs, with one row for all providers that have the same answer for the same clients. */
static int record_pairs(const struct record *record)
{
	size_t groups = p2p_groups_count(record->groups), count = 0;
	size_t most = groups < ANSWERS ? groups : ANSWERS;
	struct entry *entries = calloc(groups * most + 1, sizeof(*entries));
	struct answer *answers = calloc(groups + 1, sizeof(*answers));
	int r = entries && answers ? 0 : -ENOMEM;

	for (size_t from = 0; from < groups && !r; from++)
		r = record_provider(record, from, answers, entries, &count);
	if (!r) {
		qsort(entries, count, sizeof(*entries), compare_entries);
		put_pair_rows(record, entries, count);
	}
	free_entries(entries, count);
	free(answers);
	return r;
}

static void put_head(const struct record *record, const char *gate)
{
	const struct p2p_machine *machine = p2p_topology_machine(record->topology);

	fputs("{\n  \"format\": \"p2ptopo-check\",\n  \"version\": 1,\n\n", record->out);
	fprintf(record->out, "  // Recorded on %s, kernel %s, by the rules of %s.\n\n",
		machine->host ? machine->host : "an unnamed machine",
		machine->release ? machine->release : "not recorded",
		p2p_rules_name(p2p_eval_rules(record->eval)));
	if (gate)
		fprintf(record->out, "  \"machine\": { \"gate\": \"%s\" },\n\n", gate);
}

static int write_record(struct record *record, const char *gate)
{
	int r;

	put_head(record, gate);
	put_groups(record);
	fputs(",\n\n", record->out);
	r = record_devices(record);
	fputs(",\n\n", record->out);
	if (!r)
		r = record_pairs(record);
	fputs("\n}\n", record->out);
	return r;
}

static int prepare(struct record *record, const struct p2p_function *const *functions,
		   size_t count)
{
	record->places = p2p_places_new(&record->arena, record->topology);
	record->wanted = p2p_arena_alloc(&record->arena, record->total + 1);
	if (!record->places || !record->wanted || drop_doubles(record->places, record->total))
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		record->wanted[functions[i]->index] = true;
	return p2p_groups_new(record->eval, functions, count, &record->groups);
}

int p2p_check_record(struct p2p_context *context, const struct p2p_eval *eval,
		     const struct p2p_function *const *functions, size_t count, const char *gate,
		     char **ret_text)
{
	struct record record = { .eval = eval, .topology = p2p_eval_topology(eval) };
	char *text = NULL;
	size_t size = 0;
	int r;

	record.total = p2p_topology_count(record.topology);
	r = prepare(&record, functions, count);
	record.out = r ? NULL : p2p_text_open(&text, &size);
	if (!r)
		r = record.out ? write_record(&record, gate) : -ENOMEM;
	if (record.out && fclose(record.out))
		r = -ENOMEM;
	p2p_arena_free(&record.arena);
	p2p_groups_free(record.groups);
	if (r) {
		free(text);
		return p2p_exhausted(context, r);
	}
	*ret_text = text;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pairs on one screen: by group if they fit, else counted by class. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "print/clean.h"
#include "print/hint.h"
#include "print/output.h"
#include "commands/report/report.h"
#include "print/words.h"

#define CELL 7			/* " NODE H" */
#define LABEL_LEAST 20
#define LABEL_MOST 60
#define INDEX 3
#define CLASSES_LABEL 18
#define COUNT 9

static const char *const relations[P2P_RELATIONS] = {
	[P2P_RELATION_PIX] = "PIX at most one switch",
	[P2P_RELATION_PXB] = "PXB several switches",
	[P2P_RELATION_PHB] = "PHB one host bridge",
	[P2P_RELATION_NODE] = "NODE one NUMA node",
	[P2P_RELATION_SYS] = "SYS two NUMA nodes",
};

/* Splits a name into the letters before its number, and the number; -1 if it has none at its end. */
static size_t split_name(const char *name, long *ret_number)
{
	size_t stem = strlen(name);

	while (stem && name[stem - 1] >= '0' && name[stem - 1] <= '9')
		stem--;
	*ret_number = name[stem] && strlen(name + stem) < 9 ? strtol(name + stem, NULL, 10) : -1;
	return stem;
}

/* Does @next follow @name, as nvme1 follows nvme0? */
static bool follows(const char *name, const char *next)
{
	long number, next_number;
	size_t stem = split_name(name, &number), next_stem = split_name(next, &next_number);

	return number >= 0 && next_number == number + 1 && stem == next_stem &&
	       !strncmp(name, next, stem);
}

static int by_name(const void *a, const void *b)
{
	const struct p2p_function *const *first = a, *const *second = b;

	return strverscmp((*first)->display, (*second)->display);
}

/* "card0-3 mlx5_0-1 nvme0": sorted, runs of numbers folded. */
static void print_names(FILE *out, const struct p2p_group *group)
{
	const struct p2p_function **sorted = calloc(group->count + 1, sizeof(void *));

	if (!sorted) {
		p2p_lost();
		return;
	}
	memcpy(sorted, group->members, group->count * sizeof(void *));
	qsort(sorted, group->count, sizeof(void *), by_name);
	for (size_t i = 0, last; i < group->count; i = last + 1) {
		long number;

		for (last = i; last + 1 < group->count &&
		     follows(sorted[last]->display, sorted[last + 1]->display);)
			last++;
		fprintf(out, "%s%s", i ? " " : "", sorted[i]->display);
		if (last > i) {
			split_name(sorted[last]->display, &number);
			fprintf(out, "-%ld", number);
		}
	}
	free(sorted);
}

/* "0000:03:00.0 nvme0  nvme  Samsung SM981"; the name column only if any function has a name besides its address. */
static void print_function(FILE *out, const struct p2p_function *function, int names)
{
	char bdf[P2P_BDF_SIZE], product[128];

	fprintf(out, "%-12s ", p2p_bdf_format(function->bdf, bdf));
	if (names)
		words_pad(out, words_name(function), (size_t)names + 1);
	fprintf(out, "%-5s %s", p2p_class_name(function->kind),
		words_product(function, product, sizeof(product)));
}

/* "2 gpu 2 nic: " if the names do not tell the class, then the names. */
static void print_folded(FILE *out, const struct p2p_group *group)
{
	size_t counts[P2P_CLASSES] = { 0 }, named = 0;
	bool some = false;

	for (size_t i = 0; i < group->count; i++) {
		const char *const *names = group->members[i]->os_names;

		counts[group->members[i]->kind]++;
		named += names && names[0];
	}
	for (int kind = 0; kind < P2P_CLASSES && named < group->count; kind++)
		if (counts[kind]) {
			fprintf(out, "%s%zu %s", some ? " " : "", counts[kind],
				p2p_class_name((enum p2p_class)kind));
			some = true;
		}
	fputs(some ? ": " : "", out);
	print_names(out, group);
}

/* At most @width columns of @text, with ".." if it is cut; exactly @width columns with @pad. */
static void print_clipped(FILE *out, const char *text, size_t width, bool pad)
{
	size_t columns = words_clip(out, text, width);

	fprintf(out, "%*s", pad ? (int)(width - columns) : 0, "");
}

/**
 * struct layout - how rows are labelled.
 * @width: width of the labels; @names: width of the names in them, 0 if none
 * @unfolded: a line for every member of a group, not one for the whole group
 */
struct layout {
	size_t width;
	int names;
	bool unfolded;
};

static void print_label(const struct app *app, const struct layout *layout,
			const struct p2p_group *group, size_t member)
{
	char *text = NULL;
	size_t length;
	FILE *memory = p2p_text_open(&text, &length);

	if (!memory)
		return;
	if (layout->unfolded || group->count == 1)
		print_function(memory, group->members[member], layout->names);
	else
		print_folded(memory, group);
	if (!fclose(memory))
		print_clipped(app->out, text, layout->width, member == 0);
	free(text);
}

/* A dot if the filters select no pair of the two. */
static void print_cell(const struct app *app, const struct survey *survey, size_t provider,
		       size_t client)
{
	struct p2p_verdict verdict;
	enum p2p_map_type type;

	if (!survey_group_pair(survey, p2p_groups_at(survey->groups, provider),
			       p2p_groups_at(survey->groups, client), &verdict)) {
		fprintf(app->out, "%*s", CELL, "X");
		return;
	}
	if (!survey_pairs(survey, provider, client)) {
		fprintf(app->out, "%*s", CELL, ".");
		return;
	}
	type = verdict.kernel.map_type;
	fprintf(app->out, "%*s %s%c%s", CELL - 2, words_relation(verdict.relation),
		paint_on(app, paint_of(type)), words_mark(type), paint_off(app));
}

static void print_heading(const struct app *app, const struct layout *layout, size_t count)
{
	const char *head = "row: provider, column: client";

	fprintf(app->out, "%s%*s", paint_on(app, PAINT_DIM), INDEX, "");
	print_clipped(app->out, head, layout->width, true);
	for (size_t i = 0; i < count; i++)
		fprintf(app->out, "%*zu%s", CELL - 2, i, i + 1 < count ? "  " : "");
	fprintf(app->out, "%s\n", paint_off(app));
}

static void print_groups(const struct app *app, const struct survey *survey,
			 const struct layout *layout)
{
	size_t count = p2p_groups_count(survey->groups);

	print_heading(app, layout, count);
	for (size_t i = 0; i < count; i++) {
		const struct p2p_group *group = p2p_groups_at(survey->groups, i);

		fprintf(app->out, "%2zu ", i);
		print_label(app, layout, group, 0);
		for (size_t j = 0; j < count; j++)
			print_cell(app, survey, i, j);
		putc('\n', app->out);
		for (size_t j = 1; layout->unfolded && j < group->count; j++) {
			fprintf(app->out, "%*s", INDEX, "");
			print_label(app, layout, group, j);
			putc('\n', app->out);
		}
	}
}

/* The labels get the room that the cells leave, but at most LABEL_MOST columns. */
static struct layout make_layout(const struct app *app, const struct survey *survey,
				 unsigned int lines)
{
	size_t cells = CELL * p2p_groups_count(survey->groups);
	struct layout layout = { .unfolded = app->selected_count <= lines };

	layout.width = app->options.width - INDEX - cells;
	if (layout.width > LABEL_MOST)
		layout.width = LABEL_MOST;
	for (size_t i = 0; i < app->selected_count; i++) {
		int width = (int)clean_width(words_name(app->selected[i]));

		if (width > layout.names)
			layout.names = width;
	}
	return layout;
}

static void add_up(const struct survey *survey, struct p2p_summary *total)
{
	for (size_t i = 0; i < survey->class_pair_count; i++)
		for (size_t r = 0; r < P2P_RELATIONS; r++)
			for (size_t m = 0; m < P2P_MAP_TYPES; m++)
				total->pairs[r][m] += survey->class_pairs[i].summary.pairs[r][m];
}

static uint64_t pairs_of(const struct p2p_summary *summary)
{
	uint64_t pairs = 0;

	for (size_t r = 0; r < P2P_RELATIONS; r++)
		for (size_t m = 0; m < P2P_MAP_TYPES; m++)
			pairs += summary->pairs[r][m];
	return pairs;
}

/* Best first: within a relation bus_addr before refused. */
static void print_counts(const struct app *app, const struct p2p_summary *total,
			 const struct p2p_summary *row)
{
	for (size_t r = 0; r < P2P_RELATIONS; r++) {
		for (size_t m = P2P_MAP_TYPES; m-- > 0;) {
			const char *paint = paint_on(app, paint_of((enum p2p_map_type)m));

			if (!total->pairs[r][m])
				continue;
			if (!row)
				fprintf(app->out, "%*s %s%c%s", COUNT - 2,
					words_relation((enum p2p_relation)r), paint,
					words_mark((enum p2p_map_type)m), paint_off(app));
			else if (row->pairs[r][m])
				fprintf(app->out, "%*" PRIu64, COUNT, row->pairs[r][m]);
			else
				fprintf(app->out, "%*s", COUNT, "-");
		}
	}
	putc('\n', app->out);
}

static void print_classes(const struct app *app, const struct survey *survey,
			  const struct p2p_summary *total)
{
	fprintf(app->out, "%-*s", CLASSES_LABEL, "pairs, both ways");
	print_counts(app, total, NULL);
	for (size_t i = 0; i < survey->class_pair_count; i++) {
		const struct class_pair *pair = &survey->class_pairs[i];
		char name[64];

		if (!pairs_of(&pair->summary))
			continue;
		snprintf(name, sizeof(name), "%s - %s", p2p_class_name(pair->first),
			 p2p_class_name(pair->second));
		fprintf(app->out, "%-*s", CLASSES_LABEL, name);
		print_counts(app, total, &pair->summary);
	}
	hint_line(app, "pair by pair: ", "matrix", NULL, NULL);
	hint_line(app, "for one device: ", "near", app->selected[0], NULL);
}

/* One entry of the legend, on a new line when this one is full.  Return: the column after it. */
static size_t print_entry(const struct app *app, size_t column, const char *entry)
{
	size_t width = strlen(entry);

	if (column && column + 2 + width > app->options.width) {
		putc('\n', app->out);
		column = 0;
	}
	fprintf(app->out, "%s%s", column ? "  " : "", entry);
	return column + width + (column ? 2 : 0);
}

/* Explains only what occurs. */
static void print_legend(const struct app *app, const struct p2p_summary *total)
{
	size_t column = 0;
	char entry[64];

	fputs(paint_on(app, PAINT_DIM), app->out);
	for (size_t m = P2P_MAP_TYPES; m-- > 0;) {
		uint64_t pairs = 0;

		for (size_t r = 0; r < P2P_RELATIONS; r++)
			pairs += total->pairs[r][m];
		snprintf(entry, sizeof(entry), "%c %s", words_mark((enum p2p_map_type)m),
			 p2p_map_type_name((enum p2p_map_type)m));
		if (pairs)
			column = print_entry(app, column, entry);
	}
	for (size_t r = 0; r < P2P_RELATIONS; r++) {
		uint64_t pairs = 0;

		for (size_t m = 0; m < P2P_MAP_TYPES; m++)
			pairs += total->pairs[r][m];
		if (pairs && relations[r])
			column = print_entry(app, column, relations[r]);
	}
	fprintf(app->out, "%s\n", paint_off(app));
}

void report_print_matrix(const struct app *app, const struct survey *survey, unsigned int lines)
{
	size_t count = p2p_groups_count(survey->groups);
	struct p2p_summary total = { 0 };

	add_up(survey, &total);
	if (INDEX + LABEL_LEAST + CELL * count <= app->options.width && count <= lines) {
		struct layout layout = make_layout(app, survey, lines);

		print_groups(app, survey, &layout);
	} else {
		print_classes(app, survey, &total);
	}
	print_legend(app, &total);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IOMMU groups that a change creates and dissolves. */
#include <stdlib.h>
#include <string.h>

#include "print/document.h"
#include "print/say.h"
#include "print/words.h"
#include "commands/what_if/whatif.h"

/* Does @there have exactly the same group as @here? Members have the same order in both. */
static bool is_kept(const struct p2p_isolation *here, size_t group,
		    const struct p2p_isolation *there)
{
	size_t count = p2p_isolation_count(here, group);
	struct p2p_number other = p2p_isolation_group(there, p2p_isolation_at(here, group, 0));

	if (other.fact != P2P_PRESENT || p2p_isolation_count(there, (size_t)other.value) != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (p2p_isolation_at(here, group, i)->index !=
		    p2p_isolation_at(there, (size_t)other.value, i)->index)
			return false;
	}
	return true;
}

static size_t print_why(const struct whatif *whatif, const struct p2p_isolation *isolation,
		      const struct p2p_function *function)
{
	char why[512];

	if (!p2p_isolation_why(isolation, function, why, sizeof(why)))
		return 0;
	say(whatif->before, 8, "%s %s", function->display, why);
	return 1;
}

/* Groups with more members than this do not have all of them named. */
#define MOST_MEMBERS 8

/* The reasons are given for at most so many members. */
#define MOST_REASONS 3

/* Of many members, names only those that take part in peer-to-peer DMA, and counts the others. */
static void say_members(FILE *out, const struct p2p_isolation *isolation, size_t group)
{
	bool all = p2p_isolation_count(isolation, group) <= MOST_MEMBERS;
	const struct p2p_function *member;
	size_t named = 0, others = 0;

	for (size_t i = 0; (member = p2p_isolation_at(isolation, group, i)); i++) {
		if (!all && !p2p_function_takes_part(member)) {
			others++;
			continue;
		}
		fputs(named++ ? ", " : "", out);
		words_function(out, member);
	}
	if (others)
		fprintf(out, "%s%zu function%s%s", named ? " and " : "", others, others > 1 ? "s" : "",
			named ? " more" : " that take no part");
}

static void print_members(const struct app *app, const struct p2p_isolation *isolation, size_t group)
{
	struct paragraph line;

	if (!paragraph_start(&line))
		return;
	say_members(line.stream, isolation, group);
	paragraph_end(app, &line, 2, 4);
}

static void print_group(const struct whatif *whatif, const struct p2p_isolation *isolation,
			size_t group, char sign)
{
	const struct app *app = whatif->before;
	const struct p2p_function *member;
	size_t said = 0;

	fprintf(app->out, "%s%c%s ", paint_on(app, sign == '+' ? PAINT_GOOD : PAINT_BAD), sign,
		paint_off(app));
	print_members(app, isolation, group);
	for (size_t i = 0; (member = p2p_isolation_at(isolation, group, i)) && said < MOST_REASONS; i++)
		said += print_why(whatif, isolation, member);
	if (p2p_isolation_count(isolation, group) > said + 1 && said == MOST_REASONS)
		fputs("        ... and so on: --json has the reason of each\n", app->out);
}

/* The number of groups of @here that @there does not have. */
static size_t count_side(const struct p2p_isolation *here, const struct p2p_isolation *there)
{
	size_t count = 0;

	for (size_t group = 0; group < p2p_isolation_groups(here); group++)
		count += !is_kept(here, group, there);
	return count;
}

/* A group of one function needs no line: the function shows up in a group of the other side. */
static void print_side(const struct whatif *whatif, const struct p2p_isolation *here,
		       const struct p2p_isolation *there, char sign)
{
	for (size_t group = 0; group < p2p_isolation_groups(here); group++) {
		if (p2p_isolation_count(here, group) > 1 && !is_kept(here, group, there))
			print_group(whatif, here, group, sign);
	}
}

/* "12 IOMMU groups become 3": fewer groups mean less isolation. */
static size_t print_sides(const struct whatif *whatif)
{
	const struct p2p_isolation *before = whatif->groups_before, *after = whatif->groups_after;
	size_t gone = count_side(before, after), made = count_side(after, before);
	char from[WORDS_SIZE];

	if (!gone && !made)
		return 0;
	fprintf(whatif->before->out, "\n%s become%s %zu; of more than one function: - now, + then\n",
		words_count(gone, "IOMMU group", from), gone == 1 ? "s" : "", made);
	print_side(whatif, before, after, '-');
	print_side(whatif, after, before, '+');
	return gone + made;
}

/* Prints functions whose group is unknown for one machine and known for the other. */
static size_t print_unknown(const struct whatif *whatif, const struct p2p_isolation *here,
			    const struct p2p_isolation *there, const char *when)
{
	const struct p2p_topology *topology = whatif->topology;
	const struct app *app = whatif->before;
	const struct p2p_function *first = NULL, *function;
	size_t count = 0;
	char why[512], bdf[P2P_BDF_SIZE];

	for (size_t i = 0; (function = p2p_topology_function(topology, i)); i++) {
		if (p2p_isolation_group(here, function).fact != P2P_DENIED ||
		    p2p_isolation_group(there, function).fact == P2P_DENIED)
			continue;
		if (!count++)
			first = function;
	}
	if (!first)
		return 0;
	p2p_isolation_why(here, first, why, sizeof(why));
	putc('\n', app->out);
	say(app, 0, "The IOMMU groups of %zu functions %s, starting with %s: %s", count, when,
	    p2p_bdf_format(first->bdf, bdf), why);
	return 1;
}

size_t whatif_groups_text(const struct whatif *whatif)
{
	const struct p2p_isolation *before = whatif->groups_before, *after = whatif->groups_after;
	size_t lines = print_sides(whatif);

	lines += print_unknown(whatif, before, after, "are unknown now");
	return lines + print_unknown(whatif, after, before, "would be unknown");
}

static struct json_object *json_member(const struct p2p_isolation *isolation,
				       const struct p2p_function *function)
{
	char why[512];

	p2p_isolation_why(isolation, function, why, sizeof(why));
	return json_members(
		{ "function", json_bdf(function) },
		{ "why", *why ? json_text(why) : NULL });
}

static struct json_object *json_side(const struct p2p_isolation *here,
				     const struct p2p_isolation *there)
{
	struct json_object *groups = p2p_json_new_array();

	for (size_t group = 0; group < p2p_isolation_groups(here); group++) {
		const struct p2p_function *function;
		struct json_object *members;

		if (is_kept(here, group, there))
			continue;
		members = p2p_json_new_array();
		for (size_t i = 0; (function = p2p_isolation_at(here, group, i)); i++)
			p2p_json_append(members, json_member(here, function));
		p2p_json_append(groups, members);
	}
	return groups;
}

static struct json_object *json_unknown(const struct whatif *whatif,
					const struct p2p_isolation *isolation)
{
	struct json_object *array = p2p_json_new_array();
	const struct p2p_function *function;

	for (size_t i = 0; (function = p2p_topology_function(whatif->topology, i)); i++) {
		if (p2p_isolation_group(isolation, function).fact == P2P_DENIED)
			p2p_json_append(array, json_member(isolation, function));
	}
	return array;
}

struct json_object *whatif_groups_json(const struct whatif *whatif)
{
	const struct p2p_isolation *before = whatif->groups_before, *after = whatif->groups_after;

	return json_members(
		{ "before", json_side(before, after) },
		{ "after", json_side(after, before) },
		{ "unknown_before", json_unknown(whatif, before) },
		{ "unknown_after", json_unknown(whatif, after) });
}

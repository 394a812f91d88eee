/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IOMMU groups that a change makes and unmakes. */
#include <string.h>

#include "print/document.h"
#include "commands/what_if/whatif.h"

/* Is a group of @here, as it is, one of @there too?  Members are in the same order in both. */
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

static void print_why(const struct whatif *whatif, const struct p2p_isolation *isolation,
		      const struct p2p_function *function)
{
	char why[512], line[600], bdf[P2P_BDF_SIZE];

	if (!p2p_isolation_why(isolation, function, why, sizeof(why)))
		return;
	snprintf(line, sizeof(line), "%s %s", p2p_bdf_format(function->bdf, bdf), why);
	print_wrapped(whatif->before->out, 100, 8, line);
}

static void print_group(const struct whatif *whatif, const struct p2p_isolation *isolation,
			size_t group, char sign)
{
	const struct app *app = whatif->before;
	const struct p2p_function *member;
	char bdf[P2P_BDF_SIZE];

	fprintf(app->out, "%s%c ", paint_on(app, sign == '+' ? PAINT_GOOD : PAINT_BAD), sign);
	for (size_t i = 0; (member = p2p_isolation_at(isolation, group, i)); i++) {
		fprintf(app->out, "%s%s", i ? ", " : "", p2p_bdf_format(member->bdf, bdf));
		if (strcmp(member->display, bdf) != 0)
			fprintf(app->out, " %s", member->display);
	}
	fprintf(app->out, "%s\n", paint_off(app));
	for (size_t i = 0; (member = p2p_isolation_at(isolation, group, i)); i++)
		print_why(whatif, isolation, member);
}

static size_t print_side(const struct whatif *whatif, const struct p2p_isolation *here,
			 const struct p2p_isolation *there, char sign, bool first)
{
	size_t lines = 0;

	for (size_t group = 0; group < p2p_isolation_groups(here); group++) {
		if (is_kept(here, group, there))
			continue;
		if (first && !lines)
			fputs("\nIOMMU groups: - those that would disappear, + those that would exist "
			      "instead\n", whatif->before->out);
		print_group(whatif, here, group, sign);
		lines++;
	}
	return lines;
}

/* Functions whose group one machine does not tell and the other does. */
static size_t print_unknown(const struct whatif *whatif, const struct p2p_isolation *here,
			    const struct p2p_isolation *there, const char *when)
{
	const struct p2p_topology *topology = whatif->topology;
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
	fprintf(whatif->before->out, "\nThe IOMMU groups of %zu functions %s, starting with %s: %s\n",
		count, when, p2p_bdf_format(first->bdf, bdf), why);
	return 1;
}

size_t whatif_groups_text(const struct whatif *whatif)
{
	const struct p2p_isolation *before = whatif->groups_before, *after = whatif->groups_after;
	size_t lines = print_side(whatif, before, after, '-', true);

	lines += print_side(whatif, after, before, '+', !lines);
	lines += print_unknown(whatif, before, after, "are unknown now");
	return lines + print_unknown(whatif, after, before, "would be unknown");
}

static struct json_object *json_member(const struct p2p_isolation *isolation,
				       const struct p2p_function *function)
{
	struct json_object *object = json_object_new_object();
	char why[512];

	p2p_isolation_why(isolation, function, why, sizeof(why));
	json_put(object, "function", json_bdf(function));
	json_put(object, "why", *why ? json_text(why) : NULL);
	return object;
}

static struct json_object *json_side(const struct p2p_isolation *here,
				     const struct p2p_isolation *there)
{
	struct json_object *groups = json_object_new_array();

	for (size_t group = 0; group < p2p_isolation_groups(here); group++) {
		const struct p2p_function *function;
		struct json_object *members;

		if (is_kept(here, group, there))
			continue;
		members = json_object_new_array();
		for (size_t i = 0; (function = p2p_isolation_at(here, group, i)); i++)
			json_object_array_add(members, json_member(here, function));
		json_object_array_add(groups, members);
	}
	return groups;
}

static struct json_object *json_unknown(const struct whatif *whatif,
					const struct p2p_isolation *isolation)
{
	struct json_object *array = json_object_new_array();
	const struct p2p_function *function;

	for (size_t i = 0; (function = p2p_topology_function(whatif->topology, i)); i++) {
		if (p2p_isolation_group(isolation, function).fact == P2P_DENIED)
			json_object_array_add(array, json_member(isolation, function));
	}
	return array;
}

struct json_object *whatif_groups_json(const struct whatif *whatif)
{
	const struct p2p_isolation *before = whatif->groups_before, *after = whatif->groups_after;
	struct json_object *object = json_object_new_object();

	json_put(object, "before", json_side(before, after));
	json_put(object, "after", json_side(after, before));
	json_put(object, "unknown_before", json_unknown(whatif, before));
	json_put(object, "unknown_after", json_unknown(whatif, after));
	return object;
}

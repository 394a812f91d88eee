/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is compared of a machine and of a function that was told again: the rows of the table of facts
 * that say so, and what is no fact of one function.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/facts.h>

#include "policy/diff/diff.h"
#include "policy/link.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define FACT_SIZE 512
#define MACHINE_SIZE 8192	/* the longest command line of a kernel is half of it */

static const char not_known[] = "not known";

static const char *or_unknown(const char *text)
{
	return text ? text : not_known;
}

/* The release, the rules it is evaluated by, and the processor, which is three facts in one line. */
static void put_kernel(const struct p2p_eval *eval, const struct p2p_machine *machine,
		       char *text)
{
	(void)eval;
	snprintf(text, MACHINE_SIZE, "%s", or_unknown(machine->release));
}

static void put_rules(const struct p2p_eval *eval, const struct p2p_machine *machine, char *text)
{
	(void)machine;
	snprintf(text, MACHINE_SIZE, "%s", p2p_rules_name(p2p_eval_rules(eval)));
}

static void put_cpu(const struct p2p_eval *eval, const struct p2p_machine *machine, char *text)
{
	(void)eval;
	snprintf(text, MACHINE_SIZE, "%s, family %" PRId64 ", model %" PRId64,
		 or_unknown(machine->cpu_vendor),
		 machine->cpu_family.fact == P2P_PRESENT ? machine->cpu_family.value : -1,
		 machine->cpu_model.fact == P2P_PRESENT ? machine->cpu_model.value : -1);
}

static const struct {
	const char *about;
	void (*put)(const struct p2p_eval *eval, const struct p2p_machine *machine, char *text);
} machine_lines[] = {
	{ "kernel", put_kernel }, { "rules", put_rules }, { "cpu", put_cpu },
};

/* What each machine of a kind has of its own. */
static bool is_own(const char *about)
{
	return !strcmp(about, "cmdline") || !strcmp(about, "bar_address");
}

static void add_if_other(struct p2p_diff *diff, const char *about, const struct p2p_function *was,
			 const struct p2p_function *is, const char *before, const char *after)
{
	if (strcmp(before, after) != 0 && !(diff->nodes && is_own(about)))
		p2p_diff_add(diff, about, was, is, before, after);
}

static void compare_machines(struct p2p_diff *diff)
{
	const struct p2p_machine *was = p2p_topology_machine(diff->before.topology);
	const struct p2p_machine *is = p2p_topology_machine(diff->after.topology);
	char before[MACHINE_SIZE], after[MACHINE_SIZE];

	for (size_t i = 0; i < LENGTH(machine_lines); i++) {
		machine_lines[i].put(diff->before.eval, was, before);
		machine_lines[i].put(diff->after.eval, is, after);
		add_if_other(diff, machine_lines[i].about, NULL, NULL, before, after);
	}
	for (size_t i = 0; i < p2p_machine_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_machine_rows.rows[i];

		if (row->show & P2P_SHOW_DIFF)
			add_if_other(diff, p2p_fact_about(row), NULL, NULL,
				     p2p_fact_format(row, was, before, sizeof(before)),
				     p2p_fact_format(row, is, after, sizeof(after)));
	}
}

/*
 * No fact of the table: what a user calls the link takes both ends of it, and one that idles runs as
 * it will under load.  A port says nothing that the device on it does not.
 */
static const char *link_text(const struct p2p_function *function, char text[P2P_LINK_SIZE])
{
	struct p2p_link_view view = p2p_link_look(function);

	if (p2p_link_is_port(function))
		return "";
	if (view.idle)
		view.now.speed_mtps = view.most.speed_mtps;
	return view.fact == P2P_DENIED ? not_known : view.fact == P2P_ABSENT ? "none" :
	       p2p_link_format(view.now, text);
}

/* One line for all BARs.  Nobody does DMA to a bridge. */
static char *bars_text(const struct p2p_fact_row *row, const struct p2p_function *function,
		       char text[FACT_SIZE])
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int i = 0; i < P2P_BARS && p2p_function_has_header_0(function); i++) {
		const struct p2p_bar *bar = &function->bar[i];
		char value[64];

		if (bar->kind != P2P_BAR_UNUSED && bar->kind != P2P_BAR_IO)
			used += (size_t)snprintf(text + used, FACT_SIZE - used, "%sBAR %u %s",
						 used ? ", " : "", i,
						 p2p_fact_format(row, bar, value, sizeof(value)));
	}
	return text;
}

static const char *place_of(const struct p2p_diff_side *side, const struct p2p_function *function,
			    char bdf[P2P_BDF_SIZE])
{
	const char *place = side->places[function->index];

	return place ? place : p2p_bdf_format(function->bdf, bdf);
}

/* Another place is a move; another address at the same place is a renumbered bus. */
static void compare_places(struct p2p_diff *diff, const struct p2p_function *was,
			   const struct p2p_function *is)
{
	char old[P2P_BDF_SIZE], new[P2P_BDF_SIZE];
	const char *before = place_of(&diff->before, was, old);
	const char *after = place_of(&diff->after, is, new);
	bool known = diff->before.places[was->index] && diff->after.places[is->index];

	if (known && strcmp(before, after) != 0)
		p2p_diff_add(diff, "moved", was, is, before, after);
	else if (p2p_bdf_compare(was->bdf, is->bdf))
		p2p_diff_add(diff, known ? "renumbered" : "moved", was, is,
			     p2p_bdf_format(was->bdf, old), p2p_bdf_format(is->bdf, new));
}

static void compare_functions(struct p2p_diff *diff, const struct p2p_function *was,
			      const struct p2p_function *is)
{
	char before[FACT_SIZE], after[FACT_SIZE];

	compare_places(diff, was, is);
	add_if_other(diff, "link", was, is, link_text(was, before), link_text(is, after));
	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];

		if (row->show & P2P_SHOW_DIFF)
			add_if_other(diff, p2p_fact_about(row), was, is,
				     p2p_fact_format(row, was, before, sizeof(before)),
				     p2p_fact_format(row, is, after, sizeof(after)));
	}
	for (size_t i = 0; i < p2p_bar_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_bar_rows.rows[i];

		if (row->show & P2P_SHOW_DIFF)
			add_if_other(diff, p2p_fact_about(row), was, is,
				     bars_text(row, was, before), bars_text(row, is, after));
	}
}

/** struct teller - who is told; see p2p_diff_tell(). */
struct teller {
	p2p_tell_fn *tell;
	void *data;
};

static void say(const struct teller *teller, const char *about, const char *text)
{
	if (!is_own(about))
		teller->tell(teller->data, about, text);
}

static void tell_machine(const struct teller *teller, const struct p2p_eval *eval)
{
	const struct p2p_machine *machine = p2p_topology_machine(p2p_eval_topology(eval));
	char text[MACHINE_SIZE];

	for (size_t i = 0; i < LENGTH(machine_lines); i++) {
		machine_lines[i].put(eval, machine, text);
		say(teller, machine_lines[i].about, text);
	}
	for (size_t i = 0; i < p2p_machine_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_machine_rows.rows[i];

		if (row->show & P2P_SHOW_DIFF)
			say(teller, p2p_fact_about(row), p2p_fact_format(row, machine, text, sizeof(text)));
	}
}

static void tell_place(const struct teller *teller, const struct p2p_function *function)
{
	char text[FACT_SIZE], bdf[P2P_BDF_SIZE];

	say(teller, "function", p2p_bdf_format(function->bdf, bdf));
	say(teller, "parent", function->parent ? p2p_bdf_format(function->parent->bdf, bdf) : "none");
	snprintf(text, sizeof(text), "%d %04x:%04x %06x", function->ids, function->vendor, function->device,
		 function->class_code);
	say(teller, "ids", text);
}

static void tell_function(const struct teller *teller, const struct p2p_function *function)
{
	char text[FACT_SIZE];

	tell_place(teller, function);
	say(teller, "link", link_text(function, text));
	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];

		if (row->show & P2P_SHOW_DIFF)
			say(teller, p2p_fact_about(row), p2p_fact_format(row, function, text, sizeof(text)));
	}
	for (size_t i = 0; i < p2p_bar_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_bar_rows.rows[i];

		if (row->show & P2P_SHOW_DIFF)
			say(teller, p2p_fact_about(row), bars_text(row, function, text));
	}
}

static uint64_t mix(uint64_t value)
{
	value += UINT64_C(0x9e3779b97f4a7c15);
	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

/** struct iommu_group - one IOMMU group: who is in it, whatever its number. */
struct iommu_group {
	int64_t number;
	const struct p2p_function *function;
	uint64_t members, count;
};

static int by_number(const void *a, const void *b)
{
	const struct iommu_group *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

/* @members: the index of a function. */
static int by_member(const void *a, const void *b)
{
	const struct iommu_group *x = a, *y = b;

	return (x->members > y->members) - (x->members < y->members);
}

static int by_number_and_index(const void *a, const void *b)
{
	int r = by_number(a, b);

	return r ? r : by_member(a, b);
}

/* The members of every group, told by who they were on the old side. */
static void fill_groups(const struct p2p_diff_side *side, bool old, struct iommu_group *groups,
			struct iommu_group **by_index)
{
	size_t count = 0;

	for (size_t i = 0; i < side->count; i++) {
		const struct p2p_function *function = p2p_topology_function(side->topology, i);

		if (function->iommu_group.fact == P2P_PRESENT)
			groups[count++] = (struct iommu_group){ function->iommu_group.value, function,
							  0, 0 };
	}
	qsort(groups, count, sizeof(*groups), by_number);
	for (size_t at = 0, end; at < count; at = end) {
		for (end = at; end < count && groups[end].number == groups[at].number; end++) {
			const struct p2p_function *other = side->partner[groups[end].function->index];
			uint64_t id = old ? groups[end].function->index :
				      other ? other->index : UINT64_MAX - end;

			groups[at].members += mix(id);
			groups[at].count++;
			by_index[groups[end].function->index] = &groups[at];
		}
	}
}

static void put_group(const struct p2p_function *function, const struct iommu_group *group,
		      char *text)
{
	if (!group)
		snprintf(text, FACT_SIZE, "%s", function->iommu_group.fact == P2P_DENIED ?
			 not_known : "no group");
	else if (group->count == 1)
		snprintf(text, FACT_SIZE, "alone");
	else
		snprintf(text, FACT_SIZE, "one of %" PRIu64 " in group %" PRId64, group->count,
			 group->number);
}

static void compare_group(struct p2p_diff *diff, const struct p2p_function *was,
			  const struct iommu_group *old, const struct p2p_function *is,
			  const struct iommu_group *new)
{
	char before[FACT_SIZE], after[FACT_SIZE];

	if (old && new ? old->members == new->members :
	    was->iommu_group.fact == is->iommu_group.fact)
		return;
	put_group(was, old, before);
	put_group(is, new, after);
	p2p_diff_add(diff, "iommu_group", was, is, before, after);
}

/* Numbers of groups change with every boot; who shares one is what matters. */
static int compare_groups(struct p2p_diff *diff)
{
	size_t olds = diff->before.count, news = diff->after.count;
	struct iommu_group *groups = calloc(olds + news + 1, sizeof(*groups));
	struct iommu_group **old = calloc(olds + news + 1, sizeof(struct iommu_group *)), **new;
	int r = groups && old ? 0 : -ENOMEM;

	if (!r) {
		new = old + olds;
		fill_groups(&diff->before, true, groups, old);
		fill_groups(&diff->after, false, groups + olds, new);
		for (size_t i = 0; i < olds; i++) {
			const struct p2p_function *is = diff->before.partner[i];

			if (is)
				compare_group(diff, p2p_topology_function(diff->before.topology, i),
					      old[i], is, new[is->index]);
		}
	}
	free(groups);
	free(old);
	return r;
}

static void put_model(const struct p2p_function *function, char *text)
{
	if (function->ids == P2P_PRESENT)
		snprintf(text, FACT_SIZE, "%04x:%04x %s", function->vendor, function->device,
			 p2p_class_name(function->kind));
	else
		snprintf(text, FACT_SIZE, "%s", not_known);
}

int p2p_diff_facts(struct p2p_diff *diff)
{
	char text[FACT_SIZE];

	compare_machines(diff);
	for (size_t i = 0; i < diff->before.count; i++) {
		const struct p2p_function *was = p2p_topology_function(diff->before.topology, i);

		put_model(was, text);
		if (diff->before.partner[i])
			compare_functions(diff, was, diff->before.partner[i]);
		else
			p2p_diff_add(diff, "gone", was, NULL, text, "");
	}
	for (size_t i = 0; i < diff->after.count; i++) {
		const struct p2p_function *is = p2p_topology_function(diff->after.topology, i);

		put_model(is, text);
		if (!diff->after.partner[i])
			p2p_diff_add(diff, "new", NULL, is, "", text);
	}
	return compare_groups(diff);
}

/* Who shares a group, whatever its number: each function is told of by the first of its group. */
static int tell_groups(const struct teller *teller, const struct p2p_topology *topology)
{
	size_t count = p2p_topology_count(topology), members = 0;
	struct iommu_group *groups = calloc(count + 1, sizeof(*groups));
	char bdf[P2P_BDF_SIZE];

	if (!groups)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);

		if (function->iommu_group.fact == P2P_PRESENT)
			groups[members++] = (struct iommu_group){ function->iommu_group.value, function,
								  function->index, 0 };
		else
			say(teller, "iommu_group", function->iommu_group.fact == P2P_DENIED ? not_known : "none");
	}
	qsort(groups, members, sizeof(*groups), by_number_and_index);
	for (size_t i = 0; i < members; i++) {
		bool first = !i || groups[i].number != groups[i - 1].number;

		groups[i].count = first ? i : groups[i - 1].count;
	}
	/* The order of numbers is one of the boot: back to that of the functions. */
	for (size_t i = 0; i < members; i++)
		groups[i].function = groups[groups[i].count].function;
	qsort(groups, members, sizeof(*groups), by_member);
	for (size_t i = 0; i < members; i++)
		say(teller, "iommu_group", p2p_bdf_format(groups[i].function->bdf, bdf));
	free(groups);
	return 0;
}

int p2p_diff_tell(const struct p2p_eval *eval, p2p_tell_fn *tell, void *data)
{
	const struct p2p_topology *topology = p2p_eval_topology(eval);
	const struct teller teller = { tell, data };
	const struct p2p_function *function;

	tell_machine(&teller, eval);
	for (size_t i = 0; (function = p2p_topology_function(topology, i)); i++)
		tell_function(&teller, function);
	return tell_groups(&teller, topology);
}

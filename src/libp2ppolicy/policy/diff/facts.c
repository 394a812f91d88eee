/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compares machines, and functions that were recognized: by the rows of the table of facts that are marked
 * for it, and by what is not a fact of a single function.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/facts.h>

#include "policy/diff/diff.h"
#include "policy/link.h"
#include "verdict/text.h"

#define FACT_SIZE 512
#define MACHINE_SIZE 8192	/* the longest command line of a kernel is half of it */

static const char not_known[] = "not known";

static const char *or_unknown(const char *text)
{
	return text ? text : not_known;
}

/* The release, the rules used for evaluation, and the processor, with three facts in one line. */
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

/* What is no x86 processor has no family, and thus no model. */
static const char *x86_number(const struct p2p_machine *machine, struct p2p_number number, char text[24])
{
	snprintf(text, 24, "%" PRId64, number.value);
	return number.fact == P2P_PRESENT ? text : number.fact == P2P_ABSENT ||
	       machine->cpu_family.fact == P2P_ABSENT ? "not x86" : not_known;
}

static void put_cpu(const struct p2p_eval *eval, const struct p2p_machine *machine, char *text)
{
	char family[24], model[24];

	(void)eval;
	snprintf(text, MACHINE_SIZE, "%s, family %s, model %s", or_unknown(machine->cpu_vendor),
		 x86_number(machine, machine->cpu_family, family),
		 x86_number(machine, machine->cpu_model, model));
}

static const struct {
	const char *about;
	void (*put)(const struct p2p_eval *eval, const struct p2p_machine *machine, char *text);
} machine_lines[] = {
	{ "kernel", put_kernel }, { "rules", put_rules }, { "cpu", put_cpu },
};

/* Does the fact differ between machines of the same kind anyway? */
static bool is_own(const char *about)
{
	return !strcmp(about, "cmdline") || !strcmp(about, "bar_address");
}

/* Called for each fact that is compared; @after is NULL if there is only one machine. */
typedef void line_fn(void *data, const char *about, const char *before, const char *after);

static void each_machine_line(const struct p2p_eval *before, const struct p2p_eval *after,
			      line_fn *line, void *data)
{
	const struct p2p_machine *was = p2p_topology_machine(p2p_eval_topology(before));
	const struct p2p_machine *is = after ? p2p_topology_machine(p2p_eval_topology(after)) : NULL;
	char old[MACHINE_SIZE], new[MACHINE_SIZE];

	for (size_t i = 0; i < P2P_LENGTH(machine_lines); i++) {
		machine_lines[i].put(before, was, old);
		if (after)
			machine_lines[i].put(after, is, new);
		line(data, machine_lines[i].about, old, after ? new : NULL);
	}
	for (size_t i = 0; i < p2p_machine_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_machine_rows.rows[i];

		if (row->show & P2P_SHOW_DIFF)
			line(data, p2p_fact_about(row), p2p_fact_format(row, was, old, sizeof(old)),
			     is ? p2p_fact_format(row, is, new, sizeof(new)) : NULL);
	}
}

/*
 * Not a row of the table, because the link involves both ends; an idle link is shown with the speed that
 * it has under load.  A port is left out: the device below it says the same.
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

/* One line for all BARs; empty for a bridge, since nobody does DMA to one. */
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

static void each_function_line(const struct p2p_function *was, const struct p2p_function *is,
			       line_fn *line, void *data)
{
	char old[FACT_SIZE], new[FACT_SIZE];

	line(data, "link", link_text(was, old), is ? link_text(is, new) : NULL);
	for (size_t i = 0; i < p2p_function_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_function_rows.rows[i];

		if (row->show & P2P_SHOW_DIFF)
			line(data, p2p_fact_about(row), p2p_fact_format(row, was, old, sizeof(old)),
			     is ? p2p_fact_format(row, is, new, sizeof(new)) : NULL);
	}
	for (size_t i = 0; i < p2p_bar_rows.count; i++) {
		const struct p2p_fact_row *row = &p2p_bar_rows.rows[i];

		if (row->show & P2P_SHOW_DIFF)
			line(data, p2p_fact_about(row), bars_text(row, was, old),
			     is ? bars_text(row, is, new) : NULL);
	}
}

static void put_stack(const struct p2p_machine *machine, unsigned int fact, struct p2p_text *text)
{
	const struct p2p_number *number = &machine->stack[fact];
	char value[24], key[P2P_STACK_KEY_SIZE];

	snprintf(value, sizeof(value), "%" PRId64, number->value);
	p2p_text_add(text, "%s%s %s", text->used ? ", " : "", p2p_stack_key(fact, key),
		     number->fact == P2P_DENIED ? not_known : number->fact == P2P_ABSENT ? "none" : value);
}

/* One line for all facts of the software that differ, since a source mostly lacks all of them or none. */
static void compare_stacks(struct p2p_diff *diff)
{
	const struct p2p_machine *was = p2p_topology_machine(diff->before.topology);
	const struct p2p_machine *is = p2p_topology_machine(diff->after.topology);
	char before[MACHINE_SIZE], after[MACHINE_SIZE];
	struct p2p_text old = { before, sizeof(before), 0 }, new = { after, sizeof(after), 0 };
	bool was_known = false, is_known = false;

	for (unsigned int i = 0; i < P2P_STACK_FACTS; i++) {
		const struct p2p_number *one = &was->stack[i], *other = &is->stack[i];

		was_known |= one->fact != P2P_DENIED;
		is_known |= other->fact != P2P_DENIED;
		if (one->fact == other->fact && (one->fact != P2P_PRESENT || one->value == other->value))
			continue;
		put_stack(was, i, &old);
		put_stack(is, i, &new);
	}
	if (old.used)
		p2p_diff_add(diff, "software", NULL, NULL, was_known ? before : not_known,
			     is_known ? after : not_known);
}

/** struct compared - the functions that are compared; @was, @is: NULL for the machine. */
struct compared {
	struct p2p_diff *diff;
	const struct p2p_function *was, *is;
};

static void add_if_other(void *data, const char *about, const char *before, const char *after)
{
	const struct compared *compared = data;

	if (after && strcmp(before, after) != 0 && !(compared->diff->nodes && is_own(about)))
		p2p_diff_add(compared->diff, about, compared->was, compared->is, before, after);
}

static const char *place_of(const struct p2p_diff_side *side, const struct p2p_function *function,
			    char bdf[P2P_BDF_SIZE])
{
	const char *place = side->places[function->index];

	return *place ? place : p2p_bdf_format(function->bdf, bdf);
}

/* Another place is a move; another address at the same place is a renumbered bus. */
static void compare_places(struct p2p_diff *diff, const struct p2p_function *was,
			   const struct p2p_function *is)
{
	char old[P2P_BDF_SIZE], new[P2P_BDF_SIZE];
	const char *before = place_of(&diff->before, was, old);
	const char *after = place_of(&diff->after, is, new);
	bool known = *diff->before.places[was->index] && *diff->after.places[is->index];

	if (known && strcmp(before, after) != 0)
		p2p_diff_add(diff, "moved", was, is, before, after);
	else if (p2p_bdf_compare(was->bdf, is->bdf))
		p2p_diff_add(diff, known ? "renumbered" : "moved", was, is,
			     p2p_bdf_format(was->bdf, old), p2p_bdf_format(is->bdf, new));
}

static void compare_functions(struct p2p_diff *diff, const struct p2p_function *was,
			      const struct p2p_function *is)
{
	struct compared compared = { diff, was, is };

	compare_places(diff, was, is);
	each_function_line(was, is, add_if_other, &compared);
}

static uint64_t mix(uint64_t value)
{
	value += UINT64_C(0x9e3779b97f4a7c15);
	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

/** struct iommu_group - one IOMMU group: its first function, and a hash of its members, independent of its number. */
struct iommu_group {
	int64_t number;
	const struct p2p_function *function;
	uint64_t members, count;
};

static int by_number(const void *a, const void *b)
{
	const struct iommu_group *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return p2p_bdf_compare(x->function->bdf, y->function->bdf);
}

/* Fill in the members of every group, identified by their functions on the old side. */
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
			size_t index = groups[end].function->index;
			const struct p2p_function *other = old ? groups[end].function :
							   side->partner[index];

			groups[at].members += mix(other ? other->index : UINT64_MAX - end);
			groups[at].count++;
			by_index[index] = &groups[at];
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

/* Group numbers may change with every boot; what matters is which functions share a group. */
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
	struct compared machines = { .diff = diff };
	char text[FACT_SIZE];

	each_machine_line(diff->before.eval, diff->after.eval, add_if_other, &machines);
	compare_stacks(diff);
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

/* Two 64-bit hashes: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), and a polynomial. */
void p2p_shape_add(struct p2p_shape *shape, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++) {
		shape->low = (shape->low ^ byte[i]) * UINT64_C(0x100000001b3);
		shape->high = shape->high * UINT64_C(0x9e3779b97f4a7c15) + byte[i] + 1;
	}
}

/* The terminating zeros are included, to keep the words apart. */
static void add_line(void *shape, const char *about, const char *text, const char *after)
{
	(void)after;
	if (is_own(about))
		return;
	p2p_shape_add(shape, about, strlen(about) + 1);
	p2p_shape_add(shape, text, strlen(text) + 1);
}

static void add_place(struct p2p_shape *shape, const struct p2p_function *function)
{
	char text[FACT_SIZE], bdf[P2P_BDF_SIZE];

	add_line(shape, "function", p2p_bdf_format(function->bdf, bdf), NULL);
	add_line(shape, "parent", function->parent ? p2p_bdf_format(function->parent->bdf, bdf) :
						    "none", NULL);
	snprintf(text, sizeof(text), "%d %04x:%04x %06x", function->ids, function->vendor,
		 function->device, function->class_code);
	add_line(shape, "ids", text, NULL);
}

/* Add which functions share a group, regardless of its number: each by the first function of its group. */
static int add_groups(struct p2p_shape *shape, const struct p2p_topology *topology)
{
	const struct p2p_diff_side side = { .topology = topology, .count = p2p_topology_count(topology) };
	struct iommu_group *groups = calloc(side.count + 1, sizeof(*groups));
	struct iommu_group **by_index = calloc(side.count + 1, sizeof(struct iommu_group *));
	int r = groups && by_index ? 0 : -ENOMEM;
	char bdf[P2P_BDF_SIZE];

	if (!r)
		fill_groups(&side, true, groups, by_index);
	for (size_t i = 0; i < side.count && !r; i++)
		if (!by_index[i])
			add_line(shape, "iommu_group", p2p_topology_function(topology, i)->iommu_group.fact ==
				 P2P_DENIED ? not_known : "none", NULL);
	for (size_t i = 0; i < side.count && !r; i++)
		if (by_index[i])
			add_line(shape, "iommu_group",
				 p2p_bdf_format(by_index[i]->function->bdf, bdf), NULL);
	free(groups);
	free(by_index);
	return r;
}

int p2p_shape_of(const struct p2p_eval *eval, struct p2p_shape *ret_shape)
{
	const struct p2p_topology *topology = p2p_eval_topology(eval);
	const struct p2p_function *function;

	*ret_shape = (struct p2p_shape){ 0 };
	each_machine_line(eval, NULL, add_line, ret_shape);
	p2p_shape_add_stack(ret_shape, p2p_topology_machine(topology));
	for (size_t i = 0; (function = p2p_topology_function(topology, i)); i++) {
		add_place(ret_shape, function);
		each_function_line(function, NULL, add_line, ret_shape);
		p2p_shape_add_asked(ret_shape, function);
	}
	return add_groups(ret_shape, topology);
}

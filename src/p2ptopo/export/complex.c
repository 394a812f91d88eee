/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "export/complex.h"
#include "export/export.h"

/* The function on the root bus above @function; NULL if the path up to it is unknown. */
static const struct p2p_function *top_of(const struct p2p_function *function)
{
	const struct p2p_function *top = p2p_function_top(function);

	return top->orphan ? NULL : top;
}

bool complex_is_known(const struct p2p_function *function)
{
	return top_of(function);
}

static int compare(const void *left, const void *right)
{
	const struct p2p_function *const *one = left, *const *other = right;
	const struct p2p_function *top = top_of(*one), *other_top = top_of(*other);

	if (top != other_top)
		return top->index < other_top->index ? -1 : 1;
	return (*one)->index < (*other)->index ? -1 : (*one)->index > (*other)->index;
}

static void add(struct complexes *complexes, const struct p2p_function *const *member)
{
	const struct p2p_function *top = top_of(*member);
	struct complex *last = complexes->count ? &complexes->list[complexes->count - 1] : NULL;

	if (last && last->top == top)
		last->count++;
	else
		complexes->list[complexes->count++] = (struct complex){ top, member, 1 };
}

enum status complexes_new(const struct app *app, struct complexes *ret_complexes)
{
	struct complexes complexes = {
		.list = calloc(app->selected_count + 1, sizeof(struct complex)),
		.members = calloc(app->selected_count + 1, sizeof(struct p2p_function *)),
	};
	size_t count = 0;

	if (!complexes.list || !complexes.members) {
		complexes_free(&complexes);
		return fail_memory(app->failure);
	}
	for (size_t i = 0; i < app->selected_count; i++) {
		if (!app->picked[i])
			continue;
		if (complex_is_known(app->selected[i]))
			complexes.members[count++] = app->selected[i];
		else
			complexes.unplaced++;
	}
	qsort(complexes.members, count, sizeof(struct p2p_function *), compare);
	for (size_t i = 0; i < count; i++)
		add(&complexes, &complexes.members[i]);
	*ret_complexes = complexes;
	return STATUS_DONE;
}

void complexes_note_unplaced(const struct app *app, const struct complexes *complexes)
{
	export_note_left_out(app, complexes->unplaced, "which bridges are above is not known");
}

void complexes_free(struct complexes *complexes)
{
	free(complexes->list);
	free(complexes->members);
	*complexes = (struct complexes){ 0 };
}

char *complex_id(const struct complex *complex, char id[COMPLEX_ID])
{
	const struct p2p_function *top = complex->top;

	snprintf(id, COMPLEX_ID, "pci%04x:%02x-%02x.%x", top->host->domain, top->host->bus,
		 top->bdf.devfn >> 3, top->bdf.devfn & 7u);
	return id;
}

enum p2p_tri complex_switch(const struct complex *complex, const struct p2p_function **ret_port)
{
	const struct p2p_function *top = complex->top;
	enum p2p_tri found = P2P_NO;

	*ret_port = NULL;
	for (size_t i = 0; i < top->child_count; i++) {
		const struct p2p_function *child = top->children[i];

		if (child->pcie.fact == P2P_DENIED && p2p_function_is_bridge(child))
			found = P2P_UNKNOWN;
		if (child->pcie.fact != P2P_PRESENT || child->pcie.type != P2P_PORT_UPSTREAM)
			continue;
		*ret_port = child;
		return P2P_YES;
	}
	return found;
}

struct p2p_number complex_node(const struct complex *complex)
{
	struct p2p_number node = complex->members[0]->numa;

	for (size_t i = 1; i < complex->count; i++) {
		if (complex->members[i]->numa.fact != node.fact || complex->members[i]->numa.value != node.value)
			return (struct p2p_number){ .fact = P2P_DENIED };
	}
	return node;
}

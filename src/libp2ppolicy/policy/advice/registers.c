/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the bits, and their ports, that keep the pairs from meeting the goal.
 *
 * First every bit that a verdict names is collected: those that the kernel's rule counts, and then,
 * as one port after another stops diverting, those that the switches act on.  Then each bit is
 * restored on its own, and is not cleared after all if every pair still meets its goal.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/pci-regs.h"
#include "policy/advice/advice.h"
#include "topology/build.h"
#include "verdict/eval.h"

/*
 * @clear, @set: by index of function, the bits of ACS Control to clear and to set
 * @fixed: a vendor's rule determines all bits of the function
 */
struct search {
	struct p2p_advice *advice;
	uint16_t *clear, *set;
	bool *fixed;
	struct p2p_topology *topology;	/* with these bits changed */
	struct p2p_eval *eval;
};

struct p2p_register p2p_register_make(const struct p2p_function *function, uint16_t control)
{
	uint16_t present = function->acs.control, mask = present ^ control;
	bool dword = p2p_acs_is_dword(function);

	return (struct p2p_register){
		.function = function, .mask = mask, .value = control & mask, .present = present,
		.offset = (uint16_t)(function->acs.offset + (dword ? 8 : PCI_ACS_CTRL)),
		.size = dword ? 4 : 2,
	};
}

const char *p2p_register_name(const struct p2p_register *change)
{
	return change->size == 4 ? "ECAP_ACS+0x8.l" : "ECAP_ACS+0x6.w";
}

int p2p_register_setpci(const struct p2p_register *change, bool undo, char *buffer, size_t size)
{
	unsigned int value = undo ? change->present & change->mask : change->value;
	int digits = 2 * change->size;
	char bdf[P2P_BDF_SIZE];

	return snprintf(buffer, size, "setpci -s %s %s=%0*x:%0*x",
			p2p_bdf_format(change->function->bdf, bdf), p2p_register_name(change),
			digits, value, digits, change->mask);
}

/* Add bits to clear.  Return: was any of them new? */
static bool collect(struct search *search, const struct p2p_function *function, uint16_t bits)
{
	const struct p2p_function *original;
	uint16_t *clear;

	if (!function)
		return false;
	original = p2p_topology_function(search->advice->topology, function->index);
	clear = &search->clear[function->index];
	if (original->acs.fact != P2P_PRESENT || search->fixed[function->index])
		return false;
	bits = (uint16_t)(bits & original->acs.control & P2P_ACS_REDIRECT & ~*clear);
	*clear |= bits;
	return bits;
}

static bool collect_kernel(struct search *search, const struct p2p_verdict *verdict)
{
	size_t count = p2p_eval_redirects(search->eval, verdict, NULL, 0);
	const struct p2p_function **list = calloc(count + 1, sizeof(struct p2p_function *));
	bool found = false;

	if (!list) {
		search->advice->no_memory = true;
		return false;
	}
	p2p_eval_redirects(search->eval, verdict, list, count);
	for (size_t i = 0; i < count; i++)
		found |= collect(search, list[i], P2P_ACS_REDIRECT);
	free(list);
	return found;
}

static bool collect_route(struct search *search, const struct p2p_route *route)
{
	return (route->kind == P2P_ROUTE_REDIRECTED || route->kind == P2P_ROUTE_BLOCKED) &&
	       collect(search, route->port, route->bits);
}

/* Registers are looked for if the pair does not meet the goal, and the ports are not an emulator's. */
static bool is_sought(const struct p2p_advice *advice, size_t pair)
{
	return advice->pairs[pair].state != P2P_ADVICE_FINE &&
	       !p2p_advice_host_decides(advice, &advice->pairs[pair].pair);
}

/* Collect the bits that are in the way now; none for a pair with a register that could not be read. */
static bool collect_all(struct search *search)
{
	struct p2p_advice *advice = search->advice;
	bool found = false;

	for (size_t i = 0; i < advice->pair_count; i++) {
		struct p2p_verdict verdict;

		if (!is_sought(advice, i))
			continue;
		p2p_advice_eval(search->eval, &advice->pairs[i].pair, &verdict);
		if (!verdict.kernel.common || verdict.kernel.unread ||
		    p2p_goal_met(advice->goal, &verdict))
			continue;
		if (advice->goal != P2P_GOAL_GPUDIRECT)
			found |= collect_kernel(search, &verdict);
		if (advice->goal != P2P_GOAL_POSSIBLE) {
			found |= collect_route(search, &verdict.fabric.request);
			found |= collect_route(search, &verdict.fabric.completion);
		}
	}
	return found;
}

static size_t count_changes(const struct search *search)
{
	size_t changes = 0, count = p2p_topology_count(search->advice->topology);

	for (size_t i = 0; i < count; i++)
		changes += search->clear[i] || search->set[i];
	return changes;
}

static void drop(struct search *search)
{
	p2p_eval_free(search->eval);
	p2p_topology_free(search->topology);
	search->eval = NULL;
	search->topology = NULL;
}

/* Make the topology with the bits found so far changed, and an evaluator for it. */
static int rebuild(struct search *search)
{
	struct p2p_advice *advice = search->advice;
	size_t changes = count_changes(search), n = 0;
	struct p2p_change *list = calloc(changes + 1, sizeof(*list));
	int r;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; n < changes; i++)
		if (search->clear[i] || search->set[i])
			list[n++] = (struct p2p_change){
				.kind = P2P_CHANGE_ACS, .clear = search->clear[i], .set = search->set[i],
				.function = p2p_topology_function(advice->topology, i),
			};
	drop(search);
	r = p2p_topology_change(advice->context, advice->topology, list, changes,
				&search->topology);
	free(list);
	if (!r)
		r = p2p_eval_new(advice->context, search->topology, advice->kernel,
				  &search->eval);
	return r;
}

/* Set @bits of one function again, or clear them again, as a trial in our own topology. */
static void put_back(struct search *search, size_t index, uint16_t bits, bool back)
{
	struct p2p_function *function = &search->topology->functions[index];
	uint16_t *controls[] = { &function->acs.control, &function->acs.kernel_control };
	size_t count = p2p_acs_is_dword(function) ? 1 : 2;

	for (size_t i = 0; i < count; i++)
		*controls[i] = (uint16_t)(back ? *controls[i] | bits : *controls[i] & ~bits);
}

/* Does the pair depend on the register of @function? */
static bool passes(const struct p2p_pair *pair, const struct p2p_function *function)
{
	return p2p_is_below(pair->provider, function) || p2p_is_below(pair->client, function);
}

static bool all_hold(const struct search *search, const bool *promised, size_t index)
{
	const struct p2p_function *function = p2p_topology_function(search->advice->topology,
								    index);
	const struct p2p_advice *advice = search->advice;

	for (size_t i = 0; i < advice->pair_count; i++) {
		struct p2p_verdict verdict;

		if (!promised[i] || !passes(&advice->pairs[i].pair, function))
			continue;
		p2p_advice_eval(search->eval, &advice->pairs[i].pair, &verdict);
		if (!p2p_goal_met(advice->goal, &verdict))
			return false;
	}
	return true;
}

/* Do not clear bits that no pair needs cleared. */
static void trim(struct search *search, const bool *promised)
{
	size_t count = p2p_topology_count(search->advice->topology);

	for (size_t i = 0; i < count; i++) {
		for (uint16_t bit = 1; bit && search->clear[i]; bit = (uint16_t)(bit << 1)) {
			if (!(search->clear[i] & bit) || search->fixed[i])
				continue;
			put_back(search, i, bit, true);
			if (all_hold(search, promised, i))
				search->clear[i] = (uint16_t)(search->clear[i] & ~bit);
			else
				put_back(search, i, bit, false);
		}
	}
}

static int trim_promised(struct search *search)
{
	struct p2p_advice *advice = search->advice;
	bool *promised = calloc(advice->pair_count + 1, sizeof(*promised));

	if (!promised)
		return -ENOMEM;
	for (size_t i = 0; i < advice->pair_count; i++) {
		struct p2p_verdict verdict;

		p2p_advice_eval(search->eval, &advice->pairs[i].pair, &verdict);
		promised[i] = p2p_goal_met(advice->goal, &verdict);
	}
	trim(search, promised);
	free(promised);
	return 0;
}

static int keep_registers(struct search *search)
{
	struct p2p_advice *advice = search->advice;
	size_t changes = count_changes(search), n = 0;
	int r;

	advice->registers = calloc(changes + 1, sizeof(*advice->registers));
	if (!advice->registers)
		return -ENOMEM;
	for (size_t i = 0; n < changes; i++) {
		const struct p2p_function *function = p2p_topology_function(advice->topology, i);
		unsigned int clear = search->clear[i], set = search->set[i];

		if (clear || set)
			advice->registers[n++] = p2p_register_make(function, (uint16_t)(
				(function->acs.control & ~clear) | set));
	}
	advice->register_count = changes;
	if (!changes)
		return 0;
	/* Evaluate the promise on a topology with exactly these changes. */
	r = rebuild(search);
	if (r)
		return r;
	advice->changed = search->topology;
	advice->changed_eval = search->eval;
	search->topology = NULL;
	search->eval = NULL;
	return 0;
}

static void demand(void *userdata, const struct p2p_function *port, uint16_t set, uint16_t clear)
{
	struct search *search = userdata;
	const struct p2p_acs *acs = &port->acs;

	if (acs->fact != P2P_PRESENT)
		return;
	search->fixed[port->index] = true;
	search->clear[port->index] = clear & acs->control;
	search->set[port->index] = (uint16_t)(set & p2p_acs_settable(port) & ~acs->control);
}

/* Take everything that a vendor's rule demands: a part of it would not satisfy the rule. */
static void take_shapes(struct search *search)
{
	const struct p2p_advice *advice = search->advice;

	for (size_t i = 0; advice->goal == P2P_GOAL_GPUDIRECT && i < advice->pair_count; i++)
		if (is_sought(advice, i))
			p2p_shape_each(&advice->pairs[i].before, demand, search);
}

static int find(struct search *search)
{
	int r;

	take_shapes(search);
	r = rebuild(search);

	while (!r && collect_all(search))
		r = rebuild(search);
	if (!r)
		r = trim_promised(search);
	return r ? r : keep_registers(search);
}

int p2p_advice_registers_find(struct p2p_advice *advice)
{
	size_t count = p2p_topology_count(advice->topology) + 1;
	struct search search = {
		.advice = advice, .clear = calloc(count, sizeof(*search.clear)),
		.set = calloc(count, sizeof(*search.set)),
		.fixed = calloc(count, sizeof(*search.fixed)),
	};
	int r = search.clear && search.set && search.fixed ? 0 : -ENOMEM;

	if (!r)
		r = find(&search);
	drop(&search);
	free(search.clear);
	free(search.set);
	free(search.fixed);
	return r;
}

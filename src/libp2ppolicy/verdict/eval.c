/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An evaluator: chooses the rule set, and decides once what all pairs of the machine share. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/facts.h>

#include "base/context.h"
#include "verdict/score/score.h"

#define ZEN_FAMILY 0x17

/*
 * The device that is looked up in the whitelist: the first on the root bus.  VFs are added to the list after
 * the scan of their PF, so none is ever first.  pci_host_bridge_dev(); before 5.14 it was pci_get_slot(bus,
 * 00.0), which is the same unless something was removed and rescanned.
 */
static const struct p2p_function *first_on_bus(const struct p2p_host_bridge *bridge,
						bool *ret_sure)
{
	const struct p2p_function *first = bridge->first;

	*ret_sure = true;
	if (first)
		return first;
	for (size_t i = 0; i < bridge->roots; i++) {
		const struct p2p_function *function = bridge->root[i];

		/* If some are missing, one of them may precede the others. */
		if (function->missing || function->orphan)
			*ret_sure = false;
		if (!first && !function->physfn)
			first = function;
	}
	if (bridge->partial)
		*ret_sure = false;
	if (first && first->bdf.devfn == 0 && !first->orphan)
		*ret_sure = true;
	return first;
}

/* How the kernel treats the first function on the bus. */
static struct p2p_root root_of(const struct p2p_function *first, unsigned int clauses)
{
	struct p2p_root root = { .fact = P2P_ABSENT };

	if (!first)
		return root;
	if (first->bdf.devfn == 0)
		root.fact = P2P_PRESENT;
	else if (clauses & P2P_CLAUSE_ROOT_PORT && first->pcie.fact == P2P_DENIED)
		root.fact = P2P_DENIED;
	else if (clauses & P2P_CLAUSE_ROOT_PORT && first->pcie.fact == P2P_PRESENT)
		root.fact = first->pcie.type == P2P_PORT_ROOT ? P2P_PRESENT : P2P_ABSENT;
	if (root.fact != P2P_ABSENT)
		root.device = first;
	return root;
}

static struct p2p_root find_root(const struct p2p_host_bridge *bridge, unsigned int clauses)
{
	bool sure;
	const struct p2p_function *first = first_on_bus(bridge, &sure);

	return sure ? root_of(first, clauses) : (struct p2p_root){ .fact = P2P_DENIED };
}

/* __host_bridge_whitelist(), for every possible value of unknown facts. */
static void look_up(const struct p2p_eval *eval, struct p2p_bridge_root *entry)
{
	struct p2p_root *root = &entry->root;
	const struct p2p_function *device = root->device;
	const struct p2p_whitelist *row;
	bool sure;

	entry->listed_same = entry->listed = P2P_NO;
	if (root->fact == P2P_ABSENT)
		return;
	if (!device || device->ids != P2P_PRESENT) {
		root->fact = P2P_DENIED;
		entry->listed_same = entry->listed = P2P_UNKNOWN;
		return;
	}
	row = p2p_whitelist_find(eval->release, eval->updated, device->vendor, device->device,
				 &sure);
	if (!row)
		row = p2p_vendor_row(eval->vendor, eval->machine->release, device->vendor,
				     device->device, &sure);
	if (!row)
		return;
	if (sure)
		root->row = row->text;
	else
		root->fact = P2P_DENIED;
	root->same_bridge_only = row->same;
	entry->listed_same = root->fact == P2P_PRESENT ? P2P_YES : P2P_UNKNOWN;
	entry->listed = row->same ? P2P_NO : entry->listed_same;
}

static enum p2p_tri agreed(enum p2p_tri a, enum p2p_tri b)
{
	return a == b ? a : P2P_UNKNOWN;
}

/* Any function may be the first; this matters if they do not all give the same answer. */
static void look_up_all(const struct p2p_eval *eval, const struct p2p_host_bridge *bridge,
			struct p2p_bridge_root *entry)
{
	for (size_t i = 0; i < bridge->roots; i++) {
		struct p2p_bridge_root other = { .root = root_of(bridge->root[i], eval->clauses) };

		if (bridge->root[i]->physfn)
			continue;
		look_up(eval, &other);
		entry->listed_same = agreed(entry->listed_same, other.listed_same);
		entry->listed = agreed(entry->listed, other.listed);
	}
	if (entry->listed_same == P2P_UNKNOWN || entry->listed == P2P_UNKNOWN)
		entry->root = (struct p2p_root){ .fact = P2P_DENIED };
}

/* cpu_supports_p2pdma(): x86, AMD, Zen or newer.  Hygon has its own vendor string and does not count. */
static enum p2p_tri cpu_is_zen(const struct p2p_machine *machine)
{
	const struct p2p_number *family = &machine->cpu_family;
	enum p2p_tri amd = !machine->cpu_vendor ? P2P_UNKNOWN :
			   strcmp(machine->cpu_vendor, "AuthenticAMD") ? P2P_NO : P2P_YES;
	enum p2p_tri new = family->fact == P2P_DENIED ? P2P_UNKNOWN :
			   family->fact == P2P_PRESENT && family->value >= ZEN_FAMILY ? P2P_YES :
			   P2P_NO;

	return p2p_tri_and(amd, new);
}

/* Add a clause to the note; what does not fit is cut off. */
static void note(struct p2p_eval *eval, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(struct p2p_eval *eval, const char *format, ...)
{
	char clause[sizeof(eval->note)];
	size_t used = strlen(eval->note);
	va_list args;

	va_start(args, format);
	vsnprintf(clause, sizeof(clause), format, args);
	va_end(args);
	snprintf(eval->note + used, sizeof(eval->note) - used, "%s%s", used ? "; " : "", clause);
}

static void note_release(struct p2p_eval *eval, const char *release, unsigned int number)
{
	const char *name = eval->rules->name;
	char text[sizeof(eval->note)];

	if (number < P2P_KERNEL(4, 20) && !(eval->vendor && eval->vendor->backports)) {
		note(eval, "kernel %s is older than p2pdma itself, which came in 4.20; the rules "
		     "of %s are used", release, name);
		return;
	}
	if (number > eval->release) {
		note(eval, "kernel %s is newer than every rule set; the rules of %s are used",
		     release, name);
		return;
	}
	p2p_vendor_note(eval->vendor, release, name, text, sizeof(text));
	if (*text)
		note(eval, "%s", text);
}

/* A text about devices does not tell how the kernel was built, so CONFIG_PCI_P2PDMA is assumed. */
static bool is_text(enum p2p_source source)
{
	return source != P2P_SOURCE_LIVE && source != P2P_SOURCE_TREE &&
	       source != P2P_SOURCE_ARCHIVE && source != P2P_SOURCE_REPORT;
}

static void note_p2pdma(struct p2p_eval *eval, const char *release)
{
	if (eval->p2pdma == P2P_NO)
		note(eval, "the kernel%s%s is built without CONFIG_PCI_P2PDMA and permits no pair; "
		     "its rules would be those of %s", release ? " " : "", release ? release : "",
		     eval->rules->name);
	else if (eval->p2pdma == P2P_UNKNOWN)
		note(eval, "whether the kernel is built with CONFIG_PCI_P2PDMA could not be read");
}

/* "auto": the rules of the release, and whether the kernel has p2pdma at all. */
static void choose(struct p2p_eval *eval, const struct p2p_machine *machine)
{
	unsigned int number, newest;
	bool exact;

	eval->rules = p2p_rules_for_release(NULL, &exact);
	newest = eval->release = eval->rules->release;
	eval->p2pdma = machine->p2pdma;
	if (p2p_release_parse(machine->release, &number) < 0) {
		if (eval->p2pdma != P2P_NO)
			eval->p2pdma = P2P_YES;
		note(eval, "no kernel release is recorded; the rules of %s, the newest released, "
		     "are used%s", eval->rules->name, machine->p2pdma == P2P_UNKNOWN ?
		     ", assuming CONFIG_PCI_P2PDMA" : "");
		note_p2pdma(eval, NULL);
		return;
	}
	eval->vendor = p2p_vendor_find(machine->release);
	if (eval->vendor && eval->vendor->carries)
		(void)p2p_release_parse(eval->vendor->carries, &number);
	eval->rules = p2p_rules_for_release(eval->vendor && eval->vendor->carries ?
					    eval->vendor->carries : machine->release, &exact);
	/* Between two sets the rows of the release itself apply; beyond the newest, its rows. */
	eval->release = number < newest ? number : newest;
	eval->updated = p2p_release_is_updated(machine->release);
	note_release(eval, machine->release, number);
	if (eval->p2pdma == P2P_UNKNOWN && is_text(machine->source)) {
		eval->p2pdma = P2P_YES;
		note(eval, "the kernel is assumed to be built with CONFIG_PCI_P2PDMA, which is "
		     "not recorded");
	}
	note_p2pdma(eval, machine->release);
}

static int choose_rules(struct p2p_context *context, struct p2p_eval *eval,
			const struct p2p_machine *machine, const char *kernel)
{
	char names[256] = "";

	if (!strcmp(kernel, "auto")) {
		choose(eval, machine);
		eval->own = true;
		return 0;
	}
	eval->rules = p2p_rules_find(kernel);
	eval->p2pdma = P2P_YES;
	if (eval->rules) {
		eval->release = eval->rules->release;
		return 0;
	}
	if (p2p_rules_is_known(kernel)) {
		struct p2p_machine other = *machine;

		/* The machine does not tell how that kernel would be built. */
		other.release = kernel;
		other.p2pdma = P2P_YES;
		choose(eval, &other);
		return 0;
	}
	for (size_t i = 0; p2p_rules_at(i); i++) {
		strncat(names, " ", sizeof(names) - strlen(names) - 1);
		strncat(names, p2p_rules_at(i)->name, sizeof(names) - strlen(names) - 1);
	}
	return p2p_error(context, -EINVAL, "there is no rule set '%s'; there are auto%s", kernel,
			 names);
}

int p2p_eval_new_from_parts(struct p2p_context *context, const struct p2p_parts *parts,
			     const char *kernel, struct p2p_eval **ret_eval)
{
	const struct p2p_machine *machine = parts->machine;
	struct p2p_eval *eval = calloc(1, sizeof(*eval));
	int error;

	if (!eval)
		return p2p_error(context, -ENOMEM, "out of memory");
	eval->machine = machine;
	error = choose_rules(context, eval, machine, kernel);
	if (error < 0) {
		p2p_eval_free(eval);
		return error;
	}
	eval->clauses = p2p_clauses_of(eval->rules, eval->release);
	eval->zen = cpu_is_zen(machine);
	eval->iommu = machine->iommu;
	eval->cpu = p2p_cpu_find(machine);
	eval->several_nodes = machine->numa_nodes == 1 ? P2P_NO :
			       machine->numa_nodes ? P2P_YES : P2P_UNKNOWN;
	eval->functions = parts->functions;
	eval->root_count = parts->bridge_count;
	eval->roots = calloc(eval->root_count + 1, sizeof(*eval->roots));
	if (!eval->roots) {
		p2p_eval_free(eval);
		return p2p_error(context, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < parts->bridge_count; i++) {
		struct p2p_bridge_root *entry = &eval->roots[parts->bridges[i]->index];

		entry->root = find_root(parts->bridges[i], eval->clauses);
		look_up(eval, entry);
		if (parts->bridges[i]->order_unknown)
			look_up_all(eval, parts->bridges[i], entry);
	}
	*ret_eval = eval;
	return 0;
}

int p2p_eval_new(struct p2p_context *context, const struct p2p_topology *topology,
		  const char *kernel, struct p2p_eval **ret_eval)
{
	size_t count = p2p_topology_host_bridges(topology);
	const struct p2p_host_bridge **bridges = calloc(count + 1, sizeof(const struct p2p_host_bridge *));
	struct p2p_parts parts = {
		.machine = p2p_topology_machine(topology), .bridges = bridges,
		.bridge_count = count, .functions = p2p_topology_count(topology),
	};
	struct p2p_eval *eval = NULL;
	int error;

	if (!bridges)
		return p2p_error(context, -ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++)
		bridges[i] = p2p_topology_host_bridge(topology, i);
	error = p2p_eval_new_from_parts(context, &parts, kernel, &eval);
	free(bridges);
	if (!eval)
		return error;
	eval->topology = topology;
	if (p2p_driver_rows_of_all(topology, &eval->drivers) < 0) {
		p2p_eval_free(eval);
		return p2p_error(context, -ENOMEM, "out of memory");
	}
	*ret_eval = eval;
	return 0;
}

struct p2p_eval *p2p_eval_free(struct p2p_eval *eval)
{
	if (eval) {
		free(eval->roots);
		free(eval->drivers);
	}
	free(eval);
	return NULL;
}

static bool is_same_text(const char *one, const char *other)
{
	return one && other ? !strcmp(one, other) : one == other;
}

bool p2p_eval_same(const struct p2p_eval *one, const struct p2p_eval *other)
{
	return one->own == other->own && one->rules == other->rules && one->vendor == other->vendor && one->release == other->release &&
	       one->updated == other->updated && one->clauses == other->clauses && one->p2pdma == other->p2pdma &&
	       one->zen == other->zen && one->iommu == other->iommu && one->several_nodes == other->several_nodes &&
	       one->cpu == other->cpu && is_same_text(one->machine->release, other->machine->release) &&
	       p2p_facts_same(p2p_machine_rows, one->machine, other->machine);
}

bool p2p_eval_same_host(const struct p2p_eval *one, const struct p2p_host_bridge *host,
			const struct p2p_eval *other, const struct p2p_host_bridge *other_host)
{
	const struct p2p_bridge_root *left = &one->roots[host->index], *right = &other->roots[other_host->index];

	return left->listed_same == right->listed_same && left->listed == right->listed &&
	       p2p_facts_same(p2p_host_rows, host, other_host);
}

const struct p2p_topology *p2p_eval_topology(const struct p2p_eval *eval)
{
	return eval->topology;
}

const struct p2p_rules *p2p_eval_rules(const struct p2p_eval *eval)
{
	return eval->rules;
}

const char *p2p_eval_rules_note(const struct p2p_eval *eval)
{
	return *eval->note ? eval->note : NULL;
}

void p2p_eval_pair(const struct p2p_eval *eval, const struct p2p_function *provider,
		    const struct p2p_function *client, struct p2p_verdict *ret_verdict)
{
	struct p2p_walk walk;

	p2p_walk(provider, client, &walk);
	ret_verdict->eval = eval;
	ret_verdict->machine = eval->machine;
	ret_verdict->provider = provider;
	ret_verdict->client = client;
	ret_verdict->relation = p2p_relation_evaluate(eval, &walk);
	p2p_kernel_evaluate(eval, &walk, &ret_verdict->kernel);
	p2p_fabric_evaluate(&walk, &ret_verdict->fabric);
}

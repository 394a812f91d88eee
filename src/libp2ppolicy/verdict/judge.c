/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A judge: the rule set chosen, and what of the machine every pair shares decided once. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "verdict/score/score.h"

#define ZEN_FAMILY 0x17

/*
 * The device compared with the whitelist: the first on the root bus.  VFs join the list after
 * the scan of their PF, so none is ever first.  pci_host_bridge_dev(); before 5.14 it was
 * pci_get_slot(bus, 00.0), which gives the same where nothing was removed and rescanned.
 */
static const struct p2p_function *first_on_bus(const struct p2p_host_bridge *bridge,
						bool *ret_sure)
{
	const struct p2p_function *first = NULL;

	*ret_sure = true;
	for (size_t i = 0; i < bridge->roots; i++) {
		const struct p2p_function *function = bridge->root[i];

		/* Where some are missing, one of them may come before those that are not. */
		if (function->missing || function->orphan)
			*ret_sure = false;
		if (!first && !function->physfn)
			first = function;
	}
	if (first && first->bdf.devfn == 0 && !first->orphan)
		*ret_sure = true;
	return first;
}

static struct p2p_root find_root(const struct p2p_host_bridge *bridge, unsigned int clauses)
{
	struct p2p_root root = { .fact = P2P_ABSENT };
	bool sure;
	const struct p2p_function *first = first_on_bus(bridge, &sure);

	if (!sure) {
		root.fact = P2P_DENIED;
		return root;
	}
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

/* __host_bridge_whitelist(), for every value the unknown facts may have. */
static void look_up(const struct p2p_judge *judge, struct p2p_bridge_root *entry)
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
	row = p2p_whitelist_find(judge->release, judge->updated, device->vendor, device->device,
				 &sure);
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

/* cpu_supports_p2pdma(): x86, AMD, Zen or newer.  Hygon has its own vendor and is none. */
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

/* Another clause of the note; what does not fit is cut. */
static void note(struct p2p_judge *judge, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(struct p2p_judge *judge, const char *format, ...)
{
	char clause[sizeof(judge->note)];
	size_t used = strlen(judge->note);
	va_list args;

	va_start(args, format);
	vsnprintf(clause, sizeof(clause), format, args);
	va_end(args);
	snprintf(judge->note + used, sizeof(judge->note) - used, "%s%s", used ? "; " : "", clause);
}

static void note_release(struct p2p_judge *judge, const char *release, unsigned int number)
{
	const char *vendor = p2p_release_vendor(release);
	const char *name = judge->rules->name;
	bool exact;

	p2p_rules_for_release(release, &exact);
	if (number < P2P_KERNEL(4, 20))
		note(judge, "kernel %s is older than p2pdma itself, which came in 4.20; the rules "
		     "of %s are used", release, name);
	else if (!exact && !vendor)
		note(judge, "kernel %s is newer than every rule set; the rules of %s are used",
		     release, name);
	else if (vendor)
		note(judge, "kernel %s is known to carry additional whitelist rows, from %s; the "
		     "rules of %s do not have them", release, vendor, name);
}

static void note_p2pdma(struct p2p_judge *judge, const char *release)
{
	if (judge->p2pdma == P2P_NO)
		note(judge, "the kernel%s%s is built without CONFIG_PCI_P2PDMA and permits no pair; "
		     "its rules would be those of %s", release ? " " : "", release ? release : "",
		     judge->rules->name);
	else if (judge->p2pdma == P2P_UNKNOWN)
		note(judge, "whether the kernel is built with CONFIG_PCI_P2PDMA could not be read");
}

/* "auto": the rules of the release, and whether the kernel has p2pdma at all. */
static void choose(struct p2p_judge *judge, const struct p2p_machine *machine)
{
	unsigned int number, newest;
	bool exact;

	judge->rules = p2p_rules_for_release(NULL, &exact);
	newest = judge->release = judge->rules->release;
	judge->p2pdma = machine->p2pdma;
	if (p2p_release_parse(machine->release, &number) < 0) {
		if (judge->p2pdma != P2P_NO)
			judge->p2pdma = P2P_YES;
		note(judge, "no kernel release is recorded; the rules of %s, the newest released, "
		     "are used%s", judge->rules->name, machine->p2pdma == P2P_UNKNOWN ?
		     ", as of a kernel built with CONFIG_PCI_P2PDMA" : "");
		note_p2pdma(judge, NULL);
		return;
	}
	judge->rules = p2p_rules_for_release(machine->release, &exact);
	/* Between two sets the rows of the release itself hold; beyond the newest, its rows. */
	judge->release = number < newest ? number : newest;
	judge->updated = p2p_release_is_updated(machine->release);
	note_release(judge, machine->release, number);
	note_p2pdma(judge, machine->release);
}

static int choose_rules(struct p2p_context *context, struct p2p_judge *judge,
			const struct p2p_machine *machine, const char *kernel)
{
	char names[256] = "";

	if (!strcmp(kernel, "auto")) {
		choose(judge, machine);
		return 0;
	}
	judge->rules = p2p_rules_find(kernel);
	judge->p2pdma = P2P_YES;
	if (judge->rules) {
		judge->release = judge->rules->release;
		return 0;
	}
	for (size_t i = 0; p2p_rules_at(i); i++) {
		strncat(names, " ", sizeof(names) - strlen(names) - 1);
		strncat(names, p2p_rules_at(i)->name, sizeof(names) - strlen(names) - 1);
	}
	return p2p_error(context, -EINVAL, "there is no rule set '%s'; there are auto%s", kernel,
			 names);
}

int p2p_judge_new_from_parts(struct p2p_context *context, const struct p2p_parts *parts,
			     const char *kernel, struct p2p_judge **ret_judge)
{
	const struct p2p_machine *machine = parts->machine;
	struct p2p_judge *judge = calloc(1, sizeof(*judge));
	int error;

	if (!judge)
		return p2p_error(context, -ENOMEM, "out of memory");
	judge->machine = machine;
	error = choose_rules(context, judge, machine, kernel);
	if (error < 0) {
		p2p_judge_free(judge);
		return error;
	}
	judge->clauses = p2p_clauses_of(judge->rules, judge->release);
	judge->zen = cpu_is_zen(machine);
	judge->iommu = machine->iommu;
	judge->cpu = p2p_cpu_find(machine);
	judge->several_nodes = machine->numa_nodes == 1 ? P2P_NO :
			       machine->numa_nodes ? P2P_YES : P2P_UNKNOWN;
	judge->functions = parts->functions;
	judge->root_count = parts->bridge_count;
	judge->roots = calloc(judge->root_count + 1, sizeof(*judge->roots));
	if (!judge->roots) {
		p2p_judge_free(judge);
		return p2p_error(context, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < parts->bridge_count; i++) {
		struct p2p_bridge_root *entry = &judge->roots[parts->bridges[i]->index];

		entry->root = find_root(parts->bridges[i], judge->clauses);
		look_up(judge, entry);
	}
	*ret_judge = judge;
	return 0;
}

int p2p_judge_new(struct p2p_context *context, const struct p2p_topology *topology,
		  const char *kernel, struct p2p_judge **ret_judge)
{
	size_t count = p2p_topology_host_bridges(topology);
	const struct p2p_host_bridge **bridges = calloc(count + 1, sizeof(const struct p2p_host_bridge *));
	struct p2p_parts parts = {
		.machine = p2p_topology_machine(topology), .bridges = bridges,
		.bridge_count = count, .functions = p2p_topology_count(topology),
	};
	struct p2p_judge *judge = NULL;
	int error;

	if (!bridges)
		return p2p_error(context, -ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++)
		bridges[i] = p2p_topology_host_bridge(topology, i);
	error = p2p_judge_new_from_parts(context, &parts, kernel, &judge);
	free(bridges);
	if (!judge)
		return error;
	judge->topology = topology;
	*ret_judge = judge;
	return 0;
}

struct p2p_judge *p2p_judge_free(struct p2p_judge *judge)
{
	if (judge)
		free(judge->roots);
	free(judge);
	return NULL;
}

const struct p2p_topology *p2p_judge_topology(const struct p2p_judge *judge)
{
	return judge->topology;
}

const struct p2p_rules *p2p_judge_rules(const struct p2p_judge *judge)
{
	return judge->rules;
}

const char *p2p_judge_rules_note(const struct p2p_judge *judge)
{
	return *judge->note ? judge->note : NULL;
}

void p2p_judge_pair(const struct p2p_judge *judge, const struct p2p_function *provider,
		    const struct p2p_function *client, struct p2p_verdict *ret_verdict)
{
	struct p2p_walk walk;

	p2p_walk(provider, client, &walk);
	ret_verdict->judge = judge;
	ret_verdict->machine = judge->machine;
	ret_verdict->provider = provider;
	ret_verdict->client = client;
	ret_verdict->relation = p2p_relation_judge(judge, &walk);
	p2p_kernel_judge(judge, &walk, &ret_verdict->kernel);
	p2p_fabric_judge(&walk, &ret_verdict->fabric);
}

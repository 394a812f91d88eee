/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a topology from another one with some facts changed: a copy, the steps below in order, and new lists
 * of children.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "topology/acs.h"
#include "topology/build.h"
#include "topology/change.h"

/* What the kernel sets at boot if there is an IOMMU; drivers/pci/pci.c, pci_std_enable_acs(). */
#define BOOT_BITS (P2P_ACS_SV | P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_UF)
#define REDIRECT_BITS (P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_EC)

static int copy_all(struct p2p_topology *topology, const struct p2p_topology *source)
{
	topology->snapshot = source->snapshot;
	topology->machine = source->machine;
	topology->count = source->count;
	topology->host_count = source->host_count;
	topology->functions = p2p_keep(topology, source->count, sizeof(*source->functions));
	topology->hosts = p2p_keep(topology, source->host_count, sizeof(*source->hosts));
	if (!topology->functions || !topology->hosts)
		return -ENOMEM;
	memcpy(topology->functions, source->functions,
	       source->count * sizeof(*source->functions));
	memcpy(topology->hosts, source->hosts, source->host_count * sizeof(*source->hosts));
	return 0;
}

static const struct p2p_function *same(const struct p2p_topology *topology,
				       const struct p2p_function *function)
{
	return function ? &topology->functions[function->index] : NULL;
}

/* The list ends with NULL. */
static const struct p2p_function *const *point_peers(struct p2p_topology *topology,
						     const struct p2p_function *const *old)
{
	const struct p2p_function **peers;
	size_t count = 0;

	while (old && old[count])
		count++;
	if (!count)
		return old;
	peers = p2p_keep(topology, count + 1, sizeof(const struct p2p_function *));
	for (size_t i = 0; peers && i < count; i++)
		peers[i] = same(topology, old[i]);
	return peers;
}

static void point_inside(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];

		function->parent = same(topology, function->parent);
		function->physfn = same(topology, function->physfn);
		function->data_direct_of = same(topology, function->data_direct_of);
		function->kfd_peers = point_peers(topology, function->kfd_peers);
		function->xgmi_peers = point_peers(topology, function->xgmi_peers);
		function->host = &topology->hosts[function->host->index];
	}
	for (size_t i = 0; i < topology->host_count; i++) {
		topology->hosts[i].behind = same(topology, topology->hosts[i].behind);
		topology->hosts[i].first = same(topology, topology->hosts[i].first);
	}
}

/* Notes about a card and its links do not apply where it is plugged in now. */
static void copy_notes(struct p2p_change_work *work)
{
	const struct p2p_topology *source = work->source;

	for (size_t i = 0; i < source->note_count; i++) {
		const struct p2p_note *note = &source->notes[i];

		if (!note->function || !work->moved[note->function->index])
			p2p_note(work->topology, same(work->topology, note->function), "%s",
				 note->text);
	}
}

static void write_control(struct p2p_function *function, uint16_t clear, uint16_t set)
{
	struct p2p_acs *acs = &function->acs;

	acs->control = (uint16_t)((acs->control & ~clear) | set);
	if (!p2p_acs_is_dword(function))
		acs->kernel_control = (uint16_t)((acs->kernel_control & ~clear) | set);
}

static bool has_known_acs(const struct p2p_function *function)
{
	return function->acs.fact == P2P_PRESENT && function->acs.kernel_fact == P2P_PRESENT;
}

static void boot_acs(struct p2p_change_work *work, bool on)
{
	bool parameter = p2p_acs_has_parameter(&work->topology->machine);

	for (size_t i = 0; i < work->topology->count; i++) {
		struct p2p_function *function = &work->topology->functions[i];
		const struct p2p_acs *acs = &function->acs;
		uint16_t missing = (uint16_t)(p2p_acs_settable(function) & BOOT_BITS &
					      ~acs->control);

		if (!has_known_acs(function) || p2p_acs_is_stuck(function))
			continue;
		if (!on)
			work->unknown[i] |= acs->control & BOOT_BITS;
		else if (parameter)
			work->unknown[i] |= missing;
		else
			write_control(function, 0, missing);
	}
}

/* Without an IOMMU there are no groups; if there was one before, functions without a group remain so. */
static void boot_groups(struct p2p_topology *topology, enum p2p_iommu_mode mode, bool was_on)
{
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];
		bool identity = function->iommu_type && !strcmp(function->iommu_type, "identity");

		if (mode == P2P_IOMMU_OFF) {
			function->iommu_group = (struct p2p_number){ P2P_ABSENT, 0 };
			function->iommu_type = NULL;
			continue;
		}
		if (was_on && function->iommu_group.fact == P2P_ABSENT)
			continue;
		if (!was_on)
			function->iommu_group = (struct p2p_number){ P2P_DENIED, 0 };
		if (mode == P2P_IOMMU_PASSTHROUGH)
			function->iommu_type = "identity";
		else if (!function->iommu_type || identity)
			function->iommu_type = "DMA";
	}
}

static void boot(struct p2p_change_work *work, enum p2p_iommu_mode mode)
{
	struct p2p_machine *machine = &work->topology->machine;
	bool on = mode != P2P_IOMMU_OFF;

	if (machine->iommu != (on ? P2P_YES : P2P_NO))
		boot_acs(work, on);
	boot_groups(work->topology, mode, machine->iommu == P2P_YES);
	machine->iommu = on ? P2P_YES : P2P_NO;
	machine->iommu_translates = mode == P2P_IOMMU_ON ? P2P_UNKNOWN : P2P_NO;
}

/* The function whose ids the kernel looks up, as verdict/eval.c finds it, is part of the CPU. */
static void replace_root(struct p2p_topology *topology, const struct p2p_host_bridge *host,
			 const struct p2p_change *change)
{
	struct p2p_function *first = host->first ? &topology->functions[host->first->index] : NULL;

	for (size_t i = 0; i < host->roots && !first; i++)
		if (!host->root[i]->physfn)
			first = &topology->functions[host->root[i]->index];
	if (!first || host->vmd)
		return;
	first->ids = change->root_vendor ? P2P_PRESENT : P2P_DENIED;
	first->vendor = change->root_vendor;
	first->device = change->root_device;
	first->vendor_name = first->device_name = NULL;
}

static int replace_cpu(struct p2p_change_work *work, const struct p2p_change *change)
{
	struct p2p_topology *topology = work->topology;
	struct p2p_machine *machine = &topology->machine;
	const char *vendor = change->cpu_vendor;

	machine->cpu_vendor = vendor ? p2p_keep_text(topology, vendor, strlen(vendor)) : NULL;
	if (vendor && !machine->cpu_vendor)
		return -ENOMEM;
	machine->cpu_family = (struct p2p_number){ change->cpu_family < 0 ? P2P_ABSENT :
						   P2P_PRESENT, change->cpu_family };
	machine->cpu_model = (struct p2p_number){ P2P_DENIED, 0 };
	machine->cpu_name = NULL;
	for (size_t i = 0; i < work->source->host_count; i++)
		replace_root(topology, &work->source->hosts[i], change);
	return 0;
}

static bool is_bound(const struct p2p_topology *topology, const char *driver)
{
	for (size_t i = 0; i < topology->count; i++)
		if (topology->functions[i].driver && !strcmp(topology->functions[i].driver, driver))
			return true;
	return false;
}

/* Forget what a module reports: it was not loaded before. */
static void forget_module(struct p2p_topology *topology, const char *driver)
{
	const struct p2p_stack_text *text;
	size_t size = strlen(driver);

	for (unsigned int i = 0; (text = p2p_stack_text((enum p2p_stack_fact)i)); i++)
		if ((!strncmp(text->where, driver, size) && strchr("/", text->where[size])) ||
		    (!strcmp(driver, "nvidia") && !strncmp(text->key, "NVIDIA", 6)))
			topology->machine.stack[i] = (struct p2p_number){ P2P_DENIED, 0 };
}

/*
 * amdgpu asks p2pdma for its links when it is loaded, and after a change it may be told something else; links
 * over xGMI stay.
 */
static void forget_links(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];

		function->kfd_peers = NULL;
		if (function->kfd == P2P_PRESENT)
			function->kfd = P2P_DENIED;
	}
}

/* Its names stay, so that messages can refer to it.  Return: is it another driver than before? */
static bool bind_one(struct p2p_function *function, const char *driver)
{
	const struct p2p_number unknown = { P2P_DENIED, 0 };

	if (driver && function->driver && !strcmp(function->driver, driver))
		return false;
	if (p2p_is_vfio(driver) || p2p_is_vfio(function->driver))
		function->iommu_type = NULL;
	function->driver = driver;
	function->driver_fact = driver ? P2P_PRESENT : P2P_ABSENT;
	function->pool = (struct p2p_pool){ .fact = P2P_DENIED };
	function->vram = function->vram_visible = unknown;
	function->kfd_peers = function->xgmi_peers = NULL;
	function->kfd = function->efa = P2P_DENIED;
	function->efa_provider = NULL;
	function->port_mbps = function->rdma = unknown;
	return true;
}

static int bind_driver(struct p2p_change_work *work, const struct p2p_change *change)
{
	struct p2p_topology *topology = work->topology;
	const char *driver = NULL;
	size_t count = 0;
	bool any = false;

	if (change->driver) {
		driver = p2p_keep_text(topology, change->driver, strlen(change->driver));
		if (!driver)
			return -ENOMEM;
		if (!is_bound(work->source, driver))
			forget_module(topology, driver);
	}
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];

		if (change->function ? change->function->index != i :
		    function->kind != change->kind_of || p2p_function_is_bridge(function))
			continue;
		any |= bind_one(function, driver);
		count++;
	}
	if (any)
		forget_links(topology);
	return count ? 0 : p2p_error(work->context, -EINVAL, "no function is of class %s",
				     p2p_class_name(change->kind_of));
}

static int write_one(struct p2p_change_work *work, const struct p2p_change *change,
		     struct p2p_function *function)
{
	uint16_t *unknown = &work->unknown[function->index];
	char bdf[P2P_BDF_SIZE], names[P2P_ACS_SIZE];
	uint16_t lacking = (uint16_t)(change->set & ~p2p_acs_settable(function));

	p2p_bdf_format(function->bdf, bdf);
	if (function->acs.fact == P2P_ABSENT)
		return p2p_error(work->context, -EOPNOTSUPP, "%s has no ACS capability", bdf);
	if (!has_known_acs(function))
		return p2p_error(work->context, -ENODATA, "ACS of %s could not be read: its present "
				 "value is unknown", bdf);
	if (lacking && p2p_acs_is_stuck(function))
		return p2p_error(work->context, -EINVAL, "%s cannot set %s: ports of its kind are "
				 "known not to keep what is written to ACS Control", bdf,
				 p2p_acs_names(lacking, names));
	if (lacking)
		return p2p_error(work->context, -EINVAL, "%s cannot set %s: its ACS capability "
				 "lacks it", bdf, p2p_acs_names(lacking, names));
	write_control(function, change->clear, change->set);
	*unknown &= (uint16_t)~(change->clear | change->set);
	return 0;
}

static int write_acs(struct p2p_change_work *work, const struct p2p_change *change)
{
	struct p2p_topology *topology = work->topology;

	if ((change->clear | change->set) & ~P2P_ACS_CONTROL || change->clear & change->set)
		return p2p_error(work->context, -EINVAL, "bits 0x%x and 0x%x of ACS Control cannot "
				 "be cleared and set", change->clear, change->set);
	if (change->function)
		return write_one(work, change, &topology->functions[change->function->index]);
	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];
		uint16_t set = change->set & p2p_acs_settable(function);

		if (!has_known_acs(function))
			continue;
		write_control(function, change->clear, set);
		work->unknown[i] &= (uint16_t)~(change->clear | set);
	}
	return 0;
}

/* The kernel checks only the redirect bits; routing, and the groups, depend on the others, too. */
static void forget_unknown(struct p2p_change_work *work)
{
	for (size_t i = 0; i < work->topology->count; i++) {
		struct p2p_acs *acs = &work->topology->functions[i].acs;

		if (!work->unknown[i])
			continue;
		acs->fact = P2P_DENIED;
		acs->control &= (uint16_t)~work->unknown[i];
		if (p2p_acs_is_dword(&work->topology->functions[i]))
			continue;
		acs->kernel_control &= (uint16_t)~work->unknown[i];
		if (work->unknown[i] & REDIRECT_BITS && !(acs->kernel_control & REDIRECT_BITS))
			acs->kernel_fact = P2P_DENIED;
	}
}

/* Groups are formed at boot: with other ACS settings, or another tree, they may differ. */
static void forget_groups(struct p2p_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++)
		if (topology->functions[i].iommu_group.fact == P2P_PRESENT) {
			topology->functions[i].iommu_group.fact = P2P_DENIED;
			topology->functions[i].had_group = true;
		}
}

static int step(struct p2p_change_work *work, const struct p2p_change *change)
{
	switch (change->kind) {
	case P2P_CHANGE_IOMMU:
		boot(work, change->iommu);
		return 0;
	case P2P_CHANGE_CPU:
		return replace_cpu(work, change);
	case P2P_CHANGE_DRIVER:
		return bind_driver(work, change);
	case P2P_CHANGE_MOVE:
		return p2p_change_move(work, change);
	case P2P_CHANGE_ACS:
		return write_acs(work, change);
	}
	return p2p_error(work->context, -EINVAL, "no such change: %d", (int)change->kind);
}

static int apply(struct p2p_change_work *work, const struct p2p_change *changes, size_t count)
{
	static const enum p2p_change_kind order[] = {
		P2P_CHANGE_IOMMU, P2P_CHANGE_CPU, P2P_CHANGE_DRIVER, P2P_CHANGE_MOVE,
		P2P_CHANGE_ACS,
	};
	size_t done[P2P_CHANGE_DRIVER + 1] = { 0 };
	int error = 0;

	for (size_t k = 0; k < P2P_LENGTH(order); k++)
		for (size_t i = 0; i < count && !error; i++)
			if (changes[i].kind == order[k]) {
				error = step(work, &changes[i]);
				done[order[k]]++;
			}
	if (!error && done[P2P_CHANGE_IOMMU] > 1)
		error = p2p_error(work->context, -EINVAL, "the IOMMU can have one mode only, not %zu",
				  done[P2P_CHANGE_IOMMU]);
	if (!error && done[P2P_CHANGE_MOVE])
		error = p2p_change_settle(work);
	if (count > done[P2P_CHANGE_DRIVER])
		forget_links(work->topology);
	if (!error && (done[P2P_CHANGE_MOVE] || done[P2P_CHANGE_ACS]))
		forget_groups(work->topology);
	return error;
}

static int make(struct p2p_change_work *work, const struct p2p_change *changes, size_t count)
{
	struct p2p_topology *topology = work->topology;
	int error = copy_all(topology, work->source);

	work->unknown = p2p_scratch(topology, topology->count, sizeof(*work->unknown));
	work->moved = p2p_scratch(topology, topology->count, sizeof(*work->moved));
	if (error || !work->unknown || !work->moved)
		return -ENOMEM;
	point_inside(topology);
	error = apply(work, changes, count);
	if (error)
		return error;
	forget_unknown(work);
	copy_notes(work);
	error = p2p_tree_list(topology);
	return topology->no_memory ? -ENOMEM : error;
}

int p2p_topology_change(struct p2p_context *context, const struct p2p_topology *topology,
			const struct p2p_change *changes, size_t count,
			struct p2p_topology **ret_topology)
{
	struct p2p_change_work work = { .context = context, .source = topology };
	int error = -ENOMEM;

	work.topology = calloc(1, sizeof(*work.topology));
	if (work.topology) {
		error = make(&work, changes, count);
		p2p_arena_free(&work.topology->scratch);
	}
	if (error) {
		p2p_topology_free(work.topology);
		return error == -ENOMEM ? p2p_error(context, error, "out of memory") : error;
	}
	*ret_topology = work.topology;
	return 0;
}

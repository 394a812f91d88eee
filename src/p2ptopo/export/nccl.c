/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The topology file of NCCL and RCCL (NCCL_TOPO_FILE).  It says what their own detection would find: NCCL
 * 2.30, src/graph/xml.cc, ncclTopoGetXmlFromSys(). The reader, in the same file, accepts no prolog and no
 * tabs, exactly one blank between attributes, and only short values without escapes (MOST_VALUE).
 */
#include <string.h>

#include "export/export.h"
#include "export/guest/guest_map.h"
#include "print/pair/nccl_pair.h"
#include "print/words.h"

/*
 * Its reader, xmlLoadSub(), wants room for one more element than the file has, and NCCL_TOPO_XML_MAX_NODES in
 * src/graph/topo.h is 256.
 */
#define MOST_NODES 255

/* src/graph/xml.h: MAX_STR_LEN, less the two bytes that its reader loses */
#define MOST_VALUE 253

/**
 * struct nccl - the functions of the file, in BDF order.
 * @map: addresses in a guest; NULL for those of this machine
 * @left_out: number of GPUs and NICs whose address has no room in the file
 */
struct nccl {
	struct app *app;
	FILE *out;
	struct guest_map *map;
	const struct p2p_function *functions[MOST_NODES];
	size_t count, left_out;
};

/* The library's addresses have no room for a domain that VMD made up. */
static bool is_addressable(const struct p2p_function *function)
{
	return function->bdf.domain <= 0xffff;
}

static enum status too_many(const struct nccl *nccl)
{
	return fail_with(nccl->app->failure, STATUS_NO, "NCCL has room for up to %d elements, and this file "
			 "would have more, with those of its GPUs and NICs; -s, -d and --class choose functions",
			 MOST_NODES);
}

/* Insert @function at its place in the list, unless it is there already. */
static enum status insert(struct nccl *nccl, const struct p2p_function *function)
{
	size_t at = nccl->count;

	while (at && nccl->functions[at - 1]->index > function->index)
		at--;
	if (at && nccl->functions[at - 1] == function)
		return STATUS_DONE;
	if (nccl->count == MOST_NODES)
		return too_many(nccl);
	memmove(&nccl->functions[at + 1], &nccl->functions[at],
		(nccl->count - at) * sizeof(void *));
	nccl->functions[at] = function;
	nccl->count++;
	return STATUS_DONE;
}

static enum status insert_way(struct nccl *nccl, const struct p2p_function *end)
{
	enum status status = STATUS_DONE;
	char bdf[P2P_BDF_SIZE];

	for (const struct p2p_function *at = end; at && !status; at = nccl_above(at)) {
		if (at->orphan)
			return fail_with(nccl->app->failure, STATUS_INPUT, "%s: which bridges are above it is "
					 "not known", p2p_bdf_format(at->bdf, bdf));
		status = insert(nccl, at);
	}
	return status;
}

static enum status collect(struct nccl *nccl)
{
	const struct app *app = nccl->app;
	enum status status = STATUS_DONE;

	for (size_t i = 0; i < app->selected_count && !status; i++) {
		const struct p2p_function *function = app->selected[i];

		if (!app->picked[i] || !nccl_has(function) ||
		    (nccl->map && !guest_map_has(nccl->map, function)))
			continue;
		/* In a guest they have the guest's addresses. */
		if (nccl->map || is_addressable(function))
			status = insert_way(nccl, function);
		else
			nccl->left_out++;
	}
	return status;
}

/* The strings of kvDictPciGen in src/graph/topo.cc; faster links get its fastest. */
static const char *speed_of(unsigned int mtps)
{
	return mtps >= 64000 ? "64.0 GT/s PCIe" : mtps >= 32000 ? "32.0 GT/s PCIe" :
	       mtps >= 16000 ? "16.0 GT/s PCIe" : mtps >= 8000 ? "8.0 GT/s PCIe" :
	       mtps >= 5000 ? "5.0 GT/s PCIe" : "2.5 GT/s PCIe";
}

static unsigned int least(unsigned int one, unsigned int other)
{
	return one < other ? one : other;
}

/* What both ends of the link can do. Unknown values are left out, and the library reads them itself. */
static void print_link(const struct nccl *nccl, const struct p2p_function *function)
{
	const struct p2p_function *port = function->parent;
	struct p2p_link link = function->pcie.most;

	if (function->pcie.link != P2P_PRESENT || !link.speed_mtps || !link.width)
		return;
	if (port && port->pcie.link == P2P_PRESENT && port->pcie.most.speed_mtps) {
		link.speed_mtps = least(link.speed_mtps, port->pcie.most.speed_mtps);
		link.width = least(link.width, port->pcie.most.width);
	}
	fprintf(nccl->out, " link_speed=\"%s\" link_width=\"%u\"", speed_of(link.speed_mtps),
		link.width);
}

static void print_ids(FILE *out, const struct p2p_function *function)
{
	bool unread = !function->class_code && p2p_function_is_bridge(function);

	/* A bridge that could not be read is still a bridge. */
	fprintf(out, " class=\"0x%06x\"", function->missing || unread ? 0x060400 : function->class_code);
	if (function->ids != P2P_PRESENT)
		return;
	fprintf(out, " vendor=\"0x%04x\" device=\"0x%04x\"", function->vendor, function->device);
	if (function->subsystem_vendor)
		fprintf(out, " subsystem_vendor=\"0x%04x\" subsystem_device=\"0x%04x\"",
			function->subsystem_vendor, function->subsystem_device);
}

static struct p2p_bdf address_of(const struct nccl *nccl, const struct p2p_function *function)
{
	return nccl->map ? guest_map_address(nccl->map, function) : function->bdf;
}

/*
 * Is @gpu in the list of its vendor's library, NVML or ROCm? On the host it has those that the vendor's
 * driver has; a guest is taken to give that driver all that are passed through to it.
 */
static enum p2p_tri is_listed(const struct nccl *nccl, const struct p2p_function *gpu)
{
	const char *driver = gpu->vendor == 0x10de ? "nvidia" : gpu->vendor == 0x1002 ? "amdgpu" : NULL;

	if (!driver)
		return P2P_UNKNOWN;
	if (nccl->map)
		return guest_map_has(nccl->map, gpu) ? P2P_YES : P2P_NO;
	if (gpu->physfn || gpu->driver_fact == P2P_ABSENT)
		return P2P_NO;
	if (gpu->driver_fact != P2P_PRESENT || !gpu->driver)
		return P2P_UNKNOWN;
	return strcmp(gpu->driver, driver) ? P2P_NO : P2P_YES;
}

/*
 * The library's number of @gpu, which NCCL takes from the file and hands to the library. It counts in address
 * order, and not only what is exported.  Return: whether the number is known.
 */
static bool find_number(const struct nccl *nccl, const struct p2p_function *gpu, unsigned int *ret_number)
{
	const struct p2p_function *other;
	unsigned int number = 0;

	for (size_t i = 0; (other = p2p_topology_function(nccl->app->topology, i)); i++) {
		enum p2p_tri listed;

		/* Some of the machine is not in the source, and that may include GPUs. */
		if (!nccl->map && other->orphan)
			return false;
		if (other->kind != P2P_CLASS_GPU || other->vendor != gpu->vendor)
			continue;
		if (p2p_bdf_compare(address_of(nccl, other), address_of(nccl, gpu)) > 0)
			continue;
		listed = is_listed(nccl, other);
		if (listed == P2P_UNKNOWN || (other == gpu && listed == P2P_NO))
			return false;
		number += other != gpu && listed == P2P_YES;
	}
	*ret_number = number;
	return true;
}

/* NCCL replaces this number by that of its network library; in the file it has to be unique. */
static unsigned int number_of_nic(const struct nccl *nccl, const struct p2p_function *nic)
{
	unsigned int number = 0;

	for (size_t i = 0; nccl->functions[i] != nic; i++)
		number += nccl->functions[i]->kind == P2P_CLASS_NIC;
	return number;
}

static void print_net(const struct nccl *nccl, const struct p2p_function *function, int indent)
{
	fprintf(nccl->out, "%*s<nic>\n%*s<net name=\"", indent, "", indent + 2, "");
	export_word(nccl->out, function->display, MOST_VALUE);
	fprintf(nccl->out, "\" dev=\"%u\"", number_of_nic(nccl, function));
	if (function->port_mbps.fact == P2P_PRESENT)
		fprintf(nccl->out, " speed=\"%lld\"", (long long)function->port_mbps.value);
	fprintf(nccl->out, " port=\"1\"/>\n%*s</nic>\n", indent, "");
}

static void print_device(const struct nccl *nccl, const struct p2p_function *function, int indent)
{
	unsigned int number;

	if (function->kind == P2P_CLASS_NIC)
		print_net(nccl, function, indent);
	else if (find_number(nccl, function, &number))
		fprintf(nccl->out, "%*s<gpu dev=\"%u\"/>\n", indent, "", number);
	else
		/* NCCL asks NVML for what is not in the file: src/graph/xml.cc, ncclTopoGetXmlFromGpu(). */
		fprintf(nccl->out, "%*s<gpu/>\n", indent, "");
}

static int64_t node_of(const struct p2p_function *function)
{
	struct p2p_number node = nccl_node(function);

	return node.fact == P2P_PRESENT ? node.value : -1;
}

static bool is_at_top(const struct nccl *nccl, size_t index, int64_t node)
{
	const struct p2p_function *function = nccl->functions[index];

	return !nccl_above(function) && node_of(function) == node;
}

static void print_functions(struct nccl *nccl, const struct p2p_function *parent, int64_t node, int indent)
{
	const bool devices = nccl->app->options.with_devices;
	char bdf[P2P_BDF_SIZE];

	for (size_t i = 0; i < nccl->count; i++) {
		const struct p2p_function *function = nccl->functions[i];
		bool inside;

		if (parent ? nccl_above(function) != parent : !is_at_top(nccl, i, node))
			continue;
		inside = !nccl_has(function) || devices;
		fprintf(nccl->out, "%*s<pci busid=\"%s\"", indent, "",
			p2p_bdf_format(address_of(nccl, function), bdf));
		print_ids(nccl->out, function);
		print_link(nccl, function);
		fputs(inside ? ">\n" : "/>\n", nccl->out);
		if (!inside)
			continue;
		if (nccl_has(function))
			print_device(nccl, function, indent + 2);
		print_functions(nccl, function, node, indent + 2);
		fprintf(nccl->out, "%*s</pci>\n", indent, "");
	}
}

/* NCCL adds the extended family shifted by four bits; the kernel adds it unshifted. */
static long long family_of(int64_t family)
{
	return family < 15 ? family : 15 + ((family - 15) << 4);
}

static void print_cpu(struct nccl *nccl, int64_t node)
{
	const struct p2p_machine *machine = p2p_topology_machine(nccl->app->topology);

	fprintf(nccl->out, "  <cpu numaid=\"%lld\"", (long long)node);
	/* The CPU of the machine that the file is for; a guest reads its own. */
	if (!nccl->map && machine->cpu_vendor && machine->cpu_family.fact == P2P_PRESENT &&
	    machine->cpu_model.fact == P2P_PRESENT) {
		fputs(" arch=\"x86_64\" vendor=\"", nccl->out);
		export_word(nccl->out, machine->cpu_vendor, MOST_VALUE);
		fprintf(nccl->out, "\" familyid=\"%lld\" modelid=\"%lld\"",
			family_of(machine->cpu_family.value), (long long)machine->cpu_model.value);
	}
	fputs(">\n", nccl->out);
	print_functions(nccl, NULL, node, 4);
	fputs("  </cpu>\n", nccl->out);
}

/* Is it the first function at the top of its NUMA node? */
static bool starts_cpu(const struct nccl *nccl, size_t index)
{
	const struct p2p_function *function = nccl->functions[index];

	for (size_t i = 0; i < index; i++) {
		if (is_at_top(nccl, i, node_of(function)))
			return false;
	}
	return !nccl_above(function);
}

/*
 * Counts system, cpu and pci elements, and gpu or nic and net: NCCL adds those to a skeleton, in the same room.
 */
static size_t count_elements(const struct nccl *nccl)
{
	size_t count = 1 + nccl->count;

	for (size_t i = 0; i < nccl->count; i++) {
		count += starts_cpu(nccl, i);
		if (nccl_has(nccl->functions[i]))
			count += nccl->functions[i]->kind == P2P_CLASS_NIC ? 2 : 1;
	}
	return count;
}

static void print_system(struct nccl *nccl)
{
	const char *dialect = nccl->app->options.dialect;

	/* NCCL_TOPO_XML_VERSION: 1 for NCCL; 2 for RCCL, which changed the meaning of gpu. */
	fprintf(nccl->out, "<system version=\"%d\">\n", dialect && !strcmp(dialect, "rccl") ? 2 : 1);
	for (size_t i = 0; i < nccl->count; i++) {
		if (starts_cpu(nccl, i))
			print_cpu(nccl, node_of(nccl->functions[i]));
	}
	fputs("</system>\n", nccl->out);
}

/* The file holds a tree without verdicts, so pairs that are refused get a note. */
static void note_refused(const struct nccl *nccl)
{
	const struct p2p_verdict *worst = NULL;
	struct p2p_verdict verdict, kept;
	unsigned int refused = 0, pairs = 0;
	struct p2p_ways ways;

	for (size_t i = 0; i < nccl->count; i++) {
		for (size_t j = 0; j < nccl->count; j++) {
			if (i == j || nccl->functions[i]->kind != P2P_CLASS_GPU || !nccl_has(nccl->functions[j]))
				continue;
			p2p_eval_pair(nccl->app->eval, nccl->functions[i], nccl->functions[j], &verdict);
			p2p_ways_find(&verdict, &ways);
			pairs++;
			if (ways.delivery >= P2P_DELIVERY_ROOT)
				continue;
			if (!refused++)
				worst = memcpy(&kept, &verdict, sizeof(kept));
		}
	}
	if (!worst)
		return;
	p2p_ways_find(worst, &ways);
	app_note(nccl->app, "%u of %u pairs with a GPU's memory are not known to be delivered peer-to-peer, "
		 "which the file cannot say, such as %s to %s: %s", refused, pairs, worst->client->display,
		 worst->provider->display, p2p_delivery_name(ways.delivery));
}

static enum status write_all(struct nccl *nccl)
{
	enum status status = collect(nccl);

	if (status)
		return status;
	if (!nccl->count && !nccl->left_out)
		app_note(nccl->app, "there is no GPU and no NIC to export");
	if (count_elements(nccl) > MOST_NODES)
		return too_many(nccl);
	print_system(nccl);
	export_note_left_out(nccl->app, nccl->left_out, "NCCL has no PCI domains above ffff");
	note_refused(nccl);
	return STATUS_DONE;
}

enum status export_nccl(struct app *app)
{
	struct nccl nccl = { .app = app, .out = app->out };
	enum status status = STATUS_DONE;

	if (app->options.skeleton && app->options.with_devices)
		return fail_with(app->failure, STATUS_USAGE, "--skeleton is a file without devices: not with "
				 "--with-devices");
	if (app->options.map)
		status = guest_map_read(app, app->options.map, &nccl.map);
	if (!status)
		status = write_all(&nccl);
	guest_map_free(nccl.map);
	return status;
}

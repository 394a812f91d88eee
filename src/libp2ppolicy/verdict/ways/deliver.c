/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the fabric does with a programmed address; depends on the kind of address, the client's IOMMU domain,
 * the route of its requests, and whether the root complex forwards them.
 */
#include <string.h>

#include "verdict/ways/ways.h"

/*
 * x86 has a flag for guests.  If it was not recorded, and on other architectures, which have none, root ports of
 * real hardware show that there is no emulator.
 */
enum p2p_tri p2p_is_guest(const struct p2p_verdict *verdict)
{
	const struct p2p_machine *machine = verdict->machine;

	if (machine->virtual_machine != P2P_UNKNOWN)
		return machine->virtual_machine;
	return p2p_function_is_hardware_port(p2p_function_top(verdict->provider)) &&
	       p2p_function_is_hardware_port(p2p_function_top(verdict->client)) ?
	       P2P_NO : P2P_UNKNOWN;
}

/* Does the newest kernel's whitelist know that this root complex forwards requests? */
static enum p2p_tri root_listed(const struct p2p_verdict *verdict, const struct p2p_root *root)
{
	const struct p2p_whitelist *row;
	bool sure, far = verdict->provider->host != verdict->client->host;

	if (!root->device || root->device->ids != P2P_PRESENT)
		return P2P_UNKNOWN;
	row = p2p_whitelist_find(P2P_KERNEL_NEXT, false, root->device->vendor, root->device->device,
				 &sure);
	return row && !(row->same && far) ? P2P_YES : P2P_UNKNOWN;
}

/* The kernel's list contains hardware that was tested; what is not on it is not known to fail. */
static enum p2p_tri forwards(const struct p2p_verdict *verdict)
{
	enum p2p_tri zen = verdict->eval ? verdict->eval->zen : verdict->kernel.cpu_listed;

	if (zen == P2P_YES)
		return P2P_YES;
	return p2p_tri_and(root_listed(verdict, &verdict->kernel.provider_root),
			   root_listed(verdict, &verdict->kernel.client_root));
}

static enum p2p_delivery through_root(const struct p2p_way_answer *answer)
{
	return answer->forwards == P2P_YES ? P2P_DELIVERY_ROOT : P2P_DELIVERY_UNKNOWN;
}

/* Egress Control of a root port blocks the request, or not: the bit of its vector is not known. */
static bool may_be_blocked(const struct p2p_route *request)
{
	return request->kind == P2P_ROUTE_UNKNOWN && request->port &&
	       request->port->acs.fact == P2P_PRESENT &&
	       (request->port->acs.control & (P2P_ACS_EC | P2P_ACS_RR)) == P2P_ACS_EC;
}

/*
 * The worst of the routes of requests and of the completions that reads need.  Between root ports the
 * specification leaves the route to the root complex, and forwards() tells what is known; only what a port
 * blocks is certain.
 */
enum p2p_route_kind p2p_way_route(const struct p2p_verdict *verdict)
{
	enum p2p_route_kind request = verdict->fabric.request.kind;
	enum p2p_route_kind completion = verdict->fabric.completion.kind;

	if (request == P2P_ROUTE_BLOCKED || completion == P2P_ROUTE_BLOCKED)
		return P2P_ROUTE_BLOCKED;
	if (!verdict->kernel.common)
		return may_be_blocked(&verdict->fabric.request) ? P2P_ROUTE_UNKNOWN : P2P_ROUTE_REDIRECTED;
	if (request == P2P_ROUTE_UNKNOWN || completion == P2P_ROUTE_UNKNOWN)
		return P2P_ROUTE_UNKNOWN;
	return request == P2P_ROUTE_DIRECT ? completion : request;
}

/* Do requests with bus addresses go directly, while Completion Redirect sends the completions upstream? */
static bool only_completions_climb(const struct p2p_verdict *verdict)
{
	return verdict->kernel.common && verdict->fabric.request.kind == P2P_ROUTE_DIRECT &&
	       verdict->fabric.completion.kind == P2P_ROUTE_REDIRECTED;
}

bool p2p_way_splits(const struct p2p_verdict *verdict, const struct p2p_way_answer *answer)
{
	enum p2p_addressing addressing = answer->way->addressing;
	bool untranslated = addressing == P2P_ADDRESSING_RAW || answer->translates == P2P_NO;

	if (addressing != P2P_ADDRESSING_RAW && addressing != P2P_ADDRESSING_RESOURCE &&
	    addressing != P2P_ADDRESSING_P2PDMA)
		return false;
	return untranslated && only_completions_climb(verdict);
}

/* A bus address: switches route it directly, or it reaches the root complex and its IOMMU. */
static enum p2p_delivery bus_address(const struct p2p_verdict *verdict,
				     const struct p2p_way_answer *answer)
{
	enum p2p_route_kind kind = p2p_way_route(verdict);

	if (verdict->kernel.reason == P2P_REASON_PATH_UNKNOWN || kind == P2P_ROUTE_UNKNOWN)
		return P2P_DELIVERY_UNKNOWN;
	if (kind == P2P_ROUTE_BLOCKED)
		return P2P_DELIVERY_BROKEN;
	if (kind == P2P_ROUTE_DIRECT)
		return P2P_DELIVERY_DIRECT;
	/* Completions are routed by ID, and no IOMMU translates them. */
	if (answer->translates == P2P_NO || only_completions_climb(verdict))
		return through_root(answer);
	return answer->translates == P2P_YES ? P2P_DELIVERY_BROKEN : P2P_DELIVERY_UNKNOWN;
}

/* A port that is below another switch's, which may block what the lower one redirects; see verdict/fabric.c. */
static bool is_nested(const struct p2p_function *common)
{
	for (const struct p2p_function *up = common; up; up = up->parent)
		if (up->pcie.fact == P2P_DENIED || p2p_function_is_type(up, P2P_PORT_DOWNSTREAM))
			return true;
	return false;
}

/*
 * An I/O virtual address is in no window of a switch, so that a port which blocks peer requests lets it pass.
 * That is not certain of a root port, whose ACS may see it after its translation, nor of the completions,
 * which go by ID.
 */
static enum p2p_delivery io_address(const struct p2p_verdict *verdict, enum p2p_delivery root)
{
	const struct p2p_function *common = verdict->kernel.common;
	enum p2p_route_kind completion = verdict->fabric.completion.kind;
	bool open = common ? completion == P2P_ROUTE_UNKNOWN && is_nested(common) :
		    p2p_way_route(verdict) != P2P_ROUTE_REDIRECTED;

	return open || completion == P2P_ROUTE_BLOCKED ||
	       verdict->kernel.reason == P2P_REASON_PATH_UNKNOWN ? P2P_DELIVERY_UNKNOWN : root;
}

/*
 * dma_map_resource() returns an IOVA if the IOMMU translates; no switch has a window for it, so it goes up to
 * the root complex and down again, regardless of ACS.
 */
static enum p2p_delivery mapped_resource(const struct p2p_verdict *verdict,
					 const struct p2p_way_answer *answer)
{
	struct p2p_way_answer plain = *answer;
	enum p2p_delivery untranslated;

	if (answer->translates == P2P_YES)
		return io_address(verdict, through_root(answer));
	plain.translates = P2P_NO;
	untranslated = bus_address(verdict, &plain);
	return answer->translates == P2P_NO || untranslated == P2P_DELIVERY_ROOT ? untranslated :
	       P2P_DELIVERY_UNKNOWN;
}

/*
 * ogkm nv-dma.c: NVIDIA's driver maps with dma_map_resource(), unless DmaRemapPeerMmio=0 makes it use the
 * BAR's address.  Drivers before 515 lack the option, and their behaviour is not known.
 */
static enum p2p_delivery mapped_by_nvidia(const struct p2p_verdict *verdict,
					  const struct p2p_way_answer *answer)
{
	const struct p2p_number *option = p2p_stack(verdict, P2P_STACK_NVIDIA_REMAP);
	enum p2p_delivery mapped = mapped_resource(verdict, answer);
	enum p2p_delivery raw = bus_address(verdict, answer);

	if (option->fact == P2P_PRESENT)
		return option->value ? mapped : raw;
	return mapped == raw ? mapped : P2P_DELIVERY_UNKNOWN;
}

/*
 * drivers/pci/p2pdma.c, pci_p2pdma_map_type(): a bus address, or what the DMA API makes of the BAR's address,
 * and then the whitelist says that the root complex forwards it.  p2pdma checks no Upstream Forwarding and no
 * egress vector, so a port may block what it permits.
 */
static enum p2p_delivery by_map_type(const struct p2p_verdict *verdict,
				     const struct p2p_way_answer *answer)
{
	enum p2p_route_kind kind = p2p_way_route(verdict);

	if (verdict->kernel.map_type == P2P_MAP_BUS_ADDR && kind != P2P_ROUTE_REDIRECTED)
		return bus_address(verdict, answer);
	if (verdict->kernel.map_type != P2P_MAP_THRU_HOST_BRIDGE)
		return P2P_DELIVERY_UNKNOWN;
	if (answer->translates == P2P_YES)
		return io_address(verdict, P2P_DELIVERY_ROOT);
	if (kind != P2P_ROUTE_BLOCKED && kind != P2P_ROUTE_UNKNOWN)
		return P2P_DELIVERY_ROOT;
	return answer->translates == P2P_NO ? bus_address(verdict, answer) : P2P_DELIVERY_UNKNOWN;
}

/* NVIDIA's driver maps everything for a device through a single function of its own. */
bool p2p_way_nvidia_maps(const struct p2p_driver_way *way)
{
	return way->addressing == P2P_ADDRESSING_RESOURCE &&
	       (!strcmp(way->providers, " nvidia ") || !strcmp(way->clients, " nvidia "));
}

/* Between two emulated functions there is no hardware: the emulator behaves as the guest sees it. */
static bool is_emulated(const struct p2p_verdict *verdict)
{
	return verdict->provider->emulated && verdict->client->emulated;
}

static enum p2p_delivery deliver(const struct p2p_verdict *verdict,
				 const struct p2p_driver_way *way,
				 const struct p2p_way_answer *answer)
{
	if (way->addressing == P2P_ADDRESSING_LINK)
		return P2P_DELIVERY_LINK;
	if (way->addressing == P2P_ADDRESSING_CPU)
		return P2P_DELIVERY_STAGED;
	/* The host's switches and IOMMU decide, and a guest sees neither. */
	if (way->addressing == P2P_ADDRESSING_GUEST ||
	    (p2p_is_guest(verdict) != P2P_NO && !is_emulated(verdict)))
		return P2P_DELIVERY_UNKNOWN;
	if (way->addressing == P2P_ADDRESSING_P2PDMA)
		return by_map_type(verdict, answer);
	if (way->addressing == P2P_ADDRESSING_RAW)
		return bus_address(verdict, answer);
	return p2p_way_nvidia_maps(way) ? mapped_by_nvidia(verdict, answer) :
	       mapped_resource(verdict, answer);
}

/** struct evidence - a row of evidence.def; @way: the name of the way it is about, NULL for any. */
struct evidence {
	const char *way;
	bool (*applies)(const struct p2p_verdict *verdict, const struct p2p_driver_way *way,
			const struct p2p_way_answer *answer);
	enum p2p_delivery cap;
	const char *text, *source;
};

static bool translated(const struct p2p_verdict *verdict, const struct p2p_driver_way *way,
		       const struct p2p_way_answer *answer)
{
	(void)verdict;
	(void)way;
	return answer->translates != P2P_NO;
}

static bool geforce(const struct p2p_verdict *verdict, const struct p2p_driver_way *way,
		    const struct p2p_way_answer *answer)
{
	(void)way;
	(void)answer;
	return p2p_nvidia_geforce(verdict->provider) == P2P_YES;
}

/* Recognize it by the name of the processor: the kernel's list has none of the newer ones. */
bool p2p_is_client_part(const struct p2p_machine *machine)
{
	static const char *const names[] = { "Core(TM)", "Celeron", "Pentium", "Atom", "Processor N" };

	for (size_t i = 0; machine->cpu_name && i < P2P_LENGTH(names); i++)
		if (strcasestr(machine->cpu_name, names[i]))
			return machine->cpu_vendor && !strcmp(machine->cpu_vendor, "GenuineIntel");
	return false;
}

static bool intel_client_part(const struct p2p_verdict *verdict, const struct p2p_driver_way *way,
			      const struct p2p_way_answer *answer)
{
	return way->addressing == P2P_ADDRESSING_RESOURCE && !verdict->kernel.common &&
	       answer->forwards != P2P_YES && p2p_is_client_part(verdict->machine);
}

static const struct evidence rows[] = {
#define EVIDENCE(way, condition, cap, text, source) \
	{ way, condition, P2P_DELIVERY_##cap, text, source },
#include "verdict/ways/evidence.def"
#undef EVIDENCE
};
#define ROWS ((int)P2P_LENGTH(rows))

const char *p2p_evidence_text(int index)
{
	return index >= 0 && index < ROWS ? rows[index].text : NULL;
}

const char *p2p_evidence_source(int index)
{
	return index >= 0 && index < ROWS ? rows[index].source : NULL;
}

void p2p_deliver(const struct p2p_verdict *verdict, const struct p2p_driver_way *way,
		 struct p2p_way_answer *answer)
{
	answer->translates = p2p_function_translates(verdict->machine, verdict->client);
	answer->forwards = forwards(verdict);
	answer->granted = deliver(verdict, way, answer);
	answer->evidence = -1;
	/* What fails for certain needs no report. */
	for (int i = 0; i < ROWS && answer->granted != P2P_DELIVERY_BROKEN; i++) {
		if (p2p_is_guest(verdict) != P2P_NO && way->addressing != P2P_ADDRESSING_GUEST)
			break;	/* the guest's CPU and IOMMU tell nothing about the host's */
		if ((rows[i].way && strcmp(rows[i].way, way->name) != 0) ||
		    !rows[i].applies(verdict, way, answer))
			continue;
		answer->evidence = i;
		if (answer->granted > rows[i].cap)
			answer->granted = rows[i].cap;
		break;
	}
}

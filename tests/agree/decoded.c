/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints what the library decodes of a capture, one fact a line, in the words of lspci:
 * "0000:3b:00.0 ACSCtl SrcValid+ TransBlk- ...".  lspci.py makes the same of lspci's output.
 */
#include <stdio.h>
#include <stdlib.h>

#include <p2ppolicy/all.h>

static char flag(bool set)
{
	return set ? '+' : '-';
}

static void begin(const struct p2p_function *function, const char *key)
{
	char bdf[P2P_BDF_SIZE];

	printf("%s %s ", p2p_bdf_format(function->bdf, bdf), key);
}

static void print_header(const struct p2p_function *function)
{
	const struct p2p_function *up = function->parent;
	char bdf[P2P_BDF_SIZE];

	begin(function, "Ids");
	printf("%04x: %04x:%04x rev %02x\n", function->class_code >> 8, function->vendor,
	       function->device, function->revision);
	if (p2p_function_is_bridge(function)) {
		begin(function, "Bus");
		printf("secondary=%02x, subordinate=%02x\n", function->secondary,
		       function->subordinate);
	}
	/* lspci does not know of a bridge that is only in the paths of what is below it. */
	while (up && up->missing)
		up = up->parent;
	if (up) {
		begin(function, "Parent");
		puts(p2p_bdf_format(up->bdf, bdf));
	}
}

static void print_bars(const struct p2p_function *function)
{
	unsigned int i;

	for (i = 0; i < P2P_BARS; i++) {
		const struct p2p_bar *bar = &function->bar[i];
		/* As lspci: what the kernel says of a tree, the register of a dump. */
		unsigned long long address = bar->size_bytes ? bar->cpu : bar->bus;

		if (bar->kind == P2P_BAR_UNUSED)
			continue;
		begin(function, "Region");
		if (bar->kind == P2P_BAR_IO)
			/* lspci masks the bits that are flags in a register. */
			printf("%u: I/O ports at %04llx\n", i, address & ~3ull);
		else
			printf("%u: Memory at %08llx (%s-bit, %sprefetchable)\n", i, address,
			       bar->kind == P2P_BAR_MEM64 ? "64" : "32",
			       bar->prefetchable ? "" : "non-");
	}
	for (i = 0; i < P2P_BARS; i++)
		if (function->bar[i].rebar.fact == P2P_PRESENT) {
			begin(function, "Resizable");
			printf("%u: %lluMB of %llx\n", i,
			       (unsigned long long)function->bar[i].rebar.size_bytes >> 20,
			       (unsigned long long)function->bar[i].rebar.sizes);
		}
}

static void print_link(const struct p2p_function *function, const char *key, struct p2p_link link)
{
	begin(function, key);
	printf("%gGT/s x%u\n", link.speed_mtps / 1000.0, link.width);
}

static void print_pcie(const struct p2p_function *function)
{
	const struct p2p_pcie *pcie = &function->pcie;

	if (pcie->fact != P2P_PRESENT)
		return;
	begin(function, "Express");
	printf("[%02x] %s\n", pcie->offset, p2p_port_type_name(pcie->type));
	begin(function, "DevCap");
	printf("MaxPayload %u\n", pcie->mps_supported_bytes);
	begin(function, "DevCtl");
	printf("RlxdOrd%c ExtTag%c MaxPayload %u MaxReadReq %u\n", flag(pcie->relaxed_ordering),
	       flag(pcie->extended_tags), pcie->mps_bytes, pcie->mrrs_bytes);
	if (pcie->port_number.fact == P2P_PRESENT) {
		begin(function, "Port");
		printf("#%lld\n", (long long)pcie->port_number.value);
		print_link(function, "LnkCap", pcie->most);
		print_link(function, "LnkSta", pcie->now);
		begin(function, "ASPM");
		printf("%s%s\n", pcie->aspm & 1 ? "L0s" : "", pcie->aspm & 2 ? "L1" : "");
	}
	if (pcie->slot) {
		begin(function, "Slot");
		printf("#%u HotPlug%c\n", pcie->slot_number, flag(pcie->hotplug));
	}
	begin(function, "Atomics");
	printf("Routing%c 32bit%c 64bit%c 128bitCAS%c ReqEn%c EgressBlck%c\n",
	       flag(pcie->atomic_routing), flag(pcie->atomic_completer_32),
	       flag(pcie->atomic_completer_64), flag(pcie->atomic_completer_128cas),
	       flag(pcie->atomic_requester), flag(pcie->atomic_egress_block));
	begin(function, "DevCtl2");
	printf("ARIFwd%c 10BitTagReq%c\n", flag(pcie->ari_forwarding), flag(pcie->tags_10bit));
}

static void print_flags(uint32_t word, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (names[i])
			printf("%s%c ", names[i], flag(word >> i & 1));
	putchar('\n');
}

static void print_acs(const struct p2p_function *function)
{
	static const char *const bits[] = { "SrcValid", "TransBlk", "ReqRedir", "CmpltRedir",
					    "UpstreamFwd", "EgressCtrl", "DirectTrans" };

	if (function->acs.fact != P2P_PRESENT)
		return;
	begin(function, "ACSCap");
	print_flags(function->acs.capability, bits, 7);
	/* lspci reads the word that the kernel reads, dword layouts included. */
	begin(function, "ACSCtl");
	print_flags(function->acs.kernel_control, bits, 7);
}

static void print_aer(const struct p2p_function *function)
{
	static const char *const uncorrectable[32] = {
		[4] = "DLP", [5] = "SDES", [12] = "TLP", [13] = "FCP", [14] = "CmpltTO",
		[15] = "CmpltAbrt", [16] = "UnxCmplt", [17] = "RxOF", [18] = "MalfTLP",
		[19] = "ECRC", [20] = "UnsupReq", [21] = "ACSViol",
	};
	static const char *const correctable[32] = {
		[0] = "RxErr", [6] = "BadTLP", [7] = "BadDLLP", [8] = "Rollover",
		[12] = "Timeout", [13] = "AdvNonFatalErr",
	};

	if (function->aer.fact != P2P_PRESENT)
		return;
	begin(function, "UESta");
	print_flags(function->aer.uncorrectable, uncorrectable, 32);
	begin(function, "CESta");
	print_flags(function->aer.correctable, correctable, 32);
}

static void print_switches(const struct p2p_function *function)
{
	const struct p2p_ats *ats = &function->ats;

	if (ats->ats == P2P_PRESENT) {
		begin(function, "ATSCtl");
		printf("Enable%c\n", flag(ats->ats_enabled));
	}
	if (ats->pri == P2P_PRESENT) {
		begin(function, "PRICtl");
		printf("Enable%c\n", flag(ats->pri_enabled));
	}
	if (ats->pasid == P2P_PRESENT) {
		begin(function, "PASIDCtl");
		printf("Enable%c\n", flag(ats->pasid_enabled));
	}
	if (function->ari == P2P_PRESENT) {
		begin(function, "ARI");
		puts("here");
	}
	if (function->dpc.fact == P2P_PRESENT) {
		begin(function, "DPC");
		printf("enabled%c triggered%c\n", flag(function->dpc.enabled),
		       flag(function->dpc.triggered));
	}
}

static void print_others(const struct p2p_function *function)
{
	const struct p2p_sriov *sriov = &function->sriov;
	const struct p2p_cxl *cxl = &function->cxl;

	if (function->serial.fact == P2P_PRESENT) {
		begin(function, "Serial");
		printf("%016llx\n", (unsigned long long)function->serial.value);
	}
	if (sriov->fact == P2P_PRESENT) {
		begin(function, "SR-IOV");
		printf("%u of %u, offset %u, stride %u, device %04x\n", sriov->active,
		       sriov->total, sriov->first_offset, sriov->stride, sriov->vf_device);
	}
	if (cxl->fact == P2P_PRESENT) {
		begin(function, "CXL");
		printf("ids %x\n", cxl->dvsec_ids);
	}
	if (cxl->fact == P2P_PRESENT && (cxl->dvsec_ids & 1)) {
		begin(function, "CXLCap");
		printf("Cache%c IO%c Mem%c enabled%c\n", flag(cxl->cache), flag(cxl->io),
		       flag(cxl->mem), flag(cxl->mem_enabled));
	}
}

static int print_all(struct p2p_context *context, const char *path)
{
	const struct p2p_function *function;
	struct p2p_snapshot *snapshot;
	struct p2p_topology *topology;
	size_t i;

	if (p2p_snapshot_load(context, path, P2P_WANT_NAMES, &snapshot))
		return EXIT_FAILURE;
	if (p2p_topology_new(context, snapshot, NULL, &topology))
		return EXIT_FAILURE;
	for (i = 0; (function = p2p_topology_function(topology, i)); i++) {
		if (function->missing)
			continue;
		print_header(function);
		print_bars(function);
		print_pcie(function);
		print_acs(function);
		print_aer(function);
		print_switches(function);
		print_others(function);
	}
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct p2p_context *context;
	int status;

	if (argc != 2 || p2p_context_new(&context))
		return 2;
	status = print_all(context, argv[1]);
	if (status)
		fprintf(stderr, "decoded: %s\n", p2p_context_error(context));
	p2p_context_free(context);
	return status;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In a guest the host decides: by its ACS, its IOMMU, ATS, and what its emulator tells drivers. */
#include "policy/advice/advice.h"

/* Is the question about this device?  NULL: about any. */
typedef bool asked_fn(const struct p2p_function *function);

static bool is_passed_through(const struct p2p_function *function)
{
	return !function->emulated;
}

/* QEMU, hw/vfio/pci-quirks.c, vfio_add_nv_gpudirect_cap() */
static bool is_nvidia_gpu(const struct p2p_function *function)
{
	return is_passed_through(function) && p2p_is_nvidia_gpu(function);
}

static const struct question {
	asked_fn *asked;
	const char *line, *text;
} questions[] = {
	{ NULL, "lspci -vvv | grep -E '^[0-9a-f]|ACSCtl'",
	  "the host decides: what this guest shows of ports and host bridges is emulated. Ask the "
	  "host's owner for ACSCtl of every port above the real devices; for a guest ReqRedir and "
	  "CmpltRedir must be on, so that requests reach the IOMMU, or ATS with direct translated "
	  "requests (DirectTrans) must be in use" },
	{ is_passed_through, "lspci -vvv -s DEVICE | grep -E 'ATSCtl|Address Translation'",
	  "ask whether ATS is on for the physical and virtual functions that were passed through: "
	  "if it is, and DirectTrans is set too, switches forward between them without the root complex" },
	{ is_passed_through, "cat /proc/cmdline; dmesg | grep -iE 'iommu|dmar|smmu'",
	  "ask about the host's IOMMU and its mode: it translates everything that a guest's devices "
	  "send, and must map the BARs of their peers, which VFIO does for all devices of one guest" },
	{ is_nvidia_gpu, "-device vfio-pci,host=DEVICE,x-nv-gpudirect-clique=0",
	  "NVIDIA's driver grants peer access in a guest by clique: ask for x-nv-gpudirect-clique "
	  "with the same number, in QEMU, on all GPUs between which the host forwards requests" },
};

bool p2p_advice_host_decides(const struct p2p_advice *advice, const struct p2p_pair *pair)
{
	return p2p_topology_machine(advice->topology)->virtual_machine == P2P_YES &&
	       (is_passed_through(pair->provider) || is_passed_through(pair->client));
}

static bool is_asked(const struct p2p_advice *advice, asked_fn *asked)
{
	for (size_t i = 0; i < advice->pair_count; i++)
		if (!asked || asked(advice->pairs[i].pair.provider) ||
		    asked(advice->pairs[i].pair.client))
			return true;
	return false;
}

void p2p_advice_host_find(struct p2p_advice *advice)
{
	if (p2p_topology_machine(advice->topology)->virtual_machine != P2P_YES)
		return;
	for (size_t i = 0; i < P2P_LENGTH(questions); i++) {
		struct p2p_remedy remedy = { .kind = P2P_REMEDY_HOST, .line = questions[i].line,
					     .text = questions[i].text };

		if (is_asked(advice, questions[i].asked))
			p2p_advice_add(advice, &remedy);
	}
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How fast devices are themselves: those with published figures, and network ports. */
#include "verdict/score/score.h"

/**
 * struct device_row - devices with published figures for how they use their link.
 * @most: the constant that limits them; P2P_C_NONE if they use it fully
 */
struct device_row {
	uint16_t vendor, first, last;
	enum p2p_constant_id most;
};

/* If several sources agree, one is named. */
static const struct device_row devices[] = {
	/* Vega 10, MI25: ROCmValidationSuite#427, #289. */
	{ 0x1002, 0x6860, 0x687f, P2P_C_NONE },
	/* Vega 20: MI50, MI60, Radeon VII, Pro VII. */
	{ 0x1002, 0x66a0, 0x66af, P2P_C_DEVICE_VEGA20 },
	/* GP102, Tesla P40: NVIDIA forum 55564. */
	{ 0x10de, 0x1b00, 0x1b3f, P2P_C_NONE },
	/* A100: mlcommons/inference_results_v1.1, Inspur, 22 GB/s through a port of 200 Gb/s. */
	{ 0x10de, 0x20b0, 0x20bf, P2P_C_NONE },
	{ 0x10de, 0x20f0, 0x20ff, P2P_C_NONE },
	/* GA102, RTX 3090, A40: club-3090 docs/PCIE_P2P.md, nccl-tests#74. */
	{ 0x10de, 0x2200, 0x223f, P2P_C_NONE },
	/* AD102, RTX 4090: tinygrad/open-gpu-kernel-modules README. */
	{ 0x10de, 0x2680, 0x26bf, P2P_C_NONE },
	/* H100, H200: Mooncake#1459, 47 GB/s through a port of 400 Gb/s. */
	{ 0x10de, 0x2300, 0x233f, P2P_C_NONE },
	/* GB202, RTX 5090, RTX PRO 6000: rtx6kpro hardware/pcie-bandwidth.md. */
	{ 0x10de, 0x2b80, 0x2bbf, P2P_C_NONE },
	/* ConnectX-5 to ConnectX-8: perftest#98, ucx#8062, ucx#10955. */
	{ 0x15b3, 0x1017, 0x1025, P2P_C_NONE },
};

/**
 * struct port_row - network controllers with the highest speed of a port, in case the kernel does not tell
 *	it, such as for one that is down.
 * @mbps: of the single port of a function
 */
struct port_row {
	uint16_t vendor, first, last;
	unsigned int mbps;
};

/* Linux, the id tables of igb, e1000e, igc, ixgbe, i40e, tg3 and r8169. */
static const struct port_row ports[] = {
	{ 0x8086, 0x1521, 0x1524, 1000 },	/* I350 */
	{ 0x8086, 0x1533, 0x153b, 1000 },	/* I210, I211, I217 */
	{ 0x8086, 0x157b, 0x157c, 1000 },	/* I210 without flash */
	{ 0x8086, 0x10c9, 0x10c9, 1000 },	/* 82576 */
	{ 0x8086, 0x10d3, 0x10d3, 1000 },	/* 82574 */
	{ 0x8086, 0x15f2, 0x15f3, 2500 },	/* I225 */
	{ 0x8086, 0x125b, 0x125d, 2500 },	/* I226 */
	{ 0x8086, 0x10fb, 0x10fb, 10000 },	/* 82599 */
	{ 0x8086, 0x1528, 0x1528, 10000 },	/* X540 */
	{ 0x8086, 0x1563, 0x1563, 10000 },	/* X550 */
	{ 0x8086, 0x1572, 0x1572, 10000 },	/* X710 */
	{ 0x8086, 0x158a, 0x158b, 25000 },	/* XXV710 */
	{ 0x14e4, 0x1655, 0x1657, 1000 },	/* BCM5717 to BCM5719 */
	{ 0x14e4, 0x165f, 0x165f, 1000 },	/* BCM5720 */
	{ 0x10ec, 0x8168, 0x8168, 1000 },	/* RTL8111 */
	{ 0x10ec, 0x8125, 0x8125, 2500 },	/* RTL8125 */
};

static const struct device_row *find_device(const struct p2p_function *function)
{
	for (size_t i = 0; i < P2P_LENGTH(devices); i++)
		if (devices[i].vendor == function->vendor &&
		    function->device >= devices[i].first && function->device <= devices[i].last)
			return &devices[i];
	return NULL;
}

static unsigned int find_port(const struct p2p_function *function)
{
	for (size_t i = 0; i < P2P_LENGTH(ports); i++)
		if (ports[i].vendor == function->vendor && function->device >= ports[i].first &&
		    function->device <= ports[i].last)
			return ports[i].mbps;
	return 0;
}

/* What it reads leaves through its ports, and what it writes came in through them. */
static void limit_by_ports(const struct p2p_function *function, struct p2p_pace *pace)
{
	double mbps = function->ids == P2P_PRESENT ? find_port(function) : 0;

	if (function->port_mbps.fact == P2P_PRESENT && function->port_mbps.value > 0)
		mbps = (double)function->port_mbps.value;
	if (mbps <= 0) {
		pace->known = false;
		return;
	}
	pace->limit = P2P_LIMIT_PORT;
	pace->gbytes_per_second = mbps / 8000 * p2p_constant(P2P_C_PORT_PAYLOAD);
}

struct p2p_pace p2p_pace_of(const struct p2p_function *function, bool client)
{
	struct p2p_pace pace = { .limit = P2P_LIMIT_DEVICE };
	const struct device_row *row = function->ids == P2P_PRESENT ? find_device(function) : NULL;

	pace.known = row;
	if (row)
		pace.gbytes_per_second = p2p_constant(row->most);
	if (client && function->kind == P2P_CLASS_NIC)
		limit_by_ports(function, &pace);
	return pace;
}

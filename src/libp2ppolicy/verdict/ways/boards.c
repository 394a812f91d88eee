/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the id of a GPU of AMD or Intel tells about its board. */
#include "verdict/ways/ways.h"

#define PROCESSING_ACCELERATOR 0x1200u

/*
 * OAM boards are connected by xGMI; for cards that a bridge may connect, PCI does not tell.  amdgpu goes by the chip
 * and not by these ids, so an accelerator without graphics that is not listed may have it, too; other boards have
 * none.
 * Source: amdgpu, gmc_v9_0.c, gmc.xgmi.supported; pci.ids.
 */
enum p2p_tri p2p_amd_has_xgmi(const struct p2p_function *function)
{
	static const uint16_t oam[] = {
		0x7408, 0x740c, 0x74a0, 0x74a1, 0x74a2, 0x74a5, 0x74a9, 0x75a0, 0x75a3,
		0x74b5,		/* a virtual function of MI300X, as a guest has it; ROCm/rccl#1728 */
	};
	static const uint16_t bridged[] = {
		0x66a0, 0x66a1, 0x66a2, 0x66a3, 0x66a7, 0x66af, 0x738c, 0x738e, 0x740f, 0x7410,
	};

	if (function->ids != P2P_PRESENT)
		return P2P_UNKNOWN;
	for (size_t i = 0; i < P2P_LENGTH(oam); i++)
		if (function->device == oam[i])
			return P2P_YES;
	for (size_t i = 0; i < P2P_LENGTH(bridged); i++)
		if (function->device == bridged[i])
			return P2P_UNKNOWN;
	return function->class_code >> 8 == PROCESSING_ACCELERATOR ? P2P_UNKNOWN : P2P_NO;
}

/* The most that a board with this id has, in bytes; makers' data sheets.  Return: 0 if it is not known. */
uint64_t p2p_gpu_memory(const struct p2p_function *function)
{
	static const struct { uint16_t vendor, device; uint64_t gib; } boards[] = {
		{ 0x1002, 0x738c, 32 }, { 0x1002, 0x7408, 64 }, { 0x1002, 0x740c, 64 },	/* MI100, MI250X, MI250 */
		{ 0x1002, 0x740f, 64 }, { 0x1002, 0x74a1, 192 }, { 0x1002, 0x74a5, 256 }, /* MI210, MI300X, MI325X */
		{ 0x1002, 0x7448, 48 }, { 0x1002, 0x744c, 24 }, { 0x1002, 0x7551, 32 },	/* W7900, 7900 XTX, R9700 */
		{ 0x8086, 0xe20b, 12 }, { 0x8086, 0xe211, 24 }, { 0x8086, 0xe223, 32 },	/* B580, Pro B60, Pro B70 */
	};

	for (size_t i = 0; function->ids == P2P_PRESENT && i < P2P_LENGTH(boards); i++)
		if (function->vendor == boards[i].vendor && function->device == boards[i].device)
			return boards[i].gib << 30;
	return 0;
}

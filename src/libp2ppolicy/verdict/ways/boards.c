/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the id of a GPU of AMD or Intel tells about its board. */
#include "verdict/ways/ways.h"

/* OAM boards are connected by xGMI; for cards that a bridge may connect, PCI does not tell; others have none. */
enum p2p_tri p2p_amd_has_xgmi(const struct p2p_function *function)
{
	static const uint16_t oam[] = {
		0x7408, 0x740c, 0x74a0, 0x74a1, 0x74a2, 0x74a5, 0x74a9, 0x75a0, 0x75a3,
	};
	static const uint16_t bridged[] = { 0x66a0, 0x66a1, 0x66a7, 0x66af, 0x738c, 0x738e, 0x740f };

	if (function->ids != P2P_PRESENT)
		return P2P_UNKNOWN;
	for (size_t i = 0; i < P2P_LENGTH(oam); i++)
		if (function->device == oam[i])
			return P2P_YES;
	for (size_t i = 0; i < P2P_LENGTH(bridged); i++)
		if (function->device == bridged[i])
			return P2P_UNKNOWN;
	return P2P_NO;
}

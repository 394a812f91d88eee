/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lspci -mm and -vmm, and what the topology makes of what was taken. */
#include "fuzz_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_format(&p2p_format_lspci_machine, P2P_SOURCE_LSPCI_MACHINE, data, size);
}

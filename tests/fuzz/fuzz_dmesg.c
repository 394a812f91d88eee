/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel log, and what the topology makes of what was taken. */
#include "fuzz_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_format(&p2p_format_dmesg, P2P_SOURCE_DMESG, data, size);
}

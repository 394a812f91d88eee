/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The XML of hwloc; see fuzz_format.h. */
#include "fuzz_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_format(&p2p_format_hwloc_xml, P2P_SOURCE_HWLOC_XML, data, size);
}

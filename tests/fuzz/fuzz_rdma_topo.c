/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The dump of rdma_topo; see fuzz_format.h. */
#include "fuzz_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_format(&p2p_format_rdma_topo, P2P_SOURCE_RDMA_TOPO, data, size);
}

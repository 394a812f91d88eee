/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The complexes that rdma_topo of rdma-core knows: facts of kernel-boot/rdma_topo as of August 2026.  It
 * goes by ids alone, and takes a machine to have complexes of one shape only.
 */
#ifndef P2PTOPO_RDMA_TOPO_H
#define P2PTOPO_RDMA_TOPO_H

#include "app.h"

/** enum rdma_kind - what it calls a function, by its ids. */
enum rdma_kind {
	RDMA_OTHER, RDMA_GRACE_PORT, RDMA_VERA_PORT, RDMA_PORT, RDMA_NIC, RDMA_DATA_DIRECT, RDMA_SWITCH,
	RDMA_NVME, RDMA_GPU, RDMA_BRIDGE,
};

/** rdma_kind() - the kind of @function; RDMA_PORT is a bridge on a root bus of no kind of its own. */
enum rdma_kind rdma_kind(const struct p2p_function *function);

/**
 * enum rdma_shape - what belongs together.
 * RDMA_DMA: a Data Direct function, its adapter, and the GPU below the same switch
 * RDMA_INLINE: an adapter and a GPU below one switch of the adapter's
 * RDMA_NUMA: all adapters and GPUs of a NUMA node, the GPUs on root ports
 */
enum rdma_shape { RDMA_NONE, RDMA_DMA, RDMA_INLINE, RDMA_NUMA };

/** struct rdma_complex - @adapter and @gpu: the first of them; @direct: NULL none; @node: of RDMA_NUMA */
struct rdma_complex {
	enum rdma_shape shape;
	const struct p2p_function *adapter, *direct, *gpu;
	int64_t node;
};

/**
 * rdma_complexes() - find them, in the order of their adapters.
 * @ret_list: free() it
 * Return: STATUS_DONE; STATUS_NO and why there are none.
 */
enum status rdma_complexes(const struct app *app, struct rdma_complex **ret_list, size_t *ret_count);

/** rdma_has() - does @function belong to @complex? */
bool rdma_has(const struct rdma_complex *complex, const struct p2p_function *function);

#endif

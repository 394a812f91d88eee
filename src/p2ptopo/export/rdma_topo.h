/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The complexes that rdma_topo of rdma-core knows; facts from kernel-boot/rdma_topo as of August 2026. It
 * looks at IDs only, and assumes that all complexes of a machine have the same shape.
 */
#ifndef P2PTOPO_RDMA_TOPO_H
#define P2PTOPO_RDMA_TOPO_H

#include "app.h"

/** enum rdma_kind - what rdma_topo takes a function for, by its IDs. */
enum rdma_kind {
	RDMA_OTHER, RDMA_GRACE_PORT, RDMA_VERA_PORT, RDMA_PORT, RDMA_NIC, RDMA_DATA_DIRECT, RDMA_SWITCH,
	RDMA_NVME, RDMA_GPU, RDMA_BRIDGE,
};

/** rdma_kind() - the kind of @function. RDMA_PORT is a bridge on a root bus that is of no other kind. */
enum rdma_kind rdma_kind(const struct p2p_function *function);

/**
 * enum rdma_shape - which functions form a complex. RDMA_DMA: a Data Direct function, its adapter, and the
 * GPU below the same switch RDMA_INLINE: an adapter and a GPU below one switch that is part of the adapter
 * RDMA_NUMA: all adapters and GPUs of a NUMA node, the GPUs on root ports
 */
enum rdma_shape { RDMA_NONE, RDMA_DMA, RDMA_INLINE, RDMA_NUMA };

/** struct rdma_complex - @adapter and @gpu: the first of each; @direct: NULL if none; @node: for RDMA_NUMA */
struct rdma_complex {
	enum rdma_shape shape;
	const struct p2p_function *adapter, *direct, *gpu;
	int64_t node;
};

/**
 * rdma_complexes() - find all complexes, in the order of their adapters.
 * @ret_list: release with free()
 * Return: STATUS_DONE, or STATUS_NO with the reason why there are none.
 */
enum status rdma_complexes(const struct app *app, struct rdma_complex **ret_list, size_t *ret_count);

/** rdma_has() - whether @function belongs to @complex. */
bool rdma_has(const struct rdma_complex *complex, const struct p2p_function *function);

#endif

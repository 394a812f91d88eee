/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What drivers can do with peer memory, as far as their sources were read.  A driver that is
 * not here is not known, which is no "no"; UNKNOWN in a row says the same of one direction.
 */
#include <string.h>

#include <p2ppolicy/verdict.h>

#define VIRT_DMA "its RDMA data is copied by the CPU (no dma_device)"
#define VIRT_DMA_SOURCE "include/rdma/ib_verbs.h, ib_uses_virt_dma(), 5.11"

static const struct p2p_driver drivers[] = {
	{ "amdgpu", P2P_ABILITY_CONDITIONAL, P2P_ABILITY_CONDITIONAL, "5.8",
	  "dma-buf with peer2peer, of memory that the BAR reaches",
	  "drivers/gpu/drm/amd/amdgpu/amdgpu_dma_buf.c, amdgpu_dma_buf_attach(), 5.10 and 6.1" },
	{ "habanalabs", P2P_ABILITY_CONDITIONAL, P2P_ABILITY_UNKNOWN, NULL,
	  "dma-buf with peer2peer of device memory",
	  "drivers/misc/habanalabs/common/memory.c, hl_dmabuf_attach(), 6.1" },
	{ "hfi1", P2P_ABILITY_UNKNOWN, P2P_ABILITY_CPU, NULL, VIRT_DMA, VIRT_DMA_SOURCE },
	{ "mlx5_core", P2P_ABILITY_UNKNOWN, P2P_ABILITY_CONDITIONAL, "5.12",
	  "RDMA memory regions on a dma-buf, with mlx5_ib",
	  "drivers/infiniband/hw/mlx5/mr.c, mlx5_ib_reg_user_mr_dmabuf(), 5.12" },
	{ "mlx5_ib", P2P_ABILITY_UNKNOWN, P2P_ABILITY_CONDITIONAL, "5.12",
	  "RDMA memory regions on a dma-buf",
	  "drivers/infiniband/hw/mlx5/mr.c, mlx5_ib_reg_user_mr_dmabuf(), 5.12" },
	{ "nvme", P2P_ABILITY_CONDITIONAL, P2P_ABILITY_CONDITIONAL, "4.20",
	  "gives its CMB where it has one (p2pmem); takes in the block layer, but not through a "
	  "multipath head",
	  "drivers/nvme/host/pci.c, nvme_map_cmb(), and core.c, nvme_alloc_ns(), 6.12" },
	{ "qib", P2P_ABILITY_UNKNOWN, P2P_ABILITY_CPU, NULL, VIRT_DMA, VIRT_DMA_SOURCE },
	{ "rdma_rxe", P2P_ABILITY_UNKNOWN, P2P_ABILITY_CPU, NULL, VIRT_DMA, VIRT_DMA_SOURCE },
	{ "siw", P2P_ABILITY_UNKNOWN, P2P_ABILITY_CPU, NULL, VIRT_DMA, VIRT_DMA_SOURCE },
	{ "vfio-pci", P2P_ABILITY_CONDITIONAL, P2P_ABILITY_UNKNOWN, NULL,
	  "a dma-buf of a BAR, where this kernel's vfio makes them; what the user makes the device "
	  "do is not asked",
	  "drivers/vfio/pci/vfio_pci_dmabuf.c, 7.2" },
	{ "xe", P2P_ABILITY_CONDITIONAL, P2P_ABILITY_CONDITIONAL, NULL,
	  "dma-buf with peer2peer of device memory",
	  "drivers/gpu/drm/xe/xe_dma_buf.c, xe_dma_buf_attach(), 6.12" },
};

const struct p2p_driver *p2p_driver_find(const char *name)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (!strcmp(drivers[i].name, name))
			return &drivers[i];
	}
	return NULL;
}

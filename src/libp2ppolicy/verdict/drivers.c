/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What drivers can do with peer memory.  A driver that is not listed is unknown, which does not mean "no".
 *  Files are from kernel 7.3.4 unless a row says otherwise.
 */
#include <string.h>

#include <p2ppolicy/verdict.h>

#define UNKNOWN P2P_ABILITY_UNKNOWN
#define YES P2P_ABILITY_YES
#define IF P2P_ABILITY_CONDITIONAL
#define NO P2P_ABILITY_NO
#define CPU P2P_ABILITY_CPU

/* Adapters for which the RDMA core maps DMA addresses, including p2pmem pages. */
#define RDMA_PAGES "RDMA core maps p2pmem pages for it where the device has no dma_ops of its own"
#define RDMA_DMABUF RDMA_PAGES "; memory regions on dma-buf accept peer memory"
#define RDMA(driver, file) \
	{ driver, NO, IF, NULL, RDMA_PAGES, "drivers/infiniband/core/rw.c; " file }
#define RDMA_MR(driver, file) \
	{ driver, NO, IF, NULL, RDMA_DMABUF, "drivers/infiniband/core/umem_dmabuf.c; " file }

/* Software that accesses the data with the CPU, which it cannot do with peer memory. */
#define SOFTWARE_RDMA(driver, file) \
	{ driver, NO, CPU, NULL, "registers with the RDMA core without a DMA device; its CPU " \
	  "copies the data", "drivers/infiniband/" file }
#define SOCKETS(driver, file) \
	{ driver, NO, CPU, NULL, "sends and receives through sockets; the CPU touches the data", \
	  "drivers/" file }

static const struct p2p_driver drivers[] = {
	{ "amdgpu", IF, IF, "5.8", "dma-buf: hands out VRAM when the kernel permits the pair and "
	  "the importer accepts peer memory, else moves it to system memory; needs large BAR",
	  "drivers/gpu/drm/amd/amdgpu/amdgpu_dma_buf.c" },
	{ "xe", IF, IF, NULL, "dma-buf: hands out VRAM when the kernel permits the pair and the "
	  "importer accepts peer memory, else moves it to system memory",
	  "drivers/gpu/drm/xe/xe_dma_buf.c" },
	{ "i915", NO, NO, NULL, "dma-buf moves buffers to system memory before it shares them, and "
	  "imports without accepting peer memory",
	  "drivers/gpu/drm/i915/gem/i915_gem_dmabuf.c" },
	{ "nouveau", NO, NO, NULL, "dma-buf pins buffers in system memory, and imports without "
	  "accepting peer memory", "drivers/gpu/drm/nouveau/nouveau_prime.c; "
	  "drivers/gpu/drm/drm_prime.c" },
	{ "nvidia", UNKNOWN, UNKNOWN, NULL, "not in the kernel's tree: shares its memory by its own "
	  "peer access, nvidia_p2p and dma-buf, without asking p2pdma",
	  "not in the kernel's sources" },
	{ "virtio-pci", IF, IF, NULL, "virtio-gpu: maps VRAM blobs for importers without asking "
	  "p2pdma, and imports accepting peer memory; other virtio devices neither",
	  "drivers/gpu/drm/virtio/virtgpu_vram.c; drivers/gpu/drm/virtio/virtgpu_prime.c" },
	{ "habanalabs", IF, NO, NULL, "dma-buf: hands out device memory when the kernel permits the "
	  "pair; p2pmem pages for direct storage I/O where built for it",
	  "drivers/accel/habanalabs/common/memory.c; drivers/accel/habanalabs/common/hldio.c" },
	{ "qaic", NO, NO, NULL, "imports dma-buf without accepting peer memory",
	  "drivers/accel/qaic/qaic_data.c" },
	{ "intel_vpu", NO, NO, NULL, "imports dma-buf without accepting peer memory",
	  "drivers/accel/ivpu/ivpu_gem.c" },
	{ "amdxdna", NO, NO, NULL, "imports dma-buf without accepting peer memory",
	  "drivers/accel/amdxdna/amdxdna_gem.c" },
	{ "nvme", IF, IF, "4.20", "gives its Controller Memory Buffer as p2pmem; takes p2pmem pages "
	  "where the device has no dma_ops of its own (6.12: not through a multipath head)",
	  "drivers/nvme/host/pci.c; drivers/nvme/host/multipath.c" },
	{ "nvme_rdma", NO, IF, NULL, "takes p2pmem pages when its RDMA device does",
	  "drivers/nvme/host/rdma.c" },
	{ "vfio-pci", IF, UNKNOWN, NULL, "exports BARs as dma-buf (7.2, 7.3) to importers that "
	  "accept peer memory; what its user-space driver reaches, the IOMMU decides and not "
	  "p2pdma", "drivers/vfio/pci/vfio_pci_dmabuf.c" },
	{ "nvgrace-gpu-vfio-pci", IF, UNKNOWN, NULL, "as vfio-pci, for the memory of Grace GPUs",
	  "drivers/vfio/pci/nvgrace-gpu/main.c" },
	{ "mlx5_core", IF, IF, "5.12", "exports doorbell pages as dma-buf (7.2, 7.3); " RDMA_DMABUF
	  "; on-demand paging asks p2pdma", "drivers/infiniband/hw/mlx5/main.c; "
	  "drivers/infiniband/hw/mlx5/mr.c; drivers/infiniband/hw/mlx5/odp.c" },
	{ "mlx5_ib", IF, IF, "5.12", "the RDMA side of mlx5_core", "drivers/infiniband/hw/mlx5/mr.c" },
	RDMA_MR("bnxt_en", "drivers/infiniband/hw/bnxt_re/ib_verbs.c"),
	RDMA_MR("bnxt_re", "drivers/infiniband/hw/bnxt_re/ib_verbs.c"),
	RDMA_MR("efa", "drivers/infiniband/hw/efa/efa_verbs.c"),
	RDMA_MR("ice", "drivers/infiniband/hw/irdma/verbs.c"),
	RDMA_MR("i40e", "drivers/infiniband/hw/irdma/verbs.c"),
	RDMA_MR("irdma", "drivers/infiniband/hw/irdma/verbs.c"),
	RDMA_MR("ionic", "drivers/infiniband/hw/ionic/ionic_controlpath.c"),
	RDMA_MR("mana", "drivers/infiniband/hw/mana/mr.c"),
	RDMA("mlx4_core", "drivers/infiniband/hw/mlx4/main.c"),
	RDMA("cxgb4", "drivers/infiniband/hw/cxgb4/provider.c"),
	RDMA("erdma", "drivers/infiniband/hw/erdma/erdma_main.c"),
	RDMA("hns3", "drivers/infiniband/hw/hns/hns_roce_main.c"),
	RDMA("qede", "drivers/infiniband/hw/qedr/main.c"),
	RDMA("ib_mthca", "drivers/infiniband/hw/mthca/mthca_provider.c"),
	SOFTWARE_RDMA("hfi1", "sw/rdmavt/vt.c; drivers/infiniband/hw/hfi1"),
	{ "ib_qib", NO, CPU, NULL, "registers with the RDMA core without a DMA device; its CPU "
	  "copies the data", "drivers/infiniband/sw/rdmavt/vt.c, whose user it was; gone by 7.3" },
	SOFTWARE_RDMA("rdma_rxe", "sw/rxe/rxe_verbs.c"),
	SOFTWARE_RDMA("siw", "sw/siw/siw_main.c"),
	SOCKETS("nvme_tcp", "nvme/host/tcp.c"),
	SOCKETS("nvmet_tcp", "nvme/target/tcp.c"),
	SOCKETS("iscsi_tcp", "scsi/iscsi_tcp.c"),
};

const struct p2p_driver *p2p_driver_find(const char *name)
{
	for (size_t i = 0; name && i < P2P_LENGTH(drivers); i++)
		if (!strcmp(drivers[i].name, name))
			return &drivers[i];
	return NULL;
}

const struct p2p_driver *p2p_driver_at(size_t index)
{
	return index < P2P_LENGTH(drivers) ? &drivers[index] : NULL;
}

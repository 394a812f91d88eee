/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rows: how data of pairs of drivers would be moved, and by whom.  They are in the order in which the
 * usual libraries (CUDA, NCCL, RCCL, cuFile, the kernel) try them.  Versions and functions are those that
 * were read; "ogkm" is NVIDIA's open-gpu-kernel-modules.
 */
#include <stddef.h>

#include "verdict/ways/ways.h"

#define AND(id) { P2P_IF_##id, NULL, 0 }
#define AND_TEXT(id, text) { P2P_IF_##id, text, 0 }
#define AND_NUMBER(id, text, number) { P2P_IF_##id, text, number }
#define ALL(...) { __VA_ARGS__ }
#define ALWAYS { { P2P_IF_NONE, NULL, 0 } }

/* RDMA adapters by the driver of their PCI function; the dma-buf condition knows which releases support it. */
#define RDMA " mlx5_core efa ice i40e idpf bnxt_en mana ionic hns3 erdma mlx4_core cxgb4 qede vmw_pvrdma "
#define MOVES " mlx5_core "
/* The Data Direct function, which mlx5_ib binds to: data_direct.c.  Its memory regions are pinned. */
#define DIRECT " mlx5_ib "
#define PINS " efa ice i40e idpf bnxt_en mana ionic " DIRECT
#define NO_DMABUF " hns3 erdma mlx4_core cxgb4 qede vmw_pvrdma "
#define DEVMEM " gve fbnic "
#define DEVMEM_RDMA " mlx5_core bnxt_en "
#define GPUS " nvidia amdgpu xe i915 nouveau habanalabs neuron "
#define AMD_INTEL " amdgpu xe "

/* Drivers that access the data with the CPU, or that have no interface for peer memory at all. */
#define STORAGE " ahci megaraid_sas mpt3sas mpi3mr smartpqi aacraid hpsa virtio_blk lpfc qla2xxx "
#define NETWORK " igb igc e1000e ixgbe ixgbevf iavf r8169 tg3 bnx2x be2net atlantic alx sky2 atl1c " \
		"vmxnet3 ena enic nfp liquidio octeontx2-nicpf "
#define VIRTIO " virtio-pci "
#define SOFTWARE " hfi1 rdma_rxe siw nvme_tcp nvmet_tcp iscsi_tcp "

static const struct p2p_driver_way rows[] = {
	{ .name = "nvlink", .providers = " nvidia ", .clients = " nvidia ",
	  .interface = "NVLink", .decider = "nvidia", .summary = "peer access over NVLink",
	  .applies = AND(NVLINK), .conditions = ALL(AND(LINKED)), .hidden = true, .addressing = P2P_ADDRESSING_LINK,
	  .denied = P2P_DELIVERY_STAGED, .refusal = "CUDA tries PCIe next",
	  .source = "ogkm 595.45.04 src/nvidia/src/kernel/platform/p2p/p2p_caps.c p2pGetCapsStatus()" },
	{ .name = "nv-clique", .providers = " nvidia ", .clients = " nvidia ",
	  .interface = "CUDA peer access", .decider = "the hypervisor",
	  .summary = "peer access within a clique of the hypervisor", .applies = AND(GUEST),
	  .conditions = ALL(AND(CLIQUE)), .hidden = true, .addressing = P2P_ADDRESSING_GUEST, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "CUDA copies through system memory",
	  .source = "ogkm src/nvidia/src/kernel/platform/chipset/chipset_pcie.c "
		    "objClLoadPcieVirtualP2PApproval()" },
	{ .name = "nv-gpu", .providers = " nvidia ", .clients = " nvidia ",
	  .interface = "CUDA peer access", .decider = "nvidia", .summary = "CUDA peer access over PCIe",
	  .conditions = ALL(AND(NV_REGISTRY), AND(NOT_VF), AND(NV_IOH), AND(NV_SAME_CHIP), AND(NV_CLASS)),
	  .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "cudaDeviceEnablePeerAccess() fails and CUDA copies through system memory",
	  .source = "ogkm 595.45.04 src/nvidia/src/kernel/platform/p2p/p2p_caps.c p2pGetCapsStatus(), "
		    "nv-dma.c nv_dma_map_mmio()" },
	{ .name = "nv-dmabuf-pcie", .providers = " nvidia ", .clients = MOVES DIRECT,
	  .interface = "dma-buf, forced over PCIe", .decider = "nvidia",
	  .summary = "GPUDirect RDMA with Data Direct",
	  .applies = AND(DATA_DIRECT),
	  .conditions = ALL(AND(COHERENT), AND(NV_FORCE_PCIE), AND_NUMBER(NV_BRANCH, "570", 570), AND(NV_GROUP)),
	  .addressing = P2P_ADDRESSING_RAW, .denied = P2P_DELIVERY_REFUSED,
	  .refusal = "registration fails with ENOTSUPP, and NCCL goes over C2C or nvidia-peermem",
	  .source = "ogkm 595.45.04 kernel-open/nvidia/nv-pci.c "
		    "nv_pci_is_valid_topology_for_direct_pci()" },
	{ .name = "nv-c2c", .providers = " nvidia ", .clients = RDMA DIRECT " nvme ", .interface = "C2C",
	  .decider = "nobody", .summary = "the CPU's coherent link to the GPU's memory",
	  .applies = AND(COHERENT), .conditions = ALWAYS, .addressing = P2P_ADDRESSING_LINK,
	  .denied = P2P_DELIVERY_STAGED, .refusal = "there is no such link",
	  .source = "ogkm kernel-open/nvidia/nv-dmabuf.c" },
	{ .name = "nv-dmabuf", .providers = " nvidia ", .clients = RDMA DIRECT, .interface = "dma-buf",
	  .decider = "nvidia", .summary = "GPUDirect RDMA over dma-buf",
	  .conditions = ALL(AND(RDMA_DEVICE), AND(OPEN), AND(DMABUF_MR), AND(NV_CHIPSET), AND(NV_EXPORTS)),
	  .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_REFUSED,
	  .refusal = "ibv_reg_dmabuf_mr() fails, and NCCL tries nvidia-peermem",
	  .source = "ogkm 595.45.04 kernel-open/nvidia/nv-dmabuf.c nv_dma_buf_attach()" },
	{ .name = "nv-peermem", .providers = " nvidia ", .clients = RDMA, .interface = "peer client",
	  .decider = "nvidia", .summary = "GPUDirect RDMA over nvidia-peermem",
	  .conditions = ALL(AND(RDMA_DEVICE), AND(PEERMEM), AND(PEER_UMEM), AND(NV_PRO), AND(NV_CHIPSET)),
	  .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "registration of GPU memory fails, and libraries copy through system memory",
	  .source = "ogkm kernel-open/nvidia/nv-p2p.c; kernel-open/nvidia-peermem/nvidia-peermem.c" },
	{ .name = "nv-devmem", .providers = " nvidia ", .clients = DEVMEM DEVMEM_RDMA, .interface = "devmem TCP",
	  .decider = "nvidia", .summary = "TCP into GPU memory",
	  .conditions = ALL(AND(OPEN), AND(DEVMEM), AND(HEADER_SPLIT), AND(NV_CHIPSET), AND(NV_EXPORTS)),
	  .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "binding the dma-buf fails",
	  .source = "net/core/devmem.c; PP_FLAG_ALLOW_UNREADABLE_NETMEM of the drivers; "
		    "ogkm kernel-open/nvidia/nv-dmabuf.c" },
	{ .name = "gds-p2pdma", .providers = " nvidia ", .clients = " nvme ",
	  .interface = "O_DIRECT on GPU pages", .decider = "p2pdma",
	  .summary = "GPUDirect Storage through p2pdma",
	  .conditions = ALL(AND(P2PMEM_NV), AND_NUMBER(RELEASE, "6.2", P2P_KERNEL(6, 2)),
			    AND(NVME_HEAD), AND(KERNEL_PAIR)),
	  .addressing = P2P_ADDRESSING_P2PDMA, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "cuFile copies through system memory (compatibility mode)",
	  .source = "ogkm 565 kernel-open/nvidia-uvm/uvm_pmm_gpu.c uvm_pmm_gpu_device_p2p_init()" },
	{ .name = "nvfs", .providers = " nvidia ", .clients = " nvme ", .interface = "nvidia-fs",
	  .decider = "nobody", .summary = "GPUDirect Storage through nvidia-fs",
	  .conditions = ALL(AND(NVFS), AND(NVFS_NVME), AND(NV_PRO), AND(NV_CHIPSET)),
	  .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "cuFile copies through system memory (compatibility mode)",
	  .source = "nvidia-fs 2.28.4 nvfs-pci.c; ogkm kernel-open/nvidia/nv-p2p.c "
		    "nvidia_p2p_dma_map_pages()" },
	{ .name = "nv-doorbell", .providers = " mlx5_core bnxt_en ", .clients = " nvidia ",
	  .interface = "registers of an adapter mapped for the GPU", .decider = "nvidia",
	  .summary = "the GPU rings an adapter's doorbells", .conditions = ALL(AND(NOT_VF), AND(NV_PEER_MAP)),
	  .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "the CPU rings them", .source = "ogkm kernel-open/nvidia/nv-dma.c; "
		    "src/nvidia/arch/nvalloc/unix/src/osmemdesc.c osCreateOsDescriptorFromIoMemory()" },
	{ .name = "xgmi", .providers = " amdgpu ", .clients = " amdgpu ", .interface = "xGMI",
	  .decider = "amdgpu", .summary = "peer access over xGMI", .applies = AND(XGMI),
	  .conditions = ALL(AND(XGMI_USED), AND(LINKED)), .hidden = true,
	  .addressing = P2P_ADDRESSING_LINK, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "ROCm tries PCIe next",
	  .source = "drivers/gpu/drm/amd/amdgpu/amdgpu_device.c amdgpu_device_is_peer_accessible()" },
	{ .name = "kfd", .providers = " amdgpu ", .clients = " amdgpu ",
	  .interface = "ROCm peer access", .decider = "amdgpu and p2pdma",
	  .summary = "ROCm peer access over PCIe", .witness = { P2P_IF_KFD_LINK, NULL, 0 },
	  .witnessed = 2,	/* kfd_mem_attach() asks p2pdma again when memory is mapped */
	  .conditions = ALL(AND(KFD), AND(LARGE_BAR), AND(KERNEL_PAIR)),
	  .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "hipDeviceCanAccessPeer() says 0 and ROCm copies through system memory",
	  .late = "hipDeviceCanAccessPeer() may still say 1, and mapping the memory fails with EINVAL",
	  .source = "drivers/gpu/drm/amd/amdgpu/amdgpu_device.c amdgpu_device_is_peer_accessible(), "
		    "amdgpu_amdkfd_gpuvm.c kfd_mem_attach()" },
	{ .name = "amd-peermem", .providers = " amdgpu ", .clients = MOVES, .interface = "peer client",
	  .decider = "amdgpu", .summary = "RDMA over amdkfd's peer client",
	  .applies = AND(PEER_AMD), .conditions = ALL(AND(RDMA_DEVICE)), .addressing = P2P_ADDRESSING_RESOURCE,
	  .hidden = true,
	  .denied = P2P_DELIVERY_STAGED, .refusal = "libraries try dma-buf next",
	  .source = "amdgpu-dkms, amdkfd's client of MLNX_OFED's peer memory" },
	{ .name = "dmabuf-move", .providers = AMD_INTEL, .clients = MOVES, .interface = "dma-buf",
	  .decider = "p2pdma (asked by the GPU's driver)", .summary = "RDMA over dma-buf",
	  .conditions = ALL(AND(RDMA_DEVICE), AND(DMABUF_MR), AND(MOVE_NOTIFY), AND(VISIBLE), AND(KERNEL_PAIR)),
	  .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "the buffer moves to system memory, without an error or a message",
	  .source = "drivers/gpu/drm/amd/amdgpu/amdgpu_dma_buf.c amdgpu_dma_buf_attach(); "
		    "drivers/gpu/drm/xe/xe_dma_buf.c xe_dma_buf_attach()" },
	{ .name = "xe-gpu", .providers = " xe ", .clients = " xe ", .interface = "dma-buf",
	  .decider = "p2pdma (asked by xe)", .summary = "peer access between Intel GPUs",
	  .conditions = ALL(AND(MOVE_NOTIFY), AND(VISIBLE), AND(KERNEL_PAIR)),
	  .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "the buffer moves to system memory, or EOPNOTSUPP where it may not",
	  .source = "drivers/gpu/drm/xe/xe_dma_buf.c xe_dma_buf_attach(), xe_dma_buf_pin(); "
		    "drivers/dma-buf/dma-buf.c dma_buf_map_attachment()" },
	{ .name = "dmabuf-pin", .providers = AMD_INTEL, .clients = PINS, .interface = "dma-buf, pinned",
	  .decider = "p2pdma (asked by the GPU's driver)", .summary = "RDMA over dma-buf",
	  .conditions = ALL(AND(RDMA_DEVICE), AND(DMABUF_MR), AND(PIN_VRAM), AND(MOVE_NOTIFY),
			    AND(VISIBLE), AND(KERNEL_PAIR)),
	  .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "the buffer moves to system memory, without an error or a message",
	  .source = "drivers/gpu/drm/amd/amdgpu/amdgpu_dma_buf.c amdgpu_dma_buf_pin()" },
	{ .name = "i915", .providers = " i915 ", .clients = " i915 xe " MOVES PINS, .interface = "dma-buf",
	  .decider = "i915", .summary = "memory of %P by an i915 from outside the tree",
	  .conditions = ALL(AND(I915_OTHER)), .addressing = P2P_ADDRESSING_RESOURCE,
	  .denied = P2P_DELIVERY_STAGED, .refusal = "the buffer moves to system memory",
	  .source = "drivers/gpu/drm/i915/gem/i915_gem_dmabuf.c, which never gives any" },
	{ .name = "dmabuf-static", .providers = AMD_INTEL, .clients = DEVMEM " hailo ",
	  .interface = "dma-buf, static", .decider = "nobody", .summary = "dma-buf to an importer that "
	  "does not accept peer memory",
	  .conditions = ALL(AND_TEXT(NEVER, "the importer does not accept peer memory, and %p gives it "
						"system memory")),
	  .addressing = P2P_ADDRESSING_CPU, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "the data go through system memory", .source = "drivers/dma-buf/dma-buf.c "
	  "dma_buf_attach()" },
	{ .name = "dmabuf-none", .providers = AMD_INTEL " habanalabs ", .clients = NO_DMABUF,
	  .interface = "dma-buf", .decider = "nobody", .summary = "RDMA over dma-buf",
	  .conditions = ALL(AND(DMABUF_MR)), .addressing = P2P_ADDRESSING_CPU,
	  .denied = P2P_DELIVERY_STAGED, .refusal = "libraries copy through system memory",
	  .source = "drivers/infiniband/core/uverbs_std_types_mr.c" },
	{ .name = "gaudi", .providers = " habanalabs ", .clients = MOVES PINS, .interface = "dma-buf",
	  .decider = "p2pdma (asked by habanalabs)", .summary = "RDMA over dma-buf",
	  .conditions = ALL(AND(RDMA_DEVICE), AND(DMABUF_MR), AND(KERNEL_PAIR)),
	  .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_REFUSED,
	  .refusal = "mapping fails with EPERM, and nothing falls back",
	  .source = "drivers/accel/habanalabs/common/memory.c hl_dmabuf_attach()" },
	{ .name = "gaudi-ports", .providers = " habanalabs ", .clients = " habanalabs ",
	  .interface = "the cards' own Ethernet ports", .decider = "nobody",
	  .summary = "HCCL over the cards' own Ethernet ports", .conditions = ALL(AND(LINKED)),
	  .addressing = P2P_ADDRESSING_LINK, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "the data go through system memory",
	  .source = "Gaudi documentation, HCCL; drivers/accel/habanalabs imports no dma-buf" },
	{ .name = "hldio", .providers = " habanalabs ", .clients = " nvme ",
	  .interface = "direct storage I/O", .decider = "p2pdma", .summary = "storage into Gaudi memory",
	  .conditions = ALL(AND_TEXT(CONFIG, "HL_HLDIO"), AND(P2PMEM), AND(NVME_HEAD), AND(KERNEL_PAIR)),
	  .addressing = P2P_ADDRESSING_P2PDMA, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "the data go through system memory",
	  .source = "drivers/accel/habanalabs/common/hldio.c" },
	{ .name = "ais", .providers = " amdgpu ", .clients = " nvme ", .interface = "hipFile",
	  .decider = "p2pdma", .summary = "storage into AMD GPU memory",
	  .conditions = ALL(AND(P2PMEM), AND(NVME_HEAD), AND(KERNEL_PAIR)), .addressing = P2P_ADDRESSING_P2PDMA,
	  .denied = P2P_DELIVERY_STAGED, .refusal = "hipFile copies through system memory",
	  .source = "amdgpu-dkms kfd_ais.c" },
	{ .name = "p2pmem", .providers = " nvme ", .clients = " nvme ", .interface = "p2pmem",
	  .decider = "p2pdma", .summary = "NVMe into a Controller Memory Buffer",
	  .conditions = ALL(AND(P2PMEM), AND(NVME_HEAD), AND(KERNEL_PAIR)), .addressing = P2P_ADDRESSING_P2PDMA,
	  .denied = P2P_DELIVERY_REFUSED, .refusal = "O_DIRECT fails with EREMOTEIO or EINVAL",
	  .source = "drivers/nvme/host/pci.c nvme_pci_supports_pci_p2pdma()" },
	{ .name = "p2pmem-rdma", .providers = " nvme ", .clients = RDMA, .interface = "nvmet p2pmem",
	  .decider = "p2pdma", .summary = "NVMe over RDMA through a Controller Memory Buffer",
	  .conditions = ALL(AND(RDMA_DEVICE), AND(P2PMEM), AND(KERNEL_PAIR)), .addressing = P2P_ADDRESSING_P2PDMA,
	  .denied = P2P_DELIVERY_STAGED, .refusal = "nvmet uses host memory, and logs it",
	  .source = "drivers/nvme/target/core.c nvmet_p2pmem_ns_add_p2p()" },
	{ .name = "vfio-dmabuf", .providers = " vfio-pci nvgrace-gpu-vfio-pci ",
	  .clients = MOVES PINS,
	  .interface = "dma-buf", .decider = "p2pdma", .summary = "a BAR that vfio-pci exports",
	  .conditions = ALL(AND_NUMBER(RELEASE, "6.19", P2P_KERNEL(6, 19)),
			    AND_TEXT(CONFIG, "VFIO_PCI_DMABUF"), AND(RDMA_DEVICE), AND(DMABUF_MR),
			    AND(REVOCABLE), AND(KERNEL_PAIR)),
	  .addressing = P2P_ADDRESSING_P2PDMA, .denied = P2P_DELIVERY_REFUSED,
	  .refusal = "mapping fails with EINVAL, or attaching with EOPNOTSUPP",
	  .source = "drivers/vfio/pci/vfio_pci_dmabuf.c vfio_pci_dma_buf_attach()" },
	{ .name = "vfio", .providers = " vfio-pci nvgrace-gpu-vfio-pci ",
	  .clients = " vfio-pci nvgrace-gpu-vfio-pci ", .interface = "BARs in a guest's address space",
	  .decider = "nobody", .summary = "passed through to user space or a guest",
	  .conditions = ALWAYS, .addressing = P2P_ADDRESSING_GUEST, .denied = P2P_DELIVERY_REFUSED,
	  .refusal = "", .source = "drivers/vfio/vfio_iommu_type1.c" },
	{ .name = "neuron-efa", .providers = " neuron ", .clients = " efa ",
	  .interface = "EFA's peer provider", .decider = "nobody", .summary = "RDMA into Neuron memory",
	  .conditions = ALL(AND_TEXT(EFA, "NEURON")), .addressing = P2P_ADDRESSING_RAW,
	  .denied = P2P_DELIVERY_STAGED, .refusal = "registration fails, and libraries copy",
	  .source = "aws-neuron-driver neuron_p2p.c, neuron_dmabuf.c" },
	{ .name = "tt", .providers = " tenstorrent ", .clients = " tenstorrent ",
	  .interface = "MAP_PEER_BAR", .decider = "nobody", .summary = "peer BARs between Tenstorrent cards",
	  .conditions = ALWAYS, .addressing = P2P_ADDRESSING_RESOURCE, .denied = P2P_DELIVERY_REFUSED,
	  .refusal = "", .source = "tt-kmd 2.10 memory.c ioctl_map_peer_bar()" },
	{ .name = "no-p2pmem", .providers = " nvme ", .clients = GPUS,
	  .interface = "none", .decider = "nobody", .summary = "a Controller Memory Buffer for a GPU",
	  .conditions = ALL(AND_TEXT(NEVER, "%c takes no p2pmem of other devices")),
	  .addressing = P2P_ADDRESSING_CPU, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "the data go through system memory",
	  .source = "no use of p2pmem in drivers/gpu/drm, drivers/accel or ogkm" },
	{ .name = "no-memory", .providers = RDMA DIRECT NETWORK DEVMEM STORAGE, .clients = "*",
	  .interface = "none", .decider = "nobody", .summary = "memory of %P",
	  .conditions = ALL(AND_TEXT(NEVER, "%p shares no device memory with peers")),
	  .addressing = P2P_ADDRESSING_CPU, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "the data go through system memory",
	  .source = "no call of pci_p2pdma_add_resource() and no dma-buf exporter there" },
	{ .name = "no-give", .providers = " i915 nouveau radeon qaic intel_vpu amdxdna ast mgag200 ",
	  .clients = "*",
	  .interface = "none", .decider = "nobody", .summary = "memory of %P",
	  .conditions = ALL(AND_TEXT(NEVER, "%p shares no device memory with peers")),
	  .addressing = P2P_ADDRESSING_CPU, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "the data go through system memory",
	  .source = "drivers/gpu/drm/i915/gem/i915_gem_dmabuf.c; drivers/gpu/drm/nouveau" },
	{ .name = "no-take", .providers = "*", .clients = STORAGE NETWORK VIRTIO SOFTWARE " xdma qdma ",
	  .interface = "none", .decider = "nobody", .summary = "memory of %P for %C",
	  .conditions = ALL(AND_TEXT(NEVER, "%c takes no peer memory")),
	  .addressing = P2P_ADDRESSING_CPU, .denied = P2P_DELIVERY_STAGED,
	  .refusal = "the data go through system memory",
	  .source = "no use of FOLL_PCI_P2PDMA, blk features or dma-buf there" },
};

_Static_assert(P2P_LENGTH(rows) <= 64, "a bit for each row, struct p2p_driver_rows");

const struct p2p_driver_way *p2p_driver_way_at(size_t index)
{
	return index < P2P_LENGTH(rows) ? &rows[index] : NULL;
}

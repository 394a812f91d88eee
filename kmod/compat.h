/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between kernels: above all, the table of the functions in which
 * the kernel decides about a pair. Kbuild derives GATE_HAS_MAP_*,
 * GATE_HAS_UPDATE_STATE and GATE_DECLARES_* from the kernel's headers.
 */
#ifndef P2PGATE_COMPAT_H
#define P2PGATE_COMPAT_H

#include <linux/blk-integrity.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/ftrace.h>
#include <linux/pci-p2pdma.h>
#include <linux/ptrace.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)
#error "p2pgate needs Linux 6.0: older kernels decide inside the callers of pci_p2pdma_map_sg()"
#endif

/*
 * The kernel series that the gate was tested on: its scenarios pass there. On any
 * other the module loads only with unverified=1.
 */
#if IS_ENABLED(CONFIG_X86_64)
#define GATE_VERIFIED(row) \
	row(6, 1) \
	row(6, 12) \
	row(6, 18) \
	row(7, 2) \
	row(7, 3)
#define GATE_VERIFIED_ON "x86-64"
#else
#define GATE_VERIFIED(row) \
	row(7, 3)
#define GATE_VERIFIED_ON "arm64"
#endif

/*
 * GATE_HOOKS(row): row(symbol, an exported function of the same object file, uapi
 * bit, test whether a call needs a decision at all, decision, replacement if
 * refused, replacement if promoted), one for every function that must be hooked for
 * a refusal to hold; the most frequently called come first. An exported symbol
 * stands for its own object file.
 * Which function decides is taken from drivers/pci/p2pdma.c of each release.
 * Mainline:
 *   6.0 to 6.15   dma-direct and dma-iommu ask pci_p2pdma_map_segment()
 *   6.16 to 6.18  they and the block layer ask __pci_p2pdma_update_state()
 *   6.19 on       dma_buf_phys_vec_to_sgt() asks pci_p2pdma_map_type() itself;
 *                 the compiler may have inlined that one into the former
 * Memory is mapped without a check by
 *   any           dma_map_resource(), which takes a bare address
 *   any           iommu_dma_map_sg(), for a device that is not trusted
 *   6.17 on       the block layer, all of a request but its first segment
 *   6.18 on       the same for a request's metadata
 */
#define GATE_HOOKS(row) \
	GATE_HOOK_REQUEST(row) \
	GATE_HOOK_MAP_SG(row) \
	GATE_HOOK_MAP_SEGMENT(row) \
	GATE_HOOK_UPDATE_STATE(row) \
	GATE_HOOK_MAP_TYPE(row) \
	row(pci_p2pdma_distance_many, pci_p2pdma_distance_many, P2PGATE_HOOK_DISTANCE, \
	    has_clients, ask_distance, refuse_distance, promote_distance) \
	row(dma_map_resource, dma_map_resource, P2PGATE_HOOK_RESOURCE, \
	    NULL, gate_ask_resource, gate_refuse_resource, NULL) \
	GATE_HOOK_METADATA(row)

#if !defined(GATE_HAS_MAP_SEGMENT) && !defined(GATE_HAS_UPDATE_STATE)
#error "p2pgate does not know where this kernel decides when DMA is mapped"
#endif

#ifdef GATE_HAS_MAP_SEGMENT
#define GATE_HOOK_MAP_SEGMENT(row) \
	row(pci_p2pdma_map_segment, pci_p2pdma_distance_many, P2PGATE_HOOK_MAP_SEGMENT, \
	    NULL, ask_map_segment, refuse_map_segment, promote_map_segment)
#else
#define GATE_HOOK_MAP_SEGMENT(row)
#endif

#ifdef GATE_HAS_UPDATE_STATE
#define GATE_HOOK_UPDATE_STATE(row) \
	row(__pci_p2pdma_update_state, pci_p2pdma_distance_many, P2PGATE_HOOK_UPDATE_STATE, \
	    NULL, ask_update_state, refuse_update_state, promote_update_state)
#else
#define GATE_HOOK_UPDATE_STATE(row)
#endif

#ifdef GATE_HAS_MAP_TYPE
#define GATE_HOOK_MAP_TYPE(row) \
	row(pci_p2pdma_map_type, pci_p2pdma_distance_many, P2PGATE_HOOK_MAP_TYPE, \
	    is_outside, ask_map_type, refuse_map_type, promote_map_type)
#else
#define GATE_HOOK_MAP_TYPE(row)
#endif

/* Without CONFIG_IOMMU_DMA there is no such function. Up to 6.11 it is static. */
#if IS_ENABLED(CONFIG_IOMMU_DMA)
#define GATE_HAS_MAP_SG 1
void iommu_dma_get_resv_regions(struct device *dev, struct list_head *list);
#define GATE_HOOK_MAP_SG(row) \
	row(iommu_dma_map_sg, iommu_dma_get_resv_regions, P2PGATE_HOOK_MAP_SG, \
	    gate_has_sg, gate_ask_sg, gate_refuse_sg, NULL)
#else
#define GATE_HOOK_MAP_SG(row)
#endif

#if defined(GATE_DECLARES_REQUEST) && IS_ENABLED(CONFIG_BLOCK)
#include <linux/blk-mq-dma.h>
#define GATE_HAS_REQUEST 1
#define GATE_HOOK_REQUEST(row) \
	row(blk_rq_dma_map_iter_start, blk_rq_dma_map_iter_start, P2PGATE_HOOK_REQUEST, \
	    gate_has_request, gate_ask_request, gate_refuse_request, NULL)
#else
#define GATE_HOOK_REQUEST(row)
#endif

#if defined(GATE_DECLARES_METADATA) && IS_ENABLED(CONFIG_BLK_DEV_INTEGRITY)
#define GATE_HAS_METADATA 1
#define GATE_HOOK_METADATA(row) \
	row(blk_rq_integrity_dma_map_iter_start, blk_rq_integrity_dma_map_iter_start, \
	    P2PGATE_HOOK_METADATA, NULL, gate_ask_metadata, gate_refuse_request, NULL)
#else
#define GATE_HOOK_METADATA(row)
#endif

/*
 * GATE_READERS(row): row(symbol, witness), one for every function known to decide,
 * or to map without a check, in any release. If the running kernel has the witness
 * but the headers did not declare the function, the module refuses to load. Older
 * kernels have another pci_p2pdma_map_type(), a helper that needs no hook; the one
 * that does came with pcim_p2pdma_provider().
 */
#define GATE_READERS(row) \
	row(pci_p2pdma_map_segment, pci_p2pdma_map_segment) \
	row(__pci_p2pdma_update_state, __pci_p2pdma_update_state) \
	row(pci_p2pdma_map_type, pcim_p2pdma_provider) \
	row(blk_rq_dma_map_iter_start, blk_rq_dma_map_iter_start) \
	row(blk_rq_integrity_dma_map_iter_start, blk_rq_integrity_dma_map_iter_start) \
	row(iommu_dma_map_sg, iommu_dma_map_sg)

/* Build options that copy functions into their callers, where no hook sees them. */
#if IS_ENABLED(CONFIG_LTO_CLANG_FULL)
#define GATE_COPIES "CONFIG_LTO_CLANG_FULL"
#elif IS_ENABLED(CONFIG_LTO_CLANG_THIN)
#define GATE_COPIES "CONFIG_LTO_CLANG_THIN"
#elif IS_ENABLED(CONFIG_LTO_GCC)
#define GATE_COPIES "CONFIG_LTO_GCC"
#elif IS_ENABLED(CONFIG_CC_OPTIMIZE_FOR_PERFORMANCE_O3)
#define GATE_COPIES "CONFIG_CC_OPTIMIZE_FOR_PERFORMANCE_O3"
#else
#define GATE_COPIES NULL
#endif

/*
 * On x86 the arguments are saved at function entry in every supported release;
 * the accessors, which are macros there, came in 6.2 and 6.3. On arm64 they are
 * functions and came together with the saved arguments in 6.2.
 */
#if IS_ENABLED(CONFIG_X86) && !defined(ftrace_regs_get_argument)
#define ftrace_regs_get_argument(fregs, n) \
	regs_get_kernel_argument(&(fregs)->regs, n)
#endif

#if IS_ENABLED(CONFIG_X86) && !defined(ftrace_regs_set_instruction_pointer)
#define ftrace_regs_set_instruction_pointer(fregs, ip) \
	ftrace_instruction_pointer_set(fregs, ip)
#endif

#define GATE_ARG(fregs, n, type) ((type)ftrace_regs_get_argument(fregs, n))

#if IS_ENABLED(CONFIG_PCI_P2PDMA) && IS_ENABLED(CONFIG_KPROBES) && \
	IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define GATE_SUPPORTED 1
#endif

#endif /* P2PGATE_COMPAT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every test of the kernel's version is here, and the table of the functions
 * in which each release decides about a pair.
 */
#ifndef P2PGATE_COMPAT_H
#define P2PGATE_COMPAT_H

#include <linux/dma-map-ops.h>
#include <linux/ftrace.h>
#include <linux/pci-p2pdma.h>
#include <linux/ptrace.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)
#error "p2pgate needs Linux 6.0: older kernels decide inside the callers of pci_p2pdma_map_sg()"
#endif

/*
 * GATE_HOOKS(row): row(symbol, uapi bit, question, answer if refused, answer if
 * promoted), one for every function that must be hooked for a refusal to hold.
 * drivers/pci/p2pdma.c of the release is the authority:
 *   6.0 to 6.15   dma-direct and dma-iommu ask pci_p2pdma_map_segment()
 *   6.16 to 6.18  they and the block layer ask __pci_p2pdma_update_state()
 *   6.19 on       dma_buf_phys_vec_to_sgt() asks pci_p2pdma_map_type() itself;
 *                 the compiler may have inlined that one into the former
 */
#define GATE_HOOK_DISTANCE(row) \
	row(pci_p2pdma_distance_many, P2PGATE_HOOK_DISTANCE, \
	    ask_distance, refuse_distance, promote_distance)

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define GATE_HAS_MAP_SEGMENT 1
#define GATE_HOOKS(row) \
	GATE_HOOK_DISTANCE(row) \
	row(pci_p2pdma_map_segment, P2PGATE_HOOK_MAP_SEGMENT, \
	    ask_map_segment, refuse_map_segment, promote_map_segment)
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define GATE_HAS_UPDATE_STATE 1
#define GATE_HOOKS(row) \
	GATE_HOOK_DISTANCE(row) \
	row(__pci_p2pdma_update_state, P2PGATE_HOOK_UPDATE_STATE, \
	    ask_update_state, refuse_update_state, promote_update_state)
#else
#define GATE_HAS_UPDATE_STATE 1
#define GATE_HAS_MAP_TYPE 1
#define GATE_HOOKS(row) \
	GATE_HOOK_DISTANCE(row) \
	row(__pci_p2pdma_update_state, P2PGATE_HOOK_UPDATE_STATE, \
	    ask_update_state, refuse_update_state, promote_update_state) \
	row(pci_p2pdma_map_type, P2PGATE_HOOK_MAP_TYPE, \
	    ask_map_type, refuse_map_type, promote_map_type)
#endif

/*
 * x86 saves the arguments at function entry in every supported release; the
 * accessors came in 6.2 and 6.3, and with them arm64.
 */
#ifndef ftrace_regs_get_argument
#define ftrace_regs_get_argument(fregs, n) \
	regs_get_kernel_argument(&(fregs)->regs, n)
#endif

#ifndef ftrace_regs_set_instruction_pointer
#define ftrace_regs_set_instruction_pointer(fregs, ip) \
	ftrace_instruction_pointer_set(fregs, ip)
#endif

#if IS_ENABLED(CONFIG_PCI_P2PDMA) && IS_ENABLED(CONFIG_KPROBES) && \
	IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define GATE_SUPPORTED 1
#endif

#endif /* P2PGATE_COMPAT_H */

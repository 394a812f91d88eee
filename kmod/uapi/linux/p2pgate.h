/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The interface of /dev/p2pgate: which pairs of PCI functions may do
 * peer-to-peer DMA. See p2pgate(4).
 *
 * Every command takes a pointer to a structure that starts with its own size.
 * A structure may grow at its end: if the caller is older than the module and
 * sends a shorter one, the module takes the rest as zero; if the caller is newer,
 * it gets -E2BIG unless all that the module does not know is zero. A structure
 * shorter than its first version (P2PGATE_*_V1) is -EINVAL. Fields named
 * reserved, and fields marked "out" where so stated, must be zero on entry. The
 * layout is the same for 32-bit and 64-bit callers; pointers are passed as 64-bit
 * numbers.
 *
 * The number of a command contains its direction and the size of the structure
 * in the header that the caller was built with, for tools that decode system
 * calls. The module ignores that size and uses the one in the first field, so the
 * command stays the same when the structure grows.
 *
 * Errors that any command can return: EFAULT, a bad pointer; EINVAL, a bad size,
 * an unknown flag or a reserved field that is not zero; E2BIG, see above; ENOTTY,
 * no such command; ENOMEM.
 */
#ifndef _UAPI_LINUX_P2PGATE_H
#define _UAPI_LINUX_P2PGATE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define P2PGATE_DEVICE		"/dev/p2pgate"

/* Incremented when something here changes its meaning, but not when a structure grows. */
#define P2PGATE_ABI		1

#define P2PGATE_MAX_FUNCTIONS	65536
#define P2PGATE_MAX_PAIRS	4194304
#define P2PGATE_TAG_SIZE	32

enum p2pgate_mode {
	P2PGATE_OFF = 0,	/* every call passes untouched */
	P2PGATE_OBSERVE = 1,	/* every call passes; what enforce would do is counted and traced */
	P2PGATE_ENFORCE = 2,	/* a pair that is not on the list is refused */
};

/*
 * Why a call passed or was refused. Each has a counter; the tracepoint shows all
 * but P2PGATE_RECURSION.
 */
enum p2pgate_reason {
	P2PGATE_LISTED = 0,		/* passed: the pair is on the list */
	P2PGATE_SELF = 1,		/* passed: provider and client are one function */
	P2PGATE_PROMOTED = 2,		/* passed: through the host bridge, by P2PGATE_PAIR_PROMOTE */
	P2PGATE_NOT_LISTED = 3,		/* refused: the pair is not on the list */
	P2PGATE_NOT_PCI = 4,		/* refused: the client has no PCI function above it */
	P2PGATE_NO_PROVIDER = 5,	/* refused: the memory does not lie wholly in one known BAR */
	P2PGATE_RECURSION = 6,		/* refused: the hook may not run there (recursion, or no RCU) */
	P2PGATE_REASONS = 8,		/* room in struct p2pgate_count, not a reason */
};

/* Where the kernel decides, or maps without a check. Bits of p2pgate_info.hooks. */
#define P2PGATE_HOOK_DISTANCE		(1u << 0) /* pci_p2pdma_distance_many() */
#define P2PGATE_HOOK_MAP_SEGMENT	(1u << 1) /* pci_p2pdma_map_segment(), 6.0 to 6.15 */
#define P2PGATE_HOOK_UPDATE_STATE	(1u << 2) /* __pci_p2pdma_update_state(), 6.16 on */
#define P2PGATE_HOOK_MAP_TYPE		(1u << 3) /* pci_p2pdma_map_type(), 6.19 on */
#define P2PGATE_HOOK_RESOURCE		(1u << 4) /* dma_map_resource() */
#define P2PGATE_HOOK_REQUEST		(1u << 5) /* blk_rq_dma_map_iter_start(), 6.17 on */
#define P2PGATE_HOOK_METADATA		(1u << 6) /* blk_rq_integrity_dma_map_iter_start(), 6.18 on */
#define P2PGATE_HOOK_MAP_SG		(1u << 7) /* iommu_dma_map_sg(), for an untrusted device */

/* Calls decided, by reason. The sum of per-CPU counters, not an atomic snapshot. */
struct p2pgate_count {
	__aligned_u64 by_reason[P2PGATE_REASONS];
};

/**
 * struct p2pgate_info - P2PGATE_INFO: state and counters of the gate
 * @size: sizeof(struct p2pgate_info)
 * @abi: out: P2PGATE_ABI of the module
 * @generation: out: advances on every SET and whenever a PCI function is added or
 *	removed. Never goes back; starts at 1 when the module is loaded
 * @mode: out: enum p2pgate_mode
 * @flags: out: P2PGATE_INFO_*
 * @hooks: out: the hooks in place, P2PGATE_HOOK_*; 0 if ftrace has been shut down
 *	(ftrace_kill()) or no longer calls them: then nothing is sure to be refused,
 *	whatever @mode is
 * @nr_functions: out: functions of the list that are still there
 * @nr_pairs: out: pairs of the list whose functions are both still there
 * @nr_dropped: out: pairs of the list lost to functions that went away
 * @nr_ranges: out: BAR ranges known to the map-time hooks
 * @log_lost: out: newly refused pairs not logged because the table was full
 * @tag: out: the tag of the last SET
 * @observed_distance: out: calls decided in observe, at distance
 * @observed_map: out: calls decided in observe, at DMA map time
 * @enforced_distance: out: calls decided in enforce, at distance
 * @enforced_map: out: calls decided in enforce, at DMA map time
 *
 * Needs no more than permission to open the device. Also marks the state as seen
 * for poll(2): POLLIN | POLLRDNORM is set while @generation is not the one that
 * this open file last got from INFO (a new file has seen none).
 */
struct p2pgate_info {
	__u32 size;
	__u32 abi;
	__aligned_u64 generation;
	__u32 mode;
	__u32 flags;
	__u32 hooks;
	__u32 nr_functions;
	__u32 nr_pairs;
	__u32 nr_dropped;
	__u32 nr_ranges;
	__u32 log_lost;
	__u8 tag[P2PGATE_TAG_SIZE];
	struct p2pgate_count observed_distance;
	struct p2pgate_count observed_map;
	struct p2pgate_count enforced_distance;
	struct p2pgate_count enforced_map;
};

#define P2PGATE_INFO_V1		336
#define P2PGATE_INFO_PROMOTE	(1u << 0) /* loaded with promote=1 */
#define P2PGATE_INFO_HELD	(1u << 1) /* enforce holds the module: rmmod is refused */

/**
 * struct p2pgate_function - one PCI function as the caller saw it
 * @domain: PCI domain (32 bits: VMD domains start at 0x10000)
 * @bus: bus number
 * @devfn: device << 3 | function
 * @reserved: zero
 * @vendor: vendor ID (sysfs vendor)
 * @device: device ID (sysfs device)
 * @subsystem_vendor: sysfs subsystem_vendor
 * @subsystem_device: sysfs subsystem_device
 * @class_code: 24-bit class code, as in sysfs class; bits 31:24 zero
 * @flags: zero for SET; P2PGATE_FUNCTION_* from GET
 */
struct p2pgate_function {
	__u32 domain;
	__u8 bus;
	__u8 devfn;
	__u16 reserved;
	__u16 vendor;
	__u16 device;
	__u16 subsystem_vendor;
	__u16 subsystem_device;
	__u32 class_code;
	__u32 flags;
};

#define P2PGATE_FUNCTION_GONE	(1u << 0) /* went away since SET; its pairs went with it */

/**
 * struct p2pgate_pair - one ordered pair that is let through
 * @provider: index, in the table of functions, of the owner of the memory
 * @client: index of the function that issues the DMA
 * @flags: P2PGATE_PAIR_*
 */
struct p2pgate_pair {
	__u32 provider;
	__u32 client;
	__u32 flags;
};

/*
 * Let the pair through the host bridge although the kernel refuses it because
 * that host bridge is not on its whitelist. EPERM unless the module was loaded
 * with promote=1. The flag does not affect a pair that the kernel allows itself.
 */
#define P2PGATE_PAIR_PROMOTE	(1u << 0)
/* From GET: the promotion is in effect (the kernel did refuse the pair at SET). */
#define P2PGATE_PAIR_PROMOTED	(1u << 1)

/**
 * struct p2pgate_set - P2PGATE_SET: replace mode and list, both at once
 * @size: sizeof(struct p2pgate_set)
 * @mode: enum p2pgate_mode
 * @generation: the generation that INFO gave before the caller read the machine
 *	state that this list was made from. Out: the new generation on success,
 *	the current one on ESTALE
 * @functions: address of @nr_functions struct p2pgate_function, strictly
 *	ascending by domain, bus, devfn
 * @pairs: address of @nr_pairs struct p2pgate_pair, strictly ascending by
 *	provider, client; provider and client differ (a function always reaches
 *	its own memory)
 * @nr_functions: at most P2PGATE_MAX_FUNCTIONS
 * @nr_pairs: at most P2PGATE_MAX_PAIRS
 * @flags: zero
 * @bad: zero. Out, on ENODEV, and on EINVAL or EPERM caused by a table: the
 *	index of the offending function, or @nr_functions + that of the pair
 * @tag: any bytes, such as a digest of the policy; INFO and GET return them
 *
 * Needs CAP_SYS_ADMIN in the initial user namespace (else EPERM) and a file
 * opened for writing (else EBADF). Once it returns 0, no call is still being
 * decided by the old list. On any error the old mode and list stay in force.
 * ESTALE: a list was set, or a function added or removed, since @generation.
 * ENODEV: a function is not there, or does not match its description. EINTR: a
 * fatal signal arrived before the list was in force.
 * A failure to write @generation or @bad back is not reported.
 */
struct p2pgate_set {
	__u32 size;
	__u32 mode;
	__aligned_u64 generation;
	__aligned_u64 functions;
	__aligned_u64 pairs;
	__u32 nr_functions;
	__u32 nr_pairs;
	__u32 flags;
	__u32 bad;
	__u8 tag[P2PGATE_TAG_SIZE];
};

#define P2PGATE_SET_V1		80

/**
 * struct p2pgate_get - P2PGATE_GET: the mode and the list in force
 * @size: sizeof(struct p2pgate_get)
 * @mode: out: enum p2pgate_mode
 * @generation: out
 * @functions: address of room for @nr_functions struct p2pgate_function
 * @pairs: address of room for @nr_pairs struct p2pgate_pair
 * @nr_functions: in: room; out: functions of the list, gone ones included
 * @nr_pairs: in: room; out: pairs written. Pairs of gone functions are left out
 * @flags: zero
 * @reserved: zero
 * @tag: out
 *
 * Needs no more than permission to open the device. ENOSPC if the room is too
 * small; both counts are then set to what is needed, so a call with 0 and 0
 * returns the sizes.
 */
struct p2pgate_get {
	__u32 size;
	__u32 mode;
	__aligned_u64 generation;
	__aligned_u64 functions;
	__aligned_u64 pairs;
	__u32 nr_functions;
	__u32 nr_pairs;
	__u32 flags;
	__u32 reserved;
	__u8 tag[P2PGATE_TAG_SIZE];
};

#define P2PGATE_GET_V1		80

/* The address of a PCI function. */
struct p2pgate_address {
	__u32 domain;
	__u8 bus;
	__u8 devfn;
	__u16 reserved;
};

/**
 * struct p2pgate_distance - P2PGATE_DISTANCE: ask the kernel about one pair, now
 * @size: sizeof(struct p2pgate_distance)
 * @flags: zero
 * @provider: the owner of the memory
 * @client: the function that would issue the DMA
 * @ungated: out: pci_p2pdma_distance_many() as if the gate were not there; -1
 *	is the kernel's no
 * @gated: out: the result of the same call for any driver now; counted, traced
 *	and logged like any other call
 * @reason: out: enum p2pgate_reason for the pair under the list in force,
 *	whatever the mode
 * @reserved: zero
 * @generation: out
 *
 * Needs CAP_SYS_ADMIN in the initial user namespace (else EPERM), because the
 * call has side effects. The kernel computes the map type again and, if the
 * provider has p2pdma state, overwrites the cached one that DMA mapping uses (the
 * gate decides again at map time, so this lets nothing through). If ACS redirects
 * the pair and its host bridge is not on the whitelist, kernels from 5.15 on also
 * log "Host bridge not in P2PDMA whitelist". ENODEV: no such function.
 */
struct p2pgate_distance {
	__u32 size;
	__u32 flags;
	struct p2pgate_address provider;
	struct p2pgate_address client;
	__s32 ungated;
	__s32 gated;
	__u32 reason;
	__u32 reserved;
	__aligned_u64 generation;
};

#define P2PGATE_DISTANCE_V1	48

#define P2PGATE_IOC		0xb9
#define P2PGATE_INFO		_IOWR(P2PGATE_IOC, 0x01, struct p2pgate_info)
#define P2PGATE_SET		_IOWR(P2PGATE_IOC, 0x02, struct p2pgate_set)
#define P2PGATE_GET		_IOWR(P2PGATE_IOC, 0x03, struct p2pgate_get)
#define P2PGATE_DISTANCE	_IOWR(P2PGATE_IOC, 0x04, struct p2pgate_distance)

/*
 * When a function that is on the list goes away, the device sends a "change"
 * uevent with these properties:
 *	P2PGATE_EVENT=dropped
 *	P2PGATE_FUNCTION=0000:3b:00.0
 *	P2PGATE_PAIRS=12		pairs that went with it
 *	P2PGATE_GENERATION=34
 * and on every SET one with P2PGATE_EVENT=set, P2PGATE_MODE=off|observe|enforce
 * and P2PGATE_GENERATION.
 */

#endif /* _UAPI_LINUX_P2PGATE_H */

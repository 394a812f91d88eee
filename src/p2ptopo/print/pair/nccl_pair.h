/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How NCCL treats a pair.  It sees a tree of NUMA nodes, bridges, GPUs and NICs, assigns a type to the path
 * between two of them, and decides only by that type whether data may go from peer to peer.  This is what
 * NCCL 2.30 does if none of its environment variables are set: src/graph/topo.cc and paths.cc.  GPUs of other
 * vendors have libraries with rules of their own, but the same tree.
 */
#ifndef P2PTOPO_NCCL_PAIR_H
#define P2PTOPO_NCCL_PAIR_H

#include "app.h"

/** enum nccl_type - its path types, closest first; those that cannot be determined from registers are left out. */
enum nccl_type {
	NCCL_UNKNOWN,
	NCCL_NONE,		/* NCCL has no path between such devices */
	NCCL_LOC,		/* the same device */
	NCCL_NVL,		/* NVLink, or xGMI for RCCL */
	NCCL_PIX,		/* one bridge of NCCL's tree in between */
	NCCL_PXB,		/* several */
	NCCL_P2C,		/* from a GPU by C2C to its CPU, to which the NIC is attached */
	NCCL_PXN,		/* from a GPU by NVLink to another one, which is near the NIC */
	NCCL_PHB,		/* through a CPU */
	NCCL_SYS,		/* through several */
	NCCL_TYPES
};

/** enum nccl_differs - how the outcome expected here differs from what NCCL assumes. */
enum nccl_differs {
	NCCL_AGREES,
	NCCL_NOT_DELIVERED,	/* it goes from peer to peer, and the data do not arrive */
	NCCL_BY_ROOT,		/* it relies on a switch, but the data go through the root complex */
	NCCL_UNUSED,		/* it does not go from peer to peer, although data would arrive */
	NCCL_NOT_KNOWN,
	NCCL_DIFFERENCES
};

/**
 * struct nccl_pair - its answer for an ordered pair.
 * @uses: whether it would let the client access the provider's memory directly
 * @differs: always NCCL_AGREES if the provider is not an NVIDIA GPU: NCCL uses no other memory
 */
struct nccl_pair {
	enum nccl_type type;
	enum p2p_tri uses;
	enum nccl_differs differs;
};

/** nccl_pair_find() - how it treats @verdict, of app->topology. */
void nccl_pair_find(const struct app *app, const struct p2p_verdict *verdict, struct nccl_pair *ret_pair);

/** nccl_type_name() - "PIX"; "-" for NCCL_NONE, "?" for NCCL_UNKNOWN. */
const char *nccl_type_name(enum nccl_type type);

/** nccl_differs_name() - "not_delivered"; NULL for NCCL_AGREES. */
const char *nccl_differs_name(enum nccl_differs differs);

/** nccl_above() - the bridge above @function in its tree, which contains every second one; NULL if a CPU is above. */
const struct p2p_function *nccl_above(const struct p2p_function *function);

/** nccl_node() - the NUMA node of the CPU to which @function is attached, if nccl_above() returns NULL. */
struct p2p_number nccl_node(const struct p2p_function *function);

/** nccl_has() - is @function a device in its tree, a GPU or a NIC? */
bool nccl_has(const struct p2p_function *function);

#endif

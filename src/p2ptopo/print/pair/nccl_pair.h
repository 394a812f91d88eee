/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What NCCL makes of a pair.  It sees a tree of NUMA nodes, bridges, GPUs and NICs, calls the way between
 * two of them by a type, and decides by the type alone whether data may go from peer to peer.  What is
 * said here is what NCCL 2.30 does without any of its variables: src/graph/topo.cc and paths.cc.  GPUs of
 * other vendors have libraries with rules of their own; the tree is the same there.
 */
#ifndef P2PTOPO_NCCL_PAIR_H
#define P2PTOPO_NCCL_PAIR_H

#include "app.h"

/** enum nccl_type - its path types, the nearest first; those that no register tells of are left out. */
enum nccl_type {
	NCCL_UNKNOWN,
	NCCL_NONE,		/* it has no path between such devices */
	NCCL_LOC,		/* the same device */
	NCCL_NVL,		/* NVLink, or xGMI for RCCL */
	NCCL_PIX,		/* one bridge of its tree in between */
	NCCL_PXB,		/* several */
	NCCL_P2C,		/* from a GPU by C2C to its CPU, which the NIC hangs on */
	NCCL_PXN,		/* from a GPU by NVLink to another, which is near the NIC */
	NCCL_PHB,		/* through a CPU */
	NCCL_SYS,		/* through several */
	NCCL_TYPES
};

/** enum nccl_differs - where what is expected here is not what NCCL takes for granted. */
enum nccl_differs {
	NCCL_AGREES,
	NCCL_NOT_DELIVERED,	/* it goes from peer to peer, and that does not arrive */
	NCCL_BY_ROOT,		/* it counts on a switch, and data go through the root complex */
	NCCL_UNUSED,		/* it does not, where data would arrive */
	NCCL_NOT_KNOWN,
	NCCL_DIFFERENCES
};

/**
 * struct nccl_pair - its answer for an ordered pair.
 * @uses: would it let the client reach the provider's memory directly?
 * @differs: always NCCL_AGREES when the provider is no GPU of NVIDIA: NCCL asks for no other memory
 */
struct nccl_pair {
	enum nccl_type type;
	enum p2p_tri uses;
	enum nccl_differs differs;
};

/** nccl_pair_find() - what it makes of @verdict, of app->topology. */
void nccl_pair_find(const struct app *app, const struct p2p_verdict *verdict, struct nccl_pair *ret_pair);

/** nccl_type_name() - "PIX"; "-" for NCCL_NONE, "?" for NCCL_UNKNOWN. */
const char *nccl_type_name(enum nccl_type type);

/** nccl_differs_name() - "not_delivered"; NULL for NCCL_AGREES. */
const char *nccl_differs_name(enum nccl_differs differs);

/** nccl_above() - the bridge above @function in its tree, which has each second one; NULL a CPU is. */
const struct p2p_function *nccl_above(const struct p2p_function *function);

/** nccl_node() - the NUMA node whose CPU @function hangs on, when nccl_above() says that one does. */
struct p2p_number nccl_node(const struct p2p_function *function);

/** nccl_has() - is @function a device of its tree, a GPU or a NIC? */
bool nccl_has(const struct p2p_function *function);

#endif

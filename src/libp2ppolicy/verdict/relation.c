/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How two functions are related, in the terms of nvidia-smi topo. */
#include "verdict/eval.h"

/* Within one switch: each side reaches its upstream port in two steps. */
#define ONE_SWITCH_HOPS 4u

enum p2p_relation p2p_relation_of_common(unsigned int hops)
{
	if (!hops)
		return P2P_RELATION_X;
	return hops <= ONE_SWITCH_HOPS ? P2P_RELATION_PIX : P2P_RELATION_PXB;
}

enum p2p_relation p2p_relation_of_nodes(const struct p2p_eval *eval,
					const struct p2p_number *a, const struct p2p_number *b)
{
	if (eval->several_nodes == P2P_NO)
		return P2P_RELATION_NODE;
	/* numa_node is -1 if the firmware specifies none: that is not a node. */
	if (a->fact != P2P_PRESENT || b->fact != P2P_PRESENT || a->value < 0 || b->value < 0)
		return P2P_RELATION_UNKNOWN;
	return a->value == b->value ? P2P_RELATION_NODE : P2P_RELATION_SYS;
}

enum p2p_relation p2p_relation_evaluate(const struct p2p_eval *eval, const struct p2p_walk *walk)
{
	if (walk->common)
		return p2p_relation_of_common(walk->hops);
	if (walk->lost)
		return P2P_RELATION_UNKNOWN;
	if (walk->provider->host == walk->client->host)
		return P2P_RELATION_PHB;
	return p2p_relation_of_nodes(eval, &walk->provider->numa, &walk->client->numa);
}

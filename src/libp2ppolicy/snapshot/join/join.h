/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Several pieces of one machine become one snapshot.  Facts are joined by address.  What one piece
 * does not know another may; a register beats text; what two contradict each other about is
 * unknown.
 */
#ifndef P2P_SNAPSHOT_JOIN_H
#define P2P_SNAPSHOT_JOIN_H

#include "snapshot/inside.h"

/** Most contradictions that are kept to be told; beyond these they still make facts unknown. */
#define P2P_CONFLICTS_MOST	1000u

/**
 * struct p2p_side - what one piece says of a function.
 * @name: of the file
 */
struct p2p_side {
	const struct p2p_raw *raw;
	const char *name;
};

/**
 * p2p_join() - make one machine of the parts of @snapshot.
 * Return: 0; -EBADMSG they are of different machines, or one is a document that cannot be joined;
 *	-ENOMEM.
 */
int p2p_join(struct p2p_context *context, struct p2p_snapshot *snapshot);

/**
 * p2p_join_conflict() - note that two pieces contradict each other.
 * @raw: the function; NULL it is of the machine
 * @what: kept as it is
 */
void p2p_join_conflict(struct p2p_snapshot *snapshot, const struct p2p_raw *raw, const char *what,
		       struct p2p_where first, struct p2p_where second, bool settled);

/**
 * p2p_join_config() - configuration space of one function from several pieces.
 * @sides: @count of them
 * @ret_config: in the arena of @snapshot
 */
void p2p_join_config(struct p2p_snapshot *snapshot, const struct p2p_side *sides, size_t count,
		     struct p2p_config *ret_config);

/** p2p_join_attrs() - its files, into @raw. */
void p2p_join_attrs(struct p2p_snapshot *snapshot, const struct p2p_side *sides, size_t count,
		    struct p2p_raw *raw);

/**
 * p2p_join_identity() - are all pieces of one function?
 * @ret_first, @ret_second: two that are not
 * Return: NULL, or the fact in which they differ.
 */
const char *p2p_join_identity(const struct p2p_side *sides, size_t count,
			      const struct p2p_side **ret_first,
			      const struct p2p_side **ret_second);

#endif

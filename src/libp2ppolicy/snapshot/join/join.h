/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Joins several pieces of one machine to one snapshot, by the addresses of functions.  One piece may know
 * what another does not; a register beats text; a fact on which two pieces contradict each other is unknown.
 */
#ifndef P2P_SNAPSHOT_JOIN_H
#define P2P_SNAPSHOT_JOIN_H

#include "snapshot/inside.h"

/**
 * struct p2p_side - what one piece says about a function.
 * @name: name of the file
 */
struct p2p_side {
	const struct p2p_raw *raw;
	const char *name;
};

/**
 * p2p_join() - join the parts of @snapshot to one machine.
 * Return: 0; -EBADMSG if they are of different machines, or one is a document that cannot be joined; -ENOMEM.
 */
int p2p_join(struct p2p_context *context, struct p2p_snapshot *snapshot);

/**
 * p2p_join_conflict() - note that two pieces contradict each other.
 * @raw: the function; NULL if it is about the machine
 * @what: borrowed
 */
void p2p_join_conflict(struct p2p_snapshot *snapshot, const struct p2p_raw *raw, const char *what,
		       struct p2p_where first, struct p2p_where second, bool settled);

/** p2p_join_same() - do two versions of the file of the machine at @path say the same? */
bool p2p_join_same(const char *path, const struct p2p_file *left, const struct p2p_file *right);

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
 * @ret_first, @ret_second: two pieces that are not
 * Return: NULL, or the fact in which they differ.
 */
const char *p2p_join_identity(const struct p2p_side *sides, size_t count,
			      const struct p2p_side **ret_first,
			      const struct p2p_side **ret_second);

#endif

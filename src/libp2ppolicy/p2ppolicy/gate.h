/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The gate: the library's side of the kernel module p2pgate, see p2pgate(4).
 *
 * To make sure that a list fits the machine it is pushed to, call p2p_gate_open() and
 * p2p_gate_info() first and load the snapshot after that.  The push carries the generation that
 * info gave; if the machine or the list has changed since, the kernel refuses it as stale.
 */
#ifndef P2PPOLICY_GATE_H
#define P2PPOLICY_GATE_H

#include <p2ppolicy/policy.h>

#define P2P_GATE_MODES 3

/** Why the gate decided as it did; the order of enum p2pgate_reason. */
#define P2P_GATE_REASONS 7

/** p2p_gate_reason_name() - "listed", "self", ...; NULL past P2P_GATE_REASONS. */
const char *p2p_gate_reason_name(unsigned int reason);

/** p2p_gate_reason_refuses() - is a call with this reason refused? */
bool p2p_gate_reason_refuses(unsigned int reason);

/** struct p2p_gate_counts - calls decided, by reason. */
struct p2p_gate_counts {
	uint64_t by_reason[P2P_GATE_REASONS];
};

/** How many kernel functions a gate can hook: the number of bits P2PGATE_HOOK_* in the uapi. */
#define P2P_GATE_HOOKS 8

/**
 * struct p2p_gate_info - the state of the gate.
 * @generation: advances on every push and on every function added or removed
 * @enforced: the mode is enforce, and the hooks that carry it out are in place
 * @hooks: names of the kernel functions that are hooked, NULL-terminated; none if the kernel has
 *	shut ftrace down since the module was loaded
 * @functions, @pairs: on the list and still there; @dropped: pairs lost to functions that went away
 * @promotion: loaded with promote=1: lists may let pairs through that the kernel refuses
 * @held: enforce keeps the module loaded
 * @tag: the tag of the last push, in hexadecimal digits
 */
struct p2p_gate_info {
	uint64_t generation;
	enum p2p_gate_mode mode;
	const char *hooks[P2P_GATE_HOOKS + 1];
	unsigned int functions, pairs, dropped, ranges, log_lost;
	bool enforced, promotion, held;
	char tag[65];
	struct p2p_gate_counts observed_distance, observed_map, enforced_distance, enforced_map;
};

/** p2p_gate_info() - ask for the state.  Return: 0 or a negative errno. */
int p2p_gate_info(struct p2p_context *context, struct p2p_gate *gate,
		  struct p2p_gate_info *ret_info);

/**
 * p2p_gate_push() - replace mode and list, both at once.
 * @list: made from a snapshot of this running machine; NULL: no pairs
 * @generation: as p2p_gate_info() gave it before that snapshot was loaded
 * @tag: 32 bytes that the gate keeps with the list (a digest of the policy); NULL zeros
 * @ret_generation: the new generation; may be NULL
 *
 * Return: 0; -EXDEV @list was made from a capture; -ESTALE the list or the machine changed since
 *	@generation; -ENODEV a function of @list is another one now; -EPERM not root;
 *	-E2BIG more pairs than the gate takes.  On failure the old list stays in force.
 */
int p2p_gate_push(struct p2p_context *context, struct p2p_gate *gate,
		  enum p2p_gate_mode mode, const struct p2p_allow_list *list,
		  uint64_t generation, const uint8_t *tag, uint64_t *ret_generation);

/** struct p2p_gate_pair - one pair of the list in force. */
struct p2p_gate_pair {
	struct p2p_bdf provider, client;
	bool promoted;
};

/**
 * p2p_gate_list() - the list in force.
 * @ret_pairs: sorted by provider, then client; owned by the caller, free()
 * Return: 0 or a negative errno.
 */
int p2p_gate_list(struct p2p_context *context, struct p2p_gate *gate,
		  struct p2p_gate_pair **ret_pairs, size_t *ret_count);

/**
 * struct p2p_gate_distance - the kernel's own answer for one pair, now.
 * @ungated: pci_p2pdma_distance_many() as if there were no gate, -1 refused
 * @gated: as a driver sees it; @reason: why, whatever the mode
 */
struct p2p_gate_distance {
	int ungated, gated;
	unsigned int reason;
	uint64_t generation;
};

/**
 * p2p_gate_distance() - ask the kernel.  It computes the map type again and may log a line;
 *	see p2pgate(4).
 * Return: 0; -EPERM not root; -ENODEV no such function; another negative errno.
 */
int p2p_gate_distance(struct p2p_context *context, struct p2p_gate *gate,
		      struct p2p_bdf provider, struct p2p_bdf client,
		      struct p2p_gate_distance *ret_distance);

#endif

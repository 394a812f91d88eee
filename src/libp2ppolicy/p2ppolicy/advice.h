/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Advice: the smallest change that makes ordered pairs possible or direct, what it costs, and
 * what would help where no register does.
 *
 * The effect is not assumed but evaluated: the change is made to a topology (p2p_topology_change()),
 * every pair is evaluated again there, and a bit that no goal needs is left out.
 */
#ifndef P2PPOLICY_ADVICE_H
#define P2PPOLICY_ADVICE_H

#include <p2ppolicy/cmdline.h>
#include <p2ppolicy/policy.h>
#include <p2ppolicy/score.h>

/**
 * enum p2p_goal - the goal for a pair.
 * @P2P_GOAL_POSSIBLE: the kernel permits it, on any path
 * @P2P_GOAL_DIRECT: and through the switch: map type bus_addr, and no port redirects or blocks
 *	its requests or completions.  A pair without a common bridge can only become possible, and one whose
 *	drivers do not ask p2pdma is left alone where it meets P2P_GOAL_GPUDIRECT.
 * @P2P_GOAL_GPUDIRECT: the switches route requests and completions directly, whatever p2pdma says,
 *	because NVIDIA's driver does not ask it; and ACS is as NVIDIA demands if it has its own rule
 */
enum p2p_goal { P2P_GOAL_POSSIBLE, P2P_GOAL_DIRECT, P2P_GOAL_GPUDIRECT };

/** p2p_goal_met() - does the pair meet the goal? */
bool p2p_goal_met(enum p2p_goal goal, const struct p2p_verdict *verdict);

/** struct p2p_pair - an ordered pair; both of one topology. */
struct p2p_pair {
	const struct p2p_function *provider, *client;
};

/**
 * enum p2p_advice_state - what advice there is for a pair.
 * @P2P_ADVICE_FINE: it meets the goal
 * @P2P_ADVICE_REGISTERS: it meets the goal once the registers are changed
 * @P2P_ADVICE_REMEDIES: no register helps; one of the remedies is sure to (see
 *	struct p2p_remedy @sure)
 * @P2P_ADVICE_NONE: nothing is known that is sure to help
 */
enum p2p_advice_state {
	P2P_ADVICE_FINE,
	P2P_ADVICE_REGISTERS,
	P2P_ADVICE_REMEDIES,
	P2P_ADVICE_NONE,
	P2P_ADVICE_STATES
};

/** p2p_advice_state_name() - "fine", "registers", "remedies", "none". */
const char *p2p_advice_state_name(enum p2p_advice_state state);

/**
 * struct p2p_advised - one requested pair.
 * @before: the verdict on the machine as it is
 * @after: the verdict after the change of registers; its functions are those of
 *	p2p_advice_changed().  For a kernel without CONFIG_PCI_P2PDMA: of the same kernel with it.
 */
struct p2p_advised {
	struct p2p_pair pair;
	enum p2p_advice_state state;
	struct p2p_verdict before, after;
};

/**
 * struct p2p_reach - another ordered pair that the change opens: same provider, other client.
 * @permitted: the kernel permits it now and did not before
 * @direct: the switches let its requests through now and redirected or blocked them before, so
 *	that no IOMMU sees them
 */
struct p2p_reach {
	struct p2p_pair pair;
	bool permitted, direct;
};

/** enum p2p_remedy_kind - what would help where no register does. */
enum p2p_remedy_kind {
	P2P_REMEDY_READ,	/* some facts could not be read: run as root */
	P2P_REMEDY_CONFIG,	/* a kernel built with an option */
	P2P_REMEDY_KERNEL,	/* a kernel of a later release */
	P2P_REMEDY_WHITELIST,	/* a row in the kernel's list of host bridges */
	P2P_REMEDY_SLOT,	/* one of the two in another slot; for 64 pairs at most */
	P2P_REMEDY_SWAP,	/* one of the two exchanged with another device */
	P2P_REMEDY_IOMMU,	/* another IOMMU mode */
	P2P_REMEDY_MEMORY,	/* memory that the provider could offer but does not */
	P2P_REMEDY_BAR,		/* a larger BAR */
	P2P_REMEDY_DRIVER,	/* another driver */
	P2P_REMEDY_HOST,	/* in a guest: what to ask the owner of the host for */
	P2P_REMEDIES
};

/** p2p_remedy_name() - "read", "config", "kernel", "whitelist", "slot", ... */
const char *p2p_remedy_name(enum p2p_remedy_kind kind);

/**
 * struct p2p_remedy - one remedy.
 * @pair: NULL provider if it is about a device and not about a pair
 * @function: what it is about: the device to move, the host bridge's device, the provider
 * @place: the port to move it behind; NULL none
 * @other: the device to exchange it with; NULL none
 * @sure: it was evaluated and meets the goal; false if it may help or helps only partly
 * @map_type: what the kernel would then decide; P2P_MAP_UNKNOWN if that was not evaluated
 * @line: what to write or type: a row of pci_p2pdma_whitelist[], CONFIG_...=y; NULL nothing
 * @text: one sentence
 */
struct p2p_remedy {
	enum p2p_remedy_kind kind;
	struct p2p_pair pair;
	const struct p2p_function *function, *place, *other;
	bool sure;
	enum p2p_map_type map_type;
	const char *line, *text;
};

/**
 * struct p2p_growth - a BAR of a provider that could be larger.
 * @now_bytes, @most_bytes: in force, and the largest that Resizable BAR offers
 * @narrow: the bridge whose window is most short of room for @most_bytes; NULL if none is
 * @lacking_bytes: by how much
 * @window_fact: DENIED if a window on the way was not readable: it may lack room too
 */
struct p2p_growth {
	const struct p2p_function *function;
	unsigned int bar;
	uint64_t now_bytes, most_bytes, lacking_bytes;
	const struct p2p_function *narrow;
	enum p2p_fact window_fact;
};

struct p2p_advice;

/**
 * p2p_advice_new() - find advice for @count ordered pairs.
 * @topology: must outlive the advice; @pairs belong to it, and are copied
 * @kernel: name of a rule set, or "auto", as for p2p_eval_new()
 * @ret_advice: owned by the caller; free with p2p_advice_free()
 *
 * Return: 0; -EINVAL @kernel is not a rule set; -ENOMEM.
 */
int p2p_advice_new(struct p2p_context *context, const struct p2p_topology *topology,
		   const char *kernel, enum p2p_goal goal,
		   const struct p2p_pair *pairs, size_t count,
		   struct p2p_advice **ret_advice);

/** p2p_advice_free() - NULL is fine.  Return: NULL. */
struct p2p_advice *p2p_advice_free(struct p2p_advice *advice);

/** p2p_advice_pair() - the pair at @index, in the order given; NULL past the end. */
const struct p2p_advised *p2p_advice_pair(const struct p2p_advice *advice,
					  size_t index);

/** p2p_advice_score() - the speed of @advised, a pair of this advice, before and after the change of registers. */
void p2p_advice_score(const struct p2p_advice *advice, const struct p2p_advised *advised,
		      struct p2p_score *ret_before, struct p2p_score *ret_after);

/** p2p_advice_registers() - the registers to change, by BDF; *@ret_count of them, borrowed. */
const struct p2p_register *p2p_advice_registers(const struct p2p_advice *advice,
						size_t *ret_count);

/**
 * p2p_advice_changed() - the topology with the registers changed, functions in the same order;
 *	NULL if none is to be changed.  p2p_isolation_new() predicts its IOMMU groups.
 */
const struct p2p_topology *p2p_advice_changed(const struct p2p_advice *advice);

/** p2p_advice_reach() - other pairs that the change opens, by provider, then client; NULL past the end. */
const struct p2p_reach *p2p_advice_reach(const struct p2p_advice *advice,
					 size_t index);

/** p2p_advice_remedy() - the remedy at @index, in the order of the pairs; NULL past the end. */
const struct p2p_remedy *p2p_advice_remedy(const struct p2p_advice *advice,
					   size_t index);

/** p2p_advice_growth() - the BAR at @index that could be larger; NULL past the end. */
const struct p2p_growth *p2p_advice_growth(const struct p2p_advice *advice,
					   size_t index);

/**
 * p2p_register_make() - the change that sets ACS Control of a function to @control.
 * @function: its ACS is P2P_PRESENT
 */
struct p2p_register p2p_register_make(const struct p2p_function *function,
				      uint16_t control);

/** p2p_register_name() - as setpci takes it: "ECAP_ACS+0x6.w", "ECAP_ACS+0x8.l"; constant. */
const char *p2p_register_name(const struct p2p_register *change);

/**
 * p2p_register_setpci() - a setpci line that makes the change or undoes it, and touches only the bits
 *	that change.
 * @buffer: filled with at most @size bytes, the terminating zero included
 * Return: the length of the line, as snprintf().
 */
int p2p_register_setpci(const struct p2p_register *change, bool undo, char *buffer,
			size_t size);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The internals of advice, and the steps that fill it. */
#ifndef P2P_POLICY_ADVICE_H
#define P2P_POLICY_ADVICE_H

#include <p2ppolicy/advice.h>
#include <p2ppolicy/change.h>

#include "base/arena.h"

/**
 * struct p2p_advice
 * @kernel: as given, or the name of its rule set if the kernel lacks CONFIG_PCI_P2PDMA
 * @eval: the machine as it is, evaluated for @kernel
 * @first_eval: for a kernel without p2pdma the original evaluator, while @eval assumes a kernel that
 *	has it; else NULL
 * @changed, @changed_eval: NULL if no register is to be changed
 * @no_memory: an allocation failed; checked at the end
 */
struct p2p_advice {
	struct p2p_context *context;
	const struct p2p_topology *topology;
	const char *kernel;
	enum p2p_goal goal;
	struct p2p_eval *eval, *first_eval, *changed_eval;
	struct p2p_topology *changed;
	struct p2p_arena arena;
	struct p2p_advised *pairs;
	size_t pair_count;
	struct p2p_register *registers;
	size_t register_count;
	struct p2p_reach *reaches;
	size_t reach_count;
	struct p2p_remedy *remedies;
	size_t remedy_count;
	struct p2p_growth *growths;
	size_t growth_count;
	bool no_memory;
};

/** p2p_advice_eval() - evaluate a pair, in the topology of @eval, whose functions have the same indexes. */
void p2p_advice_eval(const struct p2p_eval *eval, const struct p2p_pair *pair,
		     struct p2p_verdict *ret_verdict);

/** p2p_advice_is_asked() - do the drivers of the pair ask p2pdma, as far as is known? */
bool p2p_advice_is_asked(const struct p2p_verdict *verdict);

/**
 * p2p_advice_registers_find() - fill @registers with the bits to change, as few as possible, and
 *	@changed with its evaluator.
 * Return: 0 or a negative errno.
 */
int p2p_advice_registers_find(struct p2p_advice *advice);

/** p2p_is_below() - is a function @port itself, or anywhere below it? */
bool p2p_is_below(const struct p2p_function *function, const struct p2p_function *port);

/** p2p_is_nvidia_gpu() - is the function known to be an NVIDIA GPU? */
bool p2p_is_nvidia_gpu(const struct p2p_function *function);

/** p2p_shape_fn - called for a port with the bits of ACS Control to set and to clear. */
typedef void p2p_shape_fn(void *userdata, const struct p2p_function *port, uint16_t set,
			  uint16_t clear);

/**
 * p2p_shape_each() - call @visit for each port of a pair for which a vendor demands particular ACS bits.
 * Return: false if no vendor has a rule for the pair.
 */
bool p2p_shape_each(const struct p2p_verdict *verdict, p2p_shape_fn *visit, void *userdata);

/** p2p_shape_met() - is ACS as such a rule demands it?  True if there is no rule. */
bool p2p_shape_met(const struct p2p_verdict *verdict);

/** p2p_advice_remedies_find() - fill @remedies for pairs that no register helps. */
int p2p_advice_remedies_find(struct p2p_advice *advice);

/** p2p_advice_moves_find() - the remedies that move a device elsewhere, for one pair. */
int p2p_advice_moves_find(struct p2p_advice *advice, const struct p2p_advised *advised);

/**
 * p2p_advice_translation_find() - the remedy for pairs whose drivers map peer memory themselves, if the
 *	client is in a domain that translates.
 * Return: 0 or a negative errno.
 */
int p2p_advice_translation_find(struct p2p_advice *advice);

/**
 * p2p_advice_host_decides() - is this a guest, and one of the pair a real device?  The ports above it are
 *	emulated: their registers and slots change what the guest's kernel says, but not where data go.
 */
bool p2p_advice_host_decides(const struct p2p_advice *advice, const struct p2p_pair *pair);

/** p2p_advice_host_find() - in a guest: what the host decides, and what to ask its owner for. */
void p2p_advice_host_find(struct p2p_advice *advice);

/** p2p_advice_growths_find() - fill @growths. */
void p2p_advice_growths_find(struct p2p_advice *advice);

/** p2p_advice_add() - add a copy of @remedy; its text is in the arena, or NULL for lack of memory. */
void p2p_advice_add(struct p2p_advice *advice, const struct p2p_remedy *remedy);

#endif

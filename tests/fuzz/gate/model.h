/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What p2pgate(4) says, stated a second time, without a hash, a tree or a search in it: the list in force, and in whose BAR
 * an address lies.
 */
#ifndef TESTS_FUZZ_GATE_MODEL_H
#define TESTS_FUZZ_GATE_MODEL_H

#include "machine.h"

#define MOST_PAIRS (PLACES * PLACES)

extern struct model {
	u32 mode, nr_functions, nr_pairs;
	u64 generation;
	bool hold;
	struct model_tables {
		struct p2pgate_function functions[PLACES];
		struct p2pgate_pair pairs[MOST_PAIRS];	/* with P2PGATE_PAIR_PROMOTED, as GET has it */
	} tables;
	struct pci_dev *devices[PLACES];	/* of tables.functions[]; NULL: gone */
	u8 tag[P2PGATE_TAG_SIZE];
	struct range {
		u64 start, end;
		struct pci_dev *dev;		/* NULL: gone */
	} ranges[PLACES * PCI_STD_NUM_BARS];	/* by start; of those with one start, the larger first */
	size_t nr_ranges;
	bool ranges_missing;
} model;

/* Why a question about the pair passes or not. */
enum p2pgate_reason model_judge(const struct pci_dev *provider, const struct pci_dev *client);
/* May this SET succeed?  If so, @ret_tables are its.  @copy: of kernel.user, before the call */
bool model_is_good(const struct p2pgate_set *set, bool may_write, const unsigned char *copy,
		   struct model_tables *ret_tables);
void model_set(const struct p2pgate_set *set, const struct model_tables *tables);
void model_forget(const struct pci_dev *dev);
/* Pairs of which both functions are there */
u32 model_live_pairs(void);
/* Holds what GET wrote, with @n pairs, against the list. */
void model_check_tables(const struct p2pgate_function *functions, const struct p2pgate_pair *pairs, u32 n);

/* ranges.c */
void model_forget_ranges(const struct pci_dev *dev);
/* The BARs of @dev are read again; @fail_alloc: counts down to the table that there is no memory for, 0: none. */
void model_read_ranges(struct pci_dev *dev, unsigned int fail_alloc);
/* Asks the gate, too. */
void model_check_owner(u64 start, u64 length);

#endif

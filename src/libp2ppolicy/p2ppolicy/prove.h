/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Proof: real bytes are moved from one device into the memory of another and compared word by word.
 *
 * The provider is an NVMe drive (or another device) with a p2pmem pool, the client a device with
 * a block device of its own.  The client's O_DIRECT reads write into the provider's memory, its
 * O_DIRECT writes read from it: drivers/pci/p2pdma.c, p2pmem_alloc_mmap(), Linux 6.2 and later.
 */
#ifndef P2PPOLICY_PROVE_H
#define P2PPOLICY_PROVE_H

#include <p2ppolicy/verdict.h>

/** enum p2p_outcome - the outcome of a transfer. */
enum p2p_outcome {
	P2P_OUTCOME_NOT_TRIED,
	P2P_OUTCOME_REFUSED,	/* the kernel refused it; not a byte moved */
	P2P_OUTCOME_WRONG,	/* bytes differ, it was short, or it was refused and moved bytes */
	P2P_OUTCOME_EQUAL,	/* every byte arrived */
};

/**
 * enum p2p_damage - what the wrong bytes look like, as a hint to the cause.
 * @P2P_DAMAGE_DROPPED: the destination still holds what it held before
 * @P2P_DAMAGE_ONES: all ones, as returned by a read that nobody answers
 * @P2P_DAMAGE_SWAPPED: words of this transfer in other places
 * @P2P_DAMAGE_OTHER: none of these
 * @P2P_DAMAGE_SPILLED: bytes beside the destination changed
 */
enum p2p_damage {
	P2P_DAMAGE_NONE,
	P2P_DAMAGE_DROPPED,
	P2P_DAMAGE_ONES,
	P2P_DAMAGE_SWAPPED,
	P2P_DAMAGE_OTHER,
	P2P_DAMAGE_SPILLED,
};

/**
 * struct p2p_transfer - all transfers in one direction together.
 * @error: the errno of the refusal, else 0
 * @transfers: number of transfers compared; @bytes: number of bytes compared
 * @bad_offset, @bad_bytes: for the first transfer that came out wrong: byte offset of the first
 *	wrong word, and the length of that transfer
 * @bytes_per_s: measured with the largest transfer; 0 not measured
 */
struct p2p_transfer {
	enum p2p_outcome outcome;
	enum p2p_damage damage;
	int error;
	unsigned int transfers;
	uint64_t bytes, bad_offset, bad_bytes, bytes_per_s;
};

/**
 * struct p2p_proof - the evidence.
 * @into: the client writes into the provider's memory; @out: it reads from it
 * @largest_bytes: size of the largest transfer
 * @started: seconds since 1970
 */
struct p2p_proof {
	struct p2p_transfer into, out;
	uint64_t largest_bytes;
	int64_t started;
};

/**
 * struct p2p_prove_options - what to use.
 * @scratch: path of a block device of the client; its first bytes are overwritten
 * @overwrite: even if the device carries a signature that libblkid knows
 * @progress: called with the percentage done; may be NULL
 */
struct p2p_prove_options {
	const char *scratch;
	bool overwrite;
	void (*progress)(void *userdata, unsigned int percent);
	void *userdata;
};

/**
 * p2p_prove() - move bytes both ways and compare them.
 * @provider, @client: of a topology of this running machine
 *
 * The scratch device is opened exclusively: one that is mounted, used as swap, or held by another
 * device is refused whatever the options say.
 *
 * Return: 0, and what happened in @ret_proof; -EXDEV the topology is from a capture; -ENODEV the
 *	provider has no p2pmem pool to allocate from, or @scratch is not a block device of the
 *	client; -EBUSY @scratch is in use; -EEXIST it carries a signature; another negative errno
 *	if nothing could be tried.
 */
int p2p_prove(struct p2p_context *context, const struct p2p_topology *topology,
	      const struct p2p_function *provider, const struct p2p_function *client,
	      const struct p2p_prove_options *options, struct p2p_proof *ret_proof);

/** p2p_outcome_name() - "not_tried", "refused", "wrong", "equal". */
const char *p2p_outcome_name(enum p2p_outcome outcome);

/** p2p_damage_name() - "none", "dropped", "all_ones", "swapped", "other", "spilled". */
const char *p2p_damage_name(enum p2p_damage damage);

#endif

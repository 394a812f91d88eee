/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Configuration space of one function as a fact: which bytes are known, and where the capabilities are.  A
 * byte that was not read is neither 0xff nor 0.
 */
#ifndef P2P_SNAPSHOT_CONFIG_H
#define P2P_SNAPSHOT_CONFIG_H

#include <p2ppolicy/base.h>

#include "base/arena.h"

#define P2P_CONFIG_HEADER	64u
#define P2P_CONFIG_STANDARD	256u
#define P2P_CONFIG_EXTENDED	4096u

/**
 * struct p2p_capability - one entry of a capability chain.
 * @id, @version: as in the entry; @version is 0 in the standard chain
 */
struct p2p_capability {
	uint16_t id, offset;
	uint8_t version;
	bool extended;
};

/** What is wrong with a chain, as bits; see struct p2p_config. */
#define P2P_CHAIN_LOOP		0x1	/* an entry points back to one already seen */
#define P2P_CHAIN_OUTSIDE	0x2	/* a pointer leaves config space or meets the header */
#define P2P_CHAIN_OVERLAP	0x4	/* two entries share bytes */
#define P2P_CHAIN_GARBAGE	0x8	/* an entry of all ones, or unaligned */

/**
 * struct p2p_config - configuration space.
 * @size: bytes that may be asked for: 64, 128, 256 or 4096; 0 if nothing is known
 * @end: no byte at or after this offset is known
 * @bytes: what was read, up to @end; use p2p_config_read8() and the like.  The last @gap of the first 256
 *	bytes, none of which is known, are not stored
 * @known: one bit per dword of @bytes; a dword that was not fetched is not known
 * @standard: whether the chain of standard capabilities is known (DENIED with 64 or 128 bytes)
 * @extended: whether extended config space is known.  ABSENT: a conventional function, or one whose extended
 *	space the kernel itself does not see; in that case @kernel_limited is set, and the hardware may still
 *	have what the kernel cannot see
 * @capabilities: @capability_count entries in chain order, standard first
 * @standard_whole, @extended_whole: whether that chain was followed to its end; if not, a capability that was
 *	not found may still exist
 * @broken: P2P_CHAIN_* bits
 * @silent: the function answered all ones; @size is 0
 * @told: the size of the file as the machine reports it; 0 where only a capture is known
 * @from_text: it was reconstructed from a text that describes registers, and contains no raw ones
 * @acs_from_text: likewise for its ACS registers, of which a text shows only bits 0 to 6
 */
struct p2p_config {
	unsigned int size, end;
	uint8_t *bytes;
	uint32_t *known;
	enum p2p_fact standard, extended;
	unsigned int gap;
	bool kernel_limited;
	struct p2p_capability *capabilities;
	unsigned int capability_count;
	bool standard_whole, extended_whole;
	unsigned int broken, told;
	bool silent, from_text, acs_from_text;
};

/**
 * p2p_config_read8(), 16, 32 - read little-endian from known bytes.
 * Return: true and the value; false, @ret_value untouched, when a byte of it is not known.
 */
bool p2p_config_read8(const struct p2p_config *config, unsigned int offset, uint8_t *ret_value);
bool p2p_config_read16(const struct p2p_config *config, unsigned int offset, uint16_t *ret_value);
bool p2p_config_read32(const struct p2p_config *config, unsigned int offset, uint32_t *ret_value);

/**
 * p2p_config_find() - a capability by id.
 * @ret_capability: the first of that id, borrowed
 *
 * Return: PRESENT; ABSENT when the whole chain was seen and it is not in it; DENIED when the
 *	chain could not be read (or breaks off before it is found).
 */
enum p2p_fact p2p_config_find(const struct p2p_config *config, uint16_t id, bool extended,
			      const struct p2p_capability **ret_capability);

/**
 * p2p_config_names_vendor() - whether it names a vendor. That of a VF reads all ones there (PCIe r6.0, sec
 *	9.3.4.1.1, "Vendor ID Register").
 */
bool p2p_config_names_vendor(const struct p2p_config *config);

/** p2p_config_round() - @size rounded down to 4096, 256, 128, 64 or 0. */
unsigned int p2p_config_round(unsigned int size);

/** p2p_config_may_have_virtual() - whether the function may have VFs.  PCIe r6.0, sec 9.3.3.3.1, "VF Enable". */
bool p2p_config_may_have_virtual(const struct p2p_config *config);

/**
 * struct p2p_config_source - where the bytes of a configuration space come from.
 * @size: bytes that may be asked for; rounded down to 64, 128, 256 or 4096
 * @fetch: read @length bytes at @offset, both multiples of 4; false when they cannot be read
 * @known: one bit per dword that @fetch has, as in struct p2p_config; NULL if it may have any
 * @all: fetch every byte, not only what the decoders need
 * @kernel_size: @size is what the kernel itself sees; 256 bytes for a PCI Express function then mean that the
 *	kernel found no extended space (drivers/pci/probe.c, pci_cfg_space_size())
 * @virtual_function: whether it is a VF, whose vendor and device id read all ones (PCIe r6.0, sec 9.3.4.1.1,
 *	"Vendor ID Register")
 */
struct p2p_config_source {
	unsigned int size;
	bool (*fetch)(void *data, unsigned int offset, unsigned int length, uint8_t *ret_bytes);
	void *data;
	const uint32_t *known;
	bool all, kernel_size;
	enum p2p_tri virtual_function;
};

/**
 * p2p_config_load() - fetch the header, walk both chains, fetch what the decoders need.
 * @ret_config: filled on success, with its arrays in @arena; a function that does not answer (all ones) gets
 *	size 0
 *
 * Chains may come in any order, loop, overlap or point outside; @broken tells so.
 *
 * Return: 0 or -ENOMEM.
 */
int p2p_config_load(struct p2p_arena *arena, const struct p2p_config_source *source,
		    struct p2p_config *ret_config);

#endif

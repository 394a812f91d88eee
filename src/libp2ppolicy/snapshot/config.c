/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/pci-regs.h"
#include "snapshot/config.h"

#define DWORDS(bytes)		((bytes) / 4)
#define WORD_BITS		32u
#define EXTENDED_START		0x100u
#define INTEL_RCBA		0xf0u

/*
 * The kernel stops after as many steps as there can be entries (PCI_FIND_CAP_TTL 48 and
 * (4096 - 256) / 8); a bitmap of places seen needs no such limit.
 */
#define MOST_CAPABILITIES	(DWORDS(P2P_CONFIG_EXTENDED))

/*
 * What the decoders read of a capability; see also need_variable().
 * @least: its minimum size in bytes, to detect overlaps; @need: bytes to fetch
 */
struct shape {
	uint16_t id;
	bool extended;
	uint8_t least, need;
};

static const struct shape shapes[] = {
	{ PCI_CAP_ID_EXP,	false, 0x0c, 0x3c },
	{ PCI_CAP_ID_PCIX,	false, 0x08, 0x08 },
	{ PCI_CAP_ID_PM,	false, 0x08, 0x08 },
	{ PCI_CAP_ID_SSVID,	false, 0x08, 0x08 },
	{ PCI_CAP_ID_MSI,	false, 0x0a, 0x04 },
	{ PCI_CAP_ID_MSIX,	false, 0x0c, 0x04 },
	{ PCI_EXT_CAP_ID_AER,	true, 0x2c, 0x18 },
	{ PCI_EXT_CAP_ID_DSN,	true, 0x0c, 0x0c },
	{ PCI_EXT_CAP_ID_ACS,	true, 0x08, 0x0c },
	{ PCI_EXT_CAP_ID_ARI,	true, 0x08, 0x08 },
	{ PCI_EXT_CAP_ID_ATS,	true, 0x08, 0x08 },
	{ PCI_EXT_CAP_ID_SRIOV,	true, 0x40, 0x40 },
	{ PCI_EXT_CAP_ID_PRI,	true, 0x10, 0x10 },
	{ PCI_EXT_CAP_ID_REBAR,	true, 0x0c, 0x0c },
	{ PCI_EXT_CAP_ID_PASID,	true, 0x08, 0x08 },
	{ PCI_EXT_CAP_ID_DPC,	true, 0x0c, 0x10 },
	{ PCI_EXT_CAP_ID_DVSEC,	true, 0x0c, 0x10 },
};

static const struct shape *shape_of(uint16_t id, bool extended)
{
	static const struct shape other_standard = { 0, false, 2, 4 };
	static const struct shape other_extended = { 0, true, 4, 4 };

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].id == id && shapes[i].extended == extended)
			return &shapes[i];
	return extended ? &other_extended : &other_standard;
}

static bool has_bit(const uint32_t *bits, unsigned int dword)
{
	return bits[dword / WORD_BITS] >> dword % WORD_BITS & 1;
}

static bool is_known(const struct p2p_config *config, unsigned int offset)
{
	return offset < config->end && has_bit(config->known, offset / 4);
}

bool p2p_config_read8(const struct p2p_config *config, unsigned int offset, uint8_t *ret_value)
{
	if (!is_known(config, offset))
		return false;
	*ret_value = config->bytes[offset < P2P_CONFIG_STANDARD ? offset : offset - config->gap];
	return true;
}

bool p2p_config_read16(const struct p2p_config *config, unsigned int offset, uint16_t *ret_value)
{
	uint8_t low, high;

	if (!p2p_config_read8(config, offset, &low) ||
	    !p2p_config_read8(config, offset + 1, &high))
		return false;
	*ret_value = (uint16_t)(low | high << 8);
	return true;
}

bool p2p_config_read32(const struct p2p_config *config, unsigned int offset, uint32_t *ret_value)
{
	uint16_t low, high;

	if (!p2p_config_read16(config, offset, &low) ||
	    !p2p_config_read16(config, offset + 2, &high))
		return false;
	*ret_value = low | (uint32_t)high << 16;
	return true;
}

enum p2p_fact p2p_config_find(const struct p2p_config *config, uint16_t id, bool extended,
			      const struct p2p_capability **ret_capability)
{
	enum p2p_fact chain = extended ? config->extended : config->standard;
	bool whole = extended ? config->extended_whole : config->standard_whole;

	for (unsigned int i = 0; i < config->capability_count; i++) {
		const struct p2p_capability *capability = &config->capabilities[i];

		if (capability->id == id && capability->extended == extended) {
			*ret_capability = capability;
			return P2P_PRESENT;
		}
	}
	if (chain == P2P_PRESENT)
		return whole ? P2P_ABSENT : P2P_DENIED;
	return chain;
}

bool p2p_config_names_vendor(const struct p2p_config *config)
{
	uint16_t vendor;

	return p2p_config_read16(config, PCI_VENDOR_ID, &vendor) && vendor != 0xffff;
}

bool p2p_config_may_have_virtual(const struct p2p_config *config)
{
	const struct p2p_capability *sriov;
	enum p2p_fact fact = p2p_config_find(config, PCI_EXT_CAP_ID_SRIOV, true, &sriov);
	uint16_t control;

	if (fact != P2P_PRESENT)
		return fact == P2P_DENIED;
	return !p2p_config_read16(config, sriov->offset + PCI_IOV_CTRL, &control) ||
	       (control & PCI_IOV_CTRL_VFE);
}

/*
 * A configuration space while it is being fetched.
 * @seen: per dword, whether an entry was there; @taken: per byte, whether it belongs to one
 */
struct loader {
	const struct p2p_config_source *source;
	struct p2p_config config;
	struct p2p_capability found[MOST_CAPABILITIES];
	uint32_t seen[DWORDS(P2P_CONFIG_EXTENDED) / WORD_BITS];
	uint32_t known[DWORDS(P2P_CONFIG_EXTENDED) / WORD_BITS];
	uint32_t taken[P2P_CONFIG_EXTENDED / WORD_BITS];
	uint8_t bytes[P2P_CONFIG_EXTENDED];
};

static bool is_wanting(const struct loader *loader, unsigned int offset)
{
	const uint32_t *there = loader->source->known;

	return !is_known(&loader->config, offset) && (!there || has_bit(there, offset / 4));
}

/* Fetch those of @length bytes that are not known yet, with one access for each run of unknown dwords. */
static void need(struct loader *loader, unsigned int offset, unsigned int length)
{
	unsigned int end = offset + length < loader->config.size ? offset + length :
			   loader->config.size;
	unsigned int start;

	for (offset &= ~3u; offset < end; offset += 4) {
		if (!is_wanting(loader, offset))
			continue;
		for (start = offset; offset < end && is_wanting(loader, offset);)
			offset += 4;
		if (!loader->source->fetch(loader->source->data, start, offset - start,
					   loader->bytes + start))
			continue;
		for (unsigned int dword = start / 4; dword < offset / 4; dword++)
			loader->known[dword / WORD_BITS] |= 1u << dword % WORD_BITS;
	}
}

/*
 * Fetch capabilities whose length is given by a register.  PCIe r6.0, sec 7.7.11.2, "ACS Capability Register"
 * (0 stands for 256 bits), and sec 7.8.6.3, "Resizable BAR Control Register".
 */
static void need_variable(struct loader *loader, uint16_t id, unsigned int offset)
{
	uint16_t acs;
	uint32_t control;

	if (id == PCI_EXT_CAP_ID_ACS &&
	    p2p_config_read16(&loader->config, offset + PCI_ACS_CAP, &acs) &&
	    (acs & PCI_ACS_CAP_EGRESS)) {
		unsigned int bits = PCI_ACS_CAP_VECTOR(acs) ? PCI_ACS_CAP_VECTOR(acs) : 256;

		need(loader, offset + PCI_ACS_EGRESS_CTRL, (bits + 31) / 32 * 4);
	}
	if (id == PCI_EXT_CAP_ID_REBAR &&
	    p2p_config_read32(&loader->config, offset + 8, &control))
		need(loader, offset + 4, (control >> 5 & 7) * 8);
}

/* Record an entry, unless it was seen before.  Return: true if it is new. */
static bool enter(struct loader *loader, uint16_t id, unsigned int offset, uint8_t version,
		  bool extended)
{
	struct p2p_config *config = &loader->config;
	const struct shape *shape = shape_of(id, extended);
	unsigned int dword = offset / 4;

	if (loader->seen[dword / WORD_BITS] >> dword % WORD_BITS & 1) {
		config->broken |= P2P_CHAIN_LOOP;
		return false;
	}
	loader->seen[dword / WORD_BITS] |= 1u << dword % WORD_BITS;
	for (unsigned int i = offset; i < offset + shape->least && i < P2P_CONFIG_EXTENDED; i++) {
		uint32_t *word = &loader->taken[i / WORD_BITS];

		if (*word >> i % WORD_BITS & 1)
			config->broken |= P2P_CHAIN_OVERLAP;
		*word |= 1u << i % WORD_BITS;
	}
	loader->found[config->capability_count++] = (struct p2p_capability){
		.id = id, .offset = (uint16_t)offset, .version = version, .extended = extended,
	};
	need(loader, offset, shape->need);
	if (extended)
		need_variable(loader, id, offset);
	return true;
}

/*
 * PCI r3.0, sec 6.7, "Capabilities List"; the bottom two bits of a pointer are reserved.
 * Return: true if the chain was followed to its end.
 */
static bool walk_standard(struct loader *loader)
{
	struct p2p_config *config = &loader->config;
	uint8_t header_type, pointer;
	uint16_t status, entry;

	if (!p2p_config_read16(config, PCI_STATUS, &status) ||
	    !p2p_config_read8(config, PCI_HEADER_TYPE, &header_type))
		return false;
	if (!(status & PCI_STATUS_CAP_LIST))
		return true;
	if (!p2p_config_read8(config, (header_type & 0x7f) == PCI_HEADER_TYPE_CARDBUS ?
			      PCI_CB_CAPABILITY_LIST : PCI_CAPABILITY_LIST, &pointer))
		return false;
	while (pointer) {
		if (pointer & 3)
			config->broken |= P2P_CHAIN_GARBAGE;
		pointer &= (uint8_t)~3u;
		if (pointer < P2P_CONFIG_HEADER) {
			config->broken |= P2P_CHAIN_OUTSIDE;
			return false;
		}
		need(loader, pointer, 4);
		if (!p2p_config_read16(config, pointer, &entry))
			return false;
		if ((entry & 0xff) == 0xff) {
			config->broken |= P2P_CHAIN_GARBAGE;
			return false;
		}
		if (!enter(loader, entry & 0xff, pointer, 0, false))
			return true;
		pointer = (uint8_t)(entry >> 8);
	}
	return true;
}

/* PCIe r6.0, sec 7.6.3, "PCI Express Extended Capability Header".  Return: true if it was followed to its end. */
static bool walk_extended(struct loader *loader)
{
	struct p2p_config *config = &loader->config;
	unsigned int pointer = EXTENDED_START;
	uint32_t header;

	while (pointer) {
		if (pointer & 3)
			config->broken |= P2P_CHAIN_GARBAGE;
		pointer &= ~3u;
		if (pointer < EXTENDED_START) {
			config->broken |= P2P_CHAIN_OUTSIDE;
			return false;
		}
		need(loader, pointer, 4);
		if (!p2p_config_read32(config, pointer, &header))
			return false;
		if (header == UINT32_MAX) {
			config->broken |= P2P_CHAIN_GARBAGE;
			return false;
		}
		if (!header)
			return true;
		if (!enter(loader, header & 0xffff, pointer, header >> 16 & 0xf, true))
			return true;
		pointer = header >> 20;
	}
	return true;
}

/* True if it cannot have extended config space.  drivers/pci/probe.c, pci_cfg_space_size(). */
static bool is_conventional(const struct loader *loader)
{
	const struct p2p_config *config = &loader->config;
	const struct p2p_capability *capability = NULL;
	enum p2p_fact pcie = p2p_config_find(config, PCI_CAP_ID_EXP, false, &capability);
	enum p2p_fact pcix = p2p_config_find(config, PCI_CAP_ID_PCIX, false, &capability);
	uint32_t status;

	if (pcie != P2P_ABSENT || pcix == P2P_DENIED)
		return false;
	if (pcix == P2P_ABSENT)
		return true;
	return p2p_config_read32(config, capability->offset + PCI_PCIX_STATUS, &status) &&
	       !(status & (PCI_PCIX_STATUS_266MHZ | PCI_PCIX_STATUS_533MHZ));
}

/* The ISA bridge of an Intel chipset describes its root ports; topology/acs.c, p2p_chipset_build(). */
static void need_rcba(struct loader *loader)
{
	uint16_t vendor, class_code;

	if (p2p_config_read16(&loader->config, PCI_VENDOR_ID, &vendor) && vendor == 0x8086 &&
	    p2p_config_read16(&loader->config, PCI_CLASS_DEVICE, &class_code) &&
	    class_code == PCI_CLASS_BRIDGE_ISA)
		need(loader, INTEL_RCBA, 4);
}

/* Determine what 64, 128, 256 or 4096 bytes tell about the two chains. */
static void eval(struct loader *loader)
{
	struct p2p_config *config = &loader->config;

	if (config->size < P2P_CONFIG_STANDARD)
		return;
	config->standard = P2P_PRESENT;
	config->standard_whole = walk_standard(loader);
	need_rcba(loader);
	if (config->size >= P2P_CONFIG_EXTENDED) {
		config->extended = P2P_PRESENT;
		config->extended_whole = walk_extended(loader);
	} else if (is_conventional(loader)) {
		config->extended = P2P_ABSENT;
	} else if (loader->source->kernel_size) {
		config->extended = P2P_ABSENT;
		config->kernel_limited = true;
	}
}

/* A function that is absent, or in too deep a sleep state, answers all ones. */
static bool is_answering(const struct loader *loader)
{
	const uint8_t *bytes = loader->bytes;

	if (!is_known(&loader->config, PCI_VENDOR_ID))
		return false;
	if (bytes[PCI_VENDOR_ID] != 0xff || bytes[PCI_VENDOR_ID + 1] != 0xff)
		return true;
	return loader->source->virtual_function != P2P_NO && bytes[PCI_HEADER_TYPE] != 0xff;
}

unsigned int p2p_config_round(unsigned int size)
{
	static const unsigned int sizes[] = { P2P_CONFIG_EXTENDED, P2P_CONFIG_STANDARD, 128,
					      P2P_CONFIG_HEADER };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (size >= sizes[i])
			return sizes[i];
	return 0;
}

/* The end of the known bytes among the first @size: what follows need not be stored. */
static unsigned int known_end(const struct loader *loader, unsigned int size)
{
	unsigned int dwords = DWORDS(size);

	/* Most of config space is never fetched, so skip whole words of the bitmap. */
	while (dwords && dwords % WORD_BITS == 0 && !loader->known[dwords / WORD_BITS - 1])
		dwords -= WORD_BITS;
	while (dwords && !has_bit(loader->known, dwords - 1))
		dwords--;
	return dwords * 4;
}

/*
 * Where config space is longer than what can be read, keep the size that was really given.  A text, however,
 * may have registers behind others that it does not show.
 */
static void clip(struct loader *loader)
{
	struct p2p_config *config = &loader->config;

	need(loader, 0, P2P_CONFIG_HEADER);
	if (config->size == P2P_CONFIG_HEADER || !is_known(config, 0))
		return;
	/* Without privilege reads end at 64 bytes, for CardBus at 128 (drivers/pci/pci-sysfs.c). */
	need(loader, P2P_CONFIG_HEADER, 4);
	if (known_end(loader, config->size) <= P2P_CONFIG_HEADER) {
		config->size = P2P_CONFIG_HEADER;
		return;
	}
	if (config->size > 128 && (loader->bytes[PCI_HEADER_TYPE] & 0x7f) ==
	    PCI_HEADER_TYPE_CARDBUS) {
		need(loader, 128, 4);
		if (known_end(loader, config->size) <= 128)
			config->size = 128;
	}
}

static int keep(struct p2p_arena *arena, struct loader *loader, struct p2p_config *ret_config)
{
	struct p2p_config config = loader->config;
	size_t capabilities = config.capability_count * sizeof(loader->found[0]), known;
	unsigned int first = known_end(loader, config.size < P2P_CONFIG_STANDARD ? config.size : P2P_CONFIG_STANDARD);

	config.end = known_end(loader, config.size);
	config.gap = config.end > P2P_CONFIG_STANDARD ? P2P_CONFIG_STANDARD - first : 0;
	known = (DWORDS(config.end) + WORD_BITS - 1) / WORD_BITS * sizeof(config.known[0]);
	config.known = p2p_arena_alloc(arena, known + capabilities + config.end - config.gap);
	if (!config.known)
		return -ENOMEM;
	config.capabilities = mempcpy(config.known, loader->known, known);
	config.bytes = mempcpy(config.capabilities, loader->found, capabilities);
	memcpy(mempcpy(config.bytes, loader->bytes, first), loader->bytes + first + config.gap,
	       config.end - config.gap - first);
	*ret_config = config;
	return 0;
}

int p2p_config_load(struct p2p_arena *arena, const struct p2p_config_source *source,
		    struct p2p_config *ret_config)
{
	struct loader loader;

	loader.source = source;
	loader.config = (struct p2p_config){ .size = p2p_config_round(source->size),
					      .end = P2P_CONFIG_EXTENDED };
	memset(loader.seen, 0, sizeof(loader.seen));
	memset(loader.known, 0, sizeof(loader.known));
	memset(loader.taken, 0, sizeof(loader.taken));
	loader.config.bytes = loader.bytes;
	loader.config.known = loader.known;
	loader.config.capabilities = loader.found;
	if (source->all)
		need(&loader, 0, loader.config.size);
	if (loader.config.size)
		clip(&loader);
	if (!loader.config.size || !is_answering(&loader)) {
		*ret_config = (struct p2p_config){
			.silent = is_known(&loader.config, PCI_VENDOR_ID),
		};
		return 0;
	}
	eval(&loader);
	return keep(arena, &loader, ret_config);
}

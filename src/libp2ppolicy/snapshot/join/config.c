/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Joins the configuration space of one function from several pieces.  The header, the standard chain and the
 * extended chain are each taken from the piece that knows it best; the others fill in what it lacks.  A text
 * shows registers but no pointers, so only the bodies of capabilities are compared.
 */
#include <errno.h>
#include <string.h>

#include "base/pci-regs.h"
#include "snapshot/join/join.h"
#include "snapshot/lspci/text.h"

#define WORD_BITS	32u
#define DWORDS		(P2P_CONFIG_EXTENDED / 4)
#define MOST		DWORDS

/**
 * struct joined - the space while it is put together.
 * @disputed: dwords on which two pieces contradict each other; they stay unknown
 * @settled: @base has registers and @other is a text, so a contradiction is settled in favour of @base
 */
struct joined {
	struct p2p_snapshot *snapshot;
	const struct p2p_side *base, *other;
	struct p2p_config config;
	struct p2p_capability capabilities[MOST];
	uint8_t bytes[P2P_CONFIG_EXTENDED];
	uint32_t known[DWORDS / WORD_BITS];
	uint32_t disputed[DWORDS / WORD_BITS];
	bool settled;
};

static bool has_bit(const uint32_t *bits, unsigned int offset)
{
	return bits[offset / 4 / WORD_BITS] >> offset / 4 % WORD_BITS & 1;
}

static void set_bit(uint32_t *bits, unsigned int offset)
{
	bits[offset / 4 / WORD_BITS] |= 1u << offset / 4 % WORD_BITS;
}

static void dispute(struct joined *joined, const char *what)
{
	struct p2p_where first = { joined->base->name, joined->base->raw->line };
	struct p2p_where second = { joined->other->name, joined->other->raw->line };

	p2p_join_conflict(joined->snapshot, joined->base->raw, what, first, second,
			  joined->settled);
}

/* The name of a capability for sentences; those that nobody decodes have no names of their own. */
static const char *name_of(uint16_t id, bool extended)
{
	static const struct {
		uint16_t id;
		bool extended;
		const char *name;
	} names[] = {
		{ PCI_CAP_ID_EXP, false, "PCI Express capability" },
		{ PCI_CAP_ID_PCIX, false, "PCI-X capability" },
		{ PCI_CAP_ID_SSVID, false, "subsystem" },
		{ PCI_EXT_CAP_ID_ACS, true, "ACS capability" },
		{ PCI_EXT_CAP_ID_ARI, true, "ARI capability" },
		{ PCI_EXT_CAP_ID_ATS, true, "ATS capability" },
		{ PCI_EXT_CAP_ID_DPC, true, "DPC capability" },
		{ PCI_EXT_CAP_ID_DSN, true, "device serial number" },
		{ PCI_EXT_CAP_ID_PASID, true, "PASID capability" },
		{ PCI_EXT_CAP_ID_PRI, true, "PRI capability" },
		{ PCI_EXT_CAP_ID_REBAR, true, "Resizable BAR capability" },
		{ PCI_EXT_CAP_ID_SRIOV, true, "SR-IOV capability" },
	};

	for (size_t i = 0; i < P2P_LENGTH(names); i++)
		if (names[i].id == id && names[i].extended == extended)
			return names[i].name;
	return extended ? "an extended capability" : "a capability";
}

/* Bits that change while a machine runs; a difference in them is no contradiction. */
static uint32_t changing(uint16_t id, bool extended, unsigned int reg)
{
	static const struct {
		uint16_t id, reg;
		bool extended;
		uint32_t bits;
	} rows[] = {
		{ PCI_CAP_ID_EXP, PCI_EXP_DEVCTL, false, 0xffff0000 },
		{ PCI_CAP_ID_EXP, PCI_EXP_LNKCTL, false, 0xffff0000 },
		{ PCI_CAP_ID_EXP, PCI_EXP_SLTCTL, false, 0xffffffff },
		{ PCI_CAP_ID_EXP, PCI_EXP_RTSTA, false, 0xffffffff },
		{ PCI_CAP_ID_EXP, PCI_EXP_LNKCTL2, false, 0xffff0000 },
		{ PCI_EXT_CAP_ID_DPC, 4, true, 0xffff0000 },
		{ PCI_EXT_CAP_ID_DPC, 8, true, 0xffffffff },
		{ PCI_EXT_CAP_ID_PRI, PCI_PRI_CTRL, true, 0xffff0000 },
	};

	if (!extended && (id == PCI_CAP_ID_PM || id == PCI_CAP_ID_MSI || id == PCI_CAP_ID_MSIX))
		return UINT32_MAX;
	if (extended && id == PCI_EXT_CAP_ID_AER)
		return UINT32_MAX;
	for (size_t i = 0; i < P2P_LENGTH(rows); i++)
		if (rows[i].id == id && rows[i].extended == extended && (rows[i].reg & ~3u) == reg)
			return rows[i].bits;
	return 0;
}

/* Bits that a text does not show: of the ACS registers it shows only bits 0 to 6. */
static uint32_t unseen(const struct joined *joined, const struct p2p_capability *capability,
		       unsigned int reg)
{
	bool text = joined->config.acs_from_text || joined->other->raw->config.acs_from_text;

	return text && capability->extended && capability->id == PCI_EXT_CAP_ID_ACS &&
	       reg == PCI_ACS_CAP ? 0xff80ff80 : 0;
}

static void put_dword(struct joined *joined, unsigned int offset, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		joined->bytes[offset + i] = (uint8_t)(value >> 8 * i);
	set_bit(joined->known, offset);
}

/* Make a dword unknown for good. */
static void forget_dword(struct joined *joined, unsigned int offset)
{
	set_bit(joined->disputed, offset);
	joined->known[offset / 4 / WORD_BITS] &= ~(1u << offset / 4 % WORD_BITS);
}

static void take_dword(struct joined *joined, const struct p2p_capability *capability,
		       unsigned int offset, uint32_t value)
{
	put_dword(joined, offset, value);
	if (capability->extended && capability->id == PCI_EXT_CAP_ID_ACS &&
	    offset - capability->offset == PCI_ACS_CAP)
		joined->config.acs_from_text = joined->other->raw->config.acs_from_text;
}

/* The end of the body of a capability: the next higher one, wherever that is in the chain. */
static unsigned int body_end(const struct p2p_config *config,
			     const struct p2p_capability *capability)
{
	unsigned int end = capability->extended ? P2P_CONFIG_EXTENDED : P2P_CONFIG_STANDARD;

	end = end < config->size ? end : config->size;
	for (unsigned int i = 0; i < config->capability_count; i++) {
		unsigned int offset = config->capabilities[i].offset;

		if (offset > capability->offset && offset < end)
			end = offset;
	}
	return end;
}

/* Take a dword from the other piece, or compare it. */
static void join_dword(struct joined *joined, const struct p2p_capability *capability,
		       unsigned int offset)
{
	const struct p2p_config *other = &joined->other->raw->config;
	unsigned int reg = offset - capability->offset;
	uint32_t one, two, ignored = changing(capability->id, capability->extended, reg);

	if (has_bit(joined->disputed, offset) || !p2p_config_read32(other, offset, &two))
		return;
	/* Id and pointer in the first dword were compared when the capability was found. */
	ignored |= reg ? 0 : capability->extended ? UINT32_MAX : 0xffff;
	if (!p2p_config_read32(&joined->config, offset, &one)) {
		take_dword(joined, capability, offset, two);
		return;
	}
	ignored |= unseen(joined, capability, reg);
	if (joined->settled)
		ignored |= ~p2p_text_bits(capability->id, capability->extended, reg);
	if (!((one ^ two) & ~ignored)) {
		if (unseen(joined, capability, reg) && !other->acs_from_text)
			take_dword(joined, capability, offset, two);
		return;
	}
	dispute(joined, name_of(capability->id, capability->extended));
	if (!joined->settled)
		forget_dword(joined, offset);
}

static struct p2p_capability *find(struct joined *joined, const struct p2p_capability *wanted)
{
	for (unsigned int i = 0; i < joined->config.capability_count; i++) {
		struct p2p_capability *capability = &joined->capabilities[i];

		if (capability->offset == wanted->offset && capability->id == wanted->id &&
		    capability->extended == wanted->extended)
			return capability;
	}
	return NULL;
}

static bool *whole_of(struct p2p_config *config, bool extended)
{
	return extended ? &config->extended_whole : &config->standard_whole;
}

/* Add a capability that only the other piece has. */
static void add_capability(struct joined *joined, const struct p2p_capability *capability)
{
	struct p2p_config *config = &joined->config;
	bool *whole = whole_of(config, capability->extended);

	if (*whole || has_bit(joined->disputed, capability->offset)) {
		dispute(joined, name_of(capability->id, capability->extended));
		if (!joined->settled) {
			set_bit(joined->disputed, capability->offset);
			*whole = false;
		}
		return;
	}
	if (config->capability_count < MOST)
		joined->capabilities[config->capability_count++] = *capability;
}

static void join_capability(struct joined *joined, const struct p2p_capability *capability)
{
	const struct p2p_config *other = &joined->other->raw->config;
	unsigned int end = body_end(other, capability), own = body_end(&joined->config, capability);

	/* A capability that no reader of text decodes has no id there, and matches one of the other's. */
	if (joined->settled && !capability->id)
		return;
	if (!find(joined, capability))
		add_capability(joined, capability);
	if (!find(joined, capability))
		return;
	end = end < own ? end : own;
	for (unsigned int offset = capability->offset; offset + 4 <= end; offset += 4)
		join_dword(joined, capability, offset);
}

/* Drop capabilities that are not in the other piece's chain, although it was followed to its end. */
static void drop_absent(struct joined *joined, bool extended)
{
	const struct p2p_config *other = &joined->other->raw->config;
	struct p2p_config *config = &joined->config;
	unsigned int kept = 0;

	if (joined->settled || !(extended ? other->extended_whole : other->standard_whole))
		return;
	for (unsigned int i = 0; i < config->capability_count; i++) {
		struct p2p_capability capability = joined->capabilities[i];
		const struct p2p_capability *found;

		if (capability.extended != extended ||
		    p2p_config_find(other, capability.id, extended, &found) != P2P_ABSENT) {
			joined->capabilities[kept++] = capability;
			continue;
		}
		dispute(joined, name_of(capability.id, extended));
		set_bit(joined->disputed, capability.offset);
		*whole_of(config, extended) = false;
	}
	config->capability_count = kept;
}

static enum p2p_fact *fact_of(struct p2p_config *config, bool extended)
{
	return extended ? &config->extended : &config->standard;
}

/* How well a piece knows a chain: registers before text, complete before partial. */
static unsigned int rank(const struct p2p_config *config, bool extended)
{
	enum p2p_fact fact = extended ? config->extended : config->standard;
	bool whole = extended ? config->extended_whole : config->standard_whole;

	if (fact == P2P_DENIED)
		return 0;
	return 1 + (whole || fact == P2P_ABSENT) + 2 * !config->from_text;
}

static const struct p2p_side *best(const struct p2p_side *sides, size_t count, bool extended)
{
	const struct p2p_side *found = &sides[0];

	for (size_t i = 1; i < count; i++)
		if (rank(&sides[i].raw->config, extended) > rank(&found->raw->config, extended))
			found = &sides[i];
	return found;
}

/* Registers before text, a header of known type before others, and any before none. */
static unsigned int rank_header(const struct p2p_config *config)
{
	uint8_t type;

	return config->size ? 1u + p2p_config_read8(config, PCI_HEADER_TYPE, &type) + 2u * !config->from_text : 0;
}

static const struct p2p_side *best_header(const struct p2p_side *sides, size_t count)
{
	const struct p2p_side *found = &sides[0];

	for (size_t i = 1; i < count; i++)
		if (rank_header(&sides[i].raw->config) > rank_header(&found->raw->config))
			found = &sides[i];
	return found;
}

static void take_bytes(struct joined *joined, const struct p2p_config *config, unsigned int from,
		       unsigned int end)
{
	for (unsigned int offset = from; offset < end; offset += 4) {
		uint32_t value;

		if (p2p_config_read32(config, offset, &value))
			put_dword(joined, offset, value);
	}
}

/* Take one chain of one piece as it is. */
static void take_chain(struct joined *joined, const struct p2p_side *side, bool extended)
{
	const struct p2p_config *from = &side->raw->config;
	struct p2p_config *config = &joined->config;

	take_bytes(joined, from, extended ? P2P_CONFIG_STANDARD : P2P_CONFIG_HEADER,
		   extended ? P2P_CONFIG_EXTENDED : P2P_CONFIG_STANDARD);
	*fact_of(config, extended) = extended ? from->extended : from->standard;
	*whole_of(config, extended) = extended ? from->extended_whole : from->standard_whole;
	if (extended)
		config->acs_from_text = from->acs_from_text;
	for (unsigned int i = 0; i < from->capability_count; i++)
		if (from->capabilities[i].extended == extended && config->capability_count < MOST)
			joined->capabilities[config->capability_count++] = from->capabilities[i];
}

static bool is_empty(const struct joined *joined, bool extended)
{
	for (unsigned int i = 0; i < joined->config.capability_count; i++)
		if (joined->capabilities[i].extended == extended)
			return false;
	return true;
}

static void join_chain(struct joined *joined, const struct p2p_side *base,
		       const struct p2p_side *side, bool extended)
{
	const struct p2p_config *other = &side->raw->config;
	enum p2p_fact *fact = fact_of(&joined->config, extended);
	enum p2p_fact told = extended ? other->extended : other->standard;

	joined->base = base;
	joined->other = side;
	joined->settled = !base->raw->config.from_text && other->from_text;
	if (side == base || told == P2P_DENIED || *fact == P2P_DENIED)
		return;
	/* A text shows no capabilities if there are none, whether there is room for them or not. */
	if (joined->settled && told == P2P_ABSENT && is_empty(joined, extended))
		return;
	if (told != *fact) {
		dispute(joined, extended ? "extended capabilities" : "capabilities");
		if (!joined->settled)
			*fact = P2P_DENIED;
		return;
	}
	drop_absent(joined, extended);
	for (unsigned int i = 0; i < other->capability_count; i++)
		if (other->capabilities[i].extended == extended)
			join_capability(joined, &other->capabilities[i]);
}

static bool is_same_header(const struct p2p_config *one, const struct p2p_config *other)
{
	uint8_t type, second;

	return p2p_config_read8(one, PCI_HEADER_TYPE, &type) &&
	       p2p_config_read8(other, PCI_HEADER_TYPE, &second) && !((type ^ second) & 0x7f);
}

static bool is_bridge(const struct p2p_config *config)
{
	uint8_t type;

	return p2p_config_read8(config, PCI_HEADER_TYPE, &type) &&
	       (type & 0x7f) != PCI_HEADER_TYPE_NORMAL;
}

/* Fill in what the header lacks; to registers a text can contribute only bus numbers, which join_buses() takes. */
static void join_header(struct joined *joined, const struct p2p_side *base,
			const struct p2p_side *side)
{
	const struct p2p_config *one = &base->raw->config, *other = &side->raw->config;
	uint32_t value;
	uint8_t type;

	if (side == base || !is_same_header(&joined->config, other))
		return;
	/* A text that lists fewer functions does not show that there are more. */
	if (one->from_text && p2p_config_read8(other, PCI_HEADER_TYPE, &type))
		joined->bytes[PCI_HEADER_TYPE] |= type & 0x80;
	for (unsigned int offset = 0; offset < P2P_CONFIG_HEADER; offset += 4)
		if (one->from_text == other->from_text &&
		    !p2p_config_read32(&joined->config, offset, &value) &&
		    p2p_config_read32(other, offset, &value))
			put_dword(joined, offset, value);
}

static bool read_buses(const struct joined *joined, const struct p2p_side *side,
		       uint32_t *ret_buses)
{
	const struct p2p_config *config = &side->raw->config;

	return is_same_header(&joined->config, config) &&
	       p2p_config_read32(config, PCI_PRIMARY_BUS, ret_buses);
}

/* Join the bus numbers of a bridge, which a text has, too: registers before text. */
static void join_buses(struct joined *joined, const struct p2p_side *sides, size_t count)
{
	const struct p2p_side *best = NULL;
	uint32_t buses = 0, more;

	for (size_t i = 0; i < count; i++)
		if (read_buses(joined, &sides[i], &more) &&
		    (!best || (best->raw->config.from_text && !sides[i].raw->config.from_text))) {
			best = &sides[i];
			buses = more;
		}
	if (!best || !is_bridge(&joined->config))
		return;
	put_dword(joined, PCI_PRIMARY_BUS, buses);
	joined->base = best;
	for (size_t i = 0; i < count; i++) {
		joined->other = &sides[i];
		joined->settled = !best->raw->config.from_text && sides[i].raw->config.from_text;
		/* The fourth byte is the Secondary Latency Timer. */
		if (!read_buses(joined, &sides[i], &more) || !((buses ^ more) & 0xffffff))
			continue;
		dispute(joined, "bus numbers");
		if (!joined->settled)
			forget_dword(joined, PCI_PRIMARY_BUS);
	}
}

static void start(struct joined *joined, const struct p2p_side *header)
{
	const struct p2p_config *from = &header->raw->config;
	struct p2p_config *config = &joined->config;

	config->end = sizeof(joined->bytes);
	config->bytes = joined->bytes;
	config->known = joined->known;
	config->capabilities = joined->capabilities;
	take_bytes(joined, from, 0, P2P_CONFIG_HEADER);
	config->silent = from->silent;
	config->told = from->told;
	config->from_text = from->from_text;
}

static void fill(struct joined *joined, const struct p2p_side *sides, size_t count)
{
	struct p2p_config *config = &joined->config;
	const struct p2p_side *header = best_header(sides, count);

	start(joined, header);
	for (size_t i = 0; i < count; i++) {
		const struct p2p_config *from = &sides[i].raw->config;

		config->size = from->size > config->size ? from->size : config->size;
		config->broken |= from->broken;
		config->silent &= !from->size;
		config->kernel_limited |= from->kernel_limited;
		join_header(joined, header, &sides[i]);
	}
	join_buses(joined, sides, count);
	for (unsigned int extended = 0; extended < 2; extended++) {
		const struct p2p_side *base = best(sides, count, extended);

		take_chain(joined, base, extended);
		for (size_t i = 0; i < count; i++)
			join_chain(joined, base, &sides[i], extended);
		if (*fact_of(config, extended) == P2P_DENIED)
			*whole_of(config, extended) = false;
	}
	/* Not if some piece has it. */
	config->kernel_limited &= config->extended == P2P_ABSENT;
}

static void keep(struct joined *joined, struct p2p_config *ret_config)
{
	struct p2p_arena *arena = &joined->snapshot->arena;
	struct p2p_config config = joined->config;

	config.end = config.size;
	config.bytes = (uint8_t *)p2p_arena_copy(arena, joined->bytes, sizeof(joined->bytes));
	config.known = (void *)p2p_arena_copy(arena, joined->known, sizeof(joined->known));
	config.capabilities = (void *)p2p_arena_copy(arena, joined->capabilities,
			config.capability_count * sizeof(joined->capabilities[0]));
	if (config.bytes && config.known && config.capabilities)
		*ret_config = config;
	else
		joined->snapshot->no_memory = true;
}

void p2p_join_config(struct p2p_snapshot *snapshot, const struct p2p_side *sides, size_t count,
		     struct p2p_config *ret_config)
{
	struct joined joined = { .snapshot = snapshot };
	const struct p2p_raw *silent = NULL;
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		known += sides[i].raw->config.size > 0;
		if (sides[i].raw->config.silent)
			silent = sides[i].raw;
	}
	/* A function that did not answer once may have answered another time; the order of the sources says nothing. */
	if (known <= 1) {
		*ret_config = !known && silent ? silent->config : best_header(sides, count)->raw->config;
		return;
	}
	fill(&joined, sides, count);
	keep(&joined, ret_config);
}

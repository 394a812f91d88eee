/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finishes a function: its header, the end of its chains, and its configuration space. */
#include <string.h>

#include "base/pci-regs.h"
#include "snapshot/lspci/text.h"

#define EXTENDED_START	0x100u
#define DWORDS		(P2P_CONFIG_EXTENDED / 4)

/* An offset that the text says nothing about: a chain that continues there may have more entries. */
static unsigned int find_gap(const struct p2p_text_function *function, unsigned int from, unsigned int end)
{
	unsigned int place = from;

	while (place < end - 4 && function->told[place])
		place += 4;
	return place;
}

/*
 * The list or the function breaks off, or a line of it is lost: let both chains continue into the unknown, so
 * that nothing counts as absent.
 */
static void end_chain(struct p2p_text_function *function)
{
	if (function->last_extended)
		p2p_text_put(function, function->last_extended,
			     find_gap(function, EXTENDED_START, P2P_CONFIG_EXTENDED) << 20, 4);
	if (function->last && (function->damaged || !function->last_extended))
		p2p_text_put(function, function->last + 1u,
			     find_gap(function, P2P_CONFIG_HEADER, P2P_CONFIG_STANDARD), 1);
}

static void end_header(struct p2p_text_function *function)
{
	bool bridge = function->header_type != PCI_HEADER_TYPE_NORMAL;

	/* Ids as a virtual function has them: where they are known, the files of sysfs tell them. */
	p2p_text_put(function, PCI_VENDOR_ID, UINT32_MAX, 4);
	p2p_text_put(function, PCI_STATUS, function->last ? PCI_STATUS_CAP_LIST : 0, 2);
	p2p_text_put(function, PCI_REVISION_ID, function->revision | function->class_code << 8, 4);
	p2p_text_put(function, PCI_HEADER_TYPE, function->header_type | (function->several ? 0x80u : 0), 1);
	p2p_text_tell(function, PCI_VENDOR_ID, PCI_HEADER_TYPE + 2);
	/* Without class, buses and port type, the header may be of any type. */
	if (!function->has_class && !bridge && !function->header_known)
		memset(function->told + PCI_CACHE_LINE_SIZE, false, 4);
	/* Revision and class share a dword, and the class is not always understood. */
	if (!function->has_class)
		memset(function->told + PCI_REVISION_ID, false, 4);
	/* Bridges have another register there; for endpoints lspci omits only zeros. */
	for (unsigned int i = 0; i < 4; i++)
		function->told[PCI_SUBSYSTEM_VENDOR_ID + i] =
			!bridge && (function->told[PCI_SUBSYSTEM_VENDOR_ID + i] ||
				    (function->has_ids && function->whole && !function->named));
}

static bool fetch(void *data, unsigned int offset, unsigned int length, uint8_t *ret_bytes)
{
	const struct p2p_text_function *function = data;

	memcpy(ret_bytes, function->bytes + offset, length);
	return true;
}

/* How much lspci could read, and thus would have shown. */
static unsigned int readable(const struct p2p_text_function *function)
{
	unsigned int size = P2P_CONFIG_STANDARD;

	if (function->last_extended)
		size = P2P_CONFIG_EXTENDED;
	else if (!function->detailed || (function->no_list && !function->last))
		size = P2P_CONFIG_HEADER;
	return size > function->hex_size ? size : function->hex_size;
}

/* Bytes take precedence over what the text says. */
static void take_hex(struct p2p_text_function *function)
{
	memcpy(function->bytes, function->hex, function->hex_size);
	memset(function->told, true, function->hex_size);
}

static void end_text(struct p2p_text_function *function, bool whole)
{
	end_header(function);
	/*
	 * Without a known byte there, the loader would assume that no more could be read.  A CardBus bridge
	 * has its subsystem ids there, which must not be made up.
	 */
	p2p_text_tell(function, function->header_type == PCI_HEADER_TYPE_CARDBUS ? 128 : P2P_CONFIG_HEADER, 4);
	/* If the end was not seen, the list may start in the part that was cut. */
	if (!whole) {
		p2p_text_put(function, PCI_STATUS, function->no_capabilities ? 0 : PCI_STATUS_CAP_LIST, 2);
		end_chain(function);
	}
	if (whole || function->last)
		p2p_text_tell(function, p2p_text_first_pointer(function), 4);
}

/* Bytes contain all bits of ACS, a line of names only the lower seven. */
static bool has_text_of_acs(const struct p2p_text_function *function,
			    const struct p2p_config *config)
{
	const struct p2p_capability *acs;

	return p2p_config_find(config, PCI_EXT_CAP_ID_ACS, true, &acs) == P2P_PRESENT &&
	       acs->offset + 8u > function->hex_size;
}

int p2p_text_config(struct p2p_text_function *function, struct p2p_arena *arena,
		    struct p2p_config *ret_config)
{
	uint32_t known[DWORDS / 32] = { 0 };
	struct p2p_config_source source = {
		.fetch = fetch, .data = function, .known = known,
		.all = true, .virtual_function = P2P_UNKNOWN,
	};
	uint8_t status = function->bytes[PCI_STATUS] |
			 (function->hex_size ? function->hex[PCI_STATUS] : 0);
	bool whole;
	int r;

	if (function->unknown && !function->hex_size) {
		/* All ones: "(rev ff) (prog-if ff)", and header type 7f, printed without its top bit. */
		*ret_config = (struct p2p_config){ .silent = function->revision == 0xff };
		return 0;
	}
	function->no_list |= status & PCI_STATUS_CAP_LIST && !function->last;
	function->damaged |= function->last_extended && !function->may_extend;
	whole = function->whole && !function->no_list && !function->damaged;
	if (whole) {
		p2p_text_rebar_end(function);
		p2p_text_tell_pending(function);
	}
	source.size = readable(function);
	if (function->detailed)
		end_text(function, whole);
	take_hex(function);
	source.kernel_size = whole && function->extended_seen;
	for (size_t i = 0; i < DWORDS; i++)
		if (!memchr(function->told + 4 * i, 0, 4))
			known[i / 32] |= 1u << i % 32;
	r = p2p_config_load(arena, &source, ret_config);
	if (r < 0)
		return r;
	ret_config->from_text = !function->hex_size;
	ret_config->acs_from_text = has_text_of_acs(function, ret_config);
	return 0;
}

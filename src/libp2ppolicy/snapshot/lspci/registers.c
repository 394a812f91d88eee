/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lspci prints about registers: a table of words and the fields they come from. */
#include <stdlib.h>
#include <string.h>

#include "base/pci-regs.h"
#include "snapshot/lspci/text.h"

#define EXTENDED_START	0x100u

/* How a value is printed. */
enum kind {
	FLAG,		/* "ReqRedir+" */
	PORT_FLAG,	/* likewise, only for root and downstream ports: PCIe r6.0, sec 7.5.3.16 */
	OPTION,		/* likewise, missing for some functions or in some releases of lspci */
	NUMBER,		/* "Port #3", decimal */
	WIDTH,		/* of a link, likewise */
	HEX,
	BYTES,		/* 128 to 4096, as 0 to 5 */
	SPEED,		/* "16GT/s"; "unknown" only with a width of 0 */
	ASPM		/* "Disabled", "L0s L1 Enabled" */
};

/**
 * struct row - a word in a line.
 * @id, @extended: of the capability
 * @group: label of the line, or of one before it; NULL for any
 * @reg, @shift: the position of its lowest bit
 * @from, @size: the bytes that are known once this word and all others for them were seen; 0 if another row
 *	says so
 */
struct row {
	uint16_t id;
	bool extended;
	const char *group, *word;
	enum kind kind;
	uint8_t reg, shift, from, size;
};

#define EXP	PCI_CAP_ID_EXP, false
#define EXT(id)	PCI_EXT_CAP_ID_##id, true

/*
 * lspci omits AtomicOp routing, egress blocking and ARI forwarding only for endpoints, where they are
 * hardwired to 0: PCIe r6.0, sec 7.5.3.15 and 7.5.3.16.
 */
static const struct row rows[] = {
	{ EXP, "DevCap", "MaxPayload ", BYTES, 0x04, 0, 0x04, 4 },
	{ EXP, "DevCtl", "RlxdOrd", FLAG, 0x08, 4, 0, 0 },
	{ EXP, "DevCtl", "ExtTag", FLAG, 0x08, 8, 0, 0 },
	{ EXP, "DevCtl", "MaxPayload ", BYTES, 0x08, 5, 0, 0 },
	{ EXP, "DevCtl", "MaxReadReq ", BYTES, 0x08, 12, 0x08, 4 },
	{ EXP, "LnkCap", "Port #", NUMBER, 0x0c, 24, 0, 0 },
	{ EXP, "LnkCap", "Speed ", SPEED, 0x0c, 0, 0, 0 },
	{ EXP, "LnkCap", "LLActRep", FLAG, 0x0c, 20, 0, 0 },
	{ EXP, "LnkCap", "Width x", WIDTH, 0x0c, 4, 0x0c, 4 },
	{ EXP, "LnkCtl", "ASPM ", ASPM, 0x10, 0, 0x10, 2 },
	{ EXP, "LnkSta", "Speed ", SPEED, 0x12, 0, 0, 0 },
	{ EXP, "LnkSta", "DLActive", FLAG, 0x12, 13, 0, 0 },
	{ EXP, "LnkSta", "Width x", WIDTH, 0x12, 4, 0x12, 2 },
	{ EXP, "SltCap", "HotPlug", FLAG, 0x14, 6, 0, 0 },
	{ EXP, "SltCap", "Slot #", NUMBER, 0x14, 19, 0x14, 4 },
	{ EXP, "AtomicOpsCap", "Routing", OPTION, 0x24, 6, 0, 0 },
	{ EXP, "AtomicOpsCap", "32bit", FLAG, 0x24, 7, 0, 0 },
	{ EXP, "AtomicOpsCap", "64bit", FLAG, 0x24, 8, 0, 0 },
	{ EXP, "AtomicOpsCap", "128bitCAS", FLAG, 0x24, 9, 0x24, 4 },
	{ EXP, "DevCtl2", "ARIFwd", PORT_FLAG, 0x28, 5, 0, 0 },
	{ EXP, "DevCtl2", "10BitTagReq", OPTION, 0x28, 12, 0x28, 4 },
	{ EXP, "AtomicOpsCtl", "10BitTagReq", OPTION, 0x28, 12, 0x28, 4 },
	{ EXP, "AtomicOpsCtl", "ReqEn", OPTION, 0x28, 6, 0, 0 },
	{ EXP, "AtomicOpsCtl", "EgressBlck", OPTION, 0x28, 7, 0, 0 },
	{ EXP, "LnkSta2", "FltMode", FLAG, 0x32, 10, 0x30, 4 },
	{ PCI_CAP_ID_PCIX, false, "Status", "266MHz", FLAG, 0x04, 30, 0, 0 },
	{ PCI_CAP_ID_PCIX, false, "Status", "533MHz", FLAG, 0x04, 31, 0x04, 4 },
	{ EXT(ACS), "ACSCap", "SrcValid", FLAG, 0x04, 0, 0, 0 },
	{ EXT(ACS), "ACSCap", "TransBlk", FLAG, 0x04, 1, 0, 0 },
	{ EXT(ACS), "ACSCap", "ReqRedir", FLAG, 0x04, 2, 0, 0 },
	{ EXT(ACS), "ACSCap", "CmpltRedir", FLAG, 0x04, 3, 0, 0 },
	{ EXT(ACS), "ACSCap", "UpstreamFwd", FLAG, 0x04, 4, 0, 0 },
	{ EXT(ACS), "ACSCap", "EgressCtrl", FLAG, 0x04, 5, 0, 0 },
	{ EXT(ACS), "ACSCap", "DirectTrans", FLAG, 0x04, 6, 0x04, 2 },
	{ EXT(ACS), "ACSCtl", "SrcValid", FLAG, 0x06, 0, 0, 0 },
	{ EXT(ACS), "ACSCtl", "TransBlk", FLAG, 0x06, 1, 0, 0 },
	{ EXT(ACS), "ACSCtl", "ReqRedir", FLAG, 0x06, 2, 0, 0 },
	{ EXT(ACS), "ACSCtl", "CmpltRedir", FLAG, 0x06, 3, 0, 0 },
	{ EXT(ACS), "ACSCtl", "UpstreamFwd", FLAG, 0x06, 4, 0, 0 },
	{ EXT(ACS), "ACSCtl", "EgressCtrl", FLAG, 0x06, 5, 0, 0 },
	{ EXT(ACS), "ACSCtl", "DirectTrans", FLAG, 0x06, 6, 0x06, 2 },
	{ EXT(ATS), "ATSCtl", "Enable", FLAG, 0x06, 15, 0x04, 4 },
	{ EXT(PRI), "PRICtl", "Enable", FLAG, 0x04, 0, 0x04, 4 },
	{ EXT(PASID), "PASIDCtl", "Enable", FLAG, 0x06, 0, 0x04, 4 },
	{ EXT(SRIOV), "IOVCtl", "Enable", FLAG, 0x08, 0, 0x08, 4 },
	{ EXT(SRIOV), NULL, "Total VFs: ", NUMBER, 0x0e, 0, 0x0c, 4 },
	{ EXT(SRIOV), NULL, "Number of VFs: ", NUMBER, 0x10, 0, 0x10, 4 },
	{ EXT(SRIOV), NULL, "VF offset: ", NUMBER, 0x14, 0, 0, 0 },
	{ EXT(SRIOV), NULL, "stride: ", NUMBER, 0x16, 0, 0x14, 4 },
	{ EXT(SRIOV), NULL, "Device ID: ", HEX, 0x1a, 0, 0x18, 4 },
	{ EXT(DPC), "DpcCtl", "Trigger:", NUMBER, 0x06, 0, 0x04, 4 },
	{ EXT(DPC), "DpcSta", "Trigger", FLAG, 0x08, 0, 0x08, 4 },
	{ EXT(DVSEC), NULL, "Vendor=", HEX, 0x04, 0, 0x04, 4 },
	{ EXT(DVSEC), NULL, "ID=", HEX, 0x08, 0, 0x08, 4 },
};

_Static_assert(P2P_LENGTH(rows) <= 64, "a bit for each row");

static const struct {
	uint16_t id;
	bool extended;
	const char *name;
} names[] = {
	{ EXP, "Express" },
	{ PCI_CAP_ID_PM, false, "Power Management" },
	{ PCI_CAP_ID_PCIX, false, "PCI-X" },
	{ PCI_CAP_ID_SSVID, false, "Subsystem" },
	{ PCI_CAP_ID_MSIX, false, "MSI-X" },
	{ PCI_CAP_ID_MSI, false, "MSI" },
	{ EXT(AER), "Advanced Error Reporting" },
	{ EXT(DSN), "Device Serial Number" },
	{ EXT(ACS), "Access Control Services" },
	{ EXT(ARI), "Alternative Routing-ID Interpretation" },
	{ EXT(ATS), "Address Translation Service" },
	{ EXT(SRIOV), "Single Root I/O Virtualization" },
	{ EXT(PRI), "Page Request Interface" },
	{ EXT(REBAR), "Physical Resizable BAR" },
	{ EXT(REBAR), "Resizable BAR" },
	{ EXT(PASID), "Process Address Space ID" },
	{ EXT(DPC), "Downstream Port Containment" },
	{ EXT(DVSEC), "Designated Vendor-Specific" },
};

void p2p_text_put(struct p2p_text_function *function, unsigned int offset, uint32_t value,
		unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes && offset + i < P2P_CONFIG_EXTENDED; i++)
		function->bytes[offset + i] |= (uint8_t)(value >> 8 * i);
}

void p2p_text_tell(struct p2p_text_function *function, unsigned int offset, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes && offset + i < P2P_CONFIG_EXTENDED; i++)
		function->told[offset + i] = !function->odd[(offset + i) / 4];
}

/* Its last word was seen, but a later line may have more: "AtomicOpsCtl:" belongs to Device Control 2. */
static void tell_later(struct p2p_text_function *function, unsigned int offset, unsigned int bytes)
{
	if (function->pending_count == P2P_TEXT_PENDING)
		return;
	function->pending[function->pending_count].offset = (uint16_t)offset;
	function->pending[function->pending_count++].size = (uint16_t)bytes;
}

/* Was every word of these registers seen?  A missing one may have been cut off. */
static bool has_all_words(const struct p2p_text_function *function, unsigned int offset, unsigned int bytes)
{
	unsigned int type = function->bytes[function->at + PCI_EXP_FLAGS] >> 4 & 0xfu;
	bool is_port = type == PCI_EXP_TYPE_ROOT_PORT || type == PCI_EXP_TYPE_DOWNSTREAM;

	for (size_t i = 0; i < P2P_LENGTH(rows); i++) {
		bool wanted = rows[i].kind == PORT_FLAG ? is_port : rows[i].kind != OPTION;

		if (rows[i].id == function->capability && rows[i].extended == function->extended && wanted &&
		    function->at + rows[i].reg >= offset && function->at + rows[i].reg < offset + bytes &&
		    !(function->words >> i & 1))
			return false;
	}
	return true;
}

void p2p_text_tell_pending(struct p2p_text_function *function)
{
	for (unsigned int i = 0; i < function->pending_count; i++)
		if (has_all_words(function, function->pending[i].offset, function->pending[i].size))
			p2p_text_tell(function, function->pending[i].offset, function->pending[i].size);
	function->pending_count = 0;
}

/* If one word of a register is not understood, none of its others is used. */
static void doubt(struct p2p_text_function *function, unsigned int offset)
{
	if (offset >= P2P_CONFIG_EXTENDED)
		return;
	function->odd[offset / 4] = true;
	p2p_text_tell(function, offset & ~3u, 4);
}

/* The offset of a capability, from "[54]" or "[148 v1]"; 0 if there is none. */
static unsigned int parse_place(const char *line, const char **ret_rest, unsigned int *ret_version)
{
	static const char key[] = "Capabilities: [";
	unsigned long place;
	char *end;

	if (strncmp(line, key, sizeof(key) - 1) != 0)
		return 0;
	place = strtoul(line + sizeof(key) - 1, &end, 16);
	*ret_version = !strncmp(end, " v", 2) ? (unsigned int)strtoul(end + 2, &end, 10) & 0xf : 1;
	if (*end != ']' || place < P2P_CONFIG_HEADER || place > P2P_CONFIG_EXTENDED - 4 || place & 3)
		return 0;
	*ret_rest = end + 1 + strspn(end + 1, " ");
	return (unsigned int)place;
}

bool p2p_text_is_extended(const char *line)
{
	unsigned int version;
	const char *rest;

	return parse_place(line, &rest, &version) >= EXTENDED_START;
}

/* "Express (v2) Root Port (Slot+), MSI 00"; PCIe r6.0, sec 7.5.3.2. */
static void take_express(struct p2p_text_function *function, const char *rest)
{
	static const struct { const char *name; unsigned int type; } types[] = {
		{ "Endpoint", 0 }, { "Legacy Endpoint", 1 }, { "Root Port", 4 },
		{ "Upstream Port", 5 }, { "Downstream Port", 6 },
		{ "PCI-Express to PCI/PCI-X Bridge", 7 },
		{ "PCI/PCI-X Bridge", 7 },	/* lspci 3.1.0 to 3.2.0 */
		{ "PCI/PCI-X to PCI-Express Bridge", 8 },
		{ "Root Complex Integrated Endpoint", 9 },
		{ "Root Complex Event Collector", 10 },
	};
	unsigned int version = 2;

	if (!strncmp(rest, " (v", 3))
		version = (unsigned int)strtoul(rest + 3, NULL, 10) & 0xf;
	rest += strcspn(rest, ")") == 4 && !strncmp(rest, " (v", 3) ? 5 : 0;
	rest += strspn(rest, " ");
	for (size_t i = 0; i < P2P_LENGTH(types); i++) {
		bool has_slot = types[i].type == PCI_EXP_TYPE_ROOT_PORT || types[i].type == PCI_EXP_TYPE_DOWNSTREAM;

		if (strncmp(rest, types[i].name, strlen(types[i].name)) != 0)
			continue;
		if (has_slot && !strstr(rest, "(Slot+)") && !strstr(rest, "(Slot-)"))
			break;
		/* A host bridge may claim to be a root port. */
		if (!function->has_class && types[i].type >= PCI_EXP_TYPE_ROOT_PORT &&
		    types[i].type <= PCI_EXP_TYPE_PCIE_BRIDGE)
			function->header_type = PCI_HEADER_TYPE_BRIDGE;
		function->header_known = true;
		p2p_text_put(function, function->at + PCI_EXP_FLAGS,
			     version | types[i].type << 4 | (strstr(rest, "(Slot+)") ? 0x100 : 0), 2);
		return;
	}
	/* If the type is unknown or cut off, the following registers have no meaning. */
	function->capability = 0;
	function->damaged |= strncmp(rest, "Unknown type", 12) != 0;
	doubt(function, function->at);
}

static void name_capability(struct p2p_text_function *function, const char *rest)
{
	function->capability = 0;
	if (*rest == '#')
		function->capability = (uint16_t)strtoul(rest + 1, NULL, 16);
	for (size_t i = 0; i < P2P_LENGTH(names); i++)
		if (names[i].extended == function->extended &&
		    !strncmp(rest, names[i].name, strlen(names[i].name))) {
			function->capability = names[i].id;
			return;
		}
	/* If the name was cut off, it may be any capability that starts like this. */
	for (size_t i = 0; i < P2P_LENGTH(names); i++)
		function->damaged |= names[i].extended == function->extended &&
				     !strncmp(names[i].name, rest, strlen(rest));
}

/* Labels such as "ARICap:", whose registers are not read here. */
static const struct {
	const char *label;
	uint16_t id;
} labels[] = {
	{ "UESta", PCI_EXT_CAP_ID_AER }, { "AERCap", PCI_EXT_CAP_ID_AER }, { "ARICap", PCI_EXT_CAP_ID_ARI },
	{ "ATSCap", PCI_EXT_CAP_ID_ATS }, { "PRISta", PCI_EXT_CAP_ID_PRI }, { "PASIDCap", PCI_EXT_CAP_ID_PASID },
	{ "IOVCap", PCI_EXT_CAP_ID_SRIOV }, { "DpcCap", PCI_EXT_CAP_ID_DPC },
};

static bool is_labelled(const char *line, const char *label)
{
	size_t length = strlen(label);

	return !strncmp(line, label, length) && line[length] == ':';
}

/* "ilities: [40] Express": the line of a capability that lost its start. */
static bool is_tail_of(const char *line, const char *key)
{
	for (const char *tail = key + 1; strlen(tail) > 4; tail++)
		if (!strncmp(line, tail, strlen(tail)))
			return true;
	return false;
}

/*
 * Is it a remnant of "Capabilities: [40] Express": its start, its end, or joined to another line?  Or a line
 * that belongs to a capability whose first line is missing?
 */
static bool is_damaged(const struct p2p_text_function *function, const char *line)
{
	static const char key[] = "Capabilities: [";
	bool other = false;

	if (strlen(line) > 1 && !strncmp(key, line, strlen(line)))
		return true;
	if (strstr(line + 1, key) || is_tail_of(line, key))
		return true;
	for (size_t i = 0; i < P2P_LENGTH(rows); i++)
		if (rows[i].group && is_labelled(line, rows[i].group)) {
			if (rows[i].id == function->capability && rows[i].extended == function->extended)
				return false;
			other |= strcmp(rows[i].group, "Status") != 0;
		}
	for (size_t i = 0; i < P2P_LENGTH(labels); i++)
		other |= is_labelled(line, labels[i].label) &&
			 (!function->extended || labels[i].id != function->capability);
	return other;
}

static bool is_cardbus(const struct p2p_text_function *function)
{
	return function->class_code >> 8 == PCI_CLASS_BRIDGE_CARDBUS;
}

unsigned int p2p_text_first_pointer(const struct p2p_text_function *function)
{
	return is_cardbus(function) ? PCI_CB_CAPABILITY_LIST : PCI_CAPABILITY_LIST;
}

/* Take an entry of a chain; a capability that is not decoded becomes a Null Capability, id 0. */
static void take_capability(struct p2p_text_function *function, const char *line)
{
	unsigned int version = 1, place;
	const char *rest = "";

	p2p_text_rebar_end(function);
	p2p_text_tell_pending(function);
	function->words = 0;
	place = function->no_list ? 0 : parse_place(line, &rest, &version);
	/* "<access denied>", a broken chain, or an offset that was seen before. */
	if (!place || function->told[place] || !strncmp(rest, "<", 1)) {
		function->no_list = true;
		function->capability = 0;
		return;
	}
	function->at = (uint16_t)place;
	function->extended = place >= EXTENDED_START;
	function->group[0] = '\0';
	name_capability(function, rest);
	p2p_text_tell(function, place, 4);
	if (function->extended) {
		if (place != EXTENDED_START && function->last_extended)
			p2p_text_put(function, function->last_extended, place << 20, 4);
		p2p_text_put(function, place, function->capability | version << 16, 4);
		function->last_extended = (uint16_t)place;
		return;
	}
	p2p_text_put(function, function->last ? function->last + 1u : p2p_text_first_pointer(function), place, 1);
	p2p_text_put(function, place, function->capability, 1);
	function->last = (uint16_t)place;
	function->may_extend |= function->capability == PCI_CAP_ID_EXP || function->capability == PCI_CAP_ID_PCIX;
	if (function->capability == PCI_CAP_ID_EXP)
		take_express(function, p2p_starts(rest, "Express") ? rest + strlen("Express") : "");
}

static bool encode_bytes(unsigned long bytes, uint32_t *ret_value)
{
	for (uint32_t i = 0; i < 6; i++)
		if (bytes == 128u << i) {
			*ret_value = i;
			return true;
		}
	return false;
}

static bool encode_speed(const char *text, uint32_t *ret_value)
{
	static const char *const speeds[] = { "2.5GT/s", "5GT/s", "8GT/s", "16GT/s", "32GT/s",
					      "64GT/s" };
	const char *width = strstr(text, "Width x");

	for (uint32_t i = 0; i < P2P_LENGTH(speeds); i++)
		if (!strncmp(text, speeds[i], strlen(speeds[i]))) {
			*ret_value = i + 1;
			return true;
		}
	*ret_value = 0;
	return !strncmp(text, "unknown", 7) && width && width[7] == '0';
}

static bool encode_aspm(const char *text, uint32_t *ret_value)
{
	*ret_value = 0;
	if (!strncmp(text, "Disabled", 8))
		return true;
	if (!strncmp(text, "L0s ", 4))
		*ret_value = 1;
	if (!strncmp(text, "L1 ", 3) || !strncmp(text, "L0s L1 ", 7))
		*ret_value |= 2;
	return *ret_value != 0;
}

/* The maximum value of each kind. */
static const uint32_t bits[] = {
	[FLAG] = 1, [PORT_FLAG] = 1, [OPTION] = 1, [NUMBER] = 0xffff, [WIDTH] = 0x3f, [HEX] = 0xffff, [BYTES] = 7,
	[SPEED] = 0xf, [ASPM] = 3,
};

/* Parse the value of @row after its word. */
static bool encode(const struct row *row, const char *text, uint32_t *ret_value)
{
	char *end;

	switch (row->kind) {
	case FLAG:
	case PORT_FLAG:
	case OPTION:
		*ret_value = *text == '+';
		return *text == '+' || *text == '-';
	case NUMBER:
	case WIDTH:
		*ret_value = (uint32_t)strtoul(text, &end, 10);
		return end != text;
	case HEX:
		*ret_value = (uint32_t)strtoul(text, &end, 16) & 0xffff;
		return end != text;
	case BYTES:
		return encode_bytes(strtoul(text, NULL, 10), ret_value);
	case SPEED:
		return encode_speed(text, ret_value);
	case ASPM:
		return encode_aspm(text, ret_value);
	}
	return false;
}

uint32_t p2p_text_bits(uint16_t id, bool extended, unsigned int reg)
{
	/* Version, type and slot. */
	uint32_t told = id == PCI_CAP_ID_EXP && !extended && !reg ? 0x01ff0000 : 0;

	if (id == (extended ? PCI_EXT_CAP_ID_REBAR : PCI_CAP_ID_SSVID))
		return UINT32_MAX;
	for (size_t i = 0; i < P2P_LENGTH(rows); i++)
		if (rows[i].id == id && rows[i].extended == extended && (rows[i].reg & ~3u) == reg)
			told |= bits[rows[i].kind] << (rows[i].shift + (rows[i].reg & 2) * 8);
	return told;
}

/* Find a whole word: "64bit" is not in "128bit64bit", nor "Enable" in "MemEnable". */
static const char *find_word(const char *line, const char *word)
{
	for (const char *at = strstr(line, word); at; at = strstr(at + 1, word))
		if (at == line || strchr(" \t,:", at[-1]))
			return at + strlen(word);
	return NULL;
}

static void take_word(struct p2p_text_function *function, const struct row *row, const char *line)
{
	const char *text = find_word(line, row->word);
	uint32_t value;

	if (!text)
		return;
	if (!encode(row, text, &value) || value > bits[row->kind]) {
		doubt(function, function->at + row->reg);
		return;
	}
	p2p_text_put(function, function->at + row->reg, value << row->shift, row->reg & 2 ? 2 : 4);
	function->words |= 1ull << (row - rows);
	if ((!row->extended || row->id != PCI_EXT_CAP_ID_ACS || !function->odd_acs) && row->size)
		tell_later(function, function->at + row->from, row->size);
}

static void take_words(struct p2p_text_function *function, const char *line)
{
	size_t label = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

	if (label && line[label] == ':' && label < sizeof(function->group)) {
		if (strncmp(line, "AtomicOpsCtl", 12) != 0)
			p2p_text_tell_pending(function);
		memcpy(function->group, line, label);
		function->group[label] = '\0';
	}
	if (function->extended && function->capability == PCI_EXT_CAP_ID_REBAR &&
	    !strncmp(line, "BAR ", 4))
		p2p_text_rebar(function, line);
	for (size_t i = 0; i < P2P_LENGTH(rows) && function->capability; i++)
		if (rows[i].id == function->capability && rows[i].extended == function->extended &&
		    (!rows[i].group || !strcmp(rows[i].group, function->group)))
			take_word(function, &rows[i], line);
}

static void take_buses(struct p2p_text_function *function, const char *line)
{
	static const char *const keys[] = { "primary=", "secondary=", "subordinate=",
					    "sec-latency=" };
	uint32_t buses = 0;

	function->header_type = is_cardbus(function) ?
				PCI_HEADER_TYPE_CARDBUS : PCI_HEADER_TYPE_BRIDGE;
	for (unsigned int i = 0; i < P2P_LENGTH(keys); i++) {
		const char *text = find_word(line, keys[i]);
		char *end = NULL;
		unsigned long number = text ? strtoul(text, &end, i == 3 ? 10 : 16) : 0;

		if (!text || end == text || number > 0xff)
			return;
		buses |= (uint32_t)number << 8 * i;
	}
	p2p_text_put(function, PCI_PRIMARY_BUS, buses, 4);
	p2p_text_tell(function, PCI_PRIMARY_BUS, 4);
}

void p2p_text_subsystem(struct p2p_text_function *function, uint16_t vendor, uint16_t device)
{
	bool own = !function->extended && function->capability == PCI_CAP_ID_SSVID;
	unsigned int place = own ? function->at + PCI_SSVID_VENDOR :
			     is_cardbus(function) ? PCI_CB_SUBSYSTEM_VENDOR_ID :
			     PCI_SUBSYSTEM_VENDOR_ID;

	p2p_text_put(function, place, vendor | (uint32_t)device << 16, 4);
	p2p_text_tell(function, place, 4);
}

/* "!!! Invalid class 0604 for header type 00": lspci trusts the header. */
static void take_header_type(struct p2p_text_function *function, const char *line)
{
	const char *type = strstr(line, "for header type ");
	unsigned int value;

	if (!type || !p2p_text_hex(type + 16, 2, '\0', &value))
		return;
	function->header_type = value & 0x7f;
	function->header_known = true;
}

void p2p_text_register(struct p2p_text_function *function, const char *line)
{
	const char *flag;

	function->damaged |= is_damaged(function, line);
	if (!strncmp(line, "Capabilities: ", 14)) {
		take_capability(function, line);
		take_words(function, line);
	} else if (!function->at && (!strncmp(line, "Flags: ", 7) ||
				     !strncmp(line, "Control: ", 9))) {
		function->detailed = true;
		function->verbose = *line == 'C';
		flag = find_word(line, "Mem");
		p2p_text_put(function, PCI_COMMAND, flag && *flag == '+' ? PCI_COMMAND_MEMORY : 0, 2);
	} else if (!strncmp(line, "Status: Cap+", 12) && !function->last) {
		p2p_text_put(function, PCI_STATUS, PCI_STATUS_CAP_LIST, 2);
	} else if (!strncmp(line, "Status: Cap-", 12) && !function->at) {
		function->no_capabilities = true;
	} else if (!strncmp(line, "!!! Invalid class ", 18)) {
		take_header_type(function, line);
	} else if (!strncmp(line, "Bus: primary=", 13)) {
		take_buses(function, line);
	} else if (!strncmp(line, "Subsystem: ", 11)) {
		function->named = true;
	} else if (!strncmp(line, "!!! Unknown header type", 23)) {
		function->unknown = true;
	} else {
		take_words(function, line);
	}
}

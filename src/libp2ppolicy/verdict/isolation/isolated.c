/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does the kernel consider a function isolated from its peers?  Based on ACS, and on the quirks in
 * drivers/pci/quirks.c for hardware that lacks ACS or claims too much.  The tables are those of 7.3.4; stable
 * updates of 6.1 and 6.12 have the same rows in pci_dev_acs_enabled[].
 */
#include <string.h>

#include "verdict/isolation/isolated.h"
#include "verdict/rules.h"

#define ROOT		(1u << P2P_PORT_ROOT)
#define PORTS		(1u << P2P_PORT_ROOT | 1u << P2P_PORT_DOWNSTREAM)
#define INTEGRATED	(1u << P2P_PORT_RC_ENDPOINT)
#define BRIDGES		(1u << P2P_PORT_PCI_BRIDGE | 1u << P2P_PORT_PCIE_BRIDGE)
#define ENDS		(1u << P2P_PORT_ENDPOINT | 1u << P2P_PORT_LEGACY_ENDPOINT | \
			 1u << P2P_PORT_UPSTREAM | INTEGRATED)

/*
 * WITHOUT_ACS: isolated regardless of ACS; NEVER: not isolated, regardless of ACS; SOUTHBRIDGE: isolated
 * behind an AMD IOMMU (pci_quirk_amd_sb_acs()); CHIPSET: isolated if the kernel could set it up through
 * memory-mapped registers (pci_quirk_enable_intel_pch_acs()), which bit 0 of the RCBA of function 1f.0
 * decides.
 */
enum quirk { WITHOUT_ACS, NEVER, SOUTHBRIDGE, CHIPSET };

/**
 * struct row - one quirk; the first matching row applies.
 * @types: bit n: port type n; 0 for any, including conventional devices
 */
struct row {
	uint16_t vendor, first, last;
	unsigned int types;
	enum quirk quirk;
};

static const struct row rows[] = {
	{ 0x1002, 0x4383, 0x4385, 0, SOUTHBRIDGE },
	{ 0x1002, 0x4399, 0x4399, 0, SOUTHBRIDGE },
	{ 0x1002, 0x439c, 0x439d, 0, SOUTHBRIDGE },
	{ 0x1022, 0x7809, 0x7809, 0, SOUTHBRIDGE },
	{ 0x1022, 0x780f, 0x780f, 0, SOUTHBRIDGE },
	{ 0x1924, 0x0903, 0x0903, 0, WITHOUT_ACS },
	{ 0x1924, 0x0923, 0x0923, 0, WITHOUT_ACS },
	{ 0x1924, 0x0a03, 0x0a03, 0, WITHOUT_ACS },
	{ 0x8086, 0x105e, 0x1060, 0, WITHOUT_ACS },
	{ 0x8086, 0x10a7, 0x10a7, 0, WITHOUT_ACS },
	{ 0x8086, 0x10a9, 0x10a9, 0, WITHOUT_ACS },
	{ 0x8086, 0x10c6, 0x10c6, 0, WITHOUT_ACS },
	{ 0x8086, 0x10c9, 0x10c9, 0, WITHOUT_ACS },
	{ 0x8086, 0x10d6, 0x10d6, 0, WITHOUT_ACS },
	{ 0x8086, 0x10d9, 0x10d9, 0, WITHOUT_ACS },
	{ 0x8086, 0x10db, 0x10db, 0, WITHOUT_ACS },
	{ 0x8086, 0x10dd, 0x10dd, 0, WITHOUT_ACS },
	{ 0x8086, 0x10e1, 0x10e1, 0, WITHOUT_ACS },
	{ 0x8086, 0x10e6, 0x10e8, 0, WITHOUT_ACS },
	{ 0x8086, 0x10f1, 0x10f1, 0, WITHOUT_ACS },
	{ 0x8086, 0x10f7, 0x10fc, 0, WITHOUT_ACS },
	{ 0x8086, 0x1507, 0x1507, 0, WITHOUT_ACS },
	{ 0x8086, 0x1509, 0x150a, 0, WITHOUT_ACS },
	{ 0x8086, 0x150d, 0x1511, 0, WITHOUT_ACS },
	{ 0x8086, 0x1514, 0x1514, 0, WITHOUT_ACS },
	{ 0x8086, 0x1516, 0x1516, 0, WITHOUT_ACS },
	{ 0x8086, 0x1518, 0x1518, 0, WITHOUT_ACS },
	{ 0x8086, 0x151c, 0x151c, 0, WITHOUT_ACS },
	{ 0x8086, 0x1521, 0x1524, 0, WITHOUT_ACS },
	{ 0x8086, 0x1526, 0x1527, 0, WITHOUT_ACS },
	{ 0x8086, 0x1529, 0x152a, 0, WITHOUT_ACS },
	{ 0x8086, 0x154d, 0x154d, 0, WITHOUT_ACS },
	{ 0x8086, 0x154f, 0x154f, 0, WITHOUT_ACS },
	{ 0x8086, 0x1551, 0x1551, 0, WITHOUT_ACS },
	{ 0x8086, 0x1558, 0x1558, 0, WITHOUT_ACS },
	{ 0x8086, 0x15b7, 0x15b8, 0, WITHOUT_ACS },
	{ 0x8086, 0x0000, 0xffff, INTEGRATED, WITHOUT_ACS },
	{ 0x17cb, 0x0111, 0x0111, 0, WITHOUT_ACS },
	{ 0x17cb, 0x0115, 0x0115, 0, WITHOUT_ACS },
	{ 0x17cb, 0x0120, 0x0120, 0, WITHOUT_ACS },
	{ 0x17cb, 0x0400, 0x0401, 0, WITHOUT_ACS },
	{ 0x1dbf, 0x0401, 0x0401, 0, WITHOUT_ACS },
	{ 0x8086, 0x1c10, 0x1c1f, ROOT, CHIPSET },
	{ 0x8086, 0x1d10, 0x1d10, ROOT, CHIPSET },
	{ 0x8086, 0x1d12, 0x1d12, ROOT, CHIPSET },
	{ 0x8086, 0x1d14, 0x1d14, ROOT, CHIPSET },
	{ 0x8086, 0x1d16, 0x1d16, ROOT, CHIPSET },
	{ 0x8086, 0x1d18, 0x1d18, ROOT, CHIPSET },
	{ 0x8086, 0x1d1a, 0x1d1a, ROOT, CHIPSET },
	{ 0x8086, 0x1d1c, 0x1d1c, ROOT, CHIPSET },
	{ 0x8086, 0x1d1e, 0x1d1e, ROOT, CHIPSET },
	{ 0x8086, 0x1e10, 0x1e1f, ROOT, CHIPSET },
	{ 0x8086, 0x3b42, 0x3b51, ROOT, CHIPSET },
	{ 0x8086, 0x8c10, 0x8c1f, ROOT, CHIPSET },
	{ 0x8086, 0x8c90, 0x8c90, ROOT, CHIPSET },
	{ 0x8086, 0x8c92, 0x8c92, ROOT, CHIPSET },
	{ 0x8086, 0x8c94, 0x8c94, ROOT, CHIPSET },
	{ 0x8086, 0x8c96, 0x8c96, ROOT, CHIPSET },
	{ 0x8086, 0x8c98, 0x8c98, ROOT, CHIPSET },
	{ 0x8086, 0x8c9a, 0x8c9a, ROOT, CHIPSET },
	{ 0x8086, 0x8c9c, 0x8c9c, ROOT, CHIPSET },
	{ 0x8086, 0x8c9e, 0x8c9e, ROOT, CHIPSET },
	{ 0x8086, 0x8d10, 0x8d1e, ROOT, CHIPSET },
	{ 0x8086, 0x9c10, 0x9c1b, ROOT, CHIPSET },
	{ 0x8086, 0x9c90, 0x9c9b, ROOT, CHIPSET },
	{ 0x19a2, 0x0710, 0x0710, 0, WITHOUT_ACS },
	{ 0x10df, 0x0720, 0x0720, 0, WITHOUT_ACS },
	{ 0x177d, 0xa000, 0xa7ff, ROOT, WITHOUT_ACS },
	{ 0x177d, 0xaf84, 0xaf84, ROOT, WITHOUT_ACS },
	{ 0x177d, 0xb884, 0xb884, ROOT, WITHOUT_ACS },
	{ 0x177d, 0xa026, 0xa026, 0, WITHOUT_ACS },
	{ 0x177d, 0xa059, 0xa059, 0, WITHOUT_ACS },
	{ 0x177d, 0xa060, 0xa060, 0, WITHOUT_ACS },
	{ 0x10e8, 0xe004, 0xe004, 0, WITHOUT_ACS },
	{ 0x1def, 0xe005, 0xe00c, 0, WITHOUT_ACS },
	{ 0x14e4, 0x16d7, 0x16d7, 0, WITHOUT_ACS },
	{ 0x14e4, 0x1750, 0x1752, 0, WITHOUT_ACS },
	{ 0x14e4, 0x1760, 0x1763, 0, WITHOUT_ACS },
	{ 0x14e4, 0xd714, 0xd714, 0, WITHOUT_ACS },
	{ 0x0014, 0x3c09, 0x3c09, 0, WITHOUT_ACS },
	{ 0x0014, 0x3c19, 0x3c19, 0, WITHOUT_ACS },
	{ 0x0014, 0x3c29, 0x3c29, 0, WITHOUT_ACS },
	{ 0x0014, 0x7a09, 0x7a09, 0, WITHOUT_ACS },
	{ 0x0014, 0x7a19, 0x7a19, 0, WITHOUT_ACS },
	{ 0x0014, 0x7a29, 0x7a29, 0, WITHOUT_ACS },
	{ 0x0014, 0x7a39, 0x7a39, 0, WITHOUT_ACS },
	{ 0x0014, 0x7a49, 0x7a49, 0, WITHOUT_ACS },
	{ 0x0014, 0x7a59, 0x7a59, 0, WITHOUT_ACS },
	{ 0x0014, 0x7a69, 0x7a69, 0, WITHOUT_ACS },
	{ 0x1c36, 0x0031, 0x0031, ROOT, WITHOUT_ACS },
	{ 0x1d17, 0x3038, 0x3038, 0, WITHOUT_ACS },
	{ 0x1d17, 0x3104, 0x3104, 0, WITHOUT_ACS },
	{ 0x1d17, 0x9083, 0x9083, 0, WITHOUT_ACS },
	{ 0x1957, 0x8d80, 0x8d83, 0, WITHOUT_ACS },
	{ 0x1957, 0x8d88, 0x8d8b, 0, WITHOUT_ACS },
	{ 0x1957, 0x8d90, 0x8d93, 0, WITHOUT_ACS },
	{ 0x1957, 0x8d98, 0x8d9b, 0, WITHOUT_ACS },
	{ 0x1957, 0x8da0, 0x8da1, 0, WITHOUT_ACS },
	{ 0x1957, 0x8da8, 0x8da9, 0, WITHOUT_ACS },
	{ 0x1957, 0x8db0, 0x8db1, 0, WITHOUT_ACS },
	{ 0x1957, 0x8db8, 0x8db9, 0, WITHOUT_ACS },
	{ 0x1d17, 0x0710, 0x071e, PORTS, WITHOUT_ACS },
	{ 0x1d17, 0x0721, 0x0721, PORTS, WITHOUT_ACS },
	{ 0x1d17, 0x0723, 0x0752, PORTS, WITHOUT_ACS },
	{ 0x1d17, 0x0000, 0xffff, PORTS, NEVER },
	{ 0x8088, 0x0100, 0x010f, 0, WITHOUT_ACS },
	{ 0x8088, 0x1001, 0x1001, 0, WITHOUT_ACS },
	{ 0x8088, 0x2001, 0x2001, 0, WITHOUT_ACS },
	{ 0x8088, 0x5010, 0x5010, 0, WITHOUT_ACS },
	{ 0x8088, 0x5025, 0x5025, 0, WITHOUT_ACS },
	{ 0x8088, 0x5040, 0x5040, 0, WITHOUT_ACS },
	{ 0x8088, 0x5110, 0x5110, 0, WITHOUT_ACS },
	{ 0x8088, 0x5125, 0x5125, 0, WITHOUT_ACS },
	{ 0x8088, 0x5140, 0x5140, 0, WITHOUT_ACS },
	{ 0x8088, 0x0000, 0xffff, 0, NEVER },
};

/* Ports that cannot do Source Validation; pci_disable_broken_acs_cap(). */
static bool has_broken_validation(const struct p2p_function *function)
{
	return function->vendor == 0x111d && (function->device == 0x80b5 ||
					      function->device == 0x8090);
}

enum p2p_tri p2p_is_multifunction(const struct p2p_function *function)
{
	bool link = function->parent && p2p_link_is_port(function->parent);

	if (function->physfn)
		return P2P_NO;
	/* With ARI, the single device on a link uses all devfns. */
	if (function->bdf.devfn & 7 || (link && function->bdf.devfn))
		return P2P_YES;
	if (function->several != P2P_PRESENT)
		return P2P_UNKNOWN;
	return function->multifunction ? P2P_YES : P2P_NO;
}

/* An IOMMU on a machine with an AMD CPU is an AMD IOMMU. */
static enum p2p_tri has_amd_iommu(const struct p2p_machine *machine)
{
	if (!machine->cpu_vendor)
		return P2P_UNKNOWN;
	if (strcmp(machine->cpu_vendor, "AuthenticAMD") != 0)
		return P2P_NO;
	return machine->iommu;
}

/* Does a quirk decide?  If the port type is unknown, so is the answer of a quirk that depends on it. */
static bool ask_quirks(const struct p2p_machine *machine, const struct p2p_function *function,
		       enum p2p_tri *ret_answer)
{
	enum p2p_tri amd, several;

	for (size_t i = 0; i < P2P_LENGTH(rows); i++) {
		const struct row *row = &rows[i];

		if (row->vendor != function->vendor || function->device < row->first ||
		    function->device > row->last)
			continue;
		*ret_answer = row->quirk == WITHOUT_ACS ? P2P_YES :
			      row->quirk == NEVER ? P2P_NO :
			      row->quirk == CHIPSET ? function->host->isolates : P2P_UNKNOWN;
		if (row->types && function->pcie.fact == P2P_DENIED) {
			*ret_answer = P2P_UNKNOWN;
			return true;
		}
		if (row->types && (function->pcie.fact == P2P_ABSENT ||
				   !(1u << function->pcie.type & row->types)))
			continue;
		if (row->quirk != SOUTHBRIDGE)
			return true;
		amd = has_amd_iommu(machine);
		several = p2p_is_multifunction(function);
		if (several == P2P_NO || function->parent || amd == P2P_NO)
			return false;
		if (several == P2P_YES && amd == P2P_YES)
			*ret_answer = P2P_YES;
		return true;
	}
	return false;
}

static uint16_t wanted(const struct p2p_function *function)
{
	uint16_t bits = P2P_ACS_ISOLATION & function->acs.capability;

	/* What the capability does not support counts as hard-wired; pci_acs_flags_enabled(). */
	return has_broken_validation(function) ? bits & (uint16_t)~P2P_ACS_SV : bits;
}

uint16_t p2p_acs_missing(const struct p2p_function *function)
{
	if (function->acs.fact != P2P_PRESENT || function->acs.kernel_fact != P2P_PRESENT)
		return 0;
	return wanted(function) & (uint16_t)~function->acs.control;
}

static enum p2p_tri is_enabled(const struct p2p_function *function)
{
	if (function->acs.kernel_fact == P2P_ABSENT)
		return P2P_NO;
	if (function->acs.kernel_fact == P2P_DENIED || function->acs.fact != P2P_PRESENT)
		return P2P_UNKNOWN;
	return p2p_acs_missing(function) ? P2P_NO : P2P_YES;
}

static enum p2p_tri by_type(const struct p2p_function *function)
{
	enum p2p_tri several;
	unsigned int type;

	if (function->pcie.fact != P2P_PRESENT)
		return function->pcie.fact == P2P_ABSENT ? P2P_NO : P2P_UNKNOWN;
	type = 1u << function->pcie.type;
	if (type & (BRIDGES | 1u << P2P_PORT_RC_EVENT_COLLECTOR))
		return P2P_NO;
	if (type & PORTS)
		return is_enabled(function);
	several = p2p_is_multifunction(function);
	if (!(type & ENDS) || several == P2P_NO || is_enabled(function) == P2P_YES)
		return P2P_YES;
	return several == P2P_YES ? is_enabled(function) : P2P_UNKNOWN;
}

/*
 * The patch that Proxmox and others apply treats PCI Express functions without ACS as isolated, for the kinds
 * that the parameter names; mainline does not have it.
 */
static bool may_be_overridden(const struct p2p_machine *machine, const struct p2p_function *function)
{
	return machine->cmdline && strstr(machine->cmdline, "pcie_acs_override=") &&
	       function->pcie.fact == P2P_PRESENT && function->acs.kernel_fact == P2P_ABSENT;
}

enum p2p_tri p2p_is_isolated(const struct p2p_machine *machine, const struct p2p_function *function)
{
	enum p2p_tri answer = P2P_UNKNOWN;

	if (function->ids != P2P_PRESENT || ask_quirks(machine, function, &answer))
		return answer;
	answer = by_type(function);
	return answer == P2P_NO && may_be_overridden(machine, function) ? P2P_UNKNOWN : answer;
}

/* The IOMMU of ThunderX2 is at a bridge; quirk_bridge_cavm_thrx2_pcie_root(). */
bool p2p_stops_aliases(const struct p2p_function *bridge)
{
	return bridge->ids == P2P_PRESENT && bridge->vendor == 0x14e4 &&
	       (bridge->device == 0x9000 || bridge->device == 0x9084);
}

/* AST1150 forwards requester IDs, which the kernel knows since some release between 6.13 and 7.2. */
static bool passes_on(const struct p2p_function *bridge)
{
	return bridge->ids == P2P_PRESENT && bridge->vendor == 0x1a03 && bridge->device == 0x1150;
}

static bool is_between(const char *release)
{
	unsigned int number;

	return p2p_release_parse(release, &number) < 0 || number < P2P_KERNEL(7, 2);
}

enum p2p_tri p2p_takes_over(const struct p2p_machine *machine, const struct p2p_function *bridge)
{
	if (bridge->pcie.fact != P2P_PRESENT)
		return bridge->pcie.fact == P2P_ABSENT ? P2P_YES : P2P_UNKNOWN;
	if (bridge->pcie.type == P2P_PORT_PCI_BRIDGE && passes_on(bridge))
		return is_between(machine->release) ? P2P_UNKNOWN : P2P_NO;
	return 1u << bridge->pcie.type & BRIDGES ? P2P_YES : P2P_NO;
}

/* Which devfns a function uses besides its own; drivers/pci/quirks.c, pci_add_dma_alias(). */
enum alias { FUNCTION_0, FUNCTION_1, FIXED, MIC, VCA, EVERY, BY_TABLE };

static const struct alias_row {
	uint16_t vendor, first, last, subsystem_device;
	enum alias alias;
} alias_rows[] = {
	{ 0x1180, 0xe832, 0xe832, 0, FUNCTION_0 }, { 0x1180, 0xe476, 0xe476, 0, FUNCTION_0 },
	{ 0x6766, 0x3d40, 0x3d41, 0, FUNCTION_0 },
	{ 0x1b4b, 0x9120, 0x9120, 0, FUNCTION_1 }, { 0x1b4b, 0x9123, 0x9123, 0, FUNCTION_1 },
	{ 0x1b4b, 0x9125, 0x9125, 0, FUNCTION_1 }, { 0x1b4b, 0x9128, 0x9128, 0, FUNCTION_1 },
	{ 0x1b4b, 0x9130, 0x9130, 0, FUNCTION_1 }, { 0x1b4b, 0x9170, 0x9170, 0, FUNCTION_1 },
	{ 0x1b4b, 0x9172, 0x9172, 0, FUNCTION_1 }, { 0x1b4b, 0x917a, 0x917a, 0, FUNCTION_1 },
	{ 0x1b4b, 0x9182, 0x9183, 0, FUNCTION_1 }, { 0x1b4b, 0x91a0, 0x91a0, 0, FUNCTION_1 },
	{ 0x1b4b, 0x9215, 0x9215, 0, FUNCTION_1 }, { 0x1b4b, 0x9220, 0x9220, 0, FUNCTION_1 },
	{ 0x1b4b, 0x9230, 0x9230, 0, FUNCTION_1 }, { 0x1b4b, 0x9235, 0x9235, 0, FUNCTION_1 },
	{ 0x1103, 0x0642, 0x0642, 0, FUNCTION_1 }, { 0x1103, 0x0645, 0x0645, 0, FUNCTION_1 },
	{ 0x197b, 0x2392, 0x2392, 0, FUNCTION_1 }, { 0x1c28, 0x0122, 0x0122, 0, FUNCTION_1 },
	{ 0x9005, 0x0285, 0x0285, 0x02bb, FIXED }, { 0x9005, 0x0285, 0x0285, 0x02bc, FIXED },
	{ 0x8086, 0x2260, 0x2260, 0, MIC }, { 0x8086, 0x2264, 0x2264, 0, MIC },
	{ 0x8086, 0x2954, 0x2956, 0, VCA }, { 0x8086, 0x2958, 0x295a, 0, VCA },
	{ 0x10b5, 0x87b0, 0x87b1, 0, EVERY },
	/* Switchtec and PCI100x, more than the kernel lists: bridges whose alias table is not read here. */
	{ 0x11f8, 0x8531, 0x8536, 0, BY_TABLE }, { 0x11f8, 0x8541, 0x8546, 0, BY_TABLE },
	{ 0x11f8, 0x8551, 0x8556, 0, BY_TABLE }, { 0x11f8, 0x8561, 0x8576, 0, BY_TABLE },
	{ 0x11f8, 0x4000, 0x4fff, 0, BY_TABLE }, { 0x11f8, 0x5000, 0x5fff, 0, BY_TABLE },
	{ 0x1055, 0x1001, 0x1008, 0, BY_TABLE },
};

static const struct alias_row *find_alias(const struct p2p_function *function)
{
	if (function->ids != P2P_PRESENT || function->physfn)
		return NULL;
	for (size_t i = 0; i < P2P_LENGTH(alias_rows); i++) {
		const struct alias_row *row = &alias_rows[i];

		if (row->vendor != function->vendor || function->device < row->first ||
		    function->device > row->last)
			continue;
		if (row->subsystem_device && (function->subsystem_vendor != row->vendor ||
					      function->subsystem_device != row->subsystem_device))
			continue;
		if (row->alias == BY_TABLE && function->class_code >> 8 != 0x0680)
			continue;
		return row;
	}
	return NULL;
}

bool p2p_has_alias(const struct p2p_function *function)
{
	return find_alias(function);
}

enum p2p_tri p2p_is_alias(const struct p2p_function *function, const struct p2p_function *other)
{
	const struct alias_row *row = find_alias(function);
	unsigned int own = function->bdf.devfn, its = other->bdf.devfn;
	bool alias = false;

	if (!row)
		return P2P_NO;
	switch (row->alias) {
	case FUNCTION_0:
		alias = its == (own & ~7u) && own & 7;
		break;
	case FUNCTION_1:
		alias = its == (own & ~7u) + 1;
		break;
	case FIXED:
		alias = its == 0x08;
		break;
	case MIC:
		alias = its == 0x80 || its == 0x88 || its == 0x93;
		break;
	case VCA:
		alias = (its & 7) < 5;
		break;
	case EVERY:
		alias = true;
		break;
	case BY_TABLE:
		return P2P_UNKNOWN;
	}
	return alias ? P2P_YES : P2P_NO;
}

/* arch/x86/kernel/amd_nb.c, amd_root_ids[] and hygon_root_ids[], those of CPUs. */
bool p2p_is_zen_root(const struct p2p_function *function)
{
	static const struct { uint16_t vendor, device; } roots[] = {
		{ 0x1022, 0x1450 }, { 0x1022, 0x15d0 }, { 0x1022, 0x1480 }, { 0x1022, 0x1630 },
		{ 0x1022, 0x14b5 }, { 0x1022, 0x14a4 }, { 0x1022, 0x14d8 }, { 0x1022, 0x14e8 },
		{ 0x1022, 0x153a }, { 0x1022, 0x1507 }, { 0x1022, 0x1122 }, { 0x1d94, 0x1450 },
	};

	if (function->ids != P2P_PRESENT || function->parent || function->bdf.devfn)
		return false;
	for (size_t i = 0; i < P2P_LENGTH(roots); i++)
		if (roots[i].vendor == function->vendor && roots[i].device == function->device)
			return function->class_code >> 8 == 0x0600;
	return false;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kind of GPU an NVIDIA device is, as far as its id and its name tell, and the roots its driver knows. */
#include <string.h>
#include <strings.h>

#include "verdict/ways/ways.h"

static bool is_nvidia(const struct p2p_function *function)
{
	return function->ids == P2P_PRESENT && function->vendor == 0x10de;
}

/*
 * Device ids of GeForce and TITAN cards from Turing on, whose peer access over PCIe the stock driver refuses;
 * pci.ids.  Older ones were granted it, by a closed-source driver.
 */
static const struct { uint16_t first, last; } geforce[] = {
	{ 0x1e02, 0x1e2e }, { 0x1e81, 0x1eaf }, { 0x1ec2, 0x1eed }, { 0x1f02, 0x1f2e },
	{ 0x1f42, 0x1f76 }, { 0x1f82, 0x1fa0 }, { 0x2182, 0x2188 }, { 0x2191, 0x21d1 },
	{ 0x2203, 0x222f }, { 0x2414, 0x2420 }, { 0x2460, 0x2460 }, { 0x2482, 0x24ad },
	{ 0x24c7, 0x24e0 }, { 0x2501, 0x2509 }, { 0x2520, 0x252f }, { 0x2544, 0x2544 },
	{ 0x2560, 0x2563 }, { 0x2582, 0x2583 }, { 0x25a0, 0x25af }, { 0x2684, 0x26af },
	{ 0x2702, 0x271f }, { 0x2757, 0x2757 }, { 0x2782, 0x27a0 }, { 0x27e0, 0x27e0 },
	{ 0x2803, 0x2822 }, { 0x2860, 0x28a3 }, { 0x28e0, 0x28e3 }, { 0x2b85, 0x2b8c },
	{ 0x2c02, 0x2c19 }, { 0x2d04, 0x2d19 }, { 0x2f04, 0x2f18 },
};

/* Likewise ids of professional and data-center boards, in case there is no pci.ids. */
static const struct { uint16_t first, last; } professional[] = {
	{ 0x1e30, 0x1e38 }, { 0x1eb0, 0x1eb8 }, { 0x1fb0, 0x1fbc }, { 0x1ff0, 0x20fd },
	{ 0x2230, 0x2238 }, { 0x2313, 0x2348 }, { 0x24b0, 0x24bb }, { 0x2531, 0x2531 },
	{ 0x2571, 0x2571 }, { 0x25b5, 0x25bd }, { 0x26b1, 0x26f5 }, { 0x2730, 0x2730 },
	{ 0x27b0, 0x27bb }, { 0x2838, 0x2838 }, { 0x28b8, 0x28b8 }, { 0x2901, 0x29bc },
	{ 0x2bb1, 0x2bbc }, { 0x3182, 0x31c3 },
};

static bool names(const struct p2p_function *function, const char *word)
{
	return function->device_name && strcasestr(function->device_name, word);
}

#define FIRST_BLACKWELL 0x2900

/* A coherent GPU of Hopper has BAR1 off. */
enum p2p_tri p2p_nvidia_maps_over_pcie(const struct p2p_function *function)
{
	enum p2p_tri coherent = p2p_nvidia_coherent(function);

	return coherent == P2P_YES && function->device < FIRST_BLACKWELL ? P2P_NO : coherent;
}

/* Grace Hopper, Grace Blackwell and Vera Rubin boards; pci.ids. */
enum p2p_tri p2p_nvidia_coherent(const struct p2p_function *function)
{
	static const uint16_t ids[] = {
		0x2342, 0x2343, 0x2345, 0x2348, 0x234a, 0x2941, 0x29bc, 0x31c2, 0x31c3, 0x3340,
	};

	if (!is_nvidia(function))
		return function->ids == P2P_PRESENT ? P2P_NO : P2P_UNKNOWN;
	for (size_t i = 0; i < P2P_LENGTH(ids); i++)
		if (function->device == ids[i])
			return P2P_YES;
	return P2P_NO;
}

/*
 * SXM and superchip boards are made for NVLink; Ada and GB20x chips have none.  PCI does not show whether
 * others are connected by a bridge.
 */
enum p2p_tri p2p_nvidia_nvlink(const struct p2p_function *function)
{
	static const uint16_t sxm[] = {
		0x1db1, 0x1db3, 0x1db5, 0x1db7, 0x1db8, 0x20b0, 0x20b2, 0x20b3, 0x20bd, 0x20f3,
		0x20f6, 0x2324, 0x2329, 0x2330, 0x2335, 0x2336, 0x2339, 0x2901, 0x2920, 0x2941,
		0x3182, 0x31c2,
	};
	static const uint8_t none[] = { 0x1b, 0x1c, 0x26, 0x27, 0x28, 0x2b, 0x2c, 0x2d, 0x2f };

	if (!is_nvidia(function))
		return P2P_UNKNOWN;
	for (size_t i = 0; i < P2P_LENGTH(sxm); i++)
		if (function->device == sxm[i])
			return P2P_YES;
	for (size_t i = 0; i < P2P_LENGTH(none); i++)
		if (function->device >> 8 == none[i])
			return P2P_NO;
	return P2P_UNKNOWN;
}

/* GeForce of any generation.  Without a name, an id that is in no table tells nothing. */
enum p2p_tri p2p_nvidia_geforce(const struct p2p_function *function)
{
	if (!is_nvidia(function))
		return function->ids == P2P_PRESENT ? P2P_NO : P2P_UNKNOWN;
	for (size_t i = 0; i < P2P_LENGTH(geforce); i++)
		if (function->device >= geforce[i].first && function->device <= geforce[i].last &&
		    !names(function, "RTX A") && !names(function, "Quadro"))
			return P2P_YES;
	if (names(function, "GeForce") || names(function, "TITAN"))
		return P2P_YES;
	for (size_t i = 0; i < P2P_LENGTH(professional); i++)
		if (function->device >= professional[i].first &&
		    function->device <= professional[i].last)
			return P2P_NO;
	return function->device_name || p2p_nvidia_coherent(function) == P2P_YES ||
	       p2p_nvidia_nvlink(function) == P2P_YES ? P2P_NO : P2P_UNKNOWN;
}

/* Grace, Ampere Altra and AmpereOne, where the driver requires a common bridge; ogkm osinit.c. */
bool p2p_nvidia_is_picky(const struct p2p_function *root)
{
	static const struct { uint16_t vendor, first, last; } ids[] = {
		{ 0x10de, 0x22b1, 0x22b4 }, { 0x10de, 0x22b8, 0x22b9 }, { 0x1def, 0xe000, 0xe000 },
		{ 0x1def, 0xe00d, 0xe00e }, { 0x1def, 0xe010, 0xe010 }, { 0x1def, 0xe100, 0xe100 },
		{ 0x1def, 0xe110, 0xe110 }, { 0x1def, 0xe200, 0xe207 },
	};

	for (size_t i = 0; i < P2P_LENGTH(ids); i++)
		if (root->vendor == ids[i].vendor && root->device >= ids[i].first &&
		    root->device <= ids[i].last)
			return true;
	return false;
}

/* Root ports of Xeons for which ogkm's chipset code requires the same bus. */
bool p2p_nvidia_is_ioh(const struct p2p_function *port)
{
	static const struct { uint16_t first, last; } ports[] = {
		{ 0x3408, 0x3411 }, { 0x3420, 0x3421 }, { 0x3c02, 0x3c0b }, { 0x0e02, 0x0e0b },
		{ 0x2f01, 0x2f0b }, { 0x6f01, 0x6f0b },
	};

	for (size_t i = 0; port->vendor == 0x8086 && i < P2P_LENGTH(ports); i++)
		if (port->device >= ports[i].first && port->device <= ports[i].last)
			return true;
	return false;
}

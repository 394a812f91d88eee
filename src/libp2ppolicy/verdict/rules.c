/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "verdict/rules.h"
#include "verdict/vendors.h"

#define K P2P_KERNEL
#define NEXT P2P_KERNEL_NEXT
#define EVER 0xffffffffu
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Oldest first; the newest released one is used if no release is recorded. */
static const struct p2p_rules sets[] = {
	{ "4.20", K(4, 20), true, false },
	{ "5.2", K(5, 2), true, false },
	{ "5.4", K(5, 4), true, false },
	{ "5.10", K(5, 10), true, false },
	{ "5.15", K(5, 15), true, false },
	{ "5.19", K(5, 19), true, false },
	{ "6.1", K(6, 1), true, false },
	{ "6.6", K(6, 6), true, false },
	{ "6.12", K(6, 12), true, false },
	{ "7.1", K(7, 1), true, false },
	{ "7.2", K(7, 2), true, false },
	{ "7.3", K(7, 3), true, false },
	{ "next", NEXT, false, false },
	{ "tlp", NEXT, false, true },
};

/*
 * drivers/pci/p2pdma.c of each release.  The last column names the function that implements it, or the commit
 * that changed it.
 */
static const struct {
	enum p2p_clause clause;
	unsigned int since, until;
	const char *source;
} clauses[] = {
	{ P2P_CLAUSE_COMMON_ONLY, 0, K(5, 2), "upstream_bridge_distance()" },
	{ P2P_CLAUSE_ACS_REFUSED, 0, K(5, 4), "upstream_bridge_distance()" },
	{ P2P_CLAUSE_IOMMU_REFUSED, K(5, 2), K(5, 4), "root_complex_whitelist()" },
	{ P2P_CLAUSE_FAR, K(5, 2), K(5, 4), "upstream_bridge_distance()" },
	{ P2P_CLAUSE_ZEN, K(5, 9), EVER, "cpu_supports_p2pdma(), dea286bb71ba" },
	{ P2P_CLAUSE_ROOT_PORT, K(5, 19), EVER, "pci_host_bridge_dev(), 1af7c26c59eb" },
	{ P2P_CLAUSE_WARN_ACS, K(5, 14), NEXT, "__host_bridge_whitelist()" },
	{ P2P_CLAUSE_WARN_VERBOSE, NEXT, EVER, "host_bridge_whitelist()" },
	{ P2P_CLAUSE_SHORT_LIST, K(5, 14), EVER, "calc_map_type_and_dist()" },
};

#define INTEL(device, same, since, until) \
	{ 0x8086, 0x##device, same, since, until, 0, "8086:" #device }
#define ROW(vendor, device, same, since, until) \
	{ 0x##vendor, 0x##device, same, since, until, 0, #vendor ":" #device }
/* 0ba76b19fd4c was marked for stable: it is in updates of 7.1, and not in 6.12.107. */
#define ACCELERATOR(device) \
	{ 0x8086, 0x##device, false, K(7, 2), EVER, K(6, 13), "8086:" #device }

/* pci_p2pdma_whitelist[], in the kernel's order; the first match decides. */
static const struct p2p_whitelist whitelist[] = {
	ROW(1022, 1450, false, K(5, 2), K(5, 9)),	/* AMD Zen; since 5.9 the CPU rule */
	ROW(1022, 15d0, false, K(5, 8), K(5, 9)),	/* Raven */
	ROW(1022, 1630, false, K(5, 8), K(5, 9)),	/* Renoir */
	INTEL(3c00, true, K(5, 4), EVER),		/* Xeon E5, Core i7 */
	INTEL(3c01, true, K(5, 4), EVER),
	INTEL(6f00, true, NEXT, EVER),			/* Xeon v4, Xeon D */
	INTEL(2f00, true, K(5, 4), EVER),		/* Xeon v3, Core i7 */
	INTEL(2f01, true, K(5, 4), EVER),
	INTEL(0c08, true, NEXT, EVER),			/* Haswell client */
	INTEL(2030, false, K(5, 6), EVER),		/* Skylake-E */
	INTEL(2031, false, K(5, 7), EVER),
	INTEL(2032, false, K(5, 7), EVER),
	INTEL(2033, false, K(5, 7), EVER),
	INTEL(2020, false, K(5, 6), EVER),
	INTEL(09a2, false, K(5, 18), EVER),		/* Ice Lake to Clearwater Forest */
	ACCELERATOR(0b25),		/* DSA, Sapphire Rapids */
	ACCELERATOR(0cfe),		/* IAX */
	ACCELERATOR(11fb),		/* DSA, Granite Rapids-D */
	ACCELERATOR(1212),		/* DSA, Diamond Rapids */
	ACCELERATOR(1216),		/* IAA, Diamond Rapids */
	ACCELERATOR(4940),		/* QAT */
	ACCELERATOR(4942),
	ACCELERATOR(4944),
	ACCELERATOR(4946),
	ACCELERATOR(4948),
	{ 0x1ae0, -1, false, K(7, 1), EVER, 0, "1ae0:*" },	/* Google SoCs */
	ROW(10de, 2f95, false, K(7, 3), EVER),		/* Nvidia CPUs */
	ROW(10de, 2f96, false, K(7, 3), EVER),
	ROW(10de, 2f97, false, K(7, 3), EVER),
	ROW(10de, 2f98, false, K(7, 3), EVER),
	ROW(1d17, 1003, true, NEXT, EVER),		/* Zhaoxin */
	ROW(1d17, 1005, true, NEXT, EVER),
	ROW(1d17, 1006, true, NEXT, EVER),
	ROW(1d17, 1007, true, NEXT, EVER),
	ROW(1d17, 1008, false, NEXT, EVER),
	ROW(1ded, 8000, false, NEXT, EVER),		/* Alibaba Yitian 710 */
};

const struct p2p_rules *p2p_rules_find(const char *name)
{
	for (size_t i = 0; i < COUNT(sets); i++)
		if (!strcmp(sets[i].name, name))
			return &sets[i];
	return NULL;
}

bool p2p_rules_is_known(const char *kernel)
{
	const struct p2p_vendor *vendor = p2p_vendor_find(kernel);
	unsigned int number;

	if (!strcmp(kernel, "auto") || p2p_rules_find(kernel))
		return true;
	return p2p_release_parse(kernel, &number) == 0 &&
	       (number >= sets[0].release || (vendor && vendor->backports));
}

const struct p2p_rules *p2p_rules_at(size_t index)
{
	return index < COUNT(sets) ? &sets[index] : NULL;
}

const char *p2p_rules_name(const struct p2p_rules *rules)
{
	return rules->name;
}

bool p2p_rules_is_experimental(const struct p2p_rules *rules)
{
	return rules->experimental;
}

int p2p_release_parse(const char *text, unsigned int *ret_release)
{
	unsigned int major, minor;

	if (!text || !isdigit((unsigned char)*text) || sscanf(text, "%3u.%3u", &major, &minor) != 2)
		return -EINVAL;
	*ret_release = K(major, minor);
	return 0;
}

bool p2p_release_is_updated(const char *text)
{
	unsigned int major, minor, update;

	return sscanf(text, "%3u.%3u.%u", &major, &minor, &update) != 3 || update;
}

/* The newest released set that is not newer than @release; the oldest if all are newer. */
static const struct p2p_rules *newest_until(unsigned int release)
{
	const struct p2p_rules *rules = &sets[0];

	for (size_t i = 0; i < COUNT(sets); i++)
		if (sets[i].released && sets[i].release <= release)
			rules = &sets[i];
	return rules;
}

const struct p2p_rules *p2p_rules_for_release(const char *release, bool *ret_exact)
{
	const struct p2p_rules *newest = newest_until(NEXT - 1);
	const struct p2p_vendor *vendor = p2p_vendor_find(release);
	unsigned int number;

	if (p2p_release_parse(release, &number) < 0) {
		*ret_exact = false;
		return newest;
	}
	*ret_exact = number >= sets[0].release && number <= newest->release &&
		     (!vendor || vendor->state == P2P_VENDOR_SAME);
	return newest_until(number);
}

unsigned int p2p_clauses_of(const struct p2p_rules *rules, unsigned int release)
{
	unsigned int mask = rules->experimental ? P2P_CLAUSE_TLP : 0;

	for (size_t i = 0; i < COUNT(clauses); i++)
		if (release >= clauses[i].since && release < clauses[i].until)
			mask |= clauses[i].clause;
	return mask;
}

const struct p2p_whitelist *p2p_whitelist_find(unsigned int release, bool updated,
					       uint16_t vendor, uint16_t device, bool *ret_sure)
{
	for (size_t i = 0; i < COUNT(whitelist); i++) {
		const struct p2p_whitelist *row = &whitelist[i];
		bool maybe = updated && row->backport && release >= row->backport;

		*ret_sure = release >= row->since;
		if ((*ret_sure || maybe) && release < row->until && row->vendor == vendor &&
		    (row->device < 0 || row->device == device))
			return row;
	}
	return NULL;
}

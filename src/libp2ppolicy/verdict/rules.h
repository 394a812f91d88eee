/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The decision rules of drivers/pci/p2pdma.c, release by release, as tables.  A row applies from the release
 * in "since" up to, but not including, the one in "until".
 */
#ifndef P2P_VERDICT_RULES_H
#define P2P_VERDICT_RULES_H

#include <p2ppolicy/verdict.h>

/** A mainline release as an ascending number; stable updates share that of their release. */
#define P2P_KERNEL(major, minor) ((major) * 1000u + (minor))
#define P2P_KERNEL_NEXT P2P_KERNEL(1000, 0)	/* queued, not released */

/**
 * struct p2p_rules - one named rule set.
 * @release: the clauses and whitelist rows of this release apply
 */
struct p2p_rules {
	const char *name;
	unsigned int release;
	bool released, experimental;
};

/** What a rule set does, one bit each; the table in rules.c has since, until and source. */
enum p2p_clause {
	P2P_CLAUSE_COMMON_ONLY = 0x001,		/* without a common bridge: refused, whitelist not consulted */
	P2P_CLAUSE_ACS_REFUSED = 0x002,		/* with an ACS redirect: refused, whitelist not consulted */
	P2P_CLAUSE_IOMMU_REFUSED = 0x004,	/* with an IOMMU: refused through host bridges */
	P2P_CLAUSE_FAR = 0x008,			/* adds 0x1000 to distances through host bridges */
	P2P_CLAUSE_ZEN = 0x010,			/* AMD Zen and newer: whitelist not consulted */
	P2P_CLAUSE_ROOT_PORT = 0x020,		/* a root port may be first and represents its host bridge */
	P2P_CLAUSE_WARN_ACS = 0x040,		/* logs the unlisted root, only in the ACS case */
	P2P_CLAUSE_WARN_VERBOSE = 0x080,	/* logs the unlisted root when verbose */
	P2P_CLAUSE_SHORT_LIST = 0x100,		/* 128 bytes for the names of redirecting functions */
	P2P_CLAUSE_TLP = 0x200,			/* only the ports where the paths diverge decide */
};

/** The distance added by P2P_CLAUSE_FAR. */
#define P2P_FAR_DISTANCE 0x1000u

/**
 * struct p2p_whitelist - one row of pci_p2pdma_whitelist[].
 * @device: -1 for any
 * @same: REQ_SAME_HOST_BRIDGE
 * @backport: stable updates of releases from this one on may have the row before @since, it is not known
 *	since which update; 0 for none
 */
struct p2p_whitelist {
	uint16_t vendor;
	int32_t device;
	bool same;
	unsigned int since, until, backport;
	const char *text;
};

/** p2p_clauses_of() - the clauses in force for @rules at @release. */
unsigned int p2p_clauses_of(const struct p2p_rules *rules, unsigned int release);

/**
 * p2p_whitelist_find() - the first matching row, searched like the kernel does; NULL if none.
 * @updated: whether the kernel may be a stable update of @release
 * @ret_sure: false if only some updates of @release have the row
 */
const struct p2p_whitelist *p2p_whitelist_find(unsigned int release, bool updated,
					       uint16_t vendor, uint16_t device, bool *ret_sure);

/**
 * p2p_release_parse() - parse the text of a release.
 * Return: 0, or -EINVAL if @text is NULL or does not start with "MAJOR.MINOR".
 */
int p2p_release_parse(const char *text, unsigned int *ret_release);

/** p2p_release_is_updated() - may it be a stable update?  True for anything but MAJOR.MINOR.0. */
bool p2p_release_is_updated(const char *text);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernels of distributors, by the text of their release, and what they add to mainline's list. */
#ifndef P2P_VERDICT_VENDORS_H
#define P2P_VERDICT_VENDORS_H

#include "verdict/rules.h"

/**
 * enum p2p_vendor_state - how far a distributor's list is known.
 * @P2P_VENDOR_SAME: read: mainline's of the same release
 * @P2P_VENDOR_ROWS: read: it has rows of its own, which the table has too
 * @P2P_VENDOR_UNREAD: not read, or not in all releases: mainline's stands in
 */
enum p2p_vendor_state { P2P_VENDOR_SAME, P2P_VENDOR_ROWS, P2P_VENDOR_UNREAD };

/**
 * struct p2p_vendor - a distributor's kernels.
 * @mark: in the text of the release; '#' is a digit
 * @name: "openEuler"; @state: above
 * @since_build: from this build on (the number behind the '-') rows that not all of its kernels
 *	have are there; 0 not known
 * @backports: it carries much of later releases, so that its number says little
 * @carries: the release of mainline whose p2pdma it has instead of that of its number; NULL its own
 */
struct p2p_vendor {
	const char *mark, *name;
	enum p2p_vendor_state state;
	unsigned int since_build;
	bool backports;
	const char *carries;
};

/** p2p_vendor_find() - whose kernel it is; NULL mainline's, nobody's that is known, or no text. */
const struct p2p_vendor *p2p_vendor_find(const char *release);

/** p2p_vendor_note() - one sentence about it and the rules of @rules; "" nothing to say. */
void p2p_vendor_note(const struct p2p_vendor *vendor, const char *release, const char *rules,
		     char *text, size_t size);

/**
 * p2p_vendor_row() - the row that the kernels of @vendor have and mainline's @release lacks.
 * @ret_sure: false when only some of its kernels have it
 */
const struct p2p_whitelist *p2p_vendor_row(const struct p2p_vendor *vendor, const char *release,
					   uint16_t id_vendor, uint16_t id_device, bool *ret_sure);

#endif

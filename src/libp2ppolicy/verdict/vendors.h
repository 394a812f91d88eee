/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernels of distributors, recognized by the text of their release, and what they add to mainline's list. */
#ifndef P2P_VERDICT_VENDORS_H
#define P2P_VERDICT_VENDORS_H

#include "verdict/rules.h"

/**
 * enum p2p_vendor_state - how far a distributor's list is known.
 * @P2P_VENDOR_SAME: read: identical to mainline's of the same release
 * @P2P_VENDOR_ROWS: read: it has rows of its own, which are in the table
 * @P2P_VENDOR_UNREAD: not read, or not for all releases: mainline's is used instead
 */
enum p2p_vendor_state { P2P_VENDOR_SAME, P2P_VENDOR_ROWS, P2P_VENDOR_UNREAD };

/**
 * struct p2p_vendor - a distributor's kernels.
 * @mark: a part of the text of the release; '#' stands for a digit
 * @name: "openEuler"; @state: above
 * @since_build: first build (the number after the '-') that has the rows which not all of its kernels have; 0
 *	if not known
 * @backports: it backports much from later releases, so that its number says little
 * @carries: the mainline release whose p2pdma it has instead of that of its own number; NULL if its own
 */
struct p2p_vendor {
	const char *mark, *name;
	enum p2p_vendor_state state;
	unsigned int since_build;
	bool backports;
	const char *carries;
};

/** p2p_vendor_find() - whose kernel it is; NULL for mainline, an unknown vendor, or without a text. */
const struct p2p_vendor *p2p_vendor_find(const char *release);

/** p2p_vendor_note() - one sentence about it and the rules of @rules; "" if there is nothing to say. */
void p2p_vendor_note(const struct p2p_vendor *vendor, const char *release, const char *rules,
		     char *text, size_t size);

/**
 * p2p_vendor_row() - the row that the kernels of @vendor have and mainline's @release lacks.
 * @ret_sure: false if only some of its kernels have it
 */
const struct p2p_whitelist *p2p_vendor_row(const struct p2p_vendor *vendor, const char *release,
					   uint16_t id_vendor, uint16_t id_device, bool *ret_sure);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comparing a figure with the prediction for its pair. */
#ifndef P2P_POLICY_MEASURED_COMPARE_H
#define P2P_POLICY_MEASURED_COMPARE_H

#include <p2ppolicy/measured.h>

/**
 * struct p2p_comparing - all that a comparison needs.
 * @off: the same figure with peer access off, from the same text; 0 none
 * @speed: the prediction
 */
struct p2p_comparing {
	const struct p2p_figure *figure;
	const struct p2p_eval *eval;
	struct p2p_verdict verdict;
	struct p2p_ways ways;
	struct p2p_speed speed;
	double off;
};

/**
 * p2p_compare_unread() - a function whose ACS is not known: a bridge, if there is one, since an end seldom
 *	redirects.  NULL: all is known.
 */
const struct p2p_function *p2p_compare_unread(const struct p2p_comparing *comparing);

/** p2p_compare_label() - compare a relation or an access answer. */
void p2p_compare_label(const struct p2p_comparing *comparing,
		       struct p2p_comparison *ret_comparison);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An evaluated pair. */
#ifndef P2P_PUBLIC_PAIR_H
#define P2P_PUBLIC_PAIR_H

#include <p2ppolicy/score.h>
#include <p2ppolicy/ways.h>

#include "public/public.h"

#define P2P_PAIR_TEXT 4096

/** struct p2p_pair - @reason, @message: longer sentences are truncated; @common: "" if none */
struct p2p_pair {
	struct p2p_verdict verdict;
	struct p2p_score score;
	struct p2p_ways ways;
	char common[P2P_ADDRESS_SIZE], reason[P2P_PAIR_TEXT], message[P2P_PAIR_TEXT];
	char way_reason[P2P_WAY_TEXT];
};

#endif

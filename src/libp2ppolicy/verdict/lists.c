/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions that redirect, and those whose ACS is unknown, in the kernel's order. */
#include "verdict/eval.h"

static size_t collect(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		      enum p2p_tri wanted, const struct p2p_function **list, size_t size)
{
	struct p2p_tested tested;
	struct p2p_walk walk;
	size_t count = 0;

	p2p_walk(verdict->provider, verdict->client, &walk);
	for (p2p_tested_first(&tested, eval, &walk); tested.function; p2p_tested_next(&tested)) {
		if (p2p_acs_redirects(tested.function, tested.mask) != wanted)
			continue;
		if (count < size)
			list[count] = tested.function;
		count++;
	}
	return count;
}

size_t p2p_eval_redirects(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
			   const struct p2p_function **list, size_t size)
{
	return collect(eval, verdict, P2P_YES, list, size);
}

size_t p2p_eval_unread(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
			const struct p2p_function **list, size_t size)
{
	return collect(eval, verdict, P2P_UNKNOWN, list, size);
}

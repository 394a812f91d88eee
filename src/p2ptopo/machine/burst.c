/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <time.h>

#include "machine/burst.h"

int64_t burst_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

void burst_add(struct burst *burst, int64_t now)
{
	burst->last = now;
	if (!burst->began)
		burst->began = now;
}

int64_t burst_left(const struct burst *burst, int64_t most, int64_t now)
{
	int64_t quiet = burst->last + BURST_QUIET_MS, end = burst->began + most;
	int64_t left = (quiet < end ? quiet : end) - now;

	return left < 0 ? 0 : left;
}

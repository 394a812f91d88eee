/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef P2P_TESTS_EVERY_H
#define P2P_TESTS_EVERY_H

#include <stdlib.h>

/* Under sanitizers and emulators P2PTOPO_EVERY is N, and of many things alike one in N is tried; otherwise 1. */
static inline int every(void)
{
	const char *text = getenv("P2PTOPO_EVERY");

	return text && atoi(text) > 0 ? atoi(text) : 1;
}

#endif

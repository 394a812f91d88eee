/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number at random, the same for the same seed. */
#ifndef P2P_TESTS_ROLL_H
#define P2P_TESTS_ROLL_H

#include <stdint.h>

/* The seed; a test sets it. */
static uint64_t state;

/* 0 up to @sides, which is not one of them. */
static inline unsigned int roll(unsigned int sides)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned int)(state >> 33) % sides;
}

#endif

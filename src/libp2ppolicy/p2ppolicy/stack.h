/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The software that a way goes through: drivers, kernel options and symbols. */
#ifndef P2PPOLICY_STACK_H
#define P2PPOLICY_STACK_H

#include <p2ppolicy/base.h>

/** enum p2p_stack_fact - one for each row of stack.def. */
enum p2p_stack_fact {
#define STACK(id, kind, where, text) P2P_STACK_##id,
#include <p2ppolicy/tables/stack.def>
#undef STACK
	P2P_STACK_FACTS
};

/** P2P_VERSION() - a version as one comparable number: 570.124.06 is P2P_VERSION(570, 124, 6). */
#define P2P_VERSION(major, minor, patch) (((major) * 1000000LL) + ((minor) * 1000LL) + (patch))

/**
 * struct p2p_stack_text - the texts of a row.
 * @key: of the fact, such as "NVIDIA_OPEN"; @where: the module, parameter, option or symbol
 * @text: a few words on what it says
 * @file: where it was looked for, for a sentence
 */
struct p2p_stack_text {
	const char *key, *where, *text, *file;
};

#define P2P_STACK_KEY_SIZE	48

/**
 * p2p_stack_key() - the key of a row in machine.stack, such as "nvidia_open".
 * @fact: below P2P_STACK_FACTS
 * Return: @key.
 */
const char *p2p_stack_key(unsigned int fact, char key[P2P_STACK_KEY_SIZE]);

/** p2p_stack_text() - NULL past the last. */
const struct p2p_stack_text *p2p_stack_text(enum p2p_stack_fact fact);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The locale of the program that this is a library of: a decimal comma, other letters, an i without its
 * dot.  Every function of <p2ppolicy.h> that reads or makes text begins with P2P_PLAIN_LOCALE, so that no
 * floor thinks of it: in this thread it is the locale "C" until the function returns.
 */
#ifndef P2P_BASE_PLAIN_H
#define P2P_BASE_PLAIN_H

#include <locale.h>

#define P2P_PLAIN_LOCALE \
	__attribute__((cleanup(p2p_locale_back), unused)) locale_t p2p_locale = p2p_locale_plain()

/** p2p_locale_plain() - begin.  Return: the locale of before, for p2p_locale_back(). */
locale_t p2p_locale_plain(void);

/** p2p_locale_back() - end. */
void p2p_locale_back(const locale_t *before);

#endif

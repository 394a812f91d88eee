/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program that uses this library has a locale, which may have a decimal comma, other letters, or an i
 * without its dot.  Every function of <p2ppolicy.h> that reads or makes text begins with P2P_PLAIN_LOCALE, so
 * that no layer below has to think of it: until the function returns, this thread uses the locale "C".
 */
#ifndef P2P_BASE_PLAIN_H
#define P2P_BASE_PLAIN_H

#include <locale.h>

#define P2P_PLAIN_LOCALE \
	__attribute__((cleanup(p2p_locale_back), unused)) locale_t p2p_locale = p2p_locale_plain()

/** p2p_locale_plain() - switch to "C".  Return: the previous locale, for p2p_locale_back(). */
locale_t p2p_locale_plain(void);

/** p2p_locale_back() - switch back. */
void p2p_locale_back(const locale_t *before);

#endif

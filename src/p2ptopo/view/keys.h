/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys as numbers, and in the notation of users and golden tests: j, <Down>, <C-d>, <F1>. */
#ifndef P2PTOPO_VIEW_KEYS_H
#define P2PTOPO_VIEW_KEYS_H

#include <stdint.h>

/** Keys that are not characters have numbers beyond Unicode; control characters are themselves. */
enum key {
	VIEW_NONE = 0,
	VIEW_SPECIAL = 0x110000,
	VIEW_UP, VIEW_DOWN, VIEW_LEFT, VIEW_RIGHT, VIEW_HOME, VIEW_END, VIEW_PAGE_UP,
	VIEW_PAGE_DOWN, VIEW_ENTER, VIEW_ESCAPE, VIEW_TAB, VIEW_BACKTAB, VIEW_BACKSPACE,
	VIEW_INSERT, VIEW_DELETE,
	VIEW_F1, VIEW_F2, VIEW_F3, VIEW_F4, VIEW_F5, VIEW_F6, VIEW_F7, VIEW_F8, VIEW_F9,
	VIEW_F10, VIEW_F11, VIEW_F12, VIEW_WHEEL_UP, VIEW_WHEEL_DOWN,
	VIEW_SPECIAL_END
};

/** VIEW_CONTROL('d') - what the terminal sends for Ctrl and a letter. */
#define VIEW_CONTROL(letter) ((uint32_t)(letter) & 0x1f)

/** A click is a key, too: <Click:X,Y>, with its position on the screen. */
#define VIEW_CLICK(x, y) (UINT32_C(1) << 24 | ((uint32_t)(y) & 0xfff) << 12 | ((uint32_t)(x) & 0xfff))
#define VIEW_IS_CLICK(key) ((key) >> 24 == 1)
#define VIEW_CLICK_X(key) ((key) & 0xfff)
#define VIEW_CLICK_Y(key) ((key) >> 12 & 0xfff)

/**
 * key_parse() - take the first key from @text, which is advanced past it.
 *
 * A name between < and > is that key, <lt> is <, and anything else is one UTF-8 character.
 *
 * Return: the key; VIEW_NONE at the end of @text; UINT32_MAX if there is no such key (@text does not move).
 */
uint32_t key_parse(const char **text);

/** key_of() - the key for a character that a terminal sent: Enter, Tab and the like become named keys. */
uint32_t key_of(uint32_t character);

/** key_decode() - take one UTF-8 character from @text, which is advanced. An invalid byte stands for itself. */
uint32_t key_decode(const char **text);

/** key_encode() - encode a character as a terminated UTF-8 string. Return: its length. */
unsigned int key_encode(uint32_t character, char buffer[5]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "view/keys.h"

static const struct { const char *name; uint32_t key; } names[] = {
	{ "Up", VIEW_UP }, { "Down", VIEW_DOWN }, { "Left", VIEW_LEFT }, { "Right", VIEW_RIGHT },
	{ "Home", VIEW_HOME }, { "End", VIEW_END }, { "PgUp", VIEW_PAGE_UP },
	{ "PgDn", VIEW_PAGE_DOWN }, { "Enter", VIEW_ENTER }, { "Esc", VIEW_ESCAPE },
	{ "Tab", VIEW_TAB }, { "S-Tab", VIEW_BACKTAB }, { "BS", VIEW_BACKSPACE },
	{ "Ins", VIEW_INSERT }, { "Del", VIEW_DELETE }, { "Space", ' ' }, { "lt", '<' },
	{ "F1", VIEW_F1 }, { "F2", VIEW_F2 }, { "F3", VIEW_F3 }, { "F4", VIEW_F4 },
	{ "F5", VIEW_F5 }, { "F6", VIEW_F6 }, { "F7", VIEW_F7 }, { "F8", VIEW_F8 },
	{ "WheelUp", VIEW_WHEEL_UP }, { "WheelDown", VIEW_WHEEL_DOWN },
	{ "F9", VIEW_F9 }, { "F10", VIEW_F10 }, { "F11", VIEW_F11 }, { "F12", VIEW_F12 },
};
#define NAMES (sizeof(names) / sizeof(names[0]))

uint32_t key_decode(const char **text)
{
	const unsigned char *at = (const unsigned char *)*text;
	unsigned int more = *at >= 0xf0 && *at < 0xf5 ? 3 : *at >= 0xe0 && *at < 0xf0 ? 2 :
			    *at >= 0xc2 && *at < 0xe0 ? 1 : 0;
	uint32_t character = more ? *at & (0x3fu >> more) : *at;

	for (unsigned int i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			(*text)++;
			return *at;
		}
		character = character << 6 | (at[i] & 0x3f);
	}
	*text += more + 1;
	return character;
}

unsigned int key_encode(uint32_t character, char buffer[5])
{
	unsigned int more = character >= 0x10000 ? 3 : character >= 0x800 ? 2 :
			    character >= 0x80 ? 1 : 0;
	static const unsigned char starts[] = { 0, 0xc0, 0xe0, 0xf0 };

	buffer[0] = (char)(starts[more] | character >> (6 * more));
	for (unsigned int i = 1; i <= more; i++)
		buffer[i] = (char)(0x80 | (character >> (6 * (more - i)) & 0x3f));
	buffer[more + 1] = '\0';
	return more + 1;
}

uint32_t key_of(uint32_t character)
{
	switch (character) {
	case '\r':
	case '\n':
		return VIEW_ENTER;
	case '\t':
		return VIEW_TAB;
	case '\b':
	case 0x7f:
		return VIEW_BACKSPACE;
	case 0x1b:
		return VIEW_ESCAPE;
	}
	return character;
}

/* Parses <C-d>, <Click:X,Y> and the names of the table. */
static uint32_t parse_name(const char *name, size_t length)
{
	unsigned int x, y;
	char end;

	if (sscanf(name, "Click:%4u,%4u%c", &x, &y, &end) == 3 && end == '>' && x < 4096 && y < 4096)
		return VIEW_CLICK(x, y);
	if (length == 3 && !strncasecmp(name, "C-", 2))
		return key_of(VIEW_CONTROL(name[2]));
	for (size_t i = 0; i < NAMES; i++)
		if (strlen(names[i].name) == length && !strncasecmp(names[i].name, name, length))
			return names[i].key;
	return UINT32_MAX;
}

uint32_t key_parse(const char **text)
{
	const char *end = **text == '<' ? strchr(*text, '>') : NULL;
	uint32_t key;

	if (!**text)
		return VIEW_NONE;
	if (**text != '<')
		return key_of(key_decode(text));
	key = end ? parse_name(*text + 1, (size_t)(end - *text) - 1) : UINT32_MAX;
	if (key != UINT32_MAX)
		*text = end + 1;
	return key;
}

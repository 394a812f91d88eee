/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "print/clean.h"
#include "view/keys.h"
#include "view/terminal/screen.h"

int screen_resize(struct screen *screen, unsigned int width, unsigned int height)
{
	struct glyph *cells = calloc((size_t)width * height + 1, sizeof(*cells));

	if (!cells)
		return -ENOMEM;
	free(screen->cells);
	screen->cells = cells;
	screen->width = width;
	screen->height = height;
	screen_clear(screen);
	return 0;
}

void screen_free(struct screen *screen)
{
	free(screen->cells);
	screen->cells = NULL;
	screen->width = screen->height = 0;
}

void screen_clear(struct screen *screen)
{
	for (size_t i = 0; i < (size_t)screen->width * screen->height; i++)
		screen->cells[i] = (struct glyph){ .character = ' ' };
	screen->cursor = false;
}

/* Cells that @character takes; 0 if it combines with the one before, in which case it is left out. */
static unsigned int width_of(const struct screen *screen, uint32_t *character)
{
	int width;

	if (*character >= ' ' && *character < 0x7f)
		return 1;
	width = screen->unicode && !clean_is_unsafe(*character) ? wcwidth((wchar_t)*character) : -1;
	if (width >= 0)
		return (unsigned int)width;
	*character = '?';
	return 1;
}

/* Takes a sequence of paint_on() or paint_off() from @text, if there is one. */
static bool take_sequence(const char **text, struct ink start, struct ink *ink)
{
	static const struct { const char *sequence; enum paint paint; } sequences[] = {
		{ "\033[32m", PAINT_GOOD }, { "\033[33m", PAINT_HOST }, { "\033[31m", PAINT_BAD },
		{ "\033[35m", PAINT_UNKNOWN }, { "\033[2m", PAINT_DIM }, { "\033[1m", PAINT_BOLD },
		{ "\033[0m", PAINT_NONE },
	};

	for (size_t i = 0; **text == '\033' && i < sizeof(sequences) / sizeof(sequences[0]); i++) {
		size_t length = strlen(sequences[i].sequence);

		if (strncmp(*text, sequences[i].sequence, length) != 0)
			continue;
		*text += length;
		*ink = start;
		if (sequences[i].paint)
			ink->paint = sequences[i].paint;
		return true;
	}
	return false;
}

/* Overwriting one half of a wide character blanks the other half. */
static void cut_wide(struct screen *screen, unsigned int y, unsigned int x)
{
	struct glyph *cell = &screen->cells[(size_t)y * screen->width + x];

	if (x < screen->width && !cell->character) {
		cell[0].character = ' ';
		cell[-1].character = ' ';
	}
}

unsigned int screen_put(struct screen *screen, unsigned int y, unsigned int x, unsigned int room,
			struct ink ink, const char *text)
{
	unsigned int used = 0;
	struct ink start = ink;

	if (y >= screen->height || x >= screen->width)
		return 0;
	cut_wide(screen, y, x);
	if (room > screen->width - x)
		room = screen->width - x;
	while (*text) {
		struct glyph *cell = &screen->cells[(size_t)y * screen->width + x + used];
		uint32_t character;
		unsigned int width;

		if (take_sequence(&text, start, &ink))
			continue;
		character = key_decode(&text);
		width = width_of(screen, &character);
		if (used + width > room)
			break;
		if (width)
			cut_wide(screen, y, x + used + width);
		if (width)
			cell[0] = (struct glyph){ character, ink };
		if (width == 2)
			cell[1] = (struct glyph){ 0, ink };
		used += width;
	}
	return used;
}

unsigned int screen_width(const struct screen *screen, const char *text)
{
	unsigned int used = 0;
	struct ink ink = { 0 };

	while (*text) {
		uint32_t character;

		if (take_sequence(&text, ink, &ink))
			continue;
		character = key_decode(&text);
		used += width_of(screen, &character);
	}
	return used;
}

void screen_field(struct screen *screen, unsigned int y, unsigned int x, unsigned int room,
		  struct ink ink, bool right, const char *text)
{
	unsigned int width = screen_width(screen, text);
	unsigned int indent = right && width < room ? room - width : 0;
	unsigned int end = indent + screen_put(screen, y, x + indent, room - indent, ink, text);

	for (unsigned int i = 0; i < room; i++)
		if (i < indent || i >= end)
			screen_put(screen, y, x + i, 1, ink, " ");
}

void screen_select(struct screen *screen, unsigned int y)
{
	for (unsigned int x = 0; y < screen->height && x < screen->width; x++)
		screen->cells[(size_t)y * screen->width + x].ink =
			(struct ink){ PAINT_NONE, STYLE_REVERSE };
}

static void print_ink(FILE *out, struct ink ink)
{
	static const char *const colours[] = {
		[PAINT_NONE] = "", [PAINT_GOOD] = ";32", [PAINT_HOST] = ";33", [PAINT_BAD] = ";31",
		[PAINT_UNKNOWN] = ";35", [PAINT_DIM] = ";2", [PAINT_BOLD] = ";1",
	};

	fprintf(out, "\033[0%s%s%s%sm", colours[ink.paint], ink.style & STYLE_BOLD ? ";1" : "",
		ink.style & STYLE_UNDERLINE ? ";4" : "", ink.style & STYLE_REVERSE ? ";7" : "");
}

static bool is_blank(const struct glyph *glyph, bool colour)
{
	return glyph->character == ' ' &&
	       (!colour || !(glyph->ink.style & (STYLE_REVERSE | STYLE_UNDERLINE)));
}

static void print_row(const struct glyph *row, unsigned int width, FILE *out, bool colour)
{
	struct ink ink = { 0 };
	char text[5];

	while (width && is_blank(&row[width - 1], colour))
		width--;
	for (unsigned int x = 0; x < width; x++) {
		if (colour && (row[x].ink.paint != ink.paint || row[x].ink.style != ink.style))
			print_ink(out, row[x].ink);
		ink = row[x].ink;
		if (row[x].character) {
			key_encode(row[x].character, text);
			fputs(text, out);
		}
	}
	if (colour && (ink.paint || ink.style))
		fputs("\033[0m", out);
	putc('\n', out);
}

void screen_print(const struct screen *screen, FILE *out, bool colour)
{
	for (unsigned int y = 0; y < screen->height; y++)
		print_row(&screen->cells[(size_t)y * screen->width], screen->width, out, colour);
}

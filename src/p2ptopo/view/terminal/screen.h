/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The screen as cells in memory.  Painting fills it, the terminal or a file shows it: so what a
 * test prints is what a user sees.
 */
#ifndef P2PTOPO_VIEW_SCREEN_H
#define P2PTOPO_VIEW_SCREEN_H

#include "print/output.h"

/** Beside its colour a piece of text can look so. */
enum style { STYLE_BOLD = 1, STYLE_REVERSE = 2, STYLE_UNDERLINE = 4 };

/** struct ink - how text looks: what it means, and enum style bits. */
struct ink {
	enum paint paint;
	unsigned int style;
};

/** struct glyph - one cell; @character 0 is the right half of the wide one before it. */
struct glyph {
	uint32_t character;
	struct ink ink;
};

/**
 * struct screen - @width times @height cells.
 * @unicode: can it show more than ASCII?
 * @cursor_y, @cursor_x: where the cursor stands, @cursor: whether it shows
 */
struct screen {
	unsigned int width, height;
	struct glyph *cells;
	bool unicode, cursor;
	unsigned int cursor_y, cursor_x;
};

/** screen_resize() - @width times @height blanks.  Return: 0 or -ENOMEM; then it is as before. */
int screen_resize(struct screen *screen, unsigned int width, unsigned int height);
void screen_free(struct screen *screen);

/** screen_clear() - blanks everywhere, no cursor. */
void screen_clear(struct screen *screen);

/**
 * screen_put() - write @text, at most @room cells of it, and nothing beyond the edges.  Colour
 *	sequences of output.h in it change the colour; other control characters become '?'.
 * Return: cells written.
 */
unsigned int screen_put(struct screen *screen, unsigned int y, unsigned int x, unsigned int room,
			struct ink ink, const char *text);

/** screen_field() - as screen_put(), filled with blanks to @room cells; @right: on the left. */
void screen_field(struct screen *screen, unsigned int y, unsigned int x, unsigned int room,
		  struct ink ink, bool right, const char *text);

/** screen_select() - make a row a bar, in one colour whatever it had. */
void screen_select(struct screen *screen, unsigned int y);

/** screen_width() - cells that @text takes, colour sequences not counted. */
unsigned int screen_width(const struct screen *screen, const char *text);

/** screen_print() - one line per row, blanks at the end left out; @colour: with sequences. */
void screen_print(const struct screen *screen, FILE *out, bool colour);

#endif

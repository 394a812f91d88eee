/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The screen as cells in memory. Painting fills it, and the terminal or a file shows it, so that a test
 * prints exactly what a user sees.
 */
#ifndef P2PTOPO_VIEW_SCREEN_H
#define P2PTOPO_VIEW_SCREEN_H

#include "print/output.h"

/** Attributes that a piece of text can have besides its colour. */
enum style { STYLE_BOLD = 1, STYLE_REVERSE = 2, STYLE_UNDERLINE = 4 };

/** struct ink - how text looks: @paint says what it means; @style holds enum style bits. */
struct ink {
	enum paint paint;
	unsigned int style;
};

/** struct glyph - one cell. A @character of 0 is the right half of the wide one before it. */
struct glyph {
	uint32_t character;
	struct ink ink;
};

/**
 * struct screen - @width times @height cells.
 * @unicode: whether it can show more than ASCII
 * @cursor_y, @cursor_x: position of the cursor; @cursor: whether it is visible
 */
struct screen {
	unsigned int width, height;
	struct glyph *cells;
	bool unicode, cursor;
	unsigned int cursor_y, cursor_x;
};

/** screen_resize() - make it @width times @height blanks. Return: 0, or -ENOMEM with the screen unchanged. */
int screen_resize(struct screen *screen, unsigned int width, unsigned int height);
void screen_free(struct screen *screen);

/** screen_clear() - fill it with blanks and hide the cursor. */
void screen_clear(struct screen *screen);

/**
 * screen_put() - write at most @room cells of @text, and nothing beyond the edges. Colour sequences of
 *	output.h change the colour; other control characters become '?'.
 * Return: cells written.
 */
unsigned int screen_put(struct screen *screen, unsigned int y, unsigned int x, unsigned int room,
			struct ink ink, const char *text);

/**
 * screen_field() - as screen_put(), padded with blanks to @room cells. @right: right-aligned, with the blanks
 *	on the left.
 */
void screen_field(struct screen *screen, unsigned int y, unsigned int x, unsigned int room,
		  struct ink ink, bool right, const char *text);

/** screen_select() - turn a row into a bar of one colour, whatever colours it had. */
void screen_select(struct screen *screen, unsigned int y);

/** screen_width() - the cells that @text takes, without colour sequences. */
unsigned int screen_width(const struct screen *screen, const char *text);

/** screen_print() - print one line per row, without blanks at the end. @colour: with colour sequences. */
void screen_print(const struct screen *screen, FILE *out, bool colour);

#endif

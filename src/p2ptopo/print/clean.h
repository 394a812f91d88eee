/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that is not ours on its way to a person: names of devices and files, texts of a policy,
 * command lines.  A capture may be anybody's, so that nothing in it may steer a terminal, hide,
 * or change the order of what is read.  clean_open() makes the stream that all output goes
 * through; no printer has to think of it.
 */
#ifndef P2PTOPO_CLEAN_H
#define P2PTOPO_CLEAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** enum clean - what a stream lets through. */
enum clean {
	CLEAN_TEXT,	/* UTF-8 without the characters of clean_is_unsafe(), and newlines */
	CLEAN_COLOUR,	/* and the sequences of paint_on() and screen_print() */
	CLEAN_UTF8,	/* JSON: all that is UTF-8; its writer escapes what JSON must not hold */
};

/**
 * clean_is_unsafe() - is @character a control, does it show nothing, or does it change the
 *	direction of text?  Newline is unsafe, too: in a name it would start a line of its own.
 */
bool clean_is_unsafe(uint32_t character);

/** clean_line() - put '?' for all that is unsafe or no UTF-8 in @text, newlines included. */
char *clean_line(char *text);

/**
 * clean_take() - the character that *@text, which is not empty, starts with, and go past it; '?' for what
 *	is unsafe or no UTF-8.  The same in every locale.
 */
uint32_t clean_take(const char **text);

/** clean_width() - columns that @text takes on the screen once it is clean. */
size_t clean_width(const char *text);

/** clean_columns() - columns that the first @bytes of @text take. */
size_t clean_columns(const char *text, size_t bytes);

/** clean_fit() - how many bytes of @text fit into @columns; no character is cut. */
size_t clean_fit(const char *text, size_t columns);

/**
 * clean_open() - a stream that writes to @fd what @clean lets through, '?' for each character or
 *	byte that it does not, or U+FFFD in JSON.
 * Return: fclose() it; @fd stays open; NULL when out of memory.
 */
FILE *clean_open(int fd, enum clean clean);

#endif

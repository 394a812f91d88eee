/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sanitizes foreign text that is shown to a person: names of devices and files, texts of a policy, command
 * lines.  A capture may be untrusted, so nothing in it may control a terminal, hide text, or change its
 * order.  clean_open() makes the stream that all output goes through, so that no printer has to think of
 * this.
 */
#ifndef P2PTOPO_CLEAN_H
#define P2PTOPO_CLEAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** enum clean - what a stream lets through. */
enum clean {
	CLEAN_TEXT,	/* UTF-8 without the characters of clean_is_unsafe(), plus newlines */
	CLEAN_COLOUR,	/* also the sequences of paint_on() and screen_print() */
	CLEAN_UTF8,	/* JSON: all valid UTF-8; its writer escapes what JSON must not contain */
};

/**
 * clean_is_unsafe() - is @character a control or invisible, or does it change the direction of text?  Newline
 *	is unsafe, too: in a name it would start a new line.
 */
bool clean_is_unsafe(uint32_t character);

/** clean_line() - replace everything in @text that is unsafe or not UTF-8, including newlines, by '?'. */
char *clean_line(char *text);

/**
 * clean_take() - the first character of *@text, which is not empty, and advance past it; '?' for what is
 *	unsafe or not UTF-8.  Independent of the locale.
 */
uint32_t clean_take(const char **text);

/** clean_width() - columns that @text takes on the screen once sanitized. */
size_t clean_width(const char *text);

/** clean_columns() - columns that the first @bytes of @text take. */
size_t clean_columns(const char *text, size_t bytes);

/** clean_fit() - how many bytes of @text fit into @columns, without cutting a character. */
size_t clean_fit(const char *text, size_t columns);

/**
 * clean_open() - a stream that writes to @fd what @clean lets through, and '?', or U+FFFD in JSON, for each
 *	character or byte that it does not.
 * Return: to be closed with fclose(), @fd stays open; NULL when out of memory.
 */
FILE *clean_open(int fd, enum clean clean);

#endif

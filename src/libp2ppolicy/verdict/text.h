/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bounded text that keeps counting past its end, like snprintf(). */
#ifndef P2P_VERDICT_TEXT_H
#define P2P_VERDICT_TEXT_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct p2p_text {
	char *buffer;
	size_t size, used;
};

static inline void __attribute__((format(printf, 2, 3)))
p2p_text_add(struct p2p_text *text, const char *format, ...)
{
	size_t room = text->used < text->size ? text->size - text->used : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(room ? text->buffer + text->used : NULL, room, format, args);
	va_end(args);
	if (n > 0)
		text->used += (size_t)n;
}

/* Add bytes as they are; sentences are made for every pair, and printf() is slow. */
static inline void p2p_text_put(struct p2p_text *text, const char *bytes, size_t size)
{
	if (text->used < text->size) {
		size_t room = text->size - text->used - 1;
		size_t fits = size < room ? size : room;

		memcpy(text->buffer + text->used, bytes, fits);
		text->buffer[text->used + fits] = '\0';
	}
	text->used += size;
}

static inline void p2p_text_string(struct p2p_text *text, const char *string)
{
	p2p_text_put(text, string, strlen(string));
}

/* Add @template up to its next '%'.  Return: a pointer to it, or to the end. */
static inline const char *p2p_text_until(struct p2p_text *text, const char *template)
{
	size_t length = strcspn(template, "%");

	p2p_text_put(text, template, length);
	return template + length;
}

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bounded text that counts on past its end, as snprintf() does. */
#ifndef P2P_VERDICT_TEXT_H
#define P2P_VERDICT_TEXT_H

#include <stdarg.h>
#include <stdio.h>

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

#endif

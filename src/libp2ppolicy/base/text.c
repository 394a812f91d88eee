/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printing text to memory, and counting what was lost for lack of memory. */
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/base.h>

#include "base/plain.h"

/*
 * Losses in this thread since it started.  The count does not tell what was lost: a builder compares it
 * before and after.
 */
static _Thread_local unsigned long lost;

void p2p_lost(void)
{
	lost++;
}

unsigned long p2p_lost_count(void)
{
	return lost;
}

/* The complete "C" locale takes no memory. */
locale_t p2p_locale_plain(void)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);

	return plain ? uselocale(plain) : (locale_t)0;
}

void p2p_locale_back(const locale_t *before)
{
	if (*before)
		freelocale(uselocale(*before));
}

double p2p_text_real(const char *text, char **ret_end)
{
	P2P_PLAIN_LOCALE;

	return strtod(text, ret_end);
}

/**
 * struct memory - what was written to a stream.
 * @text, @size: owned by the caller; a zero byte follows them
 * @room: allocated size of *@text
 * @whole: nothing was lost so far
 */
struct memory {
	char **text;
	size_t *size, room;
	bool whole;
};

static bool make_room(struct memory *memory, size_t more)
{
	size_t least = *memory->size + more + 1, room = memory->room ? memory->room : BUFSIZ;
	char *text;

	if (least <= memory->room)
		return true;
	while (room < least)
		room *= 2;
	text = realloc(*memory->text, room);
	if (!text)
		return false;
	*memory->text = text;
	memory->room = room;
	return true;
}

static ssize_t put(void *cookie, const char *bytes, size_t size)
{
	struct memory *memory = cookie;

	if (!memory->whole || !make_room(memory, size)) {
		memory->whole = false;
		return 0;
	}
	memcpy(*memory->text + *memory->size, bytes, size);
	*memory->size += size;
	(*memory->text)[*memory->size] = '\0';
	return (ssize_t)size;
}

/* Only rewind(), which starts over, and asking for the position are supported. */
static int seek(void *cookie, off64_t *offset, int whence)
{
	struct memory *memory = cookie;

	if (whence == SEEK_CUR && !*offset) {
		*offset = (off64_t)*memory->size;
		return 0;
	}
	if (whence != SEEK_SET || *offset)
		return -1;
	*memory->size = 0;
	**memory->text = '\0';
	return 0;
}

static int end(void *cookie)
{
	struct memory *memory = cookie;
	bool whole = memory->whole;

	free(memory);
	if (whole)
		return 0;
	p2p_lost();
	return EOF;
}

FILE *p2p_text_open(char **ret_text, size_t *ret_size)
{
	static const cookie_io_functions_t functions = { .write = put, .seek = seek, .close = end };
	struct memory *memory = calloc(1, sizeof(*memory));
	FILE *file = NULL;

	*ret_text = NULL;
	*ret_size = 0;
	if (memory) {
		*memory = (struct memory){ .text = ret_text, .size = ret_size, .whole = true };
		if (make_room(memory, 0))
			file = fopencookie(memory, "w", functions);
	}
	if (file) {
		**ret_text = '\0';
		return file;
	}
	free(memory);
	free(*ret_text);
	*ret_text = NULL;
	p2p_lost();
	return NULL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include <p2ppolicy/base.h>

/* A power of two. */
#define FIRST_ROOM 16

void *p2p_array_more(void *array, size_t count, size_t size)
{
	bool full = !count || (count >= FIRST_ROOM && !(count & (count - 1)));
	char *elements, *larger;

	/* @array points to a pointer of some other type: copy it as bytes rather than read it as a void *. */
	memcpy(&elements, array, sizeof(elements));
	if (full) {
		larger = reallocarray(elements, count ? 2 * count : FIRST_ROOM, size);
		if (!larger)
			return NULL;
		elements = larger;
		memcpy(array, &elements, sizeof(elements));
	}
	return memset(elements + count * size, 0, size);
}

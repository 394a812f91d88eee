/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that lives as long as one object and is freed with it. */
#ifndef P2P_BASE_ARENA_H
#define P2P_BASE_ARENA_H

#include <stddef.h>

struct p2p_arena_block;

/** struct p2p_arena - zeroed memory is an empty arena. */
struct p2p_arena {
	struct p2p_arena_block *blocks;
};

/** p2p_arena_alloc() - @size zeroed bytes, aligned for any type.  Return: NULL when out of memory. */
void *p2p_arena_alloc(struct p2p_arena *arena, size_t size);

/** p2p_arena_copy() - @size bytes of @data and a terminating zero.  Return: NULL when out of memory. */
char *p2p_arena_copy(struct p2p_arena *arena, const void *data, size_t size);

/** p2p_arena_string() - a copy of @text.  Return: NULL when out of memory. */
char *p2p_arena_string(struct p2p_arena *arena, const char *text);

/** p2p_arena_format() - printf into the arena.  Return: NULL when out of memory. */
char *p2p_arena_format(struct p2p_arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** p2p_arena_free() - free every block. */
void p2p_arena_free(struct p2p_arena *arena);

#endif

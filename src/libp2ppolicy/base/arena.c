/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define BLOCK_SIZE	((size_t)64 << 10)
#define ALIGNMENT	(_Alignof(max_align_t))

struct p2p_arena_block {
	struct p2p_arena_block *next;
	size_t size, used;
	_Alignas(max_align_t) unsigned char bytes[];
};

/* A large allocation gets a block of its own behind the current one, which thus stays in use. */
static struct p2p_arena_block *block_new(struct p2p_arena *arena, size_t size)
{
	bool own = size > BLOCK_SIZE / 4;
	struct p2p_arena_block *block = calloc(1, sizeof(*block) + (own ? size : BLOCK_SIZE));

	if (!block)
		return NULL;
	block->size = own ? size : BLOCK_SIZE;
	if (own && arena->blocks) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

void *p2p_arena_alloc(struct p2p_arena *arena, size_t size)
{
	struct p2p_arena_block *block = arena->blocks;
	void *result;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!block || block->size - block->used < size)
		block = block_new(arena, size);
	if (!block)
		return NULL;
	result = block->bytes + block->used;
	block->used += size;
	return result;
}

char *p2p_arena_copy(struct p2p_arena *arena, const void *data, size_t size)
{
	char *copy = p2p_arena_alloc(arena, size + 1);

	if (copy && size)
		memcpy(copy, data, size);
	return copy;
}

char *p2p_arena_string(struct p2p_arena *arena, const char *text)
{
	return p2p_arena_copy(arena, text, strlen(text));
}

char *p2p_arena_format(struct p2p_arena *arena, const char *format, ...)
{
	va_list args;
	char *result;
	int size;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0)
		return NULL;
	result = p2p_arena_alloc(arena, (size_t)size + 1);
	if (!result)
		return NULL;
	va_start(args, format);
	vsnprintf(result, (size_t)size + 1, format, args);
	va_end(args);
	return result;
}

void p2p_arena_free(struct p2p_arena *arena)
{
	while (arena->blocks) {
		struct p2p_arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
}

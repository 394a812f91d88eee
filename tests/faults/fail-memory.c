/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded, makes one allocation of a program fail, or that and all after it; memory.py says which.
 *
 * FAULT_AT: the number of the allocation, counted from 1 and from where the constructors have run
 * FAULT_REST: set, all behind it fail, too
 * FAULT_LIST: a file that gets the number of each allocation whose callers have made none before, and
 *	a name of these callers that is the same in every run
 * FAULT_SPARE: libraries in which none fails, by their names up to the first dot
 * FAULT_TRACE: a file that gets the callers of the one that fails
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CALLERS	10
#define STACKS	(1u << 16)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static bool counts, rest;
static unsigned long number, at;
static const char *spare;
static int list = -1, trace = -1;
static uint64_t seen[STACKS];

static int open_named(const char *variable)
{
	const char *path = getenv(variable);

	return path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
}

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("FAULT_AT");
	void *some[1];

	at = text ? strtoul(text, NULL, 10) : 0;
	rest = getenv("FAULT_REST");
	spare = getenv("FAULT_SPARE");
	list = open_named("FAULT_LIST");
	trace = open_named("FAULT_TRACE");
	/* The first call loads a library. */
	(void)backtrace(some, 1);
	counts = true;
}

/* FNV-1a of the callers, as far as they go, and wherever they were loaded. */
static uint64_t hash_callers(void)
{
	void *callers[CALLERS];
	int count = backtrace(callers, CALLERS);
	uint64_t hash = 14695981039346656037u;
	Dl_info info;

	for (int i = 2; i < count; i++) {
		uintptr_t caller = (uintptr_t)callers[i];

		if (dladdr(callers[i], &info))
			caller -= (uintptr_t)info.dli_fbase;
		hash = (hash ^ (uint64_t)caller) * 1099511628211u;
	}
	return hash ? hash : 1;
}

static bool is_new(uint64_t hash)
{
	for (uint32_t i = (uint32_t)hash % STACKS, left = STACKS; left; left--, i = (i + 1) % STACKS) {
		if (seen[i] == hash)
			return false;
		if (!seen[i]) {
			seen[i] = hash;
			return true;
		}
	}
	return false;
}

static void note_callers(void)
{
	void *callers[32];

	if (trace >= 0)
		backtrace_symbols_fd(callers, backtrace(callers, 32), trace);
	trace = -1;
}

static bool is_spared(void)
{
	void *callers[CALLERS];
	int count = spare ? backtrace(callers, CALLERS) : 0;
	Dl_info info;

	for (int i = 2; i < count; i++) {
		const char *name = dladdr(callers[i], &info) ? strrchr(info.dli_fname, '/') : NULL;
		size_t length = name ? strcspn(name + 1, ".") : 0;

		for (const char *word = spare; length && *word; word += strcspn(word, " "), word += *word == ' ')
			if (strcspn(word, " ") == length && !strncmp(word, name + 1, length))
				return true;
	}
	return false;
}

static void note_new(void)
{
	uint64_t hash = hash_callers();
	char line[64];

	if (is_new(hash))
		(void)!write(list, line, (size_t)snprintf(line, sizeof(line), "%lu %" PRIx64 "\n", number, hash));
}

static bool fails(void)
{
	static bool inside;
	bool hit;

	if (!counts || inside)
		return false;
	inside = true;
	number++;
	hit = at && (rest ? number >= at : number == at) && !is_spared();
	if (list >= 0 && !is_spared())
		note_new();
	if (hit)
		note_callers();
	inside = false;
	if (hit)
		errno = ENOMEM;
	return hit;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
	void *memory = fails() ? NULL : __libc_memalign(alignment, size);

	if (!memory)
		return ENOMEM;
	*ret_memory = memory;
	return 0;
}

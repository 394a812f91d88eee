// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * p2pcost DISK BYTES COUNT ram|FUNCTION: CPU time of one O_DIRECT read of that many bytes, into ordinary memory whose pages do not
 * follow each other, or into peer memory. Nanoseconds, the least of all: one whose interrupt came while the program slept. On an
 * emulator that counts instructions, a nanosecond is one of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE	4096

static int give_up(const char *what)
{
	printf("%s: %s\n", what, strerrorname_np(errno));
	return 2;
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Does a page of @at follow the one before it in memory, too? Then there are fewer segments. As root. */
static bool has_neighbours(const unsigned char *at, size_t len)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t page, before = 0;
	bool has = fd < 0;

	for (size_t i = 0; !has && i < len; i += PAGE) {
		if (pread(fd, &page, sizeof(page), ((uintptr_t)at + i) / PAGE * sizeof(page)) != sizeof(page))
			has = true;
		page &= (1ULL << 55) - 1;
		has |= i && page == before + 1;
		before = page;
	}
	close(fd);
	return has;
}

/* Touched from the last page to the first, so that each is another's neighbour in memory the wrong way round at best. */
static unsigned char *map(int fd, int flags, size_t len)
{
	unsigned char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (at == MAP_FAILED)
		return at;
	madvise(at, len, MADV_NOHUGEPAGE);
	for (size_t i = len; fd < 0 && i; i -= PAGE)
		at[i - PAGE] = 1;
	return at;
}

static unsigned char *buffer(const char *what, size_t len)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS, fd = -1;
	unsigned char *at;
	char path[128];

	if (strcmp(what, "ram")) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/p2pmem/allocate", what);
		fd = open(path, O_RDWR);
		flags = MAP_SHARED;
		if (fd < 0)
			return MAP_FAILED;
	}
	/* What was not good enough stays mapped, so that the next try gets other pages. */
	for (int tries = 0; tries < 200; tries++) {
		at = map(fd, flags, len);
		if (at == MAP_FAILED || fd >= 0 || !has_neighbours(at, len))
			return at;
	}
	return MAP_FAILED;
}

int main(int argc, char **argv)
{
	long long start, spent, least = -1;
	size_t len = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
	long n = argc > 3 ? atol(argv[3]) : 0;
	unsigned char *at;
	int fd;

	if (argc != 5 || !len || !n)
		return 2;
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	if (fd < 0)
		return give_up(argv[1]);
	at = buffer(argv[4], len);
	if (at == MAP_FAILED)
		return give_up(argv[4]);
	for (long i = 0; i < n; i++) {
		start = now();
		if (pread(fd, at, len, 0) != (ssize_t)len)
			return give_up("read");
		spent = now() - start;
		if (least < 0 || spent < least)
			least = spent;
	}
	printf("%lld\n", least);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * p2pio PROVIDER CLIENT-DISK [OFFSET]: have the disk write 16 KiB straight into the CMB of the provider and compare with what
 * the disk holds. Prints "moved", "differs" or the error's name and whether a byte of the CMB changed ("EINVAL clean").
 * Exit status: 0 moved, 1 differs, 3 refused, 4 refused but the memory changed, 2 could not be tried.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LEN 16384

static int give_up(const char *what)
{
	printf("%s: %s\n", what, strerrorname_np(errno));
	return 2;
}

int main(int argc, char **argv)
{
	off_t offset = argc > 3 ? atoll(argv[3]) : 0;
	unsigned char *p2p, *ram, *want;
	char path[128];
	ssize_t got;
	int i, fd, alloc, dirty = 0;

	if (argc < 3)
		return 2;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/p2pmem/allocate", argv[1]);
	alloc = open(path, O_RDWR);
	if (alloc < 0)
		return give_up(path);
	p2p = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, alloc, 0);
	if (p2p == MAP_FAILED)
		return give_up("mmap");
	if (posix_memalign((void **)&ram, 4096, LEN) || posix_memalign((void **)&want, 4096, LEN))
		return 2;
	fd = open(argv[2], O_RDONLY | O_DIRECT);
	if (fd < 0 || pread(fd, want, LEN, offset) != LEN)
		return give_up(argv[2]);
	for (i = 0; i < LEN; i++)
		((volatile unsigned char *)p2p)[i] = ~want[i];

	got = pread(fd, p2p, LEN, offset);
	i = errno;
	for (size_t n = 0; n < LEN; n++)
		ram[n] = ((volatile unsigned char *)p2p)[n];
	if (got == LEN) {
		i = memcmp(ram, want, LEN);
		puts(i ? "differs" : "moved");
		return !!i;
	}
	for (size_t n = 0; n < LEN; n++)
		dirty |= ram[n] != (unsigned char)~want[n];
	printf("%s %s\n", got < 0 ? strerrorname_np(i) : "SHORT", dirty ? "dirty" : "clean");
	return dirty ? 4 : 3;
}

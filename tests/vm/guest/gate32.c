// SPDX-License-Identifier: GPL-2.0-or-later
/* cc-flags: -m32 -nostdlib -ffreestanding -fno-stack-protector -fno-pic -no-pie -I/usr/include/x86_64-linux-gnu */
/*
 * gate32: a 32-bit program without a C library at /dev/p2pgate. Reads the list in force, pushes the same one in observe and reads
 * it again; the structures must have the sizes and the meaning that they have for 64 bits. Says nothing if so.
 */
#include <linux/p2pgate.h>

_Static_assert(sizeof(void *) == 4, "meant to be built for 32 bits");
_Static_assert(sizeof(struct p2pgate_info) == P2PGATE_INFO_V1, "info");
_Static_assert(sizeof(struct p2pgate_set) == P2PGATE_SET_V1, "set");
_Static_assert(sizeof(struct p2pgate_get) == P2PGATE_GET_V1, "get");
_Static_assert(sizeof(struct p2pgate_distance) == P2PGATE_DISTANCE_V1, "distance");
_Static_assert(sizeof(struct p2pgate_function) == 24 && sizeof(struct p2pgate_pair) == 12, "tables");

#define ROOM 64
enum { SYS_EXIT = 1, SYS_WRITE = 4, SYS_OPEN = 5, SYS_IOCTL = 54 };

static struct p2pgate_function fns[ROOM], fns2[ROOM];
static struct p2pgate_pair pairs[ROOM], pairs2[ROOM];

static long sys(long nr, long a, long b, long c)
{
	long ret;

	asm volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory");
	return ret;
}

static void die(const char *why)
{
	int len = 0;

	while (why[len])
		len++;
	sys(SYS_WRITE, 2, (long)why, len);
	sys(SYS_EXIT, 1, 0, 0);
}

static void want(int yes, const char *why)
{
	if (!yes)
		die(why);
}

static int same(const void *a, const void *b, unsigned long n)
{
	const unsigned char *x = a, *y = b;

	while (n--)
		if (x[n] != y[n])
			return 0;
	return 1;
}

static void get_list(int gate, struct p2pgate_get *get, struct p2pgate_function *f, struct p2pgate_pair *p)
{
	get->size = sizeof(*get);
	get->nr_functions = get->nr_pairs = ROOM;
	get->functions = (unsigned long)f;
	get->pairs = (unsigned long)p;
	want(sys(SYS_IOCTL, gate, P2PGATE_GET, (long)get) == 0, "GET fails\n");
}

void _start(void)
{
	static struct p2pgate_info info = { .size = sizeof(info) };
	static struct p2pgate_get get, again;
	static struct p2pgate_set set = { .size = sizeof(set), .mode = P2PGATE_OBSERVE };
	int gate = sys(SYS_OPEN, (long)P2PGATE_DEVICE, 2, 0);

	want(gate >= 0, "no device\n");
	want(sys(SYS_IOCTL, gate, P2PGATE_INFO, (long)&info) == 0, "INFO fails\n");
	want(info.abi == P2PGATE_ABI && info.mode == P2PGATE_ENFORCE && info.nr_pairs == 2, "INFO differs\n");
	get_list(gate, &get, fns, pairs);
	want(get.nr_functions == 2 && get.nr_pairs == 2 && get.generation == info.generation, "GET differs\n");

	set.generation = info.generation;
	set.functions = (unsigned long)fns;
	set.pairs = (unsigned long)pairs;
	set.nr_functions = get.nr_functions;
	set.nr_pairs = get.nr_pairs;
	want(sys(SYS_IOCTL, gate, P2PGATE_SET, (long)&set) == 0, "SET fails\n");
	want(set.generation == info.generation + 1, "SET tells no generation\n");
	get_list(gate, &again, fns2, pairs2);
	want(again.mode == P2PGATE_OBSERVE && again.nr_pairs == 2, "SET did something else\n");
	want(same(fns, fns2, sizeof(fns)) && same(pairs, pairs2, sizeof(pairs)), "the lists differ\n");
	sys(SYS_EXIT, 0, 0, 0);
}

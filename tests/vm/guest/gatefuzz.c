// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gatefuzz ROUNDS [SEED]: malformed ioctls at /dev/p2pgate, random and made from good ones by a few changes. What fails must
 * change nothing: not the mode, not the generation, not a byte of the list. What is taken must be exactly what was sent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/p2pgate.h>

#define NFN 3
#define NPAIR 6
#define ROOM 512

struct tables {
	struct p2pgate_function fn[NFN];
	struct p2pgate_pair pair[NPAIR];
};

struct state {
	struct p2pgate_get get;
	struct p2pgate_function fn[ROOM];
	struct p2pgate_pair pair[ROOM];
};

static int gate;
static uint64_t seed = 1;
static struct tables good;
static unsigned char *hole;	/* two pages; the second cannot be touched */

static void die(const char *what)
{
	printf("FAIL: %s\n", what);
	exit(1);
}

static uint32_t rnd(uint32_t n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 33) % n;
}

static void look(struct state *s)
{
	memset(s, 0, sizeof(*s));
	s->get = (struct p2pgate_get) {
		.size = sizeof(s->get), .nr_functions = ROOM, .nr_pairs = ROOM,
		.functions = (uintptr_t)s->fn, .pairs = (uintptr_t)s->pair,
	};
	if (ioctl(gate, P2PGATE_GET, &s->get))
		die("GET");
	s->get.functions = s->get.pairs = 0;
}

/* Functions of this machine, given as BDF lines of lspci -n form would be: read from sysfs by the scenario into arguments. */
static void read_functions(char **words)
{
	for (int i = 0; i < NFN; i++) {
		uint32_t d, b, s, f, ven, dev, sven, sdev, class;

		if (sscanf(words[i], "%x:%x:%x.%x,%x,%x,%x,%x,%x", &d, &b, &s, &f, &ven, &dev, &sven, &sdev, &class) != 9)
			die("arguments");
		good.fn[i] = (struct p2pgate_function) {
			.domain = d, .bus = b, .devfn = s << 3 | f, .vendor = ven, .device = dev,
			.subsystem_vendor = sven, .subsystem_device = sdev, .class_code = class,
		};
	}
	for (uint32_t p = 0, k = 0; p < NFN; p++)
		for (uint32_t c = 0; c < NFN; c++)
			if (p != c)
				good.pair[k++] = (struct p2pgate_pair) { p, c, 0 };
}

static uint64_t odd_number(void)
{
	static const uint64_t odd[] = {
		0, 1, 2, 3, 4, 79, 80, 81, 4095, 4096, 65535, 65536, 65537, 4194304, 4194305, 0x7fffffff, 0x80000000,
		0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffff888000000000, 0xffffffff81000000, ~0ULL,
	};

	return odd[rnd(sizeof(odd) / sizeof(odd[0]))];
}

static void change(void *what, size_t len)
{
	unsigned char *byte = what;
	size_t at = rnd(len);
	uint64_t odd = odd_number();

	switch (rnd(4)) {
	case 0:
		byte[at] ^= 1 << rnd(8);
		break;
	case 1:
		byte[at] = rnd(256);
		break;
	case 2:
		memcpy(byte + at / 4 * 4, &odd, 4);
		break;
	case 3:
		if (at / 8 * 8 + 8 <= len)
			memcpy(byte + at / 8 * 8, &odd, 8);
		break;
	}
}

/* A SET made from a good one; the tables lie against the hole now and then. */
static int fuzz_set(const struct state *before, struct p2pgate_set *set, struct tables *t)
{
	struct tables *at = t;

	*t = good;
	*set = (struct p2pgate_set) {
		.size = sizeof(*set), .mode = rnd(3), .generation = before->get.generation,
		.nr_functions = NFN, .nr_pairs = NPAIR,
	};
	for (int n = rnd(4); n; n--)
		change(t, sizeof(*t));
	if (rnd(8) == 0) {
		at = (struct tables *)(hole + 4096 - rnd(sizeof(*t)));
		memcpy(at, t, hole + 4096 - (unsigned char *)at);
	}
	set->functions = (uintptr_t)at->fn;
	set->pairs = (uintptr_t)at->pair;
	for (int n = rnd(3); n; n--)
		change(set, sizeof(*set));
	return ioctl(gate, P2PGATE_SET, set) ? errno : 0;
}

static void check_taken(const struct p2pgate_set *sent, const struct tables *t, const struct state *before,
			const struct state *after)
{
	if (after->get.generation != before->get.generation + 1 || after->get.mode != sent->mode ||
	    memcmp(after->get.tag, sent->tag, sizeof(sent->tag)))
		die("a SET was taken, but not what it said");
	if (after->get.nr_functions != sent->nr_functions || after->get.nr_pairs != sent->nr_pairs)
		die("a SET was taken with other counts");
	if (sent->nr_functions > NFN || sent->nr_pairs > NPAIR)
		die("a SET was taken with more than there is");
	if (memcmp(after->fn, t->fn, sent->nr_functions * sizeof(t->fn[0])) ||
	    memcmp(after->pair, t->pair, sent->nr_pairs * sizeof(t->pair[0])))
		die("a SET was taken with other tables");
	if (memcmp(t->fn, good.fn, sent->nr_functions * sizeof(t->fn[0])))
		die("a SET was taken with a function that is not there");
}

static void fuzz_other(void)
{
	static const unsigned long nrs[] = { P2PGATE_INFO, P2PGATE_GET, P2PGATE_DISTANCE, P2PGATE_SET };
	unsigned char arg[8192];
	unsigned long nr = rnd(4) ? nrs[rnd(4)] : rnd(~0U);
	uint32_t size = rnd(2) ? 0 : rnd(512);
	void *at = arg;

	for (size_t i = 0; i < sizeof(arg); i++)
		arg[i] = rnd(4) ? 0 : rnd(256);
	switch (size ? 0 : rnd(4)) {
	case 0: break;
	case 1: size = 336; break;
	case 2: size = 80; break;
	case 3: size = 48; break;
	}
	if (rnd(4))
		memcpy(arg, &size, 4);
	if (rnd(16) == 0)
		at = hole + 4096 - rnd(400);
	if (rnd(32) == 0)
		at = (void *)(uintptr_t)odd_number();
	/* as from a program with a longer or shorter structure in its header */
	if (rnd(4) == 0)
		nr = _IOC(_IOC_DIR(nr), _IOC_TYPE(nr), _IOC_NR(nr), rnd(1 << _IOC_SIZEBITS));
	/* a random SET could only be taken with the right generation: keep it wrong */
	if (_IOC_NR(nr) == _IOC_NR(P2PGATE_SET) && at == arg)
		memset(arg + 8, 0xff, 8);
	ioctl(gate, nr, at);
}

int main(int argc, char **argv)
{
	static struct state before, after;
	struct p2pgate_set set;
	struct tables t;
	int taken = 0, errors[200] = { 0 }, rounds;

	if (argc < 3 + NFN)
		return 2;
	rounds = atoi(argv[1]);
	seed = strtoull(argv[2], NULL, 0);
	read_functions(argv + 3);
	hole = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(hole + 4096, 4096, PROT_NONE);
	gate = open(P2PGATE_DEVICE, O_RDWR);
	if (gate < 0)
		die("no device");
	look(&before);
	for (int i = 0; i < rounds; i++) {
		struct p2pgate_set sent;
		int err;

		fuzz_other();
		look(&after);
		if (memcmp(&before, &after, sizeof(before)))
			die("a call that is not SET changed the state");
		err = fuzz_set(&before, &set, &t);
		sent = set;
		look(&after);
		if (!err)
			check_taken(&sent, &t, &before, &after);
		else if (memcmp(&before, &after, sizeof(before)))
			die("a SET that failed changed the state");
		taken += !err;
		errors[err < 200 ? err : 199]++;
		before = after;
	}
	printf("fuzz: seed %s, %d rounds, %d lists taken;", argv[2], rounds, taken);
	for (int e = 1; e < 200; e++)
		if (errors[e])
			printf(" %s %d", strerrorname_np(e), errors[e]);
	putchar('\n');
	return taken && errors[EINVAL] && errors[ESTALE] && errors[ENODEV] && errors[EFAULT] ? 0 : 1;
}

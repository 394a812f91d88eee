// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gatepush: push large lists, in races and under SIGKILL. The functions are those of one PCI domain, all pairs of them.
 *   gatepush push DOMAIN FUNCTIONS [MODE]   every ordered pair of the first FUNCTIONS functions
 *   gatepush ragged DOMAIN FUNCTIONS [MODE] some of them: providers with many clients side by side, with few, and with gaps
 *   gatepush race DOMAIN FUNCTIONS ROUNDS   two pushers against each other, a reader looks for mixtures
 *   gatepush kill DOMAIN FUNCTIONS ROUNDS   SIGKILL a push at many moments: the old list or the new one, never a mix
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/p2pgate.h>

struct list {
	struct p2pgate_function *fns;
	struct p2pgate_pair *pairs;
	uint32_t nr_fns, nr_pairs;
	const char *tag;
};

static int gate;

static void die(const char *what)
{
	printf("FAIL: %s (%s)\n", what, strerror(errno));
	exit(1);
}

static uint32_t attribute(const char *bdf, const char *name)
{
	char path[300], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		die(path);
	close(fd);
	return strtoul(text, NULL, 16);
}

static int by_place(const void *a, const void *b)
{
	const struct p2pgate_function *x = a, *y = b;

	return (x->bus << 8 | x->devfn) - (y->bus << 8 | y->devfn);
}

/* The first @n functions of the domain, in order. */
static struct p2pgate_function *functions(uint32_t domain, uint32_t n)
{
	struct p2pgate_function *fns = calloc(65536, sizeof(*fns));
	DIR *dir = opendir("/sys/bus/pci/devices");
	uint32_t d, bus, dev, fn, k = 0;
	struct dirent *e;

	while ((e = readdir(dir))) {
		if (sscanf(e->d_name, "%x:%x:%x.%x", &d, &bus, &dev, &fn) != 4 || d != domain || k == 65536)
			continue;
		fns[k++] = (struct p2pgate_function) {
			.domain = d, .bus = bus, .devfn = dev << 3 | fn,
			.vendor = attribute(e->d_name, "vendor"), .device = attribute(e->d_name, "device"),
			.subsystem_vendor = attribute(e->d_name, "subsystem_vendor"),
			.subsystem_device = attribute(e->d_name, "subsystem_device"),
			.class_code = attribute(e->d_name, "class"),
		};
	}
	closedir(dir);
	qsort(fns, k, sizeof(*fns), by_place);
	if (k < n)
		die("too few functions");
	return fns;
}

/* Which pairs of indexes? */
enum rule { EVEN, ODD, ALL, RAGGED };

static bool is_listed(enum rule rule, uint32_t p, uint32_t c)
{
	switch (rule) {
	case EVEN:
	case ODD:
		return (p + c) % 2 == rule;
	case RAGGED:
		/* 7 to 69 clients side by side, and as many not; each third of the first hundred */
		return (c + 11 * p) / (7 + p % 63) % 2 || (c < 100 && c % 3 == p % 3);
	default:
		return true;
	}
}

/* All ordered pairs that the rule says. */
static struct list make(struct p2pgate_function *fns, uint32_t n, enum rule rule, const char *tag)
{
	struct list list = { .fns = fns, .nr_fns = n, .tag = tag };

	list.pairs = malloc((size_t)n * n * sizeof(*list.pairs));
	for (uint32_t p = 0; p < n; p++)
		for (uint32_t c = 0; c < n; c++)
			if (p != c && is_listed(rule, p, c))
				list.pairs[list.nr_pairs++] = (struct p2pgate_pair) { p, c, 0 };
	return list;
}

static struct p2pgate_info info(void)
{
	struct p2pgate_info info = { .size = sizeof(info) };

	if (ioctl(gate, P2PGATE_INFO, &info))
		die("INFO");
	return info;
}

static int push(const struct list *list, uint64_t generation, uint32_t mode)
{
	struct p2pgate_set set = {
		.size = sizeof(set), .mode = mode, .generation = generation,
		.functions = (uintptr_t)list->fns, .pairs = (uintptr_t)list->pairs,
		.nr_functions = list->nr_fns, .nr_pairs = list->nr_pairs,
	};

	strncpy((char *)set.tag, list->tag, sizeof(set.tag) - 1);
	if (ioctl(gate, P2PGATE_SET, &set))
		return errno;
	if (set.generation != generation + 1)
		die("a push was taken that another had overtaken");
	return 0;
}

/* Which of the two lists is in force, whole? -1: neither, so a mixture. */
static int which(const struct list *a, const struct list *b)
{
	static struct p2pgate_pair *pairs;
	static struct p2pgate_function *fns;
	struct p2pgate_get get = { .size = sizeof(get), .nr_functions = 65536, .nr_pairs = P2PGATE_MAX_PAIRS };
	const struct list *all[] = { a, b };

	if (!pairs) {
		pairs = malloc(P2PGATE_MAX_PAIRS * sizeof(*pairs));
		fns = malloc(65536 * sizeof(*fns));
	}
	get.functions = (uintptr_t)fns;
	get.pairs = (uintptr_t)pairs;
	if (ioctl(gate, P2PGATE_GET, &get))
		die("GET");
	for (int i = 0; i < 2; i++) {
		if (!strcmp((char *)get.tag, all[i]->tag) && get.nr_functions == all[i]->nr_fns &&
		    get.nr_pairs == all[i]->nr_pairs &&
		    !memcmp(pairs, all[i]->pairs, get.nr_pairs * sizeof(*pairs)) &&
		    !memcmp(fns, all[i]->fns, get.nr_functions * sizeof(*fns)))
			return i;
	}
	printf("a mixture: tag %.32s, %u functions, %u pairs\n", (char *)get.tag, get.nr_functions, get.nr_pairs);
	return -1;
}

/* Push until told to stop; what was in force at a generation that we named must be what we then replaced. */
static void pusher(const struct list *list, int rounds, volatile uint64_t *won)
{
	int stale = 0;

	for (int done = 0; done < rounds;) {
		int err = push(list, info().generation, P2PGATE_OBSERVE);

		if (err && err != ESTALE)
			die("SET in a race");
		if (err)
			stale++;
		else
			won[done++] = info().generation;
	}
	printf("%s: %d pushed, %d stale\n", list->tag, rounds, stale);
	fflush(stdout);
	_exit(0);
}

static void race(struct p2pgate_function *fns, uint32_t n, int rounds)
{
	struct list even = make(fns, n, EVEN, "even"), odd = make(fns, n, ODD, "odd");
	uint64_t *won = mmap(NULL, 2 * rounds * sizeof(*won), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t before = info().generation;
	int status, seen[2] = { 0, 0 }, left = 2, at;
	pid_t a, b;

	if (push(&even, before, P2PGATE_OBSERVE))
		die("first SET");
	if (!push(&odd, before, P2PGATE_OBSERVE))
		die("a stale SET was taken");
	a = fork();
	if (!a)
		pusher(&even, rounds, won);
	b = fork();
	if (!b)
		pusher(&odd, rounds, won + rounds);
	while (left) {
		at = which(&even, &odd);
		if (at < 0)
			die("mixture");
		seen[at]++;
		while (left && waitpid(-1, &status, WNOHANG) > 0) {
			left--;
			if (status)
				die("a pusher failed");
		}
	}
	if (info().generation != before + 1 + 2 * rounds)
		die("the generation did not advance by one for each push");
	printf("race: %d pushes, seen even %d times, odd %d times\n", 2 * rounds, seen[0], seen[1]);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void kill_pushes(struct p2pgate_function *fns, uint32_t n, int rounds)
{
	struct list big = make(fns, n, ALL, "new"), old = make(fns, 4, ALL, "old");
	double took = now();
	int outcome[2] = { 0, 0 };

	if (push(&big, info().generation, P2PGATE_OBSERVE))
		die("SET");
	took = now() - took;
	printf("a push of %u pairs takes %.0f ms\n", big.nr_pairs, took * 1e3);
	for (int i = 0; i < rounds; i++) {
		uint64_t generation;
		int at, status;
		pid_t child;

		if (push(&old, info().generation, P2PGATE_OBSERVE))
			die("SET");
		generation = info().generation;
		child = fork();
		if (!child)
			_exit(push(&big, generation, P2PGATE_OBSERVE) != 0);
		usleep(took * 1e6 * 3 * i / rounds);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		at = which(&old, &big);
		if (at < 0)
			die("mixture");
		if (info().generation != generation + at)
			die("the generation tells another story than the list");
		outcome[at]++;
	}
	printf("kill: %d killed pushes, old list kept %d times, new one in force %d times\n", rounds, outcome[0], outcome[1]);
	if (!outcome[0] || !outcome[1])
		die("the kills came all too early or all too late to show anything");
}

int main(int argc, char **argv)
{
	uint32_t n = argc > 3 ? atoi(argv[3]) : 0;
	struct p2pgate_function *fns;
	int rounds = argc > 4 ? atoi(argv[4]) : 0;

	if (argc < 4)
		return 2;
	gate = open(P2PGATE_DEVICE, O_RDWR | O_CLOEXEC);
	if (gate < 0)
		die(P2PGATE_DEVICE);
	fns = functions(strtoul(argv[2], NULL, 16), n);
	if (!strcmp(argv[1], "race")) {
		race(fns, n, rounds);
	} else if (!strcmp(argv[1], "kill")) {
		kill_pushes(fns, n, rounds);
	} else {
		struct list list = make(fns, n, strcmp(argv[1], "ragged") ? ALL : RAGGED, "all");
		int err = push(&list, info().generation, argc > 4 ? rounds : P2PGATE_ENFORCE);

		printf("%u pairs: %s\n", list.nr_pairs, err ? strerrorname_np(err) : "in force");
		return err;
	}
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gatectl: speak to /dev/p2pgate from a scenario, through nothing but its header.
 *   gatectl info                          one "key value" a line
 *   gatectl set MODE [-g GENERATION] [PAIR...]   PAIR is PROVIDER>CLIENT, with ! behind it to promote
 *   gatectl get                           the list in force, as set takes it
 *   gatectl distance PROVIDER CLIENT      "ungated gated reason"
 *   gatectl wait SECONDS                  until the generation is not the one of now; prints the new
 * Exit status: 0; the errno of the ioctl, its name on stderr; 2 usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/p2pgate.h>

static const char *const modes[] = { "off", "observe", "enforce" };
static const char *const reasons[P2PGATE_REASONS] = {
	"listed", "self", "promoted", "not_listed", "not_pci", "no_provider", "recursion", "-",
};

static int gate = -1;

static int call(unsigned long nr, void *arg)
{
	if (gate < 0)
		gate = open(P2PGATE_DEVICE, O_RDWR | O_CLOEXEC);
	if (gate >= 0 && ioctl(gate, nr, arg) == 0)
		return 0;
	fprintf(stderr, "%s\n", strerrorname_np(errno));
	return errno;
}

static void show_count(const char *name, const struct p2pgate_count *count)
{
	for (int i = 0; i < P2PGATE_RECURSION + 1; i++)
		printf("%s.%s %llu\n", name, reasons[i], (unsigned long long)count->by_reason[i]);
}

static int show_info(void)
{
	struct p2pgate_info info = { .size = sizeof(info) };
	int err = call(P2PGATE_INFO, &info);

	if (err)
		return err;
	printf("abi %u\ngeneration %llu\nmode %s\nflags 0x%x\nhooks 0x%x\n", info.abi,
	       (unsigned long long)info.generation, modes[info.mode], info.flags, info.hooks);
	printf("functions %u\npairs %u\ndropped %u\nranges %u\nlog_lost %u\ntag %.32s\n", info.nr_functions,
	       info.nr_pairs, info.nr_dropped, info.nr_ranges, info.log_lost, (char *)info.tag);
	show_count("observed_distance", &info.observed_distance);
	show_count("observed_map", &info.observed_map);
	show_count("enforced_distance", &info.enforced_distance);
	show_count("enforced_map", &info.enforced_map);
	return 0;
}

/* Of a function that is not there: 0, for the gate to find out. */
static unsigned int attribute(const char *bdf, const char *name)
{
	char path[128];
	unsigned int value = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, name);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%x", &value) != 1)
		value = 0;
	fclose(f);
	return value;
}

static void parse(const char *bdf, struct p2pgate_address *at)
{
	unsigned int domain, bus, dev, fn;

	if (sscanf(bdf, "%x:%x:%x.%x", &domain, &bus, &dev, &fn) != 4) {
		fprintf(stderr, "%s is no function\n", bdf);
		exit(2);
	}
	*at = (struct p2pgate_address) { .domain = domain, .bus = bus, .devfn = dev << 3 | fn };
}

static struct p2pgate_function describe(const char *bdf)
{
	struct p2pgate_address at;

	parse(bdf, &at);
	return (struct p2pgate_function) {
		.domain = at.domain, .bus = at.bus, .devfn = at.devfn,
		.vendor = attribute(bdf, "vendor"), .device = attribute(bdf, "device"),
		.subsystem_vendor = attribute(bdf, "subsystem_vendor"),
		.subsystem_device = attribute(bdf, "subsystem_device"),
		.class_code = attribute(bdf, "class"),
	};
}

static int by_place(const void *a, const void *b)
{
	const struct p2pgate_function *x = a, *y = b;
	unsigned long long p = (unsigned long long)x->domain << 16 | x->bus << 8 | x->devfn;
	unsigned long long q = (unsigned long long)y->domain << 16 | y->bus << 8 | y->devfn;

	return (p > q) - (p < q);
}

static int by_index(const void *a, const void *b)
{
	const struct p2pgate_pair *x = a, *y = b;

	if (x->provider != y->provider)
		return x->provider < y->provider ? -1 : 1;
	return (x->client > y->client) - (x->client < y->client);
}

static unsigned int index_of(const struct p2pgate_function *fns, unsigned int n, const char *bdf)
{
	struct p2pgate_function key = describe(bdf);
	struct p2pgate_function *at = bsearch(&key, fns, n, sizeof(key), by_place);

	return at ? at - fns : n;
}

static unsigned int unique(struct p2pgate_function *fns, unsigned int n)
{
	unsigned int i, k = 0;

	qsort(fns, n, sizeof(*fns), by_place);
	for (i = 0; i < n; i++)
		if (!k || by_place(&fns[k - 1], &fns[i]))
			fns[k++] = fns[i];
	return k;
}

/* "PROVIDER>CLIENT" or "PROVIDER>CLIENT!" */
static int split(const char *word, char provider[32], char client[32])
{
	if (sscanf(word, "%31[^>]>%31[^!]", provider, client) != 2) {
		fprintf(stderr, "%s is no pair\n", word);
		exit(2);
	}
	return strchr(word, '!') ? P2PGATE_PAIR_PROMOTE : 0;
}

static int set(const char *mode, unsigned long long generation, char **words, int n)
{
	struct p2pgate_function *fns = calloc(2 * n + 1, sizeof(*fns));
	struct p2pgate_pair *pairs = calloc(n + 1, sizeof(*pairs));
	struct p2pgate_set s = { .size = sizeof(s), .generation = generation };
	char provider[32], client[32];
	unsigned int nr = 0;
	int err;

	while (s.mode < 3 && strcmp(modes[s.mode], mode))
		s.mode++;
	for (int i = 0; i < n; i++) {
		split(words[i], provider, client);
		fns[nr++] = describe(provider);
		fns[nr++] = describe(client);
	}
	nr = unique(fns, nr);
	for (int i = 0; i < n; i++) {
		pairs[i].flags = split(words[i], provider, client);
		pairs[i].provider = index_of(fns, nr, provider);
		pairs[i].client = index_of(fns, nr, client);
	}
	qsort(pairs, n, sizeof(*pairs), by_index);
	s.functions = (unsigned long)fns;
	s.pairs = (unsigned long)pairs;
	s.nr_functions = nr;
	s.nr_pairs = n;
	snprintf((char *)s.tag, sizeof(s.tag), "%s", mode);
	err = call(P2PGATE_SET, &s);
	printf("generation %llu bad %u\n", (unsigned long long)s.generation, s.bad);
	free(fns);
	free(pairs);
	return err;
}

static unsigned long long generation_now(void)
{
	struct p2pgate_info info = { .size = sizeof(info) };

	if (call(P2PGATE_INFO, &info))
		exit(1);
	return info.generation;
}

static void print_bdf(const struct p2pgate_function *f)
{
	printf("%04x:%02x:%02x.%x", f->domain, f->bus, f->devfn >> 3, f->devfn & 7);
}

static int get(void)
{
	struct p2pgate_get g = { .size = sizeof(g) };
	struct p2pgate_function *fns;
	struct p2pgate_pair *pairs;
	int err;

	/* learn the sizes; ENOSPC is what is expected here */
	gate = open(P2PGATE_DEVICE, O_RDWR | O_CLOEXEC);
	ioctl(gate, P2PGATE_GET, &g);
	fns = calloc(g.nr_functions + 1, sizeof(*fns));
	pairs = calloc(g.nr_pairs + 1, sizeof(*pairs));
	g.functions = (unsigned long)fns;
	g.pairs = (unsigned long)pairs;
	err = call(P2PGATE_GET, &g);
	for (unsigned int i = 0; !err && i < g.nr_pairs; i++) {
		print_bdf(&fns[pairs[i].provider]);
		putchar('>');
		print_bdf(&fns[pairs[i].client]);
		printf("%s\n", pairs[i].flags & P2PGATE_PAIR_PROMOTED ? "!!" :
		       pairs[i].flags & P2PGATE_PAIR_PROMOTE ? "!" : "");
	}
	free(fns);
	free(pairs);
	return err;
}

static int distance(const char *provider, const char *client)
{
	struct p2pgate_distance d = { .size = sizeof(d) };
	int err;

	parse(provider, &d.provider);
	parse(client, &d.client);
	err = call(P2PGATE_DISTANCE, &d);
	if (!err)
		printf("%d %d %s\n", d.ungated, d.gated, reasons[d.reason]);
	return err;
}

static int wait_change(int seconds)
{
	struct pollfd p = { .events = POLLIN };

	generation_now();
	p.fd = gate;
	if (poll(&p, 1, seconds * 1000) != 1 || !(p.revents & POLLIN))
		return 1;
	printf("generation %llu\n", generation_now());
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc == 2 && !strcmp(what, "info"))
		return show_info();
	if (argc == 2 && !strcmp(what, "get"))
		return get();
	if (argc == 4 && !strcmp(what, "distance"))
		return distance(argv[2], argv[3]);
	if (argc == 3 && !strcmp(what, "wait"))
		return wait_change(atoi(argv[2]));
	if (argc >= 5 && !strcmp(what, "set") && !strcmp(argv[3], "-g"))
		return set(argv[2], strtoull(argv[4], NULL, 0), argv + 5, argc - 5);
	if (argc >= 3 && !strcmp(what, "set"))
		return set(argv[2], generation_now(), argv + 3, argc - 3);
	fprintf(stderr, "usage: gatectl info | set MODE [-g GENERATION] [PAIR...] | get | distance P C | wait S\n");
	return 2;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What watch tells of pairs whose drivers now do something else. */
#include "make.h"

#include "commands/watch/watch.h"

#define HOST "devices/pci0000:00/"
#define MOST 10		/* functions; 100 pairs are more than are told one by one */

/* What was told: lines of one way, of counts, and of anything else; and the last one. */
static struct {
	unsigned int ways, counts, others;
	size_t count;
	struct watch_way from, to;
	enum p2p_delivery old, now;
} told;

bool app_has_filter(const struct app *app)
{
	(void)app;
	return false;
}

/* Every pair but those of a function with itself. */
bool app_shows(const struct app *app, size_t provider, size_t client)
{
	(void)app;
	return provider != client;
}

void watch_say_way(const struct watch_state *state, const struct p2p_function *provider,
		   const struct p2p_function *client, struct watch_way from, struct watch_way to)
{
	(void)state;
	ck_assert_ptr_ne(provider, client);
	told.ways++;
	told.from = from;
	told.to = to;
}

void watch_say_ways(const struct watch_state *state, size_t count, enum p2p_delivery from,
		    enum p2p_delivery to)
{
	(void)state;
	told.counts++;
	told.count = count;
	told.old = from;
	told.now = to;
}

#define OTHER(name, ...) void name(const struct watch_state *state, __VA_ARGS__) { (void)state; told.others++; }
OTHER(watch_say_added, const struct p2p_function *function __attribute__((unused)))
OTHER(watch_say_removed, const struct p2p_function *function __attribute__((unused)))
OTHER(watch_say_passed, struct p2p_bdf bdf __attribute__((unused)))
OTHER(watch_say_changed, const char *what __attribute__((unused)),
      const struct p2p_function *old __attribute__((unused)),
      const struct p2p_function *now __attribute__((unused)))
OTHER(watch_say_verdict, const struct p2p_function *provider __attribute__((unused)),
      const struct p2p_function *client __attribute__((unused)), unsigned int from __attribute__((unused)),
      unsigned int to __attribute__((unused)))
OTHER(watch_say_verdicts, size_t count __attribute__((unused)), unsigned int from __attribute__((unused)),
      unsigned int to __attribute__((unused)))

void watch_say_lost(const struct watch_state *state) { (void)state; told.others++; }
void watch_say_gate(const struct watch_state *state) { (void)state; told.others++; }

/* A reading of @count functions, of whose pairs all are the same. */
struct reading {
	struct watch_state state;
	struct p2p_topology *topology;
	const struct p2p_function *selected[MOST];
	uint8_t types[MOST * MOST];
	struct watch_way ways[MOST * MOST];
};

static void read_machine(struct reading *reading, struct p2p_snapshot *snapshot, size_t count,
			 struct watch_way way)
{
	memset(reading, 0, sizeof(*reading));
	reading->topology = make_topology(snapshot);
	for (size_t i = 0; i < count; i++)
		reading->selected[i] = p2p_topology_function(reading->topology, i);
	for (size_t i = 0; i < count * count; i++)
		reading->ways[i] = way;
	reading->state.app.topology = reading->topology;
	reading->state.app.selected = reading->selected;
	reading->state.app.selected_count = count;
	reading->state.types = reading->types;
	reading->state.ways = reading->ways;
}

static struct p2p_snapshot *machine_of(size_t count)
{
	static struct space space;
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	static char bdf[MOST][16], path[MOST][200];

	space = make_space(0x8086, 0x1234, 0x020000, 0, P2P_PORT_ENDPOINT);
	for (size_t i = 0; i < count; i++) {
		snprintf(bdf[i], sizeof(bdf[i]), "0000:00:%02x.0", (unsigned int)(i + 1) & 0x1f);
		snprintf(path[i], sizeof(path[i]), HOST "%s", bdf[i]);
		make_function(snapshot, bdf[i], path[i], &space);
	}
	return snapshot;
}

static const struct {
	size_t before, after;	/* functions */
	int way_before, way_after;
	enum p2p_delivery old, now;
	unsigned int ways, counts;
	size_t count;
} cases[] = {
	{ 2, 2, 1, 1, P2P_DELIVERY_STAGED, P2P_DELIVERY_STAGED, 0, 0, 0 },
	{ 2, 2, 1, 1, P2P_DELIVERY_STAGED, P2P_DELIVERY_DIRECT, 2, 0, 0 },
	{ 2, 2, 1, 2, P2P_DELIVERY_DIRECT, P2P_DELIVERY_DIRECT, 2, 0, 0 },
	{ 2, 2, -1, 1, P2P_DELIVERY_UNKNOWN, P2P_DELIVERY_UNKNOWN, 2, 0, 0 },
	/* Of pairs that came or went the verdicts tell. */
	{ 2, 3, 1, 1, P2P_DELIVERY_STAGED, P2P_DELIVERY_DIRECT, 2, 0, 0 },
	{ 3, 2, 1, 1, P2P_DELIVERY_STAGED, P2P_DELIVERY_DIRECT, 2, 0, 0 },
	{ 8, 8, 1, 1, P2P_DELIVERY_ROOT, P2P_DELIVERY_UNKNOWN, 56, 0, 0 },
	{ 9, 9, 1, 1, P2P_DELIVERY_ROOT, P2P_DELIVERY_UNKNOWN, 0, 1, 72 },
	{ 9, 9, 1, 2, P2P_DELIVERY_ROOT, P2P_DELIVERY_ROOT, 0, 1, 72 },
};

static struct watch_way way(int row, enum p2p_delivery delivery)
{
	return (struct watch_way){ row < 0 ? NULL : p2p_driver_way_at((size_t)row), delivery };
}

START_TEST(ways)
{
	struct p2p_snapshot *before = machine_of(cases[_i].before), *after;
	static struct reading old, now;
	const struct follow_news news = { 0 };

	read_machine(&old, before, cases[_i].before, way(cases[_i].way_before, cases[_i].old));
	after = machine_of(cases[_i].after);
	read_machine(&now, after, cases[_i].after, way(cases[_i].way_after, cases[_i].now));
	memset(&told, 0, sizeof(told));
	watch_compare(&old.state, &now.state, &news);
	ck_assert_uint_eq(told.ways, cases[_i].ways);
	ck_assert_uint_eq(told.counts, cases[_i].counts);
	ck_assert_uint_eq(told.count, cases[_i].count);
	ck_assert_int_eq(told.others != 0, cases[_i].before != cases[_i].after);
	if (told.ways) {
		ck_assert_ptr_eq(told.from.way, old.ways[0].way);
		ck_assert_ptr_eq(told.to.way, now.ways[0].way);
		ck_assert_int_eq(told.from.delivery, cases[_i].old);
		ck_assert_int_eq(told.to.delivery, cases[_i].now);
	}
	p2p_topology_free(old.topology);
	p2p_topology_free(now.topology);
	p2p_snapshot_free(before);
	p2p_snapshot_free(after);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_loop_test(tcase, ways, 0, (int)(sizeof(cases) / sizeof(cases[0])));
}

int main(void)
{
	return run_cases("watch", add_cases);
}

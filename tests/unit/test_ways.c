/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ways: every row is granted, refused by each of its conditions, and unknown; and one fact less never
 * improves an answer.
 */
#include <errno.h>

#include "random.h"
#include "scene.h"

/* The next word of a row's list of drivers; "*" is any, and a driver that no row names stands for it. */
static const char *next_driver(const char *at, char driver[32])
{
	size_t size;

	at += strspn(at, " ");
	size = strcspn(at, " ");
	if (!size)
		return NULL;
	snprintf(driver, 32, "%.*s", (int)size, *at == '*' ? "zzz" : at);
	return at + size;
}

/* A scene in which all conditions of @way hold that can. */
static bool hold_all(struct scene *scene, const struct p2p_driver_way *way)
{
	bool all = scene_set(scene, &way->applies, HOLDS);

	for (const struct p2p_condition *c = way->conditions; c->id != P2P_IF_NONE; c++)
		all &= scene_set(scene, c, HOLDS);
	return all;
}

static enum p2p_grant grant_of(const struct scene *scene, const struct p2p_driver_way *way)
{
	const struct p2p_way_answer *answer;
	struct p2p_ways ways;

	p2p_ways_find(&scene->verdict, &ways);
	answer = scene_answer(&ways, way->name);
	ck_assert_msg(answer != NULL, "%s: no such way for %s and %s", way->name,
		      scene->provider.driver, scene->client.driver);
	return answer->grant;
}

static enum p2p_grant yes(const struct p2p_driver_way *way)
{
	return strcmp(way->decider, "nobody") ? P2P_GRANT_GRANTED : P2P_GRANT_NOT_ASKED;
}

/* One condition of the row fails, or is not known, while the others hold. */
static unsigned int check_one(const struct p2p_driver_way *way, const char *provider, const char *client,
			      const struct p2p_condition *condition, enum setting setting)
{
	enum p2p_grant expected = setting == FAILS ? P2P_GRANT_REFUSED : P2P_GRANT_UNKNOWN, grant;
	struct scene scene;

	scene_start(&scene, provider, client);
	hold_all(&scene, way);
	if (!scene_set(&scene, condition, setting))
		return 0;
	grant = grant_of(&scene, way);
	/* What else the same fact decides may refuse already. */
	ck_assert_msg(grant == expected || (setting == OPEN && grant == P2P_GRANT_REFUSED),
		      "%s, %s to %s, %s %s: %s", way->name, provider, client,
		      p2p_condition_name(condition->id), setting == FAILS ? "fails" : "is open",
		      p2p_grant_name(grant));
	return 1;
}

static void check_applies(const struct p2p_driver_way *way, const char *provider, const char *client)
{
	struct p2p_ways ways;
	struct scene scene;

	scene_start(&scene, provider, client);
	hold_all(&scene, way);
	scene_set(&scene, &way->applies, FAILS);
	p2p_ways_find(&scene.verdict, &ways);
	ck_assert_msg(!scene_answer(&ways, way->name), "%s is spoken of where it does not apply",
		      way->name);
	scene_start(&scene, provider, client);
	hold_all(&scene, way);
	scene_set(&scene, &way->applies, OPEN);
	ck_assert_int_eq(grant_of(&scene, way), P2P_GRANT_UNKNOWN);
}

static void check_pair(const struct p2p_driver_way *way, const char *provider, const char *client,
		       unsigned int *refused, unsigned int *open)
{
	struct scene scene;

	scene_start(&scene, provider, client);
	if (hold_all(&scene, way))
		ck_assert_msg(grant_of(&scene, way) == yes(way), "%s, %s to %s: %s", way->name, provider,
			      client, p2p_grant_name(grant_of(&scene, way)));
	for (const struct p2p_condition *c = way->conditions; c->id != P2P_IF_NONE; c++) {
		*refused += check_one(way, provider, client, c, FAILS);
		*open += check_one(way, provider, client, c, OPEN);
	}
	if (way->applies.id != P2P_IF_NONE)
		check_applies(way, provider, client);
	if (way->witness.id == P2P_IF_NONE)
		return;
	for (enum setting setting = HOLDS; setting <= FAILS; setting++) {
		scene_start(&scene, provider, client);
		scene_set(&scene, &way->witness, setting);
		ck_assert_int_eq(grant_of(&scene, way), setting == HOLDS ? yes(way) : P2P_GRANT_REFUSED);
	}
	/* What it is no witness of is still asked. */
	for (const struct p2p_condition *c = &way->conditions[way->witnessed]; c->id != P2P_IF_NONE; c++)
		for (enum setting setting = FAILS; setting <= OPEN; setting++) {
			scene_start(&scene, provider, client);
			scene_set(&scene, &way->witness, HOLDS);
			ck_assert(scene_set(&scene, c, setting));
			ck_assert_int_eq(grant_of(&scene, way), setting == FAILS ? P2P_GRANT_REFUSED :
					 P2P_GRANT_UNKNOWN);
		}
}

START_TEST(every_row)
{
	const struct p2p_driver_way *way = p2p_driver_way_at((size_t)_i);
	unsigned int refused = 0, open = 0, conditions = 0;
	char provider[32], client[32];

	ck_assert(way->providers[0] == '*' || way->providers[0] == ' ');
	while (way->conditions[conditions].id != P2P_IF_NONE)
		ck_assert_uint_lt(++conditions, P2P_WAY_CONDITIONS - 1);
	for (const char *p = way->providers; (p = next_driver(p, provider));)
		for (const char *c = way->clients; (c = next_driver(c, client));)
			check_pair(way, provider, client, &refused, &open);
	ck_assert_msg(!conditions || refused || way->conditions[0].id == P2P_IF_LINKED, "%s: no case in which it is refused", way->name);
	ck_assert(*way->name && *way->interface && *way->decider && *way->summary && *way->source);
}
END_TEST

/* What is on record of an IOMMU that translates is a cure where it may, too. */
START_TEST(cure_of_translation)
{
	static const struct { const char *type, *cure; enum p2p_fact group; } domains[] = {
		{ "DMA", "boot with iommu=pt", P2P_PRESENT },
		{ NULL, "where the IOMMU translates, boot with iommu=pt", P2P_PRESENT },
		{ NULL, "where the IOMMU translates, boot with iommu=pt", P2P_DENIED },
		{ "identity", NULL, P2P_PRESENT },
		{ NULL, NULL, P2P_ABSENT },
	};
	static const char *const drivers[] = { "nvidia", "amdgpu" };

	for (size_t i = 0; i < 2 * sizeof(domains) / sizeof(domains[0]); i++) {
		const char *driver = drivers[i % 2], *type = domains[i / 2].type;
		char text[P2P_WAY_TEXT];
		struct scene scene;
		struct p2p_ways ways;

		scene_start(&scene, driver, driver);
		scene.provider.device = scene.client.device = i % 2 ? 0x744c : 0x20b5;
		scene_stack(&scene, P2P_STACK_AMDGPU_P2P, P2P_PRESENT, 1);
		scene.provider.vram = scene.provider.vram_visible = some(16ll << 30);
		scene.client.iommu_type = type;
		scene.client.iommu_group = (struct p2p_number){ domains[i / 2].group, 1 };
		p2p_ways_find(&scene.verdict, &ways);
		ck_assert_ptr_nonnull(p2p_ways_told(&ways));
		ck_assert_pstr_eq(p2p_driver_way_cure(&ways, p2p_ways_told(&ways), text),
				  domains[i / 2].cure);
	}
}
END_TEST

/* The room for the ways of a pair holds those of all drivers, when nothing is known. */
START_TEST(room)
{
	for (size_t i = 0; p2p_driver_way_at(i); i++) {
		char provider[32], client[32];
		struct p2p_ways ways;
		struct scene scene;

		for (const char *p = p2p_driver_way_at(i)->providers; (p = next_driver(p, provider));)
			for (const char *c = p2p_driver_way_at(i)->clients; (c = next_driver(c, client));) {
				scene_start(&scene, provider, client);
				scene.provider.ids = scene.client.ids = P2P_DENIED;
				p2p_ways_find(&scene.verdict, &ways);
				ck_assert_uint_gt(ways.count, 0);
				ck_assert_uint_lt(ways.count, P2P_WAYS_MOST);
			}
	}
}
END_TEST

/* No driver, one that no row names, and names that are parts of others. */
START_TEST(no_row)
{
	static const char *const drivers[] = { "", " ", "nvid", "nvidia nvidia", "zzz", "*" };
	enum p2p_delivery delivery = P2P_DELIVERY_LINK;
	struct p2p_ways ways;
	struct scene scene;
	char text[P2P_WAY_TEXT];

	ck_assert_int_eq(p2p_delivery_parse("nowhere", &delivery), -EINVAL);
	ck_assert_int_eq(delivery, P2P_DELIVERY_LINK);
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		scene_start(&scene, drivers[i], "mlx5_core");
		p2p_ways_find(&scene.verdict, &ways);
		ck_assert_msg(!ways.count || !strcmp(drivers[i], "nvidia nvidia"), "'%s'", drivers[i]);
		ck_assert_int_eq(ways.delivery, P2P_DELIVERY_UNKNOWN);
		ck_assert_ptr_null(p2p_ways_told(&ways));
	}
	scene.provider.driver = NULL;
	scene.provider.driver_fact = P2P_ABSENT;
	p2p_ways_find(&scene.verdict, &ways);
	ck_assert(!ways.drivers_known && !ways.count);
	ck_assert_ptr_nonnull(strstr(p2p_ways_sentence(&ways, text), "no driver is bound to *"));
}
END_TEST

/* One chip by its name, whatever the board is sold as; a mobile one is another. */
START_TEST(chips)
{
	static const struct { const char *one, *other; enum p2p_tri same; } rows[] = {
		{ "GA102 [GeForce RTX 3090]", "GA102GL [RTX A6000]", P2P_YES },
		{ "AD102GL [L40S]", "AD102GL [RTX 6000 Ada Generation]", P2P_YES },
		{ "GA102M [GeForce RTX 3080 Ti Mobile]", "GA102 [GeForce RTX 3090]", P2P_NO },
		{ "GA102 [GeForce RTX 3090]", "GB206 [GeForce RTX 5060 Ti]", P2P_NO },
		{ "GA102 [GeForce RTX 3090]", NULL, P2P_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct p2p_condition condition = { P2P_IF_NV_SAME_CHIP, NULL, 0 };
		struct scene scene;

		scene_start(&scene, "nvidia", "nvidia");
		scene.client.device = 0x2204;
		scene.provider.device_name = rows[i].one;
		scene.client.device_name = rows[i].other;
		ck_assert_int_eq(p2p_condition_ask(&scene.verdict, &condition), rows[i].same);
		scene_stack(&scene, P2P_STACK_NVIDIA_FORCE_P2P, P2P_PRESENT, 0x11);
		ck_assert_int_eq(p2p_condition_ask(&scene.verdict, &condition), P2P_YES);
	}
}
END_TEST

/* The override of the topology test by branch of the driver; 0 where it was not loaded with it. */
START_TEST(override)
{
	static const struct { int64_t branch, value; enum p2p_tri chipset, group; } rows[] = {
		{ 565, 2, P2P_YES, P2P_YES }, { 570, 0, P2P_YES, P2P_NO }, { 570, 2, P2P_YES, P2P_YES },
		{ 580, 0, P2P_NO, P2P_NO }, { 580, 1, P2P_YES, P2P_YES }, { 590, 2, P2P_NO, P2P_NO },
		{ 595, 1, P2P_YES, P2P_NO }, { 595, 2, P2P_NO, P2P_NO },
	};
	const struct p2p_condition chipset = { P2P_IF_NV_CHIPSET, NULL, 0 };
	const struct p2p_condition group = { P2P_IF_NV_GROUP, NULL, 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene scene;

		scene_start(&scene, "nvidia", "mlx5_core");
		scene.port[1].vendor = 0x10de;
		scene.port[1].device = 0x22b8;
		scene.client.iommu_group = some(7);
		scene_stack(&scene, P2P_STACK_NVIDIA, P2P_PRESENT, P2P_VERSION(rows[i].branch, 0, 0));
		scene_stack(&scene, P2P_STACK_NVIDIA_TOPOLOGY, P2P_PRESENT, rows[i].value);
		ck_assert_int_eq(p2p_condition_ask(&scene.verdict, &chipset), rows[i].chipset);
		ck_assert_int_eq(p2p_condition_ask(&scene.verdict, &group), rows[i].group);
	}
}
END_TEST

/* A BAR tells that it shows all memory by its capability, or by what boards of its id have. */
START_TEST(large_bars)
{
	static const struct { uint16_t device; uint64_t mib, sizes; enum p2p_tri held; } rows[] = {
		{ 0x740f, 256, 0, P2P_NO }, { 0x740f, 256, 1 << 8, P2P_NO },
		{ 0x740f, 8 << 10, 0, P2P_UNKNOWN }, { 0x740f, 64 << 10, 0, P2P_YES },
		{ 0x740f, 8 << 10, 1 << 8 | 1 << 13 | 1 << 16, P2P_UNKNOWN },
		{ 0x66a0, 32 << 10, 1 << 8 | 1 << 15, P2P_YES }, { 0x66a0, 32 << 10, 0, P2P_UNKNOWN },
	};
	const struct p2p_condition large = { P2P_IF_LARGE_BAR, NULL, 0 }, seen = { P2P_IF_VISIBLE, NULL, 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene scene;

		scene_start(&scene, "amdgpu", "amdgpu");
		scene.provider.device = rows[i].device;
		for (size_t k = 0; k < P2P_BARS; k++)
			scene.provider.bar[k].fact = P2P_PRESENT;
		scene.provider.bar[0].size_bytes = rows[i].mib << 20;
		scene.provider.bar[0].rebar.fact = rows[i].sizes ? P2P_PRESENT : P2P_DENIED;
		scene.provider.bar[0].rebar.sizes = rows[i].sizes;
		ck_assert_msg(p2p_condition_ask(&scene.verdict, &large) == rows[i].held, "row %zu", i);
		ck_assert_int_eq(p2p_condition_ask(&scene.verdict, &seen),
				 rows[i].held == P2P_NO ? P2P_UNKNOWN : rows[i].held);
		scene.provider.bar[1].fact = P2P_DENIED;
		ck_assert_int_eq(p2p_condition_ask(&scene.verdict, &large), P2P_UNKNOWN);
	}
}
END_TEST

/* What a drive's disk is called tells whether there is a head; a parameter tells that there is none. */
START_TEST(heads)
{
	static const struct {
		const char *name, *release;
		enum p2p_fact fact;
		int64_t option;
		enum p2p_tri held;
	} rows[] = {
		{ "nvme0n1", "6.12.9", P2P_PRESENT, 1, P2P_YES },
		{ "nvme12c3n1", "6.12.9", P2P_PRESENT, 1, P2P_NO },
		{ "nvme12c3n1", "7.0.1", P2P_PRESENT, 1, P2P_UNKNOWN },
		{ "nvme12c3n1", "7.2.1", P2P_PRESENT, 1, P2P_YES },
		{ "nvme12c3n1", NULL, P2P_PRESENT, 1, P2P_UNKNOWN },
		{ "nvme0", "6.12.9", P2P_PRESENT, 1, P2P_UNKNOWN },
		{ "nvme0", "6.12.9", P2P_PRESENT, 0, P2P_YES },
		{ "nvme0", "6.12.9", P2P_ABSENT, 0, P2P_YES },
		{ "nvme0", "6.12.9", P2P_DENIED, 0, P2P_UNKNOWN },
	};
	const struct p2p_condition condition = { P2P_IF_NVME_HEAD, NULL, 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const names[] = { rows[i].name, NULL };
		struct scene scene;

		scene_start(&scene, "nvidia", "nvme");
		scene.client.os_names = names;
		scene.machine.release = rows[i].release;
		scene_stack(&scene, P2P_STACK_NVME_MULTIPATH, rows[i].fact, rows[i].option);
		ck_assert_int_eq(p2p_condition_ask(&scene.verdict, &condition), rows[i].held);
	}
}
END_TEST

/* Any facts, known or not, that the conditions of the pair's ways depend on. */
static void random_scene(struct random *random, struct scene *scene)
{
	static const char *const domains[] = { "identity", "DMA", "DMA-FQ", NULL };
	static const char *const drivers[] = {
		"nvidia", "nvidia", "amdgpu", "xe", "mlx5_core", "efa", "nvme", "ice", "vfio-pci",
		"habanalabs", "neuron", "gve", "hns3",
	};
	const struct p2p_driver_way *way;

	scene_start(scene, drivers[roll(random, 13)], drivers[roll(random, 13)]);
	for (size_t i = 0; (way = p2p_driver_way_at(i)); i++) {
		if (!is_driver(scene->provider_driver, way->providers) ||
		    !is_driver(scene->client_driver, way->clients))
			continue;
		scene_set(scene, &way->applies, roll(random, 3));
		for (const struct p2p_condition *c = way->conditions; c->id != P2P_IF_NONE; c++)
			scene_set(scene, c, chance(random, 60) ? HOLDS : roll(random, 3));
		if (way->witness.id == P2P_IF_NONE || chance(random, 50))
			continue;
		/* A witness does not contradict what it is a witness of. */
		scene_set(scene, &way->witness, HOLDS);
		if (chance(random, 50) && scene_set(scene, &way->conditions[0], FAILS))
			scene_set(scene, &way->witness, FAILS);
	}
	scene->client.iommu_type = domains[roll(random, 4)];
	scene->verdict.kernel.common = chance(random, 50) ? &scene->other : NULL;
	scene->verdict.kernel.cpu_listed = chance(random, 50) ? P2P_YES : P2P_NO;
	scene->verdict.fabric.request.kind = roll(random, 4);
	scene->verdict.fabric.completion.kind = roll(random, 4);
	/* A port above the switch blocks what it redirects. */
	scene->other.pcie.fact = P2P_PRESENT;
	scene->other.pcie.type = P2P_PORT_DOWNSTREAM;
	scene_stack(scene, P2P_STACK_NVIDIA_REMAP, roll(random, 3), roll(random, 2));
	scene_stack(scene, P2P_STACK_NVIDIA_FORCE_P2P, chance(random, 20) ? P2P_PRESENT : P2P_ABSENT, 0x11);
	/* Boards that are made for xGMI have it. */
	if (scene->provider.device == 0x74a1 && scene->peers[0] != &scene->client) {
		scene->provider.kfd = P2P_DENIED;
		scene->provider.kfd_peers = scene->provider.xgmi_peers = NULL;
	}
	scene->machine.virtual_machine = chance(random, 80) ? P2P_NO : scene->machine.virtual_machine;
}

/*
 * A route less.  Without a switch it tells only whether an egress control forbids the peer, and that no port
 * whose ACS could not be read is taken to do so.
 */
static void forget_route(const struct scene *scene, struct p2p_route *route)
{
	if (scene->verdict.kernel.common || route->kind != P2P_ROUTE_BLOCKED)
		route->kind = P2P_ROUTE_UNKNOWN;
}

/* One fact less; false past the last.  A registry key that is not recorded counts as not set. */
static bool forget(struct scene *scene, unsigned int n)
{
	if (n == P2P_STACK_NVIDIA_FORCE_P2P)
		return true;
	if (n < P2P_STACK_FACTS) {
		scene->machine.stack[n].fact = P2P_DENIED;
		return true;
	}
	switch (n - P2P_STACK_FACTS) {
	case 0: scene->client.iommu_type = NULL; return true;
	case 1: scene->client.iommu_group.fact = P2P_DENIED; return true;
	case 2: scene->machine.release = NULL; return true;
	case 3: scene->provider.pool.fact = P2P_DENIED; return true;
	case 4:
		scene->provider.kfd = P2P_DENIED;
		scene->provider.kfd_peers = scene->provider.xgmi_peers = NULL;
		return true;
	case 5: scene->provider.vram_visible.fact = P2P_DENIED; return true;
	case 6: scene->client.efa_provider = NULL; return true;
	case 7: scene->provider.clique.fact = P2P_DENIED; return true;
	case 8: scene->provider.device_name = NULL; return true;
	case 9: scene->verdict.kernel.map_type = P2P_MAP_UNKNOWN; return true;
	case 10: forget_route(scene, &scene->verdict.fabric.request); return true;
	case 11: scene->verdict.kernel.cpu_listed = P2P_UNKNOWN; return true;
	case 12: scene->provider.driver = NULL; return true;
	case 13: forget_route(scene, &scene->verdict.fabric.completion); return true;
	case 14: scene->client.rdma.fact = P2P_DENIED; return true;
	case 15: scene->client.os_names = NULL; return true;
	case 16: scene->machine.iommu = P2P_UNKNOWN; return true;
	}
	return false;
}

/* The hidden ways that may be there: such a one is spoken of, and passed over. */
static unsigned int hidden_open(const struct p2p_ways *ways)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < ways->count; i++)
		count += ways->way[i].way->hidden && ways->way[i].grant == P2P_GRANT_UNKNOWN;
	return count;
}

START_TEST(one_fact_less)
{
	unsigned int known = 0;

	for (unsigned int seed = 1; seed <= 3000; seed++) {
		struct random random = { NULL, seed * 0x9e3779b97f4a7c15u, 0, 0 };
		struct scene scene;
		struct p2p_ways before, after;

		random_scene(&random, &scene);
		p2p_ways_find(&scene.verdict, &before);
		known += before.delivery != P2P_DELIVERY_UNKNOWN;
		for (unsigned int n = 0;; n++) {
			struct scene less = scene;

			less.verdict.provider = &less.provider;
			less.verdict.client = &less.client;
			less.verdict.machine = &less.machine;
			less.peers[0] = scene.peers[0] == &scene.client ? &less.client : &less.other;
			less.provider.kfd_peers = scene.provider.kfd_peers ? less.peers : NULL;
			less.provider.xgmi_peers = scene.provider.xgmi_peers ? less.peers : NULL;
			if (!forget(&less, n))
				break;
			p2p_ways_find(&less.verdict, &after);
			if (hidden_open(&after) > hidden_open(&before))
				continue;
			ck_assert_msg(after.delivery == P2P_DELIVERY_UNKNOWN ||
				      (before.delivery != P2P_DELIVERY_UNKNOWN &&
				       after.delivery <= before.delivery),
				      "seed %u, fact %u, %s to %s: %s became %s", seed, n,
				      scene.provider_driver, scene.client_driver,
				      p2p_delivery_name(before.delivery), p2p_delivery_name(after.delivery));
		}
	}
	ck_assert_uint_gt(known, 500);
}
END_TEST

static void add_cases(TCase *tcase)
{
	int rows = 0;

	while (p2p_driver_way_at((size_t)rows))
		rows++;
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_row, 0, rows);
	tcase_add_test(tcase, cure_of_translation);
	tcase_add_test(tcase, room);
	tcase_add_test(tcase, no_row);
	tcase_add_test(tcase, chips);
	tcase_add_test(tcase, override);
	tcase_add_test(tcase, heads);
	tcase_add_test(tcase, large_bars);
	tcase_add_test(tcase, one_fact_less);
}

int main(void)
{
	Suite *suite = suite_create("ways");
	TCase *tcase = tcase_create("ways");

	add_cases(tcase);
	suite_add_tcase(suite, tcase);
	return tree_run(suite);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways: where each kind of address goes, and what caps an answer. */
#include "random.h"
#include "scene.h"

#define DIRECT P2P_ROUTE_DIRECT
#define REDIRECTED P2P_ROUTE_REDIRECTED
#define BLOCKED P2P_ROUTE_BLOCKED
#define OPEN_ROUTE P2P_ROUTE_UNKNOWN

/* @common: is there a switch above both; @zen: does the root complex pass peer requests on */
static const struct {
	enum p2p_addressing addressing;
	const char *domain;
	bool common;
	enum p2p_route_kind route;
	bool zen;
	enum p2p_delivery delivery;
} cells[] = {
	{ P2P_ADDRESSING_LINK, "DMA", false, BLOCKED, false, P2P_DELIVERY_LINK },
	{ P2P_ADDRESSING_CPU, "DMA", false, BLOCKED, false, P2P_DELIVERY_STAGED },
	{ P2P_ADDRESSING_GUEST, "identity", true, DIRECT, true, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_P2PDMA, "DMA", true, DIRECT, false, P2P_DELIVERY_DIRECT },
	{ P2P_ADDRESSING_RAW, "identity", true, DIRECT, false, P2P_DELIVERY_DIRECT },
	{ P2P_ADDRESSING_RAW, "DMA", true, DIRECT, false, P2P_DELIVERY_DIRECT },
	{ P2P_ADDRESSING_RAW, "DMA", true, REDIRECTED, true, P2P_DELIVERY_BROKEN },
	{ P2P_ADDRESSING_RAW, NULL, true, REDIRECTED, true, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_RAW, "identity", true, REDIRECTED, true, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_RAW, "identity", true, REDIRECTED, false, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_RAW, "identity", true, BLOCKED, true, P2P_DELIVERY_BROKEN },
	{ P2P_ADDRESSING_RAW, "DMA", false, DIRECT, true, P2P_DELIVERY_BROKEN },
	{ P2P_ADDRESSING_RESOURCE, "identity", true, DIRECT, false, P2P_DELIVERY_DIRECT },
	{ P2P_ADDRESSING_RESOURCE, "DMA-FQ", true, DIRECT, true, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_RESOURCE, "DMA", true, DIRECT, false, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_RESOURCE, NULL, true, DIRECT, true, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_RESOURCE, NULL, true, REDIRECTED, true, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_RESOURCE, "identity", false, DIRECT, true, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_RESOURCE, "identity", false, DIRECT, false, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_RESOURCE, "identity", true, BLOCKED, true, P2P_DELIVERY_BROKEN },
	{ P2P_ADDRESSING_RESOURCE, "identity", true, OPEN_ROUTE, true, P2P_DELIVERY_UNKNOWN },
};

/*
 * Where the two routes differ, or a port blocks: @type is what p2pdma said, which checks neither Upstream
 * Forwarding nor the bits of an egress vector.
 */
#define THRU P2P_MAP_THRU_HOST_BRIDGE
#define BUS P2P_MAP_BUS_ADDR
static const struct {
	enum p2p_addressing addressing;
	enum p2p_map_type type;
	const char *domain;
	bool common;
	enum p2p_route_kind request, completion;
	enum p2p_delivery delivery;
} routed[] = {
	{ P2P_ADDRESSING_P2PDMA, THRU, "identity", true, REDIRECTED, REDIRECTED, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_P2PDMA, THRU, "identity", true, BLOCKED, DIRECT, P2P_DELIVERY_BROKEN },
	{ P2P_ADDRESSING_P2PDMA, THRU, "identity", true, REDIRECTED, BLOCKED, P2P_DELIVERY_BROKEN },
	{ P2P_ADDRESSING_P2PDMA, THRU, "identity", true, OPEN_ROUTE, DIRECT, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_P2PDMA, THRU, "DMA", true, BLOCKED, DIRECT, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_P2PDMA, THRU, "DMA", true, DIRECT, BLOCKED, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_P2PDMA, THRU, NULL, true, BLOCKED, DIRECT, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_P2PDMA, THRU, NULL, true, REDIRECTED, DIRECT, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_P2PDMA, THRU, "identity", false, OPEN_ROUTE, OPEN_ROUTE, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_P2PDMA, THRU, "identity", false, BLOCKED, OPEN_ROUTE, P2P_DELIVERY_BROKEN },
	{ P2P_ADDRESSING_P2PDMA, THRU, "DMA", false, BLOCKED, OPEN_ROUTE, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_P2PDMA, BUS, "DMA", true, BLOCKED, DIRECT, P2P_DELIVERY_BROKEN },
	{ P2P_ADDRESSING_P2PDMA, BUS, "DMA", true, REDIRECTED, DIRECT, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_P2PDMA, BUS, "DMA", true, DIRECT, REDIRECTED, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_RESOURCE, BUS, "identity", true, DIRECT, REDIRECTED, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_RESOURCE, BUS, "identity", true, REDIRECTED, DIRECT, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_RESOURCE, BUS, "identity", false, BLOCKED, OPEN_ROUTE, P2P_DELIVERY_BROKEN },
	{ P2P_ADDRESSING_RESOURCE, BUS, "DMA", false, BLOCKED, OPEN_ROUTE, P2P_DELIVERY_UNKNOWN },
	{ P2P_ADDRESSING_RESOURCE, BUS, "DMA", true, BLOCKED, DIRECT, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_RAW, BUS, "DMA", true, DIRECT, REDIRECTED, P2P_DELIVERY_ROOT },
	{ P2P_ADDRESSING_RAW, BUS, "DMA", true, DIRECT, BLOCKED, P2P_DELIVERY_BROKEN },
	{ P2P_ADDRESSING_RAW, BUS, "DMA", false, BLOCKED, OPEN_ROUTE, P2P_DELIVERY_BROKEN },
};

/* The root ports are no Xeon's of the list here, so that only the processor passes requests on. */
static void set_cell(struct scene *scene, size_t i)
{
	scene_start(scene, "amdgpu", "mlx5_core");
	scene->port[0].device = scene->port[1].device = 0x4c43;
	scene->client.iommu_type = cells[i].domain;
	scene->verdict.kernel.common = cells[i].common ? &scene->other : NULL;
	scene->verdict.kernel.map_type = P2P_MAP_BUS_ADDR;
	scene->verdict.kernel.cpu_listed = cells[i].zen ? P2P_YES : P2P_NO;
	scene->verdict.fabric.request.kind = cells[i].route;
}

START_TEST(delivery)
{
	const struct p2p_driver_way way = { .name = "t", .providers = " t ", .clients = " t ",
					    .addressing = cells[_i].addressing };
	struct p2p_way_answer answer = { .way = &way };
	struct scene scene;

	set_cell(&scene, (size_t)_i);
	p2p_deliver(&scene.verdict, &way, &answer);
	ck_assert_msg(answer.granted == cells[_i].delivery, "cell %d: %s", _i,
		      p2p_delivery_name(answer.granted));
	/* In a guest only what meets no fabric is known. */
	scene.machine.virtual_machine = P2P_YES;
	p2p_deliver(&scene.verdict, &way, &answer);
	if (answer.granted != P2P_DELIVERY_LINK && answer.granted != P2P_DELIVERY_STAGED)
		ck_assert_int_eq(answer.granted, P2P_DELIVERY_UNKNOWN);
}
END_TEST

START_TEST(routes_differ)
{
	const struct p2p_driver_way way = { .name = "t", .providers = " t ", .clients = " t ",
					    .addressing = routed[_i].addressing };
	struct p2p_way_answer answer = { .way = &way };
	struct scene scene;

	set_cell(&scene, 0);
	scene.client.iommu_type = routed[_i].domain;
	scene.verdict.kernel.common = routed[_i].common ? &scene.other : NULL;
	scene.verdict.kernel.map_type = routed[_i].type;
	scene.verdict.kernel.cpu_listed = P2P_YES;
	scene.verdict.fabric.request.kind = routed[_i].request;
	scene.verdict.fabric.completion.kind = routed[_i].completion;
	p2p_deliver(&scene.verdict, &way, &answer);
	ck_assert_msg(answer.granted == routed[_i].delivery, "row %d: %s", _i,
		      p2p_delivery_name(answer.granted));
}
END_TEST

/* DmaRemapPeerMmio=0 makes raw addresses of NVIDIA's mappings; not recorded, it may. */
START_TEST(remap)
{
	static const struct { enum p2p_fact fact; int64_t value; enum p2p_delivery delivery; } rows[] = {
		{ P2P_PRESENT, 1, P2P_DELIVERY_ROOT }, { P2P_PRESENT, 0, P2P_DELIVERY_BROKEN },
		{ P2P_DENIED, 0, P2P_DELIVERY_UNKNOWN }, { P2P_ABSENT, 0, P2P_DELIVERY_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct p2p_ways ways;
		struct scene scene;

		scene_start(&scene, "nvidia", "mlx5_core");
		scene.client.iommu_type = "DMA";
		scene_stack(&scene, P2P_STACK_NVIDIA_REMAP, rows[i].fact, rows[i].value);
		p2p_ways_find(&scene.verdict, &ways);
		ck_assert_int_eq(scene_answer(&ways, "nv-dmabuf")->granted, rows[i].delivery);
		scene.client.iommu_type = "identity";
		p2p_ways_find(&scene.verdict, &ways);
		ck_assert_int_eq(scene_answer(&ways, "nv-dmabuf")->granted, P2P_DELIVERY_ROOT);
	}
}
END_TEST

/* What is on record caps what the code would say, also where the domain is not known. */
START_TEST(evidence)
{
	static const struct { const char *driver, *way, *domain; enum p2p_delivery cap; } rows[] = {
		{ "nvidia", "nv-gpu", "DMA", P2P_DELIVERY_UNKNOWN },
		{ "nvidia", "nv-gpu", NULL, P2P_DELIVERY_UNKNOWN },
		{ "nvidia", "nv-gpu", "identity", P2P_DELIVERY_ROOT },
		{ "amdgpu", "kfd", "DMA-FQ", P2P_DELIVERY_UNKNOWN },
		{ "amdgpu", "kfd", "identity", P2P_DELIVERY_ROOT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct p2p_way_answer *answer;
		struct p2p_ways ways;
		struct scene scene;

		scene_start(&scene, rows[i].driver, rows[i].driver);
		scene.client.iommu_type = rows[i].domain;
		scene_stack(&scene, P2P_STACK_NVIDIA_REMAP, P2P_PRESENT, 1);
		p2p_ways_find(&scene.verdict, &ways);
		answer = scene_answer(&ways, rows[i].way);
		ck_assert_int_eq(answer->granted, rows[i].cap);
		ck_assert_int_eq(answer->evidence >= 0, rows[i].cap == P2P_DELIVERY_UNKNOWN);
	}
}
END_TEST

START_TEST(evidence_of_guests_and_clients)
{
	struct p2p_ways ways;
	struct scene scene;

	scene_start(&scene, "nvidia", "nvidia");
	scene.machine.virtual_machine = P2P_YES;
	scene.provider.clique = scene.client.clique = some(1);
	scene.provider.device = scene.client.device = 0x2204;
	p2p_ways_find(&scene.verdict, &ways);
	ck_assert_int_eq(scene_answer(&ways, "nv-clique")->grant, P2P_GRANT_GRANTED);
	ck_assert_int_eq(scene_answer(&ways, "nv-clique")->evidence, 2);
	ck_assert_int_eq(ways.delivery, P2P_DELIVERY_UNKNOWN);
	scene_start(&scene, "nvidia", "mlx5_core");
	scene.port[0].device = scene.port[1].device = 0xae4d;
	scene.machine.cpu_name = "Intel(R) Core(TM) Ultra 9 285K";
	p2p_ways_find(&scene.verdict, &ways);
	ck_assert_int_eq(scene_answer(&ways, "nv-dmabuf")->evidence, 3);
	ck_assert_int_eq(scene_answer(&ways, "nv-dmabuf")->granted, P2P_DELIVERY_UNKNOWN);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("delivery");
	TCase *tcase = tcase_create("delivery");

	tcase_add_loop_test(tcase, delivery, 0, sizeof(cells) / sizeof(cells[0]));
	tcase_add_loop_test(tcase, routes_differ, 0, sizeof(routed) / sizeof(routed[0]));
	tcase_add_test(tcase, remap);
	tcase_add_test(tcase, evidence);
	tcase_add_test(tcase, evidence_of_guests_and_clients);
	suite_add_tcase(suite, tcase);
	return tree_run(suite);
}

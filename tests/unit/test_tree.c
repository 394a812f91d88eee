/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parents, host bridges and virtual functions, from paths and from bus numbers. */
#include <stdio.h>

#include "make.h"

/**
 * struct shape - one function of a machine and where it must come to lie.
 * @path: below /sys; NULL as in a dump
 * @port: PCI Express port type, -1 a conventional function
 * @secondary, @subordinate: of a bridge; 0 no bridge
 * @parent: address of the bridge above, NULL a root bus
 */
struct shape {
	const char *bdf, *path;
	int port;
	unsigned int secondary, subordinate;
	const char *parent;
	unsigned int depth;
	const char *host;
};

#define D "devices/"
#define HOST "devices/pci0000:00/"

static const struct shape paths[] = {
	{ "0000:00:01.0", HOST "0000:00:01.0", P2P_PORT_ROOT, 1, 4, NULL, 1, "pci0000:00" },
	{ "0000:01:00.0", HOST "0000:00:01.0/0000:01:00.0", P2P_PORT_UPSTREAM, 2, 4,
	  "0000:00:01.0", 2, "pci0000:00" },
	{ "0000:02:00.0", HOST "0000:00:01.0/0000:01:00.0/0000:02:00.0", P2P_PORT_DOWNSTREAM,
	  3, 3, "0000:01:00.0", 3, "pci0000:00" },
	{ "0000:03:00.0", HOST "0000:00:01.0/0000:01:00.0/0000:02:00.0/0000:03:00.0",
	  P2P_PORT_ENDPOINT, 0, 0, "0000:02:00.0", 4, "pci0000:00" },
	/* A root complex integrated endpoint, and a second host bridge in the same domain. */
	{ "0000:00:14.0", HOST "0000:00:14.0", P2P_PORT_RC_ENDPOINT, 0, 0, NULL, 1,
	  "pci0000:00" },
	{ "0000:80:00.0", D "pci0000:80/0000:80:00.0", P2P_PORT_ROOT, 0x81, 0x81, NULL, 1,
	  "pci0000:80" },
	{ "0000:81:00.0", D "pci0000:80/0000:80:00.0/0000:81:00.0", P2P_PORT_ENDPOINT, 0, 0,
	  "0000:80:00.0", 2, "pci0000:80" },
	/* VMD: a domain beyond 16 bits inside the endpoint's directory. */
	{ "0000:00:0e.0", HOST "0000:00:0e.0", P2P_PORT_RC_ENDPOINT, 0, 0, NULL, 1,
	  "pci0000:00" },
	{ "10000:e0:1d.0", HOST "0000:00:0e.0/pci10000:e0/10000:e0:1d.0", P2P_PORT_ROOT,
	  0xe1, 0xe1, NULL, 1, "pci10000:e0" },
	{ "10000:e1:00.0", HOST "0000:00:0e.0/pci10000:e0/10000:e0:1d.0/10000:e1:00.0",
	  P2P_PORT_ENDPOINT, 0, 0, "10000:e0:1d.0", 2, "pci10000:e0" },
	/* A conventional bridge, and a host bridge that firmware describes deep in /sys. */
	{ "0000:00:1e.0", HOST "0000:00:1e.0", -1, 5, 5, NULL, 1, "pci0000:00" },
	{ "0000:05:02.0", HOST "0000:00:1e.0/0000:05:02.0", -1, 0, 0, "0000:00:1e.0", 2,
	  "pci0000:00" },
	{ "0002:00:00.0", D "platform/soc/40000000.pcie/pci0002:00/0002:00:00.0",
	  P2P_PORT_ROOT, 1, 1, NULL, 1, "pci0002:00" },
	{ "0002:01:00.0", D "platform/soc/40000000.pcie/pci0002:00/0002:00:00.0/0002:01:00.0",
	  P2P_PORT_ENDPOINT, 0, 0, "0002:00:00.0", 2, "pci0002:00" },
};

static const struct shape dump[] = {
	{ "0000:00:00.0", NULL, -1, 0, 0, NULL, 1, "pci0000:00" },
	{ "0000:00:01.0", NULL, P2P_PORT_ROOT, 1, 4, NULL, 1, "pci0000:00" },
	{ "0000:01:00.0", NULL, P2P_PORT_UPSTREAM, 2, 4, "0000:00:01.0", 2, "pci0000:00" },
	{ "0000:02:00.0", NULL, P2P_PORT_DOWNSTREAM, 3, 3, "0000:01:00.0", 3, "pci0000:00" },
	{ "0000:02:01.0", NULL, P2P_PORT_DOWNSTREAM, 4, 4, "0000:01:00.0", 3, "pci0000:00" },
	{ "0000:03:00.0", NULL, P2P_PORT_ENDPOINT, 0, 0, "0000:02:00.0", 4, "pci0000:00" },
	{ "0000:04:00.0", NULL, P2P_PORT_ENDPOINT, 0, 0, "0000:02:01.0", 4, "pci0000:00" },
	/* Another root bus; the same bus numbers in another domain. */
	{ "0000:40:03.1", NULL, P2P_PORT_ROOT, 0x41, 0x41, NULL, 1, "pci0000:40" },
	{ "0000:41:00.0", NULL, P2P_PORT_ENDPOINT, 0, 0, "0000:40:03.1", 2, "pci0000:40" },
	{ "10000:00:01.0", NULL, P2P_PORT_ROOT, 1, 1, NULL, 1, "pci10000:00" },
	{ "10000:01:00.0", NULL, P2P_PORT_ENDPOINT, 0, 0, "10000:00:01.0", 2, "pci10000:00" },
	/* Nonsense: a bridge that names its own bus, one that names a lower bus, one open
	 * backwards.  The kernel takes all of them as not configured. */
	{ "0000:00:1c.0", NULL, -1, 0, 0xff, NULL, 1, "pci0000:00" },
	{ "0000:40:04.0", NULL, P2P_PORT_ROOT, 0x40, 0x50, NULL, 1, "pci0000:40" },
	{ "0000:40:05.0", NULL, P2P_PORT_ROOT, 0x01, 0x02, NULL, 1, "pci0000:40" },
	{ "0000:40:06.0", NULL, P2P_PORT_ROOT, 0x60, 0x50, NULL, 1, "pci0000:40" },
};

static struct space space_of(const struct shape *shape)
{
	bool bridge = shape->secondary || shape->subordinate;
	struct space space = make_space(0x8086, 0x1234, bridge ? 0x060400 : 0x010802,
					bridge ? 1 : 0, shape->port < 0 ? 0 :
					(unsigned int)shape->port);

	if (!strcmp(shape->bdf, "0000:00:00.0"))
		put32(&space, 0x08, 0x06000000);
	if (shape->port < 0) {
		put16(&space, 0x06, 0);
		space.size = 256;
	}
	if (bridge) {
		space.bytes[0x19] = (uint8_t)shape->secondary;
		space.bytes[0x1a] = (uint8_t)shape->subordinate;
	}
	return space;
}

static struct p2p_snapshot *snapshot_of(const struct shape *shapes, size_t count)
{
	struct p2p_snapshot *snapshot = make_snapshot(shapes[0].path ? P2P_SOURCE_TREE :
						      P2P_SOURCE_DUMP);
	size_t i;

	for (i = 0; i < count; i++) {
		struct space space = space_of(&shapes[i]);

		make_function(snapshot, shapes[i].bdf, shapes[i].path, &space);
	}
	return snapshot;
}

static void check_shapes(const struct p2p_topology *topology, const struct shape *shapes,
			 size_t count)
{
	char bdf[P2P_BDF_SIZE];
	size_t i;

	for (i = 0; i < count; i++) {
		const struct p2p_function *function = get(topology, shapes[i].bdf);

		if (shapes[i].parent) {
			ck_assert_msg(function->parent != NULL, "%s", shapes[i].bdf);
			ck_assert_str_eq(p2p_bdf_format(function->parent->bdf, bdf),
					 shapes[i].parent);
		} else {
			ck_assert_msg(!function->parent, "%s", shapes[i].bdf);
		}
		ck_assert_msg(function->depth == shapes[i].depth, "%s", shapes[i].bdf);
		ck_assert_str_eq(function->host->name, shapes[i].host);
		ck_assert(!function->missing && !function->orphan);
	}
}

/* Every function is the child of its parent, or a root function, once, and in order. */
static void check_lists(const struct p2p_topology *topology)
{
	size_t i, j, seen = 0;

	for (i = 0; i < p2p_topology_count(topology); i++) {
		const struct p2p_function *function = p2p_topology_function(topology, i);

		for (j = 0; j < function->child_count; j++, seen++) {
			ck_assert_ptr_eq(function->children[j]->parent, function);
			ck_assert(!j || p2p_bdf_compare(function->children[j - 1]->bdf,
							function->children[j]->bdf) < 0);
		}
	}
	for (i = 0; i < p2p_topology_host_bridges(topology); i++) {
		const struct p2p_host_bridge *host = p2p_topology_host_bridge(topology, i);

		ck_assert_uint_eq(host->index, i);
		for (j = 0; j < host->roots; j++, seen++) {
			ck_assert_ptr_null(host->root[j]->parent);
			ck_assert_ptr_eq(host->root[j]->host, host);
		}
	}
	ck_assert_uint_eq(seen, p2p_topology_count(topology));
}

START_TEST(from_paths)
{
	size_t count = sizeof(paths) / sizeof(paths[0]);
	struct p2p_snapshot *snapshot = snapshot_of(paths, count);
	struct p2p_topology *topology = make_topology(snapshot);
	const struct p2p_host_bridge *vmd = get(topology, "10000:e1:00.0")->host;

	ck_assert_uint_eq(p2p_topology_count(topology), count);
	check_shapes(topology, paths, count);
	check_lists(topology);
	ck_assert(vmd->vmd);
	ck_assert_ptr_eq(vmd->behind, get(topology, "0000:00:0e.0"));
	ck_assert(!get(topology, "0002:01:00.0")->host->vmd);
	ck_assert_uint_eq(p2p_topology_host_bridges(topology), 4);
	ck_assert_str_eq(p2p_topology_host_bridge(topology, 0)->name, "pci0000:00");
	ck_assert_str_eq(p2p_topology_host_bridge(topology, 3)->name, "pci10000:e0");
	ck_assert_ptr_null(p2p_topology_host_bridge(topology, 4));
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(from_bus_numbers)
{
	size_t count = sizeof(dump) / sizeof(dump[0]);
	struct p2p_snapshot *snapshot = snapshot_of(dump, count);
	struct p2p_topology *topology = make_topology(snapshot);

	ck_assert_uint_eq(p2p_topology_count(topology), count);
	check_shapes(topology, dump, count);
	check_lists(topology);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* The same machine without its paths has the same parents. */
START_TEST(dump_agrees_with_tree)
{
	size_t count = sizeof(paths) / sizeof(paths[0]), i;
	struct shape bare[sizeof(paths) / sizeof(paths[0])];
	struct p2p_snapshot *snapshot;
	struct p2p_topology *topology;

	for (i = 0; i < count; i++) {
		bare[i] = paths[i];
		bare[i].path = NULL;
	}
	snapshot = snapshot_of(bare, count);
	topology = make_topology(snapshot);
	check_shapes(topology, bare, count);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(cardbus)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_DUMP);
	struct space bridge = make_space(0x1180, 0x0476, 0x060700, 2, 0);
	struct space card = make_space(0x168c, 0x0013, 0x020000, 0, 0);
	struct p2p_topology *topology;

	put16(&bridge, 0x06, 0);
	put16(&card, 0x06, 0);
	bridge.size = card.size = 256;
	bridge.bytes[0x19] = 3;
	bridge.bytes[0x1a] = 6;
	put16(&bridge, 0x40, 0x1179);
	make_function(snapshot, "0000:02:00.0", NULL, &bridge);
	make_function(snapshot, "0000:03:00.0", NULL, &card);
	topology = make_topology(snapshot);
	ck_assert_ptr_eq(get(topology, "0000:03:00.0")->parent, get(topology, "0000:02:00.0"));
	ck_assert_uint_eq(get(topology, "0000:02:00.0")->subsystem_vendor, 0x1179);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(missing_bridges)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space space = make_space(0x8086, 0x1234, 0x010802, 0, P2P_PORT_ENDPOINT);
	const struct p2p_function *bridge;
	struct p2p_topology *topology;

	make_function(snapshot, "0000:03:00.0",
		      HOST "0000:00:01.0/0000:02:00.0/0000:03:00.0", &space);
	make_function(snapshot, "0000:04:00.0", HOST "0000:00:01.0/0000:04:00.0", &space);
	topology = make_topology(snapshot);
	ck_assert_uint_eq(p2p_topology_count(topology), 4);
	bridge = get(topology, "0000:02:00.0");
	ck_assert(bridge->missing);
	ck_assert(p2p_function_is_bridge(bridge));
	ck_assert_int_eq(bridge->acs.fact, P2P_DENIED);
	ck_assert_int_eq(bridge->acs.kernel_fact, P2P_DENIED);
	ck_assert_ptr_eq(get(topology, "0000:03:00.0")->parent, bridge);
	ck_assert_ptr_eq(bridge->parent, get(topology, "0000:00:01.0"));
	ck_assert_uint_eq(get(topology, "0000:03:00.0")->depth, 3);
	ck_assert_uint_eq(get(topology, "0000:04:00.0")->depth, 2);
	check_lists(topology);
	ck_assert_ptr_nonnull(get_note(topology, "bridge 0000:02:00.0 is known only from"));
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* A ring of directories cannot be, and must not hang. */
START_TEST(ring_of_paths)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space space = make_space(0x8086, 0x1234, 0x060400, 1, P2P_PORT_ROOT);
	struct p2p_topology *topology;

	make_function(snapshot, "0000:00:01.0", HOST "0000:00:03.0/0000:00:01.0", &space);
	make_function(snapshot, "0000:00:02.0", HOST "0000:00:01.0/0000:00:02.0", &space);
	make_function(snapshot, "0000:00:03.0", HOST "0000:00:02.0/0000:00:03.0", &space);
	make_function(snapshot, "0000:00:04.0", HOST "0000:00:04.0/0000:00:04.0", &space);
	topology = make_topology(snapshot);
	ck_assert_uint_eq(get(topology, "0000:00:01.0")->depth +
			  get(topology, "0000:00:02.0")->depth +
			  get(topology, "0000:00:03.0")->depth, 1 + 2 + 3);
	ck_assert_uint_eq(get(topology, "0000:00:04.0")->depth, 1);
	check_lists(topology);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* Endpoints on a bus that nobody names, and which is no root bus: bridges are missing. */
START_TEST(orphans)
{
	static const struct shape shapes[] = {
		{ "0000:00:01.0", NULL, P2P_PORT_ROOT, 1, 9, NULL, 0, NULL },
		{ "0000:04:00.0", NULL, P2P_PORT_ROOT, 0, 0, NULL, 0, NULL },
		{ "0000:20:00.0", NULL, P2P_PORT_DOWNSTREAM, 0x21, 0x21, NULL, 0, NULL },
		{ "0000:21:00.0", NULL, P2P_PORT_ENDPOINT, 0, 0, NULL, 0, NULL },
		{ "0001:00:00.0", NULL, P2P_PORT_ENDPOINT, 0, 0, NULL, 0, NULL },
		/* Conventional functions of a processor have a bus of their own; of a dump
		 * that has nothing else of its domain nobody can tell. */
		{ "0000:ff:08.0", NULL, -1, 0, 0, NULL, 0, NULL },
		{ "0002:ff:08.0", NULL, -1, 0, 0, NULL, 0, NULL },
	};
	struct p2p_snapshot *snapshot = snapshot_of(shapes, 7);
	struct p2p_topology *topology = make_topology(snapshot);

	ck_assert(!get(topology, "0000:00:01.0")->orphan);
	ck_assert(get(topology, "0000:04:00.0")->orphan);
	ck_assert(get(topology, "0000:20:00.0")->orphan);
	ck_assert(get(topology, "0000:21:00.0")->orphan);
	ck_assert_ptr_eq(get(topology, "0000:21:00.0")->parent, get(topology, "0000:20:00.0"));
	ck_assert(!get(topology, "0001:00:00.0")->orphan);
	ck_assert(!get(topology, "0000:ff:08.0")->orphan);
	ck_assert(get(topology, "0002:ff:08.0")->orphan);
	ck_assert_ptr_nonnull(get_note(topology, "the bridges above"));
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* @path of the one function that lost its link; its facts, bus numbers included, are whole */
#define LOST(bdf) "bus/pci/devices/" bdf

/* Every function of a tree in turn, and all at once, loses its link: bus numbers place it alike. */
START_TEST(lost_links)
{
	size_t count = sizeof(paths) / sizeof(paths[0]), i;
	struct shape shapes[sizeof(paths) / sizeof(paths[0])];
	char lost[sizeof(paths) / sizeof(paths[0])][64];
	struct p2p_snapshot *snapshot;
	struct p2p_topology *topology;

	memcpy(shapes, paths, sizeof(paths));
	for (i = 0; i < count; i++)
		snprintf(lost[i], sizeof(lost[i]), LOST("%s"), paths[i].bdf);
	if ((size_t)_i < count)
		shapes[_i].path = lost[_i];
	else
		for (i = 0; i < count; i++)
			shapes[i].path = lost[i];
	snapshot = snapshot_of(shapes, count);
	topology = make_topology(snapshot);
	check_shapes(topology, shapes, count);
	check_lists(topology);
	ck_assert(get(topology, "10000:e1:00.0")->host->vmd);
	if ((size_t)_i < count)
		ck_assert_ptr_eq(get(topology, "10000:e0:1d.0")->host->behind,
				 get(topology, "0000:00:0e.0"));
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* Where bus numbers do not tell, or contradict each other or a path, the place is not known. */
START_TEST(places_not_known)
{
	static const struct shape shapes[] = {
		{ "0000:00:00.0", HOST "0000:00:00.0", -1, 0, 0, NULL, 0, NULL },
		{ "0000:00:01.0", HOST "0000:00:01.0", P2P_PORT_ROOT, 1, 1, NULL, 0, NULL },
		/* Two claim bus 3, and a range that another one is in. */
		{ "0000:00:02.0", HOST "0000:00:02.0", P2P_PORT_ROOT, 3, 3, NULL, 0, NULL },
		{ "0000:00:03.0", HOST "0000:00:03.0", P2P_PORT_ROOT, 3, 3, NULL, 0, NULL },
		{ "0000:00:04.0", HOST "0000:00:04.0", P2P_PORT_ROOT, 8, 10, NULL, 0, NULL },
		{ "0000:00:05.0", HOST "0000:00:05.0", P2P_PORT_ROOT, 9, 9, NULL, 0, NULL },
		{ "0000:00:07.0", HOST "0000:00:07.0", P2P_PORT_ENDPOINT, 0, 0, NULL, 0, NULL },
		{ "0000:03:00.0", LOST("0000:03:00.0"), P2P_PORT_ENDPOINT, 0, 0, NULL, 0, NULL },
		{ "0000:09:00.0", LOST("0000:09:00.0"), P2P_PORT_ENDPOINT, 0, 0, NULL, 0, NULL },
		/* Paths that lead below a bridge with other buses, and to a root bus. */
		{ "0000:05:00.0", HOST "0000:00:01.0/0000:05:00.0", P2P_PORT_UPSTREAM, 6, 6, NULL,
		  0, NULL },
		{ "0000:06:00.0", HOST "0000:00:01.0/0000:05:00.0/0000:06:00.0",
		  P2P_PORT_ENDPOINT, 0, 0, NULL, 0, NULL },
		{ "0000:01:00.0", D "pci0000:01/0000:01:00.0", P2P_PORT_ENDPOINT, 0, 0, NULL, 0,
		  NULL },
		/* Below what is no bridge. */
		{ "0000:0c:00.0", HOST "0000:00:07.0/0000:0c:00.0", P2P_PORT_UPSTREAM, 13, 13, NULL, 0, NULL },
		{ "0000:0d:00.0", HOST "0000:00:07.0/0000:0c:00.0/0000:0d:00.0", P2P_PORT_DOWNSTREAM, 14, 14, NULL,
		  0, NULL },
		/* On a bus that nobody names, which is as good as a root bus. */
		{ "0000:20:00.0", LOST("0000:20:00.0"), -1, 0, 0, NULL, 0, NULL },
	};
	struct p2p_snapshot *snapshot = snapshot_of(shapes, sizeof(shapes) / sizeof(shapes[0]));
	struct space silent = make_space(0x8086, 0x1234, 0x060400, 1, P2P_PORT_ROOT);
	struct p2p_topology *topology = make_topology(snapshot);
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		ck_assert_msg(get(topology, shapes[i].bdf)->orphan == (i > 6 && i < 14), "%s",
			      shapes[i].bdf);
	check_lists(topology);
	p2p_topology_free(topology);
	/* Unless there is a bridge whose buses nobody read. */
	silent.size = 0;
	make_function(snapshot, "0000:00:06.0", HOST "0000:00:06.0", &silent);
	topology = make_topology(snapshot);
	ck_assert(get(topology, "0000:20:00.0")->orphan);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* A PF with two VFs, the second on a bus of its own that no bridge names. */
static void add_sriov(struct p2p_snapshot *snapshot, bool with_paths)
{
	struct space root = make_space(0x8086, 0x2030, 0x060400, 1, P2P_PORT_ROOT);
	struct space pf = make_space(0x15b3, 0x101d, 0x020000, 0, P2P_PORT_ENDPOINT);
	struct space vf = make_space(0xffff, 0xffff, 0x020000, 0, P2P_PORT_ENDPOINT);
	struct p2p_raw *raw;
	const char *dir = HOST "0000:00:01.0/0000:01:00.0";

	root.bytes[0x19] = 1;
	root.bytes[0x1a] = 2;
	add_extended(&pf, 0, 0x100, 0x10);
	put16(&pf, 0x108, 1);
	put16(&pf, 0x10e, 2);
	put16(&pf, 0x110, 2);
	put16(&pf, 0x114, 0x80);
	put16(&pf, 0x116, 0x80);
	put16(&pf, 0x11a, 0x101e);
	add_extended(&pf, 0x100, 0x180, 0x1b);
	put16(&pf, 0x186, 1);
	add_extended(&pf, 0x180, 0x190, 0x13);
	put16(&pf, 0x194, 1);
	put32(&pf, 0x4c, 4 | 16 << 4);
	put16(&pf, 0x52, 4 | 16 << 4);
	put16(&pf, 0x48, 0x10 | 2 << 5);
	add_extended(&vf, 0, 0x100, 0x0f);
	put16(&vf, 0x106, 0x8000);
	make_function(snapshot, "0000:00:01.0", with_paths ? HOST "0000:00:01.0" : NULL, &root);
	make_function(snapshot, "0000:01:00.0", with_paths ? dir : NULL, &pf);
	raw = make_function(snapshot, "0000:01:10.0",
			    with_paths ? HOST "0000:00:01.0/0000:01:10.0" : NULL, &vf);
	if (with_paths)
		make_attr(raw, P2P_ATTR_PHYSFN, "0000:01:00.0");
	raw = make_function(snapshot, "0000:02:00.0",
			    with_paths ? HOST "0000:00:01.0/0000:02:00.0" : NULL, &vf);
	if (with_paths)
		make_attr(raw, P2P_ATTR_PHYSFN, "0000:01:00.0");
}

START_TEST(virtual_functions)
{
	static const char *const vfs[] = { "0000:01:10.0", "0000:02:00.0" };
	struct p2p_snapshot *snapshot = make_snapshot(_i ? P2P_SOURCE_TREE : P2P_SOURCE_DUMP);
	struct p2p_topology *topology;
	size_t i;

	add_sriov(snapshot, _i);
	topology = make_topology(snapshot);
	for (i = 0; i < 2; i++) {
		const struct p2p_function *vf = get(topology, vfs[i]);

		ck_assert_ptr_eq(vf->physfn, get(topology, "0000:01:00.0"));
		ck_assert_ptr_eq(vf->parent, get(topology, "0000:00:01.0"));
		ck_assert_uint_eq(vf->depth, 2);
		ck_assert_str_eq(vf->host->name, "pci0000:00");
		ck_assert(!vf->orphan);
		ck_assert_uint_eq(vf->vendor, 0x15b3);
		ck_assert_uint_eq(vf->device, 0x101e);
		/* ATS is its own; PRI, PASID, the link and its payload are the PF's. */
		ck_assert(vf->ats.ats == P2P_PRESENT && vf->ats.ats_enabled);
		ck_assert(vf->ats.pri == P2P_PRESENT && vf->ats.pri_enabled);
		ck_assert(vf->ats.pasid == P2P_PRESENT && vf->ats.pasid_enabled);
		ck_assert_uint_eq(vf->pcie.now.width, 16);
		ck_assert_uint_eq(vf->pcie.mps_bytes, 512);
		ck_assert(vf->pcie.relaxed_ordering);
	}
	ck_assert_uint_eq(p2p_topology_host_bridges(topology), 1);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* No number, or one that all chips of the maker have, is no sign of one chip. */
static const struct {
	uint16_t vendor;
	uint32_t high, low;
	bool one_chip;
} numbers[] = {
	{ 0x11f8, 0, 0x1234, true }, { 0x11f8, 0, 0, false }, { 0x11f8, UINT32_MAX, UINT32_MAX, false },
	{ 0x10b5, 0xca870010, 0xb5df0e00, false }, { 0x10b5, 0xba860110, 0xb5df0e00, false },
	{ 0x10b5, 0xca870010, 0xb5df0e01, true }, { 0x11f8, 0xca870010, 0xb5df0e00, true },
};

START_TEST(cut_switch)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space up = make_space(0x11f8, 0x4036, 0x060400, 1, P2P_PORT_UPSTREAM);
	struct space down = make_space(0x11f8, 0x4036, 0x060400, 1, P2P_PORT_DOWNSTREAM);
	struct p2p_topology *topology;

	add_extended(&up, 0, 0x100, 0x03);
	put32(&up, 0x104, numbers[_i].low);
	put32(&up, 0x108, numbers[_i].high);
	put16(&up, 0, numbers[_i].vendor);
	make_function(snapshot, "0000:01:00.0", HOST "0000:01:00.0", &up);
	make_function(snapshot, "0000:02:00.0", HOST "0000:01:00.0/0000:02:00.0", &down);
	make_function(snapshot, "0000:81:00.0", D "pci0000:80/0000:81:00.0", &up);
	topology = make_topology(snapshot);
	ck_assert_uint_ne(get(topology, "0000:01:00.0")->switch_id, 0);
	ck_assert_uint_eq(get(topology, "0000:01:00.0")->switch_id,
			  get(topology, "0000:02:00.0")->switch_id);
	ck_assert((get(topology, "0000:81:00.0")->switch_id ==
		   get(topology, "0000:01:00.0")->switch_id) == numbers[_i].one_chip);
	ck_assert((get_note(topology, "0000:01:00.0 and 0000:81:00.0 give one serial number") !=
		   NULL) == numbers[_i].one_chip);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_test(tcase, from_paths);
	tcase_add_test(tcase, from_bus_numbers);
	tcase_add_test(tcase, dump_agrees_with_tree);
	tcase_add_test(tcase, cardbus);
	tcase_add_test(tcase, missing_bridges);
	tcase_add_test(tcase, ring_of_paths);
	tcase_add_test(tcase, orphans);
	tcase_add_loop_test(tcase, lost_links, 0, sizeof(paths) / sizeof(paths[0]) + 1);
	tcase_add_test(tcase, places_not_known);
	tcase_add_loop_test(tcase, virtual_functions, 0, 2);
	tcase_add_loop_test(tcase, cut_switch, 0, P2P_LENGTH(numbers));
}

int main(void)
{
	return run_cases("tree", add_cases);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The function that is first on a root bus, and what the verdict makes of it. */
#include <p2ppolicy/verdict.h>

#include "make.h"

#define HOST "devices/pci0000:00/"
#define OTHER "devices/pci0001:00/"
#define PLAIN "0000\t808609a2\n0008\t8086352a\n0010\t8086352a\n0100\t10de2330\n0200\t15b31021\n"
/* Root port 01.0 was removed and found again, or 00.0 was. */
#define PORT_LAST "0000\t808609a2\n0010\t8086352a\n0200\t15b31021\n0008\t8086352a\n0100\t10de2330\n"
#define HOST_LAST "0008\t8086352a\n0010\t8086352a\n0100\t10de2330\n0200\t15b31021\n0000\t808609a2\n"
/* A second domain with the same buses. */
#define SECOND_PLAIN "0000\t808609a2\n0018\t8086352a\n"
#define SECOND_REMOVED "0018\t8086352a\n0000\t808609a2\n"

static const struct {
	enum p2p_source source;
	const char *file;
	bool absent, two, zen;
	const char *first;
	bool unknown;
	enum p2p_map_type map_type;
} orders[] = {
	/* Nobody has the file: a plain boot. */
	{ P2P_SOURCE_TREE, NULL, false, false, false, NULL, false, P2P_MAP_THRU_HOST_BRIDGE },
	{ P2P_SOURCE_DUMP, NULL, false, false, false, NULL, false, P2P_MAP_THRU_HOST_BRIDGE },
	/* It could have been read. */
	{ P2P_SOURCE_LIVE, NULL, false, false, false, NULL, true, P2P_MAP_UNKNOWN },
	{ P2P_SOURCE_TREE, NULL, true, false, false, NULL, true, P2P_MAP_UNKNOWN },
	{ P2P_SOURCE_TREE, "nonsense\n", false, false, false, NULL, true, P2P_MAP_UNKNOWN },
	{ P2P_SOURCE_LIVE, "nonsense\n", false, false, false, NULL, true, P2P_MAP_UNKNOWN },
	/* Where it does not matter. */
	{ P2P_SOURCE_LIVE, NULL, false, false, true, NULL, true, P2P_MAP_THRU_HOST_BRIDGE },
	{ P2P_SOURCE_LIVE, PLAIN, false, false, false, "0000:00:00.0", false,
	  P2P_MAP_THRU_HOST_BRIDGE },
	{ P2P_SOURCE_LIVE, PORT_LAST, false, false, false, "0000:00:00.0", false,
	  P2P_MAP_THRU_HOST_BRIDGE },
	{ P2P_SOURCE_LIVE, HOST_LAST, false, false, false, "0000:00:01.0", false,
	  P2P_MAP_NOT_SUPPORTED },
	{ P2P_SOURCE_TREE, HOST_LAST, false, false, false, "0000:00:01.0", false,
	  P2P_MAP_NOT_SUPPORTED },
	/* A function that the file does not have. */
	{ P2P_SOURCE_LIVE, "0000\t808609a2\n0010\t8086352a\n", false, false, false, NULL, true,
	  P2P_MAP_UNKNOWN },
	/* Domains look alike: untouched, and not. */
	{ P2P_SOURCE_LIVE, PLAIN SECOND_PLAIN, false, true, false, NULL, false,
	  P2P_MAP_THRU_HOST_BRIDGE },
	{ P2P_SOURCE_LIVE, HOST_LAST SECOND_PLAIN, false, true, false, "0000:00:01.0", false,
	  P2P_MAP_NOT_SUPPORTED },
	/* The second's host bridge was removed and found again: no more ascending runs than domains. */
	{ P2P_SOURCE_LIVE, PLAIN SECOND_REMOVED, false, true, false, NULL, true, P2P_MAP_UNKNOWN },
};

static struct p2p_snapshot *make_machine(int i)
{
	struct p2p_snapshot *snapshot = make_snapshot(orders[i].source);
	struct space host = make_space(0x8086, 0x09a2, 0x060000, 0, P2P_PORT_RC_ENDPOINT);
	struct space port = make_space(0x8086, 0x352a, 0x060400, 1, P2P_PORT_ROOT);
	struct space gpu = make_space(0x10de, 0x2330, 0x030200, 0, P2P_PORT_ENDPOINT);
	struct space nic = make_space(0x15b3, 0x1021, 0x020000, 0, P2P_PORT_ENDPOINT);

	put16(&port, 0x19, 0x0101);
	make_function(snapshot, "0000:00:00.0", HOST "0000:00:00.0", &host);
	make_function(snapshot, "0000:00:01.0", HOST "0000:00:01.0", &port);
	make_function(snapshot, "0000:01:00.0", HOST "0000:00:01.0/0000:01:00.0", &gpu);
	put16(&port, 0x19, 0x0202);
	make_function(snapshot, "0000:00:02.0", HOST "0000:00:02.0", &port);
	make_function(snapshot, "0000:02:00.0", HOST "0000:00:02.0/0000:02:00.0", &nic);
	if (orders[i].two) {
		make_function(snapshot, "0001:00:00.0", OTHER "0001:00:00.0", &host);
		make_function(snapshot, "0001:00:03.0", OTHER "0001:00:03.0", &port);
	}
	make_file(snapshot, "proc/cpuinfo", orders[i].zen ?
		  "vendor_id\t: AuthenticAMD\ncpu family\t: 25\n" :
		  "vendor_id\t: GenuineIntel\ncpu family\t: 6\n");
	if (orders[i].file)
		make_file(snapshot, "proc/bus/pci/devices", orders[i].file);
	else if (orders[i].absent)
		p2p_snapshot_add_entry(snapshot, "proc/bus/pci/devices")->file.fact = P2P_ABSENT;
	return snapshot;
}

START_TEST(first)
{
	struct p2p_snapshot *snapshot = make_machine(_i);
	struct p2p_topology *topology = make_topology(snapshot);
	const struct p2p_host_bridge *host = p2p_topology_host_bridge(topology, 0);
	struct p2p_context *context;
	struct p2p_verdict verdict;
	struct p2p_eval *eval;
	char bdf[P2P_BDF_SIZE];

	ck_assert_int_eq(host->order_unknown, orders[_i].unknown);
	ck_assert_pstr_eq(host->first ? p2p_bdf_format(host->first->bdf, bdf) : NULL,
			  orders[_i].first);
	ck_assert_int_eq(p2p_context_new(&context), 0);
	ck_assert_int_eq(p2p_eval_new(context, topology, "7.3", &eval), 0);
	p2p_eval_pair(eval, get(topology, "0000:01:00.0"), get(topology, "0000:02:00.0"), &verdict);
	ck_assert_str_eq(p2p_map_type_name(verdict.kernel.map_type),
			 p2p_map_type_name(orders[_i].map_type));
	p2p_eval_free(eval);
	p2p_context_free(context);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_loop_test(tcase, first, 0, (int)(sizeof(orders) / sizeof(orders[0])));
}

int main(void)
{
	return run_cases("order", add_cases);
}

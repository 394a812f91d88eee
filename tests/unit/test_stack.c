/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the software says of itself, and what drivers say of functions: every kind of stack.def. */
#include "make.h"

#define HOST "devices/pci0000:00/"
#define KFD "sys/devices/virtual/kfd/kfd/topology/nodes/"
#define NVRM "proc/driver/nvidia/version"
#define PARAMS "proc/driver/nvidia/params"
#define CONFIG "boot/config-6.12.9"

/* One file, and what one fact is then.  @data NULL: there is no such file. */
static const struct {
	const char *path, *data;
	enum p2p_stack_fact which;
	enum p2p_fact fact;
	int64_t value;
} rows[] = {
	{ "sys/module/nvidia/version", "570.124.06\n", P2P_STACK_NVIDIA, P2P_PRESENT,
	  P2P_VERSION(570, 124, 6) },
	{ NVRM, "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (x)\n"
	  "GCC version:  gcc version 13.3.0\n", P2P_STACK_NVIDIA, P2P_PRESENT, P2P_VERSION(580, 65, 6) },
	{ NVRM, "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19\n",
	  P2P_STACK_NVIDIA, P2P_PRESENT, P2P_VERSION(535, 104, 5) },
	{ NVRM, "NVRM version: \n", P2P_STACK_NVIDIA, P2P_DENIED, 0 },
	{ NVRM, "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06\n",
	  P2P_STACK_NVIDIA_OPEN, P2P_PRESENT, 1 },
	{ NVRM, "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06\n",
	  P2P_STACK_NVIDIA_OPEN, P2P_PRESENT, 0 },
	{ NVRM, "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580\nOpen Kernel Module\n",
	  P2P_STACK_NVIDIA_OPEN, P2P_PRESENT, 0 },
	{ NVRM, NULL, P2P_STACK_NVIDIA_OPEN, P2P_DENIED, 0 },
	{ "sys/module/amdgpu/version", "6.14.14\n", P2P_STACK_AMDGPU, P2P_PRESENT, P2P_VERSION(6, 14, 14) },
	{ "sys/module/amdgpu/version", "6.10.5.60203-2\n", P2P_STACK_AMDGPU, P2P_PRESENT,
	  P2P_VERSION(6, 10, 5) },
	{ "sys/module/amdgpu/version", "dkms\n", P2P_STACK_AMDGPU, P2P_DENIED, 0 },
	{ "sys/module/amdgpu/version", NULL, P2P_STACK_AMDGPU, P2P_ABSENT, 0 },
	{ "sys/module/nvidia_peermem/initstate", "live\n", P2P_STACK_PEERMEM, P2P_PRESENT, 1 },
	{ "sys/module/nvidia_peermem/initstate", "coming\n", P2P_STACK_PEERMEM, P2P_PRESENT, 0 },
	{ "sys/module/nvidia_peermem/initstate", NULL, P2P_STACK_PEERMEM, P2P_PRESENT, 0 },
	{ "sys/module/amdgpu/parameters/pcie_p2p", "Y\n", P2P_STACK_AMDGPU_P2P, P2P_PRESENT, 1 },
	{ "sys/module/amdgpu/parameters/pcie_p2p", "N\n", P2P_STACK_AMDGPU_P2P, P2P_PRESENT, 0 },
	{ "sys/module/amdgpu/parameters/pcie_p2p", "", P2P_STACK_AMDGPU_P2P, P2P_DENIED, 0 },
	{ "sys/module/amdgpu/parameters/pcie_p2p", NULL, P2P_STACK_AMDGPU_P2P, P2P_ABSENT, 0 },
	{ "sys/module/amdgpu/parameters/use_xgmi_p2p", "0\n", P2P_STACK_AMDGPU_XGMI, P2P_PRESENT, 0 },
	{ CONFIG, "CONFIG_HSA_AMD_P2P=y\n", P2P_STACK_HSA_AMD_P2P, P2P_PRESENT, 1 },
	{ CONFIG, "CONFIG_HSA_AMD=y\nCONFIG_HSA_AMD_P2P=m\n", P2P_STACK_HSA_AMD_P2P, P2P_PRESENT, 1 },
	{ CONFIG, "# CONFIG_HSA_AMD_P2P is not set\n", P2P_STACK_HSA_AMD_P2P, P2P_PRESENT, 0 },
	{ CONFIG, "CONFIG_HSA_AMD=y\n", P2P_STACK_HSA_AMD_P2P, P2P_DENIED, 0 },
	{ CONFIG, "CONFIG_OLD_CONFIG_HSA_AMD_P2P=y\n", P2P_STACK_HSA_AMD_P2P, P2P_DENIED, 0 },
	{ "proc/kallsyms", "0000000000000000 T ib_register_peer_memory_client\t[ib_core]\n",
	  P2P_STACK_PEER_CLIENTS, P2P_PRESENT, 1 },
	{ "proc/kallsyms", "0000000000000000 T ib_register_peer_memory_client_old\t[ib_core]\n",
	  P2P_STACK_PEER_CLIENTS, P2P_DENIED, 0 },
	{ "proc/kallsyms", "0000000000000000 T pci_enable_device\n", P2P_STACK_PEER_CLIENTS, P2P_PRESENT, 0 },
	{ "proc/kallsyms", "0000000000000000 T nvme_v2_register_nvfs_dma_ops\t[nvme]\n",
	  P2P_STACK_NVFS_NVME_2, P2P_PRESENT, 1 },
	{ "proc/kallsyms", NULL, P2P_STACK_NVFS_NVME, P2P_DENIED, 0 },
	{ "sys/kernel/mm/memory_peers/nv_mem/version", "1.0\n", P2P_STACK_PEER_NVIDIA, P2P_PRESENT, 1 },
	{ "sys/kernel/mm/memory_peers/amdkfd/version", NULL, P2P_STACK_PEER_AMD, P2P_PRESENT, 0 },
	{ PARAMS, "GrdmaPciTopoCheckOverride: 1\n", P2P_STACK_NVIDIA_TOPOLOGY, P2P_PRESENT, 1 },
	{ PARAMS, "NoGrdmaPciTopoCheckOverride: 1\n", P2P_STACK_NVIDIA_TOPOLOGY, P2P_ABSENT, 0 },
	{ PARAMS, "GrdmaPciTopoCheckOverride: x\n", P2P_STACK_NVIDIA_TOPOLOGY, P2P_DENIED, 0 },
	{ PARAMS, NULL, P2P_STACK_NVIDIA_TOPOLOGY, P2P_DENIED, 0 },
	{ PARAMS, "RmMsg: \"\"\nDmaRemapPeerMmio: 0\n", P2P_STACK_NVIDIA_REMAP, P2P_PRESENT, 0 },
	{ PARAMS, "RegistryDwords: \"RMForceStaticBar1=1;forcep2p=0x11\"\n", P2P_STACK_NVIDIA_FORCE_P2P,
	  P2P_PRESENT, 0x11 },
	{ PARAMS, "RegistryDwords: \"peermappingoverride=1;\"\n", P2P_STACK_NVIDIA_PEER_MAP, P2P_PRESENT, 1 },
	{ PARAMS, "RegistryDwords: ForceP2P=17\n", P2P_STACK_NVIDIA_FORCE_P2P, P2P_PRESENT, 17 },
	{ PARAMS, "RegistryDwords: \"NoForceP2P=1;ForceP2PX=1\"\n", P2P_STACK_NVIDIA_FORCE_P2P,
	  P2P_ABSENT, 0 },
	{ PARAMS, "RegistryDwords: \"\"\n", P2P_STACK_NVIDIA_STATIC_BAR1, P2P_ABSENT, 0 },
	{ PARAMS, "RegistryDwords: \"ForceP2P=\"\n", P2P_STACK_NVIDIA_FORCE_P2P, P2P_DENIED, 0 },
	{ PARAMS, "RmMsg: \"\"\n", P2P_STACK_NVIDIA_FORCE_P2P, P2P_DENIED, 0 },
	{ PARAMS, "CoherentGPUMemoryMode: \"driver\"\n", P2P_STACK_NVIDIA_MEMORY, P2P_PRESENT, 'd' },
	{ PARAMS, "CoherentGPUMemoryMode: \"\"\n", P2P_STACK_NVIDIA_MEMORY, P2P_PRESENT, 0 },
};

static struct p2p_snapshot *start(enum p2p_source source)
{
	struct p2p_snapshot *snapshot = make_snapshot(source);
	static struct space spaces[3];
	static const char *const names[] = { "0000:00:03.0", "0000:00:04.0", "0000:00:05.0" };
	static const char *const paths[] = { HOST "0000:00:03.0", HOST "0000:00:04.0", HOST "0000:00:05.0" };

	for (int i = 0; i < 3; i++) {
		spaces[i] = make_space(0x1002, 0x74a1, 0x120000, 0, P2P_PORT_ENDPOINT);
		make_function(snapshot, names[i], paths[i], &spaces[i]);
	}
	make_file(snapshot, "proc/sys/kernel/osrelease", "6.12.9\n");
	return snapshot;
}

START_TEST(stack)
{
	struct p2p_snapshot *snapshot = start(P2P_SOURCE_LIVE);
	struct p2p_topology *topology;
	struct p2p_number number;

	if (rows[_i].data)
		make_file(snapshot, rows[_i].path, rows[_i].data);
	topology = make_topology(snapshot);
	number = p2p_topology_machine(topology)->stack[rows[_i].which];
	ck_assert_msg(number.fact == rows[_i].fact && (number.fact != P2P_PRESENT ||
						       number.value == rows[_i].value),
		      "row %d, %s: fact %d, %lld", _i, rows[_i].data ? rows[_i].data : "no file",
		      number.fact, (long long)number.value);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* In a tree of others no file is known to be missing, so that nothing is known. */
START_TEST(nothing_of_others)
{
	struct p2p_snapshot *snapshot = start(P2P_SOURCE_TREE);
	struct p2p_topology *topology;

	make_file(snapshot, "proc/kallsyms", "0000000000000000 T pci_enable_device\n");
	topology = make_topology(snapshot);
	for (unsigned int i = 0; i < P2P_STACK_FACTS; i++)
		ck_assert_msg(p2p_topology_machine(topology)->stack[i].fact == P2P_DENIED, "%s",
			      p2p_stack_text(i)->key);
	ck_assert_int_eq(get(topology, "0000:00:03.0")->kfd, P2P_DENIED);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* Two GPUs of a hive and one alone, with partitions: 03 lets 05 reach it over PCIe, 05 lets nobody. */
static struct p2p_snapshot *start_kfd(void)
{
	struct p2p_snapshot *snapshot = start(P2P_SOURCE_LIVE);

	make_file(snapshot, KFD "0/properties", "cpu_cores_count 64\nsimd_count 0\nlocation_id 0\n");
	make_file(snapshot, KFD "1/properties", "simd_count 304\nlocation_id 24\ndomain 0\n"
		  "io_links_count 2\np2p_links_count 1\n");
	make_file(snapshot, KFD "2/properties", "simd_count 304\nlocation_id 32\ndomain 0\n"
		  "io_links_count 2\np2p_links_count 0\n");
	make_file(snapshot, KFD "3/properties", "simd_count 304\nlocation_id 268435496\ndomain 0\n"
		  "io_links_count 1\np2p_links_count 0\n");
	make_file(snapshot, KFD "1/io_links/0/properties", "type 2\nnode_from 1\nnode_to 0\n");
	make_file(snapshot, KFD "1/io_links/1/properties", "type 11\nnode_from 1\nnode_to 2\n");
	make_file(snapshot, KFD "1/p2p_links/0/properties", "type 2\nnode_from 1\nnode_to 3\n");
	make_file(snapshot, KFD "2/io_links/0/properties", "type 2\nnode_from 2\nnode_to 0\n");
	make_file(snapshot, KFD "2/io_links/1/properties", "type 11\nnode_from 2\nnode_to 1\n");
	return snapshot;
}

/* A link leads from the memory to the one that may reach it; one of xGMI is no link over PCIe. */
START_TEST(links)
{
	struct p2p_snapshot *snapshot = start_kfd();
	const struct p2p_function *one, *two, *three;
	struct p2p_topology *topology;

	make_file(snapshot, KFD "3/io_links/0/properties", "type 2\nnode_from 3\nnode_to 0\n");
	topology = make_topology(snapshot);
	one = get(topology, "0000:00:03.0");
	two = get(topology, "0000:00:04.0");
	three = get(topology, "0000:00:05.0");
	ck_assert(one->kfd == P2P_PRESENT && two->kfd == P2P_PRESENT && three->kfd == P2P_PRESENT);
	ck_assert(one->kfd_peers[0] == three && !one->kfd_peers[1]);
	ck_assert(one->xgmi_peers[0] == two && !one->xgmi_peers[1]);
	ck_assert(!two->kfd_peers[0] && two->xgmi_peers[0] == one);
	ck_assert(!three->kfd_peers[0] && !three->xgmi_peers[0]);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* @file: of a link of node 3, which is 0000:00:05.0 and counts one; @known: is it known where that leads? */
static const struct { const char *file; bool known; } odd_links[] = {
	{ "type 11\nnode_from 3\nnode_to 2\n", true },
	{ "type 11\nnode_from 3\nnode_to 0\n", true },	/* a processor */
	{ "type 2\nnode_from 3\n", true },
	{ "type 11\nnode_from 3\n", false },
	{ "type 11\nnode_from 3\nnode_to \n", false },
	{ "type 11\nnode_from 3\nnode_to 2x\n", false },
	{ "type 11\nnode_from 3\nnode_to -1\n", false },
	{ "type 11\nnode_from 3\nnode_to 5000\n", false },
	{ "type 11\nnode_from 3\nnode_to 7\n", false },	/* without properties */
	{ "node_from 3\nnode_to 2\n", false },
	{ "", false },
};

/* A link that leads nobody knows where may lead to the one that is asked for. */
START_TEST(links_odd)
{
	struct p2p_snapshot *snapshot = start_kfd();
	struct p2p_topology *topology;

	make_file(snapshot, KFD "3/io_links/0/properties", odd_links[_i].file);
	topology = make_topology(snapshot);
	ck_assert_int_eq(get(topology, "0000:00:05.0")->kfd, odd_links[_i].known ? P2P_PRESENT : P2P_DENIED);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

/* A node that counts more links than could be read says nothing about who may not reach it. */
START_TEST(links_missing)
{
	struct p2p_snapshot *snapshot = start_kfd();
	struct p2p_topology *topology = make_topology(snapshot);

	ck_assert_int_eq(get(topology, "0000:00:03.0")->kfd, P2P_PRESENT);
	ck_assert_int_eq(get(topology, "0000:00:05.0")->kfd, P2P_DENIED);
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

START_TEST(functions)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct space gpu = make_space(0x10de, 0x2330, 0x030200, 0, P2P_PORT_ENDPOINT);
	struct space bare = make_space(0x10de, 0x2330, 0x030200, 0, P2P_PORT_ENDPOINT);
	struct p2p_topology *topology;
	struct p2p_raw *raw;

	/* QEMU's clique 5, in a capability of eight bytes behind PCI Express. */
	gpu.bytes[0x41] = 0xc8;
	put16(&gpu, 0xc8, 0x0009);
	gpu.bytes[0xca] = 8;
	memcpy(gpu.bytes + 0xcb, "P2P", 3);
	gpu.bytes[0xce] = 5 << 3;
	raw = make_function(snapshot, "0000:00:03.0", HOST "0000:00:03.0", &gpu);
	make_attr(raw, P2P_ATTR_VRAM_TOTAL, "17163091968\n");
	make_attr(raw, P2P_ATTR_VRAM_VISIBLE, "268435456\n");
	raw = make_function(snapshot, "0000:00:04.0", HOST "0000:00:04.0", &bare);
	make_attr(raw, P2P_ATTR_EFA_PROVIDER, "NEURON\n");
	topology = make_topology(snapshot);
	ck_assert_int_eq(get(topology, "0000:00:03.0")->clique.fact, P2P_PRESENT);
	ck_assert_int_eq(get(topology, "0000:00:03.0")->clique.value, 5);
	ck_assert_int_eq(get(topology, "0000:00:04.0")->clique.fact, P2P_ABSENT);
	ck_assert_int_eq(get(topology, "0000:00:03.0")->vram.value, 17163091968);
	ck_assert_int_eq(get(topology, "0000:00:03.0")->vram_visible.value, 268435456);
	ck_assert_int_ne(get(topology, "0000:00:04.0")->vram.fact, P2P_PRESENT);
	ck_assert_str_eq(get(topology, "0000:00:04.0")->efa_provider, "NEURON");
	p2p_topology_free(topology);
	p2p_snapshot_free(snapshot);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_loop_test(tcase, stack, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tcase, nothing_of_others);
	tcase_add_test(tcase, links);
	tcase_add_loop_test(tcase, links_odd, 0, sizeof(odd_links) / sizeof(odd_links[0]));
	tcase_add_test(tcase, links_missing);
	tcase_add_test(tcase, functions);
}

int main(void)
{
	return run_cases("stack", add_cases);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pair made by hand, with the facts that its ways depend on: what holds each condition and what not. */
#ifndef TESTS_UNIT_SCENE_H
#define TESTS_UNIT_SCENE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verdict/ways/ways.h"

/** struct scene - @port: root ports of provider and client, which are what the kernel compares, too */
struct scene {
	struct p2p_machine machine;
	struct p2p_function provider, client, port[2], other;
	const struct p2p_function *peers[2];
	struct p2p_host_bridge host;
	struct p2p_verdict verdict;
	char provider_driver[32], client_driver[32];
};

static inline struct p2p_number some(int64_t value)
{
	return (struct p2p_number){ P2P_PRESENT, value };
}

static inline void scene_stack(struct scene *scene, enum p2p_stack_fact fact, enum p2p_fact known,
			       int64_t value)
{
	scene->machine.stack[fact] = (struct p2p_number){ known, value };
}

static inline void scene_device(struct p2p_function *function, const char *driver)
{
	static const struct { const char *driver; uint16_t vendor, device; } ids[] = {
		{ "nvidia", 0x10de, 0x2330 }, { "amdgpu", 0x1002, 0x744c }, { "xe", 0x8086, 0xe211 },
	};

	function->ids = P2P_PRESENT;
	function->vendor = 0x15b3;
	function->device = 0x1021;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (strcmp(ids[i].driver, driver) != 0)
			continue;
		function->vendor = ids[i].vendor;
		function->device = ids[i].device;
	}
	if (!strcmp(driver, "mlx5_ib"))
		function->device = 0x2100;
	function->driver = driver;
	function->driver_fact = P2P_PRESENT;
	function->display = driver;
	function->iommu_group = some(1);
	function->iommu_type = "identity";
	function->rdma = some(1);
}

/* Two functions on two root ports of one Xeon, no switch between, nothing known of the software. */
static inline void scene_start(struct scene *scene, const char *provider, const char *client)
{
	memset(scene, 0, sizeof(*scene));
	snprintf(scene->provider_driver, sizeof(scene->provider_driver), "%s", provider);
	snprintf(scene->client_driver, sizeof(scene->client_driver), "%s", client);
	scene_device(&scene->provider, scene->provider_driver);
	scene_device(&scene->client, scene->client_driver);
	scene->machine.release = "7.3.4";
	scene->machine.virtual_machine = P2P_NO;
	scene->machine.iommu = P2P_YES;
	scene->machine.cpu_family = some(6);
	scene->machine.cpu_vendor = "GenuineIntel";
	for (int i = 0; i < 2; i++) {
		struct p2p_function *port = &scene->port[i];

		port->ids = port->pcie.fact = P2P_PRESENT;
		port->pcie.type = P2P_PORT_ROOT;
		port->vendor = 0x8086;
		port->device = 0x2030;
		port->bdf.bus = (uint8_t)(0x10 * i);
		port->host = &scene->host;
	}
	scene->provider.parent = &scene->port[0];
	scene->client.parent = &scene->port[1];
	scene->provider.host = scene->client.host = &scene->host;
	scene->verdict = (struct p2p_verdict){
		.machine = &scene->machine, .provider = &scene->provider, .client = &scene->client,
		.kernel = { .map_type = P2P_MAP_THRU_HOST_BRIDGE, .reason = P2P_REASON_HOST_LISTED,
			    .provider_root = { P2P_PRESENT, &scene->port[0], NULL, false },
			    .client_root = { P2P_PRESENT, &scene->port[1], NULL, false },
			    .cpu_listed = P2P_NO },
		.fabric = { .request = { .kind = P2P_ROUTE_DIRECT },
			    .completion = { .kind = P2P_ROUTE_DIRECT } },
	};
}

static inline const struct p2p_way_answer *scene_answer(const struct p2p_ways *ways, const char *name)
{
	for (unsigned int i = 0; i < ways->count; i++)
		if (!strcmp(p2p_driver_way_name(ways->way[i].way), name))
			return &ways->way[i];
	return NULL;
}

enum setting { HOLDS, FAILS, OPEN };

/* One row of the table below: a fact of the stack that is a flag. */
static inline void set_flag(struct scene *scene, enum p2p_stack_fact fact, enum setting setting)
{
	scene_stack(scene, fact, setting == OPEN ? P2P_DENIED : P2P_PRESENT, setting == HOLDS);
}

static inline void set_ids(struct scene *scene, enum setting setting, uint16_t holds, uint16_t fails,
			   uint16_t open)
{
	uint16_t ids[] = { holds, fails, open };

	scene->provider.device = ids[setting];
	if (!strcmp(scene->client_driver, "nvidia") || !strcmp(scene->client_driver, "amdgpu"))
		scene->client.device = ids[setting];
}

static inline void set_release(struct scene *scene, enum setting setting, const char *holds,
			       const char *fails, const char *open)
{
	const char *releases[] = { holds, fails, open };

	scene->machine.release = releases[setting];
}

static inline bool is_driver(const char *driver, const char *names)
{
	char word[40];

	snprintf(word, sizeof(word), " %s ", driver);
	return strstr(names, word);
}

/* Facts of NVIDIA's driver.  Return: false: the condition is none of them, or cannot be so. */
static inline bool set_nvidia(struct scene *scene, enum p2p_condition_id id, enum setting setting)
{
	switch (id) {
	case P2P_IF_NV_CHIPSET:
		scene_stack(scene, P2P_STACK_NVIDIA, P2P_PRESENT, P2P_VERSION(580, 0, 0));
		scene_stack(scene, P2P_STACK_NVIDIA_TOPOLOGY, P2P_PRESENT, 0);
		if (setting == FAILS) {
			scene->port[1].vendor = 0x10de;
			scene->port[1].device = 0x22b1;
		}
		if (setting == OPEN)
			scene->verdict.kernel.client_root.device = NULL;
		return true;
	case P2P_IF_NOT_VF:
		scene->client.physfn = setting == FAILS ? &scene->other : NULL;
		return setting != OPEN;
	case P2P_IF_NV_REGISTRY:
		scene_stack(scene, P2P_STACK_NVIDIA_FORCE_P2P, setting == FAILS ? P2P_PRESENT : P2P_ABSENT, 0);
		return setting != OPEN;
	case P2P_IF_NV_PEER_MAP:
		scene_stack(scene, P2P_STACK_NVIDIA_PEER_MAP, setting == HOLDS ? P2P_PRESENT : P2P_ABSENT, 1);
		return setting != FAILS;
	case P2P_IF_NV_SAME_CHIP:
		scene->client.device = setting == HOLDS ? 0x2330 : 0x20b5;
		scene->provider.device_name = setting == FAILS ? "GH100 [H100 SXM5 80GB]" : NULL;
		scene->client.device_name = setting == FAILS ? "GA100 [A100 PCIe 80GB]" : NULL;
		return true;
	case P2P_IF_NV_IOH:
		scene->port[0].device = scene->port[1].device = setting == FAILS ? 0x2f02 : 0x2030;
		scene->provider.orphan = setting == OPEN;
		return true;
	case P2P_IF_NV_CLASS:
	case P2P_IF_NV_PRO: set_ids(scene, setting, 0x2330, 0x2204, 0x2fff); return true;
	case P2P_IF_NVLINK: set_ids(scene, setting, 0x2330, 0x2b85, 0x2235); return true;
	case P2P_IF_LINKED: return setting == OPEN && strcmp(scene->provider_driver, "amdgpu") != 0;
	case P2P_IF_NV_EXPORTS:
		set_ids(scene, setting == FAILS ? OPEN : setting, 0x2330, 0x2204, 0x2204);
		return setting != FAILS;
	case P2P_IF_COHERENT:
		scene->provider.ids = setting == OPEN ? P2P_DENIED : P2P_PRESENT;
		scene->provider.device = setting == HOLDS ? 0x2342 : 0x2330;
		return true;
	case P2P_IF_NV_FORCE_PCIE:
		scene->provider.ids = setting == OPEN ? P2P_DENIED : P2P_PRESENT;
		scene->provider.device = setting == HOLDS ? 0x2941 : 0x2342;
		return true;
	case P2P_IF_CLIQUE:
		scene->machine.virtual_machine = P2P_YES;
		scene->provider.clique = some(3);
		scene->client.clique = (struct p2p_number){ setting == OPEN ? P2P_DENIED : P2P_PRESENT,
							    setting == FAILS ? 4 : 3 };
		return true;
	case P2P_IF_NV_BRANCH:
		scene_stack(scene, P2P_STACK_NVIDIA, setting == OPEN ? P2P_DENIED : P2P_PRESENT,
			    setting == FAILS ? P2P_VERSION(565, 77, 0) : P2P_VERSION(580, 0, 0));
		return true;
	case P2P_IF_NV_GROUP:
		scene_stack(scene, P2P_STACK_NVIDIA_TOPOLOGY, P2P_PRESENT, 0);
		scene->client.iommu_group = (struct p2p_number){ setting == OPEN ? P2P_DENIED : P2P_PRESENT,
								 setting == FAILS ? 2 : 1 };
		return true;
	case P2P_IF_PEERMEM:
		set_flag(scene, P2P_STACK_PEERMEM, setting);
		set_flag(scene, P2P_STACK_PEER_CLIENTS, setting);
		return true;
	default: return false;
	}
}

static inline void set_list(struct scene *scene, enum setting setting,
			    const struct p2p_function *const **list)
{
	scene->peers[0] = setting == HOLDS ? &scene->client : &scene->other;
	*list = setting == OPEN ? NULL : scene->peers;
	scene->provider.kfd = setting == OPEN ? P2P_DENIED : P2P_PRESENT;
}

/* Facts of AMD's and Intel's drivers. */
static inline bool set_amd(struct scene *scene, enum p2p_condition_id id, enum setting setting)
{
	bool xe = !strcmp(scene->provider_driver, "xe");

	switch (id) {
	case P2P_IF_XGMI:
		set_list(scene, setting, &scene->provider.xgmi_peers);
		set_ids(scene, setting, 0x74a1, 0x744c, 0x66a0);
		return true;
	case P2P_IF_LINKED:
		if (setting == FAILS || strcmp(scene->provider_driver, "amdgpu") != 0)
			return false;
		set_list(scene, setting, &scene->provider.xgmi_peers);
		return true;
	case P2P_IF_XGMI_USED: set_flag(scene, P2P_STACK_AMDGPU_XGMI, setting); return true;
	case P2P_IF_KFD_LINK: set_list(scene, setting, &scene->provider.kfd_peers); return true;
	case P2P_IF_KFD: set_flag(scene, P2P_STACK_AMDGPU_P2P, setting); return true;
	case P2P_IF_LARGE_BAR:
		scene->provider.vram = some(16ll << 30);
		scene->provider.vram_visible = (struct p2p_number){
			setting == OPEN ? P2P_DENIED : P2P_PRESENT, setting == FAILS ? 256 << 20 : 16ll << 30 };
		return true;
	case P2P_IF_VISIBLE:
		scene->provider.vram = some(16ll << 30);
		scene->provider.vram_visible = some(setting == HOLDS ? 16ll << 30 : 256 << 20);
		return setting != FAILS;
	case P2P_IF_MOVE_NOTIFY:
		set_flag(scene, P2P_STACK_MOVE_NOTIFY, setting);
		if (setting != HOLDS)
			scene->machine.release = "6.18.1";
		return true;
	case P2P_IF_PIN_VRAM:
		if (xe) {
			scene_stack(scene, P2P_STACK_XE, P2P_ABSENT, 0);
			set_release(scene, setting, "7.3.4", "6.12.9", "7.0.1");
			scene_stack(scene, P2P_STACK_MOVE_NOTIFY, P2P_PRESENT, 1);
			return true;
		}
		scene_stack(scene, P2P_STACK_AMDGPU, setting == OPEN ? P2P_DENIED : P2P_PRESENT,
			    setting == FAILS ? P2P_VERSION(6, 10, 5) : P2P_VERSION(6, 14, 14));
		return true;
	case P2P_IF_PEER_AMD: set_flag(scene, P2P_STACK_PEER_AMD, setting); return true;
	default: return false;
	}
}

/*
 * Make the facts so that @condition holds, fails, or is not known.  Return: false: it cannot be so.
 * A condition that a row asks and nothing here sets is a fault of this table.
 */
static inline bool scene_set(struct scene *scene, const struct p2p_condition *condition,
			     enum setting setting)
{
	static const enum p2p_map_type maps[] = { P2P_MAP_THRU_HOST_BRIDGE, P2P_MAP_NOT_SUPPORTED,
						  P2P_MAP_UNKNOWN };
	static const enum p2p_fact facts[] = { P2P_PRESENT, P2P_ABSENT, P2P_DENIED };
	static const char *const heads[] = { "nvme0", "nvme0c0n1", NULL };
	static const enum p2p_tri guests[] = { P2P_YES, P2P_NO, P2P_UNKNOWN };

	switch (condition->id) {
	case P2P_IF_NONE: return true;
	case P2P_IF_NEVER: return setting == FAILS;
	case P2P_IF_KERNEL_PAIR: scene->verdict.kernel.map_type = maps[setting]; return true;
	case P2P_IF_OPEN: set_flag(scene, P2P_STACK_NVIDIA_OPEN, setting); return true;
	case P2P_IF_NVFS: set_flag(scene, P2P_STACK_NVFS, setting); return true;
	case P2P_IF_NVFS_NVME:
		set_flag(scene, P2P_STACK_NVFS_NVME, setting);
		set_flag(scene, P2P_STACK_NVFS_NVME_2, setting == HOLDS ? FAILS : setting);
		return true;
	case P2P_IF_RDMA_DEVICE:
		scene->client.rdma.fact = facts[setting];
		if (!strcmp(scene->client_driver, "i40e"))
			scene->client.device = 0x37d0;
		return setting == HOLDS || !is_driver(scene->client_driver, " efa erdma vmw_pvrdma mlx5_ib ");
	case P2P_IF_PEER_UMEM:
		scene->client.efa = setting == OPEN ? P2P_DENIED : P2P_ABSENT;
		if (is_driver(scene->client_driver, " bnxt_en ice i40e idpf erdma mlx4_core ionic "))
			return setting == OPEN;
		if (!strcmp(scene->client_driver, "efa"))
			return setting != HOLDS;
		return setting == (strcmp(scene->client_driver, "mlx5_core") ? FAILS : HOLDS);
	case P2P_IF_DMABUF_MR:
		if (is_driver(scene->client_driver, " hns3 erdma mlx4_core cxgb4 qede vmw_pvrdma "))
			return setting == FAILS;
		if (setting == OPEN)
			scene->machine.release = NULL;
		return setting != FAILS;
	case P2P_IF_GUEST:
		scene->machine.virtual_machine = guests[setting];
		scene->port[0].vendor = setting == OPEN ? 0x1234 : 0x8086;
		return true;
	case P2P_IF_DATA_DIRECT:
		scene->client.ids = setting == OPEN ? P2P_DENIED : P2P_PRESENT;
		scene->client.device = setting == HOLDS ? 0x2100 : 0x1021;
		return true;
	case P2P_IF_NVME_HEAD:
		scene->client.os_names = setting == FAILS ? heads : NULL;
		scene_stack(scene, P2P_STACK_NVME_MULTIPATH, setting == OPEN ? P2P_DENIED : P2P_PRESENT,
			    setting == FAILS);
		if (setting != HOLDS)
			scene->machine.release = "6.12.9";
		return true;
	case P2P_IF_P2PMEM:
	case P2P_IF_P2PMEM_NV: scene->provider.pool.fact = facts[setting]; return true;
	case P2P_IF_CONFIG:
		for (unsigned int i = 0; i < P2P_STACK_FACTS; i++)
			if (!strcmp(p2p_stack_text(i)->where, condition->argument))
				set_flag(scene, i, setting);
		return true;
	case P2P_IF_RELEASE: set_release(scene, setting, "7.3.4", "4.19.1", NULL); return true;
	case P2P_IF_I915_OTHER:
		scene_stack(scene, P2P_STACK_I915, setting == FAILS ? P2P_ABSENT : P2P_DENIED, 0);
		return setting != HOLDS;
	case P2P_IF_HEADER_SPLIT: return setting == (strcmp(scene->client.driver, "fbnic") ? OPEN : HOLDS);
	case P2P_IF_DEVMEM: set_release(scene, setting, "7.3.4", "6.12.9", "6.16.1"); return true;
	case P2P_IF_REVOCABLE:
		if (!strcmp(scene->client_driver, "mlx5_core"))
			return setting == HOLDS;
		if (!is_driver(scene->client_driver, " ice i40e idpf "))
			return setting == FAILS;
		set_release(scene, setting, "7.3.4", "7.2.9", NULL);
		return true;
	case P2P_IF_EFA:
		scene->client.efa_provider = setting == HOLDS ? condition->argument :
					     setting == FAILS ? "other" : NULL;
		return true;
	default:
		return set_nvidia(scene, condition->id, setting) ||
		       set_amd(scene, condition->id, setting);
	}
}

#endif

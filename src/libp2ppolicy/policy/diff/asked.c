/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hashes of the facts that answers depend on, of which diff shows some and compares the others only by what
 * follows from them: what ways and the speed model read of a function, of the way above it and of the machine.
 */
#include "policy/diff/diff.h"
#include "policy/link.h"
#include "verdict/eval.h"
#include "verdict/score/score.h"
#include "verdict/ways/ways.h"

/* FNV-1a over the bytes of a 64-bit word. */
uint64_t p2p_diff_hash(uint64_t hash, uint64_t value)
{
	for (unsigned int i = 0; i < 64; i += 8)
		hash = (hash ^ (value >> i & 0xff)) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t add_text(uint64_t hash, const char *text)
{
	while (text && *text)
		hash = p2p_diff_hash(hash, (unsigned char)*text++);
	return p2p_diff_hash(hash, text ? 0x100 : 0x101);
}

/* The value of a fact that is not there means nothing. */
static uint64_t add_number(uint64_t hash, struct p2p_number number)
{
	hash = p2p_diff_hash(hash, (uint64_t)number.fact);
	return p2p_diff_hash(hash, number.fact == P2P_PRESENT ? (uint64_t)number.value : 0);
}

static uint64_t add_peers(uint64_t hash, const struct p2p_function *const *peers)
{
	for (; peers && *peers; peers++)
		hash = p2p_diff_hash(hash, (uint64_t)(*peers)->bdf.domain << 16 | (uint64_t)(*peers)->bdf.bus << 8 |
				     (*peers)->bdf.devfn);
	return p2p_diff_hash(hash, UINT64_MAX);
}

/* Only the names of NVIDIA's boards tell something that their ids may not: the chip, and whether it is a GeForce. */
static const char *telling_name(const struct p2p_function *function)
{
	return function->ids == P2P_PRESENT && function->vendor == 0x10de ? function->device_name : NULL;
}

uint64_t p2p_diff_software(uint64_t hash, const struct p2p_function *function)
{
	hash = add_text(add_text(hash, function->driver), function->iommu_type);
	hash = add_number(add_number(hash, function->vram), function->vram_visible);
	hash = add_number(add_number(hash, function->clique), function->port_mbps);
	hash = add_text(p2p_diff_hash(hash, function->efa), function->efa_provider);
	hash = add_peers(add_peers(hash, function->kfd_peers), function->xgmi_peers);
	hash = p2p_diff_hash(hash, function->xgmi_peers != NULL);
	hash = add_text(hash, telling_name(function));
	hash = p2p_diff_hash(hash, (uint64_t)p2p_nvme_has_head(function) << 8 |
			     (uint64_t)p2p_gpu_large_bar(function) << 4 | (uint64_t)function->rdma.fact);
	hash = p2p_diff_hash(hash, (uint64_t)(function->physfn != NULL) << 1 | (uint64_t)function->had_group);
	hash = p2p_diff_hash(hash, (uint64_t)function->iommu_group.fact << 4 | (uint64_t)function->ari);
	return p2p_diff_hash(hash, (uint64_t)function->kfd << 8 | (uint64_t)function->pool.fact << 4 |
			     (uint64_t)function->driver_fact);
}

/* What ways and the speed model read of a function because a transfer passes it. */
static uint64_t add_step(uint64_t hash, const struct p2p_function *function)
{
	const struct p2p_pcie *pcie = &function->pcie;
	const struct p2p_acs *acs = &function->acs;

	hash = p2p_diff_hash(hash, (uint64_t)pcie->most.speed_mtps << 32 | pcie->most.width);
	hash = p2p_diff_hash(hash, (uint64_t)pcie->mps_bytes << 32 | pcie->mrrs_bytes);
	hash = p2p_diff_hash(hash, (uint64_t)pcie->relaxed_ordering | (uint64_t)pcie->extended_tags << 1 |
			     (uint64_t)pcie->tags_10bit << 2 | (uint64_t)pcie->flit << 3 |
			     (uint64_t)pcie->fact << 4 | (uint64_t)pcie->link << 6 |
			     (uint64_t)pcie->second << 8 | (uint64_t)pcie->type << 12);
	hash = p2p_diff_hash(hash, (uint64_t)acs->fact << 4 | (uint64_t)acs->kernel_fact << 2 | (uint64_t)acs->upper);
	if (acs->fact == P2P_PRESENT)
		hash = p2p_diff_hash(hash, (uint64_t)acs->control << 32 | acs->capability);
	if (acs->kernel_fact == P2P_PRESENT)
		hash = p2p_diff_hash(hash, acs->kernel_control);
	return p2p_diff_hash(hash, (uint64_t)function->ids << 48 | (uint64_t)function->kind << 40 |
			     (uint64_t)function->orphan << 36 | (uint64_t)function->missing << 35 |
			     (uint64_t)function->emulated << 34 |
			     (uint64_t)function->vendor << 16 | function->device);
}

uint64_t p2p_diff_way(uint64_t hash, const struct p2p_eval *eval, const struct p2p_function *function)
{
	const struct p2p_root *root = &eval->roots[function->host->index].root;

	hash = p2p_diff_software(hash, function);
	for (; function; function = function->parent) {
		const struct p2p_link *now = &function->pcie.now;

		hash = add_step(hash, function);
		hash = p2p_diff_hash(hash, (uint64_t)now->speed_mtps << 32 | now->width);
		hash = p2p_diff_hash(hash, function->parent && p2p_link_may_idle(function));
	}
	hash = p2p_diff_hash(hash, (uint64_t)root->fact);
	return root->device ? p2p_diff_hash(hash, (uint64_t)root->device->ids << 32 |
					    (uint64_t)root->device->vendor << 16 | root->device->device) : hash;
}

/* A port has the link below it, and a link that idles counts with its full speed. */
void p2p_shape_add_asked(struct p2p_shape *shape, const struct p2p_function *function)
{
	struct p2p_link_view view = p2p_link_look(function);
	uint64_t hash = add_step(p2p_diff_software(0, function), function);

	if (view.idle)
		view.now.speed_mtps = view.most.speed_mtps;
	hash = p2p_diff_hash(hash, (uint64_t)view.now.speed_mtps << 32 | view.now.width);
	p2p_shape_add(shape, &hash, sizeof(hash));
}

void p2p_shape_add_stack(struct p2p_shape *shape, const struct p2p_machine *machine)
{
	uint64_t hash = 0;

	for (unsigned int i = 0; i < P2P_STACK_FACTS; i++)
		hash = add_number(hash, machine->stack[i]);
	hash = p2p_diff_hash(hash, p2p_is_client_part(machine));
	hash = p2p_diff_hash(hash, (uint64_t)machine->iommu_translates << 32 | machine->numa_nodes);
	p2p_shape_add(shape, &hash, sizeof(hash));
}

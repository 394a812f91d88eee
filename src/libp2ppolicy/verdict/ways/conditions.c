/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does a condition of a way hold?  Each predicate returns "unknown" if a fact it needs is unknown. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "verdict/ways/ways.h"

static const struct p2p_condition_template templates[P2P_IFS] = {
#define CONDITION(id, name, held, refused, unknown, cure) \
	[P2P_IF_##id] = { name, held, refused, unknown, cure },
#include "verdict/ways/conditions.def"
#undef CONDITION
};

const struct p2p_condition_template *p2p_condition_template(enum p2p_condition_id condition)
{
	return condition < P2P_IFS ? &templates[condition] : NULL;
}

static enum p2p_tri as_tri(bool answer)
{
	return answer ? P2P_YES : P2P_NO;
}

static enum p2p_tri not(enum p2p_tri answer)
{
	return answer == P2P_UNKNOWN ? answer : as_tri(answer == P2P_NO);
}

/* A fact of stack.def that is 0 or 1; ABSENT means 0. */
static enum p2p_tri flag(const struct p2p_verdict *verdict, enum p2p_stack_fact fact)
{
	const struct p2p_number *number = p2p_stack(verdict, fact);

	return number->fact == P2P_DENIED ? P2P_UNKNOWN :
	       as_tri(number->fact == P2P_PRESENT && number->value != 0);
}

/* Is it this kernel release or newer?  P2P_UNKNOWN if the release is not recorded. */
static enum p2p_tri release_from(const struct p2p_verdict *verdict, unsigned int release)
{
	unsigned int number;

	if (p2p_release_parse(verdict->machine->release, &number) < 0)
		return P2P_UNKNOWN;
	return as_tri(number >= release);
}

/* Compare a driver's own version, or the kernel's release if it is the in-tree driver. */
static enum p2p_tri version_from(const struct p2p_verdict *verdict, enum p2p_stack_fact fact,
				 int64_t version, unsigned int release)
{
	const struct p2p_number *number = p2p_stack(verdict, fact);

	if (number->fact == P2P_PRESENT)
		return as_tri(number->value >= version);
	return number->fact == P2P_ABSENT ? release_from(verdict, release) : P2P_UNKNOWN;
}

static enum p2p_tri ask_kernel(const struct p2p_verdict *verdict)
{
	return verdict->kernel.map_type == P2P_MAP_UNKNOWN ? P2P_UNKNOWN :
	       as_tri(verdict->kernel.map_type != P2P_MAP_NOT_SUPPORTED);
}

/* drivers/infiniband/hw/mlx5/data_direct.c: memory regions for such mappings are created on 15b3:2100. */
static enum p2p_tri is_data_direct(const struct p2p_function *client)
{
	return client->ids != P2P_PRESENT ? P2P_UNKNOWN :
	       as_tri(client->vendor == 0x15b3 && client->device == 0x2100);
}

/*
 * A network driver binds without its RDMA part.  Those named here are RDMA drivers themselves, and do not bind
 * without their device; that of a Data Direct function is its adapter's.  Of i40e's adapters, only the X722
 * has RDMA: i40e_type.h, I40E_HW_CAP_IWARP.
 */
static enum p2p_tri ask_rdma_device(const struct p2p_function *client)
{
	static const char *const own[] = { "efa", "erdma", "vmw_pvrdma", "mlx5_ib" };
	bool x722 = (client->device >= 0x37ce && client->device <= 0x37d3) || client->device == 0x0dda;

	if (client->rdma.fact == P2P_PRESENT || is_data_direct(client) == P2P_YES)
		return P2P_YES;
	for (size_t i = 0; i < P2P_LENGTH(own); i++)
		if (!strcmp(client->driver, own[i]))
			return P2P_YES;
	if (!strcmp(client->driver, "i40e") && client->ids == P2P_PRESENT && !x722)
		return P2P_NO;
	return client->rdma.fact == P2P_ABSENT ? P2P_NO : P2P_UNKNOWN;
}

/* The release in which each driver got reg_user_mr_dmabuf; drivers/infiniband/hw. */
static enum p2p_tri ask_dmabuf_mr(const struct p2p_verdict *verdict)
{
	static const struct { const char *driver; unsigned int release; } since[] = {
		{ "mlx5_core", P2P_KERNEL(5, 12) }, { "mlx5_ib", P2P_KERNEL(6, 12) }, { "efa", P2P_KERNEL(5, 15) },
		{ "ice", P2P_KERNEL(6, 5) }, { "i40e", P2P_KERNEL(6, 5) },
		{ "idpf", P2P_KERNEL(6, 18) }, { "bnxt_en", P2P_KERNEL(6, 8) },
		{ "mana", P2P_KERNEL(6, 13) }, { "ionic", P2P_KERNEL(6, 18) },
	};
	const char *driver = verdict->client->driver;
	enum p2p_tri odp = flag(verdict, P2P_STACK_ODP);

	for (size_t i = 0; i < P2P_LENGTH(since); i++) {
		enum p2p_tri new;

		if (strcmp(since[i].driver, driver) != 0)
			continue;
		new = release_from(verdict, since[i].release);
		/* An older kernel may use a newer out-of-tree driver. */
		new = new == P2P_NO ? P2P_UNKNOWN : new;
		return !strncmp(driver, "mlx5_", 5) && odp == P2P_NO ? P2P_UNKNOWN : new;
	}
	return P2P_NO;
}

static enum p2p_tri nv_from(const struct p2p_verdict *verdict, int64_t branch)
{
	return version_from(verdict, P2P_STACK_NVIDIA, P2P_VERSION(branch, 0, 0), ~0u);
}

/*
 * The effect of GrdmaPciTopoCheckOverride where it is evaluated: 1 allows and 2 denies, regardless of the
 * topology.  Return: P2P_UNKNOWN if it is not set or could not be read; @ret_open tells the latter.
 */
static enum p2p_tri override(const struct p2p_verdict *verdict, bool *ret_open)
{
	const struct p2p_number *option = p2p_stack(verdict, P2P_STACK_NVIDIA_TOPOLOGY);

	*ret_open = option->fact == P2P_DENIED;
	return option->fact != P2P_PRESENT ? P2P_UNKNOWN :
	       option->value == 1 ? P2P_YES : option->value == 2 ? P2P_NO : P2P_UNKNOWN;
}

/* @then if @when holds, P2P_YES if not; unknown if @when is unknown and matters. */
static enum p2p_tri only_if(enum p2p_tri when, enum p2p_tri then)
{
	return when == P2P_NO ? P2P_YES : when == P2P_YES || then == P2P_YES ? then : P2P_UNKNOWN;
}

/* ogkm nv-pci.c nv_grdma_pci_topology_supported(), from 580 on; earlier drivers have no such check. */
static enum p2p_tri ask_nv_chipset(const struct p2p_verdict *verdict)
{
	const struct p2p_root *root = &verdict->kernel.client_root;
	bool open;
	enum p2p_tri set = override(verdict, &open), topology;

	if (p2p_nvidia_coherent(verdict->provider) == P2P_YES)
		return P2P_YES;
	topology = verdict->kernel.common ? P2P_YES :
		   !root->device || root->device->ids != P2P_PRESENT ? P2P_UNKNOWN :
		   as_tri(!p2p_nvidia_is_picky(root->device));
	if (set != P2P_UNKNOWN)
		topology = set;
	else if (open)	/* it may either allow or deny */
		topology = P2P_UNKNOWN;
	return only_if(nv_from(verdict, 580), topology);
}

/* ForceP2P=0x11 grants reads and writes, even if other checks refuse. */
static enum p2p_tri forced(const struct p2p_verdict *verdict)
{
	const struct p2p_number *force = p2p_stack(verdict, P2P_STACK_NVIDIA_FORCE_P2P);

	if (force->fact == P2P_DENIED)
		return P2P_UNKNOWN;
	return as_tri(force->fact == P2P_PRESENT && (force->value & 0x33) == 0x11);
}

/* ForceP2P: bits 1:0 are for reads, 5:4 for writes; 0 forbids them and 2 leaves them to the driver. */
static enum p2p_tri ask_registry(const struct p2p_verdict *verdict)
{
	const struct p2p_number *force = p2p_stack(verdict, P2P_STACK_NVIDIA_FORCE_P2P);

	/* If it is not recorded, it is assumed not to be set: NVIDIA does not document the key. */
	return as_tri(force->fact != P2P_PRESENT || ((force->value & 0x03) && (force->value & 0x30)));
}

/*
 * "GA102GL [RTX A6000]": the first word is the chip.  GL marks a professional board and is dropped; the M of
 * mobile ones is kept, since the driver refuses mixed pairs.
 */
static size_t chip_size(const char *name)
{
	size_t size = strcspn(name, " ");

	return size > 2 && !strncmp(name + size - 2, "GL", 2) ? size - 2 : size;
}

/* ogkm osmemdesc.c osCreateOsDescriptorFromIoMemory(): without the key, only for a program of root. */
static enum p2p_tri ask_peer_map(const struct p2p_verdict *verdict)
{
	const struct p2p_number *key = p2p_stack(verdict, P2P_STACK_NVIDIA_PEER_MAP);

	return key->fact == P2P_PRESENT && key->value ? P2P_YES : P2P_UNKNOWN;
}

static enum p2p_tri ask_same_chip(const struct p2p_verdict *verdict)
{
	const struct p2p_function *a = verdict->provider, *b = verdict->client;
	size_t size;

	if (a->ids != P2P_PRESENT || b->ids != P2P_PRESENT)
		return P2P_UNKNOWN;
	if (a->device == b->device || forced(verdict) == P2P_YES)
		return P2P_YES;
	if (!a->device_name || !b->device_name)
		return P2P_UNKNOWN;
	size = chip_size(a->device_name);
	return as_tri(size == chip_size(b->device_name) &&
		      !strncmp(a->device_name, b->device_name, size));
}

static enum p2p_tri ask_ioh(const struct p2p_verdict *verdict)
{
	const struct p2p_function *a = p2p_function_top(verdict->provider);
	const struct p2p_function *b = p2p_function_top(verdict->client);

	if (verdict->provider->orphan || verdict->client->orphan || a->ids != P2P_PRESENT ||
	    b->ids != P2P_PRESENT)
		return P2P_UNKNOWN;
	if (!p2p_nvidia_is_ioh(a) || !p2p_nvidia_is_ioh(b) ||
	    (a->bdf.domain == b->bdf.domain && a->bdf.bus == b->bdf.bus))
		return P2P_YES;
	return forced(verdict) == P2P_YES ? P2P_YES : P2P_NO;
}

/* GeForce cards from Turing on; older ones were granted peer access. */
static enum p2p_tri refused_model(const struct p2p_function *function)
{
	return function->ids == P2P_PRESENT && function->device < 0x1e00 ? P2P_NO :
	       p2p_nvidia_geforce(function);
}

/* What is decided by chipset and model is in closed code; only for GeForce cards it is known. */
static enum p2p_tri ask_nv_class(const struct p2p_verdict *verdict)
{
	enum p2p_tri one = refused_model(verdict->provider);
	enum p2p_tri other = refused_model(verdict->client);

	if (forced(verdict) == P2P_YES)
		return P2P_YES;
	return not(p2p_tri_or(one, other));
}

static enum p2p_tri ask_clique(const struct p2p_verdict *verdict)
{
	const struct p2p_number *a = &verdict->provider->clique, *b = &verdict->client->clique;

	if (p2p_is_guest(verdict) == P2P_NO || a->fact == P2P_ABSENT || b->fact == P2P_ABSENT)
		return P2P_NO;
	if (a->fact == P2P_DENIED || b->fact == P2P_DENIED)
		return P2P_UNKNOWN;
	return as_tri(a->value == b->value);
}

static enum p2p_tri same_group(const struct p2p_number *a, const struct p2p_number *b)
{
	if (a->fact == P2P_DENIED || b->fact == P2P_DENIED)
		return P2P_UNKNOWN;
	return as_tri(a->fact == b->fact && (a->fact == P2P_ABSENT || a->value == b->value));
}

/*
 * ogkm nv-pci.c nv_pci_is_valid_topology_for_direct_pci().  It compares pointers: without an IOMMU both are
 * NULL, and equal.  595 no longer evaluates the override; 570 and 575 treat any value of it as "allow".
 */
static enum p2p_tri ask_nv_group(const struct p2p_verdict *verdict)
{
	const struct p2p_number *option = p2p_stack(verdict, P2P_STACK_NVIDIA_TOPOLOGY);
	enum p2p_tri same = same_group(&verdict->provider->iommu_group,
				       &verdict->client->iommu_group);
	enum p2p_tri looks = not(nv_from(verdict, 595)), denies = nv_from(verdict, 580), set;

	if (looks == P2P_NO || option->fact == P2P_ABSENT ||
	    (option->fact == P2P_PRESENT && !option->value))
		return same;
	set = option->fact == P2P_DENIED ? P2P_UNKNOWN : option->value != 2 ? P2P_YES :
	      denies == P2P_UNKNOWN ? P2P_UNKNOWN : not(denies);
	return looks == P2P_YES || set == same ? set : P2P_UNKNOWN;
}

/* A registered client proves it; without the peer interface, a loaded module registers nothing. */
static enum p2p_tri ask_peermem(const struct p2p_verdict *verdict)
{
	enum p2p_tri registered = flag(verdict, P2P_STACK_PEER_NVIDIA);
	enum p2p_tri loaded = flag(verdict, P2P_STACK_PEERMEM);

	if (registered == P2P_YES || loaded == P2P_NO)
		return registered == P2P_YES ? P2P_YES : P2P_NO;
	return loaded == P2P_YES && flag(verdict, P2P_STACK_PEER_CLIENTS) == P2P_YES ? P2P_YES :
	       P2P_UNKNOWN;
}

/*
 * Memory of a peer client is registered by ib_umem_get_peer() of MLNX_OFED's ib_core.  Its mlx5_ib calls it;
 * vendors' own builds of the second kind may, and drivers of the kernel's tree never do.  EFA's build from outside
 * the tree, which has an attribute for it, brings an interface of its own.
 */
static enum p2p_tri ask_peer_umem(const struct p2p_verdict *verdict)
{
	static const char builds[] = " bnxt_en ice i40e idpf erdma mlx4_core ionic ";
	const struct p2p_function *client = verdict->client;
	char word[40];

	if (!strcmp(client->driver, "mlx5_core"))
		return P2P_YES;
	snprintf(word, sizeof(word), " %s ", client->driver);
	if (strstr(builds, word))
		return P2P_UNKNOWN;
	return !strcmp(client->driver, "efa") && client->efa != P2P_ABSENT ? P2P_UNKNOWN : P2P_NO;
}

static enum p2p_tri ask_p2pmem(const struct p2p_verdict *verdict)
{
	enum p2p_fact pool = verdict->provider->pool.fact;

	return pool == P2P_DENIED ? P2P_UNKNOWN : as_tri(pool == P2P_PRESENT);
}

/*
 * drivers/nvme/host/core.c, nvme_alloc_ns(): below a multipath head the disk of a path is hidden and called
 * nvme0c0n1; without a head it is nvme0n1.
 */
enum p2p_tri p2p_nvme_has_head(const struct p2p_function *nvme)
{
	const char *const *name = nvme->os_names;
	unsigned int controller, path, disk;
	enum p2p_tri head = P2P_UNKNOWN;

	for (; name && *name; name++) {
		if (sscanf(*name, "nvme%uc%un%u", &controller, &path, &disk) == 3)
			return P2P_YES;
		if (sscanf(*name, "nvme%un%u", &controller, &disk) == 2)
			head = P2P_NO;
	}
	return head;
}

/*
 * A head got BLK_FEAT_PCI_P2PDMA between 6.12 and 7.2; drivers/nvme/host/multipath.c.  With multipath=Y only
 * drives that more than one controller may reach have a head, which the parameter does not tell.
 */
static enum p2p_tri ask_head(const struct p2p_verdict *verdict)
{
	const struct p2p_number *option = p2p_stack(verdict, P2P_STACK_NVME_MULTIPATH);
	enum p2p_tri head = p2p_nvme_has_head(verdict->client);

	if (head == P2P_NO || release_from(verdict, P2P_KERNEL(7, 2)) == P2P_YES)
		return P2P_YES;
	if (head == P2P_YES)
		return release_from(verdict, P2P_KERNEL(6, 13)) == P2P_NO ? P2P_NO : P2P_UNKNOWN;
	return option->fact == P2P_ABSENT || (option->fact == P2P_PRESENT && !option->value) ? P2P_YES :
	       P2P_UNKNOWN;
}

static bool is_among(const struct p2p_function *const *peers, const struct p2p_function *function)
{
	for (; peers && *peers; peers++)
		if (*peers == function)
			return true;
	return false;
}

/* A missing link tells what the kernel that runs refused, not what another one would. */
static enum p2p_tri ask_kfd_link(const struct p2p_verdict *verdict)
{
	const struct p2p_function *provider = verdict->provider;

	if (provider->kfd != P2P_PRESENT)
		return P2P_UNKNOWN;
	if (is_among(provider->kfd_peers, verdict->client))
		return P2P_YES;
	return verdict->eval && !verdict->eval->own ? P2P_UNKNOWN : P2P_NO;
}

/* amdgpu's own list proves it; without it the boards tell. */
static enum p2p_tri ask_xgmi(const struct p2p_verdict *verdict)
{
	const struct p2p_function *provider = verdict->provider;

	if (provider->xgmi_peers)
		return as_tri(is_among(provider->xgmi_peers, verdict->client));
	return p2p_tri_and(p2p_amd_has_xgmi(provider), p2p_amd_has_xgmi(verdict->client));
}

/*
 * Boards designed for links may be used alone, be divided among guests, or wait for a fabric manager.  amdgpu
 * reports which ones it found linked; for NVLink there is no such file.
 */
static enum p2p_tri ask_linked(const struct p2p_verdict *verdict)
{
	return is_among(verdict->provider->xgmi_peers, verdict->client) ? P2P_YES : P2P_UNKNOWN;
}

/* A driver without the option always uses xGMI. */
static enum p2p_tri ask_xgmi_used(const struct p2p_verdict *verdict)
{
	const struct p2p_number *option = p2p_stack(verdict, P2P_STACK_AMDGPU_XGMI);

	return option->fact == P2P_DENIED ? P2P_UNKNOWN :
	       as_tri(option->fact == P2P_ABSENT || option->value);
}

/* The parameter exists only if the option is built in. */
static enum p2p_tri ask_kfd(const struct p2p_verdict *verdict)
{
	const struct p2p_number *option = p2p_stack(verdict, P2P_STACK_AMDGPU_P2P);
	enum p2p_tri built = flag(verdict, P2P_STACK_HSA_AMD_P2P);

	if (option->fact == P2P_PRESENT)
		return as_tri(option->value != 0);
	return built == P2P_NO || option->fact == P2P_ABSENT ? P2P_NO : P2P_UNKNOWN;
}

/* Is the BAR as large as it can be made?  PCIe r6.0, sec 7.8.6, "Resizable BAR Extended Capability". */
static bool is_largest(const struct p2p_bar *bar)
{
	return bar->rebar.fact == P2P_PRESENT && bar->rebar.sizes && bar->size_bytes >> 20 &&
	       !(bar->rebar.sizes & ~(bar->size_bytes >> 20 | ((bar->size_bytes >> 20) - 1)));
}

/*
 * Ask the driver, or look at the BARs: 256 MiB are too small for any GPU that is affected, and one that could not
 * be made larger, or is as large as the memory of any board with this id, shows all of it.
 */
enum p2p_tri p2p_gpu_large_bar(const struct p2p_function *provider)
{
	const struct p2p_number *total = &provider->vram, *visible = &provider->vram_visible;
	uint64_t memory = p2p_gpu_memory(provider);
	const struct p2p_bar *largest = NULL;

	if (total->fact == P2P_PRESENT && visible->fact == P2P_PRESENT)
		return as_tri(visible->value >= total->value);
	for (size_t i = 0; i < P2P_BARS; i++) {
		if (provider->bar[i].fact == P2P_DENIED)
			return P2P_UNKNOWN;
		if (provider->bar[i].fact == P2P_PRESENT &&
		    (!largest || provider->bar[i].size_bytes > largest->size_bytes))
			largest = &provider->bar[i];
	}
	if (!largest || largest->size_bytes <= 256u << 20)
		return P2P_NO;
	return is_largest(largest) || (memory && largest->size_bytes >= memory) ? P2P_YES : P2P_UNKNOWN;
}

/*
 * The option was removed between 6.12 and 7.2, and what it controlled is always built in since.  A kernel that
 * says that it is not set has it.  Without it dma_buf_map_attachment() pins the buffer for every importer, in
 * system memory: xe_dma_buf_pin(), and amdgpu_dma_buf_pin() even where it would pin VRAM ("drm/amdgpu: Don't pin
 * VRAM without DMABUF_MOVE_NOTIFY", April 2025).
 */
static enum p2p_tri ask_move_notify(const struct p2p_verdict *verdict)
{
	enum p2p_tri built = flag(verdict, P2P_STACK_MOVE_NOTIFY);

	return built != P2P_UNKNOWN ? built :
	       release_from(verdict, P2P_KERNEL(7, 2)) == P2P_YES ? P2P_YES : P2P_UNKNOWN;
}

/* Yes from @since on, no before @before; the sources in between were not read. */
static enum p2p_tri release_between(const struct p2p_verdict *verdict, unsigned int before,
				    unsigned int since)
{
	enum p2p_tri new = release_from(verdict, since);

	return new != P2P_NO ? new : release_from(verdict, before) == P2P_NO ? P2P_NO : P2P_UNKNOWN;
}

/* An out-of-tree xe is not known.  amdgpu: f5e7fabd1f5c. */
static enum p2p_tri ask_pin_vram(const struct p2p_verdict *verdict)
{
	const struct p2p_number *xe = p2p_stack(verdict, P2P_STACK_XE);

	if (!strcmp(verdict->provider->driver, "xe"))
		return xe->fact != P2P_ABSENT ? P2P_UNKNOWN :
		       release_between(verdict, P2P_KERNEL(6, 13), P2P_KERNEL(7, 2));
	return version_from(verdict, P2P_STACK_AMDGPU, P2P_VERSION(6, 14, 14), P2P_KERNEL(6, 16));
}

/* vfio-pci requires importers that can revoke a mapping: mlx5 but for Data Direct, and irdma from 7.3 on. */
static enum p2p_tri ask_revocable(const struct p2p_verdict *verdict)
{
	static const char *const irdma[] = { "ice", "i40e", "idpf" };

	if (!strcmp(verdict->client->driver, "mlx5_core"))
		return P2P_YES;
	for (size_t i = 0; i < P2P_LENGTH(irdma); i++)
		if (!strcmp(verdict->client->driver, irdma[i]))
			return release_from(verdict, P2P_KERNEL(7, 3));
	return P2P_NO;
}

static enum p2p_tri ask_config(const struct p2p_verdict *verdict, const char *option)
{
	for (unsigned int i = 0; i < P2P_STACK_FACTS; i++)
		if (!strcmp(p2p_stack_text(i)->where, option))
			return flag(verdict, i);
	return P2P_UNKNOWN;
}

static enum p2p_tri ask_efa(const struct p2p_verdict *verdict, const char *provider)
{
	const struct p2p_function *efa = verdict->client;

	if (!efa->efa_provider)
		return P2P_UNKNOWN;	/* the in-tree driver has no such attribute */
	return as_tri(!strncasecmp(efa->efa_provider, provider, strlen(provider)));
}

/* Intel's backports for Flex and Max were not read. */
static enum p2p_tri ask_i915_other(const struct p2p_verdict *verdict)
{
	return p2p_stack(verdict, P2P_STACK_I915)->fact == P2P_ABSENT ? P2P_NO : P2P_UNKNOWN;
}

enum p2p_tri p2p_condition_ask(const struct p2p_verdict *verdict, const struct p2p_condition *condition)
{
	const struct p2p_function *provider = verdict->provider, *client = verdict->client;

	switch (condition->id) {
	case P2P_IF_KERNEL_PAIR: return ask_kernel(verdict);
	case P2P_IF_OPEN: return flag(verdict, P2P_STACK_NVIDIA_OPEN);
	case P2P_IF_RDMA_DEVICE: return ask_rdma_device(client);
	case P2P_IF_PEER_UMEM: return ask_peer_umem(verdict);
	case P2P_IF_DMABUF_MR: return ask_dmabuf_mr(verdict);
	case P2P_IF_NV_CHIPSET: return ask_nv_chipset(verdict);
	case P2P_IF_NOT_VF: return as_tri(!provider->physfn && !client->physfn);
	case P2P_IF_NV_REGISTRY: return ask_registry(verdict);
	case P2P_IF_NV_PEER_MAP: return ask_peer_map(verdict);
	case P2P_IF_NV_SAME_CHIP: return ask_same_chip(verdict);
	case P2P_IF_NV_IOH: return ask_ioh(verdict);
	case P2P_IF_NV_CLASS: return ask_nv_class(verdict);
	case P2P_IF_NVLINK:
		return p2p_tri_and(p2p_nvidia_nvlink(provider), p2p_nvidia_nvlink(client));
	case P2P_IF_LINKED: return ask_linked(verdict);
	case P2P_IF_GUEST: return p2p_is_guest(verdict);
	case P2P_IF_CLIQUE: return ask_clique(verdict);
	case P2P_IF_DATA_DIRECT: return is_data_direct(client);
	case P2P_IF_COHERENT: return p2p_nvidia_coherent(provider);
	case P2P_IF_NV_FORCE_PCIE: return p2p_nvidia_maps_over_pcie(provider);
	case P2P_IF_NV_GROUP: return ask_nv_group(verdict);
	case P2P_IF_PEERMEM: return ask_peermem(verdict);
	case P2P_IF_NV_PRO: return not(p2p_nvidia_geforce(provider));
	/* The kernel modules have no such check; the library above them is closed. */
	case P2P_IF_NV_EXPORTS:
		return p2p_nvidia_geforce(provider) == P2P_NO ? P2P_YES : P2P_UNKNOWN;
	case P2P_IF_P2PMEM:
	case P2P_IF_P2PMEM_NV: return ask_p2pmem(verdict);
	case P2P_IF_NVME_HEAD: return ask_head(verdict);
	case P2P_IF_NVFS: return flag(verdict, P2P_STACK_NVFS);
	case P2P_IF_NVFS_NVME:
		return p2p_tri_or(flag(verdict, P2P_STACK_NVFS_NVME),
				  flag(verdict, P2P_STACK_NVFS_NVME_2));
	case P2P_IF_XGMI: return ask_xgmi(verdict);
	case P2P_IF_XGMI_USED: return ask_xgmi_used(verdict);
	case P2P_IF_KFD_LINK: return ask_kfd_link(verdict);
	case P2P_IF_KFD: return ask_kfd(verdict);
	case P2P_IF_LARGE_BAR: return p2p_gpu_large_bar(provider);
	/* amdgpu_dma_buf_map() sets CPU_ACCESS_REQUIRED, so the buffer goes where the BAR shows it, if there is room. */
	case P2P_IF_VISIBLE: return p2p_gpu_large_bar(provider) == P2P_YES ? P2P_YES : P2P_UNKNOWN;
	case P2P_IF_MOVE_NOTIFY: return ask_move_notify(verdict);
	case P2P_IF_PIN_VRAM: return ask_pin_vram(verdict);
	case P2P_IF_I915_OTHER: return ask_i915_other(verdict);
	case P2P_IF_DEVMEM: return release_between(verdict, P2P_KERNEL(6, 13), P2P_KERNEL(7, 2));
	/* fbnic always can; for the others hardware, firmware or host decide. */
	case P2P_IF_HEADER_SPLIT: return strcmp(verdict->client->driver, "fbnic") ? P2P_UNKNOWN : P2P_YES;
	case P2P_IF_REVOCABLE: return ask_revocable(verdict);
	case P2P_IF_PEER_AMD: return flag(verdict, P2P_STACK_PEER_AMD);
	case P2P_IF_CONFIG: return ask_config(verdict, condition->argument);
	case P2P_IF_RELEASE: return release_from(verdict, (unsigned int)condition->number);
	case P2P_IF_NV_BRANCH: return nv_from(verdict, condition->number);
	case P2P_IF_EFA: return ask_efa(verdict, condition->argument);
	case P2P_IF_NEVER: return P2P_NO;
	case P2P_IF_NONE:
	case P2P_IFS: break;
	}
	return P2P_YES;
}

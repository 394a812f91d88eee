/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/p2pgate.h>
#include <p2ppolicy/gate.h>

#include "base/context.h"
#include "base/plain.h"

struct p2p_gate {
	int fd;
};

_Static_assert(P2P_GATE_REASONS <= P2PGATE_REASONS, "every reason has a counter");
_Static_assert((int)P2P_GATE_OFF == P2PGATE_OFF && (int)P2P_GATE_OBSERVE == P2PGATE_OBSERVE &&
	       (int)P2P_GATE_ENFORCE == P2PGATE_ENFORCE, "modes are the module's");

static const char *const mode_names[P2P_GATE_MODES] = {
	[P2P_GATE_OFF] = "off",
	[P2P_GATE_OBSERVE] = "observe",
	[P2P_GATE_ENFORCE] = "enforce",
};

static const char *const reason_names[P2P_GATE_REASONS] = {
	[P2PGATE_LISTED] = "listed",
	[P2PGATE_SELF] = "self",
	[P2PGATE_PROMOTED] = "promoted",
	[P2PGATE_NOT_LISTED] = "not_listed",
	[P2PGATE_NOT_PCI] = "not_pci",
	[P2PGATE_NO_PROVIDER] = "no_provider",
	[P2PGATE_RECURSION] = "recursion",
};

static const struct {
	uint32_t bit;
	const char *name;
} hook_names[] = {
	{ P2PGATE_HOOK_DISTANCE, "pci_p2pdma_distance_many" },
	{ P2PGATE_HOOK_MAP_SEGMENT, "pci_p2pdma_map_segment" },
	{ P2PGATE_HOOK_UPDATE_STATE, "__pci_p2pdma_update_state" },
	{ P2PGATE_HOOK_MAP_TYPE, "pci_p2pdma_map_type" },
	{ P2PGATE_HOOK_RESOURCE, "dma_map_resource" },
	{ P2PGATE_HOOK_REQUEST, "blk_rq_dma_map_iter_start" },
	{ P2PGATE_HOOK_METADATA, "blk_rq_integrity_dma_map_iter_start" },
	{ P2PGATE_HOOK_MAP_SG, "iommu_dma_map_sg" },
};

const char *p2p_gate_mode_name(enum p2p_gate_mode mode)
{
	return (unsigned int)mode < P2P_GATE_MODES ? mode_names[mode] : NULL;
}

int p2p_gate_mode_parse(const char *name, enum p2p_gate_mode *ret_mode)
{
	for (unsigned int i = 0; i < P2P_GATE_MODES; i++) {
		if (strcmp(name, mode_names[i]) != 0)
			continue;
		*ret_mode = (enum p2p_gate_mode)i;
		return 0;
	}
	return -EINVAL;
}

const char *p2p_gate_reason_name(unsigned int reason)
{
	return reason < P2P_GATE_REASONS ? reason_names[reason] : NULL;
}

bool p2p_gate_reason_refuses(unsigned int reason)
{
	return reason >= P2PGATE_NOT_LISTED && reason < P2P_GATE_REASONS;
}

static int ask_info(struct p2p_context *context, const struct p2p_gate *gate,
		    struct p2pgate_info *info)
{
	*info = (struct p2pgate_info){ .size = sizeof(*info) };
	if (ioctl(gate->fd, P2PGATE_INFO, info) < 0)
		return p2p_error(context, -errno, P2PGATE_DEVICE ": INFO: %s", strerror(errno));
	if (info->abi != P2PGATE_ABI)
		return p2p_error(context, -EPROTO,
				 "the module p2pgate speaks version %u of its interface, this program %u",
				 info->abi, P2PGATE_ABI);
	return 0;
}

static int open_error(struct p2p_context *context, int error)
{
	bool gone = error == ENOENT || error == ENXIO || error == ENODEV;

	/* A container may lack the device node although the module is loaded. */
	if (gone && !access("/sys/module/p2pgate", F_OK))
		return p2p_error(context, -EACCES,
				 "the module p2pgate is loaded, but " P2PGATE_DEVICE " is not here");
	/* Without the module there is no node, or a stale one of a module that was unloaded. */
	if (gone)
		return p2p_error(context, -ENOENT,
				 "the module p2pgate is not loaded: NOTHING IS ENFORCED; "
				 "p2pgate(4) says how it is loaded");
	return p2p_error(context, -error, P2PGATE_DEVICE ": %s", strerror(error));
}

int p2p_gate_open(struct p2p_context *context, struct p2p_gate **ret_gate)
{
	P2P_PLAIN_LOCALE;
	struct p2p_gate *gate = calloc(1, sizeof(*gate));
	struct p2pgate_info info;
	int r;

	if (!gate)
		return p2p_told(context, -ENOMEM);
	/* A caller who may only read the device can still query it. */
	gate->fd = open(P2PGATE_DEVICE, O_RDWR | O_CLOEXEC);
	if (gate->fd < 0 && errno == EACCES)
		gate->fd = open(P2PGATE_DEVICE, O_RDONLY | O_CLOEXEC);
	r = gate->fd < 0 ? open_error(context, errno) : ask_info(context, gate, &info);
	if (r) {
		p2p_gate_close(gate);
		return r;
	}
	*ret_gate = gate;
	return 0;
}

struct p2p_gate *p2p_gate_close(struct p2p_gate *gate)
{
	if (gate && gate->fd >= 0)
		close(gate->fd);
	free(gate);
	return NULL;
}

int p2p_gate_fd(const struct p2p_gate *gate)
{
	return gate->fd;
}

static void copy_counts(const struct p2pgate_count *from, struct p2p_gate_counts *to)
{
	for (unsigned int i = 0; i < P2P_GATE_REASONS; i++)
		to->by_reason[i] = from->by_reason[i];
}

_Static_assert(P2P_LENGTH(hook_names) == P2P_GATE_HOOKS,
	       "every hook has a name, and room for it");

static void copy_hooks(uint32_t hooks, struct p2p_gate_info *info)
{
	size_t n = 0;

	for (size_t i = 0; i < P2P_LENGTH(hook_names); i++)
		if (hooks & hook_names[i].bit)
			info->hooks[n++] = hook_names[i].name;
}

int p2p_gate_info(struct p2p_context *context, struct p2p_gate *gate,
		  struct p2p_gate_info *ret_info)
{
	struct p2pgate_info raw;
	int r = ask_info(context, gate, &raw);

	if (r)
		return r;
	*ret_info = (struct p2p_gate_info){
		.generation = raw.generation,
		.mode = raw.mode < P2P_GATE_MODES ? (enum p2p_gate_mode)raw.mode : P2P_GATE_OFF,
		.functions = raw.nr_functions,
		.pairs = raw.nr_pairs,
		.dropped = raw.nr_dropped,
		.ranges = raw.nr_ranges,
		.log_lost = raw.log_lost,
		.enforced = raw.mode == P2PGATE_ENFORCE && raw.hooks,
		.promotion = raw.flags & P2PGATE_INFO_PROMOTE,
		.held = raw.flags & P2PGATE_INFO_HELD,
	};
	copy_hooks(raw.hooks, ret_info);
	for (size_t i = 0; i < P2PGATE_TAG_SIZE; i++)
		snprintf(ret_info->tag + 2 * i, 3, "%02x", raw.tag[i]);
	copy_counts(&raw.observed_distance, &ret_info->observed_distance);
	copy_counts(&raw.observed_map, &ret_info->observed_map);
	copy_counts(&raw.enforced_distance, &ret_info->enforced_distance);
	copy_counts(&raw.enforced_map, &ret_info->enforced_map);
	return 0;
}

int p2p_gate_distance(struct p2p_context *context, struct p2p_gate *gate, struct p2p_bdf provider,
		      struct p2p_bdf client, struct p2p_gate_distance *ret_distance)
{
	struct p2pgate_distance raw = {
		.size = sizeof(raw),
		.provider = { .domain = provider.domain, .bus = provider.bus,
			      .devfn = provider.devfn },
		.client = { .domain = client.domain, .bus = client.bus, .devfn = client.devfn },
	};

	if (ioctl(gate->fd, P2PGATE_DISTANCE, &raw) < 0)
		return p2p_error(context, -errno, P2PGATE_DEVICE ": DISTANCE: %s", strerror(errno));
	*ret_distance = (struct p2p_gate_distance){ raw.ungated, raw.gated, raw.reason,
						    raw.generation };
	return 0;
}

static struct p2p_bdf bdf_of(const struct p2pgate_function *function)
{
	return (struct p2p_bdf){ function->domain, function->bus, function->devfn };
}

/* Get the list, with room for the sizes of the last answer; it may have grown since, which is -ENOSPC. */
static int get_list(const struct p2p_gate *gate, struct p2pgate_get *get,
		    struct p2pgate_function **ret_functions, struct p2pgate_pair **ret_pairs)
{
	struct p2pgate_function *functions = calloc(get->nr_functions + 1ul, sizeof(*functions));
	struct p2pgate_pair *pairs = calloc(get->nr_pairs + 1ul, sizeof(*pairs));
	struct p2pgate_get ask = {
		.size = sizeof(ask),
		.functions = (uintptr_t)functions,
		.pairs = (uintptr_t)pairs,
		.nr_functions = get->nr_functions,
		.nr_pairs = get->nr_pairs,
	};
	int r = !functions || !pairs ? -ENOMEM : 0;

	if (!r && ioctl(gate->fd, P2PGATE_GET, &ask) < 0)
		r = -errno;
	*get = ask;
	if (r) {
		free(functions);
		free(pairs);
		return r;
	}
	*ret_functions = functions;
	*ret_pairs = pairs;
	return 0;
}

int p2p_gate_list(struct p2p_context *context, struct p2p_gate *gate,
		  struct p2p_gate_pair **ret_pairs, size_t *ret_count)
{
	struct p2pgate_get get = { 0 };
	struct p2pgate_function *functions;
	struct p2p_gate_pair *list;
	struct p2pgate_pair *pairs;
	int r;

	do {
		r = get_list(gate, &get, &functions, &pairs);
	} while (r == -ENOSPC);
	if (r)
		return p2p_error(context, r, P2PGATE_DEVICE ": GET: %s", strerror(-r));
	list = calloc(get.nr_pairs + 1ul, sizeof(*list));
	for (size_t i = 0; list && i < get.nr_pairs; i++)
		list[i] = (struct p2p_gate_pair){ bdf_of(&functions[pairs[i].provider]),
						  bdf_of(&functions[pairs[i].client]),
						  pairs[i].flags & P2PGATE_PAIR_PROMOTED };
	free(functions);
	free(pairs);
	if (!list)
		return p2p_exhausted(context, -ENOMEM);
	*ret_pairs = list;
	*ret_count = get.nr_pairs;
	return 0;
}

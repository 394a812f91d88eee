/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "export/rdma_topo.h"

#define NVIDIA 0x10de
#define MELLANOX 0x15b3

static const struct { uint16_t vendor, device; enum rdma_kind kind; } kinds[] = {
	{ NVIDIA, 0x22b1, RDMA_GRACE_PORT }, { NVIDIA, 0x22b2, RDMA_GRACE_PORT },
	{ NVIDIA, 0x22b8, RDMA_GRACE_PORT }, { NVIDIA, 0x2f95, RDMA_VERA_PORT },
	{ NVIDIA, 0x2f96, RDMA_VERA_PORT }, { MELLANOX, 0x1021, RDMA_NIC }, { MELLANOX, 0x1023, RDMA_NIC },
	{ MELLANOX, 0x1025, RDMA_NIC }, { MELLANOX, 0x2100, RDMA_DATA_DIRECT },
	{ MELLANOX, 0x197c, RDMA_SWITCH }, { MELLANOX, 0x1979, RDMA_SWITCH },
};

enum rdma_kind rdma_kind(const struct p2p_function *function)
{
	for (size_t i = 0; function->ids == P2P_PRESENT && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (function->vendor == kinds[i].vendor && function->device == kinds[i].device)
			return kinds[i].kind;
	}
	if (function->class_code == 0x010802)
		return RDMA_NVME;
	if (function->ids == P2P_PRESENT && function->vendor == NVIDIA && function->class_code >> 16 == 0x03)
		return RDMA_GPU;
	if (function->class_code != 0x060400)
		return RDMA_OTHER;
	return function->parent ? RDMA_BRIDGE : RDMA_PORT;
}

static bool is_root_port(const struct p2p_function *function)
{
	enum rdma_kind kind = rdma_kind(function);

	return kind == RDMA_GRACE_PORT || kind == RDMA_VERA_PORT || kind == RDMA_PORT;
}

static bool is_below(const struct p2p_function *function, const struct p2p_function *port)
{
	while (function && function != port)
		function = function->parent;
	return function;
}

/* Return: the last of the @count ports above @function if all of them are switch ports of a ConnectX, else NULL. */
static const struct p2p_function *switch_above(const struct p2p_function *function, unsigned int count)
{
	for (; count && function; count--) {
		function = function->parent;
		if (function && rdma_kind(function) != RDMA_SWITCH)
			return NULL;
	}
	return function;
}

static bool is_one_card(const struct p2p_function *one, const struct p2p_function *other)
{
	return one->bdf.domain == other->bdf.domain && one->bdf.bus == other->bdf.bus &&
	       one->bdf.devfn >> 3 == other->bdf.devfn >> 3;
}

static bool is_on(const struct p2p_function *function, int64_t node)
{
	return function->numa.fact == P2P_PRESENT && function->numa.value == node;
}

bool rdma_has(const struct rdma_complex *complex, const struct p2p_function *function)
{
	enum rdma_kind kind = rdma_kind(function);

	switch (complex->shape) {
	case RDMA_DMA:
		return function == complex->direct || function == complex->gpu ||
		       (kind == RDMA_NIC && is_one_card(function, complex->adapter)) ||
		       (kind == RDMA_NVME && p2p_function_top(function) == p2p_function_top(complex->adapter));
	case RDMA_INLINE:
		return function == complex->adapter || function == complex->gpu;
	case RDMA_NUMA:
		return (kind == RDMA_NIC || kind == RDMA_GPU) && is_on(function, complex->node);
	case RDMA_NONE:
		break;
	}
	return false;
}

static enum rdma_shape shape_of(const struct app *app)
{
	const struct p2p_function *function;
	bool has[RDMA_BRIDGE + 1] = { false }, numa = false;

	for (size_t i = 0; (function = p2p_topology_function(app->topology, i)); i++) {
		has[rdma_kind(function)] = true;
		numa |= rdma_kind(function) == RDMA_GPU && function->parent && is_root_port(function->parent);
	}
	return has[RDMA_DATA_DIRECT] ? RDMA_DMA : numa ? RDMA_NUMA :
	       has[RDMA_SWITCH] && has[RDMA_GPU] && has[RDMA_NIC] ? RDMA_INLINE : RDMA_NONE;
}

static const struct p2p_function *first_below(const struct app *app, enum rdma_kind kind,
					      const struct p2p_function *port)
{
	const struct p2p_function *function;

	for (size_t i = 0; (function = p2p_topology_function(app->topology, i)); i++) {
		if (rdma_kind(function) == kind && is_below(function, port))
			return function;
	}
	return NULL;
}

static enum status unlike(const struct app *app, const struct p2p_function *function, const char *why)
{
	char bdf[P2P_BDF_SIZE];

	return fail_with(app->failure, STATUS_NO, "%s %s: no complex that rdma_topo knows",
			 p2p_bdf_format(function->bdf, bdf), why);
}

/* A Grace root port, below it a switch, and on its ports the function and a second switch with the GPU and nothing else. */
static enum status find_dma(const struct app *app, const struct p2p_function *direct,
			    struct rdma_complex *ret_complex)
{
	const struct p2p_function *top = switch_above(direct, 2), *gpu, *adapter = direct->data_direct_of, *function;

	if (!adapter)
		return unlike(app, direct, "has no adapter that is known to be its own");
	if (!top || !top->parent || rdma_kind(top->parent) != RDMA_GRACE_PORT)
		return unlike(app, direct, "is not below a switch on a root port of Grace");
	gpu = first_below(app, RDMA_GPU, top);
	if (!gpu || switch_above(gpu, 4) != top)
		return unlike(app, direct, "has no GPU below the second switch");
	for (size_t i = 0; (function = p2p_topology_function(app->topology, i)); i++) {
		if (is_below(function, top) && function != direct && function != gpu &&
		    !is_below(gpu, function) && !is_below(direct, function))
			return unlike(app, function, "is below the switch of a Data Direct function, too");
	}
	for (size_t i = 0; (function = p2p_topology_function(app->topology, i)); i++) {
		if (rdma_kind(function) == RDMA_NIC && is_one_card(function, adapter))
			break;
	}
	*ret_complex = (struct rdma_complex){ RDMA_DMA, function ? function : adapter, direct, gpu, 0 };
	return STATUS_DONE;
}

static enum status find_inline(const struct app *app, const struct p2p_function *gpu,
			       struct rdma_complex *ret_complex)
{
	const struct p2p_function *top = switch_above(gpu, 4);
	const struct p2p_function *adapter = top ? first_below(app, RDMA_NIC, top) : NULL;

	if (!top)
		return unlike(app, gpu, "is not below the second switch of a ConnectX");
	if (rdma_kind(p2p_function_top(top)) != RDMA_PORT)
		return unlike(app, gpu, "is not below a root port");
	if (!adapter)
		return unlike(app, gpu, "has no ConnectX on its switch");
	*ret_complex = (struct rdma_complex){ RDMA_INLINE, adapter, NULL, gpu, 0 };
	return STATUS_DONE;
}

/* One complex for each node that has both; found from its first adapter. */
static enum status find_numa(const struct app *app, const struct p2p_function *adapter,
			     struct rdma_complex *ret_complex)
{
	const struct p2p_function *function, *gpu = NULL;

	*ret_complex = (struct rdma_complex){ RDMA_NONE, NULL, NULL, NULL, 0 };
	if (adapter->numa.fact != P2P_PRESENT || adapter->numa.value < 0)
		return STATUS_DONE;
	for (size_t i = 0; (function = p2p_topology_function(app->topology, i)); i++) {
		if (rdma_kind(function) == RDMA_NIC && is_on(function, adapter->numa.value) &&
		    function->index < adapter->index)
			return STATUS_DONE;
		if (!gpu && rdma_kind(function) == RDMA_GPU && is_on(function, adapter->numa.value))
			gpu = function;
	}
	if (gpu)
		*ret_complex = (struct rdma_complex){ RDMA_NUMA, adapter, NULL, gpu, adapter->numa.value };
	return STATUS_DONE;
}

static int compare(const void *left, const void *right)
{
	const struct rdma_complex *one = left, *other = right;

	return one->adapter->index < other->adapter->index ? -1 : one->adapter->index > other->adapter->index;
}

enum status rdma_complexes(const struct app *app, struct rdma_complex **ret_list, size_t *ret_count)
{
	static const struct {
		enum rdma_kind by;
		enum status (*find)(const struct app *app, const struct p2p_function *function,
				    struct rdma_complex *ret_complex);
	} shapes[] = {
		[RDMA_NONE] = { RDMA_OTHER, NULL }, [RDMA_DMA] = { RDMA_DATA_DIRECT, find_dma },
		[RDMA_INLINE] = { RDMA_GPU, find_inline }, [RDMA_NUMA] = { RDMA_NIC, find_numa },
	};
	enum rdma_shape shape = shape_of(app);
	struct rdma_complex *list = calloc(p2p_topology_count(app->topology) + 1, sizeof(*list));
	const struct p2p_function *function;
	enum status status = STATUS_DONE;
	size_t count = 0;

	if (!list)
		return fail_memory(app->failure);
	for (size_t i = 0; shape && !status && (function = p2p_topology_function(app->topology, i)); i++) {
		if (rdma_kind(function) != shapes[shape].by)
			continue;
		status = shapes[shape].find(app, function, &list[count]);
		count += !status && list[count].shape;
	}
	if (!status && !count)
		status = fail_with(app->failure, STATUS_NO, "there is no complex that rdma_topo knows: adapters of "
				   "the ConnectX family with GPUs of NVIDIA");
	if (status) {
		free(list);
		return status;
	}
	qsort(list, count, sizeof(*list), compare);
	*ret_list = list;
	*ret_count = count;
	return STATUS_DONE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ACS bits that NVIDIA demands if the switch between a GPU and its adapter is part of a ConnectX.
 * They are taken from the tool that checks them, kernel-boot/rdma_topo of rdma-core, compute_acs().
 *
 * Data Direct (15b3:2100): requests of the adapter go straight to the GPU and completions straight back;
 * everything else goes up to the root port.  SrcValid is off there, so that the kernel makes one IOMMU
 * group of the segment, which NVIDIA's driver needs.  Inline: the adapter itself and the GPU are below
 * one such switch, without ATS: no ACS from the switch up to the root port.
 */
#include "policy/advice/advice.h"

#define ISOLATED (P2P_ACS_SV | P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_UF)

enum shape { SHAPE_NONE, SHAPE_DATA_DIRECT, SHAPE_INLINE, SHAPES };

/* The position of a port: towards the client, towards the provider, on the root bus, or any other. */
enum place { PLACE_CLIENT, PLACE_PROVIDER, PLACE_ROOT, PLACE_OTHER, PLACES };

static const struct { uint16_t set, clear; } demands[SHAPES][PLACES] = {
	[SHAPE_DATA_DIRECT] = {
		[PLACE_CLIENT] = { ISOLATED & ~P2P_ACS_RR, P2P_ACS_RR },
		[PLACE_PROVIDER] = { ISOLATED & ~P2P_ACS_CR, P2P_ACS_CR },
		[PLACE_ROOT] = { ISOLATED & ~P2P_ACS_SV, P2P_ACS_SV },
		[PLACE_OTHER] = { ISOLATED, 0 },
	},
	[SHAPE_INLINE] = {
		[PLACE_CLIENT] = { 0, ISOLATED }, [PLACE_PROVIDER] = { 0, ISOLATED },
		[PLACE_ROOT] = { 0, ISOLATED }, [PLACE_OTHER] = { 0, ISOLATED },
	},
};

bool p2p_is_nvidia_gpu(const struct p2p_function *function)
{
	return function->ids == P2P_PRESENT && function->vendor == 0x10de &&
	       function->kind == P2P_CLASS_GPU;
}

static bool is_connectx(const struct p2p_function *function)
{
	return function->ids == P2P_PRESENT && function->vendor == 0x15b3;
}

/* An adapter with the ATS capability is set up for virtual machines, where the kernel's defaults apply. */
static enum shape shape_of(const struct p2p_verdict *verdict)
{
	const struct p2p_function *common = verdict->kernel.common, *client = verdict->client;

	if (!common || !p2p_is_nvidia_gpu(verdict->provider) || !is_connectx(client) ||
	    !is_connectx(common))
		return SHAPE_NONE;
	if (client->device == 0x2100)
		return SHAPE_DATA_DIRECT;
	return client->ats.ats == P2P_ABSENT ? SHAPE_INLINE : SHAPE_NONE;
}

static enum place place_of(const struct p2p_verdict *verdict, const struct p2p_function *port)
{
	if (!port->parent)
		return PLACE_ROOT;
	if (port->parent != verdict->kernel.common)
		return PLACE_OTHER;
	return p2p_is_below(verdict->client, port) ? PLACE_CLIENT :
	       p2p_is_below(verdict->provider, port) ? PLACE_PROVIDER : PLACE_OTHER;
}

/* The rule applies to the ports from both ends up to the root port. */
static void each_port(const struct p2p_verdict *verdict, enum shape shape,
		      p2p_shape_fn *visit, void *userdata)
{
	const struct p2p_function *ends[] = { verdict->provider, verdict->client };

	for (int side = 0; side < 2; side++) {
		const struct p2p_function *stop = side ? verdict->kernel.common : NULL;

		for (const struct p2p_function *at = ends[side]->parent; at && at != stop;
		     at = at->parent) {
			enum place place = place_of(verdict, at);

			if (at->acs.fact != P2P_ABSENT)
				visit(userdata, at, demands[shape][place].set,
				      demands[shape][place].clear);
		}
	}
}

bool p2p_shape_each(const struct p2p_verdict *verdict, p2p_shape_fn *visit, void *userdata)
{
	enum shape shape = shape_of(verdict);

	if (shape == SHAPE_NONE)
		return false;
	each_port(verdict, shape, visit, userdata);
	return true;
}

static void look(void *userdata, const struct p2p_function *port, uint16_t set, uint16_t clear)
{
	bool *met = userdata;
	uint16_t can = port->acs.capability & set;

	*met = *met && port->acs.fact == P2P_PRESENT && (port->acs.control & can) == can &&
	       !(port->acs.control & clear);
}

bool p2p_shape_met(const struct p2p_verdict *verdict)
{
	bool met = true;

	p2p_shape_each(verdict, look, &met);
	return met;
}

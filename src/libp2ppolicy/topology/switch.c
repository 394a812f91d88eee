/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds which ports belong to one chip.  An upstream port and the downstream ports below it do; two upstream
 * ports of one model with the same serial number are one chip split into two partitions (PCIe r6.0, sec
 * 7.9.3: the number is the same for all functions of a component).
 */
#include "topology/build.h"

/* The number of PLX chips whose EEPROM gives none: any revision, and the same for all models of a generation. */
#define PLX		0x10b5u
#define PLX_DEFAULT	0x10b5df0e00
#define PLX_SAME	0xffffffffff

/* Chips without a serial number report zero, all ones, or what their maker put there for all. */
static bool is_serial(const struct p2p_function *function)
{
	uint64_t serial = (uint64_t)function->serial.value;

	return function->serial.fact == P2P_PRESENT && serial && serial != UINT64_MAX &&
	       !(function->vendor == PLX && (serial & PLX_SAME) == PLX_DEFAULT);
}

static bool is_same_chip(const struct p2p_function *a, const struct p2p_function *b)
{
	return is_serial(a) && is_serial(b) && a->serial.value == b->serial.value && a->vendor == b->vendor &&
	       a->device == b->device;
}

static unsigned int find_twin(const struct p2p_topology *topology, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (p2p_function_is_type(&topology->functions[i], P2P_PORT_UPSTREAM) &&
		    is_same_chip(&topology->functions[i], &topology->functions[index]))
			return topology->functions[i].switch_id;
	return 0;
}

/* Mark the downstream ports below, and the chip's other functions next to its upstream port. */
static void mark(struct p2p_topology *topology, const struct p2p_function *upstream)
{
	for (size_t i = 0; i < upstream->child_count; i++) {
		const struct p2p_function *below = upstream->children[i];

		if (p2p_function_is_type(below, P2P_PORT_DOWNSTREAM))
			topology->functions[below->index].switch_id = upstream->switch_id;
	}
	for (size_t i = 0; i < 8; i++) {
		struct p2p_bdf bdf = upstream->bdf;
		struct p2p_function *beside;

		bdf.devfn = (uint8_t)((bdf.devfn & ~7u) | i);
		beside = p2p_tree_find(topology, bdf);
		if (beside && !beside->switch_id)
			beside->switch_id = upstream->switch_id;
	}
}

void p2p_switches_build(struct p2p_topology *topology)
{
	unsigned int next = 1;

	for (size_t i = 0; i < topology->count; i++) {
		struct p2p_function *function = &topology->functions[i];

		if (!p2p_function_is_type(function, P2P_PORT_UPSTREAM))
			continue;
		function->switch_id = find_twin(topology, i);
		if (!function->switch_id)
			function->switch_id = next++;
	}
	for (size_t i = 0; i < topology->count; i++)
		if (p2p_function_is_type(&topology->functions[i], P2P_PORT_UPSTREAM))
			mark(topology, &topology->functions[i]);
}

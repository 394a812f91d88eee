/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/place.h"

#define MOST_DEPTH 64

static unsigned int routing_id(const struct p2p_function *function)
{
	return (unsigned int)function->bdf.bus << 8 | function->bdf.devfn;
}

/* PCIe r6.0, sec 9.2.1.2, "VF Discovery". */
static int put_virtual(const struct p2p_function *vf, char *buffer, size_t size)
{
	const struct p2p_sriov *sriov = &vf->physfn->sriov;
	unsigned int first = routing_id(vf->physfn) + sriov->first_offset;
	unsigned int stride = sriov->stride ? sriov->stride : 1;

	if (sriov->fact != P2P_PRESENT || routing_id(vf) < first ||
	    (routing_id(vf) - first) % stride)
		return -ENOENT;
	snprintf(buffer, size, "/virtfn%u", (routing_id(vf) - first) / stride);
	return 0;
}

int p2p_place_format(const struct p2p_function *function, char buffer[P2P_PLACE_SIZE])
{
	const struct p2p_function *way[MOST_DEPTH], *at = function;
	size_t count = 0, used;

	if (function->physfn)
		at = function->physfn;
	if (at->orphan)
		return -ENOENT;
	for (; at->parent; at = at->parent) {
		if (count == MOST_DEPTH)
			return -E2BIG;
		way[count++] = at;
	}
	used = strlen(p2p_bdf_format(at->bdf, buffer));
	/* "/1f.7" for each step, and room for the suffix of a virtual function. */
	if (used + count * 5 + sizeof("/virtfn65535") > P2P_PLACE_SIZE)
		return -E2BIG;
	while (count--)
		used += (size_t)snprintf(buffer + used, P2P_PLACE_SIZE - used, "/%02x.%x",
					 way[count]->bdf.devfn >> 3, way[count]->bdf.devfn & 7);
	return function->physfn ? put_virtual(function, buffer + used, P2P_PLACE_SIZE - used) : 0;
}

char **p2p_places_new(struct p2p_arena *arena, const struct p2p_topology *topology)
{
	size_t count = p2p_topology_count(topology);
	char **places = p2p_arena_alloc(arena, (count + 1) * sizeof(char *)), text[P2P_PLACE_SIZE];

	for (size_t i = 0; places && i < count; i++) {
		if (p2p_place_format(p2p_topology_function(topology, i), text))
			*text = '\0';
		places[i] = p2p_arena_string(arena, text);
		if (!places[i])
			return NULL;
	}
	return places;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of verdicts, as JSON and text print them. */
#include "verdict/eval.h"

static const char *const map_types[P2P_MAP_TYPES] = {
	[P2P_MAP_UNKNOWN] = "unknown",
	[P2P_MAP_NOT_SUPPORTED] = "not_supported",
	[P2P_MAP_THRU_HOST_BRIDGE] = "thru_host_bridge",
	[P2P_MAP_BUS_ADDR] = "bus_addr",
};

static const char *const relations[P2P_RELATIONS] = {
	[P2P_RELATION_X] = "X", [P2P_RELATION_PIX] = "PIX", [P2P_RELATION_PXB] = "PXB",
	[P2P_RELATION_PHB] = "PHB", [P2P_RELATION_NODE] = "NODE", [P2P_RELATION_SYS] = "SYS",
};

static const char *const routes[] = {
	[P2P_ROUTE_UNKNOWN] = "unknown", [P2P_ROUTE_DIRECT] = "direct",
	[P2P_ROUTE_REDIRECTED] = "redirected", [P2P_ROUTE_BLOCKED] = "blocked",
};

static const char *const abilities[] = {
	[P2P_ABILITY_UNKNOWN] = "unknown", [P2P_ABILITY_YES] = "yes",
	[P2P_ABILITY_CONDITIONAL] = "conditional", [P2P_ABILITY_NO] = "no",
	[P2P_ABILITY_CPU] = "cpu-touches-data",
};

const char *p2p_map_type_name(enum p2p_map_type type)
{
	return map_types[type];
}

const char *p2p_relation_name(enum p2p_relation relation)
{
	return relations[relation];
}

const char *p2p_route_name(enum p2p_route_kind kind)
{
	return routes[kind];
}

const char *p2p_ability_name(enum p2p_ability ability)
{
	return abilities[ability];
}

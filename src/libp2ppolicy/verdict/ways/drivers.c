/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which rows name a driver: needed for every pair, and the same for all functions of one driver. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verdict/ways/ways.h"

/* Limit for distinct drivers whose rows are reused; for others they are computed again. */
#define SEEN_MOST 64

/* Is @driver one of the words of @names? */
static bool lists(const char *names, const char *driver, size_t size)
{
	if (!strcmp(names, "*"))
		return true;
	for (const char *at = names; (at = strstr(at, driver)); at += size)
		if (at > names && at[-1] == ' ' && at[size] == ' ')
			return true;
	return false;
}

struct p2p_driver_rows p2p_driver_rows(const char *driver)
{
	struct p2p_driver_rows rows = { 0 };
	const struct p2p_driver_way *way;
	size_t size = driver ? strlen(driver) : 0;

	for (size_t i = 0; size && (way = p2p_driver_way_at(i)); i++) {
		rows.provides |= (uint64_t)lists(way->providers, driver, size) << i;
		rows.takes |= (uint64_t)lists(way->clients, driver, size) << i;
	}
	return rows;
}

int p2p_driver_rows_of_all(const struct p2p_topology *topology, struct p2p_driver_rows **ret_rows)
{
	size_t count = p2p_topology_count(topology), seen[SEEN_MOST], seen_count = 0;
	struct p2p_driver_rows *rows = calloc(count + 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0, s; i < count; i++) {
		const char *driver = p2p_topology_function(topology, i)->driver;

		if (!driver)
			continue;
		for (s = 0; s < seen_count; s++)
			if (!strcmp(p2p_topology_function(topology, seen[s])->driver, driver))
				break;
		rows[i] = s < seen_count ? rows[seen[s]] : p2p_driver_rows(driver);
		if (s == seen_count && s < SEEN_MOST)
			seen[seen_count++] = i;
	}
	*ret_rows = rows;
	return 0;
}

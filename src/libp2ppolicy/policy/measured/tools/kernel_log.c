/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What p2pdma logs when a driver asks about a pair and is refused, or when ACS redirects between the
 * two.
 * Source: Linux, drivers/pci/p2pdma.c, calc_map_type_and_dist().
 */
#include <string.h>

#include "policy/measured/reading.h"

/* The address is the last word before @end, as in "nvme 0000:01:00.0". */
static bool last_address(const char *line, const char *end, struct p2p_end *ret_end)
{
	const char *start = end;

	while (start > line && start[-1] != ' ')
		start--;
	return p2p_field_address((struct p2p_field){ start, (size_t)(end - start) }, ret_end);
}

static void take_line(struct p2p_reading *reading, size_t at)
{
	static const struct { const char *mark, *label; enum p2p_tri says; } rows[] = {
		{ ": cannot be used for peer-to-peer DMA as the client and provider (", "refused",
		  P2P_NO },
		{ ": ACS redirect is set between the client and provider (", "ACS", P2P_UNKNOWN },
	};
	const char *line = reading->lines[at];

	for (size_t i = 0; i < P2P_LENGTH(rows); i++) {
		const char *mark = strstr(line, rows[i].mark), *name;
		struct p2p_figure figure = { .kind = P2P_FIGURE_ACCESS, .label = rows[i].label,
					     .says = rows[i].says };

		if (!mark)
			continue;
		name = mark + strlen(rows[i].mark);
		if (last_address(line, mark, &figure.client) &&
		    p2p_field_address(p2p_field_until(name, ")"),
				      &figure.provider))
			p2p_reading_add(reading, at, &figure);
	}
}

void p2p_read_kernel_log(struct p2p_reading *reading)
{
	for (size_t i = 0; i < reading->count; i++)
		take_line(reading, i);
}

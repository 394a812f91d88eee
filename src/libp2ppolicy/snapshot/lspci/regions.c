/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The regions that -vv numbers, as the lines of the file `resource` that lspci had sizes from. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/lspci/text.h"

unsigned long long p2p_text_size(const char *line)
{
	static const char units[] = "KMGT";
	const char *at = strstr(line, "[size="), *unit;
	unsigned long long size;
	char *end;

	if (!at || !isdigit((unsigned char)at[6]))
		return 0;
	size = strtoull(at + 6, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (size > 1u << 20 || (!unit && *end != ']'))
		return 0;
	return unit ? size << 10 * (unit - units + 1) : size;
}

/* "Region 0: Memory at 380002000000 (64-bit, prefetchable) [size=32M]"; include/linux/ioport.h. */
void p2p_text_region(struct p2p_text_regions *regions, const char *line)
{
	const char *memory, *ports, *address;
	struct p2p_text_bar bar = { .size = p2p_text_size(line) };
	unsigned int index;
	char *end;

	line += strlen("Region ");
	memory = strstr(line, ": Memory at ");
	ports = strstr(line, ": I/O ports at ");
	address = memory ? memory + 12 : ports ? ports + 15 : "";
	index = (unsigned int)(*line - '0');
	bar.first = strtoull(address, &end, 16);
	if (index >= P2P_TEXT_BARS || line[1] != ':' || end == address || !bar.size ||
	    !bar.first || bar.first + bar.size < bar.first ||
	    (memory && !strstr(line, "(32-bit, ") && !strstr(line, "(64-bit, "))) {
		regions->unclear = true;
		return;
	}
	bar.flags = ports ? 0x100 : 0x200;
	if (memory && strstr(line, "(64-bit, "))
		bar.flags |= 0x100000;
	if (memory && strstr(line, " prefetchable)"))
		bar.flags |= 0x2000;
	regions->bars[index] = bar;
}

void p2p_text_resource(const struct p2p_text_regions *regions, unsigned int count,
		       char ret_lines[P2P_TEXT_RESOURCE])
{
	size_t used = 0;

	for (unsigned int i = 0; i < count; i++) {
		const struct p2p_text_bar *bar = &regions->bars[i];

		used += (size_t)snprintf(ret_lines + used, P2P_TEXT_RESOURCE - used,
					 "0x%016llx 0x%016llx 0x%016llx\n", bar->first,
					 bar->size ? bar->first + bar->size - 1 : 0, bar->flags);
	}
}

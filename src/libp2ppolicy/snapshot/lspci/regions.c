/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turns the regions that -vv numbers, and the windows of bridges, back into the lines of the file `resource`. */
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

/* "384000000000-385fffffffff [size=128G] [64-bit]", "[disabled] [32-bit]", "fff00000-000fffff [disabled] [32-bit]" */
static bool parse_window(const char *text, struct p2p_text_bar *ret_window)
{
	unsigned long long last;
	char *end;

	*ret_window = (struct p2p_text_bar){ 0 };
	if (!strstr(text, "-bit]"))
		return false;
	if (strstr(text, "[disabled]"))
		return true;
	ret_window->first = strtoull(text, &end, 16);
	if (end == text || *end != '-' || !strstr(end, " [size="))
		return false;
	last = strtoull(end + 1, NULL, 16);
	ret_window->size = last - ret_window->first + 1;
	return last > ret_window->first && ret_window->size;
}

/*
 * Before 3.8.0, lspci read windows from the registers, which hold bus addresses, and printed no width; since
 * then they come from the kernel, as BARs do, where the kernel tells them (lspci.c, show_htype1()).  A bridge
 * without a window for I/O or prefetchable memory has no line for it.
 */
bool p2p_text_window(struct p2p_text_regions *regions, const char *line)
{
	static const struct { const char *start; unsigned long long flags; } windows[] = {
		{ "I/O behind bridge: ", 0x100 }, { "Memory behind bridge: ", 0x200 },
		{ "Prefetchable memory behind bridge: ", 0x2200 },
	};

	regions->odd |= !strncmp(line, "!!! Unknown", 11) || !strncmp(line, "Expansion ROM at ", 17);
	for (unsigned int i = 0; i < P2P_TEXT_WINDOWS; i++) {
		struct p2p_text_bar *window = &regions->windows[i];
		size_t length = strlen(windows[i].start);

		if (strncmp(line, windows[i].start, length) != 0)
			continue;
		regions->seen |= i == 1;
		regions->odd |= !parse_window(line + length, window);
		window->flags = window->size ? windows[i].flags : 0;
		return true;
	}
	return false;
}

/* The windows of a bridge follow six BARs, the ROM, and six BARs of SR-IOV; include/linux/pci.h. */
void p2p_text_resource(const struct p2p_text_regions *regions, bool bridge,
		       char ret_lines[P2P_TEXT_RESOURCE])
{
	static const struct p2p_text_bar none;
	unsigned int count = bridge ? 2 : P2P_TEXT_BARS, first = 13, lines = count;
	size_t used = 0;

	if (bridge && regions->seen && !regions->odd)
		lines = P2P_TEXT_LINES;
	for (unsigned int i = 0; i < lines; i++) {
		const struct p2p_text_bar *bar = i < count ? &regions->bars[i] :
			i >= first && i < first + P2P_TEXT_WINDOWS ? &regions->windows[i - first] :
			&none;

		used += (size_t)snprintf(ret_lines + used, P2P_TEXT_RESOURCE - used,
					 "0x%016llx 0x%016llx 0x%016llx\n", bar->first,
					 bar->size ? bar->first + bar->size - 1 : 0, bar->flags);
	}
}

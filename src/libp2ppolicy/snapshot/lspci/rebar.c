/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Resizable BAR as lspci shows it: "BAR 1: current size: 256MB, supported: 64MB 128MB 256MB". PCIe r6.0, sec
 * 7.8.6; the first Control register holds the number of such BARs, which is known once the last line was
 * seen.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/lspci/text.h"

#define MOST_BARS	6u
#define CONTROL		8u

/*
 * Parse "256MB" into its encoding in the registers, where 0 is 1 MB, up to 39.  Return: what follows; NULL if
 * it is none.
 */
static const char *parse_size(const char *text, unsigned int *ret_place)
{
	static const char units[] = "MGTP";
	unsigned long number;
	const char *unit;
	char *end;

	text += strspn(text, " ");
	if (!isdigit((unsigned char)*text))
		return NULL;
	number = strtoul(text, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (!unit || end[1] != 'B' || !number || number > 512 || number & (number - 1))
		return NULL;
	*ret_place = (unsigned int)(__builtin_ctzl(number) + 10 * (unit - units));
	return end + 2;
}

static void put(struct p2p_text_function *function, unsigned int offset, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		function->bytes[offset + i] = (uint8_t)(value >> 8 * i);
}

static bool parse_line(const char *line, unsigned int *ret_bar, unsigned int *ret_current,
		       uint64_t *ret_sizes)
{
	unsigned int place;

	if (strncmp(line, "BAR ", 4) != 0 || line[4] < '0' || line[4] > '5' ||
	    strncmp(line + 5, ": current size: ", 16) != 0)
		return false;
	*ret_bar = (unsigned int)(line[4] - '0');
	line = parse_size(line + 21, ret_current);
	if (!line || strncmp(line, ", supported:", 12) != 0)
		return false;
	*ret_sizes = 0;
	for (line += 12; *line; *ret_sizes |= (uint64_t)1 << place) {
		line = parse_size(line, &place);
		if (!line)
			return false;
	}
	return *ret_sizes;
}

/* A line that is not understood makes the capability unknown. */
void p2p_text_rebar(struct p2p_text_function *function, const char *line)
{
	unsigned int count = function->rebars, bar, current;
	unsigned int offset = function->at + 4u + 8u * count;
	uint64_t sizes;

	if (function->rebars > MOST_BARS)
		return;
	if (count == MOST_BARS || offset + 8 > P2P_CONFIG_EXTENDED ||
	    !parse_line(line, &bar, &current, &sizes)) {
		function->rebars = MOST_BARS + 1;
		return;
	}
	put(function, offset, (uint32_t)(sizes << 4));
	put(function, offset + 4, bar | current << 8 | (uint32_t)(sizes >> 28) << 16);
	function->rebar = function->at;
	function->rebars++;
}

void p2p_text_rebar_end(struct p2p_text_function *function)
{
	if (!function->rebar || function->rebars > MOST_BARS)
		return;
	function->bytes[function->rebar + CONTROL] |= (uint8_t)(function->rebars << 5);
	memset(function->told + function->rebar + 4, true, (size_t)8 * function->rebars);
	function->rebar = 0;
}

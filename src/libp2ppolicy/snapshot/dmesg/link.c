/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel prints about a link that is slower than the device behind it, and, where drivers ask for
 * it, about any link.  drivers/pci/pci.c, __pcie_print_link_status() and pcie_bandwidth_available(), 4.17 to
 * 7.3: the named port is the uppermost whose link is as slow as that, and its own Link Status was read.
 */
#include <stdio.h>
#include <string.h>

#include "snapshot/dmesg/dmesg.h"

#define AVAILABLE	" Gb/s available PCIe bandwidth"
#define LIMITED		", limited by "

/* "8.0 GT/s PCIe x16 link", or "8 GT/s x16 link" in older kernels.  Return: what follows; NULL if it is none. */
static const char *parse_link(const char *text, struct p2p_log_link *ret_link)
{
	static const struct { const char *text; unsigned int mtps; } speeds[] = {
		{ "2.5 GT/s", 2500 }, { "5.0 GT/s", 5000 }, { "8.0 GT/s", 8000 },
		{ "16.0 GT/s", 16000 }, { "32.0 GT/s", 32000 }, { "64.0 GT/s", 64000 },
		{ "5 GT/s", 5000 }, { "8 GT/s", 8000 }, { "16 GT/s", 16000 }, { "32 GT/s", 32000 },
	};
	unsigned int width;
	int length = 0;

	for (size_t i = 0; i < P2P_LENGTH(speeds); i++) {
		size_t size = strlen(speeds[i].text);
		const char *rest = text + size;

		if (strncmp(text, speeds[i].text, size) != 0)
			continue;
		rest += strncmp(rest, " PCIe", 5) ? 0 : 5;
		if (sscanf(rest, " x%2u link%n", &width, &length) != 1 || !length || !width ||
		    width > 32)
			return NULL;
		*ret_link = (struct p2p_log_link){ speeds[i].mtps, width };
		return rest + length;
	}
	return NULL;
}

/* " at 0000:00:01.0 (capable of 126.016 Gb/s with 8.0 GT/s PCIe x16 link)" */
static bool parse_place(const char *text, struct p2p_bdf *ret_port, struct p2p_log_link *ret_most)
{
	unsigned int whole, rest;
	int length = 0;
	size_t size;

	if (strncmp(text, " at ", 4) != 0)
		return false;
	text += 4;
	size = strcspn(text, " ");
	return size >= 12 && p2p_input_address(text, size, ret_port) &&
	       sscanf(text + size, " (capable of %7u.%3u Gb/s with %n", &whole, &rest, &length) == 2 &&
	       length && parse_link(text + size + length, ret_most);
}

bool p2p_log_is_link(const char *text)
{
	unsigned int whole, rest;
	int length = 0;

	return sscanf(text, "%7u.%3u%n", &whole, &rest, &length) == 2 &&
	       !strncmp(text + length, AVAILABLE, strlen(AVAILABLE));
}

void p2p_log_link(struct p2p_log *log, struct p2p_bdf bdf, const char *text)
{
	const char *rest = strstr(text, AVAILABLE) + strlen(AVAILABLE);
	struct p2p_log_function *function;
	struct p2p_log_link link, most;
	struct p2p_bdf port = bdf;

	if (!strncmp(rest, " (", 2)) {
		/* The device has all the bandwidth it is capable of, so its link is at its maximum. */
		if (!parse_link(rest + 2, &link))
			return;
		most = link;
	} else if (!strncmp(rest, LIMITED, strlen(LIMITED))) {
		rest = parse_link(rest + strlen(LIMITED), &link);
		if (!rest || !parse_place(rest, &port, &most))
			return;
	} else {
		return;
	}
	function = p2p_log_find(log, bdf);
	if (function)
		function->most = most;
	function = p2p_log_find(log, port);
	if (function)
		function->now = link;
}

void p2p_log_forget_link(struct p2p_log *log, struct p2p_log_function *function)
{
	struct p2p_log_function *above = p2p_log_above(log, function->bdf);

	function->now = function->most = (struct p2p_log_link){ 0, 0 };
	if (above)
		above->now = function->now;
}

static void set_link(struct p2p_log *log, struct p2p_raw *raw, enum p2p_attr speed,
		     enum p2p_attr width, struct p2p_log_link link)
{
	if (!link.width)
		return;
	p2p_snapshot_print(log->snapshot, &raw->attr[speed], "%u.%u GT/s PCIe", link.mtps / 1000,
			   link.mtps / 100 % 10);
	p2p_snapshot_print(log->snapshot, &raw->attr[width], "%u", link.width);
}

/* Both ends of a link run at the same speed and width; PCIe r6.0, sec 7.5.3.8. */
void p2p_log_fill_link(struct p2p_log *log, struct p2p_raw *raw,
		       const struct p2p_log_function *function)
{
	const struct p2p_log_function *above = p2p_log_above(log, function->bdf);
	struct p2p_log_link now = function->now;

	if (!now.width && function->most.width && above)
		now = above->now;
	set_link(log, raw, P2P_ATTR_CURRENT_LINK_SPEED, P2P_ATTR_CURRENT_LINK_WIDTH, now);
	set_link(log, raw, P2P_ATTR_MAX_LINK_SPEED, P2P_ATTR_MAX_LINK_WIDTH, function->most);
}

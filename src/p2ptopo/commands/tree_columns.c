/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of `tree`. A cell is empty if there is nothing to show, and "?" if it is unknown. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "commands/tree.h"
#include "print/clean.h"
#include "print/words.h"

/* Room for a link as it is now, and at its best. */
#define LINK_SIZE ((size_t)2 * WORDS_SIZE)

/* BARs smaller than this do not matter for peer-to-peer DMA. */
#define BAR_WORTH_SHOWING (UINT64_C(16) << 20)

static const struct p2p_function *function_of(const void *row)
{
	return ((const struct tree_row *)row)->function;
}

static void print_tree(FILE *cell, const void *row)
{
	const struct tree_row *line = row;
	char bdf[P2P_BDF_SIZE];

	if (line->folded)
		fprintf(cell, "%s(+%zu)", line->prefix, line->folded);
	else
		fprintf(cell, "%s%s", line->prefix, line->function ?
			p2p_bdf_format(line->function->bdf, bdf) : line->host->name);
}

static void tell_names(FILE *cell, const struct p2p_function *function)
{
	const char *const *name = function->os_names;

	for (; name && *name; name++)
		fprintf(cell, "%s%s", name == function->os_names ? "" : ",", *name);
}

static void tell_device(FILE *cell, const struct p2p_function *function)
{
	char product[128];

	fputs(function->missing ? "not in the capture" :
	      words_product(function, product, sizeof(product)), cell);
}

static const char *port_words(const struct tree_row *line)
{
	static const char *const many[] = { "functions that take no part", "take no part" };

	if (line->folded)
		return many[line->room && line->room < strlen(many[0])];
	if (line->function)
		return words_port(line->function);
	return words_host(line->host);
}

static void print_port(FILE *cell, const void *row)
{
	fputs(port_words(row), cell);
}

/* Bridges are described by their kind; for other functions, the name that users know matters most. */
static void print_what(FILE *cell, const void *row)
{
	const struct p2p_function *function = function_of(row);
	const char *name;
	char product[128], what[160];
	size_t room = ((const struct tree_row *)row)->room;

	if (!function || function->missing || p2p_function_is_bridge(function)) {
		snprintf(what, sizeof(what), "%s%s", port_words(row),
			 function && function->missing ? ", not in the capture" : "");
	} else {
		name = words_os_name(function);
		words_product(function, product, sizeof(product));
		snprintf(what, sizeof(what), "%s%s%s", name, *name ? " " : "", product);
	}
	words_clip(cell, what, room ? room : SIZE_MAX);
}

static bool is_degraded(const struct p2p_function *function)
{
	const struct p2p_link *now = &function->pcie.now, *most = &function->pcie.most;

	return function->pcie.link == P2P_PRESENT && now->speed_mtps &&
	       (now->speed_mtps < most->speed_mtps || now->width < most->width);
}

static void link_text(const struct p2p_function *function, char text[LINK_SIZE])
{
	char now[WORDS_SIZE], most[WORDS_SIZE];
	bool degraded = is_degraded(function);

	text[0] = '\0';
	if (function->pcie.link == P2P_DENIED)
		snprintf(text, LINK_SIZE, "?");
	else if (function->pcie.link == P2P_PRESENT && function->pcie.now.speed_mtps)
		snprintf(text, LINK_SIZE, "%s%s%s", words_link(function->pcie.now, now),
			 degraded ? " < " : "",
			 degraded ? words_link(function->pcie.most, most) : "");
	else if (function->pcie.link == P2P_PRESENT && function->pcie.most.speed_mtps)
		snprintf(text, LINK_SIZE, "down");
}

size_t tree_link_width(const struct p2p_function *function)
{
	char text[LINK_SIZE];

	link_text(function, text);
	return strlen(text);
}

static void tell_link(FILE *cell, const struct p2p_function *function)
{
	char text[LINK_SIZE];

	link_text(function, text);
	fputs(text, cell);
}

static enum paint paint_link(const void *row)
{
	const struct p2p_function *function = function_of(row);

	return function && is_degraded(function) ? PAINT_HOST : PAINT_NONE;
}

/* In the order of pci=config_acs=: DirectTrans first, SrcValid last. */
static void tell_acs(FILE *cell, const struct p2p_function *function)
{
	if (function->acs.fact == P2P_ABSENT)
		return;
	if (function->acs.fact == P2P_DENIED) {
		putc('?', cell);
		return;
	}
	for (int bit = P2P_ACS_BITS - 1; bit >= 0; bit--)
		putc(function->acs.control & 1 << bit ? '1' : '0', cell);
	if (function->acs.kernel_control & ACS_REDIRECTS)
		putc('!', cell);
}

static void tell_acs_words(FILE *cell, const struct p2p_function *function)
{
	char words[P2P_ACS_SIZE];

	if (function->acs.fact == P2P_PRESENT)
		fputs(words_acs(function->acs.control, words), cell);
	else if (function->acs.fact == P2P_DENIED)
		putc('?', cell);
}

static enum paint paint_acs(const void *row)
{
	const struct p2p_function *function = function_of(row);

	if (!function || function->acs.fact == P2P_ABSENT)
		return PAINT_NONE;
	if (function->acs.fact == P2P_DENIED)
		return PAINT_UNKNOWN;
	return function->acs.kernel_control & ACS_REDIRECTS ? PAINT_BAD : PAINT_NONE;
}

static void tell_ats(FILE *cell, const struct p2p_function *function)
{
	if (function->ats.ats == P2P_PRESENT)
		fputs(function->ats.ats_enabled ? "on" : "off", cell);
	else if (function->ats.ats == P2P_DENIED)
		putc('?', cell);
}

static void print_number(FILE *cell, struct p2p_number number)
{
	if (number.fact == P2P_PRESENT && number.value >= 0)
		fprintf(cell, "%" PRId64, number.value);
	else if (number.fact == P2P_DENIED)
		putc('?', cell);
}

static void print_node(FILE *cell, const void *row)
{
	const struct tree_row *line = row;

	if (!line->folded)
		print_number(cell, line->function ? line->function->numa : line->host->numa);
}

static void tell_group(FILE *cell, const struct p2p_function *function)
{
	print_number(cell, function->iommu_group);
}

static void tell_iommu(FILE *cell, const struct p2p_function *function)
{
	if (function->iommu_type)
		fputs(function->iommu_type, cell);
	else if (function->iommu_group.fact != P2P_ABSENT)
		putc('?', cell);
}

static void print_grouped(FILE *cell, const void *row)
{
	const struct p2p_isolation *isolation = ((const struct tree_row *)row)->isolation;
	const struct p2p_function *function = function_of(row);
	char why[512];

	if (!isolation || !function || function->iommu_group.fact != P2P_PRESENT)
		return;
	p2p_isolation_why(isolation, function, why, sizeof(why));
	fputs(why, cell);
}

static void tell_driver(FILE *cell, const struct p2p_function *function)
{
	if (function->driver)
		fputs(function->driver, cell);
	else if (function->driver_fact == P2P_DENIED)
		putc('?', cell);
}

static void tell_bars(FILE *cell, const struct p2p_function *function)
{
	char size[WORDS_SIZE];
	int printed = 0;

	for (int i = 0; i < P2P_BARS; i++) {
		const struct p2p_bar *bar = &function->bar[i];

		if (bar->fact == P2P_PRESENT && bar->kind >= P2P_BAR_MEM32 &&
		    bar->size_bytes >= BAR_WORTH_SHOWING)
			fprintf(cell, "%s%d: %s", printed++ ? ", " : "", i,
				words_bytes(bar->size_bytes, size));
	}
}

static void tell_slot(FILE *cell, const struct p2p_function *function)
{
	if (function->slot)
		fputs(function->slot, cell);
}

/* "12-18": the bus of a bridge, and the last one below it. */
static void tell_buses(FILE *cell, const struct p2p_function *function)
{
	if (p2p_function_is_bridge(function) && function->header == P2P_PRESENT)
		fprintf(cell, "%02x-%02x", function->secondary, function->subordinate);
	else if (p2p_function_is_bridge(function))
		putc('?', cell);
}

#define OF_FUNCTION(print_function) \
	.tell = (print_function), .function = offsetof(struct tree_row, function)

const struct column tree_columns[] = {
	{ "TREE", "host bridges and functions", .print = print_tree },
	{ "WHAT", "kind of port, or names and product", .print = print_what },
	{ "PORT", "PCI Express port type", .print = print_port },
	{ "BUSES", "buses below a bridge, the first and the last", OF_FUNCTION(tell_buses) },
	{ "CLASS", "gpu, nic, nvme, ...", OF_FUNCTION(tell_class) },
	{ "LINK", "link now; < what the function could do", OF_FUNCTION(tell_link),
	  .paint = paint_link },
	{ "ACS", "ACS control as pci=config_acs= has it; ! redirects", OF_FUNCTION(tell_acs),
	  .paint = paint_acs },
	{ "ACSCTL", "the bits of ACS control that are set", OF_FUNCTION(tell_acs_words),
	  .paint = paint_acs },
	{ "ATS", "address translation service", OF_FUNCTION(tell_ats) },
	{ "NODE", "NUMA node", .right = true, .print = print_node },
	{ "GROUP", "IOMMU group", .right = true, OF_FUNCTION(tell_group) },
	{ "IOMMU", "type of the IOMMU group's domain", OF_FUNCTION(tell_iommu) },
	{ "GROUPED", "why it shares its IOMMU group", .print = print_grouped },
	{ "DRIVER", "kernel driver", OF_FUNCTION(tell_driver) },
	{ "NAMES", "names the kernel gives it", OF_FUNCTION(tell_names) },
	{ "BARS", "memory BARs of 16 MiB and more", OF_FUNCTION(tell_bars) },
	{ "SLOT", "physical slot", OF_FUNCTION(tell_slot) },
	{ "DEVICE", "maker and product", OF_FUNCTION(tell_device) },
	{ 0 },
};

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel log: dmesg, journalctl -k, kern.log.  It shows functions with ids and class as they are found,
 * host bridges, the buses that bridges lead to, BARs, IOMMU groups and nodes, and the machine itself.  The
 * ring buffer loses its start and people send parts of the log, so what it does not mention is not known:
 * nothing is absent from a log.
 *
 * drivers/pci/probe.c, pci_setup_device(), pci_read_bridge_bases(), __pci_read_base(); drivers/iommu/iommu.c,
 * __iommu_group_add_device(); arch/x86/kernel/smpboot.c.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/dmesg/dmesg.h"

/* "[    1.234567]", "[T1]", "[  C0]", "[Fri Nov 27 20:16:26 2026]" are not part of a message. */
static bool is_stamp(const char *text)
{
	size_t inside = strcspn(text + 1, "]"), colons = 0, digits = 0;

	if (text[1 + inside] != ']' || inside > 40)
		return false;
	for (size_t i = 1; i <= inside; i++) {
		colons += text[i] == ':';
		digits += isdigit((unsigned char)text[i]) != 0;
	}
	if (colons == 2 && digits >= 10)
		return true;
	text += 1 + strspn(text + 1, " ");
	text += *text == 'T' || *text == 'C';
	return digits && text[strspn(text, "0123456789. ")] == ']';
}

const char *p2p_log_message(const char *line, bool *ret_stamped)
{
	const char *at = line;
	const char *kernel = strstr(line, " kernel: ");

	if (kernel)
		at = kernel + strlen(" kernel: ");
	else if (!strncmp(at, "kern", 4) && strchr(at, '['))
		at = strchr(at, '[');
	*ret_stamped = kernel != NULL;
	at += strspn(at, " ");
	if (*at == '<' && isdigit((unsigned char)at[1]) && at[1 + strspn(at + 1, "0123456789")] == '>')
		at = strchr(at, '>') + 1;
	while (*at == '[' && is_stamp(at)) {
		*ret_stamped = true;
		at = strchr(at, ']') + 1;
		at += strspn(at, " ");
	}
	return at;
}

const char *p2p_log_device(const char *message, struct p2p_bdf *ret_bdf)
{
	size_t driver = strcspn(message, " "), size;
	const char *at = message + driver;

	if (!driver || *at != ' ')
		return NULL;
	size = strcspn(++at, " ");
	/* The domain is always printed, and a colon follows the address. */
	if (size < 13 || at[size - 1] != ':' || !p2p_input_address(at, size - 1, ret_bdf))
		return NULL;
	return at + size + strspn(at + size, " ");
}

struct p2p_log_function *p2p_log_find(struct p2p_log *log, struct p2p_bdf bdf)
{
	struct p2p_log_function *functions;

	for (size_t i = log->count; i-- > 0;)
		if (!p2p_bdf_compare(log->functions[i].bdf, bdf))
			return &log->functions[i];
	if (log->count == P2P_LOG_FUNCTIONS) {
		log->too_many = true;
		return NULL;
	}
	functions = p2p_more(log->functions, log->count);
	if (!functions) {
		log->snapshot->no_memory = true;
		return NULL;
	}
	log->count++;
	functions->bdf = bdf;
	functions->group = -1;
	functions->line = log->line;
	return functions;
}

/* "[10de:2204] type 00 class 0x030000 PCIe Endpoint", with or without brackets around the port type. */
static bool take_ids(struct p2p_log_function *function, const char *text)
{
	unsigned int vendor, device, type, class_code;
	int start = 0, end = 0;

	/* A class has six digits: fewer mean that the line was cut. */
	if (sscanf(text, "[%4x:%4x] type %2x class 0x%n%8x%n", &vendor, &device, &type, &start, &class_code,
		   &end) != 4 || end - start < 6)
		return false;
	/* Another function was found there before: hot-plug, or renumbered buses. */
	if (function->named && (function->vendor != vendor || function->device != device))
		memset(function->bars, 0, sizeof(function->bars));
	function->named = true;
	function->gone = false;
	function->vendor = (uint16_t)vendor;
	function->device = (uint16_t)device;
	function->class_code = class_code & 0xffffff;
	function->type = (uint8_t)(type & 0x7f);
	function->fresh = true;
	return true;
}

/* "[mem 0xfb000000-0xfbffffff 64bit pref]", "[io  0xe000-0xe07f]"; lib/vsprintf.c. */
static bool parse_resource(const char *text, struct p2p_log_bar *ret_bar)
{
	struct p2p_log_bar bar = { 0 };
	size_t length = strcspn(text, "]");
	char words[96];

	if (length >= sizeof(words) || text[length] != ']')
		return false;
	memcpy(words, text, length);
	words[length] = '\0';
	if (sscanf(words, "[mem 0x%llx-0x%llx", &bar.first, &bar.last) == 2)
		bar.flags = 0x200;
	else if (sscanf(words, "[io 0x%llx-0x%llx", &bar.first, &bar.last) == 2)
		bar.flags = 0x100;
	else
		return false;
	if (bar.last < bar.first)
		return false;
	bar.flags |= strstr(words, " 64bit") ? 0x100000 : 0;
	bar.flags |= strstr(words, " pref") ? 0x2000 : 0;
	*ret_bar = bar;
	return true;
}

/*
 * "reg 0x10: [mem ...]" and, since 6.8, "BAR 0 [mem ...]" tell where it was found; "BAR 0: assigned [...]"
 * and "BAR 0 [...]: assigned" where it was moved to; any other message about it makes it unknown.
 */
static void take_bar(struct p2p_log_function *function, const char *text)
{
	const char *resource = strchr(text, '[');
	unsigned int index = P2P_LOG_BARS;
	struct p2p_log_bar bar = { .unclear = true };

	if (p2p_starts(text, "reg ")) {
		unsigned int offset = (unsigned int)strtoul(text + 4, NULL, 16);

		if (offset < 0x10 || offset > 0x24 || offset & 3)
			return;
		index = (offset - 0x10) / 4;
	} else {
		index = (unsigned int)strtoul(text + 4, NULL, 10);
	}
	if (index >= P2P_LOG_BARS)
		return;
	if (resource &&
	    (p2p_starts(text, "reg ") || strstr(text, "assigned [") || text[5] == ' ') &&
	    parse_resource(resource, &bar)) {
		const char *after = strchr(resource, ']') + 1;

		bar.unclear = *after && !p2p_starts(after, ": assigned");
		function->listed |= function->fresh && !*after;
	}
	function->bars[index] = bar;
}

/* "PCI bridge to [bus 01-03]"; "[bus 01]" is one bus; "[bus ff]" and "[bus 00]" are none. */
static void take_buses(struct p2p_log_function *function, const char *text)
{
	unsigned int first, last;
	int fields = sscanf(text, "[bus %2x-%2x]", &first, &last);

	if (fields < 1 || !strchr(text, ']'))
		return;
	function->secondary = (uint8_t)first;
	function->bridge = first > function->bdf.bus && (fields == 1 || last >= first);
}

/* The number of a group or a node; -1 if the line was cut. */
static long parse_number(const char *text)
{
	char *end;
	long number = strtol(text, &end, 10);

	return end == text || (*end && *end != ' ') ? -1 : number;
}

/* Which buses are below @port?  Bridges lead to higher buses only; a bus that two of them lead to is below none. */
static void find_below(const struct p2p_log *log, struct p2p_bdf port, bool below[256])
{
	const struct p2p_log_function *leads[256] = { NULL };
	bool several[256] = { false };

	for (size_t i = 0; i < log->count; i++) {
		const struct p2p_log_function *bridge = &log->functions[i];

		if (!bridge->bridge || bridge->bdf.domain != port.domain)
			continue;
		several[bridge->secondary] = leads[bridge->secondary];
		leads[bridge->secondary] = bridge;
	}
	for (unsigned int bus = 0; bus < 256; bus++)
		below[bus] = leads[bus] && !several[bus] &&
			     (!p2p_bdf_compare(leads[bus]->bdf, port) || below[leads[bus]->bdf.bus]);
}

/*
 * "pciehp: Slot(3): Card not present", "Link Down": the hot-plug driver removes what is below the port, and finds it
 * anew when it comes back.  drivers/pci/hotplug/pciehp_ctrl.c
 */
static void take_removal(struct p2p_log *log, struct p2p_bdf port)
{
	bool below[256];

	find_below(log, port, below);
	for (size_t i = 0; i < log->count; i++)
		if (log->functions[i].bdf.domain == port.domain && below[log->functions[i].bdf.bus])
			log->functions[i].gone = true;
}

static void take_device(struct p2p_log *log, struct p2p_bdf bdf, const char *text)
{
	static const char *const ours[] = {
		"[", "PCI bridge to [bus ", "reg ", "BAR ", "Adding to iommu group ",
		"Removing from iommu group ", NULL,
	};
	struct p2p_log_function *function = NULL;

	if (p2p_log_is_link(text)) {
		p2p_log_link(log, bdf, text);
		return;
	}
	if (p2p_starts(text, "pciehp: Slot(") && (strstr(text, "): Card not present") || strstr(text, "): Link Down"))) {
		take_removal(log, bdf);
		return;
	}
	/* Other messages mention addresses, too, even of functions that may be gone. */
	if (p2p_starts_any(text, ours))
		function = p2p_log_find(log, bdf);
	if (!function)
		return;
	if (*text == '[' && take_ids(function, text)) {
		function->line = log->line;
		p2p_log_forget_link(log, function);
		return;
	}
	if (p2p_starts(text, "reg ") || p2p_starts(text, "BAR "))
		take_bar(function, text);
	else
		function->fresh = false;
	if (p2p_starts(text, "PCI bridge to "))
		take_buses(function, text + strlen("PCI bridge to "));
	if (p2p_starts(text, "Adding to iommu group "))
		function->group = parse_number(text + strlen("Adding to iommu group "));
	/* A function leaves its group only when it is removed. */
	if (p2p_starts(text, "Removing from iommu group ")) {
		function->group = -1;
		function->gone = true;
	}
}

/* "PCI host bridge to bus 0000:80"; "pci_bus 0000:80: on NUMA node 1". */
static void take_root(struct p2p_log *log, const char *text, long node)
{
	unsigned int domain, bus;
	size_t digits = strspn(text, "0123456789abcdef");

	/* A bus has two digits: otherwise the line was cut. */
	if (digits < 4 || digits > 8 || text[digits] != ':' || strspn(text + digits + 1, "0123456789abcdef") != 2 ||
	    sscanf(text, "%x:%x", &domain, &bus) != 2)
		return;
	for (size_t i = 0; i < log->root_count; i++)
		if (log->roots[i].domain == domain && log->roots[i].bus == bus) {
			log->roots[i].node = node >= 0 ? node : log->roots[i].node;
			return;
		}
	if (log->root_count < P2P_LOG_ROOTS)
		log->roots[log->root_count++] = (struct p2p_log_root){ domain, (uint8_t)bus, node };
}

/* "iommu: Adding device 0000:01:00.0 to group 13", before 5.3. */
static void take_old_group(struct p2p_log *log, const char *text)
{
	const char *group = strstr(text, " to group ");
	struct p2p_log_function *function;
	struct p2p_bdf bdf;

	if (!group || !p2p_input_address(text, (size_t)(group - text), &bdf))
		return;
	function = p2p_log_find(log, bdf);
	if (function)
		function->group = parse_number(group + strlen(" to group "));
}

static void take_message(struct p2p_log *log, const char *message)
{
	const char *node = strstr(message, ": on NUMA node ");
	struct p2p_bdf bdf;
	const char *rest = p2p_log_device(message, &bdf);

	p2p_log_fault(log, message);
	if (rest)
		take_device(log, bdf, rest);
	else if (p2p_starts(message, "PCI host bridge to bus "))
		take_root(log, message + strlen("PCI host bridge to bus "), -1);
	else if (p2p_starts(message, "pci_bus ") && node)
		take_root(log, message + strlen("pci_bus "), parse_number(node + 15));
	else if (p2p_starts(message, "iommu: Adding device "))
		take_old_group(log, message + strlen("iommu: Adding device "));
	else
		p2p_log_machine(log, message);
}

/* Is it about functions or, if preceded by a time, about the kernel? */
static bool is_ours(const char *message, bool stamped)
{
	static const char *const machine[] = {
		"Linux version ", "Kernel command line: ", "Command line: ", "smpboot: CPU0: ",
		"NVRM: loading ", P2P_LOG_ARM, NULL,
	};
	static const char *const buses[] = {
		"PCI host bridge to bus ", "iommu: Adding device ",
		"iommu: Default domain type: ", NULL,
	};
	const char *rest;
	unsigned int vendor, device, type;
	struct p2p_bdf bdf;

	rest = p2p_log_device(message, &bdf);
	if ((stamped || rest) && p2p_log_is_fault(message))
		return true;
	if (rest)
		return sscanf(rest, "[%4x:%4x] type %2x", &vendor, &device, &type) == 3 ||
		       p2p_starts(rest, "PCI bridge to [bus ") || p2p_log_is_link(rest) ||
		       p2p_starts(rest, "Adding to iommu group ");
	return (stamped && p2p_starts_any(message, machine)) || p2p_starts_any(message, buses);
}

/* A line that starts with the time of a log belongs to it, whatever it says. */
static unsigned int line_of_log(const char *line)
{
	bool stamped;
	const char *message = p2p_log_message(line, &stamped);
	struct p2p_bdf bdf;

	if (is_ours(message, stamped))
		return P2P_LINE_STARTS;
	if (stamped)
		return P2P_LINE_INSIDE | P2P_LINE_HOLDS;
	return p2p_log_device(message, &bdf) ? P2P_LINE_INSIDE : 0;
}

static bool is_log(const struct p2p_input *input)
{
	const char *at = input->data;
	char line[P2P_LOG_LINE];

	if (!at || memchr(at, '\0', input->size))
		return false;
	while (p2p_input_next(&at, input->data + input->size, line, sizeof(line)))
		if (line_of_log(line) == P2P_LINE_STARTS)
			return true;
	return false;
}

static int load_log(struct p2p_context *context, const struct p2p_input *input,
		    struct p2p_snapshot *snapshot)
{
	const char *at = input->data, *end = at + input->size;
	struct p2p_log log = { .snapshot = snapshot, .name = input->name };
	char line[P2P_LOG_LINE];
	unsigned int number = 0;
	bool stamped;
	int r;

	while (!snapshot->no_memory && !log.too_many &&
	       p2p_input_next(&at, end, line, sizeof(line))) {
		log.line = p2p_input_line(input, ++number);
		take_message(&log, p2p_log_message(line, &stamped));
	}
	r = log.too_many ? p2p_error(context, -EBADMSG, "%s: more functions than any log has",
				     input->name) : p2p_log_fill(&log);
	if (r == 0 && !snapshot->count && !snapshot->entry_count && !snapshot->faults)
		r = p2p_error(context, -EBADMSG, "%s: a log without PCI functions", input->name);
	free(log.functions);
	free(log.faults.data);
	return r;
}

const struct p2p_format p2p_format_dmesg = {
	.sniff = is_log, .load = load_log, .line = line_of_log, .whole = true,
};

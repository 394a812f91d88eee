/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lspci without a hex dump, as people paste it: a list, or -v to -vvv.  What the text says about registers is
 * turned back into bytes at the offsets it names, and only these count as known, so that the decoders of
 * captures can decode them.  Ids, class, driver, group, node and BARs are turned back into the sysfs files
 * they came from.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/pci-regs.h"
#include "snapshot/lspci/text.h"
#include "snapshot/sources.h"

#define LINE_MOST	1024u
/**
 * struct text - the text while it is read.
 * @number: of @line
 * @extended_seen: some function shows extended capabilities, so lspci could read them
 * @sizes_seen: some region has a size, which lspci gets from the kernel only
 * @dump: it has hex rows, and was checked; functions start in the first column
 * @raw: the current function; NULL before the first
 * @found: what its lines told so far; see struct p2p_text_function
 * @picked, @last_picked: first and last line of ACS without its capability above; 0 if none
 */
struct text {
	struct p2p_context *context;
	struct p2p_snapshot *snapshot;
	const struct p2p_input *input;
	const char *name, *next, *end;
	char line[LINE_MOST];
	unsigned int number, picked, last_picked;
	bool extended_seen, sizes_seen, dump, indented;
	struct p2p_raw *raw;
	struct p2p_text_function found;
	struct p2p_text_regions regions;
	struct p2p_names *names;
};

/* The next line, without quote marks of mail and indentation. */
static bool next_line(struct text *text)
{
	size_t blank;

	if (!p2p_input_next(&text->next, text->end, text->line, sizeof(text->line)))
		return false;
	blank = strspn(text->line, " \t>");
	text->indented = blank;
	memmove(text->line, text->line + blank, strlen(text->line + blank) + 1);
	text->number++;
	return true;
}

/* "3b:00.0 Class: ..." or "0000:3b:00.0 0302: 10de:2330".  Return: what follows the address. */
static const char *parse_start(const char *line, struct p2p_bdf *ret_bdf)
{
	size_t size = strcspn(line, " ");

	return strstr(line + size, ": ") && p2p_input_address(line, size, ret_bdf) ? line + size + 1 :
	       NULL;
}

/* Is this the start of a function?  In a dump its address alone is enough. */
static const char *find_start(const struct text *text, struct p2p_bdf *ret_bdf)
{
	size_t size = strcspn(text->line, " ");

	if (!text->dump)
		return parse_start(text->line, ret_bdf);
	if (text->indented || !p2p_input_address(text->line, size, ret_bdf))
		return NULL;
	return text->line + size + (text->line[size] == ' ');
}

/* "00: 86 80 ..." */
static bool is_hex_row(const char *line)
{
	size_t digits = strspn(line, "0123456789abcdef");

	return (digits == 2 || digits == 3) && line[digits] == ':' && line[digits + 1] == ' ' &&
	       isxdigit((unsigned char)line[digits + 2]) &&
	       isxdigit((unsigned char)line[digits + 3]) && line[digits + 4] == ' ';
}

static bool is_acs(const char *line)
{
	return !strncmp(line, "ACSCtl:", 7) || !strncmp(line, "ACSCap:", 7);
}

static bool is_text(const struct p2p_input *input)
{
	struct text text = { .next = input->data };
	struct p2p_bdf bdf;
	bool found = false;

	if (!input->data || memchr(input->data, '\0', input->size))
		return false;
	text.end = input->data + input->size;
	while (next_line(&text)) {
		if (is_hex_row(text.line))
			return false;
		found |= parse_start(text.line, &bdf) != NULL || is_acs(text.line);
	}
	return found;
}

/* "NUMA node: 1" and the like: a key and a number. */
static bool take_number(struct text *text, const char *key, enum p2p_attr attr)
{
	size_t length = strlen(key);
	unsigned long value;
	char *end;

	if (strncmp(text->line, key, length) != 0)
		return false;
	value = strtoul(text->line + length, &end, 10);
	if (isdigit((unsigned char)text->line[length]) && !*end && value < 1ul << 30)
		p2p_snapshot_print(text->snapshot, &text->raw->attr[attr], "%lu", value);
	return true;
}

static bool take_driver(struct text *text)
{
	static const char key[] = "Kernel driver in use: ";
	const char *name = text->line + sizeof(key) - 1;

	if (!strncmp(text->line, "Kernel modules:", 15)) {
		text->found.whole = true;
		return true;
	}
	if (strncmp(text->line, key, sizeof(key) - 1) != 0)
		return false;
	text->found.whole = true;
	if (*name && !name[strcspn(name, " /")])
		p2p_snapshot_set(text->snapshot, &text->raw->attr[P2P_ATTR_DRIVER], name, strlen(name));
	return true;
}

/* "Subsystem: ... [1af4:1100]", or "Subsystem: 1af4:1100" with -n; bridges have it in a capability. */
static void take_subsystem(struct text *text)
{
	const char *name = strstr(text->line, "Subsystem: ");
	unsigned int vendor, device;

	if (!name)
		return;
	name += strlen("Subsystem: ");
	if (p2p_text_ids(name, &vendor, &device))
		p2p_text_subsystem(&text->found, (uint16_t)vendor, (uint16_t)device);
}

/* "Flags: bus master, fast devsel, latency 0, IRQ 40, NUMA node 1, IOMMU group 12", printed by a single -v. */
static void take_flags(struct text *text)
{
	static const struct { const char *key; enum p2p_attr attr; } numbers[] = {
		{ ", NUMA node ", P2P_ATTR_NUMA_NODE }, { ", IOMMU group ", P2P_ATTR_IOMMU_GROUP },
	};

	for (size_t i = 0; i < P2P_LENGTH(numbers); i++) {
		const char *at = strstr(text->line, numbers[i].key);
		size_t digits;

		if (strncmp(text->line, "Flags: ", 7) != 0 || !at)
			continue;
		at += strlen(numbers[i].key);
		digits = strspn(at, "0123456789");
		if (digits && digits < 9 && (!at[digits] || at[digits] == ','))
			p2p_snapshot_print(text->snapshot, &text->raw->attr[numbers[i].attr], "%lu",
					   strtoul(at, NULL, 10));
	}
}

/* "Physical Slot: 3": the slot a function is in, which is the name of a folder in sysfs. */
static bool take_slot(struct text *text)
{
	static const char key[] = "Physical Slot: ";
	const char *name = text->line + sizeof(key) - 1;

	if (strncmp(text->line, key, sizeof(key) - 1) != 0)
		return false;
	if (*name && *name != '.' && strlen(name) < 64 && !strchr(name, '/'))
		text->raw->slot = p2p_snapshot_string(text->snapshot, name);
	return true;
}

/* Note ACS lines that somebody extracted from the text (lspci -vvv | grep ACSCtl). */
static void take_picked(struct text *text)
{
	bool known = text->raw && text->found.extended &&
		     text->found.capability == PCI_EXT_CAP_ID_ACS;

	if (!is_acs(text->line) || known)
		return;
	text->last_picked = p2p_input_line(text->input, text->number);
	text->picked = text->picked ? text->picked : text->last_picked;
}

static void take_line(struct text *text)
{
	const char *line = text->line;

	/* An empty line ends a function, unless it replaces a lost line. */
	if (!*line)
		text->found.whole = text->found.ended = text->found.detailed;
	else if (text->indented)
		text->found.damaged |= text->found.ended;
	/* Among indented lines, one without indentation is a piece of a broken line; lspci's own errors come in between. */
	if (text->indented)
		text->found.indents = true;
	else if (*line && !text->dump && strncmp(line, "pcilib: ", 8) != 0 && strncmp(line, "lspci: ", 7) != 0)
		text->found.damaged |= text->found.indents && !text->found.ended;
	if (text->dump && p2p_dump_row(line, &text->found))
		return;
	if (!*line || take_number(text, "NUMA node: ", P2P_ATTR_NUMA_NODE) ||
	    take_number(text, "IOMMU group: ", P2P_ATTR_IOMMU_GROUP) || take_driver(text))
		return;
	/* SR-IOV has regions, too: those of the virtual functions. */
	if (!strncmp(line, "Region ", 7) && !text->found.at) {
		p2p_text_region(&text->regions, line);
		return;
	}
	if (take_slot(text) || (!text->found.at && p2p_text_window(&text->regions, line)))
		return;
	take_flags(text);
	p2p_text_register(&text->found, line);
	take_subsystem(text);
}

/* Does its device have a second function?  The list is sorted. */
static bool has_sibling(const struct text *text)
{
	const struct p2p_raw *raws = text->snapshot->raws, *raw = text->raw;
	const struct p2p_raw *last = raws + text->snapshot->count - 1;

	return (raw > raws && p2p_is_one_device(raw[-1].bdf, raw->bdf)) ||
	       (raw < last && p2p_is_one_device(raw[1].bdf, raw->bdf));
}

/* Only -vv numbers the regions, and only a complete function shows that there are no more. */
static void end_regions(struct text *text)
{
	const struct p2p_text_function *found = &text->found;
	char lines[P2P_TEXT_RESOURCE];

	if (!text->sizes_seen || text->regions.unclear || !found->verbose || !found->whole ||
	    found->header_type > 1)
		return;
	p2p_text_resource(&text->regions, found->header_type, lines);
	p2p_snapshot_set(text->snapshot, &text->raw->attr[P2P_ATTR_RESOURCE], lines, strlen(lines));
}

/* Hexadecimal registers contain the identity, except for virtual functions. */
static void end_identity(struct text *text)
{
	const struct p2p_text_function *found = &text->found;
	bool known = found->hex_size && (found->hex[0] & found->hex[1]) != 0xff;

	if (found->has_class && !known)
		p2p_snapshot_print(text->snapshot, &text->raw->attr[P2P_ATTR_CLASS], "0x%06x",
				   found->class_code);
	if (found->has_ids && !known)
		p2p_snapshot_set_ids(text->snapshot, text->raw, found->vendor, found->device);
}

static void finish(struct text *text)
{
	end_identity(text);
	if (!text->found.detailed && !text->found.hex_size && !text->found.unknown)
		return;
	end_regions(text);
	text->found.several = has_sibling(text);
	/* If one function's list was readable on a live machine, where lspci gets sizes from, lspci ran as root. */
	text->found.extended_seen = text->extended_seen || (text->sizes_seen && text->found.last);
	if (p2p_text_config(&text->found, &text->snapshot->arena, &text->raw->config) < 0)
		text->snapshot->no_memory = true;
}

static void end_function(struct text *text)
{
	if (text->raw)
		finish(text);
	text->raw = NULL;
}

/*
 * "[...]", "<snip>", "-- more --": lines were left out, of this function and maybe of others.  In lspci's own
 * output only the fields of VPD ("[PN] Part number: ") start with a punctuation mark.
 */
static bool is_gap(const struct text *text)
{
	bool has_word = false;

	for (const char *c = text->line; *c; c++)
		has_word |= isalnum((unsigned char)*c) != 0;
	if (!*text->line || isalnum((unsigned char)*text->line) || !strncmp(text->line, "!!!", 3))
		return false;
	/* lspci prints "<?>" and "<unreadable>". */
	if (text->indented && *text->line == '<')
		return has_word && p2p_input_mark(text->line);
	return !has_word || !text->indented || *text->line != '[';
}

/*
 * lspci prints these lines once per function, and the subsystem first.  Otherwise they belong to another
 * function whose first line is lost.
 */
static bool is_of_another(const struct text *text)
{
	const struct p2p_text_function *found = &text->found;
	const char *line = text->line;

	if (!strncmp(line, "Bus: primary=", 13))
		return found->told[PCI_PRIMARY_BUS];
	if (!strncmp(line, "Subsystem: ", 11))
		return found->named || found->detailed;
	return found->detailed && (!strncmp(line, "Control: I/O", 12) ||
				   (!strncmp(line, "Flags: ", 7) && strstr(line, " devsel")));
}

/* First pass over the text: find out which functions there are, and whether lspci was run as root. */
static int gather(struct text *text)
{
	struct p2p_snapshot *snapshot = text->snapshot;
	struct p2p_bdf bdf;

	while (next_line(text)) {
		text->extended_seen |= p2p_text_is_extended(text->line);
		text->sizes_seen |= !strncmp(text->line, "Region ", 7) && p2p_text_size(text->line);
		if (!find_start(text, &bdf))
			continue;
		if (snapshot->count >= P2P_MOST_FUNCTIONS)
			return p2p_error(text->context, -EBADMSG,
					 "%s: more functions than any machine has", text->name);
		if (!p2p_snapshot_add(snapshot, bdf))
			return -ENOMEM;
	}
	return p2p_snapshot_finish(text->context, text->name, snapshot);
}

static void take_start(struct text *text, struct p2p_bdf bdf, const char *rest)
{
	end_function(text);
	text->raw = &text->snapshot->raws[p2p_snapshot_find(text->snapshot, bdf)];
	text->raw->line = p2p_input_line(text->input, text->number);
	memset(&text->found, 0, sizeof(text->found));
	memset(&text->regions, 0, sizeof(text->regions));
	p2p_text_identity(&text->found, text->names, rest);
}

/*
 * The text shows neither which function such a line belongs to nor what that function supports: using it
 * would be a guess.
 */
static int refuse_picked(struct text *text)
{
	static const char why[] = "lines of ACS alone are not used, since which port they are of and "
				  "what it can do is missing; paste the whole output of sudo lspci "
				  "-vvvnn";
	struct p2p_skipped *skipped;

	if (!text->picked)
		return 0;
	if (!text->snapshot->count)
		return p2p_error(text->context, -EBADMSG, "%s:%u: %s", text->name, text->picked, why);
	skipped = p2p_snapshot_skip(text->snapshot, text->name, why);
	if (skipped) {
		skipped->first = text->picked;
		skipped->last = text->last_picked;
	}
	return 0;
}

int p2p_text_load(struct p2p_context *context, const struct p2p_input *input, bool dump,
		  struct p2p_snapshot *snapshot)
{
	struct text text = { .context = context, .snapshot = snapshot, .input = input, .name = input->name,
			     .next = input->data, .end = input->data + input->size,
			     .dump = dump };
	struct p2p_bdf bdf;
	int r = gather(&text);

	if (r < 0)
		return r;
	text.number = 0;
	text.names = p2p_names_new(true);
	for (text.next = input->data; next_line(&text) && !snapshot->no_memory;) {
		const char *rest = find_start(&text, &bdf);

		take_picked(&text);
		if (rest)
			take_start(&text, bdf, rest);
		else if (is_gap(&text) || is_of_another(&text))
			end_function(&text);
		else if (text.raw)
			take_line(&text);
	}
	end_function(&text);
	p2p_names_free(text.names);
	return refuse_picked(&text);
}

static int load_text(struct p2p_context *context, const struct p2p_input *input,
		     struct p2p_snapshot *snapshot)
{
	return p2p_text_load(context, input, false, snapshot);
}

/* If the indentation was lost, the lines of -v are recognized by their first word; so are lspci's errors. */
static bool is_label(const char *line)
{
	static const char *const labels[] = {
		"Subsystem:", "Flags:", "Control:", "Status:", "Latency", "Interrupt:", "Region ",
		"Memory ", "I/O ports", "Expansion ROM", "Bus:", "I/O behind", "Memory behind",
		"Prefetchable memory", "Secondary status:", "BridgeCtl:", "PriDiscTmr", "Capabilities:",
		"Kernel driver", "Kernel modules", "NUMA node:", "IOMMU group:", "DevCap", "DevCtl",
		"DevSta", "LnkCap", "LnkCtl", "LnkSta", "SltCap", "SltCtl", "SltSta", "RootCap",
		"RootCtl", "RootSta", "ACSCap", "ACSCtl", "ExtTag", "RlxdOrd", "MaxPayload",
		"ClockPM", "TrErr", "AtomicOps", "EqualizationComplete", "Physical Slot",
		"DeviceName:", "Address:", "Vector table", "PBA:", "UESta", "UEMsk", "UESvrt", "CESta",
		"CEMsk", "AERCap", "HeaderLog", "ARICap", "ARICtl", "ATSCap", "ATSCtl", "IOVCap",
		"IOVCtl", "IOVSta", "BAR ", "!!! ", "Masking:", "MultHdrRecCap", "pcilib: ", "lspci: ", NULL,
	};

	return p2p_starts_any(line, labels);
}

unsigned int p2p_lspci_line(const char *line)
{
	struct p2p_bdf bdf;

	if (parse_start(line, &bdf))
		return P2P_LINE_STARTS;
	if (is_acs(line))
		return P2P_LINE_STARTS | P2P_LINE_INSIDE;
	return *line == ' ' || *line == '\t' || is_hex_row(line) || is_label(line) ?
	       P2P_LINE_INSIDE : 0;
}

const struct p2p_format p2p_format_lspci_text = {
	.sniff = is_text, .load = load_text, .line = p2p_lspci_line, .whole = true,
};

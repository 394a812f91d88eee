/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The machine-readable forms of lspci: -mm, a line per function with quoted words, and -vmm, a record of
 * "Key:<tab>value" lines.  Both show names, -n ids, -nn both.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "snapshot/lspci/text.h"
#include "snapshot/pci-ids.h"
#include "snapshot/sources.h"

#define LINE_MOST	1024u

/**
 * struct forms - the text while it is read.
 * @line: of the file
 * @raw: the current function; NULL if none
 * @class_code, @vendor, @device: as words of its text
 */
struct forms {
	struct p2p_context *context;
	struct p2p_snapshot *snapshot;
	const char *name;
	unsigned int line;
	const struct p2p_names *names;
	struct p2p_raw *raw;
	char class_code[256], vendor[256], device[256];
	unsigned int interface;
};

static void set_file(struct forms *forms, enum p2p_attr attr, const char *text)
{
	p2p_snapshot_set(forms->snapshot, &forms->raw->attr[attr], text, strlen(text));
}

/* "10de", or "NVIDIA Corporation [10de]". */
static bool parse_id(const char *word, unsigned int *ret_id)
{
	const char *bracket = strrchr(word, '[');

	return p2p_text_hex(word, 4, '\0', ret_id) ||
	       (bracket && p2p_text_hex(bracket + 1, 4, ']', ret_id) && !bracket[6]);
}

static void end_ids(struct forms *forms)
{
	unsigned int vendor, device;
	char both[sizeof(forms->vendor) + sizeof(forms->device)];

	if (!parse_id(forms->vendor, &vendor) || !parse_id(forms->device, &device)) {
		snprintf(both, sizeof(both), "%s %s", forms->vendor, forms->device);
		if (!p2p_names_find(forms->names, both, &vendor, &device))
			return;
	}
	p2p_snapshot_set_ids(forms->snapshot, forms->raw, vendor, device);
}

static void take_identity(struct forms *forms)
{
	unsigned int class_code = 0;

	if (!parse_id(forms->class_code, &class_code))
		class_code = p2p_text_class(forms->class_code, strlen(forms->class_code));
	if (class_code)
		p2p_snapshot_print(forms->snapshot, &forms->raw->attr[P2P_ATTR_CLASS], "0x%06x",
				   class_code << 8 | forms->interface);
	end_ids(forms);
}

static void end_function(struct forms *forms)
{
	if (forms->raw)
		take_identity(forms);
	forms->raw = NULL;
	forms->class_code[0] = forms->vendor[0] = forms->device[0] = '\0';
	forms->interface = 0;
}

static int add_function(struct forms *forms, struct p2p_bdf bdf)
{
	end_function(forms);
	if (forms->snapshot->count >= P2P_MOST_FUNCTIONS)
		return p2p_error(forms->context, -EBADMSG,
				 "%s: more functions than any machine has", forms->name);
	forms->raw = p2p_snapshot_add(forms->snapshot, bdf);
	if (!forms->raw)
		return -ENOMEM;
	forms->raw->line = forms->line;
	return 0;
}

/* Take a quoted word, with "\" before quotes and backslashes.  Return: what follows; NULL if there is none. */
static const char *take_word(const char *at, char *ret_word, size_t size)
{
	size_t used = 0;

	if (*at++ != '"')
		return NULL;
	for (; *at && *at != '"'; at++) {
		at += *at == '\\' && at[1];
		if (used + 1 < size)
			ret_word[used++] = *at;
	}
	ret_word[used] = '\0';
	return *at == '"' ? at + 1 + (at[1] == ' ') : NULL;
}

/* 01:00.0 "VGA compatible controller" "NVIDIA Corporation" "GA102 [...]" -ra1 -p00 "..." "..." */
static bool is_words(const char *line, struct p2p_bdf *ret_bdf)
{
	size_t size = strcspn(line, " ");

	return line[size] == ' ' && line[size + 1] == '"' &&
	       p2p_input_address(line, size, ret_bdf);
}

static int take_words(struct forms *forms, const char *line, struct p2p_bdf bdf)
{
	const char *at = strchr(line, '"'), *interface;
	int r = add_function(forms, bdf);

	if (r < 0)
		return r;
	at = take_word(at, forms->class_code, sizeof(forms->class_code));
	at = at ? take_word(at, forms->vendor, sizeof(forms->vendor)) : NULL;
	at = at ? take_word(at, forms->device, sizeof(forms->device)) : NULL;
	/* A word that is cut off before its closing quote may be any. */
	if (!at)
		forms->raw = NULL;
	interface = at ? strstr(at, "-p") : NULL;
	if (interface && (interface == at || interface[-1] == ' ') && interface < strchrnul(at, '"'))
		forms->interface = (unsigned int)strtoul(interface + 2, NULL, 16) & 0xff;
	return 0;
}

/* "Slot:\t01:00.0", with -m instead of -mm "Device:\t01:00.0". */
static bool is_record(const char *line, struct p2p_bdf *ret_bdf)
{
	const char *value = strchr(line, ':');

	if (!value || (strncmp(line, "Slot:", 5) != 0 && strncmp(line, "Device:", 7) != 0))
		return false;
	value += 1 + strspn(value + 1, " \t");
	return p2p_input_address(value, strlen(value), ret_bdf);
}

static const char *const keys[] = {
	"Class:", "Vendor:", "Device:", "SVendor:", "SDevice:", "PhySlot:", "Rev:", "ProgIf:", "Driver:", "Module:",
	"NUMANode:", "DTNode:", "IOMMUGroup:", NULL,
};

/* Was the next line joined to this one? */
static bool has_key(const char *value)
{
	for (size_t i = 0; keys[i]; i++)
		if (strstr(value, keys[i]))
			return true;
	return false;
}

/* Keep a word of a record.  It has each only once: a second one belongs to another record whose "Slot:" is lost. */
static bool keep_word(char *word, size_t size, const char *value)
{
	if (*word)
		return false;
	snprintf(word, size, "%s", value);
	return true;
}

static void take_value(struct forms *forms, const char *line)
{
	static const struct { const char *key; enum p2p_attr attr; } numbers[] = {
		{ "NUMANode", P2P_ATTR_NUMA_NODE }, { "IOMMUGroup", P2P_ATTR_IOMMU_GROUP },
	};
	const struct { const char *key; char *word; } words[] = {
		{ "Class:", forms->class_code }, { "Vendor:", forms->vendor }, { "Device:", forms->device },
	};
	size_t key = strcspn(line, ":");
	const char *value = line + key + (line[key] == ':');

	value += strspn(value, " \t");
	if (has_key(value))
		return;
	for (size_t i = 0; i < P2P_LENGTH(words); i++)
		if (!strncmp(line, words[i].key, strlen(words[i].key)) &&
		    !keep_word(words[i].word, sizeof(forms->vendor), value)) {
			end_function(forms);
			return;
		}
	if (!strncmp(line, "ProgIf:", 7))
		forms->interface = (unsigned int)strtoul(value, NULL, 16) & 0xff;
	else if (!strncmp(line, "Driver:", 7) && *value && !value[strcspn(value, " /")])
		set_file(forms, P2P_ATTR_DRIVER, value);
	for (size_t i = 0; i < P2P_LENGTH(numbers); i++)
		if (strlen(numbers[i].key) == key && !strncmp(line, numbers[i].key, key) &&
		    *value && strlen(value) < 9 && !value[strspn(value, "0123456789")])
			set_file(forms, numbers[i].attr, value);
}

static int take_line(struct forms *forms, const char *line)
{
	struct p2p_bdf bdf;

	if (is_words(line, &bdf))
		return take_words(forms, line, bdf);
	if (is_record(line, &bdf))
		return add_function(forms, bdf);
	/* An empty line, or a mark for lines that were left out. */
	if (!isalnum((unsigned char)*line))
		end_function(forms);
	else if (forms->raw)
		take_value(forms, line);
	return 0;
}

static bool is_machine_form(const struct p2p_input *input)
{
	const char *at = input->data;
	char line[LINE_MOST];
	struct p2p_bdf bdf;

	if (!at || memchr(at, '\0', input->size))
		return false;
	while (p2p_input_next(&at, input->data + input->size, line, sizeof(line)))
		if (is_words(line, &bdf) || is_record(line, &bdf))
			return true;
	return false;
}

static unsigned int line_of_form(const char *line)
{
	struct p2p_bdf bdf;

	if (is_words(line, &bdf) || is_record(line, &bdf))
		return P2P_LINE_STARTS;
	return p2p_starts_any(line, keys) ? P2P_LINE_INSIDE : 0;
}

static int load_machine_form(struct p2p_context *context, const struct p2p_input *input,
			     struct p2p_snapshot *snapshot)
{
	const char *at = input->data, *end = at + input->size;
	struct forms forms = { .context = context, .snapshot = snapshot, .name = input->name };
	struct p2p_names *names = p2p_names_new(true);
	char line[LINE_MOST];
	unsigned int number = 0;
	int r = 0;

	forms.names = names;
	while (r == 0 && p2p_input_next(&at, end, line, sizeof(line))) {
		forms.line = p2p_input_line(input, ++number);
		r = take_line(&forms, line);
	}
	end_function(&forms);
	p2p_names_free(names);
	return r < 0 ? r : p2p_snapshot_finish(context, input->name, snapshot);
}

const struct p2p_format p2p_format_lspci_machine = {
	.sniff = is_machine_form, .load = load_machine_form, .line = line_of_form,
	.whole = true,
};

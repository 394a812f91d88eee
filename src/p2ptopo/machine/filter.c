/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters in lspci's syntax: of libpci the parsers, of ours what they match. */
#include <stdlib.h>
#include <string.h>

#include "machine/filter.h"

/* libpci parses into the string it is given, and wants one that it may write to. */
static const char *parse_filter(struct pci_filter *filter, const char *text,
				char *(*parse)(struct pci_filter *, char *))
{
	char *copy = strdup(text);
	const char *error = copy ? parse(filter, copy) : "out of memory";

	free(copy);
	return error;
}

static bool has_address(const struct pci_filter *filter, struct p2p_bdf bdf)
{
	return (filter->domain < 0 || (uint32_t)filter->domain == bdf.domain) &&
	       (filter->bus < 0 || filter->bus == bdf.bus) &&
	       (filter->slot < 0 || filter->slot == bdf.devfn >> 3) &&
	       (filter->func < 0 || filter->func == (bdf.devfn & 7));
}

/* As pci_filter_match(): an id that was not read matches only what asks for none. */
static bool has_ids(const struct pci_filter *filter, const struct p2p_function *function)
{
	unsigned int class = function->class_code >> 8, prog_if = function->class_code & 0xff;

	if (filter->vendor < 0 && filter->device < 0 && filter->device_class < 0 &&
	    filter->prog_if < 0)
		return true;
	return function->ids == P2P_PRESENT &&
	       (filter->vendor < 0 || filter->vendor == function->vendor) &&
	       (filter->device < 0 || filter->device == function->device) &&
	       (filter->device_class < 0 ||
		!(((unsigned int)filter->device_class ^ class) & filter->device_class_mask)) &&
	       (filter->prog_if < 0 || (unsigned int)filter->prog_if == prog_if);
}

const char *filter_parse_address(struct pci_filter *filter, const char *text)
{
	pci_filter_init(NULL, filter);
	return parse_filter(filter, text, pci_filter_parse_slot);
}

const char *filter_parse_ids(struct pci_filter *filter, const char *text)
{
	pci_filter_init(NULL, filter);
	return parse_filter(filter, text, pci_filter_parse_id);
}

bool filter_matches(const struct pci_filter *filter, const struct p2p_function *function)
{
	return has_address(filter, function->bdf) && has_ids(filter, function);
}

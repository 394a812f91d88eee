/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters like those of lspci -s and -d. */
#ifndef P2PTOPO_FILTER_H
#define P2PTOPO_FILTER_H

#include "app.h"

/** enum filter_field - the fields of an address, then those of ids. */
enum filter_field {
	FILTER_DOMAIN, FILTER_BUS, FILTER_SLOT, FILTER_FUNCTION,
	FILTER_VENDOR, FILTER_DEVICE, FILTER_CLASS, FILTER_PROG_IF,
	FILTER_FIELDS,
};

/**
 * struct filter - what is selected.
 * @mask: for each field, the bits that must equal those of @value; 0 matches anything
 */
struct filter {
	uint32_t value[FILTER_FIELDS], mask[FILTER_FIELDS];
};

/** filter_parse_address(), filter_parse_ids() - NULL, or what is wrong with @text. */
const char *filter_parse_address(struct filter *filter, const char *text);
const char *filter_parse_ids(struct filter *filter, const char *text);

/** filter_matches() - does the filter select the function?  An id that was not read does not match. */
bool filter_matches(const struct filter *filter, const struct p2p_function *function);

#endif

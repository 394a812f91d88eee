/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters as lspci -s and -d have them. */
#ifndef P2PTOPO_FILTER_H
#define P2PTOPO_FILTER_H

#include <pci/pci.h>

#include "app.h"

/** filter_parse_address(), filter_parse_ids() - NULL, or what is wrong with @text. */
const char *filter_parse_address(struct pci_filter *filter, const char *text);
const char *filter_parse_ids(struct pci_filter *filter, const char *text);

/** filter_matches() - does the filter select the function?  An id that was not read matches none. */
bool filter_matches(const struct pci_filter *filter, const struct p2p_function *function);

#endif

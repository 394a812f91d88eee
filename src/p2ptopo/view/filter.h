/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Matches functions against text that the user typed. */
#ifndef P2PTOPO_VIEW_FILTER_H
#define P2PTOPO_VIEW_FILTER_H

#include "view/state.h"

/** filter_has() - whether any name of @function contains @wanted, ignoring case. */
bool filter_has(const struct p2p_function *function, const char *wanted);

/** filter_takes() - whether @function matches any word of @filter. Without words every function matches. */
bool filter_takes(const char *filter, const struct p2p_function *function);

#endif

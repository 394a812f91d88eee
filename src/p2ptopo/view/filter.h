/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions a text that the user typed means. */
#ifndef P2PTOPO_VIEW_FILTER_H
#define P2PTOPO_VIEW_FILTER_H

#include "view/state.h"

/** filter_has() - is @wanted, in whatever case, in anything that @function is called? */
bool filter_has(const struct p2p_function *function, const char *wanted);

/** filter_takes() - is @function a match of one of the words of @filter?  Without words all are. */
bool filter_takes(const char *filter, const struct p2p_function *function);

#endif

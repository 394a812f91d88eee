/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef P2PTOPO_NEAR_H
#define P2PTOPO_NEAR_H

#include "print/output.h"

/** What near says of a peer; the last one nameless. */
extern const struct column near_columns[];

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef P2PTOPO_PAIRS_H
#define P2PTOPO_PAIRS_H

#include "print/output.h"

/** What a row of pairs has to show; the last one nameless. */
extern const struct column pairs_columns[];

#endif

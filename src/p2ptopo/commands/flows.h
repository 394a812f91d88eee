/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef P2PTOPO_FLOWS_H
#define P2PTOPO_FLOWS_H

#include "print/output.h"

/** What a row of flows has to show; the last one nameless. */
extern const struct column flows_columns[];

#endif

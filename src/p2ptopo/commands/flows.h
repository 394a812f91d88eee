/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef P2PTOPO_FLOWS_H
#define P2PTOPO_FLOWS_H

#include "print/output.h"

/** The columns of `flows`; the last one has no name. */
extern const struct column flows_columns[];

#endif

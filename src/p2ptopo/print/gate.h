/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mode of the gate, and whether anything is enforced, in the same words wherever a list is told of. */
#ifndef P2PTOPO_PRINT_GATE_H
#define P2PTOPO_PRINT_GATE_H

#include "app.h"

/** gate_meaning() - what the mode does with a pair that is not on the list. */
const char *gate_meaning(const struct p2p_gate_info *info);

/** gate_force() - what pushed pairs are in this mode: "in force", or that nothing is enforced. */
const char *gate_force(enum p2p_gate_mode mode);

/** gate_print_mode() - "observe: " and its meaning, as a line. */
void gate_print_mode(const struct app *app, const struct p2p_gate_info *info);

#endif

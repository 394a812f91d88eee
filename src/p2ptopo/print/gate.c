/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print/gate.h"
#include "print/output.h"

const char *gate_meaning(const struct p2p_gate_info *info)
{
	switch (info->mode) {
	case P2P_GATE_OFF:
		return "NOTHING IS ENFORCED: every pair passes as the kernel alone decides";
	case P2P_GATE_OBSERVE:
		return "NOTHING IS ENFORCED: what enforce would refuse is counted and traced";
	case P2P_GATE_ENFORCE:
		break;
	}
	return info->enforced ? "a pair that is not on the list is refused" :
	       "NOTHING IS SURE TO BE ENFORCED: the kernel has shut ftrace down; reboot";
}

const char *gate_force(enum p2p_gate_mode mode)
{
	return mode == P2P_GATE_ENFORCE ? "in force" : "on the list, NOTHING IS ENFORCED";
}

void gate_print_mode(const struct app *app, const struct p2p_gate_info *info)
{
	fprintf(app->out, "%s%s%s: %s\n", paint_on(app, info->enforced ? PAINT_GOOD : PAINT_BAD),
		p2p_gate_mode_name(info->mode), paint_off(app), gate_meaning(info));
}

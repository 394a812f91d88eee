/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef P2P_TOPOLOGY_ACS_H
#define P2P_TOPOLOGY_ACS_H

#include <p2ppolicy/topology.h>

/** p2p_acs_names() - lspci's names of the bits that are set: "ReqRedir and CmpltRedir". */
char *p2p_acs_names(uint16_t bits, char buffer[P2P_ACS_SIZE]);

/** The single-bit controls of ACS Control; those above are wider fields. */
#define P2P_ACS_CONTROL 0x007f

/** p2p_acs_is_stuck() - whether it is a port that is known not to keep what is written to ACS Control. */
bool p2p_acs_is_stuck(const struct p2p_function *function);

/** p2p_acs_has_parameter() - does the command line change ACS, regardless of the IOMMU? */
bool p2p_acs_has_parameter(const struct p2p_machine *machine);

#endif

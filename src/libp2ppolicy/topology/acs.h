/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef P2P_TOPOLOGY_ACS_H
#define P2P_TOPOLOGY_ACS_H

#include <p2ppolicy/topology.h>

/** p2p_acs_names() - the bits that are set, by lspci's names: "ReqRedir and CmpltRedir". */
char *p2p_acs_names(uint16_t bits, char buffer[P2P_ACS_SIZE]);

#endif

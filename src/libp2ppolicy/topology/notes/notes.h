/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef P2P_TOPOLOGY_NOTES_H
#define P2P_TOPOLOGY_NOTES_H

#include "topology/build.h"

/** p2p_notes_fabrics() - NVLink and XGMI, which PCI does not show. */
void p2p_notes_fabrics(struct p2p_topology *topology);

/** p2p_notes_acs() - ports that did not keep what the kernel wrote to ACS Control. */
void p2p_notes_acs(struct p2p_topology *topology);

/** p2p_notes_links() - links that run below what both ends support. */
void p2p_notes_links(struct p2p_topology *topology);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where p2ptopo refresh stores what root can read of the machine; see p2ptopo-refresh(8). */
#ifndef P2PTOPO_RUN_DIR_H
#define P2PTOPO_RUN_DIR_H

#define RUN_DIRECTORY	"/run/p2ptopo"
#define SNAPSHOT_FILE	"snapshot.tar.gz"
#define ASKED_FILE	"asked"		/* touched by udev when something changes */

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where p2ptopo refresh leaves what root saw of the machine; see p2ptopo-refresh(8). */
#ifndef P2PTOPO_RUN_DIR_H
#define P2PTOPO_RUN_DIR_H

#define RUN_DIRECTORY	"/run/p2ptopo"
#define SNAPSHOT_FILE	"snapshot.tar.gz"
#define ASKED_FILE	"asked"		/* touched by udev: something changed */

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mistakes in the kernel command line. */
#ifndef P2PTOPO_LINTS_H
#define P2PTOPO_LINTS_H

#include "app.h"

/** lints_json() - the array "lint". */
struct json_object *lints_json(const struct p2p_cmdline *cmdline);

/** lints_notes() - a note for each mistake that is certain, as in the report. */
void lints_notes(const struct app *app, const struct p2p_cmdline *cmdline);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef P2PTOPO_FIX_JSON_H
#define P2PTOPO_FIX_JSON_H

#include "print/document.h"
#include "commands/fix/fix.h"

/** fix_json_lint() - the array "lint". */
struct json_object *fix_json_lint(const struct p2p_cmdline *cmdline);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages of text that no command prints. */
#ifndef P2PTOPO_VIEW_TEXT_PAGES_H
#define P2PTOPO_VIEW_TEXT_PAGES_H

#include "view/machine.h"

/** device_print() - print what is known about one function. */
void device_print(const struct app *app, const struct machine *machine,
		  const struct p2p_function *function);

/** what_if_print() - print what is tried out, what that changes, and the commands that would do it. */
void what_if_print(const struct app *app, const struct machine *machine);

/** help_print() - print the key bindings. */
void help_print(const struct app *app);

#endif

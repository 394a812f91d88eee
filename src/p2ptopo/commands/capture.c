/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo capture FILE: the machine in a file, for others to read. */
#include <unistd.h>

#include "app.h"

enum status command_capture(struct app *app, int argc, char **argv)
{
	bool live = p2p_snapshot_source(app->snapshot) == P2P_SOURCE_LIVE;
	int error;

	(void)argc;
	error = p2p_snapshot_capture(app->context, app->snapshot, argv[0],
				     app->options.with_serials);
	if (error)
		return fail_library(app->failure, app->context, error);
	fprintf(app->out, "%s has been written.\n"
		"Serial numbers, MAC addresses, GUIDs and host names in it are %s.\n",
		argv[0], app->options.with_serials ? "as they were read" : "pseudonyms");
	if (live && geteuid() != 0)
		fputs("It was taken without root: of most functions it has 64 bytes of config\n"
		      "space, and ACS is unknown.\n", app->out);
	return STATUS_DONE;
}

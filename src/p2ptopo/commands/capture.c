/* SPDX-License-Identifier: GPL-2.0-or-later */
/* p2ptopo capture FILE: write the machine into a file, for others to read. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"

/*
 * Fails if the file has contents that would be lost. mktemp(1) makes empty files, and files that are not
 * regular have nothing to lose.
 */
static enum status lose_nothing(const struct app *app, const char *path)
{
	struct stat status;

	if (!stat(path, &status))
		return !S_ISREG(status.st_mode) || !status.st_size ? STATUS_DONE :
		       fail_with(app->failure, STATUS_INPUT,
				 "%s is there already; --force replaces it", path);
	return errno == ENOENT ? STATUS_DONE :
	       fail_with(app->failure, failure_status(-errno), "%s cannot be written: %s", path,
			 strerror(errno));
}

enum status command_capture(struct app *app)
{
	bool live = p2p_snapshot_source(app->snapshot) == P2P_SOURCE_LIVE;
	int error;

	if (!app->options.force && lose_nothing(app, app->argv[0]))
		return app->failure->status;
	error = p2p_snapshot_capture(app->context, app->snapshot, app->argv[0],
				     app->options.with_serials);
	if (error)
		return fail_library(app->failure, app->context, error);
	fprintf(app->out, "%s has been written.\n"
		"Serial numbers, MAC addresses, GUIDs and host names in it are %s.\n",
		app->argv[0], app->options.with_serials ? "as they were read" : "pseudonyms");
	if (live && !geteuid() && !p2p_snapshot_is_whole(app->snapshot))
		fprintf(app->out, "Not all of config space is in it: %s.\n", p2p_live_cure());
	else if (live && geteuid())
		fputs("It was taken without root: of most functions it has 64 bytes of config\n"
		      "space, and ACS is unknown.\n", app->out);
	return STATUS_DONE;
}
